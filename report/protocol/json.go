// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"meldewerk/report"
)

// jsonWriter writes one object per package, each result in a line of its own.
// It is written out by hand because every report of a package passes here.
type jsonWriter struct {
	out     *bufio.Writer
	options Options
	b       []byte
}

func newJSONWriter(w io.Writer, o Options) *jsonWriter {
	return &jsonWriter{out: bufio.NewWriterSize(w, 64<<10), options: o}
}

func (j *jsonWriter) Close() error { return j.out.Flush() }

func (j *jsonWriter) Write(h *Head, lines Lines) error {
	b := append(j.b[:0], '{')
	b = appendMember(b, "file", h.File)
	b = appendMember(append(b, ','), "schema_version", h.SchemaVersion)
	if s := h.Submission; s != nil {
		b = appendMember(append(b, ','), "kind", s.Kind)
		b = appendMember(append(b, ','), "state", s.State)
		receipt, err := appendReceipt(append(b, `,"receipt":`...), s.Receipt)
		if err != nil {
			return err
		}
		b = receipt
	}
	for _, c := range []struct {
		name string
		n    int
	}{{"reports", h.Reports}, {"accepted", h.Accepted}, {"warned", h.Warned}, {"rejected", h.Rejected}} {
		b = append(append(append(b, `,"`...), c.name...), `":`...)
		b = strconv.AppendInt(b, int64(c.n), 10)
	}
	b = strconv.AppendBool(append(b, `,"readable":`...), !h.Unreadable)
	b = append(b, ",\n\"package_findings\":"...)
	b = j.appendFindings(b, h, h.Findings)
	b = append(b, ",\n\"results\":["...)
	first := true
	for l, err := range lines {
		if err != nil {
			return err
		}
		if !j.options.shown(&l) {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = j.appendLine(append(b, '\n'), h, &l)
		if _, err := j.out.Write(b); err != nil {
			return fmt.Errorf("write protocol: %w", err)
		}
		b = b[:0]
	}
	b = append(b, "\n]}\n"...)
	j.b = b
	if _, err := j.out.Write(b); err != nil {
		return fmt.Errorf("write protocol: %w", err)
	}
	if err := j.out.Flush(); err != nil {
		return fmt.Errorf("write protocol: %w", err)
	}
	return nil
}

func appendReceipt(b []byte, r *Receipt) ([]byte, error) {
	if r == nil {
		return append(b, "null"...), nil
	}
	at, err := json.Marshal(r.ReceivedAt)
	if err != nil {
		return nil, fmt.Errorf("write receipt: %w", err)
	}
	b = appendMember(append(b, '{'), "number", r.Number)
	b = append(append(b, `,"received_at":`...), at...)
	b = appendMember(append(b, ','), "sha256", r.SHA256)
	b = appendMember(append(b, ','), "state", r.State)
	return append(b, '}'), nil
}

func (j *jsonWriter) appendLine(b []byte, h *Head, l *Line) []byte {
	b = strconv.AppendInt(append(b, `{"position":`...), int64(l.Position), 10)
	b = appendMember(append(b, ','), "patient_id", string(l.Patient))
	b = appendMember(append(b, ','), "report_id", string(l.Report))
	b = appendMember(append(b, ','), "occasion", string(l.Occasion))
	b = appendMember(append(b, ','), "verdict", string(l.Verdict))
	b = append(b, `,"findings":`...)
	b = j.appendFindings(b, h, l.Findings)
	if l.State != "" {
		b = appendMember(append(b, ','), "state", l.State)
	}
	for i := range l.Remarks {
		b = append(b, ',')
		if i == 0 {
			b = append(b, `"remarks":[`...)
		}
		b = append(appendFinding(b, &l.Remarks[i], false), '}')
	}
	if len(l.Remarks) > 0 {
		b = append(b, ']')
	}
	return append(b, '}')
}

func (j *jsonWriter) appendFindings(b []byte, h *Head, findings []report.Finding) []byte {
	b = append(b, '[')
	for i := range findings {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendFinding(b, &findings[i], true)
		if h.Value != nil {
			if value, known := h.Value(findings[i].Path); known {
				b = appendMember(append(b, ','), "value", value)
			}
		}
		b = append(b, '}')
	}
	return append(b, ']')
}

// appendFinding writes a finding without its closing brace.
func appendFinding(b []byte, f *report.Finding, line bool) []byte {
	b = appendMember(append(b, '{'), "rule", f.Rule)
	b = appendMember(append(b, ','), "severity", string(f.Severity))
	b = appendMember(append(b, ','), "path", f.Path)
	if line {
		b = strconv.AppendInt(append(b, `,"line":`...), int64(f.Line), 10)
	}
	b = appendMember(append(b, ','), "message", f.Message)
	return appendMember(append(b, ','), "remedy", f.Remedy)
}

func appendMember(b []byte, name, value string) []byte {
	b = append(append(append(b, '"'), name...), `":`...)
	return appendString(b, value)
}

const hexDigits = "0123456789abcdef"

// plainJSON are the bytes that stand for themselves in a string.
var plainJSON = func() [256]bool {
	var plain [256]bool
	for c := ' '; c < 0x7f; c++ {
		plain[c] = !strings.ContainsRune(`"\<>&`, c)
	}
	return plain
}()

// appendString writes a string of JSON. What could mean something where the
// protocol is laid into a page or a script stands escaped.
func appendString(b []byte, text string) []byte {
	b = append(b, '"')
	begin := 0
	for i := 0; i < len(text); {
		c := text[i]
		if plainJSON[c] {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			b = append(b, text[begin:i]...)
			if c == '"' || c == '\\' {
				b = append(b, '\\', c)
			} else {
				b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
			}
			i++
			begin = i
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		if r == utf8.RuneError && size == 1 || steers(r) {
			b = append(b, text[begin:i]...)
			b = append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
			begin = i + size
		}
		i += size
	}
	return append(append(b, text[begin:]...), '"')
}
