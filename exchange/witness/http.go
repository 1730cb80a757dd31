// SPDX-License-Identifier: EUPL-1.2

package witness

import (
	"context"

	"meldewerk/exchange/wire"
)

// The names of the calls, behind the name of the contract they are part of.
const (
	callKept       = "/kept"
	callCheckpoint = "/checkpoint"
	callWitness    = "/witness"
	callCosigned   = "/cosigned"
)

// The messages.
type (
	nothing struct{}
	extent  struct {
		Size int64 `json:"size"`
	}
	signedNote struct {
		Signed []byte `json:"signed"`
	}
)

// Handle registers the calls of a contract ("submission", "transfer") on the
// Door of the house that is calling.
func Handle(h *wire.Handler, contract string, of func(context.Context) (Door, error)) {
	handle(h, contract+callKept, of, func(ctx context.Context, d Door, _ nothing) (extent, error) {
		size, err := d.Kept(ctx)
		return extent{size}, err
	})
	handle(h, contract+callCheckpoint, of, func(ctx context.Context, d Door, r extent) (Checkpoint, error) {
		return d.Checkpoint(ctx, r.Size)
	})
	handle(h, contract+callWitness, of, func(ctx context.Context, d Door, r Checkpoint) (signedNote, error) {
		cosigned, err := d.Witness(ctx, r)
		return signedNote{cosigned}, err
	})
	handle(h, contract+callCosigned, of, func(ctx context.Context, d Door, r signedNote) (nothing, error) {
		return nothing{}, d.Cosigned(ctx, r.Signed)
	})
}

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

// Remote is the Door of a house elsewhere, reached by the calls of a contract.
// It sends them as they are; a Guard before it checks them.
func Remote(client *wire.Client, contract string) Door { return &caller{client, contract} }

type caller struct {
	client   *wire.Client
	contract string
}

func (c *caller) Kept(ctx context.Context) (int64, error) {
	answer, err := wire.Call[nothing, extent](ctx, c.client, c.contract+callKept, nothing{})
	return answer.Size, err
}

func (c *caller) Checkpoint(ctx context.Context, since int64) (Checkpoint, error) {
	return wire.Call[extent, Checkpoint](ctx, c.client, c.contract+callCheckpoint, extent{since})
}

func (c *caller) Witness(ctx context.Context, checkpoint Checkpoint) ([]byte, error) {
	answer, err := wire.Call[Checkpoint, signedNote](ctx, c.client, c.contract+callWitness, checkpoint)
	return answer.Signed, err
}

func (c *caller) Cosigned(ctx context.Context, cosigned []byte) error {
	_, err := wire.Call[signedNote, nothing](ctx, c.client, c.contract+callCosigned, signedNote{cosigned})
	return err
}
