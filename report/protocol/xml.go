// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"bufio"
	_ "embed" // for the schema
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"

	"meldewerk/report"
)

// Schema is the XSD of the XML form, the documentation of its elements.
//
//go:embed protocol.xsd
var Schema string

// xmlSpace is the namespace of the XML form; another version has another one.
const xmlSpace = "urn:meldewerk:protocol:1"

// xmlWriter writes the vocabulary of protocol.xsd.
type xmlWriter struct {
	out     *bufio.Writer
	options Options
	begun   bool
	b       []byte
}

func newXMLWriter(w io.Writer, o Options) *xmlWriter {
	return &xmlWriter{out: bufio.NewWriterSize(w, 64<<10), options: o}
}

func (x *xmlWriter) begin() {
	if x.begun {
		return
	}
	x.begun = true
	language := "de"
	if x.options.English {
		language = "en"
	}
	// The writer keeps its first error for Flush.
	_, _ = fmt.Fprintf(x.out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<protocols xmlns=%q xml:lang=%q>\n", xmlSpace, language)
}

func (x *xmlWriter) Close() error {
	x.begin()
	_, _ = x.out.WriteString("</protocols>\n") // as above
	return x.out.Flush()
}

func (x *xmlWriter) Write(h *Head, lines Lines) error {
	x.begin()
	b := append(x.b[:0], "<protocol"...)
	b = appendAttribute(b, "file", h.File)
	if h.SchemaVersion != "" {
		b = appendAttribute(b, "schema_version", h.SchemaVersion)
	}
	b = appendCount(b, "reports", h.Reports)
	b = appendCount(b, "accepted", h.Accepted)
	b = appendCount(b, "warned", h.Warned)
	b = appendCount(b, "rejected", h.Rejected)
	if s := h.Submission; s != nil {
		b = appendAttribute(b, "kind", s.Kind)
		b = appendAttribute(b, "state", s.State)
	}
	b = append(appendAttribute(b, "readable", strconv.FormatBool(!h.Unreadable)), ">\n"...)
	if s := h.Submission; s != nil && s.Receipt != nil {
		b = appendAttribute(append(b, " <receipt"...), "number", s.Receipt.Number)
		b = appendAttribute(b, "received_at", s.Receipt.ReceivedAt.UTC().Format(time.RFC3339Nano))
		b = appendAttribute(b, "sha256", s.Receipt.SHA256)
		b = append(appendAttribute(b, "state", s.Receipt.State), "/>\n"...)
	}
	for i := range h.Findings {
		b = appendXMLFinding(b, " ", "finding", &h.Findings[i])
	}
	for l, err := range lines {
		if err != nil {
			return err
		}
		if !x.options.shown(&l) {
			continue
		}
		b = appendXMLLine(b, &l)
		if _, err := x.out.Write(b); err != nil {
			return fmt.Errorf("write protocol: %w", err)
		}
		b = b[:0]
	}
	b = append(b, "</protocol>\n"...)
	x.b = b
	if _, err := x.out.Write(b); err != nil {
		return fmt.Errorf("write protocol: %w", err)
	}
	return x.out.Flush()
}

func appendXMLLine(b []byte, l *Line) []byte {
	b = appendCount(append(b, " <result"...), "position", l.Position)
	for _, a := range [][2]string{{"patient_id", string(l.Patient)}, {"report_id", string(l.Report)}, {"occasion", string(l.Occasion)}} {
		if a[1] != "" {
			b = appendAttribute(b, a[0], a[1])
		}
	}
	b = appendAttribute(b, "verdict", string(l.Verdict))
	if l.State != "" {
		b = appendAttribute(b, "state", l.State)
	}
	if len(l.Findings)+len(l.Remarks) == 0 {
		return append(b, "/>\n"...)
	}
	b = append(b, ">\n"...)
	for i := range l.Findings {
		b = appendXMLFinding(b, "  ", "finding", &l.Findings[i])
	}
	for i := range l.Remarks {
		b = appendXMLFinding(b, "  ", "remark", &l.Remarks[i])
	}
	return append(b, " </result>\n"...)
}

func appendXMLFinding(b []byte, indent, name string, f *report.Finding) []byte {
	b = append(append(append(b, indent...), '<'), name...)
	b = appendAttribute(b, "rule", f.Rule)
	b = appendAttribute(b, "severity", string(f.Severity))
	if f.Line > 0 {
		b = appendCount(b, "line", f.Line)
	}
	if f.Path != "" {
		b = appendAttribute(b, "path", f.Path)
	}
	b = appendEscaped(append(b, "><message>"...), f.Message)
	b = appendEscaped(append(b, "</message><remedy>"...), f.Remedy)
	b = append(append(b, "</remedy></"...), name...)
	return append(b, ">\n"...)
}

func appendAttribute(b []byte, name, value string) []byte {
	b = append(append(append(b, ' '), name...), `="`...)
	return append(appendEscaped(b, value), '"')
}

func appendCount(b []byte, name string, n int) []byte {
	b = append(append(append(b, ' '), name...), `="`...)
	return append(strconv.AppendInt(b, int64(n), 10), '"')
}

// appendEscaped writes a text of XML, in an element or an attribute. What no
// XML can hold becomes the replacement character.
func appendEscaped(b []byte, text string) []byte {
	for _, r := range text {
		switch {
		case r == '<':
			b = append(b, "&lt;"...)
		case r == '>':
			b = append(b, "&gt;"...)
		case r == '&':
			b = append(b, "&amp;"...)
		case r == '"':
			b = append(b, "&quot;"...)
		case r == '\t' || r == '\n' || r == '\r' || steers(r) && r >= 0x7f:
			b = append(strconv.AppendInt(append(b, "&#"...), int64(r), 10), ';')
		case r < ' ' || r == 0xfffe || r == 0xffff:
			b = utf8.AppendRune(b, utf8.RuneError)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return b
}
