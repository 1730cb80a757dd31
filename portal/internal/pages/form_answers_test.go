// SPDX-License-Identifier: EUPL-1.2

package pages

import "testing"

// TestLabelSaysNoWordTwice wants the label of an answer to name its groups and
// to repeat nothing.
func TestLabelSaysNoWordTwice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ group, label, want string }{
		{"", "Nachname", "Nachname"},
		{"Anschrift", "Straße", "Anschrift: Straße"},
		{"Anschrift", "", "Anschrift"},
		{"Komplikationen", "Komplikationen", "Komplikationen"},
		{"Versicherung", "Gesetzliche Versicherung", "Gesetzliche Versicherung"},
		{"Gesetzliche Versicherung", "Versichertennummer", "Gesetzliche Versicherung: Versichertennummer"},
		{"Morphologie", "Morphologie (ICD-O-3)", "Morphologie (ICD-O-3)"},
		{"Morphologie 2", "Morphologie (ICD-O-3)", "Morphologie 2: Morphologie (ICD-O-3)"},
		{"Befund: Morphologie", "Morphologie (ICD-O-3)", "Befund: Morphologie (ICD-O-3)"},
		{"Befund: Morphologie", "Fassung", "Befund: Morphologie: Fassung"},
	} {
		if got := within(c.group, c.label); got != c.want {
			t.Errorf("%q within %q: %q, want %q", c.label, c.group, got, c.want)
		}
	}
}
