// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"testing"

	"meldewerk/report"
	"meldewerk/tumour"
)

// TestLocateLeadsToThePlace goes from paths of findings into the report.
func TestLocateLeadsToThePlace(t *testing.T) {
	t.Parallel()
	r := &report.Report{}
	d := &tumour.Diagnosis{Histology: &tumour.Histology{Morphologies: make([]tumour.Morphology, 2)}, Metastases: make([]tumour.Metastasis, 3)}
	d.Prostate = &tumour.ProstateModule{}
	r.Event.Diagnosis = d
	const frame = "oBDS/Menge_Patient/Patient[4]/"
	for path, want := range map[string]any{
		frame + "Menge_Meldung/Meldung[2]/Diagnose/Histologie/Grading":                   &d.Histology.Grading,
		frame + "Menge_Meldung/Meldung[2]/Diagnose/Histologie/Morphologie_ICD_O[2]/Code": &d.Histology.Morphologies[1].Code,
		frame + "Menge_Meldung/Meldung/Diagnose/Menge_FM/Fernmetastase[3]/Diagnosedatum": &d.Metastases[2].DiagnosedOn,
		frame + "Menge_Meldung/Meldung/Diagnose/Modul_Prostata/PSA":                      &d.Prostate.PSA,
		frame + "Menge_Meldung/Meldung/Diagnose/Modul_Prostata/GleasonScore/GradPrimaer": d.Prostate,
		frame + "Menge_Meldung/Meldung/Tumorzuordnung/Primaertumor_ICD/Code":             &r.Event.Assignment.ICD.Code,
		frame + "Menge_Meldung/Meldung/@Meldung_ID":                                      &r.ID,
		frame + "Patienten_Stammdaten/Geburtsdatum":                                      &r.Person.BirthDate,
		frame + "Patienten_Stammdaten/Menge_Frueherer_Name/Frueherer_Name":               &r.Person,
		frame + "Anmerkung":        &r.PatientRemark,
		"Meldung/Meldebegruendung": &r.Reason,
		frame + "Menge_Meldung/Meldung/Diagnose/Menge_FM/Fernmetastase[9]/Lokalisation": d,
	} {
		places := Locate(r, path)
		if len(places) == 0 || places[0] != want {
			t.Errorf("%s leads to %T, want %T", path, nearest(places), want)
		}
	}
	if places := Locate(r, "oBDS/Menge_Melder/Melder[1]"); places != nil {
		t.Errorf("a path outside the report leads to %T", nearest(places))
	}
}

func nearest(places []any) any {
	if len(places) == 0 {
		return nil
	}
	return places[0]
}
