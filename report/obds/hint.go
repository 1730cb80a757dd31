// SPDX-License-Identifier: EUPL-1.2

package obds

func hint(german, english string) *phrase { return say(german, "", english, "") }

// hintsByType explains the string types of DIN SPEC 91379.
var hintsByType = map[string]*phrase{
	"datatypeAtrimmed": hint("Erlaubt sind lateinische Buchstaben in zusammengesetzter Form (NFC), Leerzeichen, Apostroph, Komma, Punkt und Bindestrich; keine Ziffern und kein Leerzeichen am Rand.",
		"Allowed are Latin letters in composed form (NFC), blanks, apostrophe, comma, full stop and hyphen; no digits, and no blank at either end."),
	"datatypeBtrimmed": hint("Erlaubt sind lateinische Buchstaben in zusammengesetzter Form (NFC), Ziffern und gängige Zeichen; kein Leerzeichen am Rand und kein Zeilenumbruch.",
		"Allowed are Latin letters in composed form (NFC), digits and common characters; no blank at either end and no line break."),
	"datatypeC": hint("Erlaubt sind lateinische Buchstaben in zusammengesetzter Form (NFC), Ziffern und gängige Zeichen.",
		"Allowed are Latin letters in composed form (NFC), digits and common characters."),
	"datatypeCtrimmed": hint("Erlaubt sind lateinische Buchstaben in zusammengesetzter Form (NFC), Ziffern und gängige Zeichen; kein Leerzeichen am Rand.",
		"Allowed are Latin letters in composed form (NFC), digits and common characters; no blank at either end."),
	"datatypeE": hint("Erlaubt sind lateinische, griechische und kyrillische Buchstaben in zusammengesetzter Form (NFC), Ziffern und gängige Zeichen.",
		"Allowed are Latin, Greek and Cyrillic letters in composed form (NFC), digits and common characters."),
}

// hintsByForm explains the short forms of the data set.
var hintsByForm = map[string]*phrase{
	`[A-Z]\d\d(\.\d(\d)?)?`:              hint("Erwartet wird ein ICD-10-Kode wie C50.4.", "An ICD-10 code like C50.4 is expected."),
	`[CD]\d\d(\.\d(\d)?)?|M72.4`:         hint("Erwartet wird ein ICD-10-Kode aus den Kapiteln C oder D, oder M72.4.", "An ICD-10 code from chapter C or D, or M72.4, is expected."),
	`[E|G|I|K|M|R|T]\d\d(\.\d(\d)?)?`:    hint("Erwartet wird ein ICD-10-Kode aus den Kapiteln E, G, I, K, M, R oder T.", "An ICD-10 code from chapter E, G, I, K, M, R or T is expected."),
	`(10 20\d{2} ((GM)|(WHO))|Sonstige)`: hint("Erwartet wird die ICD-Version wie 10 2024 GM, 10 2024 WHO oder Sonstige.", "The ICD version is expected, like 10 2024 GM, 10 2024 WHO or Sonstige."),
	`\d{9}`:                              hint("Erwartet werden neun Ziffern.", "Nine digits are expected."),
	`\d{8}`:                              hint("Erwartet werden acht Ziffern.", "Eight digits are expected."),
	`\d{5}`:                              hint("Erwartet werden fünf Ziffern.", "Five digits are expected."),
	`\d\d\d\d/\d`:                        hint("Erwartet wird ein ICD-O-Kode wie 8500/3.", "An ICD-O code like 8500/3 is expected."),
	`C\d\d\.\d(\d)?`:                     hint("Erwartet wird ein ICD-O-Kode wie C50.4.", "An ICD-O code like C50.4 is expected."),
	`[A-Z]{2}`:                           hint("Erwartet werden zwei Großbuchstaben, zum Beispiel DE.", "Two capital letters are expected, for example DE."),
	`10\d{7}`:                            hint("Erwartet wird ein Institutionskennzeichen aus neun Ziffern, das mit 10 beginnt.", "An institution number (IK) of nine digits beginning with 10 is expected."),
	`16\d{7}|950\d{6}`:                   hint("Erwartet wird ein Institutionskennzeichen aus neun Ziffern, das mit 16 oder 950 beginnt.", "An institution number (IK) of nine digits beginning with 16 or 950 is expected."),
	`[A-Z]\d{9}`:                         hint("Erwartet wird der unveränderliche Teil der Versichertennummer: ein Großbuchstabe und neun Ziffern.", "The permanent part of the insurance number is expected: a capital letter and nine digits."),
	`200[4-9]|20[12]\d`:                  hint("Erwartet wird ein Jahr von 2004 bis 2029.", "A year from 2004 to 2029 is expected."),
	`[A-Z]\d\d[A-Z][A-Z]\d\d`:            hint("Erwartet wird ein ATC-Kode wie L01FF02.", "An ATC code like L01FF02 is expected."),
	`\d(\d)?(\d)?|U`:                     hint("Erwartet wird eine Zahl von 0 bis 999 oder U.", "A number from 0 to 999, or U, is expected."),
	`0|[1-9](\d)?|[DNU]`:                 hint("Erwartet wird eine Zahl von 0 bis 99, D, N oder U.", "A number from 0 to 99, D, N or U is expected."),
	`(is.*)|([a01234X].*)`:               hint("Erwartet wird ein T-Wert, der mit is, a, 0, 1, 2, 3, 4 oder X beginnt.", "A T value beginning with is, a, 0, 1, 2, 3, 4 or X is expected."),
	`[0123X].*`:                          hint("Erwartet wird ein N-Wert, der mit 0, 1, 2, 3 oder X beginnt.", "An N value beginning with 0, 1, 2, 3 or X is expected."),
	`[01X].*`:                            hint("Erwartet wird ein M-Wert, der mit 0, 1 oder X beginnt.", "An M value beginning with 0, 1 or X is expected."),
	`[135689]-\d\d[0-9a-hj-km-z](\.([0-9a-hj-kmnp-z]){1,2}){0,1}([RLB]){0,1}`: hint("Erwartet wird ein OPS-Kode wie 5-870.a1.", "An OPS code like 5-870.a1 is expected."),
	`[m](,is){0,1}|(is)|[2-9](,is){0,1}|[1-9][0-9]{1,2}(,is){0,1}`:            hint("Erwartet wird m, is oder die Anzahl der Tumoren ab 2, auch mit ,is.", "Expected is m, is or the number of tumours from 2 on, also with ,is."),
}
