// SPDX-License-Identifier: EUPL-1.2

package lastlook

import (
	"testing"

	"meldewerk/exchange/transfer"
	"meldewerk/tumour"
)

// TestBlindLetsScalesThroughAndNothingElse: nobody can compare a short word
// with an identity that is deleted.
func TestBlindLetsScalesThroughAndNothingElse(t *testing.T) {
	t.Parallel()
	for words, known := range map[string]bool{
		"FIGO": true, "Ann Arbor": true, "Ann-Arbor III": true, "WHO/ISUP": true, "Grad 2": true, "IIB": true, "IVA1": true, "B5b": true, "Clark-Level": true,
		"very high": true, "7a": true, "Gleason Score 7": true, "r-iss II": true, "Grade Group 4": true,
		"Müller": false, "Ann": false, "Arbor": false, "Ann Müller": false, "FIGO Anna": false, "Ott": false, "Li": false, "Grad Emil": false,
		"12031951": false, "A123456780": false, "12 03 1951": false, "M u e l l e r": false, "L e e": false, "Stadium I bei Frau Schmitz": false,
	} {
		if got := knownScale(words); got != known {
			t.Errorf("%q: known %t, want %t", words, got, known)
		}
	}
}

// TestBlindStopsWhatNobodyCanCompare looks at a whole record: closed fields
// go, text stays, and a word that is no scale waits for a person.
func TestBlindStopsWhatNobodyCanCompare(t *testing.T) {
	t.Parallel()
	r := transfer.Record{Identity: transfer.IdentitySame, Reason: "I", OwnService: "J", Event: tumour.Event{Diagnosis: &tumour.Diagnosis{
		Certainty: "7", Classifications: []tumour.Classification{{Name: "FIGO", Stage: "Grünwald"}, {Name: "P-471100", Stage: "II"}},
		Genetics: []tumour.Variant{{Name: "BRCA1", Other: "wie bei Mutter"}},
	}}}
	want := map[string]Reason{"Event.Diagnosis.Classifications[0].Stage": Unseen, "Event.Diagnosis.Classifications[1].Name": Unseen,
		"Event.Diagnosis.Genetics[0].Name": Open, "Event.Diagnosis.Genetics[0].Other": Unseen}
	stops := ExamineBlind(&r, "P-0815")
	for _, s := range stops {
		if want[s.Field] != s.Reason {
			t.Errorf("%s: %s, want %q", s.Field, s.Reason, want[s.Field])
		}
		if s.MayBeHarmless() != (s.Reason == Unseen) {
			t.Errorf("%s may be harmless: %t", s.Field, s.MayBeHarmless())
		}
	}
	if len(stops) != len(want) {
		t.Errorf("%d stops, want %d", len(stops), len(want))
	}
	for _, s := range ExamineBlind(&r, "P-471100") {
		if s.Field == "Event.Diagnosis.Classifications[1].Name" && s.Reason != Hit {
			t.Errorf("the sender's number: %s", s.Reason)
		}
	}
}
