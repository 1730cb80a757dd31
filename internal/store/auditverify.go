// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/tlog"

	"meldewerk/audit"
	"meldewerk/internal/database"
)

// verifyPage is how many places Verify reads at once.
const verifyPage = 500

// Verify reads the whole log and finds what was changed, removed, inserted,
// reordered, cut off or forked: against its own hashes and checkpoints, those
// that other houses have signed back, and older ones kept elsewhere.
func (l *AuditLog) Verify(ctx context.Context, older ...[]byte) (audit.Verdict, error) {
	if l.verifier == nil {
		return audit.Verdict{}, errors.New("verify audit log: the house's public checkpoint key is missing")
	}
	var verdict audit.Verdict
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		own, misplaced, err := l.ownCheckpoints(ctx, tx)
		if err != nil {
			return err
		}
		v := audit.NewVerifier(l.house, l.verifier, slices.Concat(own, older)...)
		for _, size := range misplaced {
			v.Find(audit.NotSigned, size, "a checkpoint is filed under another size than it is signed over")
		}
		if err := verifyPlaces(ctx, tx, v); err != nil {
			return err
		}
		if err := verifyRest(ctx, tx, v); err != nil {
			return err
		}
		verdict = v.Finish()
		return nil
	})
	if err != nil {
		return audit.Verdict{}, fmt.Errorf("verify audit log: %w", err)
	}
	return verdict, nil
}

// ownCheckpoints reads all checkpoints of this house in its database, and the
// sizes of those filed wrongly.
func (l *AuditLog) ownCheckpoints(ctx context.Context, tx *database.Tx) ([][]byte, []int64, error) {
	rows, err := tx.QueryContext(ctx, `SELECT size, signed FROM audit_checkpoint
		UNION ALL SELECT size, signed FROM audit_cosigned ORDER BY size`)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var list [][]byte
	var misplaced []int64
	for rows.Next() {
		var size int64
		var signed string
		if err := rows.Scan(&size, &signed); err != nil {
			return nil, nil, err
		}
		if c, err := audit.OpenCheckpoint([]byte(signed), l.house, l.verifier); err == nil && c.Size != size {
			misplaced = append(misplaced, size)
		}
		list = append(list, []byte(signed))
	}
	return list, misplaced, rows.Err()
}

func verifyPlaces(ctx context.Context, tx *database.Tx, v *audit.Verifier) error {
	size, err := treeSize(ctx, tx)
	if err != nil {
		return err
	}
	seen := int64(0)
	for from := int64(0); from < size; from += verifyPage {
		records, err := readRecords(ctx, tx, from, from+verifyPage)
		if err != nil {
			return err
		}
		if err := readStored(ctx, tx, records); err != nil {
			return err
		}
		for _, record := range records {
			v.Add(record)
			seen = record.Index + 1
		}
	}
	if seen != size {
		v.Find(audit.Removed, seen, fmt.Sprintf("places %d to %d have no leaf", seen, size-1))
	}
	return nil
}

// entryColumns are read by scanRecords, behind index and leaf.
const entryColumns = `e.salt, COALESCE(e.body, ''), COALESCE(e.at, 0), COALESCE(e.actor, ''),
	COALESCE(e.code, ''), COALESCE(e.object, ''), COALESCE(e.purpose, ''), COALESCE(e.result, '')`

func readRecords(ctx context.Context, tx *database.Tx, from, until int64) ([]audit.Record, error) {
	rows, err := tx.QueryContext(ctx, `SELECT t.tree_index, l.leaf, `+entryColumns+`
		FROM audit_tree t JOIN audit_leaf l ON l.entry_id = t.entry_id
		LEFT JOIN audit_entry e ON e.entry_id = t.entry_id
		WHERE t.tree_index >= $1 AND t.tree_index < $2 ORDER BY t.tree_index`, from, until)
	if err != nil {
		return nil, err
	}
	return scanRecords(rows)
}

func scanRecords(rows *database.Rows) ([]audit.Record, error) {
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var records []audit.Record
	for rows.Next() {
		var r audit.Record
		var leaf, salt []byte
		var body string
		var at int64
		var act audit.Act
		if err := rows.Scan(&r.Index, &leaf, &salt, &body, &at, &act.Actor, &act.Code, &act.Object, &act.Purpose, &act.Result); err != nil {
			return nil, err
		}
		if len(leaf) == len(r.Leaf) {
			r.Leaf = audit.Leaf(leaf)
		}
		if body != "" {
			entry := readable(salt, body, at, act)
			r.Entry = &entry
		}
		records = append(records, r)
	}
	return records, rows.Err()
}

// verifyPending checks the entries that wait for their place.
func verifyPending(ctx context.Context, tx *database.Tx, v *audit.Verifier) error {
	rows, err := tx.QueryContext(ctx, `SELECT -1, l.leaf, `+entryColumns+`
		FROM audit_pending p JOIN audit_leaf l ON l.entry_id = p.entry_id
		LEFT JOIN audit_entry e ON e.entry_id = p.entry_id ORDER BY p.entry_id`)
	if err != nil {
		return err
	}
	records, err := scanRecords(rows)
	if err != nil {
		return err
	}
	for _, r := range records {
		if r.Entry == nil {
			v.Find(audit.Removed, -1, "the readable part of a waiting entry is gone")
		} else if leaf, err := r.Entry.Leaf(); err != nil || leaf != r.Leaf {
			v.Find(audit.Changed, -1, "a waiting entry does not give its leaf")
		}
	}
	return nil
}

// readable gives the entry, or the empty one, which no leaf fits, when the
// body is not canonical or the columns beside it say something else.
func readable(salt []byte, body string, at int64, columns audit.Act) audit.Entry {
	entry, err := audit.ParseEntry(salt, []byte(body))
	if err != nil {
		return audit.Entry{}
	}
	act := entry.Act
	if entry.Time.UnixMicro() != at || act.Actor != columns.Actor || act.Code != columns.Code ||
		act.Object != columns.Object || act.Purpose != columns.Purpose || act.Result != columns.Result {
		return audit.Entry{}
	}
	return entry
}

// readStored adds the stored hashes to the records of one page.
func readStored(ctx context.Context, tx *database.Tx, records []audit.Record) error {
	if len(records) == 0 {
		return nil
	}
	from := tlog.StoredHashCount(records[0].Index)
	until := tlog.StoredHashCount(records[len(records)-1].Index + 1)
	rows, err := tx.QueryContext(ctx, `SELECT position, hash FROM audit_hash
		WHERE position >= $1 AND position < $2 ORDER BY position`, from, until)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	at := 0
	for rows.Next() {
		var position int64
		var hash []byte
		if err := rows.Scan(&position, &hash); err != nil {
			return err
		}
		for position >= tlog.StoredHashCount(records[at].Index+1) {
			at++
		}
		if len(hash) == tlog.HashSize && position >= tlog.StoredHashCount(records[at].Index) {
			records[at].Stored = append(records[at].Stored, tlog.Hash(hash))
		}
	}
	return rows.Err()
}

// verifyRest finds what lies beside the tree.
func verifyRest(ctx context.Context, tx *database.Tx, v *audit.Verifier) error {
	size, err := treeSize(ctx, tx)
	if err != nil {
		return err
	}
	var hidden, twice, surplus, loose int64
	err = tx.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(l.entry_id) FROM audit_leaf l
			WHERE NOT EXISTS (SELECT 1 FROM audit_tree t WHERE t.entry_id = l.entry_id)
			AND NOT EXISTS (SELECT 1 FROM audit_pending p WHERE p.entry_id = l.entry_id)),
		(SELECT COUNT(p.entry_id) FROM audit_pending p
			WHERE EXISTS (SELECT 1 FROM audit_tree t WHERE t.entry_id = p.entry_id)),
		(SELECT COUNT(h.position) FROM audit_hash h WHERE h.position >= $1),
		(SELECT COUNT(e.entry_id) FROM audit_entry e
			WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.entry_id = e.entry_id))
		+ (SELECT COUNT(p.entry_id) FROM audit_pending p
			WHERE NOT EXISTS (SELECT 1 FROM audit_leaf l WHERE l.entry_id = p.entry_id))`,
		tlog.StoredHashCount(size)).Scan(&hidden, &twice, &surplus, &loose)
	if err != nil {
		return err
	}
	for _, found := range []struct {
		count   int64
		trouble audit.Trouble
		index   int64
		what    string
	}{
		{hidden, audit.NotIntegrated, -1, "entries have no place in the tree and do not wait for one"},
		{twice, audit.Disordered, -1, "entries wait for a place though they have one"},
		{surplus, audit.TreeBroken, size, "stored hashes lie beyond the tree"},
		{loose, audit.Changed, -1, "entries have no leaf"},
	} {
		if found.count > 0 {
			v.Find(found.trouble, found.index, fmt.Sprintf("%d %s", found.count, found.what))
		}
	}
	return verifyPending(ctx, tx, v)
}
