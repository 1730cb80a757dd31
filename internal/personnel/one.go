// SPDX-License-Identifier: EUPL-1.2

package personnel

import (
	"time"

	"meldewerk/account"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// onePage shows one account: how it stands, and what can be done.
type onePage struct {
	Facts ui.Details
	Do    *ui.Alert // what is to be done now
	Acts  []actLink
	New   string // path of a new account when this one is closed
}

// actLink leads to the page of an act.
type actLink struct {
	Label, Href, Hint string
}

const titleOne = "Zugang"

func (d *Desk) one(r *web.Request) (web.Response, error) {
	who, err := d.accounts.Staff(r.Context(), account.ID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	sessions, err := d.accounts.Sessions(r.Context(), who.ID)
	if err != nil {
		return nil, err
	}
	own := string(who.ID) == r.Principal.AccountID
	return web.Page("personnel-one", titleOne, newOne(who, sessions, own, r.Now())).With(crumbs(titleOne)), nil
}

func crumbs(title string) func(*ui.Frame) {
	return func(f *ui.Frame) {
		f.Crumbs = []ui.Link{{Label: "Mitarbeitende", Href: PathList}, {Label: title}}
	}
}

// whose says on every page of an act whom it is about.
func whose(who store.Staff) ui.Details {
	return ui.Details{Items: []ui.Item{{Key: "Person", Value: nameOf(who)}, {Key: "Benutzername", Value: string(who.Username)}}}
}

func newOne(who store.Staff, sessions []account.Session, own bool, now time.Time) *onePage {
	badge, do := standing(who, now)
	facts := whose(who)
	facts.Items = append(facts.Items,
		ui.Item{Key: "Zustand", Badge: &badge},
		ui.Item{Key: "Rollen", Value: titles(who.Roles)},
		ui.Item{Key: "Zweiter Faktor", Value: factor(who)},
		ui.Item{Key: "Erste Anmeldung", Value: moment(who.FirstSignIn)},
		ui.Item{Key: "Letzte Anmeldung", Value: moment(who.LastSignIn)},
		ui.Item{Key: "Laufende Sitzungen", Value: ui.Number(int64(len(sessions)))},
		ui.Item{Key: "Falsche Einmalkennwörter seit der letzten Anmeldung", Value: ui.Number(int64(who.CodesUsed))})
	if who.CodeLocked {
		facts.Items = append(facts.Items, ui.Item{Key: "Gesperrt seit", Value: ui.Moment(who.LockedAt)})
	}
	page := &onePage{Facts: facts}
	switch {
	case own:
		page.Do = &ui.Alert{Kind: ui.Info, Title: "Das ist Ihr eigener Zugang",
			Body: "Passwort, Passkeys und Sitzungen ändern Sie unter „Konto“. Alles andere macht eine andere Person mit der Rolle Leitung."}
		return page
	case do != "":
		page.Do = &ui.Alert{Kind: badge.Kind, Title: badge.Word, Body: do}
	}
	if who.State == account.StateClosed {
		page.New = PathNew
		return page
	}
	for _, a := range acts {
		if a.offered == nil || a.offered(who) {
			page.Acts = append(page.Acts, actLink{a.label, pathOf(who.ID) + "/" + a.path, a.hint})
		}
		if a.path == pathPassword {
			page.Acts = append(page.Acts, actLink{titleRoles, pathOf(who.ID) + "/rollen", "Was die Person in diesem Haus darf."})
		}
	}
	return page
}
