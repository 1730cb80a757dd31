// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"fmt"
	"slices"

	"meldewerk/account"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	trust "meldewerk/trustcentre/internal/store"
)

// envelopesPage lists sealed parts that could not be opened.
type envelopesPage struct {
	Table ui.Table
	Retry *ui.Button // nil when there is nothing to try, and for who may not
}

const mostEnvelopes = 200

func (p *Pages) envelopes(r *web.Request) (web.Response, error) {
	aside, err := p.store.SetAsides(r.Context(), mostEnvelopes)
	if err != nil {
		return nil, err
	}
	var ids []account.UnitID
	for _, a := range aside {
		ids = append(ids, account.UnitID(a.Unit))
	}
	return web.Page("envelopes", "Nicht lesbare Umschläge", newEnvelopes(aside, p.names(r.Context(), ids...), r.Principal.Has(operators...))), nil
}

var troubleWords = map[trust.Trouble]string{
	trust.NoKey:      "Kein Schlüssel im Schlüsselordner öffnet ihn.",
	trust.BadContent: "Er öffnet sich, hat aber nicht die vereinbarte Form.",
	trust.Damaged:    "Er ist im Portal oder unterwegs beschädigt worden und liegt noch dort.",
}

func newEnvelopes(aside []trust.Aside, names map[account.UnitID]string, retries bool) envelopesPage {
	page := envelopesPage{Table: ui.Table{Caption: "Nicht lesbare Umschläge, älteste Quittung zuerst",
		Columns: []ui.Column{{Label: "Quittung, Teil"}, {Label: "Eingang"}, {Label: "Einrichtung"}, {Label: "Meldungen", Numeric: true}, {Label: "Befund"}},
		Empty:   ui.Empty{Title: "Alle Umschläge ließen sich öffnen", Body: "Hier erscheinen versiegelte Teile, die beschädigt ankommen oder sich nicht öffnen oder lesen lassen."}}}
	for _, a := range aside {
		page.Table.Rows = append(page.Table.Rows, ui.Row{Cells: []ui.Cell{
			{Text: fmt.Sprintf("%d, %d", a.Receipt, a.Part), Header: true}, {Text: ui.Moment(a.Received)}, {Text: names[account.UnitID(a.Unit)]},
			{Text: ui.Number(int64(a.Reports))}, {Text: troubleWords[a.Why]},
		}})
	}
	if retries && slices.ContainsFunc(aside, func(a trust.Aside) bool { return a.Why != trust.Damaged }) {
		page.Retry = &ui.Button{Label: "Umschläge noch einmal öffnen"}
	}
	return page
}

func (p *Pages) retry(r *web.Request) (web.Response, error) {
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	if _, err := p.acts.RetryEnvelopes(r.Context(), r.Principal.AccountID); err != nil {
		return nil, err
	}
	return web.Redirect("/umschlaege").Notice("retried"), nil
}
