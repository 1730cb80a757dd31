// SPDX-License-Identifier: EUPL-1.2

package policy_test

import (
	"testing"
	"time"

	"meldewerk/policy"
)

// TestEveryProfileKeepsDraftsForATime: drafts go, but not without a warning,
// and not before their report is due.
func TestEveryProfileKeepsDraftsForATime(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for name, within := range map[string]time.Duration{"kkn": 14 * day, "ekn": 90 * day, "hessen": 84 * day} {
		p, err := policy.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		if p.KeepDrafts != 180*day || p.WarnDrafts != 30*day || p.ReportWithin != within {
			t.Errorf("%s: %v, %v, %v", name, p.KeepDrafts, p.WarnDrafts, p.ReportWithin)
		}
		if p.KeepDrafts-p.WarnDrafts <= p.ReportWithin {
			t.Errorf("%s: a draft is given up before its report is due", name)
		}
	}
	if _, err := policy.Of("nobody"); err == nil {
		t.Error("an unknown profile is taken")
	}
}
