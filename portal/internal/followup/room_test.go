// SPDX-License-Identifier: EUPL-1.2

package followup_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/policy"
	"meldewerk/portal/internal/followup"
	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// shelf is a store with one canned answer.
type shelf struct {
	followup.Store
	found followup.Found
}

func (s shelf) History(context.Context, string, followup.Handle) (followup.Found, error) {
	return s.found, nil
}

func course(t *testing.T, found followup.Found) (followup.Course, error) {
	t.Helper()
	profile, err := policy.Of("kkn")
	if err != nil {
		t.Fatal(err)
	}
	return followup.New(shelf{found: found}, profile, terminology.BuiltIn()).Course(t.Context(), "unit-1", "00")
}

func day(y int16, m, d uint8) calendar.Date {
	return calendar.Date{Year: y, Month: m, Day: d, Accuracy: calendar.Exact}
}

func record(receipt submission.Receipt, number int, place string, e tumour.Event) followup.Record {
	e.Assignment = tumour.Assignment{ICD: tumour.ICD{Code: "C50.4", Version: "10 2026 GM"}, DiagnosedOn: day(2026, 5, 4), Side: "L"}
	return followup.Record{Recipient: "trustcentre", Receipt: receipt, Position: 1, Report: report.ID(e.Occasion()),
		View: history.ReducedView{PatientNumber: "P-1", BirthYear: 1951, Place: place}, Entry: history.Entry{Tumour: number, Event: e}}
}

func TestCourseShowsTheNewestFirstAndTheBest(t *testing.T) {
	t.Parallel()
	c, err := course(t, followup.Found{Records: []followup.Record{
		record(7, 1, "Altstadt", tumour.Event{Diagnosis: &tumour.Diagnosis{Clinical: &tumour.TNM{T: "3"}}}),
		record(9, 1, "Neustadt", tumour.Event{Surgery: &tumour.Surgery{Date: day(2026, 6, 18), TNM: &tumour.TNM{TPrefix: "p", T: "2"}}}),
		record(8, 1, "Altstadt", tumour.Event{Course: &tumour.Course{Date: day(2026, 9, 1), TNM: &tumour.TNM{Recurrence: "r", T: "4"}}}),
		record(8, 2, "Altstadt", tumour.Event{Death: &tumour.Death{Date: day(2026, 10, 1)}}),
	}})
	if err != nil || len(c.Tumours) != 2 || c.Tumours[0].Number != 1 || c.Tumours[1].Number != 2 {
		t.Fatalf("course %+v, %v", c, err)
	}
	first := c.Tumours[0]
	var order []string
	for _, e := range first.Entries {
		order = append(order, e.Report)
	}
	if len(order) != 3 || order[0] != "course" || order[1] != "surgery" || order[2] != "diagnosis" {
		t.Errorf("order %v", order)
	}
	if first.Stage != "pT2" || first.ICD != "C50.4" || first.Side != "links" || first.DiagnosedOn != "04.05.2026" || first.Title == "" {
		t.Errorf("best of the tumour: %+v", first)
	}
	if !c.Patient.Known || c.Patient.Place != "Neustadt" {
		t.Errorf("the view is not that of the newest version: %+v", c.Patient)
	}
}

// TestCourseKeepsPersonsOfTwoMelderIDsApart: the numbers of two systems of one
// unit may meet; the registry counts the tumours of each person from 1.
func TestCourseKeepsPersonsOfTwoMelderIDsApart(t *testing.T) {
	t.Parallel()
	by := func(reporter report.ReporterID, born int16, r followup.Record) followup.Record {
		r.Reporter, r.View.BirthYear = reporter, born
		return r
	}
	diagnosis, surgery := tumour.Event{Diagnosis: &tumour.Diagnosis{}}, tumour.Event{Surgery: &tumour.Surgery{Date: day(2026, 6, 18)}}
	of := func(born int16) followup.Course {
		c, err := course(t, followup.Found{Patient: "P-1", Records: []followup.Record{by("M-1", 1951, record(7, 1, "Altstadt", diagnosis)),
			by("M-2", born, record(9, 1, "Neustadt", surgery)), by("M-2", 0, record(10, 1, "", tumour.Event{Course: &tumour.Course{}}))}})
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c := of(1972)
	if !c.Several || c.Patient.Known || c.View.BirthYear != 0 || c.Patient.Number != "P-1" {
		t.Errorf("one person's view stands above two: %+v", c.Patient)
	}
	if len(c.Tumours) != 2 || c.Tumours[0].Reporter != "M-1" || len(c.Tumours[0].Entries) != 1 || c.Tumours[1].Reporter != "M-2" || len(c.Tumours[1].Entries) != 2 {
		t.Errorf("the tumours are mixed: %+v", c.Tumours)
	}
	if same := of(1951); same.Several || !same.Patient.Known || len(same.Tumours) != 1 {
		t.Errorf("two departments of one person are told apart: %+v", same)
	}
}

func TestCourseTellsWhatIsUnderWay(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	sent := func(id string, s submission.State) followup.Submitted {
		return followup.Submitted{Report: report.ID(id), State: s, ReceivedAt: at, Kind: submission.Real}
	}
	c, err := course(t, followup.Found{Patient: "P-1", Submitted: []followup.Submitted{sent("new", ""), sent("review", submission.InReview),
		sent("done", submission.Completed), sent("double", submission.Duplicate), sent("old", submission.Outdated), sent("refused", submission.Refused)}})
	if err != nil || len(c.Open) != 3 || c.Patient.Known || c.Patient.Number != "P-1" {
		t.Fatalf("course %+v, %v", c, err)
	}
	if want := at.AddDate(0, 0, 14); !c.Open[0].ExpectedBy.Equal(want) {
		t.Errorf("expected by %v, want %v", c.Open[0].ExpectedBy, want)
	}
	if _, err := course(t, followup.Found{}); !errors.Is(err, followup.ErrUnknown) {
		t.Errorf("nothing at all gives %v", err)
	}
}

func TestGradesLetNoStateGoBack(t *testing.T) {
	t.Parallel()
	if !(followup.Grade("") == 0 && followup.Grade("nonsense") == 0 && followup.Grade(submission.InReview) < followup.Grade(submission.Forwarded) &&
		followup.Grade(submission.Forwarded) < followup.Grade(submission.Completed)) {
		t.Error("the grades are out of order")
	}
	for _, s := range []submission.State{submission.Duplicate, submission.Outdated, submission.Refused, submission.TestOnly} {
		if followup.Grade(s) != followup.Grade(submission.Completed) {
			t.Errorf("%s is not an end", s)
		}
	}
}
