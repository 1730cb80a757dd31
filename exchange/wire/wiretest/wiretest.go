// SPDX-License-Identifier: EUPL-1.2

// Package wiretest gives tests a private authority and houses that talk over
// real mutual TLS on loopback. It must never be linked into the program.
package wiretest

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"meldewerk/exchange/wire"
)

// Net is a Hausnetz with an authority of its own.
type Net struct{ Authority *wire.Authority }

// New makes an authority that lasts an hour.
func New(t testing.TB) *Net {
	t.Helper()
	authority, err := wire.NewAuthority("wiretest", time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return &Net{authority}
}

// Identity issues one.
func (n *Net) Identity(t testing.TB, house wire.House, direction wire.Direction) *wire.Identity {
	t.Helper()
	var hosts []string
	if direction == wire.Answers {
		hosts = []string{"127.0.0.1"}
	}
	credential, err := n.Authority.Issue(time.Now(), house, direction, hosts, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	identity, err := credential.Identity()
	if err != nil {
		t.Fatal(err)
	}
	return identity
}

// Serve lets a house answer peers with handler and gives its address.
func (n *Net) Serve(t testing.TB, house wire.House, handler http.Handler, o wire.Options, peers ...wire.House) string {
	t.Helper()
	config, err := n.Identity(t, house, wire.Answers).Server(peers...)
	if err != nil {
		t.Fatal(err)
	}
	return Listen(t, wire.NewServer(handler, config, o))
}

// Listen serves until the test ends and gives the address.
func Listen(t testing.TB, server *http.Server) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.ServeTLS(listener, "", "") }()
	t.Cleanup(func() {
		_ = server.Close() // the listener's end is awaited below
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	return "https://" + listener.Addr().String()
}

// Client is the configuration with which house calls peer.
func (n *Net) Client(t testing.TB, house, peer wire.House) *tls.Config {
	t.Helper()
	config, err := n.Identity(t, house, wire.Calls).Client(peer)
	if err != nil {
		t.Fatal(err)
	}
	return config
}
