// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/report"
	"meldewerk/synth"
	"meldewerk/testkit/leak"
	"meldewerk/tumour"
)

// leaves visits every string of an event below v, with its path.
func leaves(v reflect.Value, path string, visit func(path string, v reflect.Value)) {
	switch v.Kind() {
	case reflect.String:
		visit(path, v)
	case reflect.Pointer:
		if !v.IsNil() {
			leaves(v.Elem(), path, visit)
		}
	case reflect.Slice:
		if v.Len() == 0 && v.Type().Elem().Kind() == reflect.String && v.CanSet() {
			v.Set(reflect.MakeSlice(v.Type(), 1, 1))
			leaves(v.Index(0), path+"[]", visit)
			if v.Index(0).Len() == 0 {
				v.SetLen(0)
			}
			return
		}
		for i := range v.Len() {
			leaves(v.Index(i), path+"[]", visit)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[calendar.Date]() {
			return
		}
		for i := range v.NumField() {
			leaves(v.Field(i), path+"."+v.Type().Field(i).Name, visit)
		}
	}
}

// alone empties what must not stand beside a field.
func alone(e *tumour.Event, path string) {
	switch path {
	case "Event.Systemic.Substances[].Name":
		e.Systemic.Substances[0].ATC = nil
	case "Event.Pathology.Submitter.Lines[]":
		e.Pathology.Submitter.Structured = nil
	case "Event.Diagnosis.Genetics[].Other":
		e.Diagnosis.Genetics[0].Result = ""
	}
}

// copyOf is a report with an event and extras of its own.
func copyOf(t *testing.T, r *report.Report) *report.Report {
	t.Helper()
	own := *r
	text, err := json.Marshal(r.Event)
	must(t, err)
	own.Event = tumour.Event{}
	must(t, json.Unmarshal(text, &own.Event))
	own.Extras = slices.Clone(r.Extras)
	return &own
}

// withPersons adds the persons that an event may name, so that their fields
// are there to hide something in.
func withPersons(r *report.Report) {
	if s := r.Event.Surgery; s != nil && len(s.Surgeons) == 0 {
		s.Surgeons = []tumour.Surgeon{{Surname: "Sommer", FirstNames: "Ute", Lead: "J"}}
	}
	if p := r.Event.Pathology; p != nil && p.Submitter == nil {
		p.Submitter = &tumour.Submitter{Structured: &tumour.SubmitterAddress{Surname: "Winter", FirstNames: "Jan", Institution: "Praxis"}}
	}
	if len(r.Extras) == 0 {
		r.Extras = []report.Extra{{Date: calendar.Of(time.Date(2025, 1, 15, 0, 0, 0, 0, time.UTC)), Kind: "Anlass", Value: "Zufall", Remark: "keine"}}
		r.Extras[0].Date.Accuracy = calendar.Exact
	}
}

// hiding is a report in which one field holds the patient's name.
type hiding struct {
	report *report.Report
	path   string
}

// hideAll gives copies of reports in each of which one field of the wanted types
// holds the patient's name; each field of the model comes up at most tries times.
func hideAll(t *testing.T, w *synth.World, tries int, wanted ...reflect.Type) []hiding {
	t.Helper()
	used := map[string]int{}
	var out []hiding
	var lastPatient report.PatientID
	for e := range w.Entries() {
		if e.Report.Patient == lastPatient || e.Report.Reason == report.Objection {
			continue // one report of each patient: his master data must not differ
		}
		r := copyOf(t, e.Report)
		withPersons(r)
		name := r.Person.Surname
		chosen := ""
		visit := func(path string, v reflect.Value) {
			if chosen != "" || !slices.Contains(wanted, v.Type()) || used[path] >= tries {
				return
			}
			chosen = path
			v.SetString(name)
			alone(&r.Event, path)
		}
		leaves(reflect.ValueOf(&r.Event).Elem(), "Event", visit)
		leaves(reflect.ValueOf(&r.Extras).Elem(), "Extras", visit)
		leaves(reflect.ValueOf(&r.Remark).Elem(), "Remark", visit)
		leaves(reflect.ValueOf(&r.PatientRemark).Elem(), "PatientRemark", visit)
		if chosen == "" {
			continue
		}
		used[chosen]++
		lastPatient = r.Patient
		out = append(out, hiding{r, chosen})
	}
	if len(out) == 0 {
		t.Fatal("there was nowhere to hide anything")
	}
	return out
}

func reportsOf(list []hiding) []*report.Report {
	out := make([]*report.Report, len(list))
	for i, h := range list {
		out[i] = h.report
	}
	return out
}

// TestNameInOpenTextDoesNotReachTheRegistry hides the patient's name in every
// open field of the data set. The reports go on, the words stay.
func TestNameInOpenTextDoesNotReachTheRegistry(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	u := p.everyone()
	w := synth.New(synth.Options{Seed: 31, Patients: 400, Marker: marker})
	hidden := hideAll(t, w, 2, reflect.TypeFor[tumour.Text](), reflect.TypeFor[tumour.SourceID]())
	path := u.send(submission.Real, packed(t, w, reportsOf(hidden)...))
	p.settle()
	accepted, tried := map[string]int{}, map[string]bool{}
	for i, l := range u.protocol(path).Results {
		where := hidden[i].path
		tried[where] = true
		switch {
		case l.Verdict == report.Rejected:
			t.Logf("%s: the portal rejects it: %s %s", where, l.Findings[0].Rule, l.Findings[0].Path)
		case l.State != submission.Completed:
			t.Errorf("%s: the report is %s: %+v", where, l.State, l.Remarks)
		default:
			accepted[where]++
		}
	}
	for where := range tried {
		if accepted[where] == 0 {
			t.Logf("%s was never accepted", where)
		}
	}
	if len(accepted) < 30 {
		t.Errorf("the name went through only %d open fields", len(accepted))
	}
	p.wantNoMarker("after completion")
}

// wantNoMarker wants no token of any identity in the registry.
func (p *plant) wantNoMarker(when string) {
	p.t.Helper()
	var s leak.Search
	s.Add("marker", marker+"q")
	g := p.Registry.Ground()
	inTables(p.t, g, vault(p.t, g, p.layout.Configs().Registry.Keys), &s, nothing).report(p.t, "registry "+when)
}

// TestNameInAShortWordIsHeld hides the patient's name in the short words that
// may leave. The last look holds the report; on the profile's day it goes on
// without the word, marked.
func TestNameInAShortWordIsHeld(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	u := p.everyone()
	w := synth.New(synth.Options{Seed: 32, Patients: 400, Marker: marker})
	hidden := hideAll(t, w, 2, reflect.TypeFor[tumour.Label]())
	path := u.send(submission.Real, packed(t, w, reportsOf(hidden)...))
	p.settle()
	p.wantNoMarker("before the deadline")
	held := 0
	for i, l := range u.protocol(path).Results {
		switch {
		case l.Verdict == report.Rejected:
			t.Logf("%s: the portal rejects it: %s", hidden[i].path, l.Findings[0].Rule)
		case l.State == submission.InReview:
			held++
		default:
			t.Errorf("%s: the report is %s", hidden[i].path, l.State)
		}
	}
	if held == 0 {
		t.Fatal("nothing was held: no short word took the name")
	}
	t.Logf("%d held", held)
	p.clock.Advance(13*24*time.Hour + time.Hour)
	p.settle() // the day has come
	p.settle() // what it let go reaches the registry
	p.wantNoMarker("after the deadline")
	u = p.reporter("spaeter", "unit-alle")
	u.wantState(path, submission.Completed)
}

// TestOrdinaryWordsAsNamesAreNotHeld: Klein, Lang and Rot are words of every
// report; whoever bears them must not wait for it.
func TestOrdinaryWordsAsNamesAreNotHeld(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	u := p.everyone()
	w := synth.New(synth.Options{Seed: 33, Patients: 150})
	names := []string{"Klein", "Lang", "Rot", "Groß", "Braun", "Weiß", "Schwarz", "Kurz", "Stark", "Links", "Hand", "Brust", "Rechts"}
	var changed []*report.Report
	last, at := report.PatientID(""), 0
	for r := range w.Reports() {
		if r.Patient != last {
			last, at = r.Patient, at+1
		}
		own := *r
		own.Person.Surname = names[at%len(names)]
		own.Person.BirthName = ""
		changed = append(changed, &own)
	}
	path := u.send(submission.Real, packed(t, w, changed...))
	p.settle()
	done := u.protocol(path)
	held := map[string]int{}
	for i, l := range done.Results {
		if l.Verdict != report.Rejected && l.State != submission.Completed {
			held[fmt.Sprint(changed[i].Person.Surname, " ", l.State)]++
		}
	}
	if len(held) > 0 {
		t.Errorf("of %d reports are held: %v", len(done.Results), held)
	}
}
