// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"bufio"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Kind is the Art of an official edition.
type Kind string

// The kinds of editions.
const (
	KindICD10GM Kind = "icd10gm"
	KindICDO3   Kind = "icdo3" // sites and morphologies
	KindOPS     Kind = "ops"
	KindATC     Kind = "atc"
	KindInsurer Kind = "insurer" // Kostenträger: IK and name
)

// codeForms are the forms of the codes of each kind. ICD-10-GM as it is
// printed with its marks is taken without them.
var codeForms = map[Kind]*regexp.Regexp{
	KindICD10GM: regexp.MustCompile(`^[A-Z]\d\d(\.\d{1,2})?$`),
	KindICDO3:   regexp.MustCompile(`^(C\d\d(\.\d)?|[89]\d\d\d/\d)$`),
	KindOPS:     regexp.MustCompile(`^[1-9]-\d[0-9a-z]{2}(\.[0-9a-z]{1,2})?$`),
	KindATC:     regexp.MustCompile(`^[A-Z]\d\d[A-Z][A-Z]\d\d$`),
	KindInsurer: regexp.MustCompile(`^\d{9}$`),
}

// Kinds lists the kinds of editions in order.
func Kinds() []Kind { return []Kind{KindICD10GM, KindICDO3, KindOPS, KindATC, KindInsurer} }

// The bounds of an edition.
const (
	maxEntries = 200_000
	maxText    = 400 // characters of a label
	firstYear  = 1990
	lastYear   = 2100
)

// editionEntry is one code of an edition.
type editionEntry struct {
	code, text string
	terminal   bool // no longer code below it
}

// Edition is an official edition of a code list, in our notation: a Ausgabe of
// one year. It never changes after it is made.
type Edition struct {
	Kind    Kind
	Year    int
	entries []editionEntry
	at      map[string]int
}

// Len is the number of codes.
func (e *Edition) Len() int { return len(e.entries) }

func (e *Edition) label(code string) (Label, bool) {
	at, ok := e.at[code]
	if !ok {
		return Label{}, false
	}
	return Label{Code: code, Text: e.entries[at].text, Exact: true}, true
}

// Refused says why a file cannot be taken, in a German sentence that tells
// what to do, and where.
type Refused struct {
	Line     int // 0 when the whole file is meant
	Sentence string
}

// Error is the sentence with the line.
func (r *Refused) Error() string {
	if r.Line == 0 {
		return r.Sentence
	}
	return fmt.Sprintf("Zeile %d: %s", r.Line, r.Sentence)
}

func refuse(line int, sentence string, values ...any) error {
	return &Refused{Line: line, Sentence: fmt.Sprintf(sentence, values...)}
}

// newEdition checks the codes, puts them in order and finds out which are
// complete. Of a code twice with the same words one is kept; other words are
// refused.
func newEdition(kind Kind, year int, entries []editionEntry) (*Edition, error) {
	form, ok := codeForms[kind]
	switch {
	case !ok:
		return nil, refuse(0, "Die Art %q gibt es nicht; möglich sind icd10gm, icdo3, ops, atc, insurer.", kind)
	case year < firstYear || year > lastYear:
		return nil, refuse(0, "Nennen Sie das Jahr der Ausgabe zwischen %d und %d.", firstYear, lastYear)
	case len(entries) == 0:
		return nil, refuse(0, "Die Datei enthält keinen Code der Art %s. Prüfen Sie, ob Art und Datei zusammengehören.", kind)
	case len(entries) > maxEntries:
		return nil, refuse(0, "Die Datei enthält mehr als %d Codes. Prüfen Sie, ob es die richtige ist.", maxEntries)
	}
	slices.SortStableFunc(entries, func(a, b editionEntry) int { return strings.Compare(a.code, b.code) })
	e := &Edition{Kind: kind, Year: year, at: make(map[string]int, len(entries))}
	for _, entry := range entries {
		entry.text = oneLine(entry.text)
		switch {
		case !form.MatchString(entry.code):
			return nil, refuse(0, "%q ist kein Code der Art %s. Prüfen Sie, ob Art und Datei zusammengehören.", clipped(entry.code), kind)
		case entry.text == "":
			return nil, refuse(0, "Der Code %s hat keine Bezeichnung. Laden Sie die Datei neu herunter.", entry.code)
		case kind == KindInsurer && !CheckedIK(entry.code):
			return nil, refuse(0, "Die Prüfziffer des Institutionskennzeichens %s stimmt nicht. Berichtigen Sie die Liste.", entry.code)
		}
		if at, twice := e.at[entry.code]; twice {
			if e.entries[at].text != entry.text {
				return nil, refuse(0, "Der Code %s steht mit zwei Bezeichnungen in der Datei. Laden Sie sie neu herunter.", entry.code)
			}
			continue
		}
		e.at[entry.code] = len(e.entries)
		e.entries = append(e.entries, entry)
	}
	for i := range e.entries {
		last := i+1 == len(e.entries)
		e.entries[i].terminal = last || !strings.HasPrefix(e.entries[i+1].code, e.entries[i].code)
	}
	return e, nil
}

// oneLine makes a label one clean line of bounded length.
func oneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || r == utf8.RuneError
	}), " ")
	if utf8.RuneCountInString(text) > maxText {
		text = string([]rune(text)[:maxText-1]) + "…"
	}
	return text
}

// clipped shortens what may be anything before it goes into a sentence.
func clipped(text string) string {
	if runes := []rune(text); len(runes) > 20 {
		return string(runes[:20]) + "…"
	}
	return text
}

// notation is the first word of an edition in our notation.
const notation = "meldewerk-terminology"

// WriteTo writes the edition in our notation: a line with kind, year and
// number of codes, then one line for each code. A truncated file is found by
// the number.
func (e *Edition) WriteTo(w io.Writer) (int64, error) {
	out := bufio.NewWriter(w)
	total, err := fmt.Fprintf(out, "%s %s %d %d\n", notation, e.Kind, e.Year, len(e.entries))
	for _, entry := range e.entries {
		if err != nil {
			break
		}
		var n int
		n, err = fmt.Fprintf(out, "%s %s\n", entry.code, entry.text)
		total += n
	}
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		return int64(total), fmt.Errorf("write edition: %w", err)
	}
	return int64(total), nil
}

// ReadEdition reads an edition in our notation.
func ReadEdition(r io.Reader) (*Edition, error) {
	lines := bufio.NewScanner(io.LimitReader(r, maxBytes))
	lines.Buffer(nil, 16<<10)
	if !lines.Scan() {
		return nil, refuse(1, "Die Datei ist leer oder nicht lesbar.")
	}
	head := strings.Fields(lines.Text())
	if len(head) != 4 || head[0] != notation {
		return nil, refuse(1, "Die Datei ist keine Tabelle von „meldewerk terminology import“. Erzeugen Sie sie damit neu.")
	}
	year, err := strconv.Atoi(head[2])
	count, err2 := strconv.Atoi(head[3])
	if err != nil || err2 != nil || count > maxEntries {
		return nil, refuse(1, "Jahr oder Anzahl fehlen. Erzeugen Sie die Tabelle neu.")
	}
	var entries []editionEntry
	for line := 2; lines.Scan(); line++ {
		code, text, found := strings.Cut(lines.Text(), " ")
		if !found || !utf8.ValidString(text) {
			return nil, refuse(line, "Die Zeile hat nicht die Form „Code Bezeichnung“. Erzeugen Sie die Tabelle neu.")
		}
		if len(entries) >= count {
			return nil, refuse(line, "Die Tabelle hat mehr Zeilen als angekündigt. Erzeugen Sie sie neu.")
		}
		entries = append(entries, editionEntry{code: code, text: text})
	}
	if err = lines.Err(); err != nil || len(entries) != count {
		return nil, refuse(0, "Die Tabelle ist nicht vollständig: %d von %d Codes. Erzeugen Sie sie neu.", len(entries), count)
	}
	return newEdition(Kind(head[1]), year, entries)
}

// Open makes a Book of the built-in tables and of the editions (*.txt in our
// notation) that an operator has laid into a folder; nil for none.
func Open(folder fs.FS) (*Book, error) {
	if folder == nil {
		return BuiltIn(), nil
	}
	names, err := fs.Glob(folder, "*.txt")
	if err != nil {
		return nil, fmt.Errorf("list editions: %w", err)
	}
	var editions []*Edition
	for _, name := range names {
		e, err := readFrom(folder, name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		editions = append(editions, e)
	}
	return newBook(editions), nil
}

// OpenFolder is Open for a folder of the disk as a configuration names it; ""
// is the built-in book. A folder that is not there or holds no table is
// refused: who names one wants it to count.
func OpenFolder(path string) (*Book, error) {
	if path == "" {
		return BuiltIn(), nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, fmt.Errorf("open folder of code lists: %w", err)
	}
	if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return filepath.Ext(e.Name()) == ".txt" }) {
		return nil, fmt.Errorf("open folder of code lists: %w", refuse(0, "Im Ordner %s liegt keine Tabelle (*.txt). Erzeugen Sie sie mit „meldewerk terminology import“ oder nehmen Sie den Ordner aus der Konfiguration.", path))
	}
	book, err := Open(os.DirFS(path))
	if err != nil {
		return nil, fmt.Errorf("open folder of code lists: %w", err)
	}
	return book, nil
}

func readFrom(folder fs.FS, name string) (*Edition, error) {
	file, err := folder.Open(name)
	if err != nil {
		return nil, fmt.Errorf("open edition: %w", err)
	}
	defer func() { _ = file.Close() }() // only read
	return ReadEdition(file)
}
