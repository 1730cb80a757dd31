// SPDX-License-Identifier: EUPL-1.2

package registry

import (
	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/exchange/witness"
	"meldewerk/fault"
	"meldewerk/registry/internal/intake"
)

// ErrStranger is what a house reads that has no business here.
var ErrStranger = fault.New(fault.Forbidden, "registry.stranger",
	"Die Registerstelle nimmt nur von der Vertrauensstelle Meldungen an.")

// Door gives the door for the calling house: only the trust centre has one.
func (h *House) Door(peer wire.House) (transfer.Door, error) {
	if peer != wire.TrustCentre {
		return nil, ErrStranger
	}
	return door{h.desk, witness.Serve(h.ground.Audit, string(wire.Registry), string(peer))}, nil
}

// door joins the room that takes records with the house's audit log.
type door struct {
	*intake.Desk
	witness.Door
}
