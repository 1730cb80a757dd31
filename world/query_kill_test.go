// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/internal/house"
	ground "meldewerk/internal/store"
	"meldewerk/report"
	"meldewerk/synth"
	"meldewerk/world"
)

// inspector enters a person of the trust centre before the houses run.
func (f *fleet) inspector() seated {
	f.t.Helper()
	w, err := world.Open(f.t.Context(), f.layout, world.Options{InProcess: true, Hasher: cheap()})
	must(f.t, err)
	p := &plant{World: w, t: f.t, layout: f.layout, hasher: cheap()}
	seat := p.seat(wire.TrustCentre, "pruefung", "", true, account.RoleInspector)
	must(f.t, w.Close())
	return seat
}

// reads is a page as somebody gets it who loads it again when the network
// fails; "" when it cannot be had just now.
func reads(ctx context.Context, c *world.Client, path string) string {
	body, status, err := c.Get(ctx, path)
	if err != nil || status != http.StatusOK {
		return ""
	}
	return string(body)
}

// correspondents are an inspector who asks about every waiting report and a
// reporter who answers, each again and again until the house shows that it is
// done.
type correspondents struct {
	desk  *world.Client
	u     *reporter
	pages []string // of the waiting reports
}

// asks puts one question on each report.
func (c *correspondents) asks(ctx context.Context) error {
	form := url.Values{"feld": {stoppedField}, "grund": {"person"}, "zusatz": {""}}
	for _, page := range c.pages {
		for ; ; pause(ctx) {
			shown := reads(ctx, c.desk, page)
			if strings.Contains(shown, "Rückfragen zu dieser Meldung") {
				break
			}
			if ctx.Err() != nil {
				return fmt.Errorf("ask: %w", ctx.Err())
			}
			if shown != "" {
				_, _ = c.desk.Post(ctx, page+"/rueckfrage", form) // the page tells
			}
		}
	}
	return nil
}

// answers explains each query once it is there.
func (c *correspondents) answers(ctx context.Context) error {
	done := map[string]bool{}
	for ; len(done) < len(c.pages); pause(ctx) {
		if ctx.Err() != nil {
			return fmt.Errorf("%d of %d are answered: %w", len(done), len(c.pages), ctx.Err())
		}
		for _, thread := range links(reads(ctx, c.u.Client, "/rueckfragen"), queryAt) {
			if done[thread] {
				continue
			}
			switch shown := reads(ctx, c.u.Client, thread); {
			case strings.Contains(shown, "Beantwortet am "):
				done[thread] = true
			case shown != "":
				_, _ = c.u.Post(ctx, thread+"/antwort", url.Values{"erlaeuterung": {answerTo(thread)}}) // the page tells
			}
		}
	}
	return nil
}

func answerTo(thread string) string {
	return "Antwort auf " + thread[strings.LastIndexByte(thread, '/')+1:]
}

func pause(ctx context.Context) { // another process gives no sign
	select {
	case <-ctx.Done():
	case <-time.After(40 * time.Millisecond):
	}
}

// TestR1KillWhileQueriesAreAskedAndAnswered kills the portal and the trust
// centre with SIGKILL while an inspector asks and a reporter answers: in the
// end each report has exactly one question and one answer, and all are done.
func TestR1KillWhileQueriesAreAskedAndAnswered(t *testing.T) {
	t.Parallel()
	f := newFleet(t, "ekn", nil)
	seat := f.inspector()
	f.startAll()
	o := synth.Options{Seed: 65, Patients: 120}
	var stopped []*report.Report
	for _, r := range diagnosesOf(t, o, 24) {
		stopped = append(stopped, naming(r))
	}
	c := &correspondents{desk: f.client(wire.TrustCentre), u: f.reporter()}
	must(t, c.desk.SignIn(t.Context(), seat.username, seat.password, seat.secret, time.Now()))
	path := c.u.send(submission.Real, packed(t, synth.New(o), stopped...))
	f.poll(5*time.Minute, "all reports wait", func() bool {
		c.pages = links(reads(t.Context(), c.desk, "/wartend"), waitingAt)
		return len(c.pages) == len(stopped)
	})

	ctx, stop := context.WithTimeout(t.Context(), 10*time.Minute)
	defer stop()
	kills, errs := f.killWhile([]wire.House{wire.Portal, wire.TrustCentre},
		func() error { return c.asks(ctx) }, func() error { return c.answers(ctx) })
	for _, err := range errs {
		must(t, err)
	}
	t.Logf("%d kills while %d reports were asked about", kills, len(stopped))
	if kills < 4 {
		t.Error("hardly anything was killed")
	}
	f.poll(5*time.Minute, "every answer is at the trust centre", func() bool {
		return len(links(reads(t.Context(), c.desk, "/rueckfragen?stand=beantwortet"), queryAt)) == len(stopped)
	})
	for _, thread := range links(reads(t.Context(), c.desk, "/rueckfragen?stand=beantwortet"), queryAt) {
		if shown := reads(t.Context(), c.desk, thread); strings.Count(shown, answerTo(thread)) != 1 {
			t.Error("a thread shows another answer than its own")
		}
	}
	for _, page := range c.pages {
		_, err := c.desk.Post(t.Context(), page, url.Values{"entscheidung": {"ohne"}})
		must(t, err)
	}
	f.poll(5*time.Minute, "every report is finished", func() bool { return settled(c.u.protocol(path)) })
	c.u.wantState(path, submission.Completed)
	f.wantOneEach(t, int64(len(stopped)))
}

// killWhile kills one of the houses after the other until all work is done,
// and tells how often.
func (f *fleet) killWhile(houses []wire.House, work ...func() error) (int, []error) {
	f.t.Helper()
	errs := make([]error, len(work))
	var people sync.WaitGroup
	for i, do := range work {
		people.Go(func() { errs[i] = do() })
	}
	done := make(chan struct{})
	go func() { people.Wait(); close(done) }()
	for kills := 0; ; kills++ {
		select {
		case <-done:
			return kills, errs
		case <-time.After(untilKill(kills)):
			h := houses[rand.IntN(len(houses))]
			must(f.t, f.end(h, os.Kill))
			must(f.t, f.start(h))
			f.await(h)
		}
	}
}

// wantOneEach compares the stores of the houses.
func (f *fleet) wantOneEach(t *testing.T, reports int64) {
	t.Helper()
	f.stop()
	w, err := world.Open(t.Context(), f.layout, world.Options{InProcess: true, Hasher: cheap()})
	must(t, err)
	defer func() { must(t, w.Close()) }()
	must(t, w.Settle(t.Context()))
	portal, centre := w.Portal.Ground(), w.TrustCentre.Ground()
	for _, want := range []struct {
		what  string
		house *house.Ground
		query string
		n     int64
	}{
		{"queries at the trust centre", centre, `SELECT COUNT(*) FROM query`, reports},
		{"answered ones there", centre, `SELECT COUNT(*) FROM query WHERE answer IS NOT NULL AND NOT unread AND outcome = 'settled'`, reports},
		{"queries of which the portal does not know the end", centre, `SELECT COUNT(*) FROM query WHERE told_at IS NULL`, 0},
		{"queries in the portal", portal, `SELECT COUNT(*) FROM query`, reports},
		{"answered, fetched and closed ones there", portal, `SELECT COUNT(*) FROM query WHERE taken_at IS NOT NULL AND outcome = 'settled'`, reports},
		{"sealed answers left in the portal", portal, `SELECT COUNT(*) FROM query_answer`, 0},
		{"reports in the registry", w.Registry.Ground(), `SELECT COUNT(*) FROM record`, reports},
	} {
		if got := count(t, want.house, want.query); got != want.n {
			t.Errorf("%d %s, want %d", got, want.what, want.n)
		}
	}
	wantAudit(t, centre, map[audit.Code]int{audit.QueryAsked: int(reports)})
	wantAudit(t, portal, map[audit.Code]int{audit.QueryAnswered: int(reports)})
	taken := int64(0)
	entries, err := centre.Audit.Entries(t.Context(), ground.EntryFilter{Code: audit.AnswersTaken, Limit: 100})
	must(t, err)
	for _, e := range entries {
		taken += e.Entry.Act.Counts["answers"]
	}
	if taken != reports {
		t.Errorf("%d answers were taken, want %d", taken, reports)
	}
}
