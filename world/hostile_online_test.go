// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"meldewerk/exchange/wire"
	"meldewerk/internal/database"
	"meldewerk/internal/web"
	"meldewerk/report"
	reportform "meldewerk/report/form"
	"meldewerk/synth"
	"meldewerk/tumour"
)

// typeHostile fills the Online-Erfassung: a patient with an identity and a
// report of each occasion, all texts hostile; one whose report is handed in and
// edited again; one who is being corrected.
func (p *plant) typeHostile(c *clerk) {
	p.t.Helper()
	samples := map[tumour.Occasion]*report.Report{}
	for r := range synth.New(synth.Options{Seed: 61, Patients: 40}).Reports() {
		if known := samples[r.Event.Occasion()]; known == nil || len(reportform.Encode(r)) > len(reportform.Encode(known)) {
			samples[r.Event.Occasion()] = r
		}
	}
	record := c.newPatient("M-1", `P"'><mw-pwn onload=x>`)
	var identity reportform.Sheet
	for _, o := range tumour.Occasions() {
		identity = hostileSheet(identitySheet(samples[o]))
		_, medical := reportform.Encode(samples[o]).Split()
		medical = hostileSheet(medical)
		form := c.begin(record, o, "")
		note := successful(p.t, c.read(form), form+"/notiz")
		note.Set("note", "Notiz "+hostileText)
		c.answer(form+"/notiz", note, http.StatusSeeOther)
		for _, s := range reportform.Sections(medical) {
			if !s.OfPatient() && len(s.Part(medical)) > 0 {
				c.typeAnything(form+"/"+s.Name, medical, s)
			}
		}
	}
	for _, s := range reportform.Sections(identity) {
		if s.OfPatient() {
			c.typeAnything(record+"/"+s.Name, identity, s)
		}
	}
	for i, reports := range patientsOf(synth.Options{Seed: 62, Patients: 2}, 1) {
		if i == 0 {
			reports[0].Remark = tumour.Text("Anmerkung " + hostileText)
		}
		one := c.typePatient(reports, true, func() {})
		if i == 0 {
			c.answer(one.forms[0]+"/bearbeiten", nil, http.StatusSeeOther)
			continue
		}
		c.answer(one.record+"/berichtigung", url.Values{"grund": {"spelling"}}, http.StatusSeeOther)
		again := identitySheet(reports[0])
		again.Put("patient.address.street", hostileText)
		c.typeIdentity(one.record, again) // complete: it could be handed in
	}
	// An identity that is handed in already, with nothing going on.
	c.typePatient(patientsOf(synth.Options{Seed: 63, Patients: 1}, 1)[0], true, func() {})
}

// hostileSheet puts the hostile text into every field that takes words, and a
// row of words where there is none.
func hostileSheet(sheet reportform.Sheet) reportform.Sheet {
	out := sheet.Clone()
	for key := range sheet {
		f, known := reportform.At(sheet, key)
		if known && slices.Contains([]reportform.Kind{reportform.Words, reportform.Lines, reportform.Coded}, f.Node.Kind) &&
			!strings.HasPrefix(key, "report.") && key != "tumour.id" && key != "tumour.icd.code" {
			out[key] = hostileText
		}
	}
	out.Put("remark", "Anmerkung "+hostileText)
	out.Put("extras.0.kind", hostileText)
	out.Put("patient.former-names.0", hostileText)
	return out
}

// typeAnything saves a section as a browser would that saves on its own: it may
// hold what no report could.
func (c *clerk) typeAnything(path string, sheet reportform.Sheet, section *reportform.Section) {
	c.p.t.Helper()
	values := posted(sheet, section.Part(sheet))
	values.Set("version", c.token(c.read(path)))
	c.answer(path+"/entwurf", values, http.StatusOK)
}

// typedPages are the pages of every section of what is being typed, and the
// code search of one of its fields, which no link leads to.
func (p *plant) typedPages() []string {
	p.t.Helper()
	var pages []string
	must(p.t, p.ground(wire.Portal).DB.Read(p.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		records, err := texts(ctx, tx, `SELECT '/patienten/' || id FROM patient_record ORDER BY correction DESC, id`)
		if err != nil {
			return err
		}
		for _, record := range records {
			pages = append(pages, record, record+"/person", record+"/anschrift", record+"/loeschen", record+"/berichtigung",
				strings.Replace(record, "/patienten/", "/meldungen/neu?akte=", 1))
		}
		reports, err := texts(ctx, tx, `SELECT '/meldungen/' || id FROM form ORDER BY sent DESC, occasion, id`)
		if err != nil {
			return err
		}
		for _, report := range reports {
			pages = append(pages, report, report+"/fassungen", report+"/quittung", report+"/verwerfen", report+"/pruefen")
		}
		open, err := texts(ctx, tx, `SELECT '/meldungen/' || id || ' ' || occasion FROM form WHERE sheet IS NOT NULL ORDER BY occasion, id`)
		if err != nil {
			return err
		}
		for _, row := range open {
			report, occasion, _ := strings.Cut(row, " ")
			pages = append(pages, report+"/tumor/suche?feld=f-tumour-icd-code")
			for _, s := range reportform.Sections(reportform.NewSheet(tumour.Occasion(occasion))) {
				if !s.OfPatient() {
					pages = append(pages, report+"/"+s.Name)
				}
			}
		}
		return nil
	}))
	return pages
}

// Acts that no page offers here.
const (
	unshown   = "/entwurf"         // only a script sends there
	uninsured = "/anschrift/suche" // only where a list of the insurers lies beside the program
)

// wantEveryActOfDrafts wants a form for each act on a patient and a report: else
// the test of all forms would be blind to the Online-Erfassung.
func (p *plant) wantEveryActOfDrafts(t *testing.T, forms []string) {
	t.Helper()
	acts := 0
	for _, route := range web.Table(p.handler(wire.Portal)) {
		if route.Method() != http.MethodPost || strings.HasSuffix(route.Pattern, unshown) || strings.HasSuffix(route.Pattern, uninsured) ||
			!strings.Contains(route.Pattern, "{akte}") && !strings.Contains(route.Pattern, "{meldung}") {
			continue
		}
		acts++
		_, path, _ := strings.Cut(route.Pattern, " ")
		action := regexp.MustCompile("^[0-9]" + placeholder.ReplaceAllString(path, "[^/ ]+") + " ")
		if !slices.ContainsFunc(forms, action.MatchString) {
			t.Errorf("no page shows a form for %s", route.Pattern)
		}
	}
	if acts < 10 {
		t.Errorf("only %d acts", acts)
	}
}
