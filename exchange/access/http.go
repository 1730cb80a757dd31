// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"

	"meldewerk/exchange/wire"
)

// PathPrefix opens the paths of the calls of this contract, so that one
// listener can serve it beside another.
const PathPrefix = "/v1/access/"

// The names of the calls.
const (
	callOrders           = "access/orders"
	callStandings        = "access/standings"
	callStandingsTaken   = "access/standings-taken"
	callApplications     = "access/applications"
	callApplicationTaken = "access/applications-taken"
)

// The messages.
type (
	nothing     struct{}
	nextRequest struct {
		Limit int `json:"limit"`
	}
	orderList struct {
		Orders []Order `json:"orders"`
	}
	answerList struct {
		Answers []Answer `json:"answers"`
	}
	standingList struct {
		Standings []Standing `json:"standings"`
	}
	takenList struct {
		Taken []Taken `json:"taken"`
	}
	applicationList struct {
		Applications []Application `json:"applications"`
	}
	idList struct {
		IDs []string `json:"ids"`
	}
)

// NewHandler answers trust centres over HTTP. For every call it asks for the
// Door of the house that is calling; an error there refuses the call.
func NewHandler(door func(peer wire.House) (Door, error), o wire.Options) http.Handler {
	o = o.Filled()
	h := wire.NewHandler(o)
	of := func(ctx context.Context) (Door, error) {
		own, err := door(wire.Peer(ctx))
		if err != nil {
			return nil, err
		}
		return &guard{own, wire.Peer(ctx), o.MaxAnswer}, nil
	}
	handle(h, callOrders, of, func(ctx context.Context, d Door, r orderList) (answerList, error) {
		answers, err := d.PutOrders(ctx, r.Orders)
		return answerList{answers}, err
	})
	handle(h, callStandings, of, func(ctx context.Context, d Door, r nextRequest) (standingList, error) {
		standings, err := d.NextStandings(ctx, r.Limit)
		return standingList{standings}, err
	})
	handle(h, callStandingsTaken, of, func(ctx context.Context, d Door, r takenList) (nothing, error) {
		return nothing{}, d.TakeStandings(ctx, r.Taken)
	})
	handle(h, callApplications, of, func(ctx context.Context, d Door, r nextRequest) (applicationList, error) {
		list, err := d.NextApplications(ctx, r.Limit)
		return applicationList{list}, err
	})
	handle(h, callApplicationTaken, of, func(ctx context.Context, d Door, r idList) (nothing, error) {
		return nothing{}, d.TakeApplications(ctx, r.IDs)
	})
	return h
}

// handle registers a call on the Door of the house that is calling.
func handle[Req, Res any](h *wire.Handler, name string, of func(context.Context) (Door, error), act func(context.Context, Door, Req) (Res, error)) {
	wire.Handle(h, name, func(ctx context.Context, r Req) (Res, error) {
		d, err := of(ctx)
		if err != nil {
			var none Res
			return none, err
		}
		return act(ctx, d, r)
	})
}

// Remote is the Door of a portal elsewhere.
type Remote struct {
	Door
	client *wire.Client
}

// Dial makes the Door of the portal at address (https://host:port) with the
// configuration of wire.Identity.Client. It connects at the first call.
func Dial(address string, config *tls.Config, o wire.Options) (*Remote, error) {
	client, err := wire.NewClient(address, config, o)
	if err != nil {
		return nil, err
	}
	filled := o.Filled()
	return &Remote{Door: &guard{&caller{client, filled.MaxRequest}, "", filled.MaxAnswer}, client: client}, nil
}

// Close lets idle connections go.
func (r *Remote) Close() { r.client.Close() }

// caller sends the calls as they are; the guard before it checks them.
type caller struct {
	client *wire.Client
	most   int64 // bytes of one request
}

// PutOrders sends as many orders at once as fit into one request. It stops
// where the portal does: what is behind an unanswered order waits.
func (c *caller) PutOrders(ctx context.Context, orders []Order) ([]Answer, error) {
	var all []Answer
	for len(orders) > 0 {
		some := c.fitting(orders)
		answer, err := wire.Call[orderList, answerList](ctx, c.client, callOrders, orderList{some})
		for errors.Is(err, wire.ErrTooLarge) && len(some) > 1 { // the portal's limit is narrower than ours
			some = some[:len(some)/2]
			answer, err = wire.Call[orderList, answerList](ctx, c.client, callOrders, orderList{some})
		}
		if err != nil {
			if len(all) > 0 {
				return all, nil // these are carried out; the others come again
			}
			return nil, err
		}
		all = append(all, answer.Answers...)
		if len(answer.Answers) < len(some) {
			return all, nil
		}
		orders = orders[len(some):]
	}
	return all, nil
}

func (c *caller) fitting(orders []Order) []Order {
	room := c.most
	for i := range orders {
		room -= orders[i].size()
		if room < 0 && i > 0 {
			return orders[:i]
		}
	}
	return orders
}

func (c *caller) NextStandings(ctx context.Context, limit int) ([]Standing, error) {
	answer, err := wire.Call[nextRequest, standingList](ctx, c.client, callStandings, nextRequest{limit})
	return answer.Standings, err
}

func (c *caller) TakeStandings(ctx context.Context, taken []Taken) error {
	return wire.InHalves(taken, func(some []Taken) error {
		_, err := wire.Call[takenList, nothing](ctx, c.client, callStandingsTaken, takenList{some})
		return err
	})
}

func (c *caller) NextApplications(ctx context.Context, limit int) ([]Application, error) {
	for {
		answer, err := wire.Call[nextRequest, applicationList](ctx, c.client, callApplications, nextRequest{limit})
		if err == nil || limit == 1 || !errors.Is(err, wire.ErrTooLarge) {
			return answer.Applications, err
		}
		limit /= 2 // the portal's limit is wider than ours
	}
}

func (c *caller) TakeApplications(ctx context.Context, ids []string) error {
	return wire.InHalves(ids, func(some []string) error {
		_, err := wire.Call[idList, nothing](ctx, c.client, callApplicationTaken, idList{some})
		return err
	})
}
