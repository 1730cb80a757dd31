// SPDX-License-Identifier: EUPL-1.2

package policy_test

import (
	"testing"
	"time"

	"meldewerk/policy"
)

func date(iso string) time.Time {
	d, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		panic(err)
	}
	return d
}

func TestSchemasAreTakenBetweenTheirDays(t *testing.T) {
	t.Parallel()
	berlin := time.FixedZone("CET", 3600)
	for _, row := range []struct {
		version string
		day     time.Time
		want    policy.Acceptance
	}{
		{"2.2.3", date("2024-06-30"), policy.SchemaAccepted},
		{"2.2.3", date("2024-07-01"), policy.SchemaNoLonger},
		{"2.0.0", date("2026-01-01"), policy.SchemaNoLonger},
		{"3.0.3", date("2024-09-03"), policy.SchemaNotYet},
		{"3.0.3", date("2024-09-04"), policy.SchemaAccepted},
		{"3.0.3", date("2025-12-31"), policy.SchemaAccepted},
		{"3.0.3", date("2026-01-01"), policy.SchemaEnding},
		{"3.0.0", date("2026-01-01"), policy.SchemaEnding},
		{"3.0.4", date("2026-01-01"), policy.SchemaAccepted},
		{"3.0.4", date("2030-01-01"), policy.SchemaEnding},
		{"3.0.5", date("2025-09-22"), policy.SchemaAccepted},
		{"3.1.0", date("2026-01-01"), policy.SchemaUnlisted},
		{"", date("2026-01-01"), policy.SchemaUnlisted},
		// The date of the day counts, in whatever zone it is told.
		{"2.2.3", time.Date(2024, 6, 30, 23, 59, 0, 0, berlin), policy.SchemaAccepted},
		{"2.2.3", time.Date(2024, 7, 1, 0, 1, 0, 0, berlin), policy.SchemaNoLonger},
	} {
		for _, name := range []policy.Name{policy.KKN, policy.EKN, policy.Hessen} {
			p, err := policy.Of(string(name))
			if err != nil {
				t.Fatal(err)
			}
			if s, got := p.AcceptedSchema(row.version, row.day); got != row.want || s.Version != row.version {
				t.Errorf("%s, %q on %s: %d, want %d", name, row.version, row.day.Format(time.DateOnly), got, row.want)
			}
		}
	}
}

// TestEveryProfileHasSchemas: a registry that takes nothing would refuse all
// reports, and one that is not built in has no word at all.
func TestEveryProfileHasSchemas(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"kkn", "ekn", "hessen"} {
		p, err := policy.Of(name)
		if err != nil {
			t.Fatal(err)
		}
		all := p.Schemas()
		for i, s := range all {
			if s.From.IsZero() || !s.Until.IsZero() && s.Until.Before(s.From) || i > 0 && all[i-1].Version >= s.Version {
				t.Errorf("%s: %s is out of order", name, s.Version)
			}
		}
		if got := p.CurrentSchema(date("2026-11-22")); got != "3.0.5" {
			t.Errorf("%s: the newest is %q", name, got)
		}
	}
	if _, a := (policy.Profile{}).AcceptedSchema("3.0.4", date("2026-01-01")); a != policy.SchemaUnlisted {
		t.Error("an unknown profile takes packages")
	}
}
