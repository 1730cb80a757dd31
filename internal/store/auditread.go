// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/internal/database"
)

// EntryFilter chooses entries; an empty field chooses all.
type EntryFilter struct {
	Actor  string
	Code   audit.Code
	Object string
	From   time.Time // inclusive
	Until  time.Time // exclusive
	Before EntryID   // only entries with a smaller id, for the next page
	Limit  int       // default and upper bound 500
}

// ListedEntry is a readable entry with its reference.
type ListedEntry struct {
	ID    EntryID
	Entry audit.Entry
}

// Entries lists readable entries, newest first.
func (l *AuditLog) Entries(ctx context.Context, f EntryFilter) ([]ListedEntry, error) {
	if f.Limit <= 0 || f.Limit > 500 {
		f.Limit = 500
	}
	until := f.Until
	if until.IsZero() {
		until = time.UnixMicro(1<<62 - 1)
	}
	var list []ListedEntry
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT entry_id, salt, body FROM audit_entry
			WHERE ($1 = '' OR actor = $1) AND ($2 = '' OR code = $2) AND ($3 = '' OR object = $3)
			AND at >= $4 AND at < $5 AND ($6 = '' OR entry_id < $6)
			ORDER BY entry_id DESC LIMIT $7`,
			f.Actor, string(f.Code), f.Object, max(0, f.From.UnixMicro()), until.UnixMicro(), string(f.Before), f.Limit)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var id, body string
			var salt []byte
			if err := rows.Scan(&id, &salt, &body); err != nil {
				return err
			}
			entry, err := audit.ParseEntry(salt, []byte(body))
			if err != nil {
				return fmt.Errorf("entry %s: %w", id, err)
			}
			list = append(list, ListedEntry{ID: EntryID(id), Entry: entry})
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list audit entries: %w", err)
	}
	return list, nil
}

// Expire deletes the readable part of all entries older than the time given,
// as far as they stand at the beginning of the tree without a gap, and writes
// an entry of its own that accounts for it. It says how many it deleted.
func (l *AuditLog) Expire(ctx context.Context, before time.Time) (int64, error) {
	var count int64
	err := l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var through int64
		// The last place before the first entry that is still young; what has
		// no readable entry any more was accounted for earlier.
		err := tx.QueryRowContext(ctx, `SELECT COALESCE(
			(SELECT MIN(t.tree_index) FROM audit_tree t JOIN audit_entry e ON e.entry_id = t.entry_id WHERE e.at >= $1),
			(SELECT MAX(t.tree_index) + 1 FROM audit_tree t), 0) - 1`, before.UnixMicro()).Scan(&through)
		if err != nil {
			return err
		}
		result, err := tx.ExecContext(ctx, `DELETE FROM audit_entry WHERE entry_id IN
			(SELECT entry_id FROM audit_tree WHERE tree_index <= $1)`, through)
		if err != nil {
			return err
		}
		if count, err = result.RowsAffected(); err != nil || count == 0 {
			return err
		}
		return l.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.AuditExpired,
			Counts: map[string]int64{audit.ThroughCount: through, "entries": count}})
	})
	if err != nil {
		return 0, fmt.Errorf("expire audit entries: %w", err)
	}
	return count, nil
}
