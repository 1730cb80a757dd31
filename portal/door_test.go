// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/portal"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// finished is the history item of one submitted report.
func finished(u *user, p patient, receipt submission.Receipt, position int) submission.HistoryItem {
	return submission.HistoryItem{Receipt: receipt, Position: position, Unit: string(u.unit.ID), Reporter: p.reporter,
		ReportID: p.id + "-1", Channel: submission.ByPackage,
		View: history.ReducedView{PatientNumber: p.id, BirthMonth: 3, BirthYear: 1951, PostalCode: p.postalCode, Place: p.place,
			InsurerTail: "505", InsuredTail: p.kvnr[len(p.kvnr)-3:]},
		Entry: history.Entry{Tumour: 1, CompletedAt: time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC), Event: tumour.Event{
			Assignment: tumour.Assignment{ICD: tumour.ICD{Code: "C50.4", Version: "10 2026 GM"},
				DiagnosedOn: calendar.Date{Year: 2026, Month: 5, Day: 4, Accuracy: calendar.Exact}, Side: "L"},
			Diagnosis: &tumour.Diagnosis{Certainty: "7.1", Performance: "1",
				Clinical: &tumour.TNM{Edition: "8", TPrefix: "c", T: "2", NPrefix: "c", N: "0", MPrefix: "c", M: "0"}}}}}
}

func TestDoorKeepsItsContract(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		u.upload(packageOf(people(600)...))
		u.upload(packageOf(somebody(900)))
		ctx, d := t.Context(), w.door()
		first, err := d.Next(ctx, 2)
		if err != nil || len(first) != 2 || first[0].Receipt != 1 || first[0].Part != 1 || first[1].Part != 2 || first[0].Parts < 2 {
			t.Fatalf("next %+v, %v", first, err)
		}
		again, err := d.Next(ctx, 2)
		if err != nil || len(again) != 2 || again[0].ID != first[0].ID || again[1].ID != first[1].ID {
			t.Fatalf("asking again gives others: %v", err)
		}
		ids := []submission.EnvelopeID{first[0].ID}
		for range 2 {
			if err := d.Acknowledge(ctx, ids); err != nil {
				t.Fatal(err)
			}
		}
		rest, err := d.Next(ctx, 100)
		if err != nil || rest[0].ID != first[1].ID || rest[len(rest)-1].Receipt != 2 {
			t.Fatalf("after the acknowledgement: %v", err)
		}
		for range 2 {
			if err := d.BackedUp(ctx, []submission.EnvelopeID{first[0].ID, first[1].ID}); err != nil {
				t.Fatal(err)
			}
		}
		if rest, err = d.Next(ctx, 100); err != nil || rest[0].ID != first[1].ID || rest[0].Check() != nil {
			t.Fatalf("an envelope that was never acknowledged is gone: %v", err)
		}
		if _, err := w.house.Door("registry"); !errors.Is(err, portal.ErrStranger) {
			t.Errorf("the registry gets a door: %v", err)
		}
		if _, err := d.Checkpoint(ctx, 0); err != nil {
			t.Errorf("checkpoint: %v", err)
		}
	})
}

func TestEnvelopesExpireOnlyAfterTheirTime(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		u.upload(packageOf(somebody(1)))
		u.upload(packageOf(somebody(2)))
		ctx, d := t.Context(), w.door()
		out, err := d.Next(ctx, 10)
		if err != nil || len(out) != 2 {
			t.Fatal(len(out), err)
		}
		if err := d.Acknowledge(ctx, []submission.EnvelopeID{out[0].ID}); err != nil {
			t.Fatal(err)
		}
		w.clock.Advance(34 * 24 * time.Hour)
		if worked, err := w.house.Step(ctx); err != nil || worked {
			t.Fatalf("something was deleted too early: %v", err)
		}
		w.clock.Advance(2 * 24 * time.Hour)
		if worked, err := w.house.Step(ctx); err != nil || !worked {
			t.Fatalf("nothing was deleted at the end of the time: %v", err)
		}
		if out, err = d.Next(ctx, 10); err != nil || len(out) != 1 || out[0].Receipt != 2 {
			t.Fatalf("the envelope nobody has acknowledged: %d, %v", len(out), err)
		}
	})
}

func TestStatesAndHistoryReachTheReporter(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		p := somebody(1)
		path := u.upload(packageOf(p, somebody(2)))
		ctx, d := t.Context(), w.door()

		search := func(number string) answer {
			t.Helper()
			return u.want(http.StatusSeeOther, u.post("/historie", url.Values{"patient_id": {number}}))
		}
		before := search(p.id)
		if strings.Contains(before.location, p.id) {
			t.Errorf("the address %s holds the patient number", before.location)
		}
		if a := u.want(http.StatusOK, u.get(before.location)); !strings.Contains(a.body, "Noch nicht in der Historie") ||
			!strings.Contains(a.body, "Spätestens am 05.12.2026 beim Register") {
			t.Errorf("the page does not show the report under way: %s", a.body)
		}
		put := func(s submission.State) {
			t.Helper()
			if err := d.PutProgress(ctx, []submission.Progress{{Receipt: 1, Position: 1, State: s, At: w.clock.Now()}}); err != nil {
				t.Fatal(err)
			}
		}
		put(submission.Completed)
		put(submission.Forwarded)
		for range 2 {
			if err := d.PutHistory(ctx, []submission.HistoryItem{finished(u, p, 1, 1)}); err != nil {
				t.Fatal(err)
			}
		}
		if got := u.protocol(path).Results[0].State; got != "completed" {
			t.Errorf("state %q", got)
		}
		page := u.want(http.StatusOK, u.get(search(p.id).location))
		last := -1
		for _, want := range []string{p.id, "03/1951", p.postalCode, p.place, ">505<", p.kvnr[len(p.kvnr)-3:], "nicht einsehbar",
			"C50.4", "links", "cT2 cN0 cM0 (8. Auflage)", "Diagnosesicherung", "Quellsystem"} {
			at := strings.Index(page.body[max(last, 0):], want)
			if at < 0 {
				t.Fatalf("the page lacks %q after position %d: %s", want, last, page.body)
			}
			last = max(last, 0) + at
		}
		for _, never := range []string{p.surname, p.firstNames, p.birth, p.kvnr, p.street} {
			if strings.Contains(page.body, never) {
				t.Errorf("the page holds %q", never)
			}
		}
		title, _, _ := strings.Cut(page.body[strings.Index(page.body, "<title>"):], "</title>")
		if strings.Contains(title, p.id) {
			t.Error("the patient number stands in the title")
		}
		var course struct {
			Patient struct {
				ID string `json:"patient_id"`
			}
			Tumours []struct {
				ICD     string
				Stage   string
				Entries []struct {
					Report string `json:"report_id"`
					Facts  []struct{ Label, Value string }
				}
			}
		}
		a := u.want(http.StatusOK, u.get(search(p.id).location+".json"))
		if err := json.Unmarshal([]byte(a.body), &course); err != nil || course.Patient.ID != p.id || len(course.Tumours) != 1 ||
			course.Tumours[0].Stage != "cT2 cN0 cM0 (8. Auflage)" || len(course.Tumours[0].Entries) != 1 || course.Tumours[0].Entries[0].Report != p.id+"-1" {
			t.Errorf("json %s, %v", a.body, err)
		}
	})
}

func TestUnknownPatientGetsAnExplanation(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+t.TempDir()+"/portal.db")
	u := w.user("nord")
	a := u.want(http.StatusSeeOther, u.post("/historie", url.Values{"patient_id": {"gibt-es-nicht"}}))
	if strings.Contains(a.location, "gibt-es-nicht") {
		t.Errorf("the address %s holds the number", a.location)
	}
	if page := u.want(http.StatusOK, u.get(a.location)); !strings.Contains(page.body, "liegt nichts vor") {
		t.Errorf("page: %s", page.body)
	}
	if a := u.post("/historie", url.Values{"patient_id": {"  "}}); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Patientennummer fehlt") {
		t.Errorf("empty number: %d", a.status)
	}
}

func TestExchangeAnswersOnlyTrustCentres(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+t.TempDir()+"/portal.db")
	// Without the transport's word on who is calling there is nobody.
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "/", nil)
	if err != nil {
		t.Fatal(err)
	}
	if peer := wire.Peer(r.Context()); peer != "" {
		t.Fatalf("peer %q", peer)
	}
	if _, err := w.house.Door(""); !errors.Is(err, portal.ErrStranger) {
		t.Errorf("nobody gets a door: %v", err)
	}
}

func idsOf(list []submission.Envelope) []submission.EnvelopeID {
	var ids []submission.EnvelopeID
	for _, e := range list {
		ids = append(ids, e.ID)
	}
	return ids
}
