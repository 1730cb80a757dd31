// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"encoding/hex"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/upload"
	"meldewerk/tumour/history"
)

// Rows that are damaged at rest: each is passed by and hides none beside it.

func (b bench) spoil(t *testing.T, text string, args ...any) {
	t.Helper()
	err := b.db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a test spoils rows")
		result, err := tx.ExecContext(ctx, text, args...)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			t.Errorf("nothing was spoiled: %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestC8DamagedVerdictHidesNoOther spoils what is kept of one report, and what
// a trust centre said of another: the protocol stands, line by line.
func TestC8DamagedVerdictHidesNoOther(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 3)
		if err := b.PutProgress(ctx, "trustcentre", progress(r.Sequence, 2, submission.Refused, b.clock.Now())); err != nil {
			t.Fatal(err)
		}
		b.spoil(t, `UPDATE report_result SET content = (SELECT o.content FROM report_result o WHERE o.position = 3) WHERE position = 1`)
		b.spoil(t, `UPDATE progress SET remarks = (SELECT o.content FROM report_result o WHERE o.position = 3) WHERE position = 2`)
		b.clock.Advance(time.Hour)
		b.submit(t, "unit-1", "two", 1)
		b.spoil(t, `UPDATE package SET head = (SELECT o.content FROM report_result o WHERE o.position = 3) WHERE id = $1`, string(r.Package))
		if list, total, err := b.Packages(ctx, "unit-1", 0, 10); err != nil || total != 2 || len(list) != 2 || list[0].Damaged || !list[1].Damaged {
			t.Errorf("packages %+v, %v", list, err)
		}
		lines, total, err := b.Lines(ctx, "unit-1", upload.ID(r.Package), upload.Filter{}, 0, 10)
		if err != nil || total != 3 || len(lines) != 3 {
			t.Fatalf("%d of %d, %v", len(lines), total, err)
		}
		for i, line := range lines {
			if line.Damaged != (i < 2) || (line.Patient == "") != (i == 0) {
				t.Errorf("position %d: %+v", line.Position, line)
			}
		}
		if s := lines[1].Standing; len(s) != 1 || s[0].State != submission.Refused {
			t.Errorf("what the trust centre said: %+v", s)
		}
		seen := 0
		if err := b.Each(ctx, "unit-1", upload.ID(r.Package), upload.Filter{}, func(upload.Line) error { seen++; return nil }); err != nil || seen != 3 {
			t.Errorf("%d lines, %v", seen, err)
		}
	})
}

// TestC8DamagedHistoryHidesNoOther does the same to the Tumorhistorie of a
// patient, and to what is read of all patients for the start page.
func TestC8DamagedHistoryHidesNoOther(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		first, second := b.submit(t, "unit-1", "one", 2), b.submit(t, "unit-1", "two", 1)
		item := func(r submission.Receipt, patient, id string) submission.HistoryItem {
			return submission.HistoryItem{Receipt: r, Position: 1, Unit: "unit-1", Reporter: "M-1", ReportID: id, Channel: submission.ByPackage,
				View: history.ReducedView{PatientNumber: patient}, Entry: history.Entry{Tumour: 1}}
		}
		if err := b.PutHistory(ctx, "trustcentre", []submission.HistoryItem{item(first.Sequence, "P-1", "R-1"), item(second.Sequence, "P-1", "R-9"), item(second.Sequence, "P-2", "R-8")}); err != nil {
			t.Fatal(err)
		}
		b.spoil(t, `UPDATE history_entry SET content = (SELECT r.content FROM report_result r WHERE r.position = 2) WHERE receipt = $1`, int64(first.Sequence))
		b.spoil(t, `UPDATE report_result SET content = (SELECT r.content FROM report_result r WHERE r.position = 2) WHERE position = 1 AND package_id = $1`, string(first.Package))
		handle, known, err := b.Find(ctx, "unit-1", "account-1", "P-1")
		if err != nil || !known {
			t.Fatal(known, err)
		}
		found, err := b.History(ctx, "unit-1", handle)
		if err != nil || found.Damaged != 2 || len(found.Records) != 1 || len(found.Submitted) != 2 || found.Patient != "P-1" {
			t.Errorf("found %+v, %v", found, err)
		}
		if s := found.Submitted; len(s) == 2 && (s[0].Report != "R-1" || s[1].Report != "" || s[1].Occasion == "") {
			t.Errorf("submitted %+v", s)
		}
		patients := 0
		err = b.Finished(ctx, "unit-1", time.Unix(1, 0), followup.Handle(hex.EncodeToString(nil)), func(followup.Handle, []followup.Record) error { patients++; return nil })
		if err != nil || patients != 2 {
			t.Errorf("%d patients, %v", patients, err)
		}
	})
}

// TestC8DamagedContentFillsNoAnswer: an envelope whose content is gone, one
// whose content is another and one whose withdrawn reports nobody knows come
// without content, and the whole one behind them comes although the answer
// would be full.
func TestC8DamagedContentFillsNoAnswer(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		gone, other, facts := b.submit(t, "unit-1", "one", 1), b.submit(t, "unit-1", "two", 1), b.submit(t, "unit-1", "three", 1)
		whole := b.submit(t, "unit-1", "four", 1)
		b.spoil(t, `UPDATE envelope SET withdrawn = '[1,' WHERE package_id = $1`, string(facts.Package))
		b.spoil(t, `DELETE FROM envelope_content WHERE envelope_id IN (SELECT e.id FROM envelope e WHERE e.package_id = $1)`, string(gone.Package))
		b.spoil(t, `UPDATE envelope_content SET sealed = $2 WHERE envelope_id IN (SELECT e.id FROM envelope e WHERE e.package_id = $1)`, string(other.Package), make([]byte, 100))
		out, err := b.Next(t.Context(), "trustcentre", 10, 50)
		if err != nil || len(out) != 4 {
			t.Fatalf("%d envelopes, %v", len(out), err)
		}
		for i := range out {
			if out[i].Damaged != (i < 3) || (out[i].Sealed == nil) != (i < 3) || i == 3 && out[i].Receipt != whole.Sequence {
				t.Errorf("envelope %d: %+v", i, out[i])
			}
		}
	})
}
