// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"strings"

	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
)

// newPatient is a record to be made, as typed.
type newPatient struct {
	Reporter string `form:"melder,max=50"`
	Patient  string `form:"patient_id,max=50"`
	Unknown  bool   // the number was looked for and is not known
}

// newPatientPage asks for what is fixed of a record.
type newPatientPage struct {
	Unknown  bool
	Fixed    string // the Melder-ID, when the unit has one only
	Reporter ui.Field
	Patient  ui.Field
}

const titleNewPatient = "Neue Patientenakte"

func (p *Pages) newPatient(r *web.Request) (web.Response, error) {
	return p.newPatientForm(r, newPatient{}, nil)
}

func (p *Pages) newPatientForm(r *web.Request, typed newPatient, problems ui.Problems) (web.Response, error) {
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	if typed.Reporter == "" && a.AnyReporter && len(problems) == 0 {
		last, _, err := p.rooms.Drafts.Records(r.Context(), a.Unit, 0, 1)
		if err != nil {
			return nil, err
		}
		if len(last) > 0 {
			typed.Reporter = string(last[0].Record.Reporter)
		}
	}
	page := web.Page("patients_new", titleNewPatient, newNewPatientPage(a, typed, problems)).
		With(crumbs(ui.Link{Label: titlePatients, Href: pathPatients}, ui.Link{Label: titleNewPatient}))
	if len(problems) > 0 {
		page.Refused(problems)
	}
	return page, nil
}

func newNewPatientPage(a drafting.Actor, typed newPatient, problems ui.Problems) newPatientPage {
	page := newPatientPage{Unknown: typed.Unknown, Patient: patientField(typed.Patient, problems)}
	page.Patient.Hint = "Die Nummer Ihres Systems. Sie darf keine Teile von Namen oder Geburtstag enthalten und lässt sich später nicht ändern."
	switch {
	case a.AnyReporter:
		page.Reporter = ui.Text("melder", "Melder-ID", typed.Reporter).WithWidth(16).
			WithHint("Für wen Sie melden. Sie steht im Schreiben der Vertrauensstelle und lässt sich später nicht ändern.").Check(problems)
		page.Reporter.MaxLength = 50
	case len(a.Reporters) == 1:
		page.Fixed = a.Reporters[0]
	default:
		options := []ui.Option{{Label: "Melder-ID wählen"}}
		for _, id := range a.Reporters {
			options = append(options, ui.Option{Value: id, Label: id})
		}
		page.Reporter = ui.Select("melder", "Melder-ID", ui.Choose(options, typed.Reporter)).
			WithHint("Für wen Sie melden. Sie lässt sich später nicht ändern.").Check(problems)
	}
	page.Reporter.Focus = len(problems) == 0 && page.Fixed == "" && typed.Reporter == ""
	page.Patient.Focus = len(problems) == 0 && !page.Reporter.Focus
	if len(problems) == 0 { // no key stroke to the first field that is empty
		page.Reporter.Focus = page.Fixed == "" && typed.Reporter == ""
		page.Patient.Focus = !page.Reporter.Focus
	}
	return page
}

func (p *Pages) createPatient(r *web.Request) (web.Response, error) {
	var typed newPatient
	if err := r.Decode(&typed); err != nil {
		return nil, err
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	typed.Patient = strings.TrimSpace(typed.Patient)
	if !a.AnyReporter && len(a.Reporters) == 1 {
		typed.Reporter = a.Reporters[0]
	}
	if problems := typed.problems(a); len(problems) > 0 {
		return p.newPatientForm(r, typed, problems)
	}
	id, fresh, err := p.rooms.Drafts.CreateRecord(r.Context(), a, report.ReporterID(typed.Reporter), report.PatientID(typed.Patient))
	if f := fault.Of(err); f != nil && f.Kind == fault.Invalid {
		var problems ui.Problems
		problems.Add("patient_id", f.Sentence)
		return p.newPatientForm(r, typed, problems)
	}
	if err != nil {
		return nil, err
	}
	if !fresh {
		return web.Redirect(recordHref(id)).Notice("record_exists"), nil
	}
	return web.Redirect(recordHref(id) + "/person"), nil
}

// problems are what is missing before the room is asked.
func (n *newPatient) problems(a drafting.Actor) ui.Problems {
	var problems ui.Problems
	switch {
	case n.Reporter == "" && a.AnyReporter:
		problems.Add("melder", "Die Melder-ID fehlt. Geben Sie an, für wen Sie melden.")
	case !a.AnyReporter && !slices.Contains(a.Reporters, n.Reporter):
		problems.Add("melder", "Die Melder-ID fehlt. Wählen Sie, für wen Sie melden.")
	}
	if n.Patient == "" {
		problems.Add("patient_id", noPatientNumber)
	}
	return problems
}
