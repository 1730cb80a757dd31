// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"

	"meldewerk/fault"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/report"
	"meldewerk/tumour"
)

// errNoTumour means that the tumour of a history is not there any more.
var errNoTumour = fault.New(fault.NotFound, "history.no_tumour",
	"Diesen Tumor gibt es in der Tumorhistorie nicht. Öffnen Sie die Tumorhistorie neu und wählen Sie ihn dort.")

// errSeveral means that nobody can tell of which person a report would be.
var errSeveral = fault.New(fault.Conflict, "history.several",
	"Unter dieser Nummer stehen mehrere Personen. Öffnen Sie die Akte der gemeinten Person unter „Patienten“ und melden Sie dort.")

// reportOnHistory begins a further report on a tumour of the history. A patient
// who was reported by packages gets a record that goes by reference.
func (p *Pages) reportOnHistory(r *web.Request) (web.Response, error) {
	var posted struct {
		Occasion string `form:"anlass,max=20"`
		Registry string `form:"register,max=40"`
		Number   int    `form:"tumor"`
	}
	if err := r.Decode(&posted); err != nil {
		return nil, err
	}
	occasion := tumour.Occasion(posted.Occasion)
	if !slices.Contains(tumour.Occasions(), occasion) {
		return nil, web.ErrUnknownField
	}
	course, err := p.rooms.Histories.Course(r.Context(), r.Principal.UnitID, followup.Handle(r.PathValue("handle")))
	if err != nil {
		return nil, err
	}
	if course.Several {
		return nil, errSeveral
	}
	i := slices.IndexFunc(course.Tumours, func(t followup.Tumour) bool { return t.Registry == posted.Registry && t.Number == posted.Number })
	if i < 0 {
		return nil, errNoTumour
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	id, err := p.recordOf(r, a, course, course.Tumours[i].Reporter)
	if err != nil {
		return nil, err
	}
	of, err := p.assignment(r, id, &course.Tumours[i])
	if err != nil {
		return nil, err
	}
	form, err := p.rooms.Drafts.Begin(r.Context(), a, id, occasion, &of)
	if err != nil {
		return nil, err
	}
	return web.Redirect("/meldungen/" + string(form)), nil
}

// recordOf finds the record of the patient of a history, or makes one.
func (p *Pages) recordOf(r *web.Request, a drafting.Actor, course followup.Course, reporter report.ReporterID) (drafting.RecordID, error) {
	view := course.View
	view.PatientNumber = course.Patient.Number
	return p.rooms.Drafts.AdoptRecord(r.Context(), a, reporter, view)
}

// assignment is what a further report on the tumour begins with: as the unit's
// own forms have it, with their Tumor-ID, else as the history knows it.
func (p *Pages) assignment(r *web.Request, id drafting.RecordID, t *followup.Tumour) (tumour.Assignment, error) {
	own, err := p.rooms.Drafts.Tumours(r.Context(), r.Principal.UnitID, id)
	if err != nil {
		return tumour.Assignment{}, err
	}
	for _, o := range own {
		if slices.ContainsFunc(o.Forms, func(row drafting.Row) bool {
			return slices.ContainsFunc(t.Entries, func(e followup.Entry) bool { return e.Report == string(row.Report) })
		}) {
			return o.Assignment, nil
		}
	}
	return t.Assignment, nil
}
