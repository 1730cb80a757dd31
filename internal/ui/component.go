// SPDX-License-Identifier: EUPL-1.2

package ui

import (
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Kind is the tone of a badge or alert. It is never shown by colour alone:
// each kind has its icon, and each badge its word.
type Kind string

// The tones.
const (
	Neutral Kind = "neutral"
	Info    Kind = "info"
	Success Kind = "success"
	Warning Kind = "warning"
	Danger  Kind = "danger"
)

// Badge is a state in one word, with an icon.
type Badge struct {
	Kind Kind
	Word string
	Icon string // KERN icon name; empty: the icon of the kind
}

// IconName is the icon that is drawn.
func (b Badge) IconName() string {
	if b.Icon != "" {
		return b.Icon
	}
	return b.Kind.icon()
}

func (k Kind) icon() string {
	switch k {
	case Success, Warning, Danger, Info:
		return string(k)
	default:
		return "draft"
	}
}

// Class is the style of the kind, for badges and alerts.
func (b Badge) Class() string {
	if b.Kind == "" || b.Kind == Neutral {
		return "mw-badge--neutral"
	}
	return "kern-badge--" + string(b.Kind)
}

// Alert is a box that must be seen: a title, sentences, perhaps links.
type Alert struct {
	Kind  Kind
	Title string
	Body  string
	Items []string
	Links []Link
	Live  bool // read aloud when it appears (after an act)
}

// Class is the KERN class of the alert.
func (a Alert) Class() string {
	if a.Kind == "" || a.Kind == Neutral {
		return "kern-alert--info"
	}
	return "kern-alert--" + string(a.Kind)
}

// IconName is the icon in the head of the alert.
func (a Alert) IconName() string {
	if a.Kind == "" || a.Kind == Neutral {
		return "info"
	}
	return a.Kind.icon()
}

// Hints is the calm list of what could be better; it never stops sending.
type Hints struct {
	Title string // empty: "Hinweise"
	Items []Hint
}

// Hint is one thing worth a look, with the field to jump to.
type Hint struct {
	Field    string // id on the same page, may be empty
	Href     string // or the address of another page
	Sentence string
	Rule     string // id of the rule, shown small
	Kind     Kind   // Warning or Info; Danger for what stops sending
}

// IconName is the icon in front of the hint.
func (h Hint) IconName() string {
	if h.Kind == "" || h.Kind == Neutral {
		return "info"
	}
	return h.Kind.icon()
}

// Button is what posts the form it stands in.
type Button struct {
	Label   string
	Name    string // with Value: which of several buttons was pressed
	Value   string
	Icon    string
	Kind    string // "primary" (default), "secondary", "tertiary"
	Action  string // other address than the form's
	Confirm string // full sentence for screen readers where the label is short
	Focus   bool   // the page begins here
}

// Class is the KERN class of the button.
func (b Button) Class() string {
	if b.Kind == "" {
		return "kern-btn--primary"
	}
	return "kern-btn--" + b.Kind
}

// Item is one line of a description list or summary.
type Item struct {
	Key    string
	Value  string
	Values []string // several lines instead of Value
	Badge  *Badge
	Href   string // makes the value a link
	Change Link   // "Ändern", to the field's page
	Masked string // reason why the value cannot be seen; shown instead of it
}

// Details is a description list.
type Details struct {
	Items []Item
}

// Summary is one block of "check your answers": number, title, answers.
type Summary struct {
	Number int
	Title  string
	Items  []Item
	Change Link // of the whole block
	Badge  *Badge
}

// TaskList is what there is to do, each with a state.
type TaskList struct {
	Title    string
	Numbered bool
	Tasks    []Task
}

// Task is one step; without Href it cannot be opened yet.
type Task struct {
	Title string
	Href  string
	Hint  string
	Badge Badge
}

// Timeline is an ordered list of what happened.
type Timeline struct {
	Label  string // name of the list for screen readers
	Events []Event
}

// Event is one thing on a timeline.
type Event struct {
	When    string // as shown: "03.11.2025", "11/2025"
	Machine string // RFC 3339 or YYYY-MM-DD for the time element, may be empty
	Title   string
	Href    string
	Badge   *Badge
	Source  string // who said so, e.g. "Andere Einrichtung"
	Lines   []string
	Style   string // "", "hollow" (of others), "dashed" (expected, missing)
	Links   []Link
}

// Class is the style of the event's mark.
func (e Event) Class() string {
	if e.Style == "" {
		return "mw-event"
	}
	return "mw-event mw-event--" + e.Style
}

// Progress is how far long work has come, in counts.
type Progress struct {
	ID     string
	Label  string // "Meldungen werden geprüft"
	Done   int64
	Total  int64  // 0: not known yet
	Status string // address of the JSON to poll: {done,total,text,finished,next}; empty: none
	Text   string // "412 von 1.203 Meldungen geprüft"; empty: made from the counts
}

// Sentence is the progress in words.
func (p Progress) Sentence() string {
	switch {
	case p.Text != "":
		return p.Text
	case p.Total > 0:
		return Number(p.Done) + " von " + Number(p.Total)
	default:
		return "Die Arbeit beginnt gleich."
	}
}

// Empty says what will appear here, why there is nothing, and the first step.
type Empty struct {
	Title  string
	Body   string
	Action Link
}

// Table is a list in columns. More than PageSize rows are split over pages.
type Table struct {
	Caption string
	Count   string // count first: "1.203 Meldungen, 37 abgewiesen"
	Columns []Column
	Rows    []Row
	Empty   Empty // shown instead of the table when there are no rows
	Pages   Pagination
	Small   bool
}

// Column is the head of one column.
type Column struct {
	Label   string
	Numeric bool
	Sort    string // address that sorts by this column; empty: not sortable
	Sorted  string // "", "ascending", "descending"
	Hidden  bool   // label only for screen readers (actions)
}

// Row is one line of a table.
type Row struct {
	Cells []Cell
	Mark  string // "", "diff", "danger": with a word in one of its cells
}

// Cell is one field of a table.
type Cell struct {
	Text   string
	More   string // second, smaller line
	Href   string
	Name   string // full name of the link for screen readers, appended invisibly
	Badge  *Badge
	Header bool // names its row
	Post   *RowAction
}

// RowAction is a button in a table row that posts on its own.
type RowAction struct {
	Action string // address
	Label  string
	Name   string // full name for screen readers
	Fields []Field
}

// Col makes a plain column.
func Col(label string) Column { return Column{Label: label} }

// NumCol makes a column of numbers.
func NumCol(label string) Column { return Column{Label: label, Numeric: true} }

// Cells makes a row of plain texts; the first names the row.
func Cells(texts ...string) Row {
	row := Row{Cells: make([]Cell, len(texts))}
	for i, t := range texts {
		row.Cells[i] = Cell{Text: t, Header: i == 0}
	}
	return row
}

// Numeric says whether the nth column holds numbers.
func (t Table) Numeric(n int) bool { return n < len(t.Columns) && t.Columns[n].Numeric }

// PageSize is how many rows a table shows at once.
const PageSize = 50

// Pagination leads through a list page by page.
type Pagination struct {
	Page  int // from 1
	Pages int
	Label string // name for screen readers, e.g. "Seiten der Meldungen"
	path  string
	query url.Values
}

// Pages makes the pagination for a list of total rows. query holds the filter
// of the list, which every page keeps; the page stands in "seite".
func Pages(total, page int, path string, query url.Values) Pagination {
	pages := max(1, (total+PageSize-1)/PageSize)
	return Pagination{Page: min(max(1, page), pages), Pages: pages, Label: "Seiten", path: path, query: query}
}

// Offset is how many rows stand before this page.
func (p Pagination) Offset() int { return (max(p.Page, 1) - 1) * PageSize }

// Href is the address of the nth page.
func (p Pagination) Href(n int) string {
	q := url.Values{}
	for k, v := range p.query {
		if k != "seite" {
			q[k] = v
		}
	}
	if n > 1 {
		q.Set("seite", strconv.Itoa(n))
	}
	if len(q) == 0 {
		return p.path
	}
	return p.path + "?" + q.Encode()
}

// Prev is the page before, 0 if none.
func (p Pagination) Prev() int { return p.Page - 1 }

// Next is the page after, 0 if none.
func (p Pagination) Next() int {
	if p.Page >= p.Pages {
		return 0
	}
	return p.Page + 1
}

// Near lists the page numbers to show; 0 stands for a gap.
func (p Pagination) Near() []int {
	var out []int
	last := 0
	for n := 1; n <= p.Pages; n++ {
		if n == 1 || n == p.Pages || (n >= p.Page-1 && n <= p.Page+1) {
			if last != 0 && n != last+1 {
				out = append(out, 0)
			}
			out = append(out, n)
			last = n
		}
	}
	return out
}

// Section is where one stands in a form of several pages.
type Section struct {
	Number int
	Of     int
}

// Sentence is the position in words.
func (s Section) Sentence() string {
	return fmt.Sprintf("Abschnitt %d von %d", s.Number, s.Of)
}

// Day makes the shown and the machine form of a day for an Event.
func Day(t time.Time) (shown, machine string) {
	if t.IsZero() {
		return "", ""
	}
	return Date(t), t.In(Berlin).Format(time.DateOnly)
}
