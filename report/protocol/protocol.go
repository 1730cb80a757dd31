// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"io"
	"iter"
	"time"

	"meldewerk/report"
)

// Format is a Ausgabeform of the protocol.
type Format string

// The formats.
const (
	Text  Format = "text"  // for people
	JSON  Format = "json"  // one object per package
	CSV   Format = "csv"   // one row per finding, for spreadsheets
	XML   Format = "xml"   // protocol.xsd, for hospital systems
	SARIF Format = "sarif" // for editors and build servers
)

// Formats lists them all.
func Formats() []Format { return []Format{Text, JSON, CSV, XML, SARIF} }

// Head is the Kopf of a protocol: what it says of the package as a whole.
type Head struct {
	File          string // as the sender called it
	SchemaVersion string // by whose table it was judged; "" when it could not be told
	Reports       int
	Accepted      int
	Warned        int
	Rejected      int
	Findings      []report.Finding // on the package as a whole
	Unreadable    bool             // the package could not be read to its end: nothing of it counts
	Submission    *Submission      // nil when the package was only checked

	// Value gives the text that stands in the file at the path of a finding. It
	// is nil but where the sender asked to see the values on his own machine.
	Value func(path string) (string, bool)
}

// Submission is the Übermittlung behind a protocol of the portal.
type Submission struct {
	Kind    string // test or real
	State   string // of the package
	Receipt *Receipt
}

// Receipt is the Quittung.
type Receipt struct {
	Number     string
	ReceivedAt time.Time
	SHA256     string // of the file as received, hexadecimal
	State      string
}

// Line is one Zeile of the protocol: the verdict on one report, and what trust
// centres have said since.
type Line struct {
	report.Result
	State    string           // code of the state after submission, "" when there is none
	Standing string           // the same in words
	Remarks  []report.Finding // of the trust centre, without lines
}

// Lines are the results in the order of the package. A line and its findings
// are valid only until the next one.
type Lines = iter.Seq2[Line, error]

// Options say how a protocol is written.
type Options struct {
	English bool
	Summary bool // leave out what was accepted without a finding
	Colour  bool // text for a terminal
}

// Writer writes the protocols of one or several packages into one document.
type Writer interface {
	// Write adds the protocol of a package.
	Write(h *Head, lines Lines) error
	// Close ends the document. It does not close what is written to.
	Close() error
}

// New makes the writer of a format, or nil when there is no such format.
func New(f Format, w io.Writer, o Options) Writer {
	switch f {
	case Text:
		return newTextWriter(w, o)
	case JSON:
		return newJSONWriter(w, o)
	case CSV:
		return newCSVWriter(w, o)
	case XML:
		return newXMLWriter(w, o)
	case SARIF:
		return newSARIFWriter(w, o)
	}
	return nil
}

// shown says whether the options want a line.
func (o Options) shown(l *Line) bool {
	return !o.Summary || l.Verdict != report.Accepted || len(l.Remarks) > 0
}
