// SPDX-License-Identifier: EUPL-1.2

package packing

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"meldewerk/report/obds"
)

// spool keeps an archive in memory.
func spool(in io.Reader) (io.ReaderAt, int64, error) {
	raw, err := io.ReadAll(in)
	return bytes.NewReader(raw), int64(len(raw)), err
}

// read gives the documents of a file by number.
func read(raw []byte, l Limits) ([]string, error) {
	var out []string
	err := Read(bytes.NewReader(raw), Options{Limits: l, Spool: spool}, func(d Document) error {
		content, err := io.ReadAll(d.Content)
		out = append(out, fmt.Sprintf("%d/%d %s %s", d.Number, d.Of, d.Name, content))
		return err
	})
	return out, err
}

func zipped(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write(content) // a buffer takes every write
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadGivesTheDocumentsOfEveryPacking(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		raw  []byte
		want string
	}{
		"plain":       {[]byte("<a/>"), "1/1  <a/>"},
		"with a mark": {[]byte("\ufeff<a/>"), "1/1  \ufeff<a/>"},
		"blank first": {[]byte("\n<a/>"), "1/1  \n<a/>"},
		"UTF-16":      {[]byte("\xff\xfe<\x00"), "1/1  \xff\xfe<\x00"},
		"gzip":        {zipped(t, []byte("<a/>")), "1/1  <a/>"},
		"gzip, cut":   {slices.Concat(zipped(t, []byte("<a")), zipped(t, nil), zipped(t, []byte("/>")), zipped(t, nil)), "1/1  <a/>"},
		"archive":     {archive(t, member{name: "b/a.xml", content: "<a/>"}, member{name: "c.xml", content: "<c/>"}), "1/2 b/a.xml <a/>|2/2 c.xml <c/>"},
	} {
		got, err := read(c.raw, Limits{})
		if err != nil || strings.Join(got, "|") != c.want {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
}

// TestU2KindIsToldByContent: what is two things at once, or another thing
// under a friendly name, is refused.
func TestU2KindIsToldByContent(t *testing.T) {
	t.Parallel()
	good := archive(t, member{name: "a.xml", content: "<a/>"})
	for what, c := range map[string]struct {
		raw  []byte
		rule string
	}{
		"PNG":         {[]byte("\x89PNG\r\n\x1a\n"), "DATEI-01"},
		"PDF":         {[]byte("%PDF-1.7\n"), "DATEI-01"},
		"PDF and ZIP": {append([]byte("%PDF-1.7\n"), good...), "DATEI-01"},
		"GIF and XML": {[]byte("GIF89a<a/>"), "DATEI-01"},
		"MZ and ZIP":  {append([]byte("MZ\x90\x00"), good...), "DATEI-01"},
		"text":        {[]byte("Guten Tag"), "DATEI-01"},
		"bzip2":       {[]byte("BZh91AY&SY"), "DATEI-01"},
		"empty":       {nil, "DATEI-12"},
		"XLSX renamed": {archive(t, member{name: "[Content_Types].xml", content: "<Types/>"}, member{name: "xl/workbook.bin", content: "x"},
			member{name: "_rels/.rels", content: "<r/>"}), "DATEI-06"},
		"HTML in ZIP":     {archive(t, member{name: "a.html", content: "<a/>"}), "DATEI-06"},
		"ZIP in gzip":     {zipped(t, good), "XML-001"},
		"gzip in gzip":    {zipped(t, zipped(t, []byte("<a/>"))), "XML-001"},
		"HTML and ZIP":    {append([]byte("<html>"), good...), "XML-005"},
		"PNG called .xml": {archive(t, member{name: "a.xml", content: "\x89PNG\r\n\x1a\n"}), "XML-001"},
	} {
		got := ""
		err := Read(bytes.NewReader(c.raw), Options{Spool: spool}, func(d Document) error {
			r := obds.NewReader(d.Content, obds.Options{})
			if _, err := r.Next(); errors.Is(err, io.EOF) && len(r.Findings()) > 0 && !r.Complete() {
				got = r.Findings()[0].Rule
			}
			return nil
		})
		if refused, is := errors.AsType[*Refusal](err); is {
			got = refused.Rule
		}
		if got != c.rule {
			t.Errorf("%s: refused by %q, want %s (%v)", what, got, c.rule, err)
		}
	}
}

func TestU2RefusalsSpeakBothLanguages(t *testing.T) {
	t.Parallel()
	_, cut := openArchive(bytes.NewReader(nil), 0, Limits{}.Filled())
	for _, err := range []error{errKind, errGzip, errEncrypted, errName, errForeign, errNoXML, ErrUnpacked, ErrRatio, ErrEntries, ErrEmpty, cut} {
		r, is := errors.AsType[*Refusal](err)
		if !is || r.Rule == "" {
			t.Fatalf("%v is no refusal", err)
		}
		for _, s := range []string{r.In(false).Message, r.In(false).Remedy, r.In(true).Message, r.In(true).Remedy} {
			if !strings.HasSuffix(s, ".") {
				t.Errorf("%s: %q is no sentence", r.Rule, s)
			}
		}
	}
}

// TestU4GzipIsProvedToItsEnd: damage of any member and foreign bytes are
// refused, though the document itself is whole.
func TestU4GzipIsProvedToItsEnd(t *testing.T) {
	t.Parallel()
	good := zipped(t, []byte("<a/>"))
	wrong := bytes.Clone(good)
	wrong[len(wrong)-5] ^= 1 // length
	sum := bytes.Clone(good)
	sum[len(sum)-8] ^= 1
	blank := zipped(t, nil)
	blanks := bytes.Repeat(blank, 1000)
	for what, raw := range map[string][]byte{"wrong length": wrong, "wrong sum": sum, "cut": good[:len(good)-3], "head only": good[:5],
		"suffix": append(bytes.Clone(good), 'x'), "padding": append(bytes.Clone(good), make([]byte, 512)...),
		"first of two wrong": slices.Concat(sum, good), "second of two wrong": slices.Concat(good, wrong), "second of two cut": slices.Concat(good, blank[:len(blank)-1]),
		"second head cut": slices.Concat(good, blank[:3]), "suffix behind two": slices.Concat(good, blank, []byte("x")), "ZIP behind it": slices.Concat(good, []byte("PK\x03\x04")),
		"XML behind it": slices.Concat(good, []byte("<a/>"))} {
		_, err := read(raw, Limits{})
		if !errors.Is(err, errGzip) {
			t.Errorf("%s: %v", what, err)
		}
	}
	// Members that hold nothing are counted, those that hold something pay for themselves.
	if _, err := read(blanks, Limits{}); err != nil {
		t.Errorf("1,000 members: %v", err)
	}
	if _, err := read(slices.Concat(blanks, blank), Limits{}); !errors.Is(err, ErrEntries) {
		t.Errorf("1,001 members: %v", err)
	}
	if _, err := read(bytes.Repeat(zipped(t, bytes.Repeat([]byte("<a/>"), leastMember/4)), 3000), Limits{}); err != nil {
		t.Errorf("3,000 members of 1 KiB: %v", err)
	}
	// What was wrong with the packing comes before what the document seemed to be.
	err := Read(bytes.NewReader(sum), Options{}, func(d Document) error {
		_, _ = io.Copy(io.Discard, d.Content) // the reader of XML would say "cut off"
		return errors.New("broken document")
	})
	wantRefusal(t, "behind another error", err)
}

// TestU4LimitsHoldWhileItFlows: lying sizes and bombs stop at the limit.
func TestU4LimitsHoldWhileItFlows(t *testing.T) {
	t.Parallel()
	spaces := bytes.Repeat([]byte(" "), 1<<20)
	content := append([]byte("<a/>"), bytes.Repeat(spaces, 4)...)
	for what, raw := range map[string][]byte{"gzip": zipped(t, content), "members": bytes.Repeat(zipped(t, spaces), 5), "archive": archive(t, member{name: "a.xml", content: string(content)}),
		"many": archive(t, member{name: "a.xml", content: string(spaces)}, member{name: "b.xml", content: string(content)})} {
		if _, err := read(raw, Limits{}); !errors.Is(err, ErrRatio) {
			t.Errorf("%s: %v, want the ratio", what, err)
		}
		if _, err := read(raw, Limits{Ratio: 1e9, Unpacked: 1 << 20}); !errors.Is(err, ErrUnpacked) {
			t.Errorf("%s: %v, want the size", what, err)
		}
	}
	if _, err := read(content, Limits{Unpacked: int64(len(content))}); err != nil {
		t.Errorf("exactly the limit: %v", err)
	}
	if _, err := read(content, Limits{Unpacked: int64(len(content)) - 1}); !errors.Is(err, ErrUnpacked) {
		t.Errorf("one byte too many: %v", err)
	}
	// A reader that gives up early does not hide it: the rest is proved.
	err := Read(bytes.NewReader(zipped(t, content)), Options{}, func(Document) error { return nil })
	if !errors.Is(err, ErrRatio) {
		t.Errorf("unread: %v", err)
	}
	// Nothing beyond the limit comes out, however much there is.
	came := int64(0)
	err = Read(bytes.NewReader(zipped(t, content)), Options{Limits: Limits{Ratio: 1e9, Unpacked: 2_000_000}}, func(d Document) error {
		n, err := io.Copy(io.Discard, d.Content)
		came += n
		return err
	})
	if !errors.Is(err, ErrUnpacked) || came > 2_000_000 {
		t.Errorf("%d bytes came out, %v", came, err)
	}
}

// TestReadPassesOnTroubleOfTheSource: a broken source is no verdict on the file.
func TestReadPassesOnTroubleOfTheSource(t *testing.T) {
	t.Parallel()
	broken := errors.New("the disk is gone")
	packed := string(zipped(t, []byte("<a>")))
	for _, begin := range []string{"", "<a", "PK\x03\x04", packed, packed[:5], packed[:len(packed)-3], packed + packed[:5]} {
		err := Read(io.MultiReader(strings.NewReader(begin), iotest.ErrReader(broken)), Options{Spool: spool}, func(d Document) error {
			_, err := io.ReadAll(d.Content)
			return err
		})
		if !errors.Is(err, broken) {
			t.Errorf("after %q: %v", begin, err)
		}
	}
}

// FuzzArchive wants no panic, and of every archive that is taken the same
// documents as the strict rules allow. Spec: SECURITY R7
func FuzzArchive(f *testing.F) {
	pack := func(method uint16, names ...string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, name := range names {
			m, err := w.CreateHeader(&zip.FileHeader{Name: name, Method: method})
			if err != nil {
				f.Fatal(err)
			}
			_, _ = io.WriteString(m, "<a>"+strings.Repeat("b", 100)+"</a>")
		}
		if err := w.Close(); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	one := pack(zip.Deflate, "a.xml")
	f.Add(one)
	f.Add(pack(zip.Store, "a.xml", "b/c.xml"))
	f.Add(pack(zip.Deflate, "../a.xml"))
	f.Add(pack(zip.Deflate, "a.xml", "A.xml"))
	f.Add(append(one[:len(one)-22:len(one)-22], append(bytes.Clone(one), one[len(one)-22:]...)...))
	f.Add(zipped(f, []byte("<a/>")))
	f.Add(append(zipped(f, []byte("<a/>")), one...))
	f.Add(append(zipped(f, []byte("<a")), zipped(f, []byte("/>"))...))
	f.Add([]byte("<a/>"))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, raw []byte) {
		l := Limits{Unpacked: 1 << 22, Entries: 20}
		total := 0
		err := Read(bytes.NewReader(raw), Options{Limits: l, Spool: spool}, func(d Document) error {
			if d.Name != "" && checkName(d.Name) != nil || d.Number > d.Of || d.Of > l.Entries {
				t.Fatalf("document %d of %d", d.Number, d.Of)
			}
			n, err := io.Copy(io.Discard, d.Content)
			total += int(n)
			return err
		})
		if total > 1<<22 {
			t.Fatalf("%d bytes came out", total)
		}
		if err == nil {
			return
		}
		if _, is := errors.AsType[*Refusal](err); !is {
			t.Fatalf("%v is no refusal", err)
		}
	})
}
