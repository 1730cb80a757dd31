// SPDX-License-Identifier: EUPL-1.2

package submission

import (
	"context"

	"meldewerk/exchange/wire"
	"meldewerk/exchange/witness"
)

// Local is the transport within one process: the door itself, with the same
// limits and checks as over the network, called by the given house.
func Local(door Door, peer wire.House) Door {
	return newGuard(door, peer, wire.DefaultLimit)
}

// guard holds both sides of a Door to the contract. It stands before the
// portal's door and behind the trust centre's connection alike, because each
// of the two takes the other for hostile.
type guard struct {
	witness.Door // guarded, too

	door Door
	peer wire.House // "" on the calling side
	room int64      // bytes of one answer
}

func newGuard(door Door, peer wire.House, room int64) *guard {
	g := &guard{door: door, peer: peer, room: room}
	g.Door = witness.Guard(door, g.context)
	return g
}

func (g *guard) context(ctx context.Context) context.Context {
	if g.peer == "" {
		return ctx
	}
	return wire.WithPeer(ctx, g.peer)
}

// Next gives as many of the oldest envelopes as fit into one answer, at least one.
func (g *guard) Next(ctx context.Context, limit int) ([]Envelope, error) {
	if limit < 1 || limit > MaxItems {
		return nil, malformed("limit of %d envelopes", limit)
	}
	envelopes, err := g.door.Next(g.context(ctx), limit)
	if err != nil {
		return nil, err
	}
	envelopes, err = checkNext(envelopes, limit)
	if err != nil {
		return nil, err
	}
	room := g.room
	for i := range envelopes {
		room -= envelopes[i].size()
		if room < 0 && i > 0 {
			return envelopes[:i], nil
		}
	}
	return envelopes, nil
}

func (g *guard) Acknowledge(ctx context.Context, ids []EnvelopeID) error {
	if err := checkIDs(ids); err != nil {
		return err
	}
	return g.door.Acknowledge(g.context(ctx), ids)
}

func (g *guard) BackedUp(ctx context.Context, ids []EnvelopeID) error {
	if err := checkIDs(ids); err != nil {
		return err
	}
	return g.door.BackedUp(g.context(ctx), ids)
}

func (g *guard) GiveUp(ctx context.Context, ids []EnvelopeID) error {
	if err := checkIDs(ids); err != nil {
		return err
	}
	return g.door.GiveUp(g.context(ctx), ids)
}

func (g *guard) PutProgress(ctx context.Context, items []Progress) error {
	if err := checkProgress(items); err != nil {
		return err
	}
	return g.door.PutProgress(g.context(ctx), items)
}

func (g *guard) PutHistory(ctx context.Context, items []HistoryItem) error {
	if err := checkHistory(items); err != nil {
		return err
	}
	return g.door.PutHistory(g.context(ctx), items)
}

func (g *guard) PutQueries(ctx context.Context, items []Query) error {
	if err := checkQueries(items); err != nil {
		return err
	}
	return g.door.PutQueries(g.context(ctx), items)
}

func (g *guard) Answers(ctx context.Context, limit int) ([]Answer, error) {
	if limit < 1 || limit > MaxAnswers {
		return nil, malformed("limit of %d answers", limit)
	}
	answers, err := g.door.Answers(g.context(ctx), limit)
	if err != nil {
		return nil, err
	}
	if err := checkAnswers(answers, limit); err != nil {
		return nil, err
	}
	return answers, nil
}

func (g *guard) AcknowledgeAnswers(ctx context.Context, ids []QueryID) error {
	if err := checkQueryIDs(ids); err != nil {
		return err
	}
	return g.door.AcknowledgeAnswers(g.context(ctx), ids)
}

// Closed is the transport of a house without this neighbour: every call fails
// with ErrClosed.
type Closed struct{}

// Next fails.
func (Closed) Next(context.Context, int) ([]Envelope, error) { return nil, ErrClosed }

// Acknowledge fails.
func (Closed) Acknowledge(context.Context, []EnvelopeID) error { return ErrClosed }

// BackedUp fails.
func (Closed) BackedUp(context.Context, []EnvelopeID) error { return ErrClosed }

// GiveUp fails.
func (Closed) GiveUp(context.Context, []EnvelopeID) error { return ErrClosed }

// PutProgress fails.
func (Closed) PutProgress(context.Context, []Progress) error { return ErrClosed }

// PutHistory fails.
func (Closed) PutHistory(context.Context, []HistoryItem) error { return ErrClosed }

// PutQueries fails.
func (Closed) PutQueries(context.Context, []Query) error { return ErrClosed }

// Answers fails.
func (Closed) Answers(context.Context, int) ([]Answer, error) { return nil, ErrClosed }

// AcknowledgeAnswers fails.
func (Closed) AcknowledgeAnswers(context.Context, []QueryID) error { return ErrClosed }

// Kept fails.
func (Closed) Kept(context.Context) (int64, error) { return 0, ErrClosed }

// Checkpoint fails.
func (Closed) Checkpoint(context.Context, int64) (witness.Checkpoint, error) {
	return witness.Checkpoint{}, ErrClosed
}

// Witness fails.
func (Closed) Witness(context.Context, witness.Checkpoint) ([]byte, error) { return nil, ErrClosed }

// Cosigned fails.
func (Closed) Cosigned(context.Context, []byte) error { return ErrClosed }
