// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"testing"

	"meldewerk/exchange/transfer"
	"meldewerk/internal/database"
	"meldewerk/pseudonym"
	"meldewerk/pseudonym/linkage"
	"meldewerk/tumour"
)

// current reads one number of a report's current version.
func (b *bench) current(what, report string) int {
	b.t.Helper()
	return b.number(`SELECT `+what+` FROM record r WHERE r.report_ref = $1 AND r.state = 'assigned'`, string(ref[pseudonym.ReportRef](report)))
}

const (
	hasChiffrat = `CASE WHEN r.chiffrat IS NULL THEN 0 ELSE 1 END`
	numbersOf   = `(SELECT COUNT(*) FROM record_number n WHERE n.report_ref = r.report_ref AND n.version = r.version)`
)

func lives(postal, place tumour.Label) func(*transfer.Record) {
	return func(r *transfer.Record) { r.PostalCode, r.Place, r.Country = postal, place, "DE" }
}

// TestReferenceTakesThePersonOver sends an edit and a further report by
// reference. Each version holds the whole pseudonym; the Chiffrat stays with
// the report to which it is bound.
func TestReferenceTakesThePersonOver(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4", sealed("x"), lives("26121", "Oldenburg")),
			record("a", "p1", "t1", 2, anna, "C50.1", withoutPerson),
			record("c", "p1", "t2", 3, anna, "C34.1", withoutPerson),
			record("c", "p1", "t2", 4, anna, "C34.2", withoutPerson))
		for report, chiffrat := range map[string]int{"a": 1, "c": 0} {
			if b.person(report) != 1 || b.current(numbersOf, report) != 4 || b.current(hasChiffrat, report) != chiffrat {
				t.Errorf("report %s: person %d, %d numbers, %d Chiffrate", report, b.person(report), b.current(numbersOf, report), b.current(hasChiffrat, report))
			}
			if b.current(`CASE WHEN r.name_key IS NULL THEN 0 ELSE 1 END`, report) != 1 {
				t.Errorf("report %s is not found by its names", report)
			}
		}
		if got := b.number(`SELECT COUNT(*) FROM record WHERE chiffrat IS NOT NULL`); got != 1 {
			t.Errorf("%d Chiffrate of one", got)
		}
		var id linkage.PersonID
		b.must(b.db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			return tx.QueryRowContext(ctx, `SELECT id FROM person`).Scan(&id)
		}))
		shown, err := b.store.Case(t.Context(), "clerk", id)
		b.must(err)
		want := transfer.Record{Sex: "W", Birth: transfer.Birth{Month: 3, Year: 1951}, PostalCode: "26121", Place: "Oldenburg", Country: "DE"}
		if c := shown.Clear; c.Sex != want.Sex || c.Birth != want.Birth || c.PostalCode != want.PostalCode || c.Place != want.Place || c.Country != want.Country {
			t.Error("a clerk does not see sex, birth and place of a case whose newest report came by reference")
		}
	})
}

// TestReferenceTakesTheNewestOfThePatient: a further report means the person as
// the patient number stands for now, an edit the one of its own report.
func TestReferenceTakesTheNewestOfThePatient(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		renamed := anna
		renamed.surname = "ottinger"
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4"), record("b", "p1", "t2", 2, renamed, "C34.1"),
			record("c", "p1", "t3", 3, anna, "C18.1", withoutPerson), record("a", "p1", "t1", 4, anna, "C50.1", withoutPerson))
		for report, want := range map[string]string{"a": anna.surname, "b": renamed.surname, "c": renamed.surname} {
			if got := b.number(`SELECT COUNT(*) FROM record r JOIN record_number n ON n.report_ref = r.report_ref AND n.version = r.version
				WHERE r.report_ref = $1 AND r.state = 'assigned' AND n.number = $2`, string(ref[pseudonym.ReportRef](report)), number(want)); got != 1 {
				t.Errorf("report %s does not carry the number of %s", report, want)
			}
		}
	})
}

// TestReferenceWaitsForItsSourceAndStopsNobody lets a further report overtake
// the one that names the person.
func TestReferenceWaitsForItsSourceAndStopsNobody(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		other := anna
		other.insured, other.surname = "B123456782", "x"
		b.assign(record("c", "p1", "t2", 2, anna, "C34.1", withoutPerson), record("o", "p9", "t1", 3, other, "C50.4"))
		if b.number(`SELECT COUNT(*) FROM record WHERE state = 'stored'`) != 1 || b.person("o") != 1 {
			t.Fatal("a report whose person is not there was placed, or stopped another")
		}
		if n, err := b.clerk.Assign(t.Context()); n != 0 || err != nil {
			t.Fatalf("nothing to place: %d, %v", n, err)
		}
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4"))
		_, err := b.clerk.Assign(t.Context())
		b.must(err)
		if b.person("c") != 2 || b.person("a") != 2 || b.current(numbersOf, "c") != 4 {
			t.Error("the waiting report did not go on when its source came")
		}
	})
}

// TestReferenceKeepsTheEvidence links and parts persons through versions that
// came by reference.
func TestReferenceKeepsTheEvidence(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		wrong, right, byName := anna, anna, anna
		right.surname, right.first, right.insured = "vollmeyer", "mia", "A123456780"
		byName.insured = ""
		b.assign(record("bridge", "p1", "t1", 1, wrong, "C50.4"),
			record("a", "p2", "t1", 2, wrong, "C50.4", sealed("x")), record("a", "p2", "t1", 3, wrong, "C50.1", withoutPerson),
			record("b", "p2", "t2", 4, wrong, "C61.0", withoutPerson))
		b.assign(record("bridge", "p1", "t1", 5, right, "C50.4", identity(transfer.IdentityReplaced)))
		if b.person("a") != 1 || b.person("b") != 1 || b.person("bridge") != 2 {
			t.Errorf("persons %d, %d and %d", b.person("a"), b.person("b"), b.person("bridge"))
		}
		b.assign(record("later", "p3", "t1", 6, byName, "C50.4"))
		if b.person("later") != 1 {
			t.Error("a report by the same names finds nobody")
		}
	})
}

// TestWrongPersonGoesFromReferencesToo replaces the person of all reports of a
// patient number.
func TestWrongPersonGoesFromReferencesToo(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		right := anna
		right.surname, right.first, right.insured = "vollmeyer", "mia", "A123456780"
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4", sealed("x")), record("a", "p1", "t1", 2, anna, "C50.1", withoutPerson),
			record("c", "p1", "t2", 3, anna, "C34.1", withoutPerson))
		b.assign(record("a", "p1", "t1", 4, right, "C50.1", identity(transfer.IdentityReplaced), sealed("y")),
			record("c", "p1", "t2", 4, right, "C34.1", identity(transfer.IdentityReplaced), sealed("z")),
			record("d", "p1", "t3", 5, right, "C18.1", withoutPerson))
		if got := b.number(`SELECT COUNT(*) FROM record_number WHERE number = $1`, number(anna.insured)); got != 0 {
			t.Errorf("%d numbers of the wrong person are left", got)
		}
		if got := b.number(`SELECT COUNT(*) FROM person`); got != 1 {
			t.Errorf("%d persons", got)
		}
		if got := b.number(`SELECT COUNT(*) FROM record_number WHERE number = $1`, number(right.insured)); got != 3 {
			t.Errorf("%d reports carry the right person", got)
		}
	})
}

func number(value string) []byte {
	var n pseudonym.Number
	copy(n[:], value)
	return n[:]
}

// TestN16ReferenceBringsNoChiffratBack objects by reference, and takes the
// objection back by reference.
func TestN16ReferenceBringsNoChiffratBack(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4", sealed("x")), record("b", "p1", "t2", 2, anna, "C34.1", sealed("y")))
		b.assign(record("a", "p1", "t1", 3, anna, "C50.1", withoutPerson, objects))
		if got := b.number(`SELECT COUNT(*) FROM record WHERE chiffrat IS NOT NULL`); got != 0 {
			t.Errorf("%d Chiffrate after an objection by reference", got)
		}
		b.assign(record("a", "p1", "t1", 4, anna, "C50.2", withoutPerson), record("b", "p1", "t2", 5, anna, "C34.2", withoutPerson))
		if got := b.number(`SELECT COUNT(*) FROM record WHERE chiffrat IS NOT NULL`); got != 0 {
			t.Errorf("%d Chiffrate came back by reference", got)
		}
	})
}

// TestLateReferenceIsRetired overtakes an edit by a whole version.
func TestLateReferenceIsRetired(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.assign(record("a", "p1", "t1", 5, anna, "C50.4", sealed("x")), record("a", "p1", "t1", 3, anna, "C50.1", withoutPerson))
		if b.current(`r.version`, "a") != 5 || b.current(hasChiffrat, "a") != 1 ||
			b.number(`SELECT COUNT(*) FROM record WHERE version = 3 AND state = 'superseded' AND chiffrat IS NULL`) != 1 {
			t.Error("a late edit changed the newer version, or waits for ever")
		}
	})
}

// TestReferenceMeansTheReportThatIsNamed: under one patient number stand two
// persons, and the trust centre says which of them is meant.
func TestReferenceMeansTheReportThatIsNamed(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		other := anna
		other.surname, other.first, other.insured, other.month = "vollmeyer", "mia", "A123456780", 4
		like := func(report string) func(*transfer.Record) {
			return func(r *transfer.Record) { r.Source = ref[pseudonym.ReportRef](report) }
		}
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4"), record("b", "p1", "t2", 2, other, "C61.0"),
			record("c", "p1", "t3", 3, anna, "C34.1", withoutPerson, like("a")), record("d", "p1", "t4", 4, anna, "C34.1", withoutPerson, like("b")),
			record("a", "p1", "t1", 5, anna, "C50.1", withoutPerson, like("b")), // its own version says more
			record("e", "p1", "t5", 7, anna, "C18.1", withoutPerson, like("late")))
		for report, want := range map[string]int{"a": 1, "b": 2, "c": 1, "d": 2} {
			if got := b.person(report); got != want {
				t.Errorf("report %s belongs to person %d, want %d", report, got, want)
			}
		}
		if got := b.number(`SELECT COUNT(*) FROM record WHERE state = 'stored'`); got != 1 {
			t.Fatalf("%d records wait: one whose source is not there must not take another", got)
		}
		b.assign(record("late", "p1", "t6", 6, anna, "C18.1"))
		_, err := b.clerk.Assign(t.Context())
		b.must(err)
		if got := b.person("e"); got != 1 {
			t.Errorf("the report that waited belongs to person %d", got)
		}
	})
}

// TestTwinsAreNotLinkedByTheNumberThatWasWrong: the wrong person was the twin,
// born in the same month, and a package still stands for her.
func TestTwinsAreNotLinkedByTheNumberThatWasWrong(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		twin := anna
		twin.first = "zoe"
		twin.day = "" // neither number nor whole day of birth: only the patient number joins her reports
		twin.insured = ""
		replaced := identity(transfer.IdentityReplaced)
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4"), record("b", "p1", "t3", 1, anna, "C34.1"), record("c", "p1", "t2", 2, anna, "C61.0"),
			record("a", "p1", "t1", 3, twin, "C50.4", replaced), record("b", "p1", "t3", 3, twin, "C34.1", replaced),
			record("c", "p1", "t2", 4, anna, "C61.9", identity(transfer.IdentitySame)),
			record("d", "p1", "t4", 5, twin, "C18.1", withoutPerson, func(r *transfer.Record) { r.Source = ref[pseudonym.ReportRef]("a") }))
		if b.person("a") == b.person("c") {
			t.Error("the right twin is linked to the wrong one again")
		}
		if b.person("b") != b.person("a") || b.person("d") != b.person("a") {
			t.Errorf("reports of one twin belong to persons %d, %d and %d", b.person("a"), b.person("b"), b.person("d"))
		}
	})
}
