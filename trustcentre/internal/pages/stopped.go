// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"meldewerk/exchange/transfer"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/handover"
	"meldewerk/trustcentre/internal/lastlook"
	trust "meldewerk/trustcentre/internal/store"
)

// stoppedPage is one record that the last look has stopped.
type stoppedPage struct {
	ID     string
	Unfit  *ui.Alert
	Facts  ui.Details
	Fields ui.Details
	Choice bool // some fields may turn out to be harmless
	Ask    asking
}

const stoppedTitle = "Angehaltene Meldung"

func (p *Pages) stopped(r *web.Request) (web.Response, error) {
	h, record, err := p.store.Stopped(r.Context(), r.Principal.AccountID, handover.DossierID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	threads, err := p.store.ThreadsOf(r.Context(), h.ID)
	if err != nil {
		return nil, err
	}
	if h.Lost {
		r.Log().Error("a held record is damaged at rest", "dossier", string(h.ID))
	}
	page := newStopped(h, &record, p.terms)
	page.Ask = newAsking(&h, threads, askForm{}, nil)
	return web.Page("stopped", stoppedTitle, page), nil
}

func newStopped(h trust.Held, record *transfer.Record, terms Terms) stoppedPage {
	page := stoppedPage{ID: string(h.ID), Facts: ui.Details{Items: []ui.Item{
		{Key: "Eingang", Value: ui.Moment(h.Received)},
		{Key: "Quittung, Stelle", Value: fmt.Sprintf("%d, %d", h.Receipt, h.Position)},
		{Key: "Meldeanlass", Value: record.Event.Occasion().German()},
		{Key: "Geht ohne die Felder weiter am", Value: ui.Moment(h.Received.Add(terms.ForwardOpenAfter))},
	}}}
	if h.Unfit {
		page.Facts.Items[3] = ui.Item{Key: "Frist bis", Value: ui.Date(h.Received.Add(terms.ForwardWithin))}
		page.Unfit = &ui.Alert{Kind: ui.Danger, Title: "Das Register kann diese Meldung so nicht annehmen",
			Body: "Verständigen Sie die Technik. Fragen Sie die Einrichtung nach einer berichtigten Fassung; sie ersetzt diese."}
	}
	if h.Lost {
		page.Facts.Items[2].Value = "nicht lesbar"
		page.Unfit = &ui.Alert{Kind: ui.Danger, Title: "Diese Meldung ist hier beschädigt worden",
			Body: "Sie lässt sich nicht mehr lesen und nicht weitergeben. Verständigen Sie die Technik. Bitten Sie die Einrichtung, die Meldung in einem neuen Paket zu senden oder in der Online-Erfassung die Identität neu anzugeben; die neue Fassung ersetzt diese."}
		for _, stop := range h.Stops {
			page.Fields.Items = append(page.Fields.Items, ui.Item{Key: fieldName(stop.Field), Values: []string{reasonWords[stop.Reason]}})
		}
		return page
	}
	for _, stop := range h.Stops {
		page.Choice = page.Choice || stop.MayBeHarmless()
		page.Fields.Items = append(page.Fields.Items, ui.Item{Key: fieldName(stop.Field), Values: fieldWords(record, stop)})
	}
	return page
}

func fieldWords(record *transfer.Record, stop lastlook.Stop) []string {
	why := reasonWords[stop.Reason]
	if words := lastlook.Words(record, stop); words != "" {
		return []string{"„" + words + "“", why}
	}
	return []string{why}
}

var reasonWords = map[lastlook.Reason]string{
	lastlook.Hit:     "Ein Wort gleicht einem Wort der Identität.",
	lastlook.Unseen:  "Die Identität ist gelöscht; das Wort ließ sich nicht mit ihr vergleichen.",
	lastlook.Open:    "Offener Text oder eine Kennung. Das Feld geht nie mit.",
	lastlook.NotOne:  "Kein Wert der geschlossenen Liste. Das Feld geht nie mit.",
	lastlook.Unknown: "Ein Feld, das die letzte Prüfung nicht kennt. Es geht nie mit.",
}

func (p *Pages) decide(r *web.Request) (web.Response, error) {
	var form struct {
		Decision string `form:"entscheidung,max=10"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	id := handover.DossierID(r.PathValue("id"))
	back := "/wartend/" + string(id)
	if form.Decision != "mit" && form.Decision != "ohne" {
		return web.Redirect(back), nil
	}
	keep := form.Decision == "mit"
	err := p.store.Decide(r.Context(), id, trust.Decision{Actor: r.Principal.AccountID, Keep: keep})
	switch {
	case errors.Is(err, trust.ErrUnfit):
		return web.Redirect(back), nil // the page says why it waits on
	case err != nil:
		return nil, err
	case keep:
		return web.Redirect("/wartend").Notice("kept"), nil
	}
	return web.Redirect("/wartend").Notice("blanked"), nil
}

// germanFields are words for the parts of a record's path that are met most.
var germanFields = map[string]string{
	"Diagnosis": "Diagnose", "Pathology": "Pathologie", "Surgery": "Operation", "Course": "Verlauf", "Radiotherapy": "Strahlentherapie",
	"Systemic": "systemische Therapie", "Death": "Tod", "Board": "Tumorkonferenz", "Assignment": "Tumorzuordnung",
	"Classifications": "weitere Klassifikation", "Stage": "Stadium", "Genetics": "genetische Variante", "Other": "sonstige Ausprägung",
	"Pathological": "pTNM", "Clinical": "cTNM", "PostalCode": "Postleitzahl", "Place": "Ort", "Performance": "Leistungszustand",
	"Histology": "Histologie", "Submitter": "Einsender", "Surgeons": "Operateur", "Name": "Bezeichnung", "Text": "Anmerkungen",
}

// fieldName is the path of a field in words that a person recognises.
func fieldName(path string) string {
	var words []string
	for part := range strings.SplitSeq(strings.TrimPrefix(path, "Event."), ".") {
		name, index, listed := strings.Cut(part, "[")
		if german, known := germanFields[name]; known {
			name = german
		}
		if at, err := strconv.Atoi(strings.TrimSuffix(index, "]")); listed && err == nil {
			name += " " + strconv.Itoa(at+1)
		}
		words = append(words, name)
	}
	return strings.Join(words, " › ")
}
