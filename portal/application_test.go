// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/envelope"
	"meldewerk/exchange/access"
	"meldewerk/portal"
)

// answers are those of a practice, in the order of the questions.
var practice = []struct {
	path string
	form url.Values
}{
	{"art", url.Values{"kind": {"practice"}}},
	{"name", url.Values{"facility": {"Urologische Praxis Zzyzx"}}},
	{"anschrift", url.Values{"street": {"Probeweg 7"}, "postal_code": {"30 159"}, "place": {"Musterstadt"}}},
	{"nummern", url.Values{"bsnr": {"17 12345 00"}, "ik": {""}}},
	{"system", url.Values{"system": {"practice-system"}, "software": {"Probe 1"}}},
	{"meldeweg", url.Values{"channel": {"both"}}},
	{"anlaesse", url.Values{"occasions": {"diagnosis", "death"}}},
	{"verantwortung", url.Values{"physician": {"Dr. Ö. Muster"}}},
	{"person", url.Values{"name": {"A. Beispiel"}, "function": {"Dokumentation"}, "phone": {"0511 123-45"}, "email": {""}, "roles": {"reporter", "uploader"}}},
	{"bemerkung", url.Values{"remark": {"Zeile 1\nZeile 2"}}},
}

// apply answers all questions and gives the address of the status page.
func (u *user) apply() string {
	u.w.t.Helper()
	u.want(http.StatusSeeOther, u.post("/zugang", nil))
	for i, q := range practice {
		a := u.want(http.StatusSeeOther, u.post("/zugang/antrag/"+q.path, q.form))
		want := "/zugang/antrag/pruefen"
		switch {
		case q.path == "person":
			want = "/zugang/antrag/personen"
		case i+1 < len(practice):
			want = "/zugang/antrag/" + practice[i+1].path
		}
		if a.location != want {
			u.w.t.Fatalf("after %s comes %s", q.path, a.location)
		}
	}
	page := u.want(http.StatusOK, u.get("/zugang/antrag/pruefen")).body
	for _, word := range []string{"Urologische Praxis Zzyzx", "171234500", "Probeweg 7", "Einzelpraxis", "A. Beispiel", "Diagnose", "Zeile 2"} {
		if !strings.Contains(page, word) {
			u.w.t.Errorf("the review lacks %q", word)
		}
	}
	return u.want(http.StatusSeeOther, u.post("/zugang/antrag/pruefen", nil)).location
}

// open opens an application with the trust centre's keys.
func (w *world) openApplication(a access.Application) access.ApplicationForm {
	w.t.Helper()
	text, err := envelope.OpenBytes(a.Sealed, w.keys)
	if err != nil {
		w.t.Fatal(err)
	}
	var form access.ApplicationForm
	if err := json.Unmarshal(text, &form); err != nil {
		w.t.Fatal(err)
	}
	return form
}

// TestApplicationReachesTheTrustCentre: questions, number, form to sign,
// status page; at the trust centre exactly what was typed; and afterwards the
// portal cannot read it any more.
func TestApplicationReachesTheTrustCentre(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn, func(c *portal.Config) { c.Post = []string{"Vertrauensstelle", "Musterplatz 1", "30159 Musterstadt"} })
		u, door, ctx := w.visitor(), w.accessDoor(), t.Context()
		place := u.apply()
		if again := u.post("/zugang/antrag/pruefen", nil); again.location != place {
			t.Errorf("the button pressed twice leads to %s and %s", place, again.location)
		}
		page := u.want(http.StatusOK, u.get(place)).body
		number := regexp.MustCompile(`Z-2026-000001-[A-Z]`).FindString(page)
		if number == "" || !strings.Contains(page, "Unterschrift") || !strings.Contains(page, place+"/antrag.pdf") || !strings.Contains(page, "Musterplatz 1") {
			t.Errorf("status page: %s", page)
		}
		pdf := u.want(http.StatusOK, u.get(place+"/antrag.pdf"))
		if pdf.header.Get("Content-Type") != "application/pdf" || !strings.Contains(pdf.header.Get("Content-Disposition"), number) || pdf.header.Get("Cache-Control") != "no-store" {
			t.Errorf("form to sign: %v", pdf.header)
		}
		if text, read := pdfText(t, pdf.body); read {
			for _, word := range []string{number, "Urologische Praxis Zzyzx", "171234500", "Dr. Ö. Muster", "Einzelpraxis", "§ 203 StGB", "Musterplatz 1"} {
				if !strings.Contains(text, word) {
					t.Errorf("the form to sign lacks %q", word)
				}
			}
		}
		list, err := door.NextApplications(ctx, 10)
		if err != nil || len(list) != 1 || list[0].Number != number || "/zugang/"+list[0].ID != place {
			t.Fatalf("%+v, %v", list, err)
		}
		form := w.openApplication(list[0])
		if err := form.Check(); err != nil || form.PostalCode != "30159" || form.BSNR != "171234500" || len(form.People) != 1 ||
			!slices.Equal(form.People[0].Roles, []account.Role{account.RoleReporter, account.RoleUploader}) || form.Remark != "Zeile 1\nZeile 2" {
			t.Errorf("%+v, %v", form, err)
		}
		for range 2 {
			if err := door.TakeApplications(ctx, []string{list[0].ID}); err != nil {
				t.Fatal(err)
			}
		}
		if list, err = door.NextApplications(ctx, 10); err != nil || len(list) != 0 {
			t.Errorf("after it was taken: %v, %v", list, err)
		}
		another := w.visitor()
		another.apply()
		another.want(http.StatusNotFound, another.get(place+"/antrag.pdf"))
		w.stages(place)
		w.clock.Advance(25 * time.Hour)
		if _, err := w.house.Step(ctx); err != nil {
			t.Fatal(err)
		}
		u.want(http.StatusNotFound, u.get(place+"/antrag.pdf"))
		u.want(http.StatusOK, u.get(place))
	})
}

// stages follows the stages on the status page in a browser that knows nothing.
func (w *world) stages(place string) {
	w.t.Helper()
	other, d := w.visitor(), w.desk()
	page := other.want(http.StatusOK, other.get(place)).body
	if strings.Contains(page, "antrag.pdf") || strings.Contains(page, "Zzyzx") {
		w.t.Error("another browser is shown the application")
	}
	other.want(http.StatusNotFound, other.get(place+"/antrag.pdf"))
	id := strings.TrimPrefix(place, "/zugang/")
	for _, step := range []struct {
		state access.ApplicationState
		word  string
	}{
		{access.ApplicationState{ID: id, Stage: access.Checking}, "In Prüfung"},
		{access.ApplicationState{ID: id, Stage: access.Declined, Reason: "Die BSNR gehört zu einer anderen Praxis."}, "Die BSNR gehört zu einer anderen Praxis."},
		{access.ApplicationState{ID: id, Stage: access.Granted}, "kommt mit der Post"},
	} {
		d.want(access.Done, access.Order{Act: access.SetApplication, Application: &step.state})
		if page := other.want(http.StatusOK, other.get(place)).body; !strings.Contains(page, step.word) {
			w.t.Errorf("the status page lacks %q", step.word)
		}
	}
	d.want(access.NotFound, access.Order{Act: access.SetApplication, Application: &access.ApplicationState{ID: strings.Repeat("A", 26), Stage: access.Checking}})
}

func pdfText(t *testing.T, body string) (string, bool) {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Log("pdftotext is not installed: the text of the form is not read")
		return "", false
	}
	cmd := exec.CommandContext(t.Context(), tool, "-layout", "-", "-")
	cmd.Stdin = bytes.NewReader([]byte(body))
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out), true
}

// TestW5ApplicationIsCheckedAtOnce: what is wrong is told at the question, in
// both the summary and the field, and nothing of it is kept.
func TestW5ApplicationIsCheckedAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u := w.visitor()
	u.want(http.StatusSeeOther, u.post("/zugang", nil))
	u.want(http.StatusSeeOther, u.post("/zugang/antrag/art", url.Values{"kind": {"hospital"}}))
	for _, c := range []struct {
		path, says string
		form       url.Values
	}{
		{"art", "Wählen Sie, was für eine Einrichtung", url.Values{"kind": {"circus"}}},
		{"art", "Wählen Sie, was für eine Einrichtung", url.Values{}},
		{"name", "Der Name der Einrichtung fehlt", url.Values{"facility": {"  "}}},
		{"name", "sich nicht drucken lässt", url.Values{"facility": {"Praxis 🦀"}}},
		{"anschrift", "fünf Ziffern", url.Values{"street": {"Weg 1"}, "postal_code": {"3015"}, "place": {"X"}}},
		{"nummern", "Das Institutionskennzeichen fehlt", url.Values{"bsnr": {""}, "ik": {""}}},
		{"nummern", "Die Prüfziffer des Institutionskennzeichens stimmt nicht", url.Values{"bsnr": {""}, "ik": {"260530104"}}},
		{"nummern", "Ein Institutionskennzeichen hat neun Ziffern", url.Values{"bsnr": {""}, "ik": {"26053010"}}},
		{"nummern", "Eine solche Betriebsstättennummer wird nicht vergeben", url.Values{"bsnr": {"000000000"}, "ik": {"104212505"}}},
		{"system", "Wählen Sie Ihr Dokumentationssystem", url.Values{"system": {""}, "software": {""}}},
		{"meldeweg", "Wählen Sie, wie Sie melden", url.Values{"channel": {"fax"}}},
		{"anlaesse", "mindestens einen Meldeanlass", url.Values{"occasions": {"birthday"}}},
		{"anlaesse", "mindestens einen Meldeanlass", url.Values{"occasions": {"death", "death"}}},
		{"verantwortung", "Der Name fehlt", url.Values{"physician": {""}}},
		{"person", "Telefonnummer", url.Values{"name": {"X"}, "function": {"Y"}, "phone": {"ruf an"}, "email": {""}, "roles": {"reporter"}}},
		{"person", "E-Mail-Adresse", url.Values{"name": {"X"}, "function": {"Y"}, "phone": {"0511 12345"}, "email": {"x@y"}, "roles": {"reporter"}}},
		{"person", "Wählen Sie, was die Person tun wird", url.Values{"name": {"X"}, "function": {"Y"}, "phone": {"0511 12345"}, "email": {""}, "roles": {"operator"}}},
		{"bemerkung", "sich nicht drucken lässt", url.Values{"remark": {"🦀"}}},
	} {
		a := u.post("/zugang/antrag/"+c.path, c.form)
		if a.status != http.StatusUnprocessableEntity || strings.Count(a.body, c.says) < 2 {
			t.Errorf("%s %v: %d, %d times", c.path, c.form, a.status, strings.Count(a.body, c.says))
		}
	}
	for _, smuggled := range []url.Values{{"kind": {"practice"}, "released": {"ja"}}, {"kind": {"practice", "hospital"}}} {
		if a := u.post("/zugang/antrag/art", smuggled); a.status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", smuggled, a.status)
		}
	}
	if a := u.post("/zugang/antrag/pruefen", nil); a.location != "/zugang/antrag/pruefen" {
		t.Errorf("an incomplete application: %d %s", a.status, a.location)
	}
	if a := u.get("/zugang/antrag/pruefen"); a.location != "/zugang/antrag/name" {
		t.Errorf("the review leads to %s", a.location)
	}
	if list, err := w.accessDoor().NextApplications(t.Context(), 10); err != nil || len(list) != 0 {
		t.Errorf("something was sent: %v, %v", list, err)
	}
}

// TestApplicationWithoutADraftBeginsAnew: no cookie, a foreign one, an expired
// draft: back to the start, never an error page.
func TestApplicationWithoutADraftBeginsAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	stranger := w.visitor()
	check := func(u *user) {
		t.Helper()
		for _, path := range []string{"art", "personen", "person", "person/1", "pruefen"} {
			if a := u.get("/zugang/antrag/" + path); a.status != http.StatusSeeOther || a.location != "/zugang" {
				t.Errorf("%s: %d %s", path, a.status, a.location)
			}
		}
		if a := u.post("/zugang/antrag/name", url.Values{"facility": {"X"}}); a.location != "/zugang" {
			t.Errorf("an answer: %d %s", a.status, a.location)
		}
	}
	check(stranger)
	u := w.visitor()
	begun := u.want(http.StatusSeeOther, u.post("/zugang", nil))
	cookie := begun.header.Get("Set-Cookie")
	for _, word := range []string{"__Host-antrag=", "Secure", "HttpOnly", "SameSite=Strict", "Path=/"} {
		if !strings.Contains(cookie, word) {
			t.Errorf("cookie %q lacks %s", cookie, word)
		}
	}
	u.want(http.StatusSeeOther, u.post("/zugang/antrag/art", url.Values{"kind": {"practice"}}))
	if page := u.want(http.StatusOK, u.get("/zugang")).body; !strings.Contains(page, "/zugang/antrag/name") {
		t.Error("the start page does not lead on")
	}
	w.clock.Advance(25 * time.Hour)
	check(u)
	u.want(http.StatusSeeOther, u.post("/zugang", nil))
	u.want(http.StatusSeeOther, u.post("/zugang/verwerfen", nil))
	check(u)
	stranger.want(http.StatusNotFound, stranger.get("/zugang/"+strings.Repeat("A", 26)))
	stranger.want(http.StatusNotFound, stranger.get("/zugang/antrag"))
}

// TestApplicationsAreLimited: per source and day; the rest of the portal goes on.
func TestApplicationsAreLimited(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.visitor()
		for range 40 {
			u.want(http.StatusSeeOther, u.post("/zugang", nil))
			// The draft before goes with each new one, but it counts for the day.
			u.want(http.StatusSeeOther, u.post("/zugang/antrag/art", url.Values{"kind": {"practice"}}))
			u = w.visitor()
		}
		a := u.want(http.StatusServiceUnavailable, u.post("/zugang", nil))
		if !strings.Contains(a.body, "morgen noch einmal") {
			t.Error(a.body)
		}
		w.clock.Advance(25 * time.Hour)
		for n := range 20 {
			if place := w.visitor().apply(); place == "" {
				t.Fatal("application", n)
			}
		}
		late := w.visitor()
		late.want(http.StatusSeeOther, late.post("/zugang", nil))
		for _, q := range practice {
			late.want(http.StatusSeeOther, late.post("/zugang/antrag/"+q.path, q.form))
		}
		late.want(http.StatusServiceUnavailable, late.post("/zugang/antrag/pruefen", nil))
		w.user("nord").want(http.StatusOK, late.get("/anmelden"))
	})
}

// TestPeopleOfAnApplication: several, changed, removed once however often the
// button is pressed.
func TestPeopleOfAnApplication(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u := w.visitor()
	u.want(http.StatusSeeOther, u.post("/zugang", nil))
	person := func(name string) url.Values {
		return url.Values{"name": {name}, "function": {"Dokumentation"}, "phone": {"0511 12345"}, "email": {""}, "roles": {"reporter"}}
	}
	for n := range 3 {
		u.want(http.StatusSeeOther, u.post("/zugang/antrag/person", person(fmt.Sprint("Person Nr. ", n+1, "x"))))
	}
	u.want(http.StatusSeeOther, u.post("/zugang/antrag/person/2", person("Geändert")))
	page := u.want(http.StatusOK, u.get("/zugang/antrag/personen")).body
	for _, name := range []string{"Person Nr. 1x", "Geändert", "Person Nr. 3x"} {
		if !strings.Contains(page, name) {
			t.Errorf("the list lacks %q", name)
		}
	}
	for range 2 {
		u.want(http.StatusSeeOther, u.post("/zugang/antrag/person/2/entfernen", url.Values{"name": {"Geändert"}}))
	}
	page = u.want(http.StatusOK, u.get("/zugang/antrag/personen")).body
	if strings.Contains(page, "Geändert") || !strings.Contains(page, "Person Nr. 3x") {
		t.Error("not exactly one person was removed")
	}
	for _, n := range []string{"0", "3", "01", "-1", "x", "99999999999999999999"} {
		u.want(http.StatusNotFound, u.get("/zugang/antrag/person/"+n))
	}
	for range 18 {
		u.want(http.StatusSeeOther, u.post("/zugang/antrag/person", person("Noch jemand")))
	}
	u.want(http.StatusUnprocessableEntity, u.post("/zugang/antrag/person", person("Zu viel")))
}
