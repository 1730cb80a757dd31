// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"regexp"
	"strconv"
	"strings"
)

// head is the first line of an element or attribute.
var head = regexp.MustCompile(`^(@?)([\pL_][\pL\pN._-]*)([?*+]|\{\d+,\d*\})?( default "(?:[^"\\]|\\.)*")?( fixed "(?:[^"\\]|\\.)*")?(?: (:|restricts|extends) (\S+)( restricted)?)?$`)

// heads takes a line apart as head does; nil when it is none. Tables are read
// at every start, and most of their lines are plain enough to do without an
// expression.
func heads(text string) []string {
	if m := plainHead(text); m != nil {
		return m
	}
	return head.FindStringSubmatch(text)
}

// plainHead knows a name of ASCII letters with one sign behind it at most, and
// perhaps a type.
func plainHead(text string) []string {
	m := make([]string, 9)
	m[0] = text
	rest, attribute := strings.CutPrefix(text, "@")
	if attribute {
		m[1] = "@"
	}
	n := 0
	for n < len(rest) && (letter(rest[n]) || n > 0 && (rest[n] >= '0' && rest[n] <= '9' || rest[n] == '.' || rest[n] == '-')) {
		n++
	}
	if n == 0 {
		return nil
	}
	m[2], rest = rest[:n], rest[n:]
	if rest != "" && strings.IndexByte("?*+", rest[0]) >= 0 {
		m[3], rest = rest[:1], rest[1:]
	}
	if rest == "" {
		return m
	}
	base, typed := strings.CutPrefix(rest, " : ")
	if !typed || base == "" || strings.ContainsAny(base, " \t\n\v\f\r") {
		return nil
	}
	m[6], m[7] = ":", base
	return m
}

func letter(c byte) bool { return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' }

// unescaped puts the characters for \u{…}, one to six digits of 0 to 9 and A
// to F.
func (p *reader) unescaped(x *row, text string) string {
	const open = `\u{`
	if !strings.Contains(text, open) {
		return text
	}
	var b strings.Builder
	b.Grow(len(text))
	for {
		before, rest, more := strings.Cut(text, open)
		b.WriteString(before)
		if !more {
			return b.String()
		}
		digits, behind, closed := strings.Cut(rest, "}")
		if !closed || len(digits) < 1 || len(digits) > 6 || strings.Trim(digits, "0123456789ABCDEF") != "" {
			b.WriteString(open)
			text = rest
			continue
		}
		r, err := strconv.ParseUint(digits, 16, 21)
		if err != nil || r > 0x10FFFF {
			p.wrong(x, "a character")
		}
		b.WriteRune(rune(r))
		text = behind
	}
}
