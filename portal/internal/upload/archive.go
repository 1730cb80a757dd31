// SPDX-License-Identifier: EUPL-1.2

package upload

import (
	"bufio"
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A ZIP archive is read strictly: it begins with its first entry and ends with
// its end record, local and central headers agree, the entries lie one behind
// the other without gap or overlap, and their names are labels, never paths.
// Spec: SECURITY U3, U4; APPNOTE.TXT 6.3.10

var (
	localMark   = []byte("PK\x03\x04")
	centralMark = []byte("PK\x01\x02")
	endMark     = []byte("PK\x05\x06")
)

const (
	localSize   = 30
	centralSize = 46
	endSize     = 22
	maxName     = 255

	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3 // sizes stand behind the data
	flagStrong     = 1 << 6
	flagMasked     = 1 << 13

	methodStored   = 0
	methodDeflated = 8
)

// refusal says why a file cannot be taken, as a finding on the package.
type refusal struct {
	rule, message, remedy string
}

func (r *refusal) Error() string { return "package refused by " + r.rule }

func refuse(rule, message, remedy string) error { return &refusal{rule, message, remedy} }

const packAgain = "Packen Sie das Archiv mit dem ZIP-Werkzeug des Betriebssystems neu oder senden Sie die XML-Datei ungepackt."

func badStructure(what string) error {
	return refuse("DATEI-03", "Das ZIP-Archiv ist nicht regelgerecht aufgebaut: "+what+".", packAgain)
}

// zipEntry is one file of an archive.
type zipEntry struct {
	name       string
	method     uint16
	flags      uint16
	crc        uint32
	packed     int64
	size       int64
	offset     int64 // of the local header
	data       int64 // of the first byte of the data
	descriptor int64 // bytes behind the data
}

// readArchive lists the XML files of an archive after checking all of it.
func readArchive(at io.ReaderAt, size int64, limits Limits) ([]zipEntry, error) {
	count, start, length, err := readEnd(at, size)
	if err != nil {
		return nil, err
	}
	if count > limits.Entries {
		return nil, ErrEntries
	}
	entries, err := readCentral(at, count, start, length)
	if err != nil {
		return nil, err
	}
	slices.SortFunc(entries, func(a, b zipEntry) int { return int(a.offset - b.offset) })
	for i := range entries {
		next := start
		if i+1 < len(entries) {
			next = entries[i+1].offset
		}
		if err := entries[i].checkLocal(at, next); err != nil {
			return nil, err
		}
	}
	if len(entries) > 0 && entries[0].offset != 0 {
		return nil, badStructure("vor dem ersten Eintrag stehen fremde Bytes")
	}
	return chooseXML(entries)
}

// readEnd reads the end record, which must be the very end.
func readEnd(at io.ReaderAt, size int64) (int, int64, int64, error) {
	if size < endSize {
		return 0, 0, 0, badStructure("es ist zu kurz")
	}
	end := make([]byte, endSize)
	if err := readFull(at, end, size-endSize); err != nil {
		return 0, 0, 0, err
	}
	if !bytes.HasPrefix(end, endMark) || binary.LittleEndian.Uint16(end[20:]) != 0 {
		return 0, 0, 0, badStructure("hinter dem Ende stehen fremde Bytes, oder das Ende fehlt")
	}
	here := binary.LittleEndian.Uint16(end[8:])
	count := binary.LittleEndian.Uint16(end[10:])
	length := int64(binary.LittleEndian.Uint32(end[12:]))
	start := int64(binary.LittleEndian.Uint32(end[16:]))
	if binary.LittleEndian.Uint32(end[4:]) != 0 || here != count || count == 0 || count == 0xffff {
		return 0, 0, 0, badStructure("es ist leer, geteilt oder ein ZIP64-Archiv")
	}
	if start+length != size-endSize {
		return 0, 0, 0, badStructure("das Verzeichnis steht nicht am Ende")
	}
	return int(count), start, length, nil
}

func readCentral(at io.ReaderAt, count int, start, length int64) ([]zipEntry, error) {
	// A name, an extra field and a comment have 64 KiB each at most; more than
	// that per entry is not asked for.
	if length > int64(count)*(centralSize+maxName+4096) {
		return nil, badStructure("das Verzeichnis ist zu groß")
	}
	raw := make([]byte, length)
	if err := readFull(at, raw, start); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var entries []zipEntry
	for range count {
		if len(raw) < centralSize || !bytes.HasPrefix(raw, centralMark) {
			return nil, badStructure("das Verzeichnis bricht ab")
		}
		le := binary.LittleEndian
		name, extra, comment := int(le.Uint16(raw[28:])), int(le.Uint16(raw[30:])), int(le.Uint16(raw[32:]))
		if len(raw) < centralSize+name+extra+comment {
			return nil, badStructure("das Verzeichnis bricht ab")
		}
		e := zipEntry{
			name: string(raw[centralSize : centralSize+name]), flags: le.Uint16(raw[8:]), method: le.Uint16(raw[10:]),
			crc: le.Uint32(raw[16:]), packed: int64(le.Uint32(raw[20:])), size: int64(le.Uint32(raw[24:])),
			offset: int64(le.Uint32(raw[42:])),
		}
		if err := e.check(le.Uint16(raw[4:])>>8, le.Uint32(raw[38:])); err != nil {
			return nil, err
		}
		folded := strings.ToLower(e.name)
		if seen[folded] {
			return nil, badStructure("zwei Einträge heißen gleich")
		}
		seen[folded] = true
		entries = append(entries, e)
		raw = raw[centralSize+name+extra+comment:]
	}
	if len(raw) != 0 {
		return nil, badStructure("im Verzeichnis stehen fremde Bytes")
	}
	return entries, nil
}

// check refuses what an archive of reports has no use for.
func (e *zipEntry) check(madeBy uint16, attributes uint32) error {
	switch {
	case e.flags&(flagEncrypted|flagStrong|flagMasked) != 0:
		return refuse("DATEI-04", "Das ZIP-Archiv ist mit einem Kennwort verschlüsselt.", "Senden Sie es ohne Kennwort; die Übertragung selbst ist verschlüsselt.")
	case e.method != methodStored && e.method != methodDeflated:
		return badStructure("ein Eintrag ist auf eine ungewöhnliche Weise gepackt")
	case e.packed == 0xffffffff || e.size == 0xffffffff || e.offset == 0xffffffff:
		return badStructure("es ist ein ZIP64-Archiv")
	case madeBy == 3 && attributes>>28 != 0 && attributes>>28 != 8 && attributes>>28 != 4: // Unix: neither file nor folder
		return badStructure("ein Eintrag ist ein Verweis und keine Datei")
	}
	return checkName(e.name)
}

// checkName refuses names that are more than a label.
func checkName(name string) error {
	bad := name == "" || len(name) > maxName || !utf8.ValidString(name) ||
		strings.HasPrefix(name, "/") || strings.Contains(name, `\`) || strings.Contains(name, "//") ||
		(len(name) > 1 && name[1] == ':')
	for part := range strings.SplitSeq(name, "/") {
		bad = bad || part == ".." || part == "."
	}
	for _, c := range name {
		bad = bad || unicode.IsControl(c) || c == utf8.RuneError
	}
	if bad {
		return refuse("DATEI-05", "Ein Dateiname im ZIP-Archiv enthält einen Pfad oder unerlaubte Zeichen.", packAgain)
	}
	return nil
}

// checkLocal compares the local header with the directory and says where the
// data lie: from there to the next entry, and nothing else between.
func (e *zipEntry) checkLocal(at io.ReaderAt, next int64) error {
	head := make([]byte, localSize)
	if e.offset+localSize > next {
		return badStructure("Einträge überlappen sich")
	}
	if err := readFull(at, head, e.offset); err != nil {
		return err
	}
	le := binary.LittleEndian
	name, extra := int64(le.Uint16(head[26:])), int64(le.Uint16(head[28:]))
	e.data = e.offset + localSize + name + extra
	e.descriptor = next - e.data - e.packed
	if !bytes.HasPrefix(head, localMark) || e.descriptor < 0 {
		return badStructure("Einträge überlappen sich")
	}
	own := make([]byte, name)
	if err := readFull(at, own, e.offset+localSize); err != nil {
		return err
	}
	described := e.flags&flagDescriptor != 0
	agree := func(local uint32, central int64) bool {
		return int64(local) == central || described && local == 0
	}
	if string(own) != e.name || le.Uint16(head[8:]) != e.method || le.Uint16(head[6:]) != e.flags ||
		!agree(le.Uint32(head[14:]), int64(e.crc)) || !agree(le.Uint32(head[18:]), e.packed) || !agree(le.Uint32(head[22:]), e.size) {
		return badStructure("Einträge und Verzeichnis widersprechen sich")
	}
	if !described && e.descriptor != 0 || described && !slices.Contains([]int64{12, 16, 20, 24}, e.descriptor) {
		return badStructure("zwischen den Einträgen stehen fremde Bytes")
	}
	if e.method == methodStored && e.packed != e.size {
		return badStructure("ein Eintrag nennt eine falsche Größe")
	}
	return nil
}

// chooseXML keeps the XML files; folders and the notes of some systems are
// left out, anything else is refused.
func chooseXML(entries []zipEntry) ([]zipEntry, error) {
	var out []zipEntry
	for _, e := range entries {
		base := e.name[strings.LastIndexByte(e.name, '/')+1:]
		switch {
		case base == "" && e.size == 0, strings.HasPrefix(e.name, "__MACOSX/"), base == ".DS_Store", base == "Thumbs.db":
		case strings.HasSuffix(strings.ToLower(base), ".xml"):
			out = append(out, e)
		default:
			return nil, refuse("DATEI-06", "Das ZIP-Archiv enthält eine Datei, die keine XML-Datei ist.",
				"Packen Sie nur XML-Dateien mit der Endung .xml in das Archiv.")
		}
	}
	if len(out) == 0 {
		return nil, refuse("DATEI-07", "Das ZIP-Archiv enthält keine XML-Datei.", "Packen Sie die XML-Datei mit der Endung .xml in das Archiv.")
	}
	return out, nil
}

// window is the piece in which a spool is read: each read opens 64 KiB.
const window = 1 << 20

// open gives the content of an entry; its end proves length and check sum.
func (e *zipEntry) open(at io.ReaderAt) io.Reader {
	var from io.Reader = bufio.NewReaderSize(io.NewSectionReader(at, e.data, e.packed), window)
	if e.method == methodDeflated {
		from = flate.NewReader(from)
	}
	return &proven{from: from, left: e.size, want: e.crc, sum: crc32.NewIEEE()}
}

// proven passes on what an entry promises and no byte more.
type proven struct {
	from io.Reader
	left int64
	want uint32
	sum  hash.Hash32
}

var errEntry = badStructure("ein Eintrag ist beschädigt")

func (p *proven) Read(b []byte) (int, error) {
	n, err := p.from.Read(b)
	p.left -= int64(n)
	_, _ = p.sum.Write(b[:n]) // a hash never returns an error
	switch {
	case p.left < 0:
		return 0, errEntry
	case errors.Is(err, io.EOF) && (p.left != 0 || p.sum.Sum32() != p.want):
		return 0, errEntry
	case err != nil && !errors.Is(err, io.EOF):
		if _, corrupt := errors.AsType[flate.CorruptInputError](err); corrupt || errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, errEntry
		}
		return 0, fmt.Errorf("read archive: %w", err)
	}
	return n, err
}

func readFull(at io.ReaderAt, into []byte, offset int64) error {
	n, err := at.ReadAt(into, offset)
	if n == len(into) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return badStructure("es bricht ab")
	}
	return fmt.Errorf("read archive: %w", err)
}
