// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"time"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/policy"
	"meldewerk/portal/internal/drafting"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

// beginPage asks for the occasion and the tumour of a new report.
type beginPage struct {
	Record   ui.Field
	Patient  string
	Occasion ui.Field
	Tumour   *ui.Field // nil for a patient without a tumour yet
	Within   string
}

const titleNewForm = "Neue Meldung"

// occasionOptions are the Meldeanlässe as what has happened.
var occasionOptions = []ui.Option{
	{Value: string(tumour.OccasionDiagnosis), Label: "Ein Tumor wurde festgestellt", Hint: "Diagnose: sobald sie hinreichend gesichert ist"},
	{Value: string(tumour.OccasionPathology), Label: "Ein pathologischer Befund liegt vor", Hint: "Pathologie: nur aus Pathologie und Labor, ohne eigenen Kontakt zur Person"},
	{Value: string(tumour.OccasionSurgery), Label: "Eine Operation wurde abgeschlossen", Hint: "Operation: jeder Eingriff am Tumor, wenn der Befund da ist"},
	{Value: string(tumour.OccasionRadiotherapy), Label: "Eine Bestrahlung hat begonnen oder ist beendet", Hint: "Strahlentherapie: je eine Meldung für Beginn und Ende"},
	{Value: string(tumour.OccasionSystemic), Label: "Eine systemische Therapie hat begonnen oder ist beendet", Hint: "Chemo-, Hormon-, Immun- und zielgerichtete Therapie, auch abwartendes Vorgehen"},
	{Value: string(tumour.OccasionCourse), Label: "Der Verlauf hat sich geändert, oder eine Nachsorge fand statt", Hint: "Verlauf: Rezidiv, Metastasen, Tumorfreiheit, Statusmeldung"},
	{Value: string(tumour.OccasionBoard), Label: "Eine Tumorkonferenz hat beraten", Hint: "Tumorkonferenz: mit der Empfehlung"},
	{Value: string(tumour.OccasionDeath), Label: "Die Patientin oder der Patient ist verstorben", Hint: "Tod: auch, wenn der Tumor nicht die Ursache war"},
}

// newTumour is the choice of a tumour that no report has named yet.
const newTumour = "neu"

func (p *Pages) newForm(r *web.Request) (web.Response, error) {
	var query struct {
		Record   string `form:"akte,max=40"`
		Occasion string `form:"anlass,max=20"`
		Tumour   string `form:"tumor,max=50"`
	}
	if err := r.DecodeQuery(&query); err != nil {
		return nil, err
	}
	if query.Record == "" {
		return web.Redirect("/patienten"), nil
	}
	return p.askNewForm(r, drafting.RecordID(query.Record), query.Occasion, query.Tumour, nil)
}

func (p *Pages) askNewForm(r *web.Request, id drafting.RecordID, occasion, of string, problems ui.Problems) (web.Response, error) {
	record, err := p.rooms.Drafts.Record(r.Context(), r.Principal.UnitID, id)
	if err != nil {
		return nil, err
	}
	tumours, err := p.rooms.Drafts.Tumours(r.Context(), r.Principal.UnitID, id)
	if err != nil {
		return nil, err
	}
	page := newBeginPage(p.codes(), record, tumours, occasion, of, problems)
	page.Within = reportWithin(p.rooms.Profile)
	response := web.Page("forms_new", titleNewForm, page).
		With(crumbs(ui.Link{Label: "Patienten", Href: "/patienten"}, ui.Link{Label: "Patientenakte", Href: "/patienten/" + string(id)}, ui.Link{Label: titleNewForm}))
	if len(problems) > 0 {
		response.Refused(problems)
	}
	return response, nil
}

func newBeginPage(codes codebook, record drafting.Record, tumours []drafting.Tumour, occasion, of string, problems ui.Problems) beginPage {
	page := beginPage{Record: ui.Hidden("akte", string(record.ID)), Patient: string(record.Patient),
		Occasion: ui.Radios("anlass", "Was ist geschehen?", ui.Choose(occasionOptions, occasion)).Check(problems)}
	page.Occasion.Focus = len(problems) == 0
	if len(tumours) == 0 {
		return page
	}
	var options []ui.Option
	for _, t := range tumours {
		options = append(options, ui.Option{Value: string(t.Assignment.TumourID), Label: tumourTitle(codes, t.Assignment), Hint: tumourHint(t)})
	}
	options = append(options, ui.Option{Value: newTumour, Label: "Ein anderer, neuer Tumor"})
	if of == "" && len(tumours) == 1 {
		of = string(tumours[0].Assignment.TumourID)
	}
	field := ui.Radios("tumor", "Um welchen Tumor geht es?", ui.Choose(options, of)).Check(problems)
	page.Tumour = &field
	return page
}

// tumourTitle names a tumour as its reports do.
func tumourTitle(codes codebook, a tumour.Assignment) string {
	title := string(a.ICD.Code)
	if word := codes.word(terminology.ListICD, title); word != "" {
		title += " " + word
	}
	if title == "" {
		return "Tumor ohne Diagnose"
	}
	return title
}

func tumourHint(t drafting.Tumour) string {
	hint := ui.Count(int64(len(t.Forms)), "Meldung", "Meldungen")
	if day := t.Assignment.DiagnosedOn.German(); day != "" {
		hint = "Diagnose " + day + ", " + hint
	}
	return hint
}

func (p *Pages) beginForm(r *web.Request) (web.Response, error) {
	var posted struct {
		Record   string `form:"akte,max=40"`
		Occasion string `form:"anlass,max=20"`
		Tumour   string `form:"tumor,max=50"`
	}
	if err := r.Decode(&posted); err != nil {
		return nil, err
	}
	id, occasion := drafting.RecordID(posted.Record), tumour.Occasion(posted.Occasion)
	if posted.Occasion != "" && !slices.Contains(tumour.Occasions(), occasion) {
		return nil, web.ErrUnknownField
	}
	tumours, err := p.rooms.Drafts.Tumours(r.Context(), r.Principal.UnitID, id)
	if err != nil {
		return nil, err
	}
	var problems ui.Problems
	if posted.Occasion == "" {
		problems.Add("anlass", "Wählen Sie, was geschehen ist.")
	}
	var of *tumour.Assignment
	if i := slices.IndexFunc(tumours, func(t drafting.Tumour) bool { return string(t.Assignment.TumourID) == posted.Tumour }); i >= 0 {
		of = &tumours[i].Assignment
	} else if len(tumours) > 0 && posted.Tumour != newTumour {
		problems.Add("tumor", "Wählen Sie den Tumor, um den es geht, oder einen neuen.")
	}
	if len(problems) > 0 {
		return p.askNewForm(r, id, posted.Occasion, posted.Tumour, problems)
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	made, err := p.rooms.Drafts.Begin(r.Context(), a, id, occasion, of)
	if err != nil {
		return nil, err
	}
	return web.Redirect(p.firstSection(r, made)).Notice("form-begun"), nil
}

// firstSection is where the filling begins: the first section with something
// compulsory open.
func (p *Pages) firstSection(r *web.Request, id drafting.FormID) string {
	checked, err := p.rooms.Drafts.Check(r.Context(), r.Principal.UnitID, id)
	if err != nil {
		return formHref(id) // the page itself says what is wrong
	}
	for _, s := range checked.Sections {
		if s.Errors > 0 && !s.Section.OfPatient() {
			return formHref(id) + "/" + s.Section.Name
		}
	}
	return formHref(id)
}

// reportWithin says by when a report is due.
func reportWithin(p policy.Profile) string {
	if p.ReportByQuarter {
		return "Melden Sie jedes Ereignis, sobald es feststeht, spätestens bis zum Ende des folgenden Quartals."
	}
	weeks := int(p.ReportWithin / (7 * 24 * time.Hour))
	return "Melden Sie jedes Ereignis, sobald es feststeht, spätestens " + ui.Count(int64(weeks), "Woche", "Wochen") + " danach."
}
