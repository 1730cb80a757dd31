// SPDX-License-Identifier: EUPL-1.2

package protocol

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"meldewerk/report"
	"meldewerk/tumour"
)

// write gives the protocol of one package in a format.
func write(t *testing.T, f Format, o Options, h *Head, lines ...Line) string {
	t.Helper()
	var out bytes.Buffer
	w := New(f, &out, o)
	if err := w.Write(h, of(lines...)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func of(lines ...Line) Lines {
	return func(yield func(Line, error) bool) {
		for _, l := range lines {
			if !yield(l, nil) {
				return
			}
		}
	}
}

func late(line int) report.Finding {
	return report.Finding{Rule: "D3", Severity: report.Error, Path: fmt.Sprintf("oBDS/Menge_Patient/Patient[%d]/Menge_Meldung/Meldung[1]/Tod/Sterbedatum", line), Line: line,
		Message: "Das Diagnosedatum liegt nach dem Sterbedatum.", Remedy: "Berichtigen Sie das falsche Datum."}
}

func reported(position int, v report.Verdict, findings ...report.Finding) Line {
	return Line{Result: report.Result{Position: position, Patient: "P-1", Report: report.ID("R-" + strconv.Itoa(position)),
		Occasion: tumour.OccasionDeath, Verdict: v, Findings: findings}}
}

func TestTextGroupsCauses(t *testing.T) {
	t.Parallel()
	h := &Head{File: "paket.xml", SchemaVersion: "3.0.4", Reports: 1240, Accepted: 1202, Warned: 1, Rejected: 37}
	var lines []Line
	for i := range 37 {
		lines = append(lines, reported(i+1, report.Rejected, late(100+i), late(100+i)))
	}
	hint := report.Finding{Rule: "T2", Severity: report.Warning, Path: "oBDS/x", Message: "Ein Hinweis.", Remedy: "Prüfen Sie ihn."}
	lines = append(lines, reported(38, report.Warned, hint))
	text := write(t, Text, Options{}, h, lines...)
	for _, want := range []string{"1.240 Meldungen: 1.203 angenommen, davon 1 mit Hinweisen; 37 abgewiesen", "Fehler, 37-mal dieselbe Ursache: Das Diagnosedatum",
		"Stelle: Tod/Sterbedatum (Regel D3)", "Meldung 5, Meldungs-ID R-5, beginnt in Zeile 104", "… und 32 weitere", "Hinweis, einmal: Ein Hinweis.", "--format csv"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "R-6,") || strings.Contains(text, "\x1b") {
		t.Errorf("too many places, or colours:\n%s", text)
	}
	if text := write(t, Text, Options{English: true, Colour: true}, h, lines...); !strings.Contains(text, "37 times the same cause") || !strings.Contains(text, red) {
		t.Errorf("English, in colours:\n%s", text)
	}
	// More kinds of faults than any package has are counted, not kept.
	lines = lines[:0]
	for i := range mostCauses + 10 {
		f := late(1)
		f.Rule = "X" + strconv.Itoa(i)
		lines = append(lines, reported(i+1, report.Rejected, f))
	}
	if text := write(t, Text, Options{}, h, lines...); !strings.Contains(text, "… und 10 weitere") {
		t.Error("causes beyond the limit are not counted")
	}
}

// TestTextSaysWhereAFindingLies: the schema knows the line of the element, a
// rule on what a report says only where the report begins.
func TestTextSaysWhereAFindingLies(t *testing.T) {
	t.Parallel()
	of := late(12)
	of.Rule = "XML-017"
	text := write(t, Text, Options{}, &Head{File: "a.xml", Reports: 1, Rejected: 1}, reported(1, report.Rejected, of, late(7)))
	for _, want := range []string{"R-1, Zeile 12\n", "R-1, beginnt in Zeile 7\n"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

// TestTextAddsSeveralPackagesUp: of a package that cannot be read no report
// counts, and one package alone is its own sum.
func TestTextAddsSeveralPackagesUp(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		want string
		all  []Head
	}{
		{"", []Head{{Reports: 3, Accepted: 3}}},
		{"Zusammen\n  2 Dateien, 1 Meldung: 1 angenommen, 0 abgewiesen\n  1 Datei ist nicht lesbar.\n", []Head{{Reports: 1, Accepted: 1}, {Reports: 7, Rejected: 7, Unreadable: true}}},
		{"Zusammen\n  4 Dateien, 1.999 Meldungen: 1.997 angenommen, davon 998 mit Hinweisen; 2 abgewiesen\n  2 Dateien sind nicht lesbar.\n",
			[]Head{{Unreadable: true}, {Reports: 1000, Accepted: 1, Warned: 998, Rejected: 1}, {Reports: 999, Accepted: 998, Rejected: 1}, {Unreadable: true}}},
	} {
		var out bytes.Buffer
		w := New(Text, &out, Options{})
		for i := range c.all {
			c.all[i].File = "a.xml"
			if err := w.Write(&c.all[i], of()); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if _, sum, found := strings.Cut(out.String(), "\n\nZusammen"); found != (c.want != "") || found && "Zusammen"+sum != c.want {
			t.Errorf("%q in\n%s", c.want, out.String())
		}
	}
}

// TestTextKeepsAddressesWhole: an address that is cut cannot be opened.
func TestTextKeepsAddressesWhole(t *testing.T) {
	t.Parallel()
	const address = "http://www.basisdatensatz.de/oBDS/XML."
	f := report.Finding{Rule: "XML-005", Severity: report.Error, Message: strings.Repeat("Wort ", 8), Remedy: strings.Repeat("Wort ", 14) + address}
	if text := write(t, Text, Options{}, &Head{File: "a.xml", Unreadable: true, Findings: []report.Finding{f}}); !strings.Contains(text, "    "+address+"\n") {
		t.Errorf("cut:\n%s", text)
	}
}

// hostile are texts of a sender that would act where a protocol is opened.
var hostile = []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "|calc", "＝1", `a"b;c`, "a\r\nX: y", "a\u202egnp.xml",
	"<script>alert(1)</script>", "]]>", "&amp;", "\x1b[31m", "\u009b31m", "a\u2028b", "a\u200fb", "\ufeffx", strings.Repeat("ä", 300)}

// TestU7NothingOfTheSenderActs: formulas, line ends, quotes and characters that
// turn the direction, in ids and names, in every form.
func TestU7NothingOfTheSenderActs(t *testing.T) {
	t.Parallel()
	for _, text := range hostile {
		l := reported(1, report.Rejected, late(7))
		l.Patient, l.Report, l.Standing = report.PatientID(text), report.ID(text), text
		h := &Head{File: text, Reports: 1, Rejected: 1}

		table := csv.NewReader(strings.NewReader(strings.TrimPrefix(write(t, CSV, Options{}, h, l), "\ufeff")))
		table.Comma = ';'
		rows, err := table.ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != len(german.columns) {
			t.Fatalf("%q: %d rows, %v", text, len(rows), err)
		}
		for _, cell := range rows[1] {
			if first, _ := utf8.DecodeRuneInString(cell); strings.ContainsRune("=+-@\t\r\n|%＝＋－＠", first) {
				t.Errorf("%q: a spreadsheet runs %q", text, cell)
			}
		}
		if got := strings.TrimPrefix(rows[1][3], "'"); got != Printable(text) {
			t.Errorf("%q: the table says %q", text, got)
		}

		var object struct {
			File    string
			Results []report.Result
		}
		raw := write(t, JSON, Options{}, h, l)
		if err := json.Unmarshal([]byte(raw), &object); err != nil || object.File != text || string(object.Results[0].Report) != text {
			t.Errorf("%q: %v, %q", text, err, object.File)
		}
		if strings.ContainsAny(raw, "<>&\u202e\u200f\u2028\x1b\u009b") {
			t.Errorf("%q stands unescaped in JSON", text)
		}

		var document struct {
			Protocol struct {
				File   string `xml:"file,attr"`
				Result struct {
					ID string `xml:"report_id,attr"`
				} `xml:"result"`
			} `xml:"protocol"`
		}
		raw = write(t, XML, Options{}, h, l)
		if strings.ContainsAny(raw, "\u202e\u200f\x1b\u009b") {
			t.Errorf("%q: XML with characters that act: %s", text, raw)
		}
		want := strings.ReplaceAll(text, "\x1b", "\ufffd")
		if err := xml.Unmarshal([]byte(raw), &document); err != nil || document.Protocol.File != want || document.Protocol.Result.ID != want {
			t.Errorf("%q: %v, %+v", text, err, document)
		}

		plainText := write(t, Text, Options{}, h, l)
		if strings.ContainsAny(plainText, "\x1b\u009b\r\t\u202e\u200f\u2028\ufeff") || strings.Contains(plainText, "\nX: y") {
			t.Errorf("%q acts on a terminal: %q", text, plainText)
		}
		if raw := write(t, SARIF, Options{}, h, l); !json.Valid([]byte(raw)) {
			t.Errorf("%q: no JSON: %s", text, raw)
		}
	}
}

func full() (*Head, []Line) {
	h := &Head{File: "paket.zip!a.xml", SchemaVersion: "3.0.4", Reports: 3, Accepted: 1, Warned: 1, Rejected: 1,
		Findings: []report.Finding{{Rule: "XML-042", Severity: report.Error, Path: "oBDS/Menge_Melder", Line: 3, Message: "Doppelt.", Remedy: "Einmal."}},
		Submission: &Submission{Kind: "test", State: "received",
			Receipt: &Receipt{Number: "Q-1", ReceivedAt: time.Date(2026, 3, 1, 12, 0, 0, 5000, time.UTC), SHA256: "ab", State: "received"}}}
	broken := report.Finding{Rule: "XML-001", Severity: report.Error, Path: "oBDS/Menge_Patient", Line: 9, Message: "Kein XML (Spalte 36).", Remedy: "Neu."}
	refused := reported(3, report.Accepted)
	refused.State, refused.Standing = "refused", "Abgewiesen"
	refused.Remarks = []report.Finding{{Rule: "T3", Severity: report.Error, Path: "Meldung", Message: "Andere Person.", Remedy: "Neue ID."}}
	hint := late(4)
	hint.Severity = report.Warning
	nameless := reported(1, report.Rejected, broken, late(12))
	nameless.Patient, nameless.Report, nameless.Occasion = "", "", ""
	return h, []Line{nameless, reported(2, report.Warned, hint), refused}
}

func TestJSONHasTheFieldsOfTheInterface(t *testing.T) {
	t.Parallel()
	h, lines := full()
	lines = append(lines, reported(4, report.Accepted))
	type interfaceOfCheck struct {
		File          string `json:"file"`
		SchemaVersion string `json:"schema_version"`
		Kind          string `json:"kind"`
		State         string `json:"state"`
		Receipt       struct {
			Number     string    `json:"number"`
			ReceivedAt time.Time `json:"received_at"`
			SHA256     string    `json:"sha256"`
			State      string    `json:"state"`
		} `json:"receipt"`
		Reports         int              `json:"reports"`
		Accepted        int              `json:"accepted"`
		Warned          int              `json:"warned"`
		Rejected        int              `json:"rejected"`
		Readable        bool             `json:"readable"`
		PackageFindings []report.Finding `json:"package_findings"`
		Results         []struct {
			Position int              `json:"position"`
			Patient  string           `json:"patient_id"`
			Report   string           `json:"report_id"`
			Occasion string           `json:"occasion"`
			Verdict  string           `json:"verdict"`
			Findings []report.Finding `json:"findings"`
			State    string           `json:"state"`
			Remarks  []struct {
				Rule, Severity, Path, Message, Remedy string
			} `json:"remarks"`
		} `json:"results"`
	}
	for summary, want := range map[bool]int{false: 4, true: 3} {
		decoder := json.NewDecoder(strings.NewReader(write(t, JSON, Options{Summary: summary}, h, lines...)))
		decoder.DisallowUnknownFields()
		var p interfaceOfCheck
		if err := decoder.Decode(&p); err != nil {
			t.Fatal(err)
		}
		if len(p.Results) != want || p.Rejected != 1 || !p.Readable || !reflect.DeepEqual(p.PackageFindings, h.Findings) || !p.Receipt.ReceivedAt.Equal(h.Submission.Receipt.ReceivedAt) ||
			!reflect.DeepEqual(p.Results[0].Findings, lines[0].Findings) || p.Results[2].Remarks[0].Rule != "T3" || p.Results[2].State != "refused" {
			t.Errorf("summary %v: %+v", summary, p)
		}
	}
	h.Submission = nil
	if raw := write(t, JSON, Options{}, &Head{Unreadable: true}); !strings.Contains(raw, `"rejected":0,"readable":false,`) {
		t.Errorf("unreadable: %s", raw)
	}
	raw := write(t, JSON, Options{}, h, reported(1, report.Accepted))
	for _, absent := range []string{"receipt", "kind", "state", "value", "null"} {
		if strings.Contains(raw, `"`+absent) {
			t.Errorf("a checked file says %q: %s", absent, raw)
		}
	}
	h.Value = func(path string) (string, bool) { return "1961-13-12", strings.HasSuffix(path, "Sterbedatum") }
	if raw := write(t, JSON, Options{}, h, lines...); strings.Count(raw, `"value":"1961-13-12"`) != 2 {
		t.Errorf("values: %s", raw)
	}
}

// TestXMLFollowsItsSchema asks xmllint.
func TestXMLFollowsItsSchema(t *testing.T) {
	t.Parallel()
	tool, err := exec.LookPath("xmllint")
	if err != nil {
		t.Skip("xmllint is not installed")
	}
	folder := t.TempDir()
	schema := filepath.Join(folder, "protocol.xsd")
	if err := os.WriteFile(schema, []byte(Schema), 0o600); err != nil {
		t.Fatal(err)
	}
	h, lines := full()
	bare := &Head{File: "-", Unreadable: true, Findings: h.Findings}
	for name, raw := range map[string]string{"full": write(t, XML, Options{}, h, lines...), "bare": write(t, XML, Options{English: true}, bare),
		"none": "<protocols xmlns='" + xmlSpace + "'/>"} {
		path := filepath.Join(folder, name+".xml")
		if err := os.WriteFile(path, []byte(raw), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.CommandContext(t.Context(), tool, "--noout", "--nonet", "--schema", schema, path).CombinedOutput(); err != nil {
			t.Errorf("%s: %s\n%s", name, out, raw)
		}
	}
}

// TestSARIFHasItsRequiredProperties: SARIF 2.1.0 §3.13, §3.14, §3.18, §3.19,
// §3.27, §3.28, §3.49.
func TestSARIFHasItsRequiredProperties(t *testing.T) {
	t.Parallel()
	h, lines := full()
	var out bytes.Buffer
	w := New(SARIF, &out, Options{})
	for range 2 {
		if err := w.Write(h, of(lines...)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	type text struct{ Text string }
	var log struct {
		Version string
		Schema  string `json:"$schema"`
		Runs    []struct {
			ColumnKind  string
			Invocations []struct{ ExecutionSuccessful *bool }
			Tool        struct {
				Driver struct {
					Name, Version, Language string
					Rules                   []struct {
						ID                     string
						ShortDescription, Help text
						DefaultConfiguration   struct{ Level string }
					}
				}
			}
			Results []struct {
				RuleID, Level string
				RuleIndex     *int
				Message       text
				Locations     []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
						Region           *struct{ StartLine, StartColumn int }
					}
				}
			}
		}
	}
	if err := json.Unmarshal(out.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if log.Version != "2.1.0" || !strings.Contains(log.Schema, "2.1.0") || len(log.Runs) != 1 {
		t.Fatalf("%+v", log)
	}
	run := log.Runs[0]
	if run.Tool.Driver.Name == "" || len(run.Invocations) != 1 || run.Invocations[0].ExecutionSuccessful == nil || run.ColumnKind == "" || len(run.Results) != 10 {
		t.Errorf("%d results: %+v", len(run.Results), run.Tool)
	}
	columns := 0
	for _, r := range run.Results {
		if r.RuleIndex == nil || run.Tool.Driver.Rules[*r.RuleIndex].ID != r.RuleID || r.Message.Text == "" || r.Level != "error" && r.Level != "warning" {
			t.Errorf("%+v", r)
		}
		at := r.Locations[0].PhysicalLocation
		if at.ArtifactLocation.URI != "paket.zip%21a.xml" || at.Region != nil && at.Region.StartLine < 1 {
			t.Errorf("%+v", at)
		}
		if at.Region != nil && at.Region.StartColumn == 36 {
			columns++
		}
	}
	if columns != 2 {
		t.Errorf("%d results name the column", columns)
	}
	for _, r := range run.Tool.Driver.Rules {
		if r.ID == "" || r.ShortDescription.Text == "" || r.Help.Text == "" || r.DefaultConfiguration.Level == "" {
			t.Errorf("%+v", r)
		}
	}
	if strings.Contains(out.String(), "P-1") || strings.Contains(out.String(), "R-2") {
		t.Error("a number of patient or report stands in SARIF")
	}
}

func TestWritersPassOnErrors(t *testing.T) {
	t.Parallel()
	broken := errors.New("the store is gone")
	h, lines := full()
	for _, f := range Formats() {
		err := New(f, io.Discard, Options{}).Write(h, func(yield func(Line, error) bool) {
			if yield(lines[0], nil) {
				yield(Line{}, broken)
			}
		})
		if !errors.Is(err, broken) {
			t.Errorf("%s: %v", f, err)
		}
		w := New(f, full0{}, Options{})
		if err := errors.Join(w.Write(h, of(lines...)), w.Close()); err == nil {
			t.Errorf("%s: a full disk goes unnoticed", f)
		}
	}
	if New("pdf", io.Discard, Options{}) != nil {
		t.Error("there is a writer for an unknown format")
	}
}

// full0 is a disk that takes nothing.
type full0 struct{}

func (full0) Write([]byte) (int, error) { return 0, errors.New("no space") }

// TestEveryRuleOfTheFrameHasATitle looks up the constants of the reader.
func TestEveryRuleOfTheFrameHasATitle(t *testing.T) {
	t.Parallel()
	parsed, err := parser.ParseFile(token.NewFileSet(), "../obds/rule.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	ast.Inspect(parsed, func(n ast.Node) bool {
		spec, is := n.(*ast.ValueSpec)
		if !is || !strings.HasPrefix(spec.Names[0].Name, "Rule") {
			return true
		}
		literal, is := spec.Values[0].(*ast.BasicLit)
		if !is {
			return true
		}
		id, err := strconv.Unquote(literal.Value)
		if err != nil {
			t.Fatal(err)
		}
		count++
		for _, isEnglish := range []bool{false, true} {
			if about, _ := titleOf(id, isEnglish); !strings.HasSuffix(about, ".") {
				t.Errorf("%s has no title", id)
			}
		}
		return true
	})
	if count < 25 {
		t.Errorf("only %d rules found", count)
	}
	if about, source := titleOf("D1", true); about == "" || source == "" {
		t.Error("a rule of plausibility has no title or source")
	}
}

func TestWordsStandInBothLanguages(t *testing.T) {
	t.Parallel()
	for _, w := range []*words{&german, &english} {
		v := reflect.ValueOf(*w)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%s is missing", v.Type().Field(i).Name)
			}
		}
		for _, o := range tumour.Occasions() {
			if w.occasion(o) == "" {
				t.Errorf("%s has no word", o)
			}
		}
	}
	if len(german.columns) != len(english.columns) {
		t.Error("the tables differ")
	}
}
