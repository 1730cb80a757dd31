// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"slices"
	"time"

	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/access"
)

// devicesPage lists the devices to lend (H11) with the form for a new one.
type devicesPage struct {
	Table  ui.Table
	Groups []fieldGroup
}

const (
	devicesTitle = "Leihgeräte"
	lendTitle    = "Gerät ausleihen"
	lendFor      = 28 * 24 * time.Hour // proposed
)

// deviceForm is a new device as typed.
type deviceForm struct {
	Label string `form:"inventar,max=60"`
	Kind  string `form:"art,max=10"`
}

func (p *Reception) devices(r *web.Request) (web.Response, error) {
	list, err := p.desk.Devices(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Page("devices", devicesTitle, newDevices(list, deviceForm{}, nil, r.Now())).With(wide), nil
}

func newDevices(list []access.Device, f deviceForm, problems ui.Problems, now time.Time) *devicesPage {
	t := ui.Table{Caption: "Leihgeräte mit ihrer letzten Ausleihe", Count: ui.Count(int64(len(list)), "Gerät", "Geräte"),
		Columns: []ui.Column{ui.Col("Gerät"), ui.Col("Stand"), ui.Col("Ausgeliehen an"), ui.Col("Ausgegeben"), ui.Col("Zurück bis"), {Label: "Was Sie tun können", Hidden: true}},
		Empty:   ui.Empty{Title: "Noch kein Leihgerät", Body: "Hier stehen Smartphones und Hardware-Token, die Sie Meldenden ohne eigenes Gerät leihen."}}
	for i := range list {
		t.Rows = append(t.Rows, deviceRow(&list[i], now))
	}
	kinds := ui.Choose([]ui.Option{{Value: string(access.Telephone), Label: access.Telephone.Words()}, {Value: string(access.Token), Label: access.Token.Words()}}, f.Kind)
	return &devicesPage{Table: t, Groups: []fieldGroup{{"Gerät eintragen", []ui.Field{
		ui.Text("inventar", "Inventarnummer", f.Label).WithWidth(16).Check(problems), ui.Radios("art", "Art", kinds).Check(problems)}}}}
}

func deviceRow(d *access.Device, now time.Time) ui.Row {
	path := pathDevices + "/" + d.ID
	head := ui.Cell{Text: d.Label, More: d.Kind.Words(), Header: true}
	loan := d.Loan()
	switch {
	case d.Gone:
		return ui.Row{Cells: []ui.Cell{head, {Badge: &ui.Badge{Kind: ui.Neutral, Word: "ausgemustert"}}, lastLoan(d), {}, {}, {}}}
	case loan == nil:
		return ui.Row{Cells: []ui.Cell{head, {Badge: &ui.Badge{Kind: ui.Success, Word: "verfügbar"}}, lastLoan(d), {}, {},
			{Text: "Ausleihen", Href: path + "/ausleihen", Name: d.Label}}}
	}
	badge := ui.Badge{Kind: ui.Info, Word: "ausgeliehen"}
	if now.After(loan.DueAt) {
		badge = ui.Badge{Kind: ui.Danger, Word: "überfällig"}
	}
	back := ui.Cell{Text: "Ausmustern", Href: path + "/ausmustern", Name: d.Label, Post: &ui.RowAction{Action: path + "/rueckgabe", Label: "Zurückgegeben", Name: d.Label}}
	return ui.Row{Cells: []ui.Cell{head, {Badge: &badge}, {Text: loan.Borrower, More: loan.UnitName}, {Text: ui.Date(loan.LentAt), More: loan.Lender}, {Text: ui.Date(loan.DueAt)}, back}}
}

// lastLoan says who had the device last.
func lastLoan(d *access.Device) ui.Cell {
	if len(d.Loans) == 0 {
		return ui.Cell{Text: "noch nie"}
	}
	l := d.Loans[0]
	return ui.Cell{Text: "zuletzt " + l.Borrower, More: "bis " + ui.Date(l.ReturnedAt)}
}

func (p *Reception) addDevice(r *web.Request) (web.Response, error) {
	var form deviceForm
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	var problems ui.Problems
	if form.Kind == "" {
		problems.Add("art", "Die Art des Geräts fehlt. Wählen Sie Smartphone oder Hardware-Token.")
	} else if err := p.desk.AddDevice(r.Context(), by(r), access.Device{Label: form.Label, Kind: access.DeviceKind(form.Kind)}); err == nil {
		return web.Redirect(pathDevices).Notice("device-added"), nil
	} else if err := at("inventar", err, &problems); err != nil {
		return nil, err
	}
	list, err := p.desk.Devices(r.Context())
	if err != nil {
		return nil, err
	}
	return web.Page("devices", devicesTitle, newDevices(list, form, problems, r.Now())).With(wide).Refused(problems), nil
}

// lendForm is a loan as typed.
type lendForm struct {
	Borrower string `form:"person,max=200"`
	Unit     string `form:"einrichtung,max=200"`
	Chosen   string `form:"auswahl,max=64"`
	Day      string `form:"bis_day,max=2"`
	Month    string `form:"bis_month,max=2"`
	Year     string `form:"bis_year,max=4"`
}

func (p *Reception) device(r *web.Request) (*access.Device, error) {
	list, err := p.desk.Devices(r.Context())
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(list, func(d access.Device) bool { return d.ID == r.PathValue("id") })
	if n < 0 {
		return nil, access.ErrNoDevice
	}
	return &list[n], nil
}

func newLend(d *access.Device, f *lendForm, fits []access.Unit, problems ui.Problems) *formPage {
	fields := []ui.Field{ui.Text("person", "Wer erhält das Gerät?", f.Borrower).WithHint("Vor- und Nachname").Check(problems),
		ui.Text("einrichtung", "Einrichtung", f.Unit).WithHint("Melder-ID, BSNR, IK oder Name").Check(problems)}
	if len(fits) > 1 {
		var list []ui.Option
		for _, u := range fits[:min(len(fits), 20)] {
			list = append(list, ui.Option{Value: string(u.ID), Label: u.Name, Hint: unitHint(&u)})
		}
		fields = append(fields, ui.Radios("auswahl", "Welche Einrichtung?", ui.Choose(list, f.Chosen)).Check(problems))
	}
	return &formPage{Facts: &ui.Details{Items: []ui.Item{{Key: "Gerät", Value: d.Label}, {Key: "Art", Value: d.Kind.Words()},
		{Key: "Gerät fehlt oder ist defekt", Value: retireTitle, Href: pathDevices + "/" + d.ID + "/ausmustern"}}},
		Lead:   "Das Gerät dient nur der Anmeldung. Richtet die Person darauf ihren zweiten Faktor ein, gehört er ihr; Sie sehen ihn nie.",
		Groups: []fieldGroup{{"", append(fields, ui.DateFields("bis", "Zurück bis", f.Day, f.Month, f.Year).Check(problems))}},
		Button: ui.Button{Label: "Ausleihe vermerken"}, Action: pathDevices + "/" + d.ID + "/ausleihen", Back: ui.Link{Label: "Abbrechen", Href: pathDevices}}
}

func (p *Reception) askLend(r *web.Request) (web.Response, error) {
	d, err := p.device(r)
	if err != nil {
		return nil, err
	}
	if d.Gone || d.Loan() != nil {
		return web.Redirect(pathDevices), nil
	}
	due := r.Now().Add(lendFor).In(ui.Berlin)
	return web.Page("access_form", lendTitle, newLend(d, &lendForm{Day: due.Format("02"), Month: due.Format("01"), Year: due.Format("2006")}, nil, nil)), nil
}

// due gives the end of the day that was typed, zero when there is none.
func (f *lendForm) due() time.Time {
	at, err := time.ParseInLocation("2.1.2006", f.Day+"."+f.Month+"."+f.Year, ui.Berlin)
	if err != nil {
		return time.Time{}
	}
	return at.AddDate(0, 0, 1).Add(-time.Second)
}

func (p *Reception) lend(r *web.Request) (web.Response, error) {
	var form lendForm
	if err := r.Decode(&form); err != nil {
		return nil, err
	}
	d, err := p.device(r)
	if err != nil {
		return nil, err
	}
	work := accountWork{form: accountForm{Unit: form.Unit, Chosen: form.Chosen}}
	if err := p.lookUp(r, &work); err != nil {
		return nil, err
	}
	var problems ui.Problems
	units := work.chosen(&problems)
	due := form.due()
	if due.IsZero() {
		problems.Add("bis", "Der Tag der Rückgabe fehlt oder steht nicht im Kalender. Geben Sie Tag, Monat und Jahr an.")
	}
	if len(problems) == 0 {
		err := p.desk.Lend(r.Context(), by(r), d.ID, access.Loan{Unit: units[0], Borrower: form.Borrower, DueAt: due})
		if err == nil {
			return web.Redirect(pathDevices).Notice("device-lent"), nil
		}
		field := "person"
		if errors.Is(err, access.ErrDue) {
			field = "bis"
		}
		if !fault.IsKind(err, fault.Invalid) {
			return nil, err
		}
		problems.Add(field, fault.Of(err).Sentence)
	}
	return web.Page("access_form", lendTitle, newLend(d, &form, work.fits, problems)).Refused(problems), nil
}

func (p *Reception) takeBack(r *web.Request) (web.Response, error) {
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	if err := p.desk.TakeBack(r.Context(), by(r), r.PathValue("id"), false); err != nil {
		return nil, err
	}
	return web.Redirect(pathDevices).Notice("device-back"), nil
}

const retireTitle = "Gerät ausmustern"

func newRetire(d *access.Device) *actPage {
	page := &actPage{Facts: ui.Details{Items: []ui.Item{{Key: "Gerät", Value: d.Label}, {Key: "Art", Value: d.Kind.Words()}}},
		Consequences: []string{"Das Gerät steht nur noch zum Nachlesen in der Liste. Das lässt sich nicht rückgängig machen."},
		Button:       ui.Button{Label: retireTitle}, Action: pathDevices + "/" + d.ID + "/ausmustern", Back: ui.Link{Label: "Abbrechen", Href: pathDevices}}
	if l := d.Loan(); l != nil {
		page.Facts.Items = append(page.Facts.Items, ui.Item{Key: "Ausgeliehen an", Values: []string{l.Borrower, l.UnitName}})
		page.Consequences = append(page.Consequences, "Die Ausleihe endet heute.", "Ist das Gerät verloren oder gestohlen, setzen Sie danach den zweiten Faktor dieser Person zurück.")
	}
	return page
}

func (p *Reception) askRetire(r *web.Request) (web.Response, error) {
	d, err := p.device(r)
	if err != nil {
		return nil, err
	}
	if d.Gone {
		return web.Redirect(pathDevices), nil
	}
	return web.Page("access_act", retireTitle, newRetire(d)), nil
}

func (p *Reception) retire(r *web.Request) (web.Response, error) {
	if err := r.Decode(&struct{}{}); err != nil {
		return nil, err
	}
	if err := p.desk.TakeBack(r.Context(), by(r), r.PathValue("id"), true); err != nil {
		return nil, err
	}
	return web.Redirect(pathDevices).Notice("device-gone"), nil
}
