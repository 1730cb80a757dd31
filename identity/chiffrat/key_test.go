// SPDX-License-Identifier: EUPL-1.2

package chiffrat

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meldewerk/envelope/keyfile"
)

func TestPublicKeyFileIsReadBack(t *testing.T) {
	t.Parallel()
	public := must(GenerateKey()).Public()
	text := must(public.MarshalText())
	var read PublicKey
	if err := read.UnmarshalText(text); err != nil {
		t.Fatal(err)
	}
	if read.ID() != public.ID() || read.IsZero() || len(public.ID()) != 16 {
		t.Errorf("key %s became %s", public.ID(), read.ID())
	}
	if _, err := (PublicKey{}).MarshalText(); err == nil {
		t.Error("no key was written")
	}
	parts := strings.Fields(string(text))
	other := strings.Fields(string(must(must(GenerateKey()).Public().MarshalText())))
	for what, bad := range map[string]string{
		"empty":            "",
		"another head":     "x " + strings.Join(parts[1:], " "),
		"another KEM":      parts[0] + " 25722 " + strings.Join(parts[2:], " "),
		"not base64":       strings.Join(parts[:3], " ") + " %%%",
		"not a key":        strings.Join(parts[:3], " ") + " AAAA",
		"another key":      strings.Join(parts[:3], " ") + " " + other[3],
		"a number missing": parts[0] + " x " + strings.Join(parts[2:], " "),
	} {
		if err := new(PublicKey).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
}

func TestPrivateKeyFileIsReadBack(t *testing.T) {
	t.Parallel()
	key, dir := must(GenerateKey()), t.TempDir()
	path := must(WritePrivateKey(dir, key, 1, day0))
	if got := must(LoadPrivateKey(path)); got.Public().ID() != key.Public().ID() {
		t.Error("another key came back")
	}
	if _, err := WritePrivateKey(dir, key, 1, day0); err == nil {
		t.Error("a key was overwritten")
	}
	if _, err := WritePrivateKey(dir, key, 0, day0); err == nil {
		t.Error("generation 0 was written")
	}
	if _, err := PrivateKeyOf([]byte("short")); err == nil {
		t.Error("five bytes became a private key")
	}
	var none PrivateKey
	if _, err := none.Secret(); err == nil || !none.Public().IsZero() {
		t.Error("no key has a secret or a public half")
	}
}

func TestMACKeyFilesAreMadeAndRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := LoadMACKeys(dir); err == nil {
		t.Error("a folder without keys was taken")
	}
	for range 2 {
		if err := GenerateMACKey(dir, day0); err != nil {
			t.Fatal(err)
		}
	}
	if keys := must(LoadMACKeys(dir)); keys.current != 2 || len(keys.byGeneration) != 2 {
		t.Errorf("generation %d of %d", keys.current, len(keys.byGeneration))
	}
	absent := filepath.Join(dir, "absent")
	if _, err := LoadMACKeys(absent); err == nil {
		t.Error("an absent folder was read")
	}
	if err := GenerateMACKey(absent, day0); err == nil {
		t.Error("a key was made in an absent folder")
	}
}

func TestK1KeysServeOnePurpose(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mac := must(keyfile.Write(dir, macKey(1)))
	if _, err := LoadPrivateKey(mac); err == nil {
		t.Error("a MAC key was taken for a private key")
	}
	private := must(keyfile.New(PurposePrivate, 1, 32, day0))
	short := must(keyfile.New(PurposeMAC, 1, 16, day0))
	one := macKey(1)
	for what, files := range map[string][]keyfile.Key{
		"private key": {private}, "short key": {short}, "the same generation twice": {one, one}, "none": {},
	} {
		if _, err := NewMACKeys(files...); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
}

func TestK7WideModesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	private := must(WritePrivateKey(dir, must(GenerateKey()), 1, day0))
	if err := GenerateMACKey(dir, day0); err != nil {
		t.Fatal(err)
	}
	mac := filepath.Join(dir, PurposeMAC+"-1.key")
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o640: true, 0o644: false, 0o660: false, 0o755: false} {
		for _, path := range []string{private, mac} {
			if err := os.Chmod(path, mode); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := LoadPrivateKey(private); (err == nil) != ok {
			t.Errorf("private key, mode %04o: %v", mode, err)
		}
		if _, err := LoadMACKeys(dir); (err == nil) != ok {
			t.Errorf("MAC key, mode %04o: %v", mode, err)
		}
	}
}

func TestKeysPrintNothing(t *testing.T) {
	t.Parallel()
	key, mac := must(GenerateKey()), macKey(1)
	macs := must(NewMACKeys(mac))
	r := must(NewRegistry("KKN", macs))
	var out strings.Builder
	for _, v := range []any{key, &key, macs, &macs, r, &r, struct{ K PrivateKey }{key}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			fmt.Fprintf(&out, verb, v)
		}
		out.Write(must(json.Marshal(v)))
	}
	out.WriteString(key.String() + key.LogValue().String() + macs.String() + macs.LogValue().String() + r.String())
	for _, secret := range [][]byte{must(key.Secret()), mac.Secret()} {
		for _, form := range []string{hex.EncodeToString(secret)[:8], base64.StdEncoding.EncodeToString(secret)[:8], fmt.Sprint(secret)[1:12]} {
			if strings.Contains(out.String(), form) {
				t.Error("a key was printed")
			}
		}
	}
}
