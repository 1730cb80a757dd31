// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/policy"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/form"
	"meldewerk/report/obds"
)

// ruleForm is the rule of what cannot be read from a field.
const ruleForm = "FORM"

// verdict is what came of judging one sheet.
type verdict struct {
	report  *report.Report // as it goes; without a person when by reference
	version string         // of the data set
	xml     []byte         // the report as a package of its own
	raw     []report.Finding
	placed  []Finding
	fallen  []string
}

// sheetJudge judges one sheet.
type sheetJudge struct {
	*Room
	sheet form.Sheet
	as    report.PersonAs
	today calendar.Date
	out   verdict
}

// judge reads a whole sheet and judges the report in it as a package would be:
// what the fields hold, the schema, plausibility alone and beside earlier
// reports on the patient.
func (m *Room) judge(sheet form.Sheet, as report.PersonAs, earlier []*report.Report) (*verdict, error) {
	j := &sheetJudge{Room: m, sheet: sheet.Clone(), as: as, today: m.today()}
	form.Suggest(j.sheet)
	j.unfit()
	reading := form.Decode(j.sheet)
	for _, p := range reading.Problems {
		j.at(p.Key, p.Message)
	}
	j.out.report, j.out.fallen = reading.Report, reading.Fallen
	if as == report.PersonKnown {
		j.out.report.Person, j.out.report.PatientRemark = identity.Person{}, ""
	}
	if err := j.schema(); err != nil {
		return nil, err
	}
	j.plausible(earlier)
	j.order()
	return &j.out, nil
}

// order puts the findings in the order of the form.
func (j *sheetJudge) order() {
	fields := map[string]form.Field{}
	for _, f := range j.out.placed {
		if field, found := form.At(j.sheet, f.Key); found {
			fields[f.Key] = field
		}
	}
	slices.SortStableFunc(j.out.placed, func(a, b Finding) int {
		x, placed := fields[a.Key]
		y, too := fields[b.Key]
		switch {
		case placed && too:
			return x.Compare(&y)
		case placed:
			return -1
		case too:
			return 1
		}
		return 0
	})
}

// at adds an error at a field.
func (j *sheetJudge) at(key, message string) {
	f := Finding{Finding: report.Finding{Rule: ruleForm, Severity: report.Error, Message: message}}
	if field, found := form.At(j.sheet, key); found {
		f.place(field)
		f.Message = field.Label + ": " + message
	}
	j.out.placed = append(j.out.placed, f)
}

// unfit names fields whose text no package can carry, and takes them out.
func (j *sheetJudge) unfit() {
	for _, key := range slices.Sorted(maps.Keys(j.sheet)) {
		field, found := form.At(j.sheet, key)
		if !found {
			continue
		}
		value := j.sheet[key]
		switch {
		case strings.ContainsFunc(value, unwritable) || field.Node.Kind != form.Lines && strings.ContainsAny(value, "\n\r\t"):
			delete(j.sheet, key)
			j.at(key, "Die Angabe enthält ein Steuerzeichen. Tippen Sie sie von Hand ein, statt sie einzufügen.")
		case field.Node.Kind == form.Day && estimated(value):
			delete(j.sheet, key)
			j.at(key, exactDay)
		}
	}
}

func unwritable(r rune) bool {
	return r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0xFFFE || r == 0xFFFF
}

// estimated says that a day is marked as not known exactly.
func estimated(day string) bool {
	_, _, _, accuracy := form.DayParts(day)
	return accuracy != "" && accuracy != "-" && accuracy != string(calendar.Exact)
}

// schema writes the report as a package and reads it again.
func (j *sheetJudge) schema() error {
	if !j.write() {
		j.misfits()
		return nil
	}
	item, findings, err := j.read()
	if err != nil {
		return err
	}
	if len(findings) > 0 {
		wrong := j.wrong()
		for _, f := range findings {
			if j.full() {
				return nil
			}
			if placed := j.placed(f, true); !wrong[placed.Key] {
				j.add(placed)
			}
		}
		return j.furtherMissing()
	}
	if item == nil || item.Report == nil {
		return errors.New("read the report again: nothing came back")
	}
	j.out.report = item.Report // in the spelling of the data set
	if j.as == report.PersonKnown {
		j.out.report.Person = identity.Person{}
	}
	return nil
}

// read reads what was written as the trust centre will.
func (j *sheetJudge) read() (*obds.Item, []report.Finding, error) {
	reader := obds.NewReader(bytes.NewReader(j.out.xml), obds.Options{Workers: 1})
	item, err := reader.Next()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, nil, fmt.Errorf("read the report again: %w", err)
	}
	findings := reader.Findings()
	if item != nil {
		findings = append(findings, item.Findings...)
	}
	return item, findings, nil
}

// write writes the package in the newest version that the registry takes today
// and that has a place for everything.
func (j *sheetJudge) write() bool {
	r := *j.out.report
	if j.as == report.PersonKnown {
		r.Person = report.StandIn()
	}
	for _, version := range j.versions {
		if _, a := j.Profile.AcceptedSchema(version, j.Clock()); a != policy.SchemaAccepted && version != obds.DefaultVersion {
			continue
		}
		var xml bytes.Buffer
		if err := obds.Write(&xml, version, j.frame(r.Reporter, version), []*report.Report{&r}); err == nil {
			j.out.xml, j.out.version = xml.Bytes(), version
			return true
		}
	}
	return false
}

// misfits looks for the field that no version has a place for as it stands,
// e.g. an estimated day where the data set wants to know it.
func (j *sheetJudge) misfits() {
	for _, key := range slices.Sorted(maps.Keys(j.sheet)) {
		field, found := form.At(j.sheet, key)
		if !found || managed(key) {
			continue
		}
		without := *j
		without.sheet, without.out = j.sheet.Clone(), verdict{}
		delete(without.sheet, key)
		without.out.report = form.Decode(without.sheet).Report
		if !without.write() {
			continue
		}
		message := "Diese Angabe sieht der Datensatz in dieser Form nicht vor. Ändern oder entfernen Sie sie."
		if field.Node.Kind == form.About {
			message = exactDay
		}
		j.at(key, message)
		return
	}
	j.out.placed = append(j.out.placed, Finding{Finding: report.Finding{Rule: ruleForm, Severity: report.Error,
		Message: "Mehrere Angaben sieht der Datensatz so nicht vor. Geben Sie die Tage genau an und prüfen Sie die Angaben für das Kinderkrebsregister."}})
}

const exactDay = "Dieses Datum sieht der Datensatz nur auf den Tag genau vor. Geben Sie den genauen Tag an."

// managed says that the portal fills a field.
func managed(key string) bool {
	return strings.HasPrefix(key, keyReport) || key == keyTumour
}

// frame is what stands around the reports of a submission.
func (m *Room) frame(reporter report.ReporterID, version string) report.Package {
	return report.Package{SchemaVersion: version, ReportedOn: m.today(), Reporters: []report.Reporter{{ID: reporter}},
		Sender: report.Sender{ID: string(reporter), SoftwareID: m.Software.ID, SoftwareVer: m.Software.Version}}
}

// plausible judges the report by itself and beside the earlier ones. Where a
// field is wrong already, nothing more is said of it.
func (j *sheetJudge) plausible(earlier []*report.Report) {
	together := check.NewPackage(check.Context{Today: j.today, ReportedOn: j.today, Land: j.Profile.Land, Book: j.Book})
	for _, r := range earlier {
		together.Add("", 0, r)
	}
	wrong := j.wrong()
	stopped, _ := parted(j.out.placed)
	for _, f := range together.Judge(nil, 0, j.out.report) {
		if len(stopped) > 0 && j.full() {
			return // the report does not go anyway
		}
		if placed := j.placed(f, false); !wrong[placed.Key] {
			j.out.raw = append(j.out.raw, f)
			j.add(placed)
		}
	}
}

// wrong are the fields of which something is said already.
func (j *sheetJudge) wrong() map[string]bool {
	keys := map[string]bool{}
	for _, f := range j.out.placed {
		keys[f.Key] = f.Key != ""
	}
	return keys
}

// maxPlaced is how many errors of one form are looked up: more than anybody
// reads at once. Somebody who fills hundreds of rows with rubbish must not keep
// the portal busy.
const maxPlaced = 300

// full says that there are errors enough to stop looking for more.
func (j *sheetJudge) full() bool { return len(j.out.placed) >= maxPlaced }

// add takes a finding once.
func (j *sheetJudge) add(f Finding) {
	if !slices.Contains(j.out.placed, f) {
		j.out.placed = append(j.out.placed, f)
	}
}

// placed finds the field of a finding.
func (j *sheetJudge) placed(f report.Finding, ofSchema bool) Finding {
	f.Line = 0
	out := Finding{Finding: f}
	r := form.Decode(j.sheet).Report // its own: looking for what is missing changes it
	field, found := form.FieldFor(j.sheet, r, obds.Wanted(r, f)...)
	if found {
		out.place(field)
	}
	if ofSchema {
		out.Message, out.Remedy = schemaWords(f, field, found)
	} else {
		out.Message, out.Remedy = ruleWords(f.Message), ruleWords(f.Remedy)
	}
	return out
}

// place says where the finding is to be mended. What the portal fills itself
// stands in no section.
func (f *Finding) place(field form.Field) {
	f.Key, f.Label = field.Key, field.Label
	if !managed(field.Key) {
		f.Section = field.Section.Name
	}
}
