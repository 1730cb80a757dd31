// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"meldewerk/calendar"
	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/identity"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/report/parcel"
	"meldewerk/synth"
	"meldewerk/testkit/leak"
)

// typed is a patient who was typed into the Online-Erfassung, with one report.
type typed struct {
	report *report.Report
	record drafting.RecordID
	form   drafting.FormID
}

// traces remembers sealed values as they stood in the database, to look for
// pieces of them later.
type traces map[[16]byte]bool

// remember takes a sealed value behind its padding in windows: any piece of 31
// bytes holds one of them.
func (x traces) remember(sealed []byte) {
	const header = 5 + 12 // version, generation, nonce
	for at := header + padding; at+16 <= len(sealed); at += 16 {
		x[[16]byte(sealed[at:at+16])] = true
	}
}

// left counts the windows that stand in raw bytes.
func (x traces) left(raw []byte) int {
	n := 0
	for at := 0; at+16 <= len(raw); at++ {
		if x[[16]byte(raw[at:at+16])] {
			n++
		}
	}
	return n
}

// rememberAll takes what the columns hold now that must be gone in the end.
func (x traces) rememberAll(t *testing.T, d dumped) {
	t.Helper()
	err := d.db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT identity FROM patient_record WHERE identity IS NOT NULL
			UNION ALL SELECT sheet FROM form WHERE sheet IS NOT NULL`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var sealed []byte
			if err := rows.Scan(&sealed); err != nil {
				return err
			}
			x.remember(sealed)
		}
		return rows.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
}

// typeIn makes records and drafts of as many different patients, and saves
// each in several steps, as a browser does.
func (d dumped) typeIn(t *testing.T, patients int, x traces) []typed {
	t.Helper()
	ctx, drafts := t.Context(), d.Drafts()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var all []typed
	known := map[report.PatientID]bool{}
	for r := range synth.New(synth.Options{Patients: 2 * patients, Seed: 11, Marker: "Kanarie", Today: calendar.Of(time.Now())}).Reports() {
		if len(all) == patients {
			break
		}
		if known[r.Patient] || r.Person.BirthDate.Day == 0 {
			continue
		}
		known[r.Patient] = true
		one := typed{report: r, record: drafting.RecordID(rand.Text()), form: drafting.FormID(rand.Text())}
		must(drafts.CreateRecord(ctx, "account-1", drafting.Record{ID: one.record, Unit: "unit-1", Reporter: r.Reporter, Patient: r.Patient}))
		must(drafts.CreateForm(ctx, "account-1", drafting.Form{ID: one.form, Record: one.record, Unit: "unit-1",
			Occasion: r.Event.Occasion(), Report: r.ID, Note: "Rückruf"}))
		all = append(all, one)
	}
	if len(all) != patients {
		t.Fatalf("%d patients", len(all))
	}
	const steps = 8
	for step := range steps {
		for i, one := range all { // in turns, growing and shrinking, so that rows move
			identity, rest := form.Encode(one.report).Split()
			_, err := drafts.ChangeRecord(ctx, "unit-1", "account-1", one.record, "", func(r *drafting.Record, _ time.Time) error {
				r.Identity = part(identity, step+1, steps)
				return nil
			})
			must(err)
			_, err = drafts.ChangeForm(ctx, "unit-1", "account-1", one.form, "", func(f *drafting.Form, _ time.Time) error {
				f.Sheet = part(rest, step+1, steps)
				f.Sheet["event.remark"] = strings.Repeat("Kanarie schreibt mit. ", (i*7+step*5)%60)
				return nil
			})
			must(err)
		}
		x.rememberAll(t, d)
	}
	return all
}

// part gives a growing part of a sheet, at last all of it.
func part(s form.Sheet, step, steps int) form.Sheet {
	out, n := form.Sheet{}, 0
	for key, value := range s {
		if n++; n*steps <= len(s)*step {
			out[key] = value
		}
	}
	return out
}

// submitAll hands the reports in as one submission.
func (d dumped) submitAll(t *testing.T, all []typed) {
	t.Helper()
	ctx := t.Context()
	batch, err := d.dispatch.Begin(ctx, dispatch.Submission{Unit: "unit-1", Account: "account-1", Kind: submission.Real,
		Channel: submission.ByForm, AnyReporter: true, Released: true})
	if err != nil {
		t.Fatal(err)
	}
	head := synth.New(synth.Options{Patients: 1, Seed: 11}).Package()
	if err := batch.Header(ctx, &head); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte(all[0].form))
	end := dispatch.Ending{SHA256: sum[:], Size: 1, SchemaVersion: head.SchemaVersion}
	for i, one := range all {
		result := report.Result{Position: i + 1, Patient: one.report.Patient, Report: one.report.ID,
			Occasion: one.report.Event.Occasion(), Verdict: report.Accepted}
		if err := batch.AddAs(ctx, result, one.report, report.PersonGiven); err != nil {
			t.Fatal(err)
		}
		f, err := d.Drafts().Form(ctx, "unit-1", one.form)
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.Drafts().Record(ctx, "unit-1", one.record)
		if err != nil {
			t.Fatal(err)
		}
		end.Forms = append(end.Forms, dispatch.Entered{Form: string(f.ID), Version: f.Version, Position: i + 1, By: "A. Kraft"})
		end.Records = append(end.Records, dispatch.Reduced{Record: string(r.ID), Version: r.Version, View: report.Reduced(one.report)})
	}
	if receipt, err := batch.Receive(ctx, end); err != nil || !receipt.First {
		t.Fatalf("receipt %+v, %v", receipt, err)
	}
}

// raw gives the bytes of the database's files.
func (d dumped) raw(t *testing.T) []byte {
	t.Helper()
	var all []byte
	for _, file := range []string{d.path, d.path + "-wal", d.path + "-shm"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, content...)
	}
	return all
}

// vault opens whatever the portal's keys open.
func (d dumped) vault(t *testing.T) *leak.Vault {
	t.Helper()
	var wrapped []leak.WrappedKey
	err := d.db.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT table_name, generation, wrapped FROM data_key`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var k leak.WrappedKey
			if err := rows.Scan(&k.Table, &k.Generation, &k.Wrapped); err != nil {
				return err
			}
			wrapped = append(wrapped, k)
		}
		return rows.Close()
	})
	if err != nil {
		t.Fatal(err)
	}
	v, err := leak.OpenVault(d.keys, wrapped)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// hits searches every value of every table, sealed and opened, and the files
// with what opens in them.
func (d dumped) hits(t *testing.T, s *leak.Search) map[string]int {
	t.Helper()
	v, found := d.vault(t), map[string]int{}
	db, err := sql.Open("sqlite", "file:"+d.path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	for _, table := range d.tables(t, db) {
		rows, err := db.QueryContext(t.Context(), `SELECT * FROM `+table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		for rows.Next() {
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			for i, value := range values {
				content := []byte(fmt.Sprint(value))
				if b, is := value.([]byte); is {
					content = b
				}
				found[table+"."+columns[i]] += len(s.Find(content))
				for _, plain := range v.Open(content) {
					found[table+"."+columns[i]+" opened"] += len(s.Find(bytes.TrimLeft(plain, "\x00")))
				}
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
	}
	raw := d.raw(t)
	found["files"] += len(s.Find(raw))
	v.Fragments(raw, func(plain []byte) { found["files opened"] += len(s.Find(plain)) })
	for place, n := range found {
		if n == 0 {
			delete(found, place)
		}
	}
	return found
}

func (d dumped) tables(t *testing.T, db *sql.DB) []string {
	t.Helper()
	rows, err := db.QueryContext(t.Context(), `SELECT name FROM sqlite_master WHERE type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	return names
}

// TestC3NothingOfAnIdentityIsLeftBesideTheReceipt types patients in, submits
// most of them, deletes and expires the others, and looks for what is left: in
// every value, opened with every key, and in the files, where not even a piece
// of what was sealed may stay. Spec: SECURITY C3, REQUIREMENTS N1, N2
func TestC3NothingOfAnIdentityIsLeftBesideTheReceipt(t *testing.T) {
	t.Parallel()
	d, x := newDumped(t), traces{}
	ctx := t.Context()
	all := d.typeIn(t, 240, x)
	var s leak.Search
	for i, one := range all {
		p := one.report.Person
		for label, value := range map[string]string{"surname": p.Surname, "first names": p.FirstNames, "birth name": p.BirthName,
			"street": p.Address.Street, "insured number": p.Insurance.InsuredNumber(), "birth date": p.BirthDate.German()} {
			s.Add(fmt.Sprintf("%s of %d", label, i), value)
		}
	}
	if found := d.hits(t, &s); found["patient_record.identity opened"] < len(all) {
		t.Fatalf("the search is blind: %v", found)
	}
	if err := d.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	if x.left(d.raw(t)) == 0 {
		t.Fatal("the search for pieces is blind")
	}
	d.submitAll(t, all[:220])
	for _, one := range all[220:230] {
		if err := d.Drafts().DeleteRecord(ctx, "unit-1", "account-1", one.record); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := d.Drafts().Expire(ctx, time.Now().Add(time.Hour), 100); err != nil || n != 20 {
		t.Fatalf("expired %d, %v", n, err)
	}
	if err := d.Drafts().Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	for place, n := range d.hits(t, &s) {
		t.Errorf("%s holds an identity (%d times)", place, n)
	}
	if n := x.left(d.raw(t)); n > 0 {
		t.Errorf("%d pieces of sealed identities and drafts are left in the files", n)
	}
	// What may stay is there.
	r, err := d.Drafts().Record(ctx, "unit-1", all[0].record)
	if err != nil || r.Identity != nil || *r.View != report.Reduced(all[0].report) {
		t.Errorf("the reduced view: %v", err)
	}
	f, err := d.Drafts().Form(ctx, "unit-1", all[0].form)
	if err != nil || len(f.Sent) != 1 || f.Last().Sheet["event.remark"] == "" || f.Note != "Rückruf" {
		t.Errorf("the submitted version: %v", err)
	}
}

// TestReportByReferenceTravelsWithoutAPerson opens what a trust centre would get.
func TestReportByReferenceTravelsWithoutAPerson(t *testing.T) {
	t.Parallel()
	d, ctx := newDumped(t), t.Context()
	one := d.typeIn(t, 1, traces{})[0]
	d.submitAll(t, []typed{one})
	next := *one.report
	next.Person = identity.Person{}
	batch, err := d.dispatch.Begin(ctx, dispatch.Submission{Unit: "unit-1", Account: "account-1", Kind: submission.Real,
		Channel: submission.ByForm, AnyReporter: true, Released: true})
	if err != nil {
		t.Fatal(err)
	}
	head := synth.New(synth.Options{Patients: 1, Seed: 11}).Package()
	if err := batch.Header(ctx, &head); err != nil {
		t.Fatal(err)
	}
	result := report.Result{Position: 1, Patient: next.Patient, Report: next.ID, Occasion: next.Event.Occasion(), Verdict: report.Accepted}
	if err := batch.AddAs(ctx, result, &next, report.PersonKnown); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("second"))
	if _, err := batch.Receive(ctx, dispatch.Ending{SHA256: sum[:], Size: 1}); err != nil {
		t.Fatal(err)
	}
	out, err := d.Next(ctx, "trustcentre", 10, 1<<20)
	if err != nil || len(out) != 2 {
		t.Fatalf("%d envelopes, %v", len(out), err)
	}
	for i, want := range []report.PersonAs{report.PersonGiven, report.PersonKnown} {
		plain, err := envelope.OpenBytes(out[i].Sealed, d.envelopes)
		if err != nil {
			t.Fatal(err)
		}
		part, err := parcel.NewReader(bytes.NewReader(plain), parcel.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		item, err := part.Next()
		if err != nil || item.As != want || (item.Report.Person.Surname == "") != (want == report.PersonKnown) {
			t.Errorf("the report goes as %q, want %q, %v", item.As, want, err)
		}
	}
}
