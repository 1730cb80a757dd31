// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report/form"
)

// conflictPage shows both versions of a section, field by field: nothing is
// overwritten without a word.
type conflictPage struct {
	Sentence string
	Table    ui.Table
	Action   string
	Hidden   []ui.Field // what was to be saved
	Keep     ui.Link    // the page with what is stored
}

const titleConflict = "Zwei Fassungen dieses Abschnitts"

// asConflict says whether an error is a save that would have overwritten.
func asConflict(err error) (*drafting.Conflict, bool) {
	return errors.AsType[*drafting.Conflict](err)
}

func (p *Pages) showConflict(o *open, c *drafting.Conflict) web.Response {
	return web.Page("forms_conflict", titleConflict, newConflict(p.codes(), o.section, c, o.href(), o.href())).Status(statusConflict).With(wide).
		With(formCrumbs(o.form.ID, o.form.Occasion, o.section.Title))
}

// newConflict makes the page: action takes the same fields again, keep shows
// the section as it is stored.
func newConflict(codes codebook, section *form.Section, c *drafting.Conflict, action, keep string) conflictPage {
	page := conflictPage{Action: action, Keep: ui.Link{Label: "Gespeicherte Angaben behalten", Href: keep},
		Sentence: c.By + " hat diesen Abschnitt am " + ui.Moment(c.At) + " geändert, während Sie ihn ausgefüllt haben. Wählen Sie, welche Angaben gelten.",
		Hidden:   append([]ui.Field{ui.Hidden("version", c.Token)}, hiddenFields(c.Yours, section)...)}
	page.Table = ui.Table{Caption: "Felder, die sich unterscheiden", Columns: []ui.Column{ui.Col("Angabe"), ui.Col("Gespeichert von " + c.By), ui.Col("Von Ihnen")}}
	for _, d := range codes.differences(c.Stored, c.Yours, []*form.Section{section}) {
		page.Table.Rows = append(page.Table.Rows, ui.Cells(d.Label, orNone(d.Before), orNone(d.After)))
	}
	if len(page.Table.Rows) == 0 {
		page.Table.Empty = ui.Empty{Title: "Kein sichtbarer Unterschied", Body: "Die Schreibweise unterscheidet sich, die Bedeutung nicht."}
	}
	return page
}

func orNone(text string) string {
	if text == "" {
		return "keine Angabe"
	}
	return text
}
