// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"strconv"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/report"
	"meldewerk/report/form"
)

// Refused is the error of a submission that the check stops: there are errors,
// or warnings that nobody has confirmed. One of the two is set.
type Refused struct {
	Checked *Checked     // of a report
	Record  *RecordCheck // of a correction
}

// Error says what happened, without values.
func (*Refused) Error() string { return "the report has findings" }

// Submit hands the report in as it was checked at that version of the form.
// What the person confirmed are the warnings. It gives *Refused when the check
// stops it, ErrChanged when the form is another one by now.
func (m *Room) Submit(ctx context.Context, a Actor, id FormID, version int64, confirmed bool) (Receipt, error) {
	receipt, given, err := m.submit(ctx, a, id, version, confirmed)
	if given && errors.Is(err, ErrChanged) {
		// Another report of a fresh record may have been faster: then the
		// identity has gone with that one, and this one goes by reference.
		f, again := m.Store.Form(ctx, a.Unit, id)
		if again != nil {
			return Receipt{}, again
		}
		r, again := m.Store.Record(ctx, a.Unit, f.Record)
		if again == nil && r.Sealed() && f.Version == version {
			receipt, _, err = m.submit(ctx, a, id, version, confirmed)
		}
	}
	return receipt, err
}

// submit says too whether the report gives the identity.
func (m *Room) submit(ctx context.Context, a Actor, id FormID, version int64, confirmed bool) (Receipt, bool, error) {
	f, err := m.Store.Form(ctx, a.Unit, id)
	if err != nil {
		return Receipt{}, false, err
	}
	r, err := m.Store.Record(ctx, a.Unit, f.Record)
	if err != nil {
		return Receipt{}, false, err
	}
	if receipt, before := handedIn(&f, version); before {
		return receipt, false, nil
	}
	if err := m.may(&a, &r, &f, version); err != nil {
		return Receipt{}, false, err
	}
	c, v, err := m.check(ctx, r, f)
	if err != nil {
		return Receipt{}, false, err
	}
	if !c.Ready() || len(c.Warnings) > 0 && !confirmed {
		return Receipt{}, false, &Refused{Checked: c}
	}
	if err := r.unchanged(&f); err != nil {
		return Receipt{}, false, err
	}
	d := m.delivery(a, &r, v)
	d.add(&f, c.As, v, false)
	if c.As == report.PersonGiven {
		d.Reduced = []Reduced{{Record: r.ID, Version: r.Version, View: report.Reduced(v.report)}}
	}
	receipt, err := m.Outbox.Deliver(ctx, d.sealed())
	return receipt, c.As == report.PersonGiven, err
}

// handedIn gives the receipt again when the button was pressed twice: the form
// has changed once since, by the submission itself.
func handedIn(f *Form, version int64) (Receipt, bool) {
	last := f.Last()
	if f.State() != Submitted || f.Version != version+1 || last.At.Before(f.ChangedAt) {
		return Receipt{}, false
	}
	return Receipt{Package: last.Package, Number: last.Receipt, ReceivedAt: last.At}, true
}

// may says whether the form may go at all.
func (m *Room) may(a *Actor, r *Record, f *Form, version int64) error {
	switch {
	case f.Version != version:
		return ErrChanged
	case f.Sheet == nil:
		return ErrNotOpen
	case f.Locked:
		return ErrLocked
	case !a.may(r.Reporter):
		return ErrWithdrawn
	case r.Correction == WrongPerson, r.Correction == Missing:
		return ErrCorrecting // the trust centre knows somebody else by this number, or nobody
	}
	return nil
}

// unchanged refuses what was handed in already. A version that the trust
// centre has refused may go again as it is.
func (r *Record) unchanged(f *Form) error {
	last := f.Last()
	if last == nil || last.Progress == submission.Refused || !maps.Equal(r.content(f, f.Sheet), r.content(f, last.Sheet)) {
		return nil
	}
	return fault.New(fault.Conflict, "drafting.unchanged", "Diese Meldung haben Sie am "+ui.Date(last.At)+
		" schon übermittelt. Sie ist unverändert und wurde nicht noch einmal angenommen.")
}

// content is what a sheet says, however it was typed.
func (r *Record) content(f *Form, sheet form.Sheet) form.Sheet {
	whole := r.whole(f, sheet, report.PersonKnown)
	form.Suggest(whole)
	return form.Encode(form.Decode(whole).Report)
}

// outgoing is a delivery being put together.
type outgoing struct {
	Delivery
	sum []byte // of what goes, so far
}

func (m *Room) delivery(a Actor, r *Record, v *verdict) *outgoing {
	return &outgoing{Delivery: Delivery{Actor: a, Package: m.frame(r.Reporter, v.version)}}
}

// add takes the next report of the delivery; again says that it is the version
// handed in last and not the draft.
func (d *outgoing) add(f *Form, as report.PersonAs, v *verdict, again bool) {
	position := len(d.Reports) + 1
	d.Reports = append(d.Reports, Outgoing{Report: v.report, As: as, Result: report.Result{Position: position,
		Patient: v.report.Patient, Report: v.report.ID, Occasion: v.report.Event.Occasion(),
		Verdict: report.VerdictOf(v.raw), Findings: v.raw}})
	d.Entered = append(d.Entered, Entered{Form: f.ID, Version: f.Version, Position: position, By: d.Actor.Name, Again: again})
	d.Size += int64(len(v.xml))
	sum := sha256.New()
	fmt.Fprintf(sum, "%x %s %s %s\n", d.sum, f.ID, strconv.Itoa(len(f.Sent)+1), as)
	sum.Write(v.xml)
	d.sum = sum.Sum(nil)
}

// sealed is the delivery with the digest of what is in it.
func (d *outgoing) sealed() Delivery {
	d.SHA256 = d.sum
	return d.Delivery
}
