// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/report"
	"meldewerk/tumour"
)

// historySearchPage asks for a patient number.
type historySearchPage struct {
	Patient ui.Field
	Unknown bool // the number looked for is not known
	Typing  bool // may make a record instead
}

const titleHistory = "Tumorhistorie"

func (p *Pages) searchHistory(r *web.Request) (web.Response, error) {
	var form struct {
		Unknown bool `form:"unbekannt"`
	}
	if err := r.DecodeQuery(&form); err != nil {
		return nil, err
	}
	return web.Page("history_search", titleHistory, historySearchPage{Patient: patientField("", nil), Unknown: form.Unknown, Typing: r.Principal.Has(reporter)}).
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
	var order struct {
		Order string `form:"folge,max=20"`
	}
	if err := r.DecodeQuery(&order); err != nil {
		return nil, err
	}
	if course.Damaged > 0 {
		r.Log().Error("reports of a patient are damaged at rest", "history", handle, "reports", course.Damaged)
	}
	v := historyView{Course: course, Handle: followup.Handle(handle), Oldest: order.Order == "aelteste", Typing: r.Principal.Has(reporter), Now: r.Now()}
	if err := p.ownReports(r, &v); err != nil {
		return nil, err
	}
	return web.Page("history", titleHistory, newHistory(&v)).With(wide).
		With(crumbs(ui.Link{Label: titleHistory, Href: "/historie"}, ui.Link{Label: "Patientin oder Patient"})), nil
}

// historyView is everything that the Tumorhistorie of one patient shows.
type historyView struct {
	Course followup.Course
	Handle followup.Handle
	Record *drafting.Record        // the unit's own, nil for none
	Own    map[string]drafting.Row // reports of the Online-Erfassung by their Meldungs-ID
	Oldest bool                    // oldest first
	Typing bool
	Now    time.Time
}

// ownReports joins the record of the patient, if there is one, with the history.
func (p *Pages) ownReports(r *web.Request, v *historyView) error {
	unit := r.Principal.UnitID
	if v.Course.Patient.Number == "" {
		return nil
	}
	id, found, err := p.rooms.Drafts.FindRecord(r.Context(), unit, report.PatientID(v.Course.Patient.Number))
	if err != nil || !found {
		return err
	}
	rec, err := p.rooms.Drafts.Record(r.Context(), unit, id)
	if err != nil {
		return err
	}
	if v.Course.Several || othersRecord(&rec, &v.Course) {
		return nil // it may be another person's
	}
	rows, _, err := p.rooms.Drafts.Forms(r.Context(), unit, drafting.Filter{Record: id}, 0, maxShown)
	if err != nil {
		return err
	}
	v.Record, v.Own = &rec, map[string]drafting.Row{}
	for _, row := range rows {
		v.Own[string(row.Report)] = row
	}
	return nil
}

// othersRecord says that a record of the number may be of another person than
// the history: nothing in the history is of its Melder-ID, and its person was
// not handed in yet or was born in another month. Under one Melder-ID a number is
// one person, also while his birth is being corrected.
func othersRecord(rec *drafting.Record, c *followup.Course) bool {
	reported := slices.ContainsFunc(c.Tumours, func(t followup.Tumour) bool {
		return slices.ContainsFunc(t.Entries, func(e followup.Entry) bool { return e.Reporter == string(rec.Reporter) })
	})
	if reported || len(c.Tumours) == 0 {
		return false
	}
	return rec.View == nil || rec.View.BornApart(c.View)
}

// missing lists the reports that the unit may have forgotten.
func (p *Pages) missing(r *web.Request) (web.Response, error) {
	number := min(r.Page(), missingPages)
	list, err := p.rooms.Histories.Missing(r.Context(), r.Principal.UnitID, r.Now(), number*ui.PageSize+1)
	if err != nil {
		return nil, err
	}
	return web.Page("history_missing", titleMissing, newMissingPage(list, number, r.Now())).
		With(crumbs(ui.Link{Label: titleHistory, Href: "/historie"}, ui.Link{Label: titleMissing})), nil
}

const (
	titleMissing = "Fehlende Meldungen"
	pathMissing  = "/historie/fehlend"
	// missingPages bounds the list: for each page all before it are made too.
	missingPages = 20
)

// missingPage is one page of the reports that the unit may have forgotten.
type missingPage struct {
	Missing []missingReport
	Cut     string    // what is said of a list that goes on
	Pages   []ui.Link // to the page before and after
}

// newMissingPage makes page number of a list that may hold one entry more, which
// says that it goes on.
func newMissingPage(list []followup.Missing, number int, now time.Time) missingPage {
	from := min((number-1)*ui.PageSize, len(list))
	to := min(from+ui.PageSize, len(list))
	page := missingPage{Missing: newMissing(list[from:to], now)}
	more := len(list) > to
	if number > 1 || more {
		page.Cut = fmt.Sprintf("Seite %d, die am längsten erwarteten zuerst.", number)
	}
	if number > 1 {
		page.Pages = append(page.Pages, ui.Link{Label: "Vorige Seite", Href: missingHref(number - 1)})
	}
	switch {
	case more && number < missingPages:
		page.Pages = append(page.Pages, ui.Link{Label: "Nächste Seite", Href: missingHref(number + 1)})
	case more:
		page.Cut += " Es gibt noch mehr. Sie erscheinen, wenn von diesen welche gemeldet sind."
	}
	return page
}

func missingHref(number int) string {
	if number == 1 {
		return pathMissing
	}
	return pathMissing + "?seite=" + strconv.Itoa(number)
}

// historyPage is the Tumorhistorie of one patient.
type historyPage struct {
	Banner  ui.Details
	Record  string // address of the Patientenakte
	Order   ui.Link
	Label   string // of the lists, with their order
	Tumours []tumourCard
	Open    []openReport
	Several bool   // the number means several persons
	Damaged string // reports that cannot be read any more; empty: none
	Search  ui.Field
}

type tumourCard struct {
	ID      string
	Title   string
	Source  string // the registry, where there are several
	For     string // the Melder-ID, where each means another person
	Best    ui.Details
	First   []missingReport // expected reports before the entries, or
	Entries []entryCard
	After   []missingReport // behind them
	Act     string          // address where a further report begins; empty: this role types none
	Fields  []ui.Field
	Often   []reportButton
	Seldom  []reportButton
}

// reportButton begins a report of one occasion.
type reportButton struct{ Value, Label string }

type entryCard struct {
	Icon    string
	Title   string
	When    string
	Day     string
	Facts   []followup.Fact
	Report  string
	Done    string
	Edit    string // address of the own report that can be changed and sent again
	Badge   *ui.Badge
	Package bool
}

type openReport struct {
	Title  string
	Report string
	Badge  ui.Badge
	Hint   string
	Href   string
	Number string
	Own    bool // of the Online-Erfassung
	Since  string
	By     string
	Test   bool
}

const (
	notReported = "nicht gemeldet"
	sealedAway  = "nicht einsehbar: Diese Angaben sind seit der Übermittlung für die Vertrauensstelle versiegelt"

	severalMasked = "nicht einsehbar: Unter dieser Nummer stehen mehrere Personen"
	notYet        = "nicht einsehbar: Diese Angabe erscheint, sobald die erste Meldung abschließend bearbeitet ist"
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
	return ui.Details{Items: []ui.Item{
		{Key: "Patientennummer", Value: p.Number},
		field("Geburtsmonat und -jahr", birthMonth(p)),
		field("Postleitzahl", p.PostalCode),
		field("Ort", p.Place),
		field("Kassennummer, letzte drei Ziffern", p.InsurerTail),
		field("Versichertennummer, letzte drei Ziffern", p.InsuredTail),
		{Key: "Name, Geburtstag, Straße", Masked: sealedAway},
	}}
}

// historyBanner is the banner of a history; where the number means several
// persons it is nobody's.
func historyBanner(c *followup.Course) ui.Details {
	b := banner(c.Patient)
	for i := range b.Items {
		if c.Several && b.Items[i].Masked != "" {
			b.Items[i].Masked = severalMasked
		}
	}
	return b
}

func newHistory(v *historyView) historyPage {
	c := v.Course
	if !c.Patient.Known && !c.Several && v.Record != nil && v.Record.Sealed() {
		c.Patient = followup.PatientOf(*v.Record.View)
	}
	page := historyPage{Banner: historyBanner(&c), Several: c.Several, Search: patientField("", nil), Label: "Verlauf, das Neueste zuerst",
		Order: ui.Link{Label: "Älteste zuerst zeigen", Href: "/historie/" + string(v.Handle) + "?folge=aelteste"}}
	if v.Oldest {
		page.Label = "Verlauf, das Älteste zuerst"
		page.Order = ui.Link{Label: "Neueste zuerst zeigen", Href: "/historie/" + string(v.Handle)}
	}
	if v.Record != nil && v.Typing {
		page.Record = recordHref(v.Record.ID)
	}
	several := map[string]bool{}
	for _, t := range c.Tumours {
		several[t.Registry] = true
	}
	for i := range c.Tumours {
		card := newTumourCard(v, &c.Tumours[i])
		card.ID = fmt.Sprintf("tumor-%d", i+1)
		if len(several) > 1 {
			card.Source = c.Tumours[i].Registry
		}
		if c.Several {
			card.For, card.Act = string(c.Tumours[i].Reporter), ""
		}
		page.Tumours = append(page.Tumours, card)
	}
	page.Open = openReports(v)
	if c.Damaged > 0 {
		page.Damaged = "Im Portal nicht mehr lesbar: " + ui.Count(int64(c.Damaged), "Meldung", "Meldungen") + " unter dieser Nummer. Sie fehlen hier oder stehen ohne Meldungs-ID. Verständigen Sie die Technik des Portals."
	}
	return page
}

// openReports are the submitted reports that do not stand in the history. Of a
// report of the Online-Erfassung only the newest version counts.
func openReports(v *historyView) []openReport {
	var out []openReport
	shown := map[string]bool{}
	for _, w := range v.Course.Open {
		row, own := v.Own[w.Report]
		if own && shown[w.Report] {
			continue
		}
		shown[w.Report] = true
		open := openReport{Title: w.Occasion.German(), Report: cmp.Or(w.Report, "nicht lesbar"), Badge: stateBadge(w.State), Hint: stateHint(w.State), Own: own,
			Href: "/pakete/" + w.Package, Number: w.Number, Since: ui.Date(w.ReceivedAt), Test: w.Kind == submission.Test}
		if own {
			open.Href = formHref(row.ID)
			if w.State == submission.Refused {
				open.Hint = "Die Vertrauensstelle hat die Meldung abgewiesen. Öffnen Sie sie, berichtigen Sie sie und senden Sie sie erneut."
			}
		}
		if w.Kind == submission.Real && (w.State == "" || w.State == submission.InReview || w.State == submission.Queried) {
			open.By = "Spätestens am " + ui.Date(w.ExpectedBy) + " beim Register."
		}
		out = append(out, open)
	}
	return out
}

func newTumourCard(v *historyView, t *followup.Tumour) tumourCard {
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
		card.Entries = append(card.Entries, newEntryCard(v, e))
	}
	expected := expectedReports(t.Expected, v.Now)
	if v.Oldest {
		slices.Reverse(card.Entries)
		card.After = expected
	} else {
		slices.Reverse(expected) // the one that is due last comes first
		card.First = expected
	}
	if v.Typing {
		card.Act = "/historie/" + string(v.Handle) + "/meldung"
		card.Fields = []ui.Field{ui.Hidden("register", t.Registry), ui.Hidden("tumor", strconv.Itoa(t.Number))}
		card.Often, card.Seldom = reportsOften, reportsSeldom
	}
	return card
}

// The reports that follow on a tumour, those made most first.
var (
	reportsOften = []reportButton{{string(tumour.OccasionCourse), "Verlauf melden"}, {string(tumour.OccasionSurgery), "Operation melden"},
		{string(tumour.OccasionRadiotherapy), "Strahlentherapie melden"}, {string(tumour.OccasionSystemic), "Systemische Therapie melden"}}
	reportsSeldom = []reportButton{{string(tumour.OccasionPathology), "Pathologie melden"}, {string(tumour.OccasionBoard), "Tumorkonferenz melden"},
		{string(tumour.OccasionDeath), "Tod melden"}}
)

func newEntryCard(v *historyView, e followup.Entry) entryCard {
	when := e.Date
	if when == "" {
		when = "ohne Datum"
	}
	card := entryCard{Icon: occasionIcon(e.Occasion), Title: e.Title, When: when, Day: e.Day,
		Facts: e.Facts, Report: e.Report, Done: ui.Date(e.CompletedAt), Package: e.Channel == submission.ByPackage}
	if row, own := v.Own[e.Report]; own && v.Typing && !card.Package {
		card.Edit = formHref(row.ID)
		if badge := reportBadge(row); row.State == drafting.Revised || row.Progress != submission.Completed {
			card.Badge = &badge
		}
	}
	return card
}

// expectedReports words what is missing for one tumour.
func expectedReports(list []followup.Expected, now time.Time) []missingReport {
	var out []missingReport
	for _, e := range list {
		out = append(out, missingReport{Title: e.Title, Reason: e.Reason, Due: "Ereignis " + e.Event + ", erwartet bis " + ui.Date(e.Due), Badge: dueBadge(e.Due, now)})
	}
	return out
}
