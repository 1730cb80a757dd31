// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/database"
	"meldewerk/trustcentre/internal/inspection"
	"meldewerk/trustcentre/internal/store"
)

// Rows that are damaged at rest: each is passed by and stops none behind it.

func (b *bench) spoil(text string, args ...any) {
	b.t.Helper()
	b.must(b.db.InTx(b.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a test spoils rows")
		n, err := tx.ExecContext(ctx, text, args...)
		if err != nil {
			return err
		}
		if rows, err := n.RowsAffected(); err != nil || rows == 0 {
			b.t.Errorf("nothing was spoiled: %v", err)
		}
		return nil
	}))
}

// spoilRecord puts the sealed report where the sealed record was.
func (b *bench) spoilRecord(receipt submission.Receipt) {
	b.t.Helper()
	b.spoil(`UPDATE dossier SET record = content WHERE receipt = $1`, int64(receipt))
}

// TestC8DamagedRecordWaitsAndMayComeAgain: what lies here of a stopped record
// cannot be opened. It is shown as that, does not go on at its deadline, comes
// up no more, and the same content sent again is no Doppelmeldung.
func TestC8DamagedRecordWaitsAndMayComeAgain(t *testing.T) {
	for what, spoil := range map[string]string{
		"record":  `UPDATE dossier SET record = content WHERE receipt = $1`,
		"content": `UPDATE dossier SET content = record WHERE receipt = $1`,
		"stops":   `UPDATE dossier SET stops = '[{"Fie' WHERE receipt = $1`,
	} {
		t.Run(what, func(t *testing.T) {
			onBoth(t, func(t *testing.T, b *bench) {
				ctx := t.Context()
				first, second := b.admit(1, stop), b.admit(2, stop)
				ids := map[submission.Receipt]store.Held{}
				for _, h := range b.held() {
					ids[h.Receipt] = h
				}
				b.spoil(spoil, int64(first))
				if err := b.store.Decide(ctx, ids[first].ID, store.Decision{Actor: "system", Marking: "LASTLOOK"}); !errors.Is(err, store.ErrUnfit) {
					t.Errorf("the decision: %v", err)
				}
				if overdue, err := b.store.Overdue(ctx, begin.Add(365*24*time.Hour), 10); err != nil || len(overdue) != 1 || overdue[0] != ids[second].ID {
					t.Errorf("overdue are %v, %v", overdue, err)
				}
				h, record, err := b.store.Stopped(ctx, "inspector", ids[first].ID)
				if err != nil || h.Lost != (what != "content") || !h.Unfit || h.Named != (what != "content") {
					t.Errorf("its page: %+v, %v", h, err)
				}
				if what == "record" && record.Event.Diagnosis != nil {
					t.Error("something was read")
				}
				if list, err := b.store.Held(ctx, "", 0, 10); err != nil || len(list) != 2 {
					t.Errorf("%d are listed, %v", len(list), err)
				}
				if known := b.before(1); known.Content != [32]byte{} {
					t.Error("the same content sent again is a Doppelmeldung")
				}
				if known := b.before(2); known.Content == [32]byte{} {
					t.Error("the content of another report is forgotten")
				}
				b.must(b.store.Decide(ctx, ids[second].ID, store.Decision{Actor: "inspector"}))
				b.admit(1, stop) // takes the place of the damaged one
				if known := b.before(1); known.Content == [32]byte{} {
					t.Error("a whole version may come twice")
				}
			})
		})
	}
}

// TestC8DamagedRecordIsHeldBack: one that was about to leave waits for a person.
func TestC8DamagedRecordIsHeldBack(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		first := b.admit(1, nil)
		b.admit(2, nil)
		b.spoilRecord(first)
		ready := b.ready()
		if len(ready) != 2 || !ready[0].Damaged || ready[1].Damaged {
			t.Fatalf("ready: %+v", ready)
		}
		b.must(b.store.Refused(t.Context(), idsOf(ready[:1])))
		if left := b.ready(); len(left) != 1 || left[0].Damaged {
			t.Errorf("left: %+v", left)
		}
	})
}

// TestC8DamagedRecordIsReplaced: a newer version takes the place of one that is
// damaged, and tells the registry the strongest that this could have meant.
func TestC8DamagedRecordIsReplaced(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.finish(1, b.admit(1, nil))
		damaged := b.admit(1, related(transfer.IdentitySame, stop))
		b.spoilRecord(damaged)
		b.admit(1, related(transfer.IdentitySame))
		ready := b.ready()
		if len(ready) != 1 || ready[0].Record.Identity != transfer.IdentityReplaced {
			t.Errorf("ready: %+v", ready)
		}
		if got := b.number(`SELECT COUNT(*) FROM dossier WHERE state = 'closed' AND receipt = $1`, int64(damaged)); got != 1 {
			t.Error("the damaged version is not closed")
		}
	})
}

// TestC8DamagedIdentityNamesNobody: a report by reference is judged all the
// same, and not given to the person of an earlier version.
func TestC8DamagedIdentityNamesNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.finish(1, b.admit(1, named("Falsch")))
		corrected := b.admit(1, related(transfer.IdentityReplaced, named("Richtig"), stop))
		b.names(1, "Richtig")
		b.spoil(`UPDATE dossier SET content = record WHERE receipt = $1`, int64(corrected))
		b.names(1, "nobody")
	})
}

// TestN20DamagedRecordExpires: one that waits for its unit until the limit is
// closed and told of like the others, and nobody counts as its person.
func TestN20DamagedRecordExpires(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		first := b.admit(1, wait)
		b.admit(2, wait)
		b.spoilRecord(first)
		b.expire()
		if got := b.number(`SELECT COUNT(*) FROM dossier WHERE state = 'closed'`); got != 2 {
			t.Errorf("%d are closed", got)
		}
		untold, err := b.store.Untold(t.Context(), 10)
		b.must(err)
		refused := 0
		for _, p := range untold {
			if p.State == submission.Refused && len(p.Remarks) == 1 && p.Remarks[0].Rule == "VST-6" {
				refused++
			}
		}
		if refused != 2 {
			t.Errorf("told: %+v", untold)
		}
		if known := b.before(1); known.Person != inspection.Doubted {
			t.Error("the person before counts, who may be the wrong one")
		}
	})
}

// TestC8DamagedFactsOfAnEnvelope: what stands outside its seal cannot be read.
// It is set aside, listed, tried again, given up or expires; others go on.
func TestC8DamagedFactsOfAnEnvelope(t *testing.T) {
	for _, facts := range []string{`{"Unit":`, `{}`} {
		t.Run(facts, func(t *testing.T) {
			onBoth(t, func(t *testing.T, b *bench) {
				ctx := t.Context()
				damaged, late, next := b.envelope(), b.envelope(), b.envelope()
				b.spoil(`UPDATE envelope SET facts = $1 WHERE receipt <= $2`, facts, int64(late.Receipt))
				for _, want := range []*submission.Envelope{damaged, late} {
					e, err := b.store.NextEnvelope(ctx)
					if err != nil || e == nil || e.ID != want.ID || !e.Damaged {
						t.Fatalf("next: %+v, %v", e, err)
					}
					b.must(b.store.SetAside(ctx, e.ID, store.BadContent))
				}
				if e, err := b.store.NextEnvelope(ctx); err != nil || e == nil || e.ID != next.ID || e.Damaged {
					t.Fatalf("the one behind: %+v, %v", e, err)
				}
				if list, err := b.store.SetAsides(ctx, 10); err != nil || len(list) != 2 || list[0].Unit != "" {
					t.Errorf("set aside: %+v, %v", list, err)
				}
				if a, err := b.store.SetAsideOne(ctx, damaged.ID); err != nil || a.ID != damaged.ID {
					t.Errorf("its page: %+v, %v", a, err)
				}
				b.must(b.store.GiveUp(ctx, "inspector", damaged.ID, store.GroundForm))
				b.expire()
				given, err := b.store.GivenUps(ctx, time.Time{}.Add(time.Hour), 10)
				if err != nil || len(given) != 3 {
					t.Errorf("given up: %+v, %v", given, err)
				}
				if untold, err := b.store.GivenUpUntold(ctx, false, 10); err != nil || len(untold) != 3 {
					t.Errorf("to be told: %v, %v", untold, err)
				}
			})
		})
	}
}

// TestC8DamagedViewsStopNoOther: of a report whose reduced view is damaged the
// reporter learns that it is completed; a damaged entry of the history waits,
// and those behind it go.
func TestC8DamagedViewsStopNoOther(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		receipts := []submission.Receipt{b.admit(1, nil), b.admit(2, nil), b.admit(3, nil)}
		b.must(b.store.HandedOver(ctx, idsOf(b.ready())))
		b.spoil(`UPDATE dossier SET view = record WHERE receipt = $1`, int64(receipts[0]))
		damaged, err := b.store.Complete(ctx, []transfer.Notice{notice(1, receipts[0]), notice(2, receipts[1]), notice(3, receipts[2])})
		if err != nil || damaged != 1 {
			t.Errorf("%d views are damaged, %v", damaged, err)
		}
		if got := b.number(`SELECT COUNT(*) FROM dossier WHERE state = 'completed' AND content IS NULL`); got != 3 {
			t.Errorf("%d are completed", got)
		}
		b.spoil(`UPDATE completion SET item = (SELECT d.record FROM dossier d WHERE d.receipt = $1) WHERE receipt = $1`, int64(receipts[1]))
		list, passed, err := b.store.Unfinished(ctx, 1)
		if err != nil || passed != 1 || len(list) != 1 || list[0].Item.Receipt != receipts[2] {
			t.Errorf("to be told: %+v, %d passed by, %v", list, passed, err)
		}
		ids, err := b.store.HandOverAgain(ctx, "operator")
		b.must(err)
		b.spoil(`UPDATE dossier SET record = (SELECT c.item FROM completion c WHERE c.receipt = dossier.receipt + 1) WHERE receipt = $1`, int64(receipts[0]))
		if kept, err := b.store.Kept(ctx, ids); err != nil || len(kept) != 2 {
			t.Errorf("%d are sent again, %v", len(kept), err)
		}
	})
}
