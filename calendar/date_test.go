// SPDX-License-Identifier: EUPL-1.2

package calendar_test

import (
	"testing"
	"time"

	"meldewerk/calendar"
)

// TestGermanyIsAheadOfUTC: who reports shortly after midnight reports today.
func TestGermanyIsAheadOfUTC(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]calendar.Date{
		"2026-06-30T21:59:59Z":      {Year: 2026, Month: 6, Day: 30},
		"2026-06-30T22:00:00Z":      {Year: 2026, Month: 7, Day: 1},
		"2026-12-31T22:59:59Z":      {Year: 2026, Month: 12, Day: 31},
		"2026-12-31T23:00:00Z":      {Year: 2027, Month: 1, Day: 1},
		"2026-07-01T05:00:00+09:00": {Year: 2026, Month: 6, Day: 30},
	} {
		moment, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar.Germany(moment); got != want {
			t.Errorf("%s is %v, want %v", at, got, want)
		}
	}
}
