// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	reportform "meldewerk/report/form"
)

var (
	recordAddress = regexp.MustCompile(`^/patienten/[A-Z2-7]{26}`)
	reportAddress = regexp.MustCompile(`^/meldungen/[A-Z2-7]{26}`)
	errorWords    = regexp.MustCompile(`(?s)class="kern-(error|alert)".*?</p>`)
	versionField  = regexp.MustCompile(`name="version" value="([^"]*)"`)
)

// post sends a form and wants to be led on.
func (r *reporter) post(path string, fields url.Values) string {
	r.p.t.Helper()
	a, err := r.Post(r.p.t.Context(), path, fields)
	must(r.p.t, err)
	if a.Status != http.StatusSeeOther {
		r.p.t.Fatalf("%s: %d %s", path, a.Status, errorWords.FindAll(a.Body, -1))
	}
	return a.To
}

// page reads a page and the token with which it is answered.
func (r *reporter) page(path string) (string, string) {
	r.p.t.Helper()
	body, status, err := r.Get(r.p.t.Context(), path)
	must(r.p.t, err)
	if status != http.StatusOK {
		r.p.t.Fatalf("%s: %d", path, status)
	}
	if token := versionField.FindSubmatch(body); token != nil {
		return string(body), string(token[1])
	}
	return string(body), ""
}

// fill types a section and goes on.
func (r *reporter) fill(path string, sheet reportform.Sheet) {
	r.p.t.Helper()
	_, token := r.page(path)
	fields := url.Values{"version": {token}, "act": {"weiter"}}
	for key, value := range sheet {
		name := reportform.FieldID(key)
		if d, m, y, _ := reportform.DayParts(value); strings.Count(value, ".") == 2 && len(y) == 4 {
			maps.Copy(fields, url.Values{name + "_day": {d}, name + "_month": {m}, name + "_year": {y}})
			continue
		}
		fields.Set(name, value)
	}
	r.post(path, fields)
}

// identify types a whole identity into a record.
func (r *reporter) identify(record, surname, insured, born string) {
	r.p.t.Helper()
	r.fill(record+"/person", reportform.Sheet{"patient.surname": surname, "patient.first-names": "Erika", "patient.sex": "W", "patient.birth-date": born})
	r.fill(record+"/anschrift", reportform.Sheet{"patient.address.street": "Quittenweg", "patient.address.house": "1", "patient.address.postal-code": "30159",
		"patient.address.place": "Hannover", "patient.insurance.kind": "statutory", "patient.insurance.statutory.insurer": "104212505",
		"patient.insurance.statutory.number": insured})
}

// diagnose begins a diagnosis on the record, fills it in and hands it in.
func (r *reporter) diagnose(record, icd, side string) string {
	r.p.t.Helper()
	made := r.post("/meldungen", url.Values{"akte": {strings.TrimPrefix(record, "/patienten/")}, "anlass": {"diagnosis"}, "tumor": {"neu"}})
	report := reportAddress.FindString(made)
	r.fill(report+"/tumor", reportform.Sheet{"tumour.diagnosed-on": "04.05.2025", "tumour.icd.code": icd, "tumour.side": side})
	r.fill(report+"/diagnose", reportform.Sheet{"topography.code": icd, "certainty": "7.1", "performance": "1"})
	r.fill(report+"/histologie", reportform.Sheet{"histology.date": "04.05.2025", "histology.morphologies.0.code": "8500/3", "histology.grading": "2"})
	r.fill(report+"/stadium", reportform.Sheet{"clinical.date": "04.05.2025", "clinical.t": "2", "clinical.n": "0", "clinical.m": "0"})
	r.fill(report+"/meldung", reportform.Sheet{"reason": "I", "own-service": "J"})
	r.handIn(report)
	return report
}

// shownHints names the warnings that a page asks to be confirmed.
var shownHints = regexp.MustCompile(`name="hinweise" value="([^"]*)"`)

func (r *reporter) handIn(report string) {
	r.p.t.Helper()
	page, token := r.page(report + "/pruefen")
	hints := ""
	if found := shownHints.FindStringSubmatch(page); found != nil {
		hints = found[1]
	}
	r.post(report+"/uebermitteln", url.Values{"version": {token}, "bestaetigt": {"ja"}, "hinweise": {hints}})
}

// current counts what the registry holds of current reports.
func (p *plant) current(what, where string) int64 {
	p.t.Helper()
	return p.stock(`SELECT ` + what + ` FROM record r WHERE r.state = 'assigned' AND ` + where)
}

const (
	sameNumbers = `(SELECT COUNT(*) FROM record_number n WHERE n.report_ref = r.report_ref AND n.version = r.version) > 3`
	anything    = `r.version > 0`
)

// TestN3IdentityIsTypedOnce drives the three houses through the pages of the
// Online-Erfassung: the first report brings the identity, a further one and an
// edit go by reference, and at last the wrong person is replaced.
func TestN3IdentityIsTypedOnce(t *testing.T) {
	for _, profile := range []string{"kkn", "ekn"} {
		t.Run(profile, func(t *testing.T) {
			onBoth(t, profile, func(t *testing.T, p *plant) {
				u := p.everyone()
				record := recordAddress.FindString(u.post("/patienten", url.Values{"melder": {"M-1"}, "patient_id": {"2025-7714"}}))
				u.identify(record, "Zzyzxmann", "A123456780", "03.03.1951")
				first := u.diagnose(record, "C50.4", "L")
				second := u.diagnose(record, "C50.2", "R") // before the trust centre has seen the first
				p.settle()
				wantAll(t, p, u, 2, first, second)

				u.post(first+"/bearbeiten", nil)
				u.fill(first+"/diagnose", reportform.Sheet{"topography.code": "C50.4", "certainty": "7.1", "performance": "2"})
				u.handIn(first)
				third := u.diagnose(record, "C50.8", "R")
				p.settle()
				wantAll(t, p, u, 3, first, second, third)
				if got := p.current(`COUNT(*)`, `r.version = 3`); got != 1 {
					t.Error("the edited version is not the current one")
				}
				if page, _ := u.page(record); !strings.Contains(page, "Hannover") || strings.Contains(page, "Zzyzx") {
					t.Error("the record does not show the reduced set, or shows the name")
				}
				before := p.stock(`SELECT MAX(number) FROM person`)

				u.post(record+"/berichtigung", url.Values{"grund": {"person"}})
				u.identify(record, "Vollmeyer", "B123456782", "07.04.1960")
				_, token := u.page(record + "/berichtigung")
				u.post(record+"/berichtigung/uebermitteln", url.Values{"version": {token}})
				p.settle()
				wantAll(t, p, u, 3, first, second, third)
				if after := p.stock(`SELECT MAX(number) FROM person`); after == before {
					t.Error("the reports are still with the wrong person")
				}
				if left := p.stock(`SELECT COUNT(*) FROM record WHERE state = 'forgotten'`); left != 4 {
					t.Errorf("%d versions of the wrong person are forgotten, want 4", left)
				}
				nobodyIsNamed(t, p)
			})
		})
	}
}

// wantAll wants all reports finished and with one person.
func wantAll(t *testing.T, p *plant, u *reporter, reports int64, addresses ...string) {
	t.Helper()
	if got := p.current(`COUNT(*)`, anything); got != reports {
		t.Errorf("%d current reports in the registry, want %d", got, reports)
	}
	if got := p.current(`COUNT(*)`, sameNumbers); got != reports {
		t.Errorf("%d of %d current reports carry control numbers", got, reports)
	}
	if got := p.current(`COUNT(DISTINCT r.person_id)`, anything); got != 1 {
		t.Errorf("the reports of one patient belong to %d persons", got)
	}
	if got := p.stock(`SELECT COUNT(*) FROM record WHERE state = 'stored'`); got != 0 {
		t.Errorf("%d records are stuck", got)
	}
	for _, address := range addresses {
		if page, _ := u.page(address); !strings.Contains(page, "Abschließend bearbeitet") && !strings.Contains(page, "abschließend bearbeitet") {
			t.Errorf("%s is not finished for the reporter", address)
		}
	}
}

// nobodyIsNamed looks for the names in the files and logs of all houses.
func nobodyIsNamed(t *testing.T, p *plant) {
	t.Helper()
	for _, name := range []string{"Zzyzxmann", "Vollmeyer", "A123456780", "B123456782"} {
		if bytes.Contains(p.log.Bytes(), []byte(name)) {
			t.Error("a log names the patient")
		}
	}
	if got := count(t, p.TrustCentre.Ground(), `SELECT COUNT(*) FROM dossier WHERE content IS NOT NULL OR view IS NOT NULL`); got != 0 {
		t.Errorf("%d reports are left in the trust centre", got)
	}
}
