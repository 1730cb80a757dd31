// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"time"

	"meldewerk/account"
	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	trust "meldewerk/trustcentre/internal/store"
)

// releasePage lists the units whose real data wait for the release.
type releasePage struct {
	Units []releaseUnit
	Empty ui.Empty
}

type releaseUnit struct {
	ID      string
	Name    string
	Facts   ui.Details
	Release *ui.Button // nil for who may not decide, or has to prove it first
	Prove   string     // then the page that asks for the proof
}

func (p *Pages) release(r *web.Request) (web.Response, error) {
	waiting, err := p.store.Unreleased(r.Context())
	if err != nil {
		return nil, err
	}
	var ids []account.UnitID
	for _, w := range waiting {
		ids = append(ids, w.Unit)
	}
	page := newRelease(waiting, p.names(r.Context(), ids...), p.terms, r.Principal.Has(deciders...), signin.AskFresh(r) == nil)
	return web.Page("release", "Freigabe von Einrichtungen", page), nil
}

func newRelease(waiting []trust.Unreleased, names map[account.UnitID]string, terms Terms, decides, fresh bool) releasePage {
	page := releasePage{Empty: ui.Empty{Title: "Keine Einrichtung wartet",
		Body: "Hier erscheinen Einrichtungen, die Echtdaten gesendet haben und noch nicht freigegeben sind."}}
	for _, w := range waiting {
		unit := releaseUnit{ID: string(w.Unit), Name: names[w.Unit], Facts: ui.Details{Items: []ui.Item{
			{Key: "Wartende Meldungen", Value: ui.Number(w.Reports)},
			{Key: "Ältester Eingang", Value: ui.Moment(w.Oldest)},
			{Key: "Wird gelöscht ab", Value: ui.Date(w.Oldest.Add(terms.KeepIdentities).Add(24*time.Hour - 1))},
		}}}
		switch {
		case decides && fresh:
			unit.Release = &ui.Button{Label: "Einrichtung freigeben", Confirm: unit.Name}
		case decides:
			unit.Prove = pathUnits + "/" + unit.ID + "/freigabe"
		}
		page.Units = append(page.Units, unit)
	}
	return page
}

func (p *Pages) releaseUnit(r *web.Request) (web.Response, error) {
	if err := signin.NeedFresh(r); err != nil {
		return nil, err
	}
	var form struct {
		Unit string `form:"einrichtung,max=64"`
	}
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	if _, err := p.acts.ReleaseUnit(r.Context(), r.Principal.AccountID, account.UnitID(form.Unit)); err != nil {
		return nil, err
	}
	return web.Redirect("/freigabe").Notice("released"), nil
}
