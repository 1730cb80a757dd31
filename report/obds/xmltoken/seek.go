// SPDX-License-Identifier: EUPL-1.2

package xmltoken

import "slices"

// After markup that is broken, nobody can say for sure where a tag, a value or
// a text ends. Seek therefore follows every reading of the bytes that is
// possible, one hypothesis each, and finds a tag only where all of them agree
// that they stand in content. What one of them holds for a comment, a CDATA
// section or an attribute value is never taken for a tag.

// Tag is a tag found by Seek.
type Tag struct {
	Name string // local part, one of those looked for
	End  bool   // an end tag, else the beginning of a start tag
	Gap  bool   // more than white space lies before it
	size int    // of an end tag
}

// longestLook is how many bytes a tag is recognised by.
const longestLook = 256

// Repairable says that behind a fault of this kind it can be tried to find
// the way again. It cannot where the document is cut off, forbidden as such,
// or above a limit.
func (c Code) Repairable() bool {
	switch c {
	case Syntax, Mismatch, NotUTF8, Forbidden:
		return true
	}
	return false
}

// Broken looks at the token in which the reading broke: whether it begins like
// a tag with one of the names.
func (s *Scanner) Broken(names []string) (Tag, bool) {
	s.look(longestLook)
	tag, found, _ := s.tagAt(s.pos, names)
	return tag, found
}

// look brings so many bytes within sight, or all that there are.
func (s *Scanner) look(size int) {
	for s.end-s.pos < size && !s.eof {
		if s.fill() != nil {
			s.starved = s.inErr != nil
			return
		}
	}
}

// Reason gives the fault that ends the reading when the way was sought in vain
// behind err: err itself, unless the source failed meanwhile.
func (s *Scanner) Reason(err error) error {
	if s.starved {
		return s.sourceFault()
	}
	return err
}

// StartsTag says that the token in which the reading broke begins like a start tag.
func (s *Scanner) StartsTag() bool {
	return s.buf[s.pos] == '<' && s.buf[s.pos+1] != '/' && s.buf[s.pos+1] != '!' && s.buf[s.pos+1] != '?'
}

// StrayLess says that the reading broke at a < that begins no markup, and that
// within so many bytes the text in which it stands ends with the end tag of the
// innermost element. So the structure is whole. It gives how many bytes stand
// before that tag.
func (s *Scanner) StrayLess(most int) (int, bool) {
	s.look(most)
	b := s.buf[s.pos:min(s.end, s.pos+most)]
	for i := 0; i+1 < len(b); i++ {
		if b[i] != '<' {
			continue
		}
		if next := b[i+1]; class.start[next] || next == '/' || next == '!' || next == '?' || next == ':' || next >= 0x80 {
			end := "</" + string(s.names[s.nameAt[s.depth-1]:]) + ">"
			return i, i > 0 && len(b)-i >= len(end) && string(b[i:i+len(end)]) == end
		}
	}
	return 0, false
}

// Drop leaves out so many bytes of a broken text and reads on behind them.
func (s *Scanner) Drop(size int) {
	s.closing, s.starved, s.Flaw = false, false, nil
	s.advance(s.pos + size)
}

// Seek goes on behind broken markup to the next tag with one of the names, and
// stops before it. False when there is none within so many bytes.
func (s *Scanner) Seek(names []string, most int64) (Tag, bool) {
	stop := s.Offset() + most
	if s.pos == s.end {
		return Tag{}, false
	}
	readings := s.hypotheses()
	gap := true // the broken token itself
	for s.Offset() < stop {
		s.look(longestLook)
		if s.pos == s.end {
			return Tag{}, false
		}
		if readings = follow(readings, s.buf[s.pos:s.end]); len(readings) == 0 {
			return Tag{}, false
		}
		s.advance(s.pos + 1)
		if s.buf[s.pos] != '<' || !slices.ContainsFunc(readings, hypothesis.open) {
			continue
		}
		tag, found, short := s.tagAt(s.pos, names)
		if found || short {
			// Where one reading sees a tag and another does not, nothing can
			// be said of what follows.
			tag.Gap = gap
			return tag, found && !slices.ContainsFunc(readings, func(h hypothesis) bool { return !h.open() })
		}
	}
	return Tag{}, false
}

// Pass goes behind the end tag that Seek has found, and looks on. Of the next
// tag, Gap tells what lies between the two.
func (s *Scanner) Pass(tag Tag, names []string, most int64) (Tag, bool) {
	s.advance(s.pos + tag.size)
	stop := s.Offset() + most
	for s.look(longestLook); isSpace(s.buf[s.pos]); s.look(longestLook) {
		if s.Offset() > stop {
			return Tag{}, false
		}
		s.advance(s.pos + 1)
	}
	if next, found, _ := s.tagAt(s.pos, names); found {
		return next, true
	}
	return s.Seek(names, stop-s.Offset())
}

// Settle leaves so many elements open and reads on from here.
func (s *Scanner) Settle(depth int) {
	s.closing, s.starved, s.Flaw = false, false, nil
	for s.depth > depth {
		s.pop()
	}
}

// tagAt looks for a tag with one of the names at i, with or without a prefix.
// It is short when the bytes at hand do not tell.
func (s *Scanner) tagAt(i int, names []string) (Tag, bool, bool) {
	b := s.buf[i:min(s.end, i+longestLook)]
	if len(b) < 2 || b[0] != '<' {
		return Tag{}, false, false
	}
	tag, from := Tag{}, 1
	if b[1] == '/' {
		tag.End, from = true, 2
	}
	end := from
	for end < len(b) && (class.name[b[end]] || b[end] == ':' || b[end] >= 0x80) {
		if b[end] == ':' {
			from = end + 1
		}
		if end++; end >= longestLook {
			return Tag{}, false, false
		}
	}
	if end == len(b) {
		return Tag{}, false, true
	}
	for _, name := range names {
		if string(b[from:end]) != name {
			continue
		}
		tag.Name = name
		if !tag.End {
			return tag, isSpace(b[end]) || b[end] == '>' || b[end] == '/', false
		}
		for end < len(b) && isSpace(b[end]) {
			end++
		}
		tag.size = end + 1
		return tag, end < len(b) && b[end] == '>', end == len(b)
	}
	return Tag{}, false, false
}

// hypothesis is one reading of bytes in which the markup is broken.
type hypothesis struct {
	state reading
	mark  byte // the quote of the value, or the last one seen in the tag
	last  byte // the last byte of the tag that is no white space
	blank bool // white space came behind it
	hold  int  // bytes that belong to what was recognised already
	first bool // reads the broken token itself, as the tag that it begins like
}

type reading uint8

const (
	inContent reading = iota
	inTag
	inValue
	inComment
	inCData
	inInstruction
)

// hypotheses are the readings of the token at s.pos.
func (s *Scanner) hypotheses() []hypothesis {
	if next := s.buf[s.pos+1]; s.buf[s.pos] != '<' || next == '!' || next == '?' {
		return []hypothesis{{state: inContent}}
	}
	return []hypothesis{{state: inContent, hold: 1}, {state: inTag, first: true, hold: 1}}
}

// open says that a tag may begin with the next byte.
func (h hypothesis) open() bool { return h.state == inContent && h.hold == 0 }

// follow lets every hypothesis take the first byte of b. Those that come to
// what cannot be are given up.
func follow(readings []hypothesis, b []byte) []hypothesis {
	out := readings[:0]
	var more []hypothesis
	for _, h := range readings {
		was := h
		alive := h.step(b)
		if was.first && was.state != inContent && (!alive || h.state == inValue && b[0] == '<') {
			// Here the tag broke: a quote or a bracket is lost, or there is one
			// too many.
			more = append(more, was.branches(b)...)
			h.first = false
		}
		if alive {
			out = append(out, h)
		}
	}
	return append(out, more...)
}

// branches are the readings of b where the tag cannot go on as it should.
func (h hypothesis) branches(b []byte) []hypothesis {
	fresh := []hypothesis{{state: inContent}}
	if h.state == inTag && (h.mark != 0 || b[0] == '"' || b[0] == '\'') {
		mark := h.mark
		if mark == 0 {
			mark = b[0]
		}
		fresh = append(fresh, hypothesis{state: inValue, mark: mark})
	}
	var out []hypothesis
	for _, f := range fresh {
		if f.step(b) {
			out = append(out, f)
		}
	}
	return out
}

// step takes one byte; false when the reading cannot be.
func (h *hypothesis) step(b []byte) bool {
	if h.hold > 0 {
		h.hold--
		return true
	}
	switch h.state {
	case inContent:
		return b[0] != '<' || h.begin(b)
	case inTag:
		return h.tag(b[0])
	case inValue:
		if b[0] == h.mark {
			h.state, h.last, h.blank = inTag, b[0], false
		}
	case inComment:
		h.leave(b, "-->")
	case inCData:
		h.leave(b, "]]>")
	case inInstruction:
		h.leave(b, "?>")
	}
	return true
}

// begin reads what a < begins.
func (h *hypothesis) begin(b []byte) bool {
	has := func(s string) bool { return len(b) >= len(s) && string(b[:len(s)]) == s }
	switch {
	case has("<!--"):
		h.state, h.hold = inComment, 3
	case has("<![CDATA["):
		h.state, h.hold = inCData, 8
	case has("<!"):
		return false
	case has("<?"):
		h.state, h.hold = inInstruction, 1
	case len(b) > 1 && (class.start[b[1]] || b[1] == '/' || b[1] == ':' || b[1] >= 0x80):
		*h = hypothesis{state: inTag}
	}
	return true
}

func (h *hypothesis) leave(b []byte, end string) {
	if len(b) >= len(end) && string(b[:len(end)]) == end {
		*h = hypothesis{state: inContent, hold: len(end) - 1}
	}
}

// tag takes a byte between < and >.
func (h *hypothesis) tag(c byte) bool {
	if isSpace(c) {
		h.blank = true
		return true
	}
	quoted := h.last == '"' || h.last == '\''
	switch {
	case c == '>':
		*h = hypothesis{state: inContent}
		return true
	case c == '<', quoted && !h.blank && c != '/' && c != '?':
		return false
	case c == '"' || c == '\'':
		if h.last != '=' {
			return false
		}
		h.state, h.mark = inValue, c
		return true
	}
	h.last, h.blank = c, false
	return true
}
