// SPDX-License-Identifier: EUPL-1.2

package followup

import (
	"cmp"
	"context"
	"slices"
	"sort"
	"sync"
	"time"
)

const (
	// lookBack is how far back entries can matter: the longest wait of a rule,
	// the longest Meldefrist, an event known by its year alone, and askAfter.
	lookBack = 4 * 365 * day
	// readAgain is after how long entries are looked for that another process
	// of the house has taken. Those of this process are looked for at once.
	readAgain = 5 * time.Minute
	// overlap is how long the transaction that puts an entry may have taken.
	overlap = 2 * time.Minute
	// askAgain is after how long a history that had nothing missing after all is
	// opened again: what was on its way may have been refused.
	askAgain = time.Hour
)

// ledger is what a process knows of the expected reports of one unit, so that
// its histories are read once and not for every page. It holds handles and
// days, and nothing of a patient.
type ledger struct {
	turn chan struct{} // one at a time

	readTo time.Time // every entry put before is counted in; zero: none
	begun  time.Time // of the reading under way, zero for none
	after  Handle    // how far it came
	stale  bool      // an entry was put meanwhile

	due   map[Handle][]time.Time
	order []reminder           // of due, by the day; nil: to be made
	asked map[Handle]time.Time // when nothing was missing of a patient
}

// reminder is an expected report of one patient.
type reminder struct {
	due    time.Time
	handle Handle
}

// ledgers are those of all units that were asked for.
type ledgers struct {
	mu sync.Mutex
	of map[string]*ledger
}

// take gives the ledger of a unit to one caller, who gives it back.
func (l *ledgers) take(ctx context.Context, unit string) (*ledger, error) {
	l.mu.Lock()
	if l.of == nil {
		l.of = map[string]*ledger{}
	}
	one, there := l.of[unit]
	if !there {
		one = &ledger{turn: make(chan struct{}, 1), due: map[Handle][]time.Time{}, asked: map[Handle]time.Time{}}
		l.of[unit] = one
	}
	l.mu.Unlock()
	select {
	case one.turn <- struct{}{}:
		return one, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (l *ledger) giveBack() { <-l.turn }

// put notes that the unit has new entries.
func (l *ledgers) put(unit string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if one, there := l.of[unit]; there {
		one.stale = true
	}
}

// fresh takes the note away and says whether it was there.
func (l *ledgers) fresh(one *ledger) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	stale := one.stale
	one.stale = false
	return !stale
}

// likely gives the patients of whom something may be missing, at most so many,
// who was due first before, and up to when the ledger was read for that.
func (m *Room) likely(ctx context.Context, unit string, now time.Time, most int) ([]Handle, time.Time, error) {
	l, err := m.ledgers.take(ctx, unit)
	if err != nil {
		return nil, time.Time{}, err
	}
	defer l.giveBack()
	if err := m.catchUp(ctx, l, unit, now); err != nil {
		return nil, time.Time{}, err
	}
	return l.patients(now.Add(-askAfter), now.Add(askAhead), now, most), l.readTo, nil
}

// answered notes of whom nothing was missing after all, unless the ledger was
// read further meanwhile.
func (m *Room) answered(ctx context.Context, unit string, none []Handle, read, now time.Time) error {
	if len(none) == 0 {
		return nil
	}
	l, err := m.ledgers.take(ctx, unit)
	if err != nil {
		return err
	}
	defer l.giveBack()
	for _, handle := range none {
		if l.readTo.Equal(read) {
			l.asked[handle] = now
		}
	}
	return nil
}

// catchUp reads what was put since the ledger was read last; the first time
// that is everything that can matter. A reading that breaks off is taken up
// again where it was.
func (m *Room) catchUp(ctx context.Context, l *ledger, unit string, now time.Time) error {
	fresh := m.ledgers.fresh(l)
	if l.begun.IsZero() {
		if age := now.Sub(l.readTo); fresh && age >= 0 && age < readAgain {
			return nil
		}
		l.begun, l.after = now, ""
	}
	since := l.readTo.Add(-overlap)
	if oldest := now.Add(-lookBack); since.Before(oldest) {
		since = oldest
	}
	err := m.store.Finished(ctx, unit, since, l.after, func(handle Handle, records []Record) error {
		l.count(handle, slices.DeleteFunc(m.dues(Found{Records: records}), func(due time.Time) bool { return due.Before(now.Add(-askAfter)) }))
		l.after = handle
		return nil
	})
	if err != nil {
		m.ledgers.put(unit)
		return err
	}
	l.readTo, l.begun, l.after = l.begun, time.Time{}, ""
	return nil
}

// count notes what is expected of a patient.
func (l *ledger) count(handle Handle, due []time.Time) {
	delete(l.asked, handle)
	l.order = nil
	if len(due) == 0 {
		delete(l.due, handle)
		return
	}
	l.due[handle] = due
}

// dues are the days of what is expected of one patient, whatever day it is.
func (m *Room) dues(found Found) []time.Time {
	var out []time.Time
	for k, group := range byTumour(found) {
		if died(found, k.reporter) {
			continue
		}
		for _, e := range m.expected(group, found.Submitted) {
			out = append(out, e.Due)
		}
	}
	return out
}

// patients are the first so many of those with something due in a span of time,
// without those of whom nothing was missing a short while ago.
func (l *ledger) patients(from, to, now time.Time, most int) []Handle {
	if l.order == nil {
		l.order = []reminder{}
		for handle, all := range l.due {
			for _, due := range all {
				l.order = append(l.order, reminder{due, handle})
			}
		}
		slices.SortFunc(l.order, func(a, b reminder) int { return cmp.Or(a.due.Compare(b.due), cmp.Compare(a.handle, b.handle)) })
	}
	first := sort.Search(len(l.order), func(i int) bool { return !l.order[i].due.Before(from) })
	seen := map[Handle]bool{}
	var out []Handle
	for _, r := range l.order[first:] {
		if r.due.After(to) || len(out) == most {
			break
		}
		if asked, was := l.asked[r.handle]; seen[r.handle] || was && now.Sub(asked) < askAgain && !now.Before(asked) {
			continue
		}
		seen[r.handle] = true
		out = append(out, r.handle)
	}
	return out
}
