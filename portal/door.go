// SPDX-License-Identifier: EUPL-1.2

package portal

import (
	"context"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/witness"
	"meldewerk/fault"
)

// ErrStranger is what a house reads that has no business here.
var ErrStranger = fault.New(fault.Forbidden, "portal.stranger",
	"Dieses Portal gibt nur seinen Vertrauensstellen Auskunft. Prüfen Sie den Namen im Zertifikat.")

// Door gives the door for the calling house: only a trust centre to which
// this portal seals has one, and it sees its own envelopes alone.
func (h *House) Door(peer wire.House) (submission.Door, error) {
	if !h.admits(peer) {
		return nil, ErrStranger
	}
	keeper := witness.Serve(h.ground.Audit, string(wire.Portal), string(peer))
	return door{Door: keeper, house: h, recipient: string(peer)}, nil
}

// admits says whether a house is one of the trust centres of this portal.
func (h *House) admits(peer wire.House) bool {
	for _, r := range h.recipients {
		if r.Name == string(peer) && (h.config.Exchange.Peer == "" || h.config.Exchange.Peer == r.Name) {
			return true
		}
	}
	return false
}

// door joins the rooms that hand over and take back, for one trust centre.
type door struct {
	witness.Door
	house     *House
	recipient string
}

func (d door) Next(ctx context.Context, limit int) ([]submission.Envelope, error) {
	return d.house.dispatch.Next(ctx, d.recipient, limit)
}

func (d door) Acknowledge(ctx context.Context, ids []submission.EnvelopeID) error {
	return d.house.dispatch.Acknowledge(ctx, d.recipient, ids)
}

func (d door) BackedUp(ctx context.Context, ids []submission.EnvelopeID) error {
	return d.house.dispatch.BackedUp(ctx, d.recipient, ids)
}

func (d door) GiveUp(ctx context.Context, ids []submission.EnvelopeID) error {
	return d.house.dispatch.GiveUp(ctx, d.recipient, ids)
}

func (d door) PutProgress(ctx context.Context, items []submission.Progress) error {
	return d.house.followup.PutProgress(ctx, d.recipient, items)
}

func (d door) PutHistory(ctx context.Context, items []submission.HistoryItem) error {
	return d.house.followup.PutHistory(ctx, d.recipient, items)
}

func (d door) PutQueries(ctx context.Context, items []submission.Query) error {
	return d.house.queries.PutQueries(ctx, d.recipient, items)
}

func (d door) Answers(ctx context.Context, limit int) ([]submission.Answer, error) {
	return d.house.queries.Answers(ctx, d.recipient, limit)
}

func (d door) AcknowledgeAnswers(ctx context.Context, ids []submission.QueryID) error {
	return d.house.queries.AcknowledgeAnswers(ctx, d.recipient, ids)
}
