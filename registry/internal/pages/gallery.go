// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"time"

	"meldewerk/account"
	"meldewerk/calendar"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/house"
	"meldewerk/internal/personnel"
	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/pseudonym/linkage"
	"meldewerk/registry/internal/store"
	"meldewerk/tumour"
)

// Gallery is every page in several situations, with canned data.
func Gallery() ([]ui.State, error) {
	set, err := house.Templates(Files(), Names)
	if err != nil {
		return nil, err
	}
	g := gallery{set}
	states := signin.Gallery(set, ui.Registry)
	states = append(states, g.overview()...)
	states = append(states, g.cases()...)
	states = append(states, g.oneCase()...)
	states = append(states, g.ambiguities()...)
	return append(states, personnel.Gallery(set, account.Registry, Nav())...), nil
}

type gallery struct{ set *ui.Set }

var galleryNow = time.Date(2026, 11, 21, 13, 32, 13, 0, time.UTC)

func ago(hours int) time.Time { return galleryNow.Add(-time.Duration(hours) * time.Hour) }

func (g gallery) state(page, name, title, path string, data any, touches ...func(*ui.Frame)) ui.State {
	f := ui.Frame{House: ui.Registry, Instance: "Krebsregister Musterland", Title: title, Now: galleryNow, User: "R. Muster", Role: account.RoleRegistrar.Title()}
	for _, n := range Nav() {
		f.Nav = append(f.Nav, ui.NavItem{Label: n.Label, Href: n.Href, Current: n.Href == path})
	}
	for _, touch := range touches {
		touch(&f)
	}
	return g.set.State(page, name, f, data)
}

func (g gallery) overview() []ui.State {
	const title = "Übersicht"
	full := store.Overview{Records: 48_211, Persons: 31_402, Tumours: 33_018, Waiting: 12, Ambiguous: 7, Untold: 3, OldestWaiting: ago(0), LastAssigned: ago(0)}
	stuck := full
	stuck.Waiting, stuck.OldestWaiting, stuck.LastAssigned = 812, ago(9), ago(9)
	return []ui.State{
		g.state("overview", "leer", title, "/", newOverview(store.Overview{}, galleryNow)),
		g.state("overview", "voll", title, "/", newOverview(full, galleryNow)),
		g.state("overview", "Zuordnung steht still", title, "/", newOverview(stuck, galleryNow)),
	}
}

func (g gallery) cases() []ui.State {
	const title = "Fälle"
	listed := []store.Listed{
		{Person: "AAAAAAAAAAAAAAAAAAAAAAAAAA", Number: 31_402, Tumours: 1, Reports: 1, Changed: ago(0)},
		{Person: "BBBBBBBBBBBBBBBBBBBBBBBBBB", Number: 1204, Tumours: 2, Reports: 14, Changed: ago(5)},
	}
	full := newCases(listed, "", nil)
	full.Table.Pages = ui.Pages(31_402, 1, "/faelle", nil)
	var letters, unknown ui.Problems
	letters.Add("nummer", "Geben Sie die Personennummer in Ziffern an, zum Beispiel 1204.")
	unknown.Add("nummer", "Eine Person mit dieser Nummer gibt es im Register nicht. Prüfen Sie die Nummer.")
	refused := func(problems ui.Problems) func(*ui.Frame) { return func(f *ui.Frame) { f.Errors = problems } }
	return []ui.State{
		g.state("cases", "leer", title, "/faelle", newCases(nil, "", nil)),
		g.state("cases", "voll", title, "/faelle", full),
		g.state("cases", "keine Ziffern", title, "/faelle", newCases(listed, "12a", letters), refused(letters)),
		g.state("cases", "unbekannte Nummer", title, "/faelle", newCases(listed, "99999", unknown), refused(unknown)),
	}
}

func (g gallery) oneCase() []ui.State {
	day := func(y int16, m, d uint8) calendar.Date {
		return calendar.Date{Year: y, Month: m, Day: d, Accuracy: calendar.Exact}
	}
	diagnosis := occasionOf("C50.4", day(2026, 9, 1), func(e *tumour.Event) {
		e.Assignment.Side, e.Assignment.Morphology = "L", &tumour.Morphology{Code: "8500/3", Version: "33"}
		e.Diagnosis = &tumour.Diagnosis{Certainty: "7", Clinical: &tumour.TNM{Edition: "8", TPrefix: "c", T: "2", NPrefix: "c", N: "1", M: "0"}, Performance: "1",
			Modules: tumour.Modules{Breast: &tumour.BreastModule{Oestrogen: "P", Progesterone: "P", Her2: "N"}}}
	})
	surgery := occasionOf("C50.4", day(2026, 9, 1), func(e *tumour.Event) {
		e.Assignment.Side = "L"
		e.Surgery = &tumour.Surgery{Intention: "K", Date: day(2026, 10, 1), Procedures: []tumour.Procedure{{Code: "5-870.a1", Version: "2026"}},
			TNM: &tumour.TNM{Edition: "8", TPrefix: "p", T: "1c", NPrefix: "p", N: "0(sn)", M: "0"}, Residual: &tumour.Residual{Local: "R0"}, Complications: tumour.Complications{None: "N"}}
	})
	lung := occasionOf("C34.1", calendar.Date{Year: 2021, Month: 5, Day: 15, Accuracy: calendar.DayEstimated}, func(e *tumour.Event) {
		e.Course = &tumour.Course{Phase: "statusmeldung", Date: day(2026, 11, 3), Overall: "V", Performance: "U"}
	})
	clear := transfer.Record{Sex: "W", Birth: transfer.Birth{Month: 3, Year: 1951}, PostalCode: "30159", Place: "Hannover", Country: "DE"}
	small := store.Case{Number: 31_402, Clear: clear, Reports: []store.CaseReport{{Tumour: 1, Version: 98, Current: true, Rule: linkage.NewPerson, Received: ago(24), Event: diagnosis}}}
	full := store.Case{Number: 1204, Clear: clear, Reports: []store.CaseReport{
		{Tumour: 1, Version: 123, Current: true, Rule: linkage.SameReport, Received: ago(5), Event: surgery, Open: []string{"D2b", "LASTLOOK"}},
		{Tumour: 1, Version: 118, Rule: linkage.SameNumber, Received: ago(70), Event: surgery},
		{Tumour: 1, Version: 98, Current: true, Rule: linkage.NewPerson, Received: ago(240), Event: diagnosis},
		{Tumour: 2, Version: 120, Current: true, Rule: linkage.ByPatient, Received: ago(30), Event: lung},
	}}
	objected := small
	objected.Clear = transfer.Record{Sex: "U", Birth: transfer.Birth{Year: 1940, Accuracy: calendar.AllEstimated}, Country: "NL"}
	objected.Reports = []store.CaseReport{{Tumour: 1, Version: 98, Current: true, Rule: linkage.SameNames, Objection: true, Received: ago(24), Event: lung}}
	return []ui.State{
		g.state("case", "eine Meldung", caseTitle(small), "/faelle", newCase(small)),
		g.state("case", "zwei Tumoren, ersetzte Fassung", caseTitle(full), "/faelle", newCase(full)),
		g.state("case", "Widerspruch, wenig bekannt", caseTitle(objected), "/faelle", newCase(objected)),
		g.state("case", "keine Meldung mehr", "Person 17", "/faelle", newCase(store.Case{Number: 17})),
	}
}

func (g gallery) ambiguities() []ui.State {
	const title = "Zuordnung prüfen"
	one := store.Ambiguous{Assigned: "A", Other: "B", AssignedNumber: 1204, OtherNumber: 31_402, Found: ago(7)}
	var many []store.Ambiguous
	for i := range int64(40) {
		many = append(many, store.Ambiguous{Assigned: "A", Other: "B", AssignedNumber: 1000 + i, OtherNumber: 2000 + 7*i, Found: ago(int(300 - i))})
	}
	return []ui.State{
		g.state("ambiguities", "leer", title, "/zuordnung", newAmbiguities(nil)),
		g.state("ambiguities", "eine", title, "/zuordnung", newAmbiguities([]store.Ambiguous{one})),
		g.state("ambiguities", "viele", title, "/zuordnung", newAmbiguities(many)),
	}
}

// occasionOf is a canned event.
func occasionOf(icd tumour.Code, day calendar.Date, set func(*tumour.Event)) tumour.Event {
	e := tumour.Event{Assignment: tumour.Assignment{ICD: tumour.ICD{Code: icd, Version: "10 2026 GM"}, DiagnosedOn: day}}
	set(&e)
	return e
}
