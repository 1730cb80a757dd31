// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"encoding/csv"
	"io"
	"iter"
)

// CSV answers with a table to save: semicolons, UTF-8 with mark, as German
// spreadsheet programs expect. Cells that a spreadsheet would take for a
// formula are led by an apostrophe.
func CSV(name string, header []string, rows iter.Seq2[[]string, error]) Response {
	return Download(name, "text/csv; charset=utf-8", func(w io.Writer) error {
		return WriteCSV(w, header, rows)
	})
}

// WriteCSV writes the table of CSV to any writer.
func WriteCSV(w io.Writer, header []string, rows iter.Seq2[[]string, error]) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.Comma = ';'
	out.UseCRLF = true
	if err := out.Write(harmless(header)); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		if err := out.Write(harmless(row)); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

func harmless(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		out[i] = Harmless(c)
	}
	return out
}

// Harmless returns the cell so that no spreadsheet runs it as a formula.
func Harmless(cell string) string {
	if cell == "" {
		return cell
	}
	switch cell[0] {
	case '=', '+', '-', '@', '\t', '\r', '\n', '|', '%':
		return "'" + cell
	}
	switch first := []rune(cell)[0]; first {
	case '＝', '＋', '－', '＠':
		return "'" + cell
	}
	return cell
}
