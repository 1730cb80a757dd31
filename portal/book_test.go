// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meldewerk/portal"
	"meldewerk/terminology"
)

// Kassen with sound numbers and invented names, and an invented edition.
const (
	insurerList = "IK,Name\n104212505,Kasse der Gezeiten Nordmark\n168140346,Mühlental Privatversicherung a.G.\n"
	newEdition  = "C50;Brustdrüse\nC50.4;Brustdrüse außen oben\nC50.7;Brustdrüse Sattelzone\n"
)

// lists lays imported tables into a folder, as "meldewerk terminology import"
// writes them.
func lists(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for kind, text := range map[terminology.Kind]string{terminology.KindInsurer: insurerList, terminology.KindICD10GM: newEdition} {
		edition, err := terminology.Import(kind, 2026, strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, err = edition.WriteTo(&out); err != nil {
			t.Fatal(err)
		}
		if err = os.WriteFile(filepath.Join(dir, string(kind)+"-2026.txt"), out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func newListedTypist(t *testing.T) typist {
	t.Helper()
	dir := lists(t)
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"), func(c *portal.Config) { c.Terminology = dir })
	return typist{w.user("nord")}
}

const (
	insurerField = "f-patient-insurance-statutory-insurer"
	privateField = "f-patient-insurance-private-insurer"
)

// TestInsurerIsFoundByNameAndDigits types an insurer's name where its number
// belongs, finds it with and without script, and puts an unknown number.
func TestInsurerIsFoundByNameAndDigits(t *testing.T) {
	t.Parallel()
	p := newListedTypist(t)
	for query, hit := range map[string]bool{"q=nordmark+gezeiten": true, "q=nordmrak": true, "q=1042": true, "q=4212505": true, "q=104212505": true,
		"q=nordmark&art=privat": false, "q=muehlental&art=privat": true, "q=muehlental": false, "q=105555555": false} {
		a := p.want(http.StatusOK, p.get("/katalog/insurer?"+query))
		if found := strings.Contains(a.body, "104212505") || strings.Contains(a.body, "168140346"); found != hit {
			t.Errorf("%s finds %s", query, a.body)
		}
	}

	record := p.patient("P-1")
	address := record + "/anschrift"
	page := p.want(http.StatusOK, p.get(address))
	for _, part := range []string{`value="` + insurerField + `"`, `data-search="/katalog/insurer"`, `data-search="/katalog/insurer?art=privat"`, "Kasse der Gezeiten Nordmark"} {
		if !strings.Contains(page.body, part) {
			t.Errorf("the page lacks %s", part)
		}
	}
	// Without script: the words stay in the field, the search begins with them.
	form := url.Values{"act": {"weiter"}, "version": {pageToken.FindStringSubmatch(page.body)[1]}, "search": {insurerField}, "f-patient-insurance-kind": {"statutory"},
		insurerField: {"gezeitn nordmark"}, "f-patient-insurance-statutory-number": {"A123456780"}, "f-patient-address-place": {"Hannover"}}
	led := p.want(http.StatusSeeOther, p.post(address, form))
	if led.location != address+"/suche?feld="+insurerField {
		t.Fatalf("the search is at %s", led.location)
	}
	if found := p.want(http.StatusOK, p.get(led.location)); !strings.Contains(found.body, `value="104212505"`) || !strings.Contains(found.body, "Kasse der Gezeiten Nordmark") {
		t.Errorf("the insurer is not found: %s", found.body)
	}
	again := p.want(http.StatusOK, p.post(address+"/suche", url.Values{"feld": {insurerField}, "q": {"Mühlental"}, "act": {"suchen"}}))
	if !strings.Contains(again.body, "keine solche Kasse") {
		t.Errorf("a private insurer is offered for a statutory one: %s", again.body)
	}
	p.want(http.StatusUnprocessableEntity, p.post(address+"/suche", url.Values{"feld": {insurerField}, "q": {"nordmark"}, "act": {"nehmen"}}))
	back := p.want(http.StatusSeeOther, p.post(address+"/suche", url.Values{"feld": {insurerField}, "q": {"nordmark"}, "code": {"104212505"}, "act": {"nehmen"}}))
	page = p.want(http.StatusOK, p.get(back.location))
	if back.location != address || !strings.Contains(page.body, `value="104212505"`) || !strings.Contains(page.body, "Kasse der Gezeiten Nordmark") || !strings.Contains(page.body, "Hannover") {
		t.Errorf("the insurer is not in its field, or other answers are gone: %s", page.body)
	}
	p.want(http.StatusUnprocessableEntity, p.get(address+"/suche?feld=f-patient-address-place"))

	const unknown = "Die Kasse steht nicht im Verzeichnis"
	if shown := p.want(http.StatusOK, p.get(address)); strings.Contains(shown.body, unknown) {
		t.Error("a listed insurer is warned of")
	}
	p.fill(address, "speichern", map[string]string{"f-patient-insurance-kind": "statutory", insurerField: "101 575 519", "f-patient-insurance-statutory-number": "A123456780"})
	if shown := p.want(http.StatusOK, p.get(address)); !strings.Contains(shown.body, unknown) {
		t.Errorf("an unknown insurer is not warned of: %s", shown.body)
	}
}

// TestNewerEditionIsWordedSearchedAndAccepted works with a code that only the
// imported edition has, typed and uploaded.
func TestNewerEditionIsWordedSearchedAndAccepted(t *testing.T) {
	t.Parallel()
	const unknown = "Den Diagnosecode gibt es in der angegebenen Version der ICD-10-GM nicht."
	tumourFields := map[string]string{"f-tumour-diagnosed-on_day": "4", "f-tumour-diagnosed-on_month": "5", "f-tumour-diagnosed-on_year": "2026",
		"f-tumour-icd-code": "C50.7", "f-tumour-side": "L", "f-tumour-morphology-code": "8500/3"}
	p := newListedTypist(t)
	if a := p.want(http.StatusOK, p.get("/katalog/icd?q=sattelzone&jahr=2026")); !strings.Contains(a.body, "C50.7") {
		t.Errorf("the new code is not found: %s", a.body)
	}
	report := p.begin(p.patient("P-2"), "diagnosis", "")
	p.want(http.StatusSeeOther, p.fill(report+"/tumor", "weiter", tumourFields))
	for _, path := range []string{"/tumor", "/pruefen"} {
		if page := p.want(http.StatusOK, p.get(report+path)); !strings.Contains(page.body, "Brustdrüse Sattelzone") {
			t.Errorf("%s does not say what the code means", path)
		}
	}
	text := strings.Replace(packageOf(somebody(1)), "<Code>C50.4</Code>", "<Code>C50.7</Code>", 1)
	plain := newTypist(t)
	for _, house := range []struct {
		typist
		known bool
	}{{p, true}, {plain, false}} {
		protocol := house.want(http.StatusOK, house.get(house.upload(text)+"/protokoll.json"))
		if strings.Contains(protocol.body, `"rule":"I3d"`) == house.known {
			t.Errorf("edition %v: the package is judged %s", house.known, protocol.body)
		}
	}
	typed := plain.begin(plain.patient("P-2"), "diagnosis", "")
	plain.want(http.StatusSeeOther, plain.fill(typed+"/tumor", "weiter", tumourFields))
	for _, house := range []struct {
		typist
		report string
		known  bool
	}{{p, report, true}, {plain, typed, false}} {
		if page := house.want(http.StatusOK, house.get(house.report+"/pruefen")); strings.Contains(page.body, unknown) == house.known {
			t.Errorf("edition %v: the form is judged %s", house.known, page.body)
		}
	}
}

// TestWithoutAListTheNumberIsTyped has no insurers to search.
func TestWithoutAListTheNumberIsTyped(t *testing.T) {
	t.Parallel()
	p := newTypist(t)
	record := p.patient("P-1")
	page := p.want(http.StatusOK, p.get(record+"/anschrift"))
	if strings.Contains(page.body, "/katalog/insurer") || strings.Contains(page.body, `name="search"`) || !strings.Contains(page.body, "9 Ziffern, beginnt mit 10") {
		t.Error("a search is offered without a list")
	}
	if a := p.want(http.StatusOK, p.get("/katalog/insurer?q=nordmark")); strings.TrimSpace(a.body) != `{"hits":[]}` {
		t.Errorf("without a list %s is found", a.body)
	}
	p.want(http.StatusUnprocessableEntity, p.get(record+"/anschrift/suche?feld="+insurerField))
}

func TestBrokenListStopsTheStart(t *testing.T) {
	t.Parallel()
	dir := lists(t)
	if err := os.WriteFile(filepath.Join(dir, "ops-2026.txt"), []byte("meldewerk-terminology ops 2026 2\n5-870 Eins\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	config, _ := prepare(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	config.Terminology = dir
	house, err := portal.Open(t.Context(), config, portal.Options{})
	if err == nil {
		t.Fatal("it starts", house.Close())
	}
	if !strings.Contains(err.Error(), "ops-2026.txt: ") || !strings.Contains(err.Error(), "nicht vollständig: 1 von 2 Codes") {
		t.Errorf("the sentence is %q", err)
	}
}
