// SPDX-License-Identifier: EUPL-1.2

package handbook

import (
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/policy"
)

const day = 24 * time.Hour

// placeholders are what the texts leave open, pair by pair: what differs by
// Land and what the program counts. A figure stands in one place only.
func placeholders(p policy.Profile) []string {
	land := lands[p.Name]
	return []string{
		"{meldefrist}", land.deadline,
		"{widerspruch}", land.objection,
		"{hautkrebs}", land.skin,
		"{zustaendig}", land.who,
		"{erstpasswort}", firstPassword(p),
		"{vor-der-freigabe}", beforeRelease(p),
		"{entwurf-tage}", days(p.KeepDrafts), "{entwurf-tagen}", days(p.KeepDrafts) + "n",
		"{warnung-tage}", days(p.WarnDrafts),
		"{weitergabe-tage}", days(p.ForwardWithin),
		"{offen-tagen}", days(p.ForwardOpenAfter) + "n",
		"{identitaet-monate}", fmt.Sprint(int(p.KeepIdentities/(30*day))) + " Monate",
		"{fehlversuche}", fmt.Sprint(account.MaxTries),
		"{sperrminuten}", minutes(account.LockTime),
		"{codeversuche}", fmt.Sprint(account.MaxCodes),
		"{sitzung-ruhe}", minutes(account.ReporterSessions.Idle),
		"{sitzung-laenge}", fmt.Sprint(int(account.ReporterSessions.Absolute.Hours())) + " Stunden",
	}
}

func days(d time.Duration) string {
	return fmt.Sprint(int(d/day)) + " Tage" // in every place a number above one
}

func minutes(d time.Duration) string {
	if d == time.Minute {
		return "eine Minute"
	}
	return fmt.Sprint(int(d.Minutes())) + " Minuten"
}

func firstPassword(p policy.Profile) string {
	if p.InitialPasswordStays {
		return "Das Passwort aus dem Schreiben können Sie behalten oder bei der ersten Anmeldung durch ein eigenes ersetzen."
	}
	return "Bei der ersten Anmeldung ersetzen Sie das Passwort aus dem Schreiben durch ein eigenes mit mindestens 15 Zeichen."
}

func beforeRelease(p policy.Profile) string {
	if p.RealBeforeRelease == policy.WaitForRelease {
		return "Echtdaten werden bis dahin geprüft, versiegelt verwahrt und erst nach der Freigabe bearbeitet."
	}
	return "Echtdaten nimmt das Portal bis dahin nicht an."
}

// land is what the handbook says otherwise in each Land. The law decides; the
// texts say it in the words of people who report.
type land struct {
	deadline  string // Meldefrist, as a sentence
	objection string // what an objection does, as a sentence
	skin      string // Meldepflicht of skin tumours other than melanoma
	who       string // which registry the reports go to
}

var lands = map[policy.Name]land{
	policy.KKN: {
		deadline:  "In Niedersachsen melden Sie dem Klinischen Krebsregister innerhalb von zwei Wochen.",
		objection: "In Niedersachsen richtet sich der Widerspruch beim Klinischen Krebsregister dagegen, dass die Identität für weitere Zwecke wieder lesbar gemacht wird. Sichere Zuordnung, Auskunft, Berichtigung und Abrechnung bleiben möglich; die klinischen Angaben bleiben gespeichert.",
		skin:      "In Niedersachsen sind alle bösartigen Hauttumoren meldepflichtig; nicht melanotische gehen nur an das Epidemiologische Register.",
		who:       "Ihre Meldungen gehen an den Vertrauensbereich des Klinischen Krebsregisters Niedersachsen.",
	},
	policy.EKN: {
		deadline:  "Meldungen nur an das Epidemiologische Krebsregister Niedersachsen haben Zeit bis zum Ende des folgenden Quartals.",
		objection: "Nach einem Widerspruch bildet das Epidemiologische Krebsregister Niedersachsen kein Chiffrat mehr und löscht ein vorhandenes. Danach lässt sich niemand mehr sicher erkennen: Auch Auskunft an die Person ist dann nicht mehr möglich.",
		skin:      "In Niedersachsen sind alle bösartigen Hauttumoren meldepflichtig; nicht melanotische gehen nur an das Epidemiologische Register.",
		who:       "Ihre Meldungen gehen an die Vertrauensstelle des Epidemiologischen Krebsregisters Niedersachsen.",
	},
	policy.Hessen: {
		deadline:  "In Hessen melden Sie innerhalb von zwölf Wochen.",
		objection: "In Hessen werden nach einem Widerspruch die Identitätsdaten gelöscht, sobald die Meldung abgerechnet und der Person geantwortet ist. Was bleibt, ist pseudonym.",
		skin:      "In Hessen sind nur prognostisch ungünstige nicht melanotische Hauttumoren meldepflichtig.",
		who:       "Ihre Meldungen gehen an die Vertrauensstelle des Hessischen Krebsregisters.",
	},
}
