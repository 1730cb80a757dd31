// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"strings"
	"testing"

	"meldewerk/exchange/submission"
	"meldewerk/portal/internal/drafting"
)

// TestStateOfAVersionIsTrueBesideTheLaterOnes: a version that was refused does
// not count, what was replaced is not said to stand, and nobody is told to mend
// an old version.
func TestStateOfAVersionIsTrueBesideTheLaterOnes(t *testing.T) {
	t.Parallel()
	sent := galleryDraft(drafting.Submitted).Sent // the days are 12.11. and 20.11.
	for name, c := range map[string]struct {
		first, second submission.State
		revised       string // what is said while the next one is being edited
		old           string // of the first version
	}{
		"handed in":              {submission.Completed, "", "Es gilt die Fassung vom 20.11.2026, bis", "Ersetzt durch eine spätere Fassung."},
		"finished":               {submission.Completed, submission.Completed, "Es gilt die Fassung vom 20.11.2026, bis", "Ersetzt durch eine spätere Fassung."},
		"mended":                 {submission.Refused, submission.Forwarded, "Es gilt die Fassung vom 20.11.2026, bis", "hat diese Fassung abgewiesen."},
		"refused":                {submission.Completed, submission.Refused, "Es gilt weiter die vom 12.11.2026, bis", "Diese Fassung gilt weiter"},
		"refused after all":      {submission.Outdated, submission.Refused, "Die Meldung fehlt dem Register", "Ersetzt durch eine spätere Fassung."},
		"refused from the first": {submission.Refused, submission.Refused, "Die Meldung fehlt dem Register", "hat diese Fassung abgewiesen."},
	} {
		f := galleryDraft(drafting.Revised)
		f.Sent = []drafting.Sent{sent[0], sent[1]}
		f.Sent[0].Progress, f.Sent[1].Progress = c.first, c.second
		if _, sentence := formState(f); !strings.Contains(sentence, c.revised) {
			t.Errorf("%s, being edited: %s", name, sentence)
		}
		page := newVersionsPage(codebook{}, f)
		if got := page.Versions[1].Hint; !strings.Contains(got, c.old) || strings.Contains(got, "Berichtigen") {
			t.Errorf("%s, the first version: %s", name, got)
		}
		f.Sheet = nil
		if _, sentence := formState(f); strings.Contains(sentence, "gilt weiter die Fassung vom 12.11.2026") != (name == "refused") {
			t.Errorf("%s, handed in: %s", name, sentence)
		}
	}
}

// TestReportWaitsForTheCorrectionOfItsPerson: while another person is being put
// in its place, the page offers no button that would be refused.
func TestReportWaitsForTheCorrectionOfItsPerson(t *testing.T) {
	t.Parallel()
	for why, waits := range map[drafting.Correction]bool{drafting.NoCorrection: false, drafting.Spelling: false, drafting.WrongPerson: true, drafting.Missing: true} {
		r := galleryFormRecord(true)
		r.Correction = why
		page := newCheckPage(codebook{}, galleryChecked(galleryDraft(drafting.Revised), r, false, false), nil)
		if page.Ready == waits || (page.Correct == recordHref(r.ID)) != waits {
			t.Errorf("correction %q: ready %v, leads to %q", why, page.Ready, page.Correct)
		}
	}
}

// TestMissingReportsGoOnToTheNextPage: a list that is cut says so.
func TestMissingReportsGoOnToTheNextPage(t *testing.T) {
	t.Parallel()
	all := slices.Repeat(galleryMissing(), missingPages*25+1)
	first, second, last := newMissingPage(all[:51], 1, galleryNow), newMissingPage(all[:71], 2, galleryNow), newMissingPage(all, missingPages, galleryNow)
	if len(first.Missing) != 50 || len(first.Pages) != 1 || first.Pages[0].Href != "/historie/fehlend?seite=2" || first.Cut == "" {
		t.Errorf("first page: %d, %v, %q", len(first.Missing), first.Pages, first.Cut)
	}
	if len(second.Missing) != 21 || len(second.Pages) != 1 || second.Pages[0].Href != "/historie/fehlend" {
		t.Errorf("second page: %d, %v", len(second.Missing), second.Pages)
	}
	if len(last.Missing) != 50 || len(last.Pages) != 1 || !strings.Contains(last.Cut, "noch mehr") {
		t.Errorf("last page: %d, %v, %q", len(last.Missing), last.Pages, last.Cut)
	}
	if short := newMissingPage(all[:2], 1, galleryNow); short.Cut != "" || short.Pages != nil {
		t.Errorf("a short list: %v, %q", short.Pages, short.Cut)
	}
}
