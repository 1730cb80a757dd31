// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"cmp"
	"context"
	"net/url"
	"regexp"
	"slices"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/report/form"
	"meldewerk/tumour"
	"meldewerk/tumour/wording"
)

// recordView is everything of a record that its page shows.
type recordView struct {
	Record  drafting.Record
	Check   drafting.RecordCheck // only while there is an identity
	Tumours []drafting.Tumour
	Forms   []drafting.Row
	Codes   codebook
	Lost    bool          // a report was refused because the trust centre does not know the person
	Refused bool          // the last correction of the identity was refused
	Warn    time.Time     // drafts that go before then say so
	Keep    time.Duration // of what nobody touches
}

// recordPage is a Patientenakte: who it is, and the reports by tumour.
type recordPage struct {
	Number    string
	Href      string
	Banner    *ui.Details // the reduced set, once submitted
	Person    string      // as typed, before
	ReportFor string
	Identity  *ui.TaskList
	Hints     ui.Hints
	Lost      bool
	Refused   bool // the correction was, and nothing else is to be done first
	Running   bool // a correction is being typed
	Correct   bool // the identity may be corrected
	MayDelete bool
	NewReport string // address
	Goes      string // the day on which what is typed of the person goes
	Tumours   []recordTumour
	History   ui.Field
}

// recordTumour is one tumour with its reports.
type recordTumour struct {
	Reports ui.Table
	Next    ui.Link // a further report on it
}

func (p *Pages) patient(r *web.Request) (web.Response, error) {
	view, err := p.recordView(r.Context(), r.Principal.UnitID, drafting.RecordID(r.PathValue("akte")), r.Now())
	if err != nil {
		return nil, err
	}
	return web.Page("patients_record", titleRecord, newRecordPage(&view)).With(wide).With(recordCrumbs("")), nil
}

// recordCrumbs leads back to a record; without here to the list of all.
func recordCrumbs(id drafting.RecordID, here ...string) func(*ui.Frame) {
	links := []ui.Link{{Label: titlePatients, Href: pathPatients}}
	if id == "" {
		return crumbs(append(links, ui.Link{Label: titleRecord})...)
	}
	links = append(links, ui.Link{Label: titleRecord, Href: recordHref(id)})
	for _, label := range here {
		links = append(links, ui.Link{Label: label})
	}
	return crumbs(links...)
}

// warn is until when a draft that goes says so.
func (p *Pages) warn(now time.Time) time.Time { return now.Add(p.rooms.Profile.WarnDrafts) }

// maxShown bounds how many reports the page of one patient shows.
const maxShown = 500

func (p *Pages) recordView(ctx context.Context, unit string, id drafting.RecordID, now time.Time) (recordView, error) {
	v := recordView{Codes: p.codes(), Warn: p.warn(now), Keep: p.rooms.Profile.KeepDrafts}
	var err error
	if v.Record, err = p.rooms.Drafts.Record(ctx, unit, id); err != nil {
		return v, err
	}
	if !v.Record.Sealed() || v.Record.Correction != drafting.NoCorrection {
		if v.Check, err = p.rooms.Drafts.CheckRecord(ctx, unit, id); err != nil {
			return v, err
		}
	}
	if v.Tumours, err = p.rooms.Drafts.Tumours(ctx, unit, id); err != nil {
		return v, err
	}
	if v.Forms, _, err = p.rooms.Drafts.Forms(ctx, unit, drafting.Filter{Record: id}, 0, maxShown); err != nil {
		return v, err
	}
	refused, err := p.refusedForms(ctx, unit, v.Forms)
	v.Lost, v.Refused = personLost(refused), drafting.CorrectionRefused(refused)
	return v, err
}

// refusedForms are the reports of which the trust centre refused the last version.
func (p *Pages) refusedForms(ctx context.Context, unit string, rows []drafting.Row) ([]drafting.Form, error) {
	var refused []drafting.Form
	for _, row := range rows {
		if row.Progress != submission.Refused {
			continue
		}
		f, err := p.rooms.Drafts.Form(ctx, unit, row.ID)
		if err != nil {
			return nil, err
		}
		refused = append(refused, f)
	}
	return refused, nil
}

// rulesPersonLost are the remarks on a report whose person has to be given
// anew: the trust centre does not know him any more, or could not read the
// envelope in which he was given.
var rulesPersonLost = []string{"VST-9", dispatch.RuleGivenUp}

// personLost says whether a report of the patient was refused for want of the person.
func personLost(refused []drafting.Form) bool {
	return slices.ContainsFunc(refused, func(f drafting.Form) bool {
		last := f.Last()
		return last != nil && wantsPerson(last)
	})
}

// wantsPerson says whether a version was refused for want of the person.
func wantsPerson(v *drafting.Sent) bool {
	return slices.ContainsFunc(v.Remarks, func(m submission.Remark) bool { return slices.Contains(rulesPersonLost, m.Rule) })
}

func newRecordPage(v *recordView) recordPage {
	rec := &v.Record
	href := recordHref(rec.ID)
	page := recordPage{Number: string(rec.Patient), Href: href, ReportFor: string(rec.Reporter), Lost: v.Lost && rec.Correction == drafting.NoCorrection,
		Refused: v.Refused && !v.Lost && rec.Correction == drafting.NoCorrection,
		Running: rec.Sealed() && rec.Correction != drafting.NoCorrection, MayDelete: !rec.Sealed(),
		Correct:   rec.Correction == drafting.NoCorrection && v.mayCorrect(),
		NewReport: "/meldungen/neu?akte=" + string(rec.ID), History: ui.Hidden("patient_id", string(rec.Patient))}
	if rec.Sealed() {
		b := banner(followup.PatientOf(*rec.View))
		page.Banner = &b
	} else {
		page.Person = personLine(rec.Identity)
	}
	if !rec.Sealed() || page.Running {
		page.Identity = identityTasks(&v.Check, href)
		page.Hints = recordHints(&v.Check, href)
	}
	if v.Keep > 0 && rec.Identity != nil && (page.Running || len(v.Forms) == 0) {
		page.Goes = ui.Date(rec.ChangedAt.Add(v.Keep))
	}
	shown := map[drafting.FormID]bool{}
	for i := range v.Tumours {
		t := &v.Tumours[i]
		for _, row := range t.Forms {
			shown[row.ID] = true
		}
		page.Tumours = append(page.Tumours, recordTumour{recordTable(v.Codes, &t.Assignment, t.Forms, v.Warn), nextOn(rec.ID, t.Assignment.TumourID)})
	}
	rest := slices.DeleteFunc(slices.Clone(v.Forms), func(row drafting.Row) bool { return shown[row.ID] })
	if len(rest) > 0 {
		page.Tumours = append(page.Tumours, recordTumour{Reports: recordTable(v.Codes, &tumour.Assignment{}, rest, v.Warn)})
	}
	for i := range page.Tumours {
		t := &page.Tumours[i].Reports
		t.Caption = "Tumor " + ui.Number(int64(i+1)) + ": " + t.Caption
	}
	return page
}

// identityTasks are the sections of the identity with how far they are.
func identityTasks(c *drafting.RecordCheck, href string) *ui.TaskList {
	list := &ui.TaskList{Title: "Angaben zur Person"}
	for _, s := range c.Sections {
		list.Tasks = append(list.Tasks, ui.Task{Title: s.Section.Title, Href: href + "/" + s.Section.Name, Badge: identityBadge(s)})
	}
	asked := func(name string) bool {
		return slices.ContainsFunc(c.Sections, func(s drafting.SectionState) bool { return s.Section.Name == name })
	}
	for _, s := range form.Further(form.NewSheet(tumour.OccasionDiagnosis)) {
		if s.OfPatient() && len(c.Sections) > 0 && !asked(s.Name) {
			list.Tasks = append(list.Tasks, ui.Task{Title: s.Title, Href: href + "/" + s.Name, Hint: "Nur, wenn die Person als Kind erkrankt ist",
				Badge: ui.Badge{Kind: ui.Neutral, Word: "Freiwillig"}})
		}
	}
	return list
}

// identityBadge is how far a section is, in a word.
func identityBadge(s drafting.SectionState) ui.Badge {
	switch {
	case !s.Filled:
		return ui.Badge{Kind: ui.Neutral, Word: "Noch nicht begonnen"}
	case s.Errors > 0:
		return ui.Badge{Kind: ui.Warning, Word: ui.Count(int64(s.Errors), "Angabe offen", "Angaben offen"), Icon: "edit"}
	case s.Warnings > 0:
		return ui.Badge{Kind: ui.Info, Word: ui.Count(int64(s.Warnings), "Hinweis", "Hinweise")}
	}
	return ui.Badge{Kind: ui.Success, Word: "Vollständig"}
}

// recordHints are the findings on the identity with the way to their fields;
// what is merely not filled yet says the task list.
func recordHints(c *drafting.RecordCheck, href string) ui.Hints {
	h := ui.Hints{Title: "Zu den Angaben"}
	begun := map[string]bool{}
	for _, s := range c.Sections {
		begun[s.Section.Name] = s.Filled
	}
	for _, f := range slices.Concat(c.Errors, c.Warnings) {
		if f.Section != "" && !begun[f.Section] {
			continue
		}
		h.Items = append(h.Items, hintOf(f, href))
	}
	return h
}

// ownTumour is what a Tumor-ID of our own making looks like; source systems
// may begin theirs with the same letter.
var ownTumour = regexp.MustCompile(`^T-[A-Z2-7]{26}$`)

// nextOn leads to a further report on a tumour. Only a Tumor-ID of our own
// making stands in an address: another might say something of the person.
func nextOn(id drafting.RecordID, of tumour.SourceID) ui.Link {
	if !ownTumour.MatchString(string(of)) {
		return ui.Link{}
	}
	query := url.Values{"akte": {string(id)}, "tumor": {string(of)}}
	return ui.Link{Label: "Weitere Meldung zu diesem Tumor", Href: "/meldungen/neu?" + query.Encode()}
}

// recordTable shows the reports of one tumour, what waits for somebody first.
func recordTable(codes codebook, a *tumour.Assignment, rows []drafting.Row, warn time.Time) ui.Table {
	t := ui.Table{Caption: tumourLine(codes, a), Small: true,
		Columns: []ui.Column{ui.Col("Meldung"), ui.Col("Stand"), ui.Col("Zuletzt"), ui.Col("Nächster Schritt")}}
	rows = slices.Clone(rows)
	slices.SortStableFunc(rows, func(a, b drafting.Row) int { return cmp.Compare(urgency(b), urgency(a)) })
	for _, row := range rows {
		badge := reportBadge(row)
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{
			{Text: row.Occasion.German(), Href: formHref(row.ID), Header: true}, {Badge: &badge}, {Text: lastAct(row), More: goesOn(row, warn)}, {Text: nextAct(row)}}})
	}
	return t
}

// tumourLine names a tumour with all that is known of it.
func tumourLine(codes codebook, a *tumour.Assignment) string {
	title := tumourTitle(codes, *a)
	if side := wording.Side(a.Side); side != "" {
		title += ", " + side
	}
	if day := a.DiagnosedOn.German(); day != "" {
		title += ", Diagnose " + day
	}
	return title
}

// lastAct is who did something last, and when.
func lastAct(row drafting.Row) string {
	if row.State == drafting.Submitted {
		return "übermittelt am " + ui.Date(row.SentAt)
	}
	text := "geändert am " + ui.Date(row.ChangedAt)
	if row.ChangedBy != "" {
		text += " von " + row.ChangedBy
	}
	return text
}

// goesOn warns of the day on which an untouched draft goes.
func goesOn(row drafting.Row, warn time.Time) string {
	if row.DeletedOn.IsZero() || row.DeletedOn.After(warn) {
		return ""
	}
	if row.State == drafting.Revised {
		return "Die Änderungen werden am " + ui.Date(row.DeletedOn) + " verworfen."
	}
	return "Wird am " + ui.Date(row.DeletedOn) + " gelöscht."
}

// nextAct is what a report waits for.
func nextAct(row drafting.Row) string {
	switch {
	case row.Locked && row.State != drafting.Submitted:
		return "Sperre aufheben, dann übermitteln"
	case row.State == drafting.Draft:
		return "Ausfüllen und übermitteln"
	case row.State == drafting.Revised:
		return "Geänderte Fassung übermitteln"
	}
	switch row.Progress {
	case submission.Refused:
		return "Berichtigen und erneut senden"
	case submission.Queried:
		return "Rückfrage beantworten"
	case submission.Completed:
		return "Nichts zu tun"
	}
	return "Warten auf die Vertrauensstelle"
}

func (p *Pages) askDeletePatient(r *web.Request) (web.Response, error) {
	view, err := p.recordView(r.Context(), r.Principal.UnitID, drafting.RecordID(r.PathValue("akte")), r.Now())
	if err != nil {
		return nil, err
	}
	if view.Record.Sealed() {
		return web.Redirect(recordHref(view.Record.ID)), nil
	}
	return web.Page("patients_delete", titleDeleteRecord, newDeletePage(&view)).With(recordCrumbs(view.Record.ID, "Löschen")), nil
}

const titleDeleteRecord = "Patientenakte löschen"

// deletePage asks once more.
type deletePage struct {
	Number string
	Person string
	Drafts string
	Href   string
}

func newDeletePage(v *recordView) deletePage {
	page := deletePage{Number: string(v.Record.Patient), Person: personLine(v.Record.Identity), Href: recordHref(v.Record.ID)}
	if n := len(v.Forms); n > 0 {
		page.Drafts = ui.Count(int64(n), "Entwurf", "Entwürfe")
	}
	return page
}

func (p *Pages) deletePatient(r *web.Request) (web.Response, error) {
	var nothing struct{}
	if err := r.Decode(&nothing); err != nil {
		return nil, err
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	if err := p.rooms.Drafts.DeleteRecord(r.Context(), a, drafting.RecordID(r.PathValue("akte"))); err != nil {
		return nil, err
	}
	return web.Redirect(pathPatients).Notice("record_deleted"), nil
}
