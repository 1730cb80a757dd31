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

const (
	titleAccount  = "Ihr Konto"
	titleSessions = "Sitzungen"
)

// shownEvents is how many events the account page lists.
const shownEvents = 20

// accountPage is the data of the page about one's own account.
type accountPage struct {
	Details  []ui.Item
	Access   []ui.Item // how one signs in
	Sessions int
	Events   []ui.Event
	Helpdesk string
	Newcomer bool // without rights until there is a passkey
}

// showAccount shows what the house knows of the own account.
func (s *SignIn) showAccount(r *web.Request) (web.Response, error) {
	session, err := s.session(r)
	if err != nil {
		return nil, err
	}
	if session == nil {
		return s.expired(PathAccount), nil
	}
	events, err := s.opts.Accounts.Events(r.Context(), session.Account.ID, shownEvents)
	if err != nil {
		return nil, err
	}
	sessions, err := s.opts.Accounts.Sessions(r.Context(), session.Account.ID)
	if err != nil {
		return nil, err
	}
	var colleagues []string
	if unit := session.Account.Unit.ID; unit != "" {
		if colleagues, err = s.opts.Accounts.Colleagues(r.Context(), unit, session.Account.ID); err != nil {
			return nil, err
		}
	}
	return web.Page("signin-account", titleAccount, s.accountData(session.Account, colleagues, events, len(sessions))), nil
}

func (s *SignIn) accountData(who account.Account, colleagues []string, events []account.Event, sessions int) *accountPage {
	data := &accountPage{Sessions: sessions, Helpdesk: s.opts.Helpdesk, Newcomer: who.Roles.Has(account.RoleNewcomer)}
	item := func(key string, values ...string) {
		data.Details = append(data.Details, ui.Item{Key: key, Values: values})
	}
	if who.Holder != "" {
		item("Name", who.Holder)
	}
	item("Benutzername", string(who.Username))
	if open := who.OpenUnits(); len(open) > 0 {
		var names []string
		for _, unit := range open {
			name := unit.Name
			if len(open) > 1 && unit.ID == who.Unit.ID {
				name += " (jetzt gewählt)"
			}
			names = append(names, name)
		}
		item(map[bool]string{true: "Einrichtung", false: "Einrichtungen"}[len(open) == 1], names...)
	}
	if len(colleagues) > 0 {
		item("Ebenfalls für "+who.Unit.Name, colleagues...)
	}
	var roles []string
	for _, role := range who.Roles {
		roles = append(roles, role.Title())
	}
	item(map[bool]string{true: "Rolle", false: "Rollen"}[len(roles) == 1], roles...)

	code := "eingerichtet"
	if who.NeedsPasskey() {
		code = "eingerichtet, für Ihre Rolle nicht zugelassen"
	}
	passkeys := "keiner"
	if who.Passkeys > 0 {
		passkeys = ui.Count(int64(who.Passkeys), "Passkey", "Passkeys")
	}
	data.Access = []ui.Item{
		{Key: "Passwort", Value: "gesetzt", Change: ui.Link{Href: PathPassword}},
		{Key: "Einmalkennwort", Value: code},
	}
	if s.relying != nil {
		data.Access = append(data.Access, ui.Item{Key: "Passkeys", Value: passkeys, Change: ui.Link{Label: "Verwalten", Href: PathPasskeys}})
	}
	data.Access = append(data.Access, ui.Item{Key: "Sitzungen", Value: ui.Count(int64(sessions), "Sitzung offen", "Sitzungen offen"),
		Change: ui.Link{Label: "Ansehen und beenden", Href: PathSessions}})
	for _, e := range events {
		data.Events = append(data.Events, ui.Event{When: ui.Moment(e.At), Machine: ui.Machine(e.At), Title: title(e), Style: map[bool]string{true: "hollow"}[e.Kind.Refused()]})
	}
	return data
}

// titles name events in the list of the account page.
var titles = map[account.EventKind]string{
	account.EventSignedIn:        "Angemeldet",
	account.EventRefusedPassword: "Falsches Passwort eingegeben",
	account.EventRefusedFactor:   "Falsches Einmalkennwort eingegeben oder falscher Passkey",
	account.EventLetterIssued:    "Neues Passwort mit Schreiben ausgestellt",
	account.EventPasswordChanged: "Passwort geändert",
	account.EventFactorEnrolled:  "Zweiten Faktor eingerichtet",
	account.EventFactorReset:     "Zweiten Faktor zurückgesetzt",
	account.EventPasskeyAdded:    "Passkey eingerichtet",
	account.EventPasskeyRemoved:  "Passkey entfernt",
	account.EventLocked:          "Zugang nach zehn falschen Einmalkennwörtern gesperrt",
	account.EventLockReleased:    "Sperre aufgehoben",
	account.EventChanged:         "Name, Einrichtungen oder Rollen geändert",
	account.EventClockAhead:      "Uhr des Telefons geht vor",
	account.EventClockBehind:     "Uhr des Telefons geht nach",
}

func title(e account.Event) string {
	if e.Times > 1 {
		return titles[e.Kind] + ", " + ui.Count(int64(e.Times), "Mal", "Mal")
	}
	return titles[e.Kind]
}

// sentences tell the holder after the sign-in what happened meanwhile.
func sentences(events []account.Event) []string {
	var list []string
	for _, e := range events {
		at := "Am " + ui.Date(e.At) + " um " + ui.Clock(e.At)
		switch e.Kind {
		case account.EventLetterIssued:
			list = append(list, at+" wurde ein neues Passwort für Ihren Zugang ausgestellt.")
		case account.EventPasswordChanged:
			list = append(list, at+" wurde Ihr Passwort geändert.")
		case account.EventFactorEnrolled:
			list = append(list, at+" wurde ein zweiter Faktor eingerichtet.")
		case account.EventFactorReset:
			list = append(list, at+" wurde Ihr zweiter Faktor zurückgesetzt. Der alte gilt nicht mehr.")
		case account.EventPasskeyAdded:
			list = append(list, at+" wurde ein Passkey eingerichtet.")
		case account.EventPasskeyRemoved:
			list = append(list, at+" wurde ein Passkey entfernt.")
		case account.EventLocked:
			list = append(list, at+" wurde Ihr Zugang nach zehn falschen Einmalkennwörtern gesperrt.")
		case account.EventLockReleased:
			list = append(list, at+" wurde die Sperre Ihres Zugangs aufgehoben.")
		case account.EventChanged:
			list = append(list, at+" wurden Name, Einrichtungen oder Rollen Ihres Zugangs geändert.")
		case account.EventClockAhead:
			list = append(list, "Die Uhr Ihres Telefons geht etwa 30 Sekunden vor. Schalten Sie dort die automatische Uhrzeit ein, sonst werden Ihre Einmalkennwörter bald nicht mehr angenommen.")
		case account.EventClockBehind:
			list = append(list, "Die Uhr Ihres Telefons geht etwa 30 Sekunden nach. Schalten Sie dort die automatische Uhrzeit ein, sonst werden Ihre Einmalkennwörter bald nicht mehr angenommen.")
		}
	}
	return list
}

// acknowledge takes the notices from the pages of this account.
func (s *SignIn) acknowledge(r *web.Request) (web.Response, error) {
	var form struct {
		Next string `form:"weiter,max=500"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	session, err := s.session(r)
	if err != nil {
		return nil, err
	}
	if session == nil {
		return s.expired(PathAccount), nil
	}
	if err := s.opts.Accounts.Acknowledge(context.WithoutCancel(r.Context()), session); err != nil {
		return nil, err
	}
	return web.Redirect(web.LocalPath(form.Next)), nil
}

// switchUnit lets the session act for another unit. The page it was on may
// belong to the former one, so the start page follows.
func (s *SignIn) switchUnit(r *web.Request) (web.Response, error) {
	var form struct {
		Unit string `form:"unit"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	switched, err := s.opts.Accounts.SwitchUnit(context.WithoutCancel(r.Context()), s.token(r.Request), account.UnitID(form.Unit))
	if err != nil {
		return nil, err
	}
	if !switched {
		return nil, store.ErrNoUnit
	}
	return web.Redirect("/"), nil
}

// sessionsPage is the data of the page where sessions are ended.
type sessionsPage struct {
	Sessions []sessionRow
	Others   int
}

// sessionRow is one session in the list.
type sessionRow struct {
	ID                 string
	Opened, Seen, Ends time.Time
	Own                bool // the one the page is shown in
}

func (s *SignIn) showSessions(r *web.Request) (web.Response, error) {
	if ask := s.AskFresh(r); ask != nil {
		return ask, nil
	}
	list, err := s.opts.Accounts.Sessions(r.Context(), account.ID(r.Principal.AccountID))
	if err != nil {
		return nil, err
	}
	data := sessionsData(list, r.Principal.SessionID, s.opts.Accounts.SessionLimits())
	return web.Page("signin-sessions", titleSessions, data).With(accountCrumbs), nil
}

func sessionsData(list []account.Session, own string, limits account.SessionLimits) *sessionsPage {
	data := &sessionsPage{}
	for _, one := range list {
		row := sessionRow{ID: one.ID, Opened: one.Opened, Seen: one.Seen, Ends: one.End(limits), Own: one.ID == own}
		if !row.Own {
			data.Others++
		}
		data.Sessions = append(data.Sessions, row)
	}
	return data
}

// endSession ends one session of the own account, or all but the present one.
func (s *SignIn) endSession(r *web.Request) (web.Response, error) {
	var form struct {
		Session string `form:"session"`
		Others  bool   `form:"andere"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	if err := s.NeedFresh(r); err != nil {
		return nil, err
	}
	ctx, owner := context.WithoutCancel(r.Context()), account.ID(r.Principal.AccountID)
	ids := []string{form.Session}
	if form.Others {
		list, err := s.opts.Accounts.Sessions(ctx, owner)
		if err != nil {
			return nil, err
		}
		ids = nil
		for _, one := range list {
			if one.ID != r.Principal.SessionID {
				ids = append(ids, one.ID)
			}
		}
	}
	for _, id := range ids {
		if err := s.opts.Accounts.EndOne(ctx, r.Principal.AccountID, owner, id); err != nil {
			return nil, err
		}
	}
	return web.Redirect(PathSessions), nil
}
