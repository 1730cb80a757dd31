// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/fault"
	"meldewerk/internal/database"
)

// ErrNoKey means that there is no such installation key.
var ErrNoKey = fault.New(fault.NotFound, "account.key_unknown",
	"Diesen Installationsschlüssel gibt es nicht. Suchen Sie ihn in der Liste der Schlüssel.")

// InstallationKey is an Installationsschlüssel: an upload program's way in,
// bound to a unit and a software.
type InstallationKey struct {
	ID       string
	Owner    string // trust centre that registered it
	Unit     account.UnitID
	Software string // Software_ID of its packages
	Label    string
	Public   []byte // Ed25519, 32 bytes
	Revoked  bool
	MadeAt   time.Time
	LastUsed time.Time // zero: never
}

// NonceLife is how long a used nonce is remembered: longer than any signed
// request stays acceptable.
const NonceLife = time.Hour

// ErrKeyTaken means that the id or the public key of an installation key was
// used before: neither is used twice, also not after its revocation.
var ErrKeyTaken = fault.New(fault.Conflict, "account.key_taken",
	"Diesen Installationsschlüssel gibt es schon. Erzeugen Sie im Upload-Programm einen neuen.")

// RegisterKeyIn keeps an installation key, or gives ErrKeyTaken or ErrNoUnit.
func (a *Accounts) RegisterKeyIn(ctx context.Context, tx *database.Tx, actor string, k InstallationKey) error {
	if err := checkUnits(ctx, tx, k.Owner, []account.UnitID{k.Unit}); err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO installation_key (id, owner, unit_id, software, label, public_key, state, made_at)
		VALUES ($1, $2, $3, $4, $5, $6, 'active', $7) ON CONFLICT DO NOTHING`,
		k.ID, k.Owner, string(k.Unit), k.Software, k.Label, k.Public, database.At(tx.Now))
	if err := changedOne(result, err, ErrKeyTaken); err != nil {
		return err
	}
	return a.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.UploadKeyRegistered, Object: k.ID})
}

// RevokeKeyIn ends an installation key of that owner at once and for good.
func (a *Accounts) RevokeKeyIn(ctx context.Context, tx *database.Tx, actor, owner, id string) error {
	result, err := tx.ExecContext(ctx, `UPDATE installation_key SET state = 'revoked' WHERE id = $1 AND owner = $2`, id, owner)
	if err := changedOne(result, err, ErrNoKey); err != nil {
		return err
	}
	return a.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.UploadKeyRevoked, Object: id})
}

// InstallationKey gives a key, revoked or not, or ErrNoKey.
func (a *Accounts) InstallationKey(ctx context.Context, id string) (InstallationKey, error) {
	k := InstallationKey{ID: id}
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var unit, state string
		var made database.Time
		var used database.NullTime
		err := tx.QueryRowContext(ctx, `SELECT owner, unit_id, software, label, public_key, state, made_at, last_used_at
			FROM installation_key WHERE id = $1`, id).Scan(&k.Owner, &unit, &k.Software, &k.Label, &k.Public, &state, &made, &used)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoKey
		}
		k.Unit, k.Revoked, k.MadeAt, k.LastUsed = account.UnitID(unit), state == "revoked", made.Time, used.Time
		return err
	})
	if err != nil {
		return InstallationKey{}, fmt.Errorf("read installation key: %w", err)
	}
	return k, nil
}

// UseNonce notes a signed request of a key that is not revoked, and says
// whether it is the first one with that nonce (16 to 64 bytes). Only the first
// may be carried out.
func (a *Accounts) UseNonce(ctx context.Context, id string, nonce []byte) (bool, error) {
	first := false
	err := a.inTx(ctx, "use nonce", func(ctx context.Context, tx *database.Tx) error {
		first = false
		tx.WithoutAct("the act that the request asks for writes its own entry")
		result, err := tx.ExecContext(ctx, `UPDATE installation_key SET last_used_at = $2 WHERE id = $1 AND state = 'active'`, id, database.At(tx.Now))
		if err := changedOne(result, err, ErrNoKey); err != nil {
			return err
		}
		result, err = tx.ExecContext(ctx, `INSERT INTO installation_nonce (key_id, nonce, used_at) VALUES ($1, $2, $3)
			ON CONFLICT (key_id, nonce) DO NOTHING`, id, nonce, database.At(tx.Now))
		if err != nil {
			return err
		}
		made, err := result.RowsAffected()
		first = made == 1
		return err
	})
	return first && err == nil, err
}
