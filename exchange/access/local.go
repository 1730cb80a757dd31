// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"context"

	"meldewerk/exchange/wire"
)

// Local is the transport within one process: the door itself, with the same
// limits and checks as over the network, called by the given house.
func Local(door Door, peer wire.House) Door { return &guard{door, peer, wire.DefaultLimit} }

// guard holds both sides of a Door to the contract. It stands before the
// portal's door and behind the trust centre's connection alike, because each
// of the two takes the other for hostile.
type guard struct {
	door Door
	peer wire.House // "" on the calling side
	room int64      // bytes of one answer
}

func (g *guard) context(ctx context.Context) context.Context {
	if g.peer == "" {
		return ctx
	}
	return wire.WithPeer(ctx, g.peer)
}

func (g *guard) PutOrders(ctx context.Context, orders []Order) ([]Answer, error) {
	if err := checkOrders(orders); err != nil {
		return nil, err
	}
	answers, err := g.door.PutOrders(g.context(ctx), orders)
	if err != nil {
		return nil, err
	}
	if err := checkAnswers(orders, answers); err != nil {
		return nil, err
	}
	return answers, nil
}

func (g *guard) NextStandings(ctx context.Context, limit int) ([]Standing, error) {
	if err := checkLimit(limit); err != nil {
		return nil, err
	}
	standings, err := g.door.NextStandings(g.context(ctx), limit)
	if err != nil {
		return nil, err
	}
	if err := checkStandings(standings, limit); err != nil {
		return nil, err
	}
	return standings, nil
}

func (g *guard) TakeStandings(ctx context.Context, taken []Taken) error {
	if err := checkTaken(taken); err != nil {
		return err
	}
	return g.door.TakeStandings(g.context(ctx), taken)
}

// NextApplications gives as many of the oldest as fit into one answer, at
// least one.
func (g *guard) NextApplications(ctx context.Context, limit int) ([]Application, error) {
	if err := checkLimit(limit); err != nil {
		return nil, err
	}
	list, err := g.door.NextApplications(g.context(ctx), limit)
	if err != nil {
		return nil, err
	}
	if err := checkApplications(list, limit); err != nil {
		return nil, err
	}
	room := g.room
	for i := range list {
		room -= list[i].size()
		if room < 0 && i > 0 {
			return list[:i], nil
		}
	}
	return list, nil
}

func (g *guard) TakeApplications(ctx context.Context, ids []string) error {
	if err := checkIDs(ids); err != nil {
		return err
	}
	return g.door.TakeApplications(g.context(ctx), ids)
}

// Closed is the transport of a house without this neighbour: every call fails
// with ErrClosed.
type Closed struct{}

// PutOrders fails.
func (Closed) PutOrders(context.Context, []Order) ([]Answer, error) { return nil, ErrClosed }

// NextStandings fails.
func (Closed) NextStandings(context.Context, int) ([]Standing, error) { return nil, ErrClosed }

// TakeStandings fails.
func (Closed) TakeStandings(context.Context, []Taken) error { return ErrClosed }

// NextApplications fails.
func (Closed) NextApplications(context.Context, int) ([]Application, error) { return nil, ErrClosed }

// TakeApplications fails.
func (Closed) TakeApplications(context.Context, []string) error { return ErrClosed }
