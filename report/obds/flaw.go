// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"fmt"
	"strings"

	"meldewerk/report/obds/schema"
)

const listedInRemedy = 40 // values of a list that a remedy names

// flawSentence says what is wrong with a text. name is the element or
// attribute; the text itself never comes in.
func flawSentence(name string, t *schema.Text, flaw schema.Flaw, value []byte) (string, sentence) {
	subject := "„" + name + "“"
	least, most := t.Lengths()
	switch flaw {
	case schema.NotListed:
		return RuleListed, sentence{"Der Wert von " + subject + " steht nicht in der Schlüsselliste.", "Erlaubt sind: " + listed(t.Enum()) + "."}
	case schema.NotInPattern:
		return RulePattern, sentence{subject + " hat nicht die vorgeschriebene Form.", formHint(t.BrokenPattern(value))}
	case schema.TooShort:
		if least == 1 {
			return RuleShort, sentence{subject + " ist leer.", "Tragen Sie einen Wert ein, oder lassen Sie die Angabe weg, wenn sie nicht vorgeschrieben ist."}
		}
		return RuleShort, sentence{subject + " ist zu kurz.", fmt.Sprintf("Vorgeschrieben sind mindestens %d Zeichen.", least)}
	case schema.TooLong:
		return RuleLong, sentence{subject + " ist zu lang.", fmt.Sprintf("Kürzen Sie den Text auf höchstens %d Zeichen.", most)}
	case schema.NotADate:
		return RuleDate, sentence{subject + " ist kein Tag des Kalenders.", "Geben Sie das Datum ohne Leerzeichen in der Form JJJJ-MM-TT an, zum Beispiel 2024-03-31."}
	case schema.NotAYear:
		return RuleDate, sentence{subject + " ist kein Jahr.", "Geben Sie das Jahr mit vier Ziffern an, zum Beispiel 2024."}
	case schema.NotAnInteger:
		return RuleNumber, sentence{subject + " ist keine passende ganze Zahl.", "Geben Sie eine ganze Zahl ohne Einheit an."}
	case schema.NotADecimal:
		return RuleNumber, sentence{subject + " ist keine Zahl.", "Geben Sie eine Zahl mit Punkt statt Komma und ohne Einheit an."}
	case schema.TooSmall, schema.TooLarge:
		return RuleRange, rangeSentence(subject, t, flaw)
	case schema.TooPrecise:
		return RuleDigits, sentence{subject + " hat zu viele Nachkommastellen.", fmt.Sprintf("Runden Sie auf höchstens %d Nachkommastellen.", max(t.Fraction(), 0))}
	}
	return RulePattern, sentence{subject + " entspricht nicht dem Schema.", again}
}

func rangeSentence(subject string, t *schema.Text, flaw schema.Flaw) sentence {
	from, to := t.Range()
	message := subject + " ist zu klein."
	if flaw == schema.TooLarge {
		message = subject + " ist zu groß."
	}
	if !t.IsDate() {
		return sentence{message, "Erlaubt ist der Bereich " + span(from, to) + "."}
	}
	message = subject + " liegt vor dem erlaubten Zeitraum."
	if flaw == schema.TooLarge {
		message = subject + " liegt nach dem erlaubten Zeitraum."
	}
	remedy := "Erlaubt ist der Zeitraum " + span(german(from), german(to)) + "."
	if to == "2025-12-31" && flaw == schema.TooLarge {
		remedy = "Senden Sie Tage nach dem 31.12.2025 mit Schema_Version 3.0.4 oder neuer."
	}
	return sentence{message, remedy}
}

func span(from, to string) string {
	switch {
	case from == "":
		return "bis " + to
	case to == "":
		return "ab " + from
	}
	return "von " + from + " bis " + to
}

// german turns a limit of the schema, 1900-01-01, into 01.01.1900.
func german(iso string) string {
	parts := strings.Split(iso, "-")
	if len(parts) != 3 {
		return iso
	}
	return parts[2] + "." + parts[1] + "." + parts[0]
}

func listed(values []string) string {
	if len(values) <= listedInRemedy {
		return strings.Join(values, ", ")
	}
	return fmt.Sprintf("%s und %d weitere", strings.Join(values[:listedInRemedy], ", "), len(values)-listedInRemedy)
}

// hintsByType explains the string types of DIN SPEC 91379.
var hintsByType = map[string]string{
	"datatypeAtrimmed": "Erlaubt sind lateinische Buchstaben in zusammengesetzter Form (NFC), Leerzeichen, Apostroph, Komma, Punkt und Bindestrich; keine Ziffern und kein Leerzeichen am Rand.",
	"datatypeBtrimmed": "Erlaubt sind lateinische Buchstaben in zusammengesetzter Form (NFC), Ziffern und gängige Zeichen; kein Leerzeichen am Rand und kein Zeilenumbruch.",
	"datatypeC":        "Erlaubt sind lateinische Buchstaben in zusammengesetzter Form (NFC), Ziffern und gängige Zeichen.",
	"datatypeCtrimmed": "Erlaubt sind lateinische Buchstaben in zusammengesetzter Form (NFC), Ziffern und gängige Zeichen; kein Leerzeichen am Rand.",
	"datatypeE":        "Erlaubt sind lateinische, griechische und kyrillische Buchstaben in zusammengesetzter Form (NFC), Ziffern und gängige Zeichen.",
}

// hintsByForm explains the short forms of the data set.
var hintsByForm = map[string]string{
	`[A-Z]\d\d(\.\d(\d)?)?`:              "Erwartet wird ein ICD-10-Kode wie C50.4.",
	`[CD]\d\d(\.\d(\d)?)?|M72.4`:         "Erwartet wird ein ICD-10-Kode aus den Kapiteln C oder D, oder M72.4.",
	`[E|G|I|K|M|R|T]\d\d(\.\d(\d)?)?`:    "Erwartet wird ein ICD-10-Kode aus den Kapiteln E, G, I, K, M, R oder T.",
	`(10 20\d{2} ((GM)|(WHO))|Sonstige)`: "Erwartet wird die ICD-Version wie 10 2024 GM, 10 2024 WHO oder Sonstige.",
	`\d{9}`:                              "Erwartet werden neun Ziffern.",
	`\d{8}`:                              "Erwartet werden acht Ziffern.",
	`\d{5}`:                              "Erwartet werden fünf Ziffern.",
	`\d\d\d\d/\d`:                        "Erwartet wird ein ICD-O-Kode wie 8500/3.",
	`C\d\d\.\d(\d)?`:                     "Erwartet wird ein ICD-O-Kode wie C50.4.",
	`[A-Z]{2}`:                           "Erwartet werden zwei Großbuchstaben, zum Beispiel DE.",
	`10\d{7}`:                            "Erwartet wird ein Institutionskennzeichen aus neun Ziffern, das mit 10 beginnt.",
	`16\d{7}|950\d{6}`:                   "Erwartet wird ein Institutionskennzeichen aus neun Ziffern, das mit 16 oder 950 beginnt.",
	`[A-Z]\d{9}`:                         "Erwartet wird der unveränderliche Teil der Versichertennummer: ein Großbuchstabe und neun Ziffern.",
	`200[4-9]|20[12]\d`:                  "Erwartet wird ein Jahr von 2004 bis 2029.",
	`[A-Z]\d\d[A-Z][A-Z]\d\d`:            "Erwartet wird ein ATC-Kode wie L01FF02.",
	`\d(\d)?(\d)?|U`:                     "Erwartet wird eine Zahl von 0 bis 999 oder U.",
	`0|[1-9](\d)?|[DNU]`:                 "Erwartet wird eine Zahl von 0 bis 99, D, N oder U.",
	`(is.*)|([a01234X].*)`:               "Erwartet wird ein T-Wert, der mit is, a, 0, 1, 2, 3, 4 oder X beginnt.",
	`[0123X].*`:                          "Erwartet wird ein N-Wert, der mit 0, 1, 2, 3 oder X beginnt.",
	`[01X].*`:                            "Erwartet wird ein M-Wert, der mit 0, 1 oder X beginnt.",
	`[135689]-\d\d[0-9a-hj-km-z](\.([0-9a-hj-kmnp-z]){1,2}){0,1}([RLB]){0,1}`: "Erwartet wird ein OPS-Kode wie 5-870.a1.",
	`[m](,is){0,1}|(is)|[2-9](,is){0,1}|[1-9][0-9]{1,2}(,is){0,1}`:            "Erwartet wird m, is oder die Anzahl der Tumoren ab 2, auch mit ,is.",
}

const longestFormShown = 80

func formHint(expr, origin string) string {
	if hint := hintsByForm[expr]; hint != "" {
		return hint
	}
	if hint := hintsByType[origin]; hint != "" {
		return hint
	}
	if len(expr) <= longestFormShown {
		return "Vorgeschrieben ist die Form " + expr + "."
	}
	return "Die erlaubten Zeichen nennt das Schema beim Typ " + origin + "."
}
