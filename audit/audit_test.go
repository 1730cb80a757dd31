// SPDX-License-Identifier: EUPL-1.2

package audit_test

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
	"pgregory.net/rapid"

	"meldewerk/audit"
)

var moment = time.Date(2031, 2, 3, 4, 5, 6, 123456000, time.UTC)

func TestCodesAreStableAndExplained(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^[a-z]+(\.[a-z_]+)+$`)
	sentences := map[string]audit.Code{}
	for _, code := range audit.Codes() {
		sentence := code.Sentence()
		if !form.MatchString(string(code)) {
			t.Errorf("%s is no code", code)
		}
		if !strings.HasSuffix(sentence, ".") {
			t.Errorf("%s: the sentence has no end", code)
		}
		if other, twice := sentences[sentence]; twice {
			t.Errorf("%s and %s have the same sentence", code, other)
		}
		sentences[sentence] = code
	}
	if audit.Code("no.such").Known() {
		t.Error("an unknown code is known")
	}
}

// TestCodesAreAllInTheTable reads the source: a constant without a sentence
// would be refused only when the act happens.
func TestCodesAreAllInTheTable(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("code.go")
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`Code\s+= "([a-z._]+)"`).FindAllStringSubmatch(string(source), -1)
	seen := map[audit.Code]bool{}
	for _, match := range found {
		code := audit.Code(match[1])
		if seen[code] {
			t.Errorf("%s is there twice", code)
		}
		seen[code] = true
		if !code.Known() {
			t.Errorf("%s has no sentence", code)
		}
	}
	if len(found) != len(audit.Codes()) {
		t.Errorf("%d constants, %d sentences", len(found), len(audit.Codes()))
	}
}

func TestL3ActTakesOnlyOpaqueReferences(t *testing.T) {
	t.Parallel()
	good := audit.Act{Actor: "account/4f3a", Code: audit.DraftSaved, Object: "draft/0a1b", Purpose: "quality.check",
		Counts: map[string]int64{"fields": 2}, Before: make([]byte, 32)}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	const marker = "Zzmarker"
	for what, change := range map[string]func(*audit.Act){
		"a name as actor":        func(a *audit.Act) { a.Actor = marker + " Anna" },
		"no actor":               func(a *audit.Act) { a.Actor = "" },
		"a sentence as object":   func(a *audit.Act) { a.Object = "Patientin " + marker },
		"an umlaut":              func(a *audit.Act) { a.Object = marker + "ü" },
		"a line break":           func(a *audit.Act) { a.Object = marker + "\n" },
		"an address":             func(a *audit.Act) { a.Actor = marker + "@example.org" },
		"a sentence as purpose":  func(a *audit.Act) { a.Purpose = marker + " fragt" },
		"a name as count":        func(a *audit.Act) { a.Counts = map[string]int64{marker: 1} },
		"contents as hash":       func(a *audit.Act) { a.After = []byte(strings.Repeat(marker, 20)) },
		"an unknown code":        func(a *audit.Act) { a.Code = marker },
		"an unknown result":      func(a *audit.Act) { a.Result = marker },
		"an object out of bound": func(a *audit.Act) { a.Object = strings.Repeat("a", 201) },
	} {
		act := good
		change(&act)
		err := act.Validate()
		if err == nil {
			t.Errorf("%s was accepted", what)
		} else if strings.Contains(err.Error(), marker) {
			t.Errorf("%s: the error shows it", what)
		}
		if _, err := audit.NewEntry("portal", moment, act); err == nil {
			t.Errorf("%s became an entry", what)
		}
	}
}

func TestEntryHasOneSpelling(t *testing.T) {
	t.Parallel()
	entry, err := audit.NewEntry("portal", moment.In(time.FixedZone("CET", 3600)), audit.Act{Actor: "a/1",
		Code: audit.ReportSubmitted, Counts: map[string]int64{"b": 2, "a": 1}, After: []byte{1, 2}})
	if err != nil {
		t.Fatal(err)
	}
	text, err := entry.Canonical()
	if err != nil {
		t.Fatal(err)
	}
	// The frozen form: every leaf ever made depends on it.
	want := `{"v":1,"house":"portal","time":1927857906123456,"actor":"a/1","code":"report.submitted",` +
		`"result":"done","counts":{"a":1,"b":2},"after":"AQI="}`
	if string(text) != want {
		t.Errorf("canonical form changed:\n%s\n%s", text, want)
	}
	again, err := audit.ParseEntry(entry.Salt, text)
	if err != nil || cmp.Diff(entry, again) != "" {
		t.Errorf("read back with a difference: %v %s", err, cmp.Diff(entry, again))
	}
	for _, other := range []string{" " + want, strings.Replace(want, `"a":1,"b":2`, `"b":2,"a":1`, 1),
		strings.Replace(want, `"v":1`, `"v":2`, 1), strings.Replace(want, `"time"`, `"x":1,"time"`, 1), `{}`, ``} {
		if _, err := audit.ParseEntry(entry.Salt, []byte(other)); err == nil {
			t.Errorf("another spelling was accepted: %s", other)
		}
	}
	second, err := audit.NewEntry("portal", moment, entry.Act)
	if err != nil {
		t.Fatal(err)
	}
	first, err1 := entry.Leaf()
	next, err2 := second.Leaf()
	if err1 != nil || err2 != nil || first == next {
		t.Errorf("equal entries have equal leaves: the salt is missing (%v %v)", err1, err2)
	}
}

// TestTreeAgreesWithTlog compares the two independent computations.
func TestTreeAgreesWithTlog(t *testing.T) {
	t.Parallel()
	var tree audit.Tree
	var stored []tlog.Hash
	reader := tlog.HashReaderFunc(func(positions []int64) ([]tlog.Hash, error) {
		var out []tlog.Hash
		for _, p := range positions {
			out = append(out, stored[p])
		}
		return out, nil
	})
	for n := range int64(300) {
		root, err := tlog.TreeHash(n, reader)
		if err != nil || tree.Root() != root {
			t.Fatalf("roots of size %d differ: %v", n, err)
		}
		leaf := audit.LeafOf(make([]byte, audit.SaltSize), []byte{byte(n), byte(n >> 8)})
		want, err := tlog.StoredHashes(n, leaf[:], reader)
		if err != nil {
			t.Fatal(err)
		}
		if got := tree.Append(leaf); cmp.Diff(got, want) != "" {
			t.Fatalf("stored hashes of %d differ", n)
		}
		stored = append(stored, want...)
	}
}

func keys(t *testing.T, house string) (note.Signer, note.Verifier) {
	t.Helper()
	path := filepath.Join(t.TempDir(), house+".key")
	public, err := audit.CreateSigner(path, house)
	if err != nil {
		t.Fatal(err)
	}
	signer, again, err := audit.OpenSigner(path)
	if err != nil || again != public {
		t.Fatalf("the public half read back differs: %v", err)
	}
	verifier, err := note.NewVerifier(public)
	if err != nil {
		t.Fatal(err)
	}
	return signer, verifier
}

func TestCheckpointOpensOnlyAsSigned(t *testing.T) {
	t.Parallel()
	signer, verifier := keys(t, "portal")
	_, foreign := keys(t, "portal")
	want := audit.Checkpoint{House: "portal", Size: 7, Root: tlog.Hash{1, 2, 3}}
	signed, err := want.Sign(signer)
	if err != nil {
		t.Fatal(err)
	}
	got, err := audit.OpenCheckpoint(signed, "portal", verifier)
	if err != nil || got != want {
		t.Fatalf("got %v: %v", got, err)
	}
	if _, err := audit.OpenCheckpoint(signed, "portal", foreign); !errors.Is(err, audit.ErrCheckpoint) {
		t.Errorf("another key opens it: %v", err)
	}
	if _, err := audit.OpenCheckpoint(signed, "registry", verifier); !errors.Is(err, audit.ErrCheckpoint) {
		t.Errorf("it passes for another house's: %v", err)
	}
	for i := range signed {
		bad := append([]byte(nil), signed...)
		bad[i] ^= 1
		if c, err := audit.OpenCheckpoint(bad, "portal", verifier); err == nil {
			t.Errorf("byte %d changed, still opens as %v", i, c)
		}
	}
}

func TestK7CheckpointKeyRefusesWideModes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "checkpoint.key")
	if _, err := audit.CreateSigner(path, "portal"); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("made with mode %v: %v", info.Mode(), err)
	}
	if _, err := audit.CreateSigner(path, "portal"); err == nil {
		t.Error("an existing key was overwritten")
	}
	for mode, good := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: true, 0o644: false, 0o660: false, 0o601: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, _, err := audit.OpenSigner(path); (err == nil) != good {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}

// made is a log in memory with a checkpoint after each of its entries.
type made struct {
	records     []audit.Record
	checkpoints [][]byte
}

func makeLog(t *testing.T, signer note.Signer, size int) made {
	t.Helper()
	var log made
	var tree audit.Tree
	for i := range size {
		entry, err := audit.NewEntry("portal", moment.Add(time.Duration(i)*time.Second),
			audit.Act{Actor: "a/1", Code: audit.DraftSaved, Counts: map[string]int64{"n": int64(i)}})
		if err != nil {
			t.Fatal(err)
		}
		leaf, err := entry.Leaf()
		if err != nil {
			t.Fatal(err)
		}
		stored := tree.Append(leaf)
		log.records = append(log.records, audit.Record{Index: int64(i), Leaf: leaf, Entry: &entry, Stored: stored})
		signed, err := audit.Checkpoint{House: "portal", Size: tree.Size(), Root: tree.Root()}.Sign(signer)
		if err != nil {
			t.Fatal(err)
		}
		log.checkpoints = append(log.checkpoints, signed)
	}
	return log
}

func verify(verifier note.Verifier, records []audit.Record, checkpoints ...[]byte) audit.Verdict {
	v := audit.NewVerifier("portal", verifier, checkpoints...)
	for _, r := range records {
		v.Add(r)
	}
	return v.Finish()
}

// rebuild gives the records new places and fitting hashes, as a forger with
// full access to the database would.
func rebuild(records []audit.Record) []audit.Record {
	var tree audit.Tree
	out := append([]audit.Record(nil), records...)
	for i := range out {
		out[i].Index = int64(i)
		out[i].Stored = tree.Append(out[i].Leaf)
	}
	return out
}

// TestL2ForgerIsFoundByCheckpoint lets a forger change, remove, insert,
// reorder or cut entries and compute everything anew: any one checkpoint kept
// elsewhere over the changed part finds him.
func TestL2ForgerIsFoundByCheckpoint(t *testing.T) {
	t.Parallel()
	signer, verifier := keys(t, "portal")
	log := makeLog(t, signer, 40)
	other := makeLog(t, signer, 1)
	if v := verify(verifier, log.records, log.checkpoints...); !v.Whole() || v.Checked != 40 {
		t.Fatalf("the untouched log: %+v", v)
	}
	rapid.Check(t, func(rt *rapid.T) {
		at := rapid.IntRange(0, len(log.records)-2).Draw(rt, "at")
		kept := rapid.IntRange(at+2, len(log.records)).Draw(rt, "size of the kept checkpoint")
		forged := append([]audit.Record(nil), log.records...)
		switch rapid.IntRange(0, 4).Draw(rt, "forgery") {
		case 0:
			forged[at] = other.records[0]
		case 1:
			forged = append(forged[:at], forged[at+1:]...)
		case 2:
			forged = append(forged[:at], append([]audit.Record{other.records[0]}, forged[at:]...)...)
		case 3:
			forged[at], forged[at+1] = forged[at+1], forged[at]
		case 4:
			forged = forged[:at]
		}
		forged = rebuild(forged)
		if v := verify(verifier, forged); !v.Whole() {
			rt.Fatalf("the forger has made a mistake, the test shows nothing: %v", v.Findings)
		}
		if v := verify(verifier, forged, log.checkpoints[kept-1]); v.Whole() {
			rt.Fatalf("the forgery is not found")
		}
	})
}

func TestL2TroublesAreNamed(t *testing.T) {
	t.Parallel()
	signer, verifier := keys(t, "portal")
	foreign, _ := keys(t, "portal")
	log := makeLog(t, signer, 10)
	fork := makeLog(t, signer, 10)
	badly := makeLog(t, foreign, 3)
	changed := append([]audit.Record(nil), log.records...)
	altered := *changed[4].Entry
	altered.Act.Actor = "a/2"
	changed[4].Entry = &altered
	unread := append([]audit.Record(nil), log.records...)
	unread[4].Entry = nil
	for _, c := range []struct {
		trouble     audit.Trouble
		index       int64
		records     []audit.Record
		checkpoints [][]byte
	}{
		{audit.Changed, 4, changed, nil},
		{audit.Removed, 3, append(append([]audit.Record(nil), log.records[:3]...), log.records[4:]...), nil},
		{audit.Removed, 4, unread, nil},
		{audit.Disordered, 2, append(append([]audit.Record(nil), log.records[:3]...), log.records[2:]...), nil},
		{audit.Truncated, 10, log.records[:6], log.checkpoints[9:]},
		{audit.Forked, 5, fork.records, log.checkpoints[4:5]},
		{audit.NotSigned, -1, log.records, badly.checkpoints[:1]},
	} {
		v := verify(verifier, c.records, c.checkpoints...)
		if v.Whole() || v.Findings[0].Trouble != c.trouble || v.Findings[0].Index != c.index {
			t.Errorf("want %s at %d, got %v", c.trouble, c.index, v.Findings)
		}
	}
}
