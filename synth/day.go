// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"time"

	"meldewerk/calendar"
)

// day is a day of the calendar, counted from 1970-01-01, for plain arithmetic.
type day int

const secondsPerDay = 86400

func dayOf(d calendar.Date) day { return day(d.Day0().Unix() / secondsPerDay) }

// dayOfYMD floors, so that days before 1970 come out right.
func dayOfYMD(year, month, d int) day {
	return day(time.Date(year, time.Month(month), d, 0, 0, 0, 0, time.UTC).Unix() / secondsPerDay)
}

// date is the day without a stated accuracy, for fields that have none.
func (n day) date() calendar.Date {
	return calendar.Of(time.Unix(int64(n)*secondsPerDay, 0))
}

// exact is the day known to the day, for fields that state it.
func (n day) exact() calendar.Date {
	d := n.date()
	d.Accuracy = calendar.Exact
	return d
}

// inMonth is the day estimated to its month; the entered day never lies after
// the true one, so that the order of events stays.
func (n day) inMonth() calendar.Date {
	d := n.date()
	d.Accuracy = calendar.DayEstimated
	if d.Day >= 15 {
		d.Day = 15
	} else {
		d.Day = 1
	}
	return d
}

// inYear is the day estimated to its year, entered as in inMonth.
func (n day) inYear() calendar.Date {
	d := n.date()
	d.Accuracy = calendar.MonthEstimated
	d.Day = 1
	if d.Month >= 7 {
		d.Month = 7
	} else {
		d.Month = 1
	}
	return d
}

func (n day) year() int { return int(n.date().Year) }

// workday moves a day to the next Monday when it falls on a weekend.
func (n day) workday() day {
	switch (int(n)%7 + 7) % 7 { // day 0 was a Thursday
	case 2:
		return n + 2
	case 3:
		return n + 1
	}
	return n
}
