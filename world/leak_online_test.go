// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/calendar"
	"meldewerk/exchange/wire"
	"meldewerk/identity"
	"meldewerk/internal/database"
	"meldewerk/internal/house"
	"meldewerk/report"
	reportform "meldewerk/report/form"
	"meldewerk/synth"
	"meldewerk/testkit/leak"
)

// openMarker stands in every value of those whose drafts stay open.
const openMarker = "Offenprobe"

// patientsOf gives the first reports of so many persons of a synthetic world.
func patientsOf(o synth.Options, each int) [][]*report.Report {
	var all [][]*report.Report
	for r := range synth.New(o).Reports() {
		last := len(all) - 1
		switch {
		case last < 0 || all[last][0].Patient != r.Patient:
			all = append(all, []*report.Report{r})
		case len(all[last]) < each:
			all[last] = append(all[last], r)
		}
	}
	return all
}

// enteredPatient is a person who was typed into the portal.
type enteredPatient struct {
	record string   // address
	forms  []string // addresses
	ids    []string // Meldungs-IDs that the portal made
}

// typePatient types a person and his reports in; a further report on a tumour
// names it. Handing them in begins after typed was called: then the whole
// identity and the first report lie in the portal.
func (c *clerk) typePatient(reports []*report.Report, submit bool, typed func()) enteredPatient {
	c.p.t.Helper()
	one := enteredPatient{record: c.newPatient(reports[0].Reporter, reports[0].Patient)}
	c.typeIdentity(one.record, identitySheet(reports[0]))
	known := map[string]string{} // the portal's number of a tumour, by the reporter's
	for i, r := range reports {
		of := string(r.Event.Assignment.TumourID)
		form := c.begin(one.record, r.Event.Occasion(), known[of])
		for _, number := range c.tumours(one.record) {
			if !slices.Contains(slices.Collect(maps.Values(known)), number) {
				known[of] = number
			}
		}
		_, medical := reportform.Encode(r).Split()
		c.typeReport(form, medical)
		one.forms = append(one.forms, form)
		if i == 0 {
			typed()
		}
		if submit {
			c.submitReport(form)
			one.ids = append(one.ids, madeID.FindAllString(c.read(form), 1)...)
		}
	}
	return one
}

// identitySheet is what of a report is typed into the record of the patient.
func identitySheet(r *report.Report) reportform.Sheet {
	sheet, _ := reportform.Encode(r).Split()
	sheet.Put("occasion", string(r.Event.Occasion()))
	return sheet
}

var madeID = regexp.MustCompile(`MP-[A-Z2-7]{26}`)

// pieces remembers what was sealed on the disk in windows of 16 bytes: any
// piece of 31 bytes that is left of it holds one of them.
type pieces map[[16]byte]bool

// remember takes the sealed identities that a portal holds now. Their first
// bytes are padding and may stay.
func (x pieces) remember(t testing.TB, g *house.Ground, v *leak.Vault) {
	t.Helper()
	const header = 5 + 12 // version, generation, nonce
	must(t, g.DB.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT identity FROM patient_record WHERE identity IS NOT NULL`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var sealed []byte
			if err := rows.Scan(&sealed); err != nil {
				return err
			}
			plain := v.Open(sealed)[0]
			for at := header + len(plain) - len(bytes.TrimLeft(plain, "\x00")); at+16 <= len(sealed); at += 16 {
				x[[16]byte(sealed[at:at+16])] = true
			}
		}
		return rows.Close()
	}))
}

// left counts the windows that stand in the files below a folder.
func (x pieces) left(t testing.TB, dir string) int {
	t.Helper()
	n := 0
	must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for at := 0; at+16 <= len(raw); at++ {
			if x[[16]byte(raw[at:at+16])] {
				n++
			}
		}
		return nil
	}))
	return n
}

// reducedRecords lets the portal hold the reduced view of N2 in the record of
// a patient, and nothing else of him but his number.
func reducedRecords(t testing.TB) allowed {
	history := reducedSet(t)
	return func(v value, plain []byte) []byte {
		if v.table != "patient_record" || v.column != "content" {
			return history(v, plain)
		}
		var content map[string]json.RawMessage
		if err := json.Unmarshal(plain, &content); err != nil {
			return plain // another table's key: noise
		}
		for name, part := range content {
			switch strings.ToLower(name) {
			case "patient", "reporter", "changedby":
			case "view":
				var view map[string]any
				must(t, json.Unmarshal(part, &view))
				for field := range view {
					if !slices.Contains(reducedFields, field) {
						t.Errorf("N2: a record keeps %s", field)
					}
				}
				delete(view, "Place") // it carries the marker; the other fields are searched
				rest, err := json.Marshal(view)
				must(t, err)
				content[name] = rest
			default:
				t.Errorf("N2: a record keeps %s", name)
			}
		}
		rest, err := json.Marshal(content)
		must(t, err)
		return rest
	}
}

// TestC3N1N2OnlineIdentityGoesWithTheReceipt types 60 marked persons into the
// pages of the Online-Erfassung with several reports each and hands them in:
// some are edited, some identities are corrected, some persons were the wrong
// ones. Other persons stay drafts. Then it opens every value of the portal
// with all of its keys. Of those submitted there is nothing beyond the reduced
// set; of the drafts the search finds what it looks for.
func TestC3N1N2OnlineIdentityGoesWithTheReceipt(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, p *plant) {
		c := newClerk(p.everyone())
		files := p.layout.Databases == nil
		patients, open := 60, 8
		if testing.Short() || !files {
			patients, open = 10, 3
		}
		var x, still = pieces{}, pieces{}
		w := leakWorld{t: t, p: p, c: c, portal: vault(t, p.Portal.Ground(), p.layout.Configs().Portal.Keys)}
		remember := func(x pieces) {
			if files {
				x.remember(t, p.Portal.Ground(), vault(t, p.Portal.Ground(), p.layout.Configs().Portal.Keys))
			}
		}
		for _, reports := range patientsOf(synth.Options{Seed: 41, Patients: patients, Marker: marker}, 2) {
			w.submitted = append(w.submitted, reports...)
			w.typed = append(w.typed, c.typePatient(reports, true, func() { remember(x) }))
		}
		dir := filepath.Join(p.layout.Dir, string(wire.Portal))
		gone := func(when string) {
			if n := x.left(t, dir); files && n > 0 {
				t.Errorf("%d of %d pieces of sealed identities are left on the disk after %s", n, len(x), when)
			}
		}
		gone("the last receipt")
		w.editAndCorrect(remember, x)
		gone("the last correction")
		for i, reports := range patientsOf(synth.Options{Seed: 42, Patients: open, Marker: openMarker}, 2) {
			unlike(i, reports...)
			w.open = append(w.open, reports...)
			w.typed = append(w.typed, c.typePatient(reports, false, func() {}))
		}
		w.reopen()
		remember(still)
		w.wantOnlyTheReducedSet(files)
		if files {
			if len(x) == 0 || still.left(t, dir) == 0 {
				t.Error("the search for pieces on the disk is blind")
			}
			maps.DeleteFunc(x, func(piece [16]byte, _ bool) bool { return still[piece] })
			gone("more was typed")
		}
		p.settle()
		p.clock.Advance(time.Hour + time.Minute)
		p.settle()
		w.wantNoHouseToKnow(files)
	})
}

// leakWorld is what was typed and what is looked for.
type leakWorld struct {
	t               testing.TB
	p               *plant
	c               *clerk
	portal          *leak.Vault
	submitted, open []*report.Report
	typed           []enteredPatient
}

// editAndCorrect edits a report by reference, gives a name anew and replaces a
// person that was the wrong one; each of them twice.
func (w *leakWorld) editAndCorrect(remember func(pieces), x pieces) {
	w.t.Helper()
	others := patientsOf(synth.Options{Seed: 43, Patients: 2, Marker: marker}, 1)
	for i := range 2 {
		edited := w.typed[i]
		w.c.answer(edited.forms[0]+"/bearbeiten", nil, http.StatusSeeOther)
		w.c.typeSection(edited.forms[0], reportform.Sheet{"occasion": w.occasion(i), "remark": "Der Befund wurde nachgetragen."}, w.section("zusatz"))
		w.c.submitReport(edited.forms[0])

		renamed := *w.first(2 + i)
		renamed.Person.BirthName, renamed.Person.Surname = renamed.Person.Surname, marker+"qneu-"+renamed.Person.Surname
		w.correct(2+i, "spelling", &renamed, remember, x)

		right := *others[i][0]
		right.Patient = w.first(4 + i).Patient
		w.correct(4+i, "person", &right, remember, x)
	}
}

func (w *leakWorld) correct(i int, reason string, r *report.Report, remember func(pieces), x pieces) {
	w.t.Helper()
	record := w.typed[i].record
	w.c.answer(record+"/berichtigung", url.Values{"grund": {reason}}, http.StatusSeeOther)
	w.c.typeIdentity(record, identitySheet(r))
	remember(x)
	w.c.submit(record+"/berichtigung", record+"/berichtigung/uebermitteln")
	w.submitted = append(w.submitted, r)
}

// reopen leaves one report being edited and one identity being corrected.
func (w *leakWorld) reopen() {
	w.t.Helper()
	w.c.answer(w.typed[6].forms[0]+"/bearbeiten", nil, http.StatusSeeOther)
	r := patientsOf(synth.Options{Seed: 44, Patients: 1, Marker: openMarker}, 1)[0][0]
	unlike(99, r)
	w.c.answer(w.typed[7].record+"/berichtigung", url.Values{"grund": {"spelling"}}, http.StatusSeeOther)
	w.c.typeIdentity(w.typed[7].record, identitySheet(r))
	w.open = append(w.open, r)
}

// first is the first report of the i-th patient.
func (w *leakWorld) first(i int) *report.Report {
	var last report.PatientID
	for _, r := range w.submitted {
		if r.Patient == last {
			continue
		}
		if last = r.Patient; i == 0 {
			return r
		}
		i--
	}
	w.t.Fatal("there are not so many patients")
	return nil
}

func (w *leakWorld) occasion(i int) string { return string(w.first(i).Event.Occasion()) }

func (w *leakWorld) section(name string) *reportform.Section {
	s, found := reportform.Named(reportform.Sheet{"occasion": w.occasion(0)}, name)
	if !found {
		w.t.Fatal("no section " + name)
	}
	return s
}

// wantOnlyTheReducedSet searches the portal after the receipts.
func (w *leakWorld) wantOnlyTheReducedSet(files bool) {
	w.t.Helper()
	t, ground := w.t, w.p.Portal.Ground()
	w.portal = vault(t, ground, w.p.layout.Configs().Portal.Keys)
	named, drafts := w.searches(false)
	inTables(t, ground, w.portal, named, reducedRecords(t)).report(t, "portal after submission")
	sealed := found{}
	for place, n := range inTables(t, ground, w.portal, drafts, nothing) {
		if strings.Contains(place, "patient_record.identity opened") {
			sealed[place] = n
			continue
		}
		t.Errorf("N1: an open draft's identity stands in %s (%d times)", place, n)
	}
	if len(sealed) < 4 {
		t.Errorf("the search is blind to the identity of open drafts: %v", sealed)
	}
	if files {
		dir := filepath.Join(w.p.layout.Dir, string(wire.Portal))
		inFiles(t, dir, w.portal, named, reducedRecords(t)).report(t, "portal's files after submission")
		inFiles(t, dir, nil, drafts, nothing).report(t, "portal's raw files, open drafts")
	}
	numbered, open := w.searches(true)
	w.c.wantNoTraces(numbered)
	w.c.wantNoTraces(open)
	if n := count(t, ground, `SELECT COUNT(*) FROM patient_record WHERE submitted AND identity IS NOT NULL AND correction = ''`); n != 0 {
		t.Errorf("%d identities beside a receipt", n)
	}
}

// unlike gives persons numbers, an insurance and a birthday that nobody else
// has, so that a search tells them from the others.
func unlike(i int, reports ...*report.Report) {
	for _, r := range reports {
		r.Patient = report.PatientID(fmt.Sprintf("OP-%04d", i))
		r.Person.BirthDate = calendar.Date{Year: 1931, Month: 12, Day: uint8(i%28 + 1), Accuracy: calendar.Exact}
		r.Person.Insurance = identity.Insurance{Private: &identity.PrivateInsurance{Insurer: "950000017", Number: fmt.Sprintf("%s-%04d", openMarker, i)}}
	}
}

// searches look for those who were submitted and for those who were not.
func (w *leakWorld) searches(numbers bool) (submitted, open *leak.Search) {
	submitted, open = &leak.Search{}, &leak.Search{}
	identityOf(submitted, w.submitted, numbers)
	submitted.Add("marker", marker+"q")
	identityOf(open, w.open, numbers)
	open.Add("marker", openMarker+"q")
	for _, one := range w.typed {
		for _, id := range one.ids {
			if numbers {
				submitted.Add("Meldung_ID", id)
			}
		}
	}
	return submitted, open
}

// wantNoHouseToKnow searches all houses when everything has gone its way.
func (w *leakWorld) wantNoHouseToKnow(files bool) {
	w.t.Helper()
	t, p, config := w.t, w.p, w.p.layout.Configs()
	w.portal = vault(t, p.Portal.Ground(), config.Portal.Keys)
	named, _ := w.searches(false)
	numbered, open := w.searches(true)
	inTables(t, p.Portal.Ground(), w.portal, named, reducedRecords(t)).report(t, "portal")
	for h, keys := range map[wire.House]string{wire.TrustCentre: config.TrustCentre.Keys, wire.Registry: config.Registry.Keys} {
		v := vault(t, p.ground(h), keys)
		for _, s := range []*leak.Search{numbered, open} {
			inTables(t, p.ground(h), v, s, nothing).report(t, string(h))
			if files {
				inFiles(t, filepath.Join(p.layout.Dir, string(h)), v, s, nothing).report(t, string(h)+"'s files")
			}
		}
	}
	if files {
		inFiles(t, filepath.Join(p.layout.Dir, string(wire.Portal)), w.portal, named, reducedRecords(t)).report(t, "portal's files")
	}
	reports := int64(0)
	for _, one := range w.typed {
		reports += int64(len(one.ids))
	}
	if got := p.current(`COUNT(*)`, anything); got != reports {
		t.Errorf("%d of %d reports are in the registry", got, reports)
	}
	w.c.wantNoTraces(numbered)
}
