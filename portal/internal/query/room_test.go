// SPDX-License-Identifier: EUPL-1.2

package query

import (
	"testing"
	"time"

	"meldewerk/envelope"
	"meldewerk/exchange/submission"
)

func TestRoomNeedsAKeyOfEveryTrustCentre(t *testing.T) {
	t.Parallel()
	keys, err := envelope.Generate(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for what, given := range map[string]map[string]envelope.Recipients{
		"nobody":     {},
		"no name":    {"": keys},
		"no key":     {"trustcentre": {}},
		"one of two": {"trustcentre": keys, "hessen": {}},
	} {
		if _, err := New(nil, given, time.Now); err == nil {
			t.Errorf("a room was made for %s", what)
		}
	}
	if _, err := New(nil, map[string]envelope.Recipients{"trustcentre": keys}, time.Now); err != nil {
		t.Error(err)
	}
}

func TestStateOfAQuery(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for want, list := range map[State][]Query{
		Open:     {{}},
		Answered: {{AnsweredAt: at}, {AnsweredAt: at, Taken: true}},
		Closed:   {{Outcome: submission.Settled, ClosedAt: at}, {AnsweredAt: at, Outcome: submission.Lapsed, ClosedAt: at}},
	} {
		for _, q := range list {
			if got := q.State(); got != want {
				t.Errorf("%+v is %s, want %s", q, got, want)
			}
		}
	}
}
