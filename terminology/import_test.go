// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"meldewerk/terminology"
)

func fixture(t testing.TB, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// table imports a fixture and gives it in our notation.
func table(t testing.TB, kind terminology.Kind, year int, text []byte) string {
	t.Helper()
	edition, err := terminology.Import(kind, year, bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if _, err = edition.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestImportReadsTheOfficialStructures(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		file string
		kind terminology.Kind
		year int
		want string
	}{
		{"icd.xml", terminology.KindICD10GM, 0, "meldewerk-terminology icd10gm 2026 15\nC50 Glitzer des Oberkörpers\nC50.4 Glitzer, oben X99 außen\nC50.5 Glitzer, unten außen\n" +
			"C91 Blaues Blut\nC91.0 Sehr blaues Blut\nC91.00 Sehr blaues Blut: ruhend\nC91.01 Sehr blaues Blut: tanzend\nC91.02 Sehr blaues Blut: schlafend\n" +
			"E10 Zuckerschock der Elfen\nE10.0 Zuckerschock der Elfen: Mit Punktnull\nE10.00 Zuckerschock der Elfen: Mit Punktnull: ruhend\nE10.01 Zuckerschock der Elfen: Mit Punktnull: tanzend\n" +
			"E10.1 Zuckerschock der Elfen: Mit Punkteins\nE10.10 Zuckerschock der Elfen: Mit Punkteins: ruhend\nE10.11 Zuckerschock der Elfen: Mit Punkteins: tanzend\n"},
		{"icdo.xml", terminology.KindICDO3, 0, "meldewerk-terminology icdo3 2019 3\n8500/3 Sternbildung, böse\nC50 Vorgarten\nC50.4 Vorgarten, hinten\n"},
		{"icd.txt", terminology.KindICD10GM, 2026, "meldewerk-terminology icd10gm 2026 4\nC50 Glitzer des Oberkörpers\nC50.4 Glitzer: oben außen\nC50.5 Glitzer: unten außen\nC61 Glanz der Vorsteher\n"},
		{"ops.txt", terminology.KindOPS, 2026, "meldewerk-terminology ops 2026 3\n5-870 Erfundener Eingriff\n5-870.a Erfundener Eingriff: mit Schleife\n5-870.a1 Erfundener Eingriff: mit Schleife: rot\n"},
		{"atc.csv", terminology.KindATC, 2026, "meldewerk-terminology atc 2026 2\nL01AA98 Erfundamid\nL01AA99 Ätherin\n"},
		{"insurer.csv", terminology.KindInsurer, 2026, "meldewerk-terminology insurer 2026 2\n101575519 Erfundene Kasse Süd\n102114819 Erfundene Kasse, Nord\n"},
	} {
		got := table(t, row.kind, row.year, fixture(t, row.file))
		if got != row.want {
			t.Errorf("%s:\n%s", row.file, got)
		}
		again, err := terminology.ReadEdition(iotest.OneByteReader(strings.NewReader(got)))
		if err != nil || again.Len() != strings.Count(got, "\n")-1 {
			t.Errorf("%s: our own notation is not read: %v", row.file, err)
		}
	}
}

func TestImportRefusesWithARemedy(t *testing.T) {
	t.Parallel()
	icd := string(fixture(t, "icd.xml"))
	rename := func(old, new string) string { return strings.Replace(icd, old, new, 1) }
	reasons := map[string]string{"entities": "DOCTYPE", "deep": "tiefer", "archive": "CSV", "other year": "Ausgabe 2026", "wrong check digit": "Prüfziffer", "two labels": "zwei Bezeichnungen"}
	for name, row := range map[string]struct {
		kind terminology.Kind
		year int
		text string
	}{
		"empty":             {terminology.KindICD10GM, 2026, ""},
		"no kind":           {"streets", 2026, icd},
		"archive":           {terminology.KindICD10GM, 2026, "PK\x03\x04rest"},
		"entities":          {terminology.KindICD10GM, 2026, rename(`<!DOCTYPE ClaML SYSTEM "ClaML.dtd">`, `<!DOCTYPE ClaML [<!ENTITY a SYSTEM "file:///etc/passwd">]>`)},
		"an entity":         {terminology.KindICD10GM, 2026, rename("Zuckerschock", "&a;")},
		"other XML":         {terminology.KindICD10GM, 2026, "<html><body>C50</body></html>"},
		"cut off":           {terminology.KindICD10GM, 2026, icd[:len(icd)/2]},
		"two roots crossed": {terminology.KindICD10GM, 2026, "<ClaML><Class></ClaML></Class>"},
		"deep":              {terminology.KindICD10GM, 2026, "<ClaML>" + strings.Repeat("<Class>", 100) + strings.Repeat("</Class>", 100) + "</ClaML>"},
		"latin one":         {terminology.KindICD10GM, 2026, rename("UTF-8", "ISO-8859-1")},
		"other year":        {terminology.KindICD10GM, 2025, icd},
		"no year":           {terminology.KindICD10GM, 0, string(fixture(t, "icd.txt"))},
		"no such year":      {terminology.KindICD10GM, 3026, string(fixture(t, "icd.txt"))},
		"other kind":        {terminology.KindATC, 2026, icd},
		"other table":       {terminology.KindATC, 2026, string(fixture(t, "icd.txt"))},
		"no labels":         {terminology.KindICD10GM, 2026, "C50;1;2\nC51;1;2\n"},
		"no label":          {terminology.KindICD10GM, 2026, rename("Zuckerschock der Elfen", "")},
		"two labels":        {terminology.KindICD10GM, 2026, "C50;Eines hier\nC50;Anderes da\nC51;Drittes dort\n"},
		"wrong check digit": {terminology.KindInsurer, 2026, "102114818;Erfundene Kasse\n"},
		"not text":          {terminology.KindICD10GM, 2026, "C50;Eins\n" + strings.Repeat("C51;Zwei\n", 9000) + "C52;\xff\xfe\n"},
		"long cell":         {terminology.KindICD10GM, 2026, "C50;" + strings.Repeat("x", 5000) + "\n"},
		"many columns":      {terminology.KindICD10GM, 2026, "C50" + strings.Repeat(";x", 100) + "\n"},
	} {
		_, err := terminology.Import(row.kind, row.year, strings.NewReader(row.text))
		if err == nil || len(err.Error()) < 20 || strings.Contains(err.Error(), "passwd") || !strings.Contains(err.Error(), reasons[name]) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// endless is a file that never ends.
type endless struct {
	row []byte
	at  int
}

func (e *endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = e.row[e.at%len(e.row)]
		e.at++
	}
	return len(p), nil
}

func TestImportEndsWhenTheFileDoesNot(t *testing.T) {
	t.Parallel()
	for row, reason := range map[string]string{"C50;Immer wieder\n": "mehr als", "<ClaML>": "tiefer"} {
		if _, err := terminology.Import(terminology.KindICD10GM, 2026, &endless{row: []byte(row)}); err == nil || !strings.Contains(err.Error(), reason) {
			t.Errorf("%s: %v", row, err)
		}
	}
}

// TestImportRefusesCodesWithoutEnd: few lines of a file may stand for very many
// codes, class by modifier by modifier.
func TestImportRefusesCodesWithoutEnd(t *testing.T) {
	t.Parallel()
	list := func(name, code string) string {
		return strings.Repeat(`<ModifierClass modifier="`+name+`" code="`+code+`"><Rubric kind="preferred"><Label>gleich</Label></Rubric></ModifierClass>`, 1100)
	}
	file := `<ClaML><Title version="2026"/>` + list("a", ".1") + list("b", "x") +
		`<Class code="C50" kind="category"><ModifiedBy code="a"/><ModifiedBy code="b"/><Rubric kind="preferred"><Label>Eins</Label></Rubric></Class></ClaML>`
	if _, err := terminology.Import(terminology.KindICD10GM, 0, strings.NewReader(file)); err == nil || !strings.Contains(err.Error(), "mehr als") {
		t.Errorf("taken: %v", err)
	}
}

// official is a book with all fixtures laid beside the program.
func official(t testing.TB) *terminology.Book {
	t.Helper()
	book, err := terminology.Open(fstest.MapFS{
		"icd10gm-2026.txt": {Data: []byte(table(t, terminology.KindICD10GM, 0, fixture(t, "icd.xml")))},
		"icd10gm-2019.txt": {Data: []byte("meldewerk-terminology icd10gm 2019 1\nC50.4 Früherer Glitzer\n")},
		"icdo3.txt":        {Data: []byte(table(t, terminology.KindICDO3, 0, fixture(t, "icdo.xml")))},
		"ops.txt":          {Data: []byte(table(t, terminology.KindOPS, 2026, fixture(t, "ops.txt")))},
		"atc.txt":          {Data: []byte(table(t, terminology.KindATC, 2026, fixture(t, "atc.csv")))},
		"insurer.txt":      {Data: []byte(table(t, terminology.KindInsurer, 2026, fixture(t, "insurer.csv")))},
		"readme.md":        {Data: []byte("not read")},
	})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

func TestBookTakesOfficialWordsFirst(t *testing.T) {
	t.Parallel()
	book := official(t)
	in2019 := func(code string) (terminology.Label, bool) { return book.ICDIn(code, 2019) }
	in2022 := func(code string) (terminology.Label, bool) { return book.ICDIn(code, 2022) }
	for _, row := range []struct {
		name  string
		ask   func(string) (terminology.Label, bool)
		code  string
		want  string
		exact bool
	}{
		{"official", book.ICD, "C50.4", "Glitzer, oben X99 außen", true}, {"of the year", in2019, "C50.4", "Früherer Glitzer", true},
		{"of the year before", in2022, "C50.4", "Früherer Glitzer", true}, {"newer where the year has none", in2022, "E10.0", "Zuckerschock der Elfen: Mit Punktnull", true},
		{"not a tumour", book.ICD, "E10.11", "Zuckerschock der Elfen: Mit Punkteins: tanzend", true}, {"ours", book.ICD, "C61", "Prostata", true},
		{"longest official", book.ICD, "C91.09", "Sehr blaues Blut", false}, {"site", book.Topography, "C50.4", "Vorgarten, hinten", true}, {"our site", book.Topography, "C42.1", "Knochenmark", true},
		{"morphology", book.Morphology, "8500/3", "Sternbildung, böse", true}, {"our morphology", book.Morphology, "8140/3", "Adenokarzinom", true},
		{"procedure", book.OPS, "5-870.a1L", "Erfundener Eingriff: mit Schleife: rot", true}, {"longer procedure", book.OPS, "5-870.a2", "Erfundener Eingriff: mit Schleife", false},
		{"our procedure", book.OPS, "5-604.0", "Radikale Prostataentfernung, offen", true}, {"substance", book.ATC, "L01AA99", "Ätherin", true}, {"our substance", book.ATC, "L02BA01", "Tamoxifen", true},
	} {
		if got, ok := row.ask(row.code); !ok || got.Text != row.want || got.Exact != row.exact {
			t.Errorf("%s: %s answers %q exact %v", row.name, row.code, got.Text, got.Exact)
		}
	}
	if book.ICDInYear("C61", 2026) || !book.ICDInYear("C61", 2024) || !book.ICDInYear("E10.0", 2026) || book.ICDInYear("A00", 2026) || book.CompleteICD("E10") || !book.CompleteICD("E10.01") || !book.CompleteICD("C61") {
		t.Error("the edition of the year does not decide")
	}
	if !book.KnownICD("E10") || book.KnownICD("A00") || !book.KnownICD("C61") || terminology.KnownICD("E10") || !book.KnownMorphology("8140/3") || !book.KnownTopography("C42.1") {
		t.Error("known codes")
	}
	if book.OPSInYear("5-604", 2026) || !book.OPSInYear("5-870.aR", 2026) || !book.OPSInYear("5-604", 2024) || book.OPSInYear("5-873.1", 2020) || !book.OPSInYear("5-873.1", 2010) {
		t.Error("procedures by year")
	}
	if name, ok := book.Insurer("102114819"); !ok || name != "Erfundene Kasse, Nord" || !book.HasInsurers() || terminology.BuiltIn().HasInsurers() {
		t.Error("insurers")
	}
	if got := len(book.Editions()); got != 6 {
		t.Errorf("%d editions", got)
	}
}

func TestBookSearchesOfficialWordsAndOurs(t *testing.T) {
	t.Parallel()
	book := official(t)
	for _, row := range []struct {
		list  terminology.List
		query string
		year  int
		want  string
	}{
		{terminology.ListICD, "zuckerschock tanzend", 2026, "E10.01"}, {terminology.ListICD, "glitzer", 2026, "C50"}, {terminology.ListICD, "mamma", 2026, "C50"}, {terminology.ListICD, "glitzer", 2019, "C50.4"},
		{terminology.ListICD, "prostata", 2019, ""}, {terminology.ListICD, "prostata", 2020, "C61"}, {terminology.ListICD, "quadrant oberer äußerer", 2026, "C50.4"}, {terminology.ListMorphology, "sternbildung", 0, "8500/3"},
		{terminology.ListTopography, "vorgarten", 0, "C50"}, {terminology.ListTopography, "sternbildung", 0, ""}, {terminology.ListOPS, "schleife rot", 2026, "5-870.a1"}, {terminology.ListSubstance, "ätherin", 0, "L01AA99"},
		{terminology.ListSubstance, "tamoxifen", 0, "L02BA01"}, {terminology.ListProtocol, "abvd", 2026, "ABVD"},
	} {
		got := ""
		if hits := book.Search(row.list, row.query, row.year); len(hits) > 0 {
			got = hits[0].Code
		}
		if got != row.want {
			t.Errorf("%q in %d finds %q, want %q", row.query, row.year, got, row.want)
		}
	}
}

func TestOpenRefusesADamagedTable(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"empty": "", "other text": "hello\n", "cut off": "meldewerk-terminology ops 2026 2\n5-870 Eins\n", "too long": "meldewerk-terminology ops 2026 1\n5-870 Eins\n5-871 Zwei\n",
		"no label": "meldewerk-terminology ops 2026 1\n5-870\n", "other code": "meldewerk-terminology ops 2026 1\nC50 Eins\n", "no kind": "meldewerk-terminology x 2026 1\nC50 Eins\n",
		"no number": "meldewerk-terminology ops 2026 x\n5-870 Eins\n", "not text": "meldewerk-terminology ops 2026 1\n5-870 \xff\xff\n", "long line": "meldewerk-terminology ops 2026 1\n5-870 " + strings.Repeat("x", 100_000) + "\n",
	} {
		if _, err := terminology.Open(fstest.MapFS{"x.txt": {Data: []byte(text)}}); err == nil || !strings.HasPrefix(err.Error(), "x.txt: ") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if book, err := terminology.Open(nil); err != nil || book != terminology.BuiltIn() {
		t.Error("no folder is not the built-in book")
	}
}

func FuzzImport(f *testing.F) {
	for _, name := range []string{"icd.xml", "icdo.xml", "icd.txt", "ops.txt", "atc.csv", "insurer.csv"} {
		for i := range terminology.Kinds() {
			f.Add(uint8(i), fixture(f, name))
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, text []byte) {
		kinds := terminology.Kinds()
		edition, err := terminology.Import(kinds[int(kind)%len(kinds)], 2026, bytes.NewReader(text))
		if err != nil {
			return
		}
		var out bytes.Buffer
		if _, err = edition.WriteTo(&out); err != nil {
			t.Fatal(err)
		}
		again, err := terminology.ReadEdition(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("our own notation is refused: %v", err)
		}
		var second bytes.Buffer
		if _, err = again.WriteTo(&second); err != nil || !bytes.Equal(out.Bytes(), second.Bytes()) {
			t.Fatal("read again it is another")
		}
	})
}
