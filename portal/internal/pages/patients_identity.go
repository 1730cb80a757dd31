// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"

	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report/form"
)

// errNoIdentitySection means that a record has no such section.
var errNoIdentitySection = fault.New(fault.NotFound, "patients.no_section",
	"Diesen Abschnitt hat die Patientenakte nicht. Öffnen Sie die Akte und wählen Sie dort einen Abschnitt.")

// openRecord is a record whose identity is being filled in, with one section.
type openRecord struct {
	record  drafting.Record
	section *form.Section
}

func (o *openRecord) href() string { return recordHref(o.record.ID) + "/" + o.section.Name }

// openIdentity finds the section of an address. A sealed identity has none: nil.
func (p *Pages) openIdentity(r *web.Request) (*openRecord, error) {
	return p.openIdentityAt(r, r.PathValue("abschnitt"))
}

func (p *Pages) openIdentityAt(r *web.Request, name string) (*openRecord, error) {
	rec, err := p.rooms.Drafts.Record(r.Context(), r.Principal.UnitID, drafting.RecordID(r.PathValue("akte")))
	if err != nil {
		return nil, err
	}
	o := &openRecord{record: rec}
	if rec.Identity == nil {
		return o, nil
	}
	sections := identitySections(rec.Identity)
	i := slices.IndexFunc(sections, func(s *form.Section) bool { return s.Name == name })
	if i < 0 {
		return nil, errNoIdentitySection
	}
	o.section = sections[i]
	return o, nil
}

func (p *Pages) identity(r *web.Request) (web.Response, error) {
	var query struct {
		More string `form:"mehr,max=200"`
		Back bool   `form:"zurueck"`
	}
	if err := r.DecodeQuery(&query); err != nil {
		return nil, err
	}
	o, err := p.openIdentity(r)
	if err != nil {
		return nil, err
	}
	if o.section == nil {
		return web.Redirect(recordHref(o.record.ID)), nil
	}
	checked, err := p.rooms.Drafts.CheckRecord(r.Context(), r.Principal.UnitID, o.record.ID)
	if err != nil {
		return nil, err
	}
	show := sectionShow{More: query.More, Codes: p.codes()}
	if query.Back {
		show.Problems = identityProblems(&checked, o.section, false)
	}
	return identityResponse(o, newIdentityPage(o, &checked, show, query.Back)), nil
}

func identityResponse(o *openRecord, page sectionPage) *web.PageResponse {
	return web.Page("forms_section", o.section.Title, page).With(formScripts).With(recordCrumbs(o.record.ID, o.section.Title))
}

// identityProblems are the errors of a section that stand at a field; typed
// gives only those that cannot be read as they stand.
func identityProblems(c *drafting.RecordCheck, section *form.Section, typed bool) ui.Problems {
	var problems ui.Problems
	for _, f := range c.Errors {
		if f.Section == section.Name && f.Key != "" && (!typed || f.Rule == ruleTyped) {
			problems.Add(form.FieldID(f.Key), sentence(f))
		}
	}
	return problems
}

func newIdentityPage(o *openRecord, c *drafting.RecordCheck, show sectionShow, back bool) sectionPage {
	sections := identitySections(o.record.Identity)
	page := sectionPage{Place: ui.Section{Number: 1 + slices.Index(sections, o.section), Of: len(sections)}, Intro: o.section.Intro,
		Action: o.href(), Token: ui.Hidden("version", drafting.Token(o.record.Identity, o.section)),
		Blocks: sectionFields(o.record.Identity, o.section, show), Patient: string(o.record.Patient),
		Cancel: ui.Link{Label: "Zur Patientenakte", Href: recordHref(o.record.ID)},
		Next:   ui.Button{Label: "Speichern und weiter", Name: "act", Value: "weiter"}, Help: helpOf(o.section)}
	if back {
		field := ui.Hidden("zurueck", "ja")
		page.Back = &field
		page.Next.Label = "Speichern und zurück"
	}
	for _, s := range c.Sections {
		if s.Section.Name != o.section.Name {
			continue
		}
		page.State = identityBadge(s)
		if s.Filled {
			page.Hints = identityHints(c, o.section)
		}
	}
	return page
}

// identityHints are the findings of a section with the jump to their field.
func identityHints(c *drafting.RecordCheck, section *form.Section) ui.Hints {
	h := ui.Hints{Title: "Noch offen in diesem Abschnitt"}
	for _, f := range slices.Concat(c.Errors, c.Warnings) {
		if f.Section == section.Name {
			h.Items = append(h.Items, hintOf(f, ""))
		}
	}
	return h
}

// saveIdentity saves what was typed and leads on.
func (p *Pages) saveIdentity(r *web.Request) (web.Response, error) {
	o, post, err := p.postedIdentity(r)
	if err != nil {
		return nil, err
	}
	if o.section == nil { // a colleague was faster: what was typed is not kept, and that is said
		return nil, drafting.ErrSealed
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	_, err = p.rooms.Drafts.SaveIdentity(r.Context(), a, o.record.ID, o.section.Name, post.Token, post.Values)
	if conflict, is := asConflict(err); is {
		return p.showIdentityConflict(o, conflict), nil
	}
	if err != nil {
		return nil, err
	}
	return p.afterIdentity(r, o, post)
}

func (p *Pages) showIdentityConflict(o *openRecord, c *drafting.Conflict) web.Response {
	return web.Page("forms_conflict", titleConflict, newConflict(p.codes(), o.section, c, o.href(), o.href())).Status(statusConflict).With(wide).
		With(recordCrumbs(o.record.ID, o.section.Title))
}

func (p *Pages) postedIdentity(r *web.Request) (*openRecord, sectionPost, error) {
	o, err := p.openIdentity(r)
	if err != nil || o.section == nil {
		return o, sectionPost{}, err
	}
	post, err := decodeSection(r, o.record.Identity, o.section)
	return o, post, err
}

func (p *Pages) afterIdentity(r *web.Request, o *openRecord, post sectionPost) (web.Response, error) {
	switch {
	case post.Search != "":
		return web.Redirect(o.href() + "/suche?feld=" + form.FieldID(post.Search)), nil
	case post.Act == "add":
		return web.Redirect(o.href() + "?mehr=" + post.List + backQuery("&", post.Back)), nil
	case post.Act == "remove":
		return web.Redirect(o.href() + backQuery("?", post.Back)), nil
	}
	unit := r.Principal.UnitID
	rec, err := p.rooms.Drafts.Record(r.Context(), unit, o.record.ID)
	if err != nil {
		return nil, err
	}
	checked, err := p.rooms.Drafts.CheckRecord(r.Context(), unit, o.record.ID)
	if err != nil {
		return nil, err
	}
	if problems := identityProblems(&checked, o.section, true); len(problems) > 0 {
		o.record = rec
		return identityResponse(o, newIdentityPage(o, &checked, sectionShow{Problems: problems, Codes: p.codes()}, post.Back)).Refused(problems), nil
	}
	here := recordHref(rec.ID)
	correcting := rec.Sealed() && rec.Correction != drafting.NoCorrection
	switch {
	case post.Act == "speichern":
		return web.Redirect(here).Notice("identity_saved"), nil
	case post.Back && correcting:
		return web.Redirect(here + "/berichtigung"), nil
	case post.Back:
		return web.Redirect(here), nil
	}
	if next := nextIdentity(&checked, o.section); next != "" {
		return web.Redirect(here + "/" + next), nil
	}
	if correcting {
		return web.Redirect(here + "/berichtigung"), nil
	}
	rows, _, err := p.rooms.Drafts.Forms(r.Context(), unit, drafting.Filter{Record: rec.ID}, 0, 1)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return web.Redirect("/meldungen/neu?akte=" + string(rec.ID)), nil
	}
	return web.Redirect(here).Notice("identity_saved"), nil
}

// nextIdentity is the section after one that is not complete, "" for none.
func nextIdentity(c *drafting.RecordCheck, after *form.Section) string {
	at := slices.IndexFunc(c.Sections, func(s drafting.SectionState) bool { return s.Section.Name == after.Name })
	for i, s := range c.Sections {
		if i > at && (!s.Filled || s.Errors > 0) {
			return s.Section.Name
		}
	}
	return ""
}

// autosaveIdentity is saveIdentity for the script.
func (p *Pages) autosaveIdentity(r *web.Request) (web.Response, error) {
	o, post, err := p.postedIdentity(r)
	if err != nil {
		return nil, err
	}
	if o.section == nil {
		return nil, drafting.ErrSealed
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	saved, err := p.rooms.Drafts.SaveIdentity(r.Context(), a, o.record.ID, o.section.Name, post.Token, post.Values)
	return autosaved(saved, nil, err)
}
