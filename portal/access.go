// SPDX-License-Identifier: EUPL-1.2

package portal

import (
	"context"
	"net/http"
	"strings"

	"meldewerk/exchange/access"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/portal/internal/dispatch"
)

// Exchange serves the trust centres, reports and accounts alike; mutual TLS
// stands in front of it.
func (h *House) Exchange() http.Handler {
	o := wire.Options{Log: h.ground.Log}
	reports, accounts := submission.NewHandler(h.Door, o), access.NewHandler(h.AccessDoor, o)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, access.PathPrefix) {
			accounts.ServeHTTP(w, r)
			return
		}
		reports.ServeHTTP(w, r)
	})
}

// reception is the trust centre that gets applications for access: the one
// configured, else the only one or the first by its name.
func (h *House) reception() dispatch.Recipient {
	for _, r := range h.recipients {
		if r.Name == h.config.Applications {
			return r
		}
	}
	return h.recipients[0]
}

// AccessDoor gives the calling trust centre the door for its orders about
// accounts. Accounts, units, keys and applications of others are not behind it.
func (h *House) AccessDoor(peer wire.House) (access.Door, error) {
	if !h.admits(peer) {
		return nil, ErrStranger
	}
	return accessDoor{h, string(peer)}, nil
}

// accessDoor leads one trust centre to the admission room.
type accessDoor struct {
	house *House
	owner string
}

func (d accessDoor) PutOrders(ctx context.Context, orders []access.Order) ([]access.Answer, error) {
	return d.house.admission.PutOrders(ctx, d.owner, orders)
}

func (d accessDoor) NextStandings(ctx context.Context, limit int) ([]access.Standing, error) {
	return d.house.admission.NextStandings(ctx, d.owner, limit)
}

func (d accessDoor) TakeStandings(ctx context.Context, taken []access.Taken) error {
	return d.house.admission.TakeStandings(ctx, d.owner, taken)
}

func (d accessDoor) NextApplications(ctx context.Context, limit int) ([]access.Application, error) {
	return d.house.admission.NextApplications(ctx, d.owner, limit)
}

func (d accessDoor) TakeApplications(ctx context.Context, ids []string) error {
	return d.house.admission.TakeApplications(ctx, d.owner, ids)
}
