// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"fmt"
	"time"

	"meldewerk/calendar"
	"meldewerk/policy"
	"meldewerk/report"
)

const (
	pathVersion   = "oBDS/@Schema_Version"
	sourceVersion = "Plattform 65c, schedule of versions"
)

// schemaRules judges the version that a package declares. What Version finds
// says more: which version, since when, and which to use.
func schemaRules() []Rule {
	newer := Sentence{"Erzeugen Sie das Paket mit einer neueren Fassung und senden Sie es erneut.", "Generate the package with a newer version and send it again."}
	return []Rule{
		{
			ID: "F1", Severity: report.Error, Reads: []string{pathVersion}, declared: policy.SchemaNoLonger,
			Message: Sentence{"Das Register nimmt diese Fassung des Datensatzes nicht mehr an.", "The registry no longer takes this version of the data set."},
			Remedy:  newer, Source: sourceVersion,
		},
		{
			ID: "F2", Severity: report.Error, Reads: []string{pathVersion}, declared: policy.SchemaNotYet,
			Message: Sentence{"Das Register nimmt diese Fassung des Datensatzes noch nicht an.", "The registry does not take this version of the data set yet."},
			Remedy: Sentence{"Erzeugen Sie das Paket mit einer Fassung, die schon gilt, und senden Sie es erneut.",
				"Generate the package with a version that holds already and send it again."},
			Source: sourceVersion,
		},
		{
			ID: "F3", Severity: report.Warning, Reads: []string{pathVersion}, declared: policy.SchemaEnding,
			Message: Sentence{"Diese Fassung des Datensatzes kennt keine heutigen Daten.", "This version of the data set knows no dates of today."},
			Remedy: Sentence{"Stellen Sie auf eine neuere Fassung um: Meldungen mit neueren Daten weist das Schema ab.",
				"Change to a newer version: its schema rejects reports with newer dates."},
			Source: sourceVersion,
		},
	}
}

// Version judges the Schema_Version that a package declares, on the day it
// comes in, by the versions that the registry takes. It gives one finding on
// the package at the most, and none for a version on which the registry has no
// word or when there is no day: whether the package can be read is the
// business of report/obds.
func Version(p policy.Profile, version string, today calendar.Date, english bool) []report.Finding {
	if today.IsZero() {
		return nil
	}
	s, acceptance := p.AcceptedSchema(version, today.Day0())
	for i := range table {
		rule := &table[i]
		if rule.declared != acceptance || rule.Scope() != OfVersion {
			continue
		}
		c := Context{English: english}
		f := rule.finding(&c, pathVersion)
		// The version comes from the registry's own list, never from the package.
		f.Message = versionMessage(s, acceptance).in(&c)
		if newest := p.CurrentSchema(today.Day0()); newest != "" {
			f.Remedy = versionRemedy(newest, acceptance).in(&c)
		}
		return []report.Finding{f}
	}
	return nil
}

func versionMessage(s policy.Schema, a policy.Acceptance) Sentence {
	german := func(d time.Time) string { return d.Format("02.01.2006") }
	english := func(d time.Time) string { return d.Format("2 January 2006") }
	switch a {
	case policy.SchemaNoLonger:
		since := s.Until.AddDate(0, 0, 1)
		return Sentence{fmt.Sprintf("Das Register nimmt Pakete der Fassung %s seit dem %s nicht mehr an.", s.Version, german(since)),
			fmt.Sprintf("The registry has not taken packages of version %s since %s.", s.Version, english(since))}
	case policy.SchemaNotYet:
		return Sentence{fmt.Sprintf("Das Register nimmt Pakete der Fassung %s erst ab dem %s an.", s.Version, german(s.From)),
			fmt.Sprintf("The registry takes packages of version %s from %s only.", s.Version, english(s.From))}
	case policy.SchemaUnlisted, policy.SchemaAccepted, policy.SchemaEnding:
	}
	return Sentence{fmt.Sprintf("Die Fassung %s kennt keine Daten nach dem %s.", s.Version, german(s.Dates)),
		fmt.Sprintf("Version %s knows no dates after %s.", s.Version, english(s.Dates))}
}

func versionRemedy(newest string, a policy.Acceptance) Sentence {
	if a == policy.SchemaEnding {
		return Sentence{fmt.Sprintf("Stellen Sie auf Fassung %s um: Meldungen mit neueren Daten weist das Schema ab.", newest),
			fmt.Sprintf("Change to version %s: the older schema rejects reports with newer dates.", newest)}
	}
	return Sentence{fmt.Sprintf("Erzeugen Sie das Paket mit Fassung %s und senden Sie es erneut.", newest),
		fmt.Sprintf("Generate the package with version %s and send it again.", newest)}
}
