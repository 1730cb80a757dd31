// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"time"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
	"meldewerk/internal/ui"
	"meldewerk/trustcentre/internal/access"
)

// access is every page of the register in several situations.
func (g gallery) access() []ui.State {
	states := g.unitStates()
	states = append(states, g.accountStates()...)
	states = append(states, g.accountActStates()...)
	states = append(states, g.formStates()...)
	states = append(states, g.applicationStates()...)
	return append(states, g.thingStates()...)
}

func galleryUnit() access.Unit {
	return access.Unit{Unit: account.Unit{ID: "nord", Name: "Klinikum Nord, Tumordokumentation", ReporterIDs: []string{"M-10021", "M-10022", "M-10023", "M-10024"}, Released: true}, Accounts: 4,
		Detail: access.Detail{Kind: orders.KindHospital, System: "tumour-documentation", Software: "TUDOK-7", IK: "260100023", Street: "Hafenstraße 12", PostalCode: "00001", Place: "Musterstadt",
			Phone: "0000 4711-0", Physician: "Dr. Mara Muster"}}
}

func galleryPractice() access.Unit {
	return access.Unit{Unit: account.Unit{ID: "patho", Name: "Gemeinschaftspraxis für Pathologie am Markt"}, Detail: access.Detail{Kind: orders.KindPathology, BSNR: "179000100"}}
}

// galleryAccount is an account in use.
func galleryAccount() access.Account {
	return access.Account{ID: "EEEEEEEEEEEEEEEEEEEEEEEEEE", Username: "z.capkova", State: access.Known, MadeAt: ago(200, 0), Units: []account.UnitID{"nord"}, UnitNames: []string{"Klinikum Nord, Tumordokumentation"},
		Reporters: []string{"M-10021", "M-10022"}, Roles: account.Roles{account.RoleReporter, account.RoleUploader},
		Person:   access.Person{Name: "Žofie Čapková", Function: "Medizinische Dokumentation", Phone: "0000 4711-12", Email: "dokumentation@klinikum.example"},
		Standing: orders.Standing{FirstSignIn: ago(190, 0), LastSignIn: ago(1, 2), Enrolled: true, Lock: 2}, HeardAt: ago(0, 1),
		Letters: []access.Letter{{ID: "L", Kind: access.WithPassword, State: access.LetterUsed, OrderedAt: ago(200, 0), PrintedAt: ago(199, 0), SentAt: ago(199, 0), UsedAt: ago(190, 0), ExpiresAt: ago(169, 0)}}}
}

func galleryLocked() access.Account {
	a := galleryAccount()
	a.Standing.Locked, a.Standing.LockedAt, a.Standing.CodesUsed, a.Standing.Lock = true, ago(0, 0), 10, 3
	return a
}

func galleryFresh(state access.LetterState) access.Account {
	a := galleryAccount()
	a.ID, a.Username, a.Person.Name, a.Standing = "FFFFFFFFFFFFFFFFFFFFFFFFFF", "l.gross", "Łukasz Groß", orders.Standing{}
	l := access.Letter{ID: "L2", Kind: access.WithPassword, State: state, OrderedAt: ago(3, 0)}
	if state != access.LetterOrdered {
		l.PrintedAt, l.ExpiresAt = ago(2, 0), ago(2, 0).Add(account.InitialPasswordLife)
	}
	if state == access.LetterSent {
		l.SentAt = ago(2, 0)
	}
	a.Letters = []access.Letter{l}
	return a
}

func galleryRefused() access.Account {
	a := galleryFresh(access.LetterOrdered)
	a.ID, a.Username, a.Person.Name, a.State = "GGGGGGGGGGGGGGGGGGGGGGGGGG", "a.muster", "Aylin Muster", access.Refused
	return a
}

func galleryClosed() access.Account {
	a := galleryAccount()
	a.State = access.Closed
	return a
}

func galleryEntries() []entry {
	at := func(n orders.OrderNumber, act orders.Act, days int, how account.Recognition, answered bool, outcome orders.Outcome) entry {
		e := entry{access.Entry{Number: n, Act: act, At: ago(days, 0), Recognised: how}, "A. Muster"}
		if answered {
			e.AnsweredAt, e.Outcome = ago(days, 0).Add(20*time.Second), outcome
		}
		return e
	}
	return []entry{at(1204, orders.EndSessions, 0, "", false, ""), at(1188, orders.ReleaseLock, 4, account.RecognisedByCallBack, true, orders.OtherLock),
		at(1102, orders.ResetFactor, 30, account.RecognisedByLetter, true, orders.Done), at(7, orders.CreateAccount, 200, "", true, orders.Done)}
}

func (g gallery) unitStates() []ui.State {
	full, bare := galleryUnit(), galleryPractice()
	closed := full
	closed.Closed, closed.Released = true, false
	many := make([]access.Unit, 0, 120)
	for i := range 120 {
		u := full
		u.Name = fmt.Sprintf("Praxis %03d", i+1)
		many = append(many, u)
	}
	accounts := []access.Account{galleryAccount(), galleryFresh(access.LetterSent)}
	return []ui.State{
		g.state("units", "leer", unitsTitle, pathUnits, newUnits(nil, 1, "", true)),
		g.state("units", "zwei", unitsTitle, pathUnits, newUnits([]access.Unit{full, bare}, 1, "", true), wide),
		g.state("units", "viele, Seite 2", unitsTitle, pathUnits, newUnits(many, 2, "", false), wide),
		g.state("units", "nichts gefunden", unitsTitle, pathUnits, newUnits(nil, 1, "Südklinik", true)),
		g.state("unit", "freigegeben", unitTitle, pathUnits, newUnit(&full, accounts, galleryEntries(), galleryNow, true, true), notice("unit-released")),
		g.state("unit", "unvollständig", unitTitle, pathUnits, newUnit(&bare, nil, nil, galleryNow, true, false)),
		g.state("unit", "geschlossen, nur lesen", unitTitle, pathUnits, newUnit(&closed, nil, nil, galleryNow, false, false)),
	}
}

func (g gallery) accountStates() []ui.State {
	unit := galleryUnit()
	one := func(name string, a access.Account, own bool, touches ...func(*ui.Frame)) ui.State {
		return g.state("account", name, accountTitle, pathAccounts, newAccountPage(&a, &unit, galleryEntries(), own, galleryNow), touches...)
	}
	list := func() []access.Account {
		unused := galleryAccount()
		unused.Person.Name, unused.Standing.LastSignIn = "Bernd Beispiel", ago(300, 0)
		return []access.Account{galleryAccount(), unused, galleryFresh(access.LetterOrdered), galleryFresh(access.LetterPrinted), galleryFresh(access.LetterSent), galleryRefused(), galleryLocked()}
	}
	stuck := newAccounts(list(), 1, "", "", galleryNow)
	stuck.Alert = stuckAlert(3, ago(0, 5), galleryNow)
	reset := galleryAccount()
	reset.Standing.Enrolled = false
	reset.Letters = append([]access.Letter{{ID: "N", Kind: access.FactorGone, State: access.LetterPrinted, OrderedAt: ago(1, 0), PrintedAt: ago(0, 3)}}, reset.Letters...)
	return []ui.State{
		g.state("accounts", "leer", accountsTitle, pathAccounts, newAccounts(nil, 1, "", "", galleryNow)),
		g.state("accounts", "alle Lagen", accountsTitle, pathAccounts, newAccounts(list(), 1, "", "", galleryNow), wide),
		g.state("accounts", "Portal nicht erreichbar", accountsTitle, pathAccounts, stuck, wide),
		g.state("accounts", "nichts gefunden", accountsTitle, pathAccounts, newAccounts(nil, 1, "", "Capek", galleryNow)),
		one("in Gebrauch", galleryAccount(), false), one("gesperrt", galleryLocked(), false), one("Schreiben bestellt", galleryFresh(access.LetterOrdered), false, notice("account-made")),
		one("Schreiben gedruckt", galleryFresh(access.LetterPrinted), false), one("Mitteilung gedruckt", reset, false), one("am Portal abgelehnt", galleryRefused(), false),
		one("geschlossen", galleryClosed(), false, notice("account-closed")), one("eigener Zugang", galleryAccount(), true),
	}
}

func (g gallery) accountActStates() []ui.State {
	unit, bare := galleryUnit(), galleryPractice()
	locked := galleryLocked()
	var states []ui.State
	for i := range accountDeeds {
		states = append(states, g.state("access_act", accountDeeds[i].title, accountDeeds[i].title, pathAccounts, newDeed(&accountDeeds[i], &locked, &unit, "", nil)))
	}
	var problems ui.Problems
	problems.Add("erkannt", access.ErrRecognised.Sentence)
	fresh, used := galleryFresh(access.LetterOrdered), galleryAccount()
	title, release := newReleaseAct(&bare)
	suspendTitle, suspend := newReleaseAct(&unit)
	key := galleryKeys()[0]
	refused := func(f *ui.Frame) { f.Errors = problems }
	return append(states,
		g.state("access_act", "Sperre, nicht erkannt", accountDeeds[0].title, pathAccounts, newDeed(&accountDeeds[0], &locked, &unit, "", problems), refused),
		g.state("access_act", "Schreiben drucken", printTitles[access.WithPassword], pathAccounts, newPrint(access.WithPassword, &fresh, &unit)),
		g.state("access_act", "Schreiben ersetzen, Anschrift fehlt", printTitles[access.WithPassword], pathAccounts, newPrint(access.WithPassword, &used, &bare)),
		g.state("access_act", "Mitteilung drucken", printTitles[access.FactorGone], pathAccounts, newPrint(access.FactorGone, &used, &unit)),
		g.state("access_act", "Freigabe", title, pathUnits, release), g.state("access_act", "Freigabe aussetzen", suspendTitle, pathUnits, suspend),
		g.state("access_act", "Schlüssel sperren", revokeTitle, pathKeys, newRevoke(&key)),
		g.state("access_act", "Gerät ausmustern", retireTitle, pathDevices, newRetire(&galleryDevices()[0])))
}

func (g gallery) formStates() []ui.State {
	unit := galleryUnit()
	form := typedUnit(&unit)
	broken := form
	broken.IK, broken.Kind, broken.PostalCode = "260100024", "", "123"
	_, wrong := broken.unit("nord")
	refused := func(p ui.Problems) func(*ui.Frame) { return func(f *ui.Frame) { f.Errors = p } }
	work := accountWork{known: []access.Unit{unit}, form: accountForm{Name: "Žofie Čapková", Username: "z.capkova", Units: []string{"nord"}, Roles: []string{string(account.RoleReporter)}}, id: "E"}
	several := accountWork{fits: []access.Unit{unit, galleryPractice()}, form: accountForm{Name: "Łukasz Groß", Unit: "Klinikum"}}
	var pick ui.Problems
	several.chosen(&pick)
	pick.Add("rollen", access.ErrRoles.Sentence)
	application := galleryApplication(orders.Checking)
	device := galleryDevices()[1]
	return []ui.State{
		g.state("access_form", "neue Einrichtung", unitFormTitle(""), pathUnits, newUnitForm(&unitForm{}, "", nil)),
		g.state("access_form", "Einrichtung mit Fehlern", unitFormTitle("nord"), pathUnits, newUnitForm(&broken, "nord", wrong), refused(wrong)),
		g.state("access_form", "neuer Zugang", newAccountTitle, pathAccounts, (&accountWork{}).page(nil)),
		g.state("access_form", "neuer Zugang, mehrere Einrichtungen passen", newAccountTitle, pathAccounts, several.page(pick), refused(pick)),
		g.state("access_form", "Zugang ändern", editAccountTitle, pathAccounts, work.page(nil)),
		g.state("access_form", "Antrag ablehnen", declineTitle, pathApplications, newDecline(&application, "", nil)),
		g.state("access_form", "Gerät ausleihen", lendTitle, pathDevices, newLend(&device, &lendForm{Day: "19", Month: "12", Year: "2026"}, nil, nil)),
		g.state("access_form", "Schlüssel eintragen", newKeyTitle, pathKeys, newKeyForm(&keyForm{Unit: unit.Name, Software: "TUDOK-7"}, nil, nil)),
	}
}

func galleryApplication(stage orders.Stage) access.Application {
	a := access.Application{ID: "HHHHHHHHHHHHHHHHHHHHHHHHHH", Number: "A-2026-000012-K", ReceivedAt: ago(4, 2), Stage: stage, Form: &orders.ApplicationForm{
		Facility: "Klinikum Nord, Tumordokumentation", Kind: orders.KindHospital, Street: "Hafenstraße 12", PostalCode: "00001", Place: "Musterstadt", IK: "260100023", System: "tumour-documentation", Software: "TUDOK-7",
		Channel: orders.ChannelBoth, Occasions: []string{"diagnosis", "surgery", "systemic", "course"}, Physician: "Dr. Mara Muster",
		People: []orders.Applicant{{Name: "Žofie Čapková", Function: "Medizinische Dokumentation", Phone: "0000 4711-12", Email: "dokumentation@klinikum.example", Roles: []account.Role{account.RoleReporter, account.RoleUploader}},
			{Name: "Łukasz Groß", Function: "Tumordokumentation", Phone: "0000 4711-13", Roles: []account.Role{account.RoleReporter}}}}}
	if !a.IsOpen() {
		a.DecidedAt = ago(1, 0)
	}
	return a
}

func (g gallery) applicationStates() []ui.State {
	received, checking, declined := galleryApplication(orders.Received), galleryApplication(orders.Checking), galleryApplication(orders.Declined)
	declined.Reason = "Die IK gehört zu einer anderen Einrichtung. Stellen Sie den Antrag mit Ihrer IK noch einmal."
	broken := received
	broken.Form, broken.Number = nil, "A-2026-000013-M"
	grant := func(f grantForm, doubts []access.Unit, problems ui.Problems) *grantPage {
		f.names = []account.Username{"z.capkova", "l.gross"}
		return newGrant(&checking, doubts, &f, problems)
	}
	var problems ui.Problems
	problems.Add("zu", "Es fehlt, ob die Einrichtung neu ist. Wählen Sie eine aus.")
	problems.Add("person", access.ErrNobody.Sentence)
	return []ui.State{
		g.state("applications", "leer", applicationsTitle, pathApplications, newApplications(nil, 1)),
		g.state("applications", "vier", applicationsTitle, pathApplications, newApplications([]access.Application{received, broken, checking, declined}, 1), wide),
		g.state("applications", "ein entschiedener", applicationsTitle, pathApplications, newApplications([]access.Application{declined}, 1), wide),
		g.state("application", "eingegangen", applicationTitle, pathApplications, newApplication(&received, nil)),
		g.state("application", "in Prüfung, vielleicht schon da", applicationTitle, pathApplications, newApplication(&checking, []access.Unit{galleryUnit()}), notice("checking")),
		g.state("application", "abgelehnt", applicationTitle, pathApplications, newApplication(&declined, nil)),
		g.state("application", "nicht lesbar", applicationTitle, pathApplications, newApplication(&broken, nil)),
		g.state("grant", "neu", grantTitle, pathApplications, grant(grantForm{People: []string{"1", "2"}}, nil, nil)),
		g.state("grant", "vielleicht schon da", grantTitle, pathApplications, grant(grantForm{People: []string{"1"}, Unit: "nord"}, []access.Unit{galleryUnit()}, nil)),
		g.state("grant", "mit Fehlern", grantTitle, pathApplications, grant(grantForm{}, []access.Unit{galleryUnit()}, problems), func(f *ui.Frame) { f.Errors = problems }),
	}
}

func galleryDevices() []access.Device {
	loan := access.Loan{ID: "A", Borrower: "Žofie Čapková", UnitName: "Klinikum Nord, Tumordokumentation", Lender: "A. Muster", LentAt: ago(40, 0), DueAt: ago(12, 0)}
	back, runs := loan, loan
	back.ReturnedAt, runs.DueAt = ago(13, 0), ago(-9, 0)
	return []access.Device{{ID: "1", Label: "LEIH-01", Kind: access.Telephone, Loans: []access.Loan{loan}}, {ID: "2", Label: "LEIH-02", Kind: access.Token, Loans: []access.Loan{back}},
		{ID: "3", Label: "LEIH-03", Kind: access.Telephone, Loans: []access.Loan{runs, back}}, {ID: "4", Label: "LEIH-04", Kind: access.Token, Gone: true, Loans: []access.Loan{back}}, {ID: "5", Label: "LEIH-05", Kind: access.Token}}
}

func galleryKeys() []access.Key {
	key := access.Key{ID: "IIIIIIIIIIIIIIIIIIIIIIIIII", Unit: "nord", UnitName: "Klinikum Nord, Tumordokumentation", Software: "TUDOK-7", Label: "Server der Tumordokumentation", State: access.KeyActive, MadeAt: ago(90, 0)}
	list := []access.Key{key}
	for _, state := range []access.KeyState{access.KeyOrdered, access.KeyRefused, access.KeyRevoking, access.KeyRevoked} {
		other := key
		other.State = state
		list = append(list, other)
	}
	return list
}

func (g gallery) thingStates() []ui.State {
	var problems ui.Problems
	problems.Add("inventar", access.ErrLabel.Sentence)
	return []ui.State{
		g.state("devices", "leer", devicesTitle, pathDevices, newDevices(nil, deviceForm{}, nil, galleryNow)),
		g.state("devices", "alle Lagen", devicesTitle, pathDevices, newDevices(galleryDevices(), deviceForm{}, nil, galleryNow), wide, notice("device-back")),
		g.state("devices", "Nummer vergeben", devicesTitle, pathDevices, newDevices(galleryDevices()[:1], deviceForm{Label: "LEIH-01", Kind: "token"}, problems, galleryNow), func(f *ui.Frame) { f.Errors = problems }),
		g.state("keys", "leer", keysTitle, pathKeys, newKeys(nil, 1)),
		g.state("keys", "alle Lagen", keysTitle, pathKeys, newKeys(galleryKeys(), 1), wide),
		g.state("keys", "einer", keysTitle, pathKeys, newKeys(galleryKeys()[:1], 1), wide, notice("key-added")),
	}
}
