// SPDX-License-Identifier: EUPL-1.2

package personnel_test

import (
	"testing"
	"testing/fstest"

	"meldewerk/account"
	"meldewerk/internal/personnel"
	"meldewerk/internal/signin"
	"meldewerk/internal/ui"
	"meldewerk/internal/web/browsertest"
)

func gallery(t *testing.T, house account.House) []ui.State {
	t.Helper()
	set, err := ui.Templates(signin.Pages(personnel.Pages(fstest.MapFS{})), personnel.Names...)
	if err != nil {
		t.Fatal(err)
	}
	return personnel.Gallery(set, house, personnel.Nav())
}

// TestGalleryRenders renders every state of every page in both houses and
// wants three of each.
func TestGalleryRenders(t *testing.T) {
	t.Parallel()
	for _, house := range []account.House{account.TrustCentre, account.Registry} {
		count := map[string]int{}
		for _, s := range gallery(t, house) {
			if _, err := s.Render(); err != nil {
				t.Errorf("%s, %s: %v", s.Page, s.Name, err)
			}
			count[s.Page]++
		}
		for _, name := range personnel.Names {
			if count[name] < 3 {
				t.Errorf("page %s has %d states in the gallery", name, count[name])
			}
		}
	}
}

// TestGalleryInTheBrowser looks at every state with axe, narrow and wide.
func TestGalleryInTheBrowser(t *testing.T) {
	browsertest.CheckGallery(t, gallery(t, account.TrustCentre)...)
}
