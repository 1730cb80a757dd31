// SPDX-License-Identifier: EUPL-1.2

// Package inspection gives the trust centre's own verdict on a report: step 6
// of the way of a report.
//
// The portal stands in the open internet and is not trusted: what it let
// through is judged again, and what only the trust centre can know is judged
// here: whether the sender may send for this reporter, whether the report was
// there before, whether the same number now means another patient. The package
// decides and writes nothing.
package inspection

import (
	"bytes"
	"slices"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/pseudonym"
	"meldewerk/report"
)

// Known is the frühere Fassung: what the trust centre keeps of the newest
// version of a report.
type Known struct {
	Patient pseudonym.PatientRef
	Tumour  pseudonym.TumourRef
	Version int64
	Person  [32]byte // keyed digest of the person
	Content [32]byte // keyed digest of all the rest
	// Occasion is the keyed digest of the Meldeanlass; zero for versions kept
	// before there was one.
	Occasion [32]byte
	Channel  submission.Channel
}

// Sender is the sendende Einrichtung: what the trust centre itself knows about
// the reporting unit that submitted; the portal's word is not taken for it.
type Sender struct {
	Known    bool // the unit is registered
	Entitled bool // it may send for the reporter of this report
	Released bool // its real data may go on
}

// Case is the Prüffall: one version of one report with everything its verdict
// needs.
type Case struct {
	Kind     submission.Kind
	Channel  submission.Channel
	Version  int64
	Findings []report.Finding // of the trust centre's own reading and rules
	Sender   Sender
	Patient  pseudonym.PatientRef
	Tumour   pseudonym.TumourRef
	Person   [32]byte
	Content  [32]byte
	Occasion [32]byte
	Before   *Known // nil: this report was never seen

	As      report.PersonAs
	Missing bool // by reference, and nobody is known under the patient number
	Blind   bool // by reference, and only the registry still knows the person

	RefuseUnreleased bool // the profile takes no real data of units that are not released
}

// Verdict is the Prüfergebnis of the trust centre.
type Verdict struct {
	State    submission.State // InReview when the report goes on or waits here
	Remarks  []submission.Remark
	Wait     bool              // waits until the unit is released
	Identity transfer.Identity // how the person relates to the version before
	Open     []string          // rules with warnings that go along with the record
}

// Doubted stands in Known.Person when a correction was refused that named
// another person: who it is nobody knows until a whole identity comes.
var Doubted = [32]byte(bytes.Repeat([]byte{0xff}, 32))

// mostRemarks bounds what a reporter is told of one report; who has more to
// mend begins with these.
const mostRemarks = 100

// Inspect judges one case.
func Inspect(c *Case) Verdict {
	if remarks := refusals(c); len(remarks) > 0 {
		return Verdict{State: submission.Refused, Remarks: remarks[:min(len(remarks), mostRemarks)]}
	}
	if c.Kind != submission.Real {
		return Verdict{State: submission.TestOnly, Remarks: warnings(c.Findings)}
	}
	v := Verdict{State: submission.InReview, Identity: transfer.IdentityNew, Remarks: warnings(c.Findings), Wait: !c.Sender.Released}
	for _, f := range c.Findings {
		if !slices.Contains(v.Open, f.Rule) {
			v.Open = append(v.Open, f.Rule)
		}
	}
	if c.Blind {
		v.Identity = transfer.IdentitySame
	}
	if c.Before == nil {
		return v
	}
	switch {
	case c.Before.Version > c.Version:
		return Verdict{State: submission.Outdated, Remarks: []submission.Remark{outdated}}
	case c.Before.Person == c.Person && c.Before.Content == c.Content:
		return Verdict{State: submission.Duplicate, Remarks: []submission.Remark{duplicate}}
	case c.Before.Person == c.Person || c.Blind:
		v.Identity = transfer.IdentitySame
	case c.As == report.PersonReplaced || c.Before.Person == Doubted:
		v.Identity = transfer.IdentityReplaced
	default:
		v.Identity = transfer.IdentityCorrected
	}
	return v
}

// refusals lists what stops a report for good. Who may not send for a reporter
// learns nothing about that reporter's earlier reports.
func refusals(c *Case) []submission.Remark {
	switch {
	case !c.Sender.Known:
		return []submission.Remark{unknownSender}
	case !c.Sender.Entitled:
		return []submission.Remark{notEntitled}
	case c.RefuseUnreleased && c.Kind == submission.Real && !c.Sender.Released:
		return []submission.Remark{unreleased}
	}
	var remarks []submission.Remark
	for _, f := range c.Findings {
		if f.Severity == report.Error {
			remarks = append(remarks, remark(f))
		}
	}
	b := c.Before
	switch {
	case b != nil && b.Version > c.Version:
		return remarks
	case b != nil && b.Version == c.Version:
		return append(remarks, twice)
	}
	if c.Missing {
		remarks = append(remarks, unknownPerson)
	}
	if b == nil {
		return remarks
	}
	if b.Patient != c.Patient {
		remarks = append(remarks, otherPatient)
	} else if b.Tumour != c.Tumour {
		remarks = append(remarks, otherTumour)
	} else if b.Occasion != c.Occasion && b.Occasion != [32]byte{} {
		remarks = append(remarks, otherOccasion)
	}
	if b.Channel != c.Channel {
		remarks = append(remarks, otherChannel)
	}
	return remarks
}

func warnings(findings []report.Finding) []submission.Remark {
	var remarks []submission.Remark
	for _, f := range findings {
		if f.Severity != report.Error {
			remarks = append(remarks, remark(f))
		}
	}
	return remarks[:min(len(remarks), mostRemarks)]
}

func remark(f report.Finding) submission.Remark {
	return submission.Remark{Rule: f.Rule, Severity: string(f.Severity), Path: f.Path, Message: f.Message, Remedy: f.Remedy}
}

// The findings of the step that takes a report apart. They stop it like those
// of the check, because nothing of it could leave.
var (
	NoPseudonym = report.Finding{Rule: "VST-7", Severity: report.Error, Path: "Patient/Patienten_Stammdaten",
		Message: "Aus den Angaben zur Person lässt sich kein Pseudonym bilden.",
		Remedy:  "Ergänzen Sie im Quellsystem Namen, Geburtsdatum oder Versichertennummer und senden Sie die Meldung noch einmal."}
	NotSplit = report.Finding{Rule: "VST-8", Severity: report.Error, Path: "Patient/Patienten_Stammdaten",
		Message: "Die Angaben zur Person lassen sich nicht verarbeiten.",
		Remedy:  "Rufen Sie die Vertrauensstelle an und nennen Sie Quittung und Stelle der Meldung."}
)

// The remarks that only the trust centre can make.
var (
	unknownSender = submission.Remark{Rule: "VST-1", Severity: string(report.Error),
		Message: "Die sendende Einrichtung ist der Vertrauensstelle nicht bekannt.",
		Remedy:  "Rufen Sie die Vertrauensstelle an und lassen Sie die Einrichtung eintragen."}
	notEntitled = submission.Remark{Rule: "VST-2", Severity: string(report.Error), Path: "@Melder_ID",
		Message: "Ihre Einrichtung ist nicht berechtigt, für diese Melder-ID zu senden.",
		Remedy:  "Prüfen Sie die Melder-ID im Quellsystem oder lassen Sie die Berechtigung in der Vertrauensstelle eintragen."}
	unreleased = submission.Remark{Rule: "VST-5", Severity: string(report.Error),
		Message: "Ihre Einrichtung ist noch nicht für Echtdaten freigegeben.",
		Remedy:  "Senden Sie Testdaten, bis die Vertrauensstelle Ihre Einrichtung freigegeben hat."}
	otherPatient = submission.Remark{Rule: "R2", Severity: string(report.Error), Path: "@Meldung_ID",
		Message: "Unter dieser Meldungs-ID wurde schon eine andere Patientin oder ein anderer Patient gemeldet.",
		Remedy:  "Vergeben Sie für die neue Meldung eine neue Meldungs-ID. War die frühere Meldung falsch zugeordnet, beantragen Sie ihre Löschung in der Vertrauensstelle."}
	otherTumour = submission.Remark{Rule: "R2", Severity: string(report.Error), Path: "Tumorzuordnung/@Tumor_ID",
		Message: "Unter dieser Meldungs-ID wurde schon ein anderer Tumor gemeldet.",
		Remedy:  "Vergeben Sie für die neue Meldung eine neue Meldungs-ID oder berichtigen Sie die Tumor-ID im Quellsystem."}
	otherOccasion = submission.Remark{Rule: "R2", Severity: string(report.Error), Path: "@Meldung_ID",
		Message: "Unter dieser Meldungs-ID wurde schon zu einem anderen Meldeanlass gemeldet.",
		Remedy:  "Vergeben Sie für die neue Meldung eine neue Meldungs-ID. War der frühere Meldeanlass falsch, beantragen Sie die Löschung der früheren Meldung in der Vertrauensstelle."}
	otherChannel = submission.Remark{Rule: "VST-3", Severity: string(report.Error), Path: "@Meldung_ID",
		Message: "Diese Meldung kam früher auf einem anderen Weg (Online-Erfassung oder Meldungspaket).",
		Remedy:  "Berichtigen Sie sie auf dem Weg, auf dem sie zuerst kam."}
	unknownPerson = submission.Remark{Rule: "VST-9", Severity: string(report.Error), Path: "Patient/@Patient_ID",
		Message: "Die Vertrauensstelle kennt zu dieser Patientennummer keine Person mehr.",
		Remedy:  "Geben Sie die Angaben zur Person in der Patientenakte unter „Identität berichtigen“ noch einmal vollständig an."}
	twice = submission.Remark{Rule: "R2", Severity: string(report.Error), Path: "@Meldung_ID",
		Message: "Diese Meldungs-ID kommt in der Lieferung mehr als einmal vor.",
		Remedy:  "Vergeben Sie jeder Meldung eine eigene Meldungs-ID und senden Sie die abgewiesene noch einmal."}
	duplicate = submission.Remark{Rule: "R4", Severity: string(report.Warning), Path: "@Meldung_ID",
		Message: "Diese Meldung haben Sie schon übermittelt. Sie ist unverändert und wurde nicht noch einmal angenommen.",
		Remedy:  "Es ist nichts zu tun. Senden Sie nur geänderte Meldungen erneut."}
	outdated = submission.Remark{Rule: "VST-4", Severity: string(report.Warning), Path: "@Meldung_ID",
		Message: "Eine neuere Fassung dieser Meldung liegt schon vor. Diese Fassung wurde nicht übernommen.",
		Remedy:  "Es ist nichts zu tun, wenn die neuere Fassung stimmt. Sonst senden Sie die Meldung noch einmal."}
)
