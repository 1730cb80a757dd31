// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/tumour"
)

// odd is a package with the values that are easily lost: accuracies, defaults,
// fixed values, time zones, numbers not in canonical form, odd characters.
const odd = `<oBDS xmlns="` + Namespace + `" Schema_Version="3.0.4">
<Absender Absender_ID="A&quot;&#10;&#9;&lt;" Software_ID="S" Software_Version="1"/><Meldedatum>2024-03-01+02:00</Meldedatum><Menge_Patient>
<Patient Patient_ID=" P&amp;1 "><Patienten_Stammdaten><Versichertendaten_Sonstige/><Nachname>Muster</Nachname><Vornamen>Erika</Vornamen>
<Menge_Frueherer_Name><Frueherer_Name>Alt</Frueherer_Name><Frueherer_Name>Älter</Frueherer_Name></Menge_Frueherer_Name>
<Geschlecht>W</Geschlecht><Geburtsdatum Datumsgenauigkeit="V">1950-01-01</Geburtsdatum><Adresse/></Patienten_Stammdaten><Menge_Meldung>
<Meldung Meldung_ID="R1" Melder_ID="M1"><Meldebegruendung>I</Meldebegruendung><Eigene_Leistung>J</Eigene_Leistung>
<Tumorzuordnung Tumor_ID="1"><Primaertumor_ICD><Code>C61</Code><Version>10 2024 GM</Version></Primaertumor_ICD>
<Diagnosedatum Datumsgenauigkeit="M">2024-01-01Z</Diagnosedatum></Tumorzuordnung>
<Diagnose><Diagnosesicherung>7.1</Diagnosesicherung>
<Menge_Fruehere_Tumorerkrankung><Fruehere_Tumorerkrankung><Diagnosedatum>2001Z</Diagnosedatum></Fruehere_Tumorerkrankung></Menge_Fruehere_Tumorerkrankung>
<Histologie><Tumor_Histologiedatum Datumsgenauigkeit="T">2024-01-02</Tumor_Histologiedatum><Grading>T</Grading><LK_untersucht> +05
</LK_untersucht></Histologie>
<cTNM/>
<Menge_Genetik><Genetische_Variante><Datum Datumsgenauigkeit="E">2024-01-03</Datum><Bezeichnung>X</Bezeichnung><Auspraegung>M</Auspraegung></Genetische_Variante></Menge_Genetik>
<Allgemeiner_Leistungszustand>90%</Allgemeiner_Leistungszustand>
<Modul_Allgemein><Sozialdienstkontakt><N/></Sozialdienstkontakt><Studienteilnahme><NU>U</NU></Studienteilnahme></Modul_Allgemein>
<Modul_Prostata><PSA>.50</PSA><DatumPSA>2024-01-04</DatumPSA></Modul_Prostata></Diagnose>
<Anmerkung> a&#13;b
&lt;c&gt; ]]&gt; "d" &amp;amp; <![CDATA[<e>]]><!-- no --> 😀</Anmerkung></Meldung>
<Meldung Meldung_ID="R2" Melder_ID="M1"><Meldebegruendung>I</Meldebegruendung><Eigene_Leistung>J</Eigene_Leistung>
<Tumorzuordnung Tumor_ID="1"><Primaertumor_ICD><Code>C61</Code><Version>10 2024 GM</Version></Primaertumor_ICD>
<Diagnosedatum Datumsgenauigkeit="E">2024-01-01</Diagnosedatum></Tumorzuordnung>
<Tod><Sterbedatum>2024-02-01</Sterbedatum><Tod_tumorbedingt>J</Tod_tumorbedingt></Tod></Meldung>
</Menge_Meldung></Patient></Menge_Patient><Menge_Melder><Melder ID="M1"><Bankname>B</Bankname></Melder></Menge_Melder></oBDS>`

func TestValuesAreReadAsTheyStand(t *testing.T) {
	t.Parallel()
	v := read(t, strings.NewReader(odd), Options{})
	if !v.valid() || len(v.items) != 2 {
		t.Fatal(v)
	}
	r := v.items[0].Report
	d := r.Event.Diagnosis
	for _, c := range []struct {
		name      string
		got, want any
	}{
		{"sender", v.pkg.Sender.ID, "A\"\n\t<"},
		{"reported on", v.pkg.ReportedOn, calendar.Date{Year: 2024, Month: 3, Day: 1}},
		{"patient", string(r.Patient), " P&1 "},
		{"birth", r.Person.BirthDate, calendar.Date{Year: 1950, Month: 1, Day: 1, Accuracy: calendar.AllEstimated}},
		{"former names", r.Person.FormerNames, []string{"Alt", "Älter"}},
		{"diagnosis", r.Event.Assignment.DiagnosedOn, calendar.Date{Year: 2024, Month: 1, Day: 1, Accuracy: calendar.MonthEstimated}},
		{"certainty", d.Certainty, tumour.Code("7.1")},
		{"year", d.EarlierTumours[0].Year, tumour.Number("2001")},
		{"histology", d.Histology.Date, calendar.Date{Year: 2024, Month: 1, Day: 2, Accuracy: calendar.DayEstimated}},
		{"nodes", d.Histology.NodesExamined, tumour.Number("5")},
		{"empty TNM", d.Clinical, &tumour.TNM{}},
		{"no TNM", d.Pathological, (*tumour.TNM)(nil)},
		{"variant", d.Genetics[0].Date, calendar.Date{Year: 2024, Month: 1, Day: 3, Accuracy: calendar.Exact}},
		{"fixed N", d.General.SocialService, &tumour.DateOr{None: "N"}},
		{"NU", d.General.Trial, &tumour.DateOr{None: "U"}},
		{"PSA", d.Prostate.PSA, tumour.Number("0.5")},
		{"default accuracy", d.Prostate.PSADate, calendar.Date{Year: 2024, Month: 1, Day: 4, Accuracy: calendar.Exact}},
		{"remark", r.Remark, tumour.Text(" a\rb\n<c> ]]> \"d\" &amp; <e> 😀")},
		{"bank", v.pkg.Reporters[0].Bank.Name, "B"},
	} {
		if diff := cmp.Diff(c.want, c.got); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	other := v.items[1].Report
	if &other.Person.FormerNames[0] == &r.Person.FormerNames[0] {
		t.Error("two reports share the names of a person")
	}
	var out bytes.Buffer
	if err := Write(&out, "", *v.pkg, reports(v)); err != nil {
		t.Fatal(err)
	}
	again := read(t, &out, Options{})
	if !again.valid() || !reflect.DeepEqual(reports(again), reports(v)) || !reflect.DeepEqual(again.pkg, v.pkg) {
		t.Errorf("written and read again: %s%s", again, cmp.Diff(reports(v), reports(again), plain))
	}
}

// TestOlderVersionHasNoDefault reads the day of the PSA by 3.0.2, which knows
// no accuracy there.
func TestOlderVersionHasNoDefault(t *testing.T) {
	t.Parallel()
	v := read(t, strings.NewReader(strings.Replace(odd, "3.0.4", "3.0.2", 1)), Options{})
	if !v.valid() {
		t.Fatal(v)
	}
	if a := v.items[0].Report.Event.Diagnosis.Prostate.PSADate.Accuracy; a != calendar.Unstated {
		t.Errorf("accuracy %q", a)
	}
}
