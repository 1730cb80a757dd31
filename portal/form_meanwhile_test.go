// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// TestSavingWhatWasSealedMeanwhileIsSaid: a colleague has handed the first
// report in while a window on the identity was open. What is typed there cannot
// be kept, and nobody is led on as if it were.
func TestSavingWhatWasSealedMeanwhileIsSaid(t *testing.T) {
	t.Parallel()
	p := newTypist(t)
	record := p.patient("P-4711")
	report := p.begin(record, "diagnosis", "")
	p.diagnosis(report)
	token := pageToken.FindStringSubmatch(p.want(http.StatusOK, p.get(record+"/person")).body)[1]
	p.submit(report)
	posted := url.Values{"version": {token}, "act": {"weiter"}, "f-patient-surname": {"Qqwertz"}}
	for _, path := range []string{"/person", "/person/entwurf"} {
		a := p.want(http.StatusConflict, p.post(record+path, posted))
		if !strings.Contains(a.body, "versiegelt") || strings.Contains(a.body, "Qqwertz") {
			t.Errorf("%s answers %s", path, a.body)
		}
	}
}

// TestCheckOfASubmittedReportLeadsToIt: who goes back after the submission, or
// whose colleague was faster, is not asked to submit an empty report.
func TestCheckOfASubmittedReportLeadsToIt(t *testing.T) {
	t.Parallel()
	p := newTypist(t)
	record := p.patient("P-4712")
	report := p.begin(record, "diagnosis", "")
	p.diagnosis(report)
	p.submit(report)
	if a := p.want(http.StatusSeeOther, p.get(report+"/pruefen")); a.location != report {
		t.Errorf("led to %s", a.location)
	}
	if a := p.want(http.StatusSeeOther, p.post(report+"/uebermitteln", url.Values{"version": {"1"}, "bestaetigt": {"ja"}})); a.location != report {
		t.Errorf("another version submitted: led to %s", a.location)
	}
}
