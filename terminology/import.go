// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"
)

// maxBytes is how long an official file may be; the longest is about 30 MB.
const maxBytes = 64 << 20

// Import reads an official file and makes an Edition of it: ClaML as the BfArM
// publishes ICD-10-GM, ICD-O-3 and OPS, or a table with separators (the
// metadata of ICD-10-GM and OPS, ATC, a list of insurers). The year is that of
// the edition; 0 takes it from the file, if it names one. The file is read
// once; nothing that it refers to is loaded. What cannot be taken answers with
// a *Refused.
func Import(kind Kind, year int, r io.Reader) (*Edition, error) {
	return importWithin(kind, year, r, maxBytes)
}

func importWithin(kind Kind, year int, r io.Reader, limit int64) (*Edition, error) {
	if _, ok := codeForms[kind]; !ok {
		return nil, refuse(0, "Die Art %q gibt es nicht; möglich sind icd10gm, icdo3, ops, atc, insurer.", clipped(string(kind)))
	}
	bounded := &boundedReader{from: r, left: limit}
	in := bufio.NewReaderSize(bounded, 64<<10)
	head, err := in.Peek(32 << 10)
	if len(head) == 0 {
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, refuse(0, "Die Datei ist nicht lesbar. Prüfen Sie Namen und Rechte.")
		}
		return nil, refuse(0, "Die Datei ist leer. Laden Sie sie neu herunter.")
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) {
		return nil, refuse(0, "Die Datei ist ein Archiv oder eine Arbeitsmappe. Entpacken Sie sie oder speichern Sie die Tabelle als CSV.")
	}
	var entries []editionEntry
	named := 0
	if mark := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\ufeff")), " \t\r\n"); len(mark) > 0 && mark[0] == '<' {
		if bytes.HasPrefix(head, []byte("\ufeff")) {
			_, _ = in.Discard(3) // peeked before
		}
		entries, named, err = readClaML(kind, in)
	} else {
		entries, err = readTable(kind, decoded(in, head), bytes.Count(head, []byte("\n")) > 0)
	}
	if bounded.left <= 0 {
		return nil, refuse(0, "Die Datei ist länger als %d MB. Prüfen Sie, ob es die richtige ist.", limit>>20)
	}
	if err != nil {
		return nil, err
	}
	if year == 0 {
		year = named
	}
	if named != 0 && named != year {
		return nil, refuse(0, "Die Datei ist die Ausgabe %d, angegeben ist %d. Geben Sie das richtige Jahr an.", named, year)
	}
	return newEdition(kind, year, entries)
}

// boundedReader ends a file that is too long and remembers it.
type boundedReader struct {
	from io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, io.EOF
	}
	n, err := b.from.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

// decoded gives a file of the older encoding in UTF-8; the head decides.
func decoded(in *bufio.Reader, head []byte) io.Reader {
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		_, _ = in.Discard(3) // peeked before
		return in
	}
	for i := 0; i < utf8.UTFMax && len(head) > 0 && !utf8.Valid(head); i++ {
		if len(head) < 32<<10 && i > 0 {
			break
		}
		head = head[:len(head)-1] // the head may end within a letter
	}
	if utf8.Valid(head) {
		return in
	}
	return &latinReader{from: in}
}

// latinReader turns ISO-8859-1 into UTF-8. The windows-1252 signs in between
// (dashes, quotes) become blanks; labels do not live by them.
type latinReader struct {
	from *bufio.Reader
	rest []byte
}

func (l *latinReader) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(l.rest) > 0 {
			moved := copy(p[n:], l.rest)
			l.rest, n = l.rest[moved:], n+moved
			continue
		}
		c, err := l.from.ReadByte()
		if err != nil {
			if n > 0 {
				return n, nil
			}
			return 0, err
		}
		switch {
		case c < utf8.RuneSelf:
			p[n] = c
			n++
		case c < 0xa0:
			p[n] = ' '
			n++
		default:
			l.rest = utf8.AppendRune(nil, rune(c))
		}
	}
	return n, nil
}
