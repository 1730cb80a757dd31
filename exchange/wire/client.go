// SPDX-License-Identifier: EUPL-1.2

package wire

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"mime"
	"net"
	"net/http"
	"net/url"
	"time"

	"meldewerk/fault"
)

// Client calls one other house. It is safe for use by many at once.
type Client struct {
	base    string
	host    string // host:port
	options Options
	tls     *tls.Config
	http    *http.Client
}

// NewClient makes a Client for the house at address (https://host:port) with
// the configuration of Identity.Client. It connects at the first call.
func NewClient(address string, config *tls.Config, o Options) (*Client, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || (u.Path != "" && u.Path != "/") {
		return nil, errors.New("address of a house is not of the form https://host:port")
	}
	if config == nil || config.VerifyConnection == nil || config.RootCAs == nil || config.InsecureSkipVerify {
		return nil, errors.New("TLS configuration does not name a house; use Identity.Client")
	}
	protocols := new(http.Protocols)
	protocols.SetHTTP2(true)
	o = o.Filled()
	host := u.Host
	if u.Port() == "" {
		host = net.JoinHostPort(u.Hostname(), "443")
	}
	return &Client{
		base:    "https://" + u.Host + prefix,
		host:    host,
		options: o,
		tls:     config.Clone(),
		http: &http.Client{
			Timeout: o.Timeout,
			// A house never sends us elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
			Transport: &http.Transport{
				TLSClientConfig:        config.Clone(),
				Protocols:              protocols,
				HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second},
				DialContext:            (&net.Dialer{Timeout: 10 * time.Second}).DialContext,
				TLSHandshakeTimeout:    10 * time.Second,
				IdleConnTimeout:        90 * time.Second,
				MaxResponseHeaderBytes: maxHeader,
				DisableCompression:     true, // no answer may unpack to more than its limit
			},
		},
	}, nil
}

// Close lets idle connections go.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Call asks the other house and waits for the whole answer. The error is a
// fault: the other house's own, or one of this package.
func Call[Req, Res any](ctx context.Context, c *Client, name string, request Req) (Res, error) {
	var result, none Res
	body, err := encode(request)
	if err != nil {
		return none, err
	}
	if int64(len(body)) > c.options.MaxRequest {
		return none, ErrTooLarge
	}
	answer, err := c.send(ctx, name, body)
	if err != nil {
		return none, err
	}
	err = decode(answer, &result)
	if err != nil {
		return none, err
	}
	return result, nil
}

func (c *Client) send(ctx context.Context, name string, body []byte) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+name, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("call %s: %w", name, err)
	}
	number := rand.Text()
	request.Header.Set("Content-Type", mediaType)
	request.Header.Set(callHeader, number)
	response, err := c.http.Do(request)
	if err != nil {
		return nil, c.unreachable(ctx, err)
	}
	defer response.Body.Close()
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil || kind != mediaType || response.Header.Get("Content-Encoding") != "" {
		return nil, ErrMalformed.Because(fmt.Errorf("answer to %s with status %d is not JSON", name, response.StatusCode))
	}
	if response.Header.Get(callHeader) != number {
		return nil, ErrMalformed.Because(fmt.Errorf("answer to %s belongs to another call", name))
	}
	limit := c.options.MaxAnswer
	if response.StatusCode != http.StatusOK {
		limit = maxRefusal
	}
	if response.ContentLength > limit {
		return nil, ErrTooLarge
	}
	data, err := readAll(response.Body, limit)
	if err != nil {
		if fault.Of(err) != nil {
			return nil, err
		}
		return nil, c.unreachable(ctx, err)
	}
	if response.StatusCode != http.StatusOK {
		return nil, readRefusal(data)
	}
	return data, nil
}

// unreachable tells a refused certificate from a house that is away, because
// the one wants an operator and the other only time. The causes hold an
// address and the words of the network, never a body.
func (c *Client) unreachable(ctx context.Context, err error) error {
	op, ofNetwork := errors.AsType[*net.OpError](err)
	timeout, _ := errors.AsType[net.Error](err)
	nobodyThere := ofNetwork && op.Op == "dial" || timeout != nil && timeout.Timeout() || ctx.Err() != nil
	if untrusted(err) || !nobodyThere && c.refused(ctx) {
		return ErrUntrusted.Because(err)
	}
	return ErrAway.Because(err)
}

func untrusted(err error) bool {
	if _, found := errors.AsType[*tls.CertificateVerificationError](err); found {
		return true
	}
	if _, found := errors.AsType[*strangerError](err); found {
		return true
	}
	op, found := errors.AsType[*net.OpError](err)
	return found && op.Op == "remote error"
}

// refused asks why a connection was cut. With TLS 1.3 a server refuses the
// caller's certificate only after the caller's handshake is over, and what the
// caller has sent by then may drown the alert; so this sends nothing and waits
// for the first byte, which a server that is content sends of its own accord.
func (c *Client) refused(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := (&tls.Dialer{Config: c.tls}).DialContext(ctx, "tcp", c.host)
	if err != nil {
		return untrusted(err)
	}
	defer conn.Close()
	deadline, _ := ctx.Deadline()
	err = conn.SetReadDeadline(deadline)
	if err == nil {
		_, err = conn.Read(make([]byte, 1))
	}
	return untrusted(err)
}
