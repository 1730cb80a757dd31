// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"time"

	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/policy"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/upload"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

const (
	galleryFresh  = drafting.RecordID("AAAAAAAAAAAAAAAAAAAAAAAAAA")
	gallerySealed = drafting.RecordID("BBBBBBBBBBBBBBBBBBBBBBBBBB")
)

func galleryIdentity() form.Sheet {
	return form.Sheet{"patient.surname": "Beispiel", "patient.first-names": "Maria Anna", "patient.sex": "W", "patient.birth-date": "12.03.1951",
		"patient.address.street": "Lange Straße", "patient.address.house": "4", "patient.address.postal-code": "30159", "patient.address.place": "Hannover",
		"patient.insurance.kind": "statutory", "patient.insurance.statutory.insurer": "102171312", "patient.insurance.statutory.number": "A123456488"}
}

func galleryRecord(id drafting.RecordID, number string) drafting.Record {
	return drafting.Record{ID: id, Reporter: "M-1", Patient: report.PatientID(number), Identity: galleryIdentity(), Version: 4,
		CreatedAt: galleryNow.AddDate(0, 0, -2), ChangedAt: galleryNow.AddDate(0, 0, -1), ChangedBy: "A. Beispiel"}
}

func gallerySealedRecord(number string) drafting.Record {
	r := galleryRecord(gallerySealed, number)
	r.Identity = nil
	r.View = &history.ReducedView{PatientNumber: number, BirthMonth: 3, BirthYear: 1951, PostalCode: "30159", Place: "Hannover", InsurerTail: "312", InsuredTail: "488"}
	return r
}

func galleryRow(id drafting.FormID, o tumour.Occasion, s drafting.State, p submission.State) drafting.Row {
	row := drafting.Row{ID: id, Record: gallerySealed, Patient: "2024-7714", Report: report.ID("MP-" + id), Occasion: o, State: s, Progress: p,
		ChangedAt: galleryNow.AddDate(0, 0, -1), ChangedBy: "A. Beispiel"}
	if s != drafting.Draft {
		row.SentAt = galleryNow.AddDate(0, 0, -9)
	}
	if s != drafting.Submitted {
		row.DeletedOn = galleryNow.AddDate(0, 0, 179)
	}
	return row
}

func galleryRows() []drafting.Row {
	soon := galleryRow("G", tumour.OccasionCourse, drafting.Draft, "")
	soon.DeletedOn = galleryNow.AddDate(0, 0, 12)
	locked := galleryRow("H", tumour.OccasionSystemic, drafting.Draft, "")
	locked.Locked = true
	return []drafting.Row{
		galleryRow("C", tumour.OccasionSurgery, drafting.Submitted, submission.Refused), soon, locked,
		galleryRow("D", tumour.OccasionPathology, drafting.Revised, submission.Completed),
		galleryRow("E", tumour.OccasionDiagnosis, drafting.Submitted, submission.Completed),
		galleryRow("F", tumour.OccasionBoard, drafting.Submitted, submission.Queried),
	}
}

func galleryTumours() []drafting.Tumour {
	on := calendar.Date{Year: 2026, Month: 5, Day: 4, Accuracy: calendar.Exact}
	return []drafting.Tumour{
		{Assignment: tumour.Assignment{TumourID: "T-ABCDEFGHIJKLMNOPQRSTUVWXYZ", ICD: tumour.ICD{Code: "C50.4", Version: "10 2026 GM"}, Side: "L", DiagnosedOn: on}, Forms: galleryRows()},
		{Assignment: tumour.Assignment{TumourID: "T-234567ABCDEFGHIJKLMNOPQRST"}, Forms: []drafting.Row{galleryRow("I", tumour.OccasionDiagnosis, drafting.Draft, "")}},
	}
}

// galleryCheck is the state of the sections of an identity.
func galleryCheck(r drafting.Record, findings ...drafting.Finding) drafting.RecordCheck {
	c := drafting.RecordCheck{Record: r}
	for _, s := range identitySections(r.Identity) {
		state := drafting.SectionState{Section: s, Filled: s.Filled(r.Identity)}
		for _, f := range findings {
			if f.Section != s.Name {
				continue
			}
			if f.Severity == report.Error {
				state.Errors++
			} else {
				state.Warnings++
			}
		}
		c.Sections = append(c.Sections, state)
	}
	for _, f := range findings {
		if f.Severity == report.Error {
			c.Errors = append(c.Errors, f)
		} else {
			c.Warnings = append(c.Warnings, f)
		}
	}
	return c
}

func galleryRecordFinding(severity report.Severity, rule, section, key, message, remedy string) drafting.Finding {
	return drafting.Finding{Finding: report.Finding{Rule: rule, Severity: severity, Message: message, Remedy: remedy}, Section: section, Key: key}
}

func (g gallery) patients() []ui.State {
	var states []ui.State
	states = append(states, g.patientLists()...)
	states = append(states, g.patientRecords()...)
	states = append(states, g.patientIdentity()...)
	return append(states, g.corrections()...)
}

func (g gallery) patientLists() []ui.State {
	var none, number ui.Problems
	none.Add("patient_id", noPatientNumber)
	none.Add("melder", "Die Melder-ID fehlt. Wählen Sie, für wen Sie melden.")
	number.Add("patient_id", noPatientNumber)
	correcting := gallerySealedRecord("2024-7716")
	correcting.Correction, correcting.Identity = drafting.Spelling, form.Sheet{}
	list := []drafting.Overview{
		{Record: galleryRecord(galleryFresh, "2026-0815"), Forms: []drafting.Row{galleryRow("I", tumour.OccasionDiagnosis, drafting.Draft, "")}},
		{Record: gallerySealedRecord("2024-7714"), Forms: galleryRows()},
		{Record: correcting, Forms: galleryRows()[4:]},
		{Record: drafting.Record{ID: galleryFresh, Patient: "2026-0816", Identity: form.Sheet{}, ChangedAt: galleryNow}},
	}
	one := drafting.Actor{Reporters: []string{"M-1"}}
	several := drafting.Actor{Reporters: []string{"M-1", "M-2"}}
	page := func(name string, data patientsPage, touches ...func(*ui.Frame)) ui.State {
		return g.state("patients", name, titlePatients, pathPatients, data, append(touches, wide, crumbs(ui.Link{Label: titlePatients}))...)
	}
	fresh := func(name string, a drafting.Actor, typed newPatient, problems ui.Problems) ui.State {
		return g.state("patients_new", name, titleNewPatient, pathPatients, newNewPatientPage(a, typed, problems),
			crumbs(ui.Link{Label: titlePatients, Href: pathPatients}, ui.Link{Label: titleNewPatient}), func(f *ui.Frame) { f.Errors = problems })
	}
	return []ui.State{
		page("leer", newPatientsPage(nil, 0, 1, "", nil)),
		page("voll", newPatientsPage(list, 132, 2, "", nil)),
		page("Fehler", newPatientsPage(list[:1], 1, 1, "", number), func(f *ui.Frame) { f.Errors = number }),
		fresh("eine Melder-ID", one, newPatient{}, nil),
		fresh("unbekannt", several, newPatient{Patient: "2026-0817", Unknown: true}, nil),
		fresh("jede Melder-ID", drafting.Actor{AnyReporter: true}, newPatient{Reporter: "M-1"}, nil),
		fresh("Fehler", several, newPatient{}, none),
	}
}

func (g gallery) patientRecords() []ui.State {
	warn := galleryNow.AddDate(0, 0, 30)
	fresh, sealed := galleryRecord(galleryFresh, "2026-0815"), gallerySealedRecord("2024-7714")
	empty := fresh
	empty.Identity = form.Sheet{}
	correcting := sealed
	correcting.Correction, correcting.Identity = drafting.WrongPerson, form.Sheet{}
	adopted := sealed
	adopted.View = &history.ReducedView{PatientNumber: "2024-7714"}
	late := galleryRecordFinding(report.Error, "FORM", "anschrift", "patient.insurance.statutory.insurer", "Die Prüfziffer des Institutionskennzeichens stimmt nicht.", "Vergleichen Sie es mit der Karte.")
	show := func(name string, v recordView) ui.State {
		v.Warn, v.Keep = warn, 180*24*time.Hour
		return g.state("patients_record", name, titleRecord, pathPatients, newRecordPage(&v), wide, recordCrumbs(""))
	}
	remove := func(name string, v recordView) ui.State {
		return g.state("patients_delete", name, titleDeleteRecord, pathPatients, newDeletePage(&v), recordCrumbs(v.Record.ID, "Löschen"))
	}
	return []ui.State{
		show("neu", recordView{Record: empty, Check: galleryCheck(empty)}),
		show("Entwurf", recordView{Record: fresh, Check: galleryCheck(fresh, late), Tumours: galleryTumours()[1:], Forms: galleryTumours()[1].Forms}),
		show("versiegelt", recordView{Record: sealed, Tumours: galleryTumours(), Forms: galleryRows()}),
		show("versiegelt, ohne Angaben", recordView{Record: adopted, Forms: galleryRows()[:1]}),
		show("Person nicht bekannt", recordView{Record: sealed, Tumours: galleryTumours()[:1], Forms: galleryRows(), Lost: true}),
		show("Berichtigung abgewiesen", recordView{Record: sealed, Tumours: galleryTumours()[:1], Forms: galleryRows(), Refused: true}),
		show("wird berichtigt", recordView{Record: correcting, Check: galleryCheck(correcting), Tumours: galleryTumours()[:1], Forms: galleryRows()}),
		remove("leer", recordView{Record: empty}),
		remove("mit Person", recordView{Record: fresh}),
		remove("mit Entwürfen", recordView{Record: fresh, Forms: galleryTumours()[1].Forms}),
	}
}

func (g gallery) patientIdentity() []ui.State {
	rec := galleryRecord(galleryFresh, "2026-0815")
	empty := rec
	empty.Identity = form.Sheet{}
	var problems ui.Problems
	problems.Add(form.FieldID("patient.birth-date"), "Das Geburtsdatum liegt in der Zukunft. Geben Sie ein Datum bis heute an.")
	var states []ui.State
	for i, name := range []string{"Person", "Anschrift"} {
		show := func(situation string, r drafting.Record, s sectionShow, back bool, findings ...drafting.Finding) ui.State {
			c := galleryCheck(r, findings...)
			o := &openRecord{record: r, section: identitySections(r.Identity)[i]}
			return g.state("forms_section", name+", "+situation, o.section.Title, pathPatients, newIdentityPage(o, &c, s, back),
				formScripts, recordCrumbs(r.ID, o.section.Title), func(f *ui.Frame) { f.Errors = s.Problems })
		}
		states = append(states, show("leer", empty, sectionShow{}, false), show("voll", rec, sectionShow{More: "f-patient-former-names"}, true))
		if i == 0 {
			states = append(states, show("Fehler", rec, sectionShow{Problems: problems}, false,
				galleryRecordFinding(report.Error, "FORM", "person", "patient.birth-date", "Das Geburtsdatum liegt in der Zukunft.", "Geben Sie ein Datum bis heute an.")))
		}
	}
	return states
}

func (g gallery) corrections() []ui.State {
	sealed := gallerySealedRecord("2024-7714")
	view := recordView{Record: sealed, Tumours: galleryTumours()[:1], Forms: galleryRows()}
	lost := view
	lost.Lost = true
	var problems ui.Problems
	problems.Add("grund", "Der Grund fehlt. Wählen Sie, warum die Identität neu angegeben wird.")
	why := func(name string, v recordView, problems ui.Problems) ui.State {
		return g.state("patients_correction", name, titleCorrection, pathPatients, newCorrectionPage(&v, "", problems),
			recordCrumbs(gallerySealed, titleCorrection), func(f *ui.Frame) { f.Errors = problems })
	}
	check := func(name string, c drafting.Correction, identity form.Sheet, findings ...drafting.Finding) ui.State {
		v := view
		v.Record.Correction, v.Record.Identity = c, identity
		v.Check = galleryCheck(v.Record, findings...)
		return g.state("patients_check", name, titleCorrected, pathPatients, newCorrectionCheck(&v), recordCrumbs(gallerySealed, titleCorrection))
	}
	missing := galleryRecordFinding(report.Error, "SCHEMA", "person", "patient.surname", "Der Nachname fehlt.", "Geben Sie ihn an.")
	inReport := view
	inReport.Record.Correction, inReport.Record.Identity = drafting.WrongPerson, galleryIdentity()
	inReport.Check = galleryCheck(inReport.Record)
	inReport.Check.Reports = []drafting.Finding{
		{Finding: report.Finding{Rule: "D3", Severity: report.Error, Message: "Meldung „Diagnose“: Der Tumor kommt bei diesem Geschlecht nicht vor."}, Form: "E"},
		{Finding: report.Finding{Rule: "C2", Severity: report.Error, Message: "Meldung „Pathologie“: Den Code gibt es in dieser Version nicht."}, Form: "D", Section: "tumor", Key: "icd.code"},
	}
	hint := galleryRecordFinding(report.Warning, "P4", "anschrift", "patient.address.postal-code", "Postleitzahl und Ort passen nicht zusammen.", "Prüfen Sie beide.")
	return append(g.correctionReceipts(sealed), why("Grund", view, nil), why("Person nicht bekannt", lost, nil), why("Fehler", view, problems),
		check("vollständig", drafting.Spelling, galleryIdentity()), check("falsche Person, mit Hinweis", drafting.WrongPerson, galleryIdentity(), hint),
		check("unvollständig", drafting.Missing, form.Sheet{}, missing),
		g.state("patients_check", "Fehler in Meldungen", titleCorrected, pathPatients, newCorrectionCheck(&inReport), recordCrumbs(gallerySealed, titleCorrection)))
}

func (g gallery) correctionReceipts(sealed drafting.Record) []ui.State {
	profile, err := policy.Of("kkn")
	if err != nil {
		panic("pages: " + err.Error()) // cannot be: the profile is built in
	}
	p := New(Rooms{Profile: profile})
	receipt := func(name string, reports int, r drafting.Record) ui.State {
		pkg := upload.Package{Number: "Q-2026-000124-M", Kind: submission.Real, EndedAt: galleryNow, Reports: reports}
		return g.state("patients_receipt", name, titleCorrectionReceipt, pathPatients, p.newCorrectionReceipt(&r, pkg), recordCrumbs(r.ID, "Quittung"))
	}
	partly := sealed
	partly.View = &history.ReducedView{PatientNumber: "2024-7714", BirthYear: 1951, Place: "Hannover"}
	lacking := func(name string, list []followup.Missing) ui.State {
		return g.state("history_missing", name, titleMissing, "/historie", newMissingPage(list, 1, galleryNow),
			crumbs(ui.Link{Label: titleHistory, Href: "/historie"}, ui.Link{Label: titleMissing}))
	}
	return []ui.State{receipt("eine Meldung", 1, sealed), receipt("mehrere Meldungen", 12, sealed), receipt("Teilangaben", 2, partly),
		lacking("leer", nil), lacking("voll", galleryMissing()), lacking("noch nicht fällig", galleryMissing()[1:])}
}

func galleryExpected() []followup.Expected {
	return []followup.Expected{
		{Rule: "F2", Occasion: tumour.OccasionSystemic, Title: "Ende der Chemotherapie", Event: "02.09.2025", Due: galleryNow.Add(-40 * 24 * time.Hour),
			Reason: "Der Beginn ist gemeldet, das Ende noch nicht. Dauert die Behandlung an, ist noch nichts zu melden."},
		{Rule: "F3", Occasion: tumour.OccasionSurgery, Title: "Histologie zur Operation", Event: "18.10.2026", Due: galleryNow.AddDate(0, 0, 9),
			Reason: "Die Operation ist ohne Histologie gemeldet. Ergänzen Sie den Befund in der Meldung der Operation."},
	}
}

func galleryMissing() []followup.Missing {
	return []followup.Missing{
		{Handle: "00", Patient: "2024-7714", Tumour: "C50.4 Brustdrüse, oberer äußerer Quadrant", Expected: galleryExpected()[0]},
		{Handle: "01", Patient: "2024-7715", Tumour: "C18.2", Expected: galleryExpected()[1]},
	}
}
