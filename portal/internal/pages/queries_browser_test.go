// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"
	"testing"

	"meldewerk/internal/ui"
	"meldewerk/internal/web/browsertest"
)

// TestQueryPagesHoldInTheBrowser looks at the pages of the Rückfragen, and at
// the others that lead there, in a browser: accessibility, policy, width.
func TestQueryPagesHoldInTheBrowser(t *testing.T) {
	t.Parallel()
	states, err := Gallery()
	if err != nil {
		t.Fatal(err)
	}
	var kept []ui.State
	for _, s := range states {
		leads := s.Page == "forms_hub" && s.Name == "Rückfrage" || s.Page == "package" && s.Name == "voll"
		if strings.HasPrefix(s.Page, "queries") || leads {
			kept = append(kept, s)
		}
	}
	if len(kept) < 15 {
		t.Fatalf("only %d situations", len(kept))
	}
	browsertest.CheckGallery(t, kept...)
}
