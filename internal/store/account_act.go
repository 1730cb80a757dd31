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
		if err := a.replacePassword(ctx, tx, s, hash); err != nil {
			return CodeAnswer{}, err
		}
		if err := happened(ctx, tx, s.Account.ID, account.EventPasswordChanged); err != nil {
			return CodeAnswer{}, err
		}
		_, err := tx.ExecContext(ctx, `DELETE FROM session WHERE account_id = $1 AND id <> $2`, string(s.Account.ID), s.ID)
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
	if errors.Is(err, errOvertaken) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("change password: %w", err)
	}
	return kept, nil
}

// errOvertaken means that staff issued a letter, or ended the sessions, while
// the holder was changing the password.
var errOvertaken = errors.New("the session was ended meanwhile")

// replacePassword puts the chosen password in the place of the present one,
// unless that is another one than at the beginning, or the session has ended:
// a new letter must not lose against a session that it ends.
func (a *Accounts) replacePassword(ctx context.Context, tx *database.Tx, s *account.Session, hash account.Hash) error {
	var before string
	err := tx.QueryRowContext(ctx, `SELECT a.password FROM session s JOIN account a ON a.id = s.account_id WHERE s.id = $1`, s.ID).Scan(&before)
	if errors.Is(err, sql.ErrNoRows) {
		return errOvertaken
	}
	if err != nil {
		return err
	}
	if err := retirePassword(ctx, tx, s.Account.ID); err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `UPDATE account SET password = $2, password_generated = FALSE, password_must_change = FALSE,
			password_expires_at = NULL, letter_expired = FALSE WHERE id = $1 AND state = 'active' AND password = $3`,
		string(s.Account.ID), hash.Encode(), before)
	return changedOne(result, err, errOvertaken)
}

// settle is the end of an act of somebody entitled to on an account: its one
// statement has run; no changed row gives missing, and then nothing has
// happened. Otherwise the holder's event and the log's entry follow.
func (a *Accounts) settle(ctx context.Context, tx *database.Tx, result sql.Result, err, missing error, kind account.EventKind, entry audit.Act) error {
	if err := changedOne(result, err, missing); err != nil {
		return err
	}
	if kind != "" {
		if err := happened(ctx, tx, account.ID(entry.Object), kind); err != nil {
			return err
		}
	}
	return a.log.Append(ctx, tx, entry)
}

// ReleaseLock releases the lock by wrong codes with that number (requirement
// H5). A late order about an older lock gives ErrOtherLock.
func (a *Accounts) ReleaseLock(ctx context.Context, actor string, id account.ID, lock int64, recognised account.Recognition) error {
	return a.inTx(ctx, "release lock", func(ctx context.Context, tx *database.Tx) error {
		return a.ReleaseLockIn(ctx, tx, actor, id, lock, recognised)
	})
}

// ReleaseLockIn is ReleaseLock within a transaction. A refusal leaves nothing
// behind, here as in the other acts.
func (a *Accounts) ReleaseLockIn(ctx context.Context, tx *database.Tx, actor string, id account.ID, lock int64, recognised account.Recognition) error {
	if !recognised.Known() {
		return ErrRecognition
	}
	result, err := tx.ExecContext(ctx, `UPDATE account SET otp_locked = FALSE, otp_tries = 0, otp_locked_at = NULL,
			change_number = change_number + 1 WHERE id = $1 AND otp_locked = TRUE AND otp_lock = $2`, string(id), lock)
	return a.settle(ctx, tx, result, err, ErrOtherLock, account.EventLockReleased,
		audit.Act{Actor: actor, Code: audit.AccountUnlocked, Object: string(id), Purpose: string(recognised)})
}

// ResetSecondFactor kills the second factor, the passkeys and every session at
// once (requirement H10); the next sign-in enrols anew. Roles that need a
// passkey fall away with them. A lock stays: releasing it is an act of its own.
func (a *Accounts) ResetSecondFactor(ctx context.Context, actor string, id account.ID, recognised account.Recognition) error {
	return a.inTx(ctx, "reset second factor", func(ctx context.Context, tx *database.Tx) error {
		return a.ResetSecondFactorIn(ctx, tx, actor, id, recognised)
	})
}

// ResetSecondFactorIn is ResetSecondFactor within a transaction.
func (a *Accounts) ResetSecondFactorIn(ctx context.Context, tx *database.Tx, actor string, id account.ID, recognised account.Recognition) error {
	if !recognised.Known() {
		return ErrRecognition
	}
	found, err := openAccount(ctx, tx, id)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM passkey WHERE account_id = $1`, string(id)); err != nil {
		return err
	}
	if err := endAll(ctx, tx, id); err != nil {
		return err
	}
	if found.NeedsPasskey() {
		_, err := tx.ExecContext(ctx, `UPDATE account SET roles = $2 WHERE id = $1`, string(id), found.Roles.WithoutPasskey().String())
		if err != nil {
			return err
		}
		if err := a.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.RoleWithdrawn, Object: string(id), Purpose: "passkey"}); err != nil {
			return err
		}
	}
	result, err := tx.ExecContext(ctx, `UPDATE account SET totp_secret = NULL, last_step = 0, clock_streak = 0,
			change_number = change_number + 1 WHERE id = $1`, string(id))
	return a.settle(ctx, tx, result, err, ErrNoAccount, account.EventFactorReset,
		audit.Act{Actor: actor, Code: audit.SecondFactorReset, Object: string(id), Purpose: string(recognised)})
}

// IssuePassword stores the password of a new letter, makes a pending account
// active and ends every session. The clear text exists in the letter alone.
func (a *Accounts) IssuePassword(ctx context.Context, actor string, id account.ID, hash account.Hash, mustChange bool, expires time.Time) error {
	return a.inTx(ctx, "issue password", func(ctx context.Context, tx *database.Tx) error {
		return a.IssuePasswordIn(ctx, tx, actor, id, hash, mustChange, expires)
	})
}

// IssuePasswordIn is IssuePassword within a transaction.
func (a *Accounts) IssuePasswordIn(ctx context.Context, tx *database.Tx, actor string, id account.ID, hash account.Hash, mustChange bool, expires time.Time) error {
	if _, err := openAccount(ctx, tx, id); err != nil {
		return err
	}
	if err := retirePassword(ctx, tx, id); err != nil {
		return err
	}
	if err := endAll(ctx, tx, id); err != nil {
		return err
	}
	result, err := tx.ExecContext(ctx, `UPDATE account SET password = $2, password_generated = TRUE, password_must_change = $3,
			password_expires_at = $4, letter_expired = FALSE, state = 'active', change_number = change_number + 1 WHERE id = $1`,
		string(id), hash.Encode(), mustChange, database.Maybe(expires))
	return a.settle(ctx, tx, result, err, ErrNoAccount, account.EventLetterIssued,
		audit.Act{Actor: actor, Code: audit.PasswordReset, Object: string(id)})
}

// SetRoles gives an account other roles. Its sessions end, so that no page is
// open under the old ones. A role that needs a passkey is refused with
// ErrNeedsPasskey as long as there is none.
func (a *Accounts) SetRoles(ctx context.Context, actor string, id account.ID, roles account.Roles) error {
	return a.inTx(ctx, "set roles", func(ctx context.Context, tx *database.Tx) error {
		found, err := openAccount(ctx, tx, id)
		if err != nil {
			return err
		}
		return a.ChangeIn(ctx, tx, actor, id, found.Username, found.Holder, unitIDs(found.Units), roles)
	})
}

// Close ends an account for good, with all its sessions and secrets.
func (a *Accounts) Close(ctx context.Context, actor string, id account.ID) error {
	return a.inTx(ctx, "close account", func(ctx context.Context, tx *database.Tx) error {
		return a.CloseIn(ctx, tx, actor, id)
	})
}

// CloseIn is Close within a transaction.
func (a *Accounts) CloseIn(ctx context.Context, tx *database.Tx, actor string, id account.ID) error {
	if _, err := openAccount(ctx, tx, id); err != nil {
		return err
	}
	for _, statement := range []string{
		`DELETE FROM session WHERE account_id = $1`,
		`DELETE FROM passkey WHERE account_id = $1`,
		`DELETE FROM former_password WHERE account_id = $1`,
		`DELETE FROM account_event WHERE account_id = $1`,
	} {
		if _, err := tx.ExecContext(ctx, statement, string(id)); err != nil {
			return err
		}
	}
	result, err := tx.ExecContext(ctx, `UPDATE account SET state = 'closed', password = '', totp_secret = NULL,
			change_number = change_number + 1 WHERE id = $1`, string(id))
	return a.settle(ctx, tx, result, err, ErrNoAccount, "", audit.Act{Actor: actor, Code: audit.AccountClosed, Object: string(id)})
}

// EndAllIn kills every session of an account within a transaction, on the
// order of staff. A closed account, or none, gives ErrNoAccount.
func (a *Accounts) EndAllIn(ctx context.Context, tx *database.Tx, actor string, id account.ID) error {
	if _, err := openAccount(ctx, tx, id); err != nil {
		return err
	}
	if err := endAll(ctx, tx, id); err != nil {
		return err
	}
	return a.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.SessionClosed, Object: string(id)})
}

// EndAll kills every session of an account, on the order of staff.
func (a *Accounts) EndAll(ctx context.Context, actor string, id account.ID) error {
	return a.inTx(ctx, "end sessions", func(ctx context.Context, tx *database.Tx) error {
		return a.EndAllIn(ctx, tx, actor, id)
	})
}
