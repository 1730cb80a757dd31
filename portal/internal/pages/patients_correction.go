// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"slices"
	"strconv"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/upload"
	"meldewerk/report/form"
)

const (
	titleCorrection        = "Identität berichtigen"
	titleCorrected         = "Berichtigung prüfen und übermitteln"
	titleCorrectionReceipt = "Die Berichtigung ist übermittelt"
)

// correctionPage asks why an identity is given anew.
type correctionPage struct {
	Href   string
	Banner ui.Details
	Reason ui.Field
}

// correctionWord is a reason with what it leads to.
type correctionWord struct {
	reason      drafting.Correction
	label, hint string
}

var correctionWords = []correctionWord{
	{drafting.Spelling, "Schreibweise oder neuer Name", "Dieselbe Person, zum Beispiel nach einer Heirat, nach einem Umzug oder wegen eines Tippfehlers. Bisherige Meldungen bleiben bei ihr."},
	{drafting.WrongPerson, "Falsche Person gemeldet", "Die Meldungen gehören zu einem anderen Menschen. Sie werden von der bisherigen Person gelöst und der richtigen zugeordnet."},
	{drafting.Missing, "Die Vertrauensstelle kennt die Person nicht mehr", "Eine Meldung wurde deshalb abgewiesen. Dieselbe Person, unverändert neu angegeben."},
}

func (p *Pages) correction(r *web.Request) (web.Response, error) {
	view, err := p.recordView(r.Context(), r.Principal.UnitID, drafting.RecordID(r.PathValue("akte")), r.Now())
	switch {
	case err != nil:
		return nil, err
	case !view.mayCorrect() && view.Record.Correction == drafting.NoCorrection:
		return web.Redirect(recordHref(view.Record.ID)), nil
	case view.Record.Correction == drafting.NoCorrection:
		return p.askWhy(&view, "", nil), nil
	}
	if view.Check, err = p.rooms.Drafts.CheckCorrection(r.Context(), r.Principal.UnitID, view.Record.ID); err != nil {
		return nil, err
	}
	return p.correctionCheck(&view), nil
}

func (p *Pages) askWhy(v *recordView, reason string, problems ui.Problems) *web.PageResponse {
	page := web.Page("patients_correction", titleCorrection, newCorrectionPage(v, reason, problems)).
		With(recordCrumbs(v.Record.ID, titleCorrection))
	if len(problems) > 0 {
		page.Refused(problems)
	}
	return page
}

func newCorrectionPage(v *recordView, reason string, problems ui.Problems) correctionPage {
	var options []ui.Option
	for _, w := range correctionWords {
		if w.reason != drafting.Missing || v.Lost {
			options = append(options, ui.Option{Value: string(w.reason), Label: w.label, Hint: w.hint})
		}
	}
	if reason == "" && v.Lost {
		reason = string(drafting.Missing)
	}
	return correctionPage{Href: recordHref(v.Record.ID), Banner: banner(followup.PatientOf(*v.Record.View)),
		Reason: ui.Radios("grund", "Warum wird die Identität neu angegeben?", ui.Choose(options, reason)).Check(problems)}
}

func (p *Pages) beginCorrection(r *web.Request) (web.Response, error) {
	var posted struct {
		Reason string `form:"grund,max=20"`
	}
	if err := r.Decode(&posted); err != nil {
		return nil, err
	}
	id := drafting.RecordID(r.PathValue("akte"))
	if !slices.ContainsFunc(correctionWords, func(w correctionWord) bool { return string(w.reason) == posted.Reason }) {
		view, err := p.recordView(r.Context(), r.Principal.UnitID, id, r.Now())
		if err != nil {
			return nil, err
		}
		if !view.mayCorrect() {
			return web.Redirect(recordHref(id)), nil
		}
		var problems ui.Problems
		problems.Add("grund", "Der Grund fehlt. Wählen Sie, warum die Identität neu angegeben wird.")
		return p.askWhy(&view, posted.Reason, problems), nil
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	if err := p.rooms.Drafts.BeginCorrection(r.Context(), a, id, drafting.Correction(posted.Reason)); err != nil {
		return nil, err
	}
	return web.Redirect(recordHref(id) + "/person"), nil
}

// correctionCheckPage shows the whole identity once more before it goes.
type correctionCheckPage struct {
	Href     string
	Version  ui.Field
	Reason   string
	Banner   ui.Details // what stood before
	Answers  []ui.Summary
	Errors   ui.Hints
	Warnings ui.Hints
	Reports  ui.Hints // errors in the reports that go along
	Mend     string   // how these are mended
	Happens  []string
	Ready    bool
}

func (p *Pages) correctionCheck(v *recordView) *web.PageResponse {
	return web.Page("patients_check", titleCorrected, newCorrectionCheck(v)).With(recordCrumbs(v.Record.ID, titleCorrection))
}

func newCorrectionCheck(v *recordView) correctionCheckPage {
	rec := &v.Record
	href := recordHref(rec.ID)
	page := correctionCheckPage{Href: href, Version: ui.Hidden("version", strconv.FormatInt(rec.Version, 10)),
		Banner: banner(followup.PatientOf(*rec.View)), Ready: v.Check.Ready(),
		Errors: ui.Hints{Title: "Vor dem Übermitteln zu berichtigen"}, Warnings: ui.Hints{Title: "Hinweise"}}
	for _, w := range correctionWords {
		if w.reason == rec.Correction {
			page.Reason = w.label
		}
	}
	for i, s := range identitySections(rec.Identity) {
		page.Answers = append(page.Answers, ui.Summary{Number: i + 1, Title: s.Title, Items: v.Codes.answers(rec.Identity, s),
			Change: ui.Link{Label: "Ändern", Href: href + "/" + s.Name + "?zurueck=ja"}})
	}
	for _, f := range v.Check.Errors {
		page.Errors.Items = append(page.Errors.Items, correctionHint(f, href))
	}
	if n := len(v.Check.Reports); n > 0 {
		page.Reports.Title = ui.Count(int64(n), "Fehler", "Fehler") + " in den Meldungen, die mitgehen"
		page.Mend = mendReports(rec.Correction)
	}
	for _, f := range v.Check.Reports {
		page.Reports.Items = append(page.Reports.Items, correctionHint(f, href))
	}
	for _, f := range v.Check.Warnings {
		page.Warnings.Items = append(page.Warnings.Items, hintOf(f, href))
	}
	page.Happens = correctionHappens(v)
	return page
}

// correctionHint leads to the field of the identity, or to the report.
func correctionHint(f drafting.Finding, record string) ui.Hint {
	switch {
	case f.Form == "":
		return hintOf(f, record)
	case f.Section != "":
		return hintOf(f, formHref(f.Form))
	}
	h := hintOf(f, "")
	h.Field, h.Href = "", formHref(f.Form)
	return h
}

// mendReports says how a report is mended that goes along with a correction.
func mendReports(c drafting.Correction) string {
	if c == drafting.Spelling {
		return "Mitgesendet wird die zuletzt übermittelte Fassung. Bearbeiten und übermitteln Sie diese Meldungen zuerst, dann die Berichtigung."
	}
	return "Mitgesendet wird die zuletzt übermittelte Fassung. Brechen Sie die Berichtigung ab, bearbeiten und übermitteln Sie diese Meldungen und beginnen Sie die Berichtigung danach neu."
}

// mayCorrect says whether the trust centre has an identity of this record that
// could be corrected here: something of it was submitted by form.
func (v *recordView) mayCorrect() bool {
	return v.Record.Sealed() && slices.ContainsFunc(v.Forms, func(row drafting.Row) bool { return !row.SentAt.IsZero() })
}

// correctionHappens says what the submission will do.
func correctionHappens(v *recordView) []string {
	sent, edited := 0, 0
	for _, row := range v.Forms {
		if !row.SentAt.IsZero() {
			sent++
		}
		if row.State == drafting.Revised {
			edited++
		}
	}
	out := []string{ui.Count(int64(sent), "übermittelte Meldung wird", "übermittelte Meldungen werden") + " mit der neuen Identität noch einmal übermittelt, in der zuletzt übermittelten Fassung."}
	if v.Record.Correction == drafting.WrongPerson {
		out = append(out, "Die Meldungen werden von der bisherigen Person gelöst.")
	}
	if edited > 0 {
		out = append(out, "Was Sie gerade bearbeiten, bleibt als Entwurf stehen und wird nicht mitgesendet.")
	}
	return append(out, "Danach ist die Identität wieder versiegelt. Sie sehen nur noch die reduzierte Ansicht.")
}

func (p *Pages) submitCorrection(r *web.Request) (web.Response, error) {
	var posted struct {
		Version int `form:"version"`
	}
	if err := r.Decode(&posted); err != nil {
		return nil, err
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	id := drafting.RecordID(r.PathValue("akte"))
	receipt, err := p.rooms.Drafts.SubmitCorrection(r.Context(), a, id, int64(posted.Version))
	refused, findings := errors.AsType[*drafting.Refused](err)
	if findings || errors.Is(err, drafting.ErrChanged) {
		view, failed := p.recordView(r.Context(), r.Principal.UnitID, id, r.Now())
		if failed != nil || view.Record.Correction == drafting.NoCorrection {
			return nil, err
		}
		if findings && refused.Record != nil {
			view.Check = *refused.Record
		} else if view.Check, failed = p.rooms.Drafts.CheckCorrection(r.Context(), r.Principal.UnitID, id); failed != nil {
			return nil, failed
		}
		return p.correctionCheck(&view).Status(statusConflict).With(notSent(findings)), nil
	}
	if err != nil {
		return nil, err
	}
	return web.Redirect(recordHref(id) + "/quittung/" + receipt.Package), nil
}

// notSent says above the page why nothing was handed in.
func notSent(findings bool) func(*ui.Frame) {
	return func(f *ui.Frame) {
		f.Notice = &ui.Alert{Kind: ui.Warning, Title: "Nichts übermittelt", Body: drafting.ErrChanged.Sentence, Live: true}
		if findings {
			f.Notice.Body = "Die Prüfung hat Fehler gefunden. Beheben Sie sie und übermitteln Sie dann noch einmal."
		}
	}
}

func (p *Pages) giveUpCorrection(r *web.Request) (web.Response, error) {
	var nothing struct{}
	if err := r.Decode(&nothing); err != nil {
		return nil, err
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	id := drafting.RecordID(r.PathValue("akte"))
	if err := p.rooms.Drafts.GiveUpCorrection(r.Context(), a, id); err != nil {
		return nil, err
	}
	return web.Redirect(recordHref(id)).Notice("correction_dropped"), nil
}

// correctionReceipt is the Quittung of a correction.
type correctionReceipt struct {
	Number  string
	At      string
	Reports string
	Next    string
	Banner  ui.Details
	Href    string
}

func (p *Pages) correctionReceipt(r *web.Request) (web.Response, error) {
	unit := r.Principal.UnitID
	rec, err := p.rooms.Drafts.Record(r.Context(), unit, drafting.RecordID(r.PathValue("akte")))
	if err != nil {
		return nil, err
	}
	pkg, err := p.rooms.Uploads.Package(r.Context(), unit, upload.ID(r.PathValue("paket")))
	if err != nil {
		return nil, err
	}
	if !rec.Sealed() {
		return web.Redirect(recordHref(rec.ID)), nil
	}
	return web.Page("patients_receipt", titleCorrectionReceipt, p.newCorrectionReceipt(&rec, pkg)).
		With(recordCrumbs(rec.ID, "Quittung")).With(func(f *ui.Frame) { f.PrintID = pkg.Number }), nil
}

func (p *Pages) newCorrectionReceipt(rec *drafting.Record, pkg upload.Package) correctionReceipt {
	return correctionReceipt{Number: pkg.Number, At: ui.Moment(pkg.EndedAt), Href: recordHref(rec.ID),
		Reports: ui.Count(int64(pkg.Reports), "Meldung", "Meldungen"), Banner: banner(followup.PatientOf(*rec.View)),
		Next: "Die Vertrauensstelle prüft sie und gibt sie spätestens am " + ui.Date(pkg.EndedAt.Add(p.rooms.Profile.ForwardWithin)) + " an das Register weiter."}
}

// identitySections are the sections that ask who the patient is.
func identitySections(identity form.Sheet) []*form.Section {
	return slices.DeleteFunc(form.Sections(identity), func(s *form.Section) bool { return !s.OfPatient() })
}
