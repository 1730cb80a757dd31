// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"context"
	"slices"

	"meldewerk/report"
)

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
	forms, err := m.formsOf(ctx, a.Unit, id, maxForms)
	if err != nil {
		return Receipt{}, err
	}
	identity, err := m.checkIdentity(r, forms)
	if err != nil {
		return Receipt{}, err
	}
	if len(identity.Errors) > 0 {
		return Receipt{}, &Refused{Record: &identity}
	}
	as := report.PersonGiven
	if r.Correction == WrongPerson {
		as = report.PersonReplaced
	}
	slices.Reverse(forms) // in the order in which they came to be
	var d *outgoing
	for i := range forms {
		f := &forms[i]
		if f.Last() == nil {
			continue
		}
		v, err := m.judge(r.whole(f, f.Last().Sheet, as), as, nil)
		if err != nil {
			return Receipt{}, err
		}
		for _, finding := range v.placed {
			if finding.Severity == report.Error {
				identity.Errors = append(identity.Errors, finding.of(f))
			}
		}
		if d == nil {
			d = m.delivery(a, &r, v)
			d.Reduced = []Reduced{{Record: r.ID, Version: r.Version, View: report.Reduced(v.report)}}
		}
		d.add(f, as, v, true)
	}
	if len(identity.Errors) > 0 {
		return Receipt{}, &Refused{Record: &identity}
	}
	if d == nil {
		return Receipt{}, ErrNothing
	}
	return m.Outbox.Deliver(ctx, d.sealed())
}

// of is a finding on one of several reports: it names the report and leads to
// no field, because only the identity can be mended here.
func (f Finding) of(report *Form) Finding {
	f.Section, f.Key, f.Label = "", "", report.Occasion.German()
	f.Message = "Meldung „" + f.Label + "“: " + f.Message
	return f
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
