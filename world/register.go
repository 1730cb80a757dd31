// SPDX-License-Identifier: EUPL-1.2

package world

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/signin"
)

// reception is an adviser of the trust centre at work: what the demo holds of
// reporting units and their people is entered on the pages, and reaches the
// portal as orders.
type reception struct {
	*World
	desk   *Client
	hasher *account.Hasher
}

// openReception signs a throw-away adviser in; end closes the account.
func (w *World) openReception(ctx context.Context, hasher *account.Hasher) (*reception, func() error, error) {
	login, id, err := w.seat(ctx, hasher, seat{account.TrustCentre, "einrichtung", "Einrichtung der Vorführung", "", true,
		[]account.Role{account.RoleAdviser, account.RoleInspector}})
	if err != nil {
		return nil, nil, err
	}
	desk, err := w.signedIn(ctx, login)
	if err != nil {
		return nil, nil, err
	}
	return &reception{w, desk, hasher}, func() error { return w.TrustCentre.Accounts().Close(ctx, audit.System, id) }, nil
}

// signedIn is a client in which the login is signed in.
func (w *World) signedIn(ctx context.Context, login Login) (*Client, error) {
	client, err := w.Client(login.House)
	if err != nil {
		return nil, err
	}
	secret, err := account.ParseSecret(*login.TOTPSecret)
	if err != nil {
		return nil, err
	}
	return client, client.SignIn(ctx, login.Username, login.Password, secret, w.now())
}

// act posts a form and gives the path to which the page leads on.
func act(ctx context.Context, c *Client, path string, form url.Values) (string, error) {
	to, err := c.post(ctx, path, form)
	if err != nil {
		return "", err
	}
	if to == "" {
		return "", fmt.Errorf("the page %s did not take what the demo entered", path)
	}
	to, _, _ = strings.Cut(to, "?")
	return to, nil
}

// unit enters a Meldestelle and gives its key; reporters are its Melder_IDs.
func (r *reception) unit(ctx context.Context, facts url.Values, reporters []string, release bool) (account.UnitID, error) {
	facts.Set("melder_id", strings.Join(reporters, "\n"))
	path, err := act(ctx, r.desk, "/einrichtungen/neu", facts)
	if err != nil {
		return "", err
	}
	if release {
		if _, err := act(ctx, r.desk, path+"/freigabe", url.Values{"freigabe": {"freigeben"}}); err != nil {
			return "", err
		}
	}
	return account.UnitID(path[strings.LastIndexByte(path, '/')+1:]), nil
}

// person is somebody who is to get a Zugang at the portal.
type person struct {
	username, name, function string
	unit                     account.UnitID
	stage                    stage
}

// stage is how far an access of the demo has come.
type stage int

const (
	ordered  stage = iota // the letter waits to be printed
	sent                  // the letter is on its way; its password is told to nobody
	handed                // the letter is there: somebody can sign in for the first time
	enrolled              // a second factor is set up
	locked                // by ten wrong codes
)

// access orders the Zugänge and takes each as far as its stage says. It gives
// the logins of those with whom somebody can sign in.
func (r *reception) access(ctx context.Context, people []person) ([]Login, error) {
	paths := make([]string, len(people))
	var err error
	for i, p := range people {
		paths[i], err = act(ctx, r.desk, "/konten/neu", url.Values{"name": {p.name}, "funktion": {p.function}, "telefon": {"0000 4711-12"},
			"einrichtungen": {string(p.unit)}, "benutzername": {p.username}, "rollen": {string(account.RoleReporter), string(account.RoleUploader)}})
		if err != nil {
			return nil, err
		}
	}
	for i, p := range people {
		if p.stage != ordered {
			if err := r.letter(ctx, paths[i]); err != nil {
				return nil, err
			}
		}
	}
	var logins []Login
	for i, p := range people {
		if p.stage == ordered || p.stage == sent {
			continue
		}
		login, err := r.hand(ctx, account.ID(paths[i][strings.LastIndexByte(paths[i], '/')+1:]), p)
		if err != nil {
			return nil, err
		}
		if p.stage != locked {
			logins = append(logins, login)
		}
	}
	return logins, nil
}

var letterID = regexp.MustCompile(`name="schreiben" value="([A-Z0-9]+)"`)

// letter prints and sends a letter, as soon as the order has arrived.
func (r *reception) letter(ctx context.Context, path string) error {
	return r.until(ctx, "a letter is printed", func() (bool, error) {
		if _, err := r.desk.post(ctx, path+"/schreiben", nil); err != nil {
			return false, err
		}
		page, _, err := r.desk.Get(ctx, path)
		if err != nil {
			return false, err
		}
		found := letterID.FindSubmatch(page)
		if found == nil {
			return false, nil
		}
		_, err = act(ctx, r.desk, path+"/versand", url.Values{"schreiben": {string(found[1])}})
		return true, err
	})
}

// hand gives somebody a way in that the demo can tell. The letter's password
// is on paper; once it has arrived at the portal, it is replaced by one that
// the demo knows, as the operator on the host could do it.
func (r *reception) hand(ctx context.Context, id account.ID, p person) (Login, error) {
	accounts := r.Portal.Accounts()
	err := r.until(ctx, "the password of a letter arrives", func() (bool, error) {
		who, err := accounts.Account(ctx, id)
		return err == nil && who.State == account.StateActive, err
	})
	if err != nil {
		return Login{}, err
	}
	password, first, expires := account.NewInitialPassword(), p.stage == handed, time.Time{}
	hash, err := r.hasher.Hash(ctx, password)
	if err != nil {
		return Login{}, err
	}
	if first {
		expires = r.now().Add(account.InitialPasswordLife)
	}
	if err := accounts.IssuePassword(ctx, audit.System, id, hash, first && r.Layout.Profile != "hessen", expires); err != nil {
		return Login{}, err
	}
	login := Login{House: account.Portal, Role: string(account.RoleReporter), Username: p.username, Password: password.Reveal()}
	if first {
		return login, nil
	}
	return r.enrol(ctx, login, p.stage == locked)
}

// until tries again until something is done, because the houses give no sign.
func (r *reception) until(ctx context.Context, what string, done func() (bool, error)) error {
	for range 300 {
		is, err := done()
		if err != nil || is {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return fmt.Errorf("not within half a minute: %s", what)
}

var secretShown = regexp.MustCompile(`id="schluessel">([A-Z2-7 ]+)<`)

// enrol sets up the second factor with the code of the step before, which
// every house still takes: the present one stays for whoever uses the demo.
func (r *reception) enrol(ctx context.Context, login Login, lock bool) (Login, error) {
	client, err := r.Client(account.Portal)
	if err != nil {
		return Login{}, err
	}
	enter := url.Values{"username": {login.Username}, "password": {login.Password}}
	if to, err := act(ctx, client, signin.PathSignIn, enter); err != nil || to != signin.PathEnrol {
		return Login{}, errors.Join(err, ErrSignIn)
	}
	page, status, err := client.Get(ctx, signin.PathEnrol)
	if err != nil {
		return Login{}, err
	}
	shown := secretShown.FindSubmatch(page)
	if status != http.StatusOK || shown == nil {
		return Login{}, errors.New("the portal shows no second factor")
	}
	secret, err := account.ParseSecret(string(shown[1]))
	if err != nil {
		return Login{}, err
	}
	if _, err := act(ctx, client, signin.PathEnrol, url.Values{"otp": {secret.CodeAt(account.StepAt(r.now()) - 1).Reveal()}}); err != nil {
		return Login{}, err
	}
	text := secret.Text()
	login.TOTPSecret = &text
	if !lock {
		return login, nil
	}
	if _, err := act(ctx, client, signin.PathSignIn, enter); err != nil {
		return Login{}, err
	}
	wrong := secret.CodeAt(account.StepAt(r.now()) - 1000).Reveal()
	for range account.MaxCodes {
		if _, err := client.post(ctx, signin.PathCode, url.Values{"otp": {wrong}}); err != nil {
			return Login{}, err
		}
	}
	return Login{}, nil
}

// apply sends an application for access in, which waits at the trust centre.
func (r *reception) apply(ctx context.Context) error {
	client, err := r.Client(account.Portal)
	if err != nil {
		return err
	}
	for _, step := range []struct {
		path string
		form url.Values
	}{
		{"/zugang", nil},
		{"/zugang/antrag/art", url.Values{"kind": {"practice"}}},
		{"/zugang/antrag/name", url.Values{"facility": {"Praxis am Stadtgraben"}}},
		{"/zugang/antrag/anschrift", url.Values{"street": {"Stadtgraben 7"}, "postal_code": {"01001"}, "place": {"Musterstadt"}}},
		{"/zugang/antrag/nummern", url.Values{"bsnr": {"171234500"}, "ik": {""}}},
		{"/zugang/antrag/system", url.Values{"system": {"practice-system"}, "software": {""}}},
		{"/zugang/antrag/meldeweg", url.Values{"channel": {"both"}}},
		{"/zugang/antrag/anlaesse", url.Values{"occasions": {"diagnosis", "surgery", "course"}}},
		{"/zugang/antrag/verantwortung", url.Values{"physician": {"Praxisinhaberin"}}},
		{"/zugang/antrag/person", url.Values{"name": {"Anmeldung Stadtgraben"}, "function": {"Dokumentation"}, "phone": {"0000 4711-70"}, "email": {""}, "roles": {"reporter"}}},
		{"/zugang/antrag/bemerkung", url.Values{"remark": {""}}},
		{"/zugang/antrag/pruefen", nil},
	} {
		if _, err := act(ctx, client, step.path, step.form); err != nil {
			return fmt.Errorf("apply for access: %w", err)
		}
	}
	return nil
}
