// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"

	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/policy"
	"meldewerk/portal/internal/handbook"
)

var helpPages = []string{"handbook", "handbook_topic"}

const (
	pathHelp  = "/hilfe"
	titleHelp = "Hilfe"
)

// errNoTopic leads back from an address that names no topic.
var errNoTopic = fault.New(fault.NotFound, "help.unknown",
	"Unter dieser Adresse steht im Handbuch nichts. Suchen Sie das Thema auf der Seite „Hilfe“.")

// helpRoutes are open to everybody: somebody who cannot sign in needs help most.
func (p *Pages) helpRoutes() []web.Route {
	book := openHandbook(p.rooms.Profile)
	public := []web.Role{web.Public}
	return []web.Route{
		{Pattern: "GET " + pathHelp, Roles: public, Handler: func(r *web.Request) (web.Response, error) {
			var form struct {
				Query string `form:"q,max=200"`
			}
			if err := r.DecodeQuery(&form); err != nil {
				return nil, err
			}
			page := newHelp(book, form.Query)
			return web.Page("handbook", page.title(), page), nil
		}},
		{Pattern: "GET " + pathHelp + "/{thema}", Roles: public, Handler: func(r *web.Request) (web.Response, error) {
			topic, known := book.Topic(r.PathValue("thema"))
			if !known {
				return nil, errNoTopic
			}
			return web.Page("handbook_topic", topic.Title, newHelpTopic(book, topic)).With(topicFrame(topic)), nil
		}},
	}
}

// openHandbook opens the texts, which are built in and held by tests.
func openHandbook(profile policy.Profile) *handbook.Book {
	book, err := handbook.Open(profile)
	if err != nil {
		panic("pages: " + err.Error())
	}
	return book
}

// helpPage is the start of the handbook, or what a search has found.
type helpPage struct {
	Query    ui.Field
	Asked    bool // something is looked for
	Hits     []helpLink
	Often    []helpLink
	Groups   []helpGroup
	Licences []ui.Link
}

type helpLink struct {
	Title string
	Href  string
	Short string
	Place ui.Link // the section that fits best, for a hit
}

type helpGroup struct {
	ID     string
	Title  string
	Intro  string
	Topics []helpLink
}

func topicPath(id string) string { return pathHelp + "/" + id }

func topicLink(t *handbook.Topic) helpLink {
	return helpLink{Title: t.Title, Href: topicPath(t.ID), Short: t.Short}
}

func newHelp(book *handbook.Book, query string) helpPage {
	field := ui.Text("q", "Wonach suchen Sie?", query)
	field.MaxLength = 200
	field.Hint = "Ein Wort oder eine Frage, zum Beispiel „Code wird nicht angenommen“"
	page := helpPage{Query: field, Asked: strings.TrimSpace(query) != "", Licences: ui.Licences()}
	if page.Asked {
		for _, h := range book.Search(query) {
			link := topicLink(h.Topic)
			if h.Part != nil {
				link.Place = ui.Link{Label: h.Part.Title, Href: link.Href + "#" + h.Part.Anchor}
			}
			page.Hits = append(page.Hits, link)
		}
	}
	for _, t := range book.Often() {
		page.Often = append(page.Often, topicLink(t))
	}
	for _, g := range book.Groups() {
		group := helpGroup{ID: g.ID, Title: g.Title, Intro: g.Intro}
		for _, t := range g.Topics {
			group.Topics = append(group.Topics, topicLink(t))
		}
		page.Groups = append(page.Groups, group)
	}
	return page
}

// title never repeats what was typed: it may be a name.
func (h helpPage) title() string {
	if h.Asked {
		return "Hilfe: Suche"
	}
	return titleHelp
}

// helpTopicPage is one topic.
type helpTopicPage struct {
	Parts   []handbook.Part
	Pages   []ui.Link
	Related []ui.Link
	Query   ui.Field
}

func newHelpTopic(book *handbook.Book, t *handbook.Topic) helpTopicPage {
	page := helpTopicPage{Parts: t.Parts, Query: ui.Text("q", "Im Handbuch suchen", "")}
	page.Query.MaxLength = 200
	for _, p := range t.Pages {
		page.Pages = append(page.Pages, ui.Link{Label: p.Label, Href: p.Path})
	}
	for _, other := range book.Related(t) {
		page.Related = append(page.Related, ui.Link{Label: other.Title, Href: topicPath(other.ID)})
	}
	return page
}

func topicFrame(t *handbook.Topic) func(*ui.Frame) {
	return func(f *ui.Frame) {
		f.Lead = t.Short
		f.Crumbs = []ui.Link{{Label: titleHelp, Href: pathHelp}, {Label: t.Group.Title, Href: pathHelp + "#" + t.Group.ID}, {Label: t.Title}}
	}
}

func (g gallery) help() []ui.State {
	book := openHandbook(galleryProfile())
	start := func(name, query string, touches ...func(*ui.Frame)) ui.State {
		page := newHelp(book, query)
		return g.state("handbook", name, page.title(), pathHelp, page, touches...)
	}
	topic := func(id string, touches ...func(*ui.Frame)) ui.State {
		t, _ := book.Topic(id)
		return g.state("handbook_topic", id, t.Title, topicPath(id), newHelpTopic(book, t), append(touches, topicFrame(t))...)
	}
	signedOut := func(f *ui.Frame) { f.User, f.Facility, f.Role, f.Nav = "", "", "", nil }
	return []ui.State{
		start("Anfang", ""),
		start("Anfang, nicht angemeldet", "", signedOut),
		start("Treffer", "Einmalkenwort falsch"),
		start("kein Treffer", "qqqqqqqq"),
		topic("einmalkennwort", signedOut),
		topic("erste-meldung"),
		topic("tnm"),
		topic("stand"),
	}
}

func galleryProfile() policy.Profile {
	profile, err := policy.Of(string(policy.KKN))
	if err != nil {
		panic("pages: " + err.Error()) // cannot be: the profile is built in
	}
	return profile
}
