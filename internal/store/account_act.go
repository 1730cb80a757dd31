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

// ErrOtherLock means that an order names a lock that is not the present one.
var ErrOtherLock = fault.New(fault.Conflict, "account.other_lock",
	"Diese Sperre besteht nicht mehr. Laden Sie die Seite des Zugangs neu und prüfen Sie, ob es eine neuere gibt.")

// ErrRecognition means that an act on an access did not say how the person was
// recognised.
var ErrRecognition = fault.New(fault.Invalid, "account.recognition",
	"Es fehlt, wie die Person erkannt wurde. Wählen Sie Rückruf, Schreiben oder persönlich.")

// ChangePassword stores the password that the holder has chosen, in a session
// at the renewal stage or a full one with a fresh code. The session goes on
// under the fresh token, all others of the account end. Without such a session
// it gives nil.
func (a *Accounts) ChangePassword(ctx context.Context, token account.Token, hash account.Hash, fresh account.Token) (*account.Session, error) {
	var kept *account.Session
	_, err := a.withSession(ctx, token, func(ctx context.Context, tx *database.Tx, s *account.Session) (CodeAnswer, error) {
		kept = nil
		if s.Stage != account.StageRenewal && !s.Fresh(tx.Now) {
			return CodeAnswer{}, nil
		}
		_, err := tx.ExecContext(ctx, `UPDATE account SET password = $2, password_generated = FALSE, password_must_change = FALSE,
				password_expires_at = NULL WHERE id = $1`, string(s.Account.ID), hash.Encode())
		if err != nil {
			return CodeAnswer{}, err
		}
		_, err = tx.ExecContext(ctx, `DELETE FROM session WHERE account_id = $1 AND id <> $2`, string(s.Account.ID), s.ID)
		if err != nil {
			return CodeAnswer{}, err
		}
		err = a.log.Append(ctx, tx, audit.Act{Actor: string(s.Account.ID), Code: audit.PasswordChanged, Object: string(s.Account.ID)})
		if err != nil {
			return CodeAnswer{}, err
		}
		if s.Stage == account.StageRenewal {
			s.Opened, s.Stage, s.Ends = tx.Now, account.StageFull, tx.Now.Add(a.sessions.Absolute)
			s.Confirmed = tx.Now
			if err := a.signedIn(ctx, tx, s); err != nil {
				return CodeAnswer{}, err
			}
		}
		s.Seen, s.Account.MustChange, s.Account.Generated = tx.Now, false, false
		kept = s
		return CodeAnswer{}, writeSession(ctx, tx, s, fresh)
	})
	if err != nil {
		return nil, fmt.Errorf("change password: %w", err)
	}
	return kept, nil
}

// act runs one statement of somebody entitled to on an account and writes it
// to the log. No changed row gives missing.
func (a *Accounts) act(ctx context.Context, entry audit.Act, missing error, fn func(ctx context.Context, tx *database.Tx) (sql.Result, error)) error {
	err := a.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		result, err := fn(ctx, tx)
		if err != nil {
			return err
		}
		changed, err := result.RowsAffected()
		if err != nil {
			return err
		}
		if changed == 0 {
			return missing
		}
		return a.log.Append(ctx, tx, entry)
	})
	if err != nil && !errors.Is(err, missing) {
		return fmt.Errorf("act on account: %w", err)
	}
	return err
}

// ReleaseLock releases the lock by wrong codes with that number (requirement
// H5). A late order about an older lock gives ErrOtherLock.
func (a *Accounts) ReleaseLock(ctx context.Context, actor string, id account.ID, lock int64, recognised account.Recognition) error {
	if !recognised.Known() {
		return ErrRecognition
	}
	entry := audit.Act{Actor: actor, Code: audit.AccountUnlocked, Object: string(id), Purpose: string(recognised)}
	return a.act(ctx, entry, ErrOtherLock, func(ctx context.Context, tx *database.Tx) (sql.Result, error) {
		return tx.ExecContext(ctx, `UPDATE account SET otp_locked = FALSE, otp_tries = 0, otp_locked_at = NULL
			WHERE id = $1 AND otp_locked = TRUE AND otp_lock = $2`, string(id), lock)
	})
}

// ResetSecondFactor kills the second factor and every session at once
// (requirement H10); the next sign-in enrols anew. A lock stays: releasing it
// is an act of its own.
func (a *Accounts) ResetSecondFactor(ctx context.Context, actor string, id account.ID, recognised account.Recognition) error {
	if !recognised.Known() {
		return ErrRecognition
	}
	entry := audit.Act{Actor: actor, Code: audit.SecondFactorReset, Object: string(id), Purpose: string(recognised)}
	return a.act(ctx, entry, ErrNoAccount, func(ctx context.Context, tx *database.Tx) (sql.Result, error) {
		if err := endAll(ctx, tx, id); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `UPDATE account SET totp_secret = NULL, last_step = 0 WHERE id = $1 AND state <> 'closed'`, string(id))
	})
}

// IssuePassword stores the password of a new letter, makes a pending account
// active and ends every session. The clear text exists in the letter alone.
func (a *Accounts) IssuePassword(ctx context.Context, actor string, id account.ID, hash account.Hash, mustChange bool, expires time.Time) error {
	entry := audit.Act{Actor: actor, Code: audit.PasswordReset, Object: string(id)}
	return a.act(ctx, entry, ErrNoAccount, func(ctx context.Context, tx *database.Tx) (sql.Result, error) {
		if err := endAll(ctx, tx, id); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `UPDATE account SET password = $2, password_generated = TRUE, password_must_change = $3,
				password_expires_at = $4, state = 'active' WHERE id = $1 AND state <> 'closed'`,
			string(id), hash.Encode(), mustChange, database.Maybe(expires))
	})
}

// SetRoles gives an account other roles. Its sessions end, so that no page is
// open under the old ones.
func (a *Accounts) SetRoles(ctx context.Context, actor string, id account.ID, roles account.Roles) error {
	entry := audit.Act{Actor: actor, Code: audit.AccountChanged, Object: string(id)}
	return a.act(ctx, entry, ErrNoAccount, func(ctx context.Context, tx *database.Tx) (sql.Result, error) {
		if err := endAll(ctx, tx, id); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `UPDATE account SET roles = $2 WHERE id = $1 AND state <> 'closed'`, string(id), roles.String())
	})
}

// Close ends an account for good, with all its sessions and secrets.
func (a *Accounts) Close(ctx context.Context, actor string, id account.ID) error {
	entry := audit.Act{Actor: actor, Code: audit.AccountClosed, Object: string(id)}
	return a.act(ctx, entry, ErrNoAccount, func(ctx context.Context, tx *database.Tx) (sql.Result, error) {
		if err := endAll(ctx, tx, id); err != nil {
			return nil, err
		}
		return tx.ExecContext(ctx, `UPDATE account SET state = 'closed', password = '', totp_secret = NULL WHERE id = $1 AND state <> 'closed'`, string(id))
	})
}
