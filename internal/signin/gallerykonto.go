// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"time"

	"meldewerk/account"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
)

// galleryAccount are the states of the pages about the own account.
func galleryAccount(set *ui.Set, now time.Time, frame framed) []ui.State {
	north := account.Unit{ID: "u1", Name: "Klinikum Nord, Gynäkologie"}
	who := account.Account{Username: "dok.nord", Holder: "M. Muster", Unit: north,
		Units: []account.Unit{north, {ID: "u2", Name: "Praxis am Markt"}}, Roles: account.Roles{account.RoleReporter, account.RoleUploader}}
	newcomer := account.Account{Username: "neu", Roles: account.Roles{account.RoleNewcomer}}
	approver := account.Account{Username: "genehmigung", Holder: "G. Muster", Roles: account.Roles{account.RoleApprover}, Passkeys: 1}
	door := &SignIn{opts: Options{Helpdesk: "die Vertrauensstelle"}, relying: &account.Relying{}}
	events := []account.Event{
		{Kind: account.EventSignedIn, At: now, Times: 1},
		{Kind: account.EventRefusedPassword, At: now.Add(-3 * time.Hour), Times: 4},
		{Kind: account.EventPasskeyAdded, At: now.Add(-26 * time.Hour), Times: 1},
		{Kind: account.EventSignedIn, At: now.Add(-27 * time.Hour), Times: 1},
	}
	inside := func(title string) ui.Frame {
		f := frame(title)
		f.User, f.Facility, f.Role = "M. Muster", north.Name, "Dokumentation, Paketversand"
		f.Units = []ui.UnitChoice{{ID: "u1", Name: north.Name, Current: true}, {ID: "u2", Name: "Praxis am Markt"}}
		f.Path = "/"
		return f
	}
	deep := func(title string) ui.Frame {
		f := inside(title)
		accountCrumbs(&f)
		return f
	}
	told := inside(titleAccount)
	told.Told = sentences([]account.Event{
		{Kind: account.EventFactorReset, At: now.Add(-50 * time.Hour)}, {Kind: account.EventPasskeyAdded, At: now.Add(-26 * time.Hour)},
		{Kind: account.EventClockBehind, At: now},
	})
	own := account.Session{ID: "s1", Opened: now.Add(-time.Hour), Seen: now, Ends: now.Add(11 * time.Hour)}
	other := account.Session{ID: "s2", Opened: now.Add(-3 * time.Hour), Seen: now.Add(-10 * time.Minute), Ends: now.Add(9 * time.Hour)}
	third := account.Session{ID: "s3", Opened: now.Add(-5 * time.Hour), Seen: now.Add(-20 * time.Minute), Ends: now.Add(7 * time.Hour)}
	keys := []store.Passkey{
		{ID: "p1", Label: "Schlüssel am Schlüsselbund", Added: now.Add(-400 * time.Hour), Used: now.Add(-time.Hour)},
		{ID: "p2", Label: "Arbeitsplatz Zimmer 214", Added: now.Add(-26 * time.Hour)},
	}
	var missing ui.Problems
	missing.Add("label", "Der Name fehlt. Geben Sie an, woran Sie diesen Passkey erkennen.")
	wrong := deep(titlePasskeys)
	wrong.Errors = missing
	return []ui.State{
		set.State("signin-account", "zwei Einrichtungen", inside(titleAccount), door.accountData(who, []string{"D. Muster", "T. Muster"}, events, 2)),
		set.State("signin-account", "Hinweise nach der Anmeldung", told, door.accountData(who, nil, events, 1)),
		set.State("signin-account", "ohne Rechte", frame(titleAccount), door.accountData(newcomer, nil, nil, 1)),
		set.State("signin-sessions", "mehrere", deep(titleSessions), sessionsData([]account.Session{own, other, third}, "s1", account.ReporterSessions)),
		set.State("signin-sessions", "nur diese", deep(titleSessions), sessionsData([]account.Session{own}, "s1", account.ReporterSessions)),
		set.State("signin-passkeys", "keiner", deep(titlePasskeys), passkeysData(nil, who, true, "", nil)),
		set.State("signin-passkeys", "zwei", deep(titlePasskeys), passkeysData(keys, who, true, "", nil)),
		set.State("signin-passkeys", "der letzte", deep(titlePasskeys), passkeysData(keys[:1], approver, true, "", nil)),
		set.State("signin-passkeys", "ohne Namen", wrong, passkeysData(keys, who, true, "", missing)),
	}
}
