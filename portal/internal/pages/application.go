// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"net/netip"

	"meldewerk/account"
	"meldewerk/exchange/access"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/application"
)

// Applications is the application room.
type Applications interface {
	Begin(ctx context.Context, from netip.Addr) (account.Token, error)
	Draft(ctx context.Context, token account.Token) (application.Draft, error)
	Change(ctx context.Context, token account.Token, change func(*application.Draft)) (application.Draft, error)
	Send(ctx context.Context, token account.Token, from netip.Addr) (application.Receipt, error)
	Drop(ctx context.Context, token account.Token) error
	Status(ctx context.Context, handle application.Handle) (application.Status, error)
}

// The addresses of "Zugang beantragen". They are open to everybody.
const (
	PathApply   = "/zugang" // the first page
	pathAnswers = "/zugang/antrag/"
	pathPeople  = pathAnswers + "personen"
	pathPerson  = pathAnswers + "person"
	pathReview  = pathAnswers + "pruefen"

	titleApply  = "Zugang beantragen"
	draftCookie = "__Host-antrag"
)

// applicationRoutes are the pages of "Zugang beantragen".
func (p *Pages) applicationRoutes() []web.Route {
	public := []web.Role{web.Public}
	routes := []web.Route{
		{Pattern: "GET " + PathApply, Roles: public, Handler: p.applyStart},
		{Pattern: "POST " + PathApply, Roles: public, Handler: p.applyBegin},
		{Pattern: "POST " + PathApply + "/verwerfen", Roles: public, Handler: p.applyDrop},
		{Pattern: "GET " + pathPeople, Roles: public, Handler: p.applyPeople},
		{Pattern: "GET " + pathPerson, Roles: public, Handler: p.applyPerson},
		{Pattern: "POST " + pathPerson, Roles: public, Handler: p.applyTakePerson},
		{Pattern: "GET " + pathPerson + "/{n}", Roles: public, Handler: p.applyPerson},
		{Pattern: "POST " + pathPerson + "/{n}", Roles: public, Handler: p.applyTakePerson},
		{Pattern: "POST " + pathPerson + "/{n}/entfernen", Roles: public, Handler: p.applyRemovePerson},
		{Pattern: "GET " + pathReview, Roles: public, Handler: p.applyReview},
		{Pattern: "POST " + pathReview, Roles: public, Handler: p.applySend},
		{Pattern: "GET " + PathApply + "/{handle}", Roles: public, Handler: p.applyStatus},
		{Pattern: "GET " + PathApply + "/{handle}/antrag.pdf", Roles: public, Handler: p.applyForm},
	}
	for _, q := range questions {
		routes = append(routes,
			web.Route{Pattern: "GET " + q.path(), Roles: public, Handler: p.applyAsk(q)},
			web.Route{Pattern: "POST " + q.path(), Roles: public, Handler: p.applyAnswer(q)})
	}
	return routes
}

// draftToken reads the cookie of a draft.
func draftToken(r *web.Request) account.Token {
	cookie, err := r.Cookie(draftCookie)
	if err != nil {
		return account.Token{}
	}
	return account.ParseToken(cookie.Value)
}

func forgetDraft(response web.Response) web.Response {
	return web.WithCookie(response, &http.Cookie{Name: draftCookie, MaxAge: -1})
}

// applyStartPage tells what is needed and how it goes on.
type applyStartPage struct {
	Resume string // address of the next question of a running draft
	Sent   *application.Receipt
	Status string
}

func (p *Pages) applyStart(r *web.Request) (web.Response, error) {
	draft, err := p.rooms.Applications.Draft(r.Context(), draftToken(r))
	if errors.Is(err, application.ErrNoDraft) {
		return web.Page("apply", titleApply, applyStartPage{}), nil
	}
	if err != nil {
		return nil, err
	}
	return web.Page("apply", titleApply, newStartPage(draft)), nil
}

func newStartPage(draft application.Draft) applyStartPage {
	if draft.Sent != nil {
		return applyStartPage{Sent: draft.Sent, Status: statusPath(draft.Sent.Handle)}
	}
	return applyStartPage{Resume: next(draft)}
}

// applyBegin makes a draft. One that is open in this browser goes.
func (p *Pages) applyBegin(r *web.Request) (web.Response, error) {
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	token, err := p.rooms.Applications.Begin(r.Context(), r.Address())
	if err != nil {
		return nil, err
	}
	if err := p.rooms.Applications.Drop(r.Context(), draftToken(r)); err != nil {
		return nil, err
	}
	return web.WithCookie(web.Redirect(questions[0].path()), &http.Cookie{Name: draftCookie, Value: token.Reveal()}), nil
}

func (p *Pages) applyDrop(r *web.Request) (web.Response, error) {
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	if err := p.rooms.Applications.Drop(r.Context(), draftToken(r)); err != nil {
		return nil, err
	}
	return forgetDraft(web.Redirect(PathApply).Notice("application_dropped")), nil
}

// open gives the draft of the request, or where to go instead: to the start
// when there is none, to the status page when it was sent in.
func (p *Pages) openDraft(r *web.Request) (application.Draft, web.Response, error) {
	draft, err := p.rooms.Applications.Draft(r.Context(), draftToken(r))
	switch {
	case errors.Is(err, application.ErrNoDraft):
		return draft, forgetDraft(web.Redirect(PathApply).Notice("application_gone")), nil
	case err != nil:
		return draft, nil, err
	case draft.Sent != nil:
		return draft, web.Redirect(statusPath(draft.Sent.Handle)), nil
	}
	return draft, nil, nil
}

// applyQuestionPage is one question.
type applyQuestionPage struct {
	Section ui.Section
	Intro   string
	Fields  []ui.Field
	Action  string
	Back    string
}

func newQuestionPage(q *question, form *access.ApplicationForm, problems ui.Problems) applyQuestionPage {
	return applyQuestionPage{Intro: q.intro, Action: q.path(), Back: q.before(), Fields: q.fields(form, problems),
		Section: ui.Section{Number: q.number(), Of: len(questions) + 2}}
}

func (p *Pages) applyAsk(q *question) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		draft, instead, err := p.openDraft(r)
		if err != nil || instead != nil {
			return instead, err
		}
		return web.Page("apply_question", q.title, newQuestionPage(q, &draft.Form, nil)).With(applyCrumbs), nil
	}
}

// applyAnswer takes the answer to one question. What is wrong is told at once;
// nothing of it is kept then.
func (p *Pages) applyAnswer(q *question) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		draft, instead, err := p.openDraft(r)
		if err != nil || instead != nil {
			return instead, err
		}
		take, err := q.read(r)
		if err != nil {
			return nil, err
		}
		form := draft.Form
		take(&form)
		if problems := q.check(&form); len(problems) > 0 {
			return web.Page("apply_question", q.title, newQuestionPage(q, &form, problems)).With(applyCrumbs).Refused(problems), nil
		}
		draft, err = p.rooms.Applications.Change(r.Context(), draftToken(r), func(d *application.Draft) {
			take(&d.Form)
			d.Noted = d.Noted || q.name == lastQuestion
		})
		if err != nil {
			return nil, err
		}
		return web.Redirect(next(draft)), nil
	}
}

// next is the first question without an answer; when all are answered, the
// review.
func next(draft application.Draft) string {
	for _, q := range questions {
		if q.name == lastQuestion && len(draft.Form.People) == 0 {
			return pathPerson
		}
		if q.name == lastQuestion && !draft.Noted {
			if !peopleFit(draft.Form.People) {
				return pathPeople
			}
			return q.path()
		}
		if len(q.check(&draft.Form)) > 0 {
			return q.path()
		}
	}
	return pathReview
}

func applyCrumbs(f *ui.Frame) { f.Crumbs = []ui.Link{{Label: titleApply, Href: PathApply}} }

// Notices are the sentences shown after an act.
func Notices() map[string]string {
	notices := map[string]string{
		"application_dropped": "Der Entwurf Ihres Antrags ist gelöscht.",
		"application_gone":    "Es gibt in diesem Browser keinen offenen Antrag mehr. Ein Entwurf wird 24 Stunden aufgehoben.",
		"person_removed":      "Die Person steht nicht mehr im Antrag.",
	}
	maps.Copy(notices, patientNotices)
	maps.Copy(notices, formNotices)
	maps.Copy(notices, queryNotices)
	return notices
}

// Frame leads those who have not signed in to the application.
func Frame(r *web.Request, f *ui.Frame) {
	if r.Principal == nil {
		f.Footer = append(f.Footer, ui.Link{Label: titleApply, Href: PathApply})
	}
}
