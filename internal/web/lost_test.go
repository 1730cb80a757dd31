// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"strings"
	"testing"
)

// TestPostAfterTheSessionLeadsBackToItsPage: who signs in again is where the
// form was, and is told that it did not arrive; nothing of it is in the address.
func TestPostAfterTheSessionLeadsBackToItsPage(t *testing.T) {
	t.Parallel()
	page := func(pattern string) Route { return Route{Pattern: pattern, Roles: []Role{clerk}, Handler: hello} }
	h := open(t, page("GET /{$}"), page("GET /akten"), page("GET /akten/{akte}"), page("GET /akten/{akte}/{teil}"), page("POST /akten/{akte}/{teil}"),
		page("POST /akten/{akte}/notiz"), page("POST /akten/{akte}/teile/{teil}/entwurf"), page("POST /enden"))
	for path, want := range map[string]string{
		"/akten/7/befund":           "?verloren=ja&weiter=%2Fakten%2F7%2Fbefund",
		"/akten/7/notiz":            "?verloren=ja&weiter=%2Fakten%2F7",
		"/akten/7/teile/3/entwurf":  "?verloren=ja&weiter=%2Fakten%2F7",
		"/enden":                    "?verloren=ja",
		"/akten/7/befund?name=Kern": "?verloren=ja&weiter=%2Fakten%2F7%2Fbefund",
	} {
		got := h.do(post(path, "name=Grünwald"))
		if location := got.Header().Get("Location"); got.Code != 303 || location != "/anmelden"+want || strings.Contains(location, "name") {
			t.Errorf("%s: %d to %q", path, got.Code, location)
		}
	}
	if location := h.do(post("/enden", "")).Header().Get("Location"); location != "/anmelden" {
		t.Errorf("an empty post has lost nothing: %q", location)
	}
}
