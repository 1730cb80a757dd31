// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"maps"
	"slices"

	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/handbook"
	"meldewerk/report"
	"meldewerk/report/form"
)

// sectionPage is one section of a report: the questions, and beside them what
// is open and where help stands.
type sectionPage struct {
	Place   ui.Section
	Intro   string
	Rule    string // what is compulsory here, where that is not what it is elsewhere
	Action  string
	Token   ui.Field
	Back    *ui.Field // the page was opened from the check of all answers
	Blocks  []fieldBlock
	Next    ui.Button
	Cancel  ui.Link
	State   ui.Badge
	Hints   ui.Hints
	Patient string
	Banner  *ui.Details // the reduced set, once the identity is sealed away
	Help    sectionHelp
}

// Onward is the button that leads on. The page begins there when no question is
// left without an answer, so that Enter goes on.
func (s sectionPage) Onward() ui.Button {
	button := s.Next
	button.Focus = !anyField(s.Blocks, func(f ui.Field) bool { return f.Focus || f.Error != "" })
	return button
}

// sectionHelp is what the handbook says about a section.
type sectionHelp struct {
	Purpose string // what the registry does with it
	Link    ui.Link
}

func helpOf(section *form.Section) sectionHelp {
	help, known := handbook.ForSection(section.Name)
	if !known {
		return sectionHelp{Link: ui.Link{Label: "Hilfe", Href: "/hilfe"}}
	}
	return sectionHelp{Purpose: help.Use, Link: ui.Link{Label: "Hilfe zu diesem Abschnitt", Href: help.Address()}}
}

// errNoSection means that the section does not belong to the report.
var errNoSection = fault.New(fault.NotFound, "forms.no_section",
	"Diesen Abschnitt hat die Meldung nicht. Öffnen Sie die Meldung und wählen Sie dort einen Abschnitt.")

// open is a report that is being filled in, with one of its sections.
type open struct {
	form    drafting.Form
	record  drafting.Record
	section *form.Section
}

func (o *open) href() string { return formHref(o.form.ID) + "/" + o.section.Name }

// sectionToken names the state of the section as it is stored.
func sectionToken(o *open) string { return drafting.Token(o.form.Sheet, o.section) }

func (p *Pages) openSection(r *web.Request) (*open, error) {
	f, record, err := p.formAndRecord(r.Context(), r.Principal.UnitID, formID(r))
	if err != nil {
		return nil, err
	}
	if f.Sheet == nil {
		return nil, drafting.ErrNotOpen
	}
	section, known := form.Named(f.Sheet, r.PathValue("abschnitt"))
	if !known || section.OfPatient() {
		return nil, errNoSection
	}
	return &open{f, record, section}, nil
}

func (p *Pages) formSection(r *web.Request) (web.Response, error) {
	var query struct {
		More string `form:"mehr,max=200"`
		Back bool   `form:"zurueck"`
	}
	if err := r.DecodeQuery(&query); err != nil {
		return nil, err
	}
	o, err := p.openSection(r)
	if err != nil {
		return nil, err
	}
	checked, err := p.rooms.Drafts.Check(r.Context(), r.Principal.UnitID, o.form.ID)
	if err != nil {
		return nil, err
	}
	show := sectionShow{More: query.More, Codes: p.codes(), Reasons: p.rooms.Drafts.ReasonsFor(o.form.Occasion)}
	if query.Back {
		show.Problems = sectionProblems(checked, o.section)
	}
	page := newSectionPage(o, checked, o.form.Sheet, show, query.Back)
	return p.sectionResponse(o, page), nil
}

func (p *Pages) sectionResponse(o *open, page sectionPage) *web.PageResponse {
	return web.Page("forms_section", o.section.Title, page).With(formScripts).With(formCrumbs(o.form.ID, o.form.Occasion, o.section.Title))
}

// sectionProblems are the errors of a section that stand at a field.
func sectionProblems(checked drafting.Checked, section *form.Section) ui.Problems {
	var problems ui.Problems
	for _, f := range checked.Errors {
		if f.Section == section.Name && f.Key != "" {
			problems.Add(form.FieldID(f.Key), sentence(f))
		}
	}
	return problems
}

func sentence(f drafting.Finding) string {
	if f.Remedy == "" {
		return f.Message
	}
	return f.Message + " " + f.Remedy
}

func newSectionPage(o *open, checked drafting.Checked, sheet form.Sheet, show sectionShow, back bool) sectionPage {
	sections := medical(o.form.Sheet)
	page := sectionPage{Place: ui.Section{Number: 1 + slices.Index(sections, o.section), Of: len(sections)}, Intro: o.section.Intro,
		Action: o.href(), Token: ui.Hidden("version", sectionToken(o)),
		Blocks: sectionFields(sheet, o.section, show), Patient: string(o.record.Patient), Banner: recordBanner(o.record.View), Cancel: ui.Link{Label: "Zur Meldung", Href: formHref(o.form.ID)},
		Next: ui.Button{Label: "Speichern und weiter", Name: "act", Value: "weiter"}, Help: helpOf(o.section)}
	if back {
		field := ui.Hidden("zurueck", "ja")
		page.Back = &field
		page.Next.Label = "Speichern und zurück zur Prüfung"
	}
	page.State, page.Rule = ui.Badge{Kind: ui.Neutral, Word: "Noch nicht begonnen"}, ruleVoluntary // opened although the diagnosis does not ask for it
	for _, s := range checked.Sections {
		if s.Section.Name == o.section.Name {
			page.Rule = ""
			page.State, _ = stateOf(s, missingIn(checked, s.Section.Name))
			if !s.Filled && s.Errors == 0 {
				page.Rule = ruleVoluntary
			}
			if s.Filled {
				page.Hints = sectionHints(checked, s.Section)
			}
		}
	}
	return page
}

// ruleVoluntary is what is compulsory in a section that may stay empty.
const ruleVoluntary = "Dieser Abschnitt ist freiwillig. Füllen Sie ihn aus, sind Angaben ohne den Zusatz „(freiwillig)“ Pflicht."

// sectionHints are the findings of a section, those that stop first.
func sectionHints(checked drafting.Checked, section *form.Section) ui.Hints {
	hints := ui.Hints{Title: "Noch offen in diesem Abschnitt"}
	for _, list := range [][]drafting.Finding{checked.Errors, checked.Warnings} {
		for _, f := range list {
			if f.Section == section.Name {
				hints.Items = append(hints.Items, hintOf(f, ""))
			}
		}
	}
	return hints
}

// saveSection saves what was typed and leads on: to the next section, to the
// search of a code, or to the same page with a row more or less.
func (p *Pages) saveSection(r *web.Request) (web.Response, error) {
	o, err := p.openSection(r)
	if err != nil {
		return nil, err
	}
	post, err := decodeSection(r, o.form.Sheet, o.section)
	if err != nil {
		return nil, err
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	_, err = p.rooms.Drafts.Save(r.Context(), a, o.form.ID, o.section.Name, post.Token, post.Values)
	if conflict, is := asConflict(err); is {
		return p.showConflict(o, conflict), nil
	}
	if err != nil {
		return nil, err
	}
	p.recent.note(r.Principal.UnitID, p.codes(), o.section, post.Values)
	return p.afterSave(r, o, post)
}

func (p *Pages) afterSave(r *web.Request, o *open, post sectionPost) (web.Response, error) {
	stay := o.href()
	switch {
	case post.Search != "":
		return web.Redirect(stay + "/suche?feld=" + form.FieldID(post.Search)), nil
	case post.Act == "add":
		return web.Redirect(stay + "?mehr=" + post.List + backQuery("&", post.Back)), nil
	case post.Act == "remove":
		return web.Redirect(stay + backQuery("?", post.Back)), nil
	}
	checked, err := p.rooms.Drafts.Check(r.Context(), r.Principal.UnitID, o.form.ID)
	if err != nil {
		return nil, err
	}
	if problems := append(post.Problems, unreadable(checked, o.section)...); len(problems) > 0 {
		o.form = checked.Form
		page := newSectionPage(o, checked, checked.Form.Sheet, sectionShow{Problems: problems, Codes: p.codes(), Lines: post.Lines, Reasons: p.rooms.Drafts.ReasonsFor(o.form.Occasion)}, post.Back)
		return p.sectionResponse(o, page).Refused(problems), nil
	}
	switch {
	case post.Act == "speichern":
		return web.Redirect(formHref(o.form.ID)).Notice("form-saved"), nil
	case post.Back:
		return web.Redirect(formHref(o.form.ID) + "/pruefen"), nil
	}
	return web.Redirect(formHref(o.form.ID) + "/" + nextSection(checked, o.section)), nil
}

func backQuery(sep string, back bool) string {
	if back {
		return sep + "zurueck=ja"
	}
	return ""
}

// ruleTyped is the rule id of what cannot be read as it was typed.
const ruleTyped = "FORM"

// unreadable are the answers of a section that cannot be read: what is merely
// missing stops nobody from going on.
func unreadable(checked drafting.Checked, section *form.Section) ui.Problems {
	var problems ui.Problems
	for _, f := range checked.Errors {
		if f.Section == section.Name && f.Rule == ruleTyped && f.Severity == report.Error {
			problems.Add(form.FieldID(f.Key), sentence(f))
		}
	}
	return problems
}

// seldom are sections that are passed over as long as nothing stands in them:
// they are opened from the list of sections.
var seldom = map[string]bool{"zusatz": true, "einsender": true, "begleitung": true, "kinderkrebs-tumor": true, "kinderkrebs-alt": true,
	"komplikationen": true}

// nextSection is where one goes on after a section: the next one that is usual
// or open, then what is still open before it, then the check of all answers.
func nextSection(checked drafting.Checked, after *form.Section) string {
	sections := slices.DeleteFunc(slices.Clone(checked.Sections), func(s drafting.SectionState) bool { return s.Section.OfPatient() })
	at := slices.IndexFunc(sections, func(s drafting.SectionState) bool { return s.Section.Name == after.Name })
	for i, s := range sections {
		if i > at && (s.Errors > 0 || !s.Filled && !seldom[s.Section.Name]) {
			return s.Section.Name
		}
	}
	for i, s := range sections {
		if i < at && s.Errors > 0 {
			return s.Section.Name
		}
	}
	return "pruefen"
}

// autosaveSection is saveSection for the script: nothing is said about what is
// typed, because it is not finished.
func (p *Pages) autosaveSection(r *web.Request) (web.Response, error) {
	o, err := p.openSection(r)
	if err != nil {
		return nil, err
	}
	post, err := decodeSection(r, o.form.Sheet, o.section)
	if err != nil {
		return nil, err
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	saved, err := p.rooms.Drafts.Save(r.Context(), a, o.form.ID, o.section.Name, post.Token, post.Values)
	return autosaved(saved, post.Taken, err)
}

// autosaved answers the script. Taken are fields that something else in the
// page has filled.
func autosaved(saved drafting.Saved, taken map[string]string, err error) (web.Response, error) {
	if conflict, is := asConflict(err); is {
		return web.JSONStatus(statusConflict, map[string]string{"error": "Diese Angaben wurden am " + ui.Moment(conflict.At) + " von " + conflict.By + " geändert.", "compare": "ja"}), nil
	}
	if err != nil {
		return nil, err
	}
	fields := map[string]string{}
	maps.Copy(fields, taken)
	for key, value := range saved.Suggested {
		fields[form.FieldID(key)] = value
	}
	return web.JSON(map[string]any{"saved": ui.Clock(saved.At), "version": saved.Token, "fields": fields}), nil
}
