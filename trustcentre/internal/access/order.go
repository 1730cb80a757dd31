// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"time"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
)

// Entry is an Auftrag as the register keeps it: what was ordered, by whom, and
// what the portal answered. Its content is kept apart and sealed.
type Entry struct {
	Number     orders.OrderNumber
	Act        orders.Act
	Object     string // opaque: account, unit, key or application
	Actor      string // account of the staff, or the machine
	At         time.Time
	Lock       int64
	Recognised account.Recognition
	AnsweredAt time.Time // zero: not yet
	Outcome    orders.Outcome
}

// Arrived says whether the portal has answered.
func (e *Entry) Arrived() bool { return !e.AnsweredAt.IsZero() }

// actWords are the acts in words of the office.
var actWords = map[orders.Act]string{
	orders.PutUnit: "Angaben der Einrichtung", orders.CreateAccount: "Zugang anlegen", orders.IssuePassword: "Passwort des Schreibens",
	orders.ChangeAccount: "Zugang ändern", orders.ReleaseLock: "Sperre aufheben", orders.ResetFactor: "Zweiten Faktor zurücksetzen",
	orders.EndSessions: "Sitzungen beenden", orders.CloseAccount: "Zugang schließen", orders.RegisterKey: "Installationsschlüssel eintragen",
	orders.RevokeKey: "Installationsschlüssel sperren", orders.SetApplication: "Stand des Antrags",
}

// Words names the act.
func (e *Entry) Words() string { return actWords[e.Act] }

// recognisedWords are the ways of recognition in words of the office.
var recognisedWords = map[account.Recognition]string{
	account.RecognisedByCallBack: "Rückruf unter der hinterlegten Nummer",
	account.RecognisedByLetter:   "Schreiben der Einrichtung",
	account.RecognisedInPerson:   "persönlich",
}

// RecognisedWords says how the person was recognised, "" when the act asks for none.
func RecognisedWords(r account.Recognition) string { return recognisedWords[r] }

// Remedy says what the staff do about an order that the portal could not carry
// out, "" for one that it has.
func (e *Entry) Remedy() string {
	switch {
	case !e.Arrived() || e.Outcome == orders.Done:
		return ""
	case e.Outcome == orders.UsernameGone:
		return "Den Benutzernamen gibt es am Portal schon. Wählen Sie unter „Angaben ändern“ einen anderen."
	case e.Outcome == orders.OtherLock:
		return "Die genannte Sperre bestand am Portal nicht mehr. Prüfen Sie, ob der Zugang wieder gesperrt ist."
	case e.Outcome == orders.NotFound:
		return "Das Portal kennt diesen Zugang, diese Einrichtung oder diesen Schlüssel nicht. Verständigen Sie den Betrieb."
	}
	return "Das Portal konnte den Auftrag nicht ausführen. Verständigen Sie den Betrieb und nennen Sie die Auftragsnummer."
}
