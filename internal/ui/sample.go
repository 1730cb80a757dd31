// SPDX-License-Identifier: EUPL-1.2

package ui

import (
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"time"
)

//go:embed samples/*.html
var samples embed.FS

// The data of the sample pages.
type sampleForm struct {
	Section Section
	Fields  []Field
	Hints   Hints
	Save    Button
}

type sampleFault struct {
	Sentence string
	Incident string
	Back     Link
}

type sampleList struct {
	Filter []Field
	Table  Table
}

type sampleOverview struct {
	Alerts    []Alert
	Tasks     TaskList
	Timeline  Timeline
	Summaries []Summary
	Details   Details
	Progress  Progress
	Empty     Empty
	Badges    []Badge
}

// Gallery shows every component in each house: the states that the tests for
// accessibility, escaping and the content security policy go through.
func Gallery() ([]State, error) {
	files, err := fs.Sub(samples, "samples")
	if err != nil {
		return nil, err
	}
	set, err := Templates(files, "form", "list", "overview", "signin")
	if err != nil {
		return nil, err
	}
	portal := sampleFrame(Portal, "Dokumentation")
	trust := sampleFrame(TrustCentre, "Meldungsprüfung")
	registry := sampleFrame(Registry, "Zusammenführung")
	var problems Problems
	problems.Add("diagnosis_date", "Das Diagnosedatum liegt in der Zukunft. Geben Sie ein Datum bis heute an.")
	problems.Add("site", "Der Lokalisationscode fehlt. Suchen Sie ihn mit einem Wort oder geben Sie ihn ein.")
	problems.Add("side", "Geben Sie die Seite an. Ist sie nicht bekannt, wählen Sie „Nicht bekannt“.")
	problems.Add("grade", "Wählen Sie den Differenzierungsgrad aus der Liste.")
	problems.Add("size", "Geben Sie die Größe in ganzen Millimetern an.")
	problems.Add("methods", "Wählen Sie mindestens ein Verfahren.")
	problems.Add("consent", "Bestätigen Sie, dass die Person unterrichtet wurde.")
	problems.Add("remark", "Der Text ist länger als 4.000 Zeichen. Kürzen Sie ihn.")
	problems.Add("package", "Wählen Sie eine Datei aus.")
	refused := portal
	refused.Errors = problems
	out := Frame{House: Portal, Title: "Anmelden", Instance: "Krebsregister Musterland", Demo: true}
	outBad := out
	outBad.Errors = Problems{{Sentence: "Benutzername oder Passwort stimmen nicht. Prüfen Sie beide Angaben."}}
	told := portal
	told.Told = []string{"Am 11.11.2026 um 09:14 Uhr wurde ein Passkey eingerichtet.", "Am 12.11.2026 um 08:00 Uhr wurde die Sperre Ihres Zugangs aufgehoben."}
	told.Units, told.Path = []UnitChoice{{ID: "u1", Name: "Klinikum Musterstadt", Current: true}, {ID: "u2", Name: "Praxis am Markt"}}, "/"
	wide := trust
	wide.Wide, wide.Title = true, "Eingang"
	return []State{
		set.State("signin", "leer", out, sampleSignin(nil)),
		set.State("signin", "abgewiesen", outBad, sampleSignin(outBad.Errors)),
		set.State("form", "leer", portal, newSampleForm(nil)),
		set.State("form", "Fehler", refused, newSampleForm(problems)),
		set.State("overview", "voll", portal, newSampleOverview()),
		set.State("overview", "mit Hinweisen und zwei Einrichtungen", told, newSampleOverview()),
		set.State("overview", "voll, Vertrauensstelle", trust, newSampleOverview()),
		set.State("overview", "voll, Registerstelle", registry, newSampleOverview()),
		set.State("list", "voll", wide, newSampleList(53)),
		set.State("list", "leer", trust, newSampleList(0)),
		set.State("fault", "Nummer", registry, sampleFault{Sentence: "Das hat nicht geklappt. Versuchen Sie es in einigen Minuten noch einmal.",
			Incident: "7F3K-21", Back: Link{Label: "Zur Startseite", Href: "/"}}),
	}, nil
}

func sampleFrame(house House, role string) Frame {
	return Frame{
		House: house, Title: "Diagnose melden", Lead: "Angaben zum Tumor, wie sie im Befund stehen.",
		Instance: "Krebsregister Musterland", User: "A. Muster", Facility: "Klinikum Musterstadt", Role: role,
		Nav: []NavItem{{Label: "Übersicht", Href: "/"}, {Label: "Meldungen", Href: "/meldungen", Current: true},
			{Label: "Pakete", Href: "/pakete"}, {Label: "Rückfragen", Href: "/rueckfragen", Count: 12}, {Label: "Tumorhistorie", Href: "/historie"}},
		Crumbs: []Link{{Label: "Übersicht", Href: "/"}, {Label: "Meldung M-2026-0412", Href: "/meldungen/1"}, {Label: "Diagnose"}},
		Demo:   true, PrintID: "M-2026-0412", Now: time.Date(2026, 11, 12, 9, 14, 0, 0, time.UTC),
		SessionEnds: time.Date(2026, 11, 12, 9, 44, 0, 0, time.UTC),
	}
}

func sampleSignin(problems Problems) sampleForm {
	return sampleForm{Save: Button{Label: "Anmelden"}, Fields: []Field{
		Text("username", "Benutzername", "muster").WithAutocomplete("username").Check(problems),
		Password("password", "Passwort", "current-password").Check(problems),
		OneTimeCode("otp", "Einmalkennwort").WithHint("Sechs Ziffern aus Ihrer App, zum Beispiel 123 456"),
	}}
}

func newSampleForm(problems Problems) sampleForm {
	sides := Choose([]Option{{Value: "L", Label: "Links"}, {Value: "R", Label: "Rechts"}, {Value: "B", Label: "Beidseits", Hint: "Nur wenn beide Seiten zugleich befallen sind"}, {Value: "U", Label: "Nicht bekannt"}}, "R")
	size := Digits("size", "Größe", "14", "mm")
	internal := Area("internal", "Interne Notiz", "Befund liegt in Ordner 3")
	internal.Internal, internal.Optional = true, true
	withHelp := Select("grade", "Differenzierungsgrad", []Option{{Value: "", Label: "Auswählen"}, {Value: "1", Label: "G1 gut differenziert"}, {Value: "2", Label: "G2 mäßig differenziert", Selected: true}, {Value: "X", Label: "Nicht bestimmbar", Group: "Ohne Grad"}})
	withHelp.Help = Link{Label: "Handbuch: Differenzierungsgrad", Href: "/hilfe#grading"}
	locked := Text("patient_id", "Patientennummer", "4711-0815")
	locked.ReadOnly = true
	return sampleForm{
		Section: Section{Number: 2, Of: 6}, Save: Button{Label: "Speichern und weiter"},
		Fields: []Field{
			locked,
			DateFields("diagnosis_date", "Diagnosedatum", "3", "11", "2026").WithHint("Tag und Monat dürfen leer bleiben, wenn sie nicht bekannt sind").Check(problems),
			Text("site", "Lokalisation (ICD-O-3)", "C50.4").WithHint("Code oder Wörter, zum Beispiel „Brust außen oben“").WithSearch("/katalog").Check(problems),
			Radios("side", "Seite", sides).Check(problems),
			withHelp.Check(problems),
			size.Check(problems),
			Checks("methods", "Sicherung der Diagnose", Choose([]Option{{Value: "h", Label: "Histologie"}, {Value: "z", Label: "Zytologie"}, {Value: "k", Label: "Klinisch"}}, "h")).Check(problems),
			Checkbox("consent", "Die Person wurde über die Meldung unterrichtet", true).WithHint("Wie und wann, bleibt in Ihren Unterlagen").Check(problems),
			Area("remark", "Anmerkung", "Zweitbefund folgt").Voluntary().Check(problems),
			internal,
			File("package", "Befund als Datei", ".xml").WithHint("XML nach oBDS, höchstens 200 MB").Check(problems),
			Hidden("version", "7"),
		},
		Hints: Hints{Items: []Hint{
			{Field: "side", Sentence: "Bei Brustkrebs wird die Seite fast immer gebraucht.", Rule: "D-031", Kind: Warning},
			{Href: "/hilfe", Sentence: "Das Datum ist das der Gewebeentnahme.", Kind: Info},
			{Field: "site", Sentence: "Der Code gilt erst ab 2024.", Rule: "D-112", Kind: Danger},
		}},
	}
}

func newSampleOverview() sampleOverview {
	done := Badge{Kind: Success, Word: "Vollständig"}
	foreign := Badge{Kind: Neutral, Word: "Andere Einrichtung", Icon: "home"}
	items := []Item{
		{Key: "Patientennummer", Value: "4711-0815", Change: Link{Href: "/meldungen/1"}},
		{Key: "Lokalisation", Values: []string{"C50.4", "Brust, oberer äußerer Quadrant"}},
		{Key: "Zustand", Badge: &done}, {Key: "Menopausenstatus"},
		{Key: "Pathologiebefund", Masked: "nicht einsehbar: gemeldet von einer anderen Einrichtung"},
		{Key: "Vorige Meldung", Value: "M-2026-0398", Href: "/meldungen/2"},
	}
	return sampleOverview{
		Alerts: []Alert{
			{Kind: Info, Title: "Ihr Zugriff wird protokolliert", Body: "Gespeichert werden Konto, Zeit und Zweck.", Links: []Link{{Label: "Was gespeichert wird", Href: "/hilfe"}}},
			{Kind: Success, Title: "Die Meldung ist übermittelt", Body: "Nummer M-2026-0412", Live: true},
			{Kind: Warning, Title: "Die Frist endet am 15.11.2026", Items: []string{"Therapie vom 03.10.2026", "Verlauf vom 05.10.2026"}},
			{Kind: Danger, Title: "Das Paket ist abgewiesen", Body: "Die Datei ist kein XML. Laden Sie die Exportdatei Ihres Systems hoch."},
		},
		Tasks: TaskList{Title: "Abschnitte der Meldung", Numbered: true, Tasks: []Task{
			{Title: "Person", Href: "/1", Badge: done},
			{Title: "Diagnose", Href: "/2", Hint: "Zuletzt bearbeitet 14:32 Uhr", Badge: Badge{Kind: Danger, Word: "2 Fehler"}},
			{Title: "Tumor", Href: "/3", Badge: Badge{Kind: Info, Word: "Begonnen", Icon: "edit"}},
			{Title: "Prüfen und übermitteln", Badge: Badge{Kind: Neutral, Word: "Noch nicht möglich"}},
		}},
		Timeline: Timeline{Label: "Verlauf des Tumors", Events: []Event{
			{When: "12.11.2026", Machine: "2026-11-12", Title: "Operation", Href: "/m/3", Lines: []string{"5-870.a1 Partielle Mastektomie"}, Links: []Link{{Label: "Verlauf melden", Href: "/neu"}}},
			{When: "03.11.2026", Machine: "2026-11-03", Title: "Pathologie", Badge: &foreign, Source: "Institut Musterstadt", Lines: []string{"cT2 cN1 cM0 (8. Auflage)"}, Style: "hollow"},
			{When: "bis 15.12.2026", Title: "Systemische Therapie erwartet", Style: "dashed", Lines: []string{"Noch keine Meldung"}},
		}},
		Summaries: []Summary{{Number: 1, Title: "Diagnose", Items: items, Change: Link{Href: "/meldungen/1"}, Badge: &done}},
		Details:   Details{Items: items},
		Progress:  Progress{ID: "pruefung", Label: "Meldungen werden geprüft", Done: 412, Total: 1203, Text: "412 von 1.203 Meldungen geprüft"},
		Empty:     Empty{Title: "Noch keine Rückfragen", Body: "Fragen der Vertrauensstelle zu Ihren Meldungen erscheinen hier.", Action: Link{Label: "Zu den Meldungen", Href: "/meldungen"}},
		Badges:    []Badge{{Kind: Info, Word: "Übermittelt"}, {Kind: Success, Word: "Angenommen"}, {Kind: Warning, Word: "Mit Hinweisen"}, {Kind: Danger, Word: "Abgewiesen"}, {Kind: Neutral, Word: "Entwurf"}},
	}
}

func newSampleList(rows int) sampleList {
	table := Table{
		Caption: "Meldungen im Eingang", Count: "1.203 Meldungen, 37 abgewiesen",
		Columns: []Column{{Label: "Nummer", Sort: "/?sortierung=nummer", Sorted: "ascending"}, Col("Meldeanlass"), Col("Zustand"), {Label: "Eingang", Sort: "/?sortierung=eingang"}, NumCol("Tage"), {Label: "Schritt", Hidden: true}},
		Empty:   Empty{Title: "Keine Meldungen im Eingang", Body: "Neue Meldungen erscheinen hier, sobald das Portal sie abgibt."},
		Pages:   Pages(1203, 3, "/", url.Values{"zustand": {"offen"}}),
	}
	states := []Badge{{Kind: Info, Word: "Eingegangen"}, {Kind: Success, Word: "Angenommen"}, {Kind: Warning, Word: "Mit Hinweisen"}, {Kind: Danger, Word: "Abgewiesen"}}
	for n := range min(rows, PageSize) {
		state := states[n%len(states)]
		id := fmt.Sprintf("M-2026-%04d", n+1)
		row := Row{Cells: []Cell{
			{Text: id, Href: fmt.Sprintf("/meldungen/%d", n), Header: true},
			{Text: "Diagnose", More: "Klinikum Musterstadt"}, {Badge: &state}, {Text: "12.11.2026"}, {Text: Number(int64(n))},
			{Post: &RowAction{Action: fmt.Sprintf("/meldungen/%d/annehmen", n), Label: "Annehmen", Name: id}},
		}}
		if n == 2 {
			row.Mark = "diff"
		}
		table.Rows = append(table.Rows, row)
	}
	return sampleList{
		Filter: []Field{
			Select("zustand", "Zustand", []Option{{Value: "", Label: "Alle"}, {Value: "offen", Label: "Offen", Selected: true}}),
			Text("nummer", "Nummer", ""),
		},
		Table: table,
	}
}
