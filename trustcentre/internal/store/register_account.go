// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"
	"slices"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/internal/database"
	room "meldewerk/trustcentre/internal/access"
)

// holder is what is sealed of an account.
type holder struct {
	Username account.Username `json:"username"`
	Person   room.Person      `json:"person"`
}

// Accounts lists all accounts of reporters, the newest first.
func (r *Register) Accounts(ctx context.Context) ([]room.Account, error) {
	var list []room.Account
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		list, err = r.readAccounts(ctx, tx, "")
		return err
	})
	return list, err
}

// Account gives one account, or ErrNoAccount.
func (r *Register) Account(ctx context.Context, id account.ID) (room.Account, error) {
	var found room.Account
	err := r.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		found, err = r.readAccount(ctx, tx, id)
		return err
	})
	return found, err
}

func (r *Register) readAccount(ctx context.Context, tx *database.Tx, id account.ID) (room.Account, error) {
	if id == "" {
		return room.Account{}, room.ErrNoAccount
	}
	list, err := r.readAccounts(ctx, tx, id)
	if err != nil {
		return room.Account{}, err
	}
	if len(list) == 0 {
		return room.Account{}, room.ErrNoAccount
	}
	return list[0], nil
}

// readAccounts reads one account, or all of them for an empty id, with units,
// letters and open orders.
func (r *Register) readAccounts(ctx context.Context, tx *database.Tx, only account.ID) ([]room.Account, error) {
	var list []room.Account
	at := map[string]int{}
	for scan, err := range each(ctx, tx, `
		SELECT id, holder, roles, state, made_at, standing, heard_at FROM access_account
		WHERE $1 = '' OR id = $1 ORDER BY made_at DESC, id`, string(only)) {
		if err != nil {
			return nil, err
		}
		a, err := r.scanAccount(scan)
		if err != nil {
			return nil, err
		}
		at[string(a.ID)] = len(list)
		list = append(list, a)
	}
	find := func(id string) *room.Account {
		if n, known := at[id]; known {
			return &list[n]
		}
		return nil
	}
	if err := readMemberships(ctx, tx, only, find); err != nil {
		return nil, err
	}
	if err := readLetters(ctx, tx, only, find); err != nil {
		return nil, err
	}
	return list, readOpenOrders(ctx, tx, only, find)
}

func (r *Register) scanAccount(scan func(...any) error) (room.Account, error) {
	var a room.Account
	var sealed, standing []byte
	var roles string
	var made database.Time
	var heard database.NullTime
	if err := scan(&a.ID, &sealed, &roles, &a.State, &made, &standing, &heard); err != nil {
		return a, err
	}
	var h holder
	if err := r.accounts.OpenJSON(string(a.ID), "holder", sealed, &h); err != nil {
		return a, fmt.Errorf("open holder of an account: %w", err)
	}
	if standing != nil {
		if err := r.accounts.OpenJSON(string(a.ID), "standing", standing, &a.Standing); err != nil {
			return a, fmt.Errorf("open standing of an account: %w", err)
		}
	}
	var err error
	a.Username, a.Person, a.MadeAt, a.HeardAt = h.Username, h.Person, made.Time, heard.Time
	a.Roles, err = account.ParseRoles(roles)
	return a, err
}

func readMemberships(ctx context.Context, tx *database.Tx, only account.ID, find func(string) *room.Account) error {
	for scan, err := range each(ctx, tx, `
		SELECT m.account_id, m.unit_id, u.name FROM access_membership m JOIN unit u ON u.id = m.unit_id
		WHERE $1 = '' OR m.account_id = $1 ORDER BY m.account_id, m.rank`, string(only)) {
		if err != nil {
			return err
		}
		var id, unit, name string
		if err := scan(&id, &unit, &name); err != nil {
			return err
		}
		if a := find(id); a != nil {
			a.Units, a.UnitNames = append(a.Units, account.UnitID(unit)), append(a.UnitNames, name)
		}
	}
	for scan, err := range each(ctx, tx, `
		SELECT m.account_id, r.reporter_id FROM access_membership m JOIN unit_reporter r ON r.unit_id = m.unit_id
		WHERE $1 = '' OR m.account_id = $1 ORDER BY m.account_id, m.rank, r.reporter_id`, string(only)) {
		if err != nil {
			return err
		}
		var id, reporter string
		if err := scan(&id, &reporter); err != nil {
			return err
		}
		if a := find(id); a != nil {
			a.Reporters = append(a.Reporters, reporter)
		}
	}
	return nil
}

func readLetters(ctx context.Context, tx *database.Tx, only account.ID, find func(string) *room.Account) error {
	for scan, err := range each(ctx, tx, `
		SELECT account_id, id, kind, state, ordered_at, printed_at, sent_at, used_at, expires_at FROM access_letter
		WHERE $1 = '' OR account_id = $1 ORDER BY account_id, turn DESC`, string(only)) {
		if err != nil {
			return err
		}
		var id string
		var l room.Letter
		var ordered database.Time
		var printed, sent, used, expires database.NullTime
		if err := scan(&id, &l.ID, &l.Kind, &l.State, &ordered, &printed, &sent, &used, &expires); err != nil {
			return err
		}
		l.OrderedAt, l.PrintedAt, l.SentAt, l.UsedAt, l.ExpiresAt = ordered.Time, printed.Time, sent.Time, used.Time, expires.Time
		if a := find(id); a != nil {
			a.Letters = append(a.Letters, l)
		}
	}
	return nil
}

// readOpenOrders reads what is on its way, and what the portal could not carry
// out unless a later order of the same kind was.
func readOpenOrders(ctx context.Context, tx *database.Tx, only account.ID, find func(string) *room.Account) error {
	for scan, err := range each(ctx, tx, `
		SELECT number, act, object, actor, at, lock_number, recognised, answered_at, outcome FROM access_order o
		WHERE ($1 = '' OR object = $1) AND (answered_at IS NULL OR outcome NOT IN ('done', 'other-lock') AND NOT EXISTS
			(SELECT 1 FROM access_order n WHERE n.object = o.object AND n.number > o.number AND n.act = o.act AND n.outcome = 'done'))
		ORDER BY number`, string(only)) {
		if err != nil {
			return err
		}
		e, err := scanEntry(scan)
		if err != nil {
			return err
		}
		a := find(e.Object)
		switch {
		case a == nil:
		case !e.Arrived():
			a.Waiting = append(a.Waiting, e.Act)
		default:
			a.Trouble = &e
		}
	}
	return nil
}

// AddAccount makes an account with its first letter and orders it.
func (r *Register) AddAccount(ctx context.Context, by room.Staff, a room.Account) (account.ID, error) {
	id := account.NewID()
	return id, r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		a := a
		a.ID = id
		return r.addAccount(ctx, tx, by, &a)
	})
}

func (r *Register) addAccount(ctx context.Context, tx *database.Tx, by room.Staff, a *room.Account) error {
	for _, unit := range a.Units {
		u, err := r.readUnit(ctx, tx, unit)
		if err != nil {
			return err
		}
		if u.Closed {
			return room.ErrUnitClosed
		}
		// The portal must know the unit: one entered by the host's command was
		// never ordered.
		if err := r.tellUnit(ctx, tx, by, &u); err != nil {
			return err
		}
	}
	sealed, err := r.accounts.SealJSON(string(a.ID), "holder", holder{a.Username, a.Person})
	if err != nil {
		return fmt.Errorf("seal holder: %w", err)
	}
	result, err := tx.ExecContext(ctx, `
		INSERT INTO access_account (id, username_mac, holder, roles, state, made_at) VALUES ($1, $2, $3, $4, 'ordered', $5) ON CONFLICT DO NOTHING`,
		string(a.ID), r.usernames.Of(string(a.Username)), sealed, sortedRoles(a.Roles), database.At(tx.Now))
	if err := refused(result, err, room.ErrTaken); err != nil {
		return err
	}
	if err := writeMemberships(ctx, tx, a); err != nil {
		return err
	}
	if err := r.orderLetter(ctx, tx, a.ID, room.WithPassword); err != nil {
		return err
	}
	if err := r.order(ctx, tx, string(by.ID), a.Order(access.CreateAccount)); err != nil {
		return err
	}
	return r.entry(ctx, tx, by, audit.AccountCreated, string(a.ID), "")
}

// tellUnit orders the facts of a unit that were never ordered.
func (r *Register) tellUnit(ctx context.Context, tx *database.Tx, by room.Staff, u *room.Unit) error {
	var told int
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM access_order WHERE object = $1 AND act = 'put-unit'`, string(u.ID)).Scan(&told)
	if err != nil || told > 0 {
		return err
	}
	return r.order(ctx, tx, string(by.ID), access.Order{Act: access.PutUnit, Unit: u.Order()})
}

func sortedRoles(roles account.Roles) string {
	sorted := slices.Clone(roles)
	slices.Sort(sorted)
	return sorted.String()
}

func writeMemberships(ctx context.Context, tx *database.Tx, a *room.Account) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM access_membership WHERE account_id = $1`, string(a.ID)); err != nil {
		return fmt.Errorf("write memberships: %w", err)
	}
	for rank, unit := range a.Units {
		if _, err := tx.ExecContext(ctx, `
			INSERT INTO access_membership (account_id, unit_id, rank) VALUES ($1, $2, $3)`, string(a.ID), string(unit), rank); err != nil {
			return fmt.Errorf("write memberships: %w", err)
		}
	}
	return nil
}

// ChangeAccount writes name, user name, units and roles anew. An account that
// the portal has refused is ordered again under its new name.
func (r *Register) ChangeAccount(ctx context.Context, by room.Staff, a room.Account) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		before, err := r.readAccount(ctx, tx, a.ID)
		if err != nil {
			return err
		}
		a := a
		switch before.State {
		case room.Closed:
			return room.ErrClosed
		case room.Ordered:
			return room.ErrNotThere
		}
		act := access.ChangeAccount
		if before.State == room.Refused {
			act = access.CreateAccount
		}
		var twins int
		if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM access_account WHERE username_mac = $1 AND id <> $2`,
			r.usernames.Of(string(a.Username)), string(a.ID)).Scan(&twins); err != nil {
			return err
		}
		if twins > 0 {
			return room.ErrTaken
		}
		for _, unit := range a.Units {
			u, err := r.readUnit(ctx, tx, unit)
			if err != nil {
				return err
			}
			if u.Closed {
				return room.ErrUnitClosed
			}
			if err := r.tellUnit(ctx, tx, by, &u); err != nil {
				return err
			}
		}
		sealed, err := r.accounts.SealJSON(string(a.ID), "holder", holder{a.Username, a.Person})
		if err != nil {
			return fmt.Errorf("seal holder: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE access_account SET username_mac = $2, holder = $3, roles = $4, state = CASE WHEN state = 'refused' THEN 'ordered' ELSE state END WHERE id = $1`,
			string(a.ID), r.usernames.Of(string(a.Username)), sealed, sortedRoles(a.Roles)); err != nil {
			return fmt.Errorf("change account: %w", err)
		}
		if err := writeMemberships(ctx, tx, &a); err != nil {
			return err
		}
		if err := r.order(ctx, tx, string(by.ID), a.Order(act)); err != nil {
			return err
		}
		return r.entry(ctx, tx, by, audit.AccountChanged, string(a.ID), "")
	})
}

// ReleaseLock orders the release of the lock with that number. It refuses when
// that lock does not hold, or its release is on its way already.
func (r *Register) ReleaseLock(ctx context.Context, by room.Staff, id account.ID, lock int64, how account.Recognition) error {
	return r.act(ctx, by, audit.AccountUnlocked, access.Order{Act: access.ReleaseLock, Account: id, Lock: lock, Recognised: how}, func(ctx context.Context, tx *database.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE access_account SET locked = FALSE WHERE id = $1 AND state = 'known' AND locked AND lock_number = $2`, string(id), lock)
		return refused(result, err, room.ErrOtherLock)
	})
}

// ResetFactor orders the end of the second factor, and the letter that tells
// the holder.
func (r *Register) ResetFactor(ctx context.Context, by room.Staff, id account.ID, how account.Recognition) error {
	return r.act(ctx, by, audit.SecondFactorReset, access.Order{Act: access.ResetFactor, Account: id, Recognised: how}, func(ctx context.Context, tx *database.Tx) error {
		return r.orderLetter(ctx, tx, id, room.FactorGone)
	})
}

// EndSessions orders the end of all sessions.
func (r *Register) EndSessions(ctx context.Context, by room.Staff, id account.ID) error {
	return r.act(ctx, by, audit.SessionsEnded, access.Order{Act: access.EndSessions, Account: id}, nil)
}

// CloseAccount orders the end of the account. One that the portal has never
// made needs no order.
func (r *Register) CloseAccount(ctx context.Context, by room.Staff, id account.ID) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		a, err := r.readAccount(ctx, tx, id)
		if err != nil {
			return err
		}
		if a.State == room.Closed {
			return room.ErrClosed
		}
		if _, err := tx.ExecContext(ctx, `UPDATE access_account SET state = 'closed', locked = FALSE WHERE id = $1`, string(id)); err != nil {
			return fmt.Errorf("close account: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE access_letter SET state = 'superseded' WHERE account_id = $1 AND state IN ('ordered', 'printed', 'sent')`, string(id)); err != nil {
			return fmt.Errorf("withdraw letters: %w", err)
		}
		if a.State != room.Refused {
			if err := r.order(ctx, tx, string(by.ID), access.Order{Act: access.CloseAccount, Account: id}); err != nil {
				return err
			}
		}
		return r.entry(ctx, tx, by, audit.AccountClosed, string(id), "")
	})
}

// act does something to an open account, orders it and writes it to the log.
func (r *Register) act(ctx context.Context, by room.Staff, code audit.Code, o access.Order, also func(context.Context, *database.Tx) error) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		a, err := r.readAccount(ctx, tx, o.Account)
		if err != nil {
			return err
		}
		if a.State == room.Closed {
			return room.ErrClosed
		}
		if also != nil {
			if err := also(ctx, tx); err != nil {
				return err
			}
		}
		if err := r.order(ctx, tx, string(by.ID), o); err != nil {
			return err
		}
		return r.entry(ctx, tx, by, code, string(o.Account), o.Recognised)
	})
}

// Heard stores how accounts stand at the portal. An older standing, or one of
// an account that this house has not ordered, changes nothing.
func (r *Register) Heard(ctx context.Context, standings []access.Standing) error {
	return r.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		counts := map[string]int64{}
		for i := range standings {
			changed, err := r.hear(ctx, tx, &standings[i])
			if err != nil {
				return err
			}
			if changed {
				counts["accounts"]++
			}
		}
		if len(counts) == 0 {
			return nil
		}
		return r.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.StandingsTaken, Counts: counts})
	})
}

func (r *Register) hear(ctx context.Context, tx *database.Tx, s *access.Standing) (bool, error) {
	sealed, err := r.accounts.SealJSON(string(s.Account), "standing", s)
	if err != nil {
		return false, fmt.Errorf("seal standing: %w", err)
	}
	n, err := affected(tx.ExecContext(ctx, `
		UPDATE access_account SET standing = $2, heard_at = $3, change_number = $4, locked = $5, lock_number = $6 WHERE id = $1 AND change_number < $4`,
		string(s.Account), sealed, database.At(tx.Now), s.Change, s.Locked, s.Lock))
	if err != nil || n == 0 {
		return false, err
	}
	if s.LastSignIn.IsZero() {
		return true, nil
	}
	// A sign-in after the printing used the letter's password.
	_, err = tx.ExecContext(ctx, `
		UPDATE access_letter SET state = 'used', used_at = $2 WHERE account_id = $1 AND kind = 'password' AND state IN ('printed', 'sent') AND printed_at <= $2`,
		string(s.Account), database.At(s.LastSignIn))
	return true, err
}
