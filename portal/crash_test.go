// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/portal"
)

// childEnv carries what the child of a crash test works on.
const childEnv = "MELDEWERK_TEST_PORTAL_CHILD"

// childOrder is what the parent tells the child.
type childOrder struct {
	Config portal.Config
	Run    int
	Now    time.Time
}

// note is what the child tells of one upload after its answer.
type note struct {
	Path, Number, SHA256 string
	Reports              int
}

// crashPeople are the reports of the child's nth package.
func crashPackage(run, n int) string {
	list := make([]patient, 400)
	for i := range list {
		list[i] = somebody(run*100_000 + n*1000 + i)
	}
	return packageOf(list...)
}

// TestCrashChild is the process that is killed: it uploads until it dies.
func TestCrashChild(t *testing.T) {
	text := os.Getenv(childEnv)
	if text == "" {
		t.Skip("is started by the crash test")
	}
	var order childOrder
	if err := json.Unmarshal([]byte(text), &order); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: newClock(), log: &safeBuffer{}, config: order.Config}
	w.clock.at.Store(order.Now.UnixMicro())
	w.open()
	u := w.user(fmt.Sprint("lauf", order.Run))
	fmt.Println("ready")
	for n := 0; ; n++ {
		body := crashPackage(order.Run, n/2) // every package twice
		sent := body
		if n/2%2 == 1 {
			sent = zipped(t, body)
		}
		path := u.upload(sent)
		p := u.protocol(path)
		line, err := json.Marshal(note{Path: path, Number: p.Receipt.Number, SHA256: p.Receipt.SHA256, Reports: p.Reports})
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256([]byte(sent))
		if p.Receipt.SHA256 != hex.EncodeToString(sum[:]) {
			t.Fatal("the receipt names another package")
		}
		fmt.Println("receipt " + string(line))
	}
}

// runAndKill starts the child, kills it after the pause and gives the receipts
// it has told of. A pause of 0 lets it come to its third receipt; how long that
// took comes back, as the measure for the others.
func runAndKill(t *testing.T, order childOrder, pause time.Duration) ([]note, time.Duration) {
	t.Helper()
	text, err := json.Marshal(order)
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCrashChild$", "-test.timeout=2m")
	child.Env = append(os.Environ(), childEnv+"="+string(text), "TMPDIR="+t.TempDir())
	child.Stderr = os.Stderr
	out, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	var notes []note
	var ready time.Time
	took := time.Duration(0)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		line := lines.Text()
		if line == "ready" {
			ready = time.Now()
			if pause > 0 {
				time.AfterFunc(pause, func() { _ = child.Process.Kill() }) // SIGKILL; dead already is dead too
			}
			continue
		}
		rest, is := strings.CutPrefix(line, "receipt ")
		if !is {
			t.Log(line)
			continue
		}
		var n note
		if err := json.Unmarshal([]byte(rest), &n); err == nil { // the last line may be cut
			notes = append(notes, n)
		}
		if pause == 0 && len(notes) == 3 {
			took = time.Since(ready)
			_ = child.Process.Kill() // likewise
		}
	}
	_ = child.Wait() // it was killed
	return notes, took
}

var packageLink = regexp.MustCompile(`/pakete/[A-Z2-7]{26}`)

// TestU5U8KilledAtAnyMoment kills a portal that receives packages: what it has
// given a receipt for is there, whole and once; nothing else is; and no plain
// byte lies around.
func TestU5U8KilledAtAnyMoment(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		points := 30
		if strings.HasPrefix(dsn, "postgres") {
			points = 6
		}
		if testing.Short() {
			points = 3
		}
		w := &world{t: t, clock: newClock(), log: &safeBuffer{}}
		w.config, w.keys = prepare(t, dsn)
		told, measure := 0, time.Duration(0)
		for run := range points {
			pause := time.Duration(0)
			if measure > 0 {
				pause = 1 + rand.N(measure)
			}
			notes, took := runAndKill(t, childOrder{Config: w.config, Run: run, Now: w.clock.Now()}, pause)
			measure, told = max(measure, took), told+len(notes)
			if path, is := strings.CutPrefix(dsn, "sqlite:"); is {
				searchFiles(t, []patient{somebody(run * 100_000)}, filepath.Dir(path), w.config.Spool)
			}
			w.clock.Advance(time.Hour) // leases of the dead have ended
			w.afterKill(t, run, notes)
		}
		t.Logf("%d kills, %d receipts told", points, told)
		if told == 0 {
			t.Error("no child came as far as a receipt, so nothing was proved")
		}
	})
}

func (w *world) afterKill(t *testing.T, run int, notes []note) {
	t.Helper()
	t.Run(fmt.Sprint("kill ", run+1), func(t *testing.T) {
		after := &world{t: t, clock: w.clock, log: &safeBuffer{}, config: w.config, keys: w.keys}
		after.open()
		if _, err := after.house.Step(t.Context()); err != nil {
			t.Fatal(err)
		}
		unit := account.Unit{ID: account.UnitID(fmt.Sprint("unit-lauf", run))}
		if _, err := after.house.Accounts().Unit(t.Context(), unit.ID); err != nil {
			return // killed before it had a unit
		}
		u := after.account(unit, fmt.Sprint("pruef.", run))
		page := u.want(http.StatusOK, u.get("/pakete")).body
		if strings.Contains(page, "Wird übertragen") || strings.Contains(page, "Nicht lesbar") {
			t.Errorf("something is left half received")
		}
		seen, counts := map[string]string{}, map[string]int{}
		for _, path := range packageLink.FindAllString(page, -1) {
			p := u.protocol(path)
			if seen[p.Receipt.SHA256] != "" && seen[p.Receipt.SHA256] != path {
				t.Errorf("one package was received twice")
			}
			seen[p.Receipt.SHA256] = path
			counts[p.Receipt.Number] = p.Reports
			if len(p.Results) != p.Reports || p.Reports != 400 || p.Rejected != 0 {
				t.Errorf("package of %d reports with %d lines, %d rejected", p.Reports, len(p.Results), p.Rejected)
			}
		}
		for _, n := range notes {
			if seen[n.SHA256] != n.Path || counts[n.Number] != n.Reports {
				t.Errorf("the receipt %s was told, but is not there", n.Number)
			}
		}
		sealed := after.opened(t)
		if len(sealed) != 400*len(seen) {
			t.Errorf("%d reports are sealed for %d packages", len(sealed), len(seen))
		}
		after.acknowledgeAll(t)
	})
}

// acknowledgeAll empties the outbox, so that the next run sees its own only.
func (w *world) acknowledgeAll(t *testing.T) {
	t.Helper()
	for {
		out, err := w.door().Next(t.Context(), 100)
		if err != nil {
			t.Fatal(err)
		}
		if len(out) == 0 {
			return
		}
		if err := w.door().Acknowledge(t.Context(), idsOf(out)); err != nil {
			t.Fatal(err)
		}
		if err := w.door().BackedUp(t.Context(), idsOf(out)); err != nil {
			t.Fatal(err)
		}
	}
}
