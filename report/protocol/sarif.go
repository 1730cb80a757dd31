// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"bufio"
	"fmt"
	"io"
	"net/url"
	"path"
	"runtime/debug"
	"strconv"
	"strings"

	"meldewerk/report"
)

// sarifWriter writes one run of SARIF 2.1.0. Results of all packages come
// first; the rules, which are known only at the end, stand behind them. The
// numbers of patient and report stay out: such files travel to build servers.
type sarifWriter struct {
	out     *bufio.Writer
	options Options
	begun   bool
	any     bool // result written
	whole   bool // every package was readable
	rules   map[string]int
	samples []report.Finding // of each rule, the first finding
	b       []byte
}

func newSARIFWriter(w io.Writer, o Options) *sarifWriter {
	return &sarifWriter{out: bufio.NewWriterSize(w, 64<<10), options: o, rules: map[string]int{}, whole: true}
}

func (s *sarifWriter) begin() {
	if s.begun {
		return
	}
	s.begun = true
	// The writer keeps its first error for Flush.
	_, _ = s.out.WriteString(`{"$schema":"https://json.schemastore.org/sarif-2.1.0.json","version":"2.1.0","runs":[{"columnKind":"unicodeCodePoints","results":[`)
}

func (s *sarifWriter) Write(h *Head, lines Lines) error {
	s.begin()
	s.whole = s.whole && !h.Unreadable
	at := uri(h.File)
	for i := range h.Findings {
		if err := s.result(at, &h.Findings[i], 0); err != nil {
			return err
		}
	}
	for l, err := range lines {
		if err != nil {
			return err
		}
		for _, findings := range [][]report.Finding{l.Findings, l.Remarks} {
			for i := range findings {
				if err := s.result(at, &findings[i], l.Position); err != nil {
					return err
				}
			}
		}
	}
	return s.out.Flush()
}

func (s *sarifWriter) result(at string, f *report.Finding, position int) error {
	rule, known := s.rules[f.Rule]
	if !known {
		rule = len(s.samples)
		s.rules[f.Rule], s.samples = rule, append(s.samples, *f)
	}
	b := s.b[:0]
	if s.any {
		b = append(b, ',')
	}
	s.any = true
	b = appendMember(append(b, "\n{"...), "ruleId", f.Rule)
	b = strconv.AppendInt(append(b, `,"ruleIndex":`...), int64(rule), 10)
	b = appendMember(append(b, ','), "level", level(f.Severity))
	b = append(appendMember(append(b, `,"message":{`...), "text", strings.TrimSpace(f.Message+" "+f.Remedy)), '}')
	b = append(appendMember(append(b, `,"locations":[{"physicalLocation":{"artifactLocation":{`...), "uri", at), '}')
	if f.Line > 0 {
		b = strconv.AppendInt(append(b, `,"region":{"startLine":`...), int64(f.Line), 10)
		if _, column := splitColumn(f.Message); column > 0 {
			b = strconv.AppendInt(append(b, `,"startColumn":`...), int64(column), 10)
		}
		b = append(b, '}')
	}
	b = append(b, '}')
	if f.Path != "" {
		b = append(appendMember(append(b, `,"logicalLocations":[{`...), "fullyQualifiedName", f.Path), `,"kind":"element"}]`...)
	}
	b = append(b, "}]"...)
	if position > 0 {
		b = append(strconv.AppendInt(append(b, `,"properties":{"position":`...), int64(position), 10), '}')
	}
	b = append(b, '}')
	s.b = b
	if _, err := s.out.Write(b); err != nil {
		return fmt.Errorf("write protocol: %w", err)
	}
	return nil
}

func level(s report.Severity) string {
	if s == report.Error {
		return "error"
	}
	return "warning"
}

// Close writes the rules that were broken and ends the document.
func (s *sarifWriter) Close() error {
	s.begin()
	b := append(s.b[:0], "\n],\"tool\":{\"driver\":{\"name\":\"meldewerk\","...)
	b = appendMember(b, "version", Version())
	language := "de"
	if s.options.English {
		language = "en"
	}
	b = append(appendMember(append(b, ','), "language", language), `,"rules":[`...)
	for i := range s.samples {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendRule(b, &s.samples[i])
	}
	b = append(b, "\n]}},\"invocations\":[{\"executionSuccessful\":"...)
	b = append(strconv.AppendBool(b, s.whole), "}]}]}\n"...)
	if _, err := s.out.Write(b); err != nil {
		return fmt.Errorf("write protocol: %w", err)
	}
	return s.out.Flush()
}

func (s *sarifWriter) appendRule(b []byte, f *report.Finding) []byte {
	about, source := titleOf(f.Rule, s.options.English)
	if about == "" {
		about, _ = splitColumn(f.Message)
	}
	help := f.Remedy
	if source != "" {
		word := "Quelle"
		if s.options.English {
			word = "Source"
		}
		help = strings.TrimSpace(help + "\n\n" + word + ": " + source)
	}
	b = appendMember(append(b, "\n{"...), "id", f.Rule)
	b = append(appendMember(append(b, `,"shortDescription":{`...), "text", about), '}')
	b = append(appendMember(append(b, `,"help":{`...), "text", help), '}')
	return append(appendMember(append(b, `,"defaultConfiguration":{`...), "level", level(f.Severity)), "}}"...)
}

// Version is the Fassung of the program as it was built, "0" where it is not known.
func Version() string {
	if info, known := debug.ReadBuildInfo(); known && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "0"
}

// uri is the reference of a file: relative where its name is, with slashes.
func uri(file string) string {
	if file == "-" {
		return "stdin"
	}
	clean := path.Clean(strings.ReplaceAll(file, `\`, "/"))
	u := url.URL{Path: clean}
	if path.IsAbs(clean) {
		u.Scheme = "file"
	}
	return strings.ReplaceAll(u.String(), "!", "%21")
}
