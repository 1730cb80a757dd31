// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/pseudonym"
	"meldewerk/trustcentre/internal/inspection"
	"meldewerk/trustcentre/internal/store"
)

// What is known of a person after the newest word on it was lost or refused.

// before asks what is kept of report n, and takes nothing over.
func (b *bench) before(n int) *inspection.Known {
	b.t.Helper()
	var found *inspection.Known
	b.must(b.store.Admit(b.t.Context(), b.envelope(), []store.Candidate{{Position: 1, Report: ref[pseudonym.ReportRef]("report", n),
		Judge: func(known *inspection.Known, _ *store.Person) (store.Opened, error) {
			found = known
			return store.Opened{Verdict: inspection.Verdict{State: submission.Refused}}, nil
		}}}))
	return found
}

func (b *bench) expire() {
	b.t.Helper()
	_, err := b.store.Expire(b.t.Context(), begin.Add(time.Hour))
	b.must(err)
}

func related(i transfer.Identity, more ...func(o *store.Opened)) func(o *store.Opened) {
	return func(o *store.Opened) {
		o.Verdict.Identity, o.Parts.Record.Identity = i, i
		for _, change := range more {
			change(o)
		}
	}
}

// TestEditNeverPassesOverALostCorrection: the registry still has the wrong
// person of report 1. That report 2 could tell the right one does not help an
// edit of report 1, because its earlier version would speak for it there.
func TestEditNeverPassesOverALostCorrection(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.finish(1, b.admit(1, named("Falsch")))
		b.admit(1, related(transfer.IdentityReplaced, named("Richtig"), stop))
		b.finish(2, b.admit(2, named("Richtig")))
		b.names(1, "Richtig")
		b.expire()
		b.names(1, "nobody")
		b.names(3, "registry R")
	})
}

// TestLostReportIsNoDoppelmeldung: a report that was still held when its
// identity was deleted can never leave, so it must be able to come again.
func TestLostReportIsNoDoppelmeldung(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.admit(1, stop)
		b.admit(2, nil)
		b.expire()
		if known := b.before(1); known.Content != [32]byte{} || known.Person == [32]byte{} {
			t.Error("a held report that lost its identity would be refused as unchanged")
		}
		if known := b.before(2); known.Content == [32]byte{} {
			t.Error("a report that still goes on would be taken twice")
		}
	})
}

// TestSuspendedUnitLosesNoChiffratOfWhatHasGoneOn: a unit was suspended, and an
// edit waited for its release until the limit.
func TestSuspendedUnitLosesNoChiffratOfWhatHasGoneOn(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		sealed, err := pseudonym.ParseChiffrat(append([]byte{1, 0, 80}, make([]byte, 1500)...))
		b.must(err)
		whole := func(o *store.Opened) { o.Parts.Chiffrat = &sealed }
		b.finish(1, b.admit(1, whole))
		b.finish(2, b.admit(2, whole))
		b.admit(1, related(transfer.IdentitySame, whole, wait))
		b.admit(2, related(transfer.IdentityReplaced, whole, wait))
		b.admit(3, func(o *store.Opened) { whole(o); wait(o) })
		b.admit(3, related(transfer.IdentitySame, whole, wait))
		b.expire()
		kept := `SELECT COUNT(*) FROM reference WHERE chiffrat IS NOT NULL`
		if all, first := b.number(kept), b.number(kept+` AND report_ref = $1`, string(ref[pseudonym.ReportRef]("report", 1))); all != 1 || first != 1 {
			t.Errorf("%d Chiffrate are left, %d of the report that the registry has under the same person", all, first)
		}
		if known := b.before(2); known.Person != inspection.Doubted {
			t.Error("nobody remembers that the registry has the wrong person")
		}
	})
}

// TestRefusedCorrectionIsRemembered: only of the very report, patient and
// channel that the correction meant.
func TestRefusedCorrectionIsRemembered(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		forms := func(n int, change func(o *store.Opened)) {
			e := b.envelope()
			e.Channel = submission.ByForm
			b.must(b.store.Admit(t.Context(), e, []store.Candidate{candidate(n, change)}))
		}
		refused := func(o *store.Opened) {
			named("Richtig")(o)
			o.Verdict, o.Doubts, o.Parts, o.Report = inspection.Verdict{State: submission.Refused}, true, nil, nil
		}
		forms(1, named("Falsch"))
		forms(2, named("Falsch"))
		b.admit(3, named("Falsch"))
		b.must(b.store.HandedOver(t.Context(), idsOf(b.ready())))
		for _, n := range []int{1, 3} {
			forms(n, refused)
		}
		forms(2, func(o *store.Opened) { refused(o); o.References.Patient = ref[pseudonym.PatientRef]("patient", 78) })
		for n, doubted := range map[int]bool{1: true, 2: false, 3: false} {
			if got := b.before(n).Person == inspection.Doubted; got != doubted {
				t.Errorf("report %d is doubted: %t, want %t", n, got, doubted)
			}
		}
		b.names(1, "nobody")
		forms(1, related(transfer.IdentityReplaced, named("Richtig")))
		b.names(1, "Richtig")
	})
}
