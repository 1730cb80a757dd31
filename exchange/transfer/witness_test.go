// SPDX-License-Identifier: EUPL-1.2

package transfer_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/witness"
)

// carry makes all calls that carry checkpoints and gives what all of them
// have failed with, nil when one of them has not.
func carry(ctx context.Context, door transfer.Door) error {
	_, kept := door.Kept(ctx)
	_, checkpoint := door.Checkpoint(ctx, 1)
	_, witnessed := door.Witness(ctx, witness.Checkpoint{Signed: []byte("x")})
	cosigned := door.Cosigned(ctx, []byte("x"))
	for _, err := range []error{checkpoint, witnessed, cosigned} {
		if !errors.Is(err, kept) {
			return nil
		}
	}
	return kept
}

func checkpoint(hashes int) witness.Checkpoint {
	return witness.Checkpoint{Signed: []byte("tree\n7\n"), Proof: slices.Repeat([][]byte{bytes.Repeat([]byte{0xfe}, 32)}, hashes)}
}

func TestL2DoorCarriesCheckpointsWhole(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, open func(transfer.Door) transfer.Door) {
		registry := newShelf()
		registry.kept, registry.checkpoint, registry.note = 1<<62, checkpoint(witness.MaxProof), []byte("note\n\n— signed")
		door := open(registry)
		if kept, err := door.Kept(t.Context()); kept != registry.kept || err != nil {
			t.Errorf("keeps %d: %v", kept, err)
		}
		got, err := door.Checkpoint(t.Context(), 1<<61)
		if diff := cmp.Diff(registry.checkpoint, got); diff != "" || err != nil || !slices.Equal(registry.since, []int64{1 << 61}) {
			t.Errorf("since %v: %v\n%s", registry.since, err, diff)
		}
		sent := []witness.Checkpoint{checkpoint(3), checkpoint(0)}
		for _, c := range sent {
			if note, err := door.Witness(t.Context(), c); string(note) != string(registry.note) || err != nil {
				t.Errorf("%q came back: %v", note, err)
			}
		}
		if diff := cmp.Diff(sent, registry.witnessed); diff != "" {
			t.Error(diff)
		}
		if err := door.Cosigned(t.Context(), []byte("cosigned")); err != nil || len(registry.cosigned) != 1 || string(registry.cosigned[0]) != "cosigned" {
			t.Errorf("cosigned %q: %v", registry.cosigned, err)
		}
		for _, peer := range registry.peers {
			if peer != wire.TrustCentre {
				t.Errorf("door was called by %q", peer)
			}
		}
	})
}

func TestL2DoorRefusesHostileCheckpoints(t *testing.T) {
	t.Parallel()
	hostile := map[string]witness.Checkpoint{
		"nothing signed":  {},
		"huge":            {Signed: make([]byte, witness.MaxNote+1)},
		"too many hashes": checkpoint(witness.MaxProof + 1),
		"short hash":      {Signed: []byte("x"), Proof: [][]byte{make([]byte, 31)}},
		"long hash":       {Signed: []byte("x"), Proof: [][]byte{make([]byte, 32), make([]byte, 33)}},
		"empty hash":      {Signed: []byte("x"), Proof: [][]byte{nil}},
	}
	each(t, func(t *testing.T, open func(transfer.Door) transfer.Door) {
		registry := newShelf()
		door := open(registry)
		for name, c := range hostile {
			if _, err := door.Witness(t.Context(), c); !errors.Is(err, witness.ErrMalformed) {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, before := door.Checkpoint(t.Context(), -1)
		for i, err := range []error{before, door.Cosigned(t.Context(), nil), door.Cosigned(t.Context(), make([]byte, witness.MaxNote+1))} {
			if !errors.Is(err, witness.ErrMalformed) {
				t.Errorf("call %d: %v", i, err)
			}
		}
		if len(registry.peers) != 0 {
			t.Errorf("%d hostile calls reached the house", len(registry.peers))
		}
		for name, c := range hostile { // and now as answers
			registry.checkpoint = c
			if got, err := door.Checkpoint(t.Context(), 0); !errors.Is(err, witness.ErrMalformed) || got.Signed != nil {
				t.Errorf("answer %s: %v", name, err)
			}
		}
		registry.kept = -1
		_, kept := door.Kept(t.Context())
		_, empty := door.Witness(t.Context(), checkpoint(0))
		registry.note = make([]byte, witness.MaxNote+1)
		_, huge := door.Witness(t.Context(), checkpoint(0))
		for i, err := range []error{kept, empty, huge} {
			if !errors.Is(err, witness.ErrMalformed) {
				t.Errorf("answer %d: %v", i, err)
			}
		}
	})
}
