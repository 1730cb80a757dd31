// SPDX-License-Identifier: EUPL-1.2

package ui

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // the server may have no zone files
)

const (
	nbsp  = "\u00a0" // keeps number and unit on one line
	minus = "\u2212"
)

// Berlin is the time zone of every time a person reads.
var Berlin = mustZone("Europe/Berlin")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // cannot happen: tzdata is embedded
	}
	return zone
}

// Number writes a whole number the German way: 1.203.
func Number(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = minus, digits[1:]
	}
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte('.')
		}
		b.WriteRune(d)
	}
	return sign + b.String()
}

// Decimal writes a number with a fixed count of places: 1.203,50.
func Decimal(value float64, places int) string {
	text := strconv.FormatFloat(value, 'f', places, 64)
	whole, part, found := strings.Cut(text, ".")
	negative := strings.HasPrefix(whole, "-")
	n, err := strconv.ParseInt(strings.TrimPrefix(whole, "-"), 10, 64)
	if err != nil {
		return strings.Replace(text, ".", ",", 1)
	}
	out := Number(n)
	if found {
		out += "," + part
	}
	if negative {
		out = minus + out
	}
	return out
}

// Percent writes a share between 0 and 1: 97,3 %.
func Percent(share float64) string { return Decimal(share*100, 1) + nbsp + "%" }

// Date writes a day in Berlin: 03.11.2025. The zero time gives an empty text.
func Date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Berlin).Format("02.01.2006")
}

// DaysUntil is how many days of the calendar in Berlin lie between now and a
// later moment: 0 today, 1 tomorrow, whatever the hour.
func DaysUntil(then, now time.Time) int {
	midnight := func(t time.Time) time.Time {
		y, m, d := t.In(Berlin).Date()
		return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	}
	return int(midnight(then).Sub(midnight(now)) / (24 * time.Hour))
}

// Clock writes a time of day in Berlin: 14:32 Uhr.
func Clock(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(Berlin).Format("15:04") + nbsp + "Uhr"
}

// Moment writes day and time in Berlin: 03.11.2025, 14:32 Uhr.
func Moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return Date(t) + "," + nbsp + Clock(t)
}

// Machine writes a moment for the datetime attribute of a time element.
func Machine(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// Count writes a number with its noun: 1 Meldung, 1.203 Meldungen.
func Count(n int64, one, many string) string {
	if n == 1 {
		return "1" + nbsp + one
	}
	return Number(n) + nbsp + many
}

// Size writes a size in bytes: 340 kB, 1,2 MB (powers of 1000).
func Size(bytes int64) string {
	switch {
	case bytes >= 1_000_000_000:
		return Decimal(float64(bytes)/1e9, 1) + nbsp + "GB"
	case bytes >= 1_000_000:
		return Decimal(float64(bytes)/1e6, 1) + nbsp + "MB"
	case bytes >= 1000:
		return Number((bytes+500)/1000) + nbsp + "kB"
	default:
		return Number(bytes) + nbsp + "Byte"
	}
}

// toInt lets templates pass any whole number to the helpers above.
func toInt(v any) (int64, error) {
	switch n := v.(type) {
	case int:
		return int64(n), nil
	case int64:
		return n, nil
	case int32:
		return int64(n), nil
	case uint32:
		return int64(n), nil
	case uint16:
		return int64(n), nil
	case uint8:
		return int64(n), nil
	default:
		return 0, fmt.Errorf("number helper wants a whole number, got %T", v)
	}
}
