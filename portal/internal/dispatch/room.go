// SPDX-License-Identifier: EUPL-1.2

package dispatch

import (
	"context"
	"errors"
	"fmt"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/policy"
	"meldewerk/report/obds"
)

// Limits bound one part and the time without progress.
type Limits struct {
	PartReports int           // reports in one part at most, default 250
	PartBytes   int64         // bytes of one part in clear after which the next begins, default 4 MiB
	Lease       time.Duration // without progress, then the submission is given up, default 2 minutes
}

func (l Limits) filled() Limits {
	if l.PartReports <= 0 {
		l.PartReports = 250
	}
	if l.PartBytes <= 0 {
		l.PartBytes = 4 << 20
	}
	if l.Lease <= 0 {
		l.Lease = 2 * time.Minute
	}
	return l
}

// maxNext bounds what one call of Next gives, in bytes; the wire takes less
// than twice as much.
const maxNext = 24 << 20

// Room is the dispatch room of a portal. It is safe for concurrent use.
type Room struct {
	store      Store
	recipients []Recipient
	profile    policy.Profile
	limits     Limits
	clock      func() time.Time
	opened     time.Time
	catalogue  *obds.Catalogue // versions of the data set; nil: the built-in ones
}

// WithTables lets the room pack reports of versions whose tables lie beside the
// program; nil stands for the built-in ones.
func (m *Room) WithTables(c *obds.Catalogue) *Room {
	m.catalogue = c
	return m
}

// New makes the room. There must be a recipient, and no two of one name.
func New(store Store, recipients []Recipient, profile policy.Profile, limits Limits, clock func() time.Time) (*Room, error) {
	if len(recipients) == 0 {
		return nil, errors.New("dispatch: no trust centre to seal to")
	}
	names := map[string]bool{}
	for _, r := range recipients {
		if r.Keys.IsZero() || r.Name == "" || names[r.Name] {
			return nil, errors.New("dispatch: a trust centre has no name, no key, or is there twice")
		}
		names[r.Name] = true
	}
	return &Room{store: store, recipients: recipients, profile: profile, limits: limits.filled(), clock: clock, opened: clock()}, nil
}

// Begin opens a submission. The unit has one at a time; a second gives ErrBusy.
func (m *Room) Begin(ctx context.Context, s Submission) (*Batch, error) {
	if s.Kind != submission.Test && s.Kind != submission.Real {
		return nil, errors.New("begin submission: unknown kind of data")
	}
	if s.Kind == submission.Real && !s.Released && m.profile.RealBeforeRelease == policy.RefuseReal {
		return nil, ErrUnreleased
	}
	id, err := m.store.Begin(ctx, s, m.limits.Lease)
	if err != nil {
		return nil, fmt.Errorf("begin submission: %w", err)
	}
	return &Batch{room: m, id: id, kept: m.clock(), causes: map[string]int{}}, nil
}

// Next gives what a trust centre has still to fetch.
func (m *Room) Next(ctx context.Context, recipient string, limit int) ([]submission.Envelope, error) {
	return m.store.Next(ctx, recipient, limit, maxNext)
}

// Acknowledge notes what a trust centre has stored.
func (m *Room) Acknowledge(ctx context.Context, recipient string, ids []submission.EnvelopeID) error {
	return m.store.Acknowledge(ctx, recipient, ids)
}

// BackedUp deletes what a trust centre has in a verified backup.
func (m *Room) BackedUp(ctx context.Context, recipient string, ids []submission.EnvelopeID) error {
	if err := m.store.BackedUp(ctx, recipient, ids); err != nil {
		return err
	}
	return m.store.Checkpoint(ctx)
}

// GiveUp ends what nobody can read: the reporters are told to send it again.
func (m *Room) GiveUp(ctx context.Context, recipient string, ids []submission.EnvelopeID) error {
	return m.store.GiveUp(ctx, recipient, ids)
}

// expireAtOnce is how many envelopes one transaction deletes.
const expireAtOnce = 20

// Tidy drops submissions that were given up and envelopes whose time is over:
// acknowledged ones only, after the profile's limit. It says whether there was
// anything to do.
func (m *Room) Tidy(ctx context.Context) (bool, error) {
	swept, err := m.store.Sweep(ctx, time.Time{})
	if err != nil {
		return false, fmt.Errorf("sweep submissions: %w", err)
	}
	expired, err := m.store.Expire(ctx, m.clock().Add(-m.profile.KeepEnvelopes), expireAtOnce)
	if err != nil {
		return false, fmt.Errorf("expire envelopes: %w", err)
	}
	if err := m.store.Checkpoint(ctx); err != nil && !fault.IsKind(err, fault.Unavailable) {
		return false, fmt.Errorf("take deleted rows off the disk: %w", err)
	}
	return swept+expired > 0, nil // a checkpoint that readers kept back comes with the next round
}

// Restart drops what the last run of this portal left half received.
func (m *Room) Restart(ctx context.Context) error {
	if _, err := m.store.Sweep(ctx, m.opened); err != nil {
		return fmt.Errorf("sweep submissions: %w", err)
	}
	return nil
}
