// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"slices"
)

// tabled is the handler of a house that can show its routing table.
type tabled struct {
	http.Handler
	table []Route
}

// Table is the routing table of a handler that New has made, for the tests
// that hold it against the matrix of roles; nil for any other handler.
func Table(handler http.Handler) []Route {
	if t, made := handler.(tabled); made {
		return slices.Clone(t.table)
	}
	return nil
}
