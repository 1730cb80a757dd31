// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"cmp"
	"slices"
	"strings"

	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/report/form"
	"meldewerk/terminology"
)

// The search of codes: for the script as JSON, without it as a page of its own.

// catalogues are the lists that can be searched.
var catalogues = []terminology.List{terminology.ListICD, terminology.ListTopography, terminology.ListMorphology, terminology.ListOPS,
	terminology.ListSubstance, terminology.ListProtocol, terminology.ListInsurer}

// errNoList means that there is no such Schlüsselverzeichnis.
var errNoList = fault.New(fault.NotFound, "forms.no_list", "Dieses Verzeichnis gibt es nicht. Öffnen Sie die Suche neu von der Meldung aus.")

// maxSuggestions is how many codes are offered while one types.
const maxSuggestions = 20

// hit is one code that is offered.
type hit struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// aim is what codes are looked for.
type aim struct {
	codes   codebook
	list    terminology.List
	year    int    // of the edition; 0: any
	icd     string // of the tumour
	private bool   // of insurers: the private ones
	recent  []terminology.Label
}

// catalogue answers the script of the code search.
func (p *Pages) catalogue(r *web.Request) (web.Response, error) {
	to := aim{codes: p.codes(), list: terminology.List(r.PathValue("liste"))}
	if !slices.Contains(catalogues, to.list) {
		return nil, errNoList
	}
	var query struct {
		Text string `form:"q,max=200"`
		Year int    `form:"jahr"`
		ICD  string `form:"icd,max=10"`
		Sort string `form:"art,max=10"`
	}
	if err := r.DecodeQuery(&query); err != nil {
		return nil, err
	}
	to.year, to.icd, to.private = query.Year, query.ICD, query.Sort == "privat"
	to.recent = p.recent.of(r.Principal.UnitID, to.list)
	return web.JSON(map[string][]hit{"hits": to.search(query.Text, maxSuggestions)}), nil
}

// search finds codes, those that fit the tumour before others of the same rank.
// Nothing is hidden because it does not fit, but insurers of the other kind:
// the data set has no place for them. The unit's last codes come first.
func (to aim) search(text string, most int) []hit {
	found := to.codes.of().Search(to.list, text, to.year)
	fits := fitness(to.list, to.icd)
	// Whoever types a code means it: only words are ranked by the tumour.
	if fits != nil && !looksLikeCode(text) {
		slices.SortStableFunc(found, func(a, b terminology.Label) int { return cmp.Compare(fits(b.Code), fits(a.Code)) })
	}
	found = to.recentFirst(text, found)
	if to.list == terminology.ListSubstance { // one without ATC code stands under its name, for which there is another field
		found = slices.DeleteFunc(found, func(l terminology.Label) bool { return l.Code == l.Text })
	}
	if to.list == terminology.ListInsurer {
		kind := terminology.StatutoryPayer
		if to.private {
			kind = terminology.PrivatePayer
		}
		found = slices.DeleteFunc(found, func(l terminology.Label) bool { return terminology.PayerOf(l.Code) != kind })
	}
	hits := make([]hit, 0, min(most, len(found)))
	for _, label := range found[:min(most, len(found))] {
		hits = append(hits, hit{label.Code, label.Text})
	}
	return hits
}

func looksLikeCode(text string) bool { return strings.ContainsAny(text, "0123456789") }

// fitness says how well a code goes with a diagnosis: 1 well, 0 unknown, -1
// hardly; nil where the diagnosis says nothing.
func fitness(list terminology.List, icd string) func(code string) int {
	if len(icd) < 3 {
		return nil
	}
	switch list {
	case terminology.ListTopography: // the sites of a C code bear its name
		return func(code string) int {
			switch {
			case code == icd:
				return 2
			case strings.HasPrefix(code, icd[:3]):
				return 1
			}
			return 0
		}
	case terminology.ListMorphology:
		return func(code string) int {
			switch terminology.SiteFits(icd, code) {
			case terminology.Fits:
				if terminology.MorphologyFamily(code) > 0 {
					return 1
				}
				return 0
			case terminology.Unusual:
				return -1
			}
			return 0
		}
	}
	return nil
}

// searchPage is the code search without script.
type searchPage struct {
	Action string
	Field  ui.Field // hidden: which field is searched
	Query  ui.Field
	Hits   *ui.Field
	None   string
	Take   string // what the button says
	Back   ui.Link
}

// lookup is a field of a section whose code is looked for, of a report or of a
// patient.
type lookup struct {
	field  posted
	to     aim
	href   string // of the section
	text   string // what stands in the field
	crumbs func(*ui.Frame)
}

// lookupIn finds the field that is searched in a section; not every Coded one
// has a list to search in.
func lookupIn(codes codebook, sheet form.Sheet, section *form.Section, name string) (lookup, error) {
	field, known := resolve("", section.Nodes, name)
	if !known || field.part != partWhole || field.node.Kind != form.Coded || !codes.searchable(field.node.List) {
		return lookup{}, web.ErrUnknownField
	}
	return lookup{field: field, to: aimOf(codes, sheet, field), text: sheet[field.key]}, nil
}

func (p *Pages) lookup(r *web.Request, o *open, name string) (lookup, error) {
	l, err := lookupIn(p.codes(), o.form.Sheet, o.section, name)
	l.to.recent = p.recent.of(r.Principal.UnitID, l.to.list)
	l.href, l.crumbs = o.href(), formCrumbs(o.form.ID, o.form.Occasion, o.section.Title)
	return l, err
}

func (l lookup) show(text string, problems ui.Problems) web.Response {
	response := web.Page("forms_search", titleSearch(l.field), newSearchPage(l.to, l.href, l.field, text, problems)).With(l.crumbs)
	if len(problems) > 0 {
		return response.Refused(problems)
	}
	return response
}

func titleSearch(field posted) string { return "Suchen: " + field.node.Label }

func newSearchPage(to aim, href string, field posted, text string, problems ui.Problems) searchPage {
	page := searchPage{Action: href + "/suche", Field: ui.Hidden("feld", form.FieldID(field.key)), Back: ui.Link{Label: "Zurück zum Abschnitt", Href: href},
		Query: ui.Text("q", "Code oder Worte", text).WithHint("Die Reihenfolge der Worte und Umlaute spielen keine Rolle").Check(problems), Take: "Code übernehmen"}
	none := "Zu diesen Worten gibt es keinen Code. Versuchen Sie es mit einem anderen Wort oder dem Anfang des Wortes."
	if to.list == terminology.ListInsurer {
		page.Query.Label, page.Take = "Name oder Institutionskennzeichen", "Institutionskennzeichen übernehmen"
		none = "Im Verzeichnis steht keine solche Kasse. Versuchen Sie es mit einem anderen Teil des Namens oder tippen Sie das Institutionskennzeichen von der Gesundheitskarte ab."
	}
	hits := to.search(text, 50)
	if len(hits) == 0 {
		page.None = none
		return page
	}
	title := ui.Count(int64(len(hits)), "Treffer", "Treffer")
	if strings.TrimSpace(text) == "" {
		title = "Zuletzt in Ihrer Einrichtung verwendet"
	}
	options := make([]ui.Option, len(hits))
	for i, h := range hits {
		options[i] = ui.Option{Value: h.Code, Label: strings.TrimSpace(h.Code + " " + strings.TrimPrefix(h.Label, h.Code))}
	}
	choose := ui.Radios("code", title, options).Check(problems)
	page.Hits = &choose
	return page
}

// aimOf is the year and the diagnosis by which codes are chosen.
func aimOf(codes codebook, sheet form.Sheet, field posted) aim {
	to := aim{codes: codes, list: field.node.List, private: strings.HasPrefix(field.key, keyPrivate)}
	_, query, _ := strings.Cut((&asker{sheet: sheet}).searchPath(field.key, field.node.List), "?")
	for part := range strings.SplitSeq(query, "&") {
		switch name, value, _ := strings.Cut(part, "="); name {
		case "jahr":
			for _, c := range value {
				to.year = to.year*10 + int(c-'0')
			}
		case "icd":
			to.icd = value
		}
	}
	return to
}

// searchSection shows what fits to the words that stand in the field.
func (p *Pages) searchSection(r *web.Request) (web.Response, error) {
	name, err := searchedField(r)
	if err != nil {
		return nil, err
	}
	o, err := p.openSection(r)
	if err != nil {
		return nil, err
	}
	l, err := p.lookup(r, o, name)
	if err != nil {
		return nil, err
	}
	return l.show(l.text, nil), nil
}

func searchedField(r *web.Request) (string, error) {
	var query struct {
		Field string `form:"feld,max=200"`
	}
	err := r.DecodeQuery(&query)
	return query.Field, err
}

// found is what was posted on the page of a search.
type found struct {
	Field string `form:"feld,max=200"`
	Text  string `form:"q,max=200"`
	Code  string `form:"code,max=100"`
	Act   string `form:"act,max=20"`
}

// again is the page once more: other words, or nothing was chosen; nil when a
// code was.
func (l lookup) again(f found) web.Response {
	if f.Act != "nehmen" {
		return l.show(f.Text, nil)
	}
	if f.Code != "" {
		return nil
	}
	var problems ui.Problems
	problems.Add("code", "Wählen Sie einen Treffer oder suchen Sie mit anderen Worten.")
	return l.show(f.Text, problems)
}

// takeSearched searches again, or puts the chosen code into its field and
// leads back; the other answers of the section were saved before.
func (p *Pages) takeSearched(r *web.Request) (web.Response, error) {
	var posting found
	if err := r.Decode(&posting); err != nil {
		return nil, err
	}
	o, err := p.openSection(r)
	if err != nil {
		return nil, err
	}
	l, err := p.lookup(r, o, posting.Field)
	if err != nil {
		return nil, err
	}
	if again := l.again(posting); again != nil {
		return again, nil
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	values := o.section.Part(o.form.Sheet)
	values.Put(l.field.key, posting.Code)
	_, err = p.rooms.Drafts.Save(r.Context(), a, o.form.ID, o.section.Name, sectionToken(o), values)
	if conflict, is := asConflict(err); is {
		return p.showConflict(o, conflict), nil
	}
	if err != nil {
		return nil, err
	}
	p.recent.note(r.Principal.UnitID, p.codes(), o.section, values)
	return web.Redirect(o.href()), nil
}
