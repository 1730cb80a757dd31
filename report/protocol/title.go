// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"sync"

	"meldewerk/report/check"
	"meldewerk/report/obds"
)

// title says in a few words what a rule is about, whatever its finding says.
type title struct{ german, english string }

// frameTitles are those of the rules outside the table of plausibility.
var frameTitles = map[string]title{
	obds.RuleWellFormed:    {"Das Paket ist wohlgeformtes XML.", "The package is well-formed XML."},
	obds.RuleDoctype:       {"Das Paket hat keine DOCTYPE-Angabe.", "The package has no DOCTYPE declaration."},
	obds.RuleEncoding:      {"Die Zeichen passen zur angegebenen Kodierung.", "The characters fit the declared encoding."},
	obds.RuleLimit:         {"Das Paket hält die Grenzen der Größe ein.", "The package keeps the limits of size."},
	obds.RuleRoot:          {"Die Datei ist ein oBDS-Paket.", "The file is an oBDS package."},
	obds.RuleVersion:       {"Schema_Version nennt eine bekannte Fassung.", "Schema_Version names a known version."},
	obds.RuleOldVersion:    {"Das Paket folgt nicht dem alten Datensatz ADT/GEKID.", "The package does not follow the old ADT/GEKID data set."},
	obds.RuleUnexpected:    {"Elemente stehen nur dort, wo das Schema sie vorsieht.", "Elements stand only where the schema provides for them."},
	obds.RuleMissing:       {"Vorgeschriebene Elemente sind da.", "Mandatory elements are present."},
	obds.RuleTooOften:      {"Elemente stehen nicht öfter als erlaubt.", "Elements do not stand more often than allowed."},
	obds.RuleLooseText:     {"Zwischen Elementen steht kein Text.", "There is no text between elements."},
	obds.RuleNested:        {"In Texten stehen keine Elemente.", "There are no elements inside a text."},
	obds.RuleAttribute:     {"Vorgeschriebene Attribute sind da.", "Mandatory attributes are present."},
	obds.RuleForeign:       {"Attribute stehen nur dort, wo das Schema sie vorsieht.", "Attributes stand only where the schema provides for them."},
	obds.RuleType:          {"xsi:type nennt einen passenden Typ.", "xsi:type names a type that fits."},
	obds.RuleNil:           {"xsi:nil steht nur, wo es erlaubt ist.", "xsi:nil stands only where it is allowed."},
	obds.RuleListed:        {"Werte stehen in ihrer Schlüsselliste.", "Values stand in their code list."},
	obds.RulePattern:       {"Werte haben die vorgeschriebene Form.", "Values have the prescribed form."},
	obds.RuleShort:         {"Texte sind lang genug.", "Texts are long enough."},
	obds.RuleLong:          {"Texte sind nicht zu lang.", "Texts are not too long."},
	obds.RuleDate:          {"Daten sind Tage des Kalenders.", "Dates are days of the calendar."},
	obds.RuleNumber:        {"Zahlen sind Zahlen.", "Numbers are numbers."},
	obds.RuleRange:         {"Zahlen und Daten liegen im erlaubten Bereich.", "Numbers and dates lie within their range."},
	obds.RuleDigits:        {"Zahlen haben nicht zu viele Stellen.", "Numbers do not have too many digits."},
	obds.RuleFixed:         {"Feste Werte sind die vorgeschriebenen.", "Fixed values are the prescribed ones."},
	obds.RulePatientTwice:  {"Jede Patient_ID steht im Paket einmal.", "Each Patient_ID stands once in the package."},
	obds.RuleReportTwice:   {"Jede Meldung_ID steht im Paket einmal.", "Each Meldung_ID stands once in the package."},
	obds.RuleReporterTwice: {"Jede Melder-ID steht in „Menge_Melder“ einmal.", "Each Melder ID stands once in Menge_Melder."},
	obds.RuleNoReporter:    {"Jede Melder_ID ist in „Menge_Melder“ aufgeführt.", "Each Melder_ID is listed in Menge_Melder."},
	obds.RuleMore:          {"Nicht alle Befunde einer Meldung sind aufgeführt.", "Not all findings of a report are listed."},
	"DATEI-01":             {"Die Datei ist XML, gzip oder ZIP.", "The file is XML, gzip or ZIP."},
	"DATEI-02":             {"Das gzip-Archiv ist unversehrt.", "The gzip archive is sound."},
	"DATEI-03":             {"Das ZIP-Archiv ist regelgerecht aufgebaut.", "The ZIP archive is built by the rules."},
	"DATEI-04":             {"Das ZIP-Archiv hat kein Kennwort.", "The ZIP archive has no password."},
	"DATEI-05":             {"Namen im ZIP-Archiv enthalten keinen Pfad.", "Names in the ZIP archive hold no path."},
	"DATEI-06":             {"Das ZIP-Archiv enthält nur XML-Dateien.", "The ZIP archive holds only XML files."},
	"DATEI-07":             {"Das ZIP-Archiv enthält eine XML-Datei.", "The ZIP archive holds an XML file."},
	"DATEI-08":             {"Jede Meldung_ID steht im Archiv einmal.", "Each Meldung_ID stands once in the archive."},
	"DATEI-09":             {"Das Paket ist entpackt nicht zu groß.", "The unpacked package is not too large."},
	"DATEI-10":             {"Das Paket ist nicht ungewöhnlich stark gepackt.", "The package is not packed unusually tightly."},
	"DATEI-11":             {"Das Archiv enthält nicht zu viele Dateien.", "The archive does not hold too many files."},
	"DATEI-12":             {"Die Datei enthält etwas.", "The file holds something."},
}

// plausibility are the rules of the table by their id.
var plausibility = sync.OnceValue(func() map[string]*check.Rule {
	rules := check.Rules()
	byID := make(map[string]*check.Rule, len(rules))
	for i := range rules {
		byID[rules[i].ID] = &rules[i]
	}
	return byID
})

// titleOf is what a rule is about, and its source; "" when nothing is known.
func titleOf(rule string, english bool) (string, string) {
	if r := plausibility()[rule]; r != nil {
		if english {
			return r.Message.English, r.Source
		}
		return r.Message.German, r.Source
	}
	t := frameTitles[rule]
	if english {
		return t.english, ""
	}
	return t.german, ""
}
