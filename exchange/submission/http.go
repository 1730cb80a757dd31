// SPDX-License-Identifier: EUPL-1.2

package submission

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"

	"meldewerk/exchange/wire"
	"meldewerk/exchange/witness"
)

// contract opens the names of the calls that witness.Door brings.
const contract = "submission"

// The names of the calls of this contract alone.
const (
	callNext        = "submission/next"
	callAcknowledge = "submission/acknowledge"
	callBackedUp    = "submission/backed-up"
	callGiveUp      = "submission/give-up"
	callProgress    = "submission/progress"
	callHistory     = "submission/history"
	callQueries     = "submission/queries"
	callAnswers     = "submission/answers"
	callAnswered    = "submission/answers-acknowledge"
)

// The messages.
type (
	nothing     struct{}
	nextRequest struct {
		Limit int `json:"limit"`
	}
	envelopeList struct {
		Envelopes []Envelope `json:"envelopes"`
	}
	idList struct {
		IDs []EnvelopeID `json:"ids"`
	}
	progressList struct {
		Items []Progress `json:"items"`
	}
	historyList struct {
		Items []HistoryItem `json:"items"`
	}
	queryList struct {
		Items []Query `json:"items"`
	}
	answerList struct {
		Answers []Answer `json:"answers"`
	}
	queryIDList struct {
		IDs []QueryID `json:"ids"`
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
	handle(h, callNext, of, func(ctx context.Context, d Door, r nextRequest) (envelopeList, error) {
		envelopes, err := d.Next(ctx, r.Limit)
		return envelopeList{envelopes}, err
	})
	handle(h, callAcknowledge, of, func(ctx context.Context, d Door, r idList) (nothing, error) {
		return nothing{}, d.Acknowledge(ctx, r.IDs)
	})
	handle(h, callBackedUp, of, func(ctx context.Context, d Door, r idList) (nothing, error) {
		return nothing{}, d.BackedUp(ctx, r.IDs)
	})
	handle(h, callGiveUp, of, func(ctx context.Context, d Door, r idList) (nothing, error) {
		return nothing{}, d.GiveUp(ctx, r.IDs)
	})
	handle(h, callProgress, of, func(ctx context.Context, d Door, r progressList) (nothing, error) {
		return nothing{}, d.PutProgress(ctx, r.Items)
	})
	handle(h, callHistory, of, func(ctx context.Context, d Door, r historyList) (nothing, error) {
		return nothing{}, d.PutHistory(ctx, r.Items)
	})
	handle(h, callQueries, of, func(ctx context.Context, d Door, r queryList) (nothing, error) {
		return nothing{}, d.PutQueries(ctx, r.Items)
	})
	handle(h, callAnswers, of, func(ctx context.Context, d Door, r nextRequest) (answerList, error) {
		answers, err := d.Answers(ctx, r.Limit)
		return answerList{answers}, err
	})
	handle(h, callAnswered, of, func(ctx context.Context, d Door, r queryIDList) (nothing, error) {
		return nothing{}, d.AcknowledgeAnswers(ctx, r.IDs)
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
	return &Remote{Door: newGuard(&caller{witness.Remote(client, contract), client}, "", o.Filled().MaxAnswer), client: client}, nil
}

// Close lets idle connections go.
func (r *Remote) Close() { r.client.Close() }

// caller sends the calls as they are; the guard before it checks them.
type caller struct {
	witness.Door
	client *wire.Client
}

func (c *caller) Next(ctx context.Context, limit int) ([]Envelope, error) {
	for {
		answer, err := wire.Call[nextRequest, envelopeList](ctx, c.client, callNext, nextRequest{limit})
		if err == nil || limit == 1 || !errors.Is(err, wire.ErrTooLarge) {
			return answer.Envelopes, err
		}
		limit /= 2 // the portal's limit is wider than ours
	}
}

func (c *caller) Acknowledge(ctx context.Context, ids []EnvelopeID) error {
	_, err := wire.Call[idList, nothing](ctx, c.client, callAcknowledge, idList{ids})
	return err
}

func (c *caller) BackedUp(ctx context.Context, ids []EnvelopeID) error {
	_, err := wire.Call[idList, nothing](ctx, c.client, callBackedUp, idList{ids})
	return err
}

func (c *caller) GiveUp(ctx context.Context, ids []EnvelopeID) error {
	_, err := wire.Call[idList, nothing](ctx, c.client, callGiveUp, idList{ids})
	return err
}

func (c *caller) PutProgress(ctx context.Context, items []Progress) error {
	return wire.InHalves(items, func(some []Progress) error {
		_, err := wire.Call[progressList, nothing](ctx, c.client, callProgress, progressList{some})
		return err
	})
}

func (c *caller) PutHistory(ctx context.Context, items []HistoryItem) error {
	return wire.InHalves(items, func(some []HistoryItem) error {
		_, err := wire.Call[historyList, nothing](ctx, c.client, callHistory, historyList{some})
		return err
	})
}

func (c *caller) PutQueries(ctx context.Context, items []Query) error {
	return wire.InHalves(items, func(some []Query) error {
		_, err := wire.Call[queryList, nothing](ctx, c.client, callQueries, queryList{some})
		return err
	})
}

func (c *caller) Answers(ctx context.Context, limit int) ([]Answer, error) {
	answer, err := wire.Call[nextRequest, answerList](ctx, c.client, callAnswers, nextRequest{limit})
	return answer.Answers, err
}

func (c *caller) AcknowledgeAnswers(ctx context.Context, ids []QueryID) error {
	_, err := wire.Call[queryIDList, nothing](ctx, c.client, callAnswered, queryIDList{ids})
	return err
}
