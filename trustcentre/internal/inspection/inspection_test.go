// SPDX-License-Identifier: EUPL-1.2

package inspection_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/pseudonym"
	"meldewerk/report"
	"meldewerk/trustcentre/internal/inspection"
)

var (
	warning = report.Finding{Rule: "D2b", Severity: report.Warning, Path: "Meldung/Diagnose", Line: 812, Message: "m", Remedy: "r"}
	failure = report.Finding{Rule: "D1", Severity: report.Error, Path: "Meldung/Diagnose", Message: "m", Remedy: "r"}
)

// clean is the case of a report that is new and sound, of a released unit.
func clean() *inspection.Case {
	return &inspection.Case{Kind: submission.Real, Channel: submission.ByPackage, Version: 7, Patient: "p1", Tumour: "t1",
		Person: [32]byte{1}, Content: [32]byte{1}, Sender: inspection.Sender{Known: true, Entitled: true, Released: true}}
}

// before is the same report as an earlier package brought it.
func before(version int64) *inspection.Known {
	return &inspection.Known{Patient: "p1", Tumour: "t1", Version: version, Person: [32]byte{1}, Content: [32]byte{1}, Channel: submission.ByPackage}
}

// known makes the case one of a report by reference.
func known(c *inspection.Case) *inspection.Case {
	c.As = report.PersonKnown
	return c
}

func TestInspect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		change   func(c *inspection.Case)
		state    submission.State
		rules    string // of the remarks
		identity transfer.Identity
		open     string // rules that go along
		wait     bool
	}{
		{"sound and new", func(*inspection.Case) {}, submission.InReview, "", transfer.IdentityNew, "", false},
		{"warnings go along once each", func(c *inspection.Case) { c.Findings = []report.Finding{warning, warning} }, submission.InReview, "D2b D2b", transfer.IdentityNew, "D2b", false},
		{"an error of the second verdict", func(c *inspection.Case) { c.Findings = []report.Finding{warning, failure} }, submission.Refused, "D1", "", "", false},
		{"unknown unit", func(c *inspection.Case) { c.Sender = inspection.Sender{} }, submission.Refused, "VST-1", "", "", false},
		{"not entitled for this reporter", func(c *inspection.Case) { c.Sender.Entitled = false }, submission.Refused, "VST-2", "", "", false},
		{"not entitled learns nothing of earlier reports", func(c *inspection.Case) {
			c.Sender.Entitled, c.Before = false, before(3)
			c.Patient, c.Findings = "p2", []report.Finding{failure}
		}, submission.Refused, "VST-2", "", "", false},
		{"unreleased unit waits", func(c *inspection.Case) { c.Sender.Released = false }, submission.InReview, "", transfer.IdentityNew, "", true},
		{"unreleased unit where the profile refuses", func(c *inspection.Case) { c.Sender.Released, c.RefuseUnreleased = false, true }, submission.Refused, "VST-5", "", "", false},
		{"released unit where the profile refuses others", func(c *inspection.Case) { c.RefuseUnreleased = true }, submission.InReview, "", transfer.IdentityNew, "", false},
		{"test data of an unreleased unit", func(c *inspection.Case) {
			c.Kind, c.Sender.Released, c.RefuseUnreleased = submission.Test, false, true
			c.Findings = []report.Finding{warning}
		}, submission.TestOnly, "D2b", "", "", false},
		{"test data with an error", func(c *inspection.Case) { c.Kind, c.Findings = submission.Test, []report.Finding{failure} }, submission.Refused, "D1", "", "", false},
		{"a kind nobody knows is no real data", func(c *inspection.Case) { c.Kind = "" }, submission.TestOnly, "", "", "", false},
		{"Doppelmeldung", func(c *inspection.Case) { c.Before = before(3) }, submission.Duplicate, "R4", "", "", false},
		{"Doppelmeldung of an unreleased unit", func(c *inspection.Case) { c.Before, c.Sender.Released = before(3), false }, submission.Duplicate, "R4", "", "", false},
		{"corrected content", func(c *inspection.Case) { c.Before, c.Content = before(3), [32]byte{2} }, submission.InReview, "", transfer.IdentitySame, "", false},
		{"corrected person", func(c *inspection.Case) { c.Before, c.Person = before(3), [32]byte{2} }, submission.InReview, "", transfer.IdentityCorrected, "", false},
		{"other patient under one id", func(c *inspection.Case) { c.Before, c.Patient, c.Tumour = before(3), "p2", "t2" }, submission.Refused, "R2", "", "", false},
		{"other occasion under one id", func(c *inspection.Case) {
			c.Before, c.Occasion = before(3), [32]byte{2}
			c.Before.Occasion = [32]byte{1}
		}, submission.Refused, "R2", "", "", false},
		{"the same occasion again", func(c *inspection.Case) {
			c.Before, c.Occasion, c.Content = before(3), [32]byte{1}, [32]byte{9}
			c.Before.Occasion = [32]byte{1}
		}, submission.InReview, "", transfer.IdentitySame, "", false},
		{"an occasion that was not kept", func(c *inspection.Case) { c.Before, c.Occasion, c.Content = before(3), [32]byte{2}, [32]byte{9} }, submission.InReview, "", transfer.IdentitySame, "", false},
		{"other tumour under one id", func(c *inspection.Case) { c.Before, c.Tumour = before(3), "t2" }, submission.Refused, "R2", "", "", false},
		{"other channel", func(c *inspection.Case) { c.Before, c.Channel = before(3), submission.ByForm }, submission.Refused, "VST-3", "", "", false},
		{"late old version", func(c *inspection.Case) { c.Before, c.Content = before(9), [32]byte{2} }, submission.Outdated, "VST-4", "", "", false},
		{"late old version, unchanged", func(c *inspection.Case) { c.Before = before(9) }, submission.Outdated, "VST-4", "", "", false},
		{"late old version of another patient", func(c *inspection.Case) { c.Before, c.Patient = before(9), "p2" }, submission.Outdated, "VST-4", "", "", false},
		{"by reference, nobody known", func(c *inspection.Case) { known(c).Missing = true }, submission.Refused, "VST-9", "", "", false},
		{"by reference, nobody known, another patient", func(c *inspection.Case) {
			known(c).Missing, c.Before, c.Patient = true, before(3), "p2"
		}, submission.Refused, "VST-9 R2", "", "", false},
		{"by reference, not entitled", func(c *inspection.Case) { known(c).Missing, c.Sender.Entitled = true, false }, submission.Refused, "VST-2", "", "", false},
		{"by reference, late", func(c *inspection.Case) { known(c).Missing, c.Before = true, before(9) }, submission.Outdated, "VST-4", "", "", false},
		{"by reference, edited", func(c *inspection.Case) { known(c).Before, c.Content = before(3), [32]byte{2} }, submission.InReview, "", transfer.IdentitySame, "", false},
		{"by reference, unchanged", func(c *inspection.Case) { known(c).Before = before(3) }, submission.Duplicate, "R4", "", "", false},
		{"by reference, further report whose person lies here", func(c *inspection.Case) { known(c) }, submission.InReview, "", transfer.IdentityNew, "", false},
		{"by reference, further report whose person is deleted", func(c *inspection.Case) { known(c).Blind = true }, submission.InReview, "", transfer.IdentitySame, "", false},
		{"by reference, the person is that of another report", func(c *inspection.Case) {
			known(c).Blind, c.Before, c.Person, c.Content = true, before(3), [32]byte{2}, [32]byte{2}
		}, submission.InReview, "", transfer.IdentitySame, "", false},
		{"wrong person", func(c *inspection.Case) { c.As, c.Before, c.Person = report.PersonReplaced, before(3), [32]byte{2} }, submission.InReview, "", transfer.IdentityReplaced, "", false},
		{"wrong person of a report never seen", func(c *inspection.Case) { c.As = report.PersonReplaced }, submission.InReview, "", transfer.IdentityNew, "", false},
		{"wrong person who is the same, unchanged", func(c *inspection.Case) { c.As, c.Before = report.PersonReplaced, before(3) }, submission.Duplicate, "R4", "", "", false},
		{"twice in one delivery", func(c *inspection.Case) { c.Before = before(7) }, submission.Refused, "R2", "", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			this := clean()
			c.change(this)
			v := inspection.Inspect(this)
			var rules []string
			for _, r := range v.Remarks {
				rules = append(rules, r.Rule)
			}
			if v.State != c.state || strings.Join(rules, " ") != c.rules || v.Identity != c.identity || strings.Join(v.Open, " ") != c.open || v.Wait != c.wait {
				t.Errorf("got %s, remarks %v, identity %q, open %v, wait %t", v.State, rules, v.Identity, v.Open, v.Wait)
			}
		})
	}
}

func TestRemarksTakeTheFindingOver(t *testing.T) {
	t.Parallel()
	c := clean()
	c.Findings = []report.Finding{warning}
	want := []submission.Remark{{Rule: "D2b", Severity: "warning", Path: "Meldung/Diagnose", Message: "m", Remedy: "r"}}
	if diff := cmp.Diff(want, inspection.Inspect(c).Remarks); diff != "" {
		t.Errorf("remarks (-want +got):\n%s", diff)
	}
}

// TestRemarksStayWithinTheContract gives more findings than the portal takes.
func TestRemarksStayWithinTheContract(t *testing.T) {
	t.Parallel()
	for _, f := range []report.Finding{warning, failure} {
		c := clean()
		for range 5000 {
			c.Findings = append(c.Findings, f)
		}
		if v := inspection.Inspect(c); len(v.Remarks) != 100 || len(v.Open) > 1 {
			t.Errorf("%d remarks, %d open rules", len(v.Remarks), len(v.Open))
		}
	}
}

// TestOwnRemarksAreWholeSentences holds the words of the house.
func TestOwnRemarksAreWholeSentences(t *testing.T) {
	t.Parallel()
	changes := []func(c *inspection.Case){
		func(c *inspection.Case) { c.Sender = inspection.Sender{} },
		func(c *inspection.Case) { c.Sender.Entitled = false },
		func(c *inspection.Case) { c.Sender.Released, c.RefuseUnreleased = false, true },
		func(c *inspection.Case) { c.Before, c.Patient = before(3), pseudonym.PatientRef("p2") },
		func(c *inspection.Case) { c.Before, c.Tumour = before(3), "t2" },
		func(c *inspection.Case) { c.Before, c.Channel = before(3), submission.ByForm },
		func(c *inspection.Case) { c.Before = before(3) },
		func(c *inspection.Case) { c.Before = before(9) },
		func(c *inspection.Case) { c.Before = before(7) },
		func(c *inspection.Case) { c.Missing = true },
	}
	for _, change := range changes {
		c := clean()
		change(c)
		for _, r := range inspection.Inspect(c).Remarks {
			for _, sentence := range []string{r.Message, r.Remedy} {
				if !strings.HasSuffix(sentence, ".") || strings.ContainsAny(sentence, "!") || strings.Contains(sentence, "ungültig") || strings.Contains(sentence, "Bitte") {
					t.Errorf("%s: %q", r.Rule, sentence)
				}
			}
		}
	}
}
