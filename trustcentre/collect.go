// SPDX-License-Identifier: EUPL-1.2

package trustcentre

import (
	"context"
	"fmt"
	"time"

	"meldewerk/exchange/submission"
)

const (
	collectAtOnce = 8         // envelopes of a few hundred reports each
	alarmEvery    = time.Hour // about envelopes that stay damaged
)

// passed is what the last answer of the portal held that was not taken, and
// when that was last said.
type passed struct {
	envelopes int
	alarmed   time.Time
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
	whole, damaged := sift(envelopes)
	h.passed.envelopes = len(envelopes) - len(whole)
	if err := h.noteDamaged(ctx, damaged); err != nil {
		return false, err
	}
	if len(whole) == 0 {
		return false, nil
	}
	if _, err := h.store.Collect(ctx, whole); err != nil {
		return false, err
	}
	if err := h.portal.Acknowledge(ctx, idsOf(whole)); err != nil {
		return false, fmt.Errorf("acknowledge envelopes: %w", err)
	}
	return true, nil
}

// sift gives the envelopes that can be taken, and those that were damaged. What
// a unit has typed after a damaged envelope of its own is in neither: it may
// mean a person by reference to a report in there, and would be refused.
func sift(envelopes []submission.Envelope) ([]submission.Envelope, []submission.Envelope) {
	var whole, damaged []submission.Envelope
	waits := map[string]bool{}
	for _, e := range envelopes {
		switch {
		case e.Damaged:
			damaged = append(damaged, e)
			waits[e.Unit] = waits[e.Unit] || e.Channel == submission.ByForm
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
