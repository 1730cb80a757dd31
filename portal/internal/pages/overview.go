// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"time"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/upload"
)

// overviewPage is what the start page shows: search first, then what is to do.
type overviewPage struct {
	Patient ui.Field
	ToDo    ui.TaskList
	Last    ui.Table
	MaySend bool
}

const (
	// mendWithin is how long rejected reports stay on the list of what is to do.
	mendWithin = 90 * 24 * time.Hour
	lastShown  = 5
)

func (p *Pages) overview(r *web.Request) (web.Response, error) {
	if !r.Principal.Has(reporter, uploader) {
		return web.Redirect("/konto"), nil // auditors and operators have no pages of reports
	}
	unit := r.Principal.UnitID
	open, err := p.rooms.Uploads.Open(r.Context(), unit, r.Now().Add(-mendWithin))
	if err != nil {
		return nil, err
	}
	last, total, err := p.rooms.Uploads.Packages(r.Context(), unit, 0, lastShown)
	if err != nil {
		return nil, err
	}
	return web.Page("overview", "Übersicht", newOverview(open, last, total, r.Principal.Has(uploader))), nil
}

func newOverview(open []upload.Mending, last []upload.Package, total int, maySend bool) overviewPage {
	page := overviewPage{Patient: patientField("", nil), MaySend: maySend, ToDo: ui.TaskList{Title: "Zu tun"}}
	for _, m := range open {
		href := "/pakete/" + string(m.Package)
		if m.Rejected > 0 {
			page.ToDo.Tasks = append(page.ToDo.Tasks, ui.Task{
				Title: ui.Count(int64(m.Rejected), "abgewiesene Meldung", "abgewiesene Meldungen") + " berichtigen und neu senden",
				Href:  href + "?ergebnis=rejected", Hint: "Paket " + m.Number + " vom " + ui.Date(m.EndedAt),
				Badge: ui.Badge{Kind: ui.Danger, Word: "Abgewiesen"},
			})
		}
		if m.Refused > 0 {
			page.ToDo.Tasks = append(page.ToDo.Tasks, ui.Task{
				Title: ui.Count(int64(m.Refused), "Meldung", "Meldungen") + " nach Prüfung der Vertrauensstelle berichtigen",
				Href:  href + "?stand=refused", Hint: "Paket " + m.Number + " vom " + ui.Date(m.EndedAt),
				Badge: ui.Badge{Kind: ui.Danger, Word: "Abgewiesen"},
			})
		}
	}
	page.Last = packageTable("Letzte Pakete", last)
	if total > len(last) {
		page.Last.Count = fmt.Sprintf("Die letzten %d von %s Paketen", len(last), ui.Number(int64(total)))
	}
	return page
}

// patientField asks for the unit's own patient number.
func patientField(value string, problems ui.Problems) ui.Field {
	f := ui.Text("patient_id", "Ihre Patientennummer", value).WithWidth(16).Check(problems)
	f.Hint = "So, wie Ihr System sie in den Meldungen nennt (Patient_ID)"
	f.MaxLength = 50
	return f
}
