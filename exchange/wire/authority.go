// SPDX-License-Identifier: EUPL-1.2

package wire

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"time"
)

// The names of an authority's files in its directory.
const (
	authorityFile    = "authority.crt"
	authorityKeyFile = "authority.key"
)

// skew is how far back a certificate's validity begins, for houses whose
// clocks differ a little.
const skew = 5 * time.Minute

// Authority is the private Zertifizierungsstelle of an installation. It signs
// certificates of houses and nothing else. The demo throws it away; in
// production its directory belongs on a medium that is not connected.
type Authority struct {
	cert *x509.Certificate
	pem  []byte
	key  *ecdsa.PrivateKey
}

// String keeps the key out of formatted text.
func (a *Authority) String() string { return "[redacted]" }

// GoString keeps the key out of %#v.
func (a *Authority) GoString() string { return "[redacted]" }

// LogValue keeps the key out of logs.
func (a *Authority) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalJSON keeps the key out of JSON.
func (a *Authority) MarshalJSON() ([]byte, error) { return []byte(`"[redacted]"`), nil }

// NewAuthority makes an authority with a fresh key (ECDSA P-256).
func NewAuthority(name string, now time.Time, validity time.Duration) (*Authority, error) {
	if validity <= 0 {
		return nil, errors.New("authority: validity is not positive")
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("authority key: %w", err)
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-skew),
		NotAfter:              now.Add(validity),
		KeyUsage:              x509.KeyUsageCertSign,
		BasicConstraintsValid: true,
		IsCA:                  true,
		MaxPathLenZero:        true,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return nil, fmt.Errorf("authority certificate: %w", err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil, fmt.Errorf("authority certificate: %w", err)
	}
	return &Authority{cert: cert, pem: certificatePEM(der), key: key}, nil
}

// LoadAuthority reads the authority that Write left in a directory. A key
// file with a mode wider than 0640 is refused.
func LoadAuthority(dir string) (*Authority, error) {
	text, err := readFile(filepath.Join(dir, authorityFile), 0o777)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	keyText, err := readFile(filepath.Join(dir, authorityKeyFile), widestKey)
	if err != nil {
		return nil, fmt.Errorf("authority key: %w", err)
	}
	block, _ := pem.Decode(text)
	keyBlock, _ := pem.Decode(keyText)
	if block == nil || keyBlock == nil {
		return nil, errors.New("authority files are not PEM")
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("authority certificate: %w", err)
	}
	parsed, err := x509.ParsePKCS8PrivateKey(keyBlock.Bytes)
	if err != nil {
		return nil, errors.New("authority key is not PKCS #8")
	}
	key, fits := parsed.(*ecdsa.PrivateKey)
	if !fits || !cert.IsCA || !key.PublicKey.Equal(cert.PublicKey) {
		return nil, errors.New("authority key does not belong to the authority certificate")
	}
	return &Authority{cert: cert, pem: text, key: key}, nil
}

// Write puts certificate and key into an existing directory; existing files
// are never overwritten.
func (a *Authority) Write(dir string) error {
	keyPEM, err := privatePEM(a.key)
	if err != nil {
		return err
	}
	err = writeFile(filepath.Join(dir, authorityKeyFile), keyPEM, 0o600)
	if err != nil {
		return fmt.Errorf("write authority: %w", err)
	}
	err = writeFile(filepath.Join(dir, authorityFile), a.pem, 0o644)
	if err != nil {
		return fmt.Errorf("write authority: %w", err)
	}
	return nil
}

// Certificate is the authority's certificate in PEM, which every house trusts.
func (a *Authority) Certificate() []byte { return append([]byte(nil), a.pem...) }

// Credential is a freshly issued Zertifikat of one house for one direction,
// with its key and the authority's certificate.
type Credential struct {
	certificate, key, authority []byte
}

// String keeps the key out of formatted text.
func (c *Credential) String() string { return "[redacted]" }

// GoString keeps the key out of %#v.
func (c *Credential) GoString() string { return "[redacted]" }

// LogValue keeps the key out of logs.
func (c *Credential) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalJSON keeps the key out of JSON.
func (c *Credential) MarshalJSON() ([]byte, error) { return []byte(`"[redacted]"`), nil }

// Issue makes a key and a certificate for one house and one direction. Hosts
// are the names and addresses under which a house answers: at least one to
// answer, none to call. The validity ends with the authority's at the latest.
func (a *Authority) Issue(now time.Time, house House, direction Direction, hosts []string, validity time.Duration) (*Credential, error) {
	if _, err := ParseHouse(string(house)); err != nil {
		return nil, err
	}
	usage, err := direction.usage()
	if err != nil {
		return nil, err
	}
	if (direction == Answers) != (len(hosts) > 0) {
		return nil, errors.New("a house needs host names to answer and none to call")
	}
	if validity <= 0 {
		return nil, errors.New("certificate: validity is not positive")
	}
	serial, err := newSerial()
	if err != nil {
		return nil, err
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("key of house %q: %w", house, err)
	}
	until := now.Add(validity)
	if until.After(a.cert.NotAfter) {
		until = a.cert.NotAfter
	}
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{CommonName: string(house) + " " + string(direction)},
		NotBefore:             now.Add(-skew),
		NotAfter:              until,
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{usage},
		BasicConstraintsValid: true,
		URIs:                  []*url.URL{house.uri()},
	}
	for _, host := range hosts {
		if ip := net.ParseIP(host); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, host)
		}
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		return nil, fmt.Errorf("certificate of house %q: %w", house, err)
	}
	keyPEM, err := privatePEM(key)
	if err != nil {
		return nil, err
	}
	return &Credential{certificate: certificatePEM(der), key: keyPEM, authority: a.Certificate()}, nil
}

// Identity is the credential in use, without a file in between.
func (c *Credential) Identity() (*Identity, error) {
	return newIdentity(c.certificate, c.key, c.authority, time.Now)
}

// Write puts the credential into an existing directory as <name>.crt (0644)
// and <name>.key (0600), and the authority's certificate beside it. Existing
// files are never overwritten; an authority file that is there already must be
// the same.
func (c *Credential) Write(dir, name string) (Files, error) {
	f := Files{
		Certificate: filepath.Join(dir, name+".crt"),
		Key:         filepath.Join(dir, name+".key"),
		Authority:   filepath.Join(dir, authorityFile),
	}
	existing, err := readFile(f.Authority, 0o777)
	switch {
	case errors.Is(err, os.ErrNotExist):
		err = writeFile(f.Authority, c.authority, 0o644)
	case err == nil && string(existing) != string(c.authority):
		err = fmt.Errorf("%s is of another authority", f.Authority)
	}
	if err == nil {
		err = writeFile(f.Key, c.key, 0o600)
	}
	if err == nil {
		err = writeFile(f.Certificate, c.certificate, 0o644)
	}
	if err != nil {
		return Files{}, fmt.Errorf("write credential: %w", err)
	}
	return f, nil
}

func newSerial() (*big.Int, error) {
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return nil, fmt.Errorf("serial number: %w", err)
	}
	return serial.Add(serial, big.NewInt(1)), nil
}

func certificatePEM(der []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

func privatePEM(key *ecdsa.PrivateKey) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, errors.New("private key cannot be written as PKCS #8")
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}

// writeFile makes a new file with exactly that mode and has it on disk when it returns.
func writeFile(name string, data []byte, mode os.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode)
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		_ = os.Remove(name) // a half-written key is worse than none; the first error is told
	}
	return err
}
