// SPDX-License-Identifier: EUPL-1.2

package parcel_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/report/parcel"
	"meldewerk/tumour"
)

// desk collects the parts of a submission.
type desk struct {
	parts  []*bytes.Buffer
	sealed []parcel.Part
	closed int
	fail   error // of writing
}

func (d *desk) options() parcel.Options {
	return parcel.Options{
		Open: func(part int) (io.WriteCloser, error) {
			d.parts = append(d.parts, new(bytes.Buffer))
			if part != len(d.parts) {
				return nil, fmt.Errorf("part %d opened as the %dth", part, len(d.parts))
			}
			return &stream{d, d.parts[part-1]}, nil
		},
		Sealed: func(p parcel.Part) error { d.sealed = append(d.sealed, p); return nil },
	}
}

type stream struct {
	desk *desk
	to   *bytes.Buffer
}

func (s *stream) Write(p []byte) (int, error) {
	if s.desk.fail != nil {
		return 0, s.desk.fail
	}
	return s.to.Write(p)
}

func (s *stream) Close() error { s.desk.closed++; return s.desk.fail }

func header() *report.Package {
	return &report.Package{SchemaVersion: "3.0.4", ReportedOn: day("2026-02-28"),
		Sender:    report.Sender{ID: "A1", SoftwareID: "S", SoftwareVer: "1", Name: "Klinik"},
		Reporters: []report.Reporter{{ID: "unused"}}}
}

func day(iso string) calendar.Date {
	d, err := calendar.Parse(iso)
	if err != nil {
		panic(err)
	}
	return d
}

func exactly(iso string) calendar.Date {
	d := day(iso)
	d.Accuracy = calendar.Exact
	return d
}

// death is a small report.
func death(patient, id, reporter string) *report.Report {
	return &report.Report{ID: report.ID(id), Reporter: report.ReporterID(reporter), Patient: report.PatientID(patient),
		Person: identity.Person{Surname: "Musterfrau", FirstNames: "Erika", Sex: identity.Female, BirthDate: exactly("1950-02-15"),
			Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Insurer: "102114819", Number: "A123456780"}}},
		Reason: report.ReasonDeceased, OwnService: "J",
		Event: tumour.Event{Assignment: tumour.Assignment{TumourID: "1", ICD: tumour.ICD{Code: "C50.4", Version: "10 2024 GM"},
			DiagnosedOn: exactly("2024-03-01")}, Death: &tumour.Death{Date: day("2026-01-31"), ByTumour: "U"}}}
}

var warning = report.Finding{Rule: "P1", Severity: report.Warning, Path: "oBDS/…/GKV_Versichertennummer", Line: 7, Message: "m <&>", Remedy: "r"}

// written is one part with the reports of given patients and ids.
func written(t *testing.T, reports ...*report.Report) []byte {
	t.Helper()
	d := new(desk)
	w, err := parcel.NewWriter(header(), d.options())
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range reports {
		if err = w.Add(10*(i+1), r, []report.Finding{warning}); err != nil {
			t.Fatal(err)
		}
	}
	n, err := w.Close()
	if err != nil || n != 1 {
		t.Fatalf("%d parts, %v", n, err)
	}
	return d.parts[0].Bytes()
}

// read takes a whole part apart.
func read(part []byte) ([]*parcel.Item, error) {
	r, err := parcel.NewReader(bytes.NewReader(part), parcel.ReadOptions{})
	if err != nil {
		return nil, err
	}
	var items []*parcel.Item
	for {
		item, err := r.Next()
		if err != nil {
			if again, second := r.Next(); again != nil || !errors.Is(second, err) {
				return items, fmt.Errorf("error did not repeat itself: %w", second)
			}
			return items, err
		}
		items = append(items, item)
	}
}

func TestPartCarriesReportsFindingsAndFrame(t *testing.T) {
	t.Parallel()
	want := []*report.Report{death("P1", "M1", "A"), death("P1", "M2", "B"), death("P2", "M3", "A")}
	part := written(t, want...)
	items, err := read(part)
	if !errors.Is(err, io.EOF) || len(items) != 3 {
		t.Fatalf("%d reports, %v", len(items), err)
	}
	for i, item := range items {
		if item.Position != 10*(i+1) || len(item.Gate) != 0 {
			t.Errorf("report %d: position %d, %v", i, item.Position, item.Gate)
		}
		if diff := cmp.Diff([]report.Finding{warning}, item.Portal); diff != "" {
			t.Errorf("report %d:\n%s", i, diff)
		}
		if diff := cmp.Diff(want[i], item.Report); diff != "" {
			t.Errorf("report %d:\n%s", i, diff)
		}
	}
	if want := "oBDS/Menge_Patient/Patient[1]/Menge_Meldung/Meldung[2]"; items[1].Path != want || items[1].Line == 0 {
		t.Errorf("path %q, line %d", items[1].Path, items[1].Line)
	}
	r, err := parcel.NewReader(bytes.NewReader(part), parcel.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err = r.Next(); err != nil {
		t.Fatal(err)
	}
	got := r.Package()
	if got.SchemaVersion != "3.0.4" || got.Sender != header().Sender || got.ReportedOn != day("2026-02-28") {
		t.Errorf("frame of the package: %+v", got)
	}
}

// TestPartNamesOnlyItsReportersAndNoBank: what the portal may not store must
// not travel, and the part must not tell of units it has nothing from.
func TestPartNamesOnlyItsReportersAndNoBank(t *testing.T) {
	t.Parallel()
	h := header()
	h.Reporters = []report.Reporter{{ID: "A", Physician: "Dr. Geheim", Bank: &report.Bank{IBAN: "DE02120300000000202051"}}}
	d := new(desk)
	w, err := parcel.NewWriter(h, d.options())
	if err != nil {
		t.Fatal(err)
	}
	if err = w.Add(1, death("P1", "M1", "A"), nil); err != nil {
		t.Fatal(err)
	}
	if _, err = w.Close(); err != nil {
		t.Fatal(err)
	}
	part := d.parts[0].String()
	for _, word := range []string{"DE0212", "IBAN", "Bank", "Geheim", "unused"} {
		if strings.Contains(part, word) {
			t.Errorf("part holds %q", word)
		}
	}
	r, err := parcel.NewReader(strings.NewReader(part), parcel.ReadOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = r.Next()
	}
	if diff := cmp.Diff([]report.Reporter{{ID: "A"}}, r.Package().Reporters); diff != "" || !errors.Is(err, io.EOF) {
		t.Errorf("%v\n%s", err, diff)
	}
}

func TestWriterBeginsANewPart(t *testing.T) {
	t.Parallel()
	moved := death("P1", "M2", "A")
	moved.Person.Address.Place = "Oldenburg"
	remarked := death("P1", "M2", "A")
	remarked.PatientRemark = "x"
	long := death("P1", "M1", "A")
	long.Event.Death = nil
	long.Event.Pathology = &tumour.Pathology{Certainty: "7.1", ReportText: tumour.Text(strings.Repeat("x", 200_000)),
		Submitter: &tumour.Submitter{Lines: []tumour.Text{"Klinik"}}}
	for name, c := range map[string]struct {
		reports []*report.Report
		most    int
		bytes   int64
		want    [][]int
	}{
		"one part":            {[]*report.Report{death("P1", "M1", "A"), death("P1", "M2", "A"), death("P2", "M3", "A")}, 0, 0, [][]int{{1, 2, 3}}},
		"number":              {[]*report.Report{death("P1", "M1", "A"), death("P1", "M2", "A"), death("P2", "M3", "A")}, 2, 0, [][]int{{1, 2}, {3}}},
		"within a patient":    {[]*report.Report{death("P1", "M1", "A"), death("P1", "M2", "A"), death("P1", "M3", "A")}, 1, 0, [][]int{{1}, {2}, {3}}},
		"size":                {[]*report.Report{long, death("P2", "M2", "A"), death("P3", "M3", "A")}, 0, 100_000, [][]int{{1, 2}, {3}}},
		"patient comes again": {[]*report.Report{death("P1", "M1", "A"), death("P2", "M2", "A"), death("P1", "M3", "A")}, 0, 0, [][]int{{1, 2}, {3}}},
		"report comes again":  {[]*report.Report{death("P1", "M1", "A"), death("P1", "M1", "B")}, 0, 0, [][]int{{1}, {2}}},
		"other master data":   {[]*report.Report{death("P1", "M1", "A"), moved}, 0, 0, [][]int{{1}, {2}}},
		"other remark":        {[]*report.Report{death("P1", "M1", "A"), remarked}, 0, 0, [][]int{{1}, {2}}},
	} {
		d := new(desk)
		o := d.options()
		o.Reports, o.Bytes = c.most, c.bytes
		w, err := parcel.NewWriter(header(), o)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range c.reports {
			if err = w.Add(i+1, r, nil); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		n, err := w.Close()
		if err != nil || n != len(d.sealed) || d.closed != n {
			t.Fatalf("%s: %d parts, %d sealed, %d closed, %v", name, n, len(d.sealed), d.closed, err)
		}
		var positions [][]int
		var got []*report.Report
		for i, p := range d.sealed {
			positions = append(positions, p.Positions)
			items, err := read(d.parts[i].Bytes())
			if !errors.Is(err, io.EOF) || p.Number != i+1 {
				t.Errorf("%s: part %d: %v", name, p.Number, err)
			}
			for _, item := range items {
				got = append(got, item.Report)
			}
		}
		if diff := cmp.Diff(c.want, positions); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
		if diff := cmp.Diff(c.reports, got); diff != "" {
			t.Errorf("%s:\n%s", name, diff)
		}
	}
}

// TestSamplesComeOutAsTheyWentIn sends every valid sample through parts of two.
func TestSamplesComeOutAsTheyWentIn(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "obds", "samples", "*.xml"))
	if err != nil || len(files) == 0 {
		t.Skip("the samples are not beside the project")
	}
	reports := 0
	for _, name := range files {
		reports += throughParts(t, name)
	}
	if reports < 90 {
		t.Errorf("only %d reports", reports)
	}
}

func throughParts(t *testing.T, name string) int {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	gate := obds.NewReader(f, obds.Options{})
	d := new(desk)
	var w *parcel.Writer
	var want []*report.Report
	for {
		item, err := gate.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if len(item.Findings) > 0 {
			continue
		}
		if w == nil {
			o := d.options()
			o.Reports = 2
			h := *gate.Package()
			h.SchemaVersion = gate.Version()
			if w, err = parcel.NewWriter(&h, o); err != nil {
				t.Fatal(err)
			}
		}
		if err = w.Add(item.Position, item.Report, nil); err != nil {
			t.Fatalf("%s: %v", filepath.Base(name), err)
		}
		want = append(want, item.Report)
	}
	if w == nil {
		return 0
	}
	if _, err = w.Close(); err != nil {
		t.Fatal(err)
	}
	var got []*report.Report
	for i, part := range d.parts {
		items, err := read(part.Bytes())
		if !errors.Is(err, io.EOF) {
			t.Errorf("%s, part %d: %v", filepath.Base(name), i+1, err)
		}
		for _, item := range items {
			for _, finding := range item.Gate {
				t.Errorf("%s: the second gate finds %s at %s", filepath.Base(name), finding.Rule, finding.Path)
			}
			got = append(got, item.Report)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s:\n%s", filepath.Base(name), diff)
	}
	return len(want)
}

func TestWriterStreams(t *testing.T) {
	t.Parallel()
	d := new(desk)
	o := d.options()
	o.Reports, o.Bytes = 1000, 1<<30
	w, err := parcel.NewWriter(header(), o)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 500 {
		if err = w.Add(i+1, death(fmt.Sprint("P", i), fmt.Sprint("M", i), "A"), nil); err != nil {
			t.Fatal(err)
		}
	}
	before := d.parts[0].Len()
	if _, err = w.Close(); err != nil {
		t.Fatal(err)
	}
	if held := d.parts[0].Len() - before; held > 100<<10 {
		t.Errorf("%d bytes were held back until the end", held)
	}
}

func TestAbortedPartIsNoPart(t *testing.T) {
	t.Parallel()
	d := new(desk)
	w, err := parcel.NewWriter(header(), d.options())
	if err != nil {
		t.Fatal(err)
	}
	if err = w.Add(1, death("P1", "M1", "A"), nil); err != nil {
		t.Fatal(err)
	}
	w.Abort()
	w.Abort()
	if d.closed != 1 || len(d.sealed) != 0 {
		t.Errorf("closed %d times, %d sealed", d.closed, len(d.sealed))
	}
	if items, err := read(d.parts[0].Bytes()); !errors.Is(err, parcel.ErrBroken) {
		t.Errorf("%d reports, %v", len(items), err)
	}
	if err = w.Add(2, death("P2", "M2", "A"), nil); err == nil {
		t.Error("report added after the end")
	}
	if _, err = w.Close(); err == nil {
		t.Error("aborted submission closed")
	}
}

func TestWriterStopsAtTheFirstError(t *testing.T) {
	t.Parallel()
	full := errors.New("disk full")
	d := new(desk)
	o := d.options()
	o.Reports = 1
	w, err := parcel.NewWriter(header(), o)
	if err != nil {
		t.Fatal(err)
	}
	if err = w.Add(1, death("P1", "M1", "A"), nil); err != nil {
		t.Fatal(err)
	}
	d.fail = full
	for range 2 {
		if err = w.Add(2, death("P2", "M2", "A"), nil); !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
	}
	if _, err = w.Close(); !errors.Is(err, full) || len(d.sealed) != 0 {
		t.Errorf("%d sealed, %v", len(d.sealed), err)
	}
}

func TestWriterRefusesPositionsThatDoNotAscend(t *testing.T) {
	t.Parallel()
	w, err := parcel.NewWriter(header(), new(desk).options())
	if err != nil {
		t.Fatal(err)
	}
	if err = w.Add(0, death("P1", "M1", "A"), nil); err == nil {
		t.Error("position 0 accepted")
	}
}

func TestNothingIsNoPart(t *testing.T) {
	t.Parallel()
	d := new(desk)
	w, err := parcel.NewWriter(header(), d.options())
	if err != nil {
		t.Fatal(err)
	}
	n, err := w.Close()
	if n != 0 || err != nil || len(d.parts) != 0 {
		t.Errorf("%d parts, %v", n, err)
	}
}

// root is the folder of go.mod.
func root(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err = os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the test")
		}
		dir = filepath.Dir(dir)
	}
}

// byReference is a report without a person.
func byReference(patient, id, reporter string) *report.Report {
	r := death(patient, id, reporter)
	r.Person = identity.Person{}
	return r
}

// TestReportByReferenceTravelsWithoutAPerson: neither the caller's report nor
// what is read holds a person, and the gate has nothing to say of the stand-in.
func TestReportByReferenceTravelsWithoutAPerson(t *testing.T) {
	t.Parallel()
	type sent struct {
		report *report.Report
		as     report.PersonAs
	}
	replaced := death("P2", "M4", "A")
	remarked := byReference("P3", "M5", "A")
	remarked.PatientRemark = "x"
	all := []sent{{byReference("P1", "M1", "A"), report.PersonKnown}, {byReference("P1", "M2", "A"), report.PersonKnown},
		{death("P2", "M3", "A"), report.PersonGiven}, {replaced, report.PersonReplaced}, {remarked, report.PersonKnown}}
	d := new(desk)
	w, err := parcel.NewWriter(header(), d.options())
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range all {
		if err = w.AddAs(i+1, s.report, s.as, nil); err != nil {
			t.Fatal(err)
		}
	}
	if _, err = w.Close(); err != nil {
		t.Fatal(err)
	}
	if remarked.PatientRemark != "x" || !remarked.Person.BirthDate.IsZero() {
		t.Error("the caller's report was changed")
	}
	remarked.PatientRemark = ""
	items, err := read(d.parts[0].Bytes())
	if !errors.Is(err, io.EOF) || len(items) != len(all) {
		t.Fatalf("%d reports, %v", len(items), err)
	}
	for i, item := range items {
		if item.As != all[i].as || len(item.Gate) != 0 {
			t.Errorf("report %d: %q, %v", i, item.As, item.Gate)
		}
		if diff := cmp.Diff(all[i].report, item.Report); diff != "" {
			t.Errorf("report %d:\n%s", i, diff)
		}
	}
}

// TestWriterSendsNoPersonByReference: a report that is meant to go by
// reference and still holds an identity is a fault of the caller.
func TestWriterSendsNoPersonByReference(t *testing.T) {
	t.Parallel()
	for as, r := range map[report.PersonAs]*report.Report{report.PersonKnown: death("P1", "M1", "A"), "other": death("P1", "M1", "A")} {
		d := new(desk)
		w, err := parcel.NewWriter(header(), d.options())
		if err != nil {
			t.Fatal(err)
		}
		if err = w.AddAs(1, r, as, nil); err == nil || len(d.parts) != 0 {
			t.Errorf("%q: %v", as, err)
		}
	}
}

// TestPatientGivenBehindAReferenceBeginsANewPart: a package holds one set of
// master data of a patient.
func TestPatientGivenBehindAReferenceBeginsANewPart(t *testing.T) {
	t.Parallel()
	d := new(desk)
	w, err := parcel.NewWriter(header(), d.options())
	if err != nil {
		t.Fatal(err)
	}
	if err = w.AddAs(1, byReference("P1", "M1", "A"), report.PersonKnown, nil); err != nil {
		t.Fatal(err)
	}
	if err = w.Add(2, death("P1", "M2", "A"), nil); err != nil {
		t.Fatal(err)
	}
	if n, err := w.Close(); n != 2 || err != nil {
		t.Errorf("%d parts, %v", n, err)
	}
}
