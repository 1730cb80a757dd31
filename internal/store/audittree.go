// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"golang.org/x/mod/sumdb/tlog"

	"meldewerk/audit"
	"meldewerk/internal/database"
)

// treeLock is held by whoever extends the tree or signs it.
const treeLock = "audit tree"

// integrateBatch is how many entries get their place in one transaction.
const integrateBatch = 256

// ErrHistory says that the log does not continue what was signed before: the
// database was changed, or an older one was restored. Nothing is signed then.
var ErrHistory = errors.New("the audit log does not continue the last signed checkpoint")

// Integrate gives all committed entries that have none a place in the tree and
// says how many. It looks for entries without a place, never behind a
// remembered id: an entry that commits late would be skipped for ever.
func (l *AuditLog) Integrate(ctx context.Context) (int, error) {
	total := 0
	for {
		waiting, err := l.waiting(ctx)
		if err != nil || !waiting {
			return total, err
		}
		var count int
		err = l.db.Exclusive(ctx, treeLock, func(ctx context.Context, tx *database.Tx) error {
			tx.WithoutAct("a place in the tree is part of the act it is given to")
			count, err = integrate(ctx, tx)
			return err
		})
		if err != nil {
			return total, fmt.Errorf("integrate audit entries: %w", err)
		}
		if count == 0 {
			// Another process was faster, or what waits has no leaf, which
			// Verify tells.
			return total, nil
		}
		total += count
	}
}

func (l *AuditLog) waiting(ctx context.Context) (bool, error) {
	found := false
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var id string
		err := tx.QueryRowContext(ctx, `SELECT entry_id FROM audit_pending LIMIT 1`).Scan(&id)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		found = err == nil
		return err
	})
	if err != nil {
		return false, fmt.Errorf("look for audit entries: %w", err)
	}
	return found, nil
}

type waitingEntry struct {
	id   string
	leaf []byte
}

func integrate(ctx context.Context, tx *database.Tx) (int, error) {
	batch, err := pending(ctx, tx)
	if err != nil {
		return 0, err
	}
	size, err := treeSize(ctx, tx)
	if err != nil {
		return 0, err
	}
	hashes := &hashes{ctx: ctx, tx: tx, fresh: map[int64]tlog.Hash{}}
	for i, entry := range batch {
		if err := place(ctx, tx, hashes, size+int64(i), entry); err != nil {
			return 0, err
		}
	}
	return len(batch), nil
}

func pending(ctx context.Context, tx *database.Tx) ([]waitingEntry, error) {
	rows, err := tx.QueryContext(ctx, `SELECT p.entry_id, l.leaf FROM audit_pending p
		JOIN audit_leaf l ON l.entry_id = p.entry_id ORDER BY p.entry_id LIMIT $1`, integrateBatch)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var batch []waitingEntry
	for rows.Next() {
		var entry waitingEntry
		if err := rows.Scan(&entry.id, &entry.leaf); err != nil {
			return nil, err
		}
		batch = append(batch, entry)
	}
	return batch, rows.Err()
}

// place puts one entry at the index and stores the hashes that come with it.
func place(ctx context.Context, tx *database.Tx, known *hashes, index int64, entry waitingEntry) error {
	stored, err := tlog.StoredHashes(index, entry.leaf, known)
	if err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO audit_tree (tree_index, entry_id) VALUES ($1, $2)`,
		index, entry.id); err != nil {
		return err
	}
	for i, hash := range stored {
		position := tlog.StoredHashCount(index) + int64(i)
		if _, err := tx.ExecContext(ctx, `INSERT INTO audit_hash (position, hash) VALUES ($1, $2)`,
			position, hash[:]); err != nil {
			return err
		}
		known.fresh[position] = hash
	}
	_, err = tx.ExecContext(ctx, `DELETE FROM audit_pending WHERE entry_id = $1`, entry.id)
	return err
}

func treeSize(ctx context.Context, tx *database.Tx) (int64, error) {
	var size int64
	err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(tree_index) + 1, 0) FROM audit_tree`).Scan(&size)
	return size, err
}

// hashes reads the tree's stored hashes for tlog.
type hashes struct {
	ctx   context.Context // of the transaction; tlog's interface passes none
	tx    *database.Tx
	fresh map[int64]tlog.Hash // written in this transaction
}

// ReadHashes is tlog.HashReader.
func (h *hashes) ReadHashes(positions []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(positions))
	for i, position := range positions {
		if hash, ok := h.fresh[position]; ok {
			out[i] = hash
			continue
		}
		var hash []byte
		err := h.tx.QueryRowContext(h.ctx, `SELECT hash FROM audit_hash WHERE position = $1`, position).Scan(&hash)
		if err != nil {
			return nil, fmt.Errorf("read tree hash %d: %w", position, err)
		}
		if len(hash) != tlog.HashSize {
			return nil, fmt.Errorf("read tree hash %d: wrong length", position)
		}
		out[i] = tlog.Hash(hash)
	}
	return out, nil
}

// SignCheckpoint gives waiting entries their place and signs the tree. A tree
// that does not continue the last checkpoint gives ErrHistory.
func (l *AuditLog) SignCheckpoint(ctx context.Context) ([]byte, error) {
	if l.signer == nil || l.verifier == nil {
		return nil, errors.New("sign checkpoint: the house has no checkpoint key")
	}
	if _, err := l.Integrate(ctx); err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	var signed []byte
	err := l.db.Exclusive(ctx, treeLock, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a checkpoint states the acts, it is none")
		var err error
		signed, err = l.sign(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("sign checkpoint: %w", err)
	}
	return signed, nil
}

func (l *AuditLog) sign(ctx context.Context, tx *database.Tx) ([]byte, error) {
	size, err := treeSize(ctx, tx)
	if err != nil {
		return nil, err
	}
	reader := &hashes{ctx: ctx, tx: tx}
	if err := l.continues(ctx, tx, size, reader); err != nil {
		return nil, err
	}
	root, err := tlog.TreeHash(size, reader)
	if err != nil {
		return nil, err
	}
	signed, err := audit.Checkpoint{House: l.house, Size: size, Root: root}.Sign(l.signer)
	if err != nil {
		return nil, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO audit_checkpoint (size, signed) VALUES ($1, $2)
		ON CONFLICT (size) DO NOTHING`, size, string(signed))
	return signed, err
}

// continues says whether the tree of the size given begins with the tree that
// was signed last.
func (l *AuditLog) continues(ctx context.Context, tx *database.Tx, size int64, reader tlog.HashReader) error {
	last, err := latest(ctx, tx)
	if err != nil || last == nil {
		return err
	}
	before, err := audit.OpenCheckpoint(last, l.house, l.verifier)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrHistory, err)
	}
	if before.Size > size {
		return ErrHistory
	}
	root, err := tlog.TreeHash(before.Size, reader)
	if err != nil {
		return err
	}
	if root != before.Root {
		return ErrHistory
	}
	return nil
}

// latest is the last checkpoint signed, nil when there is none.
func latest(ctx context.Context, tx *database.Tx) ([]byte, error) {
	var signed string
	err := tx.QueryRowContext(ctx, `SELECT signed FROM audit_checkpoint ORDER BY size DESC LIMIT 1`).Scan(&signed)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return []byte(signed), nil
}

// LatestCheckpoint is the last checkpoint signed, nil when there is none.
func (l *AuditLog) LatestCheckpoint(ctx context.Context) ([]byte, error) {
	var signed []byte
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		signed, err = latest(ctx, tx)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read latest checkpoint: %w", err)
	}
	return signed, nil
}
