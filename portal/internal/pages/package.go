// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"encoding/hex"
	"fmt"
	"net/url"
	"strconv"

	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/portal/internal/upload"
	"meldewerk/report"
	"meldewerk/report/protocol"
)

// packagePage is the protocol of one package.
type packagePage struct {
	State    ui.Badge
	Kind     ui.Badge
	Counts   []countLink
	Receipt  ui.Details
	SHA256   string
	Trouble  ui.Hints // findings on the package as a whole
	Failed   bool     // unreadable: nothing of it was taken
	Running  bool     // still being transferred
	Causes   []causeCard
	Chosen   string // the filter in words
	All      string // address without filter
	Count    string
	Reports  []reportCard
	Pages    ui.Pagination
	CSV      string
	XML      string
	JSON     string
	HasMany  bool
	NoReport bool // the filter chooses none
}

// countLink is one of the counted verdicts at the head.
type countLink struct {
	Icon    string
	Number  string
	Noun    string
	Href    string
	Current bool
}

// causeCard is one cause with how many reports have it.
type causeCard struct {
	Kind     ui.Kind
	Title    string // "37-mal dieselbe Ursache"
	Sentence string
	Remedy   string
	Rule     string
	Path     string
	Href     string
	Link     string
}

// reportCard is one report with both verdicts.
type reportCard struct {
	Position int
	Patient  string
	Report   string
	Occasion string
	Verdict  ui.Badge
	Standing []standing
	Queries  []ui.Link
	Findings []finding
}

type standing struct {
	Badge ui.Badge
	Hint  string
	When  string
	From  string // only where there are several trust centres
}

type finding struct {
	Kind     ui.Kind
	Icon     string
	Word     string
	Sentence string
	Remedy   string
	Rule     string
	Path     string
	Line     string
	From     string
}

// filterForm is the filter as it stands in the address.
type filterForm struct {
	Verdict string `form:"ergebnis,max=20"`
	Cause   int    `form:"ursache"`
	Rule    string `form:"regel,max=60"`
	State   string `form:"stand,max=20"`
	Again   bool   `form:"schon"`
}

func (f filterForm) filter() upload.Filter {
	return upload.Filter{Verdict: report.Verdict(f.Verdict), Cause: f.Cause, Rule: f.Rule, State: submission.State(f.State)}
}

func (f filterForm) query() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"ergebnis": f.Verdict, "regel": f.Rule, "stand": f.State} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if f.Cause != 0 {
		q.Set("ursache", strconv.Itoa(f.Cause))
	}
	return q
}

func (p *Pages) protocol(r *web.Request) (web.Response, error) {
	var form filterForm
	if err := r.DecodeQuery(&form); err != nil {
		return nil, err
	}
	unit, id := r.Principal.UnitID, upload.ID(r.PathValue("id"))
	pkg, err := p.rooms.Uploads.Package(r.Context(), unit, id)
	if err != nil {
		return nil, err
	}
	causes, err := p.rooms.Uploads.Causes(r.Context(), unit, id)
	if err != nil {
		return nil, err
	}
	offset := (r.Page() - 1) * ui.PageSize
	lines, total, err := p.rooms.Uploads.Lines(r.Context(), unit, id, form.filter(), offset, ui.PageSize)
	if err != nil {
		return nil, err
	}
	if pkg.Damaged {
		r.Log().Error("what is kept of a package is damaged at rest", "package", string(id))
	}
	for i := range lines {
		if lines[i].Damaged {
			r.Log().Error("a report's verdict is damaged at rest", "package", string(id), "position", lines[i].Position)
		}
	}
	page := newPackagePage(pkg, causes, lines, total, form, r.Page())
	links, err := p.queriesOf(r, string(pkg.ID))
	if err != nil {
		return nil, err
	}
	page.link(links)
	response := web.Page("package", packageTitle(pkg), page).With(wide).
		With(crumbs(ui.Link{Label: "Pakete", Href: "/pakete"}, ui.Link{Label: "Protokoll"})).
		With(func(f *ui.Frame) { f.PrintID = pkg.Number })
	if form.Again {
		response.With(func(f *ui.Frame) { f.Notice = againNotice(pkg) })
	}
	if page.Running {
		response.With(func(f *ui.Frame) { f.Refresh = 5 })
	}
	return response, nil
}

// link adds the queries on its reports to the protocol.
func (page *packagePage) link(queries map[int][]ui.Link) {
	for i := range page.Reports {
		page.Reports[i].Queries = queries[page.Reports[i].Position]
	}
}

// againNotice tells that the same package was here before.
func againNotice(pkg upload.Package) *ui.Alert {
	return &ui.Alert{Kind: ui.Info, Live: true, Title: "Dieses Paket haben Sie schon übermittelt",
		Body: "Es kam am " + ui.Moment(pkg.EndedAt) + " an und ist unverändert. Es wurde nicht noch einmal angenommen; Sie sehen die erste Quittung."}
}

func packageTitle(pkg upload.Package) string {
	switch pkg.State {
	case upload.Received:
		return "Paket " + pkg.Number
	case upload.Unreadable:
		return "Paket nicht lesbar"
	}
	return "Paket wird übertragen"
}

func newPackagePage(pkg upload.Package, causes []upload.Cause, lines []upload.Line, total int, form filterForm, number int) packagePage {
	base := "/pakete/" + string(pkg.ID)
	page := packagePage{
		State: packageBadge(pkg), Kind: kindBadge(pkg.Kind),
		Failed: pkg.State == upload.Unreadable, Running: pkg.State == upload.Receiving,
		All: base, CSV: base + "/protokoll.csv", XML: base + "/protokoll.xml", JSON: base + "/protokoll.json",
		Receipt: receipt(pkg), SHA256: hex.EncodeToString(pkg.SHA256),
		Trouble: ui.Hints{Title: "Zum Paket als Ganzem"},
		Pages:   ui.Pages(total, number, base, form.query()),
	}
	page.Pages.Label = "Seiten der Meldungen"
	for _, f := range pkg.Findings {
		page.Trouble.Items = append(page.Trouble.Items, ui.Hint{Sentence: sentenceAt(f), Rule: f.Rule, Kind: severity(f.Severity)})
	}
	if pkg.State != upload.Received {
		return page
	}
	page.Counts = counts(pkg, form)
	for _, c := range causes {
		page.Causes = append(page.Causes, newCauseCard(c, base, form))
	}
	if query := form.query(); len(query) > 0 {
		page.Chosen = chosenWords(form, causes)
		for _, address := range []*string{&page.CSV, &page.XML, &page.JSON} {
			*address += "?" + query.Encode()
		}
	}
	page.Count = ui.Count(int64(total), "Meldung", "Meldungen")
	page.NoReport = total == 0
	several := severalCentres(lines)
	for _, l := range lines {
		page.Reports = append(page.Reports, newReportCard(l, several))
	}
	return page
}

// sentenceAt joins what is wrong, where, and what to do.
func sentenceAt(f report.Finding) string {
	text := protocol.Sentence(&f, false)
	if f.Remedy != "" {
		text += " " + f.Remedy
	}
	return text
}

func receipt(pkg upload.Package) ui.Details {
	var d ui.Details
	add := func(key, value string) {
		if value != "" {
			d.Items = append(d.Items, ui.Item{Key: key, Value: value})
		}
	}
	add("Nummer", pkg.Number)
	if pkg.State == upload.Received {
		add("Eingang", ui.Moment(pkg.EndedAt))
	} else {
		add("Begonnen", ui.Moment(pkg.BegunAt))
	}
	add("Datei", pkg.FileName)
	if pkg.Size > 0 {
		add("Größe", ui.Size(pkg.Size))
	}
	if pkg.SchemaVersion != "" {
		add("Format", "oBDS "+pkg.SchemaVersion)
	}
	return d
}

func counts(pkg upload.Package, form filterForm) []countLink {
	base := "/pakete/" + string(pkg.ID)
	of := func(v report.Verdict, n int, noun string) countLink {
		badge := verdictBadge(v)
		return countLink{Icon: badge.IconName(), Number: ui.Number(int64(n)), Noun: noun,
			Href: base + "?ergebnis=" + string(v) + toReports, Current: form.Verdict == string(v)}
	}
	out := []countLink{
		of(report.Accepted, pkg.Accepted, "angenommen"),
		of(report.Warned, pkg.Warned, "mit Hinweisen angenommen"),
		of(report.Rejected, pkg.Rejected, "abgewiesen"),
	}
	if pkg.Refused > 0 {
		out = append(out, countLink{Icon: "danger", Number: ui.Number(int64(pkg.Refused)),
			Noun: "von der Vertrauensstelle abgewiesen", Href: base + "?stand=refused" + toReports, Current: form.State == string(submission.Refused)})
	}
	if pkg.Queried > 0 {
		out = append(out, countLink{Icon: "warning", Number: ui.Number(int64(pkg.Queried)),
			Noun: "mit Rückfrage", Href: base + "?stand=queried" + toReports, Current: form.State == string(submission.Queried)})
	}
	return out
}

func newCauseCard(c upload.Cause, base string, form filterForm) causeCard {
	title := "Einmal"
	if c.Reports > 1 {
		title = ui.Number(int64(c.Reports)) + "-mal dieselbe Ursache"
	}
	link := "Diese Meldung zeigen"
	if c.Reports > 1 {
		link = "Diese " + ui.Number(int64(c.Reports)) + " Meldungen zeigen"
	}
	return causeCard{Kind: severity(c.Sample.Severity), Title: title, Sentence: c.Sample.Message, Remedy: c.Sample.Remedy,
		Rule: c.Sample.Rule, Path: c.Sample.Path, Link: link, Href: base + "?ursache=" + strconv.Itoa(c.Number) + toReports}
}

// toReports leads past the head of the protocol to its reports.
const toReports = "#meldungen"

// chosenWords says which lines the filter shows.
func chosenWords(form filterForm, causes []upload.Cause) string {
	switch {
	case form.Cause > 0:
		for _, c := range causes {
			if c.Number == form.Cause {
				return "Nur Meldungen mit dieser Ursache: " + c.Sample.Message
			}
		}
		return "Nur Meldungen mit einer bestimmten Ursache."
	case form.Rule != "":
		return "Nur Meldungen mit einem Befund der Regel " + form.Rule + "."
	case form.State != "":
		return "Nur Meldungen im Stand „" + stateWord(submission.State(form.State)) + "“."
	case form.Verdict == string(report.Warned):
		return "Nur Meldungen, die mit Hinweisen angenommen sind."
	case form.Verdict == string(report.Accepted):
		return "Nur Meldungen, die ohne Hinweis angenommen sind."
	}
	return "Nur abgewiesene Meldungen."
}

func severalCentres(lines []upload.Line) bool {
	for _, l := range lines {
		if len(l.Standing) > 1 {
			return true
		}
	}
	return false
}

func newReportCard(l upload.Line, several bool) reportCard {
	card := reportCard{Position: l.Position, Patient: string(l.Patient), Report: string(l.Report),
		Occasion: l.Occasion.German(), Verdict: verdictBadge(l.Verdict)}
	if l.Occasion == "" {
		card.Occasion = "nicht erkennbar"
	}
	for _, f := range l.Findings {
		card.Findings = append(card.Findings, newFinding(f, ""))
	}
	if l.Verdict != report.Rejected && len(l.Standing) == 0 {
		card.Standing = []standing{{Badge: stateBadge(""), Hint: stateHint("")}}
	}
	for _, s := range l.Standing {
		st := standing{Badge: stateBadge(s.State), Hint: stateHint(s.State), When: ui.Moment(s.At)}
		if several {
			st.From = s.Recipient
		}
		card.Standing = append(card.Standing, st)
		for _, m := range s.Remarks {
			card.Findings = append(card.Findings, newFinding(report.Finding{Rule: m.Rule, Severity: report.Severity(m.Severity),
				Path: m.Path, Message: m.Message, Remedy: m.Remedy}, "Vertrauensstelle"))
		}
	}
	return card
}

func newFinding(f report.Finding, from string) finding {
	out := finding{Kind: severity(f.Severity), Sentence: f.Message, Remedy: f.Remedy, Rule: f.Rule, Path: f.Path, From: from,
		Icon: "warning", Word: "Hinweis"}
	if f.Severity == report.Error {
		out.Icon, out.Word = "danger", "Fehler"
	}
	if f.Line > 0 {
		out.Line = fmt.Sprintf("Zeile\u00a0%s", ui.Number(int64(f.Line)))
	}
	return out
}
