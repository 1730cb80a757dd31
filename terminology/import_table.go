// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"
)

// The bounds of a table.
const (
	sampleRows = 200
	maxColumns = 64
	maxCell    = 4000
)

// tableColumns tells where a table has its codes and its labels.
type tableColumns struct{ code, text int }

// readTable takes the codes of a table with separators. Which column holds the
// codes and which the labels is found out from the first rows: official tables
// have no common heading, and some have none at all.
func readTable(kind Kind, r io.Reader, lines bool) ([]editionEntry, error) {
	in := bufio.NewReaderSize(r, 16<<10)
	head, _ := in.Peek(4 << 10) // a short file answers with what there is
	rows := csv.NewReader(in)
	rows.Comma, rows.FieldsPerRecord, rows.LazyQuotes, rows.ReuseRecord = separator(head), -1, true, true
	if !lines && len(head) > 0 {
		rows.LazyQuotes = false
	}
	t := &tableReader{kind: kind}
	for {
		row, err := rows.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		line := 0
		if parse, ok := errors.AsType[*csv.ParseError](err); ok {
			line = parse.Line
		} else if len(row) > 0 {
			line, _ = rows.FieldPos(0)
		}
		if err != nil || len(row) > maxColumns {
			return nil, refuse(line, "Die Zeile ist keine Tabellenzeile. Prüfen Sie Trennzeichen und Anführungszeichen.")
		}
		if err = t.row(line, row); err != nil {
			return nil, err
		}
	}
	if t.columns == nil {
		if err := t.decide(); err != nil {
			return nil, err
		}
	}
	return t.entries, nil
}

// separator is the commonest of the usual separators.
func separator(head []byte) rune {
	best, most := ';', 0
	for _, sign := range ";\t|," {
		if n := strings.Count(string(head), string(sign)); n > most {
			best, most = sign, n
		}
	}
	return best
}

// tableReader keeps the first rows until it knows the columns.
type tableReader struct {
	kind    Kind
	sample  [][]string
	columns *tableColumns
	entries []editionEntry
}

func (t *tableReader) row(line int, row []string) error {
	for _, cell := range row {
		if len(cell) > maxCell || !utf8.ValidString(cell) {
			return refuse(line, "Die Zeile enthält Zeichen, die kein Text sind, oder eine zu lange Zelle. Speichern Sie die Tabelle als CSV in UTF-8.")
		}
	}
	if t.columns != nil {
		t.take(row)
		if len(t.entries) > maxEntries {
			return refuse(line, "Die Datei enthält mehr als %d Codes. Prüfen Sie, ob es die richtige ist.", maxEntries)
		}
		return nil
	}
	t.sample = append(t.sample, append([]string(nil), row...))
	if len(t.sample) >= sampleRows {
		return t.decide()
	}
	return nil
}

func (t *tableReader) take(row []string) {
	if t.columns.code >= len(row) || t.columns.text >= len(row) {
		return
	}
	code := t.clean(row[t.columns.code])
	if text := oneLine(row[t.columns.text]); codeForms[t.kind].MatchString(code) && text != "" {
		t.entries = append(t.entries, editionEntry{code: code, text: text})
	}
}

// clean takes the marks of print off a code: dagger, asterisk, exclamation
// mark, the dash of a category.
func (t *tableReader) clean(cell string) string {
	code := strings.TrimSpace(cell)
	if t.kind == KindICD10GM {
		code = strings.TrimSuffix(strings.TrimSuffix(strings.TrimRight(code, "+*!†#"), "-"), ".")
	}
	return code
}

// decide finds the columns: of those that hold codes the one with the most
// different ones, of those right of it the one with the most different texts.
func (t *tableReader) decide() error {
	form := codeForms[t.kind]
	code := t.fullest(0, func(cell string) bool { return form.MatchString(t.clean(cell)) })
	if code < 0 {
		return refuse(0, "In keiner Spalte stehen Codes der Art %s. Prüfen Sie, ob Art und Datei zusammengehören.", t.kind)
	}
	text := t.fullest(code+1, isText)
	if text < 0 {
		return refuse(0, "Rechts von den Codes steht keine Bezeichnung. Ordnen Sie die Spalten: erst Code, dann Bezeichnung.")
	}
	t.columns = &tableColumns{code: code, text: text}
	for _, row := range t.sample {
		t.take(row)
	}
	t.sample = nil
	return nil
}

// isText says that a cell holds words and no flag or number.
func isText(cell string) bool {
	letters := 0
	for _, r := range cell {
		if r >= 'a' && r <= 'z' || r > utf8.RuneSelf {
			letters++
		}
	}
	return letters >= 3
}

// fullest is the first column from a place on that holds the most different
// cells of a sort; -1 when none holds any.
func (t *tableReader) fullest(from int, fits func(string) bool) int {
	different := map[int]map[string]bool{}
	for _, row := range t.sample {
		for i := from; i < len(row); i++ {
			if !fits(row[i]) {
				continue
			}
			if different[i] == nil {
				different[i] = map[string]bool{}
			}
			different[i][row[i]] = true
		}
	}
	best := -1
	for i := from; i < maxColumns; i++ {
		if len(different[i]) > 0 && (best < 0 || len(different[i]) > len(different[best])) {
			best = i
		}
	}
	return best
}
