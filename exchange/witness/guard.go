// SPDX-License-Identifier: EUPL-1.2

package witness

import "context"

// Guard holds both sides of a Door to the limits of the contract. enter makes
// the context in which the door is called; there the transport names the peer.
func Guard(door Door, enter func(context.Context) context.Context) Door {
	return &guard{door: door, enter: enter}
}

type guard struct {
	door  Door
	enter func(context.Context) context.Context
}

func (g *guard) Kept(ctx context.Context) (int64, error) {
	size, err := g.door.Kept(g.enter(ctx))
	if err == nil {
		err = checkSize(size)
	}
	if err != nil {
		return 0, err
	}
	return size, nil
}

func (g *guard) Checkpoint(ctx context.Context, since int64) (Checkpoint, error) {
	if err := checkSize(since); err != nil {
		return Checkpoint{}, err
	}
	checkpoint, err := g.door.Checkpoint(g.enter(ctx), since)
	if err == nil {
		err = checkpoint.Check()
	}
	if err != nil {
		return Checkpoint{}, err
	}
	return checkpoint, nil
}

func (g *guard) Witness(ctx context.Context, checkpoint Checkpoint) ([]byte, error) {
	if err := checkpoint.Check(); err != nil {
		return nil, err
	}
	cosigned, err := g.door.Witness(g.enter(ctx), checkpoint)
	if err == nil {
		err = checkNote(cosigned)
	}
	if err != nil {
		return nil, err
	}
	return cosigned, nil
}

func (g *guard) Cosigned(ctx context.Context, cosigned []byte) error {
	if err := checkNote(cosigned); err != nil {
		return err
	}
	return g.door.Cosigned(g.enter(ctx), cosigned)
}
