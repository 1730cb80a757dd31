// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"

	"meldewerk/audit"
	"meldewerk/internal/database"
)

// Witness is a checkpoint of another house that this house keeps for it.
type Witness struct {
	House    string
	Size     int64
	Signed   []byte // as the house signed it
	Received time.Time
}

// Proof shows that the tree of size to begins with the tree of size from. The
// other house checks it when it is given a checkpoint of size to and keeps one
// of size from. From 0 needs no proof and gives an empty one.
func (l *AuditLog) Proof(ctx context.Context, from, to int64) (tlog.TreeProof, error) {
	var proof tlog.TreeProof
	if from == 0 || from == to {
		return proof, nil
	}
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		proof, err = tlog.ProveTree(to, from, &hashes{ctx: ctx, tx: tx})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("prove audit tree %d in %d: %w", from, to, err)
	}
	return proof, nil
}

// StoreWitness checks a checkpoint of another house and keeps it: signed by
// that house, and continuing the one kept before, which the proof shows. It
// gives the checkpoint back with this house's signature added. A checkpoint
// that tells of another history is refused with audit.ErrForeignHistory, and the
// refusal is an audit entry.
func (l *AuditLog) StoreWitness(ctx context.Context, house string, signed []byte, proof tlog.TreeProof) ([]byte, error) {
	verifier := l.others[house]
	if verifier == nil || l.signer == nil {
		return nil, fmt.Errorf("witness: no keys for the house %q", house)
	}
	checkpoint, err := audit.OpenCheckpoint(signed, house, verifier)
	if err != nil {
		return nil, err
	}
	cosigned, err := cosign(signed, verifier, l.signer)
	if err != nil {
		return nil, err
	}
	var refused error
	err = l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		refused = nil
		kept, err := keptWitness(ctx, tx, house, checkpoint.Size)
		if err != nil {
			return err
		}
		act := audit.Act{Actor: audit.System, Code: audit.CheckpointForeign, Object: "checkpoint/" + house,
			Counts: map[string]int64{"size": checkpoint.Size}}
		if refused = follows(kept, checkpoint, proof, verifier); refused != nil {
			act.Code, act.Result = audit.CheckpointRefused, audit.Refused
			return l.Append(ctx, tx, act)
		}
		result, err := tx.ExecContext(ctx, `INSERT INTO audit_witness (house, size, signed, received)
			VALUES ($1, $2, $3, $4) ON CONFLICT (house, size) DO NOTHING`,
			house, checkpoint.Size, string(signed), database.At(tx.Now))
		if err != nil {
			return err
		}
		if fresh, err := result.RowsAffected(); err != nil || fresh == 0 {
			return err
		}
		return l.Append(ctx, tx, act)
	})
	if err != nil {
		return nil, fmt.Errorf("witness: %w", err)
	}
	if refused != nil {
		return nil, refused
	}
	return cosigned, nil
}

// cosign adds this house's signature to another house's checkpoint.
func cosign(signed []byte, verifier note.Verifier, signer note.Signer) ([]byte, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return nil, audit.ErrCheckpoint
	}
	cosigned, err := note.Sign(opened, signer)
	if err != nil {
		return nil, fmt.Errorf("witness: sign: %w", err)
	}
	return cosigned, nil
}

// follows says whether the new checkpoint continues the kept one.
func follows(kept *Witness, next audit.Checkpoint, proof tlog.TreeProof, verifier note.Verifier) error {
	if kept == nil || kept.Size == 0 {
		return nil
	}
	before, err := audit.OpenCheckpoint(kept.Signed, kept.House, verifier)
	if err != nil {
		return err
	}
	if next.Size == before.Size {
		if next.Root != before.Root {
			return audit.ErrForeignHistory
		}
		return nil
	}
	if next.Size < before.Size || tlog.CheckTree(proof, next.Size, next.Root, before.Size, before.Root) != nil {
		return audit.ErrForeignHistory
	}
	return nil
}

// keptWitness gives the checkpoint of that size, so that one sent twice is no
// foreign history, or else the newest.
func keptWitness(ctx context.Context, tx *database.Tx, house string, wanted int64) (*Witness, error) {
	w := Witness{House: house}
	var signed string
	var received database.Time
	err := tx.QueryRowContext(ctx, `SELECT size, signed, received FROM audit_witness
		WHERE house = $1 ORDER BY (size = $2) DESC, size DESC LIMIT 1`, house, wanted).Scan(&w.Size, &signed, &received)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	w.Signed, w.Received = []byte(signed), received.Time
	return &w, nil
}

// Witnesses gives the checkpoints kept for another house, oldest first.
func (l *AuditLog) Witnesses(ctx context.Context, house string) ([]Witness, error) {
	var list []Witness
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT size, signed, received FROM audit_witness
			WHERE house = $1 ORDER BY size`, house)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			w := Witness{House: house}
			var signed string
			var received database.Time
			if err := rows.Scan(&w.Size, &signed, &received); err != nil {
				return err
			}
			w.Signed, w.Received = []byte(signed), received.Time
			list = append(list, w)
		}
		return rows.Err()
	})
	if err != nil {
		return nil, fmt.Errorf("list witnesses: %w", err)
	}
	return list, nil
}

// WitnessedSize is the size of the newest checkpoint of another house that is
// kept here, 0 when there is none.
func (l *AuditLog) WitnessedSize(ctx context.Context, house string) (int64, error) {
	var size int64
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(size), 0) FROM audit_witness WHERE house = $1`, house).Scan(&size)
	})
	if err != nil {
		return 0, fmt.Errorf("find kept checkpoint of %s: %w", house, err)
	}
	return size, nil
}

// StoreCosigned keeps what another house's StoreWitness has given back for a
// checkpoint of this house, after checking both signatures.
func (l *AuditLog) StoreCosigned(ctx context.Context, house string, cosigned []byte) error {
	witness := l.others[house]
	if witness == nil || l.verifier == nil {
		return fmt.Errorf("store cosigned checkpoint: no keys for the house %q", house)
	}
	own, err := audit.OpenCheckpoint(cosigned, l.house, l.verifier)
	if err != nil {
		return err
	}
	if _, err := note.Open(cosigned, note.VerifierList(witness)); err != nil {
		return audit.ErrCheckpoint
	}
	err = l.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("the act is the witness's and stands in its log")
		_, err := tx.ExecContext(ctx, `INSERT INTO audit_cosigned (house, size, signed) VALUES ($1, $2, $3)
			ON CONFLICT (house, size) DO NOTHING`, house, own.Size, string(cosigned))
		return err
	})
	if err != nil {
		return fmt.Errorf("store cosigned checkpoint: %w", err)
	}
	return nil
}

// CosignedSize is the size of the last checkpoint of this house that the other
// house keeps, 0 when there is none: the from of the next Proof.
func (l *AuditLog) CosignedSize(ctx context.Context, house string) (int64, error) {
	var size int64
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(size), 0) FROM audit_cosigned WHERE house = $1`,
			house).Scan(&size)
	})
	if err != nil {
		return 0, fmt.Errorf("read cosigned size: %w", err)
	}
	return size, nil
}

// Witnessed says whether the entry is covered by a checkpoint that another
// house keeps: then it can no longer vanish unnoticed.
func (l *AuditLog) Witnessed(ctx context.Context, id EntryID) (bool, error) {
	var witnessed bool
	err := l.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM audit_tree t JOIN audit_cosigned c
			ON c.size > t.tree_index WHERE t.entry_id = $1)`, string(id)).Scan(&witnessed)
	})
	if err != nil {
		return false, fmt.Errorf("ask for witness: %w", err)
	}
	return witnessed, nil
}
