// SPDX-License-Identifier: EUPL-1.2

package handbook

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"meldewerk/policy"
)

// asked are the questions that reporters are known to ask, in their words, with
// the topic that must come first.
var asked = map[string]string{
	// Sign-in.
	"Ich habe bei der ersten Anmeldung Probleme":                               "erste-anmeldung",
	"erste Anmeldung am Meldeportal mit Scan des QR-Codes":                     "erste-anmeldung",
	"Mein Passwort, das ich von der Vertrauensstelle habe, funktioniert nicht": "passwort",
	"Passwort vergessen": "passwort",
	"Zugangsdaten öfter falsch eingegeben, Zugang gesperrt": "gesperrt",
	"Zugangsdaten anfordern":                                "zugang-beantragen",
	"Registrierung":                                         "zugang-beantragen",
	"Anzeige mit meinem Browser funktioniert nicht":         "browser",
	"Safari": "browser",
	"Warum ist eine Zwei-Faktor-Authentifizierung erforderlich": "zwei-faktor",
	"Warum benötige ich ein Endgerät mit Kamerafunktion":        "telefon",
	"Welche Alternative habe ich ohne Smartphone":               "ohne-smartphone",
	"Leihsmartphone":                                       "ohne-smartphone",
	"Was passiert beim Scannen des QR-Codes":               "qr-code",
	"QR-Code fotografieren":                                "qr-code",
	"Benötige ich für jede Anmeldung das gleiche Endgerät": "telefon",
	"mehrere Personen Vertretung Abteilung":                "vertretung",
	"Besitzer des Geräts hat die Einrichtung verlassen":    "geraet-verloren",
	"Gerät gestohlen oder defekt":                          "geraet-verloren",
	"neues Handy":                                          "geraet-verloren",
	"Wofür wird das mobile Endgerät nicht benötigt":        "telefon",
	"Einmalpasswort wird nicht angenommen":                 "einmalkennwort",
	"OTP-Code":                                             "einmalkennwort",
	"reguläre Anmeldung":                                   "anmelden",
	// Reports.
	"Daten meiner Patientinnen und Patienten geschützt": "datenschutz",
	"erste Meldung über die Online-Erfassung":           "erste-meldung",
	"erstes Meldungspaket":                              "erstes-paket",
	"WebUpload":                                         "paket-hochladen",
	"Freigabe der Meldungsübermittlung Paket":           "erstes-paket",
	"Datum unbekannt":                                   "datum",
	"Tag nicht bekannt geschätzt":                       "datum",
	"Meldefrist":                                        "fristen",
	"bis wann melden":                                   "fristen",
	"Name geändert Heirat":                              "identitaet-berichtigen",
	"falscher Patient":                                  "falsche-person",
	"Widerspruch":                                       "widerspruch",
	"Patientennummer ändern":                            "eigene-nummer",
	"was sehe ich nach der Übermittlung":                "was-bleibt-sichtbar",
	"Meldung nach Übermittlung ändern":                  "bearbeiten",
	"Doppelmeldung":                                     "doppelmeldung",
	"Entwurf gelöscht":                                  "entwurf",
	"Entwurf löschen":                                   "loeschen",
	"zwei Fenster":                                      "zwei-fenster",
	"Tumorhistorie":                                     "tumorhistorie",
	"abgewiesen":                                        "abgewiesen",
	"TNM":                                               "tnm",
	"Grading":                                           "histologie",
	"Gleason":                                           "modul-prostata",
	"HER2":                                              "modul-mamma",
	"RAS":                                               "modul-darm",
	"Breslow":                                           "modul-melanom",
	"Bestrahlung":                                       "strahlentherapie",
	"Chemotherapie":                                     "systemtherapie",
	"Rezidiv":                                           "verlauf",
	"Sterbedatum":                                       "tod",
	"Tumorboard":                                        "tumorkonferenz",
	"Tastatur":                                          "tastatur",
	"drucken":                                           "drucken",
	"Hotline Telefonnummer":                             "kontakt",
	"Kontrollnummern":                                   "weg-der-meldung",
	"Krankenkasse Institutionskennzeichen":              "anschrift-versicherung",
	"ICD Code suchen":                                   "codesuche",
	"medizinische Daten per Schnittstelle nicht bearbeiten": "schnittstelle",
	"Auskunft":                         "auskunft",
	"Diagnosesicherung":                "diagnose",
	"Vergütung":                        "verguetung",
	"Glossar Begriffe":                 "begriffe",
	"Berechtigung für die Seite fehlt": "rollen",
	"Portal nicht erreichbar":          "stoerung",
	"Residualstatus":                   "operation",
	"Rückfrage der Vertrauensstelle":   "rueckfragen",
	"Frage beantworten":                "rueckfragen",
	"Erläuterung schreiben":            "rueckfragen",
}

// TestH23SearchFindsTheTopicFirst asks in the words of the reporters.
func TestH23SearchFindsTheTopicFirst(t *testing.T) {
	t.Parallel()
	b := open(t, policy.KKN)
	for query, want := range asked {
		hits := b.Search(query)
		if len(hits) == 0 || hits[0].Topic.ID != want {
			t.Errorf("%q: want %s, got %v", query, want, first(hits, 4))
		}
	}
}

func first(hits []Hit, n int) []string {
	var ids []string
	for _, h := range hits[:min(n, len(hits))] {
		ids = append(ids, h.Topic.ID)
	}
	return ids
}

// TestSearchForgives asks with typing errors, without umlauts, in capitals.
func TestSearchForgives(t *testing.T) {
	t.Parallel()
	b := open(t, policy.KKN)
	for query, want := range map[string]string{
		"EINMALKENNWORT":        "einmalkennwort",
		"einmalkenwort":         "einmalkennwort",
		"Pasword":               "passwort",
		"Kenntwort vergesen":    "passwort",
		"geraet verloren":       "geraet-verloren",
		"gerat verlorne":        "geraet-verloren",
		"gestohlen Gerät":       "geraet-verloren",
		"Wiederspruch":          "widerspruch",
		"Tumorhistroie":         "tumorhistorie",
		"Bestralung":            "strahlentherapie",
		"loeschen entwurf":      "loeschen",
		"uebermittlung sperren": "uebermittlung-sperren",
		"fristne":               "fristen",
		"Gleasonscore":          "modul-prostata",
	} {
		if hits := b.Search(query); len(hits) == 0 || hits[0].Topic.ID != want {
			t.Errorf("%q: want %s, got %v", query, want, first(hits, 4))
		}
	}
}

func TestSearchLeadsToTheSection(t *testing.T) {
	t.Parallel()
	b := open(t, policy.KKN)
	for query, want := range map[string]string{"Umzug": "umzug", "Ersatzkode": "ersatzkode", "RAS Wildtyp": "ras", "Zielgebiet": "zielgebiet"} {
		hits := b.Search(query)
		if len(hits) == 0 || hits[0].Part == nil || hits[0].Part.Anchor != want {
			t.Errorf("%q does not lead to %s: %v", query, want, first(hits, 3))
		}
	}
}

func TestSearchFindsNothingForNothing(t *testing.T) {
	t.Parallel()
	b := open(t, policy.KKN)
	for _, query := range []string{"", "   ", "wie was der die", "?!", "qqqqqqqq", "x"} {
		if hits := b.Search(query); len(hits) > 0 {
			t.Errorf("%q finds %v", query, first(hits, 3))
		}
	}
}

// TestSearchStandsAnything throws any text at the search.
func TestSearchStandsAnything(t *testing.T) {
	t.Parallel()
	b := open(t, policy.KKN)
	rapid.Check(t, func(t *rapid.T) {
		query := rapid.String().Draw(t, "query")
		if hits := b.Search(query); len(hits) > mostHits {
			t.Fatalf("%d hits", len(hits))
		}
	})
	b.Search(strings.Repeat("einmalkennwort ", 1000))
}

// BenchmarkSearch is the figure that counts: under a millisecond.
func BenchmarkSearch(b *testing.B) {
	book := open(b, policy.KKN)
	for _, query := range []string{"Mein Passwort funktioniert nicht", "einmalkenwort"} {
		b.Run(query, func(b *testing.B) {
			for b.Loop() {
				book.Search(query)
			}
		})
	}
}
