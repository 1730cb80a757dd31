// SPDX-License-Identifier: EUPL-1.2

package paper_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"meldewerk/internal/paper"
)

func letter() paper.Letter {
	return paper.Letter{
		Sender: "Krebsregister Musterland – Vertrauensstelle", SenderLine: "Vertrauensstelle Musterland · Postfach 1 · 00001 Musterstadt",
		Contact:   []string{"Vertrauensstelle", "Musterweg 1", "00001 Musterstadt", "Telefon 0000 123-0"},
		Recipient: []string{"Klinikum Nord", "Tumordokumentation", "Frau Žofie Čapková-Größe", "GROẞE STRAẞE 7", "00002 Öhringen am Überfluß"},
		Place:     "Musterstadt", Date: "21.11.2026", Subject: "Ihr Zugang zum Meldeportal",
		Paragraphs: []paper.Block{
			{Text: "Guten Tag,\n\nmit diesem Schreiben erhalten Sie Ihren Zugang. Bewahren Sie es verschlossen auf und vernichten Sie es nach der ersten Anmeldung."},
			{Pairs: []paper.Pair{{Name: "Adresse", Value: "https://portal.example/anmelden", Code: true}, {Name: "Benutzername", Value: "z.capkova", Code: true}}},
			{Heading: "Passwort", Code: "ACDE-hn23-TUWX-4567"},
			{Heading: "So melden Sie sich an", Steps: []string{"Öffnen Sie die Adresse.", "Geben Sie Benutzername und Passwort ein. Das Passwort enthält keine Ziffern 0 und 1 und keine Buchstaben O, I und l.", "Richten Sie die App ein."}},
		},
	}
}

func form() paper.Form {
	f := paper.Form{Title: "Antrag auf Zugang", Number: "A-2026-000012-K", Sender: "Krebsregister Musterland", Date: "21.11.2026",
		Lead: "Drucken Sie diesen Antrag, unterschreiben Sie ihn und senden Sie ihn an:", Return: []string{"Vertrauensstelle", "Postfach 1", "00001 Musterstadt"},
		Signature: "Unterschrift der verantwortlichen Ärztin oder des verantwortlichen Arztes, Stempel"}
	f.Sections = append(f.Sections, paper.Section{Title: "Einrichtung", Pairs: []paper.Pair{{Name: "Name", Value: "Gemeinschaftspraxis für Pathologie am Markt, Ärztinnen und Ärzte in Partnerschaft"}, {Name: "BSNR", Value: "179000100", Code: true}}})
	for range 12 {
		f.Sections = append(f.Sections, paper.Section{Title: "Person", Pairs: []paper.Pair{{Name: "Name", Value: "Ægir Łukasz Şahin"}, {Name: "Funktion in der Einrichtung", Value: "Medizinische Dokumentation"}, {Name: "Telefon", Value: "0000 123-45"}}, Text: "Die Person unterliegt § 203 StGB."})
	}
	return f
}

func made(t *testing.T, pdf []byte, err error) []byte {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if folder := os.Getenv("MELDEWERK_SCREENSHOTS"); folder != "" {
		if err := os.WriteFile(filepath.Join(folder, t.Name()+".pdf"), pdf, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return pdf
}

// text gives what a reader of the PDF can copy, page by page.
func text(t *testing.T, pdf []byte) []string {
	t.Helper()
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: the text of the sheet is not looked at")
	}
	c := exec.CommandContext(t.Context(), tool, "-layout", "-enc", "UTF-8", "-", "-")
	c.Stdin = bytes.NewReader(pdf)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\f"), "\f")
}

func TestLetterHoldsItsTextInTheWindow(t *testing.T) {
	t.Parallel()
	pdf, err := letter().PDF()
	pages := text(t, made(t, pdf, err))
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	for _, want := range []string{"Žofie Čapková-Größe", "GROẞE STRAẞE 7", "Öhringen am Überfluß", "z.capkova", "ACDE-hn23-TUWX-4567", "Musterstadt, 21.11.2026", "Seite 1 von 1", "Ihr Zugang zum Meldeportal"} {
		if !strings.Contains(pages[0], want) {
			t.Errorf("the text lacks %q", want)
		}
	}
}

// The window of form B: 20 to 105 mm from the left, 45 to 90 mm from the top.
func TestRecipientStandsInTheWindow(t *testing.T) {
	t.Parallel()
	l := letter()
	l.Recipient = append(l.Recipient, strings.Repeat("Sehr lange Zeile ", 5))
	pdf, err := l.PDF()
	if err != nil {
		t.Fatal(err)
	}
	tool, err := exec.LookPath("pdftotext")
	if err != nil {
		t.Skip("pdftotext is not installed: the window is not measured")
	}
	// 72 points per inch: the crop is given in points at 72 dpi.
	c := exec.CommandContext(t.Context(), tool, "-r", "72", "-x", "57", "-y", "128", "-W", "241", "-H", "127", "-layout", "-", "-")
	c.Stdin = bytes.NewReader(pdf)
	out, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	found := strings.Join(strings.Fields(string(out)), " ")
	for _, line := range append(l.Recipient, l.SenderLine) {
		if !strings.Contains(found, strings.TrimSpace(line)) {
			t.Errorf("outside the window: %q", line)
		}
	}
	if strings.Contains(string(out), l.Subject) || strings.Contains(string(out), "Telefon") {
		t.Error("something else stands in the window")
	}
}

func TestLongFormNumbersItsPages(t *testing.T) {
	t.Parallel()
	f := form()
	pdf, err := f.PDF()
	pages := text(t, made(t, pdf, err))
	if len(pages) < 2 {
		t.Fatalf("%d pages", len(pages))
	}
	for i, page := range pages {
		if !strings.Contains(page, "Seite "+string(rune('1'+i))+" von "+string(rune('0'+len(pages)))) || !strings.Contains(page, f.Number) {
			t.Errorf("page %d lacks its number or the form's", i+1)
		}
	}
	last := pages[len(pages)-1]
	if !strings.Contains(last, "Ort, Datum") || !strings.Contains(last, "verantwortlichen Ärztin") {
		t.Error("the last page has no line to sign")
	}
	if n := strings.Count(strings.Join(pages, ""), "Ægir Łukasz Şahin"); n != 12 {
		t.Errorf("%d of 12 persons", n)
	}
}

func TestSameInputGivesSameBytes(t *testing.T) {
	t.Parallel()
	for range 3 {
		a, err := letter().PDF()
		if err != nil {
			t.Fatal(err)
		}
		b, err := letter().PDF()
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Fatal("two letters of the same input differ")
		}
	}
}

// Two letters may be made at the same moment, with other characters in each.
func TestSheetsAtOnceDoNotSpoilEachOther(t *testing.T) {
	t.Parallel()
	want, err := letter().PDF()
	if err != nil {
		t.Fatal(err)
	}
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			if i%2 == 0 {
				if _, err := form().PDF(); err != nil {
					t.Error(err)
				}
			} else if got, err := letter().PDF(); err != nil || !bytes.Equal(got, want) {
				t.Errorf("another letter came out: %v", err)
			}
		})
	}
	group.Wait()
}

// A character without a sign in the font would go out as a box.
func TestUnprintableIsRefusedWithoutQuotingIt(t *testing.T) {
	t.Parallel()
	for _, odd := range []string{"\u6f22", "a\tb", "\u200b", "x\x00"} {
		l := letter()
		l.Paragraphs[2].Code = odd
		if _, err := l.PDF(); !errors.Is(err, paper.ErrNotPrintable) || strings.Contains(err.Error(), odd) {
			t.Errorf("%q: %v", odd, err)
		}
		f := form()
		f.Sections[0].Pairs[0].Value = odd
		if _, err := f.PDF(); !errors.Is(err, paper.ErrNotPrintable) {
			t.Errorf("%q in a form: %v", odd, err)
		}
	}
	l := letter()
	l.Recipient = make([]string, 12)
	if _, err := l.PDF(); !errors.Is(err, paper.ErrNoRoom) {
		t.Errorf("twelve lines in the window: %v", err)
	}
}

// A sheet stays small: the fonts are cut to the characters in use.
func TestFontsAreCutToWhatIsUsed(t *testing.T) {
	t.Parallel()
	pdf, err := letter().PDF()
	if err != nil {
		t.Fatal(err)
	}
	if len(pdf) > 150_000 {
		t.Errorf("%d bytes", len(pdf))
	}
}
