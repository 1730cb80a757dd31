// SPDX-License-Identifier: EUPL-1.2

package house

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"time"

	"meldewerk/account"
	"meldewerk/internal/signin"
	"meldewerk/internal/store"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// Front is the door for people: pages behind sign-in. What differs between the
// houses are the pages, the roles and how long a session lasts.
type Front struct {
	House    account.House
	Instance string   // name of the registry in the bar
	Hosts    []string // names under which the house answers; passkeys are bound to the first
	Address  string   // host:port of the listener, for the origins of passkeys
	Origins  []string // as people type them, if it is not https://host[:port of the listener]
	Demo     bool
	Pages    fs.FS    // the house's templates
	Names    []string // templates that must be there
	Routes   []web.Route
	Nav      []web.Nav
	Notices  map[string]string
	Frame    func(*web.Request, *ui.Frame)
	Sessions func(people web.Sessions) web.Sessions // puts another way in before that of people; nil: none
	Checks   []web.Check                            // besides the database
	Apply    string                                 // path of the application for an access, shown on the sign-in page
	Hasher   *account.Hasher
	Clock    func() time.Time
}

// sessions is how long a session of the house lasts: staff work with
// identities or decide on cases, so theirs are shorter.
func sessions(h account.House) account.SessionLimits {
	if h == account.Portal {
		return account.ReporterSessions
	}
	return account.StaffSessions
}

// OpenAccounts opens the accounts of a house.
func (g *Ground) OpenAccounts(ctx context.Context, h account.House) (*store.Accounts, error) {
	return store.OpenAccounts(ctx, g.DB, g.Audit, g.Keyring, sessions(h))
}

// Templates parses the pages of a house together with those of the sign-in.
func Templates(pages fs.FS, names []string) (*ui.Set, error) {
	return ui.Templates(signin.Pages(pages), append(append([]string{}, signin.Names...), names...)...)
}

// origins are the addresses under which the browser shows the house's pages.
func (f Front) origins() []string {
	if len(f.Origins) > 0 {
		return f.Origins
	}
	list := []string{"https://" + f.Hosts[0]}
	if _, port, err := net.SplitHostPort(f.Address); err == nil && port != "443" && port != "0" {
		list = append(list, "https://"+net.JoinHostPort(f.Hosts[0], port))
	}
	return list
}

// Handler builds the handler of the door for people.
func (g *Ground) Handler(f Front, accounts *store.Accounts, metrics *web.Metrics) (http.Handler, error) {
	if err := ui.CheckAssets(); err != nil {
		return nil, err
	}
	if len(f.Hosts) == 0 {
		return nil, errors.New("house: no host name configured")
	}
	if f.Hasher == nil {
		f.Hasher = account.NewHasher()
	}
	door, err := signin.New(signin.Options{House: f.House, Accounts: accounts, Hasher: f.Hasher, Issuer: f.Instance,
		RPID: f.Hosts[0], Origins: f.origins(), Apply: f.Apply})
	if err != nil {
		return nil, fmt.Errorf("open sign-in: %w", err)
	}
	sessions := web.Sessions(door)
	if f.Sessions != nil {
		sessions = f.Sessions(door)
	}
	set, err := Templates(f.Pages, f.Names)
	if err != nil {
		return nil, err
	}
	routes := append(append(door.Routes(), serviceRoutes(f.House, f.Routes)...), web.Healthz(), web.ReportRoute(),
		web.Readyz(append([]web.Check{{Name: "database", Test: g.DB.Ping}}, f.Checks...)...))
	return web.New(web.Options{
		House: ui.House(f.House), Instance: f.Instance, Hosts: f.Hosts, Demo: f.Demo,
		Routes: append(routes, f.Routes...), Sessions: sessions, Pages: set, Login: signin.PathSignIn,
		Roles: signin.Roles(f.House), Nav: f.Nav, Notices: f.Notices, Frame: f.Frame,
		Log: g.Log, Metrics: metrics, Now: f.Clock,
	})
}

// Run does what every house does in the background until ctx ends: it gives
// audit entries their place in the tree and ends old sessions.
func (g *Ground) Run(ctx context.Context, accounts *store.Accounts, work ...func(context.Context) error) error {
	tasks := append([]func(context.Context) error{g.Audit.Run, func(ctx context.Context) error {
		return g.Every(ctx, 5*time.Minute, accounts.Sweep)
	}}, work...)
	done := make(chan error, len(tasks))
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	for _, task := range tasks {
		go func() { done <- task(ctx) }()
	}
	var first error
	for range tasks {
		if err := <-done; err != nil && first == nil {
			first = err
			stop()
		}
	}
	return first
}

// Every calls work at the interval until ctx ends; what fails is logged and
// tried again next time.
func (g *Ground) Every(ctx context.Context, interval time.Duration, work func(context.Context) error) error {
	ticker := time.NewTicker(interval)
	defer ticker.Stop()
	for {
		if err := work(ctx); err != nil && ctx.Err() == nil {
			g.Log.Error("background work failed", "house", g.Audit.House(), "error", err.Error())
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// Steps calls step again at once while there is work, and after pause when
// there is none or it failed.
func (g *Ground) Steps(ctx context.Context, pause time.Duration, step func(context.Context) (bool, error)) error {
	return g.Every(ctx, pause, func(ctx context.Context) error {
		for ctx.Err() == nil {
			worked, err := step(ctx)
			if err != nil || !worked {
				return err
			}
		}
		return nil
	})
}
