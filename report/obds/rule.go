// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"fmt"

	"meldewerk/report/obds/xmltoken"
)

// The names of the data set's frame.
const (
	Namespace    = "http://www.basisdatensatz.de/oBDS/XML"
	rootName     = "oBDS"
	versionName  = "Schema_Version"
	oldNamespace = "http://www.gekid.de/namespace"
	oldRootName  = "ADT_GEKID"
)

// The rules of the schema check. The ids are stable: they stand in protocols
// and in the vendors' tests.
const (
	RuleWellFormed = "XML-001" // the package is no well-formed XML
	RuleDoctype    = "XML-002" // document type declaration
	RuleEncoding   = "XML-003" // encoding of the characters
	RuleLimit      = "XML-004" // a limit of size
	RuleRoot       = "XML-005" // not an oBDS package
	RuleVersion    = "XML-006" // Schema_Version missing or not known
	RuleOldVersion = "XML-007" // a package of the old ADT/GEKID data set

	RuleUnexpected = "XML-016" // an element that may not stand here
	RuleMissing    = "XML-017" // an element that must stand here
	RuleTooOften   = "XML-018" // an element more often than allowed
	RuleLooseText  = "XML-019" // text between elements
	RuleNested     = "XML-020" // elements inside a text
	RuleAttribute  = "XML-021" // an attribute that must stand
	RuleForeign    = "XML-022" // an attribute that may not stand
	RuleType       = "XML-023" // xsi:type with a type that does not fit
	RuleNil        = "XML-024" // xsi:nil

	RuleListed  = "XML-030" // a value outside its list
	RulePattern = "XML-031" // a value not of its form
	RuleShort   = "XML-032" // a text too short, or empty
	RuleLong    = "XML-033" // a text too long
	RuleDate    = "XML-034" // no day or year of the calendar
	RuleNumber  = "XML-035" // no number
	RuleRange   = "XML-036" // a date or number outside its range
	RuleDigits  = "XML-037" // more digits than allowed
	RuleFixed   = "XML-038" // not the one value that is allowed

	RulePatientTwice  = "XML-040" // Patient_ID a second time
	RuleReportTwice   = "XML-041" // Meldung_ID a second time
	RuleReporterTwice = "XML-042" // Melder ID a second time
	RuleNoReporter    = "XML-043" // Melder_ID that Menge_Melder does not know

	RuleMore = "XML-050" // further findings of the same report are not listed
)

// sentence is a message with its remedy.
type sentence struct{ message, remedy string }

const again = "Erzeugen Sie das Paket im Quellsystem neu und laden Sie es erneut hoch."

// breaches says in German what a document that is not well-formed breaks.
var breaches = map[xmltoken.Code]struct {
	rule     string
	sentence sentence
}{
	xmltoken.Syntax:     {RuleWellFormed, sentence{"An dieser Stelle steht kein wohlgeformtes XML.", again}},
	xmltoken.Empty:      {RuleWellFormed, sentence{"Die Datei enthält kein XML-Element.", "Wählen Sie die Datei mit dem Meldungspaket aus."}},
	xmltoken.CutOff:     {RuleWellFormed, sentence{"Die Datei bricht vorzeitig ab.", "Übertragen Sie die Datei noch einmal vollständig."}},
	xmltoken.Forbidden:  {RuleWellFormed, sentence{"Hier steht ein Steuerzeichen, das XML nicht erlaubt.", "Entfernen Sie das Zeichen im Quellsystem und erzeugen Sie das Paket neu."}},
	xmltoken.Entity:     {RuleWellFormed, sentence{"Hier steht ein &-Verweis, den XML nicht kennt.", "Schreiben Sie ein kaufmännisches Und als &amp; und erzeugen Sie das Paket neu."}},
	xmltoken.SecondRoot: {RuleWellFormed, sentence{"Hinter dem Ende des Pakets beginnt ein zweites.", "Senden Sie jedes Paket als eigene Datei."}},
	xmltoken.Outside:    {RuleWellFormed, sentence{"Hinter dem Ende des Pakets steht noch Text.", again}},
	xmltoken.Mismatch:   {RuleWellFormed, sentence{"Dieses Ende-Tag passt nicht zum zuletzt geöffneten Element.", again}},
	xmltoken.Unbound:    {RuleWellFormed, sentence{"Der Namensraum zu diesem Präfix ist nicht angegeben.", again}},
	xmltoken.Duplicate:  {RuleWellFormed, sentence{"Ein Attribut steht in diesem Element zweimal.", again}},
	xmltoken.Reserved:   {RuleWellFormed, sentence{"Ein vorbehaltenes Präfix wird hier neu belegt.", again}},
	xmltoken.CDataEnd:   {RuleWellFormed, sentence{"Die Zeichenfolge ]]> steht im Text.", "Schreiben Sie sie als ]]&gt; und erzeugen Sie das Paket neu."}},
	xmltoken.Dashes:     {RuleWellFormed, sentence{"In einem Kommentar stehen zwei Bindestriche hintereinander.", "Entfernen Sie den Kommentar und erzeugen Sie das Paket neu."}},
	xmltoken.Version:    {RuleWellFormed, sentence{"Das Paket nennt eine andere XML-Version als 1.0.", "Senden Sie das Paket als XML 1.0."}},
	xmltoken.Doctype:    {RuleDoctype, sentence{"Das Paket enthält eine DOCTYPE-Angabe.", "Entfernen Sie die DOCTYPE-Angabe; oBDS braucht keine."}},
	xmltoken.NotUTF8:    {RuleEncoding, sentence{"Hier steht ein Zeichen, das nicht zur angegebenen Kodierung passt.", "Senden Sie das Paket in UTF-8, oder nennen Sie ISO-8859-1, ISO-8859-15 oder windows-1252 in der XML-Deklaration."}},
	xmltoken.UnknownEncoding: {RuleEncoding, sentence{"Das Paket hat eine Kodierung, die hier nicht gelesen wird.",
		"Senden Sie das Paket in UTF-8, ISO-8859-1, ISO-8859-15 oder windows-1252."}},
	xmltoken.TooDeep:           {RuleLimit, sentence{"Die Elemente sind tiefer geschachtelt, als ein Meldungspaket es braucht.", again}},
	xmltoken.TooManyAttributes: {RuleLimit, sentence{"Ein Element trägt mehr Attribute, als ein Meldungspaket es braucht.", again}},
	xmltoken.TooLong:           {RuleLimit, sentence{"Ein einzelner Text ist größer, als hier gelesen wird.", "Kürzen Sie den Text, oder teilen Sie ihn auf."}},
	xmltoken.TooLarge:          {RuleLimit, sentence{"Das Paket ist größer, als hier gelesen wird.", "Teilen Sie es in mehrere Pakete auf."}},
	xmltoken.TooManySpaces:     {RuleLimit, sentence{"Das Paket nennt mehr Namensräume, als ein Meldungspaket es braucht.", again}},
}

// Sentences for what concerns the package or its frame.
func unknownVersion(newest string) sentence {
	return sentence{"Die angegebene Schema_Version wird hier nicht gelesen.",
		fmt.Sprintf("Erzeugen Sie das Paket mit einer Schema_Version von 3.0.0 bis %s.", newest)}
}

var (
	noVersion  = sentence{"Das Element „oBDS“ nennt keine Schema_Version.", "Ergänzen Sie das Attribut Schema_Version, zum Beispiel 3.0.4."}
	wrongRoot  = sentence{"Die Datei ist kein oBDS-Meldungspaket.", "Senden Sie ein Paket mit dem Wurzelelement „oBDS“ im Namensraum " + Namespace + "."}
	oldPackage = sentence{"Das Paket folgt dem alten Datensatz ADT/GEKID 2.x, der seit dem 01.07.2024 nicht mehr angenommen wird.",
		"Stellen Sie den Export Ihres Systems auf oBDS 3.0.4 um."}
	patientTooLarge  = sentence{"Ein Patient hat mehr Meldungen oder längere Texte, als hier gelesen werden.", "Teilen Sie seine Meldungen auf mehrere Pakete auf."}
	tooManyReporters = sentence{"Das Paket nennt mehr Melder, als hier gelesen werden.", "Führen Sie nur die Melder dieses Pakets auf."}
	moreHidden       = sentence{"Weitere Befunde dieser Meldung sind nicht aufgeführt.", "Beheben Sie die aufgeführten Befunde und laden Sie das Paket erneut hoch."}

	patientTwice  = sentence{"Diese Patient_ID steht im Paket ein zweites Mal.", "Führen Sie alle Meldungen einer Person unter einem Element „Patient“ zusammen."}
	reportTwice   = sentence{"Diese Meldung_ID steht im Paket mehr als einmal.", "Geben Sie jeder Meldung eine eigene Meldung_ID."}
	reporterTwice = sentence{"Diese Melder-ID steht in „Menge_Melder“ ein zweites Mal.", "Führen Sie jeden Melder nur einmal auf."}
	noReporter    = sentence{"Die Melder_ID der Meldung ist in „Menge_Melder“ nicht aufgeführt.", "Ergänzen Sie den Melder in „Menge_Melder“, oder berichtigen Sie die Melder_ID."}
)
