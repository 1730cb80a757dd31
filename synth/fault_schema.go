// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"bytes"
	"regexp"
)

// The parts of a Meldung that the edits look for. They stand in every one.
var (
	reasonElement  = regexp.MustCompile(`<Meldebegruendung>[^<]*</Meldebegruendung>`)
	serviceElement = regexp.MustCompile(`<Eigene_Leistung>[^<]*</Eigene_Leistung>`)
	icdCode        = regexp.MustCompile(`(<Primaertumor_ICD>\s*<Code>)[^<]*(</Code>)`)
	diagnosisDate  = regexp.MustCompile(`(<Diagnosedatum Datumsgenauigkeit="[A-Z]">)([0-9]{4})-[0-9]{2}-[0-9]{2}(</Diagnosedatum>)`)
	tumourID       = regexp.MustCompile(`Tumor_ID="[^"]*"`)
	reporterID     = regexp.MustCompile(`Melder_ID="[^"]*"`)
	eventEnd       = regexp.MustCompile(`</(Diagnose|Pathologie|OP|ST|SYST|Verlauf|Tod|Tumorkonferenz)>`)
	tumourElement  = regexp.MustCompile(`(?s)<Tumorzuordnung .*?</Tumorzuordnung>`)
)

func exchange(pattern *regexp.Regexp, with string) func([]byte) []byte {
	return func(meldung []byte) []byte { return pattern.ReplaceAll(meldung, []byte(with)) }
}

func schemaFaults() []Fault {
	all := []Fault{
		{Name: "reason-missing", edit: exchange(reasonElement, "")},
		{Name: "reason-unlisted", edit: exchange(reasonElement, "<Meldebegruendung>S</Meldebegruendung>")},
		{Name: "own-service-missing", edit: exchange(serviceElement, "")},
		{Name: "wrong-order", edit: func(meldung []byte) []byte {
			reason := reasonElement.Find(meldung)
			without := reasonElement.ReplaceAll(meldung, nil)
			at := serviceElement.FindIndex(without)
			return bytes.Join([][]byte{without[:at[1]], without[at[1]:]}, reason)
		}},
		{Name: "unknown-element", edit: func(meldung []byte) []byte {
			at := serviceElement.FindIndex(meldung)
			return bytes.Join([][]byte{meldung[:at[1]], meldung[at[1]:]}, []byte("<Dringlichkeit>hoch</Dringlichkeit>"))
		}},
		{Name: "tumour-missing", edit: exchange(tumourElement, "")},
		{Name: "impossible-day", edit: exchange(diagnosisDate, "${1}${2}-02-30${3}")},
		{Name: "german-date", edit: exchange(diagnosisDate, "${1}24.03.${2}${3}")},
		{Name: "icd-with-comma", edit: exchange(icdCode, "${1}C50,4${2}")},
		{Name: "tumour-number-too-long", edit: exchange(tumourID, `Tumor_ID="Aufnahmenummer-2024-000000000000000000000000000000471108"`)},
		{Name: "reporter-unknown", edit: exchange(reporterID, `Melder_ID="999999"`)},
		{Name: "two-events", edit: exchange(eventEnd, "${0}<Tod><Sterbedatum>2024-01-01</Sterbedatum><Tod_tumorbedingt>U</Tod_tumorbedingt></Tod>")},
		{Name: "insured-number-too-short", ofPatient: true, fits: func(_ *World, e *Entry) bool { return e.Report.Person.Insurance.Statutory != nil },
			spoil: shortNumber},
	}
	for i := range all {
		all[i].Schema = true
	}
	return all
}
