// SPDX-License-Identifier: EUPL-1.2

package store_test

import (
	"context"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"meldewerk/audit"
	"meldewerk/calendar"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	ground "meldewerk/internal/store"
	"meldewerk/pseudonym"
	"meldewerk/registry/internal/casefile"
	"meldewerk/registry/internal/store"
	"meldewerk/tumour"
)

// counting is the audit log with the codes of what was written.
type counting struct {
	*ground.AuditLog
	mu    sync.Mutex
	codes []audit.Code
}

func (c *counting) Append(ctx context.Context, tx *database.Tx, act audit.Act) error {
	c.mu.Lock()
	c.codes = append(c.codes, act.Code)
	c.mu.Unlock()
	return c.AuditLog.Append(ctx, tx, act)
}

// bench is a store with a clerk, a clock that stands still and a counted log.
type bench struct {
	t     *testing.T
	db    *database.DB
	log   *counting
	store *store.Store
	clerk *casefile.Clerk
}

var begin = time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC)

func onBoth(t *testing.T, run func(t *testing.T, b *bench)) {
	t.Helper()
	databasetest.RunWith(t, database.Options{Clock: func() time.Time { return begin }}, func(t *testing.T, open func(t *testing.T) *database.DB) {
		b := &bench{t: t, db: open(t)}
		b.must(b.db.Migrate(t.Context(), ground.Migrations(), store.Migrations()))
		log, err := ground.NewAuditLog(b.db, "registry", ground.AuditOptions{})
		b.must(err)
		b.log = &counting{AuditLog: log}
		key := filepath.Join(t.TempDir(), "master.key")
		b.must(atrest.CreateMasterKey(key))
		ring, err := atrest.OpenKeyring(t.Context(), key, ground.NewDataKeys(b.db, log))
		b.must(err)
		t.Cleanup(ring.Close)
		b.store, err = store.New(t.Context(), b.db, b.log, ring, true)
		b.must(err)
		b.clerk = casefile.New(b.store, 100)
		run(t, b)
	})
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) number(query string, args ...any) int {
	b.t.Helper()
	var n int
	b.must(b.db.Read(b.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, query, args...).Scan(&n)
	}))
	return n
}

// assign takes records in one after the other and lets the clerk place them.
func (b *bench) assign(records ...transfer.Record) {
	b.t.Helper()
	for i := range records {
		b.must(records[i].Check())
		b.must(b.store.Take(b.t.Context(), records[i:i+1]))
		_, err := b.clerk.Assign(b.t.Context())
		b.must(err)
	}
}

// person is the number of the person of a report's current version.
func (b *bench) person(report string) int {
	b.t.Helper()
	return b.number(`SELECT p.number FROM record r JOIN person p ON p.id = r.person_id WHERE r.report_ref = $1 AND r.state = 'assigned'`, string(ref[pseudonym.ReportRef](report)))
}

func (b *bench) tumour(report string) int {
	b.t.Helper()
	return b.number(`SELECT t.number FROM record r JOIN tumour t ON t.id = r.tumour_id WHERE r.report_ref = $1 AND r.state = 'assigned'`, string(ref[pseudonym.ReportRef](report)))
}

func ref[R ~string](name string) R {
	return R(fmt.Sprintf("%064x", name))
}

// somebody is a person by the values behind its numbers; "" is missing.
type somebody struct {
	surname, first, day, insured string
	month                        uint8
	year                         int16
}

var anna = somebody{"grunwald", "anna", "7", "T498331264", 3, 1951}

func (s somebody) numbers() pseudonym.ControlNumbers {
	n := pseudonym.ControlNumbers{Profile: "kn-1", Generation: pseudonym.StorageGeneration(1)}
	for slot, value := range map[pseudonym.Slot]string{pseudonym.KN1: s.surname, pseudonym.KN4: s.first, pseudonym.KN13: "day " + s.day, pseudonym.KVNR: s.insured} {
		if value == "" {
			continue
		}
		var number pseudonym.Number
		copy(number[:], value)
		_ = n.Put(slot, number) // all of them are slots
	}
	return n
}

// record is report of somebody at a reporter's patient, on one tumour.
func record(report, patient, tumourID string, version int64, who somebody, icd tumour.Code, change ...func(*transfer.Record)) transfer.Record {
	r := transfer.Record{Report: ref[pseudonym.ReportRef](report), Patient: ref[pseudonym.PatientRef](patient), Tumour: ref[pseudonym.TumourRef](patient + tumourID),
		Reporter: ref[pseudonym.ReporterRef]("reporter"), Version: version, Identity: transfer.IdentityNew, Numbers: who.numbers(), Sex: "W",
		Birth: transfer.Birth{Month: who.month, Year: who.year}, Reason: "I", OwnService: "J", ReceivedAt: begin,
		Event: tumour.Event{Assignment: tumour.Assignment{ICD: tumour.ICD{Code: icd, Version: "10 2026 GM"}, DiagnosedOn: calendar.Date{Year: 2026, Month: 9, Day: 1}},
			Diagnosis: &tumour.Diagnosis{Certainty: "7", Performance: "U"}}}
	for _, c := range change {
		c(&r)
	}
	return r
}

func identity(i transfer.Identity) func(*transfer.Record) {
	return func(r *transfer.Record) { r.Identity = i }
}

func sealed(content string) func(*transfer.Record) {
	return func(r *transfer.Record) {
		c, err := pseudonym.ParseChiffrat(append([]byte{1, 0, 80}, strings.Repeat(content[:1], 1500)...))
		if err != nil {
			panic(err)
		}
		r.Chiffrat = &c
	}
}

func objects(r *transfer.Record) { r.Reason, r.Objection = "W", true }

func withoutPerson(r *transfer.Record) {
	r.Identity, r.Numbers, r.Sex, r.Birth = transfer.IdentitySame, pseudonym.ControlNumbers{}, "", transfer.Birth{}
}

// TestExactRuleEndToEnd places reports through the store as they come.
func TestExactRuleEndToEnd(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		married, noNumber, sister, estimated := anna, anna, anna, anna
		married.surname = "ottinger"
		noNumber.insured = ""
		sister.first, sister.insured = "zoe", ""
		estimated.insured, estimated.month = "", 0
		otherDay := noNumber
		otherDay.day = "8"
		b.assign(
			record("a", "p1", "t1", 1, anna, "C50.4"),
			record("b", "p2", "t1", 2, married, "C50.4"),   // the insurance number decides
			record("c", "p3", "t1", 3, noNumber, "C50.4"),  // names and whole birth date
			record("d", "p4", "t1", 4, sister, "C50.4"),    // another first name
			record("e", "p5", "t1", 5, otherDay, "C50.4"),  // another day
			record("f", "p6", "t1", 6, estimated, "C50.4"), // proves nothing
			record("g", "p1", "t1", 7, estimated, "C50.4"), // the reporter's patient number, but the month is unknown
			record("h", "p4", "t2", 8, sister, "C34.1"),    // the same person again
		)
		for report, want := range map[string]int{"a": 1, "b": 1, "c": 1, "d": 2, "e": 3, "f": 4, "g": 5, "h": 2} {
			if got := b.person(report); got != want {
				t.Errorf("report %s belongs to person %d, want %d", report, got, want)
			}
		}
	})
}

// TestPatientNumberLinksWhatNumbersCannot has one patient number with a changed
// name and no insurance number.
func TestPatientNumberLinksWhatNumbersCannot(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		renamed, stranger := anna, anna
		renamed.surname, renamed.insured = "ottinger", ""
		stranger.surname, stranger.insured, stranger.month = "x", "", 4
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4"), record("a", "p1", "t1", 2, anna, "C50.4", withoutPerson),
			record("b", "p1", "t1", 3, renamed, "C50.4"), record("c", "p1", "t1", 4, stranger, "C50.4"))
		if b.person("a") != 1 || b.person("b") != 1 {
			t.Error("the patient number does not link after a version without person data")
		}
		if b.person("c") != 2 {
			t.Error("another birth month was linked by the patient number")
		}
	})
}

func TestTumourByReferenceAndBySite(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.assign(
			record("a", "p1", "t1", 1, anna, "C50.4"),
			record("b", "p1", "t1", 2, anna, "C50.9"), // the same reference
			record("c", "p2", "t9", 3, anna, "C50.1"), // another reporter's, the same site
			record("d", "p2", "t8", 4, anna, "C34.1"), // another site
			record("e", "p1", "t1", 5, anna, "C18.7"), // the reporter has corrected the site
			record("f", "p1", "t2", 6, anna, "C50.4"), // the same reporter tells two breasts apart
		)
		for report, want := range map[string]int{"a": 1, "b": 1, "c": 1, "d": 2, "e": 1, "f": 3} {
			if got := b.tumour(report); got != want {
				t.Errorf("report %s is on tumour %d, want %d", report, got, want)
			}
		}
	})
}

func TestNewVersionReplacesAndOldOneIsLate(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.assign(record("a", "p1", "t1", 5, anna, "C50.4", sealed("x")), record("a", "p1", "t1", 9, anna, "C50.1", identity(transfer.IdentitySame), sealed("y")),
			record("a", "p1", "t1", 7, anna, "C50.4", sealed("z")))
		if b.number(`SELECT COUNT(*) FROM record WHERE state = 'assigned' AND version = 9`) != 1 || b.number(`SELECT COUNT(*) FROM record WHERE state = 'superseded'`) != 2 {
			t.Error("the newest version is not the only current one")
		}
		if got := b.number(`SELECT COUNT(*) FROM record WHERE chiffrat IS NOT NULL`); got != 1 {
			t.Errorf("%d Chiffrate are kept of three versions", got)
		}
		notices, err := b.store.Notices(t.Context(), 10)
		b.must(err)
		var got []string
		for _, n := range notices {
			b.must(n.Check())
			got = append(got, fmt.Sprint(n.Version, n.Outcome))
		}
		if want := []string{"5completed", "7superseded", "9completed"}; !slices.Equal(got, want) {
			t.Errorf("notices %v, want %v", got, want)
		}
	})
}

// TestVersionWithoutPersonKeepsTheChiffrat is an online report edited after its
// identity was deleted in the trust centre. Spec: REQUIREMENTS N3
func TestVersionWithoutPersonKeepsTheChiffrat(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4", sealed("x")), record("a", "p1", "t1", 2, anna, "C50.1", withoutPerson))
		if got := b.number(`SELECT COUNT(*) FROM record WHERE chiffrat IS NOT NULL`); got != 1 {
			t.Error("the Chiffrat went with the version that brought none")
		}
		again := anna
		again.surname = "x"
		b.assign(record("b", "p2", "t1", 3, again, "C50.4"))
		if b.person("b") != b.person("a") {
			t.Error("the control numbers of the first version do not link any more")
		}
	})
}

// TestCorrectedNameStaysAnAlias keeps the old numbers and shows a clerk whom
// the new ones meet.
func TestCorrectedNameStaysAnAlias(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		old, corrected, other := anna, anna, anna
		old.insured, corrected.insured, other.insured = "", "", ""
		corrected.surname, other.surname = "ottinger", "ottinger"
		b.assign(record("b", "p9", "t1", 1, other, "C34.1"), record("a", "p1", "t1", 2, old, "C50.4"), record("a", "p1", "t1", 3, corrected, "C50.4", identity(transfer.IdentityCorrected)))
		if b.person("a") != 2 {
			t.Error("a corrected name has moved the report to another person")
		}
		list, err := b.store.Ambiguities(t.Context(), 10)
		b.must(err)
		if len(list) != 1 || list[0].AssignedNumber != 2 || list[0].OtherNumber != 1 {
			t.Errorf("a clerk sees %+v", list)
		}
		b.assign(record("c", "p8", "t1", 4, old, "C50.4"))
		if b.person("c") != 2 {
			t.Error("the old name does not lead to the person any more")
		}
	})
}

// TestIdentityReplacedDecidesBothAnew reports the wrong person first. What was
// linked through her goes apart, what belongs together stays.
func TestIdentityReplacedDecidesBothAnew(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		wrong, byNumber, byNames, right := anna, anna, anna, anna
		byNumber.surname, byNumber.first = "other", "other"
		byNames.insured = ""
		right.surname, right.first, right.insured = "vollmeyer", "mia", "A123456780"
		b.assign(
			record("bridge", "p1", "t1", 1, wrong, "C50.4", sealed("wrong")),
			record("number", "p2", "t1", 2, byNumber, "C50.4", sealed("x")),
			record("names", "p3", "t1", 3, byNames, "C34.1", sealed("y")),
			record("names", "p3", "t1", 4, byNames, "C34.2", sealed("y"), identity(transfer.IdentitySame)),
			record("known", "p4", "t1", 5, right, "C61.0"),
		)
		if b.person("number") != 1 || b.person("names") != 1 || b.person("known") != 2 {
			t.Fatal("the reports are not linked before")
		}
		b.assign(record("bridge", "p1", "t1", 6, right, "C50.4", identity(transfer.IdentityReplaced)))
		if b.person("bridge") != 2 {
			t.Error("the corrected report did not find the right person")
		}
		if b.person("number") != 1 {
			t.Error("the first of the remaining reports did not keep the person")
		}
		if b.person("names") == 1 || b.person("names") == 2 {
			t.Error("a report that only the wrong one held stays linked")
		}
		if got := b.number(`SELECT COUNT(*) FROM record WHERE report_ref = $1 AND state = 'forgotten' AND chiffrat IS NULL AND person_id IS NULL`, string(ref[pseudonym.ReportRef]("bridge"))); got != 1 {
			t.Error("the wrong person's version is not forgotten")
		}
		if got := b.number(`SELECT COUNT(*) FROM record_number WHERE report_ref = $1 AND version = 1`, string(ref[pseudonym.ReportRef]("bridge"))); got != 0 {
			t.Errorf("%d numbers of the wrong person are left", got)
		}
		// The earlier version goes with its report.
		if got := b.number(`SELECT COUNT(DISTINCT person_id) FROM record WHERE report_ref = $1`, string(ref[pseudonym.ReportRef]("names"))); got != 1 {
			t.Errorf("the versions of one report belong to %d persons", got)
		}
		b.assign(record("later", "p5", "t1", 7, anna, "C50.4"))
		if b.person("later") != 1 && b.person("later") != b.person("names") {
			t.Error("a report of the wrong person finds neither of hers")
		}
		if orphans := b.number(`SELECT COUNT(*) FROM tumour WHERE id NOT IN (SELECT tumour_id FROM record WHERE tumour_id IS NOT NULL)`); orphans != 0 {
			t.Errorf("%d tumours without a report", orphans)
		}
	})
}

// TestPersonNumbersAreGivenOnce removes a person and makes a new one.
func TestPersonNumbersAreGivenOnce(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		right, third := anna, anna
		right.surname, right.insured = "vollmeyer", "A123456780"
		third.surname, third.insured = "x", "B123456782"
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4"), record("a", "p1", "t1", 2, right, "C50.4", identity(transfer.IdentityReplaced)))
		if got := b.number(`SELECT COUNT(*) FROM person`); got != 1 {
			t.Errorf("%d persons after the only report has left", got)
		}
		b.assign(record("b", "p2", "t1", 3, third, "C50.4"))
		if a, c := b.person("a"), b.person("b"); a != 2 || c != 3 {
			t.Errorf("numbers %d and %d: one was given out twice", a, c)
		}
	})
}

// TestN16ObjectionDropsChiffrateOfThePerson links the objection through numbers alone.
func TestN16ObjectionDropsChiffrateOfThePerson(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		other := anna
		other.insured, other.surname = "B123456782", "x"
		b.assign(record("a", "p1", "t1", 1, anna, "C50.4", sealed("x")), record("o", "p9", "t1", 2, other, "C50.4", sealed("x")))
		b.assign(record("b", "p2", "t1", 3, anna, "C50.4", objects))
		left := func(report string) int {
			return b.number(`SELECT COUNT(*) FROM record WHERE report_ref = $1 AND chiffrat IS NOT NULL`, string(ref[pseudonym.ReportRef](report)))
		}
		if left("a") != 0 || left("o") != 1 {
			t.Error("the objection dropped the wrong Chiffrate")
		}
		b.assign(record("c", "p3", "t1", 4, anna, "C50.4", sealed("y")))
		if left("c") != 0 {
			t.Error("a later report of the person has a Chiffrat again")
		}
		b.assign(record("b", "p2", "t1", 5, anna, "C50.4", identity(transfer.IdentitySame), sealed("z")))
		if left("b") != 1 {
			t.Error("after the objection was withdrawn no Chiffrat is kept")
		}
	})
}

func TestNoticesStayUntilAcknowledged(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		first := record("a", "p1", "t1", 1, anna, "C50.4")
		b.assign(first, record("b", "p1", "t1", 2, anna, "C50.4"))
		for range 2 {
			notices, err := b.store.Notices(t.Context(), 1)
			b.must(err)
			if len(notices) != 1 || notices[0].Version != 1 {
				t.Fatalf("notices %+v", notices)
			}
		}
		notices, err := b.store.Notices(t.Context(), 10)
		b.must(err)
		b.must(b.store.Acknowledge(t.Context(), []string{notices[0].ID, notices[1].ID, "unknown"}))
		if notices, err = b.store.Notices(t.Context(), 10); err != nil || len(notices) != 0 {
			t.Fatalf("after acknowledging: %v %v", notices, err)
		}
		// Who puts a record again does not know how it ended.
		b.must(b.store.Take(t.Context(), []transfer.Record{first}))
		if notices, err = b.store.Notices(t.Context(), 10); err != nil || len(notices) != 1 || notices[0].Version != 1 {
			t.Errorf("after the record was put again: %v %v", notices, err)
		}
		if got := b.number(`SELECT COUNT(*) FROM record`); got != 2 {
			t.Errorf("%d records", got)
		}
	})
}

// TestAssigningAtOnceMakesOnePerson lets several processes assign together.
func TestAssigningAtOnceMakesOnePerson(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		done := make(chan error)
		for i := range 8 {
			go func() {
				err := b.store.Take(context.WithoutCancel(t.Context()), []transfer.Record{record(fmt.Sprint("r", i), fmt.Sprint("p", i), "t", int64(i+1), anna, "C50.4")})
				if err == nil {
					_, err = b.clerk.Assign(context.WithoutCancel(t.Context()))
				}
				done <- err
			}()
		}
		for range 8 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if _, err := b.clerk.Assign(t.Context()); err != nil {
			t.Error(err)
		}
		if persons, assigned := b.number(`SELECT COUNT(*) FROM person`), b.number(`SELECT COUNT(*) FROM record WHERE state = 'assigned'`); persons != 1 || assigned != 8 {
			t.Errorf("%d persons, %d assigned records", persons, assigned)
		}
	})
}

// TestL1EveryChangeIsLogged calls each method of the store.
func TestL1EveryChangeIsLogged(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		ctx := t.Context()
		changes := map[string]struct {
			act  func() error
			code audit.Code
			idle bool // the second call finds nothing to do and writes nothing
		}{
			"Take":  {func() error { return b.store.Take(ctx, []transfer.Record{record("a", "p", "t", 1, anna, "C50.4")}) }, audit.RecordTaken, true},
			"Batch": {func() error { _, err := b.clerk.Assign(ctx); return err }, audit.CaseCompleted, true},
			"Acknowledge": {func() error {
				notices, err := b.store.Notices(ctx, 10)
				if err != nil || len(notices) == 0 {
					return err
				}
				return b.store.Acknowledge(ctx, []string{notices[0].ID})
			}, audit.NoticeGiven, true},
			"Case": {func() error {
				id, err := b.store.ByNumber(ctx, 1)
				if err == nil {
					_, err = b.store.Case(ctx, "clerk", id)
				}
				return err
			}, audit.CaseShown, false},
		}
		reads := []string{"Notices", "StoredBefore", "Overview", "Cases", "ByNumber", "Ambiguities"}
		for method := range reflect.TypeFor[*store.Store]().Methods() {
			if _, changing := changes[method.Name]; !changing && !slices.Contains(reads, method.Name) {
				t.Errorf("%s is in no list: does it change anything?", method.Name)
			}
		}
		for _, name := range []string{"Take", "Batch", "Acknowledge", "Case"} {
			c, before := changes[name], len(b.log.codes)
			b.must(c.act())
			if written := b.log.codes[before:]; !slices.Contains(written, c.code) {
				t.Errorf("%s writes %v, want %s", name, written, c.code)
			}
			before = len(b.log.codes)
			b.must(c.act())
			if written := b.log.codes[before:]; c.idle && len(written) != 0 {
				t.Errorf("%s has nothing to do and writes %v", name, written)
			}
		}
	})
}

func TestStoredBefore(t *testing.T) {
	onBoth(t, func(t *testing.T, b *bench) {
		b.assign(record("a", "p", "t", 1, anna, "C50.4"))
		ids := []transfer.RecordID{{Report: ref[pseudonym.ReportRef]("a"), Version: 1}, {Report: ref[pseudonym.ReportRef]("a"), Version: 2}, {Report: ref[pseudonym.ReportRef]("z"), Version: 1}}
		for before, want := range map[time.Time]int{begin: 0, begin.Add(time.Microsecond): 1} {
			if got, err := b.store.StoredBefore(t.Context(), ids, before); err != nil || len(got) != want {
				t.Errorf("before %v: %v %v", before, got, err)
			}
		}
	})
}
