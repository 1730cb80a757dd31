// SPDX-License-Identifier: EUPL-1.2

package envelope

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func keys(t testing.TB) (Recipients, Identities) {
	t.Helper()
	dir := t.TempDir()
	r, err := Generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	i, err := LoadIdentities(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r, i
}

func seal(t testing.TB, content []byte, r Recipients) []byte {
	t.Helper()
	sealed, err := SealBytes(content, r)
	if err != nil {
		t.Fatal(err)
	}
	return sealed
}

func TestOpenGivesBackWhatWasSealed(t *testing.T) {
	t.Parallel()
	r, i := keys(t)
	rapid.Check(t, func(t *rapid.T) {
		content := bytes.Repeat(rapid.SliceOf(rapid.Byte()).Draw(t, "content"), rapid.IntRange(0, 5000).Draw(t, "times"))
		sealed, err := SealBytes(content, r)
		if err != nil {
			t.Fatal(err)
		}
		got, err := OpenBytes(sealed, i)
		if err != nil || !bytes.Equal(got, content) {
			t.Fatalf("another content, %v", err)
		}
	})
}

func TestSealStreams(t *testing.T) {
	t.Parallel()
	r, i := keys(t)
	in, out := io.Pipe()
	go func() {
		w, err := Seal(out, r)
		if err == nil {
			_, err = io.CopyN(w, zeros{}, 5<<20)
			err = errors.Join(err, w.Close())
		}
		out.CloseWithError(err)
	}()
	content, err := Open(in, i)
	if err != nil {
		t.Fatal(err)
	}
	if n, err := io.Copy(io.Discard, content); n != 5<<20 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
	if n, err := content.Read(make([]byte, 1)); n != 0 || err != io.EOF {
		t.Errorf("after the end: %d bytes, %v", n, err)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

func TestOpenFailsAlikeWhateverIsWrong(t *testing.T) {
	t.Parallel()
	r, i := keys(t)
	_, stranger := keys(t)
	sealed := seal(t, []byte("content"), r)
	refuse := func(what string, sealed []byte, i Identities) {
		t.Helper()
		if got, err := OpenBytes(sealed, i); err != ErrOpen || got != nil { //nolint:errorlint // the very same error is the point
			t.Errorf("%s: %v", what, err)
		}
	}
	refuse("another key", sealed, stranger)
	refuse("no key", sealed, Identities{})
	refuse("nothing", nil, i)
	refuse("something else", []byte("age-encryption.org/v1\n"), i)
	for at := range len(sealed) {
		refuse(fmt.Sprintf("cut at %d", at), sealed[:at], i)
		if at%7 == 0 || at > len(sealed)-60 {
			changed := bytes.Clone(sealed)
			changed[at] ^= 1
			refuse(fmt.Sprintf("changed at %d", at), changed, i)
		}
	}
	refuse("lengthened", append(bytes.Clone(sealed), 0), i)
	refuse("twice", append(bytes.Clone(sealed), sealed...), i)
}

func TestOpenReadsTheWholeOrFails(t *testing.T) {
	t.Parallel()
	r, i := keys(t)
	sealed := seal(t, make([]byte, 200<<10), r)
	for _, cut := range []int{1, 17, 64 << 10, 100 << 10} {
		content, err := Open(bytes.NewReader(sealed[:len(sealed)-cut]), i)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, content); !errors.Is(err, ErrOpen) {
			t.Errorf("cut by %d: %v", cut, err)
		}
	}
}

func TestOpenHasALimit(t *testing.T) {
	t.Parallel()
	r, i := keys(t)
	sealed := seal(t, make([]byte, 1000), r)
	for limit, ok := range map[int64]bool{1000: true, 1001: true, 999: false, 0: false} {
		content, err := OpenLimited(bytes.NewReader(sealed), i, limit)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, content)
		if (err == nil) != ok || n > limit || err != nil && !errors.Is(err, ErrOpen) {
			t.Errorf("limit %d: %d bytes, %v", limit, n, err)
		}
		if _, err := content.Read(make([]byte, 1)); err == nil {
			t.Error("reading goes on after the end")
		}
	}
}

// TestC8HostileHeadersAreCheap: a header without end and a header naming a
// thousand recipients are refused after little work.
func TestC8HostileHeadersAreCheap(t *testing.T) {
	t.Parallel()
	r, i := keys(t)
	endless := &counter{r: io.MultiReader(strings.NewReader("age-encryption.org/v1\n"), repeat("-> x AAAA\nAAAA\n"))}
	if _, err := Open(endless, i); !errors.Is(err, ErrOpen) {
		t.Errorf("endless header: %v", err)
	}
	if endless.n > maxHeader {
		t.Errorf("%d bytes were read of an endless header", endless.n)
	}
	var many []age.Recipient
	for range maxStanzas/2 + 1 {
		many = append(many, r.ages()...)
	}
	var sealed bytes.Buffer
	w, err := age.Encrypt(&sealed, many...)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenBytes(sealed.Bytes(), i); !errors.Is(err, ErrOpen) {
		t.Errorf("%d recipients: %v", len(many), err)
	}
}

type counter struct {
	r io.Reader
	n int
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

type repeater struct {
	text string
	at   int
}

func repeat(text string) io.Reader { return &repeater{text: text} }

func (r *repeater) Read(p []byte) (int, error) {
	n := copy(p, r.text[r.at:])
	r.at = (r.at + n) % len(r.text)
	return n, nil
}

func TestTroubleOfTheSourceIsNoForgery(t *testing.T) {
	t.Parallel()
	r, i := keys(t)
	sealed := seal(t, make([]byte, 200<<10), r)
	broken := errors.New("disk is broken")
	for _, at := range []int{0, 100, 5000, 100 << 10} {
		content, err := Open(io.MultiReader(bytes.NewReader(sealed[:at]), iotest.ErrReader(broken)), i)
		if err == nil {
			_, err = io.Copy(io.Discard, content)
		}
		if !errors.Is(err, broken) || errors.Is(err, ErrOpen) {
			t.Errorf("broken at %d: %v", at, err)
		}
	}
}

func TestSealTellsWhenItCannotWrite(t *testing.T) {
	t.Parallel()
	r, _ := keys(t)
	if _, err := Seal(io.Discard, Recipients{}); err == nil {
		t.Error("sealed to nobody")
	}
	if _, err := SealBytes(nil, Recipients{}); err == nil {
		t.Error("sealed to nobody")
	}
	if _, err := Seal(failing{}, r); err == nil {
		t.Error("the header was written nowhere")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

// TestK2TwoGenerationsOpen: senders with an old recipient file are read after
// the key was changed, and the other way round.
func TestK2TwoGenerationsOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	first, err := Generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	old, err := LoadIdentities(dir)
	if err != nil {
		t.Fatal(err)
	}
	second, err := Generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	both, err := LoadIdentities(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(first.Fingerprints()) != 2 || first.Fingerprints()[1] != second.Fingerprints()[0] {
		t.Errorf("generations %v, then %v", first.Fingerprints(), second.Fingerprints())
	}
	for what, open := range map[string]struct {
		to   Recipients
		with Identities
	}{"old sender": {first, both}, "new sender, old holder": {second, old}} {
		if _, err := OpenBytes(seal(t, []byte("x"), open.to), open.with); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	fromFile, err := LoadRecipients(filepath.Join(dir, RecipientFile))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(second.Fingerprints(), fromFile.Fingerprints()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(second.Fingerprints(), both.Recipients().Fingerprints()); diff != "" {
		t.Error(diff)
	}
	// The oldest key and then the one before the newest are destroyed.
	for _, n := range []int{1, 2, 3} {
		if err := os.Remove(keyPath(dir, n)); err != nil {
			t.Fatal(err)
		}
		if n < 3 {
			continue
		}
		if _, err := LoadIdentities(dir); err == nil {
			t.Error("a folder without keys was taken")
		}
	}
}

func TestGenerateGoesOnAfterADestroyedKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for range 2 {
		if _, err := Generate(dir); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Rename(keyPath(dir, 3), keyPath(dir, 7)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(keyPath(dir, 7)); err != nil {
		t.Fatal(err)
	}
	r, err := Generate(dir)
	if err != nil || len(r.Fingerprints()) != 2 {
		t.Fatalf("%d keys, %v", len(r.Fingerprints()), err)
	}
	if err := os.Rename(keyPath(dir, 3), keyPath(dir, 9)); err != nil {
		t.Fatal(err)
	}
	if r, err = Generate(dir); err != nil || len(r.Fingerprints()) != 2 {
		t.Errorf("%d keys, %v", len(r.Fingerprints()), err)
	}
	if err := os.Remove(keyPath(dir, 9)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(keyPath(dir, 10), keyPath(dir, 20)); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(keyPath(dir, 20), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Generate(dir); err == nil {
		t.Error("a key was made beside a readable one")
	}
}

func TestRecipientFileIsStrict(t *testing.T) {
	t.Parallel()
	r, _ := keys(t)
	other, _ := keys(t)
	one := r.texts()[0]
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	private, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	for what, bad := range map[string]string{
		"empty": "", "comment only": "# x\n", "twice": one + "\n" + one, "three": strings.Join(append(r.texts(), other.texts()[0]), "\n"),
		"classic": classic.Recipient().String(), "private key": private.String(), "too long": strings.Repeat("#\n", maxRecipientFile), "cut": one[:100],
	} {
		_, err := ParseRecipients(strings.NewReader(bad))
		if err == nil || strings.Contains(err.Error(), "AGE-SECRET") {
			t.Errorf("%s: %v", what, err)
		}
		if new(Recipients).UnmarshalText([]byte(bad)) == nil {
			t.Errorf("%s: taken", what)
		}
	}
	if _, err := ParseRecipients(iotest.ErrReader(errors.New("x"))); err == nil {
		t.Error("a broken file was taken")
	}
	text, err := r.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	var read Recipients
	if err := read.UnmarshalText(append([]byte("\n # x \n"), text...)); err != nil || !cmp.Equal(read.texts(), r.texts()) {
		t.Errorf("not read back: %v", err)
	}
	if _, err := (Recipients{}).MarshalText(); err == nil || !(Recipients{}).IsZero() {
		t.Error("nobody was written")
	}
	dir := t.TempDir()
	if _, err := LoadRecipients(dir + "/absent"); err == nil {
		t.Error("an absent file was read")
	}
	if err := os.WriteFile(dir+"/bad", []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadRecipients(dir + "/bad"); err == nil {
		t.Error("a bad file was read")
	}
}

func TestK7WideModesAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if _, err := Generate(dir); err != nil {
		t.Fatal(err)
	}
	path := keyPath(dir, 1)
	for mode, ok := range map[os.FileMode]bool{0o600: true, 0o640: true, 0o440: true, 0o644: false, 0o660: false, 0o700: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		for _, place := range []string{path, dir} {
			if _, err := LoadIdentities(place); (err == nil) != ok {
				t.Errorf("%04o: %v", mode, err)
			}
		}
	}
	for what, text := range map[string]string{"empty": "# x\n", "not a key": "x\n", "public": "age1pq1x\n"} {
		bad := filepath.Join(t.TempDir(), "envelope-1.key")
		if err := os.WriteFile(bad, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadIdentities(bad); err == nil {
			t.Errorf("%s: taken", what)
		}
	}
	for _, absent := range []string{dir + "/absent", t.TempDir()} {
		if _, err := LoadIdentities(absent); err == nil {
			t.Error("no key was taken for one")
		}
	}
	if _, err := Generate(dir + "/absent"); err == nil {
		t.Error("keys were made in no folder")
	}
}

func TestIdentitiesPrintNothing(t *testing.T) {
	t.Parallel()
	_, i := keys(t)
	var out strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x"} {
		fmt.Fprintf(&out, verb, i)
		fmt.Fprintf(&out, verb, struct{ I Identities }{i})
	}
	text, err := json.Marshal(i)
	if err != nil {
		t.Fatal(err)
	}
	out.WriteString(i.String() + string(text))
	if strings.Contains(out.String(), "SECRET") || len(out.String()) > 300 {
		t.Error("a key was printed")
	}
}

func TestSpoolHoldsAZIPSealed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := NewSpool(dir)
	if err != nil {
		t.Fatal(err)
	}
	const secret = "Zzyzx-in-clear"
	archive := zip.NewWriter(s)
	member, err := archive.CreateHeader(&zip.FileHeader{Name: "a.xml", Method: zip.Store})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(member, strings.Repeat(secret, 20_000)); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	onDisk, err := io.ReadAll(io.NewSectionReader(s.file, 0, 1<<30))
	if err != nil {
		t.Fatal(err)
	}
	if len(onDisk) < 200_000 || bytes.Contains(onDisk, []byte(secret)) {
		t.Errorf("%d bytes on disk, sealed: %v", len(onDisk), !bytes.Contains(onDisk, []byte(secret)))
	}
	for range 2 {
		at, size, err := s.ReaderAt()
		if err != nil {
			t.Fatal(err)
		}
		read, err := zip.NewReader(at, size)
		if err != nil {
			t.Fatal(err)
		}
		file, err := read.Open("a.xml")
		if err != nil {
			t.Fatal(err)
		}
		if content, err := io.ReadAll(file); err != nil || string(content) != strings.Repeat(secret, 20_000) {
			t.Errorf("%d bytes, %v", len(content), err)
		}
	}
	if _, err := s.Write([]byte("x")); !errors.Is(err, errSpoolFinished) {
		t.Errorf("write after reading: %v", err)
	}
	for range 2 {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Write([]byte("x")); !errors.Is(err, errSpoolClosed) {
		t.Errorf("write after closing: %v", err)
	}
	if _, _, err := s.ReaderAt(); !errors.Is(err, errSpoolClosed) {
		t.Errorf("read after closing: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%d files are left, %v", len(left), err)
	}
}

func TestSpoolNoticesAForeignChange(t *testing.T) {
	t.Parallel()
	s, err := NewSpool(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if _, err := s.Write([]byte("content")); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ReaderAt(); err != nil {
		t.Fatal(err)
	}
	s.reader = nil
	if _, err := s.file.WriteAt([]byte{0}, 300); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.ReaderAt(); err == nil {
		t.Error("a changed spool was read")
	}
	if _, err := NewSpool("/absent/folder"); err == nil {
		t.Error("a spool was made in no folder")
	}
}

func TestSpoolRemovesAFileThatKeptItsName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := NewSpool(dir)
	if err != nil {
		t.Fatal(err)
	}
	// As on a system that cannot unlink an open file.
	s.name = filepath.Join(dir, "spool-x")
	if err := os.WriteFile(s.name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(s.name); err == nil {
		t.Error("the file is still there")
	}
}

func FuzzOpen(f *testing.F) {
	r, i := keys(f)
	f.Add(seal(f, []byte("x"), r))
	f.Add([]byte("age-encryption.org/v1\n-> mlkem768x25519 AAAA\nAAAA\n--- AAAA\n"))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		if _, err := OpenBytes(sealed, i); err != nil && err != ErrOpen { //nolint:errorlint // the very same error is the point
			t.Fatal(err)
		}
	})
}
