// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"slices"
	"strings"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// patientPages are the pages of the Patientenakten.
var patientPages = []string{"patients", "patients_new", "patients_record", "patients_delete",
	"patients_correction", "patients_check", "patients_receipt", "history_missing"}

const (
	pathPatients  = "/patienten"
	titlePatients = "Patienten"
	titleRecord   = "Patientenakte"
)

// patientNotices are what a page tells after an act on a record.
var patientNotices = map[string]string{
	"record_exists":      "Zu dieser Nummer gibt es schon eine Akte. Sie ist hier geöffnet.",
	"record_deleted":     "Die Patientenakte ist gelöscht.",
	"identity_saved":     "Die Angaben zur Person sind gespeichert.",
	"history_only":       "Zu dieser Nummer gibt es noch keine Akte. Sie sehen, was Ihre Einrichtung über die Schnittstelle gemeldet hat.",
	"correction_dropped": "Die Berichtigung ist abgebrochen. Es wurde nichts übermittelt.",
}

func (p *Pages) patientRoutes() []web.Route {
	typing := []web.Role{reporter}
	return []web.Route{
		{Pattern: "GET /patienten", Roles: typing, Handler: p.patients},
		{Pattern: "POST /patienten", Roles: typing, Handler: p.createPatient},
		{Pattern: "POST /patienten/suche", Roles: typing, Handler: p.findPatient},
		{Pattern: "GET /patienten/neu", Roles: typing, Handler: p.newPatient},
		{Pattern: "GET /patienten/{akte}", Roles: typing, Handler: p.patient},
		{Pattern: "GET /patienten/{akte}/loeschen", Roles: typing, Handler: p.askDeletePatient},
		{Pattern: "POST /patienten/{akte}/loeschen", Roles: typing, Handler: p.deletePatient},
		{Pattern: "GET /patienten/{akte}/berichtigung", Roles: typing, Handler: p.correction},
		{Pattern: "POST /patienten/{akte}/berichtigung", Roles: typing, Handler: p.beginCorrection},
		{Pattern: "POST /patienten/{akte}/berichtigung/uebermitteln", Roles: typing, Handler: p.submitCorrection},
		{Pattern: "POST /patienten/{akte}/berichtigung/aufgeben", Roles: typing, Handler: p.giveUpCorrection},
		{Pattern: "GET /patienten/{akte}/quittung/{paket}", Roles: typing, Handler: p.correctionReceipt},
		{Pattern: "GET /patienten/{akte}/{abschnitt}", Roles: typing, Handler: p.identity},
		{Pattern: "POST /patienten/{akte}/{abschnitt}", Roles: typing, Handler: p.saveIdentity},
		{Pattern: "POST /patienten/{akte}/{abschnitt}/entwurf", Roles: typing, Handler: p.autosaveIdentity},
		{Pattern: "GET /patienten/{akte}/anschrift/suche", Roles: typing, Handler: p.searchIdentity},
		{Pattern: "POST /patienten/{akte}/anschrift/suche", Roles: typing, Handler: p.takeInsurer},
		{Pattern: "GET /historie/fehlend", Roles: []web.Role{reporter, uploader}, Handler: p.missing},
		{Pattern: "POST /historie/{handle}/meldung", Roles: typing, Handler: p.reportOnHistory},
	}
}

// recordHref is the address of a record.
func recordHref(id drafting.RecordID) string { return pathPatients + "/" + string(id) }

// patientsPage lists the records of a unit.
type patientsPage struct {
	Search ui.Field
	Count  string
	Rows   []patientRow
	Pages  ui.Pagination
}

// patientRow is one record of the list.
type patientRow struct {
	Number  string
	Href    string
	Person  string // typed: name and day of birth, shown in an element of its own
	Reduced string // after submission: the reduced set on one line
	Note    string
	Kinds   []patientKind
	Changed string
}

// patientKind is one kind of report with the state of the one that needs most.
type patientKind struct {
	Icon  string
	Word  string
	Badge ui.Badge
}

func (p *Pages) patients(r *web.Request) (web.Response, error) {
	return p.patientList(r, "", nil)
}

func (p *Pages) patientList(r *web.Request, number string, problems ui.Problems) (web.Response, error) {
	offset := (r.Page() - 1) * ui.PageSize
	list, total, err := p.rooms.Drafts.Records(r.Context(), r.Principal.UnitID, offset, ui.PageSize)
	if err != nil {
		return nil, err
	}
	page := web.Page("patients", titlePatients, newPatientsPage(list, total, r.Page(), number, problems)).
		With(wide).With(crumbs(ui.Link{Label: titlePatients}))
	if len(problems) > 0 {
		page.Refused(problems)
	}
	return page, nil
}

func newPatientsPage(list []drafting.Overview, total, number int, typed string, problems ui.Problems) patientsPage {
	page := patientsPage{Search: patientField(typed, problems), Pages: ui.Pages(total, number, pathPatients, nil)}
	page.Pages.Label = "Seiten der Patientenakten"
	page.Search.Focus = len(problems) == 0
	if total > 0 {
		page.Count = ui.Count(int64(total), "Patientenakte", "Patientenakten")
	}
	for i := range list {
		page.Rows = append(page.Rows, newPatientRow(&list[i]))
	}
	return page
}

func newPatientRow(o *drafting.Overview) patientRow {
	rec := &o.Record
	row := patientRow{Number: string(rec.Patient), Href: recordHref(rec.ID), Kinds: patientKinds(o.Forms), Changed: ui.Date(rec.ChangedAt)}
	if rec.Sealed() {
		row.Reduced = reducedLine(followup.PatientOf(*rec.View))
		if rec.Correction != drafting.NoCorrection {
			row.Note = "Identität wird berichtigt"
		}
		return row
	}
	row.Person = personLine(rec.Identity)
	row.Note = "noch nicht übermittelt"
	if row.Person == "" {
		row.Note = "noch keine Angaben zur Person"
	}
	return row
}

// personLine names the patient as typed; only before submission.
func personLine(identity form.Sheet) string {
	line := strings.TrimSpace(identity["patient.prefix"] + " " + identity["patient.surname"])
	if first := identity["patient.first-names"]; first != "" {
		line = strings.TrimPrefix(line+", "+first, ", ")
	}
	if born := identity["patient.birth-date"]; born != "" {
		line = strings.TrimPrefix(line+", geboren "+born, ", ")
	}
	return line
}

// reducedLine is the reduced set on one line, in its fixed order.
// Spec: REQUIREMENTS N2
func reducedLine(v followup.Patient) string {
	parts := []string{}
	if birth := birthMonth(v); birth != "" {
		parts = append(parts, birth)
	}
	if place := strings.TrimSpace(v.PostalCode + " " + v.Place); place != "" {
		parts = append(parts, place)
	}
	if v.InsurerTail != "" {
		parts = append(parts, "Kasse …"+v.InsurerTail)
	}
	if v.InsuredTail != "" {
		parts = append(parts, "Versichertennummer …"+v.InsuredTail)
	}
	return strings.Join(parts, " · ")
}

// birthMonth is month and year of birth as far as they are known.
func birthMonth(v followup.Patient) string {
	switch {
	case v.BirthMonth > 0:
		return fmt.Sprintf("%02d/%d", v.BirthMonth, v.BirthYear)
	case v.BirthYear > 0:
		return fmt.Sprint(v.BirthYear)
	}
	return ""
}

// patientKinds sums the reports of a patient up by their kind.
func patientKinds(forms []drafting.Row) []patientKind {
	var out []patientKind
	for _, o := range tumour.Occasions() {
		var of []drafting.Row
		for _, f := range forms {
			if f.Occasion == o {
				of = append(of, f)
			}
		}
		if len(of) == 0 {
			continue
		}
		worst := slices.MaxFunc(of, func(a, b drafting.Row) int { return urgency(a) - urgency(b) })
		word := o.German()
		if len(of) > 1 {
			word = fmt.Sprintf("%s (%d)", word, len(of))
		}
		out = append(out, patientKind{Icon: occasionIcon(o), Word: word, Badge: reportBadge(worst)})
	}
	return out
}

// urgency orders the reports by how much they wait for somebody.
func urgency(f drafting.Row) int {
	switch {
	case f.State == drafting.Submitted && (f.Progress == submission.Refused || f.Progress == submission.Queried):
		return 4
	case f.State == drafting.Draft:
		return 3
	case f.State == drafting.Revised:
		return 2
	case f.State == drafting.Submitted && f.Progress != submission.Completed:
		return 1
	}
	return 0
}

// findPatient leads from a patient number to the record, else to the history,
// else to a new record. The number never stands in an address.
func (p *Pages) findPatient(r *web.Request) (web.Response, error) {
	var posted struct {
		Patient string `form:"patient_id,max=50,raw"`
	}
	if err := r.Decode(&posted); err != nil {
		return nil, err
	}
	number := strings.TrimSpace(posted.Patient)
	if number == "" {
		var problems ui.Problems
		problems.Add("patient_id", noPatientNumber)
		return p.patientList(r, "", problems)
	}
	id, found, err := p.rooms.Drafts.FindRecord(r.Context(), r.Principal.UnitID, report.PatientID(number))
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		var problems ui.Problems
		problems.Add("patient_id", f.Sentence)
		return p.patientList(r, posted.Patient, problems)
	}
	if err != nil {
		return nil, err
	}
	if found {
		return web.Redirect(recordHref(id)), nil
	}
	for _, candidate := range []string{posted.Patient, number} {
		handle, known, err := p.rooms.Histories.Find(r.Context(), r.Principal.UnitID, r.Principal.AccountID, report.PatientID(candidate))
		if err != nil {
			return nil, err
		}
		if known {
			return web.Redirect("/historie/" + string(handle)).Notice("history_only"), nil
		}
	}
	return p.newPatientForm(r, newPatient{Patient: number, Unknown: true}, nil)
}

// noPatientNumber is what is wrong when nothing is typed.
const noPatientNumber = "Die Patientennummer fehlt. Geben Sie die Nummer Ihres Systems an."
