// SPDX-License-Identifier: EUPL-1.2

package account_test

import (
	"testing"
	"time"

	"meldewerk/account"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func TestA1ThreeWrongPairsLockForOneMinute(t *testing.T) {
	t.Parallel()
	var tries account.Tries
	for i := range 3 {
		next, turn := tries.Take(noon)
		if turn != account.TurnGo {
			t.Fatalf("try %d: %s", i+1, turn)
		}
		tries = next.Miss(noon)
	}
	if !tries.LockedUntil.Equal(noon.Add(time.Minute)) {
		t.Fatalf("locked until %v", tries.LockedUntil)
	}
	if _, turn := tries.Take(noon.Add(59 * time.Second)); turn != account.TurnLocked {
		t.Errorf("after 59 s: %s", turn)
	}
	if _, turn := tries.Take(noon.Add(61 * time.Second)); turn != account.TurnGo {
		t.Errorf("after 61 s: %s", turn)
	}
}

func TestA1RightPairForgivesTheWrongOnesBefore(t *testing.T) {
	t.Parallel()
	var tries account.Tries
	for range 10 {
		for _, right := range []bool{false, false, true} {
			next, turn := tries.Take(noon)
			if turn != account.TurnGo {
				t.Fatalf("refused: %s", turn)
			}
			if right {
				tries = next.Hit()
			} else {
				tries = next.Miss(noon)
			}
		}
	}
}

func TestA4FourthParallelTryComesAgain(t *testing.T) {
	t.Parallel()
	var tries account.Tries
	for range 3 {
		tries, _ = tries.Take(noon)
	}
	if _, turn := tries.Take(noon); turn != account.TurnBusy {
		t.Fatalf("fourth: %s", turn)
	}
	tries = tries.Hit()
	if _, turn := tries.Take(noon); turn != account.TurnGo {
		t.Fatalf("after one was right: %s", turn)
	}
}

func TestTryLostByAKillFreesItself(t *testing.T) {
	t.Parallel()
	var tries account.Tries
	for range 3 {
		tries, _ = tries.Take(noon)
	}
	if _, turn := tries.Take(noon.Add(time.Minute)); turn != account.TurnGo {
		t.Fatalf("a minute later: %s", turn)
	}
}

// Whatever comes in whatever order: between two right pairs no more than three
// are compared per minute of lock.
func TestA4NoOrderOfActsComparesMoreThanThree(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var tries account.Tries
		now, flying, wrong := noon, 0, 0 // wrong: settled since the last lock or right pair
		t.Repeat(map[string]func(*rapid.T){
			"take": func(t *rapid.T) {
				next, turn := tries.Take(now)
				if turn == account.TurnGo {
					flying++
				}
				tries = next
				if flying+wrong > account.MaxTries {
					t.Fatalf("%d compared, %d wrong before", flying, wrong)
				}
			},
			"miss": func(t *rapid.T) {
				if flying == 0 {
					t.Skip()
				}
				flying--
				wrong++
				tries = tries.Miss(now)
				if tries.LockedUntil.After(now) {
					wrong = 0
				}
			},
			"hit": func(t *rapid.T) {
				if flying == 0 {
					t.Skip()
				}
				flying--
				wrong = 0
				tries = tries.Hit()
			},
			"give back": func(t *rapid.T) {
				if flying == 0 {
					t.Skip()
				}
				flying--
				tries = tries.GiveBack()
			},
			"minute passes": func(t *rapid.T) {
				if flying > 0 {
					t.Skip("the hasher gives up long before")
				}
				now = now.Add(time.Minute)
			},
			"": func(t *rapid.T) {
				if tries.Wrong < 0 || tries.Counted < tries.Wrong || tries.Counted > account.MaxTries || tries.Wrong >= account.MaxTries {
					t.Fatalf("out of bounds: %+v", tries)
				}
				if tries.Counted != flying+tries.Wrong {
					t.Fatalf("%d counted, %d compared now, %d wrong", tries.Counted, flying, tries.Wrong)
				}
			},
		})
	})
}
