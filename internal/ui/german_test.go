// SPDX-License-Identifier: EUPL-1.2

package ui_test

import (
	"testing"
	"time"

	"meldewerk/internal/ui"
)

func TestDaysUntilFollowsTheCalendar(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		now, then string
		want      int
	}{
		{"2026-11-21T23:30:00+01:00", "2026-11-22T00:30:00+01:00", 1}, {"2026-11-21T00:10:00+01:00", "2026-11-21T23:50:00+01:00", 0},
		{"2026-10-24T12:00:00+02:00", "2026-10-26T11:00:00+01:00", 2}, {"2026-03-28T12:00:00+01:00", "2026-03-30T13:00:00+02:00", 2},
	} {
		now, err := time.Parse(time.RFC3339, c.now)
		then, err2 := time.Parse(time.RFC3339, c.then)
		if got := ui.DaysUntil(then, now); err != nil || err2 != nil || got != c.want {
			t.Errorf("%s to %s: %d, want %d", c.now, c.then, got, c.want)
		}
	}
}
