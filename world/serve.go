// SPDX-License-Identifier: EUPL-1.2

package world

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"meldewerk/envelope/keyfile"
	"meldewerk/exchange/wire"
	"meldewerk/internal/listen"
	"meldewerk/internal/web"
	"meldewerk/portal"
	"meldewerk/registry"
	"meldewerk/trustcentre"
)

// open is one house that is open and may run.
type open interface {
	Run(ctx context.Context) error
	Close() error
}

// ServePortal runs a portal until ctx ends.
func ServePortal(ctx context.Context, c portal.Config, log *slog.Logger) error {
	h, err := portal.Open(ctx, c, portal.Options{Log: log})
	if err != nil {
		return err
	}
	doors, err := gather(
		people(ctx, c.Public.Address, c.Public.Certificate, c.Public.Key, h.Handler(), log),
		exchange(ctx, c.Exchange.Address, c.Keys, h.Exchange(), log),
		metrics(ctx, c.Metrics.Address, h.Metrics(), log))
	return serve(ctx, h, doors, err)
}

// ServeTrustCentre runs a trust centre until ctx ends.
func ServeTrustCentre(ctx context.Context, c trustcentre.Config, log *slog.Logger) error {
	h, err := trustcentre.Open(ctx, c, trustcentre.Options{Log: log})
	if err != nil {
		return err
	}
	doors, err := gather(
		people(ctx, c.Public.Address, c.Public.Certificate, c.Public.Key, h.Handler(), log),
		metrics(ctx, c.Metrics.Address, h.Metrics(), log))
	return serve(ctx, h, doors, err)
}

// ServeRegistry runs a registry until ctx ends.
func ServeRegistry(ctx context.Context, c registry.Config, log *slog.Logger) error {
	h, err := registry.Open(ctx, c, registry.Options{Log: log})
	if err != nil {
		return err
	}
	doors, err := gather(
		people(ctx, c.Public.Address, c.Public.Certificate, c.Public.Key, h.Handler(), log),
		exchange(ctx, c.Exchange.Address, c.Keys, h.Exchange(), log),
		metrics(ctx, c.Metrics.Address, h.Metrics(), log))
	return serve(ctx, h, doors, err)
}

// serve keeps the doors open and the house working until ctx ends.
func serve(ctx context.Context, h open, doors []listen.Door, err error) error {
	if err != nil {
		return errors.Join(err, h.Close())
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	working := make(chan error, 1)
	go func() {
		defer stop()
		working <- h.Run(ctx)
	}()
	served := listen.Serve(ctx, doors...)
	stop()
	return errors.Join(served, <-working, h.Close())
}

// opened is a door, none, or the reason why it cannot be opened.
type opened struct {
	doors []listen.Door
	err   error
}

func one(d listen.Door, err error) opened {
	if err != nil {
		return opened{err: err}
	}
	return opened{doors: []listen.Door{d}}
}

func gather(all ...opened) ([]listen.Door, error) {
	var doors []listen.Door
	var faults []error
	for _, o := range all {
		doors = append(doors, o.doors...)
		faults = append(faults, o.err)
	}
	err := errors.Join(faults...)
	if err != nil {
		for _, d := range doors {
			_ = d.Listener.Close() // nothing was served yet
		}
	}
	return doors, err
}

// people opens the door for people. Without certificate files it speaks plain
// HTTP and must stand behind a terminating proxy on the same machine.
func people(ctx context.Context, address, certificate, key string, handler http.Handler, log *slog.Logger) opened {
	var certificates []tls.Certificate
	if certificate != "" {
		if _, err := keyfile.ReadSecret(key); err != nil {
			return opened{err: fmt.Errorf("read key of the door for people: %w", err)}
		}
		pair, err := tls.LoadX509KeyPair(certificate, key)
		if err != nil {
			return opened{err: fmt.Errorf("read certificate of the door for people: %w", err)}
		}
		certificates = append(certificates, pair)
	}
	return one(listen.Open(ctx, "people", address, web.NewServer(address, handler, certificates, log)))
}

// exchange opens the door for the trust centre.
func exchange(ctx context.Context, address, keys string, handler http.Handler, log *slog.Logger) opened {
	identity, err := wire.Load(wire.FilesIn(keys))
	if err != nil {
		return opened{err: fmt.Errorf("open identity for the exchange: %w", err)}
	}
	config, err := identity.Server(wire.TrustCentre)
	if err != nil {
		return opened{err: err}
	}
	return one(listen.Open(ctx, "exchange", address, wire.NewServer(handler, config, wire.Options{Log: log})))
}

// metrics opens the door for Prometheus when there is one.
func metrics(ctx context.Context, address string, handler http.Handler, log *slog.Logger) opened {
	if address == "" {
		return opened{}
	}
	return one(listen.Open(ctx, "metrics", address, web.NewServer(address, handler, nil, log)))
}
