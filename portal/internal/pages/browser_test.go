// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"
	"testing"

	"meldewerk/internal/ui"
	"meldewerk/internal/web/browsertest"
)

// TestApplicationPagesHoldInTheBrowser looks at the pages of "Zugang
// beantragen" in a browser: accessibility, policy, width. One situation of
// each question and all of the other pages.
func TestApplicationPagesHoldInTheBrowser(t *testing.T) {
	t.Parallel()
	states, err := Gallery()
	if err != nil {
		t.Fatal(err)
	}
	var kept []ui.State
	shown := map[string]bool{}
	for _, s := range states {
		question := s.Page == "apply_question" && !strings.HasSuffix(s.Name, "Fehler")
		if !strings.HasPrefix(s.Page, "apply") || question {
			continue
		}
		kept = append(kept, s)
		shown[s.Page] = true
	}
	if len(shown) != 6 {
		t.Fatalf("%d kinds of pages", len(shown))
	}
	browsertest.CheckGallery(t, kept...)
}
