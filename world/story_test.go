// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/wire"
	"meldewerk/internal/signin"
	"meldewerk/testkit/leak"
)

// practice is how a practice answers the questions of the application.
var practice = map[string][]string{
	"kind": {"practice"}, "facility": {"Praxis Xylander"}, "street": {"Marktstraße 4"}, "postal_code": {"01001"}, "place": {"Musterstadt"},
	"bsnr": {"381234500"}, "ik": {""}, "system": {"none"}, "software": {""}, "channel": {"both"}, "occasions": {"diagnosis", "course"},
	"physician": {"Dr. Xaveria Xylander"}, "remark": {""},
	"name": {"Ximena Xanthopoulos"}, "function": {"Dokumentation"}, "phone": {"0000 4711-12"}, "email": {""}, "roles": {"reporter", "uploader"},
}

// apply goes through the questions of an application for access, page by page,
// and gives the path of its status page. look sees every page before it is
// answered.
func (v *visitor) apply(answers map[string][]string, look func(path string, f form)) string {
	v.p.t.Helper()
	path := v.post("/zugang", nil).to()
	for range 30 {
		a := v.get(path)
		if a.status != http.StatusOK {
			v.p.t.Fatalf("application: %s gives %d to %q", path, a.status, a.to())
		}
		forms := readForms(v.p.t, a.body)
		for _, f := range forms {
			if look != nil {
				look(path, f)
			}
		}
		f, found := form{}, false
		for _, one := range forms {
			if one.action == path {
				f, found = one, true
			}
		}
		if !found { // the list of the people, with a link to what comes next
			path = "/zugang/antrag/bemerkung"
			continue
		}
		values := url.Values{}
		for _, one := range f.fields {
			values[one.name] = answers[one.name]
		}
		next := f.send(v, values)
		if next.status != http.StatusSeeOther {
			v.p.t.Fatalf("application: %s answered by %d: %s", path, next.status, problemsOf(next.body))
		}
		path = next.to()
		if !strings.HasPrefix(path, "/zugang/antrag/") {
			return path
		}
	}
	v.p.t.Fatal("the application has no end")
	return ""
}

var summary = regexp.MustCompile(`(?s)mw-problems__list">(.*?)</ul>`)

func problemsOf(page string) string { return summary.FindString(page) }

// exchange lets the houses tell each other their news.
func (p *plant) exchange() {
	p.t.Helper()
	p.clock.Advance(10 * time.Second)
	p.settle()
}

// story is one access from the application to its end.
type story struct {
	*plant
	seat    seated // adviser of the trust centre
	adviser *visitor
	person  *visitor
	login   seated
	path    string // of the account at the trust centre
}

// atDesk signs the adviser in anew, with a fresh code.
func (s *story) atDesk() *visitor {
	s.t.Helper()
	s.clock.Advance(31 * time.Second)
	s.adviser = s.visitor(wire.TrustCentre).signIn(s.seat)
	return s.adviser
}

// want asks for a status and for words on the page.
func (s *story) want(what string, a answer, status int, words ...string) answer {
	s.t.Helper()
	if a.status != status {
		s.t.Fatalf("%s: %d to %q, want %d: %s", what, a.status, a.to(), status, problemsOf(a.body))
	}
	for _, word := range words {
		if !strings.Contains(a.body, word) {
			s.t.Errorf("%s: %q is not said", what, word)
		}
	}
	return a
}

var (
	letterPassword = regexp.MustCompile(`[A-Za-z2-9]{4}(?:-[A-Za-z2-9]{4}){3}`)
	letterNumber   = regexp.MustCompile(`name="schreiben" value="([A-Z0-9]+)"`)
	accountPath    = regexp.MustCompile(`href="(/konten/[A-Z0-9]{16,})"`)
	applicationAt  = regexp.MustCompile(`href="(/antraege/[A-Za-z0-9_-]{16,})"`)
	lockField      = regexp.MustCompile(`name="sperre" value="(\d+)"`)
	shownSecret    = regexp.MustCompile(`id="schluessel">([A-Z2-7 ]+)<`)
)

// read gives the text of a letter.
func read(t testing.TB, sheet string) string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: the letter cannot be read")
	}
	c := exec.CommandContext(t.Context(), tool, "-layout", "-enc", "UTF-8", "-", "-")
	c.Stdin = bytes.NewBufferString(sheet)
	out, err := c.Output()
	must(t, err)
	return string(out)
}

// TestH1H2H3H4H5H7H9H10WholeStoryOfAnAccess goes from the application for access
// to the end of the account, over the pages of both houses: application,
// grant, letter, orders to the portal, first sign-in with the letter (typed
// with blanks around it) and a code of oathtool, the minute's lock, the lock by ten wrong codes and its
// release, reset, new factor, closing.
func TestH1H2H3H4H5H7H9H10WholeStoryOfAnAccess(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		s := &story{plant: p, person: p.visitor(wire.Portal), seat: p.seat(wire.TrustCentre, "beratung", "", true, account.RoleAdviser)}
		s.granted()
		letter := s.lettered()
		s.firstSignIn(letter)
		s.minuteLock()
		s.codeLock()
		s.factorReset()
		s.closed()

		var search leak.Search
		search.Add("password of the letter", letter)
		search.Add("own password", s.login.password)
		search.Add("second factor", s.login.secret.Text())
		config := p.layout.Configs()
		for h, keys := range map[wire.House]string{wire.Portal: config.Portal.Keys, wire.TrustCentre: config.TrustCentre.Keys} {
			inTables(t, p.ground(h), vault(t, p.ground(h), keys), &search, nothing).report(t, string(h))
		}
		hits := found{}
		hits.add("log", search.Find(p.log.Bytes()))
		hits.report(t, "A10")
	})
}

// granted applies for access, and the trust centre grants it.
func (s *story) granted() {
	s.t.Helper()
	status := s.visitor(wire.Portal)
	page := status.apply(practice, nil)
	s.want("status page", status.get(page), http.StatusOK, "Eingegangen")
	s.exchange()
	desk := s.atDesk()
	at := applicationAt.FindStringSubmatch(s.want("applications", desk.get("/antraege"), http.StatusOK, "Praxis Xylander").body)
	if at == nil {
		s.t.Fatal("the application is not in the list")
	}
	s.want("application", desk.get(at[1]), http.StatusOK, "381234500", "Ximena Xanthopoulos")
	s.want("checking", desk.post(at[1], nil), http.StatusSeeOther)
	s.exchange()
	s.want("status page, checking", status.get(page), http.StatusOK, "Prüfung")
	s.want("grant", desk.post(at[1]+"/bewilligen", url.Values{"melder_id": {"M-77"}, "telefon": {"0000 4711-0"}, "person": {"1"}}), http.StatusSeeOther)
	s.exchange()
	s.want("status page, granted", status.get(page), http.StatusOK, "bewilligt")
	found := accountPath.FindStringSubmatch(s.want("accounts", desk.get("/konten"), http.StatusOK, "Xanthopoulos").body)
	if found == nil {
		s.t.Fatal("the account is not in the list")
	}
	s.path = found[1]
	s.want("account", desk.get(s.path), http.StatusOK, "am Portal angekommen")
}

// lettered prints the letter and gives the password that stands in it; printing
// it again kills the first.
func (s *story) lettered() string {
	s.t.Helper()
	desk := s.atDesk()
	first := letterPassword.FindString(read(s.t, s.want("letter", desk.post(s.path+"/schreiben", nil), http.StatusOK).body))
	s.exchange()
	text := read(s.t, s.want("letter again", desk.post(s.path+"/schreiben", nil), http.StatusOK).body)
	password := letterPassword.FindString(text)
	name := regexp.MustCompile(`Benutzername\s+(\S+)`).FindStringSubmatch(text)
	if password == "" || password == first || name == nil {
		s.t.Fatal("the letter holds no password, no user name, or the password of the first")
	}
	s.exchange()
	number := letterNumber.FindStringSubmatch(s.want("account, printed", desk.get(s.path), http.StatusOK).body)
	if number == nil {
		s.t.Fatal("the letter cannot be marked as sent")
	}
	s.want("sent", desk.post(s.path+"/versand", url.Values{"schreiben": {number[1]}}), http.StatusSeeOther)
	s.login = seated{username: name[1], password: first}
	s.want("the first letter", s.visitor(wire.Portal).enter(s.login), http.StatusUnprocessableEntity)
	s.login.password = password
	return password
}

// enrols sets up the second factor that the page shows, with oathtool.
func (s *story) enrols() {
	s.t.Helper()
	v := s.person
	typed := s.login
	if letterPassword.MatchString(typed.password) {
		typed.password = " " + typed.password + " " // as it comes from a text program, with a blank too many
	}
	if a := v.enter(typed); a.to() != signin.PathEnrol {
		s.t.Fatalf("the password leads to %q: %d", a.to(), a.status)
	}
	shown := shownSecret.FindStringSubmatch(s.want("QR code", v.get(signin.PathEnrol), http.StatusOK,
		"Fotografieren und drucken Sie den QR-Code nicht", "Das Register erfährt nicht, welche und wie viele Geräte").body)
	if shown == nil {
		s.t.Fatal("no secret is shown")
	}
	var err error
	s.login.secret, err = account.ParseSecret(shown[1])
	must(s.t, err)
	if again := v.get(signin.PathEnrol); shownSecret.MatchString(again.body) {
		s.t.Error("the secret is shown a second time")
	}
	code := oathtool(s.t, s.login.secret, s.clock.Now())
	if a := s.want("first code", v.post(signin.PathEnrol, url.Values{"otp": {code}}), http.StatusSeeOther); !strings.HasPrefix(a.to(), signin.PathSignIn) {
		s.t.Errorf("after the first code the way leads to %q", a.to())
	}
	s.clock.Advance(31 * time.Second)
}

// firstSignIn is the day the letter arrives.
func (s *story) firstSignIn(letter string) {
	s.t.Helper()
	s.clock.Advance(3 * 24 * time.Hour)
	s.enrols()
	s.want("password again", s.person.enter(s.login), http.StatusSeeOther)
	if a := s.want("code", s.person.prove(s.login), http.StatusSeeOther); !strings.HasPrefix(a.to(), signin.PathPassword) {
		s.t.Errorf("the letter's password is not replaced: to %q", a.to())
	}
	own := "Lampe Wolke Zaun Apfelkern"
	s.want("letter's password kept", s.person.post(signin.PathPassword, url.Values{"new_password": {letter}, "new_password_repeat": {letter}}), http.StatusUnprocessableEntity)
	s.want("own password", s.person.post(signin.PathPassword, url.Values{"new_password": {own}, "new_password_repeat": {own}}), http.StatusSeeOther)
	s.login.password = own
	if !s.person.in() {
		s.t.Fatal("not signed in after the first sign-in")
	}
	s.exchange()
	s.want("account in use", s.atDesk().get(s.path), http.StatusOK, "In Gebrauch")
}

// minuteLock enters three wrong passwords.
func (s *story) minuteLock() {
	s.t.Helper()
	stranger := s.visitor(wire.Portal)
	wrong := s.login
	wrong.password = "Ganz andere vier Wörter"
	for range 3 {
		s.want("wrong password", stranger.enter(wrong), http.StatusUnprocessableEntity)
	}
	s.want("right password in the minute", stranger.enter(s.login), http.StatusUnprocessableEntity, "Nächster Versuch um")
	if !s.person.in() {
		s.t.Error("strangers throw somebody out by wrong passwords")
	}
	s.clock.Advance(61 * time.Second)
	s.want("right password after the minute", stranger.enter(s.login), http.StatusSeeOther)
}

// codeLock enters ten wrong codes; the trust centre sees the lock and releases
// that very one.
func (s *story) codeLock() {
	s.t.Helper()
	thief := s.visitor(wire.Portal)
	s.want("password", thief.enter(s.login), http.StatusSeeOther)
	wrong := url.Values{"otp": {wrongCode(s.t, s.login.secret, s.clock.Now())}}
	for i := range 10 {
		want := http.StatusUnprocessableEntity
		if i == 9 {
			want = http.StatusLocked
		}
		s.want("wrong code", thief.post(signin.PathCode, wrong), want)
	}
	if s.person.in() {
		s.t.Error("the session outlives the lock")
	}
	s.exchange()
	desk := s.atDesk()
	s.want("account locked", desk.get(s.path), http.StatusOK, "Sperre")
	number := lockField.FindStringSubmatch(s.want("release", desk.get(s.path+"/sperre"), http.StatusOK).body)
	if number == nil {
		s.t.Fatal("the page names no lock")
	}
	recognised := url.Values{"erkannt": {string(account.RecognisedByCallBack)}, "sperre": {number[1]}}
	other := url.Values{"erkannt": {string(account.RecognisedByCallBack)}, "sperre": {number[1] + "7"}}
	s.want("release of another lock", desk.post(s.path+"/sperre", other), http.StatusConflict)
	s.want("not recognised", desk.post(s.path+"/sperre", url.Values{"sperre": {number[1]}}), http.StatusUnprocessableEntity)
	s.want("released", desk.post(s.path+"/sperre", recognised), http.StatusSeeOther)
	s.exchange()
	s.clock.Advance(31 * time.Second)
	s.person = s.visitor(wire.Portal).signIn(s.login)
}

// factorReset is the day the phone is lost.
func (s *story) factorReset() {
	s.t.Helper()
	old := s.login
	s.exchange()
	s.want("reset", s.atDesk().post(s.path+"/zweiter-faktor", url.Values{"erkannt": {string(account.RecognisedByLetter)}}), http.StatusSeeOther)
	s.exchange()
	if s.person.in() {
		s.t.Error("the session outlives the reset")
	}
	s.person = s.visitor(wire.Portal)
	s.enrols()
	finder := s.visitor(wire.Portal)
	s.want("password", finder.enter(old), http.StatusSeeOther)
	s.want("old code", finder.prove(old), http.StatusUnprocessableEntity)
	if finder.in() {
		s.t.Error("the old factor lets in")
	}
	s.person = s.visitor(wire.Portal).signIn(s.login)
	notice := s.adviser.post(s.path+"/mitteilung", nil)
	if !strings.Contains(read(s.t, s.want("notice by letter", notice, http.StatusOK).body), "zurückgesetzt") {
		s.t.Error("the letter does not say what happened")
	}
}

// closed is the end.
func (s *story) closed() {
	s.t.Helper()
	s.exchange()
	s.want("close", s.atDesk().post(s.path+"/schliessen", nil), http.StatusSeeOther)
	s.exchange()
	if s.person.in() {
		s.t.Error("the session outlives the closing")
	}
	s.clock.Advance(31 * time.Second)
	s.want("closed account", s.visitor(wire.Portal).enter(s.login), http.StatusUnprocessableEntity)
	s.want("account closed", s.adviser.get(s.path), http.StatusOK, "eschlossen")
}
