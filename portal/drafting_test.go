// SPDX-License-Identifier: EUPL-1.2

package portal

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"meldewerk/envelope"
	"meldewerk/policy"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/portal/internal/drafting"
)

// TestUnreleasedUnitIsToldWhatBecomesOfItsReport: where real data are refused
// before the release, the sentence speaks of the report and not of test data.
func TestUnreleasedUnitIsToldWhatBecomesOfItsReport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "keys")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	keys, err := envelope.Generate(dir)
	if err != nil {
		t.Fatal(err)
	}
	var never struct{ dispatch.Store } // refused before anything is kept
	room, err := dispatch.New(never, []dispatch.Recipient{{Name: "trustcentre", Keys: keys}},
		policy.Profile{RealBeforeRelease: policy.RefuseReal}, dispatch.Limits{}, time.Now)
	if err != nil {
		t.Fatal(err)
	}
	_, err = formOutbox{room}.Deliver(t.Context(), drafting.Delivery{Actor: drafting.Actor{Unit: "unit-1"}})
	if !errors.Is(err, errUnreleased) {
		t.Errorf("%v", err)
	}
}
