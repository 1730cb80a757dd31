// SPDX-License-Identifier: EUPL-1.2

package dispatch

import (
	"testing"

	"meldewerk/exchange/submission"
)

func TestNumberFindsWrongDigitsAndSwaps(t *testing.T) {
	t.Parallel()
	good := Number(2026, 123)
	if got, want := good[:len(good)-1], "Q-2026-000123-"; got != want {
		t.Fatalf("number begins %s, want %s", got, want)
	}
	for _, wrong := range []submission.Receipt{122, 124, 133, 223, 132, 213} {
		if n := Number(2026, wrong); n[len(n)-1] == good[len(good)-1] {
			t.Errorf("sequence %d has the same letter as 123", wrong)
		}
	}
	if Number(2025, 123) == good {
		t.Error("two years share a number")
	}
}
