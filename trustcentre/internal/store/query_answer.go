// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/trustcentre/internal/handover"
	"meldewerk/trustcentre/internal/query"
)

// maxFurther is how many answers beside the first one are kept of a query. A
// portal gives one more each time it was set back to a backup.
const maxFurther = 9

// TakeAnswers stores answers, also to queries that are closed; a further one
// to the same query stands beside the first. It tells what came of them.
func (s *Store) TakeAnswers(ctx context.Context, arrived []query.Arrived) (query.Taken, error) {
	var taken query.Taken
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		taken = query.Taken{}
		for i := range arrived {
			if err := s.takeAnswer(ctx, tx, &arrived[i], &taken); err != nil {
				return err
			}
		}
		if taken.Fresh == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.AnswersTaken,
			Counts: map[string]int64{"answers": int64(taken.Fresh), "further": int64(taken.Further), "foreign": int64(taken.Foreign)}})
	})
	return taken, err
}

// takeAnswer keeps one answer, unless it is here already. A portal whose clock
// is wrong cannot answer before it was asked, nor in the future. The words of
// one that comes when its report is completed or replaced are not kept: nobody
// needs them any more, and nobody could say whether they name the patient.
func (s *Store) takeAnswer(ctx context.Context, tx *database.Tx, a *query.Arrived, taken *query.Taken) error {
	var asked database.Time
	var answered, ended database.NullTime
	var digest []byte
	err := tx.QueryRowContext(ctx, `SELECT q.asked_at, q.answered_at, q.digest, d.ended_at FROM query q JOIN dossier d ON d.id = q.dossier_id
		WHERE q.id = $1`, string(a.Query)).Scan(&asked, &answered, &digest, &ended)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		taken.Foreign++
		return nil
	case err != nil:
		return fmt.Errorf("look for the query of an answer: %w", err)
	case bytes.Equal(digest, a.Digest[:]):
		return nil
	}
	at := a.At
	if at.Before(asked.Time) {
		at = asked.Time
	}
	if at.After(tx.Now) {
		at = tx.Now
	}
	if !answered.Time.IsZero() {
		return s.takeFurther(ctx, tx, a, database.At(at), ended.Time.IsZero(), taken)
	}
	var sealed []byte
	if ended.Time.IsZero() {
		if sealed, err = s.sealAnswer(string(a.Query), a); err != nil {
			return err
		}
	}
	taken.Fresh++
	_, err = tx.ExecContext(ctx, `UPDATE query SET account = $2, answered_at = $3, answer = $4, unread = $5, digest = $6 WHERE id = $1`,
		string(a.Query), a.Account, database.At(at), sealed, a.Sealed != nil && sealed != nil, a.Digest[:])
	if err != nil {
		return fmt.Errorf("store answer: %w", err)
	}
	return nil
}

func (s *Store) takeFurther(ctx context.Context, tx *database.Tx, a *query.Arrived, at database.Time, keep bool, taken *query.Taken) error {
	var others int
	var known bool
	err := tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(SUM(CASE WHEN digest = $2 THEN 1 ELSE 0 END), 0) > 0 FROM further_answer WHERE query_id = $1`,
		string(a.Query), a.Digest[:]).Scan(&others, &known)
	switch {
	case err != nil:
		return fmt.Errorf("look for further answers: %w", err)
	case known:
		return nil
	case others >= maxFurther:
		taken.Dropped++
		return nil
	}
	var sealed []byte
	if keep {
		if sealed, err = s.sealAnswer(furtherKey(a.Query, a.Digest[:]), a); err != nil {
			return err
		}
	}
	taken.Fresh++
	taken.Further++
	_, err = tx.ExecContext(ctx, `INSERT INTO further_answer (query_id, digest, account, answered_at, answer, unread) VALUES ($1, $2, $3, $4, $5, $6)`,
		string(a.Query), a.Digest[:], a.Account, at, sealed, a.Sealed != nil && sealed != nil)
	if err != nil {
		return fmt.Errorf("store further answer: %w", err)
	}
	return nil
}

// furtherKey is the key under which a further answer is sealed.
func furtherKey(id submission.QueryID, digest []byte) string {
	return string(id) + "/" + hex.EncodeToString(digest)
}

func (s *Store) sealAnswer(key string, a *query.Arrived) ([]byte, error) {
	group, plain := "answer", []byte(a.Text)
	if a.Sealed != nil {
		group, plain = "unread", a.Sealed
	}
	sealed, err := s.queries.Seal(key, group, plain)
	if err != nil {
		return nil, fmt.Errorf("seal answer: %w", err)
	}
	return sealed, nil
}

// UnreadAnswers gives answers that could not be opened or read, the oldest
// first, and says how many it has passed by: one that is damaged here stops none.
func (s *Store) UnreadAnswers(ctx context.Context, limit int) ([]query.Arrived, int, error) {
	var list []query.Arrived
	passed := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list, passed = nil, 0
		for scan, err := range each(ctx, tx, `
			SELECT id, account, answered_at, answer, digest, FALSE FROM query WHERE unread AND answer IS NOT NULL
			UNION ALL SELECT query_id, account, answered_at, answer, digest, TRUE FROM further_answer WHERE unread AND answer IS NOT NULL
			ORDER BY 3, 1`) {
			if err != nil {
				return err
			}
			var a query.Arrived
			var at database.Time
			var sealed, digest []byte
			if err := scan(&a.Query, &a.Account, &at, &sealed, &digest, &a.Further); err != nil {
				return err
			}
			key := string(a.Query)
			if a.Further {
				key = furtherKey(a.Query, digest)
			}
			if a.Sealed, err = s.queries.Open(key, "unread", sealed); err != nil {
				passed++
				continue
			}
			a.At = at.Time
			copy(a.Digest[:], digest)
			if list = append(list, a); len(list) == limit {
				break
			}
		}
		return nil
	})
	return list, passed, err
}

// ReadAnswers stores the texts of answers that could not be read before.
func (s *Store) ReadAnswers(ctx context.Context, read []query.Arrived) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for i := range read {
			a := &read[i]
			if a.Further {
				sealed, err := s.sealAnswer(furtherKey(a.Query, a.Digest[:]), a)
				if err != nil {
					return err
				}
				if _, err := tx.ExecContext(ctx, `UPDATE further_answer SET answer = $3, unread = FALSE WHERE query_id = $1 AND digest = $2 AND unread AND answer IS NOT NULL`,
					string(a.Query), a.Digest[:], sealed); err != nil {
					return fmt.Errorf("store read answer: %w", err)
				}
				continue
			}
			sealed, err := s.sealAnswer(string(a.Query), a)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, `UPDATE query SET answer = $2, unread = FALSE WHERE id = $1 AND unread AND answer IS NOT NULL`,
				string(a.Query), sealed); err != nil {
				return fmt.Errorf("store read answer: %w", err)
			}
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.AnswersTaken, Counts: map[string]int64{"reopened": int64(len(read))}})
	})
}

// dropNaming empties the answers on a report that hold something of its
// patient, and those that nobody can compare with him. It belongs into every
// transaction that deletes the identity on completion or replacement (N20),
// and what is damaged must not stop that.
func (s *Store) dropNaming(ctx context.Context, tx *database.Tx, dossier string, content []byte) error {
	type answer struct {
		id     string
		digest []byte // of a further one
		sealed []byte
		unread bool
	}
	var list []answer
	for scan, err := range each(ctx, tx, `
		SELECT id, NULL, answer, unread FROM query WHERE dossier_id = $1 AND answer IS NOT NULL
		UNION ALL SELECT f.query_id, f.digest, f.answer, f.unread FROM further_answer f JOIN query q ON q.id = f.query_id
			WHERE q.dossier_id = $1 AND f.answer IS NOT NULL`, dossier) {
		if err != nil {
			return err
		}
		var a answer
		if err := scan(&a.id, &a.digest, &a.sealed, &a.unread); err != nil {
			return fmt.Errorf("look for answers: %w", err)
		}
		list = append(list, a)
	}
	if len(list) == 0 {
		return nil
	}
	original := s.original(handover.DossierID(dossier), content)
	for _, a := range list {
		key := a.id
		if a.digest != nil {
			key = furtherKey(submission.QueryID(a.id), a.digest)
		}
		if text, err := s.queries.Open(key, "answer", a.sealed); err == nil && !a.unread && query.Outlives(original, string(text)) {
			continue
		}
		var err error
		if a.digest == nil {
			_, err = tx.ExecContext(ctx, `UPDATE query SET answer = NULL WHERE id = $1`, a.id)
		} else {
			_, err = tx.ExecContext(ctx, `UPDATE further_answer SET answer = NULL WHERE query_id = $1 AND digest = $2`, a.id, a.digest)
		}
		if err != nil {
			return fmt.Errorf("empty answer: %w", err)
		}
	}
	return nil
}

// expireFurther empties further answers by the limits of the first one, also
// where that was emptied before they came.
func (s *Store) expireFurther(ctx context.Context, tx *database.Tx, closed, before time.Time) error {
	if _, err := tx.ExecContext(ctx, `
		UPDATE further_answer SET answer = NULL WHERE answer IS NOT NULL AND (answered_at < $2 OR EXISTS (
			SELECT 1 FROM query q JOIN dossier d ON d.id = q.dossier_id WHERE q.id = further_answer.query_id
				AND (q.outcome <> '' AND q.closed_at < $1 OR d.opened_at < $2 AND d.content IS NOT NULL)))`,
		database.At(closed), database.At(before)); err != nil {
		return fmt.Errorf("empty further answers: %w", err)
	}
	return nil
}
