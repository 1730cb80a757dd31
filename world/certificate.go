// SPDX-License-Identifier: EUPL-1.2

package world

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"time"
)

// publicCertificates makes a throw-away authority and certificates for the
// doors for people. A real installation has certificates of its own there.
func (l Layout) publicCertificates() error {
	now := time.Now()
	authority := &x509.Certificate{
		SerialNumber: serial(), Subject: pkix.Name{CommonName: "meldewerk throw-away authority"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	authorityKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return fmt.Errorf("make certificates: %w", err)
	}
	der, err := x509.CreateCertificate(rand.Reader, authority, authority, authorityKey.Public(), authorityKey)
	if err != nil {
		return fmt.Errorf("make certificates: %w", err)
	}
	if err := writePEM(l.AuthorityFile(), "CERTIFICATE", der, 0o644); err != nil {
		return err
	}
	for _, h := range houses {
		template := &x509.Certificate{
			SerialNumber: serial(), Subject: pkix.Name{CommonName: hostOf(h)},
			NotBefore: now.Add(-time.Hour), NotAfter: now.Add(certificateLife),
			KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
			DNSNames: []string{hostOf(h), "localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1), net.IPv6loopback},
		}
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			return fmt.Errorf("make certificates: %w", err)
		}
		der, err := x509.CreateCertificate(rand.Reader, template, authority, key.Public(), authorityKey)
		if err != nil {
			return fmt.Errorf("make certificates: %w", err)
		}
		if err := writePEM(filepath.Join(l.Dir, string(h), "public.crt"), "CERTIFICATE", der, 0o644); err != nil {
			return err
		}
		private, err := x509.MarshalPKCS8PrivateKey(key)
		if err != nil {
			return fmt.Errorf("make certificates: %w", err)
		}
		if err := writePEM(filepath.Join(l.Dir, string(h), "public.key"), "PRIVATE KEY", private, 0o600); err != nil {
			return err
		}
	}
	return nil
}

func serial() *big.Int {
	n, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		panic(err) // the random source of the system never fails
	}
	return n
}

func writePEM(path, kind string, der []byte, mode os.FileMode) error {
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), mode); err != nil {
		return fmt.Errorf("write certificate: %w", err)
	}
	return nil
}
