// SPDX-License-Identifier: EUPL-1.2

package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"
)

// House is the name of one Haus as its certificates have it: a lower-case
// letter, then letters, digits and hyphens, 40 characters at most.
type House string

// The houses of a simple installation. One portal may serve several trust
// centres; each then has a name of its own.
const (
	Portal      House = "portal"
	TrustCentre House = "trustcentre"
	Registry    House = "registry"
)

// Direction tells what a certificate is for: a house that only answers has
// none to call with.
type Direction string

// The directions.
const (
	Answers Direction = "answers" // shown to those who call (extended key usage server)
	Calls   Direction = "calls"   // shown to those who answer (extended key usage client)
)

const (
	houseScheme = "meldewerk"
	maxHouse    = 40
)

// ParseHouse reads the name of a house.
func ParseHouse(name string) (House, error) {
	if name == "" || len(name) > maxHouse || name[0] < 'a' || name[0] > 'z' {
		return "", errors.New("house name is not a lower-case letter followed by letters, digits or hyphens")
	}
	for i := range len(name) {
		if c := name[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return "", errors.New("house name is not a lower-case letter followed by letters, digits or hyphens")
		}
	}
	return House(name), nil
}

func (h House) uri() *url.URL { return &url.URL{Scheme: houseScheme, Host: string(h)} }

func (d Direction) usage() (x509.ExtKeyUsage, error) {
	switch d {
	case Answers:
		return x509.ExtKeyUsageServerAuth, nil
	case Calls:
		return x509.ExtKeyUsageClientAuth, nil
	}
	return 0, fmt.Errorf("unknown direction %q", d)
}

// houseOf reads house and direction from a certificate that the authority
// signed. One house, one direction: a certificate that claims more is refused,
// because whoever stole it could play both sides.
func houseOf(cert *x509.Certificate) (House, Direction, error) {
	if cert.IsCA {
		return "", "", errors.New("certificate is an authority's, not a house's")
	}
	if len(cert.URIs) != 1 || cert.URIs[0].Scheme != houseScheme {
		return "", "", errors.New("certificate does not name one house")
	}
	house, err := ParseHouse(cert.URIs[0].Host)
	if err != nil || cert.URIs[0].String() != house.uri().String() {
		return "", "", errors.New("certificate does not name one house")
	}
	if len(cert.ExtKeyUsage) != 1 || len(cert.UnknownExtKeyUsage) != 0 {
		return "", "", errors.New("certificate is not for exactly one direction")
	}
	switch cert.ExtKeyUsage[0] {
	case x509.ExtKeyUsageServerAuth:
		return house, Answers, nil
	case x509.ExtKeyUsageClientAuth:
		return house, Calls, nil
	}
	return "", "", errors.New("certificate is not for exactly one direction")
}

// peerOf names the house behind a finished handshake. It trusts nothing but
// verified chains: a configuration that forgot to ask for certificates yields
// no peer.
func peerOf(state *tls.ConnectionState, want Direction, now time.Time) (House, error) {
	if state == nil || len(state.VerifiedChains) == 0 || len(state.PeerCertificates) == 0 {
		return "", errors.New("no verified certificate")
	}
	if state.Version < tls.VersionTLS13 {
		return "", errors.New("connection is older than TLS 1.3")
	}
	cert := state.PeerCertificates[0]
	house, direction, err := houseOf(cert)
	if err != nil {
		return "", err
	}
	if direction != want {
		return "", errors.New("certificate is for the other direction")
	}
	if now.After(cert.NotAfter) || now.Before(cert.NotBefore) {
		return "", fmt.Errorf("certificate of house %q is outside its validity", house)
	}
	return house, nil
}

// expect is the check at the end of the handshake.
func expect(want Direction, now func() time.Time, peers ...House) func(tls.ConnectionState) error {
	return func(state tls.ConnectionState) error {
		house, err := peerOf(&state, want, now())
		if err != nil {
			return &strangerError{err}
		}
		if !slices.Contains(peers, house) {
			return &strangerError{fmt.Errorf("house %q has no business here", house)}
		}
		return nil
	}
}

// strangerError is a handshake with somebody who is not the house expected.
type strangerError struct{ cause error }

func (e *strangerError) Error() string { return e.cause.Error() }

func (e *strangerError) Unwrap() error { return e.cause }

type peerKey struct{}

// WithPeer says in the context which house is calling. The HTTP transport
// does so itself; in one process the wiring does.
func WithPeer(ctx context.Context, peer House) context.Context {
	return context.WithValue(ctx, peerKey{}, peer)
}

// Peer is the house that is calling, or "" outside a call from a house.
func Peer(ctx context.Context) House {
	peer, _ := ctx.Value(peerKey{}).(House)
	return peer
}
