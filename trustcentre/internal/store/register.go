// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/rand"
	"fmt"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	room "meldewerk/trustcentre/internal/access"
)

// Units writes what the sign-in and the verdict know of a Meldestelle, in a
// transaction of ours.
type Units interface {
	PutUnitIn(ctx context.Context, tx *database.Tx, actor string, u account.Unit) error
}

// Register is the Melderverwaltung in the database: units, accounts, letters,
// orders, applications, devices and installation keys. It satisfies the
// interfaces of the room access.
type Register struct {
	db    *database.DB
	log   AuditLog
	units Units

	details, accounts, orders, applications, loans *atrest.Box
	usernames                                      *atrest.Index
}

var (
	_ room.Store    = (*Register)(nil)
	_ room.Register = (*Register)(nil)
)

// NewRegister makes the register on an open, migrated database.
func NewRegister(ctx context.Context, db *database.DB, log AuditLog, keys *atrest.Keyring, units Units) (*Register, error) {
	r := &Register{db: db, log: log, units: units, usernames: keys.Index("access_account", "username_mac")}
	for _, b := range []struct {
		table string
		box   **atrest.Box
	}{{"unit_detail", &r.details}, {"access_account", &r.accounts}, {"access_order", &r.orders},
		{"access_application", &r.applications}, {"access_loan", &r.loans}} {
		box, err := keys.Box(ctx, b.table)
		if err != nil {
			return nil, fmt.Errorf("key of table %s: %w", b.table, err)
		}
		*b.box = box
	}
	return r, nil
}

// order gives an order its number and puts it into the outbox, in the
// transaction of the act: a number without its act cannot be, nor the other way.
func (r *Register) order(ctx context.Context, tx *database.Tx, actor string, o access.Order) error {
	var last int64
	if err := tx.QueryRowContext(ctx, `UPDATE access_counter SET last = last + 1 WHERE name = 'order' RETURNING last`).Scan(&last); err != nil {
		return fmt.Errorf("give number of an order: %w", err)
	}
	o.Number, o.At = access.OrderNumber(last), tx.Now
	if err := o.Check(); err != nil {
		return fmt.Errorf("write order: %w", err)
	}
	sealed, err := r.orders.SealJSON(orderKey(o.Number), "content", o)
	if err != nil {
		return fmt.Errorf("seal order: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO access_order (number, act, object, actor, lock_number, recognised, content, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		last, string(o.Act), objectOf(&o), actor, o.Lock, string(o.Recognised), sealed, database.At(tx.Now))
	if err != nil {
		return fmt.Errorf("write order: %w", err)
	}
	return nil
}

func orderKey(n access.OrderNumber) string { return fmt.Sprint(int64(n)) }

// objectOf is what the order is about.
func objectOf(o *access.Order) string {
	switch {
	case o.Unit != nil:
		return string(o.Unit.ID)
	case o.Key != nil:
		return o.Key.ID
	case o.Application != nil:
		return o.Application.ID
	}
	return string(o.Account)
}

// entry appends the act to the log; the object is opaque.
func (r *Register) entry(ctx context.Context, tx *database.Tx, by room.Staff, code audit.Code, object string, how account.Recognition) error {
	return r.log.Append(ctx, tx, audit.Act{Actor: string(by.ID), Code: code, Object: object, Purpose: string(how)})
}

// newID makes an opaque key of 128 bits.
func newID() string { return rand.Text() }
