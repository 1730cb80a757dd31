// SPDX-License-Identifier: EUPL-1.2

package personnel

import (
	"time"

	"meldewerk/account"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// gallery draws the pages of one house with canned data.
type gallery struct {
	set   *ui.Set
	desk  *Desk
	house account.House
	nav   []web.Nav
	now   time.Time
}

// Gallery are the states of the pages of this package. The set must have been
// made with Pages; nav is the house's navigation with Nav in it.
func Gallery(set *ui.Set, house account.House, nav []web.Nav) []ui.State {
	g := gallery{set: set, desk: New(house, nil, nil), house: house, nav: nav, now: time.Date(2026, 11, 21, 13, 32, 13, 0, time.UTC)}
	return append(append(g.lists(), g.people()...), g.acts()...)
}

func (g gallery) state(page, name, title string, data any, touches ...func(*ui.Frame)) ui.State {
	f := ui.Frame{House: ui.House(g.house), Instance: "Krebsregister Musterland", Title: title, Now: g.now, User: "L. Muster", Role: account.RoleHead.Title()}
	for _, n := range g.nav {
		f.Nav = append(f.Nav, ui.NavItem{Label: n.Label, Href: n.Href, Current: n.Href == PathList})
	}
	for _, touch := range touches {
		touch(&f)
	}
	return g.set.State(page, name, f, data)
}

func wide(f *ui.Frame) { f.Wide = true }

func refused(problems ui.Problems) func(*ui.Frame) {
	return func(f *ui.Frame) { f.Errors = problems }
}

func (g gallery) ago(days, hours int) time.Time {
	return g.now.Add(-time.Duration(days)*24*time.Hour - time.Duration(hours)*time.Hour)
}

// staff are canned accounts, one in each standing.
func (g gallery) staff() []store.Staff {
	made := func(id, name, holder string, roles account.Roles, touch func(*store.Staff)) store.Staff {
		who := store.Staff{Account: account.Account{ID: account.ID(id), Username: account.Username(name), Holder: holder, Roles: roles, State: account.StateActive, Enrolled: true, Passkeys: 1},
			FirstSignIn: g.ago(90, 2), LastSignIn: g.ago(0, 3)}
		touch(&who)
		return who
	}
	everyday := account.Roles{account.RoleOperator}
	return []store.Staff{
		made("A", "leitung", "L. Muster", account.Roles{account.RoleHead}, func(*store.Staff) {}),
		made("B", "platz.2", "Arbeitsplatz 2 mit einem sehr langen Namen, der umbricht", everyday, func(m *store.Staff) {
			m.CodeLocked, m.CodesUsed, m.CodeLock, m.LockedAt = true, 10, 1, g.ago(0, 1)
		}),
		made("C", "platz.3", "Arbeitsplatz 3", account.Roles{account.RoleAuditor, account.RoleOperator}, func(*store.Staff) {}),
		made("D", "platz.4", "Arbeitsplatz 4", everyday, func(m *store.Staff) {
			m.State, m.Enrolled, m.Passkeys, m.FirstSignIn, m.LastSignIn = account.StatePending, false, 0, time.Time{}, time.Time{}
		}),
		made("E", "platz.5", "Arbeitsplatz 5", everyday, func(m *store.Staff) {
			m.Enrolled, m.Generated, m.Passkeys, m.FirstSignIn, m.LastSignIn, m.Expires = false, true, 0, time.Time{}, time.Time{}, g.ago(2, 0)
		}),
		made("F", "platz.6", "Arbeitsplatz 6", everyday, func(m *store.Staff) {
			m.Enrolled, m.Generated, m.Passkeys, m.FirstSignIn, m.LastSignIn, m.Expires = false, true, 0, time.Time{}, time.Time{}, g.ago(-20, 0)
		}),
		made("G", "platz.7", "Arbeitsplatz 7", account.Roles{account.RoleNewcomer}, func(*store.Staff) {}),
		made("H", "platz.8", "Arbeitsplatz 8", everyday, func(m *store.Staff) { m.Enrolled, m.Passkeys = false, 0 }),
		made("I", "platz.1", "Arbeitsplatz 1", everyday, func(m *store.Staff) { m.State, m.Enrolled, m.Passkeys = account.StateClosed, false, 0 }),
	}
}

func (g gallery) lists() []ui.State {
	many := g.staff()
	for range 60 {
		many = append(many, g.staff()[2])
	}
	return []ui.State{
		g.state("personnel-list", "leer", "Mitarbeitende", newList(nil, 1, "", g.now), wide),
		g.state("personnel-list", "jeder Zustand", "Mitarbeitende", newList(g.staff(), 1, "A", g.now), wide),
		g.state("personnel-list", "zweite Seite", "Mitarbeitende", newList(many, 2, "A", g.now), wide),
		g.state("personnel-matrix", "leer", "Rollen im Haus", newMatrix(g.house, nil), wide),
		g.state("personnel-matrix", "wenige", "Rollen im Haus", newMatrix(g.house, g.staff()[:2]), wide),
		g.state("personnel-matrix", "alle", "Rollen im Haus", newMatrix(g.house, g.staff()), wide),
	}
}

func (g gallery) people() []ui.State {
	var states []ui.State
	for _, who := range g.staff()[1:] {
		badge, _ := standing(who, g.now)
		states = append(states, g.state("personnel-one", badge.Word+" "+string(who.ID), titleOne, newOne(who, make([]account.Session, 2), false, g.now), crumbs(titleOne)))
	}
	created := func(f *ui.Frame) { f.Notice = &ui.Alert{Kind: ui.Success, Title: Notices["personnel-created"]} }
	states = append(states,
		g.state("personnel-one", "der eigene", titleOne, newOne(g.staff()[0], make([]account.Session, 1), true, g.now), crumbs(titleOne)),
		g.state("personnel-one", "eben angelegt", titleOne, newOne(g.staff()[3], nil, false, g.now), crumbs(titleOne), created))
	var missing ui.Problems
	missing.Add("person", "Der Name der Person fehlt. Geben Sie ihn an.")
	missing.Add("benutzername", "Diesen Benutzernamen gibt es schon. Wählen Sie einen anderen.")
	missing.Add("rollen", "Es ist keine Rolle gewählt. Wählen Sie mindestens eine.")
	filled := newForm{Holder: "Arbeitsplatz 9", Username: "platz.9", Roles: []string{string(account.RoleOperator)}}
	var passkey ui.Problems
	passkey.Add("rollen", sentenceNeedsPasskey)
	who, keyless := g.staff()[2], g.staff()[7]
	chosen := []string{string(account.RoleAuditor), string(account.RoleOperator)}
	return append(states,
		g.state("personnel-new", "leer", titleNew, g.desk.newData(newForm{}, nil)),
		g.state("personnel-new", "ausgefüllt", titleNew, g.desk.newData(filled, nil)),
		g.state("personnel-new", "nichts angegeben", titleNew, g.desk.newData(newForm{}, missing), refused(missing)),
		g.state("personnel-roles", "mit Passkey", titleRoles, g.desk.rolesData(who, chosen, nil)),
		g.state("personnel-roles", "ohne Passkey", titleRoles, g.desk.rolesData(keyless, chosen[1:], nil)),
		g.state("personnel-roles", "Rolle braucht Passkey", titleRoles, g.desk.rolesData(keyless, chosen, passkey), refused(passkey)))
}

func (g gallery) acts() []ui.State {
	var states []ui.State
	locked := g.staff()[1]
	for _, a := range acts {
		states = append(states, g.state("personnel-act", a.label, a.label, newAct(a, locked, "", nil)))
	}
	var problems ui.Problems
	problems.Add("erkannt", "Es fehlt, woran Sie die Person erkannt haben. Wählen Sie eine der Möglichkeiten.")
	states = append(states, g.state("personnel-act", "nicht angegeben, wie erkannt", acts[0].label, newAct(acts[0], locked, "", problems), refused(problems)))
	for _, who := range g.staff()[3:6] {
		states = append(states, g.state("personnel-password", "für "+string(who.Username), titlePassword,
			newPassword(who, "ACDE-hn23-TUWX-4567", "https://"+string(g.house)+".example", "21.12.2026")))
	}
	return states
}
