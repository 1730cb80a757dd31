// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
)

// accountCall is a call of `meldewerk account` as typed.
type accountCall struct {
	file, username, holder, roles, unit, recognised, format string
}

// accountAct is one thing that the operator can do with accounts on the host.
type accountAct struct {
	name  string
	needs []string // flags that must be given beside --config
	do    func(ctx context.Context, h opened, c accountCall, std streams) error
}

var accountActs = []accountAct{
	{"create", []string{"username", "role"}, createAccount},
	{"list", nil, listAccounts},
	{"roles", []string{"username", "role"}, setAccountRoles},
	{"password", []string{"username"}, issueAccountPassword},
	{"release", []string{"username", "recognised"}, releaseAccount},
	{"reset", []string{"username", "recognised"}, resetAccount},
	{"close", []string{"username"}, closeAccount},
}

// runAccount looks after accounts on the host: the first one of a house, and
// emergencies in which nobody can sign in. Everything else is done on the
// pages, by people who are named in the log.
func runAccount(ctx context.Context, args []string, std streams) error {
	var c accountCall
	set := flags("account")
	set.StringVar(&c.file, "config", "", "Konfigurationsdatei des Hauses")
	set.StringVar(&c.username, "username", "", "Benutzername, mindestens drei Zeichen")
	set.StringVar(&c.holder, "holder", "", "Name der Person, wie er in der Kopfzeile steht")
	set.StringVar(&c.roles, "role", "", "Rolle im Haus, zum Beispiel head; mehrere mit Komma")
	set.StringVar(&c.unit, "unit", "", "Kennung der Meldestelle (nur Meldeportal)")
	set.StringVar(&c.recognised, "recognised", "", "woran die Person erkannt wurde: in-person, call-back oder letter")
	set.StringVar(&c.format, "format", "text", "Ausgabe von list: text oder json")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) == 1 && (rest[0] == "portal" || rest[0] == "trustcentre" || rest[0] == "registry") {
		rest = []string{"create", rest[0]} // the form of the first release
	}
	if len(rest) != 2 || c.file == "" {
		return usage("nennen Sie, was zu tun ist (create, list, roles, password, release, reset oder close), das Haus und --config")
	}
	i := slices.IndexFunc(accountActs, func(a accountAct) bool { return a.name == rest[0] })
	if i < 0 {
		return usage("„%s“ gibt es nicht; wählen Sie create, list, roles, password, release, reset oder close", rest[0])
	}
	given := map[string]string{"username": c.username, "role": c.roles, "recognised": c.recognised}
	for _, name := range accountActs[i].needs {
		if given[name] == "" {
			return usage("für „%s“ fehlt --%s", rest[0], name)
		}
	}
	h, err := openHouse(ctx, rest[1], c.file)
	if err != nil {
		return err
	}
	return errors.Join(accountActs[i].do(ctx, h, c, std), h.close())
}

// rolesNamed reads the roles of the call and says in German which there are.
func rolesNamed(house account.House, text string) (account.Roles, error) {
	var list []account.Role
	for name := range strings.SplitSeq(text, ",") {
		list = append(list, account.Role(strings.TrimSpace(name)))
	}
	roles, err := account.NewRoles(house, list...)
	if err != nil {
		var known []string
		for _, r := range account.RolesOf(house) {
			known = append(known, fmt.Sprintf("%s (%s)", r, r.Title()))
		}
		return nil, usage("in diesem Haus gibt es die Rollen %s; nennen Sie jede einmal", strings.Join(known, ", "))
	}
	return roles, nil
}

func createAccount(ctx context.Context, h opened, c accountCall, std streams) error {
	roles, err := rolesNamed(h.house, c.roles)
	if err != nil {
		return err
	}
	switch {
	case h.house == account.Portal && c.unit == "" && roles.Has(account.RoleReporter, account.RoleUploader):
		return usage("ein Zugang von Meldenden gehört zu einer Meldestelle; nennen Sie sie mit --unit, oder lassen Sie den Zugang von der Vertrauensstelle anlegen")
	case h.house != account.Portal && c.unit != "":
		return usage("--unit gibt es nur im Meldeportal")
	}
	until := time.Now().Add(account.InitialPasswordLife)
	issued, err := signin.Create(ctx, h.accounts, account.NewHasher(), audit.System, signin.Person{
		House: h.house, Username: c.username, Holder: c.holder, Roles: roles, Unit: account.UnitID(c.unit),
		MustChange: true, Expires: until})
	if err != nil {
		return err
	}
	fmt.Fprintln(std.out, "Zugang angelegt.")
	tellPassword(std, issued.Username, issued.Password, until)
	return nil
}

// tellPassword prints a password, the only time that anybody sees it.
func tellPassword(std streams, name account.Username, password account.Password, until time.Time) {
	fmt.Fprintf(std.out, "Benutzername:   %s\nErstpasswort:   %s\nGilt bis:       %s\n", name, password.Reveal(), ui.Date(until))
	fmt.Fprintln(std.out, "Das Erstpasswort steht nur hier. Beim ersten Anmelden wird der zweite Faktor eingerichtet und ein eigenes Passwort gewählt.")
}

// subjectOf finds the account that the call names.
func subjectOf(ctx context.Context, h opened, c accountCall) (account.Account, error) {
	found, err := h.accounts.ByUsername(ctx, account.NormaliseUsername(c.username))
	if errors.Is(err, store.ErrNoAccount) {
		return found, errors.New("diesen Benutzernamen gibt es hier nicht; „meldewerk account list“ zeigt alle")
	}
	if err == nil && found.State == account.StateClosed {
		return found, errors.New("dieser Zugang ist geschlossen; legen Sie einen neuen an")
	}
	return found, err
}

func setAccountRoles(ctx context.Context, h opened, c accountCall, std streams) error {
	roles, err := rolesNamed(h.house, c.roles)
	if err != nil {
		return err
	}
	who, err := subjectOf(ctx, h, c)
	if err != nil {
		return err
	}
	if err := h.accounts.SetRoles(ctx, audit.System, who.ID, roles); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Rollen von %s: %s. Die Sitzungen sind beendet.\n", who.Username, titlesOf(roles))
	return nil
}

func titlesOf(roles account.Roles) string {
	titles := make([]string, len(roles))
	for i, r := range roles {
		titles[i] = r.Title()
	}
	return strings.Join(titles, ", ")
}

func issueAccountPassword(ctx context.Context, h opened, c accountCall, std streams) error {
	who, err := subjectOf(ctx, h, c)
	if err != nil {
		return err
	}
	password, until := account.NewInitialPassword(), time.Now().Add(account.InitialPasswordLife)
	hash, err := account.NewHasher().Hash(ctx, password)
	if err != nil {
		return err
	}
	if err := h.accounts.IssuePassword(ctx, audit.System, who.ID, hash, true, until); err != nil {
		return err
	}
	fmt.Fprintln(std.out, "Neues Passwort; das bisherige gilt nicht mehr, alle Sitzungen sind beendet.")
	tellPassword(std, who.Username, password, until)
	return nil
}

// recognition reads how the person was recognised.
func (c accountCall) recognition() (account.Recognition, error) {
	r := account.Recognition("recognised." + c.recognised)
	if !r.Known() {
		return "", usage("--recognised ist in-person, call-back oder letter")
	}
	return r, nil
}

func releaseAccount(ctx context.Context, h opened, c accountCall, std streams) error {
	recognised, err := c.recognition()
	if err != nil {
		return err
	}
	who, err := subjectOf(ctx, h, c)
	if err != nil {
		return err
	}
	if !who.CodeLocked {
		return errors.New("dieser Zugang ist nicht gesperrt; eine Sperre nach drei falschen Kennwörtern endet von selbst nach einer Minute")
	}
	if err := h.accounts.ReleaseLock(ctx, audit.System, who.ID, who.CodeLock, recognised); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Die Sperre von %s ist aufgehoben.\n", who.Username)
	return nil
}

func resetAccount(ctx context.Context, h opened, c accountCall, std streams) error {
	recognised, err := c.recognition()
	if err != nil {
		return err
	}
	who, err := subjectOf(ctx, h, c)
	if err != nil {
		return err
	}
	if err := h.accounts.ResetSecondFactor(ctx, audit.System, who.ID, recognised); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Der zweite Faktor von %s gilt nicht mehr, alle Sitzungen sind beendet. Beim nächsten Anmelden wird ein neuer eingerichtet.\n", who.Username)
	if who.CodeLocked {
		fmt.Fprintln(std.out, "Der Zugang ist außerdem gesperrt; „meldewerk account release“ hebt die Sperre auf.")
	}
	return nil
}

func closeAccount(ctx context.Context, h opened, c accountCall, std streams) error {
	who, err := subjectOf(ctx, h, c)
	if err != nil {
		return err
	}
	if err := h.accounts.Close(ctx, audit.System, who.ID); err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Der Zugang %s ist endgültig geschlossen.\n", who.Username)
	return nil
}

// listed is one account in the output of list.
type listed struct {
	Username   string         `json:"username"`
	Holder     string         `json:"holder"`
	Roles      []account.Role `json:"roles"`
	Unit       string         `json:"unit,omitempty"`
	State      account.State  `json:"state"`
	Locked     bool           `json:"locked"`
	Enrolled   bool           `json:"enrolled"`
	Passkeys   int            `json:"passkeys"`
	LastSignIn *time.Time     `json:"last_sign_in"` // nil: never
}

func listAccounts(ctx context.Context, h opened, c accountCall, std streams) error {
	if c.format != "text" && c.format != "json" {
		return usage("--format ist text oder json")
	}
	all, err := h.accounts.List(ctx)
	if err != nil {
		return err
	}
	if c.format == "json" {
		accounts := make([]listed, len(all))
		for i, who := range all {
			accounts[i] = listed{string(who.Username), who.Holder, who.Roles, string(who.Unit.ID), who.State, who.CodeLocked, who.Enrolled, who.Passkeys, nil}
			if !who.LastSignIn.IsZero() {
				accounts[i].LastSignIn = &all[i].LastSignIn
			}
		}
		return json.NewEncoder(std.out).Encode(map[string]any{"accounts": accounts})
	}
	if len(all) == 0 {
		fmt.Fprintln(std.out, "Dieses Haus hat noch keinen Zugang. „meldewerk account create“ legt den ersten an.")
		return nil
	}
	table := tabwriter.NewWriter(std.out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "Benutzername\tName\tRollen\tZustand\tZweiter Faktor\tLetzte Anmeldung")
	for _, who := range all {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", who.Username, who.Holder, titlesOf(who.Roles), stateOf(who), factorOf(who), signInOf(who))
	}
	return table.Flush()
}

func stateOf(who store.Staff) string {
	switch {
	case who.State == account.StateClosed:
		return "geschlossen"
	case who.CodeLocked:
		return "gesperrt"
	case who.State == account.StatePending:
		return "ohne Passwort"
	case who.Generated:
		return "wartet auf erste Anmeldung"
	}
	return "in Gebrauch"
}

func factorOf(who store.Staff) string {
	switch {
	case who.Passkeys > 0:
		return ui.Count(int64(who.Passkeys), "Passkey", "Passkeys")
	case who.Enrolled:
		return "App"
	}
	return "keiner"
}

func signInOf(who store.Staff) string {
	if who.LastSignIn.IsZero() {
		return "noch nie"
	}
	return ui.Moment(who.LastSignIn)
}
