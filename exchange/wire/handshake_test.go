// SPDX-License-Identifier: EUPL-1.2

package wire

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"testing"
	"time"
)

type message struct {
	Text string `json:"text"`
}

func quiet() Options { return Options{Log: slog.New(slog.DiscardHandler), Timeout: 10 * time.Second} }

// listen serves on loopback until the test ends.
func listen(t *testing.T, server *http.Server) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- server.ServeTLS(listener, "", "") }()
	t.Cleanup(func() {
		_ = server.Close() // its end is awaited below
		if err := <-done; !errors.Is(err, http.ErrServerClosed) {
			t.Errorf("serve: %v", err)
		}
	})
	return "https://" + listener.Addr().String()
}

func authority(t *testing.T) *Authority {
	t.Helper()
	a, err := NewAuthority("test", time.Now(), 24*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func issue(t *testing.T, a *Authority, house House, d Direction, validity time.Duration) *Identity {
	t.Helper()
	var hosts []string
	if d == Answers {
		hosts = []string{"127.0.0.1"}
	}
	c, err := a.Issue(time.Now(), house, d, hosts, validity)
	if err != nil {
		t.Fatal(err)
	}
	i, err := c.Identity()
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// forge signs whatever the test asks for, past the rules of Issue.
func forge(t *testing.T, a *Authority, change func(*x509.Certificate)) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(7), Subject: pkix.Name{CommonName: "forged"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		KeyUsage: x509.KeyUsageDigitalSignature, BasicConstraintsValid: true,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth},
		URIs:        []*url.URL{{Scheme: houseScheme, Host: string(TrustCentre)}},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	change(template)
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// trusting is a caller that takes any server of the authority, so that a
// refusal in the test is the server's.
func trusting(a *Authority, certificates ...tls.Certificate) *tls.Config {
	roots := x509.NewCertPool()
	roots.AddCert(a.cert)
	return &tls.Config{RootCAs: roots, Certificates: certificates, NextProtos: []string{"h2"}}
}

// post sends one well-formed call without any of the client's own checks.
func post(ctx context.Context, address string, config *tls.Config) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	transport := &http.Transport{TLSClientConfig: config, ForceAttemptHTTP2: true}
	defer transport.CloseIdleConnections()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, address+prefix+"test/echo", nil)
	if err != nil {
		return 0, err
	}
	answer, err := transport.RoundTrip(r)
	if err != nil {
		return 0, err
	}
	_, _ = io.Copy(io.Discard, answer.Body) // only the status counts
	return answer.StatusCode, answer.Body.Close()
}

// TestC6ServerRefusesStrangersBeforeAnyHandler knocks with every wrong
// certificate there is.
func TestC6ServerRefusesStrangersBeforeAnyHandler(t *testing.T) {
	t.Parallel()
	own, foreign := authority(t), authority(t)
	config, err := issue(t, own, Portal, Answers, time.Hour).Server(TrustCentre)
	if err != nil {
		t.Fatal(err)
	}
	var ran atomic.Int64
	handler := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { ran.Add(1) })
	address := listen(t, NewServer(handler, config, quiet()))
	uri := func(raw string) *url.URL {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		return u
	}

	strangers := map[string]*tls.Config{
		"no certificate":    trusting(own),
		"foreign authority": trusting(own, forge(t, foreign, func(*x509.Certificate) {})),
		"expired":           trusting(own, forge(t, own, func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })),
		"not yet valid":     trusting(own, forge(t, own, func(c *x509.Certificate) { c.NotBefore = time.Now().Add(time.Minute) })),
		"wrong house":       trusting(own, forge(t, own, func(c *x509.Certificate) { c.URIs[0].Host = string(Registry) })),
		"house in the common name only": trusting(own, forge(t, own, func(c *x509.Certificate) {
			c.URIs, c.Subject.CommonName, c.DNSNames = nil, string(TrustCentre), []string{string(TrustCentre)}
		})),
		"two houses": trusting(own, forge(t, own, func(c *x509.Certificate) {
			c.URIs = append(c.URIs, uri("meldewerk://registry"))
		})),
		"other scheme":          trusting(own, forge(t, own, func(c *x509.Certificate) { c.URIs[0] = uri("https://trustcentre") })),
		"path behind the house": trusting(own, forge(t, own, func(c *x509.Certificate) { c.URIs[0] = uri("meldewerk://trustcentre/x") })),
		"port behind the house": trusting(own, forge(t, own, func(c *x509.Certificate) { c.URIs[0] = uri("meldewerk://trustcentre:1") })),
		"for answering": trusting(own, forge(t, own, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
		})),
		"for both directions": trusting(own, forge(t, own, func(c *x509.Certificate) {
			c.ExtKeyUsage = append(c.ExtKeyUsage, x509.ExtKeyUsageServerAuth)
		})),
		"for any use": trusting(own, forge(t, own, func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageAny}
		})),
		"without use":   trusting(own, forge(t, own, func(c *x509.Certificate) { c.ExtKeyUsage = nil })),
		"the authority": trusting(own, tls.Certificate{Certificate: [][]byte{own.cert.Raw}, PrivateKey: own.key}),
	}
	old := trusting(own, issue(t, own, TrustCentre, Calls, time.Hour).cert)
	old.MaxVersion = tls.VersionTLS12
	strangers["TLS 1.2"] = old
	for name, stranger := range strangers {
		status, err := post(t.Context(), address, stranger)
		if err == nil {
			t.Errorf("%s: answered with status %d", name, status)
		}
	}
	if n := ran.Load(); n != 0 {
		t.Fatalf("handler ran %d times for strangers", n)
	}

	// The right house is let in: the refusals above are not the test's own fault.
	status, err := post(t.Context(), address, trusting(own, issue(t, own, TrustCentre, Calls, time.Hour).cert))
	if err != nil || status != http.StatusOK || ran.Load() != 1 {
		t.Errorf("right house: status %d, handler ran %d times, %v", status, ran.Load(), err)
	}
	status, err = post(t.Context(), address, trusting(own, forge(t, own, func(*x509.Certificate) {})))
	if err != nil || status != http.StatusOK {
		t.Errorf("forge without change: status %d, %v", status, err)
	}
}

// TestC6ClientRefusesWrongServer must not send a byte of the call.
func TestC6ClientRefusesWrongServer(t *testing.T) {
	t.Parallel()
	own, foreign := authority(t), authority(t)
	server := func(certificate tls.Certificate, change func(*tls.Config)) *tls.Config {
		roots := x509.NewCertPool()
		roots.AddCert(own.cert)
		c := &tls.Config{Certificates: []tls.Certificate{certificate}, ClientAuth: tls.RequestClientCert, NextProtos: []string{"h2"}}
		change(c)
		return c
	}
	same := func(*tls.Config) {}
	portal := func(c *x509.Certificate) {
		c.URIs[0].Host, c.ExtKeyUsage = string(Portal), []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	}
	with := func(change func(*x509.Certificate)) func(*x509.Certificate) {
		return func(c *x509.Certificate) { portal(c); change(c) }
	}
	strangers := map[string]*tls.Config{
		"foreign authority": server(forge(t, foreign, portal), same),
		"wrong house":       server(forge(t, own, with(func(c *x509.Certificate) { c.URIs[0].Host = string(Registry) })), same),
		"expired":           server(forge(t, own, with(func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) })), same),
		"other host": server(forge(t, own, with(func(c *x509.Certificate) {
			c.IPAddresses, c.DNSNames = nil, []string{"elsewhere.localhost"}
		})), same),
		"for calling": server(forge(t, own, with(func(c *x509.Certificate) {
			c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}
		})), same),
		"for both directions": server(forge(t, own, with(func(c *x509.Certificate) {
			c.ExtKeyUsage = append(c.ExtKeyUsage, x509.ExtKeyUsageClientAuth)
		})), same),
		"TLS 1.2": server(forge(t, own, portal), func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 }),
	}
	config, err := issue(t, own, TrustCentre, Calls, time.Hour).Client(Portal)
	if err != nil {
		t.Fatal(err)
	}
	for name, stranger := range strangers {
		var ran atomic.Int64
		handler := http.HandlerFunc(func(http.ResponseWriter, *http.Request) { ran.Add(1) })
		client, err := NewClient(listen(t, NewServer(handler, stranger, quiet())), config, quiet())
		if err != nil {
			t.Fatal(err)
		}
		_, err = Call[message, message](t.Context(), client, "test/echo", message{"x"})
		if !errors.Is(err, ErrUntrusted) {
			t.Errorf("%s: %v, want %v", name, err, ErrUntrusted)
		}
		if ran.Load() != 0 {
			t.Errorf("%s: the call arrived", name)
		}
		client.Close()
	}
}

// TestC6RefusedCallerLearnsWhy: the operator must tell a refused certificate
// from a neighbour that is away.
func TestC6RefusedCallerLearnsWhy(t *testing.T) {
	t.Parallel()
	own := authority(t)
	config, err := issue(t, own, Portal, Answers, time.Hour).Server("trustcentre-ekn")
	if err != nil {
		t.Fatal(err)
	}
	address := listen(t, NewServer(NewHandler(quiet()), config, quiet()))
	callers, err := issue(t, own, TrustCentre, Calls, time.Hour).Client(Portal)
	if err != nil {
		t.Fatal(err)
	}
	client, err := NewClient(address, callers, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	_, err = Call[message, message](t.Context(), client, "test/echo", message{"x"})
	if !errors.Is(err, ErrUntrusted) {
		t.Errorf("got %v, want %v", err, ErrUntrusted)
	}
}

// TestC6CertificateThatEndsStopsALongConnection: HTTP/2 connections live for
// days, a certificate must not outlive itself in one.
func TestC6CertificateThatEndsStopsALongConnection(t *testing.T) {
	t.Parallel()
	own := authority(t)
	config, err := issue(t, own, Portal, Answers, time.Hour).Server(TrustCentre)
	if err != nil {
		t.Fatal(err)
	}
	var late atomic.Bool
	h := NewHandler(quiet())
	h.now = func() time.Time {
		if late.Load() {
			return time.Now().Add(2 * time.Hour)
		}
		return time.Now()
	}
	ran := 0
	Handle(h, "test/echo", func(_ context.Context, m message) (message, error) { ran++; return m, nil })
	callers, err := issue(t, own, TrustCentre, Calls, time.Hour).Client(Portal)
	if err != nil {
		t.Fatal(err)
	}
	client, err := NewClient(listen(t, NewServer(h, config, quiet())), callers, quiet())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	if _, err = Call[message, message](t.Context(), client, "test/echo", message{"x"}); err != nil {
		t.Fatal(err)
	}
	late.Store(true)
	if _, err = Call[message, message](t.Context(), client, "test/echo", message{"x"}); err == nil || ran != 1 {
		t.Errorf("call with an ended certificate: %v, handler ran %d times", err, ran)
	}
}

// TestC6HandlerWithoutTLSAnswersNobody: mounted on a plain server by mistake,
// a Handler must stay shut.
func TestC6HandlerWithoutTLSAnswersNobody(t *testing.T) {
	t.Parallel()
	h := NewHandler(quiet())
	ran := false
	Handle(h, "test/echo", func(_ context.Context, m message) (message, error) { ran = true; return m, nil })
	for name, state := range map[string]*tls.ConnectionState{
		"plain":      nil,
		"unverified": {Version: tls.VersionTLS13, PeerCertificates: []*x509.Certificate{issue(t, authority(t), TrustCentre, Calls, time.Hour).cert.Leaf}},
	} {
		w := newRecorder()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, prefix+"test/echo", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.TLS = state
		h.ServeHTTP(w, r)
		if w.Code != http.StatusForbidden || ran {
			t.Errorf("%s: status %d, handler ran: %v", name, w.Code, ran)
		}
	}
}

func TestConfigurationsKeepTheDirection(t *testing.T) {
	t.Parallel()
	a := authority(t)
	if _, err := issue(t, a, Portal, Answers, time.Hour).Client(TrustCentre); err == nil {
		t.Error("a certificate for answering calls")
	}
	if _, err := issue(t, a, TrustCentre, Calls, time.Hour).Server(Portal); err == nil {
		t.Error("a certificate for calling answers")
	}
	if _, err := issue(t, a, Portal, Answers, time.Hour).Server(); err == nil {
		t.Error("a house answers nobody in particular")
	}
	config := trusting(a)
	if _, err := NewClient("https://127.0.0.1:1", config, quiet()); err == nil {
		t.Error("client takes a configuration that names no house")
	}
}
