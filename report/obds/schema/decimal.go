// SPDX-License-Identifier: EUPL-1.2

package schema

import "bytes"

// decimal is a number as digits: no leading zeros, no trailing zeros behind
// the point, no sign on zero.
type decimal struct {
	negative        bool
	whole, fraction []byte
}

// maxDigits is how many digits libxml2 takes, leading zeros not counted.
const maxDigits = 24

// parseDecimal reads xs:decimal without blanks around it.
func parseDecimal(v []byte) (decimal, bool) {
	var d decimal
	if len(v) > 0 && (v[0] == '+' || v[0] == '-') {
		d.negative = v[0] == '-'
		v = v[1:]
	}
	point := bytes.IndexByte(v, '.')
	if point >= 0 {
		d.whole, d.fraction = v[:point], v[point+1:]
	} else {
		d.whole = v
	}
	if len(d.whole)+len(d.fraction) == 0 || !allDigits(d.whole) || !allDigits(d.fraction) {
		return decimal{}, false
	}
	d.whole = bytes.TrimLeft(d.whole, "0")
	if len(d.whole)+len(d.fraction) > maxDigits {
		return decimal{}, false
	}
	d.fraction = bytes.TrimRight(d.fraction, "0")
	if d.isZero() {
		d.negative = false
	}
	return d, true
}

func (d decimal) isZero() bool { return len(d.whole) == 0 && len(d.fraction) == 0 }

// compare gives -1, 0 or 1.
func (d decimal) compare(o decimal) int {
	if d.negative != o.negative {
		if d.negative {
			return -1
		}
		return 1
	}
	c := len(d.whole) - len(o.whole)
	if c == 0 {
		c = bytes.Compare(d.whole, o.whole)
	}
	if c == 0 {
		c = bytes.Compare(d.fraction, o.fraction)
	}
	if d.negative {
		c = -c
	}
	return min(max(c, -1), 1)
}

func allDigits(v []byte) bool {
	for _, c := range v {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}

// trimBlanks takes XML white space off both ends.
func trimBlanks(v []byte) []byte { return bytes.Trim(v, " \t\r\n") }

// AppendNumber appends a number in its canonical form: no plus sign, no leading
// zeros, no trailing zeros behind the point; false when it is none.
func AppendNumber(out, value []byte) ([]byte, bool) {
	d, ok := parseDecimal(trimBlanks(value))
	if !ok {
		return out, false
	}
	if d.negative {
		out = append(out, '-')
	}
	if len(d.whole) == 0 {
		out = append(out, '0')
	}
	out = append(out, d.whole...)
	if len(d.fraction) > 0 {
		out = append(append(out, '.'), d.fraction...)
	}
	return out, true
}
