// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"hash/maphash"

	"meldewerk/report"
)

// idTable remembers which ids a package has used, and where. It keeps 96 bits
// of a keyed hash instead of the id: two ids of one package fall together with
// a chance of less than 1 in 10^15, and nobody can bring that about.
type idTable struct {
	seed  [2]maphash.Seed
	slots []idSlot
	used  int
}

type idSlot struct {
	hash  uint64
	check uint32
	where int32 // 1-based; 0 for an empty slot, negative when put again
}

func newIDTable() *idTable {
	return &idTable{seed: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}, slots: make([]idSlot, 256)}
}

// put records an id used at a place, which must be above 0. When the id was
// used before, it says so; the first time it gives that place, later 0.
func (t *idTable) put(id string, where int) (int, bool) {
	if 4*t.used >= 3*len(t.slots) {
		t.grow()
	}
	new := idSlot{maphash.String(t.seed[0], id), uint32(maphash.String(t.seed[1], id)), int32(where)}
	s := t.find(new)
	if s.where != 0 {
		first := max(s.where, 0)
		s.where = -max(s.where, -s.where)
		return int(first), true
	}
	*s = new
	t.used++
	return 0, false
}

// has says whether an id was recorded.
func (t *idTable) has(id string) bool {
	return t.find(idSlot{hash: maphash.String(t.seed[0], id), check: uint32(maphash.String(t.seed[1], id))}).where != 0
}

// find gives the slot of an id, or the empty one where it belongs.
func (t *idTable) find(x idSlot) *idSlot {
	mask := uint64(len(t.slots) - 1)
	for i := x.hash & mask; ; i = (i + 1) & mask {
		s := &t.slots[i]
		if s.where == 0 || s.hash == x.hash && s.check == x.check {
			return s
		}
	}
}

func (t *idTable) grow() {
	old := t.slots
	t.slots = make([]idSlot, 4*len(old))
	clear(t.slots) // fresh memory that is read before it is written costs a second fault for each page
	for _, s := range old {
		if s.where != 0 {
			*t.find(s) = s
		}
	}
}

// keys are the rules of uniqueness over a package, and the references to its
// reporters.
type keys struct {
	patients, reports, reporters *idTable
	senders                      []sender // by Melder_ID, in the order of their first use
	byID                         map[report.ReporterID]int
	last                         int    // sender of the report before
	listed                       int    // entries of Menge_Melder
	doubled                      []Span // first reports of a Meldung_ID that came again
	count                        int
	english                      bool
}

// sender is a Melder_ID with the positions of its reports.
type sender struct {
	id    report.ReporterID
	first report.Finding // place of the first report
	spans []Span
}

func newKeys(english bool) *keys {
	return &keys{english: english, patients: newIDTable(), reports: newIDTable(), reporters: newIDTable(), byID: map[report.ReporterID]int{}}
}

// patient records a finished patient whose items have their positions. It
// gives a finding on the package when there is no report to carry it.
func (k *keys) patient(b *block) []report.Finding {
	var loose []report.Finding
	if b.id != "" {
		k.count++
		if _, twice := k.patients.put(string(b.id), 1); twice {
			f := finding(RulePatientTwice, patientTwice.in(k.english), patientPath(b.nth)+"/@Patient_ID", b.line)
			for _, item := range b.items {
				item.Findings = append(item.Findings, f)
			}
			if len(b.items) == 0 {
				loose = append(loose, f)
			}
		}
	}
	for _, item := range b.items {
		k.report(item)
	}
	return loose
}

func (k *keys) report(item *Item) {
	if item.ID != "" {
		if first, twice := k.reports.put(string(item.ID), item.Position); twice {
			item.Findings = append(item.Findings, finding(RuleReportTwice, reportTwice.in(k.english), item.Path()+"/@Meldung_ID", item.Line))
			if first > 0 {
				k.doubled = append(k.doubled, Span{first, first})
			}
		} else {
			k.count++
		}
	}
	if item.Reporter != "" {
		k.send(item)
	}
}

// send notes under which Melder_ID a report comes.
func (k *keys) send(item *Item) {
	if len(k.senders) == 0 || k.senders[k.last].id != item.Reporter {
		at, known := k.byID[item.Reporter]
		if !known {
			at = len(k.senders)
			k.byID[item.Reporter] = at
			k.senders = append(k.senders, sender{id: item.Reporter,
				first: finding(RuleNoReporter, noReporter.in(k.english), item.Path()+"/@Melder_ID", item.Line)})
			k.count++
		}
		k.last = at
	}
	s := &k.senders[k.last]
	if n := len(s.spans); n > 0 && s.spans[n-1].Last == item.Position-1 {
		s.spans[n-1].Last = item.Position
		return
	}
	s.spans = append(s.spans, Span{item.Position, item.Position})
}

// reporter records a Melder of Menge_Melder; true when it came before.
func (k *keys) reporter(id report.ReporterID) bool {
	k.listed++
	_, twice := k.reporters.put(string(id), 1)
	return twice
}

// doubledLate gives the finding on the first reports of doubled ids. They were
// handed out long ago, so it names the place in general.
func (k *keys) doubledLate() []Late {
	if len(k.doubled) == 0 {
		return nil
	}
	return []Late{{Finding: finding(RuleReportTwice, reportTwice.in(k.english), "oBDS/Menge_Patient/Patient/Menge_Meldung/Meldung/@Meldung_ID", 0), Spans: k.doubled}}
}

// dangling gives the findings on reports whose Melder_ID is not known.
func (k *keys) dangling() []Late {
	var out []Late
	for _, s := range k.senders {
		if !k.reporters.has(string(s.id)) {
			out = append(out, Late{Finding: s.first, Spans: s.spans})
		}
	}
	return out
}
