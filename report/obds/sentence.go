// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"fmt"
	"strings"

	"meldewerk/report/obds/xmltoken"
)

// sentence is a message with its remedy.
type sentence struct{ message, remedy string }

// phrase is a sentence in both languages. {1} and {2} stand for names of the
// data set or limits of the schema, never for a value of a report.
type phrase struct{ german, english sentence }

// phrases are all there are, for the tests.
var phrases []*phrase

func say(german, germanRemedy, english, englishRemedy string) *phrase {
	p := &phrase{sentence{german, germanRemedy}, sentence{english, englishRemedy}}
	phrases = append(phrases, p)
	return p
}

// in gives the sentence in German or English, with the blanks filled in.
func (p *phrase) in(english bool, args ...string) sentence {
	s := p.german
	if english {
		s = p.english
	}
	return sentence{fill(s.message, args), fill(s.remedy, args)}
}

func fill(text string, args []string) string {
	if len(args) == 0 || !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	for {
		at := strings.IndexByte(text, '{')
		if at < 0 || at+2 >= len(text) {
			b.WriteString(text)
			return b.String()
		}
		b.WriteString(text[:at])
		if n := int(text[at+1] - '1'); n < len(args) {
			b.WriteString(args[n])
		}
		text = text[at+3:]
	}
}

const (
	again         = "Erzeugen Sie das Paket im Quellsystem neu und laden Sie es erneut hoch."
	againEnglish  = "Generate the package anew in the source system and upload it again."
	addIt         = "Ergänzen Sie „{2}“ im Quellsystem und laden Sie das Paket erneut hoch."
	addItEnglish  = "Add “{2}” in the source system and upload the package again."
	addOne        = "Ergänzen Sie eines davon im Quellsystem und laden Sie das Paket erneut hoch."
	addOneEnglish = "Add one of them in the source system and upload the package again."
)

// Sentences on elements.
var (
	oneTooMany = say("„{1}“ steht zusätzlich zu „{2}“; nur eines davon ist vorgesehen.", "Entfernen Sie eines der beiden.",
		"“{1}” stands beside “{2}”; only one of them is allowed.", "Remove one of the two.")
	missingBefore = say("Vor „{1}“ fehlt „{2}“.", addIt, "“{2}” is missing before “{1}”.", addItEnglish)
	missingIn     = say("In „{1}“ fehlt „{2}“.", addIt, "“{2}” is missing in “{1}”.", addItEnglish)
	noneBefore    = say("Vor „{1}“ fehlt eines von: {2}.", addOne, "One of these is missing before “{1}”: {2}.", addOneEnglish)
	noneIn        = say("In „{1}“ fehlt eines von: {2}.", addOne, "One of these is missing in “{1}”: {2}.", addOneEnglish)
	tooOften      = say("„{1}“ steht öfter, als das Schema erlaubt.", "Lassen Sie „{1}“ nur so oft stehen, wie das Schema es vorsieht.",
		"“{1}” stands more often than the schema allows.", "Keep “{1}” only as often as the schema allows.")
	wrongPlace = say("„{1}“ steht an falscher Stelle.", "Halten Sie die Reihenfolge des Schemas ein. {2}",
		"“{1}” stands in the wrong place.", "Keep to the order of the schema. {2}")
	unknownElement = say("In „{1}“ steht ein Element, das der Datensatz nicht kennt.", "Entfernen Sie es. {2}",
		"“{1}” holds an element that the data set does not know.", "Remove it. {2}")
	notPlanned = say("„{1}“ ist in „{3}“ nicht vorgesehen.", "Entfernen Sie es. {2}",
		"“{1}” has no place in “{3}”.", "Remove it. {2}")
	nothingFollows = say("Hier folgt kein weiteres Element.", "", "No further element may stand here.", "")
	oneFollows     = say("Hier folgt „{1}“.", "", "“{1}” comes next.", "")
	someFollow     = say("Hier folgt eines von: {1}.", "", "One of these comes next: {1}.", "")
	looseText      = say("Zwischen den Elementen in „{1}“ steht Text.",
		"Entfernen Sie den Text, oder stellen Sie ihn in das Element, zu dem er gehört.",
		"There is text between the elements of “{1}”.", "Remove the text, or put it into the element it belongs to.")
	nestedElements = say("In „{1}“ stehen Elemente, erlaubt ist nur Text.",
		"Entfernen Sie die Elemente, oder stellen Sie sie an ihre vorgeschriebene Stelle.",
		"“{1}” holds elements where only text is allowed.", "Remove the elements, or move them to their proper place.")
)

// Sentences on attributes and values.
var (
	notTheOne      = say("„{1}“ hat nicht den einen erlaubten Wert.", "Erlaubt ist: {2}.", "“{1}” does not have the one value allowed.", "Allowed is: {2}.")
	nilNotAllowed  = say("xsi:nil ist hier nicht vorgesehen.", "Lassen Sie das Element weg, oder tragen Sie einen Wert ein.", "xsi:nil is not allowed here.", "Leave the element out, or enter a value.")
	foreignAttr    = say("„{1}“ trägt ein Attribut, das der Datensatz hier nicht kennt.", "Entfernen Sie das Attribut.", "“{1}” has an attribute that the data set does not know here.", "Remove the attribute.")
	missingAttr    = say("Bei „{1}“ fehlt das Attribut „{2}“.", addIt, "“{1}” lacks the attribute “{2}”.", addItEnglish)
	wrongType      = say("Der mit xsi:type genannte Typ passt nicht zu „{1}“.", "Entfernen Sie das Attribut xsi:type.", "The type given by xsi:type does not fit “{1}”.", "Remove the attribute xsi:type.")
	notListed      = say("Der Wert von „{1}“ steht nicht in der Schlüsselliste.", "Erlaubt sind: {2}.", "The value of “{1}” is not in the code list.", "Allowed are: {2}.")
	notInForm      = say("„{1}“ hat nicht die vorgeschriebene Form.", "{2}", "“{1}” does not have the prescribed form.", "{2}")
	isEmpty        = say("„{1}“ ist leer.", "Tragen Sie einen Wert ein, oder lassen Sie die Angabe weg, wenn sie nicht vorgeschrieben ist.", "“{1}” is empty.", "Enter a value, or leave the item out if it is not mandatory.")
	isShort        = say("„{1}“ ist zu kurz.", "Vorgeschrieben sind mindestens {2} Zeichen.", "“{1}” is too short.", "At least {2} characters are required.")
	isLong         = say("„{1}“ ist zu lang.", "Kürzen Sie den Text auf höchstens {2} Zeichen.", "“{1}” is too long.", "Shorten the text to at most {2} characters.")
	noDay          = say("„{1}“ ist kein Tag des Kalenders.", "Geben Sie das Datum ohne Leerzeichen in der Form JJJJ-MM-TT an, zum Beispiel 2024-03-31.", "“{1}” is no day of the calendar.", "Give the date without blanks in the form YYYY-MM-DD, for example 2024-03-31.")
	noYear         = say("„{1}“ ist kein Jahr.", "Geben Sie das Jahr mit vier Ziffern an, zum Beispiel 2024.", "“{1}” is no year.", "Give the year with four digits, for example 2024.")
	noInteger      = say("„{1}“ ist keine passende ganze Zahl.", "Geben Sie eine ganze Zahl ohne Einheit an.", "“{1}” is no suitable whole number.", "Give a whole number without a unit.")
	noNumber       = say("„{1}“ ist keine Zahl.", "Geben Sie eine Zahl mit Punkt statt Komma und ohne Einheit an.", "“{1}” is no number.", "Give a number with a point instead of a comma and without a unit.")
	tooSmall       = say("„{1}“ ist zu klein.", "Erlaubt ist der Bereich {2}.", "“{1}” is too small.", "The range allowed is {2}.")
	tooLarge       = say("„{1}“ ist zu groß.", "Erlaubt ist der Bereich {2}.", "“{1}” is too large.", "The range allowed is {2}.")
	tooEarly       = say("„{1}“ liegt vor dem erlaubten Zeitraum.", "Erlaubt ist der Zeitraum {2}.", "“{1}” lies before the period allowed.", "The period allowed is {2}.")
	tooLate        = say("„{1}“ liegt nach dem erlaubten Zeitraum.", "Erlaubt ist der Zeitraum {2}.", "“{1}” lies after the period allowed.", "The period allowed is {2}.")
	needsNewer     = say("„{1}“ liegt nach dem erlaubten Zeitraum.", "Senden Sie Tage nach dem 31.12.2025 mit Schema_Version 3.0.4 oder neuer.", "“{1}” lies after the period allowed.", "Send days after 31 December 2025 with Schema_Version 3.0.4 or later.")
	tooPrecise     = say("„{1}“ hat zu viele Nachkommastellen.", "Runden Sie auf höchstens {2} Nachkommastellen.", "“{1}” has too many decimal places.", "Round to at most {2} decimal places.")
	notOfTheSchema = say("„{1}“ entspricht nicht dem Schema.", again, "“{1}” does not follow the schema.", againEnglish)
	upTo           = say("bis {2}", "", "up to {2}", "")
	from           = say("ab {1}", "", "{1} or more", "")
	fromTo         = say("von {1} bis {2}", "", "{1} to {2}", "")
	andMore        = say("{1} und {2} weitere", "", "{1} and {2} more", "")
	formIs         = say("Vorgeschrieben ist die Form {1}.", "", "The form prescribed is {1}.", "")
	charactersOf   = say("Die erlaubten Zeichen nennt das Schema beim Typ {1}.", "", "The schema lists the characters allowed with the type {1}.", "")
)

// Sentences on the package or its frame.
var (
	unknownVersion = say("Die angegebene Schema_Version wird hier nicht gelesen.", "Erzeugen Sie das Paket mit einer Schema_Version von 3.0.0 bis {1}.",
		"The Schema_Version given is not read here.", "Generate the package with a Schema_Version from 3.0.0 to {1}.")
	noVersion = say("Das Element „oBDS“ nennt keine Schema_Version.", "Ergänzen Sie das Attribut Schema_Version, zum Beispiel 3.0.4.",
		"The element “oBDS” gives no Schema_Version.", "Add the attribute Schema_Version, for example 3.0.4.")
	wrongRoot = say("Die Datei ist kein oBDS-Meldungspaket.", "Senden Sie ein Paket mit dem Wurzelelement „oBDS“ im Namensraum "+Namespace+".",
		"The file is no oBDS package.", "Send a package with the root element “oBDS” in the namespace "+Namespace+".")
	oldPackage = say("Das Paket folgt dem alten Datensatz ADT/GEKID 2.x, der seit dem 01.07.2024 nicht mehr angenommen wird.", "Stellen Sie den Export Ihres Systems auf oBDS 3.0.4 um.",
		"The package follows the old data set ADT/GEKID 2.x, which has not been accepted since 1 July 2024.", "Switch the export of your system to oBDS 3.0.4.")
	patientTooLarge = say("Ein Patient hat mehr Meldungen oder längere Texte, als hier gelesen werden.", "Teilen Sie seine Meldungen auf mehrere Pakete auf.",
		"A patient has more reports or longer texts than are read here.", "Spread the patient's reports over several packages.")
	tooManyReporters = say("Das Paket nennt mehr Melder, als hier gelesen werden.", "Führen Sie nur die Melder dieses Pakets auf.",
		"The package lists more reporters than are read here.", "List only the reporters of this package.")
	moreHidden = say("Weitere Befunde dieser Meldung sind nicht aufgeführt.", "Beheben Sie die aufgeführten Befunde und laden Sie das Paket erneut hoch.",
		"Further findings on this report are not listed.", "Mend those listed and upload the package again.")

	notSurelyHis = say("Davor ist das XML beschädigt; ob diese Meldung zu dieser Person gehört, ist nicht sicher.", again,
		"The XML before it is damaged; whether this report belongs to this person is not sure.", againEnglish)
	patientTwice = say("Diese Patient_ID steht im Paket ein zweites Mal.", "Führen Sie alle Meldungen einer Person unter einem Element „Patient“ zusammen.",
		"This Patient_ID stands in the package a second time.", "Put all reports on one person into one element “Patient”.")
	reportTwice = say("Diese Meldung_ID steht im Paket mehr als einmal.", "Geben Sie jeder Meldung eine eigene Meldung_ID.",
		"This Meldung_ID stands in the package more than once.", "Give each report a Meldung_ID of its own.")
	reporterTwice = say("Diese Melder-ID steht in „Menge_Melder“ ein zweites Mal.", "Führen Sie jeden Melder nur einmal auf.",
		"This reporter id stands in “Menge_Melder” a second time.", "List each reporter only once.")
	noReporter = say("Die Melder_ID der Meldung ist in „Menge_Melder“ nicht aufgeführt.", "Ergänzen Sie den Melder in „Menge_Melder“, oder berichtigen Sie die Melder_ID.",
		"The Melder_ID of the report is not listed in “Menge_Melder”.", "Add the reporter to “Menge_Melder”, or correct the Melder_ID.")
)

// breach is what a document that is not well-formed breaks.
type breach struct {
	rule   string
	phrase *phrase
}

var breaches = map[xmltoken.Code]breach{
	xmltoken.Syntax:     {RuleWellFormed, say("An dieser Stelle steht kein wohlgeformtes XML.", again, "There is no well-formed XML at this place.", againEnglish)},
	xmltoken.Empty:      {RuleWellFormed, say("Die Datei enthält kein XML-Element.", "Wählen Sie die Datei mit dem Meldungspaket aus.", "The file holds no XML element.", "Choose the file with the package.")},
	xmltoken.CutOff:     {RuleWellFormed, say("Die Datei bricht vorzeitig ab.", "Übertragen Sie die Datei noch einmal vollständig.", "The file ends too early.", "Transfer the whole file once more.")},
	xmltoken.Forbidden:  {RuleWellFormed, say("Hier steht ein Steuerzeichen, das XML nicht erlaubt.", "Entfernen Sie das Zeichen im Quellsystem und erzeugen Sie das Paket neu.", "There is a control character that XML does not allow.", "Remove the character in the source system and generate the package anew.")},
	xmltoken.Entity:     {RuleWellFormed, say("Hier steht ein &-Verweis, den XML nicht kennt.", "Schreiben Sie ein kaufmännisches Und als &amp; und erzeugen Sie das Paket neu.", "There is an & reference that XML does not know.", "Write an ampersand as &amp; and generate the package anew.")},
	xmltoken.SecondRoot: {RuleWellFormed, say("Hinter dem Ende des Pakets beginnt ein zweites.", "Senden Sie jedes Paket als eigene Datei.", "Behind the end of the package a second one begins.", "Send each package as a file of its own.")},
	xmltoken.Outside:    {RuleWellFormed, say("Hinter dem Ende des Pakets steht noch Text.", again, "There is text behind the end of the package.", againEnglish)},
	xmltoken.Mismatch:   {RuleWellFormed, say("Dieses Ende-Tag passt nicht zum zuletzt geöffneten Element.", again, "This end tag does not fit the element opened last.", againEnglish)},
	xmltoken.Unbound:    {RuleWellFormed, say("Der Namensraum zu diesem Präfix ist nicht angegeben.", again, "No namespace is given for this prefix.", againEnglish)},
	xmltoken.Duplicate:  {RuleWellFormed, say("Ein Attribut steht in diesem Element zweimal.", again, "An attribute stands twice in this element.", againEnglish)},
	xmltoken.Reserved:   {RuleWellFormed, say("Ein vorbehaltenes Präfix wird hier neu belegt.", again, "A reserved prefix is bound anew here.", againEnglish)},
	xmltoken.CDataEnd:   {RuleWellFormed, say("Die Zeichenfolge ]]> steht im Text.", "Schreiben Sie sie als ]]&gt; und erzeugen Sie das Paket neu.", "The characters ]]> stand in the text.", "Write them as ]]&gt; and generate the package anew.")},
	xmltoken.Less:       {RuleWellFormed, say("Im Text steht ein <-Zeichen.", "Schreiben Sie ein Kleiner-als-Zeichen als &lt; und erzeugen Sie das Paket neu.", "A < stands in the text.", "Write a less-than sign as &lt; and generate the package anew.")},
	xmltoken.Dashes:     {RuleWellFormed, say("In einem Kommentar stehen zwei Bindestriche hintereinander.", "Entfernen Sie den Kommentar und erzeugen Sie das Paket neu.", "A comment holds two hyphens in a row.", "Remove the comment and generate the package anew.")},
	xmltoken.Version:    {RuleWellFormed, say("Das Paket nennt eine andere XML-Version als 1.0.", "Senden Sie das Paket als XML 1.0.", "The package gives an XML version other than 1.0.", "Send the package as XML 1.0.")},
	xmltoken.Doctype:    {RuleDoctype, say("Das Paket enthält eine DOCTYPE-Angabe.", "Entfernen Sie die DOCTYPE-Angabe; oBDS braucht keine.", "The package holds a DOCTYPE declaration.", "Remove the DOCTYPE declaration; oBDS needs none.")},
	xmltoken.NotUTF8: {RuleEncoding, say("Hier steht ein Zeichen, das nicht zur angegebenen Kodierung passt.", "Senden Sie das Paket in UTF-8, oder nennen Sie ISO-8859-1, ISO-8859-15 oder windows-1252 in der XML-Deklaration.",
		"There is a character that does not fit the encoding given.", "Send the package in UTF-8, or name ISO-8859-1, ISO-8859-15 or windows-1252 in the XML declaration.")},
	xmltoken.UnknownEncoding: {RuleEncoding, say("Das Paket hat eine Kodierung, die hier nicht gelesen wird.", "Senden Sie das Paket in UTF-8, ISO-8859-1, ISO-8859-15 oder windows-1252.",
		"The package has an encoding that is not read here.", "Send the package in UTF-8, ISO-8859-1, ISO-8859-15 or windows-1252.")},
	xmltoken.TooDeep:           {RuleLimit, say("Die Elemente sind tiefer geschachtelt, als ein Meldungspaket es braucht.", again, "The elements are nested deeper than a package needs.", againEnglish)},
	xmltoken.TooManyAttributes: {RuleLimit, say("Ein Element trägt mehr Attribute, als ein Meldungspaket es braucht.", again, "An element has more attributes than a package needs.", againEnglish)},
	xmltoken.TooLong:           {RuleLimit, say("Ein einzelner Text ist größer, als hier gelesen wird.", "Kürzen Sie den Text, oder teilen Sie ihn auf.", "A single text is larger than is read here.", "Shorten the text, or split it.")},
	xmltoken.TooLarge:          {RuleLimit, say("Das Paket ist größer, als hier gelesen wird.", "Teilen Sie es in mehrere Pakete auf.", "The package is larger than is read here.", "Split it into several packages.")},
	xmltoken.TooManySpaces:     {RuleLimit, say("Das Paket nennt mehr Namensräume, als ein Meldungspaket es braucht.", again, "The package names more namespaces than it needs.", againEnglish)},
}

// faultSentence says what a document that is not well-formed breaks, with the
// column; the line stands in the finding.
func faultSentence(fault *xmltoken.Fault, english bool) (string, sentence) {
	b := breaches[fault.Code]
	s, word := b.phrase.in(english), "Spalte"
	if english {
		word = "column"
	}
	if fault.Column > 0 {
		s.message = strings.TrimSuffix(s.message, ".") + fmt.Sprintf(" (%s %d).", word, fault.Column)
	}
	return b.rule, s
}
