// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"strings"

	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/followup"
	"meldewerk/report"
)

// historySearchPage asks for a patient number.
type historySearchPage struct {
	Patient ui.Field
	Unknown bool // the number looked for is not known
}

const titleHistory = "Tumorhistorie"

func (p *Pages) searchHistory(r *web.Request) (web.Response, error) {
	var form struct {
		Unknown bool `form:"unbekannt"`
	}
	if err := r.DecodeQuery(&form); err != nil {
		return nil, err
	}
	return web.Page("history_search", titleHistory, historySearchPage{Patient: patientField("", nil), Unknown: form.Unknown}).
		With(crumbs(ui.Link{Label: titleHistory})), nil
}

// findHistory leads from a patient number to the history's own address.
func (p *Pages) findHistory(r *web.Request) (web.Response, error) {
	var form struct {
		Patient string `form:"patient_id,max=50,raw"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	number := strings.TrimSpace(form.Patient)
	if number == "" {
		var problems ui.Problems
		problems.Add("patient_id", "Die Patientennummer fehlt. Geben Sie die Nummer Ihres Systems an.")
		return web.Page("history_search", titleHistory, historySearchPage{Patient: patientField("", problems)}).Refused(problems), nil
	}
	// Numbers are compared as the sender wrote them, blanks included; trimmed
	// only when that finds nothing.
	for _, candidate := range []string{form.Patient, number} {
		handle, known, err := p.rooms.Histories.Find(r.Context(), r.Principal.UnitID, r.Principal.AccountID, report.PatientID(candidate))
		if err != nil {
			return nil, err
		}
		if known {
			return web.Redirect("/historie/" + string(handle)), nil
		}
	}
	return web.Redirect("/historie?unbekannt=ja"), nil
}

func (p *Pages) history(r *web.Request) (web.Response, error) {
	handle, asJSON := strings.CutSuffix(r.PathValue("handle"), ".json")
	course, err := p.rooms.Histories.Course(r.Context(), r.Principal.UnitID, followup.Handle(handle))
	if err != nil {
		return nil, err
	}
	if asJSON {
		return web.JSON(course), nil
	}
	return web.Page("history", titleHistory, newHistory(course)).With(wide).
		With(crumbs(ui.Link{Label: titleHistory, Href: "/historie"}, ui.Link{Label: "Patientin oder Patient"})), nil
}

// historyPage is the Tumorhistorie of one patient.
type historyPage struct {
	Banner  ui.Details
	Tumours []tumourCard
	Open    []openReport
	Search  ui.Field
}

type tumourCard struct {
	ID      string
	Title   string
	Source  string // the registry, where there are several
	Best    ui.Details
	Entries []entryCard
}

type entryCard struct {
	Icon    string
	Title   string
	When    string
	Day     string
	Facts   []followup.Fact
	Report  string
	Done    string
	ByForm  bool
	Package bool
}

type openReport struct {
	Title  string
	Report string
	Badge  ui.Badge
	Hint   string
	Href   string
	Number string
	Since  string
	By     string
	Test   bool
}

const (
	notReported = "nicht gemeldet"
	sealedAway  = "nicht einsehbar: Diese Angaben sind seit der Übermittlung für die Vertrauensstelle versiegelt"
	notYet      = "nicht einsehbar: Diese Angabe erscheint, sobald die erste Meldung abschließend bearbeitet ist"
)

// banner is the reduced set in its fixed order, and nothing else of the person.
// Spec: REQUIREMENTS N2
func banner(p followup.Patient) ui.Details {
	field := func(key, value string) ui.Item {
		switch {
		case !p.Known:
			return ui.Item{Key: key, Masked: notYet}
		case value == "":
			return ui.Item{Key: key, Value: notReported}
		}
		return ui.Item{Key: key, Value: value}
	}
	birth := ""
	switch {
	case p.BirthMonth > 0:
		birth = fmt.Sprintf("%02d/%d", p.BirthMonth, p.BirthYear)
	case p.BirthYear > 0:
		birth = fmt.Sprint(p.BirthYear)
	}
	return ui.Details{Items: []ui.Item{
		{Key: "Patientennummer", Value: p.Number},
		field("Geburtsmonat und -jahr", birth),
		field("Postleitzahl", p.PostalCode),
		field("Ort", p.Place),
		field("Kassennummer, letzte drei Ziffern", p.InsurerTail),
		field("Versichertennummer, letzte drei Ziffern", p.InsuredTail),
		{Key: "Name, Geburtstag, Straße", Masked: sealedAway},
	}}
}

func newHistory(c followup.Course) historyPage {
	page := historyPage{Banner: banner(c.Patient), Search: patientField("", nil)}
	several := map[string]bool{}
	for _, t := range c.Tumours {
		several[t.Registry] = true
	}
	for i, t := range c.Tumours {
		card := newTumourCard(t)
		card.ID = fmt.Sprintf("tumor-%d", i+1)
		if len(several) > 1 {
			card.Source = t.Registry
		}
		page.Tumours = append(page.Tumours, card)
	}
	for _, w := range c.Open {
		open := openReport{Title: w.Occasion.German(), Report: w.Report, Badge: stateBadge(w.State), Hint: stateHint(w.State),
			Href: "/pakete/" + w.Package, Number: w.Number, Since: ui.Date(w.ReceivedAt), Test: w.Kind == submission.Test}
		if w.Kind == submission.Real && (w.State == "" || w.State == submission.InReview) {
			open.By = "Spätestens am " + ui.Date(w.ExpectedBy) + " beim Register."
		}
		page.Open = append(page.Open, open)
	}
	return page
}

func newTumourCard(t followup.Tumour) tumourCard {
	card := tumourCard{Title: fmt.Sprintf("Tumor %d: %s", t.Number, t.ICD)}
	if t.Title != "" {
		card.Title += " " + t.Title
	}
	add := func(key, value string) {
		if value != "" {
			card.Best.Items = append(card.Best.Items, ui.Item{Key: key, Value: value})
		}
	}
	add("Diagnose", t.DiagnosedOn)
	add("Seite", t.Side)
	add("Histologie", t.Morphology)
	add("Stadium", t.Stage)
	for _, e := range t.Entries {
		when := e.Date
		if when == "" {
			when = "ohne Datum"
		}
		card.Entries = append(card.Entries, entryCard{Icon: occasionIcon(e.Occasion), Title: e.Title, When: when, Day: e.Day,
			Facts: e.Facts, Report: e.Report, Done: ui.Date(e.CompletedAt),
			ByForm: e.Channel == submission.ByForm, Package: e.Channel == submission.ByPackage})
	}
	return card
}
