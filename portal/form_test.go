// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"meldewerk/tumour"
)

// typist is a person of a unit who fills in pages as a browser without
// scripts does: what a page shows is posted, with changes.
type typist struct {
	*user
}

func newTypist(t *testing.T) typist {
	t.Helper()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	return typist{w.user("nord")}
}

var (
	pageToken = regexp.MustCompile(`name="version" value="([^"]*)"`)
	pageHints = regexp.MustCompile(`name="hinweise" value="([^"]*)"`)
	pageNames = regexp.MustCompile(`name="(f-[^"]*)"`)
)

// fill opens a page and posts fields with the token of the page.
func (p typist) fill(path, act string, fields map[string]string) answer {
	p.w.t.Helper()
	page := p.want(http.StatusOK, p.get(path))
	form := url.Values{"act": {act}}
	if token := pageToken.FindStringSubmatch(page.body); token != nil {
		form.Set("version", token[1])
	}
	names := map[string]bool{}
	for _, m := range pageNames.FindAllStringSubmatch(page.body, -1) {
		names[m[1]] = true
	}
	for name, value := range fields {
		if !names[name] {
			p.w.t.Fatalf("%s: the page does not ask for %s", path, name)
		}
		form.Set(name, value)
	}
	return p.post(path, form)
}

// patient makes a record with a whole identity and gives its address.
func (p typist) patient(number string) string {
	p.w.t.Helper()
	made := p.want(http.StatusSeeOther, p.post("/patienten", url.Values{"melder": {"M-1"}, "patient_id": {number}}))
	record := regexp.MustCompile(`^/patienten/[A-Z2-7]{26}`).FindString(made.location)
	if record == "" {
		p.w.t.Fatalf("led to %s", made.location)
	}
	p.want(http.StatusSeeOther, p.fill(record+"/person", "weiter", map[string]string{"f-patient-surname": "Zzyzxmann", "f-patient-first-names": "Erika",
		"f-patient-sex": "W", "f-patient-birth-date_day": "3", "f-patient-birth-date_month": "3", "f-patient-birth-date_year": "1951"}))
	p.want(http.StatusSeeOther, p.fill(record+"/anschrift", "weiter", map[string]string{"f-patient-address-street": "Quittenweg", "f-patient-address-house": "1",
		"f-patient-address-postal-code": "30159", "f-patient-address-place": "Hannover", "f-patient-insurance-kind": "statutory",
		"f-patient-insurance-statutory-insurer": "104212505", "f-patient-insurance-statutory-number": "A123456780"}))
	return record
}

// begin makes a report on the patient and gives its address.
func (p typist) begin(record, occasion, tumour string) string {
	p.w.t.Helper()
	made := p.want(http.StatusSeeOther, p.post("/meldungen", url.Values{"akte": {strings.TrimPrefix(record, "/patienten/")}, "anlass": {occasion}, "tumor": {tumour}}))
	report := regexp.MustCompile(`^/meldungen/[A-Z2-7]{26}`).FindString(made.location)
	if report == "" {
		p.w.t.Fatalf("led to %s", made.location)
	}
	return report
}

// diagnosis fills in what a diagnosis report must have.
func (p typist) diagnosis(report string) {
	p.w.t.Helper()
	sections := []struct {
		name, next string
		fields     map[string]string
	}{
		{"tumor", "/diagnose", map[string]string{"f-tumour-diagnosed-on_day": "4", "f-tumour-diagnosed-on_month": "5", "f-tumour-diagnosed-on_year": "2026",
			"f-tumour-icd-code": "C50.4", "f-tumour-side": "L", "f-tumour-morphology-code": "8500/3"}},
		{"diagnose", "/histologie", map[string]string{"f-topography-code": "c50.4", "f-certainty": "7.1", "f-performance": "1"}},
		{"histologie", "/stadium", map[string]string{"f-histology-date_month": "5", "f-histology-date_year": "2026", "f-histology-morphologies-0-code": "8500/3", "f-histology-grading": "2"}},
		{"stadium", "/stadium-pathologisch", map[string]string{"f-clinical-line": "cT2 cN1 cM0, Stadium IIB (8. Auflage)"}},
		{"stadium-pathologisch", "/ausbreitung", nil},
		{"ausbreitung", "/modul-mamma", nil},
		{"modul-mamma", "/meldung", map[string]string{"f-breast-menopause": "3", "f-breast-oestrogen": "P", "f-breast-progesterone": "P", "f-breast-her2": "N"}},
		{"meldung", "/pruefen", map[string]string{"f-reason": "I", "f-own-service": "J"}},
	}
	for _, s := range sections {
		if s.name == "histologie" { // the list of morphologies begins empty
			more := p.want(http.StatusSeeOther, p.fill(report+"/histologie", "add:f-histology-morphologies", nil))
			p.want(http.StatusSeeOther, p.fillAt(report+"/histologie", more.location, "weiter", s.fields))
			continue
		}
		a := p.want(http.StatusSeeOther, p.fill(report+"/"+s.name, "weiter", s.fields))
		if a.location != report+s.next {
			p.w.t.Errorf("after %s one is led to %s", s.name, a.location)
		}
	}
}

// fillAt is fill for a page with a query.
func (p typist) fillAt(path, shown, act string, fields map[string]string) answer {
	p.w.t.Helper()
	page := p.want(http.StatusOK, p.get(shown))
	form := url.Values{"act": {act}, "version": {pageToken.FindStringSubmatch(page.body)[1]}}
	for name, value := range fields {
		if !strings.Contains(page.body, `name="`+name+`"`) {
			p.w.t.Fatalf("%s: the page does not ask for %s", shown, name)
		}
		form.Set(name, value)
	}
	return p.post(path, form)
}

// shownHints names the warnings that a page asks to be confirmed.
func shownHints(page string) string {
	if found := pageHints.FindStringSubmatch(page); found != nil {
		return found[1]
	}
	return ""
}

// submit sends a report and gives the page of the receipt.
func (p typist) submit(report string) answer {
	p.w.t.Helper()
	page := p.want(http.StatusOK, p.get(report+"/pruefen"))
	version := pageToken.FindStringSubmatch(page.body)
	if version == nil {
		p.w.t.Fatalf("the report is not ready: %s", page.body)
	}
	a := p.want(http.StatusSeeOther, p.post(report+"/uebermitteln", url.Values{"version": {version[1]}, "bestaetigt": {"ja"}, "hinweise": {shownHints(page.body)}}))
	return p.want(http.StatusOK, p.get(a.location))
}

// TestN3DiagnosisIsTypedSubmittedAndRevised takes a diagnosis report from an
// empty record to the receipt, looks that the identity is gone, edits the
// report and sends the next version.
func TestN3DiagnosisIsTypedSubmittedAndRevised(t *testing.T) {
	t.Parallel()
	p := newTypist(t)
	record := p.patient("2024-7714")
	report := p.begin(record, "diagnosis", "")
	p.diagnosis(report)
	receipt := p.submit(report)
	if !strings.Contains(receipt.body, "Quittung Q-2026-") || strings.Contains(receipt.body, "Zzyzx") {
		t.Errorf("receipt: %s", receipt.body)
	}
	for _, path := range []string{report, report + "/fassungen", "/meldungen", record, "/patienten"} {
		page := p.want(http.StatusOK, p.get(path))
		if strings.Contains(page.body, "Zzyzx") || strings.Contains(page.body, "Quittenweg") || strings.Contains(page.body, "A123456780") {
			t.Errorf("%s still shows who the patient is", path)
		}
	}
	a := p.post(report+"/diagnose", url.Values{"act": {"weiter"}})
	if a.status != http.StatusConflict {
		t.Errorf("a submitted report was changed: %d", a.status)
	}
	p.want(http.StatusSeeOther, p.post(report+"/bearbeiten", url.Values{}))
	page := p.want(http.StatusOK, p.get(report+"/pruefen"))
	refused := p.post(report+"/uebermitteln", url.Values{"version": {pageToken.FindStringSubmatch(page.body)[1]}, "bestaetigt": {"ja"}, "hinweise": {shownHints(page.body)}})
	if refused.status != http.StatusUnprocessableEntity || !strings.Contains(refused.body, "ist unverändert und wurde nicht noch einmal angenommen") {
		t.Errorf("an unchanged report: %d", refused.status)
	}
	p.want(http.StatusSeeOther, p.fill(report+"/diagnose", "weiter", map[string]string{"f-topography-code": "C50.4", "f-certainty": "7.1", "f-performance": "2"}))
	p.submit(report)
	versions := p.want(http.StatusOK, p.get(report+"/fassungen"))
	if !strings.Contains(versions.body, "Fassung 2") || !strings.Contains(versions.body, "Leistungszustand") {
		t.Errorf("versions: %s", versions.body)
	}
	if log := p.w.log.String(); strings.Contains(log, "Zzyzx") || strings.Contains(log, "2024-7714") {
		t.Error("the log names the patient")
	}
}

// TestTwoWindowsNeverOverwriteEachOther is the second window on one section:
// it gets both versions and decides.
func TestTwoWindowsNeverOverwriteEachOther(t *testing.T) {
	t.Parallel()
	p := newTypist(t)
	report := p.begin(p.patient("2024-7714"), "diagnosis", "")
	page := p.want(http.StatusOK, p.get(report+"/diagnose"))
	token := pageToken.FindStringSubmatch(page.body)[1]
	p.want(http.StatusSeeOther, p.post(report+"/diagnose", url.Values{"version": {token}, "act": {"speichern"}, "f-performance": {"1"}}))

	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.w.server.URL+report+"/diagnose/entwurf",
		strings.NewReader(url.Values{"version": {token}, "f-performance": {"2"}}.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Accept", "application/json")
	}
	saved := p.want(http.StatusConflict, p.do(r, err))
	var told struct{ Error string }
	if err := json.Unmarshal([]byte(saved.body), &told); err != nil || !strings.Contains(told.Error, "M. Muster") {
		t.Errorf("autosave: %s", saved.body)
	}
	both := p.want(http.StatusConflict, p.post(report+"/diagnose", url.Values{"version": {token}, "act": {"weiter"}, "f-performance": {"2"}}))
	if !strings.Contains(both.body, "ECOG 1") || !strings.Contains(both.body, "ECOG 2") {
		t.Errorf("the page does not show both: %s", both.body)
	}
	newer := pageToken.FindStringSubmatch(both.body)[1]
	p.want(http.StatusSeeOther, p.post(report+"/diagnose", url.Values{"version": {newer}, "act": {"speichern"}, "f-performance": {"2"}}))
	if page := p.want(http.StatusOK, p.get(report+"/diagnose")); !strings.Contains(page.body, `<option value="2" selected>ECOG 2`) {
		t.Error("the knowing overwrite is not stored")
	}
}

// TestCodeIsFoundWithoutScript searches by words, takes a code, and finds the
// rest of the section as it was.
func TestCodeIsFoundWithoutScript(t *testing.T) {
	t.Parallel()
	p := newTypist(t)
	report := p.begin(p.patient("2024-7714"), "diagnosis", "")
	page := p.want(http.StatusOK, p.get(report+"/tumor"))
	form := url.Values{"version": {pageToken.FindStringSubmatch(page.body)[1]}, "search": {"f-tumour-icd-code"}, "f-tumour-icd-code": {"brust aussen oben"},
		"f-tumour-diagnosed-on_month": {"5"}, "f-tumour-diagnosed-on_year": {"2026"}}
	a := p.want(http.StatusSeeOther, p.post(report+"/tumor", form))
	found := p.want(http.StatusOK, p.get(a.location))
	if !strings.Contains(found.body, `value="C50.4"`) {
		t.Fatalf("not found: %s", found.body)
	}
	a = p.want(http.StatusSeeOther, p.post(report+"/tumor/suche", url.Values{"feld": {"f-tumour-icd-code"}, "code": {"C50.4"}, "act": {"nehmen"}}))
	back := p.want(http.StatusOK, p.get(a.location))
	if !strings.Contains(back.body, `value="C50.4"`) || !strings.Contains(back.body, `value="2026"`) || !strings.Contains(back.body, "oberer äußerer Quadrant") {
		t.Errorf("the section after the search: %s", back.body)
	}
	hits := p.want(http.StatusOK, p.get("/katalog/morphology?q=duktal&icd=C50.4&jahr=2026"))
	if !strings.HasPrefix(hits.body, `{"hits":[{"code":"85`) {
		t.Errorf("hits: %s", hits.body)
	}
	p.want(http.StatusNotFound, p.get("/katalog/personen?q=a"))
}

// TestN3ReportsOfOthersAreNotThere asks for a report of another unit on every
// address that a report has.
func TestN3ReportsOfOthersAreNotThere(t *testing.T) {
	t.Parallel()
	p := newTypist(t)
	report := p.begin(p.patient("2024-7714"), "diagnosis", "")
	other := typist{p.w.user("sued")}
	for _, path := range []string{"", "/diagnose", "/pruefen", "/quittung", "/fassungen", "/verwerfen", "/diagnose/suche?feld=f-topography-code"} {
		if a := other.get(report + path); a.status != http.StatusNotFound {
			t.Errorf("GET %s: %d", path, a.status)
		}
	}
	for path, form := range map[string]url.Values{"/notiz": {"note": {"x"}}, "/sperre": {"gesperrt": {"ja"}}, "/bearbeiten": {}, "/verwerfen": {}, "/uebermitteln": {"version": {"1"}},
		"/diagnose": {"f-performance": {"1"}}, "/diagnose/entwurf": {"f-performance": {"1"}}, "/diagnose/suche": {"feld": {"f-topography-code"}, "code": {"C50.4"}, "act": {"nehmen"}}} {
		if a := other.post(report+path, form); a.status != http.StatusNotFound && !(a.status == http.StatusUnprocessableEntity && strings.Contains(a.body, "gibt es für Ihre Einrichtung nichts")) {
			t.Errorf("POST %s: %d", path, a.status)
		}
	}
	if list := other.want(http.StatusOK, other.get("/meldungen")); strings.Contains(list.body, "2024-7714") {
		t.Error("the list shows a report of another unit")
	}
}

var sectionLink = regexp.MustCompile(`href="(/meldungen/[A-Z2-7]{26}/[a-z-]+)"`)

// TestEverySectionOfEveryOccasionAnswers opens all sections of all eight
// reports of a patient and posts them as they are shown.
func TestEverySectionOfEveryOccasionAnswers(t *testing.T) {
	t.Parallel()
	p := newTypist(t)
	record := p.patient("2024-7714")
	sections := 0
	for _, occasion := range tumour.Occasions() {
		report := p.begin(record, string(occasion), "neu")
		hub := p.want(http.StatusOK, p.get(report))
		for _, m := range sectionLink.FindAllStringSubmatch(hub.body, -1) {
			if strings.HasSuffix(m[1], "/pruefen") || strings.HasSuffix(m[1], "/verwerfen") {
				p.want(http.StatusOK, p.get(m[1]))
				continue
			}
			sections++
			if a := p.fill(m[1], "speichern", nil); a.status != http.StatusSeeOther || a.location != report {
				t.Errorf("%s: %d to %s", m[1], a.status, a.location)
			}
		}
	}
	if sections < 40 {
		t.Errorf("only %d sections seen", sections)
	}
	list := p.want(http.StatusOK, p.get("/meldungen?stand=draft"))
	if !strings.Contains(list.body, "8\u00a0Meldungen") {
		t.Error("the list does not count eight drafts")
	}
}
