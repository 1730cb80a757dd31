// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/dispatch"
	"meldewerk/report"
)

// head is what is known of a package as a whole.
type head struct {
	FileName string           `json:",omitempty"`
	Findings []report.Finding `json:",omitempty"`
}

const headGroup = "head"

// Begin makes an empty submission under the unit's lease. A lease that has
// ended is taken over, and what it had staged goes. A submission of forms has
// a lease of its own: it neither waits for an upload nor keeps one waiting.
func (s *Store) Begin(ctx context.Context, sub dispatch.Submission, lease time.Duration) (dispatch.PackageID, error) {
	id := dispatch.PackageID(rand.Text())
	sealed, err := s.heads.SealJSON(string(id), headGroup, head{FileName: sub.FileName})
	if err != nil {
		return "", err
	}
	reporters, err := json.Marshal(append([]string{}, sub.Reporters...))
	if err != nil {
		return "", fmt.Errorf("write reporters: %w", err)
	}
	holder := sub.Unit
	if sub.Channel == submission.ByForm {
		holder = string(id)
	}
	err = s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a submission counts for nothing before its receipt")
		_, err := tx.ExecContext(ctx, `DELETE FROM package WHERE id IN
			(SELECT package_id FROM upload_lease WHERE unit = $1 AND ends_at <= $2)`, holder, database.At(tx.Now))
		if err != nil {
			return err
		}
		var other string
		err = tx.QueryRowContext(ctx, `SELECT package_id FROM upload_lease WHERE unit = $1`, holder).Scan(&other)
		if err == nil {
			return dispatch.ErrBusy
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO package
			(id, unit, account, kind, channel, any_reporter, reporters, released, state, begun_at, head)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'receiving', $9, $10)`,
			string(id), sub.Unit, sub.Account, string(sub.Kind), string(sub.Channel), sub.AnyReporter,
			string(reporters), sub.Released, database.At(tx.Now), sealed)
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `INSERT INTO upload_lease (unit, package_id, ends_at) VALUES ($1, $2, $3)`,
			holder, string(id), database.At(tx.Now.Add(lease)))
		return err
	})
	if database.IsUnique(err) { // another process was faster
		return "", dispatch.ErrBusy
	}
	return id, err
}

// hold prolongs the lease inside a transaction; whoever lost it must not write.
func hold(ctx context.Context, tx *database.Tx, id dispatch.PackageID, lease time.Duration) error {
	result, err := tx.ExecContext(ctx, `UPDATE upload_lease SET ends_at = $1 WHERE package_id = $2`,
		database.At(tx.Now.Add(lease)), string(id))
	if err != nil {
		return err
	}
	held, err := result.RowsAffected()
	if err != nil {
		return err
	}
	if held == 0 {
		return dispatch.ErrLost
	}
	return nil
}

// Keep prolongs the lease, or returns ErrLost.
func (s *Store) Keep(ctx context.Context, id dispatch.PackageID, lease time.Duration) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a lease is bookkeeping")
		return hold(ctx, tx, id, lease)
	})
}

// Receive commits the receipt, or gives that of the same package received
// before. The same means: same bytes, same unit, same kind, nothing in it
// would be accepted now that was not accepted then, and a trust centre has
// refused nothing of it and given no part of it up: then the reporter was told
// to send it again, perhaps as it is, and the trust centre knows what it has
// already. Forms are entered and records reduced with the receipt or not at all.
func (s *Store) Receive(ctx context.Context, c dispatch.Closing) (dispatch.Receipt, error) {
	if len(c.SHA256) != 32 {
		return dispatch.Receipt{}, errors.New("close submission without the hash of its bytes")
	}
	var receipt dispatch.Receipt
	// One receipt at a time, so that the sequence has no gap and its order is
	// the order of commits.
	err := s.db.Exclusive(ctx, "receipt", func(ctx context.Context, tx *database.Tx) error {
		receipt = dispatch.Receipt{}
		if err := hold(ctx, tx, c.Package, time.Minute); err != nil {
			return err
		}
		first, err := s.receivedBefore(ctx, tx, c)
		if err != nil {
			return err
		}
		if first != nil {
			tx.WithoutAct("the same was received before; only the lease was prolonged")
			receipt = *first
			return nil
		}
		fresh, err := s.receive(ctx, tx, c)
		receipt = fresh
		return err
	})
	return receipt, err
}

func (s *Store) receivedBefore(ctx context.Context, tx *database.Tx, c dispatch.Closing) (*dispatch.Receipt, error) {
	var r dispatch.Receipt
	var at database.Time
	err := tx.QueryRowContext(ctx, `SELECT o.id, o.receipt, o.number, o.ended_at FROM package n
		JOIN package o ON o.unit = n.unit AND o.kind = n.kind AND o.channel = n.channel
		WHERE n.id = $1 AND o.state = 'received' AND o.sha256 = $2 AND o.accepted + o.warned >= $3
			AND NOT EXISTS (SELECT 1 FROM envelope e WHERE e.package_id = o.id AND e.given_up_at IS NOT NULL)
			AND NOT EXISTS (SELECT 1 FROM progress g WHERE g.package_id = o.id AND g.state = 'refused')
		ORDER BY o.receipt LIMIT 1`,
		string(c.Package), c.SHA256, c.Counts.Accepted+c.Counts.Warned).
		Scan(&r.Package, &r.Sequence, &r.Number, &at)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	r.ReceivedAt = at.Time
	return &r, nil
}

func (s *Store) receive(ctx context.Context, tx *database.Tx, c dispatch.Closing) (dispatch.Receipt, error) {
	r := dispatch.Receipt{Package: c.Package, ReceivedAt: tx.Now, First: true}
	of := sender{code: audit.PackageReceived}
	var channel submission.Channel
	var sealed []byte
	err := tx.QueryRowContext(ctx, `SELECT unit, account, channel, head FROM package WHERE id = $1`, string(c.Package)).
		Scan(&of.unit, &of.account, &channel, &sealed)
	if err != nil {
		return r, err
	}
	if channel == submission.ByForm {
		of.code = audit.ReportSubmitted
	}
	sealed, err = s.addFindings(c, sealed)
	if err != nil {
		return r, err
	}
	err = tx.QueryRowContext(ctx, `UPDATE receipt_sequence SET last = last + 1 WHERE one = 1 RETURNING last`).Scan(&r.Sequence)
	if err != nil {
		return r, err
	}
	r.Number = dispatch.Number(tx.Now.Year(), r.Sequence)
	_, err = tx.ExecContext(ctx, `UPDATE package SET state = 'received', ended_at = $1, receipt = $2, number = $3,
		sha256 = $4, size = $5, schema_version = $6, reports = $7, accepted = $8, warned = $9, rejected = $10,
		parts = $11, head = $12 WHERE id = $13`,
		database.At(tx.Now), int64(r.Sequence), r.Number, c.SHA256, c.Size, c.SchemaVersion,
		c.Counts.Reports, c.Counts.Accepted, c.Counts.Warned, c.Counts.Rejected, c.Parts, sealed, string(c.Package))
	if err != nil {
		return r, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM upload_lease WHERE package_id = $1`, string(c.Package)); err != nil {
		return r, err
	}
	if err := s.enter(ctx, tx, of, c); err != nil {
		return r, err
	}
	return r, s.log.Append(ctx, tx, audit.Act{Actor: of.account, Code: of.code, Object: r.Number, After: c.SHA256,
		Counts: map[string]int64{"reports": int64(c.Counts.Reports), "accepted": int64(c.Counts.Accepted),
			"warned": int64(c.Counts.Warned), "rejected": int64(c.Counts.Rejected)}})
}

// sender is whose submission gets a receipt, and as what it is logged.
type sender struct {
	unit, account string
	code          audit.Code
}

func (s *Store) addFindings(c dispatch.Closing, sealed []byte) ([]byte, error) {
	var h head
	if err := s.heads.OpenJSON(string(c.Package), headGroup, sealed, &h); err != nil {
		return nil, err
	}
	h.Findings = c.Findings
	return s.heads.SealJSON(string(c.Package), headGroup, h)
}

// Unreadable drops what was staged and keeps the package's own findings.
func (s *Store) Unreadable(ctx context.Context, c dispatch.Closing) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		if err := hold(ctx, tx, c.Package, time.Minute); err != nil {
			return err
		}
		var account string
		var sealed []byte
		err := tx.QueryRowContext(ctx, `SELECT account, head FROM package WHERE id = $1`, string(c.Package)).Scan(&account, &sealed)
		if err != nil {
			return err
		}
		sealed, err = s.addFindings(c, sealed)
		if err != nil {
			return err
		}
		for _, text := range []string{
			`DELETE FROM envelope WHERE package_id = $1`,
			`DELETE FROM report_result WHERE package_id = $1`,
			`DELETE FROM result_cause WHERE package_id = $1`,
			`DELETE FROM package_cause WHERE package_id = $1`,
			`DELETE FROM upload_lease WHERE package_id = $1`,
		} {
			if _, err := tx.ExecContext(ctx, text, string(c.Package)); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, `UPDATE package SET state = 'unreadable', ended_at = $1, sha256 = $2, size = $3,
			schema_version = $4, head = $5 WHERE id = $6`,
			database.At(tx.Now), c.SHA256, c.Size, c.SchemaVersion, sealed, string(c.Package))
		if err != nil {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: account, Code: audit.PackageRefused, Object: string(c.Package)})
	})
}

// Discard drops a submission that was not received.
func (s *Store) Discard(ctx context.Context, id dispatch.PackageID) error {
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a submission counts for nothing before its receipt")
		_, err := tx.ExecContext(ctx, `DELETE FROM package WHERE id = $1 AND state = 'receiving'`, string(id))
		return err
	})
	if err != nil {
		return err
	}
	return s.db.Checkpoint(ctx)
}

// Sweep drops submissions whose lease has ended, and, where one process has
// the database for itself, those begun before the given time: their process is
// gone. The zero time asks for leases alone.
func (s *Store) Sweep(ctx context.Context, begunBefore time.Time) (int, error) {
	if s.db.Engine() != database.SQLite || begunBefore.IsZero() {
		begunBefore = time.Unix(1, 0) // other processes of this portal may be receiving
	}
	swept := 0
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		tx.WithoutAct("a submission counts for nothing before its receipt")
		result, err := tx.ExecContext(ctx, `DELETE FROM package WHERE state = 'receiving' AND (begun_at < $1 OR NOT EXISTS
			(SELECT 1 FROM upload_lease l WHERE l.package_id = package.id AND l.ends_at > $2))`,
			database.At(begunBefore), database.At(tx.Now))
		if err != nil {
			return err
		}
		n, err := result.RowsAffected()
		swept = int(n)
		return err
	})
	return swept, err
}

// BytesSince is how much a unit has sent in packages since a moment, in bytes.
func (s *Store) BytesSince(ctx context.Context, unit string, since time.Time) (int64, error) {
	var sum int64
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT COALESCE(SUM(size), 0) FROM package
			WHERE unit = $1 AND channel = 'package' AND begun_at > $2`, unit, database.At(since)).Scan(&sum)
	})
	return sum, err
}

var _ dispatch.Store = (*Store)(nil)
