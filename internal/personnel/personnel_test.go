// SPDX-License-Identifier: EUPL-1.2

package personnel_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/database"
	"meldewerk/internal/database/databasetest"
	"meldewerk/internal/house"
	"meldewerk/internal/personnel"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

const host = "trustcentre.localhost"

// office is a trust centre with nothing but sign-in and the desk.
type office struct {
	t        *testing.T
	at       atomic.Int64
	ground   *house.Ground
	accounts *store.Accounts
	hasher   *account.Hasher
	handler  http.Handler
}

func (o *office) now() time.Time       { return time.UnixMicro(o.at.Load()).UTC() }
func (o *office) pass(d time.Duration) { o.at.Add(d.Microseconds()) }

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// onBoth runs a test with an office on either engine.
func onBoth(t *testing.T, run func(t *testing.T, o *office)) {
	t.Helper()
	t.Parallel()
	if err := ui.CheckAssets(); err != nil {
		t.Skip(err)
	}
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); run(t, open(t, filepath.Join(t.TempDir(), "house.db"))) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); run(t, open(t, databasetest.PostgresDSN(t))) })
}

func open(t *testing.T, dsn string) *office {
	t.Helper()
	o := &office{t: t, hasher: account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}))}
	o.at.Store(time.Date(2026, 11, 2, 8, 0, 0, 0, time.UTC).UnixMicro())
	s := house.Settings{Name: "trustcentre", Database: dsn, Keys: filepath.Join(t.TempDir(), "keys"), Clock: o.now,
		Migrations: database.Migrations{Name: "test", Files: fstest.MapFS{"0001_thing.sql": {Data: []byte(`CREATE TABLE thing (id BIGINT NOT NULL PRIMARY KEY);`)}}}}
	must(t, house.Init(t.Context(), s))
	var err error
	o.ground, err = house.Open(t.Context(), s)
	must(t, err)
	t.Cleanup(func() { must(t, o.ground.Close()) })
	o.accounts, err = o.ground.OpenAccounts(t.Context(), account.TrustCentre)
	must(t, err)
	inside := func(*web.Request) (web.Response, error) { return web.Status(http.StatusNoContent), nil }
	o.handler, err = o.ground.Handler(house.Front{House: account.TrustCentre, Instance: "Krebsregister Musterland", Hosts: []string{host},
		Pages: personnel.Pages(fstest.MapFS{}), Names: personnel.Names, Nav: personnel.Nav(), Notices: personnel.Notices,
		Routes: append(personnel.New(account.TrustCentre, o.accounts, o.hasher).Routes(), web.Route{Pattern: "GET /{$}", Roles: []web.Role{web.SignedIn}, Handler: inside}),
		Hasher: o.hasher, Clock: o.now}, o.accounts, web.NewMetrics())
	must(t, err)
	return o
}

// seat gives somebody an account.
func (o *office) seat(username string, roles ...account.Role) signin.Issued {
	o.t.Helper()
	issued, err := signin.Create(o.t.Context(), o.accounts, o.hasher, audit.System, signin.Person{House: account.TrustCentre,
		Username: username, Holder: "Person " + username, Roles: roles, Secret: account.NewSecret()})
	must(o.t, err)
	return issued
}

// visitor is somebody with a browser.
type visitor struct {
	o       *office
	cookies map[string]string
}

func (o *office) signIn(i signin.Issued) *visitor {
	o.t.Helper()
	o.pass(31 * time.Second) // a code counts once
	v := &visitor{o, map[string]string{}}
	v.want(http.StatusSeeOther, v.post(signin.PathSignIn, "username", string(i.Username), "password", i.Password.Reveal()))
	v.want(http.StatusSeeOther, v.post(signin.PathCode, "otp", i.Secret.CodeAt(account.StepAt(o.now())).Reveal()))
	return v
}

func (v *visitor) do(method, path, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(context.Background(), method, "https://"+host+path, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range v.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer := httptest.NewRecorder()
	v.o.handler.ServeHTTP(answer, r)
	for _, c := range answer.Result().Cookies() {
		v.cookies[c.Name] = c.Value
	}
	return answer
}

func (v *visitor) get(path string) *httptest.ResponseRecorder { return v.do(http.MethodGet, path, "") }

func (v *visitor) post(path string, pairs ...string) *httptest.ResponseRecorder {
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return v.do(http.MethodPost, path, form.Encode())
}

func (v *visitor) want(status int, a *httptest.ResponseRecorder, words ...string) string {
	v.o.t.Helper()
	body := a.Body.String()
	if a.Code != status {
		v.o.t.Fatalf("status %d, want %d: %s", a.Code, status, headline.FindString(body))
	}
	for _, word := range words {
		if !strings.Contains(body, word) {
			v.o.t.Errorf("%q is not said", word)
		}
	}
	return body
}

func (o *office) roles(id account.ID) string {
	o.t.Helper()
	who, err := o.accounts.Account(o.t.Context(), id)
	must(o.t, err)
	return who.Roles.String()
}

var headline = regexp.MustCompile(`(?s)<main.*?</p>`)

var shownPassword = regexp.MustCompile(`id="passwort">([^<]+)<`)

// TestHeadLooksAfterStaff is the life of an account: made, handed over, used,
// locked, released, reset, given another role, closed.
func TestHeadLooksAfterStaff(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		ctx := t.Context()
		head := o.signIn(o.seat("leitung", account.RoleHead))
		a := head.post(personnel.PathNew, "person", "Arbeitsplatz 2", "benutzername", "platz.2", "rollen", "inspector", "rollen", "adviser")
		head.want(http.StatusSeeOther, a)
		path := a.Header().Get("Location")
		head.want(http.StatusOK, head.get(path), "Ohne Passwort", "Der Zugang ist angelegt", "Meldeberatung, Dokumentation")
		head.want(http.StatusUnprocessableEntity, head.post(personnel.PathNew, "person", "Noch einer", "benutzername", "Platz.2", "rollen", "inspector"), store.ErrUsernameTaken.Sentence)

		page := head.post(path + "/passwort")
		first := shownPassword.FindStringSubmatch(head.want(http.StatusOK, page, "platz.2"))
		if page.Header().Get("Cache-Control") != "no-store" {
			t.Error("the page with the password may be kept")
		}
		second := shownPassword.FindStringSubmatch(head.want(http.StatusOK, head.post(path+"/passwort")))
		if first == nil || second == nil || first[1] == second[1] {
			t.Fatal("no password, or the same twice")
		}
		if strings.Contains(head.want(http.StatusOK, head.get(path), "Wartet auf Anmeldung"), second[1]) {
			t.Error("the password is shown a second time")
		}
		fresh := &visitor{o, map[string]string{}}
		fresh.want(http.StatusUnprocessableEntity, fresh.post(signin.PathSignIn, "username", "platz.2", "password", first[1]))
		if to := fresh.post(signin.PathSignIn, "username", "platz.2", "password", second[1]).Header().Get("Location"); to != signin.PathEnrol {
			t.Errorf("the new password leads to %q", to)
		}

		id := account.ID(strings.TrimPrefix(path, personnel.PathList+"/"))
		head.want(http.StatusSeeOther, head.post(path+"/rollen", "rollen", "inspector"))
		if got := o.roles(id); got != "inspector" {
			t.Errorf("roles %q", got)
		}
		head.want(http.StatusSeeOther, head.post(path+"/schliessen"))
		head.want(http.StatusOK, head.get(path), "Geschlossen")
		for _, act := range []string{"rollen", "passwort", "sitzungen", "zweiter-faktor", "sperre", "schliessen"} {
			head.want(http.StatusConflict, head.post(path+"/"+act))
		}
		entries, err := o.ground.Audit.Entries(ctx, store.EntryFilter{Object: string(id), Limit: 100})
		must(t, err)
		var codes []audit.Code
		for _, e := range entries {
			codes = append(codes, e.Entry.Act.Code)
			if e.Entry.Act.Actor == audit.System {
				t.Errorf("%s names no person", e.Entry.Act.Code)
			}
		}
		for _, want := range []audit.Code{audit.AccountCreated, audit.PasswordReset, audit.AccountChanged, audit.AccountClosed} {
			if !slices.Contains(codes, want) {
				t.Errorf("%s is not in the log: %v", want, codes)
			}
		}
	})
}

// lock enters wrong codes until the access is locked.
func (o *office) lock(i signin.Issued) {
	o.t.Helper()
	v := &visitor{o, map[string]string{}}
	v.want(http.StatusSeeOther, v.post(signin.PathSignIn, "username", string(i.Username), "password", i.Password.Reveal()))
	wrong, now := "000000", account.StepAt(o.now())
	for _, step := range []account.Step{now - 1, now, now + 1} {
		if i.Secret.CodeAt(step).Reveal() == wrong {
			wrong = "999999"
		}
	}
	for range account.MaxCodes {
		v.post(signin.PathCode, "otp", wrong)
	}
	who, err := o.accounts.Account(o.t.Context(), i.ID)
	must(o.t, err)
	if !who.CodeLocked {
		o.t.Fatal("ten wrong codes did not lock")
	}
}

var lockNumber = regexp.MustCompile(`name="sperre" value="(\d+)"`)

// TestH5HeadReleasesTheVeryLock locks an account by ten wrong codes; the head
// releases that lock, and an older page cannot release a newer one.
func TestH5HeadReleasesTheVeryLock(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		clerk := o.seat("platz.2", account.RoleInspector)
		o.lock(clerk)
		head := o.signIn(o.seat("leitung", account.RoleHead))
		path := personnel.PathList + "/" + string(clerk.ID)
		head.want(http.StatusOK, head.get(path), "zehn falsche Einmalkennwörter", "Sperre aufheben")
		number := lockNumber.FindStringSubmatch(head.want(http.StatusOK, head.get(path+"/sperre")))
		if number == nil {
			t.Fatal("the page names no lock")
		}
		head.want(http.StatusUnprocessableEntity, head.post(path+"/sperre", "sperre", number[1]), "woran Sie die Person erkannt haben")
		head.want(http.StatusSeeOther, head.post(path+"/sperre", "sperre", number[1], "erkannt", string(account.RecognisedInPerson)))
		o.signIn(clerk)
		o.lock(clerk)
		head.want(http.StatusConflict, head.post(path+"/sperre", "sperre", number[1], "erkannt", string(account.RecognisedInPerson)))
		entries, err := o.ground.Audit.Entries(t.Context(), store.EntryFilter{Code: audit.AccountUnlocked, Limit: 10})
		must(t, err)
		if len(entries) != 1 || entries[0].Entry.Act.Purpose != string(account.RecognisedInPerson) || entries[0].Entry.Act.Actor == audit.System {
			t.Errorf("the log says %+v", entries)
		}
	})
}

// TestA13HeadResetsTheSecondFactor: the old codes are dead and the sessions
// ended with the act.
func TestA13HeadResetsTheSecondFactor(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		clerk := o.seat("platz.2", account.RoleInspector)
		working := o.signIn(clerk)
		head := o.signIn(o.seat("leitung", account.RoleHead))
		path := personnel.PathList + "/" + string(clerk.ID) + "/zweiter-faktor"
		head.want(http.StatusOK, head.get(path), "gelten sofort nicht mehr")
		head.want(http.StatusUnprocessableEntity, head.post(path))
		head.want(http.StatusUnprocessableEntity, head.post(path, "erkannt", "gar nicht"))
		working.want(http.StatusNoContent, working.get("/"))
		head.want(http.StatusSeeOther, head.post(path, "erkannt", string(account.RecognisedByCallBack)))
		working.want(http.StatusSeeOther, working.get("/"))
		o.pass(31 * time.Second)
		again := &visitor{o, map[string]string{}}
		if to := again.post(signin.PathSignIn, "username", "platz.2", "password", clerk.Password.Reveal()).Header().Get("Location"); to != signin.PathEnrol {
			t.Errorf("after the reset the password leads to %q", to)
		}
	})
}

// TestA14PasskeyRolesWaitForAPasskey: a role that needs a passkey is neither
// offered nor given before there is one.
func TestA14PasskeyRolesWaitForAPasskey(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		head := o.signIn(o.seat("leitung", account.RoleHead))
		clerk := o.seat("platz.2", account.RoleInspector)
		path := personnel.PathList + "/" + string(clerk.ID) + "/rollen"
		for _, role := range account.RolesOf(account.TrustCentre) {
			if !account.NeedsPasskey(role) {
				continue
			}
			if strings.Contains(head.want(http.StatusOK, head.get(path), "Erst mit Passkey"), `value="`+string(role)+`"`) {
				t.Errorf("%s is offered to somebody without a passkey", role)
			}
			head.want(http.StatusUnprocessableEntity, head.post(path, "rollen", string(role)), "braucht einen Passkey")
			head.want(http.StatusUnprocessableEntity, head.post(personnel.PathNew, "person", "P", "benutzername", "neu."+string(role), "rollen", string(role)), "braucht einen Passkey")
		}
		if got := o.roles(clerk.ID); got != string(account.RoleInspector) {
			t.Errorf("roles %q", got)
		}
		must(t, o.ground.DB.InTx(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("the hand of a test")
			_, err := tx.ExecContext(ctx, `INSERT INTO passkey (id, account_id, credential_hash, credential, label, added_at) VALUES ('k', $1, $2, $3, 'Probe', 1)`,
				string(clerk.ID), make([]byte, 32), []byte("sealed"))
			return err
		}))
		head.want(http.StatusSeeOther, head.post(path, "rollen", string(account.RoleDiscloser), "rollen", string(account.RoleInspector)))
		if got := o.roles(clerk.ID); got != "discloser inspector" {
			t.Errorf("roles %q", got)
		}
	})
}

// TestNobodyActsOnHisOwnAccount posts every act at one's own account.
func TestNobodyActsOnHisOwnAccount(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		seat := o.seat("leitung", account.RoleHead)
		head := o.signIn(seat)
		path := personnel.PathList + "/" + string(seat.ID)
		head.want(http.StatusOK, head.get(path), "eigener Zugang")
		for _, act := range []string{"rollen", "passwort", "sitzungen", "zweiter-faktor", "sperre", "schliessen"} {
			head.want(http.StatusForbidden, head.get(path+"/"+act), personnel.ErrOwn.Sentence)
			pairs := []string{"erkannt", string(account.RecognisedInPerson), "sperre", "1"}
			switch act {
			case "rollen":
				pairs = []string{"rollen", "adviser"}
			case "passwort":
				pairs = nil
			}
			head.want(http.StatusForbidden, head.post(path+"/"+act, pairs...), personnel.ErrOwn.Sentence)
		}
		head.want(http.StatusNoContent, head.get("/"))
	})
}

// TestB5StaffActsWantAFreshCode: after five minutes every page of an act asks
// for a code, and the direct post is refused.
func TestB5StaffActsWantAFreshCode(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		head := o.signIn(o.seat("leitung", account.RoleHead))
		clerk := o.seat("platz.2", account.RoleInspector)
		o.pass(account.FreshFor + time.Second)
		path := personnel.PathList + "/" + string(clerk.ID)
		head.want(http.StatusOK, head.get(path))
		for _, act := range []string{personnel.PathNew, path + "/rollen", path + "/passwort", path + "/sitzungen", path + "/zweiter-faktor", path + "/schliessen"} {
			if a := head.get(act); a.Code != http.StatusSeeOther || !strings.HasPrefix(a.Header().Get("Location"), signin.PathCode) {
				t.Errorf("GET %s: %d to %q", act, a.Code, a.Header().Get("Location"))
			}
			head.want(http.StatusForbidden, head.post(act), signin.ErrNotFresh.Sentence)
		}
		if who, err := o.accounts.Account(t.Context(), clerk.ID); err != nil || who.State != account.StateActive || !who.Enrolled {
			t.Errorf("%+v, %v", who.State, err)
		}
	})
}

// TestW5FormsTakeTheirFieldsOnly posts more than the forms have.
func TestW5FormsTakeTheirFieldsOnly(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		head := o.signIn(o.seat("leitung", account.RoleHead))
		clerk := o.seat("platz.2", account.RoleInspector)
		path := personnel.PathList + "/" + string(clerk.ID)
		for _, c := range [][]string{
			{personnel.PathNew, "person", "P", "benutzername", "neu", "rollen", "inspector", "role", "admin"},
			{personnel.PathNew, "person", "P", "person", "Q", "benutzername", "neu", "rollen", "inspector"},
			{personnel.PathNew, "person", "P", "benutzername", "neu", "rollen", "king"},
			{personnel.PathNew, "person", "P", "benutzername", "neu", "rollen", "reporter"},
			{personnel.PathNew, "person", "P", "benutzername", "neu", "rollen", "inspector", "rollen", "newcomer"},
			{path + "/rollen", "rollen", "head", "id", "x"}, {path + "/rollen"},
			{path + "/passwort", "password", "Selbst gewählt und lang"},
			{path + "/schliessen", "role", "admin"},
		} {
			head.want(http.StatusUnprocessableEntity, head.post(c[0], c[1:]...))
		}
		if all, err := o.accounts.List(t.Context()); err != nil || len(all) != 2 || o.roles(clerk.ID) != "inspector" {
			t.Errorf("%d accounts, %v", len(all), err)
		}
	})
}

// TestC1DeskIsForTheHead walks every page as every other role.
func TestC1DeskIsForTheHead(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		id := string(o.seat("platz.2", account.RoleInspector).ID)
		for _, role := range account.RolesOf(account.TrustCentre) {
			if role == account.RoleHead || account.NeedsPasskey(role) {
				continue
			}
			v := o.signIn(o.seat("rolle."+string(role), role))
			for _, route := range personnel.New(account.TrustCentre, o.accounts, o.hasher).Routes() {
				method, path, _ := strings.Cut(route.Pattern, " ")
				want := http.StatusForbidden
				if role == account.RoleAuditor && path == personnel.PathRoles {
					want = http.StatusOK
				}
				v.want(want, v.do(method, strings.ReplaceAll(path, "{id}", id), ""))
			}
		}
	})
}

// TestPageOfAnUnknownAccountIsUnknown gives ids that nobody has.
func TestPageOfAnUnknownAccountIsUnknown(t *testing.T) {
	onBoth(t, func(t *testing.T, o *office) {
		head := o.signIn(o.seat("leitung", account.RoleHead))
		for _, path := range []string{"/x", "/x/rollen", "/x/schliessen", "/" + strings.Repeat("A", 26) + "/passwort"} {
			head.want(http.StatusNotFound, head.get(personnel.PathList+path))
		}
		head.want(http.StatusNotFound, head.post(personnel.PathList+"/x/schliessen"))
		head.want(http.StatusOK, head.get(personnel.PathRoles), "Wer welche Rolle hat", "Person leitung")
	})
}
