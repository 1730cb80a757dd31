// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"slices"
	"strings"

	"meldewerk/calendar"
	"meldewerk/policy"
	"meldewerk/report"
	"meldewerk/terminology"
)

// Context is what a rule may know beside the report.
type Context struct {
	Today      calendar.Date // the day of the check in Germany; when zero, rules about the future are silent
	ReportedOn calendar.Date // Meldedatum of the package; zero for the form
	Land       string        // two letters of the registry's state, e.g. NI
	DiedOn     calendar.Date // Sterbedatum known from another report on the same patient; zero when unknown
	English    bool          // sentences in English instead of German

	// Book knows the official editions of the code lists that an operator has
	// laid beside the program, and the insurers; nil for the built-in lists.
	Book *terminology.Book

	// Path and Line are those of the Meldung in the sender's file, as
	// report/obds gives them; empty for the form, whose findings then have
	// paths from Meldung or Patient downwards.
	Path string
	Line int
}

// Sentence is a Satz in both languages.
type Sentence struct{ German, English string }

func (s Sentence) in(c *Context) string {
	if c.English {
		return s.English
	}
	return s.German
}

// Rule is one Prüfregel: one row of the table.
type Rule struct {
	ID       string // stable; stands in protocols and questions of the hotline
	Severity report.Severity
	Since    calendar.Date // first Meldedatum for which it holds; zero: ever
	Until    calendar.Date // last Meldedatum for which it holds; zero: still
	States   []string      // Länder in which it holds; empty: in all
	Reads    []string      // paths of the fields it reads
	Message  Sentence      // what is wrong
	Remedy   Sentence      // how to mend it
	Source   string        // where the rule comes from

	// Exactly one of the three says when the rule is broken. Two give the
	// places: judge over a report, together over the reports of a patient in a
	// package. The last names what a registry does with the version that the
	// package declares.
	judge    func(*look, *report.Report) []string
	together func(*Package, *report.Report) []string
	declared policy.Acceptance
}

// Scope says over what a rule looks.
type Scope string

// The scopes.
const (
	WithinReport Scope = "report"  // found by Run
	InPackage    Scope = "package" // found by Package.Add
	OfVersion    Scope = "version" // found by Version
)

// Scope says over what the rule looks.
func (r *Rule) Scope() Scope {
	switch {
	case r.together != nil:
		return InPackage
	case r.declared != policy.SchemaUnlisted:
		return OfVersion
	}
	return WithinReport
}

// Rules is the whole table, in the order in which findings come.
func Rules() []Rule {
	return slices.Concat(dateRules(), estimateRules(), phaseRules(), siteRules(), codeRules(), fitRules(), ageRules(), sideRules(),
		certaintyRules(), frameRules(), nodeRules(), stagingRules(), prostateRules(), moduleRules(), therapyRules(), targetRules(), targetCodeRules(), effectRules(), numberRules(), placeRules(),
		packageRules(), schemaRules())
}

// table is Rules, made once; it never changes.
var table = Rules()

// Run judges one report by all rules that hold. The order of findings is that
// of the table. The result is nil when nothing is wrong.
func Run(c Context, r *report.Report) []report.Finding {
	l := looks.Get().(*look)
	l.under(&c)
	l.take(r)
	findings := l.run(r)
	l.forget()
	looks.Put(l)
	return findings
}

// day is the one by which rules hold or do not.
func (c *Context) day() calendar.Date {
	if c.ReportedOn.IsZero() {
		return c.Today
	}
	return c.ReportedOn
}

func (r *Rule) holds(c *Context) bool {
	if len(r.States) > 0 && !slices.Contains(r.States, c.Land) {
		return false
	}
	day := c.day()
	return !day.SurelyBefore(r.Since) && !r.Until.SurelyBefore(day)
}

func (r *Rule) finding(c *Context, path string) report.Finding {
	return report.Finding{Rule: r.ID, Severity: r.Severity, Path: c.absolute(path), Line: c.Line,
		Message: r.Message.in(c), Remedy: r.Remedy.in(c)}
}

// absolute puts a path from Meldung or Patient downwards into the package.
func (c *Context) absolute(path string) string {
	if c.Path == "" {
		return path
	}
	if below, of := strings.CutPrefix(path, "Meldung/"); of {
		return c.Path + "/" + below
	}
	patient, _, _ := strings.Cut(c.Path, "/Menge_Meldung/")
	return patient + strings.TrimPrefix(path, "Patient")
}
