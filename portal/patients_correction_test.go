// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meldewerk/exchange/submission"
)

// corrects types another identity into a record and gives the page that asks
// before it goes.
func (u *user) corrects(record, reason string, p patient, born string) answer {
	u.w.t.Helper()
	u.want(http.StatusSeeOther, u.post(record+"/berichtigung", url.Values{"grund": {reason}}))
	who := person(p)
	who["patient.birth-date"] = born
	u.want(http.StatusSeeOther, u.fill(record+"/person", who))
	u.want(http.StatusSeeOther, u.fill(record+"/anschrift", address(p)))
	return u.want(http.StatusOK, u.get(record+"/berichtigung"))
}

// TestRefusedCorrectionIsSaidOnTheRecord: the reduced view is that of an
// identity which the trust centre did not take; the record says so until
// another one went.
func TestRefusedCorrectionIsSaidOnTheRecord(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u, p := w.user("nord"), somebody(6)
	record := u.typed(p)
	u.want(http.StatusSeeOther, u.fill(record+"/anschrift", address(p)))
	u.submitted(record)
	const notice = "Die Vertrauensstelle hat die Berichtigung abgewiesen"
	says := func(want bool) {
		t.Helper()
		page := u.want(http.StatusOK, u.get(record))
		if strings.Contains(page.body, notice) != want || strings.Contains(page.body, "Identität neu angeben") != want {
			t.Errorf("the record says that the correction was refused: %v", !want)
		}
	}
	put := func(receipt submission.Receipt, s submission.State) {
		t.Helper()
		w.clock.Advance(time.Minute)
		err := w.door().PutProgress(t.Context(), []submission.Progress{{Receipt: receipt, Position: 1, State: s, At: w.clock.Now(),
			Remarks: []submission.Remark{{Rule: "VST-8", Severity: "error", Message: "Der Name lässt sich nicht zerlegen.", Remedy: "Prüfen Sie ihn."}}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	put(1, submission.Completed)
	says(false)
	fresh := p
	fresh.surname, fresh.place = "Neuname", "Neustadt"
	for receipt := submission.Receipt(2); receipt < 4; receipt++ {
		check := u.corrects(record, "person", fresh, "12.03.1951")
		says(false)
		u.want(http.StatusSeeOther, u.post(record+"/berichtigung/uebermitteln", url.Values{"version": {u.token(check)}}))
		says(false)
		if receipt == 2 {
			put(2, submission.Refused)
			says(true)
			u.want(http.StatusOK, u.get(record+"/berichtigung"))
		}
	}
	put(3, submission.Completed)
	says(false)
}

// TestCorrectionShowsFaultsOfItsReportsBeforeItGoes: what the new identity makes
// wrong in a report stands on the page before, with the way there, and pressing
// anyway sends nothing.
func TestCorrectionShowsFaultsOfItsReportsBeforeItGoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u, p := w.user("nord"), somebody(7)
	record := u.typed(p)
	u.want(http.StatusSeeOther, u.fill(record+"/anschrift", address(p)))
	report := u.submitted(record)
	check := u.corrects(record, "person", p, "01.10.2026") // after the diagnosis
	shown := func(page answer, href string) {
		t.Helper()
		if !strings.Contains(page.body, "in den Meldungen, die mitgehen") || !strings.Contains(page.body, "Meldung „Diagnose“: ") ||
			!strings.Contains(page.body, `href="`+href) || strings.Contains(page.body, "Berichtigung übermitteln<") {
			t.Errorf("the page does not lead to %s: %s", href, page.body)
		}
	}
	shown(check, report+`"`)
	shown(u.want(http.StatusConflict, u.post(record+"/berichtigung/uebermitteln", url.Values{"version": {"1"}})), report+`"`)
	u.want(http.StatusSeeOther, u.post(report+"/bearbeiten", nil))
	shown(u.want(http.StatusOK, u.get(record+"/berichtigung")), report+"/tumor?zurueck=ja#f-tumour-diagnosed-on")
	if page := u.get(report + "/tumor"); page.status != http.StatusOK {
		t.Errorf("the field is not there: %d", page.status)
	}
}
