// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"meldewerk/portal/internal/upload"
	"meldewerk/report"
	"meldewerk/report/protocol"
)

func each(lines ...upload.Line) func(func(upload.Line) error) error {
	return func(do func(upload.Line) error) error {
		for _, l := range lines {
			if err := do(l); err != nil {
				return err
			}
		}
		return nil
	}
}

// TestU7ExportsHoldNoFormulaAndNoName: the file is called after the receipt,
// and what the sender wrote does nothing in a spreadsheet.
func TestU7ExportsHoldNoFormulaAndNoName(t *testing.T) {
	t.Parallel()
	pkg := galleryPackages()[1]
	pkg.FileName = "=cmd|'/c calc'!A1\r\nX: \"y\"\u202egnp.xml"
	if name := exportName(pkg, ".csv"); name != "protokoll-"+pkg.Number+".csv" {
		t.Errorf("the download is called %q", name)
	}
	line := galleryLines()[2]
	line.Report, line.Patient = "@SUM(A1)", report.PatientID("\t=1")
	refused := galleryLines()[4]
	var out bytes.Buffer
	if err := writeProtocol(&out, protocol.CSV, pkg, each(line, refused)); err != nil {
		t.Fatal(err)
	}
	table := csv.NewReader(strings.NewReader(strings.TrimPrefix(out.String(), "\ufeff")))
	table.Comma = ';'
	rows, err := table.ReadAll()
	if err != nil || len(rows) != 3+len(pkg.Findings) {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, row := range rows[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
				t.Errorf("a spreadsheet runs %q", cell)
			}
		}
	}
	last := strings.Join(rows[len(rows)-1], "|")
	for _, want := range []string{stateWord(refused.Standing[0].State), "Unter dieser Meldungs-ID liegt schon", pkg.Number} {
		if !strings.Contains(last, want) {
			t.Errorf("no %q in %s", want, last)
		}
	}
	out.Reset()
	if err := writeProtocol(&out, protocol.XML, pkg, each(line, refused)); err != nil || !strings.Contains(out.String(), "<remark rule=\"T3\"") {
		t.Errorf("%v: %s", err, out.String())
	}
}

// TestExportPassesOnErrors: a download that breaks off must not look whole.
func TestExportPassesOnErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("the store is gone")
	for _, format := range []protocol.Format{protocol.CSV, protocol.JSON, protocol.XML} {
		err := writeProtocol(&bytes.Buffer{}, format, galleryPackages()[1], func(func(upload.Line) error) error { return broken })
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", format, err)
		}
	}
}
