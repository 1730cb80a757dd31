// SPDX-License-Identifier: EUPL-1.2

package followup_test

import (
	"context"
	"maps"
	"slices"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/policy"
	"meldewerk/portal/internal/followup"
	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

func begin(kind tumour.Code, from time.Month) tumour.Event {
	return tumour.Event{Systemic: &tumour.Systemic{Phase: tumour.PhaseBegin, Kind: kind, Intention: "K", Begin: day(2026, uint8(from), 1)}}
}

func end(kind tumour.Code, from, to time.Month) tumour.Event {
	return tumour.Event{Systemic: &tumour.Systemic{Phase: tumour.PhaseEnd, Kind: kind, Intention: "P", Begin: day(2026, uint8(from), 1), End: day(2026, uint8(to), 1)}}
}

func board(wish tumour.Code, therapies ...tumour.Code) tumour.Event {
	return tumour.Event{Board: &tumour.Board{Date: day(2026, 5, 20), Recommendation: &tumour.Recommendation{Therapies: therapies, PatientsWish: wish}}}
}

func surgery(intention tumour.Code, h *tumour.Histology) tumour.Event {
	return tumour.Event{Surgery: &tumour.Surgery{Date: day(2026, 6, 18), Intention: intention, Histology: h}}
}

// TestExpectedReportsAreCautious is the table of what is asked for and of what
// ends the question.
func TestExpectedReportsAreCautious(t *testing.T) {
	t.Parallel()
	radiation := func(p tumour.Phase) tumour.Event {
		return tumour.Event{Radiotherapy: &tumour.Radiotherapy{Phase: p, Intention: "P", Courses: []tumour.Irradiation{{Begin: day(2026, 7, 1), End: day(2026, 8, 1)}}}}
	}
	h := &tumour.Histology{}
	for name, c := range map[string]struct {
		events []tumour.Event
		want   []string
	}{
		"nothing but a diagnosis":         {[]tumour.Event{{Diagnosis: &tumour.Diagnosis{}}}, nil},
		"chemotherapy goes on":            {[]tumour.Event{begin("CH", 6)}, []string{"F2"}},
		"chemotherapy ended":              {[]tumour.Event{begin("CH", 6), end("CH", 6, 9)}, nil},
		"an end before the beginning":     {[]tumour.Event{begin("CH", 6), end("CH", 1, 3)}, []string{"F2"}},
		"hormones have no planned end":    {[]tumour.Event{begin("HO", 6)}, nil},
		"radiation goes on":               {[]tumour.Event{radiation(tumour.PhaseBegin)}, []string{"F1"}},
		"radiation ended":                 {[]tumour.Event{radiation(tumour.PhaseBegin), radiation(tumour.PhaseEnd)}, nil},
		"an operation without histology":  {[]tumour.Event{surgery("P", nil)}, []string{"F3"}},
		"the pathology came on its own":   {[]tumour.Event{surgery("P", nil), {Pathology: &tumour.Pathology{Histology: &tumour.Histology{Date: day(2026, 6, 25)}}}}, nil},
		"a pathology before is no answer": {[]tumour.Event{surgery("P", nil), {Pathology: &tumour.Pathology{Histology: &tumour.Histology{Date: day(2026, 5, 5)}}}}, []string{"F3"}},
		"a repair needs no histology":     {[]tumour.Event{surgery("R", nil)}, nil},
		"curative: a yearly course":       {[]tumour.Event{surgery("K", h)}, []string{"F5"}},
		"the board recommended":           {[]tumour.Event{board("N", "ST", "OP")}, []string{"F4"}},
		"the patient did not want it":     {[]tumour.Event{board("J", "OP")}, nil},
		"waiting is no treatment":         {[]tumour.Event{board("N", "WW")}, nil},
		"treated after the board":         {[]tumour.Event{board("N", "OP"), surgery("P", h)}, nil},
		"a death ends all":                {[]tumour.Event{begin("CH", 6), surgery("K", nil), {Death: &tumour.Death{Date: day(2026, 9, 1)}}}, nil},
	} {
		var found followup.Found
		for i, e := range c.events {
			found.Records = append(found.Records, record(submission.Receipt(i+1), 1, "Altstadt", e))
		}
		got, err := course(t, found)
		if err != nil {
			t.Fatal(err)
		}
		var rules []string
		for _, e := range got.Tumours[0].Expected {
			rules = append(rules, e.Rule)
			if e.Title == "" || e.Reason == "" || e.Occasion == "" || e.Event == "" || e.Due.IsZero() {
				t.Errorf("%s: %+v is not said whole", name, e)
			}
		}
		if !slices.Equal(rules, c.want) {
			t.Errorf("%s: %v, want %v", name, rules, c.want)
		}
	}
}

// TestExpectedCountsWhatIsOnItsWay: a report that was submitted is not asked
// for, one that was refused is.
func TestExpectedCountsWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	for state, want := range map[submission.State]int{"": 0, submission.InReview: 0, submission.Queried: 0, submission.Forwarded: 0, submission.Refused: 1} {
		c, err := course(t, followup.Found{Records: []followup.Record{record(1, 1, "Altstadt", begin("CH", 6))},
			Submitted: []followup.Submitted{{Report: "ME-2", Occasion: tumour.OccasionSystemic, Kind: submission.Real, State: state}}})
		if err != nil || len(c.Tumours[0].Expected) != want {
			t.Errorf("state %q: %+v, %v", state, c.Tumours[0].Expected, err)
		}
	}
}

// TestWhatWasSentAgainIsNotOpen: a refused report that came again, or a test of
// one that was reported, waits for nobody; a test does not stand for a report.
func TestWhatWasSentAgainIsNotOpen(t *testing.T) {
	t.Parallel()
	sent := func(pkg string, kind submission.Kind, state submission.State) followup.Submitted {
		return followup.Submitted{Package: pkg, Number: pkg, Report: "ME-1", Occasion: tumour.OccasionCourse, Kind: kind, State: state}
	}
	for name, c := range map[string]struct {
		submitted []followup.Submitted // the newest first
		open      string
	}{
		"mended":              {[]followup.Submitted{sent("b", submission.Real, submission.Completed), sent("a", submission.Real, submission.Refused)}, ""},
		"mended, on its way":  {[]followup.Submitted{sent("b", submission.Real, ""), sent("a", submission.Real, submission.Refused)}, "b"},
		"refused again":       {[]followup.Submitted{sent("b", submission.Real, submission.Refused), sent("a", submission.Real, submission.Refused)}, "b"},
		"refused over a good": {[]followup.Submitted{sent("b", submission.Real, submission.Refused), sent("a", submission.Real, submission.Forwarded)}, "ba"},
		"a test came first":   {[]followup.Submitted{sent("b", submission.Real, submission.Completed), sent("a", submission.Test, submission.TestOnly)}, ""},
		"a test came later":   {[]followup.Submitted{sent("b", submission.Test, submission.TestOnly), sent("a", submission.Real, submission.Refused)}, "ba"},
	} {
		got, err := course(t, followup.Found{Submitted: c.submitted})
		if err != nil {
			t.Fatal(err)
		}
		open := ""
		for _, w := range got.Open {
			open += w.Package
		}
		if open != c.open {
			t.Errorf("%s: %q is open, want %q", name, open, c.open)
		}
	}
}

// TestExpectedDayIsEventAndDeadline adds the usual time and the Meldefrist of the Land.
func TestExpectedDayIsEventAndDeadline(t *testing.T) {
	t.Parallel()
	profile, err := policy.Of("kkn")
	if err != nil {
		t.Fatal(err)
	}
	c, err := course(t, followup.Found{Records: []followup.Record{record(1, 1, "Altstadt", surgery("P", nil))}})
	if err != nil {
		t.Fatal(err)
	}
	want := time.Date(2026, 6, 18, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 28).Add(profile.ReportWithin)
	if got := c.Tumours[0].Expected[0]; !got.Due.Equal(want) || got.Event != "18.06.2026" {
		t.Errorf("due %v after %s, want %v", got.Due, got.Event, want)
	}
}

// TestViewOfAReportByReferenceDoesNotHideAFullerOne: the newest view that holds
// more than the patient number stands.
func TestViewOfAReportByReferenceDoesNotHideAFullerOne(t *testing.T) {
	t.Parallel()
	byReference := record(9, 1, "", tumour.Event{Course: &tumour.Course{Date: day(2026, 9, 1)}})
	byReference.View = history.ReducedView{PatientNumber: "P-1"}
	c, err := course(t, followup.Found{Records: []followup.Record{record(7, 1, "Altstadt", tumour.Event{Diagnosis: &tumour.Diagnosis{}}), byReference}})
	if err != nil || !c.Patient.Known || c.Patient.Place != "Altstadt" || c.View.BirthYear != 1951 {
		t.Errorf("patient %+v, %v", c.Patient, err)
	}
	c, err = course(t, followup.Found{Records: []followup.Record{byReference}})
	if err != nil || c.Patient.Known || c.Patient.Number != "P-1" {
		t.Errorf("patient %+v, %v", c.Patient, err)
	}
}

// stock is a store with several patients.
type stock struct {
	followup.Store
	found map[followup.Handle]followup.Found
}

func (s stock) Finished(_ context.Context, _ string, _ time.Time, after followup.Handle, each func(followup.Handle, []followup.Record) error) error {
	for _, handle := range slices.Sorted(maps.Keys(s.found)) {
		if handle <= after {
			continue
		}
		if err := each(handle, s.found[handle].Records); err != nil {
			return err
		}
	}
	return nil
}

func (s stock) History(_ context.Context, _ string, handle followup.Handle) (followup.Found, error) {
	return s.found[handle], nil
}

// TestMissingListsTheLongestDueFirst looks over all patients of a unit.
func TestMissingListsTheLongestDueFirst(t *testing.T) {
	t.Parallel()
	profile, err := policy.Of("kkn")
	if err != nil {
		t.Fatal(err)
	}
	one := func(e tumour.Event, on uint8) followup.Found {
		r := record(1, 1, "Altstadt", e)
		r.Entry.Event.Surgery.Date = day(2026, on, 1)
		return followup.Found{Records: []followup.Record{r}}
	}
	onItsWay := one(surgery("P", nil), 3)
	onItsWay.Submitted = []followup.Submitted{{Report: report.ID("ME-2"), Occasion: tumour.OccasionSurgery, Kind: submission.Real}}
	room := followup.New(stock{found: map[followup.Handle]followup.Found{
		"later": one(surgery("P", nil), 6), "first": one(surgery("P", nil), 4), "way": onItsWay, "future": one(surgery("P", nil), 11),
	}}, profile, terminology.BuiltIn())
	now := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	list, err := room.Missing(t.Context(), "unit-1", now, 10)
	if err != nil || len(list) != 2 || list[0].Handle != "first" || list[1].Handle != "later" {
		t.Fatalf("list %+v, %v", list, err)
	}
	if list[0].Patient != "P-1" || list[0].Tumour == "" {
		t.Errorf("%+v", list[0])
	}
	if list, err = room.Missing(t.Context(), "unit-1", now, 1); err != nil || len(list) != 1 || list[0].Handle != "first" {
		t.Errorf("limited list %+v, %v", list, err)
	}
	if list, err = room.Missing(t.Context(), "unit-1", now.AddDate(3, 0, 0), 10); err != nil || len(list) != 0 {
		t.Errorf("after years %+v, %v", list, err)
	}
}
