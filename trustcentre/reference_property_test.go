// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/identity"
	"meldewerk/internal/database"
	"meldewerk/pseudonym"
	"meldewerk/report"
	"meldewerk/tumour"
)

// office is the Online-Erfassung as the property plays it: patients under their
// numbers, and what was sent of each report last.
type office struct {
	*world
	base     *report.Report
	made     int // names, numbers and words given out
	patients []*patient
	reports  []*sent
	objected map[string]bool // insurance numbers of who has ever objected
	released bool
}

// patient is one record of the portal.
type patient struct {
	number report.PatientID
	who    identity.Person
	sent   bool // the identity went out: from now on by reference
}

// sent is one report as it should stand in the registry at the end.
type sent struct {
	patient  *patient
	report   report.Report // with the person that it means
	channel  submission.Channel
	receipt  submission.Receipt // of the newest version
	position int
	whole    bool // some version carried the identity of the present person
}

// somebody makes a person whom nobody resembles.
func (o *office) somebody() identity.Person {
	o.made++
	p := o.base.Person
	p.Surname = "Prüf" + letters(o.made)
	insurance := *p.Insurance.Statutory
	insurance.Number = insuredNumber(o.made)
	p.Insurance = identity.Insurance{Statutory: &insurance}
	// The patient number would link two persons of one month of birth.
	p.BirthDate.Month, p.BirthDate.Year = uint8(1+o.made%12), int16(1930+o.made/12%60)
	return p
}

// insuredNumber is a sound number of an insured person; one with a wrong check
// digit would form no control number.
func insuredNumber(n int) string {
	digits, sum := fmt.Sprintf("11%08d", n), 0 // K is the eleventh letter
	for i := range digits {
		d := int(digits[i]-'0') * (1 + i%2)
		sum += d/10 + d%10
	}
	return "K" + digits[2:] + strconv.Itoa(sum%10)
}

// letters writes a number as a name, because a name holds no digits.
func letters(n int) string {
	word := []byte(strconv.Itoa(n))
	for i := range word {
		word[i] += 'a' - '0'
	}
	return string(word)
}

// content gives a report medical content that no version had before.
func (o *office) content(r *report.Report, name tumour.Label) report.Report {
	o.made++
	changed := *classified(r, name)
	changed.Event.Diagnosis.Classifications[0].Stage = tumour.Label(fmt.Sprintf("%d %d", o.made/1000, o.made%1000))
	return changed
}

// send seals reports as one delivery and notes what is to be expected of them.
func (o *office) send(d delivery, batch ...*sent) {
	reports := make([]*report.Report, len(batch))
	for i, s := range batch {
		reports[i] = &s.report
		if d.as == report.PersonKnown {
			reports[i] = byReference(&s.report)
		}
	}
	receipt := o.submit(d, reports...)
	for i, s := range batch {
		s.receipt, s.position, s.channel = receipt, i+1, d.channel
		if s.whole = s.whole || d.as != report.PersonKnown; s.report.Reason == report.Objection {
			o.objected[s.report.Person.Insurance.InsuredNumber()] = true
		}
	}
}

// report begins a report of the patient, by the portal or by a package.
func (o *office) report(p *patient, d delivery) {
	s := &sent{patient: p, report: o.content(o.base, "FIGO")}
	o.made++
	s.report.ID, s.report.Patient, s.report.Person = report.ID("M-"+strconv.Itoa(o.made)), p.number, p.who
	s.report.Event.Assignment.TumourID = tumour.SourceID("T-" + strconv.Itoa(o.made))
	o.reports = append(o.reports, s)
	o.send(d, s)
	p.sent = true
}

// forms are the reports of the patient that the portal made.
func (o *office) forms(p *patient) []*sent {
	var list []*sent
	for _, s := range o.reports {
		if s.patient == p && s.channel == submission.ByForm {
			list = append(list, s)
		}
	}
	return list
}

// correct sends every report of the patient again with another identity.
func (o *office) correct(d delivery, batch []*sent, who identity.Person) {
	batch[0].patient.who = who
	for _, s := range batch {
		s.report.Person, s.whole = who, false
	}
	o.send(d, batch...)
}

// act is one thing that somebody does.
func (o *office) act(t *rapid.T) {
	p := o.patients[rapid.IntRange(0, len(o.patients)-1).Draw(t, "patient")]
	forms := o.forms(p)
	switch what := rapid.SampledFrom([]string{"new", "new", "package", "edit", "edit", "stopped", "spelling", "wrong", "objection", "release", "late"}).Draw(t, "act"); {
	case what == "package":
		o.report(p, delivery{channel: submission.ByPackage})
	case what == "release":
		o.release(!o.released)
	case what == "late":
		o.pass(15 * 24 * time.Hour)
	case len(forms) == 0 && !p.sent:
		o.report(p, given)
	case what == "new" || len(forms) == 0:
		o.report(p, known)
	case what == "spelling":
		who := p.who
		who.FirstNames += "a"
		o.correct(given, forms, who)
	case what == "wrong":
		o.correct(replaced, forms, o.somebody())
	default:
		s := forms[rapid.IntRange(0, len(forms)-1).Draw(t, "report")]
		name := tumour.Label("FIGO")
		if what == "stopped" { // by the identity, or because it is deleted
			name = tumour.Label(p.who.Surname)
		}
		s.report = o.content(&s.report, name)
		if s.report.Reason = report.Informed; what == "objection" {
			s.report.Reason = report.Objection
		}
		o.send(known, s)
	}
}

func (o *office) release(on bool) {
	o.t.Helper()
	if o.released = on; on {
		_, err := o.tc.ReleaseUnit(o.t.Context(), audit.System, unit)
		o.must(err)
		return
	}
	o.must(o.tc.Accounts().PutUnit(o.t.Context(), audit.System, account.Unit{ID: unit, Name: "Klinikum Nord", AnyReporter: true}))
}

// work lets the houses do a little, and perhaps cuts the line meanwhile.
func (o *office) work(t *rapid.T) {
	if cut := rapid.IntRange(0, 12).Draw(t, "cut"); cut > 6 {
		o.trouble.plan(cut-6, rapid.Bool().Draw(t, "after"))
	}
	for range rapid.IntRange(0, 3).Draw(t, "steps") {
		if _, err := o.tc.Step(o.t.Context()); err != nil && !errors.Is(err, errCut) {
			t.Fatal(err)
		}
		if rapid.Bool().Draw(t, "registry") {
			if _, err := o.registry.Step(o.t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	o.trouble.plan(0, false)
}

// TestReferencesEndAsIfAllWereSentWhole does what offices do in any order,
// while reports are held, handed over or completed at any moment. At the end
// the registry has each report under the person whom it means, none is lost or
// stuck, and each Chiffrat names that person.
func TestReferencesEndAsIfAllWereSentWhole(t *testing.T) {
	t.Parallel()
	if checks := flag.Lookup("rapid.checks"); checks.Value.String() == checks.DefValue {
		stories := "10" // each is one of its own; scripts/soak.sh tells more
		if more := os.Getenv("MELDEWERK_STORIES"); more != "" {
			stories = more
		}
		must(t, checks.Value.Set(stories))
	}
	for _, profile := range []string{"kkn", "ekn"} {
		t.Run(profile, func(t *testing.T) {
			t.Parallel()
			o := &office{}
			rapid.Check(t, func(r *rapid.T) {
				if o.world == nil || o.clock().Year() > 2027 { // the data set knows no day after 2029
					o.world = newWorld(t, profile, false)
					o.base, o.released, o.objected = o.sound(1)[0], true, map[string]bool{}
				}
				o.patients, o.reports = nil, nil
				for range 2 {
					o.made++
					o.patients = append(o.patients, &patient{number: report.PatientID("P-" + strconv.Itoa(o.made)), who: o.somebody()})
				}
				o.patients[1].who = o.patients[0].who // one person under two numbers
				for range rapid.IntRange(2, 12).Draw(r, "acts") {
					o.act(r)
					o.work(r)
				}
				o.release(true)
				for range 2 {
					o.pass(15 * 24 * time.Hour)
					o.settle()
				}
				o.check(r)
			})
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// check compares the houses with what the office has sent.
func (o *office) check(t *rapid.T) {
	t.Helper()
	if waiting := o.inRegistry(`SELECT COUNT(*) FROM record WHERE state = 'stored'`); waiting != 0 {
		t.Errorf("%d records are stuck in the registry", waiting)
	}
	if open := o.inCentre(`SELECT COUNT(*) FROM dossier WHERE state IN ('held', 'ready', 'handed_over')`); open != 0 {
		t.Errorf("%d reports are stuck in the trust centre", open)
	}
	records := o.records()
	chiffrate := o.kept()
	persons, insured := map[int]string{}, map[string]int{}
	for _, s := range o.reports {
		who := s.report.Person
		if told := o.portal.told(s.receipt, s.position); told.State != submission.Completed {
			t.Errorf("receipt %d, position %d: %q %+v", s.receipt, s.position, told.State, told.Remarks)
			continue
		}
		ref := o.reference(s)
		record, found := records[fmt.Sprintf("%s/%d", ref, s.receipt)]
		if !found {
			t.Errorf("receipt %d is not in the registry", s.receipt)
			continue
		}
		sent := s.report.Event.Diagnosis.Classifications[0]
		// What was stopped went on without the name, when its time had come.
		if got := record.Event.Diagnosis.Classifications; len(got) != 1 || got[0].Stage != sent.Stage ||
			(got[0].Name != sent.Name && (got[0].Name != "" || sent.Name == "FIGO")) {
			t.Errorf("receipt %d has other content", s.receipt)
		}
		if record.Birth.Year != who.BirthDate.Year || string(record.Sex) != string(who.Sex) {
			t.Errorf("receipt %d: sex and birth are not the person's", s.receipt)
		}
		number := o.inRegistry(`SELECT p.number FROM record r JOIN person p ON p.id = r.person_id
			WHERE r.report_ref = $1 AND r.version = $2 AND r.state = 'assigned'`, string(ref), int64(s.receipt))
		if before, there := persons[number]; there && before != who.Insurance.InsuredNumber() {
			t.Errorf("receipt %d: two persons are one in the registry", s.receipt)
		}
		if before, there := insured[who.Insurance.InsuredNumber()]; there && before != number {
			t.Errorf("receipt %d: one person is two in the registry", s.receipt)
		}
		persons[number], insured[who.Insurance.InsuredNumber()] = who.Insurance.InsuredNumber(), number
		o.checkChiffrat(t, s, ref, chiffrate)
	}
}

func (o *office) checkChiffrat(t *rapid.T, s *sent, ref pseudonym.ReportRef, chiffrate map[pseudonym.ReportRef]identity.Person) {
	t.Helper()
	who := s.report.Person
	kept, there := chiffrate[ref]
	objects := o.objected[who.Insurance.InsuredNumber()] && o.centre.Profile == "ekn"
	switch {
	case there && (kept.Surname != who.Surname || kept.FirstNames != who.FirstNames || kept.Insurance.InsuredNumber() != who.Insurance.InsuredNumber()):
		t.Errorf("receipt %d: the Chiffrat names somebody else", s.receipt)
	case !there && s.whole && !objects:
		t.Errorf("receipt %d: the Chiffrat is gone", s.receipt)
	case there && s.report.Reason == report.Objection && objects:
		t.Errorf("receipt %d: there is a Chiffrat in spite of an objection", s.receipt)
	}
}

// reference is that of a report in the trust centre.
func (o *office) reference(s *sent) pseudonym.ReportRef {
	o.t.Helper()
	var ref pseudonym.ReportRef
	o.must(o.tc.Ground().DB.Read(o.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT report_ref FROM dossier WHERE receipt = $1 AND position = $2`, int64(s.receipt), int64(s.position)).Scan(&ref)
	}))
	return ref
}

// records are those of the registry, by reference and version.
func (o *office) records() map[string]transfer.Record {
	o.t.Helper()
	records := map[string]transfer.Record{}
	const column = "record.content of "
	for where, plain := range opened(o.t, o.registry.Ground(), []sealedColumn{{"record", `report_ref || '/' || CAST(version AS TEXT)`, "content", "content"}}) {
		var r transfer.Record
		o.must(json.Unmarshal(plain, &r))
		records[where[len(column):]] = r
	}
	return records
}
