// SPDX-License-Identifier: EUPL-1.2

package upload

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/policy"
	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/report/packing"
	"meldewerk/terminology"
)

// Sender is the reporting unit behind an upload with its rights as they are now.
type Sender struct {
	Unit        string
	Account     string
	AnyReporter bool
	Reporters   []string
	Released    bool

	// What an upload program has signed for; empty for people.
	Software string
	SHA256   []byte
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
	Spool     string         // folder for archives under work; "" is the system's
	Land      string         // two letters, for rules that differ by state
	Profile   policy.Profile // of the registry: the versions it takes; zero: all that can be read
	Clock     func() time.Time
	Book      *terminology.Book // code lists; nil: the built-in ones
	Catalogue *obds.Catalogue   // versions of the data set that are read; nil: the built-in ones
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
	d := &docket{ctx: ctx, batch: u.batch, today: m.options.Clock(), land: m.options.Land, book: m.options.Book,
		catalogue: m.options.Catalogue, limits: m.options.Limits.reading(), profile: m.options.Profile}
	err := m.unpack(d, in)
	if in.failed != nil {
		return in.failed // a limit, a broken connection or a lost lease, whatever it looked like
	}
	refused, isRefusal := errors.AsType[*packing.Refusal](err)
	if err != nil && !isRefusal && !errors.Is(err, errUnreadable) {
		return err
	}
	if isRefusal {
		if over := overLimit(refused); over != nil {
			return over
		}
		s := refused.In(false)
		d.findings = []report.Finding{{Rule: refused.Rule, Severity: report.Error, Message: s.Message, Remedy: s.Remedy}}
	}
	if _, err := io.Copy(io.Discard, in); err != nil {
		return err
	}
	u.ending = Ending{SHA256: in.sum.Sum(nil), Size: in.size, SchemaVersion: d.version, Findings: d.findings}
	if err != nil {
		u.finished, u.outcome = true, Outcome{ID: u.batch.ID(), First: true}
		return u.batch.Unreadable(ctx, u.ending)
	}
	return u.batch.Amend(ctx, d.late)
}

// errUnreadable says that the findings already tell why a package cannot be read.
var errUnreadable = errors.New("the package cannot be read to its end")

// unpack finds out by its content what was sent and reads it. An archive, which
// can only be read from its end, is spooled sealed.
func (m *Room) unpack(d *docket, in *received) error {
	var spool *envelope.Spool
	defer func() {
		if spool != nil {
			_ = spool.Close() // its key is gone with it; what is left is noise
		}
	}()
	l := m.options.Limits
	o := packing.Options{Limits: packing.Limits{Unpacked: l.Unpacked, Entries: l.Entries, Ratio: l.Ratio}}
	o.Spool = func(body io.Reader) (io.ReaderAt, int64, error) {
		var err error
		if spool, err = envelope.NewSpool(m.options.Spool); err != nil {
			return nil, 0, fmt.Errorf("spool archive: %w", err)
		}
		if _, err := io.Copy(spool, body); err != nil {
			return nil, 0, err
		}
		at, size, err := spool.ReaderAt()
		if err != nil {
			return nil, 0, fmt.Errorf("spool archive: %w", err)
		}
		return at, size, nil
	}
	return packing.Read(in, o, func(doc packing.Document) error {
		where := ""
		if doc.Of > 1 {
			where, d.many = fmt.Sprintf("Datei %d: ", doc.Number), true
		}
		return d.read(doc.Content, where)
	})
}

// overLimit is the answer to a package that crosses a limit of the packing.
func overLimit(r *packing.Refusal) error {
	switch r {
	case packing.ErrUnpacked:
		return ErrUnpackedTooLarge
	case packing.ErrRatio:
		return ErrRatio
	case packing.ErrEntries:
		return ErrEntries
	}
	return nil
}
