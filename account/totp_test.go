// SPDX-License-Identifier: EUPL-1.2

package account_test

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meldewerk/account"

	"pgregory.net/rapid"
)

// RFC 6238 appendix B, SHA-1; the last six of its eight digits.
func TestA6RFC6238Vectors(t *testing.T) {
	t.Parallel()
	secret, err := account.SecretOf([]byte("12345678901234567890"))
	if err != nil {
		t.Fatal(err)
	}
	for seconds, want := range map[int64]string{
		59: "287082", 1111111109: "081804", 1111111111: "050471",
		1234567890: "005924", 2000000000: "279037", 20000000000: "353130",
	} {
		if got := secret.CodeAt(account.StepAt(time.Unix(seconds, 0))).Reveal(); got != want {
			t.Errorf("at %d: %s, want %s", seconds, got, want)
		}
	}
}

func TestA6CodesEqualOathtool(t *testing.T) {
	t.Parallel()
	oathtool, err := exec.LookPath("oathtool")
	if err != nil {
		t.Skip("oathtool is not installed")
	}
	for i := range 8 {
		secret := account.NewSecret()
		at := time.Date(2026, 11, 21, 10, i, 7*i, 0, time.UTC)
		out, err := exec.CommandContext(t.Context(), oathtool, "--totp", "--base32",
			"--now", at.Format("2006-01-02 15:04:05 UTC"), secret.Text()).Output()
		if err != nil {
			t.Fatal(err)
		}
		if got := secret.CodeAt(account.StepAt(at)).Reveal(); got != strings.TrimSpace(string(out)) {
			t.Errorf("at %v: our code differs from oathtool's", at)
		}
	}
}

func TestMatchTellsWhichStep(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		key := rapid.SliceOfN(rapid.Byte(), 20, 32).Draw(t, "key")
		secret, err := account.SecretOf(key)
		if err != nil {
			t.Fatal(err)
		}
		now := time.Unix(rapid.Int64Range(0, 1<<34).Draw(t, "now"), 0)
		distance := account.Step(rapid.Int64Range(-5, 5).Draw(t, "distance"))
		step := account.StepAt(now) + distance
		got, ok := secret.Match(secret.CodeAt(step), now)
		near := distance >= -1 && distance <= 1
		if near && !ok {
			t.Fatalf("code at distance %d refused", distance)
		}
		if ok && secret.CodeAt(got).Reveal() != secret.CodeAt(step).Reveal() {
			t.Fatalf("told step has another code")
		}
		if ok && (got < account.StepAt(now)-1 || got > account.StepAt(now)+1) {
			t.Fatalf("told step %d lies outside the skew", got-account.StepAt(now))
		}
	})
}

func TestParseCodeForgivesBlanksOnly(t *testing.T) {
	t.Parallel()
	for typed, ok := range map[string]bool{
		"123456": true, " 123 456\n": true, "12345": false, "1234567": false, "12345a": false, "": false,
		"１２３４５６": false, "-12345": false, strings.Repeat("1", 1000): false, "123456" + strings.Repeat(" ", 100): false,
	} {
		if _, err := account.ParseCode(typed); (err == nil) != ok {
			t.Errorf("%.20q: %v", typed, err)
		}
	}
}

func FuzzParseCode(f *testing.F) {
	f.Add("123 456")
	f.Fuzz(func(t *testing.T, typed string) {
		code, err := account.ParseCode(typed)
		if err == nil && len(code.Reveal()) != 6 {
			t.Errorf("accepted as a code: %q", typed)
		}
	})
}

func TestA12SecretHas160BitsAndAText(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 100 {
		s := account.NewSecret()
		if len(s.Key())*8 < 160 || seen[s.Text()] {
			t.Fatal("secret is short or came twice")
		}
		seen[s.Text()] = true
		back, err := account.ParseSecret(strings.ToLower(s.Grouped()))
		if err != nil || hex.EncodeToString(back.Key()) != hex.EncodeToString(s.Key()) {
			t.Fatal("the text does not give the secret back")
		}
	}
	if _, err := account.ParseSecret("JBSWY3DPEHPK3PXP"); err == nil {
		t.Error("80 bits accepted")
	}
}

func TestURIIsReadByApps(t *testing.T) {
	t.Parallel()
	s := account.NewSecret()
	u, err := url.Parse(s.URI("Krebsregister Beispielland", "a.muster+x@klinik"))
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Scheme != "otpauth" || u.Host != "totp" || u.Path != "/Krebsregister Beispielland:a.muster+x@klinik" ||
		q.Get("secret") != s.Text() || q.Get("issuer") != "Krebsregister Beispielland" ||
		q.Get("algorithm") != "SHA1" || q.Get("digits") != "6" || q.Get("period") != "30" {
		t.Errorf("path %q, issuer %q", u.Path, q.Get("issuer"))
	}
	if strings.Contains(u.RawQuery, "+") {
		t.Error("blanks written as plus, which apps show as plus")
	}
}

// Chromium draws the very SVG of the page, zbarimg reads it: two programs that
// are not ours.
func TestQRIsReadBack(t *testing.T) {
	t.Parallel()
	zbarimg, err1 := exec.LookPath("zbarimg")
	chromium, err2 := exec.LookPath("chromium")
	if err1 != nil || err2 != nil {
		t.Skip("zbarimg or chromium is not installed")
	}
	uri := account.NewSecret().URI("Krebsregister", "a.muster")
	image, err := account.NewQR(uri)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	page := filepath.Join(dir, "qr.svg")
	svg := fmt.Sprintf(`<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300" viewBox="0 0 %d %d"><path fill="#fff" d="M0 0h%dv%dH0z"/><path d="%s"/></svg>`,
		image.Side(), image.Side(), image.Side(), image.Side(), image.Path())
	if err := os.WriteFile(page, []byte(svg), 0o600); err != nil {
		t.Fatal(err)
	}
	shot := filepath.Join(dir, "qr.png")
	out, err := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--window-size=400,400", "--screenshot="+shot, "file://"+page).CombinedOutput()
	if err != nil {
		t.Skipf("chromium does not run here: %v (%d bytes of output)", err, len(out))
	}
	read, err := exec.CommandContext(t.Context(), zbarimg, "--quiet", "--raw", shot).Output()
	if err != nil {
		t.Fatalf("zbarimg: %v", err)
	}
	if strings.TrimSpace(string(read)) != uri {
		t.Error("the QR code reads differently")
	}
}
