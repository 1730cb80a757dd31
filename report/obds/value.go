// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"meldewerk/calendar"
	"meldewerk/report/obds/schema"
)

// values keeps short texts that come again and again, so that a package of
// many reports does not make a string of its own for each of them.
type values struct{ slots [1024]string }

const longestShared = 24

// shared gives the text as a string.
func (v *values) shared(text []byte) string {
	if len(text) == 0 || len(text) > longestShared {
		return string(text)
	}
	h := uint32(2166136261)
	for _, c := range text {
		h = (h ^ uint32(c)) * 16777619
	}
	slot := &v.slots[(h^h>>15)%uint32(len(v.slots))]
	if *slot != string(text) {
		*slot = string(text)
	}
	return *slot
}

// put puts the text of an element, found sound, into the model. word is the
// text as a string when it is one of a list.
func (e *engine) put(f *frame, value []byte, word string) {
	x := f.bound.field
	if len(value) == 0 || x.kind == kindInner {
		return
	}
	holder := x.holder(e.frames[len(e.frames)-2].target, true)
	if holder == nil {
		return
	}
	if x.kind == kindDate {
		*x.date(holder) = dateOf(value, e.accuracy)
		return
	}
	if word == "" {
		word = e.word(x.kind, value)
	}
	x.set(holder, word)
}

// putAttribute does the same for an attribute.
func (e *engine) putAttribute(f *frame, x *field, value []byte, word string) {
	holder := x.holder(f.target, true)
	if holder == nil || len(value) == 0 {
		return
	}
	if word == "" {
		word = e.word(x.kind, value)
	}
	x.set(holder, word)
}

func (e *engine) word(k kind, value []byte) string {
	switch k {
	case kindCode:
		return e.values.shared(value)
	case kindNumber:
		e.digits, _ = schema.AppendNumber(e.digits[:0], value) // the text was found to be one
		return e.values.shared(e.digits)
	case kindYear:
		return e.values.shared(value[:4])
	}
	return string(value)
}

// dateOf reads a day that was found sound: YYYY-MM-DD, perhaps with a time
// zone behind it, which does not move the day.
func dateOf(v []byte, accuracy calendar.Accuracy) calendar.Date {
	digit := func(i int) int { return int(v[i] - '0') }
	return calendar.Date{
		Year:     int16(digit(0)*1000 + digit(1)*100 + digit(2)*10 + digit(3)),
		Month:    uint8(digit(5)*10 + digit(6)),
		Day:      uint8(digit(8)*10 + digit(9)),
		Accuracy: accuracy,
	}
}

func accuracyOf(value []byte) calendar.Accuracy {
	if len(value) == 1 {
		switch value[0] {
		case 'E':
			return calendar.Exact
		case 'T':
			return calendar.DayEstimated
		case 'M':
			return calendar.MonthEstimated
		case 'V':
			return calendar.AllEstimated
		}
	}
	return calendar.Unstated
}
