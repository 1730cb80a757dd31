// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"meldewerk/audit"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/store"
)

// pair is a portal and the registry that keeps its checkpoints.
type pair struct {
	portalDB         *database.DB
	portal, registry *store.AuditLog
	own, other       key
}

func newPair(t *testing.T, portalDB, registryDB *database.DB) pair {
	t.Helper()
	p := pair{portalDB: portalDB, own: newKey(t, "portal"), other: newKey(t, "registry")}
	p.portal = openLog(t, portalDB, "portal", p.own, map[string]string{"registry": p.other.public})
	p.registry = openLog(t, registryDB, "registry", p.other, map[string]string{"portal": p.own.public})
	return p
}

// offer makes the portal's newest checkpoint and the proof for the registry.
func (p pair) offer(t *testing.T) ([]byte, tlog.TreeProof) {
	t.Helper()
	signed, err := p.portal.SignCheckpoint(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	verifier, err := note.NewVerifier(p.own.public)
	if err != nil {
		t.Fatal(err)
	}
	checkpoint, err := audit.OpenCheckpoint(signed, "portal", verifier)
	if err != nil {
		t.Fatal(err)
	}
	from, err := p.portal.CosignedSize(t.Context(), "registry")
	if err != nil {
		t.Fatal(err)
	}
	proof, err := p.portal.Proof(t.Context(), from, checkpoint.Size)
	if err != nil {
		t.Fatal(err)
	}
	return signed, proof
}

// exchange carries the portal's newest checkpoint to the registry and back.
func (p pair) exchange(t *testing.T) error {
	t.Helper()
	signed, proof := p.offer(t)
	cosigned, err := p.registry.StoreWitness(t.Context(), "portal", signed, proof)
	if err != nil {
		return err
	}
	return p.portal.StoreCosigned(t.Context(), "registry", cosigned)
}

func TestL2EntryIsWitnessedByAnotherHouse(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		p := newPair(t, open(t), open(t))
		do(t, p.portalDB, p.portal, 3)
		if err := p.exchange(t); err != nil {
			t.Fatal(err)
		}
		var id store.EntryID
		err := p.portalDB.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			var err error
			id, err = p.portal.AppendEntry(ctx, tx, audit.Act{Actor: "account/1", Code: audit.IdentityOpened, Purpose: "kkn"})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // later exchanges, one of them without news
			if witnessed, err := p.portal.Witnessed(t.Context(), id); err != nil || witnessed {
				t.Fatalf("witnessed before the exchange: %v, %v", witnessed, err)
			}
			if err := p.exchange(t); err != nil {
				t.Fatal(err)
			}
			if witnessed, err := p.portal.Witnessed(t.Context(), id); err != nil || !witnessed {
				t.Fatalf("not witnessed after the exchange: %v", err)
			}
			if err := p.exchange(t); err != nil {
				t.Fatalf("the same checkpoint again: %v", err)
			}
			id = store.EntryID("")
			do(t, p.portalDB, p.portal, 1)
			list, err := p.portal.Entries(t.Context(), store.EntryFilter{Limit: 1})
			if err != nil {
				t.Fatal(err)
			}
			id = list[0].ID
		}
		kept, err := p.registry.Witnesses(t.Context(), "portal")
		if err != nil || len(kept) != 4 || kept[3].Size != 6 || kept[3].Received.IsZero() {
			t.Errorf("kept %+v: %v", kept, err)
		}
		var copies [][]byte
		for _, w := range kept {
			copies = append(copies, w.Signed)
		}
		if v := verdict(t, p.portal, copies...); !v.Whole() || v.Checked != 4+4+4 {
			t.Errorf("verdict %+v", v)
		}
	})
}

func TestL2WitnessRefusesWhatIsNotTheHouses(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		p := newPair(t, open(t), open(t))
		do(t, p.portalDB, p.portal, 3)
		signed, proof := p.offer(t)
		if _, err := p.registry.StoreWitness(t.Context(), "trustcentre", signed, proof); err == nil {
			t.Error("an unknown house was witnessed")
		}
		forged, err := audit.Checkpoint{House: "portal", Size: 3}.Sign(newKey(t, "portal").signer)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.registry.StoreWitness(t.Context(), "portal", forged, nil); !errors.Is(err, audit.ErrCheckpoint) {
			t.Errorf("a foreign signature: %v", err)
		}
		if err := p.portal.StoreCosigned(t.Context(), "registry", signed); !errors.Is(err, audit.ErrCheckpoint) {
			t.Errorf("a checkpoint without the witness's signature: %v", err)
		}
	})
}

// TestL2RestoredDatabaseIsFoundThroughWitness restores an older database, in
// which nothing contradicts anything, and lets it grow again.
func TestL2RestoredDatabaseIsFoundThroughWitness(t *testing.T) {
	t.Parallel()
	p := newPair(t, databasetest.OpenSQLite(t), databasetest.OpenSQLite(t))
	do(t, p.portalDB, p.portal, 5)
	if err := p.exchange(t); err != nil {
		t.Fatal(err)
	}
	older := filepath.Join(t.TempDir(), "older.db")
	if err := p.portalDB.Backup(t.Context(), older); err != nil {
		t.Fatal(err)
	}
	do(t, p.portalDB, p.portal, 4)
	if err := p.exchange(t); err != nil {
		t.Fatal(err)
	}
	kept, err := p.registry.Witnesses(t.Context(), "portal")
	if err != nil || len(kept) != 2 {
		t.Fatalf("%d kept: %v", len(kept), err)
	}

	db, err := database.Open(t.Context(), older, database.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the test is over
	p.portalDB = db
	p.portal = openLog(t, db, "portal", p.own, map[string]string{"registry": p.other.public})
	expect := func(trouble audit.Trouble) {
		t.Helper()
		if v := verdict(t, p.portal); !v.Whole() {
			t.Fatalf("by itself the restored log is whole: %v", v.Findings)
		}
		v := verdict(t, p.portal, kept[0].Signed, kept[1].Signed)
		if len(v.Findings) != 1 || v.Findings[0].Trouble != trouble || v.Findings[0].Index != 9 {
			t.Errorf("want %s, found %v", trouble, v.Findings)
		}
	}
	expect(audit.Truncated)
	if err := p.exchange(t); err != nil {
		t.Errorf("the checkpoint before the restoring is known and good: %v", err)
	}
	do(t, db, p.portal, 3)
	if err := p.exchange(t); !errors.Is(err, audit.ErrForeignHistory) {
		t.Errorf("a shorter log was witnessed: %v", err)
	}
	do(t, db, p.portal, 1)
	if err := p.exchange(t); !errors.Is(err, audit.ErrForeignHistory) {
		t.Errorf("a fork of the same size was witnessed: %v", err)
	}
	do(t, db, p.portal, 6)
	if err := p.exchange(t); !errors.Is(err, audit.ErrForeignHistory) {
		t.Errorf("a longer fork was witnessed: %v", err)
	}
	expect(audit.Forked)
	refused, err := p.registry.Entries(t.Context(), store.EntryFilter{Code: audit.CheckpointRefused})
	if err != nil || len(refused) != 3 || refused[0].Entry.Act.Result != audit.Refused {
		t.Errorf("%d refusals in the registry's log, want 3: %v", len(refused), err)
	}
}
