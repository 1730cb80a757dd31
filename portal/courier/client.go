// SPDX-License-Identifier: EUPL-1.2

package courier

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Options set up a Client.
type Options struct {
	Server    string         // https://host[:port] of the portal
	Authority *x509.CertPool // nil: those of the system
	KeyID     string
	Key       Key
	Attempts  int                                              // of one package, default 6
	Clock     func() time.Time                                 // default time.Now
	Wait      func(ctx context.Context, d time.Duration) error // between attempts, default: sleeps
	Retrying  func(attempt int, after time.Duration, why error)
}

// Client sends packages to a portal.
type Client struct {
	o    Options
	base string
	host string
	http *http.Client
}

// The limits of the client.
const (
	maxProtocol   = 1 << 30 // bytes
	maxTrouble    = 64 << 10
	uploadTimeout = 40 * time.Minute
	firstWait     = 2 * time.Second
	longestWait   = 2 * time.Minute
)

// NewClient makes a client for the portal at an address.
func NewClient(o Options) (*Client, error) {
	u, err := url.Parse(o.Server)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "" {
		return nil, errors.New("address of the portal is not of the form https://host[:port]")
	}
	if err := CheckID(o.KeyID); err != nil {
		return nil, err
	}
	if o.Attempts <= 0 {
		o.Attempts = 6
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Wait == nil {
		o.Wait = wait
	}
	if o.Retrying == nil {
		o.Retrying = func(int, time.Duration, error) {}
	}
	return &Client{o: o, base: "https://" + u.Host, host: u.Host, http: &http.Client{
		// The portal answers with the place of the protocol; nobody else is asked.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			TLSClientConfig:        &tls.Config{RootCAs: o.Authority, MinVersion: tls.VersionTLS13},
			ForceAttemptHTTP2:      true,
			TLSHandshakeTimeout:    15 * time.Second,
			ExpectContinueTimeout:  10 * time.Second, // a refusal comes before the package is sent
			IdleConnTimeout:        time.Minute,
			MaxResponseHeaderBytes: 64 << 10,
			HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 15 * time.Second},
		},
	}}, nil
}

// Close lets idle connections go.
func (c *Client) Close() { c.http.CloseIdleConnections() }

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Package is a Meldungspaket to send.
type Package struct {
	Name string // of the file, as the protocol shows it
	Kind string // test or real
	Size int64
	Open func() (io.ReadCloser, error) // from its beginning; called for the hash and for each attempt
}

// Protocol is what the portal says of a package.
type Protocol struct {
	Path     string // on the portal, for people
	Again    bool   // the package was here before; this is its first receipt
	State    string // received or unreadable
	Reports  int
	Accepted int
	Warned   int
	Rejected int
	Number   string // of the receipt
	Received time.Time
	JSON     []byte // the whole
}

// Refusal is the portal's answer to a request that it does not carry out.
type Refusal struct {
	Status   int
	Key      string // stable name of the refusal
	Sentence string // German, what is wrong and what to do
	after    time.Duration
}

func (r *Refusal) Error() string {
	return fmt.Sprintf("portal refused with status %d (%s)", r.Status, r.Key)
}

// ErrChanged means that the file changed while it was sent.
var ErrChanged = errors.New("the file changed while it was being sent")

// Send sends a package and gives its protocol. What breaks off is sent again:
// a package that had arrived all the same is answered with its first receipt.
func (c *Client) Send(ctx context.Context, p Package) (Protocol, error) {
	sum, err := hashOf(p)
	if err != nil {
		return Protocol{}, err
	}
	var path string
	err = c.again(ctx, func(ctx context.Context) error {
		path, err = c.post(ctx, p, sum)
		return err
	})
	if err != nil {
		return Protocol{}, err
	}
	path, query, _ := strings.Cut(path, "?")
	out := Protocol{Path: path, Again: query != ""}
	err = c.again(ctx, func(ctx context.Context) error {
		out.JSON, err = c.get(ctx, path+"/protokoll.json")
		return err
	})
	if err != nil {
		return out, err
	}
	return out, out.read(sum)
}

// read takes the figures out of the protocol and holds the receipt to the
// package that was sent.
func (p *Protocol) read(sum []byte) error {
	var text struct {
		State    string `json:"state"`
		Reports  int    `json:"reports"`
		Accepted int    `json:"accepted"`
		Warned   int    `json:"warned"`
		Rejected int    `json:"rejected"`
		Receipt  *struct {
			Number     string    `json:"number"`
			ReceivedAt time.Time `json:"received_at"`
			SHA256     string    `json:"sha256"`
		} `json:"receipt"`
	}
	if err := json.Unmarshal(p.JSON, &text); err != nil {
		return errors.New("protocol of the portal is not the document expected")
	}
	p.State, p.Reports, p.Accepted, p.Warned, p.Rejected = text.State, text.Reports, text.Accepted, text.Warned, text.Rejected
	if text.Receipt == nil {
		return nil
	}
	if text.Receipt.SHA256 != hex.EncodeToString(sum) {
		return errors.New("receipt of the portal names another package")
	}
	p.Number, p.Received = text.Receipt.Number, text.Receipt.ReceivedAt
	return nil
}

func hashOf(p Package) ([]byte, error) {
	in, err := p.Open()
	if err != nil {
		return nil, err
	}
	defer func() { _ = in.Close() }() // only read
	h := sha256.New()
	n, err := io.Copy(h, in)
	if err != nil {
		return nil, fmt.Errorf("read package: %w", err)
	}
	if n != p.Size {
		return nil, ErrChanged
	}
	return h.Sum(nil), nil
}

// again repeats what a broken connection or a busy portal stopped.
func (c *Client) again(ctx context.Context, try func(context.Context) error) error {
	pause := firstWait
	for attempt := 1; ; attempt++ {
		err := try(ctx)
		refusal, refused := errors.AsType[*Refusal](err)
		final := refused && !refusal.passing()
		if err == nil || final || ctx.Err() != nil || errors.Is(err, ErrChanged) || untrusted(err) || attempt == c.o.Attempts {
			return err
		}
		after := pause
		if refused && refusal.after > 0 {
			after = min(refusal.after, longestWait)
		}
		c.o.Retrying(attempt, after, err)
		if err := c.o.Wait(ctx, after); err != nil {
			return err
		}
		pause = min(2*pause, longestWait)
	}
}

// passing says whether the same request may be taken a little later.
func (r *Refusal) passing() bool {
	switch {
	case r.Status >= 500, r.Status == http.StatusTooManyRequests, r.Status == http.StatusRequestTimeout:
		return true
	}
	return r.Key == "dispatch.busy" || r.Key == "dispatch.lost" || r.Key == "upload.broken" || r.Key == "web.bad_form"
}

// untrusted says whether the other side is not the portal it should be.
func untrusted(err error) bool {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	return certificate
}

// post sends the package and gives the place of its protocol.
func (c *Client) post(ctx context.Context, p Package, sum []byte) (string, error) {
	in, err := p.Open()
	if err != nil {
		return "", err
	}
	defer func() { _ = in.Close() }() // only read
	head, tail, kind, err := frame(p)
	if err != nil {
		return "", err
	}
	size := int64(len(head)) + p.Size + int64(len(tail))
	body := io.MultiReader(bytes.NewReader(head), &exactly{from: in, left: p.Size}, bytes.NewReader(tail))
	ctx, cancel := context.WithTimeout(ctx, uploadTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/pakete", io.NopCloser(body))
	if err != nil {
		return "", fmt.Errorf("make request: %w", err)
	}
	r.ContentLength = size
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Expect", "100-continue")
	c.sign(r, p.Kind, sum)
	response, err := c.http.Do(r)
	if err != nil {
		return "", fmt.Errorf("send package: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // what matters was read
	if response.StatusCode != http.StatusSeeOther {
		return "", refusalOf(response)
	}
	return placeOf(response.Header.Get("Location"))
}

func (c *Client) sign(r *http.Request, kind string, sum []byte) {
	r.Header.Set("Accept", "application/json")
	r.Header.Set("User-Agent", "meldewerk-upload/"+version)
	r.Header.Set("Authorization", c.o.Key.Sign(Request{KeyID: c.o.KeyID, Host: c.host, Method: r.Method, Path: r.URL.RequestURI(),
		Kind: kind, SHA256: sum, At: c.o.Clock(), Nonce: NewNonce()}))
}

// placeOf takes no other answer than the address of a package.
func placeOf(location string) (string, error) {
	id, query, _ := strings.Cut(strings.TrimPrefix(location, "/pakete/"), "?")
	if !strings.HasPrefix(location, "/pakete/") || !idValid(id) || query != "" && query != "schon=ja" {
		return "", errors.New("portal answered with an unexpected place of the protocol")
	}
	return location, nil
}

// frame is what stands around the package in the form.
func frame(p Package) (head, tail []byte, contentType string, err error) {
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	if err := form.WriteField("kind", p.Kind); err != nil {
		return nil, nil, "", err
	}
	part := textproto.MIMEHeader{}
	part.Set("Content-Disposition", multipart.FileContentDisposition("package", p.Name))
	part.Set("Content-Type", "application/octet-stream")
	if _, err := form.CreatePart(part); err != nil {
		return nil, nil, "", err
	}
	return b.Bytes(), []byte("\r\n--" + form.Boundary() + "--\r\n"), form.FormDataContentType(), nil
}

// exactly passes on as many bytes as were hashed, and no other number.
type exactly struct {
	from io.Reader
	left int64
}

func (e *exactly) Read(p []byte) (int, error) {
	n, err := e.from.Read(p)
	e.left -= int64(n)
	if e.left < 0 || errors.Is(err, io.EOF) && e.left > 0 {
		return 0, ErrChanged
	}
	return n, err
}

// get asks for a document.
func (c *Client) get(ctx context.Context, path string) ([]byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	c.sign(r, "", nil)
	response, err := c.http.Do(r)
	if err != nil {
		return nil, fmt.Errorf("fetch protocol: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // what matters was read
	if response.StatusCode != http.StatusOK {
		return nil, refusalOf(response)
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxProtocol+1))
	if err != nil {
		return nil, fmt.Errorf("fetch protocol: %w", err)
	}
	if len(body) > maxProtocol {
		return nil, errors.New("protocol of the portal is too large")
	}
	return body, nil
}

// refusalOf reads why a request was not carried out. What does not come from
// the portal itself (a proxy between) has no sentence.
func refusalOf(response *http.Response) error {
	out := &Refusal{Status: response.StatusCode}
	var text struct {
		Error    string `json:"error"`
		Key      string `json:"key"`
		Incident string `json:"incident"`
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, maxTrouble))
	if err == nil && json.Unmarshal(body, &text) == nil {
		out.Key, out.Sentence = text.Key, text.Error
		if text.Incident != "" {
			out.Sentence += " Nummer für die Hotline: " + text.Incident + "."
		}
	}
	if seconds, err := strconv.Atoi(response.Header.Get("Retry-After")); err == nil && seconds > 0 {
		out.after = time.Duration(seconds) * time.Second
	}
	return out
}
