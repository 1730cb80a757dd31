// SPDX-License-Identifier: EUPL-1.2

package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"

	"meldewerk/exchange/wire"
)

// Exchange lets self and peer witness each other: it gives the neighbour our
// newest checkpoint and keeps what it has signed, and it takes the neighbour's,
// keeps it, and gives it back signed. Trouble in one direction does not stop
// the other one, unless the neighbour is away. An error Is ErrForeignHistory
// when either log does not continue what the other house keeps of it.
func Exchange(ctx context.Context, log Log, self, peer string, door Door) error {
	own := &keeper{log: log, self: self, peer: peer}
	if err := own.check(); err != nil {
		return err
	}
	given := give(ctx, own, door)
	if given != nil {
		given = fmt.Errorf("checkpoint for %s: %w", peer, given)
		if errors.Is(given, wire.ErrAway) {
			return given
		}
	}
	taken := take(ctx, own, door)
	if taken != nil {
		taken = fmt.Errorf("checkpoint of %s: %w", peer, taken)
	}
	return errors.Join(given, taken)
}

// give asks what the neighbour keeps before it signs, so that an honest
// neighbour never keeps more than what is signed then.
func give(ctx context.Context, own *keeper, door Door) error {
	kept, err := door.Kept(ctx)
	if err == nil {
		err = checkSize(kept)
	}
	if err != nil {
		return err
	}
	checkpoint, err := own.Checkpoint(ctx, kept)
	if err != nil {
		return err
	}
	cosigned, err := door.Witness(ctx, checkpoint)
	if err != nil {
		return err
	}
	if err := checkNote(cosigned); err != nil {
		return err
	}
	if !bytes.Equal(textOf(cosigned), textOf(checkpoint.Signed)) {
		return malformed("another checkpoint came back signed")
	}
	if err := own.Cosigned(ctx, cosigned); err != nil {
		return err
	}
	// A shorter log that meets a checkpoint from before it was cut is not
	// refused, because that one is known.
	if size, err := sizeOf(checkpoint.Signed); err != nil || size < kept {
		return errors.Join(err, ErrForeignHistory.Because(fmt.Errorf("our log has %d entries, %d were witnessed", size, kept)))
	}
	return nil
}

func take(ctx context.Context, own *keeper, door Door) error {
	since, err := own.Kept(ctx)
	if err != nil {
		return err
	}
	checkpoint, err := door.Checkpoint(ctx, since)
	if err != nil {
		return err
	}
	cosigned, err := own.Witness(ctx, checkpoint)
	if err != nil {
		return err
	}
	return door.Cosigned(ctx, cosigned)
}
