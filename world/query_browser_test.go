// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"crypto/tls"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/synth"
)

// centreOnAPort opens the trust centre's door for people on a port and gives
// the plant as a browser there knows it.
func (p *plant) centreOnAPort() *plant {
	p.t.Helper()
	public := p.layout.Configs().TrustCentre.Public
	pair, err := tls.LoadX509KeyPair(public.Certificate, public.Key)
	must(p.t, err)
	server := httptest.NewUnstartedServer(p.TrustCentre.Handler())
	server.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS13}
	server.StartTLS()
	p.t.Cleanup(server.Close)
	centre := *p
	centre.served = server.Listener.Addr().String()
	centre.url = "https://trustcentre.localhost:" + centre.served[strings.LastIndexByte(centre.served, ':')+1:]
	return &centre
}

// enter signs in, in either house.
func (b *browser) enter() {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(b.p.url+"/anmelden"), chromedp.WaitVisible(`input[name="username"]`),
		chromedp.SendKeys(`input[name="username"]`, b.user), chromedp.SendKeys(`input[name="password"]`, b.login.password),
		chromedp.Submit(`input[name="password"]`), chromedp.WaitVisible(`input[name="otp"]`),
		chromedp.SendKeys(`input[name="otp"]`, oathtool(b.t, b.login.secret, b.p.clock.Now())), chromedp.Submit(`input[name="otp"]`))
	b.at("/")
}

// view opens an address of the house and looks at it at both widths.
func (b *browser) view(path, name, heading string) {
	b.t.Helper()
	b.do(chromedp.EmulateViewport(1280, 900), chromedp.Navigate(b.p.url+path), chromedp.WaitReady("h1"))
	b.sees(name, heading)
}

// sees looks at the page that is there at both widths; none may run over the edge.
func (b *browser) sees(name, heading string) {
	b.t.Helper()
	b.look(name, heading)
	var over float64
	b.do(chromedp.EmulateViewport(360, 900), chromedp.Evaluate(`document.documentElement.scrollWidth - document.documentElement.clientWidth`, &over))
	if over > 0 {
		b.t.Errorf("%s: %v pixels run over the edge at 360", name, over)
	}
	b.look(name, heading) // axe sees another page when it is narrow
	b.do(chromedp.EmulateViewport(1280, 900))
}

// TestH12N10QueryAtTheScreen asks and answers a Rückfrage in a real browser, on
// the pages of both houses.
func TestH12N10QueryAtTheScreen(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	q := &inquiry{plant: p, c: newClerk(p.everyone())}
	q.seat = p.seat(wire.TrustCentre, "pruefung", "", true, account.RoleInspector)
	o := synth.Options{Seed: 66, Patients: 20}
	reports := diagnosesOf(t, o, 3)
	subject := naming(reports[1])
	path := q.c.send(submission.Real, packed(t, synth.New(o), reports[0], subject, reports[2]))
	p.settle()
	p.clock.Advance(time.Minute) // the codes of the set-up are used

	desk := newBrowser(t, p.centreOnAPort(), q.seat.username, login{q.seat.password, q.seat.secret}, true)
	desk.enter()
	desk.do(chromedp.Navigate(desk.p.url + "/wartend"))
	desk.at("/wartend")
	desk.link("Entscheiden")
	waiting := desk.at(`/wartend/[A-Z0-9]+`)
	desk.sees("rueckfrage-stellen", "Angehaltene Meldung")
	desk.do(chromedp.SetValue(`select[name="feld"]`, stoppedField), chromedp.Click(`input[name="grund"][value="person"]`),
		chromedp.SendKeys(`textarea[name="zusatz"]`, "Ist das Frau "+subject.Person.Surname+"?"), desk.press("Rückfrage stellen"))
	desk.says("Ihr Zusatz enthält eine Angabe zur Person")
	desk.expect("status of 422")
	desk.sees("rueckfrage-abgelehnt", "Angehaltene Meldung")
	desk.do(chromedp.SetValue(`textarea[name="zusatz"]`, "Gemeint ist die Zeile unter der Histologie."), desk.press("Rückfrage stellen"))
	desk.at(waiting)
	desk.says("Rückfragen zu dieser Meldung")
	desk.sees("rueckfrage-gestellt", "Angehaltene Meldung")
	p.exchange()

	b := newBrowser(t, p, q.c.username, login{q.c.password, q.c.secret}, true)
	b.enter()
	b.view("/", "start-mit-rueckfrage", "")
	b.says("Rückfrage beantworten")
	b.view("/rueckfragen", "rueckfragen", "Rückfragen")
	b.view(path, "protokoll-mit-rueckfrage", "")
	b.do(chromedp.Navigate(p.url + "/rueckfragen"))
	b.at("/rueckfragen")
	b.link(stoppedField)
	thread := b.at(`/rueckfragen/[A-Z0-9]+`)
	b.sees("rueckfrage", "Rückfrage")
	b.do(b.press("Erläuterung senden"))
	b.says("Die Erläuterung fehlt")
	b.expect("status of 422")
	b.sees("rueckfrage-leer", "Rückfrage")
	b.do(chromedp.SendKeys(`textarea[name="erlaeuterung"]`, "Das Wort ist der Name einer Skala. Es gehört nicht zur Person."), b.press("Erläuterung senden"))
	b.at(thread)
	b.says("Ihre Erläuterung ist gesendet")
	b.sees("rueckfrage-beantwortet", "Rückfrage")
	p.exchange()

	desk.view("/rueckfragen", "queue", "Rückfragen")
	desk.link(stoppedField)
	desk.at(`/rueckfragen/[A-Z0-9]+`)
	desk.says("Das Wort ist der Name einer Skala.")
	desk.sees("antwort", "Rückfrage")
	desk.do(desk.press("Rückfrage abschließen"))
	desk.says("Die Vertrauensstelle hat die Rückfrage abgeschlossen")
	desk.sees("abgeschlossen", "Rückfrage")
	p.exchange()
	b.view(thread, "rueckfrage-erledigt", "Rückfrage")
	b.says("Die Vertrauensstelle hat die Rückfrage abgeschlossen")
}
