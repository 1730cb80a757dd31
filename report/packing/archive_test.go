// SPDX-License-Identifier: EUPL-1.2

package packing

import (
	"archive/zip"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"testing"
)

// member is one file for a test archive.
type member struct {
	name    string
	content string
	header  func(*zip.FileHeader)
}

func archive(t *testing.T, members ...member) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, m := range members {
		h := &zip.FileHeader{Name: m.name, Method: zip.Deflate}
		if m.header != nil {
			m.header(h)
		}
		f, err := w.CreateHeader(h)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(f, m.content); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// list reads the archive strictly and all its files to their end.
func list(raw []byte) (map[string]string, error) {
	at := bytes.NewReader(raw)
	entries, err := openArchive(at, int64(len(raw)), Limits{}.Filled())
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, e := range entries {
		content, err := io.ReadAll(e.open(at))
		if err != nil {
			return nil, err
		}
		out[e.name] = string(content)
	}
	return out, nil
}

func TestArchiveGivesItsFiles(t *testing.T) {
	t.Parallel()
	raw := archive(t, member{name: "a.xml", content: "<a/>"}, member{name: "ordner/", content: "", header: func(h *zip.FileHeader) { h.Method = zip.Store }},
		member{name: "ordner/Ä-b.XML", content: strings.Repeat("<b/>", 10_000)}, member{name: "__MACOSX/._a.xml", content: "x"},
		member{name: "c.xml", content: "<c/>", header: func(h *zip.FileHeader) { h.Method = zip.Store }})
	files, err := list(raw)
	if err != nil || len(files) != 3 || files["a.xml"] != "<a/>" || len(files["ordner/Ä-b.XML"]) != 40_000 || files["c.xml"] != "<c/>" {
		t.Fatalf("%d files, %v", len(files), err)
	}
}

func wantRefusal(t *testing.T, what string, err error) {
	t.Helper()
	if _, is := errors.AsType[*Refusal](err); !is {
		t.Errorf("%s: %v instead of a refusal", what, err)
	}
}

func TestU3NamesAreLabels(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../../etc/x.xml", "/abs.xml", `C:\x.xml`, "c:x.xml", "a\x00b.xml", "a//b.xml", "a/./b.xml", `a\b.xml`,
		strings.Repeat("a", 252) + ".xml", "a\x01.xml", "a\x7f.xml", "\xff.xml", "a/../b.xml", "a\u202elmx.exe.xml"} {
		_, err := list(archive(t, member{name: name, content: "<a/>"}))
		wantRefusal(t, "name "+strings.ToValidUTF8(name, "?"), err)
	}
	_, err := list(archive(t, member{name: "a.xml", content: "1"}, member{name: "A.XML", content: "2"}))
	wantRefusal(t, "two names that differ by case", err)
	_, err = list(archive(t, member{name: "a.xml", content: "target", header: func(h *zip.FileHeader) { h.SetMode(0o777 | 1<<27) }})) // fs.ModeSymlink
	wantRefusal(t, "symbolic link", err)
	_, err = list(archive(t, member{name: "inner.zip", content: "PK"}))
	wantRefusal(t, "archive in the archive", err)
	_, err = list(archive(t, member{name: "a.txt", content: "x"}))
	wantRefusal(t, "another kind of file", err)
	_, err = list(archive(t, member{name: ".DS_Store", content: "x"}))
	wantRefusal(t, "no XML at all", err)
}

func TestU4StructureIsStrict(t *testing.T) {
	t.Parallel()
	good := archive(t, member{name: "a.xml", content: "<a/>"}, member{name: "b.xml", content: "<b/>"})
	if _, err := list(good); err != nil {
		t.Fatal(err)
	}
	// A prefix that the directory knows of is still a prefix.
	var shifted bytes.Buffer
	shifted.WriteString("PK\x05\x06 %PDF-1.4")
	z := zip.NewWriter(&shifted)
	z.SetOffset(int64(shifted.Len()))
	if f, err := z.Create("a.xml"); err != nil {
		t.Fatal(err)
	} else if _, err := io.WriteString(f, "<a/>"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	for what, raw := range map[string][]byte{
		"known prefix": shifted.Bytes(),
		"prefix":       append([]byte("%PDF-1.4\n"), good...), "suffix": append(bytes.Clone(good), "junk"...),
		"empty": archive(t), "cut": good[:len(good)-5], "head only": good[:30], "nothing": {},
	} {
		_, err := list(raw)
		wantRefusal(t, what, err)
	}
	// Bytes between an entry and the directory, and a descriptor that says
	// something else than the directory.
	plainEntry := overlap(t, 1)
	start := int(binary.LittleEndian.Uint32(plainEntry[len(plainEntry)-endSize+16:]))
	copy(plainEntry[start+centralSize:], "a.xml")
	if _, err := list(plainEntry); err != nil {
		t.Fatal(err)
	}
	gap := append(append(bytes.Clone(plainEntry[:start]), "junk"...), plainEntry[start:]...)
	binary.LittleEndian.PutUint32(gap[len(gap)-endSize+16:], uint32(start+4))
	_, err := list(gap)
	wantRefusal(t, "gap", err)
	lying := bytes.Clone(good)
	lying[bytes.Index(lying, []byte("PK\x07\x08"))+5] ^= 1
	_, err = list(lying)
	wantRefusal(t, "lying descriptor", err)
	// Every single changed byte is either refused or without effect.
	want, _ := list(good)
	for i := range good {
		raw := bytes.Clone(good)
		raw[i] ^= 0x41
		files, err := list(raw)
		if err != nil {
			continue
		}
		for name, content := range want {
			if files[name] != content {
				t.Fatalf("byte %d changed: another content was accepted", i)
			}
		}
	}
}

// overlap makes an archive whose directory names one entry many times.
func overlap(t *testing.T, times int) []byte {
	t.Helper()
	var packed bytes.Buffer
	z, err := flate.NewWriter(&packed, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	content := make([]byte, 100_000)
	_, _ = z.Write(content) // a buffer takes every write
	_ = z.Close()           // likewise
	le := binary.LittleEndian
	local := make([]byte, localSize)
	copy(local, localMark)
	le.PutUint16(local[8:], methodDeflated)
	le.PutUint32(local[14:], crc32.ChecksumIEEE(content))
	le.PutUint32(local[18:], uint32(packed.Len()))
	le.PutUint32(local[22:], uint32(len(content)))
	le.PutUint16(local[26:], 5)
	raw := append(append(local, "a.xml"...), packed.Bytes()...)
	start := len(raw)
	for i := range times {
		central := make([]byte, centralSize)
		copy(central, centralMark)
		copy(central[10:], local[8:10])
		copy(central[16:], local[14:28])
		raw = append(append(raw, central...), "a.xml"...)
		raw[len(raw)-5] = byte('a' + i%26)
		raw[len(raw)-4] = byte('0' + i/26%10)
	}
	end := make([]byte, endSize)
	copy(end, endMark)
	le.PutUint16(end[8:], uint16(times))
	le.PutUint16(end[10:], uint16(times))
	le.PutUint32(end[12:], uint32(len(raw)-start))
	le.PutUint32(end[16:], uint32(start))
	return append(raw, end...)
}

// watchedReader notes whether anything between start and end was read.
type watchedReader struct {
	from       io.ReaderAt
	start, end int64
	touched    bool
}

func (w *watchedReader) ReadAt(p []byte, at int64) (int, error) {
	w.touched = w.touched || at < w.end && at+int64(len(p)) > w.start
	return w.from.ReadAt(p, at)
}

func TestU4OverlapBombIsRefusedBeforeInflating(t *testing.T) {
	t.Parallel()
	raw := overlap(t, 100)
	// The packed bytes stand behind the first local header and its name.
	watched := &watchedReader{from: bytes.NewReader(raw), start: localSize + int64(len("a.xml")), end: int64(bytes.Index(raw, centralMark))}
	_, err := openArchive(watched, int64(len(raw)), Limits{}.Filled())
	wantRefusal(t, "overlap", err)
	if watched.touched {
		t.Error("packed bytes were read")
	}
	if _, err := openArchive(bytes.NewReader(raw), int64(len(raw)), Limits{Entries: 99}.Filled()); !errors.Is(err, ErrEntries) {
		t.Errorf("one entry too many gives %v", err)
	}
}
