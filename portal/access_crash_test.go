// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/access"
	ground "meldewerk/internal/store"
)

// orderChildEnv carries what the child of the order crash test works on.
const orderChildEnv = "MELDEWERK_TEST_ORDER_CHILD"

// crashOrders are many accounts, each made, given a letter and reset.
func crashOrders(now time.Time) []access.Order {
	list := []access.Order{unitOrder("unit-1")}
	for n := range 150 {
		id := account.ID(fmt.Sprint("A", n))
		list = append(list, personOrder(access.CreateAccount, id, fmt.Sprint("person.", n), "unit-1"),
			access.Order{Act: access.IssuePassword, Account: id, Password: &access.Password{Hash: crashHash, Expires: now.Add(time.Hour)}},
			access.Order{Act: access.ResetFactor, Account: id, Recognised: account.RecognisedByLetter})
	}
	for i := range list {
		list[i].Number, list[i].At = access.OrderNumber(i+1), now
	}
	return list
}

const crashHash = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"

// TestOrderCrashChild is the process that is killed while it carries out orders.
func TestOrderCrashChild(t *testing.T) {
	text := os.Getenv(orderChildEnv)
	if text == "" {
		t.Skip("is started by the crash test")
	}
	var task childOrder
	if err := json.Unmarshal([]byte(text), &task); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: newClock(), log: &safeBuffer{}, config: task.Config}
	w.open()
	list := crashOrders(w.clock.Now())
	for at := range list {
		answers, err := w.accessDoor().PutOrders(t.Context(), list[max(0, at-3):at+1])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println("answered", answers[len(answers)-1].Number)
	}
}

// TestOrdersSurviveKillsAtAnyMoment kills portals that carry out orders: what
// was answered is done, nothing is done twice, and the sequence goes on.
func TestOrdersSurviveKillsAtAnyMoment(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		kills := 8
		if testing.Short() || strings.HasPrefix(dsn, "postgres") {
			kills = 3
		}
		w := &world{t: t, clock: newClock(), log: &safeBuffer{}}
		w.config, w.keys = prepare(t, dsn)
		text, err := json.Marshal(childOrder{Config: w.config})
		if err != nil {
			t.Fatal(err)
		}
		answered := 0
		for range kills {
			child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestOrderCrashChild$", "-test.timeout=2m")
			child.Env = append(os.Environ(), orderChildEnv+"="+string(text), "TMPDIR="+t.TempDir())
			out, err := child.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := child.Start(); err != nil {
				t.Fatal(err)
			}
			fresh, until := 0, answered+1+rand.N(60)
			for lines := bufio.NewScanner(out); lines.Scan(); {
				if n, err := fmt.Sscanf(lines.Text(), "answered %d", &fresh); n == 1 && err == nil && fresh >= until {
					time.AfterFunc(rand.N(5*time.Millisecond), func() { _ = child.Process.Kill() }) // dead already is dead too
				}
			}
			_ = child.Wait() // it was killed
			answered = max(answered, fresh)
		}
		w.open()
		list := crashOrders(w.clock.Now())
		entries := func(code audit.Code) int {
			found, err := w.house.Ground().Audit.Entries(t.Context(), ground.EntryFilter{Code: code, Limit: 1000})
			if err != nil {
				t.Fatal(err)
			}
			return len(found)
		}
		if done := entries(audit.SecondFactorReset) * 3; done < answered-4 {
			t.Errorf("%d orders were answered, %d are done", answered, done)
		}
		answers, err := w.accessDoor().PutOrders(t.Context(), list)
		if err != nil || len(answers) != len(list) {
			t.Fatalf("%d answers, %v", len(answers), err)
		}
		for _, a := range answers {
			if a.Outcome != access.Done {
				t.Errorf("order %d: %s", a.Number, a.Outcome)
			}
		}
		for code, want := range map[audit.Code]int{audit.AccountCreated: 150, audit.PasswordReset: 150, audit.SecondFactorReset: 150} {
			if got := entries(code); got != want {
				t.Errorf("%s: %d entries for %d orders", code, got, want)
			}
		}
		t.Logf("%d kills up to order %d", kills, answered)
	})
}
