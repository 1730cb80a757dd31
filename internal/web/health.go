// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"net/http"
	"time"
)

// Healthz is the route that says the process is alive.
func Healthz() Route {
	return Route{Pattern: "GET /healthz", Roles: []Role{Public}, Handler: func(*Request) (Response, error) {
		return JSON(map[string]string{"status": "ok"}), nil
	}}
}

// Check is one thing a house needs to work: database, keys, neighbour.
type Check struct {
	Name string
	Test func(context.Context) error
}

// Readyz is the route that says whether the house can work. Strangers learn
// only yes or no; which check did not pass stands in the log.
func Readyz(checks ...Check) Route {
	return Route{Pattern: "GET /readyz", Roles: []Role{Public}, Handler: func(r *Request) (Response, error) {
		ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
		defer cancel()
		for _, c := range checks {
			if err := c.Test(ctx); err != nil {
				r.Log().Warn("not ready", "check", c.Name, "error", err.Error())
				return JSONStatus(http.StatusServiceUnavailable, map[string]string{"status": "not ready"}), nil
			}
		}
		return JSON(map[string]string{"status": "ready"}), nil
	}}
}
