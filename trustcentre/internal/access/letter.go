// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"time"

	"meldewerk/account"
	"meldewerk/internal/paper"
	"meldewerk/internal/ui"
)

// Letterhead is the Briefkopf of the trust centre and what its letters tell
// besides: where the portal is and who helps.
type Letterhead struct {
	Sender     string   // name of the house, on top
	SenderLine string   // one line for the window: name · street · place
	Contact    []string // block on the right; the last line should be a telephone number
	Place      string
	Portal     string // address of the portal as people type it; empty: the letter points to the registry's own pages
}

func (h *Letterhead) letter(a *Account, u *Unit, now time.Time, subject string, blocks ...paper.Block) paper.Letter {
	return paper.Letter{Sender: h.Sender, SenderLine: h.SenderLine, Contact: h.Contact, Recipient: u.Recipient(a.Person.Name),
		Place: h.Place, Date: ui.Date(now), Subject: subject, Paragraphs: blocks}
}

func (h *Letterhead) portal() string {
	if h.Portal == "" {
		return "wie auf den Internetseiten des Krebsregisters angegeben"
	}
	return h.Portal
}

// withPassword is the letter of H1. Whoever holds it can sign in once.
func (h *Letterhead) withPassword(a *Account, u *Unit, now, expires time.Time, p account.Password, mustChange bool) paper.Letter {
	steps := []string{
		"Öffnen Sie die Adresse des Meldeportals und geben Sie Benutzernamen und Passwort ein.",
		"Richten Sie auf Ihrem Telefon eine App für Einmalkennwörter ein. Das Portal zeigt dazu einen QR-Code. Fotografieren Sie ihn nicht: Wer das Bild hat, hat Ihren zweiten Faktor.",
		"Melden Sie sich noch einmal mit Benutzernamen und Passwort an und geben Sie das Einmalkennwort aus der App ein.",
	}
	if mustChange {
		steps = append(steps, "Wählen Sie ein eigenes Passwort mit mindestens 15 Zeichen. Das Passwort dieses Schreibens gilt dann nicht mehr.")
	} else {
		steps = append(steps, "Unter „Konto“ können Sie ein eigenes Passwort wählen. Bis dahin gilt das Passwort dieses Schreibens.")
	}
	return h.letter(a, u, now, "Ihr Zugang zum Meldeportal des Krebsregisters",
		paper.Block{Text: "Guten Tag,\n\ndies sind Ihre Zugangsdaten. Sie gelten nur für Sie persönlich; eine Vertretung erhält einen eigenen Zugang. Ein früheres Schreiben verliert hiermit seine Gültigkeit."},
		paper.Block{Pairs: []paper.Pair{
			{Name: "Adresse", Value: h.portal(), Code: h.Portal != ""},
			{Name: "Benutzername", Value: string(a.Username), Code: true},
			{Name: "Erste Anmeldung", Value: "bis " + ui.Moment(expires)},
		}},
		paper.Block{Heading: "Passwort", Code: p.Reveal()},
		paper.Block{Text: "Geben Sie die Bindestriche mit ein und achten Sie auf große und kleine Buchstaben. Was leicht zu verwechseln ist, kommt nicht vor: weder die Ziffern 0 und 1 noch die Buchstaben O, Q, I, l, B, S, G und Z."},
		paper.Block{Heading: "So melden Sie sich zum ersten Mal an", Steps: steps},
		paper.Block{Text: "Die Vertrauensstelle fragt Sie niemals nach Ihrem Passwort oder einem Einmalkennwort. War der Umschlag geöffnet oder beschädigt, melden Sie sich nicht an und rufen Sie uns an."})
}

// factorGone tells the holder that the second factor was reset (A13): who did
// not ask for it learns of it by another way than the telephone.
func (h *Letterhead) factorGone(a *Account, u *Unit, now time.Time) paper.Letter {
	return h.letter(a, u, now, "Ihr zweiter Faktor am Meldeportal wurde zurückgesetzt",
		paper.Block{Text: "Guten Tag,\n\nder zweite Faktor Ihres Zugangs wurde auf eine Anfrage hin zurückgesetzt. Die bisherige App, der bisherige Hardware-Token und Ihre Passkeys gelten nicht mehr; alle Sitzungen sind beendet."},
		paper.Block{Pairs: []paper.Pair{{Name: "Adresse", Value: h.portal(), Code: h.Portal != ""}, {Name: "Benutzername", Value: string(a.Username), Code: true}}},
		paper.Block{Heading: "Was Sie jetzt tun", Steps: []string{
			"Melden Sie sich mit Benutzernamen und Ihrem Passwort an.",
			"Das Portal zeigt einen QR-Code. Richten Sie damit die App auf Ihrem Telefon neu ein.",
			"Melden Sie sich noch einmal an und geben Sie das Einmalkennwort aus der App ein.",
		}},
		paper.Block{Heading: "Sie haben das nicht veranlasst?", Text: "Rufen Sie uns sofort an. Dann hat sich jemand am Telefon oder schriftlich für Sie ausgegeben."})
}
