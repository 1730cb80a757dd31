// SPDX-License-Identifier: EUPL-1.2

package followup_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/policy"
	"meldewerk/portal/internal/followup"
	"meldewerk/report"
	"meldewerk/terminology"
	"meldewerk/tumour"
)

// shaky is a store whose reading breaks off, and that counts.
type shaky struct {
	stock
	breaks int // after as many patients; 0: never
	read   int
	opened int
}

var errBroken = errors.New("broken off")

func (s *shaky) Finished(ctx context.Context, unit string, since time.Time, after followup.Handle, each func(followup.Handle, []followup.Record) error) error {
	n := 0
	return s.stock.Finished(ctx, unit, since, after, func(handle followup.Handle, records []followup.Record) error {
		if n++; n == s.breaks {
			s.breaks = 0
			return errBroken
		}
		s.read++
		return each(handle, records)
	})
}

func (s *shaky) History(ctx context.Context, unit string, handle followup.Handle) (followup.Found, error) {
	s.opened++
	return s.stock.History(ctx, unit, handle)
}

func (s *shaky) PutHistory(context.Context, string, []submission.HistoryItem) error { return nil }

// awaiting makes patients whose operation awaits its histology, the lower
// number the longer; the first ones have it on its way.
func awaiting(t *testing.T, patients, onTheirWay int) (*shaky, *followup.Room, time.Time) {
	t.Helper()
	profile, err := policy.Of("kkn")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)
	s := &shaky{stock: stock{found: map[followup.Handle]followup.Found{}}}
	for i := range patients {
		r := record(1, 1, "Altstadt", surgery("P", nil))
		r.View.PatientNumber = fmt.Sprintf("P-%d", i)
		on := now.AddDate(0, 0, -300+i%200)
		r.Entry.Event.Surgery.Date = day(int16(on.Year()), uint8(on.Month()), uint8(on.Day()))
		found := followup.Found{Records: []followup.Record{r}}
		if i < onTheirWay {
			found.Records[0].Entry.Event.Surgery.Date = day(2025, 9, 1)
			found.Submitted = []followup.Submitted{{Report: report.ID("ME"), Occasion: tumour.OccasionSurgery, Kind: submission.Real}}
		}
		s.found[followup.Handle(fmt.Sprintf("%032x", i))] = found
	}
	return s, followup.New(s, profile, terminology.BuiltIn()), now
}

// TestMissingGoesOnWhereAReadingBrokeOff reads no patient twice.
func TestMissingGoesOnWhereAReadingBrokeOff(t *testing.T) {
	t.Parallel()
	s, room, now := awaiting(t, 100, 0)
	s.breaks = 60
	if _, err := room.Missing(t.Context(), "unit-1", now, 6); !errors.Is(err, errBroken) {
		t.Fatal(err)
	}
	list, err := room.Missing(t.Context(), "unit-1", now.Add(time.Hour), 6)
	if err != nil || len(list) != 6 || list[0].Patient != "P-0" || s.read != 100 {
		t.Fatalf("%d patients read, list %+v, %v", s.read, list, err)
	}
}

// TestMissingGetsBehindWhatIsOnItsWay: however many reports are on their way,
// they do not hide the one that is missing, and are looked at again later.
func TestMissingGetsBehindWhatIsOnItsWay(t *testing.T) {
	t.Parallel()
	s, room, now := awaiting(t, 301, 300)
	s.found["other"] = followup.Found{} // nothing finished: of no account
	for page, want := range []int{0, 1, 1} {
		list, err := room.Missing(t.Context(), "unit-1", now.Add(time.Duration(page)*time.Minute), 6)
		if err != nil || len(list) != want || want == 1 && list[0].Patient != "P-300" {
			t.Fatalf("page %d: %+v, %v", page, list, err)
		}
	}
	if s.opened != 302 {
		t.Errorf("%d histories opened", s.opened)
	}
	refused := s.found[followup.Handle(fmt.Sprintf("%032x", 7))]
	refused.Submitted[0].State = submission.Refused
	list, err := room.Missing(t.Context(), "unit-1", now.Add(2*time.Hour), 6)
	if err != nil || len(list) != 1 || list[0].Patient != "P-7" {
		t.Errorf("after the refusal: %+v, %v", list, err)
	}
}

// TestMissingSeesWhatWasPut: an entry taken by this process is seen at once, one
// of another process after some minutes.
func TestMissingSeesWhatWasPut(t *testing.T) {
	t.Parallel()
	s, room, now := awaiting(t, 1, 0)
	ask := func(after time.Duration, want int) {
		t.Helper()
		list, err := room.Missing(t.Context(), "unit-1", now.Add(after), 6)
		if err != nil || len(list) != want {
			t.Errorf("%v: %+v, %v", after, list, err)
		}
	}
	more := func(id followup.Handle) {
		found := s.found[followup.Handle(fmt.Sprintf("%032x", 0))]
		s.found[id] = found
	}
	ask(0, 1)
	more("a")
	ask(time.Minute, 1)
	ask(6*time.Minute, 2)
	more("b")
	if err := room.PutHistory(t.Context(), "trustcentre", []submission.HistoryItem{{Unit: "unit-1"}}); err != nil {
		t.Fatal(err)
	}
	ask(7*time.Minute, 3)
}

// TestMissingGoesAsFarAsItIsAsked: a later page of the list is not shorter
// because many histories must be opened for it.
func TestMissingGoesAsFarAsItIsAsked(t *testing.T) {
	t.Parallel()
	_, room, now := awaiting(t, 301, 0)
	if list, err := room.Missing(t.Context(), "unit-1", now, 251); err != nil || len(list) != 251 {
		t.Errorf("%d of 301, %v", len(list), err)
	}
}
