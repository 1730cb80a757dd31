// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"net/netip"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/access"
	"meldewerk/fault"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/application"
)

const (
	draftGroup = "draft"
	day        = 24 * time.Hour
)

// BeginDraft makes an empty draft, or returns ErrTooMany.
func (s *Store) BeginDraft(ctx context.Context, token []byte, source netip.Prefix, l application.Limits) error {
	id := rand.Text()
	sealed, err := s.drafts.SealJSON(id, draftGroup, application.Draft{})
	if err != nil {
		return err
	}
	from := s.sources.Of(source.String())
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a draft counts for nothing before it is sent in")
		var all, own int
		err := tx.QueryRowContext(ctx, `SELECT count(id) FROM application_draft WHERE begun_at > $1`,
			database.At(tx.Now.Add(-l.DraftLife))).Scan(&all)
		if err != nil {
			return err
		}
		err = tx.QueryRowContext(ctx, `SELECT count(id) FROM application_draft WHERE source = $1 AND begun_at > $2`,
			from, database.At(tx.Now.Add(-day))).Scan(&own)
		if err != nil {
			return err
		}
		if all >= l.Drafts || own >= l.SourceDrafts {
			return application.ErrTooMany
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO application_draft (id, token_hash, source, begun_at, content) VALUES ($1, $2, $3, $4, $5)`,
			id, token, from, database.At(tx.Now), sealed)
		return err
	})
}

// readDraft reads the draft of a token with its id.
func (s *Store) readDraft(ctx context.Context, tx *database.Tx, token []byte, l application.Limits) (string, application.Draft, error) {
	var id string
	var sealed []byte
	var draft application.Draft
	var handle, number sql.NullString
	var at database.NullTime
	err := tx.QueryRowContext(ctx, `SELECT d.id, d.content, a.id, a.number, a.received_at
		FROM application_draft d LEFT JOIN application a ON a.id = d.application_id
		WHERE d.token_hash = $1 AND d.begun_at > $2`, token, database.At(tx.Now.Add(-l.DraftLife))).
		Scan(&id, &sealed, &handle, &number, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return "", draft, application.ErrNoDraft
	}
	if err != nil {
		return "", draft, err
	}
	if err := s.drafts.OpenJSON(id, draftGroup, sealed, &draft); err != nil {
		return "", draft, err
	}
	draft.Sent = nil
	if handle.Valid {
		draft.Sent = &application.Receipt{Handle: application.Handle(handle.String), Number: number.String, ReceivedAt: at.Time}
	}
	return id, draft, nil
}

// Draft gives the draft of a token, or ErrNoDraft.
func (s *Store) Draft(ctx context.Context, token []byte, l application.Limits) (application.Draft, error) {
	var draft application.Draft
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		_, draft, err = s.readDraft(ctx, tx, token, l)
		return err
	})
	return draft, err
}

// ChangeDraft lets change work on a draft that was not sent in.
func (s *Store) ChangeDraft(ctx context.Context, token []byte, l application.Limits, change func(*application.Draft)) (application.Draft, error) {
	var draft application.Draft
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a draft counts for nothing before it is sent in")
		id, found, err := s.readDraft(ctx, tx, token, l)
		if err != nil {
			return err
		}
		if found.Sent != nil {
			return application.ErrSent
		}
		change(&found)
		draft = found
		sealed, err := s.drafts.SealJSON(id, draftGroup, found)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `UPDATE application_draft SET content = $1, changes = changes + 1 WHERE id = $2 AND changes < $3`,
			sealed, id, l.Changes)
		if err != nil {
			return err
		}
		if changed, err := result.RowsAffected(); err != nil || changed == 0 {
			return errors.Join(err, application.ErrTooMany)
		}
		return nil
	})
	return draft, err
}

// Send makes an application of a draft, or gives the receipt of the one that
// was made of it before.
func (s *Store) Send(ctx context.Context, token []byte, source netip.Prefix, l application.Limits, recipient string,
	number func(year int, sequence int64) string, seal func(application.Draft) ([]byte, error)) (application.Receipt, error) {
	var receipt application.Receipt
	from, handle := s.sources.Of(source.String()), rand.Text()
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		id, draft, err := s.readDraft(ctx, tx, token, l)
		if err != nil {
			return err
		}
		if draft.Sent != nil {
			receipt = *draft.Sent
			return nil
		}
		if err := s.mayApply(ctx, tx, from, l); err != nil {
			return err
		}
		sealed, err := seal(draft)
		if err != nil {
			return err
		}
		var sequence int64
		err = tx.QueryRowContext(ctx, `UPDATE application_sequence SET last = last + 1 WHERE one = 1 RETURNING last`).Scan(&sequence)
		if err != nil {
			return err
		}
		receipt = application.Receipt{Handle: application.Handle(handle), Number: number(tx.Now.Year(), sequence), ReceivedAt: tx.Now}
		_, err = tx.ExecContext(ctx, `INSERT INTO application (id, recipient, sequence, number, received_at, source, stage, stage_at, sealed)
			VALUES ($1, $2, $3, $4, $5, $6, 'received', $5, $7)`,
			handle, recipient, sequence, receipt.Number, database.At(tx.Now), from, sealed)
		if err != nil {
			return err
		}
		if _, err = tx.ExecContext(ctx, `UPDATE application_draft SET application_id = $1 WHERE id = $2`, handle, id); err != nil {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.ApplicationReceived, Object: receipt.Number})
	})
	return receipt, err
}

// DropDraft deletes a draft; what was sent in stays. The next tidying takes it
// off the disk: strangers must not be able to ask for that at will.
func (s *Store) DropDraft(ctx context.Context, token []byte) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a draft counts for nothing before it is sent in")
		_, err := tx.ExecContext(ctx, `DELETE FROM application_draft WHERE token_hash = $1`, token)
		return err
	})
}

// mayApply holds the limits on applications.
func (s *Store) mayApply(ctx context.Context, tx *database.Tx, from []byte, l application.Limits) error {
	var all, own int
	since := database.At(tx.Now.Add(-day))
	err := tx.QueryRowContext(ctx, `SELECT count(id) FROM application WHERE received_at > $1`, since).Scan(&all)
	if err != nil {
		return err
	}
	err = tx.QueryRowContext(ctx, `SELECT count(id) FROM application WHERE received_at > $1 AND source = $2`, since, from).Scan(&own)
	if err != nil {
		return err
	}
	if all >= l.Applications || own >= l.SourceSent {
		return application.ErrTooMany
	}
	return nil
}

// Status gives the status of an application, or ErrUnknown.
func (s *Store) Status(ctx context.Context, handle application.Handle) (application.Status, error) {
	st := application.Status{Receipt: application.Receipt{Handle: handle}}
	var stage string
	var reason []byte
	var received, told database.Time
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT number, received_at, stage, stage_at, reason FROM application WHERE id = $1`,
			string(handle)).Scan(&st.Number, &received, &stage, &told, &reason)
		if errors.Is(err, sql.ErrNoRows) {
			return application.ErrUnknown
		}
		return err
	})
	if err != nil {
		return application.Status{}, err
	}
	st.ReceivedAt, st.Stage, st.StageAt = received.Time, access.Stage(stage), told.Time
	if reason != nil {
		err = s.applications.OpenJSON(string(handle), reasonGroup, reason, &st.Reason)
	}
	return st, err
}

// TidyApplications deletes drafts after their day, forgets where applications
// came from, and deletes those at the end of their time that the recipient has
// taken. One that was not taken stays, however long that takes.
func (s *Store) TidyApplications(ctx context.Context, l application.Limits) (int, error) {
	gone := 0
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		gone = 0
		ended := int64(0)
		for _, step := range []struct {
			text string
			args []any
		}{
			{`DELETE FROM application_draft WHERE begun_at <= $1`, []any{database.At(tx.Now.Add(-l.DraftLife))}},
			{`UPDATE application SET source = NULL WHERE source IS NOT NULL AND received_at <= $1`, []any{database.At(tx.Now.Add(-day))}},
			{`DELETE FROM application WHERE taken_at IS NOT NULL AND
				(stage IN ('granted', 'declined') AND stage_at <= $1 OR stage_at <= $2)`,
				[]any{database.At(tx.Now.Add(-l.KeepStatus)), database.At(tx.Now.Add(-l.KeepUnfinished))}},
		} {
			result, err := tx.ExecContext(ctx, step.text, step.args...)
			if err != nil {
				return err
			}
			if ended, err = result.RowsAffected(); err != nil {
				return err
			}
			gone += int(ended)
		}
		if ended == 0 { // of the last step
			tx.WithoutAct("a draft counts for nothing, and where an application came from is no act")
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.RecordsExpired, Object: "application",
			Counts: map[string]int64{"applications": ended}})
	})
	if err != nil || gone == 0 {
		return gone, err
	}
	if err := s.db.Checkpoint(ctx); err != nil && !fault.IsKind(err, fault.Unavailable) {
		return gone, err
	}
	return gone, nil // a checkpoint that readers kept back comes with the next round
}

var _ application.Store = (*Store)(nil)
