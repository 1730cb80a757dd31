// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"testing"

	"meldewerk/portal/internal/followup"
	"meldewerk/portal/internal/upload"
)

// TestPackageThatWasSentAgainAsksForNothing: what is mended is not said to wait,
// and a query that waits is not hidden by what was mended.
func TestPackageThatWasSentAgainAsksForNothing(t *testing.T) {
	t.Parallel()
	for want, p := range map[string]upload.Package{
		"Zu berichtigen": {Rejected: 2, Refused: 1, ToMend: true, Queried: 1},
		"Rückfrage":      {Rejected: 2, Queried: 1},
		"Neu gesendet":   {Rejected: 2},
		"Angenommen":     {Accepted: 3},
	} {
		p.State = upload.Received
		if got := packageBadge(p).Word; got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
}

// TestStartPageSaysNothingIsLeftOnlyWhenNothingIsLate: reminders that stand
// below are reminders, but one whose day is over is not nothing.
func TestStartPageSaysNothingIsLeftOnlyWhenNothingIsLate(t *testing.T) {
	t.Parallel()
	missing := galleryMissing() // the first is late, the second is not
	for name, c := range map[string]struct {
		list []followup.Missing
		late bool
	}{"none": {nil, false}, "in time": {missing[1:], false}, "one late": {missing, true}} {
		if got := newOverview(&overviewView{Missing: c.list, Now: galleryNow}).Overdue; got != c.late {
			t.Errorf("%s: late %v", name, got)
		}
	}
}
