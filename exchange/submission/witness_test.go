// SPDX-License-Identifier: EUPL-1.2

package submission_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/witness"
)

// carry makes all calls that carry checkpoints and gives what all of them
// have failed with, nil when one of them has not.
func carry(ctx context.Context, door submission.Door) error {
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
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		portal := newShelf()
		portal.kept, portal.checkpoint, portal.note = 1<<62, checkpoint(witness.MaxProof), []byte("note\n\n— signed")
		door := open(portal)
		if kept, err := door.Kept(t.Context()); kept != portal.kept || err != nil {
			t.Errorf("keeps %d: %v", kept, err)
		}
		got, err := door.Checkpoint(t.Context(), 1<<61)
		if diff := cmp.Diff(portal.checkpoint, got); diff != "" || err != nil || !slices.Equal(portal.since, []int64{1 << 61}) {
			t.Errorf("since %v: %v\n%s", portal.since, err, diff)
		}
		sent := []witness.Checkpoint{checkpoint(3), checkpoint(0)}
		for _, c := range sent {
			if note, err := door.Witness(t.Context(), c); string(note) != string(portal.note) || err != nil {
				t.Errorf("%q came back: %v", note, err)
			}
		}
		if diff := cmp.Diff(sent, portal.witnessed); diff != "" {
			t.Error(diff)
		}
		if err := door.Cosigned(t.Context(), []byte("cosigned")); err != nil || len(portal.cosigned) != 1 || string(portal.cosigned[0]) != "cosigned" {
			t.Errorf("cosigned %q: %v", portal.cosigned, err)
		}
		for _, peer := range portal.peers {
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
	each(t, func(t *testing.T, open func(submission.Door) submission.Door) {
		portal := newShelf()
		door := open(portal)
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
		if len(portal.peers) != 0 {
			t.Errorf("%d hostile calls reached the house", len(portal.peers))
		}
		for name, c := range hostile { // and now as answers
			portal.checkpoint = c
			if got, err := door.Checkpoint(t.Context(), 0); !errors.Is(err, witness.ErrMalformed) || got.Signed != nil {
				t.Errorf("answer %s: %v", name, err)
			}
		}
		portal.kept = -1
		_, kept := door.Kept(t.Context())
		_, empty := door.Witness(t.Context(), checkpoint(0))
		portal.note = make([]byte, witness.MaxNote+1)
		_, huge := door.Witness(t.Context(), checkpoint(0))
		for i, err := range []error{kept, empty, huge} {
			if !errors.Is(err, witness.ErrMalformed) {
				t.Errorf("answer %d: %v", i, err)
			}
		}
	})
}
