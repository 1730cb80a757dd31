// SPDX-License-Identifier: EUPL-1.2

package world

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/internal/signin"
	ground "meldewerk/internal/store"
	"meldewerk/report"
	"meldewerk/synth"
)

// Login is an account of the demo with everything needed to sign in.
type Login struct {
	House      account.House `json:"house"`
	Role       string        `json:"role"`
	Username   string        `json:"username"`
	Password   string        `json:"password"`
	TOTPSecret *string       `json:"totp_secret"` // nil: was never signed in
}

// Seeding says how large the invented world is.
type Seeding struct {
	Patients int
	Seed     uint64
}

// Seed gives a fresh installation units, accounts and reports. The reports go
// the real way: packages uploaded over the portal's door, by accounts that are
// closed afterwards, so that no code of the demo's accounts is used up.
func (w *World) Seed(ctx context.Context, hasher *account.Hasher, s Seeding) ([]Login, error) {
	invented := synth.New(synth.Options{Seed: s.Seed, Patients: s.Patients, Today: calendar.Of(w.now())})
	units := invented.Units()
	var clinic, office []report.ReporterID
	for i, u := range units {
		if i%4 == 3 {
			office = append(office, u.ID)
		} else {
			clinic = append(clinic, u.ID)
		}
	}
	logins, hospital, practice, err := w.seedPortal(ctx, hasher, office)
	if err != nil {
		return nil, err
	}
	staff, err := w.seedStaff(ctx, hasher)
	if err != nil {
		return nil, err
	}
	logins = append(logins, staff...)
	if err := w.inquire(ctx, hasher, hospital, s); err != nil {
		return nil, fmt.Errorf("ask about a report: %w", err)
	}
	whole := func(o synth.Options) func(io.Writer) error {
		o.Today = calendar.Of(w.now())
		return func(to io.Writer) error { return synth.New(o).WriteXML(to, nil) }
	}
	for _, d := range []delivery{
		{hospital, submission.Real, "klinikum-meldungen.xml", whole(synth.Options{Seed: s.Seed, Patients: s.Patients, Only: clinic})},
		{practice, submission.Real, "praxis-meldungen.xml", whole(synth.Options{Seed: s.Seed, Patients: s.Patients, Only: office})},
		{hospital, submission.Test, "klinikum-probelauf.xml", whole(synth.Options{Seed: s.Seed + 1, Patients: max(s.Patients/4, 1), ErrorRate: 0.08})},
	} {
		if err := w.deliver(ctx, hasher, d); err != nil {
			return nil, fmt.Errorf("deliver package: %w", err)
		}
	}
	return logins, nil
}

func (w *World) now() time.Time {
	if w.options.Clock != nil {
		return w.options.Clock()
	}
	return time.Now()
}

// seedPortal gives the portal its units and people, by orders of the trust
// centre, and an application that waits. It tells the logins and the two units
// that deliver packages.
func (w *World) seedPortal(ctx context.Context, hasher *account.Hasher, office []report.ReporterID) ([]Login, account.UnitID, account.UnitID, error) {
	r, end, err := w.openReception(ctx, hasher)
	if err != nil {
		return nil, "", "", err
	}
	ids := make([]string, len(office))
	for i, id := range office {
		ids[i] = string(id)
	}
	facts := func(name, kind, street string) url.Values {
		return url.Values{"name": {name}, "art": {kind}, "strasse": {street}, "plz": {"01001"}, "ort": {"Musterstadt"}, "telefon": {"0000 4711-0"}, "system": {"tumour-documentation"}}
	}
	clinic := facts("Klinikum am Wallgraben, Tumordokumentation", "hospital", "Wallgraben 1")
	clinic.Set("alle_melder", "ja")
	clinic.Set("ik", "260100023")
	hospital, err := r.unit(ctx, clinic, nil, true)
	if err != nil {
		return nil, "", "", err
	}
	practice, err := r.unit(ctx, facts("Verbund der Praxen und Institute", "group-practice", "Ringstraße 12"), ids, true)
	if err != nil {
		return nil, "", "", err
	}
	newcomer, err := r.unit(ctx, facts("Praxis am Markt", "practice", "Am Markt 3"), []string{"999001"}, false)
	if err != nil {
		return nil, "", "", err
	}
	logins, err := r.access(ctx, []person{
		{"klinikum", "Tumordokumentation", "Dokumentation", hospital, enrolled},
		{"praxis", "Praxisverbund", "Dokumentation", practice, enrolled},
		{"neu", "Praxis am Markt", "Anmeldung", newcomer, handed},
		{"klinikum.vertretung", "Vertretung Tumordokumentation", "Vertretung", hospital, ordered},
		{"klinikum.pathologie", "Archiv Pathologie", "Archiv", hospital, sent},
		{"praxis.labor", "Labor des Praxisverbunds", "Labor", practice, locked},
	})
	if err != nil {
		return nil, "", "", fmt.Errorf("make accounts: %w", err)
	}
	if _, err := act(ctx, r.desk, "/leihgeraete", url.Values{"inventar": {"LG-001"}, "art": {"phone"}}); err != nil {
		return nil, "", "", err
	}
	if err := r.apply(ctx); err != nil {
		return nil, "", "", err
	}
	return logins, hospital, practice, end()
}

// seat is an account of the demo before it is made.
type seat struct {
	house    account.House
	username string
	holder   string
	unit     account.UnitID
	enrolled bool
	roles    []account.Role
}

// seedStaff makes the accounts of trust centre and registry, as the command on
// the host does.
func (w *World) seedStaff(ctx context.Context, hasher *account.Hasher) ([]Login, error) {
	var logins []Login
	for _, s := range []seat{
		{account.TrustCentre, "pruefung", "Prüfplatz 1", "", true, []account.Role{account.RoleInspector, account.RoleAdviser}},
		{account.TrustCentre, "leitung", "Leitung", "", true, []account.Role{account.RoleHead}},
		{account.Registry, "register", "Registerplatz 1", "", true, []account.Role{account.RoleRegistrar}},
	} {
		login, _, err := w.seat(ctx, hasher, s)
		if err != nil {
			return nil, err
		}
		logins = append(logins, login)
	}
	return logins, nil
}

func (w *World) accounts(h account.House) *ground.Accounts {
	switch h {
	case account.TrustCentre:
		return w.TrustCentre.Accounts()
	case account.Registry:
		return w.Registry.Accounts()
	}
	return w.Portal.Accounts()
}

func (w *World) seat(ctx context.Context, hasher *account.Hasher, s seat) (Login, account.ID, error) {
	person := signin.Person{House: s.house, Username: s.username, Holder: s.holder, Roles: s.roles, Unit: s.unit}
	if s.enrolled {
		person.Secret = account.NewSecret()
	}
	issued, err := signin.Create(ctx, w.accounts(s.house), hasher, audit.System, person)
	if err != nil {
		return Login{}, "", fmt.Errorf("make account: %w", err)
	}
	login := Login{House: s.house, Role: string(s.roles[0]), Username: string(issued.Username), Password: issued.Password.Reveal()}
	if s.enrolled {
		text := issued.Secret.Text()
		login.TOTPSecret = &text
	}
	return login, issued.ID, nil
}

// delivery is one package of the demo.
type delivery struct {
	unit  account.UnitID
	kind  submission.Kind
	name  string
	write func(to io.Writer) error
}

func (w *World) deliver(ctx context.Context, hasher *account.Hasher, d delivery) error {
	login, id, err := w.seat(ctx, hasher, seat{account.Portal, "lieferung-" + strings.TrimSuffix(d.name, ".xml"), "Einrichtung der Vorführung", d.unit, true, []account.Role{account.RoleUploader}})
	if err != nil {
		return err
	}
	client, err := w.signedIn(ctx, login)
	if err != nil {
		return err
	}
	if _, err := client.Upload(ctx, d.kind, d.name, d.write); err != nil {
		return err
	}
	return w.Portal.Accounts().Close(ctx, audit.System, id)
}

// URL is where a house answers people.
func (w *World) URL(h account.House) string {
	return "https://" + string(h) + ".localhost:" + w.port(h)
}

func (w *World) address(h account.House) string {
	switch h {
	case account.TrustCentre:
		return w.Layout.TrustCentre
	case account.Registry:
		return w.Layout.Registry
	}
	return w.Layout.Portal
}

func (w *World) port(h account.House) string {
	address := w.address(h)
	for i := len(address) - 1; i >= 0; i-- {
		if address[i] == ':' {
			return address[i+1:]
		}
	}
	return "443"
}

// Client makes a client of a house.
func (w *World) Client(h account.House) (*Client, error) {
	return w.Layout.NewClient(w.URL(h), w.address(h))
}

func (l Layout) loginsFile() string { return filepath.Join(l.Dir, "demo-logins.json") }

// WriteLogins keeps the demo's logins beside the installation, for the next start.
func (l Layout) WriteLogins(logins []Login) error {
	content, err := json.MarshalIndent(logins, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(l.loginsFile(), content, 0o600)
}

// ReadLogins reads them; an installation without them has none to show.
func (l Layout) ReadLogins() ([]Login, error) {
	content, err := os.ReadFile(l.loginsFile())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read logins: %w", err)
	}
	var logins []Login
	return logins, json.Unmarshal(content, &logins)
}
