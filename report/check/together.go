// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"slices"
	"strings"

	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/tumour"
)

const (
	pathPatientID = "Patient/Patient_ID"
	pathReportID  = "Meldung/Meldung_ID"
	pathTumourID  = "Meldung/Tumorzuordnung/Tumor_ID"
)

// packageRules judges several reports on one patient. All of them warn: which
// of two reports is wrong cannot be told.
func packageRules() []Rule {
	return []Rule{
		{
			ID: "R1", Severity: report.Warning, Reads: []string{pathDeath},
			Message: Sentence{"Der Tod ist im selben Paket schon gemeldet, für denselben Tumor oder mit anderem Datum.",
				"The death is already reported in this package, for the same tumour or with another date."},
			Remedy: Sentence{"Melden Sie den Tod einmal je Tumor und immer mit demselben Datum.",
				"Report the death once for each tumour and always with the same date."},
			Source: landesregister + ", 1",
			together: func(p *Package, r *report.Report) []string {
				d := r.Event.Death
				return where(d != nil && slices.ContainsFunc(p.deaths, func(o death) bool {
					return o.reporter == r.Reporter && o.tumour == r.Event.Assignment.TumourID || o.date.apart(p.l.died)
				}), pathDeath)
			},
		},
		{
			ID: "R1b", Severity: report.Warning, Reads: slices.Concat([]string{pathDeath}, actDates),
			Message: Sentence{"Eine andere Meldung im Paket nennt einen Tod vor diesem Ereignis.", "Another report in the package gives a death before this event."},
			Remedy:  lookAtDate, Source: landesregister + ", 1",
			together: eventAfterDeath,
		},
		{
			ID: "R3", Severity: report.Warning, Reads: []string{pathPatientID, pathPerson},
			Message: Sentence{"Unter derselben Patient-ID sind verschiedene Personen gemeldet.", "One patient id stands for different persons."},
			Remedy: Sentence{"Prüfen Sie die Patient-ID: Jede Person braucht eine eigene.",
				"Check the patient id: each person needs one of their own."},
			Source: "Umsetzungsleitfaden, Patient",
			together: func(p *Package, r *report.Report) []string {
				return where(slices.ContainsFunc(p.kept, func(o *report.Report) bool {
					return o.Reporter == r.Reporter && otherPerson(&o.Person, &r.Person)
				}), pathPatientID)
			},
		},
		{
			ID: "R4", Severity: report.Warning, Reads: []string{pathReportID, "Meldung/*"},
			Message: Sentence{"Dieselbe Meldung steht unter einer anderen Meldung-ID schon im Paket.", "The same report is already in the package under another id."},
			Remedy: Sentence{"Senden Sie jede Meldung nur einmal. Eine Korrektur behält ihre Meldung-ID.",
				"Send each report once. A correction keeps its id."},
			Source: "Umsetzungsleitfaden, Korrekturmeldungen",
			together: func(p *Package, r *report.Report) []string {
				return where(slices.ContainsFunc(p.kept, func(o *report.Report) bool { return o.ID != r.ID && sameContent(o, r) }), pathReportID)
			},
		},
		{
			// Only where all reports on the patient are known beforehand.
			ID: "V2b", Severity: report.Warning, Reads: []string{readsCertainty, pathDeath, pathReason},
			Message: Sentence{"Die Diagnose ist durch Obduktion gesichert, das Paket nennt aber kein Sterbedatum.",
				"The diagnosis was confirmed by autopsy, but the package gives no date of death."},
			Remedy: Sentence{"Melden Sie auch den Tod. Haben Sie ihn schon gemeldet, ist nichts zu tun.",
				"Report the death, too. If you have, nothing needs to be done."},
			Source: "GTDS DS_AUTOP_STDA",
			together: func(p *Package, r *report.Report) []string {
				l := &p.l
				broken := l.view.certainty == autopsyHistology && p.foreseen && !p.deathComes && len(p.deaths) == 0 && l.died.first == 0 && r.Reason != report.ReasonDeceased
				return where(broken, l.view.root, "/Diagnosesicherung")
			},
		},
		{
			ID: "P2", Severity: report.Warning, Reads: []string{pathTumourID, pathICD, pathMorphology, readsMorphology},
			Message: Sentence{"Dieser Tumor zählt nach den Regeln für Mehrfachtumoren mit einem anderen derselben Person als einer.",
				"By the rules for multiple primaries this tumour and another one of the same person count as one."},
			Remedy: Sentence{"Prüfen Sie die Tumor-ID. Sind es zwei Tumoren, ist nichts zu tun.",
				"Check the tumour id. If there are two tumours, nothing needs to be done."},
			Source:   "IARC/IACR/ENCR, Multiple Primaries 2004; JRC QCS W-MPMT",
			together: secondTumour,
		},
		{
			ID: "S3", Severity: report.Warning, Reads: []string{"Meldung/ST/ST_ID", "Meldung/SYST/SYST_ID", pathRadioWhen, pathSystWhen},
			Message: Sentence{"Beginn und Ende derselben Behandlung haben nicht dieselbe ID.", "Beginning and end of one treatment do not have the same id."},
			Remedy: Sentence{"Geben Sie am Ende die ID an, unter der Sie den Beginn gemeldet haben.",
				"Give at the end the id under which the beginning was reported."},
			Source:   "own; oBDS 3.0.4 ST_Typ, SYST_Typ",
			together: otherTherapyID,
		},
		{
			ID: "M3c", Severity: report.Warning, Reads: []string{"Meldung/ST/Stellung_OP", "Meldung/OP/Residualstatus"},
			Message: Sentence{"Die Stellung zur Operation passt nicht zum Residualstatus: adjuvant gilt nach R0, additiv nach R1 oder R2.",
				"The relation to the operation does not fit its residual status: adjuvant is after R0, additive after R1 or R2."},
			Remedy: Sentence{"Prüfen Sie die Stellung zur Operation. Ist sie richtig, ist nichts zu tun.",
				"Check the relation to the operation. If it is right, nothing needs to be done."},
			Source: "oBDS 3.0.4 ST_Typ",
			together: func(p *Package, r *report.Report) []string {
				t := r.Event.Radiotherapy
				if t == nil || t.Relation != "A" && t.Relation != "Z" {
					return nil
				}
				var begin span
				if len(t.Courses) > 0 {
					begin = spanOf(t.Courses[0].Begin)
				}
				left := leftBehind(p.leftBefore(r, begin))
				return where(t.Relation == "A" && left > 0 || t.Relation == "Z" && left == 0, "Meldung/ST/Stellung_OP")
			},
		},
	}
}

// otherPerson says that two of name, first names, birth date and sex differ.
// One alone may be a marriage or a slip. Who changes the entry of sex changes
// the first names, too, so the two count once; and with the same birth
// date the same number of the statutory insurance means the same person.
func otherPerson(a, b *identity.Person) bool {
	otherBirth := spanOf(a.BirthDate).apart(spanOf(b.BirthDate))
	if x, y := a.Insurance.Statutory, b.Insurance.Statutory; !otherBirth && x != nil && y != nil && x.Number != "" && x.Number == y.Number {
		return false
	}
	differences := 0
	if !sharesSurname(a, b) && !sharesSurname(b, a) {
		differences++
	}
	if otherBirth {
		differences++
	}
	otherSex := a.Sex != b.Sex && (a.Sex == identity.Male || a.Sex == identity.Female) && (b.Sex == identity.Male || b.Sex == identity.Female)
	if otherSex || !strings.EqualFold(a.FirstNames, b.FirstNames) {
		differences++
	}
	return differences >= 2
}

// sharesSurname says that a's surname is one of b's, now or formerly.
func sharesSurname(a, b *identity.Person) bool {
	same := func(name string) bool { return name != "" && strings.EqualFold(a.Surname, name) }
	return same(b.Surname) || same(b.BirthName) || slices.ContainsFunc(b.FormerNames, same)
}

func eventAfterDeath(p *Package, r *report.Report) []string {
	if r.Event.Death != nil {
		return where(p.l.died.before(p.latest), pathDeath)
	}
	if len(p.deaths) == 0 || p.l.view.autopsy() {
		return nil
	}
	return datesThat(&p.l, func(d *dated) bool {
		return d.means == act && slices.ContainsFunc(p.deaths, func(o death) bool { return o.date.before(d.span) })
	})
}

// secondTumour finds the moment at which a second tumour turns out to be like
// another one, so that each pair is told once.
func secondTumour(p *Package, r *report.Report) []string {
	before := p.tumourOf(r)
	if before != nil && before.group != 0 || before == nil && len(p.tumours) == maxTumours {
		return nil
	}
	now := p.newTumour(r)
	if before != nil {
		now.icd, now.site, now.side = before.icd, before.site, before.side
	}
	return where(slices.ContainsFunc(p.tumours, func(o known) bool { return o.id != now.id && o.sameTumour(&now) }), pathTumourID)
}

// otherTherapyID compares an end with the beginnings of the same tumour that
// began on the same day, and the other way round.
func otherTherapyID(p *Package, r *report.Report) []string {
	mine, ok := therapyOf(r)
	if !ok {
		return nil
	}
	matched, other := false, false
	for _, o := range p.kept {
		theirs, isTherapy := therapyOf(o)
		if !isTherapy || o.Reporter != r.Reporter || o.Event.Occasion() != r.Event.Occasion() || theirs.phase == mine.phase ||
			o.Event.Assignment.TumourID != r.Event.Assignment.TumourID {
			continue
		}
		matched = matched || theirs.id == mine.id
		other = other || theirs.begin == mine.begin
	}
	if r.Event.Radiotherapy != nil {
		return where(other && !matched, "Meldung/ST/ST_ID")
	}
	return where(other && !matched, "Meldung/SYST/SYST_ID")
}

// therapy is what tells one therapy from another.
type therapy struct {
	id    tumour.SourceID
	phase tumour.Phase
	begin int32 // as in a span
}

// therapyOf is false without a day of beginning.
func therapyOf(r *report.Report) (therapy, bool) {
	if t := r.Event.Radiotherapy; t != nil && len(t.Courses) > 0 {
		begin := t.Courses[0].Begin
		return therapy{t.ID, t.Phase, spanOf(begin).first}, begin.IsExact()
	}
	if t := r.Event.Systemic; t != nil {
		return therapy{t.ID, t.Phase, spanOf(t.Begin).first}, t.Begin.IsExact()
	}
	return therapy{}, false
}
