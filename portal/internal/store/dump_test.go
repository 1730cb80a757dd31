// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meldewerk/calendar"
	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	ground "meldewerk/internal/store"
	"meldewerk/policy"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/upload"
	"meldewerk/report"
	"meldewerk/synth"
	"meldewerk/tumour/history"
)

// sealed says of every column of bytes how it opens, or that it is not secret.
var sealed = map[string]struct {
	group string
	key   []string // columns that make the row key
}{
	"package.head":                {headGroup, []string{"id"}},
	"report_result.content":       {resultGroup, []string{"package_id", "position"}},
	"package_cause.content":       {causeGroup, []string{"package_id", "cause"}},
	"progress.remarks":            {remarksGroup, []string{"package_id", "position", "recipient"}},
	"history_entry.content":       {entryGroup, []string{"recipient", "report_key"}},
	"package.sha256":              {},
	"report_result.patient_index": {}, "report_result.report_index": {},
	"history_entry.patient_index": {}, "history_entry.report_key": {},
	"envelope.sha256": {}, "envelope_content.sealed": {}, // opens with the trust centre's key only
}

// house is a portal's store on a file, with what opens it.
type dumped struct {
	path string
	keys string // folder
	ring *atrest.Keyring
	*Store
	rooms     *upload.Room
	dispatch  *dispatch.Room
	envelopes envelope.Identities // the trust centre's
}

type handover struct{ *dispatch.Batch }

func (h handover) ID() upload.ID { return upload.ID(h.Batch.ID()) }

func ended(e upload.Ending) dispatch.Ending {
	return dispatch.Ending{SHA256: e.SHA256, Size: e.Size, SchemaVersion: e.SchemaVersion, Findings: e.Findings}
}

func (h handover) Receive(ctx context.Context, e upload.Ending) (upload.Outcome, error) {
	r, err := h.Batch.Receive(ctx, ended(e))
	return upload.Outcome{ID: upload.ID(r.Package), First: r.First}, err
}

func (h handover) Unreadable(ctx context.Context, e upload.Ending) error {
	return h.Batch.Unreadable(ctx, ended(e))
}

func newDumped(t *testing.T) dumped {
	t.Helper()
	ctx, dir := t.Context(), t.TempDir()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	d := dumped{path: filepath.Join(dir, "portal.db"), keys: filepath.Join(dir, "keys")}
	must(os.Mkdir(d.keys, 0o700))
	must(database.Create(ctx, d.path))
	db, err := database.Open(ctx, d.path, database.Options{})
	must(err)
	t.Cleanup(func() { _ = db.Close() })
	must(db.Migrate(ctx, ground.Migrations(), Migrations()))
	log, err := ground.NewAuditLog(db, "portal", ground.AuditOptions{})
	must(err)
	must(atrest.CreateMasterKey(filepath.Join(d.keys, "master.key")))
	d.ring, err = atrest.OpenKeyring(ctx, filepath.Join(d.keys, "master.key"), ground.NewDataKeys(db, log))
	must(err)
	t.Cleanup(d.ring.Close)
	d.Store, err = Open(ctx, db, log, d.ring)
	must(err)
	centre := t.TempDir()
	keys, err := envelope.Generate(centre)
	must(err)
	d.envelopes, err = envelope.LoadIdentities(centre)
	must(err)
	profile, err := policy.Of("kkn")
	must(err)
	d.dispatch, err = dispatch.New(d.Store, []dispatch.Recipient{{Name: "trustcentre", Keys: keys}}, profile, dispatch.Limits{}, time.Now)
	must(err)
	d.rooms = upload.New(upload.Options{Protocols: d.Store, Sent: d.BytesSince, Clock: time.Now, Land: profile.Land,
		Begin: func(ctx context.Context, s upload.Sender, kind submission.Kind, name string) (upload.Batch, error) {
			b, err := d.dispatch.Begin(ctx, dispatch.Submission{Unit: s.Unit, Account: s.Account, Kind: kind,
				Channel: submission.ByPackage, AnyReporter: true, Released: true, FileName: name})
			return handover{b}, err
		}})
	return d
}

// contents gives every value of every table, opened where a key of the portal
// opens it.
func (d dumped) contents(t *testing.T) []string {
	t.Helper()
	raw, err := sql.Open("sqlite", "file:"+d.path+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = raw.Close() }()
	var out []string
	for _, table := range strings.Fields("receipt_sequence package upload_lease report_result package_cause result_cause envelope envelope_content progress history_entry audit_entry audit_leaf") {
		rows, err := raw.QueryContext(t.Context(), `SELECT * FROM `+table)
		if err != nil {
			t.Fatal(err)
		}
		columns, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			values := make([]any, len(columns))
			into := make([]any, len(columns))
			for i := range values {
				into[i] = &values[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			row := map[string]any{}
			for i, c := range columns {
				row[c] = values[i]
			}
			for c, v := range row {
				out = append(out, d.opened(t, table, c, v, row))
			}
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		_ = rows.Close()
	}
	return out
}

func (d dumped) opened(t *testing.T, table, column string, value any, row map[string]any) string {
	t.Helper()
	content, isBytes := value.([]byte)
	if !isBytes || strings.HasPrefix(table, "audit") {
		return fmt.Sprint(value)
	}
	how, known := sealed[table+"."+column]
	if !known {
		t.Fatalf("nobody says how %s.%s opens", table, column)
	}
	if how.group == "" {
		return hex.EncodeToString(content)
	}
	var key []string
	for _, c := range how.key {
		if b, is := row[c].([]byte); is {
			key = append(key, hex.EncodeToString(b))
		} else {
			key = append(key, fmt.Sprint(row[c]))
		}
	}
	box, err := d.ring.Box(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := box.Open(strings.Join(key, "/"), how.group, content)
	if err != nil {
		t.Fatalf("%s.%s does not open", table, column)
	}
	return string(plain)
}

// identityOf gives the values of a report that the portal must not hold.
func identityOf(r *report.Report) []string {
	p := r.Person
	values := []string{p.Surname, p.BirthName, p.Insurance.InsuredNumber()}
	values = append(values, p.FormerNames...)
	values = append(values, strings.Fields(p.FirstNames)...)
	if p.Address.Street != "" {
		values = append(values, p.Address.Street)
	}
	values = append(values, p.BirthDate.String(), calendar.Date{Year: p.BirthDate.Year, Month: p.BirthDate.Month, Day: p.BirthDate.Day}.German())
	return values
}

func TestC3PortalHoldsOnlyTheReducedSet(t *testing.T) {
	t.Parallel()
	d := newDumped(t)
	ctx := t.Context()
	world := synth.New(synth.Options{Patients: 200, Seed: 7, ErrorRate: 0.1, Marker: "Kanarie", Today: calendar.Of(time.Now())})
	var text bytes.Buffer
	if err := world.WriteXML(&text, nil); err != nil {
		t.Fatal(err)
	}
	up, err := d.rooms.Read(ctx, upload.Sender{Unit: "unit-1", Account: "account-1"}, submission.Real, "export.xml", &text)
	if err != nil {
		t.Fatal(err)
	}
	done, err := up.Commit(ctx)
	if err != nil {
		t.Fatal(err)
	}
	pkg, err := d.rooms.Package(ctx, "unit-1", done.ID)
	if err != nil || pkg.Accepted+pkg.Warned == 0 || pkg.Rejected == 0 {
		t.Fatalf("package %+v, %v", pkg, err)
	}
	t.Logf("%d reports, %d accepted, %d warned, %d rejected", pkg.Reports, pkg.Accepted, pkg.Warned, pkg.Rejected)
	var values []string
	position := 0
	for r := range world.Reports() {
		position++
		values = append(values, identityOf(r)...)
		if position%10 != 0 {
			continue
		}
		item := submission.HistoryItem{Receipt: 1, Position: position, Unit: "unit-1", Reporter: string(r.Reporter), ReportID: string(r.ID),
			Channel: submission.ByPackage, View: history.ReducedView{PatientNumber: string(r.Patient), BirthMonth: r.Person.BirthDate.Month,
				BirthYear: r.Person.BirthDate.Year, PostalCode: r.Person.Address.PostalCode, Place: "Musterort"},
			Entry: history.Entry{Tumour: 1, CompletedAt: time.Now()}}
		if err := d.PutHistory(ctx, "trustcentre", []submission.HistoryItem{item}); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Checkpoint(ctx); err != nil {
		t.Fatal(err)
	}
	all := strings.Join(d.contents(t), "\n")
	for _, file := range []string{d.path, d.path + "-wal", d.path + "-shm"} {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		all += string(content)
	}
	if !strings.Contains(all, string(pkg.Number)) || !strings.Contains(all, `"Place"`) {
		t.Fatal("the dump was not opened, so the search would prove nothing")
	}
	if strings.Contains(strings.ToLower(all), "kanarie") {
		t.Error("a marker of a person stands in the portal's data")
	}
	searched := map[string]bool{}
	for _, v := range values {
		// What carries the marker has been searched for already.
		if len(v) < 5 || searched[v] || strings.Contains(v, "Kanarie") {
			continue
		}
		searched[v] = true
		if strings.Contains(all, v) {
			t.Errorf("the portal's data hold %q", v)
		}
	}
}
