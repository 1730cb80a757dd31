// SPDX-License-Identifier: EUPL-1.2

package pages_test

import (
	"slices"
	"testing"

	"meldewerk/internal/personnel"
	"meldewerk/internal/web/browsertest"
	"meldewerk/registry/internal/pages"
)

// TestGalleryRenders renders every state of every page and wants three of each.
func TestGalleryRenders(t *testing.T) {
	t.Parallel()
	states, err := pages.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	count := map[string]int{}
	for _, s := range states {
		if _, err := s.Render(); err != nil {
			t.Errorf("%s, %s: %v", s.Page, s.Name, err)
		}
		count[s.Page]++
	}
	for _, name := range pages.Names {
		if count[name] < 3 {
			t.Errorf("page %s has %d states in the gallery", name, count[name])
		}
	}
}

// TestGalleryInTheBrowser looks at the house's own pages; those of the sign-in
// and of the staff's accounts are looked at in their own packages.
func TestGalleryInTheBrowser(t *testing.T) {
	states, err := pages.Gallery()
	if err != nil {
		t.Fatal(err)
	}
	own := map[string]bool{}
	for _, name := range pages.Names {
		own[name] = !slices.Contains(personnel.Names, name)
	}
	kept := states[:0]
	for _, s := range states {
		if own[s.Page] {
			kept = append(kept, s)
		}
	}
	browsertest.CheckGallery(t, kept...)
}
