// SPDX-License-Identifier: EUPL-1.2

package courier_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"meldewerk/portal/courier"
)

func key(t testing.TB) (courier.Key, ed25519.PublicKey, string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "key.pem")
	k, err := courier.CreateKey(path)
	if err != nil {
		t.Fatal(err)
	}
	public, err := courier.ParsePublic(k.Public())
	if err != nil {
		t.Fatal(err)
	}
	return k, public, path
}

func request() courier.Request {
	return courier.Request{KeyID: "K-1", Host: "portal.example:8443", Method: http.MethodPost, Path: "/pakete", Kind: "real",
		SHA256: make([]byte, 32), At: time.Unix(1_795_000_000, 0), Nonce: courier.NewNonce()}
}

func received(header string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/pakete", nil)
	r.Host = "Portal.example:8443"
	r.Header.Set("Authorization", header)
	return r
}

func TestSignedRequestIsReadBack(t *testing.T) {
	t.Parallel()
	k, public, _ := key(t)
	want := request()
	got, err := courier.Read(received(k.Sign(want)))
	if err != nil || !got.By(public) || got.KeyID != want.KeyID || got.Kind != want.Kind || !got.At.Equal(want.At) {
		t.Errorf("%+v, %v", got.Request, err)
	}
	if _, other, _ := key(t); got.By(other) {
		t.Error("another key verifies")
	}
}

// TestAnyChangeOfASignedHeaderIsFound: whatever character is changed, dropped
// or doubled, the request does not verify any more.
func TestAnyChangeOfASignedHeaderIsFound(t *testing.T) {
	t.Parallel()
	k, public, _ := key(t)
	header := k.Sign(request())
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(header)-1).Draw(t, "at")
		text := rapid.SampledFrom([]string{"", " ", "-", "0", "A", "a", "=", "\t", "é", header[at:at+1] + header[at:at+1]}).Draw(t, "instead")
		if text == header[at:at+1] {
			return
		}
		changed := header[:at] + text + header[at+1:]
		got, err := courier.Read(received(changed))
		if err == nil && got.By(public) {
			t.Fatalf("verifies with %q at %d", text, at)
		}
	})
}

func TestMalformedHeadersAreRefused(t *testing.T) {
	t.Parallel()
	k, _, _ := key(t)
	good := strings.Split(k.Sign(request()), " ")
	with := func(at int, text string) string {
		parts := append([]string{}, good...)
		parts[at] = text
		return strings.Join(parts, " ")
	}
	for name, header := range map[string]string{
		"empty": "", "scheme alone": "Meldewerk-Key", "other scheme": with(0, "Bearer"), "other version": with(1, "2"),
		"path in the id": with(2, "../K1"), "no id": with(2, ""), "long id": with(2, strings.Repeat("a", 65)),
		"time with a sign": with(3, "+1795000000"), "time with zeros": with(3, "01795000000"), "negative time": with(3, "-5"), "huge time": with(3, strings.Repeat("9", 30)),
		"short nonce": with(4, "00"), "nonce in capitals": with(4, strings.Repeat("AB", 16)), "unknown kind": with(5, "both"),
		"kind without hash": with(6, "-"), "hash without kind": with(5, "-"), "long hash": with(6, strings.Repeat("0", 66)),
		"no signature": with(7, ""), "padded signature": with(7, good[7]+"=="), "one part more": strings.Join(good, " ") + " x",
		"two blanks": strings.Replace(strings.Join(good, " "), " ", "  ", 1), "very long": with(7, strings.Repeat("A", 5000)),
	} {
		if _, err := courier.Read(received(header)); err == nil {
			t.Errorf("%s: read", name)
		} else if header != "" && strings.Contains(err.Error(), header) {
			t.Errorf("%s: the error quotes the header", name)
		}
	}
}

func TestKeyFilesAreStrictAndNeverOverwritten(t *testing.T) {
	t.Parallel()
	k, _, path := key(t)
	again, err := courier.OpenKey(path)
	if err != nil || again.Public() != k.Public() {
		t.Errorf("not read back: %v", err)
	}
	if _, err := courier.CreateKey(path); !errors.Is(err, os.ErrExist) {
		t.Errorf("overwritten: %v", err)
	}
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o640: true, 0o400: true, 0o644: false, 0o660: false, 0o666: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := courier.OpenKey(path); (err == nil) != ok {
			t.Errorf("%04o: %v", mode, err)
		}
	}
	foreign, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalPKCS8PrivateKey(foreign)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string][]byte{"empty": nil, "words": []byte("x"), "RSA": pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: raw}),
		"two keys": append(append([]byte{}, text...), text...), "cut": text[:60], "huge": make([]byte, 5000)} {
		bad := filepath.Join(t.TempDir(), "bad.pem")
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := courier.OpenKey(bad); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
	for _, line := range []string{"", "mwk1", "mwk1 x", "mwk2 " + k.Public()[5:], k.Public()[5:], k.Public() + "A"} {
		if _, err := courier.ParsePublic(line); err == nil {
			t.Errorf("%q: taken for a public key", line)
		}
	}
}

func TestKeysPrintRedacted(t *testing.T) {
	t.Parallel()
	k, _, path := key(t)
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	block, _ := pem.Decode(content)
	inJSON, err := json.Marshal(map[string]any{"k": k})
	if err != nil {
		t.Fatal(err)
	}
	var log strings.Builder
	slog.New(slog.NewJSONHandler(&log, nil)).Info("x", "key", k)
	all := fmt.Sprintf("%v %+v %#v %s", k, k, k, k) + string(inJSON) + log.String()
	seed := block.Bytes[len(block.Bytes)-32:]
	if !strings.Contains(all, "[redacted]") || strings.Contains(all, fmt.Sprint(seed[:4])[1:8]) {
		t.Errorf("prints %s", all)
	}
}
