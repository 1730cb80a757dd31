// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"context"
	"time"

	"meldewerk/account"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// codePage is the data of the second page.
type codePage struct {
	Code, Next ui.Field
	Now        time.Time
	Left       int  // wrong codes left; shown from the first on
	ShowLeft   bool // something was wrong already
	Skew       bool // the phone's clock may be off
	StepUp     bool // somebody signed in proves a code once more
	Countdown  *countdown
	Helpdesk   string
	Passkey    bool // the account has one, and this house takes it
	NoCode     bool // the roles of the account need it
	NoKey      bool // and it has none: it got the role before that was so
}

// skewHintFrom is the failure from which the page speaks of the phone's clock.
const skewHintFrom = 2

func (s *SignIn) codeForm(r *web.Request, session *account.Session, next string, problems ui.Problems) *web.PageResponse {
	used := session.Account.CodesUsed
	data := codePage{
		Code: ui.OneTimeCode("otp", "Einmalkennwort").Check(problems),
		Next: ui.Hidden("weiter", next), Now: r.Now(),
		Left: account.CodesLeft(used), ShowLeft: used > 0, Skew: used >= skewHintFrom,
		StepUp: session.Stage == account.StageFull, Helpdesk: s.opts.Helpdesk,
		Passkey: s.relying != nil && session.Account.Passkeys > 0, NoCode: session.Account.NeedsPasskey(),
		NoKey: session.Account.NeedsPasskey() && session.Account.Passkeys == 0,
	}
	data.Code.Hint = "Sechs Ziffern aus Ihrer Authenticator-App"
	if session.LastStep >= account.StepAt(r.Now()) {
		data.Countdown = countTo(session.LastStep.End(), r.Now())
	}
	// Where something stands above the field that is to be read first, or the
	// passkey comes before it, the page begins at its top.
	data.Code.Focus = len(problems) == 0 && !data.Passkey && !data.Skew && data.Countdown == nil
	page := web.Page("signin-code", data.title(), &data)
	if data.Passkey {
		page.With(withScript)
	}
	if len(problems) > 0 {
		page.Refused(problems)
	}
	return page
}

func (p *codePage) title() string {
	switch {
	case p.StepUp:
		return "Noch einmal bestätigen"
	case p.NoCode:
		return "Mit Passkey anmelden"
	case p.Passkey:
		return "Passkey oder Einmalkennwort"
	default:
		return "Einmalkennwort eingeben"
	}
}

func (s *SignIn) showCode(r *web.Request) (web.Response, error) {
	next := nextOf(r)
	session, err := s.session(r)
	if err != nil {
		return nil, err
	}
	if elsewhere := s.elsewhere(session, next, PathCode); elsewhere != nil {
		return elsewhere, nil
	}
	if session.Stage == account.StageFull && session.Fresh(r.Now()) {
		return web.Redirect(next), nil
	}
	return s.codeForm(r, session, next, nil), nil
}

// elsewhere leads to the page that the session is due for, nil if that is the
// present one. A full session may be on any.
func (s *SignIn) elsewhere(session *account.Session, next, present string) web.Response {
	due := PathCode
	switch {
	case session == nil:
		return s.expired(next)
	case session.Stage == account.StageFull:
		return nil
	case session.Stage == account.StageRenewal:
		due = PathPassword
	case !session.Account.Enrolled:
		due = PathEnrol
	}
	if due == present {
		return nil
	}
	return web.Redirect(withNext(due, next))
}

func (s *SignIn) takeCode(r *web.Request) (web.Response, error) {
	var form struct {
		Code string `form:"otp"`
		Next string `form:"weiter,max=500"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	next := web.LocalPath(form.Next)
	session, err := s.session(r)
	if err != nil {
		return nil, err
	}
	if elsewhere := s.elsewhere(session, next, PathCode); elsewhere != nil {
		return elsewhere, nil
	}
	again := func(problems ui.Problems) *web.PageResponse { return s.codeForm(r, session, next, problems) }
	if refused := s.tooMany(r, again); refused != nil {
		return refused, nil
	}
	code, err := account.ParseCode(form.Code)
	if err != nil {
		return again(codeProblem(sentenceNoCode)), nil
	}
	token := account.NewToken()
	answer, err := s.opts.Accounts.CheckCode(context.WithoutCancel(r.Context()), s.token(r.Request), code, token)
	if err != nil {
		return nil, err
	}
	return s.proven(answer, session, token, next, sentenceWrongCode, again), nil
}

// proven answers a code or a passkey that was compared. A wrong one gets the
// sentence.
func (s *SignIn) proven(answer store.CodeAnswer, session *account.Session, token account.Token, next, wrong string, again func(ui.Problems) *web.PageResponse) web.Response {
	switch answer.Outcome {
	case store.CodeRight:
		to := next
		if answer.Session.Stage == account.StageRenewal {
			to = withNext(PathPassword, next)
		}
		return s.withToken(web.Redirect(to), token)
	case store.CodeLocked:
		return s.lockedPage()
	case store.CodeNoSession:
		return s.expired(next)
	case store.CodePasskey:
		return again(whole(sentenceNeedsPasskey))
	}
	session.Account.CodesUsed = answer.Used
	if wrong == sentenceWrongPasskey {
		return again(whole(wrong))
	}
	return again(codeProblem(wrong))
}

// The sentences of a refused code. A used one gets the same as a wrong one.
const (
	sentenceNoCode    = "Ein Einmalkennwort hat sechs Ziffern. Geben Sie die ein, die Ihre App gerade zeigt."
	sentenceWrongCode = "Das Einmalkennwort stimmt nicht oder ist schon verbraucht. Geben Sie das nächste ein, das Ihre App zeigt."
)

func codeProblem(sentence string) ui.Problems {
	var problems ui.Problems
	problems.Add("otp", sentence)
	return problems
}

// countdown counts the seconds to a moment without a script: one text per
// second in an SVG, each shown for its second.
type countdown struct {
	At    time.Time
	Ticks []tick
}

type tick struct {
	Number int // seconds left
	Begin  int // seconds after the page was shown
}

// countTo gives nil when the moment has passed.
func countTo(at, now time.Time) *countdown {
	left := int(at.Sub(now).Seconds() + 0.999)
	if left <= 0 || left > 90 {
		return nil
	}
	c := &countdown{At: at}
	for i := range left {
		c.Ticks = append(c.Ticks, tick{Number: left - i, Begin: i})
	}
	return c
}

// Clock is the moment with seconds: 14:33:30 Uhr.
func (c *countdown) Clock() string { return clockSeconds(c.At) }

// Seconds is how long it takes.
func (c *countdown) Seconds() int { return len(c.Ticks) }

// ServerTime is the clock of the house with seconds.
func (p *codePage) ServerTime() string { return clockSeconds(p.Now) }

func clockSeconds(t time.Time) string { return t.In(ui.Berlin).Format("15:04:05") + "\u00a0Uhr" }
