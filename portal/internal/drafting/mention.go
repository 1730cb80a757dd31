// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"maps"
	"slices"
	"strings"

	"meldewerk/identity"
	"meldewerk/identity/mention"
	"meldewerk/report"
	"meldewerk/report/form"
)

// The rules on words that name the patient.
const (
	ruleMention = "O1" // open text names the patient
	ruleNumber  = "O2" // so does the patient number
)

// KeyNote is the field of the internal note in a Finding.
const KeyNote = "note"

const (
	mentionMessage = "Der Text nennt die Patientin oder den Patienten."
	mentionRemedy  = "Nehmen Sie Namen, Geburtstag, Anschrift und Nummern heraus."
)

func mentioned(key, label string) Finding {
	return Finding{Finding: report.Finding{Rule: ruleMention, Severity: report.Error, Message: mentionMessage, Remedy: mentionRemedy}, Key: key, Label: label}
}

// patientWords are the words that name the patient. An identifier of the
// sender's system may hold the patient number, which the report names anyway.
type patientWords struct{ all, withoutNumber *mention.Words }

func wordsOf(p *identity.Person, patient report.PatientID) patientWords {
	return patientWords{mention.Of(p, string(patient)), mention.Of(p)}
}

func (w patientWords) in(key, text string) bool {
	if key == "id" || strings.HasSuffix(key, ".id") {
		return w.withoutNumber.InProse(text)
	}
	return w.all.InProse(text)
}

// mentions looks for the patient in the open text of a form and in its note.
// Names of doctors stand where they belong and are not compared.
func mentions(words patientWords, sheet form.Sheet, note string) []Finding {
	var found []Finding
	for _, key := range slices.Sorted(maps.Keys(sheet)) {
		if ofSomebodyElse(key) {
			continue
		}
		field, known := form.At(sheet, key)
		if known && field.Node.Open() && words.in(key, sheet[key]) {
			f := mentioned(key, field.Label)
			f.place(field)
			found = append(found, f)
		}
	}
	if words.in(KeyNote, note) {
		found = append(found, mentioned(KeyNote, "Interne Notiz"))
	}
	return found
}

// ofSomebodyElse says that a field is meant for a name, or that the portal
// fills it.
func ofSomebodyElse(key string) bool {
	for _, beginning := range []string{"patient.", keyReport, keyTumour, "surgeons.", "submitter."} {
		if strings.HasPrefix(key, beginning) {
			return true
		}
	}
	return false
}

// numberMentions says that the own patient number holds a name. It cannot be
// changed, so the record has to be made anew. Digits are not compared: many
// numbers hold a day by chance.
func numberMentions(p *identity.Person, patient report.PatientID) []Finding {
	names := identity.Person{Surname: p.Surname, FirstNames: p.FirstNames, BirthName: p.BirthName, FormerNames: p.FormerNames}
	if !mention.Of(&names).Inside(string(patient)) {
		return nil
	}
	return []Finding{{Finding: report.Finding{Rule: ruleNumber, Severity: report.Error,
		Message: "Die Patientennummer enthält einen Namen der Person.",
		Remedy:  "Legen Sie die Akte mit einer neutralen Nummer neu an und löschen Sie diese."},
		Key: "report.patient", Label: "Patientennummer"}}
}
