// SPDX-License-Identifier: EUPL-1.2

package paper

import "fmt"

// Form is a Formular to print, sign and send: numbered sections of answers and
// a line for the signature.
type Form struct {
	Title     string
	Number    string   // stands in the head and in the foot of every page
	Sender    string   // name of the registry, in the head
	Date      string   // calendar day as printed: 21.11.2026
	Lead      string   // what to do with the sheet, above the first section
	Return    []string // where to send it: lines of an address
	Sections  []Section
	Signature string // who signs, under the line; empty: no line
}

// Section is an Abschnitt of a form.
type Section struct {
	Title string
	Pairs []Pair
	Text  string // below the answers, e.g. what is declared
}

// Places of a form.
const (
	formPair     = 62.0
	signatureGap = 18.0 // millimetres above the line, enough to sign and stamp
)

// PDF makes the form.
func (f Form) PDF() ([]byte, error) {
	blocks := []Block{{Heading: f.Title, Text: f.Lead, Steps: f.Return}, {Heading: f.Sender, Text: f.Signature}, {Heading: f.Number, Text: f.Date}}
	for _, section := range f.Sections {
		blocks = append(blocks, Block{Heading: section.Title, Text: section.Text, Pairs: section.Pairs})
	}
	if err := blocksPrintable(blocks); err != nil {
		return nil, fmt.Errorf("write form: %w", err)
	}
	foot := f.Title
	if f.Number != "" {
		foot += ", Nummer " + f.Number
	}
	s := newSheet(f.Title, f.Sender, f.Date, foot)
	s.pdf.AddPage()
	s.pdf.SetXY(leftMargin, topMargin-5)
	f.head(s)
	for i, section := range f.Sections {
		f.section(s, i+1, section)
	}
	f.sign(s)
	return s.bytes()
}

func (f Form) head(s *sheet) {
	s.font(sans, "", textSize)
	if f.Sender != "" {
		s.text(leftMargin, textWidth, lineStep, f.Sender)
		s.down(lineStep / 2)
	}
	s.font(sans, "B", textSize+6)
	s.text(leftMargin, textWidth, 8, f.Title)
	s.down(1)
	if f.Number != "" {
		s.font(mono, "", textSize+1)
		s.text(leftMargin, textWidth, lineStep, "Nummer "+f.Number)
	}
	if f.Date != "" {
		s.font(sans, "", textSize)
		s.text(leftMargin, textWidth, lineStep, "Stand: "+f.Date)
	}
	s.down(lineStep / 2)
	if f.Lead != "" {
		s.font(sans, "", textSize)
		s.text(leftMargin, textWidth, lineStep, f.Lead)
		s.down(lineStep / 2)
	}
	s.font(sans, "B", textSize)
	for _, line := range f.Return {
		s.text(leftMargin+8, textWidth-8, lineStep, line)
	}
	if len(f.Return) > 0 {
		s.down(lineStep / 2)
	}
}

func (f Form) section(s *sheet, number int, section Section) {
	s.room(s.sectionHeight(section))
	s.down(1)
	s.pdf.SetLineWidth(0.2)
	s.pdf.Line(leftMargin, s.pdf.GetY(), leftMargin+textWidth, s.pdf.GetY())
	s.down(1.5)
	s.font(sans, "B", textSize+1)
	s.text(leftMargin, textWidth, lineStep+0.5, fmt.Sprintf("%d. %s", number, section.Title))
	s.down(1)
	s.pairs(formPair, section.Pairs)
	if section.Text != "" {
		s.down(1)
		s.font(sans, "", textSize)
		s.text(leftMargin, textWidth, lineStep, section.Text)
	}
	s.down(2)
}

// sectionHeight is what a section takes, so that a short one stays together;
// a long one begins where it is and only keeps its title with its first lines.
func (s *sheet) sectionHeight(section Section) float64 {
	const most = 80.0
	height := 4 * lineStep
	for _, p := range section.Pairs {
		height += s.pairHeight(formPair, p) + 0.8
	}
	s.font(sans, "", textSize)
	if section.Text != "" {
		height += lineStep * float64(len(s.lines(section.Text, textWidth)))
	}
	if height > most {
		return 4 * lineStep
	}
	return height
}

// sign keeps the line, the room above it and its name on one page.
func (f Form) sign(s *sheet) {
	if f.Signature == "" {
		return
	}
	const place = 60.0
	s.room(signatureGap + 3*lineStep)
	s.down(signatureGap)
	y := s.pdf.GetY()
	s.pdf.SetLineWidth(0.3)
	s.pdf.Line(leftMargin, y, leftMargin+place, y)
	s.pdf.Line(leftMargin+place+8, y, leftMargin+textWidth, y)
	s.font(sans, "", textSize-1.5)
	s.pdf.SetXY(leftMargin, y+1)
	s.pdf.CellFormat(place, lineStep, "Ort, Datum", "", 0, "L", false, 0, "")
	s.text(leftMargin+place+8, textWidth-place-8, lineStep-0.6, f.Signature)
}
