// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report/form"
)

// checkPage shows all answers once more before the report goes.
type checkPage struct {
	Href     string
	Patient  ui.Link
	Banner   *ui.Details
	Identity *ui.Summary // while the portal has it
	Errors   ui.Hints
	Warnings ui.Hints
	Fallen   []string
	Answers  []ui.Summary
	Empty    []ui.Link // sections without an answer
	Reason   string    // the sentence on the patient's information
	Change   ui.Link
	Version  ui.Field
	Confirm  *ui.Field
	// Confirmed names the warnings that are confirmed.
	Confirmed ui.Field
	Ready     bool
	Locked    bool
	Correct   string // address of the correction of the identity that must go first
	Again     bool   // a version was handed in before
	Known     bool   // the identity is with the trust centre already
	Problems  bool   // the last try was refused
}

const titleCheck = "Prüfen und übermitteln"

func (p *Pages) checkForm(r *web.Request) (web.Response, error) {
	return p.askSubmit(r, nil)
}

func (p *Pages) askSubmit(r *web.Request, problems ui.Problems) (web.Response, error) {
	checked, err := p.rooms.Drafts.Check(r.Context(), r.Principal.UnitID, formID(r))
	if err != nil {
		return nil, err
	}
	if checked.Form.Sheet == nil { // handed in already, perhaps by somebody else: the report says so
		return web.Redirect(formHref(checked.Form.ID)), nil
	}
	response := web.Page("forms_check", titleCheck, newCheckPage(p.codes(), checked, problems)).With(formCrumbs(checked.Form.ID, checked.Form.Occasion, titleCheck))
	if len(problems) > 0 {
		response.Refused(problems)
	}
	return response, nil
}

const fieldConfirm = "bestaetigt"

func newCheckPage(codes codebook, c drafting.Checked, problems ui.Problems) checkPage {
	href := formHref(c.Form.ID)
	page := checkPage{Href: href, Patient: ui.Link{Label: string(c.Record.Patient), Href: "/patienten/" + string(c.Record.ID)}, Banner: recordBanner(c.Record.View),
		Fallen: c.Fallen, Version: ui.Hidden("version", fmt.Sprint(c.Form.Version)),
		Ready: c.Ready(), Locked: c.Form.Locked, Again: len(c.Form.Sent) > 0, Problems: len(problems) > 0}
	page.Known = c.Record.Sealed()
	if why := c.Record.Correction; why == drafting.WrongPerson || why == drafting.Missing {
		page.Correct, page.Ready = recordHref(c.Record.ID), false
	}
	page.Answers, page.Empty = summaries(codes, c.Form.Sheet, href)
	page.Errors.Title, page.Warnings.Title = "Vor dem Übermitteln zu berichtigen", "Hinweise: Die Meldung kann so übermittelt werden"
	for _, f := range c.Errors {
		page.Errors.Items = append(page.Errors.Items, findingHint(c, f, href))
	}
	for _, f := range c.Warnings {
		page.Warnings.Items = append(page.Warnings.Items, findingHint(c, f, href))
	}
	if len(c.Warnings) > 0 {
		field := ui.Checkbox(fieldConfirm, "Ich habe "+hintsWord(len(c.Warnings))+" gelesen. Die Angaben stimmen so.", false).Check(problems)
		page.Confirm, page.Confirmed = &field, ui.Hidden("hinweise", hintsDigest(c.Warnings))
	}
	if c.Record.Identity != nil && c.Record.View == nil {
		page.Identity = identitySummary(codes, c.Record)
	}
	page.Reason, page.Change = reasonSentence(codes, c.Form.Sheet), ui.Link{Label: "Ändern", Href: href + "/meldung?zurueck=ja"}
	return page
}

// hintsDigest names the warnings that a page shows: others must be confirmed
// anew.
func hintsDigest(warnings []drafting.Finding) string {
	h := sha256.New()
	for _, w := range warnings {
		fmt.Fprintf(h, "%q %q %q\n", w.Rule, w.Key, w.Message)
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func hintsWord(n int) string {
	if n == 1 {
		return "den Hinweis"
	}
	return "die " + ui.Count(int64(n), "Hinweis", "Hinweise")
}

// findingHint leads to the field, which may be one of the patient's.
func findingHint(c drafting.Checked, f drafting.Finding, href string) ui.Hint {
	for _, s := range form.Sections(form.NewSheet(c.Form.Occasion)) {
		if s.Name == f.Section && s.OfPatient() {
			return hintOf(f, "/patienten/"+string(c.Record.ID))
		}
	}
	return hintOf(f, href)
}

// identitySummary is what is typed of the patient, shown before it is sealed.
func identitySummary(codes codebook, record drafting.Record) *ui.Summary {
	summary := ui.Summary{Title: "Person", Change: ui.Link{Label: "Ändern", Href: "/patienten/" + string(record.ID)}}
	for _, s := range form.Sections(record.Identity) {
		if s.OfPatient() {
			summary.Items = append(summary.Items, codes.answers(record.Identity, s)...)
		}
	}
	return &summary
}

// reasonSentence says with which Meldebegründung the report goes.
func reasonSentence(codes codebook, sheet form.Sheet) string {
	section, known := form.Named(sheet, "meldung")
	if !known || sheet["reason"] == "" {
		return "Es fehlt noch, ob die Patientin oder der Patient über die Meldung informiert ist."
	}
	for _, a := range codes.answersOf(sheet, section) {
		if a.key == "reason" {
			return "Sie melden mit der Angabe: " + a.Value + "."
		}
	}
	return ""
}

const notSubmitted = "Die Meldung ist nicht übermittelt"

func (p *Pages) submitForm(r *web.Request) (web.Response, error) {
	var posted struct {
		Version   int64  `form:"version"`
		Confirmed bool   `form:"bestaetigt"`
		Hints     string `form:"hinweise,max=64"` // which of them
	}
	if err := r.Decode(&posted); err != nil {
		return nil, err
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	id := formID(r)
	if posted.Confirmed {
		now, err := p.rooms.Drafts.Check(r.Context(), r.Principal.UnitID, id)
		if err != nil {
			return nil, err
		}
		posted.Confirmed = hintsDigest(now.Warnings) == posted.Hints
	}
	_, err = p.rooms.Drafts.Submit(r.Context(), a, id, posted.Version, posted.Confirmed)
	if refused, is := errors.AsType[*drafting.Refused](err); is && refused.Checked != nil {
		var problems ui.Problems
		if len(refused.Checked.Errors) == 0 {
			problems.Add(fieldConfirm, "Lesen Sie die Hinweise und bestätigen Sie, dass die Angaben so stimmen.")
		} else {
			problems.AddWhole(notSubmitted, "Die Prüfung hat Fehler gefunden. Berichtigen Sie die Angaben, die unten genannt sind.")
		}
		return p.askSubmit(r, problems)
	}
	if f := fault.Of(err); f != nil && slices.Contains([]fault.Kind{fault.Invalid, fault.Conflict, fault.Locked, fault.Forbidden}, f.Kind) {
		var problems ui.Problems
		problems.AddWhole(notSubmitted, f.Sentence)
		return p.askSubmit(r, problems)
	}
	if err != nil {
		return nil, err
	}
	return web.Redirect(formHref(id) + "/quittung"), nil
}

// receiptPage is what a person takes away after the submission.
type receiptPage struct {
	Number  string
	Receipt ui.Details
	Steps   []string
	Next    string
	Form    string
	Record  string
}

const titleReceipt = "Die Meldung ist übermittelt"

func (p *Pages) formReceipt(r *web.Request) (web.Response, error) {
	f, record, err := p.formAndRecord(r.Context(), r.Principal.UnitID, formID(r))
	if err != nil {
		return nil, err
	}
	if f.Last() == nil {
		return web.Redirect(formHref(f.ID)), nil
	}
	return web.Page("forms_receipt", titleReceipt, newReceiptPage(f, record, p.rooms.Profile.ForwardWithin)).
		With(formCrumbs(f.ID, f.Occasion, "Quittung")).With(func(frame *ui.Frame) { frame.PrintID = f.Last().Receipt }), nil
}

func newReceiptPage(f drafting.Form, record drafting.Record, within time.Duration) receiptPage {
	last := f.Last()
	page := receiptPage{Number: last.Receipt, Form: formHref(f.ID), Record: "/patienten/" + string(record.ID), Next: "/meldungen/neu?akte=" + string(record.ID)}
	page.Receipt.Items = []ui.Item{
		{Key: "Meldung", Value: f.Occasion.German()}, {Key: "Patientennummer", Value: string(record.Patient)}, {Key: "Meldungs-ID", Value: string(f.Report)},
		{Key: "Eingang", Value: ui.Moment(last.At)}, {Key: "Übermittelt von", Value: last.By}, {Key: "Fassung", Value: fmt.Sprint(last.Number)}}
	by := "Die Vertrauensstelle prüft die Meldung und gibt sie weiter."
	if within > 0 {
		by = "Die Vertrauensstelle prüft die Meldung und gibt sie bis zum " + ui.Date(last.At.Add(within)) + " an das Register weiter."
	}
	page.Steps = []string{
		"Die Angaben zur Person sind für die Vertrauensstelle versiegelt. Sie sehen hier nur noch die reduzierte Ansicht.",
		by,
		"Den Stand sehen Sie jederzeit bei der Meldung. Weist die Vertrauensstelle sie ab oder hat sie eine Rückfrage, steht das mit dem Grund auf Ihrer Übersicht.",
		"Medizinische Angaben können Sie ändern: Öffnen Sie die Meldung zum Bearbeiten und übermitteln Sie sie erneut.",
	}
	return page
}

// versionsPage is the history of one report.
type versionsPage struct {
	Form     string
	Draft    *versionCard // what is being edited
	Versions []versionCard
	None     ui.Empty
}

type versionCard struct {
	ID      string
	Title   string
	Badge   ui.Badge
	Hint    string
	Facts   ui.Details
	Remarks ui.Hints
	Changes ui.Table
	First   bool
}

const titleVersions = "Fassungen"

func (p *Pages) formVersions(r *web.Request) (web.Response, error) {
	f, err := p.rooms.Drafts.Form(r.Context(), r.Principal.UnitID, formID(r))
	if err != nil {
		return nil, err
	}
	return web.Page("forms_versions", titleVersions, newVersionsPage(p.codes(), f)).With(formCrumbs(f.ID, f.Occasion, titleVersions)), nil
}

func newVersionsPage(codes codebook, f drafting.Form) versionsPage {
	page := versionsPage{Form: formHref(f.ID), None: ui.Empty{Title: "Noch keine Fassung", Body: "Hier stehen die übermittelten Fassungen dieser Meldung mit ihren Unterschieden.",
		Action: ui.Link{Label: "Zur Meldung", Href: formHref(f.ID)}}}
	if last := f.Last(); last != nil && f.Sheet != nil {
		page.Draft = &versionCard{ID: "entwurf", Title: "Noch nicht übermittelt", Badge: ui.Badge{Kind: ui.Info, Word: "In Bearbeitung", Icon: "edit"},
			Hint: "Zuletzt bearbeitet " + ui.Moment(f.ChangedAt) + " von " + f.ChangedBy, Changes: changeTable(codes, "Unterschiede zur Fassung "+fmt.Sprint(last.Number), last.Sheet, f.Sheet)}
	}
	for i, sent := range slices.Backward(f.Sent) {
		card := versionCard{ID: "fassung-" + fmt.Sprint(sent.Number), Title: "Fassung " + fmt.Sprint(sent.Number), Badge: progressBadge(sent.Progress), Hint: versionHint(&f, i),
			Remarks: remarkHints(&sent), First: i == 0}
		card.Facts.Items = []ui.Item{{Key: "Übermittelt", Value: ui.Moment(sent.At)}, {Key: "von", Value: sent.By}, {Key: "Quittung", Value: sent.Receipt}}
		if i > 0 {
			card.Changes = changeTable(codes, "Unterschiede zur Fassung "+fmt.Sprint(f.Sent[i-1].Number), f.Sent[i-1].Sheet, sent.Sheet)
		}
		page.Versions = append(page.Versions, card)
	}
	return page
}

// versionHint says what the state of a version means beside the later ones.
func versionHint(f *drafting.Form, i int) string {
	sent, stands := &f.Sent[i], f.Standing()
	switch {
	case i == len(f.Sent)-1:
		return progressHint(sent.Progress)
	case sent.Progress == submission.Refused:
		return "Die Vertrauensstelle hat diese Fassung abgewiesen."
	case stands == sent:
		return "Diese Fassung gilt weiter: Die spätere ist abgewiesen."
	}
	return "Ersetzt durch eine spätere Fassung."
}

// changeTable shows field by field what differs.
func changeTable(codes codebook, caption string, before, after form.Sheet) ui.Table {
	both := after.Clone()
	both.Merge(before)
	t := ui.Table{Caption: caption, Columns: []ui.Column{ui.Col("Angabe"), ui.Col("vorher"), ui.Col("jetzt")}, Small: true,
		Empty: ui.Empty{Title: "Keine Unterschiede", Body: "Die Angaben sind dieselben."}}
	for _, d := range codes.differences(before, after, medical(both)) {
		t.Rows = append(t.Rows, ui.Cells(d.Label, orNone(d.Before), orNone(d.After)))
	}
	return t
}
