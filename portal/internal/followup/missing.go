// SPDX-License-Identifier: EUPL-1.2

package followup

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Missing is an Expected of one of the unit's patients, for the list of all.
type Missing struct {
	Handle  Handle // of the history
	Patient string // the unit's own number
	Tumour  string // ICD code and its text
	Expected
}

const (
	// minOpened is how many histories may be opened for one list, however short;
	// a longer one opens as many as it has lines. Of those in which nothing was
	// missing the next list knows it.
	minOpened = 200
	// askAhead and askAfter are when an expected report stands in the list.
	askAhead, askAfter = 30 * day, 365 * day
)

// Missing lists reports that the unit may have forgotten, at most limit, the
// longest due first. What the unit's finished reports call for stands in a
// ledger; what is on its way only the history of the patient tells.
func (m *Room) Missing(ctx context.Context, unit string, now time.Time, limit int) ([]Missing, error) {
	likely, read, err := m.likely(ctx, unit, now, max(minOpened, limit))
	if err != nil {
		return nil, fmt.Errorf("list finished reports: %w", err)
	}
	var out []Missing
	var none []Handle
	for _, handle := range likely {
		if len(out) >= limit {
			break
		}
		found, err := m.store.History(ctx, unit, handle)
		if err != nil {
			return nil, fmt.Errorf("read history: %w", err)
		}
		still := m.missing(handle, found, now)
		if len(still) == 0 {
			none = append(none, handle)
		}
		out = append(out, still...)
	}
	if err := m.answered(ctx, unit, none, read, now); err != nil {
		return nil, err
	}
	slices.SortFunc(out, byDue)
	return out[:min(len(out), limit)], nil
}

func byDue(a, b Missing) int {
	if c := a.Due.Compare(b.Due); c != 0 {
		return c
	}
	return strings.Compare(string(a.Handle)+a.Rule, string(b.Handle)+b.Rule)
}

func (m *Room) missing(handle Handle, found Found, now time.Time) []Missing {
	var out []Missing
	view, _ := newestView(found.Records)
	for _, t := range m.tumours(found) {
		for _, e := range t.Expected {
			if e.Due.After(now.Add(askAhead)) || e.Due.Before(now.Add(-askAfter)) {
				continue
			}
			out = append(out, Missing{Handle: handle, Patient: view.PatientNumber,
				Tumour: strings.TrimSpace(t.ICD + " " + t.Title), Expected: e})
		}
	}
	return out
}
