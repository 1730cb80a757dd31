// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/trustcentre/internal/handover"
	"meldewerk/trustcentre/internal/query"
	trust "meldewerk/trustcentre/internal/store"
)

// askForm is what the form "Rückfrage stellen" posts.
type askForm struct {
	Field  string `form:"feld,max=200"`
	Ground string `form:"grund,max=20"`
	Words  string `form:"zusatz,max=2000,lines"`
}

// errUnfit means that the words hold what no form takes, often pasted along.
var errUnfit = fault.New(fault.Invalid, "query.unfit",
	"Der Zusatz enthielt unsichtbare Steuerzeichen oder war viel zu lang. Die Zeichen sind entfernt. Lesen Sie ihn durch und senden Sie ihn noch einmal.")

// postedQuestion reads the form. Where its words are refused for their
// characters they come without those, with errUnfit.
func postedQuestion(r *web.Request) (askForm, error) {
	body, err := io.ReadAll(r.Body) // to have the words when the form refuses them
	if tooLarge, is := errors.AsType[*http.MaxBytesError](err); is {
		return askForm{}, tooLarge
	}
	if err != nil {
		return askForm{}, web.ErrBadForm.Because(err)
	}
	var form askForm
	r.Body = io.NopCloser(bytes.NewReader(body))
	err = r.Decode(&form)
	if !errors.Is(err, web.ErrFieldText) {
		return form, err
	}
	values, _ := url.ParseQuery(string(body)) // Decode has parsed it
	words := strings.Map(func(c rune) rune {
		if c != '\n' && unicode.In(c, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(values.Get("zusatz"), ""))
	return askForm{Field: values.Get("feld"), Ground: values.Get("grund"), Words: words}, errUnfit
}

// asking is the part of the page of a stopped record about queries.
type asking struct {
	Threads *ui.Table // nil: none was asked
	Fields  []ui.Field
	Blind   bool // no words of one's own: nothing is here to compare them with
}

// askable lists what may be asked about: the stopped fields, those of the
// identity by name, the whole.
func askable(h *trust.Held) []ui.Option {
	var options []ui.Option
	for _, stop := range h.Stops {
		name := fieldName(stop.Field)
		if !slices.ContainsFunc(options, func(o ui.Option) bool { return o.Value == name }) {
			options = append(options, ui.Option{Value: name, Label: name})
		}
	}
	for _, name := range append(query.PersonFields(), query.Whole) {
		options = append(options, ui.Option{Value: name, Label: name})
	}
	return options
}

func newAsking(h *trust.Held, threads []trust.Thread, form askForm, problems ui.Problems) asking {
	var grounds []ui.Option
	for _, g := range query.Grounds() {
		grounds = append(grounds, ui.Option{Value: g.Key, Label: g.Sentence})
	}
	fields := append([]ui.Option{{Value: "", Label: "Feld wählen"}}, askable(h)...)
	a := asking{Blind: !h.Named, Fields: []ui.Field{
		ui.Select("feld", "Um welches Feld geht es?", ui.Choose(fields, form.Field)).Check(problems),
		ui.Radios("grund", "Was fragen Sie?", ui.Choose(grounds, form.Ground)).WithHint("Die Einrichtung liest genau diesen Satz.").Check(problems),
	}}
	if h.Named {
		words := ui.Area("zusatz", "Zusatz in eigenen Worten", form.Words).WithHint("Höchstens 500 Zeichen. Nennen Sie keine Angabe zur Person: Der Zusatz geht an das Meldeportal.").Voluntary().Check(problems)
		words.MaxLength, words.Rows = query.MaxWords, 3
		a.Fields = append(a.Fields, words)
	}
	if len(threads) == 0 {
		return a
	}
	a.Threads = &ui.Table{Caption: "Rückfragen zu dieser Meldung", Columns: []ui.Column{ui.Col("Feld"), ui.Col("Stand")}}
	for i := range threads {
		badge := queryBadge(&threads[i])
		a.Threads.Rows = append(a.Threads.Rows, ui.Row{Cells: []ui.Cell{
			{Text: threads[i].Field, Href: pathQueries + "/" + string(threads[i].ID), Header: true, More: "gestellt am " + ui.Moment(threads[i].AskedAt)},
			{Badge: &badge, More: remark(&threads[i])}}})
	}
	return a
}

// askProblems says at which field a refusal stands.
var askProblems = map[string]string{
	query.ErrGround.Key: "grund", query.ErrWords.Key: "zusatz", query.ErrNames.Key: "zusatz", query.ErrBlind.Key: "grund",
	query.ErrAsked.Key: "feld", query.ErrMany.Key: "",
}

func (p *Pages) ask(r *web.Request) (web.Response, error) {
	form, unfit := postedQuestion(r)
	if unfit != nil && !errors.Is(unfit, errUnfit) {
		return nil, unfit
	}
	id := handover.DossierID(r.PathValue("id"))
	h, record, err := p.store.Stopped(r.Context(), r.Principal.AccountID, id)
	if err != nil {
		return nil, err
	}
	var problems ui.Problems
	if !slices.ContainsFunc(askable(&h), func(o ui.Option) bool { return o.Value == form.Field }) {
		problems.Add("feld", "Es fehlt, um welches Feld es geht. Wählen Sie eines aus.")
	}
	if !slices.ContainsFunc(query.Grounds(), func(g query.Ground) bool { return g.Key == form.Ground }) {
		problems.Add("grund", query.ErrGround.Sentence)
	}
	if unfit != nil {
		problems.Add("zusatz", errUnfit.Sentence)
	}
	if len(problems) == 0 {
		draft := query.Draft{Ground: form.Ground, Words: form.Words}
		err := p.store.Ask(r.Context(), r.Principal.AccountID, id, trust.Question{Field: form.Field, OpenFor: p.terms.ForwardOpenAfter, Compose: draft.Compose})
		refusal, is := errors.AsType[*fault.Fault](err)
		field, ours := "", false
		if is {
			field, ours = askProblems[refusal.Key]
		}
		switch {
		case err == nil:
			return web.Redirect("/wartend/" + string(id)).Notice("query-asked"), nil
		case !ours:
			return nil, err
		}
		problems.Add(field, refusal.Sentence)
	}
	threads, err := p.store.ThreadsOf(r.Context(), id)
	if err != nil {
		return nil, err
	}
	page := newStopped(h, &record, p.terms)
	page.Ask = newAsking(&h, threads, form, problems)
	return web.Page("stopped", stoppedTitle, page).Refused(problems), nil
}
