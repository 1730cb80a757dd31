// SPDX-License-Identifier: EUPL-1.2

// Package machine lets upload programs in: a request signed with an
// installation key of the trust centre's register is that of a unit, for the
// few routes that name programs.
//
// It stands before step 1 of the way of a report. What is checked here is who
// asks, when, and that the request was not made before; that the package is
// the one signed for, and of the right software, shows only when it has flowed
// in, and is checked where it is received.
//
// It must never let a program onto a page of people, and never tell an unknown
// key from a wrong signature.
package machine

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"meldewerk/account"
	"meldewerk/fault"
	"meldewerk/internal/store"
	"meldewerk/internal/web"
	"meldewerk/portal/courier"
)

// Skew is by how much the clock of a program may be wrong.
const Skew = 5 * time.Minute

// The refusals of a program.
var (
	ErrKey = fault.New(fault.Forbidden, "machine.key",
		"Der Installationsschlüssel passt nicht zu dieser Anfrage oder ist hier nicht eingetragen. Prüfen Sie Schlüsselkennung, Schlüsseldatei und Adresse des Portals.")
	ErrRevoked = fault.New(fault.Forbidden, "machine.revoked",
		"Dieser Installationsschlüssel ist gesperrt. Erzeugen Sie einen neuen und lassen Sie ihn von der Vertrauensstelle eintragen.")
	ErrReplayed = fault.New(fault.Conflict, "machine.replayed",
		"Diese Anfrage wurde schon einmal gestellt und wird nicht wiederholt. Starten Sie die Übertragung neu.")
	ErrKind = fault.New(fault.Invalid, "machine.kind",
		"Die Anfrage ist für die andere Art von Daten unterschrieben. Prüfen Sie, ob das Paket Echtdaten oder Testdaten enthält.")
	ErrHash = fault.New(fault.Invalid, "machine.hash",
		"Angekommen ist ein anderes Paket als das unterschriebene; es wurde nichts angenommen. Senden Sie das Paket noch einmal.")
	ErrSoftware = fault.New(fault.Forbidden, "machine.software",
		"Das Paket stammt nicht von der Software, für die dieser Installationsschlüssel gilt (Software_ID im Absender); es wurde nichts angenommen. Lassen Sie für diese Software einen eigenen Schlüssel eintragen.")
	ErrUnitClosed = fault.New(fault.Forbidden, "machine.unit_closed",
		"Die Meldestelle dieses Installationsschlüssels ist geschlossen. Wenden Sie sich an die Vertrauensstelle.")
)

// errClock tells the time here; the program shows it beside its own.
func errClock(now time.Time) error {
	return fault.New(fault.Forbidden, "machine.clock", fmt.Sprintf(
		"Die Uhr dieses Rechners weicht um mehr als fünf Minuten ab. Hier ist es %s Uhr (UTC). Stellen Sie die Uhr und senden Sie noch einmal.",
		now.UTC().Format("02.01.2006, 15:04:05")))
}

// Keys are the installation keys of the portal.
type Keys interface {
	InstallationKey(ctx context.Context, id string) (store.InstallationKey, error)
	UseNonce(ctx context.Context, id string, nonce []byte) (bool, error)
	Unit(ctx context.Context, id account.UnitID) (account.Unit, error)
}

// Gate finds the program behind a request.
type Gate struct {
	keys  Keys
	clock func() time.Time
}

// New makes a gate.
func New(keys Keys, clock func() time.Time) *Gate { return &Gate{keys: keys, clock: clock} }

// Before puts the gate before the sessions of people.
func (g *Gate) Before(people web.Sessions) web.Sessions { return entrance{g, people} }

// entrance finds the person or the program behind a request. Whoever says that
// he is a program is taken for nothing else.
type entrance struct {
	gate   *Gate
	people web.Sessions
}

func (e entrance) Current(r *http.Request) (*web.Principal, error) {
	if courier.Claimed(r) {
		return e.gate.program(r)
	}
	return e.people.Current(r)
}

func (g *Gate) program(r *http.Request) (*web.Principal, error) {
	signed, err := courier.Read(r)
	if err != nil {
		return nil, ErrKey.Because(err)
	}
	ctx := r.Context()
	key, err := g.keys.InstallationKey(ctx, signed.KeyID)
	if errors.Is(err, store.ErrNoKey) || err == nil && !signed.By(key.Public) {
		return nil, ErrKey
	}
	if err != nil {
		return nil, err
	}
	if key.Revoked {
		return nil, ErrRevoked
	}
	now := g.clock()
	if off := now.Sub(signed.At); off > Skew || off < -Skew {
		return nil, errClock(now)
	}
	unit, err := g.keys.Unit(ctx, key.Unit)
	if err != nil {
		return nil, err
	}
	if unit.Closed {
		return nil, ErrUnitClosed
	}
	first, err := g.keys.UseNonce(ctx, key.ID, signed.Nonce)
	if errors.Is(err, store.ErrNoKey) {
		return nil, ErrRevoked // meanwhile
	}
	if err != nil {
		return nil, err
	}
	if !first {
		return nil, ErrReplayed
	}
	return &web.Principal{AccountID: "key/" + key.ID, DisplayName: key.Label, House: string(account.Portal), Machine: true,
		Roles: []web.Role{web.Role(account.RoleUploader)}, UnitID: string(unit.ID), UnitName: unit.Name}, nil
}

// Promise is what a program has signed for in a package.
type Promise struct {
	Kind     string
	SHA256   []byte
	Software string
}

// Promised gives what the program behind an admitted request has signed for,
// or ErrRevoked when its key was revoked meanwhile.
func (g *Gate) Promised(r *http.Request) (Promise, error) {
	signed, err := courier.Read(r)
	if err != nil || signed.SHA256 == nil {
		return Promise{}, ErrKey
	}
	key, err := g.keys.InstallationKey(r.Context(), signed.KeyID)
	if err != nil {
		return Promise{}, err
	}
	if key.Revoked {
		return Promise{}, ErrRevoked
	}
	return Promise{Kind: signed.Kind, SHA256: signed.SHA256, Software: key.Software}, nil
}
