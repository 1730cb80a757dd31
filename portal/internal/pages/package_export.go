// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/upload"
	"meldewerk/report"
)

// protocolHead is the protocol in the JSON of "meldewerk check", without its
// results, with the receipt.
type protocolHead struct {
	File          string           `json:"file"`
	SchemaVersion string           `json:"schema_version"`
	Kind          submission.Kind  `json:"kind"`
	State         upload.State     `json:"state"`
	Receipt       *protocolReceipt `json:"receipt"`
	Reports       int              `json:"reports"`
	Accepted      int              `json:"accepted"`
	Warned        int              `json:"warned"`
	Rejected      int              `json:"rejected"`
	Findings      []report.Finding `json:"package_findings"`
}

type protocolReceipt struct {
	Number     string       `json:"number"`
	ReceivedAt time.Time    `json:"received_at"`
	SHA256     string       `json:"sha256"`
	State      upload.State `json:"state"`
}

// protocolLine is one result with what trust centres have said since.
type protocolLine struct {
	report.Result
	State   submission.State    `json:"state,omitempty"`
	Remarks []submission.Remark `json:"remarks,omitempty"`
}

// target finds the package of an export and its filter.
func (p *Pages) target(r *web.Request) (upload.Package, upload.Filter, error) {
	var form filterForm
	if err := r.DecodeQuery(&form); err != nil {
		return upload.Package{}, upload.Filter{}, err
	}
	pkg, err := p.rooms.Uploads.Package(r.Context(), r.Principal.UnitID, upload.ID(r.PathValue("id")))
	return pkg, form.filter(), err
}

// exportName is the name of a download: the receipt, nothing of the sender's.
func exportName(pkg upload.Package, ending string) string {
	if pkg.Number == "" {
		return "protokoll" + ending
	}
	return "protokoll-" + pkg.Number + ending
}

func (p *Pages) protocolJSON(r *web.Request) (web.Response, error) {
	pkg, filter, err := p.target(r)
	if err != nil {
		return nil, err
	}
	return web.Download(exportName(pkg, ".json"), "application/json", func(w io.Writer) error {
		return writeProtocol(w, pkg, func(do func(upload.Line) error) error {
			return p.rooms.Uploads.Each(r.Context(), r.Principal.UnitID, pkg.ID, filter, do)
		})
	}), nil
}

// writeProtocol writes head and results, one result at a time.
func writeProtocol(w io.Writer, pkg upload.Package, each func(func(upload.Line) error) error) error {
	head := protocolHead{File: pkg.FileName, SchemaVersion: pkg.SchemaVersion, Kind: pkg.Kind, State: pkg.State,
		Reports: pkg.Reports, Accepted: pkg.Accepted, Warned: pkg.Warned, Rejected: pkg.Rejected, Findings: pkg.Findings}
	if head.Findings == nil {
		head.Findings = []report.Finding{}
	}
	if pkg.State == upload.Received {
		head.Receipt = &protocolReceipt{Number: pkg.Number, ReceivedAt: pkg.EndedAt,
			SHA256: hex.EncodeToString(pkg.SHA256), State: pkg.State}
	}
	opening, err := json.Marshal(head)
	if err != nil {
		return fmt.Errorf("write protocol: %w", err)
	}
	out := bufio.NewWriter(w)
	_, _ = out.Write(opening[:len(opening)-1]) // the writer keeps its first error for Flush
	_, _ = out.WriteString(`,"results":[`)
	first := true
	err = each(func(l upload.Line) error {
		line := protocolLine{Result: l.Result}
		if line.Findings == nil {
			line.Findings = []report.Finding{}
		}
		for _, s := range l.Standing {
			line.State = s.State
			line.Remarks = append(line.Remarks, s.Remarks...)
		}
		text, err := json.Marshal(line)
		if err != nil {
			return fmt.Errorf("write protocol line: %w", err)
		}
		if !first {
			_ = out.WriteByte(',')
		}
		first = false
		_, err = out.Write(append([]byte("\n"), text...))
		return err
	})
	if err != nil {
		return err
	}
	_, _ = out.WriteString("\n]}\n")
	return out.Flush()
}

func (p *Pages) protocolCSV(r *web.Request) (web.Response, error) {
	pkg, filter, err := p.target(r)
	if err != nil {
		return nil, err
	}
	header := []string{"Nr.", "Patientennummer", "Meldungs-ID", "Meldeanlass", "Ergebnis", "Stand",
		"Schwere", "Regel", "Zeile", "Pfad", "Befund", "Abhilfe", "Quittung"}
	rows := func(yield func([]string, error) bool) {
		err := p.rooms.Uploads.Each(r.Context(), r.Principal.UnitID, pkg.ID, filter, func(l upload.Line) error {
			for _, row := range csvRows(l, pkg.Number) {
				if !yield(row, nil) {
					return errStopped
				}
			}
			return nil
		})
		if err != nil && err != errStopped {
			yield(nil, err)
		}
	}
	return web.CSV(exportName(pkg, ".csv"), header, iter.Seq2[[]string, error](rows)), nil
}

var errStopped = fmt.Errorf("the reader wants no more rows")

// csvRows is one row per finding, one for a report without.
func csvRows(l upload.Line, number string) [][]string {
	var states []string
	findings := l.Findings
	for _, s := range l.Standing {
		states = append(states, stateWord(s.State))
		for _, m := range s.Remarks {
			findings = append(findings, report.Finding{Rule: m.Rule, Severity: report.Severity(m.Severity),
				Path: m.Path, Message: m.Message, Remedy: m.Remedy})
		}
	}
	if l.Verdict != report.Rejected && len(states) == 0 {
		states = append(states, stateWord(""))
	}
	head := []string{strconv.Itoa(l.Position), string(l.Patient), string(l.Report), l.Occasion.German(),
		verdictBadge(l.Verdict).Word, strings.Join(states, ", ")}
	if len(findings) == 0 {
		return [][]string{append(head, "", "", "", "", "", "", number)}
	}
	var rows [][]string
	for _, f := range findings {
		word, line := "Hinweis", ""
		if f.Severity == report.Error {
			word = "Fehler"
		}
		if f.Line > 0 {
			line = ui.Number(int64(f.Line))
		}
		rows = append(rows, append(append([]string{}, head...), word, f.Rule, line, f.Path, f.Message, f.Remedy, number))
	}
	return rows
}
