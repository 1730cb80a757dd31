// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/mod/sumdb/note"

	"meldewerk/audit"
	"meldewerk/internal/database"
)

// EntryID is the reference of one audit entry: 32 hexadecimal digits, time
// first, so that the order of ids is about the order of acts.
type EntryID string

// AuditLog is the Protokoll of a house in its database. It is safe for
// concurrent use.
type AuditLog struct {
	db       *database.DB
	house    string
	signer   note.Signer
	verifier note.Verifier
	others   map[string]note.Verifier
	log      *slog.Logger
}

// AuditOptions are the keys of a log. Without a signer it can be written,
// read and, with the public key, verified, but signs no checkpoint.
type AuditOptions struct {
	Signer    note.Signer       // of this house, see audit.OpenSigner
	PublicKey string            // the public half of it
	Houses    map[string]string // public keys of the other houses by name, for witnessing
	Logger    *slog.Logger      // default slog.Default()
}

// NewAuditLog gives the log of a house ("portal", "trustcentre", "registry")
// on its migrated database.
func NewAuditLog(db *database.DB, house string, opts AuditOptions) (*AuditLog, error) {
	l := &AuditLog{db: db, house: house, signer: opts.Signer, others: map[string]note.Verifier{}, log: opts.Logger}
	if l.log == nil {
		l.log = slog.Default()
	}
	var err error
	if opts.PublicKey != "" {
		if l.verifier, err = note.NewVerifier(opts.PublicKey); err != nil {
			return nil, fmt.Errorf("audit log: read own public key: %w", err)
		}
	}
	for name, public := range opts.Houses {
		if l.others[name], err = note.NewVerifier(public); err != nil {
			return nil, fmt.Errorf("audit log: read public key of %s: %w", name, err)
		}
	}
	return l, nil
}

// House is the name of the house whose log it is.
func (l *AuditLog) House() string { return l.house }

// Append writes the entry of an act into the transaction that does it. The
// entry gets its place in the tree within a second after the commit.
func (l *AuditLog) Append(ctx context.Context, tx *database.Tx, act audit.Act) error {
	_, err := l.AppendEntry(ctx, tx, act)
	return err
}

// AppendEntry is Append for a caller that must wait until the entry is
// witnessed (see Witnessed).
func (l *AuditLog) AppendEntry(ctx context.Context, tx *database.Tx, act audit.Act) (EntryID, error) {
	entry, err := audit.NewEntry(l.house, tx.Now, act)
	if err != nil {
		return "", err
	}
	body, err := entry.Canonical()
	if err != nil {
		return "", err
	}
	leaf := audit.LeafOf(entry.Salt, body)
	id := newEntryID(tx.Now)
	if _, err := tx.ExecContext(ctx, `INSERT INTO audit_leaf (entry_id, leaf) VALUES ($1, $2)`,
		id, leaf[:]); err != nil {
		return "", fmt.Errorf("append audit leaf: %w", err)
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO audit_pending (entry_id) VALUES ($1)`, id); err != nil {
		return "", fmt.Errorf("append audit entry: %w", err)
	}
	if _, err := tx.ExecContext(ctx,
		`INSERT INTO audit_entry (entry_id, salt, body, at, actor, code, object, purpose, result)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		id, entry.Salt, string(body), database.At(entry.Time), entry.Act.Actor, string(entry.Act.Code),
		entry.Act.Object, entry.Act.Purpose, string(entry.Act.Result)); err != nil {
		return "", fmt.Errorf("append audit entry: %w", err)
	}
	tx.Audited()
	return id, nil
}

func newEntryID(now time.Time) EntryID {
	var random [8]byte
	_, _ = rand.Read(random[:]) // crypto/rand never returns an error
	return EntryID(fmt.Sprintf("%016x%016x", now.UnixMicro(), binary.BigEndian.Uint64(random[:])))
}

// checkpointEvery is how long a changed tree stays unsigned at most.
const checkpointEvery = time.Hour

// integrateEvery leaves half of the promised second for the work itself.
const integrateEvery = 500 * time.Millisecond

// Run gives new entries their place in the tree within a second and signs a
// checkpoint at least hourly, until the context ends. Several processes of a
// house may run it; they take turns by a lock of the database.
func (l *AuditLog) Run(ctx context.Context) error {
	tick := time.NewTicker(integrateEvery)
	defer tick.Stop()
	signed := time.Time{}
	for {
		if _, err := l.Integrate(ctx); err != nil && ctx.Err() == nil {
			l.log.ErrorContext(ctx, "audit entries wait for their place", "house", l.house, "error", err)
		}
		if l.signer != nil && time.Since(signed) >= checkpointEvery {
			_, err := l.SignCheckpoint(ctx)
			switch {
			case err == nil:
				signed = time.Now()
			case errors.Is(err, ErrHistory):
				l.log.ErrorContext(ctx, "audit log contradicts its own checkpoint", "house", l.house, "error", err)
				signed = time.Now() // tells it again in an hour, not twice a second
			case ctx.Err() == nil:
				l.log.ErrorContext(ctx, "audit checkpoint not signed", "house", l.house, "error", err)
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}
