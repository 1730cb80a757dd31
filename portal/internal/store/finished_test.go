// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/policy"
	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/store"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

// TestFinishedGivesWholePatientsOfTheUnit: an entry put since then brings all
// entries of its patient, a reading goes on where it broke off, and another
// unit gets nothing.
func TestFinishedGivesWholePatientsOfTheUnit(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx := t.Context()
		r := b.submit(t, "unit-1", "one", 3)
		put := func(patient, id string) {
			t.Helper()
			if err := b.PutHistory(ctx, "trustcentre", []submission.HistoryItem{item(r.Sequence, patient, id, "C50.4")}); err != nil {
				t.Fatal(err)
			}
			b.clock.Advance(time.Hour)
		}
		put("P-1", "R-1")
		put("P-2", "R-3")
		put("P-1", "R-2")
		first, _, err := b.Find(ctx, "unit-1", "account-1", "P-1")
		if err != nil {
			t.Fatal(err)
		}
		read := func(unit string, since time.Duration, after followup.Handle) (order []followup.Handle, entries map[followup.Handle]int) {
			t.Helper()
			entries = map[followup.Handle]int{}
			err := b.Finished(ctx, unit, b.clock.Now().Add(-since), after, func(handle followup.Handle, records []followup.Record) error {
				order, entries[handle] = append(order, handle), len(records)
				for _, one := range records {
					if one.Entry.Event.Assignment.ICD.Code != "C50.4" || one.View.PatientNumber == "" {
						t.Errorf("record %+v", one)
					}
				}
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return order, entries
		}
		order, entries := read("unit-1", 24*time.Hour, "")
		if len(order) != 2 || order[0] >= order[1] || entries[first] != 2 {
			t.Fatalf("patients %v with %v", order, entries)
		}
		if rest, _ := read("unit-1", 24*time.Hour, order[0]); len(rest) != 1 || rest[0] != order[1] {
			t.Errorf("behind the first: %v", rest)
		}
		if late, entries := read("unit-1", 90*time.Minute, ""); len(late) != 1 || entries[first] != 2 {
			t.Errorf("since the last one: %v", entries)
		}
		if none, _ := read("unit-2", 24*time.Hour, ""); len(none) != 0 {
			t.Errorf("another unit gets %v", none)
		}
		broken := errors.New("broken off")
		if err := b.Finished(ctx, "unit-1", b.clock.Now().Add(-24*time.Hour), "", func(followup.Handle, []followup.Record) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("broken off: %v", err)
		}
	})
}

// counted counts the patients that are read.
type counted struct {
	*bench
	read, opened int
}

func (c *counted) Finished(ctx context.Context, unit string, since time.Time, after followup.Handle, each func(followup.Handle, []followup.Record) error) error {
	return c.bench.Finished(ctx, unit, since, after, func(handle followup.Handle, records []followup.Record) error {
		c.read++
		return each(handle, records)
	})
}

func (c *counted) History(ctx context.Context, unit string, handle followup.Handle) (followup.Found, error) {
	c.opened++
	return c.bench.History(ctx, unit, handle)
}

// surgeryOf is a finished operation that awaits its histology.
func surgeryOf(r submission.Receipt, patient, id string, on time.Time) submission.HistoryItem {
	it := item(r, patient, id, "C50.4")
	it.Entry.Event.Diagnosis = nil
	it.Entry.Event.Surgery = &tumour.Surgery{Date: calendar.Of(on), Intention: "P"}
	return it
}

// TestMissingFindsTheOldestAmongTwentyThousand: of a unit with more entries
// than anybody reads for a page the one that is due longest is found, and the
// next page reads only what was put since.
func TestMissingFindsTheOldestAmongTwentyThousand(t *testing.T) {
	suite(t, func(t *testing.T, b bench) {
		ctx, now := t.Context(), b.clock.Now()
		r := b.submit(t, "unit-1", "one", 1)
		const entries, batch = 20_000, 2_000
		put := func(items ...submission.HistoryItem) {
			t.Helper()
			if err := b.PutHistory(ctx, "trustcentre", items); err != nil {
				t.Fatal(err)
			}
		}
		b.clock.Advance(-400 * 24 * time.Hour)
		put(surgeryOf(r.Sequence, "P-old", "R-old", now.AddDate(0, 0, -350)))
		for from := 0; from < entries; from += batch {
			b.clock.Advance(24 * time.Hour)
			items := make([]submission.HistoryItem, batch)
			for i := range items {
				n := from + i
				items[i] = item(r.Sequence, fmt.Sprintf("P-%d", n/2), fmt.Sprintf("R-%d", n), "C50.4")
			}
			put(items...)
		}
		put(surgeryOf(r.Sequence, "P-new", "R-new", now.AddDate(0, 0, -60)))
		b.clock.Advance(now.Sub(b.clock.Now()))
		profile, err := policy.Of("kkn")
		if err != nil {
			t.Fatal(err)
		}
		c := &counted{bench: &b}
		room := followup.New(c, profile, terminology.BuiltIn())
		missing := func(at time.Time, limit int, patients ...string) {
			t.Helper()
			list, err := room.Missing(ctx, "unit-1", at, limit)
			var got []string
			for _, one := range list {
				got = append(got, one.Patient)
			}
			if err != nil || strings.Join(got, " ") != strings.Join(patients, " ") {
				t.Fatalf("missing %v, want %v: %v", got, patients, err)
			}
		}
		missing(now, 6, "P-old", "P-new")
		if c.read != entries/2+2 || c.opened != 2 {
			t.Errorf("the first page reads %d patients and opens %d", c.read, c.opened)
		}
		c.read, c.opened = 0, 0
		missing(now.Add(time.Minute), 1, "P-old")
		missing(now.Add(time.Hour), 6, "P-old", "P-new")
		if c.read != 0 || c.opened != 3 {
			t.Errorf("further pages read %d patients and open %d", c.read, c.opened)
		}
		b.clock.Advance(time.Hour)
		answer := surgeryOf(r.Sequence, "P-old", "R-old", now.AddDate(0, 0, -350))
		answer.Receipt, answer.Entry.Event.Surgery.Histology = answer.Receipt+1, &tumour.Histology{}
		if err := room.PutHistory(ctx, "trustcentre", []submission.HistoryItem{answer}); err != nil {
			t.Fatal(err)
		}
		missing(now.Add(time.Hour), 6, "P-new")
		if c.read != 1 {
			t.Errorf("one new entry has %d patients read", c.read)
		}
		b.planned(t, store.FinishedText, []any{"unit-1", []byte{}, int64(1)},
			"COVERING INDEX history_entry_by_put (unit=? AND put_at>?)", "history_entry_by_patient (unit=? AND patient_index=?)")
	})
}

// planned wants a statement to go by its indexes and to scan no table. PostgreSQL
// decides by the size of the tables, which here are small.
func (b bench) planned(t *testing.T, statement string, args []any, steps ...string) {
	t.Helper()
	err := b.db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		if tx.Engine() != database.SQLite {
			return nil
		}
		rows, err := tx.QueryContext(ctx, `EXPLAIN QUERY PLAN `+statement, args...)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		var plan []string
		for rows.Next() {
			var id, parent, unused int
			var detail string
			if err := rows.Scan(&id, &parent, &unused, &detail); err != nil {
				return err
			}
			plan = append(plan, detail)
		}
		all := strings.Join(plan, "\n")
		for _, step := range steps {
			if !strings.Contains(all, step) || strings.Contains(all, "SCAN history_entry") || strings.Contains(all, "SCAN f") {
				t.Errorf("without %s:\n%s", step, all)
			}
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
}
