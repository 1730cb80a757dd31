// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"meldewerk/account"
	"meldewerk/fault"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// The sentences of passkeys. A refused one never says why.
const (
	sentenceWrongPasskey = "Der Passkey wurde nicht angenommen. Versuchen Sie es noch einmal mit dem Passkey, den Sie für dieses Haus eingerichtet haben."
	sentenceNeedsPasskey = "Ihre Rolle verlangt die Anmeldung mit einem Passkey. Ein Einmalkennwort wird dafür nicht angenommen. Nehmen Sie Ihren Passkey."
	sentenceNoScript     = "Für den Passkey braucht die Seite JavaScript. Schalten Sie es für diese Adresse ein und laden Sie die Seite neu."
)

// withScript adds the script that asks the browser for a passkey.
func withScript(f *ui.Frame) { f.Scripts = append(f.Scripts, "passkey.js") }

// errNoPasskeys is for houses and accounts without passkeys.
var errNoPasskeys = fault.New(fault.NotFound, "signin.no_passkeys",
	"Hier gibt es keinen Passkey. Laden Sie die Seite neu.")

// askPasskey makes a challenge for the script.
func (s *SignIn) askPasskey(r *web.Request) (web.Response, error) {
	return s.challenge(r, s.opts.Accounts.AskPasskey)
}

// askNewPasskey makes a challenge for a passkey to be set up.
func (s *SignIn) askNewPasskey(r *web.Request) (web.Response, error) {
	if err := s.NeedFresh(r); err != nil {
		return nil, err
	}
	return s.challenge(r, s.opts.Accounts.BeginPasskey)
}

func (s *SignIn) challenge(r *web.Request, begin func(context.Context, account.Token, *account.Relying) ([]byte, error)) (web.Response, error) {
	var nothing struct{}
	if err := r.Decode(&nothing); err != nil {
		return nil, err
	}
	if s.relying == nil {
		return nil, errNoPasskeys
	}
	if wait := s.source.take(r.Address(), r.Now()); wait > 0 {
		return retryAfter(web.JSONStatus(http.StatusTooManyRequests, map[string]string{
			"error": "Zu viele Versuche von Ihrem Anschluss. Nächster Versuch um " + minute(r.Now().Add(wait)) + "."}), wait), nil
	}
	options, err := begin(context.WithoutCancel(r.Context()), s.token(r.Request), s.relying)
	if err != nil {
		return nil, err
	}
	if options == nil {
		return nil, errNoPasskeys
	}
	return web.JSON(json.RawMessage(options)), nil
}

// takePasskey takes the answer of a passkey in the place of a code.
func (s *SignIn) takePasskey(r *web.Request) (web.Response, error) {
	var form struct {
		Answer string `form:"passkey,max=16000"`
		Next   string `form:"weiter,max=500"`
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
	if s.relying == nil || session.Account.Passkeys == 0 {
		return nil, errNoPasskeys
	}
	again := func(problems ui.Problems) *web.PageResponse { return s.codeForm(r, session, next, problems) }
	if refused := s.tooMany(r, again); refused != nil {
		return refused, nil
	}
	if form.Answer == "" {
		return again(whole(sentenceNoScript)), nil
	}
	token := account.NewToken()
	answer, err := s.opts.Accounts.CheckPasskey(context.WithoutCancel(r.Context()), s.token(r.Request), s.relying, []byte(form.Answer), token)
	if err != nil {
		return nil, err
	}
	return s.proven(answer, session, token, next, sentenceWrongPasskey, again), nil
}

// passkeysPage is the data of the page where passkeys are set up and removed.
type passkeysPage struct {
	Passkeys []store.Passkey
	Label    ui.Field
	Needed   bool // the roles need one
	Possible bool // this house takes passkeys
	Only     bool // the one that cannot be removed
}

const titlePasskeys = "Passkeys"

// accountCrumbs lead back to the account page.
func accountCrumbs(f *ui.Frame) {
	f.Crumbs = []ui.Link{{Label: titleAccount, Href: PathAccount}, {Label: f.Title}}
}

func (s *SignIn) passkeysForm(r *web.Request, label string, problems ui.Problems) (*web.PageResponse, error) {
	session, err := s.session(r)
	if err != nil {
		return nil, err
	}
	if session == nil {
		return nil, store.ErrNoPasskey
	}
	list, err := s.opts.Accounts.Passkeys(r.Context(), session.Account.ID)
	if err != nil {
		return nil, err
	}
	page := web.Page("signin-passkeys", titlePasskeys, passkeysData(list, session.Account, s.relying != nil, label, problems)).
		With(accountCrumbs).With(withScript)
	if len(problems) > 0 {
		page.Refused(problems)
	}
	return page, nil
}

func passkeysData(list []store.Passkey, who account.Account, possible bool, label string, problems ui.Problems) *passkeysPage {
	needed := who.NeedsPasskey()
	return &passkeysPage{
		Passkeys: list, Needed: needed, Possible: possible, Only: needed && len(list) == 1,
		Label: ui.Text("label", "Name des neuen Passkeys", label).
			WithHint("Woran Sie ihn später erkennen, zum Beispiel: Schlüssel am Schlüsselbund. Höchstens 60 Zeichen.").Check(problems),
	}
}

func (s *SignIn) showPasskeys(r *web.Request) (web.Response, error) {
	if ask := s.AskFresh(r); ask != nil {
		return ask, nil
	}
	return s.passkeysForm(r, "", nil)
}

// addPasskey takes the answer of a new passkey.
func (s *SignIn) addPasskey(r *web.Request) (web.Response, error) {
	var form struct {
		Label  string `form:"label,max=200"`
		Answer string `form:"passkey,max=16000"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	if err := s.NeedFresh(r); err != nil {
		return nil, err
	}
	if s.relying == nil {
		return nil, errNoPasskeys
	}
	var problems ui.Problems
	switch n := len([]rune(form.Label)); {
	case n == 0:
		problems.Add("label", "Der Name fehlt. Geben Sie an, woran Sie diesen Passkey erkennen.")
	case n > 60:
		problems.Add("label", "Der Name hat mehr als 60 Zeichen. Kürzen Sie ihn.")
	case strings.TrimSpace(form.Answer) == "":
		problems.AddWhole("", sentenceNoScript)
	}
	if len(problems) > 0 {
		return s.passkeysForm(r, form.Label, problems)
	}
	err := s.opts.Accounts.AddPasskey(context.WithoutCancel(r.Context()), s.token(r.Request), s.relying, form.Label, []byte(form.Answer))
	if errors.Is(err, store.ErrPasskeyRefused) || errors.Is(err, store.ErrPasskeyKnown) || errors.Is(err, store.ErrTooManyPasskeys) {
		problems.AddWhole("", fault.Of(err).Sentence)
		return s.passkeysForm(r, form.Label, problems)
	}
	if err != nil {
		return nil, err
	}
	return web.Redirect(PathPasskeys), nil
}

func (s *SignIn) removePasskey(r *web.Request) (web.Response, error) {
	var form struct {
		ID string `form:"id"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	if err := s.NeedFresh(r); err != nil {
		return nil, err
	}
	err := s.opts.Accounts.RemovePasskey(context.WithoutCancel(r.Context()), s.token(r.Request), form.ID)
	if errors.Is(err, store.ErrLastPasskey) {
		return s.passkeysForm(r, "", whole(store.ErrLastPasskey.Sentence))
	}
	if err != nil {
		return nil, err
	}
	return web.Redirect(PathPasskeys), nil
}
