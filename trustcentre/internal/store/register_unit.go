// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/internal/database"
	room "meldewerk/trustcentre/internal/access"
)

// Units lists the institutions by name.
func (r *Register) Units(ctx context.Context) ([]room.Unit, error) {
	var list []room.Unit
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		list, err = r.readUnits(ctx, tx, "")
		return err
	})
	return list, err
}

// Unit gives one institution, or ErrNoUnit.
func (r *Register) Unit(ctx context.Context, id account.UnitID) (room.Unit, error) {
	var found room.Unit
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		found, err = r.readUnit(ctx, tx, id)
		return err
	})
	return found, err
}

func (r *Register) readUnit(ctx context.Context, tx *database.Tx, id account.UnitID) (room.Unit, error) {
	if id == "" {
		return room.Unit{}, room.ErrNoUnit
	}
	list, err := r.readUnits(ctx, tx, id)
	if err != nil {
		return room.Unit{}, err
	}
	if len(list) == 0 {
		return room.Unit{}, room.ErrNoUnit
	}
	return list[0], nil
}

// readUnits reads one unit, or all of them for an empty id.
func (r *Register) readUnits(ctx context.Context, tx *database.Tx, only account.UnitID) ([]room.Unit, error) {
	var list []room.Unit
	at := map[account.UnitID]int{}
	for scan, err := range each(ctx, tx, `
		SELECT u.id, u.name, u.any_reporter, u.released, u.closed, d.detail,
			(SELECT COUNT(*) FROM access_membership m JOIN access_account a ON a.id = m.account_id WHERE m.unit_id = u.id AND a.state <> 'closed')
		FROM unit u LEFT JOIN unit_detail d ON d.unit_id = u.id
		WHERE $1 = '' OR u.id = $1 ORDER BY lower(u.name), u.id`, string(only)) {
		if err != nil {
			return nil, err
		}
		var u room.Unit
		var sealed []byte
		if err := scan(&u.ID, &u.Name, &u.AnyReporter, &u.Released, &u.Closed, &sealed, &u.Accounts); err != nil {
			return nil, err
		}
		if sealed != nil {
			if err := r.details.OpenJSON(string(u.ID), "detail", sealed, &u.Detail); err != nil {
				return nil, fmt.Errorf("open master data of a unit: %w", err)
			}
		}
		at[u.ID] = len(list)
		list = append(list, u)
	}
	for scan, err := range each(ctx, tx, `
		SELECT unit_id, reporter_id FROM unit_reporter WHERE $1 = '' OR unit_id = $1 ORDER BY unit_id, reporter_id`, string(only)) {
		if err != nil {
			return nil, err
		}
		var id account.UnitID
		var reporter string
		if err := scan(&id, &reporter); err != nil {
			return nil, err
		}
		if n, known := at[id]; known {
			list[n].ReporterIDs = append(list[n].ReporterIDs, reporter)
		}
	}
	return list, nil
}

// PutUnit enters a unit or changes its facts, and orders the portal to know
// them. The release stays as it is; closing ends it.
func (r *Register) PutUnit(ctx context.Context, by room.Staff, u room.Unit) (account.UnitID, error) {
	id := u.ID
	err := r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		u := u
		if u.ID = id; u.ID == "" {
			u.ID, u.Released = account.UnitID(newID()), false
			id = u.ID
		} else if before, err := r.readUnit(ctx, tx, u.ID); err == nil {
			u.Released = before.Released && !u.Closed
			if u.Closed && before.Accounts > 0 {
				return room.ErrUnitStays
			}
		} else if u.Released = false; !isNoUnit(err) {
			return err
		}
		return r.putUnit(ctx, tx, by, &u)
	})
	return id, err
}

// putUnit writes all facts of a unit and their order.
func (r *Register) putUnit(ctx context.Context, tx *database.Tx, by room.Staff, u *room.Unit) error {
	if err := r.units.PutUnitIn(ctx, tx, string(by.ID), u.Unit); err != nil {
		return err
	}
	sealed, err := r.details.SealJSON(string(u.ID), "detail", u.Detail)
	if err != nil {
		return fmt.Errorf("seal master data of a unit: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `
		INSERT INTO unit_detail (unit_id, detail, changed_at) VALUES ($1, $2, $3)
		ON CONFLICT (unit_id) DO UPDATE SET detail = $2, changed_at = $3`, string(u.ID), sealed, database.At(tx.Now)); err != nil {
		return fmt.Errorf("write master data of a unit: %w", err)
	}
	return r.order(ctx, tx, string(by.ID), access.Order{Act: access.PutUnit, Unit: u.Order()})
}

// SetReleased releases a unit for real data, or suspends that, and orders the
// portal to know it (H19). A unit that is so already changes nothing.
func (r *Register) SetReleased(ctx context.Context, actor string, id account.UnitID, released bool) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		u, err := r.readUnit(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case u.Released == released:
			return nil
		case released && u.Closed:
			return room.ErrUnitClosed
		case released && !u.AnyReporter && len(u.ReporterIDs) == 0:
			return room.ErrNoReporter
		}
		u.Released = released
		if err := r.units.PutUnitIn(ctx, tx, actor, u.Unit); err != nil {
			return err
		}
		if !released {
			if err := r.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.ReporterSuspended, Object: "unit/" + string(id)}); err != nil {
				return err
			}
		}
		return r.order(ctx, tx, actor, access.Order{Act: access.PutUnit, Unit: u.Order()})
	})
}
