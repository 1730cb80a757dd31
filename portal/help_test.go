// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"
)

// TestH23HelpIsOpenAndKeepsNoQuery reads the handbook without a session, in the
// running house: its pages, a search, an unknown topic. What was looked for is
// nowhere kept.
func TestH23HelpIsOpenAndKeepsNoQuery(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	u := w.visitor()
	for path, want := range map[string]struct {
		status int
		text   string
	}{
		"/hilfe":                       {http.StatusOK, "Oft gefragt"},
		"/hilfe?q=Einmalkenwort":       {http.StatusOK, "/hilfe/einmalkennwort"},
		"/hilfe?q=qqqqqq":              {http.StatusOK, "Dazu steht nichts im Handbuch"},
		"/hilfe/fristen":               {http.StatusOK, "In Niedersachsen melden Sie"}, // of the profile
		"/hilfe/gibt-es-nicht":         {http.StatusNotFound, "Hilfe"},
		"/hilfe?q=Gruenwald+Anneliese": {http.StatusOK, "Gruenwald"},
	} {
		if got := u.get(path); got.status != want.status || !strings.Contains(got.body, want.text) {
			t.Errorf("%s answers %d without %q", path, got.status, want.text)
		}
	}
	if strings.Contains(w.log.String(), "Gruenwald") {
		t.Error("the log holds what was looked for")
	}
}
