// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"fmt"
	"net/http"
	"time"

	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/policy"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/report/form"
	"meldewerk/tumour/history"
)

// formPage is one report: what is to fill in, where it stands, what can be done.
type formPage struct {
	Href     string
	Patient  ui.Link // to the record
	Banner   *ui.Details
	State    ui.Badge
	Sentence string // what the state means
	Deadline string // when an untouched draft goes
	Remarks  ui.Hints
	Queries  []ui.Link    // on the version submitted last
	Lost     string       // address of the correction, when the trust centre does not know the person
	Tasks    *ui.TaskList // while it is filled in
	Counter  string
	Whole    ui.Hints // findings that no section can mend
	Ready    bool
	Answers  []ui.Summary // once it is submitted
	Note     ui.Field
	// NoteState names the note that the page was made with.
	NoteState ui.Field
	Further   []ui.Link // sections that are not asked by themselves
	Locked    bool
	MayEdit   bool
	MayDrop   bool
	Revised   bool
	Sent      []ui.Item
	Next      string // address of the next report on the patient
}

// recordBanner is the reduced set of a record whose identity is sealed away.
// Spec: REQUIREMENTS N2
func recordBanner(view *history.ReducedView) *ui.Details {
	if view == nil {
		return nil
	}
	details := banner(followup.Patient{Number: view.PatientNumber, BirthMonth: int(view.BirthMonth), BirthYear: int(view.BirthYear), PostalCode: view.PostalCode,
		Place: view.Place, InsurerTail: view.InsurerTail, InsuredTail: view.InsuredTail, Known: true})
	return &details
}

func (p *Pages) form(r *web.Request) (web.Response, error) {
	return p.showForm(r, func(*formPage) {}, nil)
}

// showForm shows a report, touched where something was refused.
func (p *Pages) showForm(r *web.Request, touch func(*formPage), problems ui.Problems) (web.Response, error) {
	f, record, err := p.formAndRecord(r.Context(), r.Principal.UnitID, formID(r))
	if err != nil {
		return nil, err
	}
	var checked drafting.Checked
	if f.Sheet != nil {
		if checked, err = p.rooms.Drafts.Check(r.Context(), r.Principal.UnitID, f.ID); err != nil {
			return nil, err
		}
	}
	page := newFormPage(p.codes(), f, record, checked, p.rooms.Profile, r.Now())
	if last := f.Last(); last != nil {
		links, err := p.queriesOf(r, last.Package)
		if err != nil {
			return nil, err
		}
		page.Queries = links[last.Position]
	}
	touch(&page)
	response := web.Page("forms_hub", formTitle(f), page).
		With(formCrumbs(f.ID, f.Occasion)).With(func(frame *ui.Frame) { frame.PrintID = string(f.Report) })
	if len(problems) > 0 {
		response.Refused(problems)
	}
	return response, nil
}

func formTitle(f drafting.Form) string { return "Meldung: " + f.Occasion.German() }

func newFormPage(codes codebook, f drafting.Form, record drafting.Record, checked drafting.Checked, profile policy.Profile, now time.Time) formPage {
	href := formHref(f.ID)
	page := formPage{Href: href, Patient: ui.Link{Label: string(record.Patient), Href: "/patienten/" + string(record.ID)},
		Banner: recordBanner(record.View), Locked: f.Locked, Next: "/meldungen/neu?akte=" + string(record.ID)}
	page.State, page.Sentence = formState(f)
	page.Note, page.NoteState = ui.Area(fieldNote, "Interne Notiz", f.Note), ui.Hidden("stand", drafting.NoteToken(f.Note))
	page.Note.Internal, page.Note.Optional, page.Note.MaxLength = true, true, maxNoteTyped
	page.Note.Hint = "Nur für Ihre Einrichtung. Auch hier gehören keine Namen hinein."
	page.MayEdit = f.State() == drafting.Submitted
	page.MayDrop = f.Sheet != nil
	page.Revised = f.State() == drafting.Revised
	if last := f.Last(); last != nil {
		page.Sent = []ui.Item{{Key: "Quittung", Value: last.Receipt}, {Key: "Übermittelt", Value: ui.Moment(last.At)}, {Key: "von", Value: last.By},
			{Key: "Fassung", Value: fmt.Sprint(last.Number)}, {Key: "Meldungs-ID", Value: string(f.Report)}}
		page.Remarks = remarkHints(last)
		if wantsPerson(last) {
			page.Lost, page.Sentence = recordHref(record.ID)+"/berichtigung", "Die Vertrauensstelle hat die Meldung abgewiesen."
		}
	}
	if f.Sheet == nil {
		page.Answers, _ = summaries(codes, f.Content(), "")
		return page
	}
	if ends := f.ChangedAt.Add(profile.KeepDrafts); ends.Before(now.Add(profile.WarnDrafts)) {
		page.Deadline = "Die Meldung " + untouched(f.State(), ends) + "."
		if f.State() == drafting.Revised {
			page.Deadline = "Noch nicht übermittelt: " + untouched(f.State(), ends) + "."
		}
	}
	page.Tasks, page.Counter = formTasks(href, record, checked)
	for _, s := range form.Further(f.Sheet) {
		if !s.OfPatient() {
			page.Further = append(page.Further, ui.Link{Label: s.Title, Href: href + "/" + s.Name})
		}
	}
	for _, finding := range checked.Errors {
		if finding.Section == "" {
			page.Whole.Items = append(page.Whole.Items, hintOf(finding, ""))
		}
	}
	page.Whole.Title = "Die Meldung im Ganzen"
	page.Ready = checked.Ready()
	return page
}

const fieldNote = "note"

// maxNoteTyped is how long an internal note may be.
const maxNoteTyped = 4000

// formState is the state of a report with what it means.
func formState(f drafting.Form) (ui.Badge, string) {
	row := drafting.Row{State: f.State(), Locked: f.Locked}
	last := f.Last()
	if last != nil {
		row.Progress = last.Progress
	}
	switch {
	case f.State() == drafting.Submitted:
		if stands := f.Standing(); stands != nil && stands != last {
			return reportBadge(row), progressHint(row.Progress) + " Bis dahin gilt weiter die Fassung vom " + ui.Date(stands.At) + "."
		}
		return reportBadge(row), progressHint(row.Progress)
	case f.Locked:
		return reportBadge(row), "Die Übermittlung ist gesperrt. Heben Sie die Sperre auf, wenn die Meldung gehen kann."
	case f.State() == drafting.Revised:
		return reportBadge(row), revisedSentence(f)
	}
	return reportBadge(row), "Noch nichts davon ist übermittelt. Zuletzt bearbeitet " + ui.Moment(f.ChangedAt) + " von " + f.ChangedBy + "."
}

// revisedSentence says of a report that is being edited which version counts
// until the new one is handed in.
func revisedSentence(f drafting.Form) string {
	last, stands := f.Last(), f.Standing()
	switch {
	case stands == last:
		return "Es gilt die Fassung vom " + ui.Date(last.At) + ", bis Sie die neue übermitteln."
	case stands == nil:
		return "Die Vertrauensstelle hat die Fassung vom " + ui.Date(last.At) + " abgewiesen. Die Meldung fehlt dem Register, bis Sie die neue übermitteln."
	}
	return "Die Vertrauensstelle hat die Fassung vom " + ui.Date(last.At) + " abgewiesen. Es gilt weiter die vom " + ui.Date(stands.At) + ", bis Sie die neue übermitteln."
}

// remarkHints are what the trust centre or the registry says about a version.
func remarkHints(sent *drafting.Sent) ui.Hints {
	hints := ui.Hints{Title: "Bemerkungen zu Fassung " + fmt.Sprint(sent.Number)}
	for _, m := range sent.Remarks {
		kind := ui.Warning
		if m.Severity == "error" {
			kind = ui.Danger
		}
		hints.Items = append(hints.Items, ui.Hint{Kind: kind, Sentence: m.Message + " " + m.Remedy, Rule: m.Rule})
	}
	return hints
}

// formTasks are the sections with their states, the patient first.
func formTasks(href string, record drafting.Record, checked drafting.Checked) (*ui.TaskList, string) {
	list := &ui.TaskList{Title: "Abschnitte", Numbered: true}
	done, all := 0, 0
	if record.Identity != nil {
		badge := sectionBadge(checked.Identity)
		if checked.Identity.Errors > 0 {
			badge = ui.Badge{Kind: ui.Neutral, Word: "Nicht vollständig"}
		}
		list.Tasks = append(list.Tasks, ui.Task{Title: "Angaben zur Person", Href: "/patienten/" + string(record.ID), Badge: badge,
			Hint: "Einmal je Patientin oder Patient, nicht für jede Meldung"})
	}
	for _, s := range checked.Sections {
		if s.Section.OfPatient() {
			continue
		}
		all++
		missing := missingIn(checked, s.Section.Name)
		badge, hint := stateOf(s, missing)
		if s.Errors == 0 {
			done++
		}
		list.Tasks = append(list.Tasks, ui.Task{Title: s.Section.Title, Href: href + "/" + s.Section.Name, Badge: badge, Hint: hint})
	}
	return list, fmt.Sprintf("%d von %d Abschnitten ohne offene Pflichtangabe", done, all)
}

// missingIn counts the errors of a section that say that something is missing.
func missingIn(checked drafting.Checked, section string) int {
	n := 0
	for _, e := range checked.Errors {
		if e.Section == section && e.Key != "" && checked.Form.Sheet[e.Key] == "" {
			n++
		}
	}
	return n
}

// sectionBadge is the state of a section in a word.
func sectionBadge(s drafting.SectionState) ui.Badge {
	badge, _ := stateOf(s, 0)
	return badge
}

// stateOf is the state of a section of whose errors some only say that an
// answer is still missing.
func stateOf(s drafting.SectionState, missing int) (ui.Badge, string) {
	hint := ""
	if s.Warnings > 0 {
		hint = ui.Count(int64(s.Warnings), "Hinweis", "Hinweise")
	}
	switch {
	case s.Errors == 0 && s.Filled:
		return ui.Badge{Kind: ui.Success, Word: "Vollständig"}, hint
	case s.Errors == 0:
		return ui.Badge{Kind: ui.Neutral, Word: "Noch nicht begonnen"}, "Freiwillig"
	case !s.Filled:
		return ui.Badge{Kind: ui.Neutral, Word: "Noch nicht begonnen"}, hint
	case s.Errors <= missing:
		return ui.Badge{Kind: ui.Info, Word: "Begonnen", Icon: "edit"}, ui.Count(int64(s.Errors), "Angabe fehlt", "Angaben fehlen")
	}
	return ui.Badge{Kind: ui.Danger, Word: ui.Count(int64(s.Errors), "Fehler", "Fehler")}, hint
}

// hintOf is a finding as a hint; with a base it leads to another page.
func hintOf(f drafting.Finding, base string) ui.Hint {
	kind := severity(f.Severity)
	h := ui.Hint{Kind: kind, Sentence: f.Message, Rule: f.Rule}
	if f.Remedy != "" {
		h.Sentence += " " + f.Remedy
	}
	switch {
	case base != "" && f.Section != "":
		h.Href = base + "/" + f.Section + "?zurueck=ja"
		if f.Key != "" {
			h.Href += "#" + form.FieldID(f.Key)
		}
	case f.Key != "":
		h.Field = form.FieldID(f.Key)
	}
	return h
}

// summaries are all answers of a report by section, and the sections without
// any; with a base each can be changed.
func summaries(codes codebook, sheet form.Sheet, base string) ([]ui.Summary, []ui.Link) {
	var out []ui.Summary
	var none []ui.Link
	for _, s := range medical(sheet) {
		change := ui.Link{Label: s.Title, Href: base + "/" + s.Name + "?zurueck=ja"}
		items := codes.answers(sheet, s)
		if len(items) == 0 {
			none = append(none, change)
			continue
		}
		summary := ui.Summary{Number: len(out) + 1, Title: s.Title, Items: items}
		if base != "" {
			summary.Change = ui.Link{Label: "Ändern", Href: change.Href}
		}
		out = append(out, summary)
	}
	return out, none
}

func (p *Pages) noteForm(r *web.Request) (web.Response, error) {
	var posted struct {
		Note  string `form:"note,max=4000,lines"`
		Token string `form:"stand,max=64"`
	}
	if err := r.Decode(&posted); err != nil {
		return nil, err
	}
	response, err := p.act(r, "form-note", func(a drafting.Actor) error {
		return p.rooms.Drafts.Note(r.Context(), a, formID(r), posted.Token, posted.Note)
	})
	if !errors.Is(err, drafting.ErrNote) {
		return response, err
	}
	var problems ui.Problems
	problems.Add(fieldNote, drafting.ErrNote.Sentence)
	return p.showForm(r, func(page *formPage) {
		page.Note = page.Note.Check(problems)
		page.Note.Hint, page.Note.Value = "Gespeichert ist jetzt: „"+page.Note.Value+"“", posted.Note
	}, problems)
}

func (p *Pages) lockForm(r *web.Request) (web.Response, error) {
	var posted struct {
		Locked bool `form:"gesperrt"`
	}
	if err := r.Decode(&posted); err != nil {
		return nil, err
	}
	notice := "form-unlocked"
	if posted.Locked {
		notice = "form-locked"
	}
	return p.act(r, notice, func(a drafting.Actor) error { return p.rooms.Drafts.Lock(r.Context(), a, formID(r), posted.Locked) })
}

func (p *Pages) reviseForm(r *web.Request) (web.Response, error) {
	var posted struct{}
	if err := r.Decode(&posted); err != nil {
		return nil, err
	}
	return p.act(r, "form-revised", func(a drafting.Actor) error { return p.rooms.Drafts.Revise(r.Context(), a, formID(r)) })
}

// act does something with a report and shows it again.
func (p *Pages) act(r *web.Request, notice string, do func(drafting.Actor) error) (web.Response, error) {
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	if err := do(a); err != nil {
		return nil, err
	}
	return web.Redirect(formHref(formID(r))).Notice(notice), nil
}

// dropPage asks before a draft is thrown away.
type dropPage struct {
	Href    string
	Revised bool
	Since   string
	Button  string // what it does
}

func (p *Pages) askDropForm(r *web.Request) (web.Response, error) {
	f, err := p.rooms.Drafts.Form(r.Context(), r.Principal.UnitID, formID(r))
	if err != nil {
		return nil, err
	}
	if f.Sheet == nil {
		return nil, errNothingToDrop
	}
	title, page := newDropPage(f)
	return web.Page("forms_drop", title, page).With(formCrumbs(f.ID, f.Occasion, title)), nil
}

func newDropPage(f drafting.Form) (string, dropPage) {
	page := dropPage{Href: formHref(f.ID)}
	if last := f.Last(); last != nil {
		page.Revised, page.Since, page.Button = true, ui.Moment(last.At), "Änderungen verwerfen"
		return page.Button, page
	}
	page.Button = "Entwurf löschen"
	return page.Button, page
}

// errNothingToDrop means that a report is submitted and nobody edits it.
var errNothingToDrop = fault.New(fault.Conflict, "forms.nothing_to_drop",
	"An dieser Meldung wird gerade nichts bearbeitet. Öffnen Sie die Meldung, um zu sehen, wo sie steht.")

func (p *Pages) dropForm(r *web.Request) (web.Response, error) {
	var posted struct{}
	if err := r.Decode(&posted); err != nil {
		return nil, err
	}
	f, err := p.rooms.Drafts.Form(r.Context(), r.Principal.UnitID, formID(r))
	if err != nil {
		return nil, err
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	if err := p.rooms.Drafts.GiveUp(r.Context(), a, f.ID); err != nil {
		return nil, err
	}
	if f.State() == drafting.Revised {
		return web.Redirect(formHref(f.ID)).Notice("form-restored"), nil
	}
	return web.Redirect(pathForms).Notice("form-dropped"), nil
}

// statusConflict is the status of a page that shows two versions.
const statusConflict = http.StatusConflict
