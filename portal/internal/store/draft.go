// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/internal/atrest"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/drafting"
)

// Drafts is the part of the store that the Online-Erfassung works with. What it
// calls Expire is about drafts; that of Store is about envelopes.
type Drafts struct{ s *Store }

// Drafts gives the part of the store that the Online-Erfassung works with.
func (s *Store) Drafts() *Drafts { return &Drafts{s} }

// Checkpoint takes what was deleted off the disk.
func (d *Drafts) Checkpoint(ctx context.Context) error { return d.s.Checkpoint(ctx) }

// padding stands before every value that must leave no trace. SQLite keeps the
// beginning of a long row, at most 4061 bytes, in the page of the row; when rows
// move between pages, pieces of them stay behind there. The rest lies on pages
// of its own, which never move and are overwritten when they are let go. The
// padding fills the part that could stay.
const padding = 4096

// errShort means that a padded value is shorter than its padding.
var errShort = errors.New("a padded value is too short")

// pad seals a value behind the padding.
func pad(box *atrest.Box, rowKey, group string, value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", group, err)
	}
	return box.Seal(rowKey, group, append(make([]byte, padding, padding+len(text)), text...))
}

// unpad opens what pad has sealed.
func unpad(box *atrest.Box, rowKey, group string, sealed []byte, into any) error {
	plain, err := box.Open(rowKey, group, sealed)
	if err != nil {
		return err
	}
	if len(plain) < padding {
		return errShort
	}
	if err := json.Unmarshal(plain[padding:], into); err != nil {
		return fmt.Errorf("read %s: %w", group, err)
	}
	return nil
}

// log writes the entry of an act; without a code it was nobody's.
func (d *Drafts) log(ctx context.Context, tx *database.Tx, account string, code audit.Code, object string) error {
	if code == "" {
		tx.WithoutAct("a draft counts for nothing before its receipt")
		return nil
	}
	return d.s.log.Append(ctx, tx, audit.Act{Actor: account, Code: code, Object: object})
}

// later is now, but never before a time that was noted already: clocks are set back.
func later(now, noted time.Time) time.Time {
	if now.Before(noted) {
		return noted
	}
	return now
}

// touch notes on the record that one of its forms was changed.
func touch(ctx context.Context, tx *database.Tx, id drafting.RecordID) error {
	_, err := tx.ExecContext(ctx, `UPDATE patient_record SET touched_at = $1 WHERE id = $2 AND touched_at < $1`,
		database.At(tx.Now), string(id))
	return err
}

// Expire removes what was not touched since the time, at most limit: drafts
// that were never submitted, edits, corrections that nobody finished, and then
// records of which nothing was submitted and no draft is left.
func (d *Drafts) Expire(ctx context.Context, before time.Time, limit int) (int, error) {
	expired := 0
	err := d.s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		expired = 0
		counts := map[string]int64{}
		for _, step := range []struct{ what, choose, remove string }{
			{"drafts", `SELECT id FROM form WHERE sheet IS NOT NULL AND sent = 0 AND changed_at < $1 LIMIT $2`,
				`DELETE FROM form WHERE id = $1`},
			{"edits", `SELECT id FROM form WHERE sheet IS NOT NULL AND sent > 0 AND changed_at < $1 LIMIT $2`,
				`UPDATE form SET sheet = NULL, version = version + 1 WHERE id = $1`},
			{"corrections", `SELECT id FROM patient_record WHERE (identity IS NOT NULL OR NOT submitted)
				AND submitted AND identity IS NOT NULL AND changed_at < $1 LIMIT $2`,
				`UPDATE patient_record SET identity = NULL, correction = '', version = version + 1 WHERE id = $1`},
			{"patients", `SELECT id FROM patient_record WHERE (identity IS NOT NULL OR NOT submitted)
				AND NOT submitted AND touched_at < $1
				AND NOT EXISTS (SELECT 1 FROM form f WHERE f.record_id = patient_record.id) LIMIT $2`,
				`DELETE FROM patient_record WHERE id = $1`},
		} {
			ids, err := column(ctx, tx, step.choose, database.At(before), limit-expired)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if _, err := tx.ExecContext(ctx, step.remove, id); err != nil {
					return err
				}
			}
			counts[step.what] = int64(len(ids))
			expired += len(ids)
		}
		if expired == 0 {
			return nil
		}
		return d.s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.DraftExpired, Purpose: "time-limit", Counts: counts})
	})
	if err != nil {
		return 0, fmt.Errorf("expire drafts: %w", err)
	}
	return expired, nil
}

var _ drafting.Store = (*Drafts)(nil)
