// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"meldewerk/report"
)

// TestForgetShowsEachReportAsItStands holds reading into used memory against
// reading into new: whoever inspects sees the same, and afterwards nothing.
func TestForgetShowsEachReportAsItStands(t *testing.T) {
	t.Parallel()
	big := string(bigPackage(t, 300_000))
	docs := []string{big,
		big[:len(big)/2],
		strings.Replace(big, "<Nachname>", "<Nachname>\x01", 15),
		strings.Replace(big, "</Diagnose>", "</Diagnos>", 3),
		strings.ReplaceAll(big, "</Patient>", "</Patient >"),
	}
	for _, doc := range samples3(t) {
		docs = append(docs, string(doc))
	}
	for i, doc := range docs {
		fresh := seen(t, doc, Options{Workers: 1})
		if i == 0 && len(fresh) < 50 {
			t.Fatalf("only %d reports: the test proves little", len(fresh))
		}
		for _, o := range []Options{{Workers: 1, Forget: true}, {Workers: 3, Forget: true, pieceSize: 3000}} {
			if diff := cmp.Diff(fresh, seen(t, doc, o)); diff != "" {
				t.Fatalf("document %d, %d workers: %s", i, o.Workers, diff)
			}
		}
		kept := read(t, strings.NewReader(doc), Options{Workers: 1})
		forgot := read(t, strings.NewReader(doc), Options{Workers: 2, Forget: true, pieceSize: 5000})
		if kept.everything() != forgot.everything() || !reflect.DeepEqual(kept.pkg, forgot.pkg) {
			t.Errorf("document %d: the findings or the frame differ", i)
		}
		for _, item := range forgot.items {
			if item.Report != nil {
				t.Fatalf("document %d: report %d is still there", i, item.Position)
			}
		}
	}
}

// seen is what InspectPatient sees of each report, with its ids, written down
// at that moment. Pieces that are read again are seen again.
func seen(t *testing.T, doc string, o Options) map[string]bool {
	t.Helper()
	var lock sync.Mutex
	all := map[string]bool{}
	o.InspectPatient = func(_ *report.Package, items []*Item) {
		for _, item := range items {
			text, err := json.Marshal(item.Report)
			if err != nil {
				t.Error(err)
			}
			lock.Lock()
			all[string(item.ID)+" "+string(item.Patient)+" "+string(text)] = true
			lock.Unlock()
		}
	}
	read(t, bytes.NewReader([]byte(doc)), o)
	return all
}
