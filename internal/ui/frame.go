// SPDX-License-Identifier: EUPL-1.2

package ui

import (
	"time"
)

// House is which of the three houses a page belongs to. It decides the accent
// and the name in words, so that nobody types into the wrong house.
type House string

// The three houses, and none for pages that belong to no house (gallery list).
const (
	Portal      House = "portal"
	TrustCentre House = "trustcentre"
	Registry    House = "registry"
)

// Word is the German name of the house as people say it.
func (h House) Word() string {
	switch h {
	case Portal:
		return "Meldeportal"
	case TrustCentre:
		return "Vertrauensstelle"
	case Registry:
		return "Registerstelle"
	default:
		return "meldewerk"
	}
}

// Accent is the class that carries the colour of the house.
func (h House) Accent() string {
	switch h {
	case Portal, TrustCentre, Registry:
		return "mw-house--" + string(h)
	default:
		return "mw-house--none"
	}
}

// Frame is everything around the content of a page: whose house, who is signed
// in, where one can go, and what went wrong with the last post.
type Frame struct {
	House    House
	Title    string // the h1, and the page title; never a name or patient number
	Lead     string // one sentence under the h1, may be empty
	Instance string // name of the registry, e.g. "Krebsregister Musterland"

	User     string // signed-in person as shown in the bar; empty: nobody is signed in
	Facility string // reporting facility or office
	Role     string // role in German words

	Units []UnitChoice // units the person may switch to; fewer than two: no switch
	Told  []string     // what happened to the account, to be acknowledged
	Path  string       // where to go on after acknowledging it

	Nav    []NavItem
	Crumbs []Link
	Footer []Link // additional links; the statement and the feedback way are always there

	Demo   bool     // striped band "Probebetrieb – keine echten Daten"
	Notice *Alert   // what the last act has done
	Errors Problems // of a refused post: summary on top, focus, title "Fehler: …"

	Theme    string // "light" or "dark" as the account wants it; empty: as the browser asks
	MayPrint bool   // a granted disclosure whose purpose needs paper: print shows mw-identity

	Wide    bool     // full width for tables and record pairs
	Scripts []string // further scripts of this package that the page needs, e.g. "codesearch.js"

	SessionEnds time.Time // zero: no warning before the end of the session
	Now         time.Time // for the print head and the remaining session time
	PrintID     string    // number of the report or receipt in the print head; never a patient number
	Refresh     int       // seconds after which the page loads itself anew; 0: never
}

// NavItem is one entry of the navigation of a house.
type NavItem struct {
	Label   string
	Href    string
	Count   int  // work waiting there; 0 is not shown
	Current bool // the page being shown lies there
}

// UnitChoice is one unit in the switch of the bar.
type UnitChoice struct {
	ID, Name string
	Current  bool
}

// Link is a named address within the house.
type Link struct {
	Label string
	Href  string
}

// Problem is one thing to mend in a refused form: the field and the sentence.
type Problem struct {
	Field    string // name of the form field; empty if it concerns the whole form
	Sentence string // German, what is wrong and how to mend it
	Heading  string // of the summary, if it concerns the whole form; empty: the usual one
}

// Problems are all things to mend, in the order of the form.
type Problems []Problem

// Add appends one more.
func (p *Problems) Add(field, sentence string) {
	*p = append(*p, Problem{Field: field, Sentence: sentence})
}

// AddWhole appends one that concerns the whole form, with the heading of the
// summary.
func (p *Problems) AddWhole(heading, sentence string) {
	*p = append(*p, Problem{Sentence: sentence, Heading: heading})
}

// Heading is the title of the summary: how many fields there are to mend, or
// what went wrong altogether.
func (p Problems) Heading() string {
	fields := 0
	for _, one := range p {
		if one.Field == "" && one.Heading != "" {
			return one.Heading
		}
		if one.Field != "" {
			fields++
		}
	}
	switch {
	case fields == 0:
		return "Das hat nicht geklappt"
	case len(p) == 1:
		return "Eine Angabe fehlt noch oder passt nicht"
	default:
		return Number(int64(len(p))) + " Angaben fehlen noch oder passen nicht"
	}
}

// Of gives the first sentence about a field, or nothing.
func (p Problems) Of(field string) string {
	for _, one := range p {
		if one.Field == field {
			return one.Sentence
		}
	}
	return ""
}

// PageTitle is the title element: the act, the house, the registry.
func (f Frame) PageTitle() string {
	title := f.Title + " – " + f.House.Word()
	if f.Instance != "" {
		title += " – " + f.Instance
	}
	if len(f.Errors) > 0 {
		title = "Fehler: " + title
	}
	return title
}

// SecondsLeft is how long the session still lasts, for the warning script.
func (f Frame) SecondsLeft() int {
	if f.SessionEnds.IsZero() || f.Now.IsZero() || f.User == "" {
		return 0
	}
	return max(0, int(f.SessionEnds.Sub(f.Now).Seconds()))
}
