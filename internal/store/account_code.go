// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/database"
)

// CodeOutcome says what became of a one-time password.
type CodeOutcome string

// The outcomes. Towards the person Repeated looks like Wrong, but is not one
// of the ten.
const (
	CodeRight     CodeOutcome = "right"
	CodeWrong     CodeOutcome = "wrong"
	CodeRepeated  CodeOutcome = "repeated" // the last accepted one once more
	CodeLocked    CodeOutcome = "locked"   // ten wrong ones: only the trust centre releases that
	CodeNoSession CodeOutcome = "no-session"
	CodePasskey   CodeOutcome = "passkey" // not looked at: the roles of the account need a passkey
)

// CodeAnswer is the outcome with what the page tells.
type CodeAnswer struct {
	Outcome CodeOutcome
	Used    int             // wrong codes since the last full sign-in, this one included
	Session account.Session // after a right one, under the new token
	Shown   account.Secret  // second factor still to be confirmed, after a wrong one
}

// CheckCode proves a code in the session of the token: the second step of a
// sign-in, or a fresh proof within a full session. The code is counted before
// it is compared, in the same transaction; a time step is accepted once, and
// an older one never (RFC 6238 §5.2). When it is right the session goes on
// under the fresh token and the old one is dead.
func (a *Accounts) CheckCode(ctx context.Context, token account.Token, code account.Code, fresh account.Token) (CodeAnswer, error) {
	return a.withSession(ctx, token, func(ctx context.Context, tx *database.Tx, s *account.Session) (CodeAnswer, error) {
		if s.Stage == account.StageRenewal || !s.Account.Enrolled {
			return CodeAnswer{Outcome: CodeNoSession}, nil // the code has been proven, or there is none
		}
		if s.Account.NeedsPasskey() {
			return CodeAnswer{Outcome: CodePasskey, Used: s.Account.CodesUsed}, nil // neither counted nor compared: no oracle
		}
		used, sealed, err := countCode(ctx, tx, s.Account.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return CodeAnswer{Outcome: CodeLocked, Used: account.MaxCodes}, nil
		}
		if err != nil {
			return CodeAnswer{}, err
		}
		secret, err := a.openFactor(s.Account.ID, sealed)
		if err != nil {
			return CodeAnswer{}, err
		}
		step, ok := secret.Match(code, tx.Now)
		switch {
		case ok && step == s.LastStep:
			return CodeAnswer{Outcome: CodeRepeated, Used: used - 1}, forgetCode(ctx, tx, s.Account.ID)
		case !ok || step < s.LastStep:
			return a.wrongCode(ctx, tx, s, used)
		}
		accepted, err := acceptStep(ctx, tx, s.Account.ID, step)
		if err != nil {
			return CodeAnswer{}, err
		}
		if !accepted {
			return a.wrongCode(ctx, tx, s, used)
		}
		s.LastStep = step
		if s.Stage == account.StagePassword {
			if err := a.watchClock(ctx, tx, s.Account.ID, step-account.StepAt(tx.Now)); err != nil {
				return CodeAnswer{}, err
			}
		}
		return a.rightCode(ctx, tx, s, fresh)
	})
}

// withSession runs fn for the session of a token, one after another for the
// same account.
func (a *Accounts) withSession(ctx context.Context, token account.Token, fn func(context.Context, *database.Tx, *account.Session) (CodeAnswer, error)) (CodeAnswer, error) {
	first, err := a.Session(ctx, token, false)
	if err != nil {
		return CodeAnswer{}, err
	}
	if first == nil {
		return CodeAnswer{Outcome: CodeNoSession}, nil
	}
	var answer CodeAnswer
	err = a.db.Exclusive(ctx, "account "+string(first.Account.ID), func(ctx context.Context, tx *database.Tx) error {
		s, err := a.readSession(ctx, tx, token)
		if err != nil {
			return err
		}
		if s == nil {
			answer = CodeAnswer{Outcome: CodeNoSession}
			return nil
		}
		answer, err = fn(ctx, tx, s)
		return err
	})
	if err != nil {
		return CodeAnswer{}, fmt.Errorf("check code: %w", err)
	}
	return answer, nil
}

// countCode counts a code of whatever form or session. No row means locked.
func countCode(ctx context.Context, tx *database.Tx, id account.ID) (int, []byte, error) {
	var used int
	var sealed []byte
	err := tx.QueryRowContext(ctx, `UPDATE account SET otp_tries = otp_tries + 1, change_number = change_number + 1
		WHERE id = $1 AND state = 'active' AND otp_locked = FALSE AND otp_tries < 10
		RETURNING otp_tries, totp_secret`, string(id)).Scan(&used, &sealed)
	return used, sealed, err
}

// forgetCode takes the count of one code back.
func forgetCode(ctx context.Context, tx *database.Tx, id account.ID) error {
	tx.WithoutAct("a used code once more is not counted and changes nothing")
	_, err := tx.ExecContext(ctx, `UPDATE account SET otp_tries = otp_tries - 1 WHERE id = $1 AND otp_tries > 0`, string(id))
	return err
}

// acceptStep takes a time step once and for all.
func acceptStep(ctx context.Context, tx *database.Tx, id account.ID, step account.Step) (bool, error) {
	result, err := tx.ExecContext(ctx, `UPDATE account SET last_step = $2 WHERE id = $1 AND last_step < $2`, string(id), int64(step))
	if err != nil {
		return false, err
	}
	changed, err := result.RowsAffected()
	return changed == 1, err
}

// watchClock keeps by how many steps the code of a sign-in was off. The third
// time in a row the holder is told that the phone's clock is wrong (H6).
func (a *Accounts) watchClock(ctx context.Context, tx *database.Tx, id account.ID, offset account.Step) error {
	var streak int
	err := tx.QueryRowContext(ctx, `UPDATE account SET clock_offset = CAST($2 AS BIGINT),
			clock_streak = CASE WHEN CAST($2 AS BIGINT) = 0 THEN 0 WHEN clock_offset = CAST($2 AS BIGINT) THEN clock_streak + 1 ELSE 1 END
		WHERE id = $1 RETURNING clock_streak`, string(id), int64(offset)).Scan(&streak)
	if err != nil || streak != account.ClockStreak {
		return err
	}
	if offset > 0 {
		return happened(ctx, tx, id, account.EventClockAhead)
	}
	return happened(ctx, tx, id, account.EventClockBehind)
}

// wrongCode writes the failure; the tenth locks the account and ends all its
// sessions.
func (a *Accounts) wrongCode(ctx context.Context, tx *database.Tx, s *account.Session, used int) (CodeAnswer, error) {
	act := audit.Act{Actor: string(s.Account.ID), Code: audit.SignInRefused, Purpose: "code", Result: audit.Refused, Object: s.ID}
	if err := happened(ctx, tx, s.Account.ID, account.EventRefusedFactor); err != nil {
		return CodeAnswer{}, err
	}
	if used < account.MaxCodes {
		return CodeAnswer{Outcome: CodeWrong, Used: used}, a.log.Append(ctx, tx, act)
	}
	_, err := tx.ExecContext(ctx, `UPDATE account SET otp_locked = TRUE, otp_lock = otp_lock + 1, otp_locked_at = $2 WHERE id = $1`,
		string(s.Account.ID), database.At(tx.Now))
	if err != nil {
		return CodeAnswer{}, err
	}
	if err := endAll(ctx, tx, s.Account.ID); err != nil {
		return CodeAnswer{}, err
	}
	if err := happened(ctx, tx, s.Account.ID, account.EventLocked); err != nil {
		return CodeAnswer{}, err
	}
	act.Code, act.Object = audit.AccountLocked, string(s.Account.ID)
	return CodeAnswer{Outcome: CodeLocked, Used: used}, a.log.Append(ctx, tx, act)
}

// rightCode brings the session on: from half open to full, or to the renewal
// of the letter's password, or a full one to a fresh proof.
func (a *Accounts) rightCode(ctx context.Context, tx *database.Tx, s *account.Session, fresh account.Token) (CodeAnswer, error) {
	signIn := s.Stage == account.StagePassword
	if signIn {
		s.Opened, s.Stage, s.Ends = tx.Now, account.StageFull, tx.Now.Add(a.sessions.Absolute)
		if s.Account.MustChange {
			s.Stage, s.Ends = account.StageRenewal, tx.Now.Add(account.HalfOpenLife)
		}
	}
	s.Seen, s.Confirmed = tx.Now, tx.Now
	if err := writeSession(ctx, tx, s, fresh); err != nil {
		return CodeAnswer{}, err
	}
	_, err := tx.ExecContext(ctx, `UPDATE account SET otp_tries = 0 WHERE id = $1`, string(s.Account.ID))
	if err != nil {
		return CodeAnswer{}, err
	}
	s.Account.CodesUsed = 0
	answer := CodeAnswer{Outcome: CodeRight, Session: *s}
	if s.Stage == account.StageFull && signIn {
		return answer, a.signedIn(ctx, tx, s)
	}
	tx.WithoutAct("a proven code opens nothing yet: the sign-in or the act it is for writes the entry")
	return answer, nil
}

// signedIn writes the sign-in. The letter has reached its reader, so its time
// runs out no more. The last sign-in is never before the first, even when the
// clock was set back: the trust centre would refuse such a standing, and with
// it those of all other accounts.
func (a *Accounts) signedIn(ctx context.Context, tx *database.Tx, s *account.Session) error {
	_, err := tx.ExecContext(ctx, `UPDATE account SET first_sign_in_at = COALESCE(first_sign_in_at, $2),
			last_sign_in_at = CASE WHEN first_sign_in_at > $2 THEN first_sign_in_at ELSE $2 END,
			password_expires_at = NULL, letter_expired = FALSE, notices_seen_at = COALESCE(notices_seen_at, $2),
			change_number = change_number + 1 WHERE id = $1`, string(s.Account.ID), database.At(tx.Now))
	if err != nil {
		return err
	}
	if err := happened(ctx, tx, s.Account.ID, account.EventSignedIn); err != nil {
		return err
	}
	return a.log.Append(ctx, tx, audit.Act{Actor: string(s.Account.ID), Code: audit.SessionOpened, Object: s.ID})
}

// writeSession stores a session under a new token; the old token is dead.
func writeSession(ctx context.Context, tx *database.Tx, s *account.Session, fresh account.Token) error {
	_, err := tx.ExecContext(ctx, `UPDATE session SET token_hash = $2, stage = $3, opened_at = $4, seen_at = $5, ends_at = $6,
			confirmed_at = $7, enrolment = NULL, challenge = NULL WHERE id = $1`,
		s.ID, fresh.Hash(), string(s.Stage), database.At(s.Opened), database.At(s.Seen), database.At(s.Ends), database.Maybe(s.Confirmed))
	return err
}

// BeginEnrolment makes a second factor and keeps it with the half-open
// session. It counts for nothing before its first code is confirmed; asked
// again, it makes another. Without such a session it gives the zero Secret.
func (a *Accounts) BeginEnrolment(ctx context.Context, token account.Token) (account.Secret, error) {
	var made account.Secret
	_, err := a.withSession(ctx, token, func(ctx context.Context, tx *database.Tx, s *account.Session) (CodeAnswer, error) {
		made = account.Secret{}
		if s.Stage != account.StagePassword || s.Account.Enrolled {
			return CodeAnswer{}, nil
		}
		tx.WithoutAct("a second factor that is not confirmed is none yet")
		secret := account.NewSecret()
		sealed, err := a.pending.Seal(s.ID, "enrolment", secret.Key())
		if err != nil {
			return CodeAnswer{}, err
		}
		_, err = tx.ExecContext(ctx, `UPDATE session SET enrolment = $2, seen_at = $3 WHERE id = $1`, s.ID, sealed, database.At(tx.Now))
		made = secret
		return CodeAnswer{}, err
	})
	if err != nil {
		return account.Secret{}, fmt.Errorf("begin enrolment: %w", err)
	}
	return made, nil
}

// ConfirmEnrolment takes the first code of the second factor shown in this
// session. Only then does it count, and its time step is used up. All sessions
// of the account end: the holder signs in anew. Wrong codes count among the ten.
func (a *Accounts) ConfirmEnrolment(ctx context.Context, token account.Token, code account.Code) (CodeAnswer, error) {
	answer, err := a.confirmEnrolment(ctx, token, code)
	if errors.Is(err, ErrNoPasskey) { // the session was ended meanwhile
		return CodeAnswer{Outcome: CodeNoSession}, nil
	}
	return answer, err
}

func (a *Accounts) confirmEnrolment(ctx context.Context, token account.Token, code account.Code) (CodeAnswer, error) {
	return a.withSession(ctx, token, func(ctx context.Context, tx *database.Tx, s *account.Session) (CodeAnswer, error) {
		secret, err := a.shownSecret(ctx, tx, s)
		if err != nil || secret.IsZero() {
			return CodeAnswer{Outcome: CodeNoSession}, err
		}
		used, _, err := countCode(ctx, tx, s.Account.ID)
		if errors.Is(err, sql.ErrNoRows) {
			return CodeAnswer{Outcome: CodeLocked, Used: account.MaxCodes}, nil
		}
		if err != nil {
			return CodeAnswer{}, err
		}
		step, ok := secret.Match(code, tx.Now)
		if !ok {
			answer, err := a.wrongCode(ctx, tx, s, used)
			answer.Shown = secret
			return answer, err
		}
		sealed, err := a.sealFactor(s.Account.ID, secret)
		if err != nil {
			return CodeAnswer{}, err
		}
		_, err = tx.ExecContext(ctx, `UPDATE account SET totp_secret = $2, last_step = $3, otp_tries = otp_tries - 1 WHERE id = $1`,
			string(s.Account.ID), sealed, int64(step))
		if err != nil {
			return CodeAnswer{}, err
		}
		if err := stillOpen(ctx, tx, s.ID); err != nil {
			return CodeAnswer{}, err
		}
		if err := endAll(ctx, tx, s.Account.ID); err != nil {
			return CodeAnswer{}, err
		}
		if err := happened(ctx, tx, s.Account.ID, account.EventFactorEnrolled); err != nil {
			return CodeAnswer{}, err
		}
		err = a.log.Append(ctx, tx, audit.Act{Actor: string(s.Account.ID), Code: audit.SecondFactorEnrolled, Object: string(s.Account.ID)})
		return CodeAnswer{Outcome: CodeRight}, err
	})
}

// Enrolment gives the second factor that the session of the token has shown
// and that waits for its first code; zero when there is none.
func (a *Accounts) Enrolment(ctx context.Context, token account.Token) (account.Secret, error) {
	var shown account.Secret
	err := a.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		s, err := a.readSession(ctx, tx, token)
		if err != nil || s == nil {
			return err
		}
		shown, err = a.shownSecret(ctx, tx, s)
		return err
	})
	if err != nil {
		return account.Secret{}, fmt.Errorf("read enrolment: %w", err)
	}
	return shown, nil
}

// shownSecret opens the second factor that this session has shown, if any.
func (a *Accounts) shownSecret(ctx context.Context, tx *database.Tx, s *account.Session) (account.Secret, error) {
	if s.Stage != account.StagePassword || s.Account.Enrolled || !s.Enrolling {
		return account.Secret{}, nil
	}
	var sealed []byte
	if err := tx.QueryRowContext(ctx, `SELECT enrolment FROM session WHERE id = $1`, s.ID).Scan(&sealed); err != nil {
		return account.Secret{}, err
	}
	key, err := a.pending.Open(s.ID, "enrolment", sealed)
	if err != nil {
		return account.Secret{}, fmt.Errorf("open second factor to confirm: %w", err)
	}
	return account.SecretOf(key)
}
