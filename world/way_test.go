// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/internal/house"
	"meldewerk/report"
	"meldewerk/synth"
	"meldewerk/trustcentre"
	"meldewerk/tumour"
)

// count asks one number of a house's tables.
func count(t testing.TB, g *house.Ground, query string, args ...any) int64 {
	t.Helper()
	var n int64
	err := g.DB.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, query, args...).Scan(&n)
	})
	must(t, err)
	return n
}

// TestWayOfAPackage is the whole way of one package: upload, receipt, verdict,
// both exchanges, completion, Tumorhistorie.
func TestWayOfAPackage(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		u := p.everyone()
		o := synth.Options{Seed: 7, Patients: 12, ErrorRate: 0.1}
		xml := written(t, o)
		path := u.send(submission.Real, xml)

		sum := sha256.Sum256(xml)
		before := u.protocol(path)
		switch {
		case before.Receipt == nil || before.Receipt.SHA256 != hex.EncodeToString(sum[:]) || before.Receipt.State != "received":
			t.Fatalf("receipt %+v", before.Receipt)
		case !strings.HasPrefix(before.Receipt.Number, "Q-2025-000001-") || !before.Receipt.ReceivedAt.Equal(p.clock.Now()):
			t.Fatalf("receipt %+v", before.Receipt)
		case before.Schema != "3.0.4" || before.Reports != before.Accepted+before.Warned+before.Rejected || before.Rejected == 0 || before.Accepted == 0:
			t.Fatalf("counts %+v", before)
		case len(before.Results) != before.Reports:
			t.Fatalf("%d results for %d reports", len(before.Results), before.Reports)
		}
		faulty := map[report.ID]string{}
		for e := range synth.New(o).Entries() {
			if e.Fault != "" {
				faulty[e.Report.ID] = e.Fault
			}
		}
		for i, r := range before.Results {
			if r.Position != i+1 || r.Patient == "" || r.Occasion == "" || r.Findings == nil {
				t.Errorf("result %+v", r)
			}
			if r.Verdict == report.Rejected && (len(r.Findings) == 0 || r.Findings[0].Line == 0 || r.Findings[0].Remedy == "") {
				t.Errorf("rejected without place and remedy: %+v", r)
			}
		}
		if before.Rejected < len(faulty) {
			t.Errorf("%d rejected, %d were given a fault", before.Rejected, len(faulty))
		}

		p.settle()
		u.wantState(path, submission.Completed)
		if n := p.stock(`SELECT COUNT(*) FROM record WHERE state = 'assigned'`); n != int64(before.Reports-before.Rejected) {
			t.Errorf("%d records in the registry, %d reports accepted", n, before.Reports-before.Rejected)
		}
		wantHistories(t, u, synth.New(o), before)
	})
}

// wantHistories looks every patient up and wants exactly the reduced set and
// the accepted reports. Spec: REQUIREMENTS N2
func wantHistories(t *testing.T, u *reporter, w *synth.World, p protocol) {
	t.Helper()
	accepted := map[report.PatientID][]string{}
	for _, r := range p.Results {
		if r.Verdict != report.Rejected {
			accepted[r.Patient] = append(accepted[r.Patient], string(r.Report))
		}
	}
	allowed := []string{"patient_id", "birth_month", "birth_year", "postal_code", "place", "insurer_tail", "insured_tail", "view_known"}
	seen := map[report.PatientID]bool{}
	for r := range w.Reports() {
		if seen[r.Patient] || accepted[r.Patient] == nil {
			continue
		}
		seen[r.Patient] = true
		c := u.history(r.Patient)
		if c == nil {
			t.Fatal("a patient is not found by his number")
		}
		for field := range c.Patient {
			if !slices.Contains(allowed, field) {
				t.Errorf("N2: the history shows %s", field)
			}
		}
		got, want := c.entries(), accepted[r.Patient]
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("entries %v, want %v, pending %v", got, want, c.Pending)
		}
		if c.Patient["patient_id"] != string(r.Patient) || c.Patient["postal_code"] != r.Person.Address.PostalCode || c.Patient["place"] != r.Person.Address.Place {
			t.Errorf("N2: reduced set %v differs", slices.Sorted(maps.Keys(c.Patient)))
		}
		if s := r.Person.Insurance.Statutory; s != nil && len(s.Number) > 3 &&
			(c.Patient["insured_tail"] != s.Number[len(s.Number)-3:] || c.Patient["insurer_tail"] != s.Insurer[len(s.Insurer)-3:]) {
			t.Error("N2: the last three digits differ")
		}
	}
	if len(seen) == 0 {
		t.Fatal("no patient was looked up")
	}
}

// diagnoses gives n reports of different patients, each a sound diagnosis.
func diagnoses(w *synth.World, n int) []*report.Report {
	var out []*report.Report
	var last report.PatientID
	for e := range w.Entries() {
		r := e.Report
		if r.Event.Diagnosis == nil || e.Fault != "" || r.Patient == last || r.Reason == report.Objection ||
			slices.ContainsFunc(out, func(o *report.Report) bool { return o.Patient == r.Patient }) {
			continue
		}
		last = r.Patient
		if out = append(out, r); len(out) == n {
			break
		}
	}
	return out
}

func TestVersionsReplaceRepeatRefuse(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		u := p.everyone()
		w := synth.New(synth.Options{Seed: 3, Patients: 60})
		two := diagnoses(w, 2)
		first := *two[0]
		firstPath := u.send(submission.Real, packed(t, w, &first))
		p.settle()
		u.wantState(firstPath, submission.Completed)

		// A correction of the content under the same Meldung_ID replaces the report as a whole.
		second := first
		second.Event.Diagnosis = new(tumour.Diagnosis)
		*second.Event.Diagnosis = *first.Event.Diagnosis
		second.Event.Diagnosis.Performance = "2"
		if first.Event.Diagnosis.Performance == "2" {
			second.Event.Diagnosis.Performance = "1"
		}
		secondPath := u.send(submission.Real, packed(t, w, &second))
		p.settle()
		u.wantState(secondPath, submission.Completed)
		if got := u.history(first.Patient).entries(); !slices.Equal(got, []string{string(first.ID)}) {
			t.Errorf("after the correction the history shows %v", got)
		}
		if n := p.stock(`SELECT COUNT(*) FROM record WHERE state = 'assigned'`); n != 1 {
			t.Errorf("%d current records after the correction", n)
		}
		if n := p.stock(`SELECT COUNT(*) FROM person`); n != 1 {
			t.Errorf("%d persons after the correction", n)
		}

		// The same report again, in other bytes: a Doppelmeldung.
		again := bytes.Replace(packed(t, w, &second), []byte("<oBDS"), []byte("<!-- noch einmal -->\n<oBDS"), 1)
		againPath := u.send(submission.Real, again)
		if againPath == secondPath {
			t.Fatal("other bytes gave the first receipt")
		}
		p.settle()
		u.wantState(againPath, submission.Duplicate)

		// The same bytes again: the first receipt.
		if path := u.send(submission.Real, packed(t, w, &second)); path != secondPath {
			t.Error("the same bytes gave a second receipt")
		}

		// Another patient under the same Meldung_ID is refused.
		other := *two[1]
		other.ID, other.Reporter = first.ID, first.Reporter
		otherPath := u.send(submission.Real, packed(t, w, &other))
		p.settle()
		remarks := u.wantState(otherPath, submission.Refused).Results[0].Remarks
		if len(remarks) == 0 || remarks[0].Rule != "R2" || remarks[0].Remedy == "" {
			t.Errorf("remarks %+v", remarks)
		}
		if c := u.history(other.Patient); c != nil && len(c.entries()) > 0 {
			t.Error("the refused report stands in a history")
		}

		// A corrected name forms new control numbers of the same person.
		named := second
		named.Person.Surname = "Berichtigt-" + named.Person.Surname
		namedPath := u.send(submission.Real, packed(t, w, &named))
		p.settle()
		u.wantState(namedPath, submission.Completed)
		if n := p.stock(`SELECT COUNT(*) FROM person`); n != 1 {
			t.Errorf("%d persons after the corrected name", n)
		}
		if n := p.stock(`SELECT COUNT(*) FROM record WHERE state = 'assigned'`); n != 1 {
			t.Errorf("%d current records after the corrected name", n)
		}
	})
}

// TestLateOldVersionChangesNothing lets the newer of two versions overtake:
// the portal's first envelope is kept back until the second one is through.
func TestLateOldVersionChangesNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	u := p.everyone()
	w := synth.New(synth.Options{Seed: 3, Patients: 60})
	older := *diagnoses(w, 1)[0]
	newer := older
	newer.Person.Address.Street = "Neuer Weg"
	newer.Event.Assignment.Side = ""
	newer = older
	newer.Person.FirstNames += " Zweitname"
	oldPath := u.send(submission.Real, packed(t, w, &older))
	newPath := u.send(submission.Real, packed(t, w, &newer))

	door, err := p.Portal.Door("trustcentre")
	must(t, err)
	late := &holdingBack{Door: door, receipt: 1}
	p.reopenTrustCentre(late)
	p.settle()
	u.wantState(newPath, submission.Completed)
	late.receipt = 0
	p.settle()
	u.wantState(oldPath, submission.Outdated)
	if got := u.history(older.Patient).entries(); len(got) != 1 {
		t.Errorf("entries %v", got)
	}
	if n := p.stock(`SELECT COUNT(*) FROM record WHERE version = 1`); n != 0 {
		t.Errorf("%d records of the old version in the registry", n)
	}
	if n := p.stock(`SELECT COUNT(*) FROM record WHERE version = 2 AND state = 'assigned'`); n != 1 {
		t.Errorf("%d current records", n)
	}
}

// holdingBack is a portal whose envelopes of one receipt are late.
type holdingBack struct {
	submission.Door
	receipt submission.Receipt
}

func (h *holdingBack) Next(ctx context.Context, limit int) ([]submission.Envelope, error) {
	all, err := h.Door.Next(ctx, limit+1)
	return slices.DeleteFunc(all, func(e submission.Envelope) bool { return e.Receipt == h.receipt }), err
}

// reopenTrustCentre opens the trust centre anew with another way to the portal.
func (p *plant) reopenTrustCentre(portal submission.Door) {
	p.t.Helper()
	must(p.t, p.TrustCentre.Close())
	p.TrustCentre = nil
	registry, err := p.Registry.Door("trustcentre")
	must(p.t, err)
	p.TrustCentre, err = trustcentre.Open(p.t.Context(), p.layout.Configs().TrustCentre, trustcentre.Options{
		Clock: p.clock.Now, Hasher: p.hasher, Portal: portal, Registry: registry})
	must(p.t, err)
}

func TestTestDataNeverReachTheRegistry(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		u := p.everyone()
		path := u.send(submission.Test, written(t, synth.Options{Seed: 5, Patients: 5}))
		p.settle()
		u.wantState(path, submission.TestOnly)
		if n := p.stock(`SELECT COUNT(*) FROM record`); n != 0 {
			t.Errorf("%d records of test data in the registry", n)
		}
		for _, query := range []string{`SELECT COUNT(*) FROM dossier`, `SELECT COUNT(*) FROM reference`, `SELECT COUNT(*) FROM envelope WHERE sealed IS NOT NULL`} {
			if n := count(t, p.TrustCentre.Ground(), query); n != 0 {
				t.Errorf("the trust centre keeps %d rows of test data: %s", n, query)
			}
		}
	})
}

// TestObjectionFormsNoChiffrat: a report with Meldebegründung W forms no
// Chiffrat in the ekn profile, and one in kkn. Spec: REQUIREMENTS N16, N14
func TestObjectionFormsNoChiffrat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		profile        string
		centre, stored int64 // Chiffrate in the trust centre, in the registry
	}{{"ekn", 0, 1}, {"kkn", 2, 0}} {
		t.Run(c.profile, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, c.profile, nil)
			u := p.everyone()
			w := synth.New(synth.Options{Seed: 3, Patients: 60})
			two := diagnoses(w, 2)
			objects := *two[0]
			objects.Reason = report.Objection
			path := u.send(submission.Real, packed(t, w, &objects, two[1]))
			p.settle()
			u.wantState(path, submission.Completed)
			if n := p.stock(`SELECT COUNT(*) FROM record WHERE chiffrat IS NOT NULL`); n != c.stored {
				t.Errorf("%d Chiffrate in the registry, want %d", n, c.stored)
			}
			if n := count(t, p.TrustCentre.Ground(), `SELECT COUNT(*) FROM reference WHERE chiffrat IS NOT NULL`); n != c.centre {
				t.Errorf("%d Chiffrate in the trust centre, want %d", n, c.centre)
			}
		})
	}
}

func TestUnreleasedUnitWaitsForItsRelease(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		unit := p.unit(account.Unit{ID: "unit-neu", AnyReporter: true})
		u := p.reporter("neu", unit.ID)
		path := u.send(submission.Real, written(t, synth.Options{Seed: 9, Patients: 4}))
		p.settle()
		u.wantState(path, submission.InReview)
		if n := p.stock(`SELECT COUNT(*) FROM record`); n != 0 {
			t.Fatalf("%d records of an unreleased unit in the registry", n)
		}
		went, err := p.TrustCentre.ReleaseUnit(t.Context(), audit.System, unit.ID)
		must(t, err)
		p.settle()
		done := u.wantState(path, submission.Completed)
		if int(went) != done.Accepted+done.Warned {
			t.Errorf("%d reports went on, %d were accepted", went, done.Accepted+done.Warned)
		}
	})
}

func TestSenderIsJudgedByTheTrustCentreItself(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	w := synth.New(synth.Options{Seed: 3, Patients: 60})
	r := *diagnoses(w, 1)[0]
	// The portal believes that the unit may send for anybody; the trust centre
	// knows better. Spec: SECURITY C8
	unit := p.unit(account.Unit{ID: "unit-a", AnyReporter: true, Released: true})
	must(t, p.TrustCentre.Accounts().PutUnit(t.Context(), audit.System, account.Unit{ID: unit.ID, Name: "A", ReporterIDs: []string{"1"}, Released: true}))
	u := p.reporter("fremd", unit.ID)
	path := u.send(submission.Real, packed(t, w, &r))
	p.settle()
	remarks := u.wantState(path, submission.Refused).Results[0].Remarks
	if len(remarks) == 0 || remarks[0].Rule != "VST-2" {
		t.Errorf("remarks %+v", remarks)
	}
}

// TestForeignUnitFindsNothing: the same patient number at another unit leads
// to nothing of the first unit's.
func TestForeignUnitFindsNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	u := p.everyone()
	w := synth.New(synth.Options{Seed: 3, Patients: 60})
	r := diagnoses(w, 1)[0]
	u.send(submission.Real, packed(t, w, r))
	p.settle()
	other := p.unit(account.Unit{ID: "unit-andere", AnyReporter: true, Released: true})
	v := p.reporter("andere", other.ID)
	if v.history(r.Patient) != nil {
		t.Fatal("a foreign unit finds the patient")
	}
	path, err := u.Search(t.Context(), string(r.Patient))
	must(t, err)
	if _, status, err := v.Get(t.Context(), path); err != nil || status != 404 {
		t.Errorf("a foreign handle answers %d, %v", status, err)
	}
	if _, status, err := v.Get(t.Context(), path+".json"); err != nil || status != 404 {
		t.Errorf("a foreign handle answers %d, %v", status, err)
	}
}

// TestOfficialSamplesGoThrough takes the samples that field and authorities
// publish: whatever the portal accepts is finished in the registry.
func TestOfficialSamplesGoThrough(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "obds", "samples", "*.xml"))
	must(t, err)
	if len(files) == 0 {
		t.Skip("the official samples are not beside the project")
	}
	p := newPlant(t, "kkn", nil)
	p.everyone()
	p.clock.Advance(2 * 365 * 24 * time.Hour) // the samples are of several years
	u := p.reporter("spaeter", "unit-alle")
	paths := map[string]string{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		must(t, err)
		path, err := u.Upload(t.Context(), submission.Real, filepath.Base(file), writing(content))
		if err != nil {
			continue // not a package at all: the portal says so on the form
		}
		paths[filepath.Base(file)] = path
	}
	p.settle()
	accepted, reports := 0, 0
	for file, path := range paths {
		done := u.protocol(path)
		reports += done.Reports
		for _, r := range done.Results {
			if r.Verdict == report.Rejected {
				continue
			}
			accepted++
			switch r.State {
			case submission.Completed, submission.Duplicate, submission.Outdated, submission.Refused:
			default:
				t.Errorf("%s: position %d is %q: %+v", file, r.Position, r.State, r.Remarks)
			}
		}
	}
	t.Logf("%d files, %d reports, %d accepted, %d in the registry", len(paths), reports, accepted,
		p.stock(`SELECT COUNT(*) FROM record WHERE state = 'assigned'`))
	if accepted == 0 {
		t.Fatal("not one report of the samples was accepted")
	}
}
