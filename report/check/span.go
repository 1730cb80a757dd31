// SPDX-License-Identifier: EUPL-1.2

package check

import "meldewerk/calendar"

// span is the days that a date may mean, as numbers such as 20240301, because
// the rules compare many dates. Both are 0 without a date.
type span struct{ first, last int32 }

func spanOf(d calendar.Date) span {
	const month, year = 100, 10000
	y := int32(d.Year) * year
	switch d.Accuracy {
	case calendar.DayEstimated:
		m := y + int32(d.Month)*month
		return span{m + 1, m + 31}
	case calendar.MonthEstimated:
		return span{y + 101, y + 1231}
	case calendar.AllEstimated:
		return span{y - year + 101, y + year + 1231}
	}
	day := y + int32(d.Month)*month + int32(d.Day)
	return span{day, day}
}

// before says that no reading of s reaches the earliest reading of o.
func (s span) before(o span) bool { return s.first != 0 && o.first != 0 && s.last < o.first }

// after says that o is surely before s.
func (s span) after(o span) bool { return o.before(s) }

// exact says that it is one day.
func (s span) exact() bool { return s.first != 0 && s.first == s.last }

// apart says that no day is in both.
func (s span) apart(o span) bool { return s.before(o) || o.before(s) }

// years bounds the year; 0 and 0 without a date.
func (s span) years() (int, int) { return int(s.first / 10000), int(s.last / 10000) }

// ages bounds the completed years between two dates; -1 when one is missing or
// the second is surely the earlier.
func ages(birth, found span) (int, int) {
	if birth.first == 0 || found.first == 0 || found.before(birth) {
		return -1, -1
	}
	return max(int(found.first-birth.last)/10000, 0), max(int(found.last-birth.first)/10000, 0)
}
