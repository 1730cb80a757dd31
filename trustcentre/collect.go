// SPDX-License-Identifier: EUPL-1.2

package trustcentre

import (
	"context"
	"fmt"
	"slices"
	"time"

	"meldewerk/exchange/submission"
)

const (
	collectAtOnce = 8         // envelopes of a few hundred reports each
	alarmEvery    = time.Hour // about envelopes that stay damaged

	// waitForWhole is how long typed reports wait for a damaged envelope of
	// their unit. Then those by reference are refused, early enough for the
	// reporter to send them again with the person before the Frist is over.
	waitForWhole = 7 * 24 * time.Hour
)

// passed is what the last answer of the portal held that was not taken, and
// when that was last said.
type passed struct {
	envelopes int
	alarmed   time.Time
	retold    bool // the portal was told once more what is given up
}

// collect pulls envelopes, stores them, and only then acknowledges them. It
// passes over those whose content was damaged: they are noted and stay at the
// portal, which gives them again in every answer until they are whole.
func (h *House) collect(ctx context.Context) (bool, error) {
	limit := min(collectAtOnce+h.passed.envelopes, submission.MaxItems)
	envelopes, err := h.portal.Next(ctx, limit)
	if err != nil {
		return false, fmt.Errorf("pull envelopes: %w", err)
	}
	if envelopes, err = h.withoutStored(ctx, envelopes); err != nil {
		return false, err
	}
	whole, damaged := sift(envelopes, h.ground.DB.Now().Add(-waitForWhole))
	h.passed.envelopes = len(envelopes) - len(whole)
	if err := h.noteDamaged(ctx, damaged); err != nil {
		return false, err
	}
	if len(whole) == 0 {
		return false, nil
	}
	fresh, err := h.store.Collect(ctx, whole)
	if err != nil {
		return false, err
	}
	if fresh < len(whole) {
		if err := h.store.RetellGivenUp(ctx, idsOf(whole)); err != nil {
			return false, err
		}
	}
	if err := h.portal.Acknowledge(ctx, idsOf(whole)); err != nil {
		return false, fmt.Errorf("acknowledge envelopes: %w", err)
	}
	return true, nil
}

// withoutStored leaves damaged envelopes out that were taken when they were
// whole; they are acknowledged once more.
func (h *House) withoutStored(ctx context.Context, envelopes []submission.Envelope) ([]submission.Envelope, error) {
	var damaged []submission.Envelope
	for _, e := range envelopes {
		if e.Damaged {
			damaged = append(damaged, e)
		}
	}
	if len(damaged) == 0 {
		return envelopes, nil
	}
	stored, err := h.store.Stored(ctx, damaged)
	if err != nil || len(stored) == 0 {
		return envelopes, err
	}
	if err := h.store.RetellGivenUp(ctx, stored); err != nil {
		return nil, err
	}
	if err := h.portal.Acknowledge(ctx, stored); err != nil {
		return nil, fmt.Errorf("acknowledge envelopes: %w", err)
	}
	return slices.DeleteFunc(envelopes, func(e submission.Envelope) bool { return slices.Contains(stored, e.ID) }), nil
}

// sift gives the envelopes that can be taken, and those that were damaged. What
// a unit has typed after a damaged envelope of its own is in neither, unless
// that was received too long ago: it may mean a person by reference to a report
// in there, and would be refused.
func sift(envelopes []submission.Envelope, tooLongAgo time.Time) ([]submission.Envelope, []submission.Envelope) {
	var whole, damaged []submission.Envelope
	waits := map[string]bool{}
	for _, e := range envelopes {
		switch {
		case e.Damaged:
			damaged = append(damaged, e)
			waits[e.Unit] = waits[e.Unit] || e.Channel == submission.ByForm && e.ReceivedAt.After(tooLongAgo)
		case e.Channel == submission.ByForm && waits[e.Unit]:
		default:
			whole = append(whole, e)
		}
	}
	return whole, damaged
}

// noteDamaged says in the log, at once and then every hour, that people have to
// look.
func (h *House) noteDamaged(ctx context.Context, damaged []submission.Envelope) error {
	if len(damaged) == 0 {
		h.passed.alarmed = time.Time{}
		return nil
	}
	fresh, err := h.store.NoteDamaged(ctx, damaged)
	now := h.ground.DB.Now()
	if err != nil || fresh == 0 && now.Sub(h.passed.alarmed) < alarmEvery && !now.Before(h.passed.alarmed) {
		return err
	}
	h.passed.alarmed = now
	h.ground.Log.ErrorContext(ctx, "envelopes arrive damaged; they stay at the portal", "envelopes", len(damaged), "first", string(damaged[0].ID))
	return nil
}

// tellGivenUp tells the portal which envelopes a person has given up; after
// every start once more of the last thousand, because the portal may have been
// set back meanwhile.
func (h *House) tellGivenUp(ctx context.Context) (bool, error) {
	ids, err := h.store.GivenUpUntold(ctx, !h.passed.retold, submission.MaxItems)
	if err != nil || len(ids) == 0 {
		h.passed.retold = h.passed.retold || err == nil
		return false, err
	}
	if err := h.portal.GiveUp(ctx, ids); err != nil {
		return false, fmt.Errorf("tell the portal what is given up: %w", err)
	}
	h.passed.retold = true
	return true, h.store.GivenUpTold(ctx, ids)
}
