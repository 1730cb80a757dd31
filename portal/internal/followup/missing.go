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
	// lookBack is how far back entries are looked through for the list.
	lookBack = 3 * 365 * day
	// maxLooked bounds how many entries are looked through.
	maxLooked = 3000
	// perShown bounds how many histories are opened for one line of the list.
	perShown = 8
	// askAhead and askAfter are when an expected report stands in the list.
	askAhead, askAfter = 30 * day, 365 * day
)

// Missing lists reports that the unit may have forgotten, at most limit, the
// longest due first. Only what the newest entries tell is looked through.
func (m *Room) Missing(ctx context.Context, unit string, now time.Time, limit int) ([]Missing, error) {
	patients, err := m.store.Finished(ctx, unit, now.Add(-lookBack), maxLooked)
	if err != nil {
		return nil, fmt.Errorf("list finished reports: %w", err)
	}
	var likely []Missing
	for handle, records := range patients {
		likely = append(likely, m.missing(handle, Found{Records: records}, now)...)
	}
	slices.SortFunc(likely, byDue)
	// What is on its way, and what is older, only the whole history tells.
	var out []Missing
	looked := map[Handle]bool{}
	for _, l := range likely {
		if len(out) >= limit || len(looked) >= perShown*limit {
			break
		}
		if looked[l.Handle] {
			continue
		}
		looked[l.Handle] = true
		found, err := m.store.History(ctx, unit, l.Handle)
		if err != nil {
			return nil, fmt.Errorf("read history: %w", err)
		}
		out = append(out, m.missing(l.Handle, found, now)...)
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
