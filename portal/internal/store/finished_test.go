// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"testing"
	"time"

	"meldewerk/exchange/submission"
)

// TestFinishedGivesTheUnitsOwnNewestEntries reads the entries of all patients of
// a unit, and of no other unit.
func TestFinishedGivesTheUnitsOwnNewestEntries(t *testing.T) {
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
		put("P-1", "R-2")
		put("P-2", "R-3")
		handle, _, err := b.Find(ctx, "unit-1", "account-1", "P-1")
		if err != nil {
			t.Fatal(err)
		}
		want := func(unit string, since time.Time, limit, patients, ofFirst int) {
			t.Helper()
			got, err := b.Finished(ctx, unit, since, limit)
			if err != nil || len(got) != patients || len(got[handle]) != ofFirst {
				t.Errorf("%s: %d patients, %d entries of the first: %v", unit, len(got), len(got[handle]), err)
			}
			for _, records := range got {
				for _, one := range records {
					if one.Entry.Event.Assignment.ICD.Code != "C50.4" || one.View.PatientNumber == "" {
						t.Errorf("record %+v", one)
					}
				}
			}
		}
		now := b.clock.Now()
		want("unit-1", now.Add(-time.Hour*24), 10, 2, 2)
		want("unit-1", now.Add(-time.Hour*24), 2, 2, 1)
		want("unit-1", now.Add(-90*time.Minute), 10, 1, 0)
		want("unit-2", now.Add(-time.Hour*24), 10, 0, 0)
	})
}
