// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"time"

	orders "meldewerk/exchange/access"
)

// Status is the Lage of an account in one word and the one next step, for
// people who have the holder on the telephone.
type Status struct {
	Code StatusCode
	Word string
	Next string // one sentence
}

// StatusCode names the Lage of an account.
type StatusCode string

// The codes, in the order in which they count when several hold.
const (
	IsClosed        StatusCode = "closed"
	IsRefused       StatusCode = "refused"
	IsTroubled      StatusCode = "troubled"
	IsReleasing     StatusCode = "releasing"
	IsLocked        StatusCode = "locked"
	IsOrdered       StatusCode = "ordered"
	LetterToPrint   StatusCode = "letter-print"
	LetterToSend    StatusCode = "letter-send"
	LetterUnused    StatusCode = "letter-expired"
	NoticeToPrint   StatusCode = "notice-print"
	NoticeToSend    StatusCode = "notice-send"
	LetterUnderWay  StatusCode = "letter-way"
	FactorToSetUp   StatusCode = "factor"
	LongUnused      StatusCode = "unused"
	InUse           StatusCode = "used"
	unusedAfter                = 180 * 24 * time.Hour
	letterShouldUse            = 14 * 24 * time.Hour
)

// IsLetterOpen says whether somebody has to do something about a letter.
func (c StatusCode) IsLetterOpen() bool {
	switch c {
	case LetterToPrint, LetterToSend, LetterUnused, NoticeToPrint, NoticeToSend, LetterUnderWay:
		return true
	}
	return false
}

// Status says how the account stands at that moment.
func (a *Account) Status(now time.Time) Status {
	if s, is := a.trouble(); is {
		return s
	}
	if s, is := a.letterStatus(now); is {
		return s
	}
	last := a.Standing.LastSignIn
	switch {
	case a.HeardAt.IsZero() || last.IsZero():
		return Status{LetterUnderWay, "Noch nie angemeldet", "Warten Sie auf die erste Anmeldung, oder drucken Sie ein neues Schreiben, wenn das erste verloren ging."}
	case !a.Standing.Enrolled && a.Standing.Passkeys == 0:
		return Status{FactorToSetUp, "Zweiter Faktor fehlt", "Die Person richtet bei der nächsten Anmeldung ihre App neu ein; sonst ist nichts zu tun."}
	case now.Sub(last) > unusedAfter:
		return Status{LongUnused, "Lange ungenutzt", "Fragen Sie die Einrichtung, ob die Person noch meldet, und schließen Sie den Zugang, wenn nicht."}
	}
	return Status{InUse, "In Gebrauch", "Es ist nichts zu tun."}
}

// trouble is what stops an account.
func (a *Account) trouble() (Status, bool) {
	switch {
	case a.State == Closed:
		return Status{IsClosed, "Geschlossen", "Legen Sie einen neuen Zugang an, wenn die Person wieder meldet."}, true
	case a.State == Refused:
		return Status{IsRefused, "Am Portal abgelehnt", "Wählen Sie unter „Angaben ändern“ einen anderen Benutzernamen."}, true
	case a.IsWaiting(orders.ReleaseLock):
		return Status{IsReleasing, "Aufhebung unterwegs", "Die Person kann sich in etwa einer Minute wieder anmelden."}, true
	case a.Standing.Locked:
		return Status{IsLocked, "Gesperrt", "Erkennen Sie die Person und heben Sie die Sperre auf."}, true
	case a.State == Ordered:
		return Status{IsOrdered, "Unterwegs zum Portal", "Warten Sie etwa eine Minute; danach können Sie das Schreiben drucken."}, true
	case a.Trouble != nil:
		return Status{IsTroubled, "Auftrag nicht ausgeführt", a.Trouble.Remedy()}, true
	}
	return Status{}, false
}

func (a *Account) letterStatus(now time.Time) (Status, bool) {
	if l := a.Letter(WithPassword); l != nil {
		switch l.StateAt(now) {
		case LetterOrdered:
			return Status{LetterToPrint, "Schreiben bestellt", "Drucken Sie das Schreiben mit dem Passwort."}, true
		case LetterPrinted:
			return Status{LetterToSend, "Schreiben gedruckt", "Geben Sie das Schreiben zur Post und vermerken Sie den Versand."}, true
		case LetterExpired:
			return Status{LetterUnused, "Schreiben abgelaufen", "Klären Sie, ob das Schreiben ankam, und drucken Sie ein neues."}, true
		case LetterSent:
			if now.Sub(l.SentAt) > letterShouldUse {
				return Status{LetterUnderWay, "Schreiben unbenutzt", "Fragen Sie die Einrichtung, ob das Schreiben angekommen ist."}, true
			}
			return Status{LetterUnderWay, "Schreiben versandt", "Warten Sie auf die erste Anmeldung."}, true
		}
	}
	if l := a.Letter(FactorGone); l != nil {
		switch l.State {
		case LetterOrdered:
			return Status{NoticeToPrint, "Mitteilung bestellt", "Drucken Sie die Mitteilung, dass der zweite Faktor zurückgesetzt ist."}, true
		case LetterPrinted:
			return Status{NoticeToSend, "Mitteilung gedruckt", "Geben Sie die Mitteilung zur Post und vermerken Sie den Versand."}, true
		}
	}
	return Status{}, false
}

// StateAt is the state of the letter at a moment: one that nobody used in time
// has expired, whatever the portal has told so far.
func (l *Letter) StateAt(now time.Time) LetterState {
	if l.Kind == WithPassword && (l.State == LetterPrinted || l.State == LetterSent) && !now.Before(l.ExpiresAt) {
		return LetterExpired
	}
	return l.State
}
