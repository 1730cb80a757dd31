// SPDX-License-Identifier: EUPL-1.2

package wire

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// kept is an identity on disk as a house keeps it.
func kept(t *testing.T) (string, Files) {
	t.Helper()
	dir := t.TempDir()
	c, err := authority(t).Issue(time.Now(), Portal, Answers, []string{"portal.localhost", "127.0.0.1"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	files, err := c.Write(dir, ExchangeName)
	if err != nil {
		t.Fatal(err)
	}
	return dir, files
}

func TestLoadReadsWhatWriteLeft(t *testing.T) {
	t.Parallel()
	dir, files := kept(t)
	if files != FilesIn(dir) {
		t.Errorf("written %v, looked for %v", files, FilesIn(dir))
	}
	i, err := Load(files)
	if err != nil {
		t.Fatal(err)
	}
	if i.House() != Portal || i.Direction() != Answers || time.Until(i.NotAfter()) > time.Hour {
		t.Errorf("house %s, direction %s, until %s", i.House(), i.Direction(), i.NotAfter())
	}
}

// TestK7WideKeyFilesAreRefused tries every mode there is.
func TestK7WideKeyFilesAreRefused(t *testing.T) {
	t.Parallel()
	_, files := kept(t)
	for mode := os.FileMode(0o400); mode <= 0o777; mode++ {
		if mode&0o400 == 0 {
			continue // the owner must be able to read it
		}
		if err := os.Chmod(files.Key, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Load(files)
		if narrow := mode&^0o640 == 0; (err == nil) != narrow {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
	// The authority's key is held to the same.
	dir := t.TempDir()
	if err := authority(t).Write(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadAuthority(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, authorityKeyFile), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadAuthority(dir); err == nil {
		t.Error("authority key of mode 0644 accepted")
	}
}

func TestK7KeysAreWrittenNarrow(t *testing.T) {
	t.Parallel()
	_, files := kept(t)
	for name, want := range map[string]os.FileMode{files.Key: 0o600, files.Certificate: 0o644, files.Authority: 0o644} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s: mode %04o, want %04o", filepath.Base(name), got, want)
		}
	}
}

func TestWriteNeverOverwrites(t *testing.T) {
	t.Parallel()
	a := authority(t)
	dir := t.TempDir()
	if err := a.Write(dir); err != nil {
		t.Fatal(err)
	}
	if err := a.Write(dir); err == nil {
		t.Error("authority overwritten")
	}
	c, err := a.Issue(time.Now(), TrustCentre, Calls, nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Write(dir, "x"); err != nil {
		t.Fatal(err)
	}
	if _, err = c.Write(dir, "x"); err == nil {
		t.Error("credential overwritten")
	}
	other, err := authority(t).Issue(time.Now(), TrustCentre, Calls, nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = other.Write(dir, "y"); err == nil {
		t.Error("credential of another authority put beside")
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	replace := func(name string, content []byte) {
		if err := os.WriteFile(name, content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	content := func(name string) []byte {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	_, other := kept(t)
	for name, spoil := range map[string]func(Files) Files{
		"missing key":          func(f Files) Files { f.Key += "x"; return f },
		"directory as key":     func(f Files) Files { f.Key = filepath.Dir(f.Key); return f },
		"key of another":       func(f Files) Files { f.Key = other.Key; return f },
		"foreign authority":    func(f Files) Files { f.Authority = other.Authority; return f },
		"authority is a house": func(f Files) Files { f.Authority = f.Certificate; return f },
		"authority empty":      func(f Files) Files { replace(f.Authority, nil); return f },
		"authority with key": func(f Files) Files {
			replace(f.Authority, append(content(f.Authority), content(f.Key)...))
			return f
		},
		"huge file": func(f Files) Files { replace(f.Certificate, make([]byte, maxFile+1)); return f },
	} {
		_, files := kept(t)
		if _, err := Load(spoil(files)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

func TestLoadRefusesExpired(t *testing.T) {
	t.Parallel()
	c, err := authority(t).Issue(time.Now().Add(-2*time.Hour), Portal, Answers, []string{"portal.localhost"}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = c.Identity(); err == nil {
		t.Error("expired certificate accepted")
	}
}

func TestIssueRefuses(t *testing.T) {
	t.Parallel()
	a := authority(t)
	for name, c := range map[string]struct {
		house    House
		d        Direction
		hosts    []string
		validity time.Duration
	}{
		"no house":          {"", Calls, nil, time.Hour},
		"odd house":         {"Portal", Calls, nil, time.Hour},
		"unknown direction": {Portal, "both", nil, time.Hour},
		"no host to answer": {Portal, Answers, nil, time.Hour},
		"host to call":      {Portal, Calls, []string{"x"}, time.Hour},
		"no validity":       {Portal, Calls, nil, 0},
	} {
		if _, err := a.Issue(time.Now(), c.house, c.d, c.hosts, c.validity); err == nil {
			t.Errorf("%s: issued", name)
		}
	}
	// A house's certificate does not outlive the authority.
	c, err := a.Issue(time.Now(), Portal, Calls, nil, 1000*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	i, err := c.Identity()
	if err != nil {
		t.Fatal(err)
	}
	if i.NotAfter().After(a.cert.NotAfter) {
		t.Error("certificate outlives the authority")
	}
}

func TestLoadedAuthorityIssues(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := authority(t).Write(dir); err != nil {
		t.Fatal(err)
	}
	a, err := LoadAuthority(dir)
	if err != nil {
		t.Fatal(err)
	}
	issue(t, a, Registry, Answers, time.Hour)
	// The pair must belong together.
	other := t.TempDir()
	if err = authority(t).Write(other); err != nil {
		t.Fatal(err)
	}
	if err = os.Rename(filepath.Join(other, authorityKeyFile), filepath.Join(dir, authorityKeyFile)); err != nil {
		t.Fatal(err)
	}
	if _, err = LoadAuthority(dir); err == nil {
		t.Error("key of another authority accepted")
	}
}

func TestParseHouse(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"portal", "trustcentre-ekn", "a1"} {
		if _, err := ParseHouse(good); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for _, bad := range []string{"", "Portal", "1a", "-a", "a b", "a/b", "a.b", "ä", strings.Repeat("a", 41)} {
		if _, err := ParseHouse(bad); err == nil {
			t.Errorf("%q accepted", bad)
		}
	}
}

// TestK7SecretsPrintAsRedacted prints every type that holds a key in every way.
func TestK7SecretsPrintAsRedacted(t *testing.T) {
	t.Parallel()
	a := authority(t)
	c, err := a.Issue(time.Now(), Portal, Calls, nil, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	i, err := c.Identity()
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []any{a, c, i} {
		text, err := json.Marshal(secret)
		if err != nil || string(text) != `"[redacted]"` {
			t.Errorf("%T as JSON: %s, %v", secret, text, err)
		}
		for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
			if got := fmt.Sprintf(verb, secret); got != "[redacted]" {
				t.Errorf("%T with %s: %d characters", secret, verb, len(got))
			}
		}
	}
}
