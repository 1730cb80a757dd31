// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// The pages of a Meldung in the Online-Erfassung.

var formPages = []string{"forms", "forms_new", "forms_hub", "forms_section", "forms_conflict", "forms_search",
	"forms_check", "forms_receipt", "forms_versions", "forms_drop"}

func (p *Pages) formRoutes() []web.Route {
	roles := []web.Role{reporter}
	route := func(pattern string, handler web.Handler) web.Route {
		return web.Route{Pattern: pattern, Roles: roles, Handler: handler}
	}
	return []web.Route{
		route("GET /meldungen", p.forms),
		route("POST /meldungen", p.beginForm),
		route("GET /meldungen/neu", p.newForm),
		route("GET /meldungen/{meldung}", p.form),
		route("POST /meldungen/{meldung}/notiz", p.noteForm),
		route("POST /meldungen/{meldung}/sperre", p.lockForm),
		route("POST /meldungen/{meldung}/bearbeiten", p.reviseForm),
		route("GET /meldungen/{meldung}/verwerfen", p.askDropForm),
		route("POST /meldungen/{meldung}/verwerfen", p.dropForm),
		route("GET /meldungen/{meldung}/pruefen", p.checkForm),
		route("POST /meldungen/{meldung}/uebermitteln", p.submitForm),
		route("GET /meldungen/{meldung}/quittung", p.formReceipt),
		route("GET /meldungen/{meldung}/fassungen", p.formVersions),
		route("GET /meldungen/{meldung}/{abschnitt}", p.formSection),
		route("POST /meldungen/{meldung}/{abschnitt}", p.saveSection),
		route("POST /meldungen/{meldung}/{abschnitt}/entwurf", p.autosaveSection),
		route("GET /meldungen/{meldung}/{abschnitt}/suche", p.searchSection),
		route("POST /meldungen/{meldung}/{abschnitt}/suche", p.takeSearched),
		route("GET /katalog/{liste}", p.catalogue),
	}
}

// formNotices are what a page tells after an act on a report.
var formNotices = map[string]string{
	"form-begun":    "Die Meldung ist angelegt. Sie wird beim Ausfüllen als Entwurf gespeichert.",
	"form-saved":    "Der Abschnitt ist gespeichert.",
	"form-note":     "Die interne Notiz ist gespeichert. Sie wird nicht übermittelt.",
	"form-locked":   "Die Übermittlung dieser Meldung ist gesperrt.",
	"form-unlocked": "Die Meldung kann wieder übermittelt werden.",
	"form-revised":  "Die Meldung ist zum Bearbeiten geöffnet. Die übermittelte Fassung gilt, bis Sie die neue übermitteln.",
	"form-dropped":  "Der Entwurf ist gelöscht.",
	"form-restored": "Die Änderungen sind verworfen. Es gilt die übermittelte Fassung.",
}

const (
	titleForms = "Meldungen"
	pathForms  = "/meldungen"
)

// formScripts are the comforts of a page that is filled in.
func formScripts(f *ui.Frame) { f.Scripts = []string{"draft.js", "codesearch.js"} }

func formHref(id drafting.FormID) string { return pathForms + "/" + string(id) }

func formID(r *web.Request) drafting.FormID { return drafting.FormID(r.PathValue("meldung")) }

// actor is the person behind a request with the rights that the unit has now.
func (p *Pages) actor(r *web.Request) (drafting.Actor, error) {
	unit, err := p.rooms.Units.Unit(r.Context(), account.UnitID(r.Principal.UnitID))
	if err != nil {
		return drafting.Actor{}, fmt.Errorf("read unit: %w", err)
	}
	return drafting.Actor{Unit: string(unit.ID), Account: r.Principal.AccountID, Name: r.Principal.DisplayName,
		AnyReporter: unit.AnyReporter, Reporters: unit.ReporterIDs, Released: unit.Released}, nil
}

// formCrumbs leads back to a report; without a place within it, to the list.
func formCrumbs(id drafting.FormID, o tumour.Occasion, here ...string) func(*ui.Frame) {
	links := []ui.Link{{Label: titleForms, Href: pathForms}}
	if len(here) == 0 {
		return crumbs(append(links, ui.Link{Label: "Meldung: " + o.German()})...)
	}
	links = append(links, ui.Link{Label: "Meldung: " + o.German(), Href: formHref(id)})
	for _, label := range here {
		links = append(links, ui.Link{Label: label})
	}
	return crumbs(links...)
}

// medical are the sections of a report that are filled for each report.
func medical(sheet form.Sheet) []*form.Section {
	return slices.DeleteFunc(form.Sections(sheet), func(s *form.Section) bool { return s.OfPatient() })
}

// reportBadge is where a report of the Online-Erfassung stands.
func reportBadge(row drafting.Row) ui.Badge {
	switch {
	case row.Locked && row.State != drafting.Submitted:
		return ui.Badge{Kind: ui.Warning, Word: "Gesperrt"}
	case row.State == drafting.Draft:
		return ui.Badge{Kind: ui.Neutral, Word: "Entwurf"}
	case row.State == drafting.Revised:
		return ui.Badge{Kind: ui.Info, Word: "In Bearbeitung", Icon: "edit"}
	}
	return progressBadge(row.Progress)
}

// progressBadge is what became of a version after it was handed in.
func progressBadge(s submission.State) ui.Badge {
	b := stateBadge(s)
	if s == submission.Completed {
		b.Word = "Abschließend bearbeitet"
	}
	return b
}

// progressHint says what it means, for a report that is mended here.
func progressHint(s submission.State) string {
	if s == submission.Refused {
		return "Die Vertrauensstelle hat die Meldung abgewiesen. Berichtigen Sie sie hier und übermitteln Sie sie erneut."
	}
	return stateHint(s)
}

// formsPage is the list of reports.
type formsPage struct {
	Filter ui.Field
	Table  ui.Table
}

// The choices of the list.
const (
	listOpen = "offen"
)

var formChoices = []ui.Option{
	{Label: "alle"}, {Value: listOpen, Label: "zu tun"}, {Value: string(drafting.Draft), Label: "Entwürfe"},
	{Value: string(drafting.Revised), Label: "in Bearbeitung"}, {Value: string(drafting.Submitted), Label: "übermittelt"},
}

func (p *Pages) forms(r *web.Request) (web.Response, error) {
	var query struct {
		State string `form:"stand,max=20"`
	}
	if err := r.DecodeQuery(&query); err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(formChoices, func(o ui.Option) bool { return o.Value == query.State }) {
		return nil, web.ErrUnknownField
	}
	filter := drafting.Filter{State: drafting.State(query.State)}
	if query.State == listOpen {
		filter = drafting.Filter{Open: true}
	}
	offset := (r.Page() - 1) * ui.PageSize
	rows, total, err := p.rooms.Drafts.Forms(r.Context(), r.Principal.UnitID, filter, offset, ui.PageSize)
	if err != nil {
		return nil, err
	}
	return web.Page("forms", titleForms, newFormsPage(rows, total, r.Page(), query.State, r.Now().Add(p.rooms.Profile.WarnDrafts))).With(wide).With(crumbs(ui.Link{Label: titleForms})), nil
}

// newFormsPage lists reports; of drafts that go before the day soon that day is
// told.
func newFormsPage(rows []drafting.Row, total, page int, state string, soon time.Time) formsPage {
	query := url.Values{}
	if state != "" {
		query.Set("stand", state)
	}
	t := ui.Table{Caption: "Meldungen der Online-Erfassung, die zuletzt bearbeitete zuerst",
		Columns: []ui.Column{ui.Col("Meldung"), ui.Col("Patientennummer"), ui.Col("Stand"), ui.Col("Zuletzt bearbeitet"), ui.Col("Übermittelt")},
		Pages:   ui.Pages(total, page, pathForms, query)}
	if state == listOpen {
		t.Caption = "Offene Meldungen der Online-Erfassung: abgewiesene und Rückfragen zuerst, dann was bald gelöscht wird"
	}
	t.Empty = ui.Empty{Title: "Noch keine Meldungen", Body: "Hier stehen die Meldungen, die Sie im Portal ausfüllen. Legen Sie zuerst die Patientenakte an und beginnen Sie dort eine Meldung.",
		Action: ui.Link{Label: "Patientin oder Patient wählen", Href: "/patienten"}}
	if state != "" {
		t.Empty = ui.Empty{Title: "Keine Meldung in dieser Auswahl", Body: "Zeigen Sie alle Meldungen an.", Action: ui.Link{Label: "Alle Meldungen zeigen", Href: pathForms}}
	}
	if total > 0 {
		t.Count = ui.Count(int64(total), "Meldung", "Meldungen")
	}
	for _, row := range rows {
		badge := reportBadge(row)
		changed := ui.Cell{Text: ui.Moment(row.ChangedAt), More: row.ChangedBy}
		if !row.DeletedOn.IsZero() && row.DeletedOn.Before(soon) {
			changed.More = row.ChangedBy + "; " + untouched(row.State, row.DeletedOn)
		}
		sent := "noch nicht"
		if !row.SentAt.IsZero() {
			sent = ui.Moment(row.SentAt)
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: row.Occasion.German(), Href: formHref(row.ID), Name: "zu " + string(row.Patient), Header: true},
			{Text: string(row.Patient)}, {Badge: &badge}, changed, {Text: sent}}})
	}
	return formsPage{Filter: ui.Select("stand", "Stand", ui.Choose(formChoices, state)), Table: t}
}

// untouched says what happens to what nobody touches.
func untouched(state drafting.State, day time.Time) string {
	if state == drafting.Revised {
		return "die Änderungen werden am " + ui.Date(day) + " verworfen, wenn bis dahin niemand daran arbeitet"
	}
	return "wird am " + ui.Date(day) + " gelöscht, wenn bis dahin niemand daran arbeitet"
}

// formAndRecord reads a report with the record it belongs to.
func (p *Pages) formAndRecord(ctx context.Context, unit string, id drafting.FormID) (drafting.Form, drafting.Record, error) {
	f, err := p.rooms.Drafts.Form(ctx, unit, id)
	if err != nil {
		return drafting.Form{}, drafting.Record{}, err
	}
	record, err := p.rooms.Drafts.Record(ctx, unit, f.Record)
	return f, record, err
}
