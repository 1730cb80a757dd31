// SPDX-License-Identifier: EUPL-1.2

package world

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"strings"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/internal/signin"
)

// Client is a browser of one person at one house, as far as a script needs one.
type Client struct {
	http *http.Client
	base string
}

// NewClient makes a client for the house that answers at host:port under the
// name house.localhost, trusting the layout's throw-away authority.
func (l Layout) NewClient(base, address string) (*Client, error) {
	pem, err := os.ReadFile(l.AuthorityFile())
	if err != nil {
		return nil, fmt.Errorf("read authority: %w", err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(pem) {
		return nil, errors.New("read authority: no certificate in the file")
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	transport := &http.Transport{
		// The name need not be known to the resolver: it is on this machine.
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return dialer.DialContext(ctx, network, address)
		},
		TLSClientConfig:   &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS13},
		ForceAttemptHTTP2: true,
	}
	return &Client{base: base, http: &http.Client{Transport: transport, Jar: jar,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// ErrSignIn is returned when the house does not let the person in.
var ErrSignIn = errors.New("the house refused the sign-in")

// SignIn signs in with password and the code of the present time step.
func (c *Client) SignIn(ctx context.Context, username, password string, secret account.Secret, now time.Time) error {
	to, err := c.post(ctx, signin.PathSignIn, url.Values{"username": {username}, "password": {password}})
	if err != nil {
		return err
	}
	if !strings.HasPrefix(to, "/einmalkennwort") {
		return ErrSignIn
	}
	code := secret.CodeAt(account.StepAt(now)).Reveal()
	to, err = c.post(ctx, "/einmalkennwort", url.Values{"otp": {code}})
	if err != nil {
		return err
	}
	if strings.HasPrefix(to, "/einmalkennwort") || strings.HasPrefix(to, signin.PathSignIn) || to == "" {
		return ErrSignIn
	}
	return nil
}

// post sends a form and gives the address to which the house leads on; "" when
// it shows a page instead.
func (c *Client) post(ctx context.Context, path string, form url.Values) (string, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.lead(request)
}

func (c *Client) lead(request *http.Request) (string, error) {
	response, err := c.http.Do(request)
	if err != nil {
		return "", fmt.Errorf("ask house: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // read to the end below
	if _, err := io.Copy(io.Discard, response.Body); err != nil {
		return "", fmt.Errorf("read answer: %w", err)
	}
	if response.StatusCode == http.StatusSeeOther {
		return response.Header.Get("Location"), nil
	}
	return "", nil
}

// Answer is what a house says to a form.
type Answer struct {
	Status int
	To     string // address to which it leads on
	Body   []byte
}

// Post sends a form of a page.
func (c *Client) Post(ctx context.Context, path string, form url.Values) (Answer, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return Answer{}, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	response, err := c.http.Do(request)
	if err != nil {
		return Answer{}, fmt.Errorf("ask house: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // read to the end below
	body, err := io.ReadAll(io.LimitReader(response.Body, 8<<20))
	return Answer{response.StatusCode, response.Header.Get("Location"), body}, err
}

// Upload sends a package and gives the path of its page. The content is
// streamed: write is called with the body's writer.
func (c *Client) Upload(ctx context.Context, kind submission.Kind, name string, write func(w io.Writer) error) (string, error) {
	reader, writer := io.Pipe()
	form := multipart.NewWriter(writer)
	go func() {
		err := form.WriteField("kind", string(kind))
		if err == nil {
			var part io.Writer
			if part, err = form.CreateFormFile("package", name); err == nil {
				err = write(part)
			}
		}
		writer.CloseWithError(errors.Join(err, form.Close()))
	}()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+"/pakete", reader)
	if err != nil {
		return "", err
	}
	request.Header.Set("Content-Type", form.FormDataContentType())
	to, err := c.lead(request)
	if err != nil {
		return "", err
	}
	if to == "" {
		return "", errors.New("the portal did not take the package")
	}
	to, _, _ = strings.Cut(to, "?")
	return to, nil
}

// Search looks a patient up by the reporter's own number and gives the path of
// the Tumorhistorie, "" when there is none.
func (c *Client) Search(ctx context.Context, patient string) (string, error) {
	to, err := c.post(ctx, "/historie", url.Values{"patient_id": {patient}})
	to, _, _ = strings.Cut(to, "?")
	return to, err
}

// Get reads a page or file of the house.
func (c *Client) Get(ctx context.Context, path string) ([]byte, int, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+path, nil)
	if err != nil {
		return nil, 0, err
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, 0, fmt.Errorf("ask house: %w", err)
	}
	defer func() { _ = response.Body.Close() }() // read to the end below
	body, err := io.ReadAll(io.LimitReader(response.Body, 256<<20))
	return body, response.StatusCode, err
}

// GetJSON reads a JSON file of the house.
func (c *Client) GetJSON(ctx context.Context, path string, into any) error {
	body, status, err := c.Get(ctx, path)
	if err != nil {
		return err
	}
	if status != http.StatusOK {
		return fmt.Errorf("ask house: status %d", status)
	}
	return json.NewDecoder(bytes.NewReader(body)).Decode(into)
}
