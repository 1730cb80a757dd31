// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"io"
	"strings"
	"time"

	"meldewerk/exchange/access"
	"meldewerk/internal/paper"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/application"
)

const titleReview = "Angaben prüfen und absenden"

// reviewPage shows all answers before they are sent in.
type reviewPage struct {
	Section ui.Section
	Blocks  []ui.Summary
}

func newReviewPage(f access.ApplicationForm) reviewPage {
	of := len(questions) + 2
	page := reviewPage{Section: ui.Section{Number: of, Of: of}}
	for _, s := range formSections(f) {
		page.Blocks = append(page.Blocks, ui.Summary{Title: s.title, Items: s.items})
	}
	for i, who := range f.People {
		page.Blocks = append(page.Blocks, personSummary(i, who, true))
	}
	return page
}

// formSection is one block of answers, on the screen and on paper.
type formSection struct {
	title string
	items []ui.Item
}

func formSections(f access.ApplicationForm) []formSection {
	change := func(q *question) ui.Link { return ui.Link{Label: "Ändern", Href: q.path()} }
	var occasions []string
	for _, o := range f.Occasions {
		occasions = append(occasions, access.Label(access.Occasions(), o))
	}
	return []formSection{
		{"Einrichtung", []ui.Item{
			{Key: "Name", Value: f.Facility, Change: change(askName)},
			{Key: "Art", Value: access.Label(access.FacilityKinds(), f.Kind), Change: change(askKind)},
			{Key: "Anschrift", Values: []string{f.Street, f.PostalCode + " " + f.Place}, Change: change(askAddress)},
			{Key: "Betriebsstättennummer", Value: f.BSNR, Change: change(askNumbers)},
			{Key: "Institutionskennzeichen", Value: f.IK, Change: change(askNumbers)},
			{Key: "Steht für die Meldungen ein", Value: f.Physician, Change: change(askPhysician)},
		}},
		{"Meldungen", []ui.Item{
			{Key: "Dokumentationssystem", Value: access.Label(access.SystemKinds(), f.System), Change: change(askSystem)},
			{Key: "Name und Version", Value: f.Software, Change: change(askSystem)},
			{Key: "Meldeweg", Value: access.Label(access.Channels(), f.Channel), Change: change(askChannel)},
			{Key: "Meldeanlässe", Values: occasions, Change: change(askOccasions)},
			{Key: "Bemerkung", Values: nonEmpty(strings.Split(f.Remark, "\n")), Change: change(askRemark)},
		}},
	}
}

func nonEmpty(lines []string) []string {
	if len(lines) == 1 && lines[0] == "" {
		return nil
	}
	return lines
}

func (p *Pages) applyReview(r *web.Request) (web.Response, error) {
	draft, instead, err := p.openDraft(r)
	if err != nil || instead != nil {
		return instead, err
	}
	if onward := next(draft); onward != pathReview {
		return web.Redirect(onward), nil
	}
	return web.Page("apply_review", titleReview, newReviewPage(draft.Form)).With(applyCrumbs), nil
}

// applySend sends the application in. Pressing the button twice gives the same
// receipt.
func (p *Pages) applySend(r *web.Request) (web.Response, error) {
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	receipt, err := p.rooms.Applications.Send(r.Context(), draftToken(r), r.Address())
	if errors.Is(err, application.ErrNoDraft) {
		return forgetDraft(web.Redirect(PathApply).Notice("application_gone")), nil
	}
	if errors.Is(err, application.ErrIncomplete) {
		return web.Redirect(pathReview), nil // which leads to what is missing
	}
	if err != nil {
		return nil, err
	}
	return web.Redirect(statusPath(receipt.Handle)), nil
}

func statusPath(h application.Handle) string { return PathApply + "/" + string(h) }

// statusPage tells how far an application is and what is to do.
type statusPage struct {
	Stage    ui.Badge
	Facts    ui.Details
	ToDo     ui.Alert
	Form     string // address of the form to print; empty: not in this browser
	Awaited  bool   // the signed form is awaited
	Timeline ui.Timeline
}

func (p *Pages) applyStatus(r *web.Request) (web.Response, error) {
	status, err := p.rooms.Applications.Status(r.Context(), application.Handle(r.PathValue("handle")))
	if err != nil {
		return nil, err
	}
	mine, err := p.sentHere(r, status.Handle)
	if err != nil {
		return nil, err
	}
	return web.Page("apply_status", "Antrag "+status.Number, newStatusPage(status, mine != nil, p.rooms.Post)).
		With(applyCrumbs).With(func(f *ui.Frame) { f.PrintID = status.Number }), nil
}

// sentHere gives the draft behind an application when it was sent in from this
// browser within its day.
func (p *Pages) sentHere(r *web.Request, handle application.Handle) (*application.Draft, error) {
	draft, err := p.rooms.Applications.Draft(r.Context(), draftToken(r))
	if errors.Is(err, application.ErrNoDraft) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if draft.Sent == nil || draft.Sent.Handle != handle {
		return nil, nil
	}
	return &draft, nil
}

func newStatusPage(s application.Status, mine bool, post []string) statusPage {
	page := statusPage{Stage: stageBadge(s.Stage), Awaited: s.Stage == access.Received,
		Facts:    ui.Details{Items: []ui.Item{{Key: "Antragsnummer", Value: s.Number}, {Key: "Eingegangen", Value: ui.Moment(s.ReceivedAt)}}},
		ToDo:     stageToDo(s),
		Timeline: ui.Timeline{Label: "Verlauf des Antrags"}}
	if page.Awaited && len(post) > 0 {
		page.Facts.Items = append(page.Facts.Items, ui.Item{Key: "Postanschrift", Values: post})
	}
	if mine {
		page.Form = statusPath(s.Handle) + "/antrag.pdf"
	}
	event := func(at time.Time, stage access.Stage) {
		page.Timeline.Events = append(page.Timeline.Events, ui.Event{When: ui.Moment(at), Machine: at.UTC().Format(time.RFC3339), Title: stageBadge(stage).Word})
	}
	if s.Stage != access.Received {
		event(s.StageAt, s.Stage)
	}
	event(s.ReceivedAt, access.Received)
	return page
}

func stageBadge(stage access.Stage) ui.Badge {
	switch stage {
	case access.Checking:
		return ui.Badge{Kind: ui.Info, Word: "In Prüfung"}
	case access.Granted:
		return ui.Badge{Kind: ui.Success, Word: "Bewilligt"}
	case access.Declined:
		return ui.Badge{Kind: ui.Danger, Word: "Abgelehnt"}
	}
	return ui.Badge{Kind: ui.Neutral, Word: "Eingegangen"}
}

// stageToDo says what is to do now.
func stageToDo(s application.Status) ui.Alert {
	switch s.Stage {
	case access.Checking:
		return ui.Alert{Kind: ui.Info, Title: "Die Vertrauensstelle prüft Ihren Antrag", Body: "Sie müssen nichts tun. Fehlt etwas, ruft sie unter einer der angegebenen Nummern an."}
	case access.Granted:
		return ui.Alert{Kind: ui.Success, Title: "Ihr Antrag ist bewilligt", Items: []string{
			"Jede Person erhält ein Schreiben mit Benutzername und Passwort. Es kommt mit der Post.",
			"Legen Sie für die erste Anmeldung ein Telefon mit einer Authenticator-App bereit.",
			"Das Passwort des Schreibens gilt 30 Tage. Kommt keines an, rufen Sie die Vertrauensstelle an."}}
	case access.Declined:
		alert := ui.Alert{Kind: ui.Warning, Title: "Ihr Antrag ist abgelehnt", Items: nonEmpty(strings.Split(s.Reason, "\n"))}
		if len(alert.Items) == 0 {
			alert.Body = "Den Grund nennt Ihnen die Vertrauensstelle. Halten Sie die Antragsnummer bereit."
		}
		return alert
	}
	return ui.Alert{Kind: ui.Info, Title: "Jetzt fehlt noch die Unterschrift", Items: []string{
		"Drucken Sie den Antrag aus und lassen Sie ihn unterschreiben.",
		"Senden Sie ihn mit der Post an die Vertrauensstelle. Erst dann wird er geprüft.",
		"Merken Sie sich die Adresse dieser Seite. Hier sehen Sie, wie weit der Antrag ist."}}
}

// applyForm is the form to print and sign. It is there for a day, in the
// browser that sent the application in: afterwards nobody at the portal can
// read it any more.
func (p *Pages) applyForm(r *web.Request) (web.Response, error) {
	draft, err := p.sentHere(r, application.Handle(r.PathValue("handle")))
	if err != nil {
		return nil, err
	}
	if draft == nil {
		return nil, application.ErrNoForm
	}
	pdf, err := signedForm(p.rooms.Instance, p.rooms.Post, draft.Form, *draft.Sent).PDF()
	if err != nil {
		return nil, err
	}
	return web.Download("antrag-"+draft.Sent.Number+".pdf", "application/pdf", func(w io.Writer) error {
		_, err := w.Write(pdf)
		return err
	}), nil
}

func signedForm(instance string, post []string, f access.ApplicationForm, receipt application.Receipt) paper.Form {
	form := paper.Form{Title: "Antrag auf Zugang zum Meldeportal", Number: receipt.Number, Sender: instance, Date: ui.Date(receipt.ReceivedAt), Return: post,
		Lead:      "Senden Sie diesen Antrag unterschrieben mit der Post an die Vertrauensstelle. Die Angaben sind dort schon elektronisch eingegangen.",
		Signature: "Unterschrift und Stempel: " + f.Physician}
	for _, s := range formSections(f) {
		form.Sections = append(form.Sections, paper.Section{Title: s.title, Pairs: pairs(s.items)})
	}
	for i, who := range f.People {
		s := personSummary(i, who, false)
		form.Sections = append(form.Sections, paper.Section{Title: s.Title, Pairs: pairs(s.Items)})
	}
	form.Sections = append(form.Sections, paper.Section{Title: "Erklärung", Text: "Die genannten Personen unterliegen der ärztlichen Schweigepflicht oder wirken an der beruflichen Tätigkeit einer Person mit, die ihr unterliegt (§ 203 StGB). " +
		"Wir teilen der Vertrauensstelle mit, wenn eine von ihnen ausscheidet oder ihr Gerät für den zweiten Faktor verliert."})
	return form
}

func pairs(items []ui.Item) []paper.Pair {
	var out []paper.Pair
	for _, item := range items {
		value := item.Value
		if item.Values != nil {
			value = strings.Join(item.Values, "\n")
		}
		if value == "" {
			value = "–"
		}
		out = append(out, paper.Pair{Name: item.Key, Value: value})
	}
	return out
}
