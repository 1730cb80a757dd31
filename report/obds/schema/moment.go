// SPDX-License-Identifier: EUPL-1.2

package schema

// moment is a day or a year with an optional time zone.
type moment struct {
	days   int64 // days since an epoch, or years
	offset int   // minutes east of Greenwich
	zoned  bool
}

const (
	maxOffset  = 14 * 60       // minutes
	hugeYear   = 1_000_000_000 // years beyond are all the same
	digitsOfZZ = len("+00:00")
)

// parseDate reads xs:date as libxml2 does: no blanks around it, no year 0.
func parseDate(v []byte) (moment, bool) {
	if len(v) == 10 && v[4] == '-' && v[7] == '-' {
		if y, ok := four(v); ok {
			month, okM := two(v[5:])
			day, okD := two(v[8:])
			if !okM || !okD || y == 0 || !exists(int64(y), month, day) {
				return moment{}, false
			}
			return moment{days: dayNumber(int64(y), month, day)}, true
		}
	}
	year, rest, ok := cutYear(v)
	if !ok || len(rest) < 6 || rest[0] != '-' || rest[3] != '-' {
		return moment{}, false
	}
	month, okM := two(rest[1:])
	day, okD := two(rest[4:])
	if !okM || !okD || !exists(year, month, day) {
		return moment{}, false
	}
	m := moment{days: dayNumber(year, month, day)}
	return m.zone(rest[6:])
}

// parseYear reads xs:gYear.
func parseYear(v []byte) (moment, bool) {
	year, rest, ok := cutYear(v)
	if !ok {
		return moment{}, false
	}
	m := moment{days: year}
	return m.zone(rest)
}

// cutYear reads the year in front: four digits or more, no leading zero if more.
func cutYear(v []byte) (int64, []byte, bool) {
	negative := len(v) > 0 && v[0] == '-'
	if negative {
		v = v[1:]
	}
	n := 0
	year := int64(0)
	for n < len(v) && v[n] >= '0' && v[n] <= '9' {
		year = min(year*10+int64(v[n]-'0'), hugeYear)
		n++
	}
	if n < 4 || n > 4 && v[0] == '0' || year == 0 {
		return 0, nil, false
	}
	if negative {
		year = -year
	}
	return year, v[n:], true
}

// zone reads the time zone behind a date, if there is one.
func (m moment) zone(v []byte) (moment, bool) {
	if len(v) == 0 {
		return m, true
	}
	m.zoned = true
	if len(v) == 1 && v[0] == 'Z' {
		return m, true
	}
	if len(v) != digitsOfZZ || v[0] != '+' && v[0] != '-' || v[3] != ':' {
		return moment{}, false
	}
	hours, okH := two(v[1:])
	minutes, okM := two(v[4:])
	m.offset = hours*60 + minutes
	if !okH || !okM || minutes > 59 || m.offset > maxOffset {
		return moment{}, false
	}
	if v[0] == '-' {
		m.offset = -m.offset
	}
	return m, true
}

// above says whether m is at or above an inclusive lower limit without time
// zone. At the limit itself a time zone decides as it does in libxml2, which
// moves a day against its offset and a year along with it.
func (m moment) above(limit moment, year bool) bool {
	if m.days != limit.days || !m.zoned {
		return m.days >= limit.days
	}
	if year {
		return m.offset > 0
	}
	return m.offset < 0
}

// aboveMoment says the same of an upper limit.
func (m moment) aboveMoment(value moment, year bool) bool {
	if m.days != value.days || !value.zoned {
		return m.days >= value.days
	}
	if year {
		return value.offset < 0
	}
	return value.offset > 0
}

func four(v []byte) (int, bool) {
	a, okA := two(v)
	b, okB := two(v[2:])
	return a*100 + b, okA && okB
}

func two(v []byte) (int, bool) {
	a, b := v[0]-'0', v[1]-'0'
	return int(a)*10 + int(b), a <= 9 && b <= 9
}

var monthDays = [13]int{0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

func exists(year int64, month, day int) bool {
	if month < 1 || month > 12 || day < 1 {
		return false
	}
	if month == 2 && leap(year) {
		return day <= 29
	}
	return day <= monthDays[month]
}

func leap(year int64) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// dayNumber orders days; only the order and equality count.
func dayNumber(year int64, month, day int) int64 { return year*512 + int64(month)*32 + int64(day) }
