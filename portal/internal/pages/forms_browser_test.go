// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"
	"testing"

	"meldewerk/internal/ui"
	"meldewerk/internal/web/browsertest"
)

// TestFormPagesHoldInTheBrowser looks at the pages of a report in a browser:
// accessibility, policy, width. Every section of every occasion is among them
// once, with all its fields filled.
func TestFormPagesHoldInTheBrowser(t *testing.T) {
	t.Parallel()
	states, err := Gallery()
	if err != nil {
		t.Fatal(err)
	}
	var kept []ui.State
	for _, s := range states {
		if s.Page == "forms" || strings.HasPrefix(s.Page, "forms_") {
			kept = append(kept, s)
		}
	}
	if len(kept) < 60 {
		t.Fatalf("only %d situations", len(kept))
	}
	browsertest.CheckGallery(t, kept...)
}
