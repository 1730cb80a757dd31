// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"fmt"
	"slices"
	"strconv"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/tumour"
)

// entriesOf makes the reports of one person: reporter by reporter in the order
// in which they met the patient, and within a reporter by day.
func (w *World) entriesOf(person int) []Entry {
	d, pat, events := w.life(person)
	var seen []int
	slices.SortStableFunc(events, func(a, b event) int { return int(a.on - b.on) })
	for _, e := range events {
		if !slices.Contains(seen, e.unit) {
			seen = append(seen, e.unit)
		}
	}
	objects, harm := d.chance(14), d.chance(12)
	faulty := newDraw(w.options.Seed, faultStream+uint64(person))
	var out []Entry
	for n, unit := range seen {
		who := pat.known(d, n == 0)
		group := w.group(d, pat, who, unit, events, objects, harm)
		for i := range group {
			w.spoil(faulty, &group[i], len(group) == 1)
		}
		if w.wanted(w.units[unit].ID) {
			out = append(out, group...)
		}
	}
	return out
}

// group makes the reports of one person at one reporter.
func (w *World) group(d *draw, pat *patient, who identity.Person, unit int, events []event, objects, harm bool) []Entry {
	u := &w.units[unit]
	number := w.patientNumber(u, pat.number)
	remark := tumour.Text("")
	if d.chance(25) {
		remark = tumour.Text(one(d, patientRemarks))
	}
	centre := tumour.Code("")
	if !u.role.practice() && !u.Pathology {
		centre = tumour.Code(oneWord(d, "1:65 2:5 3:30"))
	}
	slips := newSlips(d)
	var out []Entry
	serial := 0
	for i := range events {
		e := &events[i]
		if e.unit != unit {
			continue
		}
		serial++
		r := &report.Report{ID: reportID(u, number, e.kind, serial), Reporter: u.ID, Patient: number, Person: who, PatientRemark: remark,
			Reason: reason(u, e, objects, harm), OwnService: "J", Event: e.event}
		r.Event.Assignment = e.tumour.assignment(d, slips, e)
		e.tumour.identify(d, &r.Event, number, serial)
		decorate(d, centre, r)
		out = append(out, Entry{Report: r, Person: pat.number, Tumour: e.tumour.number})
	}
	return out
}

// reason is what the patient was told and said.
func reason(u *Unit, e *event, objects, harm bool) report.Reason {
	switch {
	case u.Pathology:
		return report.NoContact
	case objects:
		return report.Objection
	case e.death:
		return report.ReasonDeceased
	case harm:
		return report.NotInformed
	}
	return report.Informed
}

// decorate sets what stands around the event.
func decorate(d *draw, centre tumour.Code, r *report.Report) {
	if d.chance(60) && r.Event.Pathology == nil {
		r.OwnService = "N"
	}
	r.Certification = centre
	if d.chance(35) {
		r.Remark = tumour.Text(one(d, reportRemarks))
	}
	if r.Event.Diagnosis != nil && d.chance(15) {
		r.Extras = []report.Extra{{Date: calendar.Of(r.Event.Date().Day0()), Kind: "Anlass der Erfassung",
			Value: tumour.Text(one(d, []string{"Früherkennung", "Tumorsymptomatik", "Zufallsbefund"}))}}
		r.Extras[0].Date.Accuracy = calendar.Exact
	}
}

// slips are the small differences with which one reporter knows a tumour.
type slips struct {
	vague, month, noMorphology bool
}

func newSlips(d *draw) slips {
	return slips{vague: d.chance(70), month: d.chance(35), noMorphology: d.chance(160)}
}

// assignment tells which tumour is meant, as this reporter knows it.
func (c *tumourCase) assignment(d *draw, s slips, e *event) tumour.Assignment {
	a := tumour.Assignment{TumourID: tumour.SourceID(strconv.Itoa(c.number)), DiagnosedOn: c.diagnosed.exact(), Side: c.side,
		ICD: tumour.ICD{Code: tumour.Code(c.site.icd), Version: tumour.Code("10 " + strconv.Itoa(c.diagnosed.year()) + " GM")}}
	found := e.event.Diagnosis != nil || e.event.Pathology != nil
	if !found && s.vague && len(c.site.icd) == 5 && (c.site.icd[:3] == "C50" || c.site.icd[:3] == "C34" || c.site.icd[:3] == "C18") {
		a.ICD.Code = tumour.Code(c.site.icd[:4] + "9")
	}
	if !found && s.month {
		a.DiagnosedOn = c.diagnosed.inMonth()
	}
	if !s.noMorphology || found {
		a.Morphology = &tumour.Morphology{Code: tumour.Code(c.morph.code), Version: icdoVersion}
	}
	return a
}

// identify gives the event its number in the reporter's system. Beginning and
// end of a therapy share one.
func (c *tumourCase) identify(d *draw, e *tumour.Event, number report.PatientID, serial int) {
	if d.chance(120) && e.Radiotherapy == nil && e.Systemic == nil {
		return
	}
	id := func(kind string, n int) tumour.SourceID {
		return tumour.SourceID(fmt.Sprintf("%s%s-%d-%d", kind, number, c.number, n))
	}
	switch {
	case e.Pathology != nil:
		own := *e.Pathology
		own.ID = id("BEF", serial)
		e.Pathology = &own
	case e.Surgery != nil:
		own := *e.Surgery
		own.ID = id("OP", serial)
		e.Surgery = &own
	case e.Radiotherapy != nil:
		own := *e.Radiotherapy
		own.ID = id("ST", int(dayOf(own.Courses[0].Begin)-c.diagnosed))
		e.Radiotherapy = &own
	case e.Systemic != nil:
		own := *e.Systemic
		own.ID = id("SYST", therapyKey(&own))
		e.Systemic = &own
	case e.Course != nil:
		own := *e.Course
		own.ID = id("VER", serial)
		e.Course = &own
	case e.Death != nil:
		own := *e.Death
		own.ID = id("ABS", serial)
		e.Death = &own
	case e.Board != nil:
		own := *e.Board
		own.ID = id("TK", serial)
		e.Board = &own
	}
}

// therapyKey is the same for beginning and end of a systemic therapy.
func therapyKey(s *tumour.Systemic) int {
	key := int(s.Begin.Year)*12 + int(s.Begin.Month)
	for _, letter := range string(s.Kind) + string(s.Protocol) {
		key = (key*31 + int(letter)) % 9973
	}
	return key
}

// patientNumber is the number of a person at a reporter; houses count in
// different ways. No two are alike in the whole World, because a package
// names each patient once.
func (w *World) patientNumber(u *Unit, person int) report.PatientID {
	const all = 10_000_000
	// 7919 shares no factor with all: every number comes up once. Worlds of
	// different seeds begin at different places.
	n := (uint64(person)*7919 + uint64(u.index)*104_729 + scatter(w.options.Seed)%all) % all
	switch u.index % 4 {
	case 0:
		return report.PatientID(fmt.Sprintf("%d%07d", 1000+u.index, n))
	case 1:
		return report.PatientID(fmt.Sprintf("E%d-%07d", 1000+u.index, n))
	case 2:
		return report.PatientID(fmt.Sprintf("00%d%07d", 1000+u.index, n))
	}
	return report.PatientID(fmt.Sprintf("P%d/%07d", 1000+u.index, n))
}

// reportID is the Meldung_ID; it holds the reporter's patient number in some
// form, so that it is unique in the World.
func reportID(u *Unit, number report.PatientID, kind string, serial int) report.ID {
	switch u.index % 3 {
	case 0:
		return report.ID(fmt.Sprintf("%s_%s_%d", kind, number, serial))
	case 1:
		return report.ID(fmt.Sprintf("%s-%03d", number, serial))
	}
	return report.ID(fmt.Sprintf("M.%s.%s%02d", number, kind, serial))
}

var patientRemarks = []string{"Verständigung über Dolmetscher.", "Angaben zur Anschrift laut Überweisung.", "Versichertenkarte lag nicht vor, Daten aus dem Vorbefund.",
	"Patientenverfügung liegt vor."}

var reportRemarks = []string{"Befund extern erhoben, Original liegt vor.", "Weitere Behandlung heimatnah.", "Nachmeldung nach Eingang der Histologie.",
	"Histologie nachgefordert.", "Zweitmeinung eingeholt, Befund bestätigt.", "Im Verlauf Vorstellung in der Schmerzambulanz geplant.",
	"Auf Wunsch keine weitere Diagnostik.", "Dokumentation nach Arztbrief."}
