// SPDX-License-Identifier: EUPL-1.2

package form

import (
	"slices"
	"strings"
	"testing"

	"meldewerk/tumour"
)

// TestAtFindsEveryFieldThatCanBeFilled: every key of a full form is a field of
// its section, and what is no field is none.
func TestAtFindsEveryFieldThatCanBeFilled(t *testing.T) {
	t.Parallel()
	for _, occasion := range tumour.Occasions() {
		sheet := Encode(fullReport(occasion, true))
		for key := range sheet {
			f, found := At(sheet, key)
			if key == keyOccasion || strings.HasSuffix(key, "."+present) {
				if found {
					t.Errorf("%s: %s is a field", occasion, key)
				}
				continue
			}
			if !found || f.Key != key || f.Label == "" || f.Node.Kind == Group || f.Node.Kind == Rows || f.Section.Part(sheet)[key] == "" {
				t.Errorf("%s: %s is no field: %+v", occasion, key, f)
			}
		}
		for _, key := range []string{"", ".", "patient", "patient.", "patient.surname.x", "patient.former-names", "patient.former-names.",
			"patient.former-names.500", "patient.former-names.-1", "patient.former-names.00", "patient.former-names.x", "nothing"} {
			if _, found := At(sheet, key); found {
				t.Errorf("%s: %q is a field", occasion, key)
			}
		}
	}
	if _, found := At(NewSheet(tumour.OccasionDeath), "certainty"); found {
		t.Error("a field of another occasion is one")
	}
}

// TestAtTellsGroupRowAndCondition is what a list of findings shows of a field.
func TestAtTellsGroupRowAndCondition(t *testing.T) {
	t.Parallel()
	s := NewSheet(tumour.OccasionDiagnosis)
	s["patient.insurance.kind"], s["histology.morphologies.3.code"], s["histology.morphologies.7.code"] = private, "8500/3", "8500/2"
	for key, want := range map[string]string{
		"clinical.edition":              "Klinisches TNM: Auflage",
		"certainty":                     "Diagnosesicherung",
		"histology.morphologies.7.code": "Morphologie 2: Morphologie (ICD-O-3)",
	} {
		if f, _ := At(s, key); f.Label != want || f.When != "" {
			t.Errorf("%s is %q, %q", key, f.Label, f.When)
		}
	}
	if f, found := At(s, "patient.insurance.statutory.number"); !found || f.When != "patient.insurance.kind" {
		t.Errorf("the statutory number hangs on %q", f.When)
	}
	if f, _ := At(s, "patient.insurance.private.number"); f.When != "" {
		t.Errorf("the private number hangs on %q", f.When)
	}
}

// TestFieldForCountsRowsAsTheSheetDoes: rows 3 and 7 of a sheet are the first
// and the second of the report.
func TestFieldForCountsRowsAsTheSheetDoes(t *testing.T) {
	t.Parallel()
	s := NewSheet(tumour.OccasionDiagnosis)
	s["histology.morphologies.3.code"], s["histology.morphologies.7.code"] = "8500/3", "8500/2"
	r := Decode(s).Report
	h := r.Event.Diagnosis.Histology
	if f, found := FieldFor(s, r, &h.Morphologies[1].Code); !found || f.Key != "histology.morphologies.7.code" {
		t.Errorf("the second row is %s", f.Key)
	}
	h.Morphologies = append(h.Morphologies, tumour.Morphology{})
	if f, found := FieldFor(s, r, &h.Morphologies[2].Code); !found || f.Key != "histology.morphologies.8.code" {
		t.Errorf("a new row is %s", f.Key)
	}
	r.Person.Insurance.Statutory = nil
	if f, found := FieldFor(s, r, new(int), &h.Grading); !found || f.Key != "histology.grading" {
		t.Errorf("the second place leads to %s", f.Key)
	}
}

// TestFieldForLeadsToTheChoice: a field that is not asked for leads to the
// choice it hangs on.
func TestFieldForLeadsToTheChoice(t *testing.T) {
	t.Parallel()
	full := fullReport(tumour.OccasionDeath, true)
	r := Decode(Encode(full)).Report
	empty := NewSheet(tumour.OccasionDeath)
	if f, found := FieldFor(empty, r, r.Person.Insurance.Statutory); !found || f.Key != "patient.insurance.kind" {
		t.Errorf("it leads to %s", f.Key)
	}
}

// TestFallenAreThoseOfTheSection: the labels of a section are those that Decode
// drops from it.
func TestFallenAreThoseOfTheSection(t *testing.T) {
	t.Parallel()
	for _, occasion := range tumour.Occasions() {
		s := Encode(fullReport(occasion, true))
		for key := range s {
			if strings.HasSuffix(key, ".technique") || strings.HasSuffix(key, ".kind") && strings.Contains(key, "insurance") {
				s[key] = other
			}
		}
		var all []string
		for _, section := range allSections() {
			if section.of(occasion) {
				all = append(all, section.Fallen(s)...)
			}
		}
		if want := Decode(s).Fallen; !slices.Equal(all, want) || len(want) == 0 {
			t.Errorf("%s: %v, want %v", occasion, all, want)
		}
	}
}

// TestOpenAreTheFieldsOfWords: codes, identities and numbers are none.
func TestOpenAreTheFieldsOfWords(t *testing.T) {
	t.Parallel()
	s := NewSheet(tumour.OccasionSystemic)
	for key, want := range map[string]bool{"remark": true, "substances.0.name": true, "protocol": true, "extras.0.value": true, "id": true,
		"patient.surname": false, "tumour.icd.code": false, "begin": false, "reason": false, "substances.0.atc.code": false, "tumour.icd.version": false} {
		if f, found := At(s, key); !found || f.Node.Open() != want {
			t.Errorf("%s: %v", key, !want)
		}
	}
}

// TestEveryFieldHasAnExample: it can be read in the field it is of.
func TestEveryFieldHasAnExample(t *testing.T) {
	t.Parallel()
	for _, section := range allSections() {
		walk("", section.Nodes, func(key string, n *Node) {
			if n.Kind != Group && n.Kind != Rows && n.Example() == "" {
				t.Errorf("%s %s has none", section.Name, key)
			}
		})
	}
}

// TestFieldsKeepTheOrderOfTheForm: sections first, then fields, rows by number.
func TestFieldsKeepTheOrderOfTheForm(t *testing.T) {
	t.Parallel()
	s := NewSheet(tumour.OccasionPathology)
	keys := []string{"report.id", "patient.surname", "patient.former-names.2", "patient.former-names.10", "patient.address.street", "tumour.icd.code",
		"certainty", "histology.morphologies.1.code", "histology.morphologies.1.version", "histology.morphologies.2.code", "histology.grading",
		"submitter.structured.title", "submitter.structured.place", "remark", "reason"}
	var before Field
	for i, key := range keys {
		f, found := At(s, key)
		if !found || i > 0 && before.Compare(&f) >= 0 || f.Compare(&f) != 0 {
			t.Errorf("%s does not come after %s", key, before.Key)
		}
		before = f
	}
	if f, _ := At(s, "submitter.structured.title"); f.AnyOf != "Einsender" {
		t.Errorf("any of %q", f.AnyOf)
	}
	if f, _ := At(s, "histology.grading"); f.AnyOf != "" {
		t.Errorf("any of %q", f.AnyOf)
	}
}
