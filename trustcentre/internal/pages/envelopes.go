// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"slices"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	trust "meldewerk/trustcentre/internal/store"
)

const (
	pathEnvelopes  = "/umschlaege"
	envelopesTitle = "Nicht lesbare Umschläge"
	envelopeTitle  = "Umschlag aufgeben"
)

// envelopesPage lists sealed parts that could not be opened, and those that
// were given up.
type envelopesPage struct {
	Table   ui.Table
	Retry   *ui.Button // nil when there is nothing to try, and for who may not
	GivenUp *ui.Table  // nil: none
}

const (
	mostEnvelopes = 200
	showGivenUp   = 365 * 24 * time.Hour
)

func (p *Pages) envelopes(r *web.Request) (web.Response, error) {
	aside, err := p.store.SetAsides(r.Context(), mostEnvelopes)
	if err != nil {
		return nil, err
	}
	given, err := p.store.GivenUps(r.Context(), r.Now().Add(-showGivenUp), mostEnvelopes)
	if err != nil {
		return nil, err
	}
	var ids []account.UnitID
	for _, a := range aside {
		ids = append(ids, account.UnitID(a.Unit))
	}
	staffNames := map[string]string{}
	for _, g := range given {
		ids = append(ids, account.UnitID(g.Unit))
		staffNames[g.By] = staffName(r.Context(), p.staff, g.By)
	}
	names := p.names(r.Context(), ids...)
	page := newEnvelopes(aside, names, r.Principal.Has(operators...), r.Principal.Has(enders...))
	page.GivenUp = givenUpTable(given, names, staffNames)
	return web.Page("envelopes", envelopesTitle, page), nil
}

var troubleWords = map[trust.Trouble]string{
	trust.NoKey:      "Kein Schlüssel im Schlüsselordner öffnet ihn.",
	trust.BadContent: "Er öffnet sich, hat aber nicht die vereinbarte Form.",
	trust.Damaged:    "Er ist im Portal oder unterwegs beschädigt worden und liegt noch dort.",
}

// groundWords are the grounds to give an envelope up, as a person chooses them.
var groundWords = []struct {
	ground      trust.Ground
	word, label string
}{
	{trust.GroundLost, "Inhalt verloren", "Der Inhalt lässt sich im Portal nicht wiederherstellen."},
	{trust.GroundKey, "Schlüssel verloren", "Der Schlüssel dazu ist endgültig verloren."},
	{trust.GroundForm, "Form unbrauchbar", "Der Inhalt hat nicht die vereinbarte Form, und die Technik kann ihn nicht lesbar machen."},
}

func groundWord(g trust.Ground) string {
	for _, w := range groundWords {
		if w.ground == g {
			return w.word
		}
	}
	return "Frist abgelaufen"
}

func troubleWord(a *trust.Aside) string {
	if a.Unit == "" {
		return "Die Angaben dazu sind hier beschädigt worden."
	}
	return troubleWords[a.Why]
}

func part(a *trust.Aside) string { return fmt.Sprintf("%d, %d", a.Receipt, a.Part) }

func newEnvelopes(aside []trust.Aside, names map[account.UnitID]string, retries, ends bool) envelopesPage {
	page := envelopesPage{Table: ui.Table{Caption: "Nicht lesbare Umschläge, älteste Quittung zuerst",
		Columns: []ui.Column{{Label: "Quittung, Teil"}, {Label: "Eingang"}, {Label: "Einrichtung"}, {Label: "Meldungen", Numeric: true}, {Label: "Befund"}},
		Empty:   ui.Empty{Title: "Alle Umschläge ließen sich öffnen", Body: "Hier erscheinen versiegelte Teile, die beschädigt ankommen oder sich nicht öffnen oder lesen lassen."}}}
	if ends {
		page.Table.Columns = append(page.Table.Columns, ui.Column{Label: "Nächster Schritt"})
	}
	for i := range aside {
		a := &aside[i]
		row := ui.Row{Cells: []ui.Cell{
			{Text: part(a), Header: true}, {Text: ui.Moment(a.Received)}, {Text: names[account.UnitID(a.Unit)]},
			{Text: ui.Number(int64(a.Reports))}, {Text: troubleWord(a)},
		}}
		if ends {
			row.Cells = append(row.Cells, ui.Cell{Text: "Aufgeben", Href: pathEnvelopes + "/" + string(a.ID), Name: "Quittung und Teil " + part(a)})
		}
		page.Table.Rows = append(page.Table.Rows, row)
	}
	if retries && slices.ContainsFunc(aside, func(a trust.Aside) bool { return a.Why != trust.Damaged }) {
		page.Retry = &ui.Button{Label: "Umschläge noch einmal öffnen"}
	}
	return page
}

func givenUpTable(given []trust.GivenUp, units map[account.UnitID]string, staff map[string]string) *ui.Table {
	if len(given) == 0 {
		return nil
	}
	table := &ui.Table{Caption: "In den letzten zwölf Monaten aufgegeben, neueste zuerst",
		Columns: []ui.Column{ui.Col("Quittung, Teil"), ui.Col("Einrichtung"), ui.Col("Aufgegeben"), ui.Col("Grund"), ui.Col("Einrichtung verständigt")}}
	for i := range given {
		g := &given[i]
		told := ui.Badge{Kind: ui.Info, Word: "auf dem Weg"}
		if g.Told {
			told = ui.Badge{Kind: ui.Success, Word: "im Portal"}
		}
		table.Rows = append(table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: part(&g.Aside), Header: true, More: ui.Count(int64(g.Reports), "Meldung", "Meldungen")}, {Text: units[account.UnitID(g.Unit)]},
			{Text: ui.Moment(g.At), More: staff[g.By]}, {Text: groundWord(g.Ground)}, {Badge: &told}}})
	}
	return table
}

// envelopePage asks why one envelope is given up.
type envelopePage struct {
	ID     string
	Facts  ui.Details
	Ground ui.Field
}

func newEnvelope(a *trust.Aside, unit, ground string, problems ui.Problems) envelopePage {
	var options []ui.Option
	for _, w := range groundWords {
		options = append(options, ui.Option{Value: string(w.ground), Label: w.label})
	}
	return envelopePage{ID: string(a.ID), Facts: ui.Details{Items: []ui.Item{
		{Key: "Quittung, Teil", Value: part(a)}, {Key: "Eingang", Value: ui.Moment(a.Received)}, {Key: "Einrichtung", Value: unit},
		{Key: "Meldungen darin", Value: ui.Number(int64(a.Reports))}, {Key: "Befund", Value: troubleWord(a)},
	}}, Ground: ui.Radios("grund", "Warum geben Sie ihn auf?", ui.Choose(options, ground)).Check(problems)}
}

func (p *Pages) envelope(r *web.Request) (web.Response, error) { return p.askGround(r, "", nil) }

func (p *Pages) askGround(r *web.Request, ground string, problems ui.Problems) (web.Response, error) {
	a, err := p.store.SetAsideOne(r.Context(), submission.EnvelopeID(r.PathValue("id")))
	if err != nil {
		return nil, err
	}
	unit := account.UnitID(a.Unit)
	page := web.Page("envelope", envelopeTitle, newEnvelope(&a, p.names(r.Context(), unit)[unit], ground, problems)).With(crumbs(envelopesTitle, pathEnvelopes, envelopeTitle))
	if len(problems) > 0 {
		page.Refused(problems)
	}
	return page, nil
}

func (p *Pages) giveUp(r *web.Request) (web.Response, error) {
	var form struct {
		Ground string `form:"grund,max=10"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	for _, w := range groundWords {
		if string(w.ground) == form.Ground {
			if err := p.store.GiveUp(r.Context(), r.Principal.AccountID, submission.EnvelopeID(r.PathValue("id")), w.ground); err != nil {
				return nil, err
			}
			return web.Redirect(pathEnvelopes).Notice("given-up"), nil
		}
	}
	var problems ui.Problems
	problems.Add("grund", "Der Grund fehlt. Wählen Sie, warum sich der Umschlag nicht mehr lesen lässt.")
	return p.askGround(r, form.Ground, problems)
}

func (p *Pages) retry(r *web.Request) (web.Response, error) {
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	if _, err := p.acts.RetryEnvelopes(r.Context(), r.Principal.AccountID); err != nil {
		return nil, err
	}
	return web.Redirect(pathEnvelopes).Notice("retried"), nil
}
