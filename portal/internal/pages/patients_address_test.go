// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"crypto/rand"
	"testing"

	"meldewerk/tumour"
)

// TestW4ForeignTumourStandsInNoAddress: a Tumor-ID of a source system may hold
// a number or a name, and may begin as ours do.
func TestW4ForeignTumourStandsInNoAddress(t *testing.T) {
	t.Parallel()
	if nextOn("R", tumour.SourceID("T-"+rand.Text())).Href == "" {
		t.Error("a tumour of our own has no further report")
	}
	for _, of := range []tumour.SourceID{"", "1", "T-4711", "T-Musterfrau-1951", "T-ABCDEFGHIJKLMNOPQRSTUVWXY"} {
		if href := nextOn("R", of).Href; href != "" {
			t.Errorf("the address is %s", href)
		}
	}
}
