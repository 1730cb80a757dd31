// SPDX-License-Identifier: EUPL-1.2

package keyfile

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 21, 15, 4, 5, 0, time.UTC)

func newKey(t *testing.T, purpose string, generation int) Key {
	t.Helper()
	k, err := New(purpose, generation, 32, now)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func write(t *testing.T, dir string, k Key) string {
	t.Helper()
	path, err := Write(dir, k)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestKeyIsReadBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	k := newKey(t, "a.b-c", 7)
	path := write(t, dir, k)
	if filepath.Base(path) != "a.b-c-7.key" {
		t.Errorf("file is %s", filepath.Base(path))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	got, err := Read(path, "a.b-c")
	if err != nil {
		t.Fatal(err)
	}
	if string(got.Secret()) != string(k.Secret()) || got.Generation != 7 || got.Fingerprint() != k.Fingerprint() || !got.Made.Equal(now.Truncate(24*time.Hour)) {
		t.Error("another key came back")
	}
	if _, err := Write(dir, k); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a key was overwritten: %v", err)
	}
	one, other := newKey(t, "a", 1), newKey(t, "a", 1)
	if one.Fingerprint() == other.Fingerprint() {
		t.Error("two keys have one fingerprint")
	}
	for _, bad := range []func() (Key, error){
		func() (Key, error) { return New("", 1, 32, now) },
		func() (Key, error) { return New("A", 1, 32, now) },
		func() (Key, error) { return New("../x", 1, 32, now) },
		func() (Key, error) { return New(strings.Repeat("x", 65), 1, 32, now) },
		func() (Key, error) { return New("a", 0, 32, now) },
		func() (Key, error) { return New("a", 65536, 32, now) },
		func() (Key, error) { return New("a", 1, 15, now) },
		func() (Key, error) { return New("a", 1, largest, now) },
	} {
		if _, err := bad(); err == nil {
			t.Error("a malformed key was made")
		}
	}
}

// TestK1PurposeCannotBeChanged: neither by asking nor by editing the file.
func TestK1PurposeCannotBeChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, newKey(t, "one", 1))
	if _, err := Read(path, "two"); err == nil {
		t.Error("the key was read for another purpose")
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	good := string(text)
	secret := strings.Fields(good[strings.Index(good, "\nsecret "):])[1]
	for what, bad := range map[string]string{
		"purpose edited":    strings.Replace(good, "purpose one", "purpose two", 1),
		"generation edited": strings.Replace(good, "generation 1", "generation 2", 1),
		"day edited":        strings.Replace(good, "2026-11-21", "2026-11-22", 1),
		"secret edited":     strings.Replace(good, secret, base64.StdEncoding.EncodeToString(make([]byte, 32)), 1),
		"check cut":         good[:len(good)-2],
		"field twice":       good + "purpose one\n",
		"field missing":     strings.Replace(good, "made 2026-11-21\n", "", 1),
		"field unknown":     strings.Replace(good, "made ", "born ", 1),
		"generation word":   strings.Replace(good, "generation 1", "generation x", 1),
		"no base64":         strings.Replace(good, secret, "%", 1),
		"short":             strings.Replace(good, secret, "AAAA", 1),
		"empty":             "",
	} {
		if err := os.WriteFile(path, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, purpose := range []string{"one", "two"} {
			_, err := Read(path, purpose)
			if err == nil || strings.Contains(err.Error(), secret) {
				t.Errorf("%s: read as %s: %v", what, purpose, err)
			}
		}
	}
}

func TestReadFolderTakesItsOwnOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, k := range []Key{newKey(t, "kn.storage", 10), newKey(t, "kn.storage", 2), newKey(t, "kn", 1), newKey(t, "knx", 1), newKey(t, "mac", 1), newKey(t, "kn.exchange.a-b", 1)} {
		write(t, dir, k)
	}
	for _, other := range []string{"kn.txt", "kn.key", "notes-kn-1.key.bak"} {
		if err := os.WriteFile(filepath.Join(dir, other), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	keys, err := ReadFolder(dir, "kn")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, k := range keys {
		names = append(names, k.Name())
	}
	if got := strings.Join(names, " "); got != "kn-1.key kn.exchange.a-b-1.key kn.storage-2.key kn.storage-10.key" {
		t.Errorf("keys are %s", got)
	}
	if err := os.Rename(filepath.Join(dir, "kn.storage-2.key"), filepath.Join(dir, "kn.storage-3.key")); err != nil {
		t.Fatal(err)
	}
	if _, err := ReadFolder(dir, "kn"); err == nil {
		t.Error("a renamed key was taken")
	}
	if _, err := ReadFolder(dir, "mac"); err != nil {
		t.Errorf("a foreign file disturbs: %v", err)
	}
	if _, err := ReadFolder(filepath.Join(dir, "absent"), "kn"); err == nil {
		t.Error("an absent folder was read")
	}
}

func TestK7OnlyNarrowRegularFilesAreRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := write(t, dir, newKey(t, "a", 1))
	for mode := range os.FileMode(0o1000) {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := ReadSecret(path)
		if mode&^0o640 != 0 && err == nil {
			t.Errorf("mode %04o was read", mode)
		}
		if mode&^0o640 == 0 && mode&0o400 != 0 && err != nil {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	big := filepath.Join(dir, "big")
	if err := os.WriteFile(big, make([]byte, largest+1), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{dir, pipe, big, filepath.Join(dir, "absent")} {
		if _, err := ReadSecret(bad); err == nil {
			t.Errorf("%s was read", filepath.Base(bad))
		}
		if _, err := Read(bad, "a"); err == nil {
			t.Errorf("%s was read", filepath.Base(bad))
		}
	}
}

func TestCreateLeavesNothingHalfDone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "x")
	if err := Create(path, []byte("1"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Create(path, []byte("2"), 0o600); !errors.Is(err, fs.ErrExist) {
		t.Errorf("overwritten: %v", err)
	}
	if text, err := os.ReadFile(path); err != nil || string(text) != "1" {
		t.Errorf("content %q, %v", text, err)
	}
	if err := SyncFolder(filepath.Join(dir, "absent")); err == nil {
		t.Error("an absent folder was synced")
	}
}

func TestKeysPrintNothing(t *testing.T) {
	t.Parallel()
	k := newKey(t, "a", 1)
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		fmt.Fprintf(&out, verb, k)
		fmt.Fprintf(&out, verb, []Key{k})
	}
	text, err := json.Marshal(k)
	if err != nil {
		t.Fatal(err)
	}
	out.WriteString(k.String() + string(text))
	for _, form := range []string{hex.EncodeToString(k.Secret())[:8], base64.StdEncoding.EncodeToString(k.Secret())[:8], fmt.Sprint(k.Secret())[1:12]} {
		if strings.Contains(out.String(), form) {
			t.Error("the key was printed")
		}
	}
}
