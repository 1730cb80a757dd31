// SPDX-License-Identifier: EUPL-1.2

package controlnumber

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"meldewerk/calendar"
	"meldewerk/identity"
)

func TestFoldLeavesLettersAndBlanks(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                    "",
		"  Müller ":           "MUELLER",
		"MÜLLER":              "MUELLER",
		"Weiß":                "WEISS",
		"WEIẞ":                "WEISS",
		"Groß-Gerau":          "GROSS GERAU",
		"Łukasiewicz":         "LUKASIEWICZ",
		"Søren Ørsted":        "SOREN ORSTED",
		"Đorđe":               "DORDE",
		"Æbeltoft œuvre":      "AEBELTOFT OEUVRE",
		"Ðórunn Þórr":         "DORUNN THORR",
		"Işık Yılmaz İnce":    "ISIK YILMAZ INCE",
		"Nguyễn":              "NGUYEN",
		"Čapková Šťastná":     "CAPKOVA STASTNA",
		"Erdős Fűz":           "ERDOS FUZ",
		"Ǖ":                   "UE",
		"Ÿ Ï Ë":               "Y I E",
		"O’Neill":             "O NEILL",
		"O´Neill":             "O NEILL",
		"O`Neill":             "O NEILL",
		"O'Neill":             "O NEILL",
		"Meyer–Schulz":        "MEYER SCHULZ",
		"Meyer/Schulz,Kunz":   "MEYER SCHULZ KUNZ",
		"Gal·la Paraŀlel":     "GALLA PARALLEL",
		"ŉdlovu":              "NDLOVU",
		"ﬁnk":                 "FINK",
		"Ｍüller":              "MUELLER",
		"Mül\u00adler":        "MUELLER",
		"Mül\u200bler":        "MUELLER",
		"A\u00a0B\tC\nD":      "A B C D",
		"Müller2":             "MUELLER",
		"(geb. Kunz)":         "GEB KUNZ",
		"Иванов":              "",
		"山田":                  "",
		"\xff\xfeAbc":         "ABC",
		"A\u0308":             "AE",
		"\u0308A":             "A",
		"Å Ą Ę":               "A A E",
		"ʿAlī":                "ALI",
		"K.-H.":               "K H",
		"-":                   "",
		"a\u200b\u0308":       "A",
		"Ŋ ŧ ħ ə":             "N T H E",
		"Müller\x00Schmidt":   "MUELLERSCHMIDT",
		"ǅungla":              "DZUNGLA",
		"Ölçer-Özgür":         "OELCER OEZGUER",
		"Ｏ\u0308":             "OE",
		"Mu\u0308\u0308ller":  "MUELLER",
		"Mu\u0304\u0308ller":  "MUELLER",
		"Straßmann (Sträßle)": "STRASSMANN STRAESSLE",
	} {
		if got := fold(in); got != want {
			t.Errorf("fold(%q) = %q, want %q", in, got, want)
		}
		if got := fold(norm.NFD.String(in)); got != want {
			t.Errorf("fold of %q decomposed = %q, want %q", in, got, want)
		}
		if got := fold(norm.NFC.String(in)); got != want {
			t.Errorf("fold of %q composed = %q, want %q", in, got, want)
		}
	}
	if got := len(fold(strings.Repeat("ü", 5000))); got != maxField {
		t.Errorf("a field of 10,000 bytes folds into %d letters, want %d", got, maxField)
	}
}

func TestNamesAreTakenApart(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Name{
		"von der Leyen":              {[]string{"LEYEN"}, []string{"VON", "DER"}, nil, ""},
		"van Gogh":                   {[]string{"GOGH"}, []string{"VAN"}, nil, ""},
		"De la Cruz y García":        {[]string{"CRUZ", "GARCIA"}, []string{"DE", "LA", "Y"}, nil, ""},
		"D'Angelo":                   {[]string{"ANGELO"}, []string{"D"}, nil, ""},
		"O'Brien":                    {[]string{"BRIEN"}, []string{"O"}, nil, ""},
		"Do":                         {[]string{"DO"}, nil, nil, ""},
		"Van Le":                     {[]string{"VAN", "LE"}, nil, nil, ""},
		"Freiherr von Stein":         {[]string{"STEIN"}, []string{"VON"}, nil, ""},
		"Graf von und zu Hohenfels":  {[]string{"HOHENFELS"}, []string{"VON", "UND", "ZU"}, nil, ""},
		"Graf":                       {[]string{"GRAF"}, nil, nil, ""},
		"Graf-Müller":                {[]string{"GRAF", "MUELLER"}, nil, nil, ""},
		"Ritter":                     {[]string{"RITTER"}, nil, nil, ""},
		"Ritter von":                 {[]string{"RITTER"}, []string{"VON"}, nil, ""},
		"Gräfin":                     {[]string{"GRAEFIN"}, nil, nil, ""},
		"Meier jun.":                 {[]string{"MEIER"}, nil, []string{"JUN"}, ""},
		"Meier sen":                  {[]string{"MEIER"}, nil, []string{"SEN"}, ""},
		"Junior":                     {[]string{"JUNIOR"}, nil, nil, ""},
		"da Silva Júnior":            {[]string{"SILVA"}, []string{"DA"}, []string{"JUN"}, ""},
		"Dr. med. Müller":            {[]string{"MUELLER"}, nil, nil, ""},
		"Müller, Prof. Dr. Dr. h.c.": {[]string{"MUELLER"}, nil, nil, ""},
		"Doktor":                     {[]string{"DOKTOR"}, nil, nil, ""},
		"Dr.":                        {[]string{"DR"}, nil, nil, ""},
		"Alpha Beta Gamma Delta":     {[]string{"ALPHA", "BETA", "GAMMA"}, nil, nil, ""},
		"Unbekannt":                  {},
		"UNBEKANNT, unbekannt":       {},
		"N.N.":                       {},
		"N. N.":                      {},
		"NN":                         {},
		"nn":                         {},
		"k.A.":                       {},
		"keine Angabe":               {},
		"xxx":                        {},
		"Dr. N.N.":                   {},
		"Baby":                       {},
		"???":                        {},
		"Kind":                       {[]string{"KIND"}, nil, nil, ""},
		"Null":                       {[]string{"NULL"}, nil, nil, ""},
	} {
		got, _ := standardName(in, surnames)
		got.Phonetic, want.Phonetic = "", ""
		if !cmp.Equal(got, want) {
			t.Errorf("surname %q: components %q particles %q suffixes %q, want %q %q %q", in,
				got.Components, got.Particles, got.Suffixes, want.Components, want.Particles, want.Suffixes)
		}
	}
	for in, want := range map[string][]string{
		"Hans-Peter":         {"HANS", "PETER"},
		"Maria del Carmen":   {"MARIA", "DEL", "CARMEN"},
		"Anna Maria Eva Ute": {"ANNA", "MARIA", "EVA"},
		"Baby":               nil,
		"Baby Boy":           nil,
		"Zwilling A":         nil,
		"Zwilling 2":         nil,
		"Säugling männlich":  nil,
		"Kind":               nil,
		"Baby Anna":          {"BABY", "ANNA"},
		"Dr. Peter":          {"PETER"},
		"Max jr.":            {"MAX"},
		"Le":                 {"LE"},
	} {
		if got, _ := standardName(in, firstNames); !cmp.Equal(got.Components, want) {
			t.Errorf("first names %q: %q, want %q", in, got.Components, want)
		}
	}
}

func TestPhoneticCodeIgnoresWordBoundaries(t *testing.T) {
	t.Parallel()
	joined, _ := standardName("Hanspeter", firstNames)
	apart, _ := standardName("Hans Peter", firstNames)
	if joined.Phonetic == "" || joined.Phonetic != apart.Phonetic {
		t.Errorf("codes %q and %q differ", joined.Phonetic, apart.Phonetic)
	}
}

func TestTitlesStandInAFixedOrder(t *testing.T) {
	t.Parallel()
	for in, want := range map[string][]string{
		"":                         nil,
		"Dr.":                      {"DR"},
		"Dr. med.":                 {"DR"},
		"Doktor":                   {"DR"},
		"Dr. Dr.":                  {"DR", "DR"},
		"Dr. Prof.":                {"PROF", "DR"},
		"Prof. Dr. med. Dr. h.c.":  {"PROF", "DR"},
		"Priv.-Doz. Dr.":           {"PD", "DR"},
		"Dipl.-Ing. Dr. rer. nat.": {"DR", "DIPL"},
		"Ph.D.":                    {"DR"},
		"Sanitätsrat":              nil,
	} {
		if got := Standardise(identity.Person{Title: in}).Titles; !cmp.Equal(got, want) {
			t.Errorf("title %q: %q, want %q", in, got, want)
		}
	}
	for _, p := range []identity.Person{
		{Title: "Dr.", Surname: "Dr. Kunz", FirstNames: "Dr. Eva"},
		{Surname: "Dr. Kunz", FirstNames: "Dr. Eva"},
		{Surname: "Kunz", FirstNames: "Dr. Eva"},
	} {
		if got := Standardise(p).Titles; !cmp.Equal(got, []string{"DR"}) {
			t.Errorf("one doctor in several fields gives %q", got)
		}
	}
}

func TestFormerNamesShareThreePlaces(t *testing.T) {
	t.Parallel()
	got := Standardise(identity.Person{FormerNames: []string{"Unbekannt", "von Alpha-Beta jun.", "Beta", "Gamma", "Delta"}}).FormerName
	want := Name{[]string{"ALPHA", "BETA", "GAMMA"}, []string{"VON"}, []string{"JUN"}, Cologne("alphabeta")}
	if !cmp.Equal(got, want) {
		t.Errorf("components %q particles %q suffixes %q code %q", got.Components, got.Particles, got.Suffixes, got.Phonetic)
	}
}

func TestDayCountsOnlyWhenExact(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		date calendar.Date
		want string
	}{
		{calendar.Date{}, ""},
		{calendar.Date{Year: 1960, Month: 2, Day: 3, Accuracy: calendar.Exact}, "03"},
		{calendar.Date{Year: 1960, Month: 2, Day: 29}, "29"},
		{calendar.Date{Year: 1960, Month: 2, Day: 15, Accuracy: calendar.DayEstimated}, ""},
		{calendar.Date{Year: 1960, Month: 7, Day: 1, Accuracy: calendar.MonthEstimated}, ""},
		{calendar.Date{Year: 1960, Month: 7, Day: 1, Accuracy: calendar.AllEstimated}, ""},
		{calendar.Date{Year: 1960, Month: 7, Day: 0, Accuracy: calendar.Exact}, ""},
		{calendar.Date{Year: 1960, Month: 7, Day: 32, Accuracy: calendar.Exact}, ""},
	} {
		if got := Standardise(identity.Person{BirthDate: c.date}).Day; got != c.want {
			t.Errorf("accuracy %q, day %d: %q, want %q", c.date.Accuracy, c.date.Day, got, c.want)
		}
	}
}

func TestInsuranceNumberIsStatutoryAndSound(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"A123456780": "A123456780", " a123456780 ": "A123456780", "T221038567": "T221038567", "K018506488": "K018506488",
		"A012345678": "A012345678", "E123456789": "E123456789",
		"X121212121": "", "N011101111": "", "A123456781": "", "A000000000": "", "A00000000": "", "1123456780": "",
		"A1234567801": "", "A12345678X": "", "A12345678\u0660": "", "": "",
	} {
		p := identity.Person{Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Number: in}}}
		if got := Standardise(p).KVNR; got != want {
			t.Errorf("number %q: %q, want %q", in, got, want)
		}
	}
	private := identity.Person{Insurance: identity.Insurance{Private: &identity.PrivateInsurance{Number: "A123456780"}}}
	if got := Standardise(private).KVNR; got != "" {
		t.Error("a private insurance number formed a value")
	}
}

func TestStandardPrintsNothing(t *testing.T) {
	t.Parallel()
	s := Standardise(identity.Person{Surname: "Zzyzx", BirthDate: calendar.Date{Year: 1960, Month: 2, Day: 3}})
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{s, &s, s.Surname, []Name{s.Surname}} {
			if out := fmt.Sprintf(verb, v); strings.Contains(strings.ToUpper(out), "ZZYZX") || strings.Contains(out, "5a5a595a58") {
				t.Errorf("%s prints %q", verb, out)
			}
		}
	}
	if s.LogValue().String() != redacted || s.String() != redacted || s.GoString() != redacted ||
		s.Surname.String() != redacted || s.Surname.LogValue().String() != redacted {
		t.Error("a standardised identity describes itself")
	}
}
