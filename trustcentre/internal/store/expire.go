// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/database"
	"meldewerk/trustcentre/internal/handover"
	"meldewerk/trustcentre/internal/inspection"
)

// expired is what the reporter of a report reads that waited for the release
// of his unit until the law's limit.
var expired = submission.Remark{Rule: "VST-6", Severity: "error",
	Message: "Ihre Einrichtung wurde nicht rechtzeitig freigegeben. Die Meldung wurde nach Ablauf der Frist gelöscht.",
	Remedy:  "Senden Sie die Meldung noch einmal, sobald Ihre Einrichtung freigegeben ist."}

// Expire deletes identities and texts that came into this house before the
// limit although no completion has come (N20). Pseudonymised records stay:
// they still go on, or are completed; what is held can come again and is no
// Doppelmeldung then. The words of queries go, too. It tells how many reports,
// envelopes and queries were emptied.
func (s *Store) Expire(ctx context.Context, before time.Time) (int64, error) {
	emptied := int64(0)
	err := s.reduce(ctx, func(ctx context.Context, tx *database.Tx) error {
		unreleased, err := s.expireUnreleased(ctx, tx, before)
		if err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE reference SET content_digest = $2, changed_at = $3 WHERE content_digest <> $2 AND EXISTS (SELECT 1 FROM dossier d
				WHERE d.report_ref = reference.report_ref AND d.receipt = reference.version AND d.state = 'held' AND d.content IS NOT NULL AND d.opened_at < $1)`,
			database.At(before), make([]byte, sha256.Size), database.At(tx.Now)); err != nil {
			return fmt.Errorf("forget digests of lost reports: %w", err)
		}
		queries, err := s.expireQueries(ctx, tx, before)
		if err != nil {
			return err
		}
		identities, err := affected(tx.ExecContext(ctx, `
			UPDATE dossier SET content = NULL, view = NULL WHERE opened_at < $1 AND content IS NOT NULL`, database.At(before)))
		if err != nil {
			return fmt.Errorf("delete expired identities: %w", err)
		}
		envelopes, err := expireEnvelopes(ctx, tx, before)
		if err != nil {
			return err
		}
		if emptied = unreleased + identities + envelopes + queries; emptied == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.RecordsExpired,
			Counts: map[string]int64{"unreleased": unreleased, "identities": identities, "envelopes": envelopes, "queries": queries}})
	})
	return emptied, err
}

// expireUnreleased closes reports that waited for a release. Their digests go
// too, so that the same content sent again is no Doppelmeldung. The Chiffrat
// stays when an earlier version of the same person has gone on.
func (s *Store) expireUnreleased(ctx context.Context, tx *database.Tx, before time.Time) (int64, error) {
	type late struct {
		id, report string
		sealed     []byte
		progress   submission.Progress
	}
	var list []late
	for scan, err := range each(ctx, tx, `
		SELECT id, report_ref, receipt, position, record FROM dossier
		WHERE state = 'held' AND reason = 'release' AND opened_at < $1 ORDER BY receipt, position`, database.At(before)) {
		if err != nil {
			return 0, err
		}
		l := late{progress: submission.Progress{State: submission.Refused, Remarks: []submission.Remark{expired}}}
		if err := scan(&l.id, &l.report, &l.progress.Receipt, &l.progress.Position, &l.sealed); err != nil {
			return 0, err
		}
		list = append(list, l)
	}
	nothing := make([]byte, sha256.Size)
	for _, l := range list {
		related := s.related(l.id, l.sealed)
		person := nothing
		if related == transfer.IdentityReplaced {
			person = inspection.Doubted[:]
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE dossier SET state = 'closed', reason = '', content = NULL, view = NULL, record = NULL, ended_at = $2 WHERE id = $1`,
			l.id, database.At(tx.Now)); err != nil {
			return 0, fmt.Errorf("close expired dossier: %w", err)
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE reference SET person_digest = $3, content_digest = $4, changed_at = $5,
				chiffrat = CASE WHEN $6 AND EXISTS (SELECT 1 FROM dossier d WHERE d.report_ref = $1 AND d.handed_at IS NOT NULL) THEN chiffrat END
			WHERE report_ref = $1 AND version = $2`,
			l.report, int64(l.progress.Receipt), person, nothing, database.At(tx.Now), related == transfer.IdentitySame); err != nil {
			return 0, fmt.Errorf("forget expired digest: %w", err)
		}
		if err := s.tell(ctx, tx, l.progress); err != nil {
			return 0, err
		}
	}
	return int64(len(list)), nil
}

// Records lists records that are kept to be sent again although their reports
// are completed, for the question whether the registry has them in a backup.
func (s *Store) Records(ctx context.Context, limit int) ([]transfer.RecordID, error) {
	var records []transfer.RecordID
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT report_ref, receipt FROM dossier WHERE record IS NOT NULL AND state IN ('completed', 'closed')
			ORDER BY ended_at, receipt, position LIMIT $1`, limit) {
			if err != nil {
				return err
			}
			var r transfer.RecordID
			if err := scan(&r.Report, &r.Version); err != nil {
				return err
			}
			records = append(records, r)
		}
		return nil
	})
	return records, err
}

// Drop empties records that the registry has in a backup, and those that ended
// before the limit of the profile. It tells how many.
func (s *Store) Drop(ctx context.Context, contained []transfer.RecordID, endedBefore time.Time) (int64, error) {
	dropped := int64(0)
	err := s.reduce(ctx, func(ctx context.Context, tx *database.Tx) error {
		dropped = 0
		for _, r := range contained {
			n, err := affected(tx.ExecContext(ctx, `
				UPDATE dossier SET record = NULL WHERE report_ref = $1 AND receipt = $2 AND record IS NOT NULL AND state IN ('completed', 'closed')`,
				string(r.Report), r.Version))
			if err != nil {
				return fmt.Errorf("empty record: %w", err)
			}
			dropped += n
		}
		late, err := affected(tx.ExecContext(ctx, `
			UPDATE dossier SET record = NULL WHERE record IS NOT NULL AND state IN ('completed', 'closed') AND ended_at < $1`, database.At(endedBefore)))
		if err != nil {
			return fmt.Errorf("empty late record: %w", err)
		}
		if dropped += late; dropped == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.RecordDeleted, Counts: map[string]int64{"records": dropped}})
	})
	return dropped, err
}

// HandOverAgain lists every record that is still kept here, for the day on
// which the registry was set back to an older backup. The registry takes each
// only once.
func (s *Store) HandOverAgain(ctx context.Context, actor string) ([]handover.DossierID, error) {
	var ids []handover.DossierID
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		ids = nil
		for scan, err := range each(ctx, tx, `
			SELECT id FROM dossier WHERE record IS NOT NULL AND state IN ('handed_over', 'completed', 'closed') ORDER BY receipt, position`) {
			if err != nil {
				return err
			}
			var id handover.DossierID
			if err := scan(&id); err != nil {
				return err
			}
			ids = append(ids, id)
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.RecordHandedOver, Counts: map[string]int64{"again": int64(len(ids))}})
	})
	return ids, err
}

// Kept opens records that are kept to be sent again; what was emptied
// meanwhile or is damaged is left out.
func (s *Store) Kept(ctx context.Context, ids []handover.DossierID) ([]transfer.Record, error) {
	var records []transfer.Record
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, id := range ids {
			for scan, err := range each(ctx, tx, `SELECT record FROM dossier WHERE id = $1 AND record IS NOT NULL`, string(id)) {
				if err != nil {
					return err
				}
				var sealed []byte
				var record transfer.Record
				if err := scan(&sealed); err != nil {
					return err
				}
				if s.dossiers.OpenJSON(string(id), "record", sealed, &record) != nil {
					continue
				}
				records = append(records, record)
			}
		}
		return nil
	})
	return records, err
}
