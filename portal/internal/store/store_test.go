// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	ground "meldewerk/internal/store"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/store"
	"meldewerk/portal/internal/upload"
	"meldewerk/report"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// clock is a house clock that tests move by hand.
type clock struct{ at atomic.Int64 }

func newClock() *clock {
	c := &clock{}
	c.at.Store(time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC).UnixMicro())
	return c
}

func (c *clock) Now() time.Time          { return time.UnixMicro(c.at.Load()).UTC() }
func (c *clock) Advance(d time.Duration) { c.at.Add(d.Microseconds()) }

// bench is what one test works with.
type bench struct {
	*store.Store
	db    *database.DB
	clock *clock
}

// suite runs a test on both engines.
func suite(t *testing.T, run func(t *testing.T, b bench)) {
	t.Helper()
	t.Parallel()
	c := newClock()
	databasetest.RunWith(t, database.Options{Clock: c.Now}, func(t *testing.T, open func(t *testing.T) *database.DB) {
		run(t, newBench(t, open(t), c))
	})
}

func newBench(t *testing.T, db *database.DB, c *clock) bench {
	t.Helper()
	ctx := t.Context()
	if err := db.Migrate(ctx, ground.Migrations(), store.Migrations()); err != nil {
		t.Fatal(err)
	}
	log, err := ground.NewAuditLog(db, "portal", ground.AuditOptions{})
	if err != nil {
		t.Fatal(err)
	}
	key := filepath.Join(t.TempDir(), "master.key")
	if err := atrest.CreateMasterKey(key); err != nil {
		t.Fatal(err)
	}
	ring, err := atrest.OpenKeyring(ctx, key, ground.NewDataKeys(db, log))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(ring.Close)
	s, err := store.Open(ctx, db, log, ring)
	if err != nil {
		t.Fatal(err)
	}
	return bench{Store: s, db: db, clock: c}
}

const lease = 2 * time.Minute

func submissionOf(unit string) dispatch.Submission {
	return dispatch.Submission{Unit: unit, Account: "account-1", Kind: submission.Real, Channel: submission.ByPackage,
		Reporters: []string{"M-1"}, Released: true, FileName: "export.xml"}
}

// stage makes one part with as many accepted reports, positions from first.
func stage(id dispatch.PackageID, part, first, reports int) dispatch.Stage {
	st := dispatch.Stage{Package: id, Part: part, Reports: reports, First: first, Last: first + reports - 1}
	for p := first; p < first+reports; p++ {
		st.Rows = append(st.Rows, dispatch.Row{Result: report.Result{Position: p, Patient: report.PatientID(fmt.Sprintf("P-%d", p)),
			Report: report.ID(fmt.Sprintf("R-%d", p)), Occasion: tumour.OccasionDiagnosis, Verdict: report.Accepted}})
	}
	content := []byte(fmt.Sprintf("sealed %s %d", id, part))
	sum := sha256.Sum256(content)
	st.Envelopes = []dispatch.Sealed{{ID: submission.EnvelopeID(fmt.Sprintf("%.24s%02d", id, part)), Recipient: "trustcentre",
		SHA256: sum[:], Content: content}}
	return st
}

func closing(id dispatch.PackageID, text string, accepted, parts int) dispatch.Closing {
	sum := sha256.Sum256([]byte(text))
	return dispatch.Closing{Package: id, SHA256: sum[:], Size: int64(len(text)), SchemaVersion: "3.0.4",
		Counts: dispatch.Counts{Reports: accepted, Accepted: accepted}, Parts: parts}
}

// submit brings a whole submission through and gives its receipt.
func (b bench) submit(t *testing.T, unit, text string, reports int) dispatch.Receipt {
	t.Helper()
	ctx := t.Context()
	id, err := b.Begin(ctx, submissionOf(unit), lease)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Stage(ctx, stage(id, 1, 1, reports), lease); err != nil {
		t.Fatal(err)
	}
	r, err := b.Receive(ctx, closing(id, text, reports, 1))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (b bench) count(t *testing.T, query string, args ...any) int {
	t.Helper()
	n := 0
	err := b.db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, query, args...).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestNothingStagedCountsBeforeTheReceipt(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		id, err := b.Begin(ctx, submissionOf("unit-1"), lease)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Stage(ctx, stage(id, 1, 1, 3), lease); err != nil {
			t.Fatal(err)
		}
		if out, err := b.Next(ctx, "trustcentre", 10, 1<<20); err != nil || len(out) != 0 {
			t.Fatalf("outbox before the receipt: %d envelopes, %v", len(out), err)
		}
		if err := b.Acknowledge(ctx, "trustcentre", []submission.EnvelopeID{stage(id, 1, 1, 3).Envelopes[0].ID}); err != nil {
			t.Fatal(err)
		}
		if _, total, err := b.Lines(ctx, "unit-1", upload.ID(id), upload.Filter{}, 0, 10); err != nil || total != 0 {
			t.Fatalf("protocol before the receipt: %d lines, %v", total, err)
		}
		r, err := b.Receive(ctx, closing(id, "a", 3, 1))
		if err != nil || !r.First || r.Sequence != 1 {
			t.Fatalf("receipt %+v, %v", r, err)
		}
		out, err := b.Next(ctx, "trustcentre", 10, 1<<20)
		if err != nil || len(out) != 1 {
			t.Fatalf("outbox after the receipt: %d envelopes, %v", len(out), err)
		}
		if err := out[0].Check(); err != nil {
			t.Fatalf("envelope: %v", err)
		}
		if other, err := b.Next(ctx, "other", 10, 1<<20); err != nil || len(other) != 0 {
			t.Fatalf("another trust centre gets %d envelopes, %v", len(other), err)
		}
	})
}

func TestDiscardLeavesNothing(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		id, err := b.Begin(ctx, submissionOf("unit-1"), lease)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Stage(ctx, stage(id, 1, 1, 3), lease); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := b.Discard(ctx, id); err != nil {
				t.Fatal(err)
			}
		}
		for _, table := range []string{"package", "report_result", "envelope", "envelope_content", "upload_lease", "result_cause"} {
			if n := b.count(t, `SELECT COUNT(*) FROM `+table); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
		if err := b.Stage(ctx, stage(id, 2, 4, 1), lease); !errors.Is(err, dispatch.ErrLost) {
			t.Errorf("staging after the discard gives %v", err)
		}
	})
}

func TestU1OneUploadPerUnit(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		first, err := b.Begin(ctx, submissionOf("unit-1"), lease)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Begin(ctx, submissionOf("unit-1"), lease); !errors.Is(err, dispatch.ErrBusy) {
			t.Fatalf("a second upload gives %v", err)
		}
		if _, err := b.Begin(ctx, submissionOf("unit-2"), lease); err != nil {
			t.Fatalf("another unit: %v", err)
		}
		if err := b.Stage(ctx, stage(first, 1, 1, 1), lease); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(lease + time.Second)
		if _, err := b.Begin(ctx, submissionOf("unit-1"), lease); err != nil {
			t.Fatalf("after the lease: %v", err)
		}
		if _, err := b.Receive(ctx, closing(first, "late", 1, 1)); !errors.Is(err, dispatch.ErrLost) {
			t.Fatalf("receipt for the lost upload: %v", err)
		}
		if n := b.count(t, `SELECT COUNT(*) FROM envelope`); n != 0 {
			t.Fatalf("%d envelopes of the lost upload are left", n)
		}
	})
}

func TestSweepDropsWhatWasGivenUp(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		done := b.submit(t, "unit-2", "done", 2)
		id, err := b.Begin(ctx, submissionOf("unit-1"), lease)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := b.Sweep(ctx, time.Time{}); err != nil || n != 0 {
			t.Fatalf("swept %d running uploads, %v", n, err)
		}
		b.clock.Advance(lease + time.Second)
		if n, err := b.Sweep(ctx, time.Time{}); err != nil || n != 1 {
			t.Fatalf("swept %d, %v", n, err)
		}
		if err := b.Keep(ctx, id, lease); !errors.Is(err, dispatch.ErrLost) {
			t.Fatalf("keeping a swept upload gives %v", err)
		}
		if _, err := b.Package(ctx, "unit-2", upload.ID(done.Package)); err != nil {
			t.Fatalf("the received package is gone: %v", err)
		}
	})
}

func TestU8SamePackageGivesTheFirstReceipt(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		first := b.submit(t, "unit-1", "same bytes", 2)
		again := b.submit(t, "unit-1", "same bytes", 2)
		if again.First || again.Number != first.Number || again.Package != first.Package || !again.ReceivedAt.Equal(first.ReceivedAt) {
			t.Fatalf("first %+v, again %+v", first, again)
		}
		if out, err := b.Next(ctx, "trustcentre", 10, 1<<20); err != nil || len(out) != 1 {
			t.Fatalf("%d envelopes, %v", len(out), err)
		}
		b.clock.Advance(lease + time.Second)
		if _, err := b.Sweep(ctx, time.Time{}); err != nil {
			t.Fatal(err)
		}
		if other := b.submit(t, "unit-2", "same bytes", 2); !other.First || other.Sequence != first.Sequence+1 {
			t.Fatalf("another unit's package gives %+v", other)
		}
		// More of it is accepted now: new rules, a new receipt.
		if more := b.submit(t, "unit-1", "same bytes", 3); !more.First {
			t.Fatalf("a better verdict gives the old receipt %+v", more)
		}
	})
}

func TestSweepDropsTheUploadsOfADeadProcess(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		if _, err := b.Begin(ctx, submissionOf("unit-1"), lease); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(time.Second)
		opened := b.clock.Now()
		b.clock.Advance(time.Second)
		if _, err := b.Begin(ctx, submissionOf("unit-2"), lease); err != nil {
			t.Fatal(err)
		}
		want := 1
		if b.db.Engine() == database.PostgreSQL {
			want = 0 // another process may be alive
		}
		if n, err := b.Sweep(ctx, opened); err != nil || n != want {
			t.Fatalf("swept %d, want %d, %v", n, want, err)
		}
	})
}

func TestUnreadableKeepsOnlyTheFinding(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		id, err := b.Begin(ctx, submissionOf("unit-1"), lease)
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Stage(ctx, stage(id, 1, 1, 3), lease); err != nil {
			t.Fatal(err)
		}
		c := closing(id, "cut", 0, 1)
		c.Findings = []report.Finding{{Rule: "XML-002", Severity: report.Error, Line: 12, Message: "m", Remedy: "r"}}
		if err := b.Unreadable(ctx, c); err != nil {
			t.Fatal(err)
		}
		p, err := b.Package(ctx, "unit-1", upload.ID(id))
		if err != nil || p.State != upload.Unreadable || p.Number != "" || !cmp.Equal(p.Findings, c.Findings) {
			t.Fatalf("package %+v, %v", p, err)
		}
		for _, table := range []string{"report_result", "envelope", "envelope_content", "upload_lease"} {
			if n := b.count(t, `SELECT COUNT(*) FROM `+table); n != 0 {
				t.Errorf("%d rows are left in %s", n, table)
			}
		}
	})
}

func TestAmendWithdraws(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		id, err := b.Begin(ctx, submissionOf("unit-1"), lease)
		if err != nil {
			t.Fatal(err)
		}
		for part, first := range []int{1, 4} {
			if err := b.Stage(ctx, stage(id, part+1, first, 3), lease); err != nil {
				t.Fatal(err)
			}
		}
		bad := report.Finding{Rule: "XML-020", Severity: report.Error, Path: "Meldung", Message: "m", Remedy: "r"}
		hint := bad
		hint.Rule, hint.Severity = "H1", report.Warning
		changed, err := b.Amend(ctx, id, []dispatch.Amendment{
			{Position: 2, Findings: []report.Finding{bad}, Causes: []int{1}},
			{Position: 5, Findings: []report.Finding{bad}, Causes: []int{1}},
			{Position: 6, Findings: []report.Finding{hint}, Causes: []int{2}},
		}, []dispatch.Cause{{Number: 1, Sample: bad}, {Number: 2, Sample: hint}}, lease)
		want := []dispatch.Amended{{Before: report.Accepted, After: report.Rejected},
			{Before: report.Accepted, After: report.Rejected}, {Before: report.Accepted, After: report.Warned}}
		if err != nil || !cmp.Equal(changed, want) {
			t.Fatalf("changed %v, %v", changed, err)
		}
		c := closing(id, "amended", 3, 2)
		c.Counts = dispatch.Counts{Reports: 6, Accepted: 3, Warned: 1, Rejected: 2}
		if _, err := b.Receive(ctx, c); err != nil {
			t.Fatal(err)
		}
		out, err := b.Next(ctx, "trustcentre", 10, 1<<20)
		if err != nil || len(out) != 2 || !cmp.Equal(out[0].Withdrawn, []int{2}) || !cmp.Equal(out[1].Withdrawn, []int{5}) {
			t.Fatalf("outbox %+v, %v", out, err)
		}
		causes, err := b.Causes(ctx, "unit-1", upload.ID(id))
		if err != nil || len(causes) != 2 || causes[0].Reports != 2 || causes[0].Sample.Rule != "XML-020" {
			t.Fatalf("causes %+v, %v", causes, err)
		}
		for filter, count := range map[upload.Filter]int{{Verdict: report.Rejected}: 2, {Cause: 2}: 1, {Rule: "XML-020"}: 2, {}: 6, {Rule: "X"}: 0} {
			lines, total, err := b.Lines(ctx, "unit-1", upload.ID(id), filter, 0, 10)
			if err != nil || total != count || len(lines) != count {
				t.Errorf("filter %+v: %d lines, total %d, %v", filter, len(lines), total, err)
			}
		}
	})
}

func TestEnvelopesStayUntilBackedUp(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		b.submit(t, "unit-1", "one", 1)
		b.submit(t, "unit-2", "two", 1)
		out, err := b.Next(ctx, "trustcentre", 10, 1<<20)
		if err != nil || len(out) != 2 || out[0].Receipt != 1 || out[1].Receipt != 2 {
			t.Fatalf("outbox %+v, %v", out, err)
		}
		if small, err := b.Next(ctx, "trustcentre", 10, 1); err != nil || len(small) != 1 {
			t.Fatalf("with no room there are %d envelopes, %v", len(small), err)
		}
		ids := []submission.EnvelopeID{out[0].ID}
		contents := func() int { return b.count(t, `SELECT COUNT(*) FROM envelope_content`) }
		if err := b.BackedUp(ctx, "trustcentre", ids); err != nil || contents() != 2 {
			t.Fatalf("an envelope never acknowledged was deleted: %d left, %v", contents(), err)
		}
		if err := b.Acknowledge(ctx, "other", ids); err != nil {
			t.Fatal(err)
		}
		if again, err := b.Next(ctx, "trustcentre", 10, 1<<20); err != nil || len(again) != 2 {
			t.Fatalf("a stranger's acknowledgement counted: %d left, %v", len(again), err)
		}
		for range 2 {
			if err := b.Acknowledge(ctx, "trustcentre", ids); err != nil {
				t.Fatal(err)
			}
		}
		if again, err := b.Next(ctx, "trustcentre", 10, 1<<20); err != nil || len(again) != 1 || contents() != 2 {
			t.Fatalf("after the acknowledgement %d wait and %d are kept, %v", len(again), contents(), err)
		}
		b.clock.Advance(24 * time.Hour)
		if n, err := b.Expire(ctx, b.clock.Now().Add(-35*24*time.Hour), 10); err != nil || n != 0 {
			t.Fatalf("expired %d too early, %v", n, err)
		}
		for range 2 {
			if err := b.BackedUp(ctx, "trustcentre", ids); err != nil || contents() != 1 {
				t.Fatalf("after the backup %d are kept, %v", contents(), err)
			}
		}
		b.clock.Advance(100 * 24 * time.Hour)
		if n, err := b.Expire(ctx, b.clock.Now().Add(-35*24*time.Hour), 10); err != nil || n != 0 || contents() != 1 {
			t.Fatalf("an envelope never acknowledged expired: %d, %v", n, err)
		}
		if err := b.Acknowledge(ctx, "trustcentre", []submission.EnvelopeID{out[1].ID}); err != nil {
			t.Fatal(err)
		}
		b.clock.Advance(36 * 24 * time.Hour)
		if n, err := b.Expire(ctx, b.clock.Now().Add(-35*24*time.Hour), 10); err != nil || n != 1 || contents() != 0 {
			t.Fatalf("expired %d at the end of the time, %v", n, err)
		}
	})
}

func progress(r submission.Receipt, position int, s submission.State, at time.Time) []submission.Progress {
	return []submission.Progress{{Receipt: r, Position: position, State: s, At: at,
		Remarks: []submission.Remark{{Rule: "T1", Severity: "error", Path: "Meldung", Message: "m", Remedy: "r"}}}}
}

func TestStateNeverGoesBack(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 2)
		state := func() submission.State {
			t.Helper()
			lines, _, err := b.Lines(ctx, "unit-1", upload.ID(r.Package), upload.Filter{}, 0, 1)
			if err != nil || len(lines) != 1 || len(lines[0].Standing) > 1 {
				t.Fatalf("lines %+v, %v", lines, err)
			}
			if len(lines[0].Standing) == 0 {
				return ""
			}
			return lines[0].Standing[0].State
		}
		for _, step := range []struct{ put, want submission.State }{
			{submission.InReview, submission.InReview}, {submission.Forwarded, submission.Forwarded},
			{submission.InReview, submission.Forwarded}, {submission.Completed, submission.Completed},
			{submission.Forwarded, submission.Completed}, {submission.Refused, submission.Completed},
			{submission.Completed, submission.Completed},
		} {
			b.clock.Advance(time.Second)
			if err := b.PutProgress(ctx, "trustcentre", progress(r.Sequence, 1, step.put, b.clock.Now())); err != nil {
				t.Fatal(err)
			}
			if got := state(); got != step.want {
				t.Errorf("after %s the state is %s, want %s", step.put, got, step.want)
			}
		}
		for _, bad := range []struct {
			recipient string
			items     []submission.Progress
		}{
			{"other", progress(r.Sequence, 1, submission.Completed, b.clock.Now())},
			{"trustcentre", progress(r.Sequence, 77, submission.Completed, b.clock.Now())},
		} {
			if err := b.PutProgress(ctx, bad.recipient, bad.items); err == nil {
				t.Errorf("progress of %s on position %d was taken", bad.recipient, bad.items[0].Position)
			}
		}
	})
}

func TestReceiptsGoOnBehindWhatTheTrustCentreKnows(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		// The portal was restored from a backup that lacks receipts up to 40.
		if err := b.PutProgress(ctx, "trustcentre", progress(40, 1, submission.Completed, b.clock.Now())); err != nil {
			t.Fatal(err)
		}
		if r := b.submit(t, "unit-1", "one", 1); r.Sequence != 41 {
			t.Fatalf("the next receipt is %d", r.Sequence)
		}
	})
}

func item(r submission.Receipt, patient, reportID, icd string) submission.HistoryItem {
	return submission.HistoryItem{Receipt: r, Position: 1, Unit: "unit-1", Reporter: "M-1", ReportID: reportID,
		Channel: submission.ByPackage,
		View: history.ReducedView{PatientNumber: patient, BirthMonth: 3, BirthYear: 1951, PostalCode: "30159", Place: "Hannover",
			InsurerTail: "123", InsuredTail: "987"},
		Entry: history.Entry{Tumour: 1, CompletedAt: time.Date(2026, 11, 20, 8, 0, 0, 0, time.UTC), Event: tumour.Event{
			Assignment: tumour.Assignment{ICD: tumour.ICD{Code: tumour.Code(icd), Version: "10 2026 GM"},
				DiagnosedOn: calendar.Date{Year: 2026, Month: 5, Day: 4}},
			Diagnosis: &tumour.Diagnosis{Certainty: "7.1", Performance: "1"}}}}
}

func TestHistoryBelongsToItsUnit(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 1)
		if err := b.PutHistory(ctx, "trustcentre", []submission.HistoryItem{item(r.Sequence, "P-1", "R-1", "C50.4")}); err != nil {
			t.Fatal(err)
		}
		handle, known, err := b.Find(ctx, "unit-1", "account-1", "P-1")
		if err != nil || !known {
			t.Fatalf("find: %v, %v", known, err)
		}
		found, err := b.History(ctx, "unit-1", handle)
		if err != nil || len(found.Records) != 1 || found.Records[0].View.Place != "Hannover" || len(found.Submitted) != 1 {
			t.Fatalf("history %+v, %v", found, err)
		}
		foreign, err := b.History(ctx, "unit-2", handle)
		if err != nil || len(foreign.Records)+len(foreign.Submitted) != 0 {
			t.Fatalf("another unit sees %+v, %v", foreign, err)
		}
		if _, known, err := b.Find(ctx, "unit-2", "account-2", "P-1"); err != nil || known {
			t.Fatalf("another unit finds the patient: %v, %v", known, err)
		}
		if _, known, err := b.Find(ctx, "unit-1", "account-1", "P-2"); err != nil || known {
			t.Fatalf("an unknown patient is found: %v, %v", known, err)
		}
		wrong := item(r.Sequence, "P-1", "R-9", "C50.4")
		wrong.Unit = "unit-2"
		if err := b.PutHistory(ctx, "trustcentre", []submission.HistoryItem{wrong}); err == nil {
			t.Fatal("an entry was put for a unit that did not submit the report")
		}
		for _, handle := range []followup.Handle{"", "x", "00", followup.Handle(bytes.Repeat([]byte("0"), 32)), followup.Handle(bytes.Repeat([]byte("0"), 64))} {
			if found, err := b.History(ctx, "unit-1", handle); err != nil || len(found.Records)+len(found.Submitted) != 0 {
				t.Errorf("handle %q gives %+v, %v", handle, found, err)
			}
		}
	})
}

func TestLaterVersionReplacesItsEntry(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		first, second := b.submit(t, "unit-1", "one", 1), b.submit(t, "unit-1", "two", 1)
		put := func(r submission.Receipt, icd string) {
			t.Helper()
			if err := b.PutHistory(ctx, "trustcentre", []submission.HistoryItem{item(r, "P-1", "R-1", icd)}); err != nil {
				t.Fatal(err)
			}
		}
		want := func(icd tumour.Code) {
			t.Helper()
			handle, _, err := b.Find(ctx, "unit-1", "account-1", "P-1")
			if err != nil {
				t.Fatal(err)
			}
			found, err := b.History(ctx, "unit-1", handle)
			if err != nil || len(found.Records) != 1 || found.Records[0].Entry.Event.Assignment.ICD.Code != icd {
				t.Fatalf("records %+v, %v", found.Records, err)
			}
		}
		put(first.Sequence, "C50.0")
		want("C50.0")
		put(second.Sequence, "C50.9")
		want("C50.9")
		put(first.Sequence, "C50.1") // overtaken in a queue
		want("C50.9")
	})
}

func TestC2PackagesOfOthersAreUnknown(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 2)
		for _, id := range []upload.ID{upload.ID(r.Package), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"} {
			if _, err := b.Package(ctx, "unit-2", id); !errors.Is(err, upload.ErrNoPackage) {
				t.Errorf("package: %v", err)
			}
			if _, total, err := b.Lines(ctx, "unit-2", id, upload.Filter{}, 0, 10); err != nil || total != 0 {
				t.Errorf("lines: %d, %v", total, err)
			}
			if causes, err := b.Causes(ctx, "unit-2", id); err != nil || len(causes) != 0 {
				t.Errorf("causes: %d, %v", len(causes), err)
			}
		}
		if list, total, err := b.Packages(ctx, "unit-2", 0, 10); err != nil || total != 0 || len(list) != 0 {
			t.Errorf("list: %d, %v", total, err)
		}
	})
}

func TestOpenForgetsWhatWasMended(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		id, err := b.Begin(ctx, submissionOf("unit-1"), lease)
		if err != nil {
			t.Fatal(err)
		}
		st := stage(id, 1, 1, 3)
		st.Part, st.Envelopes = 0, nil
		st.Rows[0].Verdict = report.Rejected
		if err := b.Stage(ctx, st, lease); err != nil {
			t.Fatal(err)
		}
		c := closing(id, "bad", 2, 0)
		c.Counts = dispatch.Counts{Reports: 3, Accepted: 2, Rejected: 1}
		if _, err := b.Receive(ctx, c); err != nil {
			t.Fatal(err)
		}
		since := b.clock.Now().Add(-time.Hour)
		marked := func(want ...bool) { // the list of packages agrees, the newest first
			t.Helper()
			var got []bool
			list, _, err := b.Packages(ctx, "unit-1", 0, 10)
			slices.SortFunc(list, func(a, b upload.Package) int { return int(b.Receipt) - int(a.Receipt) })
			for _, p := range list {
				one, each := b.Package(ctx, "unit-1", p.ID)
				if each != nil || one.ToMend != p.ToMend {
					t.Errorf("alone to mend %v, in the list %v: %v", one.ToMend, p.ToMend, each)
				}
				got = append(got, p.ToMend)
			}
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("to mend %v, want %v: %v", got, want, err)
			}
		}
		marked(true)
		open, total, err := b.Open(ctx, "unit-1", since, 20)
		if err != nil || len(open) != 1 || total != 1 || open[0].Rejected != 1 {
			t.Fatalf("open %+v, %v", open, err)
		}
		b.submit(t, "unit-1", "mended", 1) // brings R-1 through
		if open, _, err = b.Open(ctx, "unit-1", since, 20); err != nil || len(open) != 0 {
			t.Fatalf("open after mending %+v, %v", open, err)
		}
		marked(false, false)
		r := b.submit(t, "unit-1", "refused later", 3)
		if err := b.PutProgress(ctx, "trustcentre", progress(r.Sequence, 2, submission.Refused, b.clock.Now())); err != nil {
			t.Fatal(err)
		}
		if open, _, err = b.Open(ctx, "unit-1", since, 20); err != nil || len(open) != 1 || open[0].Refused != 1 || open[0].Rejected != 0 {
			t.Fatalf("open after a refusal of the trust centre %+v, %v", open, err)
		}
		again := b.submit(t, "unit-1", "refused again", 1)
		if err := b.PutProgress(ctx, "trustcentre", progress(again.Sequence, 1, submission.Refused, b.clock.Now())); err != nil {
			t.Fatal(err)
		}
		if open, total, err = b.Open(ctx, "unit-1", since, 1); err != nil || len(open) != 1 || total != 2 || open[0].Number != again.Number {
			t.Fatalf("of two packages one is shown, %d counted: %+v, %v", total, open, err)
		}
		marked(true, true, false, false)
	})
}
