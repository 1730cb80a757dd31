// SPDX-License-Identifier: EUPL-1.2

package personnel

import (
	"context"
	"errors"
	"strconv"

	"meldewerk/account"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// act is one thing that is done with an account after its consequences were
// shown.
type act struct {
	path, label, hint string
	button            string
	offered           func(who store.Staff) bool // nil: always
	consequences      func(who store.Staff) []string
	recognise         bool // asks how the person was recognised
	notice            string
	do                func(ctx context.Context, d *Desk, actor string, who store.Staff, form actForm) error // nil: has a handler of its own
}

// actForm is what the page of an act posts.
type actForm struct {
	Recognised string `form:"erkannt,max=40"`
	Lock       int    `form:"sperre"`
}

const pathPassword = "passwort"

var acts = []act{
	{path: "sperre", label: "Sperre aufheben", hint: "Nach zehn falschen Einmalkennwörtern.", button: "Sperre aufheben",
		offered:   func(who store.Staff) bool { return who.CodeLocked },
		recognise: true, notice: "personnel-released",
		consequences: func(store.Staff) []string {
			return []string{"Die Person kann sich sofort wieder anmelden und hat wieder zehn Versuche.", "Passwort und zweiter Faktor bleiben, wie sie sind.",
				"Wer die Sperre aufgehoben hat und wie die Person erkannt wurde, steht im Protokoll."}
		},
		do: func(ctx context.Context, d *Desk, actor string, who store.Staff, form actForm) error {
			return d.accounts.ReleaseLock(ctx, actor, who.ID, int64(form.Lock), account.Recognition(form.Recognised))
		}},
	{path: pathPassword, label: "Passwort ausgeben", hint: "Für die erste Anmeldung, oder wenn es vergessen wurde.", button: "Passwort erzeugen und einmal zeigen",
		consequences: func(who store.Staff) []string {
			list := []string{"Das neue Passwort wird auf der nächsten Seite einmal gezeigt und nirgends gespeichert. Drucken Sie es aus und geben Sie es der Person verschlossen.",
				"Es gilt 30 Tage und wird bei der ersten Anmeldung durch ein eigenes ersetzt."}
			if who.State == account.StateActive {
				list = append(list, "Das bisherige Passwort gilt sofort nicht mehr, und alle Sitzungen der Person enden. Der zweite Faktor bleibt.")
			}
			return list
		}},
	{path: "zweiter-faktor", label: "Zweiten Faktor zurücksetzen", hint: "Wenn das Gerät verloren, gestohlen oder defekt ist.", button: "Zweiten Faktor zurücksetzen",
		offered:   func(who store.Staff) bool { return who.Enrolled || who.Passkeys > 0 },
		recognise: true, notice: "personnel-reset",
		consequences: func(who store.Staff) []string {
			list := []string{"Die bisherige App und alle Passkeys der Person gelten sofort nicht mehr, alle ihre Sitzungen enden.",
				"Bei der nächsten Anmeldung mit dem Passwort richtet sie einen neuen zweiten Faktor ein.",
				"Die Person liest bei der nächsten Anmeldung, dass der zweite Faktor zurückgesetzt wurde."}
			if keyed := passkeyRoles(who); len(keyed) > 0 {
				list = append(list, "Rollen, die einen Passkey brauchen, fallen weg: "+titles(keyed)+". Geben Sie sie wieder, sobald die Person einen neuen eingerichtet hat.")
			}
			return list
		},
		do: func(ctx context.Context, d *Desk, actor string, who store.Staff, form actForm) error {
			return d.accounts.ResetSecondFactor(ctx, actor, who.ID, account.Recognition(form.Recognised))
		}},
	{path: "sitzungen", label: "Sitzungen beenden", hint: "Wenn ein Arbeitsplatz offen stehen blieb.", button: "Alle Sitzungen beenden", notice: "personnel-ended",
		consequences: func(store.Staff) []string {
			return []string{"Alle laufenden Sitzungen der Person enden sofort. Was sie gerade ausfüllt und nicht gespeichert hat, geht verloren.", "Sie kann sich danach wieder anmelden."}
		},
		do: func(ctx context.Context, d *Desk, actor string, who store.Staff, _ actForm) error {
			return d.accounts.EndAll(ctx, actor, who.ID)
		}},
	{path: "schliessen", label: "Zugang schließen", hint: "Wenn die Person nicht mehr hier arbeitet.", button: "Zugang endgültig schließen", notice: "personnel-closed",
		consequences: func(store.Staff) []string {
			return []string{"Die Person kann sich nicht mehr anmelden, alle ihre Sitzungen enden sofort.", "Das lässt sich nicht rückgängig machen. Auch der Benutzername bleibt vergeben.",
				"Der Zugang bleibt für das Protokoll stehen."}
		},
		do: func(ctx context.Context, d *Desk, actor string, who store.Staff, _ actForm) error {
			return d.accounts.Close(ctx, actor, who.ID)
		}},
}

func passkeyRoles(who store.Staff) []account.Role {
	var keyed []account.Role
	for _, r := range who.Roles {
		if account.NeedsPasskey(r) {
			keyed = append(keyed, r)
		}
	}
	return keyed
}

// actPage shows what an act will do before it is done.
type actPage struct {
	Facts        ui.Details
	Consequences []string
	Fields       []ui.Field
	Button       ui.Button
	Action, Back string
}

func newAct(a act, who store.Staff, recognised string, problems ui.Problems) *actPage {
	page := &actPage{Facts: whose(who), Consequences: a.consequences(who), Action: pathOf(who.ID) + "/" + a.path, Back: pathOf(who.ID),
		Button: ui.Button{Label: a.button}}
	if a.recognise {
		page.Fields = append(page.Fields,
			ui.Radios("erkannt", "Woran haben Sie die Person erkannt?", ui.Choose([]ui.Option{
				{Value: string(account.RecognisedInPerson), Label: "Persönlich"},
				{Value: string(account.RecognisedByCallBack), Label: "Rückruf über die bekannte Nummer"},
				{Value: string(account.RecognisedByLetter), Label: "Schreiben"}}, recognised)).Check(problems))
	}
	if who.CodeLocked && a.path == "sperre" {
		page.Fields = append(page.Fields, ui.Hidden("sperre", strconv.FormatInt(who.CodeLock, 10)))
	}
	return page
}

// ask shows the page of an act.
func (d *Desk) ask(a act) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		who, err := d.subject(r)
		if err != nil {
			return nil, err
		}
		if fresh := signin.AskFresh(r); fresh != nil {
			return fresh, nil
		}
		if a.offered != nil && !a.offered(who) {
			return web.Redirect(pathOf(who.ID)), nil
		}
		return web.Page("personnel-act", a.label, newAct(a, who, "", nil)), nil
	}
}

// perform does the act.
func (d *Desk) perform(a act) web.Handler {
	return func(r *web.Request) (web.Response, error) {
		if err := signin.NeedFresh(r); err != nil {
			return nil, err
		}
		var form actForm
		if err := r.Decode(&form); err != nil {
			return nil, err
		}
		who, err := d.subject(r)
		if err != nil {
			return nil, err
		}
		if a.recognise && !account.Recognition(form.Recognised).Known() {
			var problems ui.Problems
			problems.Add("erkannt", "Es fehlt, woran Sie die Person erkannt haben. Wählen Sie eine der Möglichkeiten.")
			return web.Page("personnel-act", a.label, newAct(a, who, form.Recognised, problems)).Refused(problems), nil
		}
		if err := a.do(r.Context(), d, r.Principal.AccountID, who, form); err != nil {
			return nil, err
		}
		return web.Redirect(pathOf(who.ID)).Notice(a.notice), nil
	}
}

// passwordPage shows a password, once.
type passwordPage struct {
	Facts   ui.Details
	Text    string
	Address string
	Back    string
}

const titlePassword = "Passwort für die erste Anmeldung"

// issue makes a new password and shows it in the answer to this very post. A
// second look is not possible; another post makes another password.
func (d *Desk) issue(r *web.Request) (web.Response, error) {
	if err := signin.NeedFresh(r); err != nil {
		return nil, err
	}
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	who, err := d.subject(r)
	if err != nil {
		return nil, err
	}
	ctx := context.WithoutCancel(r.Context()) // a browser that goes away must not leave half an act
	password := account.NewInitialPassword()
	hash, err := d.hasher.Hash(ctx, password)
	if errors.Is(err, account.ErrBusy) {
		return nil, account.ErrBusy
	}
	if err != nil {
		return nil, err
	}
	expires := r.Now().Add(account.InitialPasswordLife)
	if err := d.accounts.IssuePassword(ctx, r.Principal.AccountID, who.ID, hash, true, expires); err != nil {
		return nil, err
	}
	page := newPassword(who, password.Reveal(), "https://"+r.Host, ui.Date(expires))
	return web.Page("personnel-password", titlePassword, page), nil
}

func newPassword(who store.Staff, text, address, until string) *passwordPage {
	facts := whose(who)
	facts.Items = append(facts.Items, ui.Item{Key: "Adresse", Value: address}, ui.Item{Key: "Gilt bis", Value: until})
	return &passwordPage{Facts: facts, Text: text, Back: pathOf(who.ID)}
}
