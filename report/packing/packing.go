// SPDX-License-Identifier: EUPL-1.2

package packing

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// Limits bound what comes out of the packing; they hold while it flows.
// Spec: SECURITY U1
type Limits struct {
	Unpacked int64 // bytes of XML, default 2 GB
	Entries  int   // in a ZIP archive, default 1,000; of gzip members as many, and one more for each KiB in them
	Ratio    int64 // unpacked to packed beyond the first MB, default 100
}

// Filled gives the limits with the open ones set.
func (l Limits) Filled() Limits {
	if l.Unpacked <= 0 {
		l.Unpacked = 2_000_000_000
	}
	if l.Entries <= 0 {
		l.Entries = 1000
	}
	if l.Ratio <= 0 {
		l.Ratio = 100
	}
	return l
}

// Document is one XML document of a package.
type Document struct {
	Name    string    // the label of the entry in the archive; "" when the file itself is the document
	Number  int       // 1-based, in the order of the archive
	Of      int       // how many there are
	Content io.Reader // the XML; what is not read is still proved afterwards
}

// Options say how a file is unpacked.
type Options struct {
	Limits Limits

	// Spool keeps a ZIP archive while it is read. It is given the whole file
	// as it comes, and may leave it unread when the caller has the file
	// anyway. It is not called for other files.
	Spool func(io.Reader) (io.ReaderAt, int64, error)
}

// Read finds out by its content what a file is and calls do with each XML
// document in it. It ends with the first error of do. Damage of the packing
// comes before any error of do, because who reads the document sees it as a
// broken document only. A file that cannot be taken gives a *Refusal.
func Read(in io.Reader, o Options, do func(Document) error) error {
	source := &counted{from: in}
	m := &meter{limits: o.Limits.Filled()}
	body := bufio.NewReaderSize(source, 64<<10)
	head, err := body.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case len(head) == 0:
		return ErrEmpty
	case bytes.HasPrefix(head, []byte("PK")):
		return readArchive(body, o, m, do)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		m.packed = func() int64 { return source.size }
		return readGzip(source, body, m, do)
	case !looksLikeXML(head):
		return errKind
	}
	d := &document{from: body, meter: m}
	return worse(do(Document{Number: 1, Of: 1, Content: d}), d, m)
}

// looksLikeXML says whether the first bytes may begin an XML document in one
// of the encodings the reader knows.
func looksLikeXML(head []byte) bool {
	switch head[0] {
	case '<', ' ', '\t', '\r', '\n':
		return true
	}
	return bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}) || bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})
}

// readGzip reads a file of gzip members, one behind the other, as the one
// document that they make up together. Spec: RFC 1952 section 2.2
func readGzip(source *counted, body *bufio.Reader, m *meter, do func(Document) error) error {
	damage := func(err error) error {
		if _, is := errors.AsType[*Refusal](err); is {
			return err
		}
		return cmp.Or(source.failed, error(errGzip))
	}
	z, err := gzip.NewReader(body)
	if err != nil {
		return damage(err)
	}
	z.Multistream(false) // the members are counted here
	d := &document{from: &members{body: body, current: z, meter: m, count: 1}, meter: m, damage: damage}
	return d.pass(do, Document{Number: 1, Of: 1})
}

// members reads gzip members as one stream. Each is proved by its check sum,
// and behind the last nothing may stand.
type members struct {
	body    *bufio.Reader
	current *gzip.Reader
	meter   *meter
	count   int
}

// leastMember is how much a member holds on average where there are very many:
// a million of empty ones would cost time and give nothing.
const leastMember = 1 << 10

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.current.Read(p)
		if !errors.Is(err, io.EOF) {
			return n, err
		}
		if _, err := m.body.Peek(1); err != nil {
			return n, err // io.EOF: this was the last
		}
		m.count++
		if int64(m.count) > int64(m.meter.limits.Entries)+(m.meter.size+int64(n))/leastMember {
			return n, ErrEntries
		}
		if err := m.current.Reset(m.body); err != nil {
			return n, fmt.Errorf("begin the next member: %w", err)
		}
		m.current.Multistream(false)
		if n > 0 {
			return n, nil
		}
	}
}

// readArchive spools a ZIP, checks its structure and reads its files.
func readArchive(body io.Reader, o Options, m *meter, do func(Document) error) error {
	at, size, err := o.Spool(body)
	if err != nil {
		return err
	}
	entries, err := openArchive(at, size, m.limits)
	if err != nil {
		return err
	}
	m.packed = func() int64 { return size }
	for i, e := range entries {
		d := &document{from: e.open(at), meter: m}
		if err := d.pass(do, Document{Name: e.name, Number: i + 1, Of: len(entries)}); err != nil {
			return err
		}
	}
	return nil
}

// meter counts what comes out of the packing. The entries of an archive share
// one.
type meter struct {
	limits Limits
	packed func() int64 // bytes that went in so far; nil: not packed
	size   int64
	failed error
}

// free is what may come out of any packing before the ratio counts.
const free = 1_000_000

func (m *meter) count(n int) error {
	m.size += int64(n)
	switch {
	case m.size > m.limits.Unpacked:
		m.failed = ErrUnpacked
	case m.packed != nil && m.size > free && m.size > m.limits.Ratio*m.packed():
		m.failed = ErrRatio
	}
	return m.failed
}

// document reads through the meter and remembers what was wrong with the
// packing, which a reader of XML would hide.
type document struct {
	from   io.Reader
	meter  *meter
	damage func(error) error // the refusal for an error of the packing; nil: as it is
	failed error
}

func (d *document) Read(p []byte) (int, error) {
	n, err := d.from.Read(p)
	if over := d.meter.count(n); over != nil {
		return 0, over
	}
	if err != nil && !errors.Is(err, io.EOF) {
		if d.damage != nil {
			err = d.damage(err)
		}
		d.failed = err
	}
	return n, err
}

// pass hands the document on and then proves the rest: a reader of XML stops
// at the end of the document, the check sum stands behind it.
func (d *document) pass(do func(Document) error, head Document) error {
	head.Content = d
	err := do(head)
	if err == nil {
		_, err = io.Copy(io.Discard, d)
	}
	return worse(err, d, d.meter)
}

// worse chooses the cause that a reader of XML could only see as a broken document.
func worse(err error, d *document, m *meter) error {
	switch {
	case m.failed != nil:
		return m.failed
	case d.failed != nil:
		return d.failed
	}
	return err
}

// counted counts the bytes that went in.
type counted struct {
	from   io.Reader
	size   int64
	failed error // trouble of the source, which is no fault of the file
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.size += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.failed = err
	}
	return n, err
}

// readFull reads a piece of an archive that must be there.
func readFull(at io.ReaderAt, into []byte, offset int64) error {
	n, err := at.ReadAt(into, offset)
	if n == len(into) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		return badStructure("es bricht ab", "it breaks off")
	}
	return fmt.Errorf("read archive: %w", err)
}
