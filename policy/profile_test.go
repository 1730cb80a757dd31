// SPDX-License-Identifier: EUPL-1.2

package policy_test

import (
	"testing"
	"time"

	"meldewerk/policy"
)

// TestMeldefristEndsAsTheLandSays: after a span of days, or with the quarter that
// follows the event's.
func TestMeldefristEndsAsTheLandSays(t *testing.T) {
	t.Parallel()
	on := func(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }
	for _, c := range []struct {
		profile    string
		event, end time.Time
	}{
		{"kkn", on(2026, 12, 24), on(2027, 1, 7)},
		{"hessen", on(2026, 1, 1), on(2026, 3, 26)},
		{"ekn", on(2026, 1, 1), on(2026, 6, 30)},
		{"ekn", on(2026, 3, 31), on(2026, 6, 30)},
		{"ekn", on(2026, 4, 1), on(2026, 9, 30)},
		{"ekn", on(2026, 9, 30), on(2026, 12, 31)},
		{"ekn", on(2026, 10, 1), on(2027, 3, 31)},
	} {
		p, err := policy.Of(c.profile)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.ReportBy(c.event); !got.Equal(c.end) {
			t.Errorf("%s, event %v: until %v, want %v", c.profile, c.event, got, c.end)
		}
	}
}

// TestEveryProfileKeepsDraftsForATime: drafts go, but not without a warning,
// and not before their report is due.
func TestEveryProfileKeepsDraftsForATime(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, within := range map[string]time.Duration{"kkn": 14 * day, "ekn": 0, "hessen": 84 * day} {
		p, err := policy.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		if p.KeepDrafts != 180*day || p.WarnDrafts != 30*day || p.ReportWithin != within {
			t.Errorf("%s: %v, %v, %v", name, p.KeepDrafts, p.WarnDrafts, p.ReportWithin)
		}
		if p.ReportByQuarter != (within == 0) {
			t.Errorf("%s: Meldefrist by quarter: %v", name, p.ReportByQuarter)
		}
		if p.KeepDrafts-p.WarnDrafts <= p.ReportWithin {
			t.Errorf("%s: a draft is given up before its report is due", name)
		}
	}
	if _, err := policy.Of("nobody"); err == nil {
		t.Error("an unknown profile is taken")
	}
}
