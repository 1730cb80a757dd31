// SPDX-License-Identifier: EUPL-1.2

package paper

import (
	"errors"
	"fmt"
)

// Places of a letter after DIN 5008 form B, in millimetres from the edges.
const (
	windowLeft   = 25.0 // 20 of the window and 5 inside it
	windowTop    = 45.0
	senderLineAt = 58.7 // lowest line of the 17.7 mm for sender and remarks
	addressAt    = 62.7 // six lines of the recipient
	windowWidth  = 80.0
	factsLeft    = 125.0
	factsAt      = 50.0
	bodyAt       = 103.4
	foldOne      = 105.0
	foldTwo      = 210.0
	punchMark    = 148.5

	pairWidth = 52.0

	addressHeight   = 27.0
	smallestAddress = 6.5 // points
)

// ErrNoRoom means that the recipient does not fit into the window even when it
// is set small.
var ErrNoRoom = errors.New("the recipient does not fit into the window")

// Letter is a Brief on A4 after DIN 5008 form B: sender, window, subject,
// paragraphs. Further pages follow by themselves.
type Letter struct {
	Sender     string   // letterhead: name of the house
	SenderLine string   // one small line above the recipient, within the window
	Contact    []string // block on the right: office, street, telephone
	Recipient  []string // usually six lines at most, within the window; more or longer ones are set smaller
	Place      string   // before the date; may be empty
	Date       string   // calendar day as printed: 21.11.2026
	Subject    string
	Paragraphs []Block
}

// Block is an Absatz of a letter or of a section of a form: what is set of
// heading, text, steps, names with values, and a code, in this order.
type Block struct {
	Heading string
	Text    string
	Steps   []string // numbered
	Pairs   []Pair
	Code    string // a password: large, monospaced, framed, never broken over pages
}

// Pair is an Angabe: its name and its value.
type Pair struct {
	Name, Value string
	Code        bool // monospaced: user names, numbers
}

// PDF makes the letter. Its bytes hold everything that stands in it: who gets
// them keeps them out of files and logs.
func (l Letter) PDF() ([]byte, error) {
	if err := l.printable(); err != nil {
		return nil, fmt.Errorf("write letter: %w", err)
	}
	s := newSheet(l.Subject, l.Sender, l.Date, l.Sender)
	s.pdf.AddPage()
	l.head(s)
	if !l.recipient(s) {
		return nil, fmt.Errorf("write letter: %w", ErrNoRoom)
	}
	s.pdf.SetXY(leftMargin, bodyAt)
	s.font(sans, "B", textSize+1)
	s.text(leftMargin, textWidth, lineStep+0.5, l.Subject)
	s.down(lineStep)
	for _, b := range l.Paragraphs {
		s.block(b)
	}
	return s.bytes()
}

func (l Letter) printable() error {
	texts := append(append([]string{l.Sender, l.SenderLine, l.Place, l.Date, l.Subject}, l.Contact...), l.Recipient...)
	if err := printable(textCoverage(), texts...); err != nil {
		return err
	}
	return blocksPrintable(l.Paragraphs)
}

func blocksPrintable(blocks []Block) error {
	for _, b := range blocks {
		texts := append([]string{b.Heading, b.Text}, b.Steps...)
		codes := []string{b.Code}
		for _, p := range b.Pairs {
			texts = append(texts, p.Name)
			if p.Code {
				codes = append(codes, p.Value)
			} else {
				texts = append(texts, p.Value)
			}
		}
		if err := printable(textCoverage(), texts...); err != nil {
			return err
		}
		if err := printable(codeCoverage(), codes...); err != nil {
			return err
		}
	}
	return nil
}

// head writes what stands in fixed places of the first page.
func (l Letter) head(s *sheet) {
	for _, at := range []float64{foldOne, foldTwo} {
		s.pdf.Line(4, at, 8, at)
	}
	s.pdf.Line(4, punchMark, 10, punchMark)
	s.font(sans, "B", textSize+3)
	s.pdf.SetXY(leftMargin, 20)
	s.text(leftMargin, textWidth, 7, l.Sender)
	for size := smallSize; size > 4; size -= 0.5 {
		if s.font(sans, "", size); s.pdf.GetStringWidth(l.SenderLine) <= windowWidth {
			break
		}
	}
	s.pdf.SetXY(windowLeft, senderLineAt)
	s.pdf.CellFormat(windowWidth, smallStep, l.SenderLine, "", 1, "L", false, 0, "")
	s.pdf.Line(windowLeft, senderLineAt+smallStep, windowLeft+windowWidth, senderLineAt+smallStep)
	s.pdf.SetXY(factsLeft, factsAt)
	s.font(sans, "", textSize-1.5)
	width := pageWidth - 10 - factsLeft
	for _, line := range l.Contact {
		s.text(factsLeft, width, lineStep-0.6, line)
	}
	s.down(lineStep / 2)
	day := l.Date
	if l.Place != "" {
		day = l.Place + ", " + day
	}
	s.text(factsLeft, width, lineStep-0.6, day)
}

// recipient writes the address into its 27.3 mm, as large as it fits there with
// long lines broken; the postman must be able to read all of it.
func (l Letter) recipient(s *sheet) bool {
	for size := textSize; size >= smallestAddress; size -= 0.5 {
		s.font(sans, "", size)
		var lines []string
		for _, line := range l.Recipient {
			lines = append(lines, s.lines(line, windowWidth)...)
		}
		step := size * 0.45
		if step*float64(len(lines)) > addressHeight {
			continue
		}
		for i, line := range lines {
			s.pdf.SetXY(windowLeft, addressAt+0.5+step*float64(i))
			s.pdf.CellFormat(windowWidth, step, line, "", 0, "L", false, 0, "")
		}
		return true
	}
	return false
}

// block writes one block. A heading stays with what follows it.
func (s *sheet) block(b Block) {
	if b.Heading != "" {
		s.room(4 * lineStep)
		s.font(sans, "B", textSize)
		s.text(leftMargin, textWidth, lineStep, b.Heading)
		s.down(0.8)
	}
	if b.Text != "" {
		s.font(sans, "", textSize)
		s.text(leftMargin, textWidth, lineStep, b.Text)
		s.down(lineStep / 2)
	}
	s.steps(b.Steps)
	if len(b.Pairs) > 0 {
		s.pairs(pairWidth, b.Pairs)
		s.down(lineStep / 2)
	}
	if b.Code != "" {
		s.code(b.Code)
	}
}

func (s *sheet) steps(steps []string) {
	for i, step := range steps {
		s.font(sans, "", textSize)
		s.room(lineStep * float64(min(len(s.lines(step, textWidth-8)), 40)))
		s.pdf.SetX(leftMargin)
		s.pdf.CellFormat(8, lineStep, fmt.Sprintf("%d.", i+1), "", 0, "L", false, 0, "")
		s.text(leftMargin+8, textWidth-8, lineStep, step)
		s.down(0.8)
	}
	if len(steps) > 0 {
		s.down(lineStep / 2)
	}
}

func (s *sheet) code(code string) {
	const height = 14.0
	s.room(height + lineStep)
	y := s.pdf.GetY()
	s.pdf.SetLineWidth(0.3)
	s.pdf.Rect(leftMargin, y, textWidth, height, "D")
	s.font(mono, "", codeSize)
	s.pdf.SetXY(leftMargin, y)
	s.pdf.CellFormat(textWidth, height, code, "", 1, "C", false, 0, "")
	s.down(lineStep)
}
