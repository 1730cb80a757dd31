// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"strings"
	"sync"

	"meldewerk/report/form"
	"meldewerk/terminology"
)

// recentCodes are the codes that each unit has saved last in its reports, so
// that they are offered first. They stand in memory only, begin anew with the
// process, and nothing of what is typed of a patient is among them.
type recentCodes struct {
	mu    sync.Mutex
	units map[recentKey][]terminology.Label // the newest first
}

type recentKey struct {
	unit string
	list terminology.List
}

// The bounds of what is remembered.
const (
	maxRecent = 10
	maxUnits  = 5000 // units by list; beyond, any other one is forgotten
)

func newRecentCodes() *recentCodes {
	return &recentCodes{units: map[recentKey][]terminology.Label{}}
}

// of gives the last codes of a unit in a list.
func (m *recentCodes) of(unit string, list terminology.List) []terminology.Label {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.units[recentKey{unit, list}])
}

// note remembers the codes of a section that was saved. What is no code of the
// list is left out: it may be words, or half a code.
func (m *recentCodes) note(unit string, codes codebook, section *form.Section, sheet form.Sheet) {
	if section.OfPatient() {
		return
	}
	for _, a := range codes.answersOf(sheet, section) {
		if a.node.Kind != form.Coded {
			continue
		}
		value := strings.TrimSpace(sheet[a.key])
		if hits := codes.of().Search(a.node.List, value, 0); len(hits) > 0 && strings.EqualFold(hits[0].Code, value) {
			m.put(recentKey{unit, a.node.List}, hits[0])
		}
	}
}

func (m *recentCodes) put(key recentKey, label terminology.Label) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, held := m.units[key]; !held && len(m.units) >= maxUnits {
		for other := range m.units {
			delete(m.units, other)
			break
		}
	}
	list := slices.DeleteFunc(m.units[key], func(l terminology.Label) bool { return l.Code == label.Code })
	list = slices.Insert(list, 0, label)
	m.units[key] = list[:min(len(list), maxRecent)]
}

// recentFirst puts the unit's last codes before the other hits; without any
// words they are the hits. A code that was typed whole stays the first.
func (to aim) recentFirst(text string, found []terminology.Label) []terminology.Label {
	if strings.TrimSpace(text) == "" {
		return slices.DeleteFunc(slices.Clone(to.recent), func(l terminology.Label) bool { return !to.inYear(l.Code) })
	}
	from := 0
	if len(found) > 0 && strings.EqualFold(found[0].Code, strings.TrimSpace(text)) {
		from = 1
	}
	slices.SortStableFunc(found[from:], func(a, b terminology.Label) int { return to.age(a) - to.age(b) })
	return found
}

// age is the place of a code among the recent ones, behind them when it is none.
func (to aim) age(label terminology.Label) int {
	for i, l := range to.recent {
		if l.Code == label.Code {
			return i
		}
	}
	return len(to.recent)
}

// inYear says whether the edition of the year has the code.
func (to aim) inYear(code string) bool {
	switch {
	case to.year == 0:
		return true
	case to.list == terminology.ListICD:
		return to.codes.of().ICDInYear(code, to.year)
	case to.list == terminology.ListOPS:
		return to.codes.of().OPSInYear(code, to.year)
	}
	return true
}
