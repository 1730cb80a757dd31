// SPDX-License-Identifier: EUPL-1.2

package packing

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
	localMark      = []byte("PK\x03\x04")
	centralMark    = []byte("PK\x01\x02")
	endMark        = []byte("PK\x05\x06")
	descriptorMark = []byte("PK\x07\x08")
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

// openArchive lists the XML files of an archive after checking all of it.
func openArchive(at io.ReaderAt, size int64, limits Limits) ([]zipEntry, error) {
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
		return nil, badStructure("vor dem ersten Eintrag stehen fremde Bytes", "foreign bytes stand before the first entry")
	}
	return chooseXML(entries)
}

// readEnd reads the end record, which must be the very end.
func readEnd(at io.ReaderAt, size int64) (int, int64, int64, error) {
	if size < endSize {
		return 0, 0, 0, badStructure("es ist zu kurz", "it is too short")
	}
	end := make([]byte, endSize)
	if err := readFull(at, end, size-endSize); err != nil {
		return 0, 0, 0, err
	}
	if !bytes.HasPrefix(end, endMark) || binary.LittleEndian.Uint16(end[20:]) != 0 {
		return 0, 0, 0, badStructure("hinter dem Ende stehen fremde Bytes, oder das Ende fehlt", "foreign bytes stand behind its end, or the end is missing")
	}
	here := binary.LittleEndian.Uint16(end[8:])
	count := binary.LittleEndian.Uint16(end[10:])
	length := int64(binary.LittleEndian.Uint32(end[12:]))
	start := int64(binary.LittleEndian.Uint32(end[16:]))
	if binary.LittleEndian.Uint32(end[4:]) != 0 || here != count || count == 0 || count == 0xffff {
		return 0, 0, 0, badStructure("es ist leer, geteilt oder ein ZIP64-Archiv", "it is empty, split or a ZIP64 archive")
	}
	if start+length != size-endSize {
		return 0, 0, 0, badStructure("das Verzeichnis steht nicht am Ende", "the directory does not stand at the end")
	}
	return int(count), start, length, nil
}

func readCentral(at io.ReaderAt, count int, start, length int64) ([]zipEntry, error) {
	// A name, an extra field and a comment have 64 KiB each at most; more than
	// that per entry is not asked for.
	if length > int64(count)*(centralSize+maxName+4096) {
		return nil, badStructure("das Verzeichnis ist zu groß", "the directory is too large")
	}
	raw := make([]byte, length)
	if err := readFull(at, raw, start); err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var entries []zipEntry
	for range count {
		if len(raw) < centralSize || !bytes.HasPrefix(raw, centralMark) {
			return nil, badStructure("das Verzeichnis bricht ab", "the directory breaks off")
		}
		le := binary.LittleEndian
		name, extra, comment := int(le.Uint16(raw[28:])), int(le.Uint16(raw[30:])), int(le.Uint16(raw[32:]))
		if len(raw) < centralSize+name+extra+comment {
			return nil, badStructure("das Verzeichnis bricht ab", "the directory breaks off")
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
			return nil, badStructure("zwei Einträge heißen gleich", "two entries have the same name")
		}
		seen[folded] = true
		entries = append(entries, e)
		raw = raw[centralSize+name+extra+comment:]
	}
	if len(raw) != 0 {
		return nil, badStructure("im Verzeichnis stehen fremde Bytes", "foreign bytes stand in the directory")
	}
	return entries, nil
}

// check refuses what an archive of reports has no use for.
func (e *zipEntry) check(madeBy uint16, attributes uint32) error {
	switch {
	case e.flags&(flagEncrypted|flagStrong|flagMasked) != 0:
		return errEncrypted
	case e.method != methodStored && e.method != methodDeflated:
		return badStructure("ein Eintrag ist auf eine ungewöhnliche Weise gepackt", "an entry is packed in an unusual way")
	case e.packed == 0xffffffff || e.size == 0xffffffff || e.offset == 0xffffffff:
		return badStructure("es ist ein ZIP64-Archiv", "it is a ZIP64 archive")
	case madeBy == 3 && attributes>>28 != 0 && attributes>>28 != 8 && attributes>>28 != 4: // Unix: neither file nor folder
		return badStructure("ein Eintrag ist ein Verweis und keine Datei", "an entry is a link and not a file")
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
		bad = bad || unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) || c == utf8.RuneError
	}
	if bad {
		return errName
	}
	return nil
}

// checkLocal compares the local header with the directory and says where the
// data lie: from there to the next entry, and nothing else between.
func (e *zipEntry) checkLocal(at io.ReaderAt, next int64) error {
	head := make([]byte, localSize)
	if e.offset+localSize > next {
		return badStructure("Einträge überlappen sich", "entries overlap")
	}
	if err := readFull(at, head, e.offset); err != nil {
		return err
	}
	le := binary.LittleEndian
	name, extra := int64(le.Uint16(head[26:])), int64(le.Uint16(head[28:]))
	e.data = e.offset + localSize + name + extra
	e.descriptor = next - e.data - e.packed
	if !bytes.HasPrefix(head, localMark) || e.descriptor < 0 {
		return badStructure("Einträge überlappen sich", "entries overlap")
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
		return badStructure("Einträge und Verzeichnis widersprechen sich", "entries and directory contradict each other")
	}
	if err := e.checkDescriptor(at, described); err != nil {
		return err
	}
	if e.method == methodStored && e.packed != e.size {
		return badStructure("ein Eintrag nennt eine falsche Größe", "an entry tells a wrong size")
	}
	return nil
}

// checkDescriptor wants behind the data nothing but the descriptor, where there
// is one: check sum and sizes again, with or without mark, in 4 or 8 bytes.
func (e *zipEntry) checkDescriptor(at io.ReaderAt, described bool) error {
	foreign := badStructure("zwischen den Einträgen stehen fremde Bytes", "foreign bytes stand between the entries")
	if !described && e.descriptor == 0 {
		return nil
	}
	if !described || !slices.Contains([]int64{12, 16, 20, 24}, e.descriptor) {
		return foreign
	}
	raw := make([]byte, e.descriptor)
	if err := readFull(at, raw, e.data+e.packed); err != nil {
		return err
	}
	le := binary.LittleEndian
	var want []byte
	if e.descriptor == 16 || e.descriptor == 24 {
		want = append(want, descriptorMark...)
	}
	want = le.AppendUint32(want, e.crc)
	if e.descriptor < 20 {
		want = le.AppendUint32(le.AppendUint32(want, uint32(e.packed)), uint32(e.size))
	} else {
		want = le.AppendUint64(le.AppendUint64(want, uint64(e.packed)), uint64(e.size))
	}
	if !bytes.Equal(raw, want) {
		return foreign
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
			return nil, errForeign
		}
	}
	if len(out) == 0 {
		return nil, errNoXML
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

var errEntry = badStructure("ein Eintrag ist beschädigt", "an entry is damaged")

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
