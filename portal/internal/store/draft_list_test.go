// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/drafting"
	"meldewerk/portal/internal/store"
)

// crowd adds copies of a draft, which nobody opens: a list shows its first rows.
func (b bench) crowd(t *testing.T, f drafting.Form, copies int) {
	t.Helper()
	const atOnce = 500
	err := b.db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a test")
		for n := 0; n < copies; n += atOnce {
			ids := make([]string, atOnce)
			for i := range ids {
				ids[i] = fmt.Sprintf("('%026d')", n+i)
			}
			_, err := tx.ExecContext(ctx, `WITH copy (id) AS (VALUES `+strings.Join(ids, ", ")+`)
				INSERT INTO form (id, record_id, unit, occasion, sent, locked, version, created_at, changed_at, meta, sheet)
				SELECT copy.id, f.record_id, f.unit, f.occasion, f.sent, f.locked, f.version, f.created_at, f.changed_at, f.meta, f.sheet
				FROM copy, form f WHERE f.id = $1`, string(f.ID))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestWhatWaitsIsCountedWholeAndOrderedByWhatPresses: a unit with thousands of
// drafts sees first what came back, then what goes soon, however long ago
// anybody touched it, and the number of all of them.
func TestWhatWaitsIsCountedWholeAndOrderedByWhatPresses(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.record(t, "unit-1", "P-1")
		refused, asked, done := b.form(t, r), b.form(t, r), b.form(t, r)
		hour := func() { b.clock.Advance(time.Hour) }
		hour()
		first := b.mustHandIn(t, "refused", r, refused)
		r = b.readRecord(t, "unit-1", r.ID)
		hour()
		second := b.mustHandIn(t, "asked", r, asked)
		b.mustHandIn(t, "done", r, done)
		if err := b.PutProgress(ctx, "trustcentre", progress(first.Sequence, 1, submission.Refused, b.clock.Now())); err != nil {
			t.Fatal(err)
		}
		b.review(t, second.Sequence, 1)
		b.ask(t, b.question("Q-1", second.Sequence, 1))
		older, old := b.form(t, r), drafting.Form{}
		hour()
		old = b.form(t, r)
		soon := b.clock.Now()
		hour()
		const copies = 5000
		b.crowd(t, b.form(t, r), copies)
		hour()
		last := b.form(t, r)

		list := func(f drafting.Filter, limit int, total int, want ...drafting.Form) {
			t.Helper()
			f.Open, f.Soon = true, soon
			rows, count, err := b.Drafts().Forms(ctx, "unit-1", f, 0, limit)
			if err != nil || count != total || len(rows) != len(want) {
				t.Fatalf("%d rows of %d, want %d of %d: %v", len(rows), count, len(want), total, err)
			}
			for i, row := range rows {
				if row.ID != want[i].ID || row.Patient != "P-1" {
					t.Errorf("row %d is %s of %s, changed at %v", i, row.State, row.Patient, row.ChangedAt)
				}
			}
		}
		list(drafting.Filter{}, 5, copies+6, asked, refused, older, old, last)
		list(drafting.Filter{Unasked: true}, 4, copies+5, refused, older, old, last)
		if rows, total, err := b.Drafts().Forms(ctx, "unit-2", drafting.Filter{Open: true}, 0, 5); err != nil || total != 0 || len(rows) != 0 {
			t.Errorf("another unit: %d, %v", total, err)
		}
		b.planned(t, store.ToDoText, []any{"unit-1", int64(1), true},
			"SEARCH f USING INDEX form_by_unit (unit=?)", "SEARCH v USING INDEX", "SEARCH f USING INDEX form_filled_in (unit=?)")
	})
}
