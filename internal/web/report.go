// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"regexp"
	"sync"
	"time"
)

// reportPath is where browsers tell what the content security policy stopped.
const reportPath = "/csp-bericht"

// ReportRoute takes the browsers' reports of content the policy has stopped.
// It logs the directive only, at most 60 a minute, and always answers 204.
func ReportRoute() Route {
	limit := &perMinute{most: 60}
	return Route{Pattern: "POST " + reportPath, Roles: []Role{Public}, MaxBody: 16 << 10, Handler: func(r *Request) (Response, error) {
		if !limit.allow(r.Now()) {
			return Status(http.StatusNoContent), nil
		}
		var reports []struct {
			Body struct {
				Directive string `json:"effectiveDirective"`
			} `json:"body"`
		}
		if err := json.NewDecoder(r.Body).Decode(&reports); err != nil || len(reports) == 0 {
			return Status(http.StatusNoContent), nil
		}
		directive := reports[0].Body.Directive
		if !directiveName.MatchString(directive) {
			directive = "unknown"
		}
		r.Log().Warn("content security policy", "directive", directive, "reports", len(reports))
		return Status(http.StatusNoContent), nil
	}}
}

var directiveName = regexp.MustCompile(`^[a-z-]{3,30}$`)

// perMinute counts events in the running minute.
type perMinute struct {
	mu    sync.Mutex
	since time.Time
	count int
	most  int
}

func (p *perMinute) allow(now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if now.Sub(p.since) >= time.Minute {
		p.since, p.count = now, 0
	}
	p.count++
	return p.count <= p.most
}

// quiet replaces the text of net/http's own log lines.
type quiet struct{ slog.Handler }

// Handle writes the line without its text.
func (q quiet) Handle(ctx context.Context, record slog.Record) error {
	return q.Handler.Handle(ctx, slog.NewRecord(record.Time, record.Level, "connection trouble", 0))
}
