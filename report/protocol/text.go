// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"meldewerk/report"
)

// width is the longest line of the text, in characters.
const width = 100

// textWriter writes for people: the counts, what is wrong with the package,
// and the causes.
type textWriter struct {
	out    *bufio.Writer
	words  *words
	colour bool
	sum    sum
}

// sum is what stands under the protocols of several files.
type sum struct{ packages, unreadable, clean, warned, rejected int }

func newTextWriter(w io.Writer, o Options) *textWriter {
	return &textWriter{out: bufio.NewWriterSize(w, 64<<10), words: wordsOf(o.English), colour: o.Colour}
}

// Close writes what all packages come to when there are several.
func (t *textWriter) Close() error {
	s, w := &t.sum, t.words
	if s.packages > 1 {
		t.say("\n%s\n", t.paint(bold, w.together))
		t.say("  %s %s, %s: %s\n", w.number(s.packages), w.files, t.reports(s.clean+s.warned+s.rejected), t.counts(s.clean, s.warned, s.rejected))
		switch s.unreadable {
		case 0:
		case 1:
			t.say("  %s\n", t.paint(red, w.oneUnreadable))
		default:
			t.say("  %s\n", t.paint(red, fmt.Sprintf(w.manyUnreadable, w.number(s.unreadable))))
		}
	}
	return t.out.Flush()
}

// add counts a package. Of one that cannot be read no report counts.
func (s *sum) add(h *Head) {
	s.packages++
	if h.Unreadable {
		s.unreadable++
		return
	}
	s.clean, s.warned, s.rejected = s.clean+h.Accepted, s.warned+h.Warned, s.rejected+h.Rejected
}

// The colours of a terminal.
const (
	plain  = "\x1b[0m"
	bold   = "\x1b[1m"
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	green  = "\x1b[1;32m"
	faint  = "\x1b[2m"
)

func (t *textWriter) paint(colour, text string) string {
	if !t.colour {
		return text
	}
	return colour + text + plain
}

func (t *textWriter) Write(h *Head, lines Lines) error {
	if t.sum.packages > 0 {
		t.say("\n")
	}
	t.sum.add(h)
	found := newCauses()
	for l, err := range lines {
		if err != nil {
			return err
		}
		found.add(&l)
	}
	t.head(h)
	if len(h.Findings) > 0 {
		t.say("\n")
		if !h.Unreadable {
			t.say("%s\n", t.paint(bold, t.words.fileHint))
		}
		for i := range h.Findings {
			t.trouble(&h.Findings[i])
		}
	}
	sorted := found.sorted()
	more := found.beyond > 0
	for _, c := range sorted {
		t.cause(c, h)
		more = more || c.reports > shownHits
	}
	switch {
	case found.beyond > 0:
		t.say("\n%s\n", fmt.Sprintf(t.words.more, t.words.number(found.beyond)))
	case len(sorted)+len(h.Findings) == 0 && h.Reports > 0 && !h.Unreadable:
		t.say("\n%s\n", t.paint(green, t.words.clean))
	}
	if more {
		t.say("\n%s\n", t.words.all)
	}
	return t.out.Flush()
}

// say writes; the writer keeps its first error for Flush.
func (t *textWriter) say(format string, args ...any) { fmt.Fprintf(t.out, format, args...) }

func (t *textWriter) head(h *Head) {
	w := t.words
	t.say("%s\n", t.paint(bold, Printable(h.File)))
	if h.Unreadable {
		t.say("  %s\n", t.paint(red, w.unreadable))
		if h.Reports > 0 {
			t.say("  %s\n", fmt.Sprintf(w.soFar, w.number(h.Reports)))
		}
		return
	}
	version := h.SchemaVersion
	if version == "" {
		version = w.unknown
	}
	if h.Reports == 0 {
		t.say("  oBDS %s. %s\n", version, w.noReports)
		return
	}
	t.say("  oBDS %s, %s: %s\n", version, t.reports(h.Reports), t.counts(h.Accepted, h.Warned, h.Rejected))
}

// reports is "1 Meldung" or "4 Meldungen".
func (t *textWriter) reports(n int) string {
	if n == 1 {
		return t.words.number(n) + " " + t.words.report
	}
	return t.words.number(n) + " " + t.words.reports
}

// counts is "3 angenommen, davon 1 mit Hinweisen; 1 abgewiesen": with a warning
// a report is accepted all the same.
func (t *textWriter) counts(clean, warned, rejected int) string {
	w := t.words
	text := t.count(clean+warned, w.number(clean+warned)+" "+lower(w.accepted), green)
	between := ", "
	if warned > 0 {
		text += ", " + t.paint(yellow, fmt.Sprintf(w.ofThem, w.number(warned)))
		between = "; "
	}
	return text + between + t.count(rejected, w.number(rejected)+" "+lower(w.rejected), red)
}

// count paints what there is any of.
func (t *textWriter) count(n int, text, colour string) string {
	if n == 0 {
		return text
	}
	return t.paint(colour, text)
}

// trouble is a finding on the package as a whole.
func (t *textWriter) trouble(f *report.Finding) {
	t.wrapped("  ", t.painted(f.Severity, t.words.severity(f.Severity)+":"), Sentence(f, t.words == &english))
	t.wrapped("    ", "", f.Remedy)
	t.at(f.Path, f.Rule)
}

// at says at which place of which rule.
func (t *textWriter) at(path, rule string) {
	w := t.words
	if path == "" {
		t.say("    %s %s\n", upper(w.rule), rule)
		return
	}
	t.wrapped("    ", "", fmt.Sprintf("%s: %s (%s %s)", w.place, Printable(path), w.rule, rule))
}

func (t *textWriter) painted(s report.Severity, text string) string {
	if s == report.Error {
		return t.paint(red, text)
	}
	return t.paint(yellow, text)
}

func (t *textWriter) cause(c *cause, h *Head) {
	w := t.words
	times := w.once
	if c.reports > 1 {
		times = fmt.Sprintf(w.times, w.number(c.reports))
	}
	t.say("\n")
	message, _ := splitColumn(c.sample.Message)
	t.wrapped("", t.painted(c.sample.Severity, w.severity(c.sample.Severity)+", "+times+":"), message)
	t.wrapped("  ", "", c.sample.Remedy)
	t.at(c.place, c.sample.Rule)
	for _, hit := range c.hits {
		t.hit(hit, c.sample.Rule, h)
	}
	if left := c.reports - len(c.hits); left > 0 {
		t.say("    %s\n", t.paint(faint, fmt.Sprintf(w.more, w.number(left))))
	}
}

func (t *textWriter) hit(hit hit, rule string, h *Head) {
	w := t.words
	line := w.from // the rules on what a report says know where it begins
	if strings.HasPrefix(rule, "XML-") {
		line = w.line
	}
	text := fmt.Sprintf("%s %d", upper(w.report), hit.position)
	if hit.id != "" {
		text += fmt.Sprintf(", %s %s", w.id, Printable(string(hit.id)))
	}
	if hit.line > 0 {
		text += fmt.Sprintf(", %s %d", line, hit.line)
	}
	if hit.column > 0 {
		text += fmt.Sprintf(", %s %d", w.column, hit.column)
	}
	t.wrapped("    ", "", text)
	if h.Value == nil {
		return
	}
	if value, known := h.Value(hit.path); known {
		t.wrapped("      ", "", fmt.Sprintf(w.value, Printable(value)))
	}
}

// wrapped writes lead and text in lines of the width, each led by the indent;
// what follows the first line is led by two more blanks when there is a lead.
func (t *textWriter) wrapped(indent, lead, text string) {
	used := 0
	put := func(word string, length int) {
		switch {
		case used == 0:
			t.say("%s%s", indent, word)
			used = len(indent) + length
		case used+1+length > width:
			t.say("\n%s%s", indent, word)
			used = len(indent) + length
		default:
			t.say(" %s", word)
			used += 1 + length
		}
	}
	if lead != "" {
		put(lead, visible(lead))
		indent += "  "
	}
	for word := range strings.FieldsSeq(text) {
		if left := width - used - 1; used > 0 && utf8.RuneCountInString(word) > left && !strings.Contains(word, "://") {
			if cut := breakAt(word, left); cut > 0 {
				put(word[:cut], utf8.RuneCountInString(word[:cut]))
				word = word[cut:]
			}
		}
		for room := width - len(indent); utf8.RuneCountInString(word) > room; {
			cut := breakAt(word, room)
			if cut == 0 {
				cut = len(string([]rune(word)[:room]))
			}
			put(word[:cut], room)
			word = word[cut:]
		}
		put(word, utf8.RuneCountInString(word))
	}
	t.say("\n")
}

// visible is the length of a text without its colours.
func visible(text string) int {
	for _, colour := range []string{plain, red, yellow} {
		text = strings.ReplaceAll(text, colour, "")
	}
	return utf8.RuneCountInString(text)
}

// breakAt is where a path is broken that does not fit into the room: behind
// its last slash in it, 0 when there is none.
func breakAt(word string, room int) int {
	cut, slash := 0, 0
	for range room {
		r, size := utf8.DecodeRuneInString(word[cut:])
		cut += size
		if r == '/' {
			slash = cut
		}
	}
	return slash
}
