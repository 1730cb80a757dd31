// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/wire"
	"meldewerk/internal/store"
	"meldewerk/registry"
	"meldewerk/world"
)

var printedPassword = regexp.MustCompile(`Erstpasswort:\s+(\S+)`)

// host calls `meldewerk account` for one house.
type host struct {
	t      *testing.T
	layout world.Layout
	house  wire.House
}

func (h host) account(act string, more ...string) result {
	h.t.Helper()
	return call(h.t, "", append([]string{"account", act, string(h.house), "--config", h.layout.ConfigFile(h.house)}, more...)...)
}

// TestA10AccountShowsTheFirstPasswordOnce: it is printed at its making and
// nowhere else, neither in a file nor by any later call.
func TestA10AccountShowsTheFirstPasswordOnce(t *testing.T) {
	t.Parallel()
	h := host{t, installation(t), wire.TrustCentre}
	made := h.account("create", "--username", "Leitung", "--holder", "Leitung der Vertrauensstelle", "--role", "head").want(t, exitDone)
	first := printedPassword.FindStringSubmatch(made.out)
	if first == nil || !strings.Contains(made.out, "leitung") || !strings.Contains(made.out, "Gilt bis") {
		t.Fatalf("output %q", made.out)
	}
	again := h.account("password", "--username", "leitung").want(t, exitDone)
	second := printedPassword.FindStringSubmatch(again.out)
	if second == nil || second[1] == first[1] {
		t.Fatalf("output %q", again.out)
	}
	for _, r := range []result{h.account("list"), h.account("list", "--format", "json"), h.account("roles", "--username", "leitung", "--role", "head,auditor"),
		h.account("reset", "--username", "leitung", "--recognised", "in-person"), h.account("close", "--username", "leitung")} {
		r.want(t, exitDone)
		if strings.Contains(r.out+r.err, first[1]) || strings.Contains(r.out+r.err, second[1]) {
			t.Error("a password is printed a second time")
		}
	}
	for name, content := range files(t, h.layout.Dir) {
		if strings.Contains(content, first[1]) || strings.Contains(content, second[1]) {
			t.Errorf("%s holds a password", name)
		}
	}
}

// TestAccountCallsAreGuided: what is missing or wrong is said in German, with
// what there is, and nothing is changed.
func TestAccountCallsAreGuided(t *testing.T) {
	t.Parallel()
	h := host{t, installation(t), wire.TrustCentre}
	h.account("create", "--username", "leitung", "--role", "head").want(t, exitDone)
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"name taken":     {[]string{"create", "--username", "Leitung", "--role", "head"}, "gibt es schon"},
		"name too short": {[]string{"create", "--username", "ab", "--role", "head"}, "3 bis 64 Zeichen"},
		"foreign role":   {[]string{"create", "--username", "andere", "--role", "uploader"}, "head (Leitung)"},
		"no such role":   {[]string{"create", "--username", "andere", "--role", "king"}, "adviser (Meldeberatung)"},
		"passkey role":   {[]string{"create", "--username", "andere", "--role", "approver"}, "Passkey"},
		"passkey roles":  {[]string{"roles", "--username", "leitung", "--role", "head,discloser"}, "Passkey"},
		"no role":        {[]string{"create", "--username", "andere"}, "--role"},
		"unit of staff":  {[]string{"create", "--username", "andere", "--role", "head", "--unit", "x"}, "nur im Meldeportal"},
		"unknown name":   {[]string{"release", "--username", "niemand", "--recognised", "letter"}, "gibt es hier nicht"},
		"not locked":     {[]string{"release", "--username", "leitung", "--recognised", "letter"}, "nicht gesperrt"},
		"not recognised": {[]string{"reset", "--username", "leitung"}, "--recognised"},
		"recognised how": {[]string{"reset", "--username", "leitung", "--recognised", "gut"}, "in-person"},
		"no such act":    {[]string{"delete", "--username", "leitung"}, "create, list"},
		"format":         {[]string{"list", "--format", "xml"}, "json"},
	} {
		r := h.account(c.args[0], c.args[1:]...).want(t, exitUsage)
		if !strings.Contains(r.err, c.says) {
			t.Errorf("%s: says %q", name, r.err)
		}
	}
	portal := host{t, h.layout, wire.Portal}
	if r := portal.account("create", "--username", "meldung", "--role", "reporter").want(t, exitUsage); !strings.Contains(r.err, "--unit") {
		t.Errorf("says %q", r.err)
	}
	portal.account("create", "--username", "meldung", "--role", "reporter", "--unit", "keine").want(t, exitUsage)
	var out struct {
		Accounts []listed `json:"accounts"`
	}
	r := h.account("list", "--format", "json").want(t, exitDone)
	if err := json.Unmarshal([]byte(r.out), &out); err != nil || len(out.Accounts) != 1 || out.Accounts[0].Username != "leitung" || out.Accounts[0].LastSignIn != nil {
		t.Errorf("%v: %q", err, r.out)
	}
	if r := portal.account("list").want(t, exitDone); !strings.Contains(r.out, "noch keinen Zugang") {
		t.Errorf("says %q", r.out)
	}
	// The call of the first release makes an account as well.
	call(t, "", "account", "registry", "--config", h.layout.ConfigFile(wire.Registry), "--username", "platz", "--role", "registrar").want(t, exitDone)
}

// TestH5AccountReleaseFreesALockedHead: when the only head has locked himself
// out, the host can help, and the log says so.
func TestH5AccountReleaseFreesALockedHead(t *testing.T) {
	t.Parallel()
	h := host{t, installation(t), wire.Registry}
	h.account("create", "--username", "leitung", "--role", "head").want(t, exitDone)
	tamper(t, h.layout, `UPDATE account SET otp_locked = TRUE, otp_lock = otp_lock + 1, otp_tries = 10, otp_locked_at = 1`)
	if r := h.account("list").want(t, exitDone); !strings.Contains(r.out, "gesperrt") {
		t.Errorf("says %q", r.out)
	}
	h.account("release", "--username", "leitung", "--recognised", "in-person").want(t, exitDone)
	h.account("release", "--username", "leitung", "--recognised", "in-person").want(t, exitUsage)
	config, err := registry.LoadConfig(h.layout.ConfigFile(wire.Registry))
	if err != nil {
		t.Fatal(err)
	}
	house, err := registry.Open(t.Context(), config, registry.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = house.Close() }() // nothing was written
	who, err := house.Accounts().ByUsername(t.Context(), "leitung")
	if err != nil || who.CodeLocked || who.CodesUsed != 0 {
		t.Errorf("%+v, %v", who, err)
	}
	entries, err := house.Ground().Audit.Entries(t.Context(), store.EntryFilter{Code: audit.AccountUnlocked, Limit: 10})
	if err != nil || len(entries) != 1 || entries[0].Entry.Act.Purpose != string(account.RecognisedInPerson) {
		t.Errorf("%v, %v", entries, err)
	}
}
