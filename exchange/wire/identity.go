// SPDX-License-Identifier: EUPL-1.2

package wire

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"
)

// maxFile bounds a certificate, key or authority file.
const maxFile = 256 << 10

// widestKey is the widest mode a private key may have: the owner may write,
// the group may read, nobody else anything.
const widestKey fs.FileMode = 0o640

// Files tells where the identity of a house for one direction lies.
type Files struct {
	Certificate string // PEM, the house's certificate
	Key         string // PEM, its private key; a mode wider than 0640 is refused
	Authority   string // PEM, certificates of the private authority (two during a change)
}

// FilesIn gives the names by which a house keeps its identity in its key
// directory: exchange.crt, exchange.key, authority.crt.
func FilesIn(dir string) Files {
	return Files{
		Certificate: filepath.Join(dir, ExchangeName+".crt"),
		Key:         filepath.Join(dir, ExchangeName+".key"),
		Authority:   filepath.Join(dir, authorityFile),
	}
}

// ExchangeName is the name to give to Credential.Write, so that FilesIn finds it.
const ExchangeName = "exchange"

// Identity is the TLS-Identität of one house for one direction, and the
// authority it trusts.
type Identity struct {
	house     House
	direction Direction
	cert      tls.Certificate
	roots     *x509.CertPool
	now       func() time.Time
}

// Load reads an identity. It is refused when the key may be read by
// strangers, does not fit, or when the certificate is not of the authority,
// names no house, serves both directions or is outside its validity.
func Load(f Files) (*Identity, error) {
	certPEM, err := readFile(f.Certificate, 0o777)
	if err != nil {
		return nil, fmt.Errorf("certificate: %w", err)
	}
	keyPEM, err := readFile(f.Key, widestKey)
	if err != nil {
		return nil, fmt.Errorf("private key: %w", err)
	}
	authorityPEM, err := readFile(f.Authority, 0o777)
	if err != nil {
		return nil, fmt.Errorf("authority: %w", err)
	}
	return newIdentity(certPEM, keyPEM, authorityPEM, time.Now)
}

func newIdentity(certPEM, keyPEM, authorityPEM []byte, now func() time.Time) (*Identity, error) {
	cert, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		// The standard library's words are about forms and types, never about bytes of the key.
		return nil, fmt.Errorf("certificate and key: %w", err)
	}
	roots, err := readAuthority(authorityPEM)
	if err != nil {
		return nil, err
	}
	house, direction, err := houseOf(cert.Leaf)
	if err != nil {
		return nil, err
	}
	usage, err := direction.usage()
	if err != nil {
		return nil, err
	}
	_, err = cert.Leaf.Verify(x509.VerifyOptions{Roots: roots, CurrentTime: now(), KeyUsages: []x509.ExtKeyUsage{usage}})
	if err != nil {
		return nil, fmt.Errorf("own certificate of house %q: %w", house, err)
	}
	return &Identity{house: house, direction: direction, cert: cert, roots: roots, now: now}, nil
}

// House is whose identity it is.
func (i *Identity) House() House { return i.house }

// Direction is what it serves for.
func (i *Identity) Direction() Direction { return i.direction }

// NotAfter is the end of its validity, for the readiness page and the alarm
// that a certificate must be renewed.
func (i *Identity) NotAfter() time.Time { return i.cert.Leaf.NotAfter }

// String keeps the key out of formatted text.
func (i *Identity) String() string { return "[redacted]" }

// GoString keeps the key out of %#v.
func (i *Identity) GoString() string { return "[redacted]" }

// LogValue keeps the key out of logs.
func (i *Identity) LogValue() slog.Value { return slog.StringValue("[redacted]") }

// MarshalJSON keeps the key out of JSON.
func (i *Identity) MarshalJSON() ([]byte, error) { return []byte(`"[redacted]"`), nil }

// Server is the TLS configuration of a house that answers the named houses
// and nobody else.
func (i *Identity) Server(peers ...House) (*tls.Config, error) {
	if i.direction != Answers {
		return nil, fmt.Errorf("certificate of house %q is for calling, not for answering", i.house)
	}
	if len(peers) == 0 {
		return nil, errors.New("no house is allowed to call")
	}
	return &tls.Config{
		Certificates: []tls.Certificate{i.cert},
		MinVersion:   tls.VersionTLS13,
		ClientAuth:   tls.RequireAndVerifyClientCert,
		ClientCAs:    i.roots,
		NextProtos:   []string{"h2"},
		Time:         i.now,
		// A resumed session would rest on a check made in the past.
		SessionTicketsDisabled: true,
		VerifyConnection:       expect(Calls, i.now, peers...),
	}, nil
}

// Client is the TLS configuration of a house that calls one other house. The
// host name is checked as well as the house.
func (i *Identity) Client(peer House) (*tls.Config, error) {
	if i.direction != Calls {
		return nil, fmt.Errorf("certificate of house %q is for answering, not for calling", i.house)
	}
	if peer == "" {
		return nil, errors.New("no house to call")
	}
	return &tls.Config{
		Certificates:     []tls.Certificate{i.cert},
		MinVersion:       tls.VersionTLS13,
		RootCAs:          i.roots,
		NextProtos:       []string{"h2"},
		Time:             i.now,
		VerifyConnection: expect(Answers, i.now, peer),
	}, nil
}

// readAuthority reads the certificates of the private authority. Nothing but
// authorities may stand in the file.
func readAuthority(text []byte) (*x509.CertPool, error) {
	pool, found := x509.NewCertPool(), false
	for rest := text; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" {
			return nil, errors.New("authority file holds something other than certificates")
		}
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil {
			return nil, fmt.Errorf("authority: %w", err)
		}
		if !cert.IsCA {
			return nil, errors.New("authority file holds a certificate that is not an authority's")
		}
		pool.AddCert(cert)
		found = true
	}
	if !found {
		return nil, errors.New("authority file holds no certificate")
	}
	return pool, nil
}

// readFile reads a small file whose mode is not wider than widest. The mode is
// taken from the open file, so that it cannot be exchanged in between.
func readFile(name string, widest fs.FileMode) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is not a regular file", name)
	}
	if wide := info.Mode().Perm() &^ widest; wide != 0 {
		return nil, fmt.Errorf("%s has mode %04o, at most %04o is allowed", name, info.Mode().Perm(), widest)
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxFile {
		return nil, fmt.Errorf("%s is larger than %d bytes", name, maxFile)
	}
	return data, nil
}
