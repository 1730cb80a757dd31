// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf16"

	"meldewerk/envelope"
	"meldewerk/exchange/submission"
)

func TestC2ForeignHandlesLookUnknown(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		owner, other := w.user("nord"), w.user("sued")
		p := somebody(1)
		path := owner.upload(packageOf(p))
		if err := w.door().PutHistory(t.Context(), []submission.HistoryItem{finished(owner, p, 1, 1)}); err != nil {
			t.Fatal(err)
		}
		handle := owner.want(http.StatusSeeOther, owner.post("/historie", url.Values{"patient_id": {p.id}})).location
		random := "/pakete/" + strings.Repeat("Q", 26)
		for _, pair := range [][2]string{
			{path, random}, {path + "?ergebnis=rejected", random + "?ergebnis=rejected"},
			{path + "/protokoll.json", random + "/protokoll.json"}, {path + "/protokoll.csv", random + "/protokoll.csv"},
			{handle, "/historie/" + strings.Repeat("0", 32)}, {handle + ".json", "/historie/" + strings.Repeat("0", 32) + ".json"},
			{path, "/pakete/x"}, {handle, "/historie/x"},
		} {
			owner.want(http.StatusOK, owner.get(pair[0]))
			foreign, unknown := other.want(http.StatusNotFound, other.get(pair[0])), other.want(http.StatusNotFound, other.get(pair[1]))
			if foreign.body != unknown.body {
				t.Errorf("%s: foreign and unknown differ:\n%s\n%s", pair[0], foreign.body, unknown.body)
			}
			for name := range foreign.header {
				if name != "Date" && foreign.header.Get(name) != unknown.header.Get(name) {
					t.Errorf("%s: header %s differs", pair[0], name)
				}
			}
		}
		foreign := other.want(http.StatusSeeOther, other.post("/historie", url.Values{"patient_id": {p.id}}))
		unknown := other.want(http.StatusSeeOther, other.post("/historie", url.Values{"patient_id": {"unbekannt"}}))
		if foreign.location != unknown.location {
			t.Errorf("search of a foreign patient leads to %s, of an unknown one to %s", foreign.location, unknown.location)
		}
	})
}

func TestC4NoKeyOfThePortalOpensAnEnvelope(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+t.TempDir()+"/portal.db")
	u := w.user("nord")
	u.upload(packageOf(somebody(1)))
	out, err := w.door().Next(t.Context(), 1)
	if err != nil || len(out) != 1 {
		t.Fatal(len(out), err)
	}
	if _, err := envelope.OpenBytes(out[0].Sealed, w.keys); err != nil {
		t.Fatalf("the trust centre cannot open it: %v", err)
	}
	files := 0
	err = filepath.WalkDir(w.config.Keys, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !entry.IsDir() {
			files++
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if strings.Contains(strings.ToUpper(string(content)), "AGE-SECRET-KEY") {
				t.Errorf("%s holds a private key", entry.Name())
			}
		}
		keys, err := envelope.LoadIdentities(path)
		if err == nil && !keys.IsZero() {
			if _, err := envelope.OpenBytes(out[0].Sealed, keys); err == nil {
				t.Errorf("%s opens the envelope", entry.Name())
			}
		}
		return nil
	})
	if err != nil || files < 4 {
		t.Fatalf("looked at %d files, %v", files, err)
	}
}

// forms are the ways in which a value may lie around.
func forms(value string) map[string]string {
	wide := utf16.Encode([]rune(value))
	le := make([]byte, 0, 2*len(wide))
	be := make([]byte, 0, 2*len(wide))
	for _, u := range wide {
		le = append(le, byte(u), byte(u>>8))
		be = append(be, byte(u>>8), byte(u))
	}
	reversed := []rune(value)
	for i, j := 0, len(reversed)-1; i < j; i, j = i+1, j-1 {
		reversed[i], reversed[j] = reversed[j], reversed[i]
	}
	b64 := base64.RawStdEncoding.EncodeToString([]byte(value))
	return map[string]string{"plain": value, "UTF-16LE": string(le), "UTF-16BE": string(be), "hex": hex.EncodeToString([]byte(value)),
		"base64": b64[:len(b64)-len(b64)%4], "reversed": string(reversed)}
}

// secrets are the values of a person that must not lie around.
func (p patient) secrets() []string {
	return []string{p.surname, p.firstNames, p.birth, p.kvnr, p.street, "Primaertumor"}
}

// searchFiles looks for the values in every file under the folders.
func searchFiles(t *testing.T, people []patient, folders ...string) {
	t.Helper()
	for _, folder := range folders {
		err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			search(t, filepath.Base(path), string(content), people)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func search(t *testing.T, where, content string, people []patient) {
	t.Helper()
	for _, p := range people {
		for _, value := range p.secrets() {
			for form, text := range forms(value) {
				if strings.Contains(content, text) {
					t.Errorf("%s holds %q (%s)", where, value, form)
				}
			}
		}
	}
}

// watched looks at the folders while an upload is under way.
type watched struct {
	from io.Reader
	size int // bytes from one look to the next
	look func()
}

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p[:min(len(p), w.size)])
	w.look()
	return n, err
}

func TestU5NothingUnsealedTouchesADisk(t *testing.T) {
	t.Parallel()
	base := t.TempDir()
	w := newWorld(t, "sqlite:"+filepath.Join(base, "portal.db"))
	u := w.user("nord")
	list := people(600)
	few := []patient{list[0], list[599]}
	spooled := 0
	look := func() {
		searchFiles(t, few, base, w.config.Spool)
		spooled += openSpools(t, w.config.Spool)
	}
	for _, body := range []string{packageOf(list...), zipped(t, packageOf(list...)), packageOf(list...)[:400_000]} {
		a := u.want(http.StatusSeeOther, u.send("real", "x.xml", &watched{from: strings.NewReader(body), size: max(len(body)/3, 1), look: look}))
		u.want(http.StatusOK, u.get(a.location))
		look()
	}
	if spooled == 0 {
		t.Error("no spool was seen, so the look at it proved nothing")
	}
	w.spoolEmpty(t)
	search(t, "log", w.log.String(), append(few, patient{id: "x", surname: list[0].id, firstNames: list[599].id, birth: "dok.nord", kvnr: "export.xml", street: "x.xml"}))
}

// openSpools counts spools of this process that are open although they have no
// name any more, and says that what they hold is sealed.
func openSpools(t *testing.T, dir string) int {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, link := range links {
		target, err := os.Readlink(link)
		if err != nil || !strings.HasPrefix(target, dir) {
			continue
		}
		n++
		content, err := os.ReadFile(link)
		if err != nil {
			continue // closed meanwhile
		}
		if regexp.MustCompile(`<oBDS|Patient_ID|PK\x03\x04`).Match(content) {
			t.Error("a spool holds plain bytes")
		}
	}
	return n
}
