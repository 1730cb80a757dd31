// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/report"
	"meldewerk/trustcentre"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// arrived checks that every report of a delivery went the whole way, once.
func (w *world) arrived(receipt submission.Receipt, reports []*report.Report) {
	w.t.Helper()
	for i, r := range reports {
		if p := w.portal.told(receipt, i+1); p.State != submission.Completed {
			w.t.Errorf("receipt %d, position %d: %q %+v", receipt, i+1, p.State, p.Remarks)
		}
		item := w.portal.entries()[string(unit)+"/"+string(r.Reporter)+"/"+string(r.ID)]
		if item.Receipt != receipt || item.Position != i+1 {
			w.t.Errorf("receipt %d, position %d: the history has the version of receipt %d, position %d", receipt, i+1, item.Receipt, item.Position)
		}
	}
	if got := w.inRegistry(`SELECT COUNT(*) FROM record WHERE version = $1`, int64(receipt)); got != len(reports) {
		w.t.Errorf("receipt %d: %d records in the registry for %d reports", receipt, got, len(reports))
	}
	if got := w.inCentre(`SELECT COUNT(*) FROM dossier WHERE receipt = $1 AND state = 'completed'`, int64(receipt)); got != len(reports) {
		w.t.Errorf("receipt %d: %d completed dossiers for %d reports", receipt, got, len(reports))
	}
}

// TestWayOfAReport is the whole way: pull, admit, forward, complete, tell.
func TestWayOfAReport(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		reports := w.reports(12, "")
		receipt := w.submit(delivery{perPart: 10}, reports...)
		w.settle()
		w.arrived(receipt, reports)
		r := reports[0]
		item := w.portal.entries()[string(unit)+"/"+string(r.Reporter)+"/"+string(r.ID)]
		insurer, insured := r.Person.Insurance.InsurerNumber(), r.Person.Insurance.InsuredNumber()
		want := history.ReducedView{PatientNumber: string(r.Patient), BirthMonth: r.Person.BirthDate.Month, BirthYear: r.Person.BirthDate.Year,
			PostalCode: r.Person.Address.PostalCode, Place: r.Person.Address.Place, InsurerTail: insurer[len(insurer)-3:], InsuredTail: insured[len(insured)-3:]}
		if diff := cmp.Diff(want, item.View); diff != "" {
			t.Errorf("reduced view (-want +got):\n%s", diff)
		}
		if item.Entry.Tumour < 1 || item.Entry.Event.Occasion() != r.Event.Occasion() || item.Channel != submission.ByPackage {
			t.Errorf("entry %+v", item)
		}
		for what, query := range map[string]string{
			"envelopes":  `SELECT COUNT(*) FROM envelope WHERE sealed IS NOT NULL`,
			"identities": `SELECT COUNT(*) FROM dossier WHERE content IS NOT NULL OR view IS NOT NULL`,
			"items":      `SELECT COUNT(*) FROM completion WHERE item IS NOT NULL`,
			"untold":     `SELECT COUNT(*) FROM progress WHERE told_at IS NULL`,
		} {
			if got := w.inCentre(query); got != 0 {
				t.Errorf("%d %s are left", got, what)
			}
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM reference WHERE chiffrat IS NOT NULL`); got != len(reports) {
			t.Errorf("kkn: %d Chiffrate are kept for %d reports", got, len(reports))
		}
	})
}

// TestNothingIsLostWhereverTheLineIsCut fails every single call between the
// houses, once before it does anything and once after, kills the trust centre
// there and starts it again.
func TestNothingIsLostWhereverTheLineIsCut(t *testing.T) {
	onBoth(t, "ekn", func(t *testing.T, w *world) {
		all := w.reports(150, "")
		// Every call on SQLite; on PostgreSQL, where each takes longer, every
		// third one before and after, unless the stories are to be many.
		some := testing.Short() || (!strings.HasPrefix(w.centre.Database, "sqlite:") && os.Getenv("MELDEWERK_STORIES") == "")
		for _, after := range []bool{false, true} {
			for at := 1; ; at++ {
				if some && at%3 != 0 {
					continue
				}
				reports := all[:3]
				all = all[3:]
				receipt := w.submit(delivery{perPart: 2}, reports...)
				w.trouble.plan(at, after)
				cut := false
				for range 8 {
					if _, err := w.tc.Step(t.Context()); err != nil {
						if !errors.Is(err, errCut) {
							t.Fatal(err)
						}
						cut = true
						w.restart()
						break
					}
					if _, err := w.registry.Step(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				w.trouble.plan(0, false)
				w.settle()
				w.arrived(receipt, reports)
				if t.Failed() {
					t.Fatalf("call %d, after %t", at, after)
				}
				if !cut {
					if at < 12 {
						t.Fatalf("the way has only %d calls", at-1)
					}
					break
				}
				w.pass(2 * time.Minute)
			}
		}
	})
}

// TestTwoProcessesShareTheWork lets two processes of one trust centre work on
// one database at once.
func TestTwoProcessesShareTheWork(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "ekn", true)
	door, err := w.registry.Door(wire.TrustCentre)
	w.must(err)
	second, err := trustcentre.Open(t.Context(), w.centre, trustcentre.Options{Clock: w.clock, Hasher: fast,
		Portal: submission.Local(w.portal, wire.TrustCentre), Registry: transfer.Local(door, wire.TrustCentre)})
	w.must(err)
	t.Cleanup(func() { _ = second.Close() })
	var sets [][]*report.Report
	var receipts []submission.Receipt
	for all := w.reports(20, ""); len(all) >= 10; all = all[10:] {
		sets = append(sets, all[:10])
		receipts = append(receipts, w.submit(delivery{perPart: 3}, all[:10]...))
	}
	var group sync.WaitGroup
	for _, house := range []*trustcentre.House{w.tc, second} {
		group.Go(func() {
			for range 60 {
				if _, err := house.Step(t.Context()); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Go(func() {
		for range 60 {
			if _, err := w.registry.Step(t.Context()); err != nil {
				t.Error(err)
				return
			}
		}
	})
	group.Wait()
	w.settle()
	for i, receipt := range receipts {
		w.arrived(receipt, sets[i])
	}
}

// classified gives a copy of a report with a word in a field that may leave.
func classified(r *report.Report, name tumour.Label) *report.Report {
	changed := *r
	d := tumour.Diagnosis{}
	if r.Event.Diagnosis != nil {
		d = *r.Event.Diagnosis
	}
	day := r.Event.Assignment.DiagnosedOn
	day.Accuracy = ""
	d.Classifications = []tumour.Classification{{Date: day, Name: name, Stage: "II"}}
	changed.Event.Diagnosis = &d
	return &changed
}

// diagnoses are reports of the occasion Diagnose, which hold a classification.
func (w *world) diagnoses(count int) []*report.Report {
	w.t.Helper()
	var found []*report.Report
	for _, r := range w.reports(10*count+20, "") {
		if r.Event.Diagnosis != nil && r.Reason != report.Objection && len(r.Person.Surname) > 4 {
			found = append(found, r)
		}
	}
	if len(found) < count {
		w.t.Fatalf("the synthetic world has only %d diagnoses", len(found))
	}
	return found[:count]
}

func TestReplayChangesNothing(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		reports := w.reports(3, "")
		envelopes := w.seal(delivery{}, reports...)
		w.portal.post(envelopes...)
		w.settle()
		w.arrived(envelopes[0].Receipt, reports)
		puts := w.portal.puts

		w.portal.acked = map[submission.EnvelopeID]bool{} // the portal was set back
		w.settle()
		again := slices.Clone(envelopes)
		again[0].ID = "anothername-for-the-same-part"
		w.portal.post(again[0])
		w.settle()
		w.arrived(envelopes[0].Receipt, reports)
		if diff := cmp.Diff(puts, w.portal.puts); diff != "" {
			t.Errorf("entries were put again: %s", diff)
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier`); got != len(reports) {
			t.Errorf("%d dossiers for %d reports", got, len(reports))
		}
	})
}

func TestNewerVersionThatOvertakesStays(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		first := w.diagnoses(1)[0]
		old := w.seal(delivery{receipt: 1}, classified(first, "FIGO"))
		w.receipt = 1
		w.submit(delivery{}, classified(first, "Lugano"))
		w.settle()
		w.portal.post(old...)
		w.settle()
		if w.state(1, 1) != submission.Outdated || w.state(2, 1) != submission.Completed {
			t.Errorf("states %s and %s", w.state(1, 1), w.state(2, 1))
		}
		for _, item := range w.portal.entries() {
			if got := item.Entry.Event.Diagnosis.Classifications[0].Name; got != "Lugano" {
				t.Errorf("the history shows %s", got)
			}
		}
		if got := w.inRegistry(`SELECT COUNT(*) FROM record`); got != 1 {
			t.Errorf("%d records in the registry", got)
		}
	})
}

// TestRule7SameIDReplaces is the rule on Meldung_ID and Melder_ID.
func TestRule7SameIDReplaces(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		pair := w.diagnoses(2)
		first := pair[0]
		spelling := *classified(first, "Lugano")
		spelling.Person.Surname += "s"
		stranger := *pair[1]
		stranger.ID, stranger.Reporter = first.ID, first.Reporter
		tumourTwo := *classified(first, "Binet")
		tumourTwo.Event.Assignment.TumourID += "-2"

		w.submit(delivery{}, classified(first, "FIGO"))
		w.settle()
		w.submit(delivery{}, classified(first, "FIGO"))                              // 2
		w.submit(delivery{}, classified(first, "Lugano"))                            // 3
		w.submit(delivery{}, &spelling)                                              // 4
		w.submit(delivery{}, &stranger)                                              // 5
		w.submit(delivery{}, &tumourTwo)                                             // 6
		w.submit(delivery{channel: submission.ByForm}, classified(first, "Rai"))     // 7
		w.submit(delivery{kind: submission.Test}, classified(first, "nur ein Test")) // 8
		w.settle()
		want := []submission.State{"", submission.Completed, submission.Duplicate, submission.Completed, submission.Completed,
			submission.Refused, submission.Refused, submission.Refused, submission.TestOnly}
		for receipt := 1; receipt < len(want); receipt++ {
			// Versions that a newer one met before they had left end as overtaken.
			got := w.state(submission.Receipt(receipt), 1)
			if got != want[receipt] && !(receipt == 3 && got == submission.Outdated) {
				t.Errorf("receipt %d: %s %+v", receipt, got, w.portal.told(submission.Receipt(receipt), 1).Remarks)
			}
		}
		if got := w.inRegistry(`SELECT COUNT(*) FROM record WHERE state = 'assigned'`); got != 1 {
			t.Errorf("%d current records", got)
		}
		if got := w.inRegistry(`SELECT COUNT(*) FROM record WHERE state = 'assigned' AND version = 4`); got != 1 {
			t.Error("the newest version is not the current one")
		}
		if got := w.inRegistry(`SELECT COUNT(*) FROM person`); got != 1 {
			t.Errorf("%d persons", got)
		}
		entries := w.portal.entries()
		if len(entries) != 1 {
			t.Errorf("%d entries in the history", len(entries))
		}
	})
}

// TestNewerVersionReplacesAWaitingOne corrects a report that the last look has
// stopped: the correction goes on, the stopped one and its identity go.
func TestNewerVersionReplacesAWaitingOne(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		r := w.diagnoses(1)[0]
		first := w.submit(delivery{}, classified(r, tumour.Label(r.Person.Surname)))
		w.settle()
		if got := w.state(first, 1); got != submission.InReview {
			t.Fatalf("the first version: %s", got)
		}
		second := w.submit(delivery{}, classified(r, "FIGO"))
		w.settle()
		if w.state(first, 1) != submission.Outdated || w.state(second, 1) != submission.Completed {
			t.Errorf("states %s and %s", w.state(first, 1), w.state(second, 1))
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier WHERE state = 'held' OR content IS NOT NULL OR (receipt = 1 AND record IS NOT NULL)`); got != 0 {
			t.Error("the replaced version is still there")
		}
		if got := w.inRegistry(`SELECT COUNT(*) FROM record`); got != 1 {
			t.Errorf("%d records in the registry", got)
		}
	})
}

// TestOneNumberForTwoOccasions: a Meldungs-ID stands for one Meldeanlass, also
// when the report it was given to first is completed.
func TestOneNumberForTwoOccasions(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		first, second := w.twoOccasions()
		w.submit(delivery{}, first)
		w.settle()
		other := *second
		other.ID = first.ID
		receipt := w.submit(delivery{}, &other)
		w.settle()
		if remarks := w.portal.told(receipt, 1).Remarks; w.state(receipt, 1) != submission.Refused || len(remarks) != 1 || !strings.Contains(remarks[0].Message, "Meldeanlass") {
			t.Errorf("%s: %v", w.state(receipt, 1), remarks)
		}
		receipt = w.submit(delivery{}, second)
		w.settle()
		if got := w.state(receipt, 1); got != submission.Completed {
			t.Errorf("under a number of its own: %s", got)
		}
	})
}

// twoOccasions are reports of different occasions on one tumour.
func (w *world) twoOccasions() (*report.Report, *report.Report) {
	w.t.Helper()
	all := w.reports(20, "")
	for i, a := range all {
		for _, b := range all[i+1:] {
			if a.Patient == b.Patient && a.Event.Assignment.TumourID == b.Event.Assignment.TumourID && a.Event.Occasion() != b.Event.Occasion() {
				return a, b
			}
		}
	}
	w.t.Fatal("no tumour has two reports")
	return nil, nil
}

func TestTwiceInOneDelivery(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		first := w.diagnoses(1)[0]
		w.submit(delivery{}, classified(first, "FIGO"), classified(first, "Lugano"))
		w.settle()
		if w.state(1, 1) != submission.Completed || w.state(1, 2) != submission.Refused || w.portal.told(1, 2).Remarks[0].Rule != "R2" {
			t.Errorf("states %s and %s", w.state(1, 1), w.state(1, 2))
		}
	})
}

// TestN16ObjectionDropsChiffrate follows a patient who objects in the second
// report, in a profile that keeps Chiffrate in the trust centre and in one that
// keeps them in the registry.
func TestN16ObjectionDropsChiffrate(t *testing.T) {
	for _, profile := range []string{"ekn", "hessen", "kkn"} {
		t.Run(profile, func(t *testing.T) {
			onBoth(t, profile, func(t *testing.T, w *world) {
				base := w.diagnoses(1)[0]
				report := func(id report.ID, reason report.Reason) *report.Report {
					r := *base
					r.ID, r.Reason = id, reason
					return &r
				}
				chiffrate := func() int {
					return w.inCentre(`SELECT COUNT(*) FROM reference WHERE chiffrat IS NOT NULL`) + w.inRegistry(`SELECT COUNT(*) FROM record WHERE chiffrat IS NOT NULL`)
				}
				w.submit(delivery{}, report("M1", "I"))
				w.settle()
				if got := chiffrate(); got != 1 {
					t.Fatalf("%d Chiffrate before the objection", got)
				}
				w.submit(delivery{}, report("M2", "W"))
				w.settle()
				w.submit(delivery{}, report("M3", "I"))
				w.settle()
				want := 0
				if profile == "kkn" {
					want = 3
				}
				if got := chiffrate(); got != want {
					t.Errorf("%d Chiffrate after the objection, want %d", got, want)
				}
				if got := w.inRegistry(`SELECT COUNT(*) FROM person`); got != 1 {
					t.Errorf("%d persons: the control numbers must go on linking", got)
				}
			})
		})
	}
}

// TestStepGoesOnWhileANeighbourIsAway wants the portal told of what is there.
func TestStepGoesOnWhileANeighbourIsAway(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		reports := w.reports(2, "")
		away := &awayRegistry{}
		w.must(w.tc.Close())
		tc, err := trustcentre.Open(t.Context(), w.centre, trustcentre.Options{Clock: w.clock, Hasher: fast,
			Portal: submission.Local(w.portal, wire.TrustCentre), Registry: away})
		w.must(err)
		w.tc = tc
		receipt := w.submit(delivery{}, reports...)
		for range 5 {
			if _, err := w.tc.Step(t.Context()); err == nil {
				t.Fatal("an absent registry is not told")
			}
		}
		for i := range reports {
			if got := w.state(receipt, i+1); got != submission.InReview {
				t.Errorf("position %d: %q", i+1, got)
			}
		}
		nobody := &visitor{w: w, handler: w.tc.Handler(), host: "trustcentre.localhost", cookies: map[string]string{}}
		if a := nobody.get("/readyz"); a.Code != http.StatusServiceUnavailable {
			t.Errorf("/readyz while the registry is away: %d %s", a.Code, a.Body)
		}
		w.restart()
		w.settle()
		w.arrived(receipt, reports)
	})
}

// awayRegistry never answers.
type awayRegistry struct{ transfer.Closed }

func (awayRegistry) Put(context.Context, []transfer.Record) error {
	return fmt.Errorf("%w", wire.ErrAway)
}
