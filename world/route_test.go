// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"flag"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"meldewerk/account"
	"meldewerk/exchange/wire"
	"meldewerk/internal/database"
	"meldewerk/internal/house"
	"meldewerk/internal/web"
)

var update = flag.Bool("update", false, "rewrite golden files")

// The roles of the matrix that are no roles of an account.
const (
	nobody  = "nobody"  // not signed in
	halfway = "halfway" // the password was right, the second factor is missing
)

// unknownID stands in the place of every id of a path. Nobody has it.
const unknownID = "AAAAAAAAAAAAAAAAAAAAAAAAAA"

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// crawler calls every route of a house in one role.
type crawler struct {
	*visitor
	who   seated
	stage string       // nobody, halfway or "" for somebody signed in
	keyed account.Role // a role that needs a passkey, given only once he is in
}

// fresh opens the visitor's session anew.
func (c *crawler) fresh() {
	c.p.t.Helper()
	c.cookies = map[string]string{}
	if c.stage == nobody {
		return
	}
	c.p.clock.Advance(31 * time.Second) // a code counts once
	if c.stage == halfway {
		if a := c.enter(c.who); a.status != http.StatusSeeOther {
			c.p.t.Fatalf("%s: half a sign-in: %d", c.house, a.status)
		}
		return
	}
	if c.keyed == "" {
		c.signIn(c.who)
		return
	}
	const change = `UPDATE account SET roles = $2 WHERE id = $1`
	c.p.intrude(c.house, change, string(c.who.id), string(account.RoleOperator))
	c.signIn(c.who)
	c.p.intrude(c.house, change, string(c.who.id), string(c.keyed))
}

// call calls one route with an unknown id and an empty form, in a session that
// no call before has ended.
func (c *crawler) call(route web.Route) answer {
	method, path, _ := strings.Cut(route.Pattern, " ")
	path = placeholder.ReplaceAllString(strings.TrimSuffix(path, "{$}"), unknownID)
	before := maps.Clone(c.cookies)
	a := c.do(method, path, urlencoded, "")
	if method == http.MethodPost && !maps.Equal(before, c.cookies) || method == http.MethodPost && c.stage == "" && !c.in() {
		c.fresh()
	}
	return a
}

// crowd are the crawlers of a house, one for each role.
func (p *plant) crowd(h wire.House, unit account.UnitID) map[string]*crawler {
	p.t.Helper()
	crowd := map[string]*crawler{nobody: {visitor: p.visitor(h), stage: nobody}}
	for _, role := range account.RolesOf(account.House(h)) {
		c := &crawler{visitor: p.visitor(h)}
		if account.NeedsPasskey(role) {
			c.keyed, role = role, account.RoleOperator
		}
		c.who = p.seat(h, "rolle."+string(role)+string(c.keyed), unit, true, role)
		crowd[string(cmp.Or(c.keyed, role))] = c
	}
	crowd[halfway] = &crawler{visitor: p.visitor(h), who: p.seat(h, "halb.drin", unit, true, account.RoleOperator), stage: halfway}
	return crowd
}

// TestC1W1W2EveryRouteAsEveryRole calls every route of the three houses in
// every role, without a session and with half of one.
//
// C1: the statuses are those of testdata/routes.txt; a route or role without a
// cell there fails. W1: every answer has the protective headers. W2: no GET of
// anybody changes what a house keeps.
func TestC1W1W2EveryRouteAsEveryRole(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	unit := p.unit(account.Unit{ID: "unit-eins", ReporterIDs: []string{"1"}, Released: true})
	var matrix bytes.Buffer
	for _, h := range all {
		of := account.UnitID("")
		if h == wire.Portal {
			of = unit.ID
		}
		crowd := p.crowd(h, of)
		roles := slices.Sorted(maps.Keys(crowd))
		cells := map[string]map[string]int{}
		table := web.Table(p.handler(h))
		if len(table) < 10 {
			t.Fatalf("%s shows %d routes", h, len(table))
		}
		for _, role := range roles {
			crowd[role].fresh()
			kept := fingerprint(t, p.ground(h))
			for _, method := range []string{http.MethodGet, http.MethodPost} {
				for _, route := range table {
					if route.Method() != method {
						continue
					}
					a := crowd[role].call(route)
					wantHeaders(t, h, route, a)
					if cells[route.Pattern] == nil {
						cells[route.Pattern] = map[string]int{}
					}
					cells[route.Pattern][role] = a.status
				}
				if now := fingerprint(t, p.ground(h)); method == http.MethodGet {
					for name, sum := range kept {
						if now[name] != sum {
							t.Errorf("W2: reading %s as %s changed the table %s", h, role, name)
						}
					}
				}
			}
		}
		writeMatrix(&matrix, h, roles, cells)
	}
	golden(t, filepath.Join("testdata", "routes.txt"), matrix.Bytes())
}

// writeMatrix writes role × route as a table for people.
func writeMatrix(out *bytes.Buffer, h wire.House, roles []string, cells map[string]map[string]int) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "%s\t%s\n", h, strings.Join(roles, "\t"))
	patterns := slices.Collect(maps.Keys(cells))
	slices.SortFunc(patterns, func(a, b string) int {
		_, pathA, _ := strings.Cut(a, " ")
		_, pathB, _ := strings.Cut(b, " ")
		return strings.Compare(pathA+a, pathB+b)
	})
	for _, pattern := range patterns {
		line := []string{pattern}
		for _, role := range roles {
			line = append(line, fmt.Sprint(cells[pattern][role]))
		}
		fmt.Fprintln(w, strings.Join(line, "\t"))
	}
	_ = w.Flush() // into memory
	out.WriteString("\n")
}

// golden compares with a committed file, or writes it after somebody has said
// that he will look at the difference.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	got = regexp.MustCompile(` +\n`).ReplaceAll(got, []byte("\n"))
	if *update {
		must(t, os.MkdirAll(filepath.Dir(name), 0o755))
		must(t, os.WriteFile(name, got, 0o644))
		return
	}
	want, err := os.ReadFile(name)
	must(t, err)
	if diff := gocmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (make golden after looking at it):\n%s", name, diff)
	}
}

// protective are the headers of every answer; a page may say more in those
// that end with a star.
var protective = map[string]string{
	"Strict-Transport-Security":    "max-age=31536000; includeSubDomains",
	"X-Content-Type-Options":       "nosniff",
	"Referrer-Policy":              "no-referrer",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Cache-Control":                "no-store",
}

func wantHeaders(t *testing.T, h wire.House, route web.Route, a answer) {
	t.Helper()
	for name, want := range protective {
		if got := a.header.Values(name); len(got) != 1 || got[0] != want {
			t.Errorf("W1: %s %s: %s is %q", h, route.Pattern, name, got)
		}
	}
	policy := a.header.Get("Content-Security-Policy")
	for _, part := range []string{"default-src 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(policy, part) {
			t.Errorf("W1: %s %s: the policy lacks %s", h, route.Pattern, part)
		}
	}
	for _, loose := range []string{"unsafe", "http:", "https:", "*"} {
		if strings.Contains(policy, loose) {
			t.Errorf("W1: %s %s: the policy says %s", h, route.Pattern, loose)
		}
	}
	if a.header.Get("Permissions-Policy") == "" || a.header.Get("Reporting-Endpoints") == "" {
		t.Errorf("W1: %s %s: a header is missing", h, route.Pattern)
	}
	for _, c := range (&http.Response{Header: a.header}).Cookies() {
		if !strings.HasPrefix(c.Name, "__Host-") || !c.Secure || !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" {
			t.Errorf("B1: %s %s sets a loose cookie %s", h, route.Pattern, c.Name)
		}
	}
}

// volatile are the tables in which reading leaves a trace on purpose: that
// somebody is there, what was read by whom, and keys made at their first use.
var volatile = []string{"session", "audit_entry", "audit_tree", "audit_leaf", "audit_tile", "audit_hash", "data_key"}

// fingerprint is a checksum of every other table of a house.
func fingerprint(t testing.TB, g *house.Ground) map[string]string {
	t.Helper()
	sums := map[string]string{}
	err := g.DB.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		names, err := texts(ctx, tx, `SELECT name FROM sqlite_master WHERE type = 'table'`)
		if err != nil {
			return err
		}
		for _, table := range names {
			columns, err := texts(ctx, tx, `SELECT '"' || name || '"' FROM pragma_table_info($1)`, table)
			if err != nil {
				return err
			}
			if slices.Contains(volatile, table) {
				continue
			}
			rows, err := texts(ctx, tx, fmt.Sprintf(`SELECT quote(%s) FROM %q`, strings.Join(columns, `) || ',' || quote(`), table))
			if err != nil {
				return err
			}
			slices.Sort(rows)
			sum := sha256.Sum256([]byte(strings.Join(rows, "\n")))
			sums[table] = hex.EncodeToString(sum[:])
		}
		return nil
	})
	must(t, err)
	return sums
}

// opaque is an id in a path.
var opaque = regexp.MustCompile(`[A-Z0-9]{16,}|[A-Za-z0-9_-]{20,}`)

// link finds the paths of the house in a page.
var link = regexp.MustCompile(`(?:href|action)="(/[^"#]*)"`)

// paths are the pages that a page leads to.
func paths(body string) []string {
	var found []string
	for _, m := range link.FindAllStringSubmatch(body, -1) {
		to, err := url.PathUnescape(strings.ReplaceAll(m[1], "&amp;", "&"))
		if err == nil && !slices.Contains(found, to) {
			found = append(found, to)
		}
	}
	return found
}
