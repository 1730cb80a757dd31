// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"meldewerk/report"
)

// csvWriter writes one row per finding, one for a report without: semicolons,
// UTF-8 with mark, as German spreadsheet programs expect.
type csvWriter struct {
	out     *csv.Writer
	to      io.Writer
	options Options
	words   *words
	begun   bool
	row     []string
}

func newCSVWriter(w io.Writer, o Options) *csvWriter {
	out := csv.NewWriter(w)
	out.Comma, out.UseCRLF = ';', true
	return &csvWriter{out: out, to: w, options: o, words: wordsOf(o.English)}
}

func (c *csvWriter) begin() error {
	if c.begun {
		return nil
	}
	c.begun = true
	if _, err := io.WriteString(c.to, "\ufeff"); err != nil {
		return fmt.Errorf("write protocol: %w", err)
	}
	return c.put(c.words.columns...)
}

// Close writes the heading of a table without rows.
func (c *csvWriter) Close() error {
	if err := c.begin(); err != nil {
		return err
	}
	c.out.Flush()
	return c.out.Error()
}

// put writes a row of cells that do nothing in a spreadsheet or on a terminal.
func (c *csvWriter) put(cells ...string) error {
	c.row = c.row[:0]
	for _, cell := range cells {
		c.row = append(c.row, Printable(harmless(cell)))
	}
	return c.out.Write(c.row)
}

func (c *csvWriter) Write(h *Head, lines Lines) error {
	if err := c.begin(); err != nil {
		return err
	}
	number := ""
	if h.Submission != nil && h.Submission.Receipt != nil {
		number = h.Submission.Receipt.Number
	}
	verdict := ""
	if h.Unreadable {
		verdict = c.words.none
	}
	for i := range h.Findings {
		if err := c.finding([]string{h.File, "", "", "", "", verdict, ""}, &h.Findings[i], number); err != nil {
			return err
		}
	}
	for l, err := range lines {
		if err != nil {
			return err
		}
		if !c.options.shown(&l) {
			continue
		}
		if err := c.line(h.File, number, &l); err != nil {
			return err
		}
	}
	c.out.Flush()
	return c.out.Error()
}

func (c *csvWriter) line(file, number string, l *Line) error {
	head := []string{file, strconv.Itoa(l.Position), string(l.Patient), string(l.Report), c.words.occasion(l.Occasion),
		c.words.verdict(l.Verdict), l.Standing}
	if len(l.Findings)+len(l.Remarks) == 0 {
		return c.put(append(head, "", "", "", "", "", "", number)...)
	}
	for _, findings := range [][]report.Finding{l.Findings, l.Remarks} {
		for i := range findings {
			if err := c.finding(head, &findings[i], number); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *csvWriter) finding(head []string, f *report.Finding, number string) error {
	line := ""
	if f.Line > 0 {
		line = strconv.Itoa(f.Line)
	}
	return c.put(append(head[:len(head):len(head)], c.words.severity(f.Severity), f.Rule, line, f.Path, f.Message, f.Remedy, number)...)
}

// harmless returns the cell so that no spreadsheet runs it as a formula. The
// characters behind the ASCII ones are what East Asian systems take for them.
func harmless(cell string) string {
	if cell == "" {
		return cell
	}
	switch first, _ := utf8.DecodeRuneInString(cell); first {
	case '=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠':
		return "'" + cell
	}
	return cell
}
