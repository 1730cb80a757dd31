// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"context"
	"slices"

	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// Check judges a report as it would go now.
func (m *Room) Check(ctx context.Context, unit string, id FormID) (Checked, error) {
	f, err := m.Store.Form(ctx, unit, id)
	if err != nil {
		return Checked{}, err
	}
	r, err := m.Store.Record(ctx, unit, f.Record)
	if err != nil {
		return Checked{}, err
	}
	c, _, err := m.check(ctx, r, f)
	if err != nil {
		return Checked{}, err
	}
	return *c, nil
}

// check judges a form and gives the verdict it was made from too.
func (m *Room) check(ctx context.Context, r Record, f Form) (*Checked, *verdict, error) {
	c := &Checked{Form: f, Record: r, Notified: m.today()}
	if r.Sealed() {
		c.As = report.PersonKnown
	}
	others, err := m.formsOf(ctx, r.Unit, r.ID, siblings)
	if err != nil {
		return nil, nil, err
	}
	others = slices.DeleteFunc(others, func(o Form) bool { return o.ID == f.ID })
	sheet := r.whole(&f, f.Content(), c.As)
	v, err := m.judge(sheet, c.As, r.submitted(others))
	if err != nil {
		return nil, nil, err
	}
	findings := v.placed
	if c.As != report.PersonKnown {
		findings = append(findings, r.named(sheet, f.Note, others)...)
	}
	c.Report, c.Fallen = v.report, v.fallen
	c.judged(sheet, findings)
	return c, v, nil
}

// judged puts the findings to the sections where they are to be mended.
func (c *Checked) judged(sheet form.Sheet, findings []Finding) {
	asked := form.Sections(sheet)
	for i, f := range findings {
		if !slices.ContainsFunc(asked, func(s *form.Section) bool { return s.Name == f.Section }) {
			findings[i].Section = "" // it has no page
		}
		if f.Rule == ruleNumber {
			c.Identity.Errors++
		}
	}
	c.Errors, c.Warnings = parted(findings)
	for _, s := range asked {
		state := stateOf(s, sheet, findings)
		if !s.OfPatient() {
			c.Sections = append(c.Sections, state)
			continue
		}
		if c.Identity.Section == nil {
			c.Identity.Section = s
		}
		c.Identity.Filled = c.Identity.Filled || state.Filled
		c.Identity.Errors += state.Errors
		c.Identity.Warnings += state.Warnings
	}
}

// whole joins a form's medical content with the record's fields. By reference
// there is no identity in it.
func (r *Record) whole(f *Form, content form.Sheet, as report.PersonAs) form.Sheet {
	_, sheet := content.Split()
	sheet.Put("occasion", string(f.Occasion))
	sheet.Put("report.id", string(f.Report))
	of := *r
	if as == report.PersonKnown {
		of.Identity = nil
	}
	return of.fill(sheet)
}

// submitted gives the reports of a record that were handed in before, oldest
// first, for the rules that look over several.
func (r *Record) submitted(others []Form) []*report.Report {
	var earlier []*report.Report
	for i := len(others) - 1; i >= 0; i-- {
		if last := others[i].Last(); last != nil {
			earlier = append(earlier, form.Decode(r.whole(&others[i], last.Sheet, report.PersonKnown)).Report)
		}
	}
	return earlier
}

// named looks for the patient where he must not be named: in the open text and
// the note of the form, in the patient number, and in the other forms of the
// record, which stay when the identity goes.
func (r *Record) named(sheet form.Sheet, note string, others []Form) []Finding {
	p := &form.Decode(sheet).Report.Person
	words := wordsOf(p, r.Patient)
	findings := append(numberMentions(p, r.Patient), mentions(words, sheet, note)...)
	for _, o := range others {
		texts := mentions(words, r.whole(&o, o.Content(), report.PersonKnown), o.Note)
		if last := o.Last(); last != nil && o.Sheet != nil { // it goes again with a correction, whatever is being edited
			texts = append(texts, mentions(words, r.whole(&o, last.Sheet, report.PersonKnown), "")...)
		}
		if len(texts) == 0 {
			continue
		}
		f := mentioned("", o.Occasion.German())
		f.Form = o.ID
		f.Message = "In einer anderen Meldung zu dieser Person (" + o.Occasion.German() + ") nennt ein Text oder die interne Notiz sie."
		if o.Last() != nil {
			f.Remedy = "Bearbeiten Sie diese Meldung und übermitteln Sie sie ohne die Nennung. Ist dafür eine Berichtigung im Weg, verwerfen Sie diese und beginnen Sie sie danach neu."
		}
		findings = append(findings, f)
	}
	return findings
}

// parted tells what stops a report from what is to be confirmed.
func parted(findings []Finding) (stop, warn []Finding) {
	for _, f := range findings {
		if f.Severity == report.Error {
			stop = append(stop, f)
		} else {
			warn = append(warn, f)
		}
	}
	return stop, warn
}

func stateOf(s *form.Section, sheet form.Sheet, findings []Finding) SectionState {
	state := SectionState{Section: s, Filled: s.Filled(sheet)}
	for _, f := range findings {
		switch {
		case f.Section != s.Name:
		case f.Severity == report.Error:
			state.Errors++
		default:
			state.Warnings++
		}
	}
	return state
}

// CheckRecord judges the identity in a record by itself; while it is being
// corrected, it looks for the new identity in the texts of all reports too.
func (m *Room) CheckRecord(ctx context.Context, unit string, id RecordID) (RecordCheck, error) {
	r, err := m.Store.Record(ctx, unit, id)
	if err != nil {
		return RecordCheck{}, err
	}
	if r.Identity == nil {
		return RecordCheck{Record: r}, nil
	}
	if r.Correction == NoCorrection {
		return m.checkIdentity(r, nil) // its reports are judged each by itself
	}
	others, err := m.formsOf(ctx, unit, id, maxForms)
	if err != nil {
		return RecordCheck{}, err
	}
	return m.checkIdentity(r, others)
}

// checkIdentity judges what a record says of the patient. The report around it
// is a frame, and what is found in the frame itself does not count.
func (m *Room) checkIdentity(r Record, others []Form) (RecordCheck, error) {
	sheet := anyForm(&r)
	v, err := m.judge(sheet, report.PersonGiven, nil)
	if err != nil {
		return RecordCheck{}, err
	}
	var findings []Finding
	for _, f := range v.placed {
		if ofPatient(sheet, f) {
			findings = append(findings, f)
		}
	}
	findings = append(findings, r.named(sheet, "", others)...)
	out := RecordCheck{Record: r}
	out.Errors, out.Warnings = parted(findings)
	for _, s := range form.Sections(sheet) {
		if s.OfPatient() {
			out.Sections = append(out.Sections, stateOf(s, sheet, findings))
		}
	}
	return out, nil
}

// ofPatient says that a finding is on the patient and not on the report.
func ofPatient(sheet form.Sheet, f Finding) bool {
	field, found := form.At(sheet, f.Key)
	return found && (field.Section.OfPatient() || f.Key == "report.patient")
}

// ReasonsFor lists the values of the Meldebegründung that a report of an
// occasion may have in this Land.
func (m *Room) ReasonsFor(o tumour.Occasion) []form.Option {
	sheet := form.NewSheet(o)
	field, found := form.At(sheet, keyReason)
	if !found {
		return nil
	}
	day := m.today()
	allowed := func(option form.Option) bool {
		sheet[keyReason] = option.Value
		r := form.Decode(sheet).Report
		r.Person = identity.Person{}
		return !slices.ContainsFunc(check.Run(check.Context{Today: day, ReportedOn: day, Land: m.Profile.Land, Book: m.Book}, r), func(f report.Finding) bool {
			return f.Severity == report.Error && f.Path == "Meldung/Meldebegruendung"
		})
	}
	var options []form.Option
	for _, o := range field.Node.Options {
		if allowed(o) {
			options = append(options, o)
		}
	}
	return options
}
