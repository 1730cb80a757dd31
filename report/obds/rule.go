// SPDX-License-Identifier: EUPL-1.2

package obds

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
