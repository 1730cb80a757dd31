// SPDX-License-Identifier: EUPL-1.2

package controlnumber

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
	"meldewerk/identity"
	"meldewerk/pseudonym"
)

func TestKeysAreMadeLoadedAndTurnedOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := LoadKeys(dir); err == nil {
		t.Error("a folder without keys was taken")
	}
	if err := GenerateKeys(dir, day0); err != nil {
		t.Fatal(err)
	}
	if err := GenerateKeys(dir, day0); err == nil {
		t.Error("keys were made beside existing ones")
	}
	old := must(LoadKeys(dir))
	p := identity.Person{Surname: "Kunz"}
	before := must(Form(p, old))
	if err := GenerateStorageKey(dir, day0); err != nil {
		t.Fatal(err)
	}
	if err := GenerateExchangeKey(dir, "rki", day0); err != nil {
		t.Fatal(err)
	}
	if err := GenerateExchangeKey(dir, "RKI Berlin", day0); err == nil {
		t.Error("a malformed partner was taken")
	}
	keys := must(LoadKeys(dir))
	if keys.Current() != "storage/2" || len(keys.Generations()) != 3 {
		t.Errorf("current is %s of %v", keys.Current(), keys.Generations())
	}
	after := must(Form(p, keys))
	if before.Names().Common(after.Names()) != 0 {
		t.Error("a new storage key forms the old numbers")
	}
	moved := must(Rekey(before, mustLayer(keys, "storage/1"), mustLayer(keys, "storage/2")))
	if !moved.Equal(after) {
		t.Error("re-keyed numbers differ from newly formed ones")
	}
	if mustLayer(keys, "storage/2").Generation() != "storage/2" {
		t.Error("a layer does not know its generation")
	}
	if _, err := keys.Layer("storage/3"); err == nil {
		t.Error("a layer without key was given")
	}
}

func TestK1KeysServeOnePurpose(t *testing.T) {
	t.Parallel()
	secret := random32()
	national, storage := key(t, PurposeNational, 1, secret), key(t, PurposeStorage, 1, random32())
	for name, files := range map[string][]keyfile.Key{
		"no national key":      {storage},
		"no storage key":       {national},
		"two national keys":    {national, key(t, PurposeNational, 2, random32()), storage},
		"foreign purpose":      {national, storage, key(t, "chiffrat.mac", 1, random32())},
		"purpose of our own":   {national, storage, key(t, "controlnumber.other", 1, random32())},
		"partner without name": {national, storage, key(t, "controlnumber.exchange.", 1, random32())},
		"twice":                {national, storage, storage},
		"short key":            {national, key(t, PurposeStorage, 1, secret[:16])},
	} {
		if _, err := NewKeys(files...); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestK7WideModesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := GenerateKeys(dir, day0); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, PurposeStorage+"-1.key")
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: true, 0o644: false, 0o660: false, 0o604: false, 0o700: false, 0o666: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadKeys(dir); (err == nil) != ok {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	for _, act := range []func() error{
		func() error { return GenerateKeys(dir, day0) },
		func() error { return GenerateStorageKey(dir, day0) },
		func() error { return GenerateKeys(filepath.Join(dir, "absent"), day0) },
	} {
		if err := os.Chmod(path, 0o644); err != nil {
			t.Fatal(err)
		}
		if act() == nil {
			t.Error("a key was made beside a readable one")
		}
	}
}

func TestKeysAreNeverMadeWhereTheyCannotBeKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	// A folder stands where the key file must go, under a name that is not read.
	if err := os.Mkdir(filepath.Join(dir, "blocked"), 0o500); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		if err := GenerateKeys(filepath.Join(dir, "blocked"), day0); err == nil {
			t.Error("a key was written into a read-only folder")
		}
	}
	if err := generate(dir, PurposeStorage, 0, day0); err == nil {
		t.Error("generation 0 was made")
	}
	if err := generate(filepath.Join(dir, "absent"), PurposeStorage, 1, day0); err == nil {
		t.Error("a key was written into no folder")
	}
}

func TestKeysPrintNothing(t *testing.T) {
	t.Parallel()
	secret := random32()
	keys := must(NewKeys(key(t, PurposeNational, 1, secret), key(t, PurposeStorage, 1, secret)))
	layer := mustLayer(keys, "storage/1")
	var out strings.Builder
	for _, v := range []any{keys, layer, &layer, struct{ K *Keys }{keys}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
			fmt.Fprintf(&out, verb, v)
		}
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(text)
	}
	out.WriteString(keys.String() + keys.LogValue().String() + layer.String() + layer.LogValue().String())
	for _, form := range []string{hex.EncodeToString(secret)[:8], base64.StdEncoding.EncodeToString(secret)[:8], fmt.Sprint(secret)[1:12]} {
		if strings.Contains(out.String(), form) {
			t.Error("a key was printed")
		}
	}
}

func TestFormAndRekeyRefuseWithoutKeys(t *testing.T) {
	t.Parallel()
	p := identity.Person{Surname: "Kunz"}
	for _, keys := range []*Keys{nil, {}, {national: random32()}} {
		if _, err := Form(p, keys); err == nil {
			t.Error("numbers were formed without keys")
		}
	}
	layer := mustLayer(randomKeys(t), "storage/1")
	for _, pair := range [][2]Layer{{Layer{}, layer}, {layer, Layer{}}} {
		if _, err := Rekey(pseudonym.ControlNumbers{}, pair[0], pair[1]); err == nil {
			t.Error("numbers were re-keyed without keys")
		}
	}
}
