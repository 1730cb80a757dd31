// SPDX-License-Identifier: EUPL-1.2

package submission_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// TestC8DoorRefusesHostileEnvelopes: one bad envelope, and nothing of the
// whole answer reaches the trust centre. Of one that is only damaged the
// content stays away, and the others come.
func TestC8DoorRefusesHostileEnvelopes(t *testing.T) {
	t.Parallel()
	change := func(change func(*submission.Envelope)) []submission.Envelope {
		e := envelope(2, 1)
		change(&e)
		return []submission.Envelope{envelope(1, 1), e}
	}
	hostile := map[string][]submission.Envelope{
		"same one twice":       {envelope(1, 1), envelope(1, 1)},
		"older behind newer":   {envelope(2, 1), envelope(1, 1)},
		"parts reordered":      {envelope(1, 2), envelope(1, 1)},
		"same id, other part":  change(func(e *submission.Envelope) { e.ID = envelope(1, 1).ID }),
		"same part, other id":  change(func(e *submission.Envelope) { e.Receipt, e.ID = 1, "other" }),
		"no id":                change(func(e *submission.Envelope) { e.ID = "" }),
		"odd id":               change(func(e *submission.Envelope) { e.ID = "../x" }),
		"long id":              change(func(e *submission.Envelope) { e.ID = submission.EnvelopeID(strings.Repeat("a", 65)) }),
		"no receipt":           change(func(e *submission.Envelope) { e.Receipt = 0 }),
		"no time":              change(func(e *submission.Envelope) { e.ReceivedAt = time.Time{} }),
		"part 0":               change(func(e *submission.Envelope) { e.Part = 0 }),
		"part beyond parts":    change(func(e *submission.Envelope) { e.Part = 4 }),
		"unknown kind":         change(func(e *submission.Envelope) { e.Kind = "maybe" }),
		"no kind":              change(func(e *submission.Envelope) { e.Kind = "" }),
		"unknown channel":      change(func(e *submission.Envelope) { e.Channel = "fax" }),
		"no unit":              change(func(e *submission.Envelope) { e.Unit = "" }),
		"long reporter":        change(func(e *submission.Envelope) { e.Reporters = []string{strings.Repeat("ä", 51)} }),
		"empty reporter":       change(func(e *submission.Envelope) { e.Reporters = []string{""} }),
		"no reports":           change(func(e *submission.Envelope) { e.Reports = 0 }),
		"too many reports":     change(func(e *submission.Envelope) { e.Reports = submission.MaxReports + 1 }),
		"withdrawn twice":      change(func(e *submission.Envelope) { e.Withdrawn = []int{3, 3} }),
		"withdrawn position 0": change(func(e *submission.Envelope) { e.Withdrawn = []int{0} }),
		"damaged with content": change(func(e *submission.Envelope) { e.Damaged = true }),
		"nothing sealed":       change(func(e *submission.Envelope) { e.Sealed = nil }),
		"more withdrawn than there are": change(func(e *submission.Envelope) {
			e.Reports, e.Withdrawn = 1, []int{1, 2}
		}),
		"oversize": change(func(e *submission.Envelope) {
			e.Sealed = make([]byte, submission.MaxSealed+1)
			sum := sha256.Sum256(e.Sealed)
			e.SHA256 = sum[:]
		}),
	}
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		portal := newShelf()
		door := open(portal)
		for name, envelopes := range hostile {
			portal.envelopes = envelopes
			got, err := door.Next(t.Context(), 10)
			if !errors.Is(err, submission.ErrMalformed) || got != nil {
				t.Errorf("%s: %d envelopes, %v", name, len(got), err)
			}
		}
		for name, spoil := range map[string]func(*submission.Envelope){
			"content changed": func(e *submission.Envelope) { e.Sealed = slices.Concat(e.Sealed, []byte{0}) },
			"digest changed":  func(e *submission.Envelope) { e.SHA256 = make([]byte, 32) },
			"digest cut":      func(e *submission.Envelope) { e.SHA256 = e.SHA256[:31] },
			"no digest":       func(e *submission.Envelope) { e.SHA256 = nil },
		} {
			portal.envelopes = change(spoil)
			got, err := door.Next(t.Context(), 10)
			if err != nil || len(got) != 2 || !got[1].Damaged || got[1].Sealed != nil || got[0].Damaged || len(got[0].Sealed) == 0 {
				t.Errorf("%s: %d envelopes, %v", name, len(got), err)
			}
		}
	})
}

// greedy gives more than was asked for.
type greedy struct{ *shelf }

func (g greedy) Next(context.Context, int) ([]submission.Envelope, error) { return g.envelopes, nil }

func TestC8DoorRefusesMoreThanAskedFor(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		door := open(greedy{newShelf(envelope(1, 1), envelope(1, 2))})
		got, err := door.Next(t.Context(), 1)
		if !errors.Is(err, submission.ErrMalformed) || got != nil {
			t.Errorf("%d envelopes, %v", len(got), err)
		}
	})
}

// TestC8DoorRefusesHostileCalls: the portal takes the trust centre for hostile too.
func TestC8DoorRefusesHostileCalls(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		portal := newShelf(envelope(1, 1))
		door := open(portal)
		ctx := t.Context()
		_, none := door.Next(ctx, 0)
		_, many := door.Next(ctx, submission.MaxItems+1)
		refused := map[string]error{
			"no envelopes": none, "too many envelopes": many,
			"odd id":            door.Acknowledge(ctx, []submission.EnvelopeID{"a b"}),
			"odd id given up":   door.GiveUp(ctx, []submission.EnvelopeID{"a b"}),
			"too many ids":      door.BackedUp(ctx, slices.Repeat([]submission.EnvelopeID{"a"}, submission.MaxItems+1)),
			"too many states":   door.PutProgress(ctx, slices.Repeat([]submission.Progress{progress(1)}, submission.MaxItems+1)),
			"too many items":    door.PutHistory(ctx, slices.Repeat([]submission.HistoryItem{item(1)}, submission.MaxItems+1)),
			"unknown state":     door.PutProgress(ctx, []submission.Progress{{Receipt: 1, Position: 1, State: "lost", At: now}}),
			"state at nowhere":  door.PutProgress(ctx, []submission.Progress{{Receipt: 1, State: submission.InReview, At: now}}),
			"state without day": door.PutProgress(ctx, []submission.Progress{{Receipt: 1, Position: 1, State: submission.InReview}}),
		}
		for name, spoil := range map[string]func(*submission.Progress){
			"long remark":  func(p *submission.Progress) { p.Remarks[0].Message = strings.Repeat("x", 1001) },
			"odd severity": func(p *submission.Progress) { p.Remarks[0].Severity = "fatal" },
			"no rule":      func(p *submission.Progress) { p.Remarks[0].Rule = "" },
		} {
			p := progress(1)
			spoil(&p)
			refused[name] = door.PutProgress(ctx, []submission.Progress{progress(2), p})
		}
		for name, err := range refused {
			if !errors.Is(err, submission.ErrMalformed) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if portal.calls != 0 {
			t.Errorf("%d hostile calls reached the portal", portal.calls)
		}
	})
}

// TestC3HistoryHoldsNoMoreThanTheReducedView: whatever the trust centre puts
// into the portal, more than N2 does not pass.
func TestC3HistoryHoldsNoMoreThanTheReducedView(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		portal := newShelf()
		door := open(portal)
		for name, spoil := range map[string]func(*submission.HistoryItem){
			"whole insurance number": func(h *submission.HistoryItem) { h.View.InsuredTail = "A123456780" },
			"whole insurer":          func(h *submission.HistoryItem) { h.View.InsurerTail = "101234567" },
			"no patient number":      func(h *submission.HistoryItem) { h.View.PatientNumber = "" },
			"month 13":               func(h *submission.HistoryItem) { h.View.BirthMonth = 13 },
			"no year":                func(h *submission.HistoryItem) { h.View.BirthYear = 0 },
			"address as postal code": func(h *submission.HistoryItem) { h.View.PostalCode = "Am Markt 1, 26122" },
			"sender's tumour id":     func(h *submission.HistoryItem) { h.Entry.Event.Assignment.TumourID = "1" },
			"surgeon's name":         func(h *submission.HistoryItem) { h.Entry.Event.Surgery.Surgeons = []tumour.Surgeon{{Surname: "X"}} },
			"sender's operation id":  func(h *submission.HistoryItem) { h.Entry.Event.Surgery.ID = "1" },
			"open text": func(h *submission.HistoryItem) {
				h.Entry.Event.Surgery.Histology = &tumour.Histology{MorphologyText: "x"}
			},
			"no event":            func(h *submission.HistoryItem) { h.Entry.Event = tumour.Event{} },
			"no tumour":           func(h *submission.HistoryItem) { h.Entry.Tumour = 0 },
			"no completion":       func(h *submission.HistoryItem) { h.Entry.CompletedAt = time.Time{} },
			"no reporter":         func(h *submission.HistoryItem) { h.Reporter = "" },
			"no report":           func(h *submission.HistoryItem) { h.ReportID = "" },
			"no unit":             func(h *submission.HistoryItem) { h.Unit = "" },
			"unknown channel":     func(h *submission.HistoryItem) { h.Channel = "" },
			"receipt 0":           func(h *submission.HistoryItem) { h.Receipt = 0 },
			"long report id":      func(h *submission.HistoryItem) { h.ReportID = strings.Repeat("x", 51) },
			"long place":          func(h *submission.HistoryItem) { h.View.Place = strings.Repeat("x", 256) },
			"long patient number": func(h *submission.HistoryItem) { h.View.PatientNumber = strings.Repeat("x", 51) },
		} {
			h := item(1)
			spoil(&h)
			if err := door.PutHistory(t.Context(), []submission.HistoryItem{item(2), h}); !errors.Is(err, submission.ErrMalformed) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if portal.calls != 0 {
			t.Errorf("%d calls reached the portal", portal.calls)
		}
		blind := item(1) // of a report by reference
		blind.View = history.ReducedView{PatientNumber: blind.View.PatientNumber}
		if err := door.PutHistory(t.Context(), []submission.HistoryItem{blind}); err != nil || portal.calls != 1 {
			t.Errorf("a view with nothing but the patient number: %v", err)
		}
	})
}
