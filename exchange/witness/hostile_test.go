// SPDX-License-Identifier: EUPL-1.2

package witness_test

import (
	"context"
	"errors"
	"slices"
	"testing"

	"meldewerk/audit"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/witness"
)

// bent is a door of which single calls go another way.
type bent struct {
	witness.Door
	kept       func() (int64, error)
	checkpoint func(witness.Checkpoint) (witness.Checkpoint, error)
	witness    func([]byte, error) ([]byte, error)
	cosigned   func() error
	calls      int
}

func (b *bent) Kept(ctx context.Context) (int64, error) {
	b.calls++
	if b.kept != nil {
		return b.kept()
	}
	return b.Door.Kept(ctx)
}

func (b *bent) Checkpoint(ctx context.Context, since int64) (witness.Checkpoint, error) {
	b.calls++
	c, err := b.Door.Checkpoint(ctx, since)
	if b.checkpoint != nil {
		return b.checkpoint(c)
	}
	return c, err
}

func (b *bent) Witness(ctx context.Context, c witness.Checkpoint) ([]byte, error) {
	b.calls++
	note, err := b.Door.Witness(ctx, c)
	if b.witness != nil {
		return b.witness(note, err)
	}
	return note, err
}

func (b *bent) Cosigned(ctx context.Context, cosigned []byte) error {
	b.calls++
	if b.cosigned != nil {
		return b.cosigned()
	}
	return b.Door.Cosigned(ctx, cosigned)
}

// TestL2LostAnswerIsNoForeignHistory: a house that has kept a checkpoint and
// could not say so must not raise the alarm at the next one.
func TestL2LostAnswerIsNoForeignHistory(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *pair) {
		p.must(t)
		lossy := &bent{Door: p.door,
			witness:  func([]byte, error) ([]byte, error) { return nil, wire.ErrTrouble },
			cosigned: func() error { return wire.ErrTrouble }}
		for range 3 {
			ours, theirs := p.centre.act(t), p.neighbour.act(t)
			if err := p.through(t, lossy); !errors.Is(err, wire.ErrTrouble) || errors.Is(err, witness.ErrForeignHistory) {
				t.Fatal(err)
			}
			if p.centre.witnessed(t, ours) || p.neighbour.witnessed(t, theirs) {
				t.Error("witnessed without an answer")
			}
		}
		ours, theirs := p.centre.act(t), p.neighbour.act(t)
		p.must(t)
		if !p.centre.witnessed(t, ours) || !p.neighbour.witnessed(t, theirs) {
			t.Error("not witnessed")
		}
		if p.centre.refusals(t, p.neighbour.name) != 0 || p.neighbour.refusals(t, p.centre.name) != 0 {
			t.Error("a lost answer was taken for a foreign history")
		}
	})
}

// spoilt gives hostile forms of an honest checkpoint with a proof, and what
// each is refused with.
func spoilt(t *testing.T, signer *house, honest witness.Checkpoint) map[string]struct {
	checkpoint witness.Checkpoint
	want       error
} {
	t.Helper()
	if len(honest.Proof) < 2 {
		t.Fatalf("proof of %d hashes proves too little", len(honest.Proof))
	}
	forged, err := audit.Checkpoint{House: signer.name, Size: 1000}.Sign(newHouse(t, signer.name).signer)
	if err != nil {
		t.Fatal(err)
	}
	fork, err := audit.Checkpoint{House: signer.name, Size: 1000}.Sign(signer.signer)
	if err != nil {
		t.Fatal(err)
	}
	other, err := audit.Checkpoint{House: "other", Size: 1000}.Sign(signer.signer)
	if err != nil {
		t.Fatal(err)
	}
	flipped := [][]byte{slices.Clone(honest.Proof[0])}
	flipped[0][0] ^= 1
	flipped = append(flipped, honest.Proof[1:]...)
	swapped := slices.Clone(honest.Proof)
	slices.Reverse(swapped)
	return map[string]struct {
		checkpoint witness.Checkpoint
		want       error
	}{
		"no proof":           {witness.Checkpoint{Signed: honest.Signed}, witness.ErrForeignHistory},
		"proof cut":          {witness.Checkpoint{Signed: honest.Signed, Proof: honest.Proof[1:]}, witness.ErrForeignHistory},
		"proof too long":     {witness.Checkpoint{Signed: honest.Signed, Proof: append(slices.Clone(honest.Proof), make([]byte, 32))}, witness.ErrForeignHistory},
		"proof changed":      {witness.Checkpoint{Signed: honest.Signed, Proof: flipped}, witness.ErrForeignHistory},
		"proof turned":       {witness.Checkpoint{Signed: honest.Signed, Proof: swapped}, witness.ErrForeignHistory},
		"signed fork":        {witness.Checkpoint{Signed: fork, Proof: honest.Proof}, witness.ErrForeignHistory},
		"foreign key":        {witness.Checkpoint{Signed: forged, Proof: honest.Proof}, witness.ErrUnsigned},
		"other house's name": {witness.Checkpoint{Signed: other, Proof: honest.Proof}, witness.ErrUnsigned},
		"no note":            {witness.Checkpoint{Signed: []byte("x"), Proof: honest.Proof}, witness.ErrUnsigned},
		"too many hashes":    {witness.Checkpoint{Signed: honest.Signed, Proof: slices.Repeat(honest.Proof[:1], witness.MaxProof+1)}, witness.ErrMalformed},
		"short hash":         {witness.Checkpoint{Signed: honest.Signed, Proof: [][]byte{make([]byte, 31)}}, witness.ErrMalformed},
	}
}

func TestL2DoorRefusesHostileProofs(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *pair) {
		p.must(t)
		for range 6 {
			p.centre.act(t)
		}
		kept, err := p.door.Kept(t.Context())
		if err != nil || kept == 0 {
			t.Fatal(kept, err)
		}
		honest, err := witness.Serve(p.centre.log, p.centre.name, p.neighbour.name).Checkpoint(t.Context(), kept)
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range spoilt(t, p.centre, honest) {
			if note, err := p.door.Witness(t.Context(), c.checkpoint); !errors.Is(err, c.want) || note != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if again, err := p.door.Kept(t.Context()); again != kept || err != nil {
			t.Errorf("a hostile checkpoint of size %d is kept: %v", again, err)
		}
		if n := p.neighbour.refusals(t, p.centre.name); n != 6 {
			t.Errorf("%d refusals in the log, want 6", n)
		}
		for range 2 { // sent again, the honest one changes nothing more
			if _, err := p.door.Witness(t.Context(), honest); err != nil {
				t.Errorf("the honest one after all: %v", err)
			}
		}
		if n := len(p.neighbour.keeps(t, p.centre.name)); n != 2 {
			t.Errorf("%d checkpoints kept, want 2", n)
		}
	})
}

func TestL2ExchangeRefusesHostileProofs(t *testing.T) {
	t.Parallel()
	p := newPair(t, string(wire.Registry))
	p.must(t)
	for range 6 {
		p.neighbour.act(t)
	}
	kept := p.centre.keeps(t, p.neighbour.name)
	honest, err := p.door.Checkpoint(t.Context(), 3+1) // its acts and our checkpoint
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range spoilt(t, p.neighbour, honest) {
		hostile := &bent{Door: p.door, checkpoint: func(witness.Checkpoint) (witness.Checkpoint, error) { return c.checkpoint, nil }}
		if err := p.through(t, hostile); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if len(p.centre.keeps(t, p.neighbour.name)) != len(kept) {
		t.Error("a hostile checkpoint is kept")
	}
}

// TestL2HostileNeighbourCannotPretendToHaveWitnessed: what comes back must be
// what was given, signed by the neighbour.
func TestL2HostileNeighbourCannotPretendToHaveWitnessed(t *testing.T) {
	t.Parallel()
	p := newPair(t, string(wire.Portal))
	var older []byte
	first := &bent{Door: p.door, witness: func(note []byte, err error) ([]byte, error) { older = note; return note, err }}
	if err := p.through(t, first); err != nil {
		t.Fatal(err)
	}
	id := p.centre.act(t)
	unsigned, err := p.centre.log.SignCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		note []byte
		want error
	}{
		"an older checkpoint":    {older, witness.ErrMalformed},
		"nothing":                {nil, witness.ErrMalformed},
		"something":              {[]byte("x"), witness.ErrMalformed},
		"our own signature only": {unsigned, witness.ErrUnsigned},
	} {
		hostile := &bent{Door: p.door, kept: func() (int64, error) { return 3, nil },
			witness: func([]byte, error) ([]byte, error) { return c.note, nil },
			// nothing is taken, so that our log stays as it is signed
			checkpoint: func(witness.Checkpoint) (witness.Checkpoint, error) { return witness.Checkpoint{}, wire.ErrTrouble }}
		if err := p.through(t, hostile); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
		if p.centre.witnessed(t, id) {
			t.Fatalf("%s counts as witness", name)
		}
	}
	for name, c := range map[string]struct {
		kept int64
		want error
	}{"longer than our log": {1 << 40, witness.ErrForeignHistory}, "negative": {-1, witness.ErrMalformed}} {
		// The keeper itself has nothing newer than what it is given without a
		// proof, so it takes it: only what it claims is wrong.
		fresh := newPair(t, string(wire.Portal))
		if err := fresh.through(t, &bent{Door: fresh.door, kept: func() (int64, error) { return c.kept, nil }}); !errors.Is(err, c.want) {
			t.Errorf("kept size %s: %v", name, err)
		}
	}
}

// TestL2RestoredLogTakesNoWitnessOfItsLostEnd: with a cosigned checkpoint from
// before the restoring, entries of the new history would count as witnessed.
func TestL2RestoredLogTakesNoWitnessOfItsLostEnd(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *pair) {
		p.must(t)
		older := p.neighbour.backup(t)
		for range 20 {
			p.neighbour.act(t)
		}
		p.must(t)
		newest := p.centre.keeps(t, p.neighbour.name)
		cosigned, err := p.centre.log.StoreWitness(t.Context(), p.neighbour.name, newest[len(newest)-1], nil)
		if err != nil {
			t.Fatal(err)
		}
		p.neighbour.restore(t, older)
		id := p.neighbour.act(t)
		if _, err := p.door.Checkpoint(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if err := p.door.Cosigned(t.Context(), cosigned); !errors.Is(err, witness.ErrForeignHistory) {
			t.Errorf("%v", err)
		}
		if p.neighbour.witnessed(t, id) {
			t.Error("an entry that nobody has seen counts as witnessed")
		}
	})
}

func TestNeighbourThatIsAwayIsAskedOnce(t *testing.T) {
	t.Parallel()
	p := newPair(t, string(wire.Portal))
	away := &bent{Door: p.door, kept: func() (int64, error) { return 0, wire.ErrAway }}
	if err := p.through(t, away); !errors.Is(err, wire.ErrAway) || away.calls != 1 {
		t.Errorf("%d calls, %v", away.calls, err)
	}
}

func TestHouseDoesNotWitnessItself(t *testing.T) {
	t.Parallel()
	p := newPair(t, string(wire.Portal))
	for _, names := range [][2]string{{"portal", "portal"}, {"registry", "trustcentre"}} {
		door := witness.Serve(p.neighbour.log, names[0], names[1])
		_, kept := door.Kept(t.Context())
		_, checkpoint := door.Checkpoint(t.Context(), 0)
		_, witnessed := door.Witness(t.Context(), witness.Checkpoint{Signed: []byte("x")})
		for i, err := range []error{kept, checkpoint, witnessed, door.Cosigned(t.Context(), []byte("x")),
			witness.Exchange(t.Context(), p.neighbour.log, names[0], names[1], p.door)} {
			if err == nil {
				t.Errorf("%v: call %d went through", names, i)
			}
		}
	}
}
