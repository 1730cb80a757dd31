// SPDX-License-Identifier: EUPL-1.2

package upload

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/report"
)

// Sender is the reporting unit behind an upload with its rights as they are now.
type Sender struct {
	Unit        string
	Account     string
	AnyReporter bool
	Reporters   []string
	Released    bool
}

// Ending is what is known of a package at its end.
type Ending struct {
	SHA256        []byte // of the bytes as received
	Size          int64
	SchemaVersion string
	Findings      []report.Finding // on the package as a whole
}

// Outcome is what a package became.
type Outcome struct {
	ID    ID
	First bool // false: the same package was here before, and ID is that one
}

// Batch takes over what is judged; the dispatch room is behind it. Nothing of
// it counts before Receive.
type Batch interface {
	ID() ID
	// Keep says that there is progress, and stops an upload whose lease is lost.
	Keep(ctx context.Context) error
	// Header gives the frame of the reports that follow.
	Header(ctx context.Context, header *report.Package) error
	// Add takes the verdict on one report, and the report unless it is rejected.
	Add(ctx context.Context, result report.Result, r *report.Report) error
	// Amend adds findings to reports added before, by position.
	Amend(ctx context.Context, findings map[int][]report.Finding) error
	// Receive commits with a receipt.
	Receive(ctx context.Context, e Ending) (Outcome, error)
	// Unreadable keeps the findings of a package that cannot be read, and nothing else.
	Unreadable(ctx context.Context, e Ending) error
	// Discard drops what is not committed.
	Discard(ctx context.Context) error
}

// Options are what the room works with.
type Options struct {
	Begin     func(ctx context.Context, s Sender, kind submission.Kind, fileName string) (Batch, error)
	Protocols Protocols
	Sent      func(ctx context.Context, unit string, since time.Time) (int64, error) // bytes of a unit, for the quota
	Limits    Limits
	Spool     string // folder for archives under work; "" is the system's
	Land      string // two letters, for rules that differ by state
	Clock     func() time.Time
}

// Room is the upload room of a portal. It is safe for concurrent use.
type Room struct {
	Protocols
	options Options
}

// New makes the room.
func New(o Options) *Room {
	o.Limits = o.Limits.Filled()
	return &Room{Protocols: o.Protocols, options: o}
}

// Limits are the limits in force.
func (m *Room) Limits() Limits { return m.options.Limits }

// ErrEmpty means that no file was chosen.
var ErrEmpty = fault.New(fault.Invalid, "upload.empty",
	"Die Datei fehlt oder ist leer. Wählen Sie eine XML-Datei oder ein gepacktes Meldungspaket aus.")

// Upload is a package that was read and is not committed yet.
type Upload struct {
	batch    Batch
	ending   Ending
	outcome  Outcome
	finished bool // committed as unreadable while reading
}

// Commit gives the package its receipt. Only now does it count.
func (u *Upload) Commit(ctx context.Context) (Outcome, error) {
	if u.finished {
		return u.outcome, nil
	}
	outcome, err := u.batch.Receive(ctx, u.ending)
	if err != nil {
		return Outcome{}, err
	}
	return outcome, nil
}

// Discard drops what was staged; after Commit it does nothing that counts.
func (u *Upload) Discard(ctx context.Context) {
	// What cannot be dropped now is dropped when its lease has ended.
	_ = u.batch.Discard(ctx)
}

// quotaTime is the time over which a unit's bytes are summed up.
const quotaTime = 24 * time.Hour

// Read takes a package in: it reads, judges and stages every report. What
// comes back waits for Commit. A package that cannot be read to its end comes
// back as finished: its finding is kept, nothing else. When the body breaks
// off or a limit is crossed, nothing is kept at all.
func (m *Room) Read(ctx context.Context, s Sender, kind submission.Kind, fileName string, content io.Reader) (*Upload, error) {
	limits := m.options.Limits
	sent, err := m.options.Sent(ctx, s.Unit, m.options.Clock().Add(-quotaTime))
	if err != nil {
		return nil, fmt.Errorf("sum up what the unit has sent: %w", err)
	}
	limit, over := limits.Request, ErrTooLarge
	if left := limits.PerDay - sent; left < limit {
		limit, over = left, ErrQuota
	}
	if limit <= 0 {
		return nil, ErrQuota
	}
	body := bufio.NewReaderSize(content, 64<<10)
	if _, err := body.Peek(1); errors.Is(err, io.EOF) {
		return nil, ErrEmpty
	}
	batch, err := m.options.Begin(ctx, s, kind, fileName)
	if err != nil {
		return nil, err
	}
	u := &Upload{batch: batch}
	in := newReceived(body, limit, over, func() error { return batch.Keep(ctx) })
	if err := m.read(ctx, u, in); err != nil {
		u.Discard(ctx)
		return nil, err
	}
	return u, nil
}

// read judges what comes in and drains it, so that size and hash are those of
// the whole file.
func (m *Room) read(ctx context.Context, u *Upload, in *received) error {
	d := &docket{ctx: ctx, batch: u.batch, today: m.options.Clock(), land: m.options.Land}
	err := m.unpack(d, in)
	if in.failed != nil {
		return in.failed // a limit, a broken connection or a lost lease, whatever it looked like
	}
	refused, isRefusal := errors.AsType[*refusal](err)
	if err != nil && !isRefusal {
		return err
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return err
	}
	u.ending = Ending{SHA256: in.sum.Sum(nil), Size: in.size, SchemaVersion: d.version, Findings: d.findings}
	if isRefusal {
		if refused != errUnreadable {
			u.ending.Findings = []report.Finding{{Rule: refused.rule, Severity: report.Error, Message: refused.message, Remedy: refused.remedy}}
		}
		u.finished, u.outcome = true, Outcome{ID: u.batch.ID(), First: true}
		return u.batch.Unreadable(ctx, u.ending)
	}
	return u.batch.Amend(ctx, d.late)
}

// errUnreadable says that the findings already tell why a package cannot be read.
var errUnreadable = &refusal{rule: "unreadable"}

// unpack finds out by its content what was sent and reads it.
func (m *Room) unpack(d *docket, in *received) error {
	body := bufio.NewReaderSize(in, 64<<10)
	head, err := body.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	meter := &unpacked{limits: m.options.Limits}
	switch {
	case bytes.HasPrefix(head, []byte("PK")):
		return m.unpackArchive(d, body, meter)
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		meter.packed = func() int64 { return in.size }
		return unpackGzip(d, body, meter)
	case !looksLikeXML(head):
		return refuse("DATEI-01", "Die Datei ist weder XML noch ein ZIP- oder gzip-Archiv mit XML.",
			"Exportieren Sie das Paket aus Ihrem Dokumentationssystem als oBDS-Datei und senden Sie diese.")
	}
	return worse(d.read(metered{body, meter}, ""), meter.failed)
}

// looksLikeXML says whether the first bytes may begin an XML document in one
// of the encodings the reader knows.
func looksLikeXML(head []byte) bool {
	switch {
	case len(head) == 0:
		return false
	case head[0] == '<', head[0] == ' ', head[0] == '\t', head[0] == '\r', head[0] == '\n':
		return true
	}
	return bytes.HasPrefix(head, []byte{0xef, 0xbb, 0xbf}) || bytes.HasPrefix(head, []byte{0xff, 0xfe}) || bytes.HasPrefix(head, []byte{0xfe, 0xff})
}

func badGzip() error {
	return refuse("DATEI-02", "Das gzip-Archiv ist beschädigt oder unvollständig.", "Packen Sie die XML-Datei neu oder senden Sie sie ungepackt.")
}

// unpackGzip reads one gzip member that must be the whole file.
func unpackGzip(d *docket, body *bufio.Reader, meter *unpacked) error {
	z, err := gzip.NewReader(body)
	if err != nil {
		return badGzip()
	}
	z.Multistream(false)
	inside := &gzipped{from: z}
	if err := d.read(metered{inside, meter}, ""); err != nil {
		return worse(err, inside.failed, meter.failed)
	}
	// The reader of XML stops at the end of the document; the check sum stands
	// behind it.
	if _, err := io.Copy(io.Discard, metered{inside, meter}); err != nil {
		return worse(err, inside.failed, meter.failed)
	}
	if _, err := body.Peek(1); !errors.Is(err, io.EOF) {
		return badGzip()
	}
	return nil
}

// worse chooses the cause that a reader of XML could only see as a broken document.
func worse(err error, causes ...error) error {
	if err == nil {
		return nil
	}
	for _, cause := range causes {
		if cause != nil {
			return cause
		}
	}
	return err
}

// gzipped turns damage of the packing into a refusal.
type gzipped struct {
	from   io.Reader
	failed error
}

func (g *gzipped) Read(p []byte) (int, error) {
	n, err := g.from.Read(p)
	if err == nil || errors.Is(err, io.EOF) {
		return n, err
	}
	g.failed = badGzip()
	return n, g.failed
}

// unpackArchive spools a ZIP sealed, checks its structure and reads its files.
func (m *Room) unpackArchive(d *docket, body io.Reader, meter *unpacked) error {
	spool, err := envelope.NewSpool(m.options.Spool)
	if err != nil {
		return fmt.Errorf("spool archive: %w", err)
	}
	defer func() { _ = spool.Close() }() // its key is gone with it; what is left is noise
	if _, err := io.Copy(spool, body); err != nil {
		return err
	}
	at, size, err := spool.ReaderAt()
	if err != nil {
		return fmt.Errorf("spool archive: %w", err)
	}
	entries, err := readArchive(at, size, m.options.Limits)
	if err != nil {
		return err
	}
	meter.packed = func() int64 { return size }
	d.many = len(entries) > 1
	for i, e := range entries {
		where := ""
		if len(entries) > 1 {
			where = fmt.Sprintf("Datei %d: ", i+1)
		}
		inside := &remembered{from: e.open(at)}
		err := d.read(metered{inside, meter}, where)
		if err == nil {
			_, err = io.Copy(io.Discard, metered{inside, meter})
		}
		if err != nil {
			return worse(err, inside.failed, meter.failed)
		}
	}
	return nil
}

// remembered keeps the error of a source that a reader of XML hides.
type remembered struct {
	from   io.Reader
	failed error
}

func (r *remembered) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		r.failed = err
	}
	return n, err
}
