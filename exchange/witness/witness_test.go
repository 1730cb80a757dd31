// SPDX-License-Identifier: EUPL-1.2

package witness_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/wire/wiretest"
	"meldewerk/exchange/witness"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/store"
)

// house is one house with its log on SQLite and the key that signs it.
type house struct {
	name   string
	db     *database.DB
	log    *store.AuditLog
	signer note.Signer
	public string
	others map[string]string
}

func newHouse(t *testing.T, name string) *house {
	t.Helper()
	path := filepath.Join(t.TempDir(), "audit.key")
	if _, err := audit.CreateSigner(path, name); err != nil {
		t.Fatal(err)
	}
	h := &house{name: name, db: databasetest.OpenSQLite(t), others: map[string]string{}}
	var err error
	if h.signer, h.public, err = audit.OpenSigner(path); err != nil {
		t.Fatal(err)
	}
	return h
}

// open opens the log on the database that the house has now.
func (h *house) open(t *testing.T) {
	t.Helper()
	if err := h.db.Migrate(t.Context(), store.Migrations()); err != nil {
		t.Fatal(err)
	}
	var err error
	h.log, err = store.NewAuditLog(h.db, h.name, store.AuditOptions{Signer: h.signer, PublicKey: h.public, Houses: h.others,
		Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
}

// act does something and gives its entry.
func (h *house) act(t *testing.T) store.EntryID {
	t.Helper()
	var id store.EntryID
	err := h.db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		var err error
		id, err = h.log.AppendEntry(ctx, tx, audit.Act{Actor: "account/1", Code: audit.DraftSaved, Object: "draft/7"})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func (h *house) witnessed(t *testing.T, id store.EntryID) bool {
	t.Helper()
	witnessed, err := h.log.Witnessed(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return witnessed
}

// refusals counts the checkpoints of that house that this one has refused.
func (h *house) refusals(t *testing.T, of string) int {
	t.Helper()
	list, err := h.log.Entries(t.Context(), store.EntryFilter{Code: audit.CheckpointRefused, Object: "checkpoint/" + of})
	if err != nil {
		t.Fatal(err)
	}
	return len(list)
}

// keeps gives the checkpoints that the house keeps of another one.
func (h *house) keeps(t *testing.T, of string) [][]byte {
	t.Helper()
	list, err := h.log.Witnesses(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	var signed [][]byte
	for _, w := range list {
		signed = append(signed, w.Signed)
	}
	return signed
}

// whole wants a log that agrees with all checkpoints kept elsewhere.
func (h *house) whole(t *testing.T, kept ...[]byte) {
	t.Helper()
	if v, err := h.log.Verify(t.Context(), kept...); err != nil || !v.Whole() || v.Checked < len(kept) {
		t.Errorf("log of %s: %v, %v", h.name, v.Findings, err)
	}
}

// backup copies the database, and restore puts the copy in its place, in which
// nothing contradicts anything.
func (h *house) backup(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "older.db")
	if err := h.db.Backup(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	return path
}

func (h *house) restore(t *testing.T, path string) {
	t.Helper()
	db, err := database.Open(t.Context(), path, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the test is over
	h.db = db
	h.open(t)
}

// pair is the trust centre and a neighbour that answers it.
type pair struct {
	centre, neighbour *house
	door              witness.Door // of the neighbour, over its transport
}

func (p *pair) exchange(t *testing.T) error {
	t.Helper()
	return p.through(t, p.door)
}

func (p *pair) through(t *testing.T, door witness.Door) error {
	t.Helper()
	return witness.Exchange(t.Context(), p.centre.log, p.centre.name, p.neighbour.name, door)
}

func (p *pair) must(t *testing.T) {
	t.Helper()
	if err := p.exchange(t); err != nil {
		t.Fatal(err)
	}
}

// now is the neighbour's door over whatever log it has now.
type now struct{ *house }

func (n now) serve() witness.Door { return witness.Serve(n.log, n.name, string(wire.TrustCentre)) }

func (n now) Kept(ctx context.Context) (int64, error) { return n.serve().Kept(ctx) }
func (n now) Checkpoint(ctx context.Context, since int64) (witness.Checkpoint, error) {
	return n.serve().Checkpoint(ctx, since)
}
func (n now) Witness(ctx context.Context, c witness.Checkpoint) ([]byte, error) {
	return n.serve().Witness(ctx, c)
}
func (n now) Cosigned(ctx context.Context, cosigned []byte) error {
	return n.serve().Cosigned(ctx, cosigned)
}

// The rest of the contracts lies one step deeper than the door.
type (
	restOfPortal struct{ submission.Closed }
	portalDoor   struct {
		witness.Door
		restOfPortal
	}
	restOfRegistry struct{ transfer.Closed }
	registryDoor   struct {
		witness.Door
		restOfRegistry
	}
)

var quiet = wire.Options{Log: slog.New(slog.DiscardHandler)}

// ways are the transports of both contracts.
var ways = map[string]func(*testing.T, *house) witness.Door{
	"portal in process": func(_ *testing.T, h *house) witness.Door {
		return submission.Local(portalDoor{Door: now{h}}, wire.TrustCentre)
	},
	"registry in process": func(_ *testing.T, h *house) witness.Door {
		return transfer.Local(registryDoor{Door: now{h}}, wire.TrustCentre)
	},
	"portal over HTTP": func(t *testing.T, h *house) witness.Door {
		n := wiretest.New(t)
		handler := submission.NewHandler(func(wire.House) (submission.Door, error) { return portalDoor{Door: now{h}}, nil }, quiet)
		r, err := submission.Dial(n.Serve(t, wire.Portal, handler, quiet, wire.TrustCentre), n.Client(t, wire.TrustCentre, wire.Portal), quiet)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return r
	},
	"registry over HTTP": func(t *testing.T, h *house) witness.Door {
		n := wiretest.New(t)
		handler := transfer.NewHandler(func(wire.House) (transfer.Door, error) { return registryDoor{Door: now{h}}, nil }, quiet)
		r, err := transfer.Dial(n.Serve(t, wire.Registry, handler, quiet, wire.TrustCentre), n.Client(t, wire.TrustCentre, wire.Registry), quiet)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(r.Close)
		return r
	},
}

// each runs a test with two fresh houses over every transport.
func each(t *testing.T, run func(*testing.T, *pair)) {
	t.Helper()
	for name, open := range ways {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			neighbour := string(wire.Portal)
			if name[0] == 'r' {
				neighbour = string(wire.Registry)
			}
			p := newPair(t, neighbour)
			p.door = open(t, p.neighbour)
			run(t, p)
		})
	}
}

func newPair(t *testing.T, neighbour string) *pair {
	t.Helper()
	p := &pair{centre: newHouse(t, string(wire.TrustCentre)), neighbour: newHouse(t, neighbour)}
	p.centre.others[p.neighbour.name] = p.neighbour.public
	p.neighbour.others[p.centre.name] = p.centre.public
	p.centre.open(t)
	p.neighbour.open(t)
	p.door = now{p.neighbour}
	for range 3 {
		p.centre.act(t)
		p.neighbour.act(t)
	}
	return p
}

func TestL2ExchangeWitnessesBothHouses(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *pair) {
		for range 4 {
			ours, theirs := p.centre.act(t), p.neighbour.act(t)
			if p.centre.witnessed(t, ours) || p.neighbour.witnessed(t, theirs) {
				t.Fatal("witnessed before the exchange")
			}
			p.must(t)
			if !p.centre.witnessed(t, ours) || !p.neighbour.witnessed(t, theirs) {
				t.Fatal("not witnessed after the exchange")
			}
			p.must(t) // at once again
		}
		if p.centre.refusals(t, p.neighbour.name) != 0 || p.neighbour.refusals(t, p.centre.name) != 0 {
			t.Error("an honest checkpoint was refused")
		}
		p.centre.whole(t, p.neighbour.keeps(t, p.centre.name)...)
		p.neighbour.whole(t, p.centre.keeps(t, p.neighbour.name)...)
	})
}

func TestL2ExchangeFindsRestoredNeighbour(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *pair) {
		p.must(t)
		older := p.neighbour.backup(t)
		for range 5 {
			p.neighbour.act(t)
		}
		p.must(t)
		p.neighbour.restore(t, older)
		for round := range 3 { // shorter, of about the same length, longer
			ours := p.centre.act(t)
			if err := p.exchange(t); !errors.Is(err, witness.ErrForeignHistory) {
				t.Errorf("round %d: %v", round, err)
			}
			if !p.centre.witnessed(t, ours) {
				t.Error("the other direction stopped")
			}
			for range 5 {
				p.neighbour.act(t)
			}
			if n := p.centre.refusals(t, p.neighbour.name); n != round+1 {
				t.Errorf("%d refusals in the log, want %d", n, round+1)
			}
		}
		if v, err := p.neighbour.log.Verify(t.Context(), p.centre.keeps(t, p.neighbour.name)...); err != nil || v.Whole() {
			t.Errorf("the restored log agrees with what the trust centre keeps: %v", err)
		}
	})
}

func TestL2ExchangeFindsOurOwnRestoredDatabase(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, p *pair) {
		p.must(t)
		older := p.centre.backup(t)
		for range 5 {
			p.centre.act(t)
		}
		p.must(t)
		p.centre.restore(t, older)
		for round := range 3 {
			ours, theirs := p.centre.act(t), p.neighbour.act(t)
			if err := p.exchange(t); !errors.Is(err, witness.ErrForeignHistory) {
				t.Errorf("round %d: %v", round, err)
			}
			if p.centre.witnessed(t, ours) || !p.neighbour.witnessed(t, theirs) {
				t.Error("the forked log is witnessed, or the whole one is not")
			}
			for range 5 {
				p.centre.act(t)
			}
			if n := p.neighbour.refusals(t, p.centre.name); n != round+1 {
				t.Errorf("%d refusals in the neighbour's log, want %d", n, round+1)
			}
		}
	})
}
