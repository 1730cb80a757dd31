// SPDX-License-Identifier: EUPL-1.2

package transfer

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"

	"meldewerk/exchange/wire"
	"meldewerk/exchange/witness"
)

// contract opens the names of the calls that witness.Door brings.
const contract = "transfer"

// The names of the calls of this contract alone.
const (
	callPut         = "transfer/put"
	callNotices     = "transfer/notices"
	callAcknowledge = "transfer/acknowledge"
	callContained   = "transfer/contained"
)

// The messages.
type (
	nothing    struct{}
	recordList struct {
		Records []Record `json:"records"`
	}
	noticesRequest struct {
		Limit int `json:"limit"`
	}
	noticeList struct {
		Notices []Notice `json:"notices"`
	}
	idList struct {
		IDs []string `json:"ids"`
	}
	recordIDList struct {
		Records []RecordID `json:"records"`
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
		return newGuard(own, wire.Peer(ctx), o.MaxAnswer), nil
	}
	handle(h, callPut, of, func(ctx context.Context, d Door, r recordList) (nothing, error) {
		return nothing{}, d.Put(ctx, r.Records)
	})
	handle(h, callNotices, of, func(ctx context.Context, d Door, r noticesRequest) (noticeList, error) {
		notices, err := d.Notices(ctx, r.Limit)
		return noticeList{notices}, err
	})
	handle(h, callAcknowledge, of, func(ctx context.Context, d Door, r idList) (nothing, error) {
		return nothing{}, d.Acknowledge(ctx, r.IDs)
	})
	handle(h, callContained, of, func(ctx context.Context, d Door, r recordIDList) (recordIDList, error) {
		contained, err := d.Contained(ctx, r.Records)
		return recordIDList{contained}, err
	})
	witness.Handle(h, contract, func(ctx context.Context) (witness.Door, error) { return of(ctx) })
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

// Remote is the Door of a registry elsewhere.
type Remote struct {
	Door
	client *wire.Client
}

// Dial makes the Door of the registry at address (https://host:port) with the
// configuration of wire.Identity.Client. It connects at the first call.
func Dial(address string, config *tls.Config, o wire.Options) (*Remote, error) {
	client, err := wire.NewClient(address, config, o)
	if err != nil {
		return nil, err
	}
	return &Remote{Door: newGuard(&caller{witness.Remote(client, contract), client}, "", 0), client: client}, nil
}

// Close lets idle connections go.
func (r *Remote) Close() { r.client.Close() }

// caller sends the calls as they are; the guard before it checks them.
type caller struct {
	witness.Door
	client *wire.Client
}

func (c *caller) Put(ctx context.Context, records []Record) error {
	return wire.InHalves(records, func(some []Record) error {
		_, err := wire.Call[recordList, nothing](ctx, c.client, callPut, recordList{some})
		return err
	})
}

func (c *caller) Notices(ctx context.Context, limit int) ([]Notice, error) {
	for {
		answer, err := wire.Call[noticesRequest, noticeList](ctx, c.client, callNotices, noticesRequest{limit})
		if err == nil || limit == 1 || !errors.Is(err, wire.ErrTooLarge) {
			return answer.Notices, err
		}
		limit /= 2 // the registry's limit is wider than ours
	}
}

func (c *caller) Acknowledge(ctx context.Context, ids []string) error {
	_, err := wire.Call[idList, nothing](ctx, c.client, callAcknowledge, idList{ids})
	return err
}

func (c *caller) Contained(ctx context.Context, records []RecordID) ([]RecordID, error) {
	answer, err := wire.Call[recordIDList, recordIDList](ctx, c.client, callContained, recordIDList{records})
	return answer.Records, err
}
