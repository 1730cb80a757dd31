// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"meldewerk/calendar"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/pseudonym/linkage"
	"meldewerk/registry/internal/store"
	"meldewerk/terminology"
	"meldewerk/tumour/wording"
)

// casePage is one person, tumour by tumour.
type casePage struct {
	Person  ui.Details
	Tumours []caseTumour
}

type caseTumour struct {
	Title    string
	Facts    ui.Details
	Timeline ui.Timeline
}

func (p *Pages) oneCase(r *web.Request) (web.Response, error) {
	c, err := p.store.Case(r.Context(), r.Principal.AccountID, linkage.PersonID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	return web.Page("case", caseTitle(c), newCase(c)), nil
}

func caseTitle(c store.Case) string { return "Person " + ui.Number(c.Number) }

func newCase(c store.Case) casePage {
	page := casePage{Person: personDetails(c.Clear)}
	for first := 0; first < len(c.Reports); {
		last := first
		for last < len(c.Reports) && c.Reports[last].Tumour == c.Reports[first].Tumour {
			last++
		}
		page.Tumours = append(page.Tumours, newTumour(c.Reports[first:last]))
		first = last
	}
	return page
}

// personDetails is what the register knows of a person in clear.
func personDetails(r transfer.Record) ui.Details {
	sexes := map[transfer.Sex]string{"M": "männlich", "W": "weiblich", "D": "divers", "X": "kein Eintrag", "U": "nicht bekannt"}
	born := ""
	if r.Birth.Year != 0 {
		born = fmt.Sprintf("%02d.%04d", r.Birth.Month, r.Birth.Year)
		if r.Birth.Month == 0 {
			born = fmt.Sprintf("%04d", r.Birth.Year)
		}
		if r.Birth.Accuracy == calendar.AllEstimated {
			born = "ca. " + born
		}
	}
	home := strings.TrimSpace(string(r.PostalCode) + " " + string(r.Place))
	if r.Country != "" && r.Country != "DE" {
		home = strings.TrimSpace(home + " (" + string(r.Country) + ")")
	}
	return details([2]string{"Geschlecht", sexes[r.Sex]}, [2]string{"Geboren", born}, [2]string{"Wohnort", home})
}

// details leaves out what is not known.
func details(lines ...[2]string) ui.Details {
	var d ui.Details
	for _, line := range lines {
		if line[1] != "" {
			d.Items = append(d.Items, ui.Item{Key: line[0], Value: line[1]})
		}
	}
	return d
}

// newTumour shows the reports on one tumour, the newest event first. What
// stands above them is of the newest current report.
func newTumour(reports []store.CaseReport) caseTumour {
	reports = slices.Clone(reports)
	slices.SortStableFunc(reports, func(a, b store.CaseReport) int {
		x, y := a.Event.Date().Day0(), b.Event.Date().Day0()
		return cmp.Or(y.Compare(x), cmp.Compare(b.Version, a.Version))
	})
	newest := &reports[0]
	for i := range reports {
		if reports[i].Current {
			newest = &reports[i]
			break
		}
	}
	a := newest.Event.Assignment
	t := caseTumour{Title: fmt.Sprintf("Tumor %d: %s", newest.Tumour, a.ICD.Code),
		Facts:    details([2]string{"Seite", wording.Side(a.Side)}, [2]string{"Erste Diagnose", a.DiagnosedOn.German()}, [2]string{"Morphologie", wording.MorphologyLine(a.Morphology)}),
		Timeline: ui.Timeline{Label: fmt.Sprintf("Meldungen zu Tumor %d", newest.Tumour)}}
	if label, known := terminology.ICD(string(a.ICD.Code)); known {
		t.Title += " " + label.Text
	}
	for i := range reports {
		t.Timeline.Events = append(t.Timeline.Events, caseEvent(&reports[i]))
	}
	return t
}

func caseEvent(r *store.CaseReport) ui.Event {
	day := r.Event.Date()
	event := ui.Event{When: day.German(), Machine: day.String(), Title: r.Event.Occasion().German()}
	if day.IsZero() {
		event.When = "ohne Datum"
	}
	for _, fact := range wording.Facts(&r.Event) {
		event.Lines = append(event.Lines, fact.Label+": "+fact.Value)
	}
	event.Source = "Eingang " + ui.Date(r.Received) + ", " + ruleWords[r.Rule]
	if !r.Current {
		event.Style, event.Badge = "hollow", &ui.Badge{Kind: ui.Neutral, Word: "ersetzt"}
	}
	if r.Objection {
		event.Lines = append(event.Lines, "Widerspruch gegen die Speicherung der Identität")
	}
	if len(r.Open) > 0 {
		event.Lines = append(event.Lines, "Bei der Weitergabe offen: Regel "+strings.Join(r.Open, ", "))
	}
	return event
}

var ruleWords = map[linkage.Rule]string{
	linkage.NewPerson:  "neue Person",
	linkage.SameNumber: "zugeordnet über die Versichertennummer",
	linkage.SameNames:  "zugeordnet über Namen und Geburtsdatum",
	linkage.SameReport: "neue Fassung",
	linkage.ByPatient:  "zugeordnet über die Patientennummer der Meldestelle",
}
