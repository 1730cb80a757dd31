// SPDX-License-Identifier: EUPL-1.2

// Package listen keeps the doors of a house open until it is told to stop,
// and then lets running requests finish.
package listen

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"
)

// Door is one listener of a house with the server behind it.
type Door struct {
	Name     string // for messages, e.g. "people" or "exchange"
	Server   *http.Server
	Listener net.Listener
}

// patience is how long running requests may take to finish at the end.
const patience = 10 * time.Second

// Open listens on the address.
func Open(ctx context.Context, name, address string, server *http.Server) (Door, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return Door{}, fmt.Errorf("listen for %s on %s: %w", name, address, err)
	}
	return Door{Name: name, Server: server, Listener: listener}, nil
}

// Serve serves all doors until ctx ends or one of them fails.
func Serve(ctx context.Context, doors ...Door) error {
	failed := make(chan error, len(doors))
	for _, d := range doors {
		go func() {
			var err error
			if d.Server.TLSConfig != nil {
				err = d.Server.ServeTLS(d.Listener, "", "")
			} else {
				err = d.Server.Serve(d.Listener)
			}
			if !errors.Is(err, http.ErrServerClosed) {
				failed <- fmt.Errorf("serve %s: %w", d.Name, err)
			}
		}()
	}
	var first error
	select {
	case <-ctx.Done():
	case first = <-failed:
	}
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	for _, d := range doors {
		if err := d.Server.Shutdown(ending); err != nil && first == nil {
			first = fmt.Errorf("close %s: %w", d.Name, err)
		}
	}
	return first
}
