// SPDX-License-Identifier: EUPL-1.2

package house

import (
	"slices"

	"meldewerk/account"
	"meldewerk/internal/signin"
	"meldewerk/internal/web"
)

// help is what the page /hilfe says: in every house the same place, other words.
type help struct {
	What      string
	Questions []question
	Desk      string
}

type question struct{ Question, Answer string }

// signInQuestions are asked at every house.
func signInQuestions(h account.House) []question {
	desk := signin.Helpdesk(h)
	return []question{
		{"Mein Einmalkennwort wird nicht angenommen.",
			"Meist geht die Uhr des Telefons falsch. Stellen Sie sie auf automatische Zeit und vergleichen Sie sie mit der Uhrzeit neben dem Eingabefeld. Jeder Code gilt nur einmal; warten Sie auf den nächsten."},
		{"Mein Zugang ist gesperrt.",
			"Nach drei falschen Kennwörtern sperrt der Zugang für eine Minute; die Seite nennt den Zeitpunkt. Nach zehn falschen Einmalkennwörtern gibt ihn nur " + desk + " wieder frei."},
		{"Was ist ein Passkey, und brauche ich einen?",
			"Ein Passkey ist ein Schlüssel in Ihrem Telefon, Rechner oder Sicherheitsschlüssel. Er ersetzt das Einmalkennwort und lässt sich nicht abfangen. Unter „Konto“ richten Sie ihn ein; einige Rollen verlangen ihn."},
		{"Woran sehe ich, ob jemand anderes meinen Zugang benutzt?",
			"Unter „Konto“ stehen die letzten Anmeldungen, auch die misslungenen, und alle offenen Sitzungen. Dort beenden Sie fremde Sitzungen; ändern Sie dann Ihr Passwort."},
		{"Mein Telefon ist weg oder neu.",
			"Rufen Sie " + desk + " an. Der alte zweite Faktor gilt sofort nicht mehr; beim nächsten Anmelden richten Sie einen neuen ein."},
	}
}

// helps are the pages of the houses that have no handbook of their own.
var helps = map[account.House]help{
	account.TrustCentre: {
		What:      "Die Vertrauensstelle prüft Meldungen, trennt Identität und Tumor und gibt die pseudonymisierte Hälfte an das Register weiter. Was sauber ist, läuft von selbst; hier erscheint, was eine Entscheidung braucht.",
		Questions: signInQuestions(account.TrustCentre),
		Desk:      "Bei Störungen hilft der Betrieb der Vertrauensstelle.",
	},
	account.Registry: {
		What:      "Die Registerstelle ordnet pseudonymisierte Meldungen Personen und Tumoren zu. Namen sind hier nicht vorhanden.",
		Questions: signInQuestions(account.Registry),
		Desk:      "Bei Störungen hilft der Betrieb der Registerstelle.",
	},
}

// serviceRoutes are the pages that the foot of every page leads to; they are
// open to everybody, because somebody who cannot sign in needs them most. own
// are the routes of the house: what it serves itself is left to it.
func serviceRoutes(h account.House, own []web.Route) []web.Route {
	public := []web.Role{web.Public}
	routes := []web.Route{
		{Pattern: "GET /hilfe", Roles: public, Handler: func(*web.Request) (web.Response, error) {
			return web.Page("help", "Hilfe", helps[h]), nil
		}},
		{Pattern: "GET /barrierefreiheit", Roles: public, Handler: func(*web.Request) (web.Response, error) {
			return web.Page("accessibility", "Barrierefreiheit", "der Stelle, die Ihnen den Zugang gegeben hat"), nil
		}},
	}
	return slices.DeleteFunc(routes, func(r web.Route) bool {
		return slices.ContainsFunc(own, func(o web.Route) bool { return o.Pattern == r.Pattern })
	})
}
