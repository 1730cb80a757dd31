// SPDX-License-Identifier: EUPL-1.2

package paper

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/dejavu/dejavusansmono"
)

// The A4 page after DIN 5008, in millimetres.
const (
	pageWidth   = 210.0
	pageHeight  = 297.0
	leftMargin  = 25.0
	rightMargin = 20.0
	topMargin   = 25.0 // of the second page and later ones
	lastLine    = 270.0
	footerAt    = 283.0
	textWidth   = pageWidth - leftMargin - rightMargin
)

// The sizes of type in points, and the line that belongs to the text size in
// millimetres.
const (
	textSize  = 10.0
	smallSize = 7.5
	codeSize  = 15.0
	lineStep  = 5.0
	smallStep = 3.6
)

// The fonts: their names inside the file.
const (
	sans = "sans"
	mono = "mono"
)

// ErrNotPrintable means that the text holds a character for which the fonts
// have no sign. The sheet is not made: a box instead of a letter of a name or
// a password would go out unnoticed.
var ErrNotPrintable = errors.New("the sheet holds a character that the fonts cannot print")

// sheet is a document under work.
type sheet struct {
	pdf *fpdf.Fpdf
}

// newSheet opens a document. day is the date as printed; it also is the date
// of the file, so that the same input gives the same bytes.
func newSheet(title, author, day, foot string) *sheet {
	pdf := fpdf.New("P", "mm", "A4", "")
	s := &sheet{pdf: pdf}
	made, err := time.Parse("02.01.2006", day)
	if err != nil {
		made = time.Unix(0, 0) // another way to write the day, or none
	}
	pdf.SetCreationDate(made.UTC())
	pdf.SetModificationDate(made.UTC())
	pdf.SetCatalogSort(true)
	pdf.SetLang("de-DE")
	pdf.SetTitle(title, true)
	pdf.SetAuthor(author, true)
	pdf.SetProducer("meldewerk", true)
	pdf.SetCreator("", true)
	// fpdf writes into the bytes of a font while it cuts it: every sheet has
	// its own, or two letters at once would spoil each other.
	pdf.AddUTF8FontFromBytes(sans, "", bytes.Clone(dejavusans.TTF))
	pdf.AddUTF8FontFromBytes(sans, "B", bytes.Clone(dejavusansbold.TTF))
	pdf.AddUTF8FontFromBytes(mono, "", bytes.Clone(dejavusansmono.TTF))
	pdf.SetMargins(leftMargin, topMargin, rightMargin)
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetCellMargin(0)
	pdf.AliasNbPages("{seiten}")
	pdf.SetFooterFunc(func() {
		s.font(sans, "", smallSize)
		pdf.SetXY(leftMargin, footerAt)
		pdf.CellFormat(textWidth/2, smallStep, foot, "", 0, "L", false, 0, "")
		// Set from the left: the count stands in only at the end, and its
		// place-holder has another width.
		pdf.SetX(leftMargin + textWidth - pdf.GetStringWidth(fmt.Sprintf("Seite %d von %d", pdf.PageNo(), pdf.PageNo())))
		pdf.CellFormat(0, smallStep, fmt.Sprintf("Seite %d von {seiten}", pdf.PageNo()), "", 0, "L", false, 0, "")
	})
	return s
}

func (s *sheet) font(family, style string, size float64) { s.pdf.SetFont(family, style, size) }

// room begins a new page unless so many millimetres are left on this one.
func (s *sheet) room(height float64) {
	if s.pdf.GetY()+height <= lastLine {
		return
	}
	s.pdf.AddPage()
	s.pdf.SetXY(leftMargin, topMargin)
}

// lines breaks a text to the width in the present font.
func (s *sheet) lines(text string, width float64) []string {
	var all []string
	for part := range strings.SplitSeq(text, "\n") {
		broken := s.pdf.SplitText(part, width)
		if len(broken) == 0 {
			broken = []string{""}
		}
		all = append(all, broken...)
	}
	return all
}

// text writes lines from x on in the present font; a page that is full goes on
// on the next.
func (s *sheet) text(x, width, step float64, text string) {
	for _, line := range s.lines(text, width) {
		s.room(step)
		s.pdf.SetX(x)
		s.pdf.CellFormat(width, step, strings.TrimRight(line, " "), "", 1, "L", false, 0, "")
	}
}

// down leaves room.
func (s *sheet) down(height float64) { s.pdf.SetY(s.pdf.GetY() + height) }

func (s *sheet) valueFont(p Pair) {
	s.font(sans, "", textSize)
	if p.Code {
		s.font(mono, "", textSize+1)
	}
}

// pairHeight is how many millimetres a name with its value takes.
func (s *sheet) pairHeight(width float64, p Pair) float64 {
	s.font(sans, "B", textSize)
	names := len(s.lines(p.Name, width-3))
	s.valueFont(p)
	return lineStep * float64(max(names, len(s.lines(p.Value, textWidth-width))))
}

// bytes closes the document.
func (s *sheet) bytes() ([]byte, error) {
	var out bytes.Buffer
	if err := s.pdf.Output(&out); err != nil {
		// The cause may quote what stands on the sheet.
		return nil, errors.New("write sheet: the document could not be put together")
	}
	return out.Bytes(), nil
}

// pairs writes names and values in two columns.
func (s *sheet) pairs(width float64, pairs []Pair) {
	for _, p := range pairs {
		height := s.pairHeight(width, p)
		s.room(min(height, 40*lineStep))
		s.valueFont(p)
		top, page := s.pdf.GetY(), s.pdf.PageNo()
		s.text(leftMargin+width, textWidth-width, lineStep, p.Value)
		end := s.pdf.GetY()
		if s.pdf.PageNo() == page { // a value longer than a page has its name on the last one
			s.pdf.SetY(top)
		}
		s.font(sans, "B", textSize)
		s.text(leftMargin, width-3, lineStep, p.Name)
		s.pdf.SetY(max(end, s.pdf.GetY()) + 0.8)
	}
}
