// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"context"
	"errors"
	"time"

	"meldewerk/account"
	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// changePage is the data of the page where a password is changed.
type changePage struct {
	First   bool // the letter's password is replaced, compulsory
	Current ui.Field
	New     ui.Field
	Repeat  ui.Field
	Next    ui.Field
}

const (
	titleChange = "Passwort ändern"
	titleChoose = "Eigenes Passwort wählen"
)

func changeData(session *account.Session, next string, problems ui.Problems) (*changePage, string) {
	data := &changePage{
		First:   session.Stage == account.StageRenewal,
		Current: ui.Password("current_password", "Bisheriges Passwort", "current-password").Check(problems),
		New: ui.Password("new_password", "Neues Passwort", "new-password").
			WithHint("Mindestens 15 Zeichen. Vier Wörter, die nichts miteinander zu tun haben, sind gut zu merken.").Check(problems),
		Repeat: ui.Password("new_password_repeat", "Neues Passwort wiederholen", "new-password").Check(problems),
		Next:   ui.Hidden("weiter", next),
	}
	if data.First {
		return data, titleChoose
	}
	return data, titleChange
}

func changeForm(session *account.Session, next string, problems ui.Problems) *web.PageResponse {
	data, title := changeData(session, next, problems)
	page := web.Page("signin-change", title, data)
	if len(problems) > 0 {
		page.Refused(problems)
	}
	return page
}

// changing gives the session if its holder may change the password now, else
// the answer that leads to where he may.
func (s *SignIn) changing(r *web.Request, next string) (*account.Session, web.Response, error) {
	session, err := s.session(r)
	if err != nil {
		return nil, nil, err
	}
	if elsewhere := s.elsewhere(session, next, PathPassword); elsewhere != nil {
		return nil, elsewhere, nil
	}
	if session.Stage == account.StageFull && !session.Fresh(r.Now()) {
		return nil, web.Redirect(withNext(PathCode, PathPassword)), nil
	}
	return session, nil, nil
}

func (s *SignIn) showChange(r *web.Request) (web.Response, error) {
	next := nextOf(r)
	session, elsewhere, err := s.changing(r, next)
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	return changeForm(session, next, nil), nil
}

func (s *SignIn) takeChange(r *web.Request) (web.Response, error) {
	var form struct {
		Current string `form:"current_password,max=1024,raw"`
		New     string `form:"new_password,max=1024,raw"`
		Repeat  string `form:"new_password_repeat,max=1024,raw"`
		Next    string `form:"weiter,max=500"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	next := web.LocalPath(form.Next)
	session, elsewhere, err := s.changing(r, next)
	if err != nil || elsewhere != nil {
		return elsewhere, err
	}
	again := func(problems ui.Problems) *web.PageResponse { return changeForm(session, next, problems) }
	if refused := s.tooMany(r, again); refused != nil {
		return refused, nil
	}
	fresh := account.NewPassword(form.New)
	if problems := checkNew(session, form.New, form.Repeat); len(problems) > 0 {
		return again(problems), nil
	}
	ctx := context.WithoutCancel(r.Context())
	problems, err := s.checkOld(ctx, session, account.NewPassword(form.Current), fresh)
	if errors.Is(err, account.ErrBusy) {
		return busy(again, account.ErrBusy.Sentence, 5*time.Second), nil
	}
	if err != nil {
		return nil, err
	}
	if len(problems) > 0 {
		return again(problems), nil
	}
	return s.replacePassword(ctx, r, session, fresh, next, again)
}

// replacePassword stores the new password unless it is a former one.
func (s *SignIn) replacePassword(ctx context.Context, r *web.Request, session *account.Session, fresh account.Password, next string, again func(ui.Problems) *web.PageResponse) (web.Response, error) {
	used, err := s.usedBefore(ctx, session.Account.ID, fresh)
	if errors.Is(err, account.ErrBusy) {
		return busy(again, account.ErrBusy.Sentence, 5*time.Second), nil
	}
	if err != nil {
		return nil, err
	}
	if used {
		var problems ui.Problems
		problems.Add("new_password", sentenceFormer)
		return again(problems), nil
	}
	hash, err := s.opts.Hasher.Hash(ctx, fresh)
	if errors.Is(err, account.ErrBusy) {
		return busy(again, account.ErrBusy.Sentence, 5*time.Second), nil
	}
	if err != nil {
		return nil, err
	}
	token := account.NewToken()
	kept, err := s.opts.Accounts.ChangePassword(ctx, s.token(r.Request), hash, token)
	if err != nil {
		return nil, err
	}
	if kept == nil {
		return s.expired(next), nil
	}
	return s.withToken(web.Redirect(next), token), nil
}

// checkNew applies the rules for chosen passwords.
func checkNew(session *account.Session, text, repeat string) ui.Problems {
	var problems ui.Problems
	who := session.Account
	if err := account.CheckChosen(account.NewPassword(text), string(who.Username), who.Holder, who.Unit.Name); err != nil {
		problems.Add("new_password", fault.Of(err).Sentence)
		return problems
	}
	if text != repeat {
		problems.Add("new_password_repeat", "Die Wiederholung lautet anders als das neue Passwort. Geben Sie beide noch einmal ein.")
	}
	return problems
}

const sentenceFormer = "Dieses Passwort hatten Sie schon einmal. Wählen Sie eines, das keines Ihrer letzten fünf war."

// usedBefore compares the new password with the former ones. It is no oracle:
// the holder has just shown both factors.
func (s *SignIn) usedBefore(ctx context.Context, id account.ID, fresh account.Password) (bool, error) {
	former, err := s.opts.Accounts.Former(ctx, id)
	if err != nil {
		return false, err
	}
	for _, one := range former {
		verdict, err := s.opts.Hasher.Verify(ctx, one, fresh)
		if err != nil || verdict.Right {
			return verdict.Right, err
		}
	}
	return false, nil
}

const sentenceSame = "Das neue Passwort ist das bisherige. Wählen Sie ein anderes."

// checkOld asks somebody signed in for the present password, through the same
// counter as the sign-in. At the first sign-in it was shown minutes ago; then
// only the letter's own is refused as the new one.
func (s *SignIn) checkOld(ctx context.Context, session *account.Session, current, fresh account.Password) (ui.Problems, error) {
	var problems ui.Problems
	if session.Stage == account.StageRenewal {
		stored, err := s.opts.Accounts.Credential(ctx, session.Account.ID)
		if err != nil {
			return nil, err
		}
		verdict, err := s.opts.Hasher.Verify(ctx, stored, fresh)
		if verdict.Right {
			problems.Add("new_password", sentenceSame)
		}
		return problems, err
	}
	if current.IsEmpty() {
		problems.Add("current_password", "Das bisherige Passwort fehlt. Geben Sie es ein.")
		return problems, nil
	}
	try, right, err := s.compare(ctx, session.Account.Username, current)
	switch {
	case err != nil:
		return nil, err
	case try.Turn == account.TurnLocked:
		problems.Add("current_password", sentenceLocked(try.Until))
		return problems, nil
	case try.Turn == account.TurnBusy:
		problems.Add("current_password", sentenceBusy)
		return problems, nil
	case !right:
		problems.Add("current_password", "Das bisherige Passwort stimmt nicht. Nach drei falschen Eingaben ist es eine Minute lang gesperrt.")
		return problems, nil
	}
	if err := s.opts.Accounts.Known(ctx, try); err != nil {
		return nil, err
	}
	if current == fresh {
		problems.Add("new_password", sentenceSame)
	}
	return problems, nil
}
