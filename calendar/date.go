// SPDX-License-Identifier: EUPL-1.2

// Package calendar holds days as the oncological data set knows them: a day
// that may be exact, estimated to the month, to the year, or altogether.
//
// Every date of a report is such a Date, never a time.Time, because an
// estimated day must be compared as the interval it stands for. The package
// is ground: identity and tumour both use it.
package calendar

import (
	"fmt"
	"strconv"
	"time"
	_ "time/tzdata" // the machine may have no zone files
)

// Accuracy is the Datumsgenauigkeit: how much of the day is known.
type Accuracy string

// The values of the Datumsgenauigkeit. Spec: oBDS 3.0.4 Datumsgenauigkeit
const (
	Unstated       Accuracy = ""  // the field of the data set has no accuracy: exact by definition
	Exact          Accuracy = "E" // known to the day
	DayEstimated   Accuracy = "T" // month and year are known
	MonthEstimated Accuracy = "M" // the year is known
	AllEstimated   Accuracy = "V" // even the year is estimated
)

// Date is a Datum of the data set: a day of the Gregorian calendar and its accuracy.
// The zero Date means that none was given.
type Date struct {
	Year     int16
	Month    uint8 // 1 to 12
	Day      uint8 // 1 to 31
	Accuracy Accuracy
}

// Of makes an exact Date without stated accuracy from the UTC day of t.
func Of(t time.Time) Date {
	y, m, d := t.UTC().Date()
	return Date{Year: int16(y), Month: uint8(m), Day: uint8(d)}
}

// Germany makes an exact Date without stated accuracy from the day that it is
// in Germany at t: by this day dates of a report lie in the future or do not.
func Germany(t time.Time) Date {
	y, m, d := t.In(berlin).Date()
	return Date{Year: int16(y), Month: uint8(m), Day: uint8(d)}
}

var berlin = func() *time.Location {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		panic(err) // cannot happen: tzdata is embedded
	}
	return zone
}()

// IsZero says that no date was given.
func (d Date) IsZero() bool { return d == Date{} }

// IsExact says that the day is known.
func (d Date) IsExact() bool {
	return !d.IsZero() && (d.Accuracy == Exact || d.Accuracy == Unstated)
}

// Day0 is the first instant of the entered day in UTC, whatever its accuracy.
func (d Date) Day0() time.Time {
	return time.Date(int(d.Year), time.Month(d.Month), int(d.Day), 0, 0, 0, 0, time.UTC)
}

// Interval gives the first and the last day that the Date may mean. An
// altogether estimated date is taken as its year and the one before and after.
func (d Date) Interval() (time.Time, time.Time) {
	y := int(d.Year)
	switch d.Accuracy {
	case DayEstimated:
		first := time.Date(y, time.Month(d.Month), 1, 0, 0, 0, 0, time.UTC)
		return first, first.AddDate(0, 1, -1)
	case MonthEstimated:
		return time.Date(y, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(y, 12, 31, 0, 0, 0, 0, time.UTC)
	case AllEstimated:
		return time.Date(y-1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(y+1, 12, 31, 0, 0, 0, 0, time.UTC)
	}
	return d.Day0(), d.Day0()
}

// SurelyBefore says that no reading of d reaches the earliest reading of o.
func (d Date) SurelyBefore(o Date) bool {
	if d.IsZero() || o.IsZero() {
		return false
	}
	_, last := d.Interval()
	first, _ := o.Interval()
	return last.Before(first)
}

// String is the day in ISO 8601, without the accuracy: 2024-03-01.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// German is the day as the office writes it, shortened to what is known:
// 01.03.2024, 03.2024, 2024, ca. 2024.
func (d Date) German() string {
	switch {
	case d.IsZero():
		return ""
	case d.Accuracy == DayEstimated:
		return fmt.Sprintf("%02d.%04d", d.Month, d.Year)
	case d.Accuracy == MonthEstimated:
		return fmt.Sprintf("%04d", d.Year)
	case d.Accuracy == AllEstimated:
		return fmt.Sprintf("ca. %04d", d.Year)
	}
	return fmt.Sprintf("%02d.%02d.%04d", d.Day, d.Month, d.Year)
}

// MarshalText writes the ISO day with the letter of the accuracy behind it.
func (d Date) MarshalText() ([]byte, error) {
	return []byte(d.String() + string(d.Accuracy)), nil
}

// UnmarshalText reads what MarshalText wrote.
func (d *Date) UnmarshalText(text []byte) error {
	if len(text) == 0 {
		*d = Date{}
		return nil
	}
	if len(text) < 10 || len(text) > 11 {
		return fmt.Errorf("calendar date: length %d", len(text))
	}
	read, err := Parse(string(text[:10]))
	if err != nil {
		return err
	}
	if len(text) == 11 {
		switch a := Accuracy(text[10:]); a {
		case Exact, DayEstimated, MonthEstimated, AllEstimated:
			read.Accuracy = a
		default:
			return fmt.Errorf("calendar date: unknown accuracy")
		}
	}
	*d = read
	return nil
}

// Parse reads a day YYYY-MM-DD that exists in the calendar.
func Parse(iso string) (Date, error) {
	if len(iso) != 10 || iso[4] != '-' || iso[7] != '-' {
		return Date{}, fmt.Errorf("calendar date: not of the form YYYY-MM-DD")
	}
	y, ey := strconv.ParseUint(iso[:4], 10, 15)
	m, em := strconv.ParseUint(iso[5:7], 10, 8)
	day, ed := strconv.ParseUint(iso[8:], 10, 8)
	if ey != nil || em != nil || ed != nil || m < 1 || m > 12 || day < 1 || day > uint64(DaysIn(int(y), int(m))) {
		return Date{}, fmt.Errorf("calendar date: no such day")
	}
	return Date{Year: int16(y), Month: uint8(m), Day: uint8(day)}, nil
}

// DaysIn is the number of days of a month.
func DaysIn(year, month int) int {
	return time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day()
}
