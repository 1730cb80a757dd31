// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"context"
	"errors"
	"net/http"
	"time"

	"meldewerk/account"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// passwordPage is the data of the first page.
type passwordPage struct {
	Username, Password, Next ui.Field
	Countdown                *countdown
	Apply                    string // path of the application for an access
}

const titlePassword = "Anmelden"

// passwordForm makes the first page; the password is never sent back.
func (s *SignIn) passwordForm(username, next string, problems ui.Problems) *web.PageResponse {
	data := passwordPage{
		Apply:    s.opts.Apply,
		Username: ui.Text("username", "Benutzername", username).WithAutocomplete("username").Check(problems),
		Password: ui.Password("password", "Passwort", "current-password").Check(problems),
		Next:     ui.Hidden("weiter", next),
	}
	page := web.Page("signin-password", titlePassword, &data)
	if len(problems) > 0 {
		page.Refused(problems)
	}
	return page
}

func (s *SignIn) showPassword(r *web.Request) (web.Response, error) {
	next := nextOf(r)
	if r.Principal != nil && !r.Principal.Pending {
		return web.Redirect(next), nil
	}
	query := r.URL.Query()
	data := passwordPage{
		Apply:    s.opts.Apply,
		Username: ui.Text("username", "Benutzername", "").WithAutocomplete("username"),
		Password: ui.Password("password", "Passwort", "current-password"),
		Next:     ui.Hidden("weiter", next),
	}
	page := web.Page("signin-password", titlePassword, &data)
	switch {
	case query.Get("eingerichtet") == "ja":
		data.Countdown = countTo(account.StepAt(r.Now()).End(), r.Now())
		page.With(notice(ui.Success, "Der zweite Faktor ist eingerichtet", "Melden Sie sich jetzt noch einmal an, zuerst mit Benutzername und Passwort, dann mit dem nächsten Code aus Ihrer App. Der eben bestätigte ist verbraucht."))
	case query.Get("abgemeldet") == "ja":
		page.With(notice(ui.Success, "Sie sind abgemeldet", "Schließen Sie das Fenster, wenn andere diesen Rechner benutzen."))
	case query.Get(web.ParamLost) == "ja":
		page.With(lostNotice)
	case query.Get("abgelaufen") == "ja":
		page.With(notice(ui.Info, "Die Anmeldung ist abgelaufen", "Zwischen zwei Schritten ist zu viel Zeit vergangen, oder der Zugang wurde gesperrt. Beginnen Sie noch einmal."))
	default:
		data.Username.Focus = true // what stands above a field would be passed over unheard
	}
	return page, nil
}

// lostNotice says that what was sent last has reached nobody.
func lostNotice(f *ui.Frame) {
	notice(ui.Warning, "Ihre letzte Eingabe ist nicht gespeichert",
		"Sie waren nicht mehr angemeldet, als sie gesendet wurde. Melden Sie sich an: Danach sind Sie wieder bei dieser Seite und geben dort ein, was fehlt.")(f)
}

func notice(kind ui.Kind, title, body string) func(*ui.Frame) {
	return func(f *ui.Frame) { f.Notice = &ui.Alert{Kind: kind, Title: title, Body: body, Live: true} }
}

// The sentences of a refused entry. The first is the same whether the name
// exists or not.
const (
	sentenceWrong = "Benutzername oder Passwort stimmt nicht. Prüfen Sie beides. Nach drei falschen Eingaben ist der Zugang eine Minute lang gesperrt."
	sentenceBusy  = "Mit diesem Benutzernamen läuft gerade schon eine Anmeldung. Versuchen Sie es in einigen Sekunden noch einmal."
)

// headingTooMany is the heading of the summary when tries are refused.
const headingTooMany = "Zu viele Versuche"

func sentenceLocked(until time.Time) string {
	return "Nächster Versuch um " + minute(until) + ". Bis dahin wird auch das richtige Passwort nicht angenommen."
}

func tooManyTries(until time.Time) ui.Problems {
	var problems ui.Problems
	problems.AddWhole(headingTooMany, sentenceLocked(until))
	return problems
}

func (s *SignIn) takePassword(r *web.Request) (web.Response, error) {
	var form struct {
		Username string `form:"username,max=1024"`
		Password string `form:"password,max=1024,raw"`
		Next     string `form:"weiter,max=500"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	next, typed := web.LocalPath(form.Next), account.NewPassword(form.Password)
	again := func(problems ui.Problems) *web.PageResponse { return s.passwordForm(form.Username, next, problems) }
	if refused := s.tooMany(r, again); refused != nil {
		return refused, nil
	}
	var missing ui.Problems
	if form.Username == "" {
		missing.Add("username", "Der Benutzername fehlt. Er steht im Schreiben zu Ihrem Zugang.")
	}
	if typed.IsEmpty() {
		missing.Add("password", "Das Passwort fehlt. Geben Sie es ein oder fügen Sie es ein.")
	}
	if len(missing) > 0 {
		return again(missing), nil
	}
	if err := account.CheckTyped(form.Username, typed); err != nil {
		return nil, err
	}
	// From here on a browser that goes away changes nothing: what was counted
	// gets settled.
	ctx := context.WithoutCancel(r.Context())
	try, right, err := s.compare(ctx, account.NormaliseUsername(form.Username), typed)
	if errors.Is(err, account.ErrBusy) {
		return busy(again, account.ErrBusy.Sentence, 5*time.Second), nil
	}
	if err != nil {
		return nil, err
	}
	switch {
	case try.Turn == account.TurnBusy:
		return busy(again, sentenceBusy, 2*time.Second), nil
	case try.Turn == account.TurnLocked:
		return again(tooManyTries(try.Until)), nil
	case !right:
		return again(whole(sentenceWrong)), nil
	}
	return s.admit(ctx, r, try, next, again)
}

// compare counts first, then compares, then settles a wrong pair. A third
// wrong one comes back as locked.
func (s *SignIn) compare(ctx context.Context, name account.Username, typed account.Password) (store.Try, bool, error) {
	if s.opts.Hasher.Crowded() {
		return store.Try{}, false, account.ErrBusy
	}
	try, err := s.opts.Accounts.TakeTry(ctx, name)
	if err != nil || try.Turn != account.TurnGo {
		return try, false, err
	}
	verdict, err := s.opts.Hasher.Verify(ctx, try.Credential, typed)
	if err != nil {
		return try, false, errors.Join(err, s.opts.Accounts.GiveBack(ctx, try))
	}
	if verdict.Right {
		if verdict.Rehash {
			try.Rehash, err = s.opts.Hasher.Rehash(ctx, try.Credential, typed)
			if err != nil && !errors.Is(err, account.ErrBusy) { // when busy, the next sign-in does it
				return try, false, errors.Join(err, s.opts.Accounts.GiveBack(ctx, try))
			}
		}
		return try, true, nil
	}
	until, err := s.opts.Accounts.Miss(ctx, try)
	if !until.IsZero() {
		try.Turn, try.Until = account.TurnLocked, until
	}
	return try, false, err
}

// admit begins the half-open session and leads to the second step.
func (s *SignIn) admit(ctx context.Context, r *web.Request, try store.Try, next string, again func(ui.Problems) *web.PageResponse) (web.Response, error) {
	token := account.NewToken()
	admitted, err := s.opts.Accounts.Admit(ctx, try, token)
	switch {
	case err != nil:
		return nil, err
	case admitted.CodeLocked:
		return s.lockedPage(), nil
	case !admitted.Until.IsZero():
		return again(tooManyTries(admitted.Until)), nil
	case !admitted.Open:
		return again(whole(sentenceWrong)), nil
	}
	if r.Principal != nil { // whoever was signed in here before is not any more
		if err := s.opts.Accounts.End(ctx, s.token(r.Request)); err != nil {
			return nil, err
		}
	}
	second := PathCode
	if !admitted.Session.Account.Enrolled {
		second = PathEnrol
	}
	return s.withToken(web.Redirect(withNext(second, next)), token), nil
}

func busy(again func(ui.Problems) *web.PageResponse, sentence string, wait time.Duration) web.Response {
	return retryAfter(again(whole(sentence)).Status(http.StatusServiceUnavailable), wait)
}

// whole is one problem that concerns the whole form.
func whole(sentence string) ui.Problems {
	var problems ui.Problems
	problems.Add("", sentence)
	return problems
}

// lockedPage tells that wrong codes lock the account.
func (s *SignIn) lockedPage() web.Response {
	return s.withoutToken(web.Page("signin-locked", "Zugang gesperrt", &lockedPage{Helpdesk: s.opts.Helpdesk}).Status(http.StatusLocked))
}

// lockedPage is the data of the page after ten wrong codes.
type lockedPage struct {
	Helpdesk string
}
