// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"maps"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/report/form"
)

var (
	tokenField   = regexp.MustCompile(`name="version" value="([^"]*)"`)
	recordSearch = "/patienten/suche"
)

// values makes what a browser posts of a sheet: days in three fields.
func values(sheet form.Sheet) url.Values {
	out := url.Values{}
	for key, value := range sheet {
		name := form.FieldID(key)
		if d, m, y, _ := form.DayParts(value); strings.Count(value, ".") == 2 && len(y) == 4 && !strings.Contains(key, "code") {
			out.Set(name+"_day", d)
			out.Set(name+"_month", m)
			out.Set(name+"_year", y)
			continue
		}
		out.Set(name, value)
	}
	return out
}

// fill opens a section, types into it and saves.
func (u *user) fill(path string, sheet form.Sheet, more ...url.Values) answer {
	u.w.t.Helper()
	page := u.want(http.StatusOK, u.get(path))
	posted := values(sheet)
	posted.Set("version", u.token(page))
	posted.Set("act", "weiter")
	for _, m := range more {
		maps.Copy(posted, m)
	}
	return u.post(path, posted)
}

// token is the state of the section with which a page was made.
func (u *user) token(page answer) string {
	u.w.t.Helper()
	found := tokenField.FindStringSubmatch(page.body)
	if found == nil {
		u.w.t.Fatalf("the page has no token: %s", page.body)
	}
	return found[1]
}

func person(p patient) form.Sheet {
	return form.Sheet{"patient.surname": p.surname, "patient.first-names": p.firstNames, "patient.sex": "W", "patient.birth-date": "12.03.1951"}
}

func address(p patient) form.Sheet {
	return form.Sheet{"patient.address.street": p.street, "patient.address.house": "7", "patient.address.postal-code": p.postalCode,
		"patient.address.place": p.place, "patient.insurance.kind": "statutory", "patient.insurance.statutory.insurer": "104212505",
		"patient.insurance.statutory.number": p.kvnr}
}

// diagnosis is a report without any finding, by section.
var diagnosis = map[string]form.Sheet{
	"tumor":      {"tumour.diagnosed-on": "04.05.2026", "tumour.icd.code": "C50.4", "tumour.side": "L"},
	"diagnose":   {"topography.code": "C50.4", "certainty": "7.1", "performance": "1"},
	"histologie": {"histology.date": "04.05.2026", "histology.morphologies.0.code": "8500/3", "histology.grading": "2"},
	"stadium":    {"clinical.date": "04.05.2026", "clinical.t": "2", "clinical.n": "0", "clinical.m": "0"},
	"meldung":    {"reason": "I", "own-service": "J"},
}

// typed makes a record with a whole identity and gives its address.
func (u *user) typed(p patient) string {
	u.w.t.Helper()
	a := u.want(http.StatusSeeOther, u.post("/patienten", url.Values{"melder": {"M-1"}, "patient_id": {p.id}}))
	record, ok := strings.CutSuffix(a.location, "/person")
	if !ok {
		u.w.t.Fatalf("a new record leads to %s", a.location)
	}
	next := u.want(http.StatusSeeOther, u.fill(record+"/person", person(p)))
	if next.location != record+"/anschrift" {
		u.w.t.Errorf("after the person comes %s", next.location)
	}
	return record
}

// submitted types a diagnosis into the record and hands it in.
func (u *user) submitted(record string) string {
	u.w.t.Helper()
	id := strings.TrimPrefix(record, "/patienten/")
	begun := u.want(http.StatusSeeOther, u.post("/meldungen", url.Values{"akte": {id}, "anlass": {"diagnosis"}}))
	report := "/meldungen/" + strings.Split(strings.TrimPrefix(begun.location, "/meldungen/"), "/")[0]
	for section, sheet := range diagnosis {
		u.want(http.StatusSeeOther, u.fill(report+"/"+section, sheet))
	}
	check := u.want(http.StatusOK, u.get(report+"/pruefen"))
	sent := u.post(report+"/uebermitteln", url.Values{"version": {u.token(check)}, "bestaetigt": {"ja"}, "hinweise": {shownHints(check.body)}})
	u.want(http.StatusSeeOther, sent)
	return report
}

// TestPatientGoesFromTheFirstNumberToTheCorrection is the life of a record.
func TestPatientGoesFromTheFirstNumberToTheCorrection(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u, other := w.user("nord"), w.user("sued")
	p := somebody(3)

	unknown := u.want(http.StatusOK, u.post(recordSearch, url.Values{"patient_id": {p.id}}))
	if !strings.Contains(unknown.body, `value="`+p.id+`"`) || !strings.Contains(unknown.body, "liegt nichts vor") {
		t.Error("an unknown number is not offered as a new record")
	}
	u.want(http.StatusUnprocessableEntity, u.post(recordSearch, url.Values{"patient_id": {" "}}))
	u.want(http.StatusUnprocessableEntity, u.post("/patienten", url.Values{"patient_id": {p.id}}))

	record := u.typed(p)
	if strings.Contains(record, p.id) {
		t.Error("the number stands in the address")
	}
	again := u.want(http.StatusSeeOther, u.post("/patienten", url.Values{"melder": {"M-1"}, "patient_id": {p.id}}))
	if again.location != record {
		t.Errorf("the number that exists leads to %s", again.location)
	}
	if found := u.want(http.StatusSeeOther, u.post(recordSearch, url.Values{"patient_id": {p.id}})); found.location != record {
		t.Errorf("the search leads to %s", found.location)
	}
	after := u.want(http.StatusSeeOther, u.fill(record+"/anschrift", address(p)))
	if !strings.HasPrefix(after.location, "/meldungen/neu?akte=") {
		t.Errorf("after the identity comes %s", after.location)
	}
	for _, path := range []string{record, "/patienten"} {
		if page := u.want(http.StatusOK, u.get(path)); !strings.Contains(page.body, `<span class="mw-identity">`+p.surname) {
			t.Errorf("%s does not show the name before submission", path)
		}
		if page := other.get(path); strings.Contains(page.body, p.surname) || strings.Contains(page.body, p.id) {
			t.Errorf("%s shows the patient to another unit", path)
		}
	}
	other.want(http.StatusNotFound, other.get(record))
	other.want(http.StatusNotFound, other.get(record+"/person"))
	other.want(http.StatusNotFound, other.post(record+"/loeschen", nil))

	u.submitted(record)
	sealedAway(t, u, record, p)
	u.want(http.StatusSeeOther, u.get(record+"/loeschen"))
	if a := u.post(record+"/loeschen", nil); a.status == http.StatusSeeOther {
		t.Error("a record of which something was submitted is deleted")
	}

	u.want(http.StatusOK, u.get(record+"/berichtigung"))
	u.want(http.StatusUnprocessableEntity, u.post(record+"/berichtigung", url.Values{}))
	if a := u.want(http.StatusSeeOther, u.post(record+"/berichtigung", url.Values{"grund": {"spelling"}})); a.location != record+"/person" {
		t.Errorf("the correction begins at %s", a.location)
	}
	if check := u.want(http.StatusOK, u.get(record+"/berichtigung")); strings.Contains(check.body, "uebermitteln") {
		t.Error("an empty identity may be submitted")
	}
	fresh := p
	fresh.surname, fresh.place = "Neuname", "Neustadt"
	u.want(http.StatusSeeOther, u.fill(record+"/person", person(fresh)))
	if a := u.want(http.StatusSeeOther, u.fill(record+"/anschrift", address(fresh))); a.location != record+"/berichtigung" {
		t.Errorf("after the correction comes %s", a.location)
	}
	check := u.want(http.StatusOK, u.get(record+"/berichtigung"))
	if !strings.Contains(check.body, "übermittelte Meldung wird mit der neuen Identität") || !strings.Contains(check.body, "Neuname") {
		t.Errorf("the check does not say what happens: %s", check.body)
	}
	stale := u.post(record+"/berichtigung/uebermitteln", url.Values{"version": {"1"}})
	u.want(http.StatusConflict, stale)
	sent := u.want(http.StatusSeeOther, u.post(record+"/berichtigung/uebermitteln", url.Values{"version": {u.token(check)}}))
	receipt := u.want(http.StatusOK, u.get(sent.location))
	if !strings.Contains(receipt.body, "Quittung") || strings.Contains(receipt.body, "Neuname") {
		t.Error("the receipt of the correction is not one, or names the patient")
	}
	other.want(http.StatusNotFound, other.get(sent.location))
	sealedAway(t, u, record, fresh)
}

// sealedAway is N2 on the pages of a record after its receipt: the reduced set
// and nothing else.
func sealedAway(t *testing.T, u *user, record string, p patient) {
	t.Helper()
	for _, path := range []string{record, "/patienten", "/"} {
		page := u.want(http.StatusOK, u.get(path))
		for _, never := range []string{p.surname, p.firstNames, p.street, p.kvnr, "12.03.1951"} {
			if strings.Contains(page.body, never) {
				t.Errorf("%s shows %q after submission", path, never)
			}
		}
		if path != "/" && (!strings.Contains(page.body, p.place) || !strings.Contains(page.body, "03/1951")) {
			t.Errorf("%s lacks the reduced set", path)
		}
	}
	if a := u.want(http.StatusSeeOther, u.get(record+"/person")); a.location != record {
		t.Errorf("the sealed identity leads to %s", a.location)
	}
}

// TestIdentityOfTwoWindowsIsNotOverwrittenSilently saves the same section from
// two windows.
func TestIdentityOfTwoWindowsIsNotOverwrittenSilently(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u := w.user("nord")
	p := somebody(4)
	record := u.typed(p)
	old := u.token(u.want(http.StatusOK, u.get(record+"/person")))
	mine := person(p)
	mine["patient.surname"] = "Erstfenster"
	u.want(http.StatusSeeOther, u.fill(record+"/person", mine))
	theirs := person(p)
	theirs["patient.surname"] = "Zweitfenster"
	posted := values(theirs)
	posted.Set("version", old)
	posted.Set("act", "weiter")
	conflict := u.want(http.StatusConflict, u.post(record+"/person", posted))
	if !strings.Contains(conflict.body, "Erstfenster") || !strings.Contains(conflict.body, "Zweitfenster") {
		t.Error("the page does not show both versions")
	}
	posted.Del("act")
	if a := u.want(http.StatusConflict, u.post(record+"/person/entwurf", posted)); strings.Contains(a.body, "Erstfenster") {
		t.Error("the answer to the script names the patient")
	}
	posted.Set("version", u.token(conflict))
	u.want(http.StatusSeeOther, u.post(record+"/person", posted))
	if page := u.get(record); !strings.Contains(page.body, "Zweitfenster") {
		t.Error("what was knowingly saved does not stand")
	}
	u.want(http.StatusUnprocessableEntity, u.post(record+"/person", url.Values{"f-reason": {"I"}}))
	u.want(http.StatusNotFound, u.get(record+"/tumor"))

	u.want(http.StatusOK, u.get(record+"/loeschen"))
	u.want(http.StatusSeeOther, u.post(record+"/loeschen", nil))
	u.want(http.StatusNotFound, u.get(record))
}

// TestHistoryOfPackagesLeadsToAReportByReference begins a course on a tumour
// that was reported by packages.
func TestHistoryOfPackagesLeadsToAReportByReference(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u := w.user("nord")
	p := somebody(1)
	u.upload(packageOf(p))
	if err := w.door().PutHistory(t.Context(), []submission.HistoryItem{finished(u, p, 1, 1)}); err != nil {
		t.Fatal(err)
	}
	history := u.want(http.StatusSeeOther, u.post(recordSearch, url.Values{"patient_id": {p.id}})).location
	if !strings.HasPrefix(history, "/historie/") {
		t.Fatalf("a patient of packages leads to %s", history)
	}
	page := u.want(http.StatusOK, u.get(history+"?folge=aelteste"))
	if !strings.Contains(page.body, "Verlauf melden") || !strings.Contains(page.body, "das Älteste zuerst") || strings.Contains(page.body, "Bearbeiten und erneut senden") {
		t.Error("the history does not lead on, or offers to edit what came by interface")
	}
	tumour := url.Values{"register": {"trustcentre"}, "tumor": {"1"}, "anlass": {"course"}}
	begun := u.want(http.StatusSeeOther, u.post(history+"/meldung", tumour))
	report := begun.location
	if !strings.HasPrefix(report, "/meldungen/") {
		t.Fatalf("a further report leads to %s", report)
	}
	record := u.want(http.StatusSeeOther, u.post(recordSearch, url.Values{"patient_id": {p.id}})).location
	file := u.want(http.StatusOK, u.get(record))
	if !strings.Contains(file.body, p.place) || !strings.Contains(file.body, "C50.4") || strings.Contains(file.body, p.surname) || strings.Contains(file.body, "berichtigung") {
		t.Errorf("the adopted record is not one by reference: %s", file.body)
	}
	u.want(http.StatusSeeOther, u.get(record+"/person"))
	second := u.want(http.StatusSeeOther, u.post(history+"/meldung", tumour))
	if second.location == report || len(strings.Split(u.get("/patienten").body, "<tr ")) != 3 {
		t.Error("the second report made another record, or no report")
	}
	u.want(http.StatusNotFound, u.post(history+"/meldung", url.Values{"register": {"trustcentre"}, "tumor": {"9"}, "anlass": {"course"}}))
	u.want(http.StatusUnprocessableEntity, u.post(history+"/meldung", url.Values{"register": {"trustcentre"}, "tumor": {"1"}, "anlass": {"x"}}))
	if a := w.user("sued").post(history+"/meldung", tumour); a.status != http.StatusNotFound {
		t.Errorf("another unit begins a report: %d", a.status)
	}
}

// TestReportOfTheUnitsOwnStandsInTheHistoryWithItsWayBack follows one report of
// the Online-Erfassung through the states that the trust centre sets.
func TestReportOfTheUnitsOwnStandsInTheHistoryWithItsWayBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u := w.user("nord")
	p := somebody(5)
	record := u.typed(p)
	u.want(http.StatusSeeOther, u.fill(record+"/anschrift", address(p)))
	report := u.submitted(record)
	open := `href="` + report + `"`

	history := u.want(http.StatusSeeOther, u.post("/historie", url.Values{"patient_id": {p.id}})).location
	page := u.want(http.StatusOK, u.get(history))
	if !strings.Contains(page.body, open) || !strings.Contains(page.body, "Übermittelt") || strings.Contains(page.body, `href="/pakete/`) || !strings.Contains(page.body, p.place) {
		t.Errorf("the report on its way does not lead to itself: %s", page.body)
	}
	id := regexp.MustCompile(`Meldungs-ID (MP-[A-Z0-9]+)`).FindStringSubmatch(page.body)
	if id == nil {
		t.Fatal("the history names no Meldungs-ID")
	}
	put := func(s submission.State, remarks ...submission.Remark) {
		t.Helper()
		w.clock.Advance(time.Minute)
		if err := w.door().PutProgress(t.Context(), []submission.Progress{{Receipt: 1, Position: 1, State: s, At: w.clock.Now(), Remarks: remarks}}); err != nil {
			t.Fatal(err)
		}
	}
	put(submission.Refused, submission.Remark{Rule: "VST-9", Severity: "error", Message: "Die Person ist nicht bekannt.", Remedy: "Geben Sie sie neu an."})
	for path, want := range map[string]string{"/": "Abgewiesen", record: "Identität neu angeben", record + "/berichtigung": "kennt die Person nicht mehr", history: "Öffnen Sie sie"} {
		if page := u.want(http.StatusOK, u.get(path)); !strings.Contains(page.body, want) || path != record+"/berichtigung" && !strings.Contains(page.body, open) {
			t.Errorf("%s does not say what to do about a refused report", path)
		}
	}
	if start := u.get("/"); strings.Contains(start.body, "stand=refused") || strings.Count(start.body, open) != 2 {
		t.Error("the start page does not show the refused report once as work and once as submitted")
	}
	if a := u.want(http.StatusSeeOther, u.post(record+"/berichtigung", url.Values{"grund": {"missing"}})); a.location != record+"/person" {
		t.Errorf("the missing identity is asked for at %s", a.location)
	}
	if page := u.want(http.StatusOK, u.get(record)); !strings.Contains(page.body, "wird gerade berichtigt") || !strings.Contains(page.body, "gelöscht") {
		t.Error("the record does not say that its identity is being given anew")
	}
	u.want(http.StatusSeeOther, u.post(record+"/berichtigung/aufgeben", nil))

	done := finished(u, p, 1, 1)
	done.Channel, done.ReportID, done.View.PatientNumber = submission.ByForm, id[1], p.id
	if err := w.door().PutHistory(t.Context(), []submission.HistoryItem{done}); err != nil {
		t.Fatal(err)
	}
	page = u.want(http.StatusOK, u.get(history))
	if !strings.Contains(page.body, open+">Bearbeiten und erneut senden") || strings.Contains(page.body, "Quellsystem") {
		t.Errorf("the finished report does not lead to its form: %s", page.body)
	}
}

// TestUploadersHaveNoRecords keeps the Online-Erfassung to its role.
func TestUploadersHaveNoRecords(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u := w.user("nord")
	record := u.typed(somebody(6))
	sender := w.account(u.unit, "versand", account.RoleUploader)
	start := sender.want(http.StatusOK, sender.get("/"))
	if strings.Contains(start.body, `"/patienten`) || strings.Contains(start.body, `"/meldungen`) || !strings.Contains(start.body, `action="/historie"`) {
		t.Errorf("the start page of an uploader leads to records: %s", start.body)
	}
	for _, path := range []string{"/patienten", "/patienten/neu", record, record + "/person", record + "/berichtigung", record + "/loeschen"} {
		sender.want(http.StatusForbidden, sender.get(path))
	}
	for _, path := range []string{"/patienten", recordSearch, record + "/person", record + "/person/entwurf", record + "/loeschen",
		record + "/berichtigung", record + "/berichtigung/uebermitteln", record + "/berichtigung/aufgeben", "/historie/00/meldung"} {
		sender.want(http.StatusForbidden, sender.post(path, nil))
	}
}
