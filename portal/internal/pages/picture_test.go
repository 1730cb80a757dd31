// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"flag"
	"path/filepath"
	"slices"
	"testing"

	"meldewerk/internal/ui"
	"meldewerk/internal/web/browsertest"
)

var update = flag.Bool("update", false, "draw the kept pictures anew")

// pictured are the situations of which pictures are kept: one of each kind of
// page of the Online-Erfassung.
var pictured = map[string][]string{
	"overview":            {"zu tun"},
	"patients":            {"voll"},
	"patients_record":     {"Entwurf", "versiegelt"},
	"patients_correction": {"Grund"},
	"forms_new":           {"mit Tumoren"},
	"forms_hub":           {"Entwurf mit Fehlern"},
	"forms_section":       {"Person, voll", "Diagnose, tumor", "Diagnose, stadium", "Fehler"},
	"forms_conflict":      {"eine Angabe mehr"},
	"forms_search":        {"Treffer"},
	"forms_check":         {"mit Hinweisen, nicht bestätigt"},
	"forms_receipt":       {"erste Fassung"},
	"forms_versions":      {"zwei"},
	"history":             {"mit eigenen Meldungen", "mehrere Personen"},
	"queries":             {"voll"},
	"queries_thread":      {"Paket, offen"},
	"handbook":            {"Anfang"},
}

// TestGoldenPictures holds the pages against pictures that were looked at: on a
// phone, a tablet, a screen, in the dark and on paper.
func TestGoldenPictures(t *testing.T) {
	all, err := Gallery()
	if err != nil {
		t.Fatal(err)
	}
	var states []ui.State
	for _, s := range all {
		if slices.Contains(pictured[s.Page], s.Name) {
			states = append(states, s)
		}
	}
	wanted := 0
	for _, names := range pictured {
		wanted += len(names)
	}
	if len(states) != wanted {
		t.Fatalf("%d of %d situations are in the gallery", len(states), wanted)
	}
	browsertest.CheckPictures(t, filepath.Join("testdata", "pictures"), *update, states...)
}
