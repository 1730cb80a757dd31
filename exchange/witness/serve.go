// SPDX-License-Identifier: EUPL-1.2

package witness

import (
	"context"
	"errors"
	"fmt"
)

// Serve gives the Door of the house self for the house peer, over its log.
// The two names are those under which the log's keys are filed.
func Serve(log Log, self, peer string) Door { return &keeper{log: log, self: self, peer: peer} }

// keeper is a house that answers one other house.
type keeper struct {
	log        Log
	self, peer string
}

// check refuses a wiring in which a house would witness itself or speak for
// another one: its own word proves nothing.
func (k *keeper) check() error {
	if k.log.House() != k.self || k.self == k.peer {
		return fmt.Errorf("witness: the log of %q cannot speak for %q to %q", k.log.House(), k.self, k.peer)
	}
	return nil
}

func (k *keeper) Kept(ctx context.Context) (int64, error) {
	if err := k.check(); err != nil {
		return 0, err
	}
	return k.log.WitnessedSize(ctx, k.peer)
}

func (k *keeper) Checkpoint(ctx context.Context, since int64) (Checkpoint, error) {
	if err := errors.Join(k.check(), checkSize(since)); err != nil {
		return Checkpoint{}, err
	}
	signed, err := k.log.SignCheckpoint(ctx)
	if err != nil {
		return Checkpoint{}, err
	}
	checkpoint := Checkpoint{Signed: signed}
	size, err := sizeOf(signed)
	if err != nil || since == 0 || since >= size {
		return checkpoint, err
	}
	proof, err := k.log.Proof(ctx, since, size)
	if err != nil {
		return Checkpoint{}, err
	}
	for _, hash := range proof {
		checkpoint.Proof = append(checkpoint.Proof, hash[:])
	}
	return checkpoint, nil
}

func (k *keeper) Witness(ctx context.Context, checkpoint Checkpoint) ([]byte, error) {
	if err := errors.Join(k.check(), checkpoint.Check()); err != nil {
		return nil, err
	}
	cosigned, err := k.log.StoreWitness(ctx, k.peer, checkpoint.Signed, checkpoint.proof())
	if err != nil {
		return nil, told(err)
	}
	return cosigned, nil
}

// Cosigned refuses a checkpoint over more than this log has ever signed: only
// a log that was cut meets its own signature of a longer one, and with it
// entries of the new history would count as witnessed that nobody has seen.
func (k *keeper) Cosigned(ctx context.Context, cosigned []byte) error {
	if err := errors.Join(k.check(), checkNote(cosigned)); err != nil {
		return err
	}
	size, err := sizeOf(cosigned)
	if err != nil {
		return err
	}
	latest, err := k.log.LatestCheckpoint(ctx)
	if err != nil {
		return err
	}
	signed := int64(0)
	if latest != nil {
		if signed, err = sizeOf(latest); err != nil {
			return err
		}
	}
	if size > signed {
		return ErrForeignHistory.Because(fmt.Errorf("a checkpoint over %d entries came back, the last one signed has %d", size, signed))
	}
	return told(k.log.StoreCosigned(ctx, k.peer, cosigned))
}
