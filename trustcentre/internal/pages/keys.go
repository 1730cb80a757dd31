// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"slices"

	"meldewerk/account"
	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
)

// keysPage lists the installation keys.
type keysPage struct{ Table ui.Table }

const (
	keysTitle   = "Installationsschlüssel"
	newKeyTitle = "Installationsschlüssel eintragen"
	revokeTitle = "Installationsschlüssel sperren"
)

// keyWords are the states of a key with the one next step.
var keyWords = map[access.KeyState]struct {
	badge ui.Badge
	next  string
}{
	access.KeyOrdered:  {ui.Badge{Kind: ui.Info, Word: "unterwegs"}, "Warten Sie etwa eine Minute, bis das Portal den Schlüssel kennt."},
	access.KeyActive:   {ui.Badge{Kind: ui.Success, Word: "am Portal angekommen"}, "Teilen Sie der Einrichtung die Schlüsselnummer mit, falls noch nicht geschehen."},
	access.KeyRefused:  {ui.Badge{Kind: ui.Danger, Word: "am Portal abgelehnt"}, "Lassen Sie die Einrichtung einen neuen Schlüssel erzeugen und tragen Sie ihn ein."},
	access.KeyRevoking: {ui.Badge{Kind: ui.Warning, Word: "Sperre unterwegs"}, "Bis das Portal den Auftrag hat, kann die Installation noch senden."},
	access.KeyRevoked:  {ui.Badge{Kind: ui.Neutral, Word: "gesperrt"}, "Es ist nichts zu tun."},
}

func (p *Reception) keys(r *web.Request) (web.Response, error) {
	list, err := p.desk.Keys(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Page("keys", keysTitle, newKeys(list, r.Page())).With(wide), nil
}

func newKeys(list []access.Key, page int) *keysPage {
	pages := ui.Pages(len(list), page, pathKeys, nil)
	t := ui.Table{Caption: "Installationsschlüssel nach Einrichtung", Count: ui.Count(int64(len(list)), "Schlüssel", "Schlüssel"), Pages: pages,
		Columns: []ui.Column{ui.Col("Einrichtung"), ui.Col("Software-ID"), ui.Col("Schlüsselnummer"), ui.Col("Stand"), ui.Col("Nächster Schritt"), {Label: "Was Sie tun können", Hidden: true}},
		Empty:   ui.Empty{Title: "Noch kein Schlüssel", Body: "Hier stehen die Schlüssel der Programme, die Pakete ohne Anmeldung einer Person senden.", Action: ui.Link{Label: newKeyTitle, Href: pathKeys + "/neu"}}}
	for _, k := range pageOf(list, pages) {
		words := keyWords[k.State]
		act := ui.Cell{}
		if k.State == access.KeyOrdered || k.State == access.KeyActive {
			act = ui.Cell{Text: "Sperren", Href: pathKeys + "/" + k.ID + "/sperren", Name: k.Label}
		}
		t.Rows = append(t.Rows, ui.Row{Cells: []ui.Cell{{Text: k.UnitName, More: k.Label, Href: pathUnits + "/" + string(k.Unit), Header: true}, {Text: k.Software},
			{Text: k.ID, More: "eingetragen am " + ui.Date(k.MadeAt)}, {Badge: &words.badge}, {Text: words.next}, act}})
	}
	return &keysPage{t}
}

// keyForm is a new key as typed.
type keyForm struct {
	Unit     string `form:"einrichtung,max=200"`
	Chosen   string `form:"auswahl,max=64"`
	Software string `form:"software,max=100"`
	Label    string `form:"bezeichnung,max=100"`
	Line     string `form:"schluessel,max=200"`
}

func newKeyForm(f *keyForm, fits []access.Unit, problems ui.Problems) *formPage {
	fields := []ui.Field{ui.Text("einrichtung", "Einrichtung", f.Unit).WithHint("Melder-ID, BSNR, IK oder Name").Check(problems)}
	if len(fits) > 1 {
		var list []ui.Option
		for _, u := range fits[:min(len(fits), 20)] {
			list = append(list, ui.Option{Value: string(u.ID), Label: u.Name, Hint: unitHint(&u)})
		}
		fields = append(fields, ui.Radios("auswahl", "Welche Einrichtung?", ui.Choose(list, f.Chosen)).Check(problems))
	}
	return &formPage{Lead: "Die Einrichtung erzeugt den Schlüssel mit „meldewerk upload key“ und schickt Ihnen die öffentliche Zeile. Vergleichen Sie sie am Telefon unter der hinterlegten Nummer.",
		Groups: []fieldGroup{{"", append(fields,
			ui.Text("software", "Software-ID", f.Software).WithHint("Wie in den Meldungspaketen. Pakete anderer Software nimmt das Portal unter diesem Schlüssel nicht an.").WithWidth(16).Check(problems),
			ui.Text("bezeichnung", "Bezeichnung", f.Label).WithHint("Wo die Installation steht, ohne Namen von Personen").Check(problems),
			ui.Text("schluessel", "Öffentliche Zeile", f.Line).WithHint("Beginnt mit mwk1").Check(problems))}},
		Button: ui.Button{Label: newKeyTitle}, Action: pathKeys + "/neu", Back: ui.Link{Label: "Abbrechen", Href: pathKeys}}
}

func (p *Reception) newKey(r *web.Request) (web.Response, error) {
	if fresh := signin.AskFresh(r); fresh != nil {
		return fresh, nil
	}
	var query struct {
		Unit string `form:"einrichtung,max=64"`
	}
	if err := r.DecodeQuery(&query); err != nil {
		return nil, err
	}
	form := keyForm{}
	if query.Unit != "" {
		u, err := p.desk.Unit(r.Context(), account.UnitID(query.Unit))
		if err != nil {
			return nil, err
		}
		form.Unit, form.Software = u.Name, u.Detail.Software
	}
	return web.Page("access_form", newKeyTitle, newKeyForm(&form, nil, nil)), nil
}

func (p *Reception) addKey(r *web.Request) (web.Response, error) {
	if err := signin.NeedFresh(r); err != nil {
		return nil, err
	}
	var form keyForm
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	work := accountWork{form: accountForm{Unit: form.Unit, Chosen: form.Chosen}}
	if err := p.lookUp(r, &work); err != nil {
		return nil, err
	}
	var problems ui.Problems
	units := work.chosen(&problems)
	if len(problems) == 0 {
		_, err := p.desk.AddKey(r.Context(), by(r), access.Key{Unit: units[0], Software: form.Software, Label: form.Label}, form.Line)
		if err == nil {
			return web.Redirect(pathKeys).Notice("key-added"), nil
		}
		field := "schluessel"
		switch {
		case errors.Is(err, access.ErrSoftware):
			field = "software"
		case errors.Is(err, access.ErrKeyLabel):
			field = "bezeichnung"
		}
		if err := at(field, err, &problems); err != nil {
			return nil, err
		}
	}
	return web.Page("access_form", newKeyTitle, newKeyForm(&form, work.fits, problems)).Refused(problems), nil
}

func (p *Reception) askRevoke(r *web.Request) (web.Response, error) {
	if fresh := signin.AskFresh(r); fresh != nil {
		return fresh, nil
	}
	list, err := p.desk.Keys(r.Context())
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(list, func(k access.Key) bool { return k.ID == r.PathValue("id") })
	if n < 0 {
		return nil, access.ErrNoKey
	}
	return web.Page("access_act", revokeTitle, newRevoke(&list[n])), nil
}

func newRevoke(k *access.Key) *actPage {
	return &actPage{Facts: ui.Details{Items: []ui.Item{{Key: "Einrichtung", Value: k.UnitName}, {Key: "Bezeichnung", Value: k.Label}, {Key: "Software-ID", Value: k.Software}, {Key: "Schlüsselnummer", Value: k.ID}}},
		Consequences: []string{"Die Installation kann nichts mehr senden, sobald das Portal den Auftrag hat.", "Das lässt sich nicht rückgängig machen. Soll sie wieder senden, erzeugt die Einrichtung einen neuen Schlüssel.", "Bereits angenommene Pakete bleiben angenommen."},
		Button:       ui.Button{Label: revokeTitle}, Action: pathKeys + "/" + k.ID + "/sperren", Back: ui.Link{Label: "Abbrechen", Href: pathKeys}}
}

func (p *Reception) revoke(r *web.Request) (web.Response, error) {
	if err := signin.NeedFresh(r); err != nil {
		return nil, err
	}
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	if err := p.desk.RevokeKey(r.Context(), by(r), r.PathValue("id")); err != nil {
		return nil, err
	}
	return web.Redirect(pathKeys).Notice("key-revoked"), nil
}
