// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"meldewerk/calendar"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/obds"
)

// protocol is the Prüfprotokoll of one file, as `--format json` prints it. Its
// fields are part of the interface.
type protocol struct {
	File            string           `json:"file"`
	SchemaVersion   string           `json:"schema_version"`
	Reports         int              `json:"reports"`
	Accepted        int              `json:"accepted"`
	Warned          int              `json:"warned"`
	Rejected        int              `json:"rejected"`
	PackageFindings []report.Finding `json:"package_findings"`
	Results         []report.Result  `json:"results"`

	complete bool
}

// checkOptions is how a package is to be checked.
type checkOptions struct {
	schemaOnly bool
	summary    bool
	english    bool
	land       string
	tables     *obds.Catalogue
}

func runCheck(ctx context.Context, args []string, std streams) error {
	set := flags("check", std)
	format := set.String("format", "text", "Ausgabe: text oder json")
	summary := set.Bool("summary", false, "angenommene Meldungen ohne Befund weglassen")
	schemaOnly := set.Bool("schema-only", false, "nur das Schema prüfen, nicht die Plausibilität")
	lang := set.String("lang", "de", "Sprache der Plausibilitätssätze: de oder en")
	land := set.String("land", "", "Kürzel des Landes für Regeln, die sich unterscheiden, zum Beispiel NI")
	tables := set.String("tables", "", "Ordner mit weiteren Schematabellen")
	files, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(files) == 0 || *format != "text" && *format != "json" {
		return usage("nennen Sie mindestens eine Datei, oder „-“ für die Standardeingabe")
	}
	o := checkOptions{schemaOnly: *schemaOnly, summary: *summary, english: *lang == "en", land: *land}
	if *tables != "" {
		if info, err := os.Stat(*tables); err != nil || !info.IsDir() {
			return fmt.Errorf("den Ordner %s gibt es nicht; nennen Sie mit --tables den mit den Schematabellen", *tables)
		}
		if o.tables, err = obds.OpenCatalogue(os.DirFS(*tables)); err != nil {
			return err
		}
	}
	var worst error
	for _, file := range files {
		p, err := checkFile(ctx, file, std, o)
		if err != nil {
			return err
		}
		if err := printProtocol(std.out, p, *format); err != nil {
			return err
		}
		switch {
		case !p.complete:
			worst = fmt.Errorf("%s ist nicht als oBDS-Paket lesbar", file)
		case p.Rejected > 0 && worst == nil:
			worst = errFound
		}
	}
	return worst
}

func checkFile(ctx context.Context, file string, std streams, o checkOptions) (*protocol, error) {
	in, size := std.in, int64(0)
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fmt.Errorf("die Datei %s lässt sich nicht öffnen; prüfen Sie Namen und Rechte", file)
		}
		defer func() { _ = f.Close() }() // only read
		if info, err := f.Stat(); err == nil {
			size = info.Size()
		}
		in = f
	}
	bar := newProgress(std.err, size)
	defer bar.end()
	return checkPackage(ctx, file, bar.reader(in), o)
}

// checkPackage reads a package once and collects the verdict on every report.
func checkPackage(ctx context.Context, name string, in io.Reader, o checkOptions) (*protocol, error) {
	reader := obds.NewReader(in, obds.Options{CheckOnly: o.schemaOnly, Catalogue: o.tables})
	p := &protocol{File: name, PackageFindings: []report.Finding{}, Results: []report.Result{}}
	today := calendar.Of(time.Now())
	var together *check.Package // the reports on one patient, as they come
	for {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		item, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s lesen: %w", name, err)
		}
		findings := item.Findings
		if !o.schemaOnly && item.Report != nil && len(findings) == 0 {
			c := check.Context{Today: today, ReportedOn: reader.Package().ReportedOn, Land: o.land,
				English: o.english, Path: item.Path(), Line: item.Line}
			if together == nil {
				together = check.NewPackage(c)
			}
			findings = append(check.Run(c, item.Report), together.Add(c.Path, c.Line, item.Report)...)
		}
		p.add(item, findings)
	}
	p.finish(reader, o.summary)
	return p, nil
}

func (p *protocol) add(item *obds.Item, findings []report.Finding) {
	if findings == nil {
		findings = []report.Finding{}
	}
	p.Results = append(p.Results, report.Result{Position: item.Position, Patient: item.Patient, Report: item.ID,
		Occasion: item.Occasion, Verdict: report.VerdictOf(findings), Findings: findings})
}

// finish joins what only the end of the package shows, counts, and leaves out
// what a summary does not want.
func (p *protocol) finish(reader *obds.Reader, summary bool) {
	for _, late := range reader.Late() {
		for _, span := range late.Spans {
			for at := span.First; at <= span.Last; at++ {
				r := &p.Results[at-1]
				r.Findings = append(r.Findings, late.Finding)
				r.Verdict = report.VerdictOf(r.Findings)
			}
		}
	}
	p.SchemaVersion, p.complete = reader.Version(), reader.Complete()
	p.PackageFindings = append(p.PackageFindings, reader.Findings()...)
	p.Reports = len(p.Results)
	for _, r := range p.Results {
		switch r.Verdict {
		case report.Accepted:
			p.Accepted++
		case report.Warned:
			p.Warned++
		default:
			p.Rejected++
		}
	}
	if summary {
		p.Results = slices.DeleteFunc(p.Results, func(r report.Result) bool { return r.Verdict == report.Accepted })
	}
}

func printProtocol(w io.Writer, p *protocol, format string) error {
	if format == "json" {
		encoder := json.NewEncoder(w)
		encoder.SetIndent("", "  ")
		return encoder.Encode(p)
	}
	_, err := io.WriteString(w, p.text())
	return err
}

// cause is one rule at one kind of place with the reports that break it.
type cause struct {
	sample report.Finding
	place  string
	hits   []report.Result
}

// text is the protocol for people: the counts, what is wrong with the package,
// and the causes, the most frequent first.
func (p *protocol) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s (oBDS %s)\n", p.File, cmp.Or(p.SchemaVersion, "unbekannt"))
	fmt.Fprintf(&b, "  %d Meldungen: %d angenommen, %d mit Hinweisen, %d abgewiesen\n", p.Reports, p.Accepted, p.Warned, p.Rejected)
	for _, f := range p.PackageFindings {
		fmt.Fprintf(&b, "\n  Paket, Zeile %d: %s\n    %s (Regel %s)\n", f.Line, f.Message, f.Remedy, f.Rule)
	}
	for _, c := range p.causes() {
		word := "Hinweis"
		if c.sample.Severity == report.Error {
			word = "Fehler"
		}
		fmt.Fprintf(&b, "\n  %s, %d-mal: %s\n    %s (Regel %s, %s)\n", word, len(c.hits), c.sample.Message, c.sample.Remedy, c.sample.Rule, c.place)
		for i, hit := range c.hits {
			if i == 5 {
				fmt.Fprintf(&b, "    … und %d weitere\n", len(c.hits)-i)
				break
			}
			fmt.Fprintf(&b, "    Meldung %d", hit.Position)
			if hit.Report != "" {
				fmt.Fprintf(&b, ", Meldungs-ID %s", printable(string(hit.Report)))
			}
			for _, f := range hit.Findings {
				if f.Rule == c.sample.Rule && place(f.Path) == c.place {
					fmt.Fprintf(&b, ", Zeile %d", f.Line)
					break
				}
			}
			b.WriteByte('\n')
		}
	}
	b.WriteByte('\n')
	return b.String()
}

func (p *protocol) causes() []cause {
	found := map[string]*cause{}
	var order []*cause
	for _, r := range p.Results {
		seen := map[string]bool{}
		for _, f := range r.Findings {
			key := f.Rule + " " + place(f.Path)
			c := found[key]
			if c == nil {
				c = &cause{sample: f, place: place(f.Path)}
				found[key], order = c, append(order, c)
			}
			if !seen[key] {
				seen[key] = true
				c.hits = append(c.hits, r)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b *cause) int {
		if a.sample.Severity != b.sample.Severity {
			return cmp.Compare(a.sample.Severity, b.sample.Severity)
		}
		return cmp.Compare(len(b.hits), len(a.hits))
	})
	causes := make([]cause, len(order))
	for i, c := range order {
		causes[i] = *c
	}
	return causes
}

// place is the path without positions, below the report or the patient.
func place(path string) string {
	var b strings.Builder
	depth := 0
	for _, r := range path {
		switch {
		case r == '[':
			depth++
		case r == ']':
			depth--
		case depth == 0:
			b.WriteRune(r)
		}
	}
	short := b.String()
	for _, frame := range []string{"oBDS/Menge_Patient/Patient/Menge_Meldung/Meldung/", "oBDS/Menge_Patient/Patient/", "oBDS/"} {
		if cut, found := strings.CutPrefix(short, frame); found {
			return cut
		}
	}
	return short
}

// printable keeps an id of the sender from changing the terminal.
func printable(id string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x2028 || r == 0x2029 {
			return '·'
		}
		return r
	}, id)
}
