// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"meldewerk/account"
	"meldewerk/exchange/wire"
	"meldewerk/internal/web"
	"meldewerk/report"
	reportform "meldewerk/report/form"
	"meldewerk/synth"
	"meldewerk/testkit/leak"
	"meldewerk/tumour"
)

// clerk is a person who types whole reports into the portal over HTTP, as a
// browser without scripts does, and remembers everything that a browser would
// keep: addresses and titles.
type clerk struct {
	*reporter
	traces *safeBuffer
	tokens map[string]bool // of the pages' sections
}

func newClerk(u *reporter) *clerk {
	return &clerk{reporter: u, traces: &safeBuffer{}, tokens: map[string]bool{}}
}

var pageTitle = regexp.MustCompile(`(?s)<title>(.*?)</title>`)

// leave keeps what a browser's history and a proxy's log would.
func (c *clerk) leave(texts ...string) {
	for _, text := range texts {
		_, _ = c.traces.Write([]byte(text + "\n")) // into memory
	}
}

// read opens a page.
func (c *clerk) read(path string) string {
	c.p.t.Helper()
	body, status, err := c.Get(c.p.t.Context(), path)
	must(c.p.t, err)
	c.leave(path)
	for _, m := range pageTitle.FindAllSubmatch(body, -1) {
		c.leave(string(m[1]))
	}
	if status != http.StatusOK {
		c.p.t.Fatalf("GET %s: %d", opaque.ReplaceAllString(path, "{id}"), status)
	}
	return string(body)
}

// answer sends a form and wants a status.
func (c *clerk) answer(path string, values url.Values, want int) string {
	c.p.t.Helper()
	a, err := c.Post(c.p.t.Context(), path, values)
	must(c.p.t, err)
	c.leave(path, a.To)
	for _, m := range pageTitle.FindAllSubmatch(a.Body, -1) {
		c.leave(string(m[1]))
	}
	if a.Status != want {
		c.p.t.Fatalf("POST %s: %d, want %d: %s", opaque.ReplaceAllString(path, "{id}"), a.Status, want, errorWords.FindAll(a.Body, -1))
	}
	return a.To
}

// newPatient makes a record and gives its address.
func (c *clerk) newPatient(reporter report.ReporterID, patient report.PatientID) string {
	c.p.t.Helper()
	to := c.answer("/patienten", url.Values{"melder": {string(reporter)}, "patient_id": {string(patient)}}, http.StatusSeeOther)
	return recordAddress.FindString(to)
}

// begin makes a draft and gives its address; of is the portal's number of a
// tumour, "" for a new one.
func (c *clerk) begin(record string, o tumour.Occasion, of string) string {
	c.p.t.Helper()
	if of == "" {
		of = "neu"
	}
	to := c.answer("/meldungen", url.Values{"akte": {strings.TrimPrefix(record, "/patienten/")}, "anlass": {string(o)}, "tumor": {of}}, http.StatusSeeOther)
	return reportAddress.FindString(to)
}

// tumours are the portal's numbers of the tumours of a record, as the form for
// a new report offers them.
func (c *clerk) tumours(record string) []string {
	c.p.t.Helper()
	var list []string
	for _, f := range readForms(c.p.t, c.read("/meldungen/neu?akte="+strings.TrimPrefix(record, "/patienten/"))) {
		for _, one := range f.fields {
			if one.name == "tumor" && one.value != "neu" {
				list = append(list, one.value)
			}
		}
	}
	return list
}

// token is the state of a section as its page has it.
func (c *clerk) token(page string) string {
	c.p.t.Helper()
	m := versionField.FindStringSubmatch(page)
	if m == nil {
		c.p.t.Fatal("the page has no token")
	}
	if len(m[1]) == 16 { // a digest, not a running number
		c.tokens[m[1]] = true
	}
	return m[1]
}

// typeSection fills one section in: it saves itself on the way and is then
// saved by its button.
func (c *clerk) typeSection(address string, sheet reportform.Sheet, section *reportform.Section) {
	c.p.t.Helper()
	part := section.Part(sheet)
	if len(part) == 0 {
		return
	}
	path := address + "/" + section.Name
	token := c.token(c.read(path))
	half := reportform.Sheet{}
	for _, key := range slices.Sorted(maps.Keys(part))[:len(part)/2] {
		half[key] = part[key]
	}
	for _, typed := range []reportform.Sheet{half, part} {
		values := posted(sheet, typed)
		values.Set("version", token)
		a, err := c.Post(c.p.t.Context(), path+"/entwurf", values)
		must(c.p.t, err)
		saved := versionValue.FindSubmatch(a.Body)
		if a.Status != http.StatusOK || saved == nil {
			c.p.t.Fatalf("%s does not save itself: %d", opaque.ReplaceAllString(path, "{id}"), a.Status)
		}
		token = string(saved[1])
		c.tokens[token] = true
	}
	values := posted(sheet, part)
	values.Set("version", token)
	values.Set("act", "weiter")
	c.answer(path, values, http.StatusSeeOther)
}

var versionValue = regexp.MustCompile(`"version":"([0-9a-f]+)"`)

// typeIdentity fills the patient's sections in.
func (c *clerk) typeIdentity(record string, sheet reportform.Sheet) {
	c.p.t.Helper()
	for _, s := range reportform.Sections(sheet) {
		if s.OfPatient() {
			c.typeSection(record, sheet, s)
		}
	}
}

// typeReport fills the medical sections in.
func (c *clerk) typeReport(address string, sheet reportform.Sheet) {
	c.p.t.Helper()
	for _, s := range reportform.Sections(sheet) {
		if !s.OfPatient() {
			c.typeSection(address, sheet, s)
		}
	}
}

// submit hands a report in, or a correction of who the patient is.
func (c *clerk) submit(checked, to string) string {
	c.p.t.Helper()
	page := c.read(checked)
	if !strings.Contains(page, `action="`+to+`"`) {
		c.p.t.Fatalf("%s is not ready: %s", opaque.ReplaceAllString(checked, "{id}"), hintWords.FindAllString(page, -1))
	}
	c.token(page)
	values := successful(c.p.t, page, to)
	if strings.HasPrefix(to, "/meldungen/") {
		values.Set("bestaetigt", "ja")
	}
	receipt := c.answer(to, values, http.StatusSeeOther)
	c.read(receipt)
	return receipt
}

var hintWords = regexp.MustCompile(`(?s)<li[^>]*mw-hint.*?</li>`)

func (c *clerk) submitReport(address string) string {
	c.p.t.Helper()
	return c.submit(address+"/pruefen", address+"/uebermitteln")
}

// posted is part of a sheet as the fields of a page send it.
func posted(sheet, part reportform.Sheet) url.Values {
	values := url.Values{}
	for key, value := range part {
		name := reportform.FieldID(key)
		f, known := reportform.At(sheet, key)
		switch {
		case known && (f.Node.Kind == reportform.Day || f.Node.Kind == reportform.About):
			day, month, year, accuracy := reportform.DayParts(value)
			for suffix, text := range map[string]string{"_day": day, "_month": month, "_year": year, "_accuracy": accuracy} {
				if text != "" {
					values.Set(name+suffix, text)
				}
			}
		case known && f.Node.Kind == reportform.Multiple:
			values[name] = strings.Fields(value)
		default:
			values.Set(name, value)
		}
	}
	return values
}

// successful are the fields of a page's form as a browser would send them if
// nobody touched it, without buttons.
func successful(t testing.TB, page, action string) url.Values {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	values, inside, choice, area := url.Values{}, false, "", ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return values
		}
		must(t, err)
		switch e := token.(type) {
		case xml.StartElement:
			attr := map[string]string{}
			for _, a := range e.Attr {
				attr[a.Name.Local] = a.Value
			}
			_, checked := attr["checked"]
			_, selected := attr["selected"]
			switch tag := e.Name.Local; {
			case tag == "form":
				inside = attr["action"] == action && strings.EqualFold(attr["method"], "post")
			case !inside:
			case tag == "select":
				choice = attr["name"]
			case tag == "textarea":
				area = attr["name"]
				values.Add(area, "")
			case tag == "option" && selected:
				values.Add(choice, attr["value"])
			case tag == "input" && (attr["type"] == "radio" || attr["type"] == "checkbox"):
				if checked {
					values.Add(attr["name"], attr["value"])
				}
			case tag == "input":
				values.Add(attr["name"], attr["value"])
			}
		case xml.CharData:
			if area != "" {
				values.Set(area, strings.TrimPrefix(values.Get(area)+string(e), "\n"))
			}
		case xml.EndElement:
			switch e.Name.Local {
			case "form":
				inside = false
			case "textarea":
				area = ""
			}
		}
	}
}

// wantNoTraces wants nothing of the searched values in anything that a browser
// or a proxy keeps, and no token of a page there or in a log.
// Spec: SECURITY W4, L3
func (c *clerk) wantNoTraces(named *leak.Search) {
	c.p.t.Helper()
	traces := found{}
	traces.add("addresses and titles", named.Find(c.traces.Bytes()))
	traces.add("log", named.Find(c.p.log.Bytes()))
	traces.report(c.p.t, "W4")
	kept, logged := string(c.traces.Bytes()), string(c.p.log.Bytes())
	for token := range c.tokens {
		if strings.Contains(kept, token) || strings.Contains(logged, token) {
			c.p.t.Error("W4: a token of a page stands in an address, a title or a log")
		}
	}
	if len(c.tokens) == 0 || !strings.Contains(kept, "/meldungen/") || len(logged) == 0 {
		c.p.t.Error("W4: nothing was looked at")
	}
}

// handles are what stands in the places of the addresses of a unit.
type handles map[string][]string

// addresses are all addresses of a route with these handles, one for each
// combination; none when the route has no handle of a unit.
func (h handles) addresses(route string) []string {
	_, path, _ := strings.Cut(route, " ")
	path = strings.Replace(path, "/rueckfragen/{id}", "/rueckfragen/{rueckfrage}", 1) // {id} is that of a package
	section := map[bool]string{true: "person", false: "tumor"}[strings.HasPrefix(path, "/patienten/")]
	if strings.HasPrefix(path, "/zugang/") {
		return nil // an application for access belongs to no unit yet
	}
	all, own := []string{strings.TrimSuffix(strings.Replace(path, "{abschnitt}", section, 1), "{$}")}, false
	for place, values := range h {
		if !strings.Contains(path, place) {
			continue
		}
		own = true
		var next []string
		for _, a := range all {
			for _, v := range values {
				next = append(next, strings.Replace(a, place, v, 1))
			}
		}
		all = next
	}
	if !own {
		return nil
	}
	return all
}

// body is what the pages of a report and a record send, by the end of the
// address; a section takes anything of its fields.
func (h handles) body(route string) url.Values {
	switch {
	case strings.HasSuffix(route, "/notiz"):
		return url.Values{"note": {"fremd"}}
	case strings.HasSuffix(route, "/sperre"):
		return url.Values{"gesperrt": {"ja"}}
	case strings.HasSuffix(route, "/antwort"):
		return url.Values{"erlaeuterung": {"fremd"}}
	case strings.HasSuffix(route, "/uebermitteln"):
		return url.Values{"version": {"1"}}
	case strings.HasSuffix(route, "/berichtigung"):
		return url.Values{"grund": {"spelling"}}
	case strings.HasSuffix(route, "/suche"):
		return url.Values{"feld": {"f-tumour-icd-code"}, "code": {"C50.4"}, "act": {"nehmen"}}
	case strings.HasSuffix(route, "/meldung"):
		return url.Values{"anlass": {"course"}, "register": {""}, "tumor": {"1"}}
	case strings.HasPrefix(route, "POST /meldungen/{meldung}/{abschnitt}"):
		return url.Values{"f-tumour-icd-code": {"C61"}, "version": {"0"}}
	case strings.HasPrefix(route, "POST /patienten/{akte}/{abschnitt}"):
		return url.Values{"f-patient-surname": {"Fremd"}, "version": {"0"}}
	}
	return url.Values{}
}

// furnished is a unit with something under every address of the
// Online-Erfassung: drafts, handed-in, edited and corrected ones.
func furnished(t *testing.T, p *plant, unit account.UnitID) handles {
	t.Helper()
	p.unit(account.Unit{ID: unit, AnyReporter: true, Released: true})
	c := newClerk(p.reporter("moebliert", unit))
	all := patientsOf(synth.Options{Seed: 51, Patients: 4}, 2)
	var h handles = map[string][]string{}
	var done []enteredPatient
	for i, reports := range all {
		one := c.typePatient(reports, i > 0, func() {})
		done = append(done, one)
		h["{akte}"] = append(h["{akte}"], strings.TrimPrefix(one.record, "/patienten/"))
		for _, form := range one.forms {
			h["{meldung}"] = append(h["{meldung}"], strings.TrimPrefix(form, "/meldungen/"))
		}
	}
	c.answer(done[1].forms[0]+"/bearbeiten", nil, http.StatusSeeOther)
	identity := identitySheet(all[2][0])
	c.answer(done[2].record+"/berichtigung", url.Values{"grund": {"spelling"}}, http.StatusSeeOther)
	c.typeIdentity(done[2].record, identity)
	receipt := c.submit(done[2].record+"/berichtigung", done[2].record+"/berichtigung/uebermitteln")
	pkg, _, _ := strings.Cut(receipt[strings.LastIndexByte(receipt, '/')+1:], "?")
	h["{paket}"], h["{id}"] = []string{pkg}, []string{pkg}
	c.answer(done[3].record+"/berichtigung", url.Values{"grund": {"person"}}, http.StatusSeeOther)
	c.typeIdentity(done[3].record, identity)
	p.settle()
	path, err := c.Search(t.Context(), string(all[1][0].Patient))
	must(t, err)
	h["{handle}"] = []string{strings.TrimPrefix(path, "/historie/")}
	h["{rueckfrage}"] = []string{p.asked()}
	return h
}

// random are handles of which some kinds, or all, are such that nobody has.
func (h handles) random(kinds ...string) handles {
	out := maps.Clone(h)
	for place, values := range h {
		if len(kinds) == 0 || slices.Contains(kinds, place) {
			out[place] = []string{strings.Repeat("A", len(values[0]))}
		}
	}
	return out
}

// TestC2W2OnlineHandlesOfAnotherUnit calls every route of the portal that has a
// handle with the real ones of a unit.
//
// C2: a person of another unit gets 404, the very answer that a handle gets
// which nobody has, and changes nothing. W2: the owner reads all of them by GET
// and HEAD, and that changes nothing either.
func TestC2W2OnlineHandlesOfAnotherUnit(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	h := furnished(t, p, "unit-eins")
	p.unit(account.Unit{ID: "unit-zwei", AnyReporter: true, Released: true})
	roles := []account.Role{account.RoleReporter, account.RoleUploader}
	owner := p.visitor(wire.Portal).signIn(p.seat(wire.Portal, "besitzt", "unit-eins", true, roles...))
	stranger := p.visitor(wire.Portal).signIn(p.seat(wire.Portal, "fremd", "unit-zwei", true, roles...))
	own := stranger.post("/patienten", url.Values{"melder": {"2"}, "patient_id": {"Eigene-1"}})
	mixed := handles{"{akte}": {strings.TrimPrefix(recordAddress.FindString(own.to()), "/patienten/")}, "{paket}": h["{paket}"]}

	kept := fingerprint(t, p.ground(wire.Portal))
	unchanged := func(row, who string) {
		t.Helper()
		for name, sum := range fingerprint(t, p.ground(wire.Portal)) {
			if kept[name] != sum {
				t.Errorf("%s: %s changed the table %s", row, who, name)
			}
		}
	}
	calls := 0
	for _, route := range web.Table(p.handler(wire.Portal)) {
		if route.Method() == http.MethodGet {
			seen := map[int]int{}
			for _, path := range h.addresses(route.Pattern) {
				seen[owner.get(path).status]++
				owner.do(http.MethodHead, path, "", "")
				calls++
			}
			if len(seen) > 0 && seen[http.StatusOK] == 0 && !strings.HasSuffix(route.Pattern, "/suche") {
				t.Errorf("C2: the owner himself reads nothing under %s: %v", route.Pattern, seen)
			}
		}
	}
	unchanged("W2", "the owner by reading")
	for _, route := range web.Table(p.handler(wire.Portal)) {
		body := h.body(route.Pattern).Encode()
		ask := func(path string) answer { return stranger.do(route.Method(), path, urlencoded, body) }
		for _, foreign := range []struct{ these, nobodys handles }{{h, h.random()}, {mixed, mixed.random("{paket}")}} {
			addresses := foreign.these.addresses(route.Pattern)
			if len(addresses) == 0 || len(foreign.these) == len(mixed) && !strings.Contains(route.Pattern, "{paket}") {
				continue // what is the stranger's own is tested elsewhere
			}
			other := foreign.nobodys.addresses(route.Pattern)[0]
			nobody := ask(other)
			for _, path := range addresses {
				calls++
				a := ask(path)
				if a.status != http.StatusNotFound || nobody.status != http.StatusNotFound {
					t.Errorf("C2: %s: a foreign handle gives %d, one of nobody %d", route.Pattern, a.status, nobody.status)
					break
				}
				if plainAnswer(a, path) != plainAnswer(nobody, other) {
					t.Errorf("C2: %s: a foreign handle is told from one of nobody", route.Pattern)
				}
			}
		}
	}
	unchanged("C2", "a stranger")
	for _, name := range []string{"/meldungen/neu?akte=", "/meldungen?stand=&akte="} {
		if a := stranger.get(name + h["{akte}"][0]); a.status == http.StatusOK {
			t.Errorf("C2: %s shows a foreign record", name)
		}
	}
	if a := stranger.post("/meldungen", url.Values{"akte": {h["{akte}"][0]}, "anlass": {"death"}, "tumor": {"neu"}}); a.status != http.StatusNotFound {
		t.Errorf("C2: a report on a foreign record: %d", a.status)
	}
	if calls < 100 {
		t.Errorf("only %d calls", calls)
	}
}

// requestID is the number of one request, which differs each time.
var requestID = regexp.MustCompile(`[A-Z2-7]{8,}`)

// plainAnswer is an answer without what differs from request to request.
func plainAnswer(a answer, path string) string {
	return requestID.ReplaceAllString(strings.ReplaceAll(a.body, path, "{path}"), "{id}")
}
