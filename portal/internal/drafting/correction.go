// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"context"
	"maps"
	"slices"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/report"
	"meldewerk/report/form"
)

// BeginCorrection asks for the identity again that is known to the trust centre.
func (m *Room) BeginCorrection(ctx context.Context, a Actor, id RecordID, c Correction) error {
	if c != Spelling && c != WrongPerson && c != Missing {
		return ErrCorrection
	}
	_, err := m.Store.ChangeRecord(ctx, a.Unit, a.Account, id, audit.CorrectionBegun, func(r *Record, _ time.Time) error {
		if !r.Sealed() {
			return ErrUnsealed
		}
		r.ChangedBy, r.Correction = a.Name, c // another reason may be chosen on the way
		if r.Identity == nil {
			r.Identity = form.Sheet{}
		}
		return nil
	})
	return err
}

// GiveUpCorrection drops what was typed for a correction.
func (m *Room) GiveUpCorrection(ctx context.Context, a Actor, id RecordID) error {
	_, err := m.Store.ChangeRecord(ctx, a.Unit, a.Account, id, audit.CorrectionEnded, func(r *Record, _ time.Time) error {
		if r.Correction == NoCorrection {
			return ErrNoCorrection
		}
		r.ChangedBy, r.Correction, r.Identity = a.Name, NoCorrection, nil
		return nil
	})
	if err != nil {
		return err
	}
	return m.checkpoint(ctx)
}

// CheckCorrection judges a correction as it would go now: the identity, and
// every report that goes along. It gives ErrNoCorrection when none is open.
func (m *Room) CheckCorrection(ctx context.Context, unit string, id RecordID) (RecordCheck, error) {
	r, err := m.Store.Record(ctx, unit, id)
	if err != nil {
		return RecordCheck{}, err
	}
	if r.Correction == NoCorrection || r.Identity == nil {
		return RecordCheck{}, ErrNoCorrection
	}
	c, _, err := m.checkCorrection(ctx, r)
	return c, err
}

// again is a report that goes again with a correction.
type again struct {
	form *Form
	*verdict
}

// checkCorrection gives the verdicts too, in the order in which the reports
// came to be. As long as the identity is not right the reports are judged
// without it: what it lacks is said once.
func (m *Room) checkCorrection(ctx context.Context, r Record) (RecordCheck, []again, error) {
	forms, err := m.formsOf(ctx, r.Unit, r.ID, maxForms)
	if err != nil {
		return RecordCheck{}, nil, err
	}
	c, err := m.checkIdentity(r, forms)
	if err != nil {
		return c, nil, err
	}
	as := r.correctsAs()
	if len(c.Errors) > 0 {
		as = report.PersonKnown
	}
	slices.Reverse(forms)
	var all []again
	for i := range forms {
		f := &forms[i]
		if f.Last() == nil {
			continue
		}
		sheet := r.whole(f, f.Last().Sheet, as)
		v, err := m.judge(sheet, as, nil)
		if err != nil {
			return c, nil, err
		}
		for _, finding := range v.placed {
			if finding.Severity == report.Error {
				c.Reports = append(c.Reports, finding.in(f, sheet))
			}
		}
		all = append(all, again{f, v})
	}
	return c, all, nil
}

// correctsAs is how the reports of a correction name the person.
func (r *Record) correctsAs() report.PersonAs {
	if r.Correction == WrongPerson {
		return report.PersonReplaced
	}
	return report.PersonGiven
}

// SubmitCorrection hands the newest version of every submitted report of the
// record in again, with the identity given anew, in one submission. Its receipt
// takes the identity away again and renews the reduced view.
func (m *Room) SubmitCorrection(ctx context.Context, a Actor, id RecordID, version int64) (Receipt, error) {
	r, err := m.Store.Record(ctx, a.Unit, id)
	switch {
	case err != nil:
		return Receipt{}, err
	case r.Correction == NoCorrection && r.Version == version+1:
		return m.corrected(ctx, &r)
	case r.Correction == NoCorrection || r.Identity == nil:
		return Receipt{}, ErrNoCorrection
	case r.Version != version:
		return Receipt{}, ErrChanged
	case !a.may(r.Reporter):
		return Receipt{}, ErrWithdrawn
	}
	c, all, err := m.checkCorrection(ctx, r)
	if err != nil {
		return Receipt{}, err
	}
	if !c.Ready() {
		return Receipt{}, &Refused{Record: &c}
	}
	var d *outgoing
	for _, one := range all {
		if d == nil {
			d = m.delivery(a, &r, one.verdict)
			d.Reduced = []Reduced{{Record: r.ID, Version: r.Version, View: report.Reduced(one.report)}}
		}
		d.add(one.form, r.correctsAs(), one.verdict, true)
	}
	if d == nil {
		return Receipt{}, ErrNothing
	}
	return m.Outbox.Deliver(ctx, d.sealed())
}

// in is a finding on one of several reports: it names the report. It leads to
// a field where that can be mended at once: one of the patient, or of a report
// that is being edited.
func (f Finding) in(of *Form, sheet form.Sheet) Finding {
	f.Message = "Meldung „" + of.Occasion.German() + "“: " + f.Message
	if ofPatient(sheet, f) {
		return f
	}
	f.Form = of.ID
	if of.Sheet == nil {
		f.Section, f.Key = "", ""
	}
	return f
}

// CorrectionRefused says whether the trust centre has refused a correction of
// the identity: the newest version of a refused report is one that went again
// as it was, while nothing stood against the version before, or it went together
// with others. Then the reduced view is that of the refused identity.
func CorrectionRefused(refused []Form) bool {
	packages := map[string]int{}
	for i := range refused {
		last := refused[i].Last()
		if last == nil || last.Progress != submission.Refused || last.Number < 2 {
			continue
		}
		if packages[last.Package]++; packages[last.Package] > 1 {
			return true // only a correction takes several reports along
		}
		before := refused[i].Sent[len(refused[i].Sent)-2]
		if before.Progress != submission.Refused && maps.Equal(before.Sheet, last.Sheet) {
			return true // unchanged, a report goes again only with a correction
		}
	}
	return false
}

// corrected gives the receipt again when the button was pressed twice: the
// record has changed once since, by the correction itself.
func (m *Room) corrected(ctx context.Context, r *Record) (Receipt, error) {
	rows, _, err := m.Store.Forms(ctx, r.Unit, Filter{Record: r.ID}, 0, maxForms)
	if err != nil {
		return Receipt{}, err
	}
	for _, row := range rows {
		if !row.SentAt.Equal(r.ChangedAt) {
			continue
		}
		f, err := m.Store.Form(ctx, r.Unit, row.ID)
		if err != nil {
			return Receipt{}, err
		}
		if last := f.Last(); last != nil {
			return Receipt{Package: last.Package, Number: last.Receipt, ReceivedAt: last.At}, nil
		}
	}
	return Receipt{}, ErrNoCorrection
}
