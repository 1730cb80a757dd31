// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/wire"
	"meldewerk/internal/database"
	"meldewerk/internal/house"
	"meldewerk/internal/signin"
	ground "meldewerk/internal/store"
)

// oathtool is the authenticator of the tests: the codes of another maker's
// program, never our own.
func oathtool(t testing.TB, secret account.Secret, at time.Time) string {
	t.Helper()
	path, err := exec.LookPath("oathtool")
	if err != nil {
		t.Skip("oathtool is not installed: no codes of another maker")
	}
	out, err := exec.Command(path, "--totp", "-b", "--now", at.UTC().Format("2006-01-02 15:04:05 UTC"), secret.Text()).Output()
	if err != nil {
		t.Fatal("oathtool gives no code") // its message would quote the secret
	}
	return strings.TrimSpace(string(out))
}

// wrongCode is a code that no step around the time has.
func wrongCode(t testing.TB, secret account.Secret, at time.Time) string {
	t.Helper()
	near := map[string]bool{}
	for step := -3; step <= 3; step++ {
		near[oathtool(t, secret, at.Add(time.Duration(step)*30*time.Second))] = true
	}
	for n := range 10 {
		if code := strings.Repeat(strconv.Itoa(n), 6); !near[code] {
			return code
		}
	}
	t.Fatal("no wrong code found")
	return ""
}

// visitor is somebody with a browser before the handler of one house.
type visitor struct {
	p       *plant
	house   wire.House
	cookies map[string]string
}

func (p *plant) visitor(h wire.House) *visitor {
	return &visitor{p: p, house: h, cookies: map[string]string{}}
}

func (p *plant) handler(h wire.House) http.Handler {
	switch h {
	case wire.TrustCentre:
		return p.TrustCentre.Handler()
	case wire.Registry:
		return p.Registry.Handler()
	}
	return p.Portal.Handler()
}

func (p *plant) accounts(h wire.House) *ground.Accounts {
	switch h {
	case wire.TrustCentre:
		return p.TrustCentre.Accounts()
	case wire.Registry:
		return p.Registry.Accounts()
	}
	return p.Portal.Accounts()
}

func (p *plant) ground(h wire.House) *house.Ground {
	switch h {
	case wire.TrustCentre:
		return p.TrustCentre.Ground()
	case wire.Registry:
		return p.Registry.Ground()
	}
	return p.Portal.Ground()
}

// answer is what a house said.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) to() string { return a.header.Get("Location") }

// do sends one request as a browser does that is on a page of this house.
func (v *visitor) do(method, path, kind, body string) answer {
	r := httptest.NewRequestWithContext(v.p.t.Context(), method, "https://"+string(v.house)+".localhost"+path, strings.NewReader(body))
	if method == http.MethodPost {
		r.Header.Set("Content-Type", kind)
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		r.Header.Set("Origin", "https://"+string(v.house)+".localhost")
	}
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	w := httptest.NewRecorder()
	v.p.handler(v.house).ServeHTTP(w, r)
	result := w.Result()
	for _, c := range result.Cookies() {
		if c.MaxAge < 0 {
			delete(v.cookies, c.Name)
		} else {
			v.cookies[c.Name] = c.Value
		}
	}
	content, err := io.ReadAll(result.Body)
	must(v.p.t, err)
	return answer{result.StatusCode, result.Header, string(content)}
}

const urlencoded = "application/x-www-form-urlencoded"

func (v *visitor) get(path string) answer { return v.do(http.MethodGet, path, "", "") }

func (v *visitor) post(path string, form url.Values) answer {
	return v.do(http.MethodPost, path, urlencoded, form.Encode())
}

// enter shows name and password.
func (v *visitor) enter(l seated) answer {
	return v.post(signin.PathSignIn, url.Values{"username": {l.username}, "password": {l.password}})
}

// prove shows the code of the present time step.
func (v *visitor) prove(l seated) answer {
	v.p.t.Helper()
	return v.post(signin.PathCode, url.Values{"otp": {oathtool(v.p.t, l.secret, v.p.clock.Now())}})
}

// signIn goes the whole way in.
func (v *visitor) signIn(l seated) *visitor {
	v.p.t.Helper()
	if a := v.enter(l); a.status != http.StatusSeeOther || a.to() != signin.PathCode {
		v.p.t.Fatalf("%s, password: %d to %q", v.house, a.status, a.to())
	}
	if a := v.prove(l); a.status != http.StatusSeeOther || strings.HasPrefix(a.to(), signin.PathCode) {
		v.p.t.Fatalf("%s, code: %d to %q", v.house, a.status, a.to())
	}
	return v
}

// in says whether the visitor is signed in.
func (v *visitor) in() bool { return v.get("/").status == http.StatusOK }

// seated is somebody with an account.
type seated struct {
	id       account.ID
	username string
	password string
	secret   account.Secret // zero: no second factor yet
}

// seat gives somebody an account. Roles that need a passkey are given past the
// rule, because what is tested then is what the role may do.
func (p *plant) seat(h wire.House, username string, unit account.UnitID, enrolled bool, roles ...account.Role) seated {
	p.t.Helper()
	person := signin.Person{House: account.House(h), Username: username, Holder: "Person " + username, Unit: unit, Roles: roles}
	if enrolled {
		person.Secret = account.NewSecret()
	}
	issued, err := signin.Create(p.t.Context(), p.accounts(h), p.hasher, audit.System, person)
	must(p.t, err)
	return seated{issued.ID, string(issued.Username), issued.Password.Reveal(), issued.Secret}
}

// intrude changes a house's database as nobody but a test may.
func (p *plant) intrude(h wire.House, statement string, args ...any) {
	p.t.Helper()
	must(p.t, intrude(p.t, p.ground(h).DB, statement, args...))
}

func intrude(t testing.TB, db *database.DB, statement string, args ...any) error {
	return db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("the hand of a test")
		_, err := tx.ExecContext(ctx, statement, args...)
		return err
	})
}
