// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"strings"

	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/report/obds"
)

// maxRounds bounds how often a probe is read: an element wants no more pieces
// one after the other.
const maxRounds = 40

// furtherMissing asks for everything that is missing at once. The schema names
// the first missing piece of an element only, so the pieces it names are put
// into a probe, one round after the other, until it names none.
func (j *sheetJudge) furtherMissing() error {
	probe := *j
	probe.sheet = j.sheet.Clone()
	asked := map[string]bool{} // true: stands in the probe
	for _, f := range j.out.placed {
		if wanted(&f) || f.Rule == ruleForm && f.Key != "" {
			asked[f.Key] = false
		}
	}
	for range maxRounds {
		if !probe.supply(asked) {
			return nil
		}
		probe.out = verdict{report: form.Decode(probe.sheet).Report}
		if j.as == report.PersonKnown {
			probe.out.report.Person = identity.Person{}
		}
		if !probe.write() {
			return nil
		}
		_, findings, err := probe.read()
		if err != nil {
			return err
		}
		for _, f := range findings {
			if j.full() {
				return nil
			}
			placed := probe.placed(f, true)
			if _, known := asked[placed.Key]; known || !wanted(&placed) {
				continue
			}
			asked[placed.Key] = false
			if j.asks(placed.Key) {
				j.add(placed)
			}
		}
	}
	return nil
}

// wanted says that a finding asks for a field.
func wanted(f *Finding) bool {
	return f.Key != "" && (f.Rule == obds.RuleMissing || f.Rule == obds.RuleAttribute)
}

// supply puts something into the fields that were asked for, and says whether
// there was any.
func (j *sheetJudge) supply(asked map[string]bool) bool {
	fresh := false
	for key, there := range asked {
		if there {
			continue
		}
		asked[key], fresh = true, true
		if field, found := form.At(j.sheet, key); found {
			j.sheet.Put(key, field.Node.Example())
		}
	}
	if fresh {
		form.Suggest(j.sheet)
	}
	return fresh
}

// asks says whether a field that only the probe lacks is to be asked for: not
// while the choice it hangs on is open, and no version before its code, from
// which it follows.
func (j *sheetJudge) asks(key string) bool {
	field, found := form.At(j.sheet, key)
	if !found || field.When != "" {
		return false
	}
	code, version := strings.CutSuffix(key, ".version")
	return !version || j.sheet[code+".code"] != ""
}
