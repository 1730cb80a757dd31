// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/policy"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// The pages of a report in several situations.

const galleryFormID = drafting.FormID("AAAAAAAAAAAAAAAAAAAAAAAAAF")

func galleryFormRecord(sealed bool) drafting.Record {
	r := drafting.Record{ID: "AAAAAAAAAAAAAAAAAAAAAAAAAR", Reporter: "M-1", Patient: "2024-7714", ChangedAt: galleryNow, ChangedBy: "M. Muster",
		Identity: form.Sheet{"patient.surname": "Muster", "patient.first-names": "Erika", "patient.sex": "W", "patient.birth-date": "03.03.1951",
			"patient.address.street": "Musterweg", "patient.address.house": "1", "patient.address.postal-code": "30159", "patient.address.place": "Hannover"}}
	if sealed {
		r.Identity = nil
		r.View = &history.ReducedView{PatientNumber: "2024-7714", BirthMonth: 3, BirthYear: 1951, PostalCode: "30159", Place: "Hannover", InsurerTail: "312", InsuredTail: "488"}
	}
	return r
}

// gallerySheet is a diagnosis report as it is typed.
func gallerySheet() form.Sheet {
	s := form.NewSheet(tumour.OccasionDiagnosis)
	for key, value := range map[string]string{"tumour.diagnosed-on": "04.05.2026", "tumour.icd.code": "C50.4", "tumour.icd.version": "10 2026 GM", "tumour.side": "L",
		"topography.code": "C50.4", "topography.version": "33", "certainty": "7.1", "performance": "1", "histology.date": "05.2026", "histology.grading": "2",
		"histology.morphologies.0.code": "8500/3", "histology.morphologies.0.version": "33",
		"clinical.edition": "8", "clinical.t-prefix": "c", "clinical.t": "2", "clinical.n-prefix": "c", "clinical.n": "1", "clinical.m-prefix": "c", "clinical.m": "0",
		"reason": "I", "own-service": "J"} {
		s[key] = value
	}
	return s
}

func galleryDraft(state drafting.State) drafting.Form {
	f := drafting.Form{ID: galleryFormID, Record: "AAAAAAAAAAAAAAAAAAAAAAAAAR", Occasion: tumour.OccasionDiagnosis, Report: "MP-AAAAAAAAAAAAAAAAAAAAAAAAAA",
		Sheet: gallerySheet(), Version: 4, CreatedAt: galleryNow, ChangedAt: galleryNow, ChangedBy: "M. Muster", Note: "Histologie kommt nächste Woche"}
	if state == drafting.Draft {
		return f
	}
	second := gallerySheet()
	second["histology.grading"] = "3"
	second.Put("clinical.t", "3")
	f.Sent = []drafting.Sent{
		{Number: 1, Package: "BBBBBBBBBBBBBBBBBBBBBBBBBB", Position: 1, Receipt: "Q-2026-000123-X", At: galleryNow.AddDate(0, 0, -9), By: "M. Muster", Sheet: gallerySheet(), Progress: submission.Completed},
		{Number: 2, Package: "CCCCCCCCCCCCCCCCCCCCCCCCCC", Position: 1, Receipt: "Q-2026-000140-K", At: galleryNow.AddDate(0, 0, -1), By: "A. Beispiel", Sheet: second, Progress: submission.Refused,
			Remarks: []submission.Remark{{Rule: "T3", Severity: "error", Message: "Das Stadium passt nicht zu den übrigen Meldungen.", Remedy: "Prüfen Sie die T-Kategorie."}}}}
	f.Sheet = nil
	if state == drafting.Revised {
		f.Sheet = second.Clone()
		f.Sheet["performance"] = "2"
	}
	return f
}

func galleryFormFinding(severity report.Severity, section, key, label, message, remedy string) drafting.Finding {
	return drafting.Finding{Finding: report.Finding{Rule: "H7", Severity: severity, Message: message, Remedy: remedy}, Section: section, Key: key, Label: label}
}

// galleryChecked is a check with findings of every kind, or with none.
func galleryChecked(f drafting.Form, r drafting.Record, wrong, warned bool) drafting.Checked {
	c := drafting.Checked{Form: f, Record: r}
	for i, s := range form.Sections(f.Content()) {
		if !s.OfPatient() {
			state := drafting.SectionState{Section: s, Filled: i%4 != 3}
			if wrong && s.Name == "diagnose" {
				state.Errors = 1
			}
			if wrong && s.Name == "meldung" {
				state.Errors, state.Filled = 1, false
			}
			c.Sections = append(c.Sections, state)
		}
	}
	if wrong {
		c.Errors = []drafting.Finding{
			galleryFormFinding(report.Error, "diagnose", "certainty", "Diagnosesicherung", "Geben Sie „Diagnosesicherung“ an.", "Wählen Sie einen Wert aus der Liste."),
			galleryFormFinding(report.Error, "", "", "", "In einer anderen Meldung zu dieser Person nennt ein Text sie.", "Nehmen Sie den Namen heraus.")}
		c.Identity = drafting.SectionState{Errors: 2}
		c.Fallen = []string{"Grund des Endes"}
	}
	if warned {
		c.Warnings = []drafting.Finding{galleryFormFinding(report.Warning, "stadium", "clinical.stage", "UICC-Stadium", "Für diese Diagnose fehlt ein Stadium.", "Ergänzen Sie es, wenn es bekannt ist.")}
	}
	return c
}

func (g gallery) forms() []ui.State {
	var out []ui.State
	out = append(out, g.formLists()...)
	out = append(out, g.formHubs()...)
	out = append(out, g.formSections()...)
	out = append(out, g.formAsides()...)
	return append(out, g.formChecks()...)
}

func (g gallery) formLists() []ui.State {
	row := func(id string, o tumour.Occasion, s drafting.State, p submission.State, locked bool) drafting.Row {
		r := drafting.Row{ID: drafting.FormID(id), Record: "R", Patient: "2024-7714", Occasion: o, State: s, Progress: p, Locked: locked, ChangedAt: galleryNow, ChangedBy: "M. Muster"}
		if s != drafting.Draft {
			r.SentAt = galleryNow.Add(-50 * time.Hour)
		}
		return r
	}
	rows := []drafting.Row{row("A", tumour.OccasionDiagnosis, drafting.Draft, "", false), row("B", tumour.OccasionSurgery, drafting.Draft, "", true),
		row("C", tumour.OccasionCourse, drafting.Revised, submission.Completed, false), row("D", tumour.OccasionBoard, drafting.Submitted, submission.Refused, false),
		row("E", tumour.OccasionSystemic, drafting.Submitted, submission.Completed, false), row("F", tumour.OccasionDeath, drafting.Submitted, "", false)}
	rows[0].DeletedOn = galleryNow.AddDate(0, 0, 12)
	known := []drafting.Tumour{{Assignment: tumour.Assignment{TumourID: "T-1", ICD: tumour.ICD{Code: "C50.4"}}, Forms: rows[:2]}, {Assignment: tumour.Assignment{TumourID: "T-2", ICD: tumour.ICD{Code: "C44.3"}}, Forms: rows[:1]}}
	var problems ui.Problems
	problems.Add("anlass", "Wählen Sie, was geschehen ist.")
	begin := func(name string, page beginPage, touches ...func(*ui.Frame)) ui.State {
		page.Within = reportWithin(policy.Profile{ReportWithin: 14 * 24 * time.Hour})
		return g.state("forms_new", name, titleNewForm, "/meldungen", page, touches...)
	}
	list := func(name string, rows []drafting.Row, total, page int, state string) ui.State {
		return g.state("forms", name, titleForms, "/meldungen", newFormsPage(rows, total, page, state, galleryNow.AddDate(0, 0, 30)), wide)
	}
	return []ui.State{
		list("leer", nil, 0, 1, ""), list("voll", rows, 132, 2, ""), list("leere Auswahl", nil, 0, 1, listOpen),
		begin("erste Meldung", newBeginPage(codebook{}, galleryFormRecord(false), nil, "", "", nil)),
		begin("mit Tumoren", newBeginPage(codebook{}, galleryFormRecord(true), known, "surgery", "T-1", nil)),
		begin("Fehler", newBeginPage(codebook{}, galleryFormRecord(true), known[:1], "", "", problems), func(f *ui.Frame) { f.Errors = problems }),
	}
}

func (g gallery) formHubs() []ui.State {
	hub := func(name string, f drafting.Form, r drafting.Record, c drafting.Checked) ui.State {
		return g.state("forms_hub", name, formTitle(f), "/meldungen", newFormPage(codebook{}, f, r, c, policy.Profile{KeepDrafts: 180 * 24 * time.Hour, WarnDrafts: 30 * 24 * time.Hour}, galleryNow), formCrumbs(f.ID, f.Occasion))
	}
	drop := func(name string, f drafting.Form) ui.State {
		title, page := newDropPage(f)
		return g.state("forms_drop", name, title, "/meldungen", page)
	}
	fresh, old, locked := galleryDraft(drafting.Draft), galleryDraft(drafting.Draft), galleryDraft(drafting.Draft)
	old.ChangedAt = galleryNow.AddDate(0, 0, -160)
	locked.Locked = true
	revised, sent, lost := galleryDraft(drafting.Revised), galleryDraft(drafting.Submitted), galleryDraft(drafting.Submitted)
	lost.Sent[1].Remarks[0].Rule = rulesPersonLost[0]
	return []ui.State{
		hub("Person nicht bekannt", lost, galleryFormRecord(true), drafting.Checked{}),
		hub("Entwurf mit Fehlern", fresh, galleryFormRecord(false), galleryChecked(fresh, galleryFormRecord(false), true, true)),
		hub("bereit, wird bald gelöscht", old, galleryFormRecord(true), galleryChecked(old, galleryFormRecord(true), false, true)),
		hub("gesperrt", locked, galleryFormRecord(false), galleryChecked(locked, galleryFormRecord(false), false, false)),
		hub("in Bearbeitung", revised, galleryFormRecord(true), galleryChecked(revised, galleryFormRecord(true), false, false)),
		hub("übermittelt und abgewiesen", sent, galleryFormRecord(true), drafting.Checked{}),
		g.queriedHub(), drop("Entwurf", fresh), drop("Änderungen", revised), drop("gesperrter Entwurf", locked),
	}
}

func (g gallery) queriedHub() ui.State {
	f := galleryDraft(drafting.Submitted)
	f.Sent[1].Progress, f.Sent[1].Remarks = submission.Queried, nil
	page := newFormPage(codebook{}, f, galleryFormRecord(true), drafting.Checked{}, policy.Profile{}, galleryNow)
	page.Queries = []ui.Link{{Label: "Rückfrage zu „Pathologie › Einsender“, Antwort bis 23.11.2026", Href: queryHref("QB")}}
	return g.state("forms_hub", "Rückfrage", formTitle(f), "/meldungen", page, formCrumbs(f.ID, f.Occasion))
}

// formSections shows every section of every occasion once, filled as in a real
// report, and the first ones empty and with errors.
func (g gallery) formSections() []ui.State {
	section := func(name string, sheet form.Sheet, s *form.Section, c drafting.Checked, show sectionShow, back bool, touches ...func(*ui.Frame)) ui.State {
		f := galleryDraft(drafting.Draft)
		f.Sheet, f.Occasion = sheet, sheet.Occasion()
		o := &open{f, galleryFormRecord(true), s}
		return g.state("forms_section", name, s.Title, "/meldungen", newSectionPage(o, c, sheet, show, back),
			append(touches, formScripts, formCrumbs(f.ID, f.Occasion, s.Title))...)
	}
	var out []ui.State
	seen := map[string]bool{}
	for _, sheet := range gallerySheets() {
		for _, s := range medical(sheet) {
			if !seen[s.Name] {
				seen[s.Name] = true
				out = append(out, section(sheet.Occasion().German()+", "+s.Name, sheet, s,
					drafting.Checked{Sections: []drafting.SectionState{{Section: s, Filled: s.Filled(sheet)}}}, sectionShow{}, false))
			}
		}
	}
	empty := form.NewSheet(tumour.OccasionDiagnosis)
	for _, s := range medical(empty)[:2] {
		out = append(out, section("leer, "+s.Name, empty, s, drafting.Checked{Sections: []drafting.SectionState{{Section: s, Errors: 2}}}, sectionShow{}, false))
	}
	sheet, f := gallerySheet(), galleryDraft(drafting.Draft)
	s, _ := form.Named(sheet, "diagnose")
	checked := galleryChecked(f, galleryFormRecord(true), true, true)
	problems := sectionProblems(checked, s)
	out = append(out, section("von der Prüfung aus", sheet, s, checked, sectionShow{Problems: problems}, true))
	stage, _ := form.Named(sheet, "stadium")
	var line ui.Problems
	line.Add("f-clinical-line", "Diese Zeile ist kein TNM. Schreiben Sie zum Beispiel cT2 cN1 cM0 oder füllen Sie die Felder darunter.")
	return append(out, section("Fehler", sheet, stage, checked, sectionShow{Problems: line, Lines: map[string]string{"f-clinical-line": "zwei"}}, false,
		func(frame *ui.Frame) { frame.Errors = line }))
}

func (g gallery) formAsides() []ui.State {
	sheet := gallerySheet()
	diagnose, _ := form.Named(sheet, "diagnose")
	part, yours := diagnose.Part(sheet), diagnose.Part(sheet)
	yours["performance"] = "2"
	yours["text"] = "Mammakarzinom links"
	conflict := func(name string, yours form.Sheet) ui.State {
		c := &drafting.Conflict{At: galleryNow, By: "A. Beispiel", Stored: part, Yours: yours, Token: "0123456789abcdef"}
		return g.state("forms_conflict", name, titleConflict, "/meldungen", newConflict(codebook{}, diagnose, c, "/meldungen/A/diagnose", "/meldungen/A/diagnose"), wide)
	}
	field := func(section, name string) posted {
		s, _ := form.Named(sheet, section)
		p, _ := resolve("", s.Nodes, name)
		return p
	}
	search := func(name string, f posted, text string, problems ui.Problems) ui.State {
		return g.state("forms_search", name, titleSearch(f), "/meldungen", newSearchPage(aimOf(codebook{}, sheet, f), "/meldungen/A/diagnose", f, text, problems), func(frame *ui.Frame) { frame.Errors = problems })
	}
	var none ui.Problems
	none.Add("code", "Wählen Sie einen Code oder suchen Sie mit anderen Worten.")
	return []ui.State{
		conflict("eine Angabe mehr", yours), conflict("Angaben fehlen", form.Sheet{"certainty": "7.1"}), conflict("kein sichtbarer Unterschied", part),
		search("Treffer", field("diagnose", "f-topography-code"), "brust aussen", nil), search("keine Treffer", field("tumor", "f-tumour-icd-code"), "qqqq", nil),
		search("Fehler", field("histologie", "f-histology-morphologies-0-code"), "duktal", none),
	}
}

func (g gallery) formChecks() []ui.State {
	check := func(name string, f drafting.Form, r drafting.Record, wrong, warned bool, problems ui.Problems) ui.State {
		return g.state("forms_check", name, titleCheck, "/meldungen", newCheckPage(codebook{}, galleryChecked(f, r, wrong, warned), problems), func(frame *ui.Frame) { frame.Errors = problems })
	}
	receipt := func(name string, f drafting.Form, within time.Duration) ui.State {
		return g.state("forms_receipt", name, titleReceipt, "/meldungen", newReceiptPage(f, galleryFormRecord(true), within), func(frame *ui.Frame) { frame.PrintID = f.Last().Receipt })
	}
	versions := func(name string, f drafting.Form) ui.State {
		return g.state("forms_versions", name, titleVersions, "/meldungen", newVersionsPage(codebook{}, f))
	}
	draft, sent, revised, locked := galleryDraft(drafting.Draft), galleryDraft(drafting.Submitted), galleryDraft(drafting.Revised), galleryDraft(drafting.Draft)
	locked.Locked = true
	corrected := galleryFormRecord(true)
	corrected.Correction = drafting.WrongPerson
	first := galleryDraft(drafting.Submitted)
	first.Sent = first.Sent[:1]
	var tick ui.Problems
	tick.Add(fieldConfirm, "Lesen Sie die Hinweise und bestätigen Sie, dass die Angaben so stimmen.")
	const fortnight = 14 * 24 * time.Hour
	return []ui.State{
		check("bereit", draft, galleryFormRecord(false), false, false, nil), check("mit Hinweisen, nicht bestätigt", revised, galleryFormRecord(true), false, true, tick),
		check("Fehler", draft, galleryFormRecord(false), true, true, nil), check("gesperrt", locked, galleryFormRecord(false), false, false, nil), check("Person wird berichtigt", revised, corrected, false, false, nil),
		receipt("erste Fassung", first, fortnight), receipt("neue Fassung", sent, fortnight), receipt("ohne Frist", first, 0),
		versions("keine", draft), versions("zwei", sent), versions("in Bearbeitung", revised),
	}
}
