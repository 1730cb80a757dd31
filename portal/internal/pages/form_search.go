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
	terminology.ListSubstance, terminology.ListProtocol}

// errNoList means that there is no such Schlüsselverzeichnis.
var errNoList = fault.New(fault.NotFound, "forms.no_list", "Dieses Verzeichnis gibt es nicht. Öffnen Sie die Suche neu von der Meldung aus.")

// maxSuggestions is how many codes are offered while one types.
const maxSuggestions = 20

// hit is one code that is offered.
type hit struct {
	Code  string `json:"code"`
	Label string `json:"label"`
}

// catalogue answers the script of the code search.
func (p *Pages) catalogue(r *web.Request) (web.Response, error) {
	list := terminology.List(r.PathValue("liste"))
	if !slices.Contains(catalogues, list) {
		return nil, errNoList
	}
	var query struct {
		Text string `form:"q,max=200"`
		Year int    `form:"jahr"`
		ICD  string `form:"icd,max=10"`
	}
	if err := r.DecodeQuery(&query); err != nil {
		return nil, err
	}
	return web.JSON(map[string][]hit{"hits": search(list, query.Text, query.Year, query.ICD, maxSuggestions)}), nil
}

// search finds codes, those that fit the tumour before others of the same rank.
// Nothing is hidden because it does not fit.
func search(list terminology.List, text string, year int, icd string, most int) []hit {
	found := terminology.Search(list, text, year)
	fits := fitness(list, icd)
	// Whoever types a code means it: only words are ranked by the tumour.
	if fits != nil && !looksLikeCode(text) {
		slices.SortStableFunc(found, func(a, b terminology.Label) int { return cmp.Compare(fits(b.Code), fits(a.Code)) })
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
	Back   ui.Link
}

// searched is the field of a section whose code is looked for.
func (o *open) searched(name string) (posted, bool) {
	p, known := resolve("", o.section.Nodes, name)
	return p, known && p.part == partWhole && p.node.Kind == form.Coded
}

// searchSection shows what fits to the words that stand in the field.
func (p *Pages) searchSection(r *web.Request) (web.Response, error) {
	var query struct {
		Field string `form:"feld,max=200"`
	}
	if err := r.DecodeQuery(&query); err != nil {
		return nil, err
	}
	o, err := p.openSection(r)
	if err != nil {
		return nil, err
	}
	field, known := o.searched(query.Field)
	if !known {
		return nil, web.ErrUnknownField
	}
	return o.showSearch(field, o.form.Sheet[field.key], nil), nil
}

func (o *open) showSearch(field posted, text string, problems ui.Problems) web.Response {
	page := newSearchPage(o.form.Sheet, o.href(), field, text, problems)
	response := web.Page("forms_search", titleSearch(field), page).With(formCrumbs(o.form.ID, o.form.Occasion, o.section.Title))
	if len(problems) > 0 {
		return response.Refused(problems)
	}
	return response
}

func titleSearch(field posted) string { return "Suchen: " + field.node.Label }

func newSearchPage(sheet form.Sheet, href string, field posted, text string, problems ui.Problems) searchPage {
	page := searchPage{Action: href + "/suche", Field: ui.Hidden("feld", form.FieldID(field.key)), Back: ui.Link{Label: "Zurück zum Abschnitt", Href: href},
		Query: ui.Text("q", "Code oder Worte", text).WithHint("Die Reihenfolge der Worte und Umlaute spielen keine Rolle").Check(problems)}
	year, icd := aim(sheet, field)
	hits := search(field.node.List, text, year, icd, 50)
	if len(hits) == 0 {
		page.None = "Zu diesen Worten gibt es keinen Code. Versuchen Sie es mit einem anderen Wort oder dem Anfang des Wortes."
		return page
	}
	options := make([]ui.Option, len(hits))
	for i, h := range hits {
		options[i] = ui.Option{Value: h.Code, Label: strings.TrimSpace(h.Code + " " + strings.TrimPrefix(h.Label, h.Code))}
	}
	choose := ui.Radios("code", ui.Count(int64(len(hits)), "Treffer", "Treffer"), options).Check(problems)
	page.Hits = &choose
	return page
}

// aim is the year and the diagnosis by which codes are chosen.
func aim(sheet form.Sheet, field posted) (int, string) {
	_, query, _ := strings.Cut((&asker{sheet: sheet}).searchPath(field.key, field.node.List), "?")
	year, icd := 0, ""
	for part := range strings.SplitSeq(query, "&") {
		switch name, value, _ := strings.Cut(part, "="); name {
		case "jahr":
			for _, c := range value {
				year = year*10 + int(c-'0')
			}
		case "icd":
			icd = value
		}
	}
	return year, icd
}

// takeSearched searches again, or puts the chosen code into its field and
// leads back; the other answers of the section were saved before.
func (p *Pages) takeSearched(r *web.Request) (web.Response, error) {
	var posting struct {
		Field string `form:"feld,max=200"`
		Text  string `form:"q,max=200"`
		Code  string `form:"code,max=100"`
		Act   string `form:"act,max=20"`
	}
	if err := r.Decode(&posting); err != nil {
		return nil, err
	}
	o, err := p.openSection(r)
	if err != nil {
		return nil, err
	}
	field, known := o.searched(posting.Field)
	if !known {
		return nil, web.ErrUnknownField
	}
	if posting.Act != "nehmen" {
		return o.showSearch(field, posting.Text, nil), nil
	}
	if posting.Code == "" {
		var problems ui.Problems
		problems.Add("code", "Wählen Sie einen Code oder suchen Sie mit anderen Worten.")
		return o.showSearch(field, posting.Text, problems), nil
	}
	a, err := p.actor(r)
	if err != nil {
		return nil, err
	}
	values := o.section.Part(o.form.Sheet)
	values.Put(field.key, posting.Code)
	_, err = p.rooms.Drafts.Save(r.Context(), a, o.form.ID, o.section.Name, sectionToken(o), values)
	if conflict, is := asConflict(err); is {
		return p.showConflict(o, conflict), nil
	}
	if err != nil {
		return nil, err
	}
	return web.Redirect(o.href()), nil
}
