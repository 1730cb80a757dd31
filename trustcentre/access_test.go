// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/envelope"
	"meldewerk/exchange/access"
	"meldewerk/fault"
	"meldewerk/internal/signin"
	ground "meldewerk/internal/store"
)

// logged keeps what a house writes into its log.
type logged struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// orderTaker is the portal's side of the orders, kept in memory: it carries
// them out in their order, each once, and answers nothing behind a gap.
type orderTaker struct {
	mu           sync.Mutex
	taken        []access.Order
	outcome      map[access.Act]access.Outcome // Done for those not named
	standings    map[account.ID]access.Standing
	applications []access.Application
	calls        int
	away         bool
}

func newOrderTaker() *orderTaker {
	return &orderTaker{outcome: map[access.Act]access.Outcome{}, standings: map[account.ID]access.Standing{}}
}

var errAway = fault.New(fault.Unavailable, "test.away", "Das Portal ist weg.")

func (o *orderTaker) PutOrders(_ context.Context, orders []access.Order) ([]access.Answer, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.calls++
	if o.away {
		return nil, errAway
	}
	var answers []access.Answer
	for _, order := range orders {
		if order.Number > access.OrderNumber(len(o.taken)+1) {
			break
		}
		if order.Number == access.OrderNumber(len(o.taken)+1) {
			o.taken = append(o.taken, order)
		}
		answer := access.Answer{Number: order.Number, Outcome: access.Done}
		if other := o.outcome[order.Act]; other != "" {
			answer.Outcome = other
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

func (o *orderTaker) NextStandings(_ context.Context, limit int) ([]access.Standing, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.away {
		return nil, errAway
	}
	var list []access.Standing
	for _, s := range o.standings {
		if len(list) < limit {
			list = append(list, s)
		}
	}
	return list, nil
}

func (o *orderTaker) TakeStandings(_ context.Context, taken []access.Taken) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, t := range taken {
		if o.standings[t.Account].Change == t.Change {
			delete(o.standings, t.Account)
		}
	}
	return nil
}

func (o *orderTaker) NextApplications(_ context.Context, limit int) ([]access.Application, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.away {
		return nil, errAway
	}
	return slices.Clone(o.applications[:min(limit, len(o.applications))]), nil
}

func (o *orderTaker) TakeApplications(_ context.Context, ids []string) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.applications = slices.DeleteFunc(o.applications, func(a access.Application) bool { return slices.Contains(ids, a.ID) })
	return nil
}

func (o *orderTaker) acts() []access.Act {
	o.mu.Lock()
	defer o.mu.Unlock()
	var acts []access.Act
	for _, order := range o.taken {
		acts = append(acts, order.Act)
	}
	return acts
}

func (o *orderTaker) last() access.Order {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.taken[len(o.taken)-1]
}

// stand lets the portal tell how an account stands.
func (w *world) stand(s access.Standing) {
	w.t.Helper()
	w.orders.mu.Lock()
	w.orders.standings[s.Account] = s
	w.orders.mu.Unlock()
	w.pass(10 * time.Second)
	w.settle()
}

// clinic is what a unit and a person are typed as.
var clinic = url.Values{"name": {"Klinikum Süd"}, "art": {access.KindHospital}, "ik": {"260100023"}, "strasse": {"Marktstraße 4"}, "plz": {"01001"}, "ort": {"Musterstadt"},
	"telefon": {"0000 4711-0"}, "verantwortlich": {"Dr. Xaveria Xylander"}, "melder_id": {"M-77\nM-78"}, "system": {"none"}}

// place follows a redirect and gives the path.
func (v *visitor) place(a *httptest.ResponseRecorder) string {
	v.w.t.Helper()
	v.want(http.StatusSeeOther, a)
	return a.Header().Get("Location")
}

// account makes a unit with an account through the pages, as far as the portal
// knows both.
func (v *visitor) account(username string) (unitPath, accountPath string) {
	v.w.t.Helper()
	unitPath = v.place(v.post("/einrichtungen/neu", clinic))
	accountPath = v.place(v.post("/konten/neu", url.Values{"name": {"Ximena Xanthopoulos"}, "telefon": {"0000 4711-12"}, "einrichtung": {"M-78"}, "benutzername": {username}, "rollen": {"reporter"}}))
	v.w.settle()
	return unitPath, accountPath
}

func idOf(path string) account.ID { return account.ID(path[strings.LastIndex(path, "/")+1:]) }

func passwordOf(t *testing.T, sheet []byte) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: the letter cannot be read")
	}
	c := exec.CommandContext(t.Context(), tool, "-layout", "-enc", "UTF-8", "-", "-")
	c.Stdin = bytes.NewReader(sheet)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`[A-Za-z2-9]{4}(-[A-Za-z2-9]{4}){3}`).FindString(string(out))
}

// TestH1AccountFromThePageToTheFirstSignIn walks the whole way of a letter.
func TestH1AccountFromThePageToTheFirstSignIn(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		v := w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser)
		_, path := v.account("x.xanthopoulos")
		if !slices.Equal(w.orders.acts(), []access.Act{access.PutUnit, access.CreateAccount}) {
			t.Fatalf("orders: %v", w.orders.acts())
		}
		if body := v.want(http.StatusOK, v.get(path)); !strings.Contains(body, "am Portal angekommen") || !strings.Contains(body, "Drucken Sie das Schreiben mit dem Passwort.") {
			t.Error("the page does not say that the order arrived, or what to do")
		}
		sheet := v.post(path+"/schreiben", nil)
		v.want(http.StatusOK, sheet)
		for header, want := range map[string]string{"Content-Type": "application/pdf", "Cache-Control": "no-store", "Content-Disposition": `attachment; filename=schreiben.pdf`} {
			if got := sheet.Header().Get(header); got != want {
				t.Errorf("%s: %s", header, got)
			}
		}
		w.settle()
		order := w.orders.last()
		hash, err := account.ParseHash(order.Password.Hash)
		w.must(err)
		password := passwordOf(t, sheet.Body.Bytes())
		if verdict, err := fast.Verify(t.Context(), account.Credential{Hash: hash, Generated: true}, account.NewPassword(password)); err != nil || !verdict.Right {
			t.Error("the portal does not have the password of the letter")
		}
		body := v.want(http.StatusOK, v.get(path))
		letter := regexp.MustCompile(`name="schreiben" value="([A-Z0-9]+)"`).FindStringSubmatch(body)
		v.want(http.StatusSeeOther, v.post(path+"/versand", url.Values{"schreiben": {letter[1]}}))
		if body := v.want(http.StatusOK, v.get(path)); !strings.Contains(body, "Warten Sie auf die erste Anmeldung.") || strings.Contains(body, password) {
			t.Error("the page does not say what to wait for, or shows the password")
		}
		w.stand(access.Standing{Account: idOf(path), Change: 3, FirstSignIn: w.clock(), LastSignIn: w.clock(), Enrolled: true})
		if body := v.want(http.StatusOK, v.get(path)); !strings.Contains(body, "erste Anmeldung") || !strings.Contains(body, "In Gebrauch") {
			t.Error("the first sign-in does not show")
		}
		if strings.Contains(w.logged.String(), password) {
			t.Error("the password stands in the log")
		}
	})
}

// TestH5LockIsReleasedOnTheTelephone: search, recognise, release.
func TestH5LockIsReleasedOnTheTelephone(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		v := w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser)
		_, path := v.account("x.xanthopoulos")
		w.stand(access.Standing{Account: idOf(path), Change: 3, Lock: 2, Locked: true, LockedAt: w.clock(), CodesUsed: 10, Enrolled: true})
		if body := v.want(http.StatusOK, v.get("/")); !strings.Contains(body, "Zugang suchen") {
			t.Error("the first page has no search")
		}
		for _, words := range []string{"x.xan", "Ximena", "xanthopoulos ximena", "M-77", "klinikum sud", "Klinikum Süd"} {
			a := v.post("/konten", url.Values{"suche": {words}})
			if words == "klinikum sud" { // no way to write it
				v.want(http.StatusOK, a)
			} else if got := v.place(a); got != path {
				t.Errorf("%q leads to %q", words, got)
			}
		}
		if body := v.want(http.StatusOK, v.get(path)); !strings.Contains(body, "Erkennen Sie die Person und heben Sie die Sperre auf.") {
			t.Error("the page does not say what to do")
		}
		if body := v.want(http.StatusOK, v.get(path+"/sperre")); !strings.Contains(body, "Aufgehoben wird nur diese eine Sperre") || !strings.Contains(body, "0000 4711-12") {
			t.Error("the consequences or the number to call do not show")
		}
		v.want(http.StatusUnprocessableEntity, v.post(path+"/sperre", url.Values{"sperre": {"2"}}))
		v.want(http.StatusConflict, v.post(path+"/sperre", url.Values{"sperre": {"1"}, "erkannt": {string(account.RecognisedByCallBack)}}))
		v.want(http.StatusSeeOther, v.post(path+"/sperre", url.Values{"sperre": {"2"}, "erkannt": {string(account.RecognisedByCallBack)}}))
		w.settle()
		if o := w.orders.last(); o.Act != access.ReleaseLock || o.Lock != 2 || o.Recognised != account.RecognisedByCallBack {
			t.Errorf("%+v", o)
		}
		entries, err := w.tc.Ground().Audit.Entries(t.Context(), ground.EntryFilter{Code: audit.AccountUnlocked, Limit: 5})
		w.must(err)
		if len(entries) != 1 || entries[0].Entry.Act.Purpose != string(account.RecognisedByCallBack) {
			t.Errorf("log: %+v", entries)
		}
	})
}

// TestA13ResetShowsConsequencesFirst also covers sessions and closing.
func TestA13ResetShowsConsequencesFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "kkn", false)
	v := w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser)
	_, path := v.account("x.xanthopoulos")
	if body := v.want(http.StatusOK, v.get(path+"/zweiter-faktor")); !strings.Contains(body, "gelten sofort nicht mehr") || !strings.Contains(body, "Mitteilung") {
		t.Error("the consequences do not show")
	}
	v.want(http.StatusUnprocessableEntity, v.post(path+"/zweiter-faktor", url.Values{}))
	v.want(http.StatusSeeOther, v.post(path+"/zweiter-faktor", url.Values{"erkannt": {string(account.RecognisedByLetter)}}))
	v.want(http.StatusSeeOther, v.post(path+"/sitzungen", nil))
	v.want(http.StatusOK, v.post(path+"/mitteilung", nil))
	v.want(http.StatusSeeOther, v.post(path+"/schliessen", nil))
	v.want(http.StatusConflict, v.post(path+"/zweiter-faktor", url.Values{"erkannt": {string(account.RecognisedByLetter)}}))
	w.settle()
	if got := w.orders.acts()[2:]; !slices.Equal(got, []access.Act{access.ResetFactor, access.EndSessions, access.CloseAccount}) {
		t.Errorf("orders: %v", got)
	}
	v.want(http.StatusNotFound, v.get("/konten/nothing"))
	v.want(http.StatusNotFound, v.post("/konten/nothing/schliessen", nil))
}

// TestNobodyActsOnTheOwnAccount: the member of the staff is called as the
// holder is.
func TestNobodyActsOnTheOwnAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "kkn", false)
	v := w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser)
	v.account("x.xanthopoulos")
	own := url.Values{"name": {"Dr. Muster, A."}, "einrichtung": {"M-78"}, "benutzername": {"a.muster"}, "rollen": {"reporter"}}
	v.want(http.StatusForbidden, v.post("/konten/neu", own))
	own.Set("name", "Amelie Muster") // by the link, not by the name
	me, err := w.tc.Accounts().List(t.Context())
	w.must(err)
	own.Set("mitarbeit", string(me[0].Username))
	v.want(http.StatusForbidden, v.post("/konten/neu", own))
	other := w.staff(w.tc.Handler(), "trustcentre", account.RoleHead)
	own.Set("name", "Amelie Beispiel")
	path := other.place(other.post("/konten/neu", own))
	w.settle()
	w.stand(access.Standing{Account: idOf(path), Change: 2, Lock: 1, Locked: true, LockedAt: w.clock(), CodesUsed: 10})
	for _, act := range []string{"schreiben", "sperre", "zweiter-faktor", "sitzungen", "schliessen"} {
		form := url.Values{"erkannt": {string(account.RecognisedInPerson)}, "sperre": {"1"}}
		if act == "schreiben" {
			form = nil
		}
		v.want(http.StatusForbidden, v.post(path+"/"+act, form))
	}
	if body := v.want(http.StatusOK, v.get(path)); !strings.Contains(body, "Das ist Ihr eigener Zugang") || strings.Contains(body, path+"/schliessen") {
		t.Error("the page offers acts on the own account")
	}
	v.want(http.StatusForbidden, v.post(path+"/aendern", url.Values{"name": {"Amelie Beispiel"}, "einrichtungen": {string(w.orders.last().Account)}, "einrichtung": {"M-78"}, "benutzername": {"a.muster"}, "rollen": {"reporter"}}))
	other.want(http.StatusSeeOther, other.post(path+"/sperre", url.Values{"erkannt": {string(account.RecognisedInPerson)}, "sperre": {"1"}}))
}

// TestB5ActsWantAFreshCode: the session is older than five minutes.
func TestB5ActsWantAFreshCode(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "kkn", false)
	v := w.staff(w.tc.Handler(), "trustcentre", account.RoleHead)
	unitPath, path := v.account("x.xanthopoulos")
	key := v.place(v.post("/schluessel/neu", url.Values{"einrichtung": {"M-77"}, "software": {"S"}, "bezeichnung": {"Server"}, "schluessel": {"mwk1 " + strings.Repeat("Bw", 21) + "c="}}))
	w.stand(access.Standing{Account: idOf(path), Change: 2, Lock: 1, Locked: true, LockedAt: w.clock(), CodesUsed: 10})
	list := v.want(http.StatusOK, v.get(key))
	revoke := regexp.MustCompile(`/schluessel/[A-Z0-9]+/sperren`).FindString(list)
	before := len(w.orders.acts())
	w.pass(account.FreshFor + time.Minute)
	for _, page := range []string{path + "/schreiben", path + "/mitteilung", path + "/sperre", path + "/zweiter-faktor", path + "/sitzungen", path + "/schliessen", unitPath + "/freigabe", revoke, "/schluessel/neu"} {
		if got := v.place(v.get(page)); got != "/einmalkennwort?weiter="+url.QueryEscape(page) {
			t.Errorf("%s leads to %s", page, got)
		}
		v.want(http.StatusForbidden, v.post(page, url.Values{"erkannt": {string(account.RecognisedInPerson)}, "sperre": {"1"}, "freigabe": {"freigeben"}}))
	}
	v.want(http.StatusForbidden, v.post("/freigabe", url.Values{"einrichtung": {string(idOf(unitPath))}}))
	// Forms that later recognition leans on ask when they are opened, and are
	// not taken once the proof is older than the time to fill them in.
	for _, page := range []string{path + "/aendern", unitPath + "/aendern"} {
		if got := v.place(v.get(page)); got != "/einmalkennwort?weiter="+url.QueryEscape(page) {
			t.Errorf("%s leads to %s", page, got)
		}
	}
	w.pass(signin.FormLife - account.FreshFor - 2*time.Minute)
	v.want(http.StatusOK, v.get(path)) // keeps the session
	w.pass(2 * time.Minute)
	v.want(http.StatusForbidden, v.post(path+"/aendern", url.Values{"name": {"Andere"}, "rollen": {"uploader"}}))
	v.want(http.StatusForbidden, v.post(unitPath+"/aendern", url.Values{"name": {"Andere"}}))
	w.settle()
	if after := len(w.orders.acts()); after != before {
		t.Errorf("%d orders without a fresh code", after-before)
	}
}

// TestC1RegisterIsForItsRoles calls every route of the register with every
// role; only those named get past the door.
func TestC1RegisterIsForItsRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "kkn", false)
	unitPath, path := w.staff(w.tc.Handler(), "trustcentre", account.RoleHead).account("x.xanthopoulos")
	reads := []string{"/einrichtungen", unitPath}
	decides := []string{unitPath + "/freigabe"}
	advises := []string{"/konten", "/konten/neu", path, path + "/aendern", path + "/schreiben", path + "/mitteilung", path + "/sperre", path + "/zweiter-faktor", path + "/sitzungen", path + "/schliessen",
		"/einrichtungen/neu", unitPath + "/aendern", "/antraege", "/antraege/x", "/antraege/x/bewilligen", "/antraege/x/ablehnen", "/leihgeraete", "/leihgeraete/x/ausleihen", "/leihgeraete/x/ausmustern", "/schluessel", "/schluessel/neu", "/schluessel/x/sperren"}
	posts := []string{"/konten", "/konten/neu", path + "/aendern", path + "/schreiben", path + "/mitteilung", path + "/versand", path + "/sperre", path + "/zweiter-faktor", path + "/sitzungen", path + "/schliessen",
		"/einrichtungen/neu", unitPath + "/aendern", "/antraege/x", "/antraege/x/bewilligen", "/antraege/x/ablehnen", "/leihgeraete", "/leihgeraete/x/ausleihen", "/leihgeraete/x/rueckgabe", "/leihgeraete/x/ausmustern", "/schluessel/neu", "/schluessel/x/sperren"}
	w.settle()
	orders := len(w.orders.acts())
	for _, role := range account.RolesOf(account.TrustCentre) {
		if account.NeedsPasskey(role) {
			continue // signs in with a passkey alone; its pages are those of nobody here
		}
		v := w.staff(w.tc.Handler(), "trustcentre", role)
		may := map[string]bool{}
		head, adviser, inspector := role == account.RoleHead, role == account.RoleAdviser, role == account.RoleInspector
		for _, page := range reads {
			may[page] = head || adviser || inspector
		}
		for _, page := range decides {
			may[page] = head || inspector
		}
		for _, page := range advises {
			may[page] = head || adviser
		}
		for page, allowed := range may {
			if code := v.get(page).Code; (code != http.StatusForbidden) != allowed {
				t.Errorf("%s gets %s with status %d", role, page, code)
			}
		}
		if head || adviser {
			continue // what they post is done elsewhere in these tests
		}
		for _, page := range posts {
			v.want(http.StatusForbidden, v.post(page, url.Values{"erkannt": {string(account.RecognisedInPerson)}}))
		}
	}
	w.settle()
	if after := len(w.orders.acts()); after != orders {
		t.Errorf("%d orders by roles that may give none", after-orders)
	}
}

// TestL3RegisterShowsNoNameWhereItLasts looks for names in addresses, titles
// and the log.
func TestL3RegisterShowsNoNameWhereItLasts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "kkn", false)
	v := w.staff(w.tc.Handler(), "trustcentre", account.RoleHead)
	unitPath, path := v.account("x.xanthopoulos")
	v.want(http.StatusOK, v.post(path+"/schreiben", nil))
	v.post("/konten", url.Values{"suche": {"Xanthopoulos"}})
	w.orders.mu.Lock()
	w.orders.applications = append(w.orders.applications, w.application(t, "app-1", func(f *access.ApplicationForm) { f.Kind = "Xanthopoulos" }))
	w.orders.away = false
	w.orders.mu.Unlock()
	w.pass(time.Minute)
	w.settle()
	title := regexp.MustCompile(`<title>([^<]*)</title>|<h1[^>]*>([^<]*)</h1>`)
	for _, page := range []string{"/konten", "/einrichtungen", "/antraege", "/antraege/app-1", "/leihgeraete", "/schluessel", path, path + "/aendern", path + "/schreiben", path + "/schliessen", unitPath, unitPath + "/aendern"} {
		body := v.want(http.StatusOK, v.get(page))
		for _, found := range append(title.FindAllString(body, -1), regexp.MustCompile(`(?:href|action)="[^"]*"`).FindAllString(body, -1)...) {
			if strings.Contains(strings.ToLower(found), "xanth") || strings.Contains(strings.ToLower(found), "xylander") || strings.Contains(found, "Klinikum") {
				t.Errorf("%s: %s", page, found)
			}
		}
	}
	log := w.logged.String()
	if !strings.Contains(log, "app-1") {
		t.Error("the bad application is not in the log")
	}
	for _, text := range []string{"anthopoulos", "Ximena", "Xylander", "4711-", "Klinikum", "260100023"} {
		if strings.Contains(log, text) {
			t.Errorf("%s stands in the log", text)
		}
	}
}

// application seals a form to the trust centre as the portal does.
func (w *world) application(t *testing.T, id string, change func(f *access.ApplicationForm)) access.Application {
	t.Helper()
	form := access.ApplicationForm{Facility: "Klinik Ost", Kind: access.KindHospital, Street: "Ostweg 1", PostalCode: "01001", Place: "Ostdorf", IK: "260100023", System: "none",
		Channel: access.ChannelBoth, Occasions: []string{"diagnosis"}, Physician: "Dr. Olga Ost",
		People: []access.Applicant{{Name: "Oskar Ostermann", Function: "Dokumentation", Phone: "0000 99-1", Roles: []account.Role{account.RoleReporter}},
			{Name: "Oda Ostermann", Function: "Dokumentation", Phone: "0000 99-2", Roles: []account.Role{account.RoleReporter, account.RoleUploader}}}}
	if change != nil {
		change(&form)
	}
	plain, err := json.Marshal(form)
	w.must(err)
	sealed, err := envelope.SealBytes(plain, w.recipients)
	w.must(err)
	return access.Application{ID: id, Number: "N-" + id, ReceivedAt: w.clock(), Sealed: sealed}
}

// TestApplicationBecomesAccounts walks an application through, with hostile
// ones beside it.
func TestApplicationBecomesAccounts(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		v := w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser)
		broken := w.application(t, "broken", nil)
		broken.Sealed = []byte("nobody opens this")
		w.orders.mu.Lock()
		w.orders.applications = []access.Application{w.application(t, "good", nil), broken, w.application(t, "lying", func(f *access.ApplicationForm) { f.People[0].Roles = []account.Role{account.RoleHead} })}
		w.orders.mu.Unlock()
		w.pass(time.Minute)
		w.settle()
		if body := v.want(http.StatusOK, v.get("/antraege")); strings.Count(body, "nicht lesbar") != 2 || !strings.Contains(body, "Klinik Ost") {
			t.Error("the list does not show one good and two bad applications")
		}
		v.want(http.StatusConflict, v.get("/antraege/broken/bewilligen"))
		v.want(http.StatusSeeOther, v.post("/antraege/good", nil))
		if body := v.want(http.StatusOK, v.get("/antraege/good/bewilligen")); !strings.Contains(body, "o.ostermann2") {
			t.Error("the two people have one user name")
		}
		v.want(http.StatusUnprocessableEntity, v.post("/antraege/good/bewilligen", url.Values{"melder_id": {"M-5"}}))
		v.want(http.StatusSeeOther, v.post("/antraege/good/bewilligen", url.Values{"melder_id": {"M-5"}, "person": {"1", "2"}}))
		v.want(http.StatusUnprocessableEntity, v.post("/antraege/lying/ablehnen", nil))
		v.want(http.StatusSeeOther, v.post("/antraege/lying/ablehnen", url.Values{"grund": {"Stellen Sie den Antrag noch einmal."}}))
		w.settle()
		want := []access.Act{access.SetApplication, access.PutUnit, access.CreateAccount, access.CreateAccount, access.SetApplication, access.SetApplication}
		if got := w.orders.acts(); !slices.Equal(got, want) {
			t.Errorf("orders: %v", got)
		}
		if o := w.orders.last(); o.Application.Stage != access.Declined || o.Application.Reason == "" {
			t.Errorf("%+v", o.Application)
		}
		if body := v.want(http.StatusOK, v.get("/konten?lage=brief")); !strings.Contains(body, "Oda Ostermann") {
			t.Error("the letters to print are not in the list")
		}
	})
}

// TestOrdersWaitForThePortal: it is away, comes back, and was set back to a
// backup.
func TestOrdersWaitForThePortal(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		v := w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser)
		v.account("x.xanthopoulos")
		w.orders.mu.Lock()
		w.orders.away = true
		calls := w.orders.calls
		w.orders.mu.Unlock()
		path := v.place(v.post("/konten/neu", url.Values{"name": {"Yara Ypsilanti"}, "einrichtung": {"M-78"}, "rollen": {"uploader"}}))
		for range 3 {
			if _, err := w.tc.Step(t.Context()); err == nil {
				t.Error("a step without the portal reports no trouble")
			}
		}
		if body := v.want(http.StatusOK, v.get(path)); !strings.Contains(body, "unterwegs") {
			t.Error("the page does not say that the order is on its way")
		}
		w.pass(14 * time.Minute)
		if body := v.want(http.StatusOK, v.get("/konten")); !strings.Contains(body, "Aufträge kommen am Portal nicht an") {
			t.Error("nobody is told that orders wait")
		}
		w.restart()
		v.handler = w.tc.Handler()
		w.orders.mu.Lock()
		w.orders.away = false
		w.orders.taken = w.orders.taken[:1] // set back to a backup
		w.orders.mu.Unlock()
		w.settle()
		if got := w.orders.acts(); !slices.Equal(got, []access.Act{access.PutUnit, access.CreateAccount, access.CreateAccount}) {
			t.Errorf("orders: %v", got)
		}
		w.orders.mu.Lock()
		after := w.orders.calls
		w.orders.mu.Unlock()
		w.settle()
		w.orders.mu.Lock()
		defer w.orders.mu.Unlock()
		if w.orders.calls != after || calls == after {
			t.Error("the portal is called when there is nothing to put")
		}
		// Set back once more while no order waits: found within a minute.
		w.orders.taken = w.orders.taken[:1]
		w.orders.mu.Unlock()
		w.pass(2 * time.Minute)
		w.settle()
		if got := w.orders.acts(); len(got) != 3 {
			t.Errorf("a portal that was set back while nothing waits has %v", got)
		}
		w.orders.mu.Lock()
	})
}

// TestH19ReleaseReachesThePortal: through the page of the unit.
func TestH19ReleaseReachesThePortal(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "kkn", false)
	v := w.staff(w.tc.Handler(), "trustcentre", account.RoleHead)
	unitPath, _ := v.account("x.xanthopoulos")
	if body := v.want(http.StatusOK, v.get(unitPath+"/freigabe")); !strings.Contains(body, "Echtdaten der Einrichtung gehen ab jetzt von selbst") {
		t.Error("the consequences do not show")
	}
	v.want(http.StatusSeeOther, v.post(unitPath+"/freigabe", url.Values{"freigabe": {"freigeben"}}))
	w.settle()
	if o := w.orders.last(); o.Act != access.PutUnit || !o.Unit.Released {
		t.Errorf("%+v", o)
	}
	v.want(http.StatusSeeOther, v.post(unitPath+"/freigabe", url.Values{"freigabe": {"aussetzen"}}))
	w.settle()
	if o := w.orders.last(); o.Unit.Released {
		t.Error("the suspension did not reach the portal")
	}
	known, err := w.tc.Accounts().Unit(t.Context(), account.UnitID(idOf(unitPath)))
	w.must(err)
	if known.Released {
		t.Error("the verdict still sees a released unit")
	}
}

// TestH11DevicesGoThroughThePage covers the page of loans.
func TestH11DevicesGoThroughThePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "kkn", false)
	v := w.staff(w.tc.Handler(), "trustcentre", account.RoleAdviser)
	v.account("x.xanthopoulos")
	v.want(http.StatusUnprocessableEntity, v.post("/leihgeraete", url.Values{"inventar": {"LEIH-1"}}))
	v.want(http.StatusSeeOther, v.post("/leihgeraete", url.Values{"inventar": {"LEIH-1"}, "art": {"token"}}))
	v.want(http.StatusUnprocessableEntity, v.post("/leihgeraete", url.Values{"inventar": {"LEIH-1"}, "art": {"phone"}}))
	lend := regexp.MustCompile(`/leihgeraete/[A-Z0-9]+/ausleihen`).FindString(v.want(http.StatusOK, v.get("/leihgeraete")))
	loan := url.Values{"person": {"Ximena Xanthopoulos"}, "einrichtung": {"M-77"}, "bis_day": {"31"}, "bis_month": {"2"}, "bis_year": {"2026"}}
	v.want(http.StatusUnprocessableEntity, v.post(lend, loan))
	loan.Set("bis_day", "1")
	loan.Set("bis_year", "2020")
	v.want(http.StatusUnprocessableEntity, v.post(lend, loan))
	loan.Set("bis_year", "2026")
	v.want(http.StatusSeeOther, v.post(lend, loan))
	v.want(http.StatusConflict, v.post(lend, loan))
	if body := v.want(http.StatusOK, v.get("/leihgeraete")); !strings.Contains(body, "Ximena Xanthopoulos") || !strings.Contains(body, "A. Muster") {
		t.Error("borrower or lender do not show")
	}
	back := strings.TrimSuffix(lend, "ausleihen") + "rueckgabe"
	v.want(http.StatusSeeOther, v.post(back, nil))
	v.want(http.StatusConflict, v.post(back, nil))
}
