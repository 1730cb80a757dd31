// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/report"
	"meldewerk/tumour"
)

const oneDay = 24 * time.Hour

// stopped submits a report whose classification names the patient, and gives it.
func (w *world) stopped() *report.Report {
	w.t.Helper()
	r := w.diagnoses(1)[0]
	return classified(r, tumour.Label("s. "+strings.ToUpper(r.Person.Surname)))
}

// TestN10StoppedRecordGoesOnWithoutTheFieldOnDay13 lets the deadline decide.
func TestN10StoppedRecordGoesOnWithoutTheFieldOnDay13(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		receipt := w.submit(delivery{}, w.stopped())
		w.settle()
		w.pass(13*oneDay - time.Hour)
		w.settle()
		if got := w.state(receipt, 1); got != submission.InReview {
			t.Fatalf("an hour before day 13 ends: %s", got)
		}
		if got := w.inRegistry(`SELECT COUNT(*) FROM record`); got != 0 {
			t.Fatal("the registry has it already")
		}
		w.pass(2 * time.Hour)
		w.settle()
		if got := w.state(receipt, 1); got != submission.Completed {
			t.Fatalf("after day 13: %s", got)
		}
		for _, item := range w.portal.entries() {
			c := item.Entry.Event.Diagnosis.Classifications
			if len(c) != 1 || c[0].Name != "" || c[0].Stage != "II" {
				t.Errorf("classifications %v", c)
			}
		}
		if page := w.staff(w.registry.Handler(), "registry", account.RoleRegistrar).onlyCase(); !strings.Contains(page, "LASTLOOK") {
			t.Error("the record is not marked as gone on with an open finding")
		}
	})
}

// TestRealDataWaitForTheRelease is the profile's rule for units not released.
func TestRealDataWaitForTheRelease(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		const fresh account.UnitID = "praxis-neu"
		put := func(released bool) {
			w.must(w.tc.Accounts().PutUnit(t.Context(), audit.System, account.Unit{ID: fresh, Name: "Praxis Neu", AnyReporter: true, Released: released}))
		}
		put(false)
		all := w.diagnoses(4)
		waiting := w.submit(delivery{unit: fresh}, all[0], classified(all[1], tumour.Label(all[1].Person.Surname)))
		w.settle()
		w.pass(20 * oneDay)
		w.settle()
		if w.state(waiting, 1) != submission.InReview || w.inRegistry(`SELECT COUNT(*) FROM record`) != 0 {
			t.Fatal("real data of an unreleased unit went on")
		}
		if n, err := w.tc.ReleaseUnit(t.Context(), "inspector-1", fresh); err != nil || n != 2 {
			t.Fatalf("%d reports released: %v", n, err)
		}
		w.pass(time.Minute)
		w.settle()
		if w.state(waiting, 1) != submission.Completed {
			t.Errorf("the clean report: %s", w.state(waiting, 1))
		}
		if got := w.state(waiting, 2); got != submission.Completed { // stopped by the last look, and long past day 13
			t.Errorf("the stopped report: %s", got)
		}

		// Taken over while the unit was being released.
		put(false)
		late := w.submit(delivery{unit: fresh}, all[2])
		w.settle()
		put(true)
		w.pass(2 * time.Minute)
		w.settle()
		if got := w.state(late, 1); got != submission.Completed {
			t.Errorf("taken over during the release: %s", got)
		}
	})
}

// TestN20IdentitiesGoAtTheLimit covers reports that nobody completes.
func TestN20IdentitiesGoAtTheLimit(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		const fresh account.UnitID = "praxis-neu"
		w.must(w.tc.Accounts().PutUnit(t.Context(), audit.System, account.Unit{ID: fresh, Name: "Praxis Neu", AnyReporter: true}))
		all := w.diagnoses(3)
		unreleased := w.submit(delivery{unit: fresh}, all[0])
		lost := w.seal(delivery{change: func(e *submission.Envelope) { e.Sealed = []byte("nobody opens this") }}, all[1])
		w.portal.post(lost...)
		handed := w.submit(delivery{}, all[2])
		for range 4 {
			_, err := w.tc.Step(t.Context())
			w.must(err) // the registry does not work meanwhile
		}
		identities := `SELECT COUNT(*) FROM dossier WHERE content IS NOT NULL OR view IS NOT NULL`
		if got := w.inCentre(identities); got != 2 {
			t.Fatalf("%d identities at the beginning", got)
		}
		w.pass(365*oneDay + time.Hour)
		_, err := w.tc.Step(t.Context())
		w.must(err)
		if got := w.inCentre(identities) + w.inCentre(`SELECT COUNT(*) FROM envelope WHERE sealed IS NOT NULL`); got != 0 {
			t.Errorf("%d identities and envelopes after the limit", got)
		}
		w.settle()
		if p := w.portal.told(unreleased, 1); p.State != submission.Refused || p.Remarks[0].Rule != "VST-6" {
			t.Errorf("the unreleased report: %+v", p)
		}
		if got := w.state(handed, 1); got != submission.Completed {
			t.Errorf("the report that the registry completes late: %s", got)
		}
		if got := len(w.portal.entries()); got != 0 {
			t.Errorf("%d entries were made of deleted views", got)
		}
		// Sent again, the deleted report is no Doppelmeldung.
		_, err = w.tc.ReleaseUnit(t.Context(), "inspector-1", fresh)
		w.must(err)
		again := w.submit(delivery{unit: fresh}, all[0])
		w.settle()
		if got := w.state(again, 1); got != submission.Completed {
			t.Errorf("sent again: %s", got)
		}
	})
}

// TestCopiesGoOnlyAfterABackup covers both neighbours: the portal's envelopes
// after a backup here, the records here after a backup of the registry.
func TestCopiesGoOnlyAfterABackup(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		reports := w.reports(2, "")
		w.submit(delivery{}, reports...)
		w.settle()
		w.pass(oneDay)
		w.settle()
		copies := `SELECT COUNT(*) FROM dossier WHERE record IS NOT NULL`
		if len(w.portal.backedUp) != 0 || w.inCentre(copies) != len(reports) {
			t.Fatal("copies went without a backup")
		}
		for _, house := range []interface{ backup(*world) }{centreBackup{}, registryBackup{}} {
			house.backup(w)
		}
		w.pass(2 * time.Minute)
		w.settle()
		if len(w.portal.backedUp) != 1 {
			t.Error("the portal was not told of the backup")
		}
		if got := w.inCentre(copies); got != 0 {
			t.Errorf("%d copies are left after the registry's backup", got)
		}
	})
}

type (
	centreBackup   struct{}
	registryBackup struct{}
)

func (centreBackup) backup(w *world) {
	if w.tc.Ground().DB.Engine() == database.PostgreSQL {
		w.must(w.tc.Ground().Backups.Note(w.t.Context(), "operator-1", w.clock()))
		return
	}
	_, err := w.tc.Ground().Backup(w.t.Context(), "operator-1", filepath.Join(w.dir, "backup"))
	w.must(err)
}

func (registryBackup) backup(w *world) {
	if w.registry.Ground().DB.Engine() == database.PostgreSQL {
		w.must(w.registry.Ground().Backups.Note(w.t.Context(), "operator-1", w.clock()))
		return
	}
	_, err := w.registry.Ground().Backup(w.t.Context(), "operator-1", filepath.Join(w.dir, "backup"))
	w.must(err)
}

// TestRecordWrittenDuringABackupIsNotContained keeps what was committed around
// the beginning of a backup.
func TestRecordWrittenDuringABackupIsNotContained(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		w.submit(delivery{}, w.reports(1, "")...)
		w.settle()
		w.pass(time.Second)
		w.must(w.registry.Ground().Backups.Note(t.Context(), "operator-1", w.clock()))
		w.pass(2 * time.Minute)
		w.settle()
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier WHERE record IS NOT NULL`); got == 0 {
			t.Error("a record written a second before the backup counts as contained")
		}
	})
}

// TestRegistrySetBackGetsItsRecordsAgain restores an old copy of the registry.
func TestRegistrySetBackGetsItsRecordsAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "ekn", false)
	all := w.reports(20, "")
	before, after := all[:5], all[5:12]
	first := w.submit(delivery{}, before...)
	w.settle()
	copied, err := w.registry.Ground().Backup(t.Context(), "operator-1", filepath.Join(w.dir, "backup"))
	w.must(err)
	second := w.submit(delivery{}, after...)
	w.settle()
	w.arrived(second, after)

	w.close()
	file := strings.TrimPrefix(w.reg.Database, "sqlite:")
	for _, suffix := range []string{"-wal", "-shm"} {
		_ = os.Remove(file + suffix)
	}
	content, err := os.ReadFile(copied)
	w.must(err)
	w.must(os.WriteFile(file, content, 0o600))
	w.open()
	if got := w.inRegistry(`SELECT COUNT(*) FROM record`); got != len(before) {
		t.Fatalf("%d records after the restore", got)
	}
	n, err := w.tc.HandOverAgain(t.Context(), "operator-1")
	w.must(err)
	if n != len(all[:12]) {
		t.Errorf("%d records were put again", n)
	}
	w.settle()
	w.arrived(first, before)
	w.arrived(second, after)
}
