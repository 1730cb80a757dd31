// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/internal/database"
)

// Waiting is the Arbeitsvorrat: the work that waits, by reason.
type Waiting struct {
	Envelopes, Unreadable int64 // sealed parts not opened yet; parts that cannot be opened or came damaged
	ForRelease, ForLook   int64 // held reports
	Ready, HandedOver     int64
	Completed             int64 // within the last month
	Untold                int64
	OldestDue             time.Time // receipt of the oldest report that should be at the registry and is not; zero when there is none
	OldestHandedOver      time.Time // receipt of the oldest one that the registry has not completed
}

// month is the time for which completed reports are counted.
const month = 30 * 24 * time.Hour

// Waiting counts the work. Reports of units that are not released do not count
// as due: the profile says that they wait.
func (s *Store) Waiting(ctx context.Context) (Waiting, error) {
	var w Waiting
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var sealed, due, handed database.NullTime
		err := tx.QueryRowContext(ctx, `
			SELECT (SELECT COUNT(*) FROM envelope WHERE state = 'stored'),
				(SELECT COUNT(*) FROM envelope WHERE state = 'unreadable') + (SELECT COUNT(*) FROM damaged_envelope),
				(SELECT COUNT(*) FROM dossier WHERE state = 'held' AND reason = 'release'),
				(SELECT COUNT(*) FROM dossier WHERE state = 'held' AND reason = 'lastlook'),
				(SELECT COUNT(*) FROM dossier WHERE state = 'ready'),
				(SELECT COUNT(*) FROM dossier WHERE state = 'handed_over'),
				(SELECT COUNT(*) FROM dossier WHERE state = 'completed' AND ended_at > $1),
				(SELECT COUNT(*) FROM progress WHERE told_at IS NULL) + (SELECT COUNT(*) FROM completion WHERE told_at IS NULL),
				(SELECT MIN(received_at) FROM (SELECT received_at FROM envelope WHERE state IN ('stored', 'unreadable')
					UNION ALL SELECT received_at FROM damaged_envelope) sealed),
				(SELECT MIN(received_at) FROM dossier WHERE state = 'ready' OR (state = 'held' AND reason = 'lastlook')),
				(SELECT MIN(received_at) FROM dossier WHERE state = 'handed_over')`, database.At(tx.Now.Add(-month))).
			Scan(&w.Envelopes, &w.Unreadable, &w.ForRelease, &w.ForLook, &w.Ready, &w.HandedOver, &w.Completed, &w.Untold, &sealed, &due, &handed)
		w.OldestDue, w.OldestHandedOver = due.Time, handed.Time
		if w.OldestDue.IsZero() || (!sealed.Time.IsZero() && sealed.Time.Before(w.OldestDue)) {
			w.OldestDue = sealed.Time
		}
		return err
	})
	return w, err
}

// Unreleased is an Einrichtung vor der Freigabe: a reporting unit whose reports
// wait for its release.
type Unreleased struct {
	Unit    account.UnitID
	Reports int64
	Oldest  time.Time // of the receipts
}

// Unreleased lists the units whose reports wait for a release, the one that
// waits longest first.
func (s *Store) Unreleased(ctx context.Context) ([]Unreleased, error) {
	var list []Unreleased
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT unit, COUNT(*), MIN(received_at) FROM dossier WHERE state = 'held' AND reason = 'release'
			GROUP BY unit ORDER BY MIN(received_at), unit`) {
			if err != nil {
				return err
			}
			var u Unreleased
			var oldest database.Time
			if err := scan(&u.Unit, &u.Reports, &oldest); err != nil {
				return err
			}
			u.Oldest = oldest.Time
			list = append(list, u)
		}
		return nil
	})
	return list, err
}

// ReleaseUnit lets the reports of a unit go on that waited for its release;
// those that the last look has stopped wait for a person now. It tells how
// many reports that were.
func (s *Store) ReleaseUnit(ctx context.Context, actor string, unit account.UnitID) (int64, error) {
	released := int64(0)
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		result, err := tx.ExecContext(ctx, `
			UPDATE dossier SET state = CASE WHEN stops = '[]' AND NOT unfit THEN 'ready' ELSE 'held' END,
				reason = CASE WHEN stops = '[]' AND NOT unfit THEN '' ELSE 'lastlook' END
			WHERE unit = $1 AND state = 'held' AND reason = 'release'`, string(unit))
		if err != nil {
			return fmt.Errorf("let reports of a released unit go on: %w", err)
		}
		if released, err = result.RowsAffected(); err != nil {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: actor, Code: audit.ReporterReleased, Object: "unit/" + string(unit),
			Counts: map[string]int64{"reports": released}})
	})
	return released, err
}
