// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"
	"testing"

	"meldewerk/internal/ui"
	"meldewerk/internal/web/browsertest"
)

// TestPatientPagesHoldInTheBrowser looks at the Patientenakten, the start page
// and the Tumorhistorie in a browser: accessibility, policy, width.
func TestPatientPagesHoldInTheBrowser(t *testing.T) {
	t.Parallel()
	states, err := Gallery()
	if err != nil {
		t.Fatal(err)
	}
	var kept []ui.State
	shown := map[string]bool{}
	for _, s := range states {
		identity := s.Page == "forms_section" && (strings.HasPrefix(s.Name, "Person, ") || strings.HasPrefix(s.Name, "Anschrift, "))
		if strings.HasPrefix(s.Page, "patients") || s.Page == "overview" || strings.HasPrefix(s.Page, "history") || identity {
			kept = append(kept, s)
			shown[s.Page] = true
		}
	}
	if len(shown) != 12 {
		t.Fatalf("%d kinds of pages", len(shown))
	}
	browsertest.CheckGallery(t, kept...)
}
