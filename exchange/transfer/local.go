// SPDX-License-Identifier: EUPL-1.2

package transfer

import (
	"context"
	"encoding/json"
	"errors"

	"meldewerk/exchange/wire"
	"meldewerk/exchange/witness"
)

// Local is the transport within one process: the door itself, with the same
// limits and checks as over the network, called by the given house.
func Local(door Door, peer wire.House) Door { return newGuard(door, peer, 0) }

// guard holds both sides of a Door to the contract. It stands before the
// registry's door and behind the trust centre's connection alike, because
// each of the two takes the other for hostile.
type guard struct {
	witness.Door // guarded, too

	door Door
	peer wire.House // "" on the calling side
	room int64      // bytes of one answer, 0 without limit
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

func (g *guard) Put(ctx context.Context, records []Record) error {
	if len(records) > MaxItems {
		return malformed("%d records, at most %d", len(records), MaxItems)
	}
	for i := range records {
		if err := records[i].Check(); err != nil {
			return err
		}
	}
	return g.door.Put(g.context(ctx), records)
}

// Notices gives as many notices as fit into one answer, at least one.
func (g *guard) Notices(ctx context.Context, limit int) ([]Notice, error) {
	if limit < 1 || limit > MaxItems {
		return nil, malformed("limit of %d notices", limit)
	}
	notices, err := g.door.Notices(g.context(ctx), limit)
	if err != nil {
		return nil, err
	}
	err = checkNotices(notices, limit)
	if err != nil {
		return nil, err
	}
	if g.room == 0 {
		return notices, nil
	}
	room := g.room - 1024
	for i := range notices {
		text, err := json.Marshal(&notices[i])
		if err != nil {
			return nil, errors.New("notice cannot be written as JSON")
		}
		room -= int64(len(text)) + 1
		if room < 0 && i > 0 {
			return notices[:i], nil
		}
	}
	return notices, nil
}

func (g *guard) Acknowledge(ctx context.Context, ids []string) error {
	if len(ids) > MaxItems {
		return malformed("%d notices, at most %d", len(ids), MaxItems)
	}
	for _, id := range ids {
		if !idValid(id) {
			return malformed("notice id")
		}
	}
	return g.door.Acknowledge(g.context(ctx), ids)
}

func (g *guard) Contained(ctx context.Context, records []RecordID) ([]RecordID, error) {
	if err := checkRecordIDs(records); err != nil {
		return nil, err
	}
	contained, err := g.door.Contained(g.context(ctx), records)
	if err != nil {
		return nil, err
	}
	err = checkContained(records, contained)
	if err != nil {
		return nil, err
	}
	return contained, nil
}

// Closed is the transport of a house without this neighbour: every call fails
// with ErrClosed.
type Closed struct{}

// Put fails.
func (Closed) Put(context.Context, []Record) error { return ErrClosed }

// Notices fails.
func (Closed) Notices(context.Context, int) ([]Notice, error) { return nil, ErrClosed }

// Acknowledge fails.
func (Closed) Acknowledge(context.Context, []string) error { return ErrClosed }

// Contained fails.
func (Closed) Contained(context.Context, []RecordID) ([]RecordID, error) { return nil, ErrClosed }

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
