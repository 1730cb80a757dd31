// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"time"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/house"
	"meldewerk/internal/personnel"
	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/trustcentre/internal/access"
	"meldewerk/trustcentre/internal/lastlook"
	trust "meldewerk/trustcentre/internal/store"
	"meldewerk/tumour"
)

// Gallery is every page in several situations, with canned data.
func Gallery() ([]ui.State, error) {
	set, err := house.Templates(Files(), Names)
	if err != nil {
		return nil, err
	}
	g := gallery{set}
	states := signin.Gallery(set, ui.TrustCentre)
	states = append(states, g.overview()...)
	states = append(states, g.waiting()...)
	states = append(states, g.stopped()...)
	states = append(states, g.queries()...)
	states = append(states, g.release()...)
	states = append(states, g.envelopes()...)
	states = append(states, g.access()...)
	return append(states, personnel.Gallery(set, account.TrustCentre, navigation())...), nil
}

type gallery struct{ set *ui.Set }

var (
	galleryNow   = time.Date(2026, 11, 21, 13, 32, 13, 0, time.UTC)
	galleryTerms = Terms{ForwardWithin: 14 * 24 * time.Hour, ForwardOpenAfter: 13 * 24 * time.Hour, KeepIdentities: 365 * 24 * time.Hour}
	galleryUnits = map[account.UnitID]string{"nord": "Klinikum Nord, Tumordokumentation", "patho": "Gemeinschaftspraxis für Pathologie am Markt"}
)

func ago(days, hours int) time.Time {
	return galleryNow.Add(-time.Duration(days)*24*time.Hour - time.Duration(hours)*time.Hour)
}

func (g gallery) state(page, name, title, path string, data any, touches ...func(*ui.Frame)) ui.State {
	f := ui.Frame{House: ui.TrustCentre, Instance: "Krebsregister Musterland", Title: title, Now: galleryNow, User: "A. Muster", Role: account.RoleInspector.Title()}
	for _, n := range navigation() {
		f.Nav = append(f.Nav, ui.NavItem{Label: n.Label, Href: n.Href, Current: n.Href == path})
	}
	for _, touch := range touches {
		touch(&f)
	}
	return g.set.State(page, name, f, data)
}

func notice(key string) func(*ui.Frame) {
	return func(f *ui.Frame) { f.Notice = &ui.Alert{Kind: ui.Success, Title: Notices[key]} }
}

func (g gallery) overview() []ui.State {
	const title = "Arbeitsvorrat"
	busy := trust.Waiting{Envelopes: 2, ForRelease: 214, ForLook: 3, Ready: 17, HandedOver: 1203, Completed: 48_211, Untold: 9, OldestDue: ago(12, 3), OldestHandedOver: ago(6, 0)}
	asked := trust.QueryCounts{Answered: 2, Open: 5, Overdue: 1}
	late := busy
	late.Unreadable, late.OldestDue = 1, ago(15, 2)
	return []ui.State{
		g.state("overview", "leer", title, "/", newOverview(trust.Waiting{}, trust.QueryCounts{}, galleryNow, galleryTerms)),
		g.state("overview", "Frist läuft ab", title, "/", newOverview(busy, asked, galleryNow, galleryTerms)),
		g.state("overview", "mit Suche der Meldeberatung", title, "/", searching(newOverview(busy, asked, galleryNow, galleryTerms))),
		g.state("overview", "Frist überschritten", title, "/", newOverview(late, asked, galleryNow, galleryTerms)),
	}
}

func galleryHeld() []trust.Held {
	hit := []lastlook.Stop{{Field: "Event.Diagnosis.Classifications[0].Name", Reason: lastlook.Hit}}
	return []trust.Held{
		{ID: "AAAAAAAAAAAAAAAAAAAAAAAAAA", Receipt: 98, Position: 12, Unit: "nord", Reason: forLook, Stops: hit, Received: ago(14, 2), Asked: 1},
		{ID: "BBBBBBBBBBBBBBBBBBBBBBBBBB", Receipt: 118, Position: 1, Unit: "patho", Reason: forLook, Stops: append(hit, hit...), Received: ago(12, 3), Answered: 1},
		{ID: "CCCCCCCCCCCCCCCCCCCCCCCCCC", Receipt: 121, Position: 301, Unit: "nord", Reason: forLook, Unfit: true, Received: ago(5, 0)},
		{ID: "DDDDDDDDDDDDDDDDDDDDDDDDDD", Receipt: 123, Position: 7, Unit: "patho", Reason: forRelease, Received: ago(1, 0)},
	}
}

func (g gallery) waiting() []ui.State {
	const title = "Wartende Meldungen"
	list := galleryHeld()
	many := newWaiting(list[1:], galleryUnits, forLook, galleryNow, galleryTerms)
	many.Table.Pages = ui.Pages(212, 2, "/wartend", nil)
	return []ui.State{
		g.state("waiting", "leer", title, "/wartend", newWaiting(nil, nil, "", galleryNow, galleryTerms)),
		g.state("waiting", "viele", title, "/wartend", many, notice("kept")),
		g.state("waiting", "Frist überschritten", title, "/wartend", newWaiting(list, galleryUnits, "", galleryNow, galleryTerms)),
	}
}

func (g gallery) stopped() []ui.State {
	record := transfer.Record{Place: "Klein Rönnau", Event: tumour.Event{Diagnosis: &tumour.Diagnosis{Performance: "kaum",
		Classifications: []tumour.Classification{{Name: "Clark-Level", Stage: "IV"}}, Text: "offen"}}}
	held := galleryHeld()
	mixed, never := held[1], held[1]
	mixed.Stops = []lastlook.Stop{{Field: "Event.Diagnosis.Classifications[0].Name", Reason: lastlook.Hit}, {Field: "Event.Diagnosis.Performance", Reason: lastlook.NotOne}}
	never.Stops = []lastlook.Stop{{Field: "Event.Diagnosis.Text", Reason: lastlook.Open}}
	return []ui.State{
		g.state("stopped", "ein Treffer", stoppedTitle, "/wartend", galleryStopped(held[0], &record)),
		g.state("stopped", "Treffer und fremder Wert", stoppedTitle, "/wartend", galleryStopped(mixed, &record)),
		g.state("stopped", "nichts davon darf mitgehen", stoppedTitle, "/wartend", galleryStopped(never, &record)),
		g.state("stopped", "nicht annehmbar", stoppedTitle, "/wartend", galleryStopped(held[2], &record)),
		g.asked(held[0], &record),
		g.named(held[0], &record),
	}
}

func (g gallery) release() []ui.State {
	const title = "Freigabe von Einrichtungen"
	waiting := []trust.Unreleased{{Unit: "patho", Reports: 1203, Oldest: ago(20, 1)}, {Unit: "nord", Reports: 1, Oldest: ago(0, 2)}}
	return []ui.State{
		g.state("release", "leer", title, "/freigabe", newRelease(nil, nil, galleryTerms, true, true), notice("released")),
		g.state("release", "zwei warten", title, "/freigabe", newRelease(waiting, galleryUnits, galleryTerms, true, true)),
		g.state("release", "ohne Entscheidungsrecht", title, "/freigabe", newRelease(waiting[:1], galleryUnits, galleryTerms, false, true)),
		g.state("release", "Code nicht mehr frisch", title, "/freigabe", newRelease(waiting, galleryUnits, galleryTerms, true, false)),
	}
}

func (g gallery) envelopes() []ui.State {
	aside := []trust.Aside{
		{ID: "A", Receipt: submission.Receipt(117), Part: 1, Unit: "nord", Reports: 300, Why: trust.NoKey, Received: ago(2, 0)},
		{ID: "B", Receipt: 119, Part: 4, Unit: "unbekannt-7", Reports: 12, Why: trust.BadContent, Received: ago(1, 4)},
		{ID: "C", Receipt: 120, Part: 1, Unit: "nord", Reports: 3, Why: trust.Damaged, Received: ago(0, 4)},
	}
	names := map[account.UnitID]string{"nord": galleryUnits["nord"], "unbekannt-7": "unbekannt-7"}
	given := newEnvelopes(aside[2:], names, false, true)
	given.GivenUp = givenUpTable([]trust.GivenUp{{Aside: aside[1], Ground: trust.GroundForm, By: "b", At: ago(0, 1)},
		{Aside: aside[0], Ground: trust.GroundLate, By: "system", At: ago(3, 1), Told: true}}, names, map[string]string{"b": "B. Beispiel", "system": "von selbst"})
	var problems ui.Problems
	problems.Add("grund", "Der Grund fehlt. Wählen Sie, warum sich der Umschlag nicht mehr lesen lässt.")
	one := func(name string, at int, ground string, problems ui.Problems, touches ...func(*ui.Frame)) ui.State {
		page := newEnvelope(&aside[at], names[account.UnitID(aside[at].Unit)], ground, problems)
		return g.state("envelope", name, envelopeTitle, pathEnvelopes, page, append(touches, crumbs(envelopesTitle, pathEnvelopes, envelopeTitle))...)
	}
	return []ui.State{
		g.state("envelopes", "leer", envelopesTitle, pathEnvelopes, newEnvelopes(nil, nil, true, true), notice("retried")),
		g.state("envelopes", "drei", envelopesTitle, pathEnvelopes, newEnvelopes(aside, names, true, true)),
		g.state("envelopes", "ohne Recht zum Öffnen", envelopesTitle, pathEnvelopes, newEnvelopes(aside[:1], names, false, false)),
		g.state("envelopes", "aufgegeben", envelopesTitle, pathEnvelopes, given, notice("given-up")),
		one("beschädigt", 2, "", nil),
		one("Schlüssel fehlt", 0, string(trust.GroundKey), nil),
		one("ohne Grund", 1, "", problems, func(f *ui.Frame) { f.Errors = problems }),
	}
}

func searching(o overview) overview {
	o.advising([]access.Account{galleryLocked(), galleryFresh(access.LetterOrdered), galleryAccount()}, []access.Application{galleryApplication(orders.Received)}, galleryNow)
	return o
}
