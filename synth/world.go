// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"iter"
	"slices"
	"strconv"

	"meldewerk/calendar"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/tumour"
)

// Options says which World is wanted. The zero Options is a small valid one.
type Options struct {
	Seed     uint64
	Patients int // how many persons, 100 when neither this nor Reports is set
	// Reports is the exact number of reports, with as many persons as that
	// takes; 0 for all reports of all Patients.
	Reports   int
	ErrorRate float64 // share of reports with a fault, 0 to 1
	// Today is the last day on which anything happens and the Meldedatum of the
	// package; 2025-06-30 when zero, never the day of the clock. Not after the
	// last day that the version knows, which is the end of 2025 up to 3.0.3.
	Today         calendar.Date
	SchemaVersion string // 3.0.4 when empty
	Reporters     int    // how many reporting units there are, 28 when zero
	// Only leaves out the reports of all other units, so that a package is the
	// upload of one house. The persons and their numbers stay the same.
	Only []report.ReporterID
	// Marker puts a token into every value of the identity that holds letters,
	// for tests that look for leaks; see MarkerToken. Letters only.
	Marker string
}

// World is a synthetic world. It holds no patients, only how to make them, so
// it may be read again and again and by several at once.
type World struct {
	options    Options
	today      day
	first      day // no diagnosis before
	atcVersion tumour.Code
	units      []Unit
	byRole     [roles][]int
	perMillion int // of reports with a fault
}

// yearsBack is how far diagnoses reach back; long enough for relapses, short
// enough that one edition of the TNM holds for all.
const yearsBack = 6

// New makes the World of the options.
func New(options Options) *World {
	if options.Patients <= 0 && options.Reports <= 0 {
		options.Patients = 100
	}
	if options.Today.IsZero() {
		options.Today = calendar.Date{Year: 2025, Month: 6, Day: 30}
	}
	if options.SchemaVersion == "" {
		options.SchemaVersion = "3.0.4"
	}
	if options.Reporters <= 0 {
		options.Reporters = 2 * roles
	}
	w := &World{options: options, today: dayOf(options.Today)}
	if last := dayOfYMD(2025, 12, 31); w.oldWindow() && w.today > last {
		w.today, w.options.Today = last, last.date()
	}
	w.first = max(w.today-yearsBack*365, dayOfYMD(2017, 7, 1))
	if w.first > w.today-400 {
		w.first = w.today - 400
	}
	w.atcVersion = tumour.Code(strconv.Itoa(w.today.year()))
	w.perMillion = int(min(max(options.ErrorRate, 0), 1)*1e6 + 0.5)
	w.makeUnits()
	return w
}

// Units lists the reporting units of the World. The first reports for any role
// that no other has.
func (w *World) Units() []Unit { return slices.Clone(w.units) }

// oldWindow says that the version ends its dates with 2025.
func (w *World) oldWindow() bool { return w.oldThickness() }

// oldThickness says that the version knows one decimal of the thickness only.
func (w *World) oldThickness() bool {
	return w.options.SchemaVersion == "3.0.2" || w.options.SchemaVersion == "3.0.3"
}

// Package is the frame around the reports of the World.
func (w *World) Package() report.Package {
	p := report.Package{SchemaVersion: w.options.SchemaVersion, ReportedOn: calendar.Of(w.options.Today.Day0()),
		Sender: report.Sender{ID: "SYNTH", SoftwareID: "meldewerk-synth", SoftwareVer: "1.0", Name: "Synthetische Meldungen, alle Personen erfunden"}}
	for i := range w.units {
		if w.wanted(w.units[i].ID) {
			p.Reporters = append(p.Reporters, w.units[i].Reporter)
		}
	}
	return p
}

func (w *World) wanted(id report.ReporterID) bool {
	return len(w.options.Only) == 0 || slices.Contains(w.options.Only, id)
}

// Entry is one report of the World with the truth about it.
type Entry struct {
	Report *report.Report
	Person int    // number of the person, from 0
	Tumour int    // number of the tumour within the person, from 1
	Fault  string // name of the fault it was given, "" for none; see Faults
}

// Reports yields the reports of the World, all of one patient at one reporter
// together. Faults of plausibility are in them; faults of the schema are only
// made in the XML, there such a report is still sound.
func (w *World) Reports() iter.Seq[*report.Report] {
	return func(yield func(*report.Report) bool) {
		for e := range w.Entries() {
			if !yield(e.Report) {
				return
			}
		}
	}
}

// Entries yields the reports of the World with the truth, in the order of Reports.
func (w *World) Entries() iter.Seq[Entry] {
	return func(yield func(Entry) bool) {
		if !slices.ContainsFunc(w.units, func(u Unit) bool { return w.wanted(u.ID) }) {
			return // no such reporter, however many patients there were
		}
		made := 0
		for person := 0; w.options.Patients <= 0 || w.options.Reports > 0 || person < w.options.Patients; person++ {
			for _, e := range w.entriesOf(person) {
				if !yield(e) {
					return
				}
				if made++; made == w.options.Reports {
					return
				}
			}
		}
	}
}

// life makes a person with all tumours and everything that was reported.
func (w *World) life(person int) (*draw, *patient, []event) {
	d := newDraw(w.options.Seed, uint64(person))
	sex := drawSex(d)
	e := entityFor(d, sex)
	diagnosed := w.drawDay(d, w.first, w.today-25)
	born := diagnosed - day(e.ageAt(d))
	pat := w.newPatient(d, person, sex, born)
	cases := []*tumourCase{newCase(w, d, e, pat, 1, diagnosed)}
	if d.chance(45) {
		if second := w.second(d, pat, cases[0]); second != nil {
			cases = append(cases, second)
		}
	}
	return d, pat, w.happen(d, pat, cases)
}

func drawSex(d *draw) identity.Sex {
	switch roll := d.IntN(10000); {
	case roll < 4:
		return identity.Diverse
	case roll < 6:
		return identity.NoEntry
	}
	men, women := 0, 0
	for _, e := range entities() {
		men += e.men
		women += e.women
	}
	if d.IntN(men+women) < men {
		return identity.Male
	}
	return identity.Female
}

// drawDay draws a working day; the later years weigh somewhat more, because
// courses of the earlier ones have ended before the window.
func (w *World) drawDay(d *draw, from, to day) day {
	on := (to - day(d.early(0, int(to-from)))).workday()
	return min(on, to)
}

// second is a further primary tumour of the patient, nil when it would not fit.
func (w *World) second(d *draw, pat *patient, first *tumourCase) *tumourCase {
	e := entityFor(d, pat.person.Sex)
	diagnosed := (first.diagnosed + day(d.between(150, 1500))).workday()
	age := (int(diagnosed) - int(pat.born)) / 365
	if e == first.e || e.name == first.e.name || diagnosed > w.today-25 || age < e.ages[1] || age > e.ages[10] {
		return nil
	}
	return newCase(w, d, e, pat, 2, diagnosed)
}

// happen lets the tumours of one life run: nobody dies twice, and nothing is
// reported of the time after.
func (w *World) happen(d *draw, pat *patient, cases []*tumourCase) []event {
	var of *tumourCase
	died := day(0)
	for _, c := range cases {
		if c.dies != 0 && (died == 0 || c.dies < died) {
			of, died = c, c.dies
		}
	}
	before := w.today
	if died != 0 {
		before = min(before, died)
	}
	if other := otherDeath(d, cases[0].diagnosed, pat.born, before); other != 0 {
		of, died = cases[0], other
	}
	until := w.today
	if died != 0 {
		until = min(until, died)
	}
	var all []event
	for _, c := range cases {
		if c.diagnosed > until {
			continue // not found before death
		}
		c.run(until)
		if c == of && died <= w.today && d.chance(760) {
			c.deathReport(died)
		}
		all = append(all, c.events...)
	}
	return all
}
