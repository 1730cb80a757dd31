// SPDX-License-Identifier: EUPL-1.2

// Package obds reads and writes oBDS packages (Meldungspakete), one Meldung at
// a time. It stands at steps 1, 3 and 6 of the way of a report: portal, trust
// centre and the command line use it, and it is the only place where the
// German names of the data set's XML occur.
//
// # Reading
//
// A Reader goes once through a package of any size in bounded memory. It hands
// out one Item per Meldung: position, ids, the findings of the schema check,
// and the decoded report.Report. One bad report never hides or stops another.
// What concerns the package as a whole is in Findings when the reading is
// over. Two checks reach back to reports already handed out, because their
// ground comes later: a Melder_ID that Menge_Melder, at the end, does not
// know, and a Meldung_ID that comes again. Late lists them with the positions
// concerned; a caller joins them before it states a verdict on the package.
//
//	r := obds.NewReader(in, obds.Options{})
//	for {
//		item, err := r.Next()
//		if err == io.EOF {
//			break
//		}
//		…
//	}
//	r.Findings() … r.Late() … r.Complete()
//
// A fault of the XML inside a Meldung costs that Meldung, one in the data of a
// patient all reports on him: they come without Report and with the finding
// that says where the fault stands. Where it cannot be told what belongs to
// which report, and for any fault outside a patient, the package ends at the
// place of the fault, with one finding that names it; Complete is then false,
// and nothing of the package should be kept. Findings never hold a value of
// the report.
//
// # Writing
//
// A Writer streams reports into a package of a chosen version.
//
// # Declaration
//
// Every field is declared once, in the files form_*.go, as a pair of element
// name and place in the model. Reader and Writer follow that declaration. The
// schema tables (report/obds/schema) stand apart from it; when a version is
// loaded, every element and attribute of its table must find its field.
//
// The package must never put a value of a report into a finding or an error.
package obds
