// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"testing"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/identity"
	"meldewerk/internal/database"
	"meldewerk/pseudonym"
	"meldewerk/trustcentre/internal/inspection"
	"meldewerk/trustcentre/internal/lastlook"
	"meldewerk/trustcentre/internal/store"
)

// digest stands for the keyed digest of a person: the first letter of the surname.
func digest(p *identity.Person) ([32]byte, error) {
	if p.Surname == "" {
		return [32]byte{'-'}, nil
	}
	return [32]byte{p.Surname[0]}, nil
}

// ask looks for the person behind a patient number, as an edit of report n or
// as a further report does, and takes nothing over.
func (b *bench) ask(n int, patient pseudonym.PatientRef) *store.Person {
	b.t.Helper()
	var found *store.Person
	e := b.envelope()
	b.must(b.store.Admit(b.t.Context(), e, []store.Candidate{{Position: 1, Report: ref[pseudonym.ReportRef]("report", n),
		Search: &store.Search{Patient: patient, Unit: e.Unit, Digest: digest},
		Judge: func(_ *inspection.Known, p *store.Person) (store.Opened, error) {
			found = p
			return store.Opened{Verdict: inspection.Verdict{State: submission.Refused}}, nil
		}}}))
	return found
}

var onePatient = ref[pseudonym.PatientRef]("patient", 77)

// named gives a report of the one patient a surname.
func named(surname string) func(o *store.Opened) {
	return func(o *store.Opened) {
		o.References.Patient, o.Parts.Record.Patient = onePatient, onePatient
		o.Report.Person.Surname = surname
		o.Digests.Person, _ = digest(&o.Report.Person) // never an error
	}
}

// finish lets everything go on that may and completes the report.
func (b *bench) finish(n int, receipt submission.Receipt) {
	b.t.Helper()
	b.must(b.store.HandedOver(b.t.Context(), idsOf(b.ready())))
	b.complete(notice(n, receipt))
}

// names says whom a search has found: the surname, "registry" with the digest's
// letter when the identity is deleted, "nobody".
func names(p *store.Person) string {
	switch {
	case p == nil:
		return "nobody"
	case p.Given != nil:
		return p.Given.Surname
	}
	return "registry " + string(rune(p.Digest[0]))
}

func (b *bench) names(n int, want string) {
	b.t.Helper()
	if got := names(b.ask(n, onePatient)); got != want {
		b.t.Errorf("report %d by reference means %q, want %q", n, got, want)
	}
}

// TestSearchFindsThePersonWhereverTheReportIs follows a report from its
// arrival to its end.
func TestSearchFindsThePersonWhereverTheReportIs(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.names(1, "nobody")
		for _, held := range []func(o *store.Opened){wait, stop, func(*store.Opened) {}} {
			b.admit(1, func(o *store.Opened) { named("Grünwald")(o); held(o) })
			b.names(1, "Grünwald") // the report itself
			b.names(2, "Grünwald") // a further one
		}
		b.must(b.store.HandedOver(t.Context(), idsOf(b.ready())))
		b.names(1, "Grünwald")
		var newest submission.Receipt
		b.must(b.db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT MAX(receipt) FROM dossier`).Scan(&newest)
		}))
		b.complete(notice(1, newest))
		b.names(1, "registry G")
		b.names(2, "registry G")
		if got := names(b.ask(1, ref[pseudonym.PatientRef]("patient", 78))); got != "nobody" {
			t.Errorf("another patient number means %q", got)
		}
	})
}

// TestSearchPrefersTheReportsOwnPerson: two spellings stand under one patient
// number. An edit keeps its own, a further report takes the newest.
func TestSearchPrefersTheReportsOwnPerson(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.finish(1, b.admit(1, named("Alt")))
		b.admit(2, named("Neu"))
		b.names(1, "registry A")
		b.names(2, "Neu")
		b.names(3, "Neu")
		b.finish(2, b.next-3)
		b.names(1, "registry A")
		b.names(3, "registry N")
		// The older spelling lies here once more; it is not what the newest report says.
		b.admit(4, named("Alt"))
		b.names(1, "Alt")
		b.names(2, "registry N")
		b.names(3, "Alt")
	})
}

// TestSearchTakesNoEvidenceThatNeverLeft: the identity of a report went at the
// law's limit before the registry had it.
func TestSearchTakesNoEvidenceThatNeverLeft(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		expire := func() {
			_, err := b.store.Expire(t.Context(), begin.Add(time.Hour))
			b.must(err)
		}
		b.admit(1, named("Grünwald"))
		expire()
		b.names(1, "nobody")
		b.names(2, "nobody")
		b.must(b.store.HandedOver(t.Context(), idsOf(b.ready())))
		b.names(1, "registry G")
		// A correction that lost its identity on the way must not be passed over.
		b.admit(1, named("Berichtigt"))
		b.names(1, "Berichtigt")
		expire()
		b.names(1, "nobody")
		b.admit(3, func(o *store.Opened) { named("Freigabe")(o); wait(o) })
		expire()
		b.names(3, "nobody")
	})
}

// TestEditByReferenceKeepsTheChiffrat: a version without a person brings none
// and takes none away; the wrong person's go, those of packages and of newer
// reports stay.
func TestEditByReferenceKeepsTheChiffrat(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		sealed, err := pseudonym.ParseChiffrat(append([]byte{1, 0, 80}, make([]byte, 1500)...))
		b.must(err)
		kept := func() int { return b.number(`SELECT COUNT(*) FROM reference WHERE chiffrat IS NOT NULL`) }
		admit := func(n int, channel submission.Channel, change func(o *store.Opened)) {
			e := b.envelope()
			e.Channel = channel
			b.must(b.store.Admit(t.Context(), e, []store.Candidate{candidate(n, func(o *store.Opened) {
				named("Grünwald")(o)
				o.Parts.Chiffrat = &sealed
				change(o)
			})}))
		}
		whole := func(*store.Opened) {}
		admit(1, submission.ByForm, whole)
		admit(2, submission.ByForm, whole)
		admit(3, submission.ByPackage, whole)
		admit(1, submission.ByForm, func(o *store.Opened) {
			o.Parts.Chiffrat, o.Parts.Record.Numbers, o.Parts.Record.Identity = nil, pseudonym.ControlNumbers{}, transfer.IdentitySame
		})
		if got := kept(); got != 3 {
			t.Errorf("%d of 3 Chiffrate after an edit by reference", got)
		}
		before := len(b.log.codes)
		admit(2, submission.ByForm, func(o *store.Opened) {
			o.Verdict.Identity, o.Parts.Record.Identity = transfer.IdentityReplaced, transfer.IdentityReplaced
		})
		if got := kept(); got != 2 {
			t.Errorf("%d Chiffrate after the wrong person was replaced, want the new one and that of the package", got)
		}
		logged := false
		for _, code := range b.log.codes[before:] {
			logged = logged || code == audit.ReportCorrected
		}
		if !logged {
			t.Error("the deletion of the wrong person's Chiffrate is not logged")
		}
	})
}

// TestPersonLetsAnUnseenWordGoAlong decides on a word that could not be compared.
func TestPersonLetsAnUnseenWordGoAlong(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		for n, keep := range []bool{true, false} {
			b.admit(n+1, func(o *store.Opened) {
				o.Parts.Record.Event.Diagnosis.Classifications[0].Name = "Sonderskala"
				o.Stops = []lastlook.Stop{{Field: "Event.Diagnosis.Classifications[0].Name", Reason: lastlook.Unseen}}
			})
			b.must(b.store.Decide(t.Context(), b.held()[0].ID, store.Decision{Actor: "inspector", Keep: keep}))
			ready := b.ready()
			if got := ready[len(ready)-1].Record.Event.Diagnosis.Classifications[0].Name != ""; got != keep {
				t.Errorf("kept %t, the word goes along %t", keep, got)
			}
		}
	})
}

// TestRelationOfAReplacedVersionReachesTheRegistry: what a version would have
// told of its person must reach the registry with the one that replaces it.
func TestRelationOfAReplacedVersionReachesTheRegistry(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		relation := func(i transfer.Identity) func(o *store.Opened) {
			return func(o *store.Opened) { o.Verdict.Identity, o.Parts.Record.Identity = i, i }
		}
		n := 0
		for _, c := range []struct{ before, after, want transfer.Identity }{
			{transfer.IdentityNew, transfer.IdentitySame, transfer.IdentitySame},
			{transfer.IdentityNew, transfer.IdentityCorrected, transfer.IdentityCorrected},
			{transfer.IdentityCorrected, transfer.IdentitySame, transfer.IdentityCorrected},
			{transfer.IdentityReplaced, transfer.IdentitySame, transfer.IdentityReplaced},
			{transfer.IdentityReplaced, transfer.IdentityCorrected, transfer.IdentityReplaced},
			{transfer.IdentityCorrected, transfer.IdentityReplaced, transfer.IdentityReplaced},
		} {
			n++
			b.admit(n, relation(c.before))
			b.admit(n, relation(c.after))
			ready := b.ready()
			if got := ready[len(ready)-1].Record.Identity; len(ready) != n || got != c.want {
				t.Errorf("%s after %s goes as %s, want %s", c.after, c.before, got, c.want)
			}
		}
	})
}
