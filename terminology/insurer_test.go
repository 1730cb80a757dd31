// SPDX-License-Identifier: EUPL-1.2

package terminology_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"meldewerk/terminology"
)

// ikOf completes eight digits by the check digit.
func ikOf(t testing.TB, eight string) string {
	t.Helper()
	for digit := range 10 {
		if ik := fmt.Sprint(eight, digit); terminology.CheckedIK(ik) {
			return ik
		}
	}
	t.Fatalf("%s has no check digit", eight)
	return ""
}

// insurers is a book with a list of insurers; their numbers by a word of their names.
func insurers(t testing.TB, names map[string]string) *terminology.Book {
	t.Helper()
	var lines []string
	for eight, name := range names {
		lines = append(lines, ikOf(t, eight)+" "+name)
	}
	text := fmt.Sprintf("meldewerk-terminology insurer 2026 %d\n%s\n", len(lines), strings.Join(lines, "\n"))
	book, err := terminology.Open(fstest.MapFS{"insurer-2026.txt": {Data: []byte(text)}, "insurer-2019.txt": {Data: []byte("meldewerk-terminology insurer 2019 1\n" + ikOf(t, "10999999") + " Erloschene Kasse\n")}})
	if err != nil {
		t.Fatal(err)
	}
	return book
}

var invented = map[string]string{
	"10421250": "AOK - Die Gesundheitskasse für Nordmark", "10157551": "Techniker Krankenkasse", "10217131": "BKK Glückauf Mühlental", "10319942": "Müritz Krankenkasse",
	"16123450": "Continentale Krankenversicherung a.G.", "10998877": "IKK Handwerk und Süden",
}

func TestSearchFindsInsurers(t *testing.T) {
	t.Parallel()
	book := insurers(t, invented)
	for _, row := range []struct{ query, want string }{
		{"nordmark aok", "10421250"}, {"aok nord", "10421250"}, {"techniker", "10157551"}, {"TK", "10157551"}, {"Technikr Krankenkasse", "10157551"},
		{"Tehcniker", "10157551"}, {"muehlental", "10217131"}, {"Mühlental glückauf", "10217131"}, {"gluckauf", "10217131"}, {"Betriebskrankenkasse Glückauf", "10217131"},
		{"müritz", "10319942"}, {"mueritz kasse", "10319942"}, {"conti", "16123450"}, {"süden handwerk", "10998877"}, {"Ortskrankenkasse Nordmark", "10421250"},
		{ikOf(t, "10421250"), "10421250"}, {"1042", "10421250"}, {"10 421 250", "10421250"}, {ikOf(t, "10421250")[2:], "10421250"}, {"161", "16123450"},
		{ikOf(t, "10421250")[:7] + "9" + ikOf(t, "10421250")[8:], "10421250"},
	} {
		hits := book.Search(terminology.ListInsurer, row.query, 2020)
		if len(hits) == 0 || hits[0].Code != ikOf(t, row.want) {
			t.Errorf("%q finds %v", row.query, hits[:min(3, len(hits))])
		}
	}
	for _, query := range []string{"", "zzzzzz", "109876543", "105555555", "erloschene"} {
		if hits := book.Search(terminology.ListInsurer, query, 2019); len(hits) != 0 {
			t.Errorf("%q finds %v", query, hits)
		}
	}
	if hits := terminology.Search(terminology.ListInsurer, "techniker", 0); len(hits) != 0 {
		t.Errorf("without a list %v is found", hits)
	}
}

func TestOpenFolderWantsTables(t *testing.T) {
	t.Parallel()
	if book, err := terminology.OpenFolder(""); err != nil || book != terminology.BuiltIn() {
		t.Errorf("no folder: %v", err)
	}
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "none")} {
		if _, err := terminology.OpenFolder(path); err == nil {
			t.Errorf("%s is taken", filepath.Base(path))
		}
	}
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "insurer.txt"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("meldewerk-terminology insurer 2026 1\n" + ikOf(t, "10157551") + " Erfundene Kasse\n")
	if book, err := terminology.OpenFolder(dir); err != nil || !book.HasInsurers() {
		t.Errorf("a folder with a table: %v", err)
	}
	write("meldewerk-terminology insurer 2026 2\n" + ikOf(t, "10157551") + " Erfundene Kasse\n")
	if _, err := terminology.OpenFolder(dir); err == nil || !strings.Contains(err.Error(), "insurer.txt: ") || !strings.Contains(err.Error(), "nicht vollständig") {
		t.Errorf("a broken table: %v", err)
	}
}
