// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"meldewerk/account"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// enrolPage is the data of the page where the second factor is set up.
type enrolPage struct {
	Shown    bool // secret and code are on this page
	Before   bool // they were on an earlier one and are gone
	QR       account.QR
	Grouped  string // the secret as text
	Code     ui.Field
	Next     ui.Field
	Now      time.Time
	Left     int
	ShowLeft bool
	Skew     bool
	Helpdesk string
}

// ServerTime is the clock of the house with seconds.
func (p *enrolPage) ServerTime() string { return clockSeconds(p.Now) }

const titleEnrol = "Zweiten Faktor einrichten"

func (s *SignIn) enrolForm(r *web.Request, session *account.Session, secret account.Secret, next string, problems ui.Problems) (*web.PageResponse, error) {
	used := session.Account.CodesUsed
	data := enrolPage{
		Shown: !secret.IsZero(), Before: secret.IsZero(),
		Code: ui.OneTimeCode("otp", "Einmalkennwort").Check(problems),
		Next: ui.Hidden("weiter", next), Now: r.Now(),
		Left: account.CodesLeft(used), ShowLeft: used > 0, Skew: used >= skewHintFrom, Helpdesk: s.opts.Helpdesk,
	}
	data.Code.Hint = "Sechs Ziffern, die Ihre App jetzt zeigt"
	if data.Shown {
		var err error
		data.Grouped = secret.Grouped()
		data.QR, err = account.NewQR(secret.URI(s.opts.Issuer, string(session.Account.Username)))
		if err != nil {
			return nil, fmt.Errorf("draw enrolment: %w", err)
		}
	}
	page := web.Page("signin-enrol", titleEnrol, &data)
	if len(problems) > 0 {
		page.Refused(problems)
	}
	return page, nil
}

// showEnrolment makes the second factor and shows it, once: the page that is
// asked for again does not have it any more (requirement H8).
func (s *SignIn) showEnrolment(r *web.Request) (web.Response, error) {
	next := nextOf(r)
	session, err := s.session(r)
	if err != nil {
		return nil, err
	}
	if elsewhere := s.elsewhere(session, next, PathEnrol); elsewhere != nil {
		return elsewhere, nil
	}
	if session.Stage == account.StageFull {
		return web.Redirect(next), nil
	}
	secret := account.Secret{}
	if !session.Enrolling && r.Method != http.MethodHead {
		if secret, err = s.opts.Accounts.BeginEnrolment(context.WithoutCancel(r.Context()), s.token(r.Request)); err != nil {
			return nil, err
		}
	}
	return s.enrolForm(r, session, secret, next, nil)
}

func (s *SignIn) takeEnrolment(r *web.Request) (web.Response, error) {
	var form struct {
		Code string `form:"otp"`
		Step string `form:"schritt"` // "neu": show another code
		Next string `form:"weiter,max=500"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	next, ctx := web.LocalPath(form.Next), context.WithoutCancel(r.Context())
	session, err := s.session(r)
	if err != nil {
		return nil, err
	}
	if elsewhere := s.elsewhere(session, next, PathEnrol); elsewhere != nil {
		return elsewhere, nil
	}
	if session.Stage == account.StageFull {
		return web.Redirect(next), nil
	}
	if form.Step == "neu" {
		secret, err := s.opts.Accounts.BeginEnrolment(ctx, s.token(r.Request))
		if err != nil {
			return nil, err
		}
		return s.enrolForm(r, session, secret, next, nil)
	}
	shown, err := s.opts.Accounts.Enrolment(ctx, s.token(r.Request))
	if err != nil {
		return nil, err
	}
	if shown.IsZero() {
		return s.enrolForm(r, session, shown, next, nil)
	}
	if wait := s.source.take(r.Address(), r.Now()); wait > 0 {
		page, err := s.enrolForm(r, session, shown, next, codeProblem("Zu viele Versuche von Ihrem Anschluss. Nächster Versuch um "+minute(r.Now().Add(wait))+"."))
		if err != nil {
			return nil, err
		}
		return retryAfter(page.Status(http.StatusTooManyRequests), wait), nil
	}
	code, err := account.ParseCode(form.Code)
	if err != nil {
		return s.enrolForm(r, session, shown, next, codeProblem(sentenceNoCode))
	}
	return s.confirm(ctx, r, session, code, next)
}

// confirm takes the first code. When it is right the session ends, and the
// holder signs in anew with the next code.
func (s *SignIn) confirm(ctx context.Context, r *web.Request, session *account.Session, code account.Code, next string) (web.Response, error) {
	answer, err := s.opts.Accounts.ConfirmEnrolment(ctx, s.token(r.Request), code)
	if err != nil {
		return nil, err
	}
	switch answer.Outcome {
	case store.CodeRight:
		return s.withoutToken(web.Redirect(withNext(PathSignIn+"?eingerichtet=ja", next))), nil
	case store.CodeLocked:
		return s.lockedPage(), nil
	case store.CodeNoSession:
		return s.expired(next), nil
	}
	session.Account.CodesUsed = answer.Used
	return s.enrolForm(r, session, answer.Shown, next, codeProblem(sentenceWrongFirst))
}

const sentenceWrongFirst = "Das Einmalkennwort passt nicht zu diesem QR-Code. Prüfen Sie, ob Sie ihn gescannt haben, und geben Sie ein, was die App jetzt zeigt."
