// SPDX-License-Identifier: EUPL-1.2

package dispatch

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"meldewerk/report"
	"meldewerk/report/parcel"
)

// Batch is one submission under way. It belongs to one goroutine. It ends with
// Receive, Unreadable or Discard; Discard after the others does nothing.
type Batch struct {
	room *Room
	id   PackageID
	kept time.Time // when the lease was prolonged last
	done bool

	rows   []Row
	fresh  []Cause // causes not staged yet
	causes map[string]int
	counts Counts

	ctx    context.Context // of the call under way, for the parcel's callbacks
	parcel *parcel.Writer  // nil before the first Header and between two
	open   *seals          // of the part being written
	parts  int
}

// ID is the handle of the submission.
func (b *Batch) ID() PackageID { return b.id }

// Keep prolongs the lease if that is due. Call it whenever there is progress.
func (b *Batch) Keep(ctx context.Context) error {
	now := b.room.clock()
	if now.Sub(b.kept) < b.room.limits.Lease/4 {
		return nil
	}
	if err := b.room.store.Keep(ctx, b.id, b.room.limits.Lease); err != nil {
		return fmt.Errorf("keep submission: %w", err)
	}
	b.kept = now
	return nil
}

// Header gives the frame of the reports that follow: version of the data set,
// sender, Meldedatum. It ends the part being written.
func (b *Batch) Header(ctx context.Context, header *report.Package) error {
	if err := b.endParts(ctx); err != nil {
		return err
	}
	var err error
	b.parcel, err = parcel.NewWriter(header, parcel.Options{
		Reports: b.room.limits.PartReports, Bytes: b.room.limits.PartBytes, Catalogue: b.room.catalogue, Open: b.openPart, Sealed: b.stagePart})
	if err != nil {
		return fmt.Errorf("pack reports: %w", err)
	}
	return nil
}

// Add takes the next verdict, and the report unless it was rejected. The report
// gives the whole identity.
func (b *Batch) Add(ctx context.Context, result report.Result, r *report.Report) error {
	return b.AddAs(ctx, result, r, report.PersonGiven)
}

// AddAs is Add for a report made in the portal, which may go by reference.
func (b *Batch) AddAs(ctx context.Context, result report.Result, r *report.Report, as report.PersonAs) error {
	if result.Verdict != report.Rejected {
		if b.parcel == nil {
			return errors.New("add report: no header was given")
		}
		b.ctx = ctx
		// It may end the part before, whose rows are all there by now.
		if err := b.parcel.AddAs(result.Position, r, as, result.Findings); err != nil {
			return fmt.Errorf("pack report: %w", err)
		}
	}
	b.rows = append(b.rows, Row{Result: result, Causes: b.causesOf(result.Findings)})
	b.counts.Add(result.Verdict, 1)
	if len(b.rows) >= 2*b.room.limits.PartReports {
		return b.stage(ctx, Stage{})
	}
	return b.Keep(ctx)
}

// maxCauses bounds how many causes of one package are told apart by place;
// what comes after them is told apart by rule alone.
const maxCauses = 500

// index is a position in an element path: Meldung[3].
var index = regexp.MustCompile(`\[[0-9]+\]`)

func (b *Batch) causesOf(findings []report.Finding) []int {
	var numbers []int
	for _, f := range findings {
		f.Path = index.ReplaceAllString(f.Path, "")
		key := string(f.Severity) + " " + f.Rule + " " + f.Path
		if _, known := b.causes[key]; !known && len(b.causes) >= maxCauses {
			key, f.Path = string(f.Severity)+" "+f.Rule, ""
		}
		number, known := b.causes[key]
		if !known {
			number, f.Line = len(b.causes)+1, 0
			b.causes[key] = number
			b.fresh = append(b.fresh, Cause{Number: number, Sample: f})
		}
		if !slices.Contains(numbers, number) {
			numbers = append(numbers, number)
		}
	}
	return numbers
}

// stage writes the rows so far, and the part if there is one, in one short
// transaction.
func (b *Batch) stage(ctx context.Context, st Stage) error {
	st.Package, st.Rows, st.Causes = b.id, b.rows, b.fresh
	if len(st.Rows) == 0 && st.Part == 0 {
		return nil
	}
	if err := b.room.store.Stage(ctx, st, b.room.limits.Lease); err != nil {
		return fmt.Errorf("stage submission: %w", err)
	}
	b.kept, b.rows, b.fresh = b.room.clock(), nil, nil
	return nil
}

// endParts seals and stages what is still open.
func (b *Batch) endParts(ctx context.Context) error {
	if b.parcel == nil {
		return nil
	}
	b.ctx = ctx
	_, err := b.parcel.Close()
	b.parcel = nil
	if err != nil {
		return fmt.Errorf("pack reports: %w", err)
	}
	return nil
}

// flush brings all that was added into the database.
func (b *Batch) flush(ctx context.Context) error {
	if err := b.endParts(ctx); err != nil {
		return err
	}
	return b.stage(ctx, Stage{})
}

// amendAtOnce is how many rows one amending transaction changes.
const amendAtOnce = 200

// Amend adds findings to reports judged before. It is called at the end of a
// package; a report that it rejects goes as withdrawn.
func (b *Batch) Amend(ctx context.Context, findings map[int][]report.Finding) error {
	if len(findings) == 0 {
		return nil
	}
	if err := b.flush(ctx); err != nil {
		return err
	}
	list := make([]Amendment, 0, len(findings))
	for position, of := range findings {
		list = append(list, Amendment{Position: position, Findings: of})
	}
	slices.SortFunc(list, func(x, y Amendment) int { return x.Position - y.Position })
	for piece := range slices.Chunk(list, amendAtOnce) {
		for i := range piece {
			piece[i].Causes = b.causesOf(piece[i].Findings)
		}
		changed, err := b.room.store.Amend(ctx, b.id, piece, b.fresh, b.room.limits.Lease)
		if err != nil {
			return fmt.Errorf("amend verdicts: %w", err)
		}
		b.kept, b.fresh = b.room.clock(), nil
		for _, c := range changed {
			b.counts.Add(c.Before, -1)
			b.counts.Add(c.After, 1)
		}
	}
	return nil
}

// Ending is what is known of a package at its end.
type Ending struct {
	SHA256        []byte // of the bytes as received
	Size          int64
	SchemaVersion string
	Findings      []report.Finding // on the package as a whole

	// Of the Online-Erfassung alone: what becomes a submitted version, and
	// whose identity goes, with the receipt.
	Forms   []Entered
	Records []Reduced
}

// maxCheckpoint is how long a receipt may wait for its checkpoint.
const maxCheckpoint = 3 * time.Second

// Receive commits the submission and gives its receipt. Only now does any of
// it count. A package that was here before gives the first receipt again.
// Where identities went with the receipt, they are taken off the disk at once.
func (b *Batch) Receive(ctx context.Context, e Ending) (Receipt, error) {
	if err := b.flush(ctx); err != nil {
		return Receipt{}, err
	}
	receipt, err := b.room.store.Receive(ctx, b.closing(e))
	if err != nil {
		return Receipt{}, fmt.Errorf("receive submission: %w", err)
	}
	b.done = receipt.First // otherwise what was staged is still to be dropped
	if receipt.First && len(e.Forms)+len(e.Records) > 0 {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), maxCheckpoint)
		defer cancel()
		// The receipt stands whatever comes of this: when readers keep the
		// checkpoint back, Tidy does it.
		_ = b.room.store.Checkpoint(ctx)
	}
	return receipt, nil
}

// Unreadable ends a submission that cannot be read to its end: nothing of it
// goes on, its findings stay.
func (b *Batch) Unreadable(ctx context.Context, e Ending) error {
	b.abort()
	b.counts, b.parts = Counts{}, 0
	if err := b.room.store.Unreadable(ctx, b.closing(e)); err != nil {
		return fmt.Errorf("end unreadable submission: %w", err)
	}
	b.done = true
	return nil
}

func (b *Batch) closing(e Ending) Closing {
	return Closing{Package: b.id, SHA256: e.SHA256, Size: e.Size, SchemaVersion: e.SchemaVersion,
		Findings: e.Findings, Counts: b.counts, Parts: b.parts, Forms: e.Forms, Records: e.Records}
}

// Discard drops what was staged. It must be called in the end whatever
// happened; after a commit it does nothing. It works although the request
// that brought the submission is gone.
func (b *Batch) Discard(ctx context.Context) error {
	b.abort()
	if b.done {
		return nil
	}
	b.done = true
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	if err := b.room.store.Discard(ctx, b.id); err != nil {
		return fmt.Errorf("discard submission: %w", err)
	}
	return nil
}

// abort forgets what is not staged.
func (b *Batch) abort() {
	if b.parcel != nil {
		b.parcel.Abort()
	}
	b.parcel, b.open, b.rows, b.fresh = nil, nil, nil, nil
}
