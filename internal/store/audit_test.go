// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"meldewerk/audit"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/store"
)

// key is the checkpoint key of a house.
type key struct {
	signer note.Signer
	public string
}

func newKey(t *testing.T, name string) key {
	t.Helper()
	path := filepath.Join(t.TempDir(), name+".key")
	if _, err := audit.CreateSigner(path, name); err != nil {
		t.Fatal(err)
	}
	signer, public, err := audit.OpenSigner(path)
	if err != nil {
		t.Fatal(err)
	}
	return key{signer, public}
}

// openLog makes the log of a house on a database, which it migrates.
func openLog(t *testing.T, db *database.DB, name string, own key, others map[string]string) *store.AuditLog {
	t.Helper()
	if err := db.Migrate(t.Context(), store.Migrations()); err != nil {
		t.Fatal(err)
	}
	log, err := store.NewAuditLog(db, name, store.AuditOptions{Signer: own.signer, PublicKey: own.public, Houses: others,
		Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	return log
}

// house is openLog with a fresh key.
func house(t *testing.T, db *database.DB, name string) *store.AuditLog {
	t.Helper()
	return openLog(t, db, name, newKey(t, name), nil)
}

// do writes acts, each in a transaction of its own.
func do(t *testing.T, db *database.DB, log *store.AuditLog, count int) {
	t.Helper()
	for range count {
		err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			return log.Append(ctx, tx, audit.Act{Actor: "account/1", Code: audit.DraftSaved, Object: "draft/7",
				Counts: map[string]int64{"fields": 3}})
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func verdict(t *testing.T, log *store.AuditLog, older ...[]byte) audit.Verdict {
	t.Helper()
	v, err := log.Verify(t.Context(), older...)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestIntegrateGivesEveryEntryItsPlace(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		log := house(t, db, "portal")
		for round := range 4 {
			do(t, db, log, 5)
			count, err := log.Integrate(t.Context())
			if err != nil || count != 5 {
				t.Fatalf("round %d: %d entries integrated, want 5: %v", round, count, err)
			}
		}
		if _, err := log.SignCheckpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		v := verdict(t, log)
		if !v.Whole() || v.Size != 20 || v.Checked != 1 {
			t.Fatalf("verdict %+v", v)
		}
		list, err := log.Entries(t.Context(), store.EntryFilter{Code: audit.DraftSaved, Limit: 7})
		if err != nil || len(list) != 7 || list[0].Entry.Act.Counts["fields"] != 3 {
			t.Fatalf("%d entries listed: %v", len(list), err)
		}
	})
}

func TestL1RefusesChangeWithoutEntry(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		house(t, db, "portal")
		err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO audit_witness (house, size, signed, received)
				VALUES ('registry', 1, 'x', 1)`)
			return err
		})
		if !errors.Is(err, database.ErrNoAct) {
			t.Fatalf("got %v, want ErrNoAct", err)
		}
	})
}

func TestIntegrateSkipsNoLateCommit(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		log := house(t, db, "portal")
		if db.Engine() == database.SQLite {
			return // one writer: whoever began first commits first
		}
		begun, finish, done := make(chan struct{}), make(chan struct{}), make(chan error)
		go func() {
			first := true
			done <- db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
				err := log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.DraftDeleted})
				if first {
					first = false
					close(begun)
					<-finish
				}
				return err
			})
		}()
		<-begun
		do(t, db, log, 3) // with later ids, committed earlier
		if count, err := log.Integrate(t.Context()); err != nil || count != 3 {
			t.Errorf("%d integrated before the late commit: %v", count, err)
		}
		close(finish)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if count, err := log.Integrate(t.Context()); err != nil || count != 1 {
			t.Errorf("%d integrated after the late commit: %v", count, err)
		}
		if v := verdict(t, log); !v.Whole() || v.Size != 4 {
			t.Errorf("verdict %+v", v)
		}
	})
}

func TestIntegrateIsSafeAmongProcesses(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		log := house(t, db, "portal")
		var group sync.WaitGroup
		for range 3 {
			group.Go(func() {
				for range 10 {
					err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
						return log.Append(ctx, tx, audit.Act{Actor: "account/1", Code: audit.DraftSaved})
					})
					if err != nil {
						t.Error(err)
					}
					if _, err := log.Integrate(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
			group.Go(func() {
				for range 5 {
					if _, err := log.SignCheckpoint(t.Context()); err != nil {
						t.Error(err)
					}
				}
			})
		}
		group.Wait()
		if _, err := log.SignCheckpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		if v := verdict(t, log); !v.Whole() || v.Size != 30 || v.Checked < 1 {
			t.Errorf("verdict %+v", v)
		}
	})
}

func TestRunIntegratesAndSigns(t *testing.T) {
	t.Parallel()
	db := databasetest.OpenSQLite(t)
	log := house(t, db, "portal")
	do(t, db, log, 3)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error)
	go func() { ended <- log.Run(ctx) }()
	// The first round comes at once; wait for what it leaves behind.
	for {
		signed, err := log.LatestCheckpoint(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if signed != nil {
			break
		}
		runtime.Gosched()
	}
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the end of the context is no error: %v", err)
	}
	if v := verdict(t, log); !v.Whole() || v.Size != 3 || v.Checked != 1 {
		t.Errorf("verdict %+v", v)
	}
}

func TestEntriesAreFiltered(t *testing.T) {
	t.Parallel()
	now := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	opts := database.Options{Clock: func() time.Time { now = now.Add(time.Minute); return now }}
	databasetest.RunWith(t, opts, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		log := house(t, db, "portal")
		var times []time.Time
		for i, act := range []audit.Act{
			{Actor: "account/1", Code: audit.DraftSaved, Object: "draft/1"},
			{Actor: "account/2", Code: audit.DraftSaved, Object: "draft/2"},
			{Actor: "account/1", Code: audit.DraftDeleted, Object: "draft/2", Result: audit.Refused},
			{Actor: "account/1", Code: audit.DraftSaved, Object: "draft/3"},
		} {
			err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
				times = append(times[:i], tx.Now)
				return log.Append(ctx, tx, act)
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		list := func(f store.EntryFilter) []store.ListedEntry {
			t.Helper()
			got, err := log.Entries(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		all := list(store.EntryFilter{})
		for what, c := range map[string]struct {
			filter store.EntryFilter
			want   int
		}{
			"all":    {store.EntryFilter{}, 4},
			"actor":  {store.EntryFilter{Actor: "account/1"}, 3},
			"code":   {store.EntryFilter{Code: audit.DraftSaved, Actor: "account/1"}, 2},
			"object": {store.EntryFilter{Object: "draft/2"}, 2},
			"from":   {store.EntryFilter{From: times[1]}, 3},
			"until":  {store.EntryFilter{From: times[1], Until: times[2]}, 1},
			"before": {store.EntryFilter{Before: all[1].ID}, 2},
			"limit":  {store.EntryFilter{Limit: 3}, 3},
		} {
			if got := list(c.filter); len(got) != c.want {
				t.Errorf("%s: %d entries, want %d", what, len(got), c.want)
			}
		}
		if all[0].Entry.Act.Object != "draft/3" || !all[0].Entry.Time.Equal(times[3]) || all[1].Entry.Act.Result != audit.Refused {
			t.Errorf("newest first: %+v", all)
		}
	})
}

func TestExpireKeepsTheLogWhole(t *testing.T) {
	t.Parallel()
	databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
		db := open(t)
		log := house(t, db, "portal")
		do(t, db, log, 6)
		if _, err := log.SignCheckpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		border := db.Now().Add(time.Microsecond)
		for db.Now().Before(border) {
			runtime.Gosched()
		}
		do(t, db, log, 2)
		if _, err := log.Integrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		for round, want := range []int64{6, 0} {
			if count, err := log.Expire(t.Context(), border); err != nil || count != want {
				t.Fatalf("round %d: %d expired, want %d: %v", round, count, want, err)
			}
		}
		if _, err := log.SignCheckpoint(t.Context()); err != nil {
			t.Fatal(err)
		}
		if v := verdict(t, log); !v.Whole() || v.Size != 9 || v.Expired != 6 || v.Checked != 2 {
			t.Errorf("verdict %+v", v)
		}
		if list, err := log.Entries(t.Context(), store.EntryFilter{}); err != nil || len(list) != 3 {
			t.Errorf("%d readable entries left: %v", len(list), err)
		}
	})
}

func TestSignCheckpointRefusesAnotherHistory(t *testing.T) {
	t.Parallel()
	for what, statement := range map[string]string{
		"changed":   `UPDATE audit_hash SET hash = (SELECT hash FROM audit_hash WHERE position = 0) WHERE position = 6`, // the root of the first four
		"truncated": `DELETE FROM audit_tree WHERE tree_index > 1`,
		"damaged":   `UPDATE audit_checkpoint SET signed = 'x'`,
	} {
		databasetest.Run(t, func(t *testing.T, open func(t *testing.T) *database.DB) {
			db := open(t)
			log := house(t, db, "portal")
			do(t, db, log, 6)
			if _, err := log.SignCheckpoint(t.Context()); err != nil {
				t.Fatal(err)
			}
			err := db.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
				tx.WithoutAct("test")
				_, err := tx.ExecContext(ctx, statement)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if _, err := log.SignCheckpoint(t.Context()); !errors.Is(err, store.ErrHistory) {
				t.Errorf("%s: got %v, want ErrHistory", what, err)
			}
		})
	}
}
