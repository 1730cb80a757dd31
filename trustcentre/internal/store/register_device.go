// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"

	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/internal/database"
	room "meldewerk/trustcentre/internal/access"
)

// parties are what is sealed of a loan.
type parties struct {
	Borrower string `json:"borrower"`
	Lender   string `json:"lender"`
}

// Devices lists the devices to lend by label, each with its loans.
func (r *Register) Devices(ctx context.Context) ([]room.Device, error) {
	var list []room.Device
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list = nil
		at := map[string]int{}
		for scan, err := range each(ctx, tx, `SELECT id, label, kind, gone FROM access_device ORDER BY CASE WHEN gone THEN 1 ELSE 0 END, label`) {
			if err != nil {
				return err
			}
			var d room.Device
			if err := scan(&d.ID, &d.Label, &d.Kind, &d.Gone); err != nil {
				return err
			}
			at[d.ID] = len(list)
			list = append(list, d)
		}
		for scan, err := range each(ctx, tx, `
			SELECT l.id, l.device_id, l.unit_id, u.name, l.content, l.lent_at, l.due_at, l.returned_at
			FROM access_loan l JOIN unit u ON u.id = l.unit_id ORDER BY l.device_id, l.lent_at DESC, l.id`) {
			if err != nil {
				return err
			}
			var device string
			l, err := r.scanLoan(scan, &device)
			if err != nil {
				return err
			}
			d := &list[at[device]]
			d.Loans = append(d.Loans, l)
		}
		return nil
	})
	return list, err
}

func (r *Register) scanLoan(scan func(...any) error, device *string) (room.Loan, error) {
	var l room.Loan
	var sealed []byte
	var lent, due database.Time
	var returned database.NullTime
	if err := scan(&l.ID, device, &l.Unit, &l.UnitName, &sealed, &lent, &due, &returned); err != nil {
		return l, err
	}
	var p parties
	if err := r.loans.OpenJSON(l.ID, "content", sealed, &p); err != nil {
		return l, fmt.Errorf("open loan: %w", err)
	}
	l.Borrower, l.Lender, l.LentAt, l.DueAt, l.ReturnedAt = p.Borrower, p.Lender, lent.Time, due.Time, returned.Time
	return l, nil
}

// AddDevice enters a device; a label that is there gives ErrLabel.
func (r *Register) AddDevice(ctx context.Context, by room.Staff, d room.Device) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		id := newID()
		result, err := tx.ExecContext(ctx, `
			INSERT INTO access_device (id, label, kind, made_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, id, d.Label, string(d.Kind), database.At(tx.Now))
		if err := refused(result, err, room.ErrLabel); err != nil {
			return err
		}
		return r.entry(ctx, tx, by, audit.DeviceEntered, id, "")
	})
}

// Lend notes a loan of a device that is there.
func (r *Register) Lend(ctx context.Context, by room.Staff, device string, l room.Loan) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if _, err := r.readUnit(ctx, tx, l.Unit); err != nil {
			return err
		}
		var there int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM access_device WHERE id = $1 AND NOT gone`, device).Scan(&there); err != nil {
			return err
		}
		if there == 0 {
			return room.ErrNoDevice
		}
		id := newID()
		sealed, err := r.loans.SealJSON(id, "content", parties{l.Borrower, l.Lender})
		if err != nil {
			return fmt.Errorf("seal loan: %w", err)
		}
		result, err := tx.ExecContext(ctx, `
			INSERT INTO access_loan (id, device_id, unit_id, content, lent_at, due_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
			id, device, string(l.Unit), sealed, database.At(tx.Now), database.At(l.DueAt))
		if err := refused(result, err, room.ErrLent); err != nil {
			return err
		}
		return r.entry(ctx, tx, by, audit.DeviceLent, device, "")
	})
}

// TakeBack ends the loan of a device, or takes a device off the list for good.
func (r *Register) TakeBack(ctx context.Context, by room.Staff, device string, gone bool) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		back, err := affected(tx.ExecContext(ctx, `UPDATE access_loan SET returned_at = $2 WHERE device_id = $1 AND returned_at IS NULL`, device, database.At(tx.Now)))
		if err != nil {
			return fmt.Errorf("end loan: %w", err)
		}
		if !gone {
			if back == 0 {
				return room.ErrNotLent
			}
			return r.entry(ctx, tx, by, audit.DeviceReturned, device, "")
		}
		result, err := tx.ExecContext(ctx, `UPDATE access_device SET gone = TRUE WHERE id = $1 AND NOT gone`, device)
		if err := refused(result, err, room.ErrNoDevice); err != nil {
			return err
		}
		return r.entry(ctx, tx, by, audit.DeviceGone, device, "")
	})
}

// Keys lists the installation keys, those in use first.
func (r *Register) Keys(ctx context.Context) ([]room.Key, error) {
	var list []room.Key
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list = nil
		for scan, err := range each(ctx, tx, `
			SELECT k.id, k.unit_id, u.name, k.software, k.label, k.public_key, k.state, k.made_at, k.ended_at
			FROM access_key k JOIN unit u ON u.id = k.unit_id ORDER BY CASE WHEN k.ended_at IS NULL THEN 0 ELSE 1 END, lower(u.name), k.made_at, k.id`) {
			if err != nil {
				return err
			}
			var k room.Key
			var made database.Time
			var ended database.NullTime
			if err := scan(&k.ID, &k.Unit, &k.UnitName, &k.Software, &k.Label, &k.Public, &k.State, &made, &ended); err != nil {
				return err
			}
			k.MadeAt, k.EndedAt = made.Time, ended.Time
			list = append(list, k)
		}
		return nil
	})
	return list, err
}

// AddKey enters an installation key and orders the portal to know it.
func (r *Register) AddKey(ctx context.Context, by room.Staff, k room.Key) (string, error) {
	id := newID()
	return id, r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		k := k
		k.ID = id
		u, err := r.readUnit(ctx, tx, k.Unit)
		if err != nil {
			return err
		}
		if u.Closed {
			return room.ErrUnitClosed
		}
		if err := r.tellUnit(ctx, tx, by, &u); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `
			INSERT INTO access_key (id, unit_id, software, label, public_key, state, made_at) VALUES ($1, $2, $3, $4, $5, 'ordered', $6) ON CONFLICT DO NOTHING`,
			id, string(k.Unit), k.Software, k.Label, k.Public, database.At(tx.Now))
		if err := refused(result, err, room.ErrKeyTwice); err != nil {
			return err
		}
		if err := r.order(ctx, tx, string(by.ID), k.Order()); err != nil {
			return err
		}
		return r.entry(ctx, tx, by, audit.UploadKeyRegistered, id, "")
	})
}

// RevokeKey orders the end of an installation key.
func (r *Register) RevokeKey(ctx context.Context, by room.Staff, id string) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var known int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM access_key WHERE id = $1`, id).Scan(&known); err != nil {
			return err
		}
		if known == 0 {
			return room.ErrNoKey
		}
		result, err := tx.ExecContext(ctx, `
			UPDATE access_key SET state = 'revoking', ended_at = $2 WHERE id = $1 AND state IN ('ordered', 'active')`, id, database.At(tx.Now))
		if err := refused(result, err, room.ErrKeyEnded); err != nil {
			return err
		}
		if err := r.order(ctx, tx, string(by.ID), access.Order{Act: access.RevokeKey, Key: &access.Key{ID: id}}); err != nil {
			return err
		}
		return r.entry(ctx, tx, by, audit.UploadKeyRevoked, id, "")
	})
}
