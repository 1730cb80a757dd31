// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"context"
	"errors"
	"io"
	"strconv"

	"meldewerk/account"
	"meldewerk/fault"
	"meldewerk/internal/paper"
	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
)

// deed is one act on an account after its consequences were shown.
type deed struct {
	path, title, hint, notice string
	offered                   func(a *access.Account) bool // nil: always
	recognise                 bool
	consequences              []string
	do                        func(ctx context.Context, d *access.Desk, who access.Staff, id account.ID, form deedForm) error
}

// deedForm is what the page of an act posts.
type deedForm struct {
	Recognised string `form:"erkannt,max=40"`
	Lock       int    `form:"sperre"`
}

var accountDeeds = []deed{
	{path: "sperre", title: "Sperre aufheben", hint: "Nach zehn falschen Einmalkennwörtern.", notice: "lock-released", recognise: true,
		offered: func(a *access.Account) bool { return a.Standing.Locked },
		consequences: []string{"Die Person kann sich in etwa einer Minute wieder anmelden und hat wieder zehn Versuche.", "Passwort und zweiter Faktor bleiben, wie sie sind.",
			"Aufgehoben wird nur diese eine Sperre. Entsteht inzwischen eine neue, bleibt sie bestehen."},
		do: func(ctx context.Context, d *access.Desk, who access.Staff, id account.ID, form deedForm) error {
			return d.Unlock(ctx, who, id, int64(form.Lock), account.Recognition(form.Recognised))
		}},
	{path: "zweiter-faktor", title: "Zweiten Faktor zurücksetzen", hint: "Wenn das Gerät verloren, gestohlen oder defekt ist.", notice: "factor-reset", recognise: true,
		offered: func(a *access.Account) bool { return a.State == access.Known },
		consequences: []string{"Die bisherige App, ein Hardware-Token und alle Passkeys der Person gelten sofort nicht mehr, alle ihre Sitzungen enden.", "Das Passwort bleibt. Bei der nächsten Anmeldung richtet die Person einen neuen zweiten Faktor ein.",
			"Es wird eine Mitteilung an die Person bestellt, die Sie danach drucken. So erfährt sie davon, auch wenn jemand anderes angerufen hat.", "Eine Sperre bleibt bestehen. Heben Sie sie gesondert auf."},
		do: func(ctx context.Context, d *access.Desk, who access.Staff, id account.ID, form deedForm) error {
			return d.Reset(ctx, who, id, account.Recognition(form.Recognised))
		}},
	{path: "sitzungen", title: "Sitzungen beenden", hint: "Wenn ein Arbeitsplatz offen stehen blieb.", notice: "sessions-ended",
		offered:      func(a *access.Account) bool { return a.State == access.Known },
		consequences: []string{"Alle laufenden Sitzungen der Person enden in etwa einer Minute. Entwürfe sind gespeichert.", "Die Person kann sich danach wieder anmelden."},
		do: func(ctx context.Context, d *access.Desk, who access.Staff, id account.ID, _ deedForm) error {
			return d.End(ctx, who, id)
		}},
	{path: "schliessen", title: "Zugang schließen", hint: "Wenn die Person nicht mehr meldet.", notice: "account-closed",
		consequences: []string{"Die Person kann sich nicht mehr anmelden, alle ihre Sitzungen enden. Ein Schreiben, das noch unterwegs ist, wird wertlos.", "Das lässt sich nicht rückgängig machen, und der Benutzername bleibt vergeben.",
			"Übermittelte Meldungen bleiben gültig."},
		do: func(ctx context.Context, d *access.Desk, who access.Staff, id account.ID, _ deedForm) error {
			return d.Close(ctx, who, id)
		}},
}

func newDeed(act *deed, a *access.Account, unit *access.Unit, recognised string, problems ui.Problems) *actPage {
	path := pathAccounts + "/" + string(a.ID)
	page := &actPage{Facts: whose(a, unit), Consequences: act.consequences, Action: path + "/" + act.path, Back: ui.Link{Label: "Abbrechen", Href: path}, Button: ui.Button{Label: act.title}}
	if act.recognise {
		page.Consequences = append(page.Consequences[:len(page.Consequences):len(page.Consequences)], "Wer das veranlasst hat und wie die Person erkannt wurde, steht im Protokoll.")
		page.Fields = append(page.Fields, recogniseField(a, unit, recognised, problems))
	}
	if act.path == "sperre" {
		page.Fields = append(page.Fields, ui.Hidden("sperre", strconv.FormatInt(a.Standing.Lock, 10)))
	}
	return page
}

// whose says on every page of an act whom it is about, with the number to call.
func whose(a *access.Account, unit *access.Unit) ui.Details {
	return ui.Details{Items: []ui.Item{{Key: "Person", Value: a.Person.Name}, {Key: "Benutzername", Value: string(a.Username)}, {Key: "Einrichtung", Value: unit.Name},
		{Key: "Telefon für den Rückruf", Values: phones(a, unit)}}}
}

func recogniseField(a *access.Account, unit *access.Unit, chosen string, problems ui.Problems) ui.Field {
	call := ui.Option{Value: string(account.RecognisedByCallBack), Label: "Rückruf unter der hinterlegten Nummer", Hint: "Legen Sie auf und wählen Sie selbst: "}
	if numbers := phones(a, unit); len(numbers) > 0 {
		call.Hint += numbers[0]
	} else {
		call.Hint = "Es ist keine Nummer hinterlegt. Lassen Sie sich ein Schreiben schicken."
	}
	return ui.Radios("erkannt", "Woran haben Sie die Person erkannt?", ui.Choose([]ui.Option{call,
		{Value: string(account.RecognisedByLetter), Label: "Schreiben der Einrichtung", Hint: "Unterschrieben, Absender wie hinterlegt"},
		{Value: string(account.RecognisedInPerson), Label: "Persönlich", Hint: "Mit Ausweis"}}, chosen)).Check(problems)
}

// both gives an account with its first unit.
func (p *Reception) both(r *web.Request) (*access.Account, *access.Unit, error) {
	a, err := p.desk.Account(r.Context(), account.ID(r.PathValue("id")))
	if err != nil {
		return nil, nil, err
	}
	unit, err := p.desk.Unit(r.Context(), a.Units[0])
	return &a, &unit, err
}

func (p *Reception) askAct(act *deed) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		a, unit, err := p.both(r)
		if err != nil {
			return nil, err
		}
		if fresh := signin.AskFresh(r); fresh != nil {
			return fresh, nil
		}
		if a.State == access.Closed || act.offered != nil && !act.offered(a) || a.Person.IsSame(by(r)) {
			return web.Redirect(pathAccounts + "/" + string(a.ID)), nil
		}
		return web.Page("access_act", act.title, newDeed(act, a, unit, "", nil)), nil
	}
}

func (p *Reception) doAct(act *deed) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		if err := signin.NeedFresh(r); err != nil {
			return nil, err
		}
		var form deedForm
		if err := r.Decode(&form); err != nil {
			return nil, err
		}
		a, unit, err := p.both(r)
		if err != nil {
			return nil, err
		}
		err = act.do(r.Context(), p.desk, by(r), a.ID, form)
		if errors.Is(err, access.ErrRecognised) {
			var problems ui.Problems
			problems.Add("erkannt", access.ErrRecognised.Sentence)
			return web.Page("access_act", act.title, newDeed(act, a, unit, form.Recognised, problems)).Refused(problems), nil
		}
		if err != nil {
			return nil, err
		}
		return web.Redirect(pathAccounts + "/" + string(a.ID)).Notice(act.notice), nil
	}
}

// printTitles are the titles of the pages before a letter is printed.
var printTitles = map[access.LetterKind]string{access.WithPassword: "Schreiben drucken", access.FactorGone: "Mitteilung drucken"}

func newPrint(kind access.LetterKind, a *access.Account, unit *access.Unit) *actPage {
	path := pathAccounts + "/" + string(a.ID)
	page := &actPage{Facts: whose(a, unit), Back: ui.Link{Label: "Zurück zum Zugang", Href: path}, Button: ui.Button{Label: printTitles[kind]}}
	page.Facts.Items = append(page.Facts.Items[:3:3], ui.Item{Key: "Anschrift", Values: unit.Recipient(a.Person.Name)})
	page.After = "Das Blatt wird als PDF geladen. Drucken Sie es einseitig, falten Sie es an den Marken für einen Umschlag mit Fenster, und vermerken Sie dann beim Zugang den Versand. Löschen Sie die Datei."
	defer page.withoutAddress(unit)
	if kind == access.FactorGone {
		page.Action = path + "/mitteilung"
		page.Consequences = []string{"Die Mitteilung enthält kein Passwort. Sie können sie noch einmal drucken, bis der Versand vermerkt ist."}
		return page
	}
	page.Action = path + "/schreiben"
	page.Consequences = []string{"Erst jetzt entsteht ein Passwort. Es steht nur in diesem Schreiben; niemand kann es später noch einmal sehen.",
		"Das Schreiben gilt 30 Tage. Wird es bis dahin nicht benutzt, drucken Sie ein neues."}
	if l := a.Letter(access.WithPassword); l != nil && l.State != access.LetterOrdered {
		page.Consequences = append(page.Consequences, "Ein früheres Passwort gilt nicht mehr, sobald der Auftrag am Portal ist. Alle Sitzungen der Person enden dann. Der zweite Faktor bleibt.")
	}
	return page
}

// withoutAddress takes the button away when nothing could be sent.
func (page *actPage) withoutAddress(unit *access.Unit) {
	if unit.Detail.Complete() {
		return
	}
	page.Action, page.After, page.Facts.Items = "", "", page.Facts.Items[:3]
	page.Alert = &ui.Alert{Kind: ui.Warning, Title: "Die Anschrift fehlt", Body: access.ErrNoAddress.Sentence, Links: []ui.Link{{Label: "Einrichtung ändern", Href: pathUnits + "/" + string(unit.ID) + "/aendern"}}}
}

func (p *Reception) askPrint(kind access.LetterKind) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		a, unit, err := p.both(r)
		if err != nil {
			return nil, err
		}
		if fresh := signin.AskFresh(r); fresh != nil {
			return fresh, nil
		}
		if a.State != access.Known || a.Person.IsSame(by(r)) {
			return web.Redirect(pathAccounts + "/" + string(a.ID)), nil
		}
		return web.Page("access_act", printTitles[kind], newPrint(kind, a, unit)), nil
	}
}

// errNotPrintable refuses a name that the fonts cannot show.
var errNotPrintable = fault.New(fault.Invalid, "access.not_printable",
	"Name oder Anschrift enthalten ein Zeichen, das sich nicht drucken lässt, oder sind zu lang für das Fenster. Ändern Sie die Angaben bei Person oder Einrichtung.")

// print answers with the letter as a file that nobody keeps: the answer is
// never stored, and the name of the file says nothing.
func (p *Reception) print(kind access.LetterKind) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		if err := signin.NeedFresh(r); err != nil {
			return nil, err
		}
		if err := r.Decode(&struct{}{}); err != nil {
			return nil, err
		}
		sheet, err := p.desk.Print(r.Context(), by(r), account.ID(r.PathValue("id")), kind)
		if errors.Is(err, paper.ErrNotPrintable) || errors.Is(err, paper.ErrNoRoom) {
			return nil, errNotPrintable.Because(err)
		}
		if err != nil {
			return nil, err
		}
		return web.Download("schreiben.pdf", "application/pdf", func(w io.Writer) error {
			_, err := w.Write(sheet)
			return err
		}), nil
	}
}

func (p *Reception) sent(r *web.Request) (web.Response, error) {
	var form struct {
		Letter string `form:"schreiben,max=64"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	id := account.ID(r.PathValue("id"))
	if err := p.desk.MarkSent(r.Context(), by(r), id, form.Letter); err != nil {
		return nil, err
	}
	return web.Redirect(pathAccounts + "/" + string(id)).Notice("letter-sent"), nil
}
