// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"fmt"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/internal/database"
	room "meldewerk/trustcentre/internal/access"
)

// applied is what is sealed of an application.
type applied struct {
	Form   *access.ApplicationForm `json:"form"`
	Reason string                  `json:"reason,omitempty"`
}

// Applied stores applications as they came. The same again changes nothing.
func (r *Register) Applied(ctx context.Context, arrived []room.Arrived) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		fresh := int64(0)
		for i := range arrived {
			a := &arrived[i]
			var content, raw []byte
			if a.Form == nil {
				raw = a.Sealed
			} else {
				var err error
				if content, err = r.applications.SealJSON(a.ID, "content", applied{Form: a.Form}); err != nil {
					return fmt.Errorf("seal application: %w", err)
				}
			}
			number, err := freeNumber(ctx, tx, a)
			if err != nil {
				return err
			}
			n, err := affected(tx.ExecContext(ctx, `
				INSERT INTO access_application (id, number, received_at, taken_at, stage, content, raw) VALUES ($1, $2, $3, $4, 'received', $5, $6) ON CONFLICT (id) DO NOTHING`,
				a.ID, number, database.At(a.ReceivedAt), database.At(tx.Now), content, raw))
			if err != nil {
				return fmt.Errorf("store application: %w", err)
			}
			fresh += n
		}
		if fresh == 0 {
			return nil
		}
		return r.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.ApplicationsTaken, Counts: map[string]int64{"applications": fresh}})
	})
}

// freeNumber is the number of an application as it stands on the form. A
// portal that was set back to a backup gives numbers once more; then a second
// application gets a sign behind it, because one that is dropped here would be
// lost: the portal deletes what this house has taken.
func freeNumber(ctx context.Context, tx *database.Tx, a *room.Arrived) (string, error) {
	number := a.Number
	for n := 2; ; n++ {
		var others int
		err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM access_application WHERE number = $1 AND id <> $2`, number, a.ID).Scan(&others)
		if err != nil || others == 0 {
			return number, err
		}
		number = fmt.Sprintf("%s.%d", a.Number, n)
	}
}

// Applications lists them, undecided ones first and the oldest of them on top.
func (r *Register) Applications(ctx context.Context) ([]room.Application, error) {
	return r.readApplications(ctx, "")
}

// Application gives one, or ErrNoApplication.
func (r *Register) Application(ctx context.Context, id string) (room.Application, error) {
	if id == "" {
		return room.Application{}, room.ErrNoApplication
	}
	list, err := r.readApplications(ctx, id)
	if err != nil {
		return room.Application{}, err
	}
	if len(list) == 0 {
		return room.Application{}, room.ErrNoApplication
	}
	return list[0], nil
}

func (r *Register) readApplications(ctx context.Context, only string) ([]room.Application, error) {
	var list []room.Application
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT id, number, received_at, stage, content, unit_id, decided_at FROM access_application
			WHERE $1 = '' OR id = $1 ORDER BY CASE WHEN decided_at IS NULL THEN 0 ELSE 1 END, CASE WHEN decided_at IS NULL THEN received_at ELSE -decided_at END, id`, only) {
			if err != nil {
				return err
			}
			var a room.Application
			var sealed []byte
			var received database.Time
			var unit sql.NullString
			var decided database.NullTime
			if err := scan(&a.ID, &a.Number, &received, &a.Stage, &sealed, &unit, &decided); err != nil {
				return err
			}
			if sealed != nil {
				var content applied
				if err := r.applications.OpenJSON(a.ID, "content", sealed, &content); err != nil {
					return fmt.Errorf("open application: %w", err)
				}
				a.Form, a.Reason = content.Form, content.Reason
			}
			a.ReceivedAt, a.Unit, a.DecidedAt = received.Time, account.UnitID(unit.String), decided.Time
			list = append(list, a)
		}
		return nil
	})
	return list, err
}

// stageCodes are the entries in the log for stages that the staff set.
var stageCodes = map[access.Stage]audit.Code{
	access.Checking: audit.ApplicationChecked, access.Granted: audit.ApplicationGranted, access.Declined: audit.ApplicationDeclined,
}

// SetStage moves an undecided application on and tells its status page.
func (r *Register) SetStage(ctx context.Context, by room.Staff, id string, stage access.Stage, reason string) error {
	before, err := r.Application(ctx, id)
	if err != nil {
		return err
	}
	var content []byte
	if before.Form != nil {
		if content, err = r.applications.SealJSON(id, "content", applied{before.Form, reason}); err != nil {
			return fmt.Errorf("seal application: %w", err)
		}
	}
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var decided database.NullTime
		if stage == access.Declined {
			decided.Time = tx.Now
		}
		result, err := tx.ExecContext(ctx, `
			UPDATE access_application SET stage = $2, content = $3, decided_at = $4
			WHERE id = $1 AND (stage = 'received' OR (stage = 'checking' AND $2 <> 'checking'))`, id, string(stage), content, database.Maybe(decided.Time))
		if err := refused(result, err, room.ErrDecided); err != nil {
			return err
		}
		return r.tellStage(ctx, tx, by, access.ApplicationState{ID: id, Stage: stage, Reason: reason})
	})
}

func (r *Register) tellStage(ctx context.Context, tx *database.Tx, by room.Staff, state access.ApplicationState) error {
	if err := r.order(ctx, tx, string(by.ID), access.Order{Act: access.SetApplication, Application: &state}); err != nil {
		return err
	}
	return r.entry(ctx, tx, by, stageCodes[state.Stage], state.ID, "")
}

// Grant makes the unit, its people and accounts and tells the status page, all
// or nothing.
func (r *Register) Grant(ctx context.Context, by room.Staff, g room.Grant) (account.UnitID, error) {
	fresh := account.UnitID(newID())
	id := g.Unit.ID
	err := r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		unit := g.Unit
		if id = unit.ID; id == "" {
			id, unit.ID, unit.Released, unit.Closed = fresh, fresh, false, false
		} else {
			before, err := r.readUnit(ctx, tx, id)
			if err != nil {
				return err
			}
			if before.Closed {
				return room.ErrUnitClosed
			}
			unit.Released, unit.Closed = before.Released, false
		}
		if err := r.putUnit(ctx, tx, by, &unit); err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `
			UPDATE access_application SET stage = 'granted', unit_id = $3, decided_at = $2, raw = NULL WHERE id = $1 AND stage IN ('received', 'checking')`,
			g.Application, database.At(tx.Now), string(id))
		if err := refused(result, err, room.ErrDecided); err != nil {
			return err
		}
		for _, a := range g.Accounts {
			a.ID, a.Units = account.NewID(), []account.UnitID{id}
			if err := r.addAccount(ctx, tx, by, &a); err != nil {
				return err
			}
		}
		return r.tellStage(ctx, tx, by, access.ApplicationState{ID: g.Application, Stage: access.Granted})
	})
	return id, err
}
