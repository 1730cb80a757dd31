// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"time"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/internal/house"
	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/policy"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/upload"
	"meldewerk/report"
	"meldewerk/tumour"
)

// Gallery is every page in several situations, with canned data.
func Gallery() ([]ui.State, error) {
	set, err := house.Templates(Files(), Names)
	if err != nil {
		return nil, err
	}
	g := gallery{set}
	states := signin.Gallery(set, ui.Portal)
	states = append(states, g.overview()...)
	states = append(states, g.packages()...)
	states = append(states, g.protocol()...)
	states = append(states, g.applications()...)
	states = append(states, g.patients()...)
	states = append(states, g.forms()...)
	states = append(states, g.queries()...)
	states = append(states, g.help()...)
	return append(states, g.history()...), nil
}

type gallery struct{ set *ui.Set }

var galleryNow = time.Date(2026, 11, 21, 13, 32, 13, 0, time.UTC)

func (g gallery) state(page, name, title, path string, data any, touches ...func(*ui.Frame)) ui.State {
	f := ui.Frame{House: ui.Portal, Instance: "Krebsregister Musterland", Title: title, Now: galleryNow,
		User: "M. Muster", Facility: "Klinikum Nord", Role: account.RoleReporter.Title() + ", " + account.RoleUploader.Title()}
	for _, n := range navigation() {
		f.Nav = append(f.Nav, ui.NavItem{Label: n.Label, Href: n.Href, Current: n.Href == path})
	}
	for _, touch := range touches {
		touch(&f)
	}
	return g.set.State(page, name, f, data)
}

func galleryPackages() []upload.Package {
	at := func(hours int) time.Time { return galleryNow.Add(-time.Duration(hours) * time.Hour) }
	sum := []byte("0123456789abcdef0123456789abcdef")
	return []upload.Package{
		{ID: "AAAAAAAAAAAAAAAAAAAAAAAAAA", State: upload.Receiving, Kind: submission.Real, FileName: "kw47.xml", BegunAt: at(0)},
		{ID: "BBBBBBBBBBBBBBBBBBBBBBBBBB", State: upload.Received, Kind: submission.Real, FileName: "export-2026-kw46.zip", BegunAt: at(2), EndedAt: at(2),
			Receipt: 123, Number: "Q-2026-000123-X", SHA256: sum, Size: 18_400_000, SchemaVersion: "3.0.4",
			Reports: 1203, Accepted: 1150, Warned: 16, Rejected: 37, Refused: 2, ToMend: true, Queried: 1},
		{ID: "CCCCCCCCCCCCCCCCCCCCCCCCCC", State: upload.Unreadable, Kind: submission.Real, FileName: "export.xml", BegunAt: at(26), EndedAt: at(26), SHA256: sum, Size: 812_000,
			Findings: []report.Finding{{Rule: "XML-002", Severity: report.Error, Line: 18_204, Message: "Die XML-Datei endet mitten in einem Element.", Remedy: "Exportieren Sie das Paket neu und prüfen Sie, ob die Datei vollständig ist."}}},
		{ID: "DDDDDDDDDDDDDDDDDDDDDDDDDD", State: upload.Received, Kind: submission.Test, FileName: "probe.xml", BegunAt: at(200), EndedAt: at(200),
			Receipt: 98, Number: "Q-2026-000098-K", SHA256: sum, Size: 61_000, SchemaVersion: "3.0.4", Reports: 12, Accepted: 12},
	}
}

func (g gallery) overview() []ui.State {
	list := galleryPackages()
	open := []upload.Mending{{Package: list[1].ID, Number: list[1].Number, EndedAt: list[1].EndedAt, Rejected: 37, Refused: 2}}
	typed := overviewView{Open: open, ToMend: 3, Last: list, Total: 37, Typing: true, MaySend: true, Now: galleryNow, Warn: galleryNow.AddDate(0, 0, 30),
		Queries: galleryQueries()[:2], Asked: 3, Drafts: galleryRows()[:4], Waiting: 31, Sent: galleryRows()[4:], Missing: galleryMissing()}
	return []ui.State{
		g.state("overview", "neu", "Übersicht", "/", newOverview(&overviewView{Typing: true, MaySend: true, Now: galleryNow})),
		g.state("overview", "zu tun", "Übersicht", "/", newOverview(&typed)),
		g.state("overview", "nur Überfälliges", "Übersicht", "/", newOverview(&overviewView{Typing: true, Missing: galleryMissing(), Now: galleryNow})),
		g.state("overview", "nur Pakete", "Übersicht", "/", newOverview(&overviewView{Open: open, Last: list, Total: 37, MaySend: true, Now: galleryNow})),
		g.state("overview", "nur Online-Erfassung", "Übersicht", "/", newOverview(&overviewView{Typing: true, Sent: galleryRows()[4:], Now: galleryNow})),
	}
}

func (g gallery) packages() []ui.State {
	list := galleryPackages()
	var problems ui.Problems
	problems.Add("kind", "Wählen Sie, ob das Paket Echtdaten oder Testdaten enthält.")
	problems.Add("package", upload.ErrEmpty.Sentence)
	profile, err := policy.Of("kkn")
	if err != nil {
		panic("pages: " + err.Error()) // cannot be: the profile is built in
	}
	fresh := func(released bool, kind string, problems ui.Problems) uploadPage {
		return newUploadPage(upload.Limits{}.Filled(), profile, released, kind, problems)
	}
	return []ui.State{
		g.state("packages", "leer", "Meldungspakete", "/pakete", newPackages(nil, 0, 1, true), wide),
		g.state("packages", "voll", "Meldungspakete", "/pakete", newPackages(list, 132, 2, true), wide),
		g.state("packages", "nur Einsicht", "Meldungspakete", "/pakete", newPackages(list[1:2], 1, 1, false), wide),
		g.state("package_new", "leer", titleNewPackage, "/pakete", fresh(true, "", nil)),
		g.state("package_new", "vor der Freigabe", titleNewPackage, "/pakete", fresh(false, "test", nil)),
		g.state("package_new", "Fehler", titleNewPackage, "/pakete", fresh(true, "", problems), func(f *ui.Frame) { f.Errors = problems }),
	}
}

func galleryLines() []upload.Line {
	late := report.Finding{Rule: "D2", Severity: report.Error, Path: "Meldung/OP/Datum", Line: 8312,
		Message: "Die Operation liegt vor dem Diagnosedatum.", Remedy: "Berichtigen Sie eines der beiden Daten im Quellsystem."}
	hint := report.Finding{Rule: "H7", Severity: report.Warning, Path: "Meldung/Diagnose/cTNM", Line: 411,
		Message: "Für diese Diagnose fehlt ein Stadium.", Remedy: "Ergänzen Sie es, wenn es bekannt ist."}
	line := func(n int, patient, id string, o tumour.Occasion, v report.Verdict, s submission.State, findings ...report.Finding) upload.Line {
		l := upload.Line{Result: report.Result{Position: n, Patient: report.PatientID(patient), Report: report.ID(id), Occasion: o, Verdict: v, Findings: findings}}
		if s != "" {
			l.Standing = []upload.Standing{{Recipient: "trustcentre", State: s, At: galleryNow}}
		}
		return l
	}
	refused := line(216, "2024-7715", "ME-99013", tumour.OccasionBoard, report.Accepted, submission.Refused)
	refused.Standing[0].Remarks = []submission.Remark{{Rule: "T3", Severity: "error", Path: "Meldung",
		Message: "Unter dieser Meldungs-ID liegt schon eine Meldung zu einer anderen Person vor.", Remedy: "Vergeben Sie eine neue Meldungs-ID."}}
	return []upload.Line{
		line(212, "2024-7714", "ME-99009", tumour.OccasionDiagnosis, report.Accepted, submission.Completed),
		line(213, "2024-7714", "ME-99010", tumour.OccasionSystemic, report.Warned, submission.Queried, hint),
		line(214, "2024-7714", "ME-99011", tumour.OccasionSurgery, report.Rejected, "", late),
		line(215, "2024-7715", "ME-99012", tumour.OccasionCourse, report.Accepted, ""),
		refused,
	}
}

func (g gallery) protocol() []ui.State {
	list, lines := galleryPackages(), galleryLines()
	again := list[1]
	again.ToMend, again.Queried = false, 0
	causes := []upload.Cause{
		{Number: 1, Reports: 37, Sample: lines[2].Findings[0]},
		{Number: 2, Reports: 16, Sample: lines[1].Findings[0]},
	}
	show := func(name string, p upload.Package, lines []upload.Line, total int, form filterForm, touches ...func(*ui.Frame)) ui.State {
		page := newPackagePage(p, causes, lines, total, form, 1)
		page.link(map[int][]ui.Link{213: {{Label: "Rückfrage zu „Systemische Therapie › Beginn“, Antwort bis 23.11.2026", Href: queryHref("QA")}}})
		return g.state("package", name, packageTitle(p), "/pakete", page, append(touches, wide,
			crumbs(ui.Link{Label: "Pakete", Href: "/pakete"}, ui.Link{Label: "Protokoll"}), func(f *ui.Frame) { f.PrintID = p.Number })...)
	}
	return []ui.State{
		show("voll", list[1], lines, 1203, filterForm{}),
		show("gefiltert", list[1], lines[2:3], 37, filterForm{Cause: 1}),
		show("neu gesendet", again, lines, 1203, filterForm{}),
		show("leere Auswahl", list[3], nil, 0, filterForm{Verdict: "rejected"}),
		show("schon übermittelt", list[3], lines[:1], 12, filterForm{Again: true}, func(f *ui.Frame) { f.Notice = againNotice(list[3]) }),
		show("nicht lesbar", list[2], nil, 0, filterForm{}),
		show("wird übertragen", list[0], nil, 0, filterForm{}),
	}
}

func (g gallery) history() []ui.State {
	var problems ui.Problems
	problems.Add("patient_id", "Die Patientennummer fehlt. Geben Sie die Nummer Ihres Systems an.")
	search := func(name string, page historySearchPage, touches ...func(*ui.Frame)) ui.State {
		return g.state("history_search", name, titleHistory, "/historie", page, touches...)
	}
	course := func(name string, v historyView) ui.State {
		v.Handle, v.Now = "00", galleryNow
		return g.state("history", name, titleHistory, "/historie", newHistory(&v), wide,
			crumbs(ui.Link{Label: titleHistory, Href: "/historie"}, ui.Link{Label: "Patientin oder Patient"}))
	}
	whole, unseen := galleryCourse(), galleryCourse()
	unseen.Patient = followup.Patient{Number: "2024-7714"}
	rec := gallerySealedRecord("2024-7714")
	own := map[string]drafting.Row{"ME-99009": galleryRow("E", tumour.OccasionDiagnosis, drafting.Revised, submission.Completed),
		"ME-99020": galleryRow("G", tumour.OccasionCourse, drafting.Submitted, submission.Refused)}
	refused := galleryCourse()
	refused.Open[0].State = submission.Refused
	two := galleryCourse() // persons under one number: what each system reported stands apart
	two.Several, two.Patient = true, followup.Patient{Number: "2024-7714"}
	two.Tumours[0].Reporter, two.Tumours[1].Reporter, two.Tumours[1].Number = "M-1", "M-2", 1
	two.Tumours[1].Entries[0].Reporter = "M-2"
	return []ui.State{
		search("leer", historySearchPage{Patient: patientField("", nil)}),
		search("unbekannt", historySearchPage{Patient: patientField("", nil), Unknown: true, Typing: true}),
		search("Fehler", historySearchPage{Patient: patientField("", problems)}, func(f *ui.Frame) { f.Errors = problems }),
		course("voll", historyView{Course: whole}),
		course("mit eigenen Meldungen", historyView{Course: refused, Record: &rec, Own: own, Typing: true}),
		course("Älteste zuerst, nach Verweis", historyView{Course: unseen, Record: &rec, Own: own, Typing: true, Oldest: true}),
		course("mehrere Personen", historyView{Course: two, Typing: true}),
		course("noch nichts fertig", historyView{Course: followup.Course{Patient: followup.Patient{Number: "2024-7714"}, Open: galleryCourse().Open}}),
		course("Teilangaben", historyView{Course: followup.Course{Patient: followup.Patient{Number: "2024-7714", BirthYear: 1951, Known: true}, Tumours: galleryCourse().Tumours[1:]}}),
	}
}

func galleryCourse() followup.Course {
	entry := func(o tumour.Occasion, date, day, id string, channel submission.Channel, facts ...followup.Fact) followup.Entry {
		return followup.Entry{Occasion: o, Title: o.German(), Date: date, Day: day, Facts: facts, Reporter: "M-1", Report: id,
			Channel: channel, CompletedAt: galleryNow.Add(-72 * time.Hour)}
	}
	return followup.Course{
		Patient: followup.Patient{Number: "2024-7714", BirthMonth: 3, BirthYear: 1951, PostalCode: "30159", Place: "Hannover",
			InsurerTail: "312", InsuredTail: "488", Known: true},
		Tumours: []followup.Tumour{
			{Registry: "trustcentre", Number: 1, ICD: "C50.4", Title: "Brustdrüse, oberer äußerer Quadrant", Side: "links",
				DiagnosedOn: "04.05.2026", Morphology: "8500/3 Invasives duktales Karzinom", Stage: "pT2 pN1a cM0, Stadium IIB (8. Auflage)",
				Entries: []followup.Entry{
					entry(tumour.OccasionSystemic, "02.09.2026", "2026-09-02", "ME-99010", submission.ByPackage,
						followup.Fact{Label: "Anlass", Value: "Behandlungsbeginn"}, followup.Fact{Label: "Therapieart", Value: "Chemotherapie"},
						followup.Fact{Label: "Intention", Value: "kurativ"}, followup.Fact{Label: "Stellung zur Operation", Value: "adjuvant"},
						followup.Fact{Label: "Substanzen", Value: "Epirubicin, Cyclophosphamid"}),
					entry(tumour.OccasionSurgery, "18.06.2026", "2026-06-18", "ME-99011", submission.ByPackage,
						followup.Fact{Label: "Intention", Value: "kurativ"}, followup.Fact{Label: "Eingriff (OPS 2026)", Value: "5-870.a1 Brusterhaltende Exzision"},
						followup.Fact{Label: "Stadium", Value: "pT2 pN1a cM0 L0 V0 (8. Auflage)"}, followup.Fact{Label: "Residualstatus lokal", Value: "R0"},
						followup.Fact{Label: "Komplikationen", Value: "keine"}),
					entry(tumour.OccasionDiagnosis, "04.05.2026", "2026-05-04", "ME-99009", submission.ByForm,
						followup.Fact{Label: "Diagnosesicherung", Value: "histologisch, Primärtumor"},
						followup.Fact{Label: "Klinisches Stadium", Value: "cT2 cN1 cM0 (8. Auflage)"}, followup.Fact{Label: "Leistungszustand", Value: "ECOG 1"}),
				}, Expected: galleryExpected()},
			{Registry: "trustcentre", Number: 2, ICD: "C44.3", DiagnosedOn: "2019",
				Entries: []followup.Entry{entry(tumour.OccasionDiagnosis, "", "", "ME-88001", submission.ByPackage,
					followup.Fact{Label: "Diagnosesicherung", Value: "klinisch"})}},
		},
		Open: []followup.Waiting{
			{Package: "BBBBBBBBBBBBBBBBBBBBBBBBBB", Number: "Q-2026-000123-X", ReceivedAt: galleryNow, Report: "ME-99020", Occasion: tumour.OccasionCourse,
				Kind: submission.Real, ExpectedBy: galleryNow.AddDate(0, 0, 14)},
			{Package: "DDDDDDDDDDDDDDDDDDDDDDDDDD", Number: "Q-2026-000098-K", ReceivedAt: galleryNow.AddDate(0, 0, -9), Report: "ME-98000", Occasion: tumour.OccasionBoard,
				Kind: submission.Test, State: submission.TestOnly},
		},
	}
}
