// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/database"
	"meldewerk/trustcentre/internal/handover"
)

// Ready gives records that may leave, lowest receipt first, so that a version
// never overtakes the one before. One that is damaged is given as such.
func (s *Store) Ready(ctx context.Context, limit int) ([]handover.Outgoing, error) {
	var outgoing []handover.Outgoing
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT id, record FROM dossier WHERE state = 'ready' ORDER BY receipt, position LIMIT $1`, limit) {
			if err != nil {
				return err
			}
			var o handover.Outgoing
			var sealed []byte
			if err := scan(&o.ID, &sealed); err != nil {
				return err
			}
			if s.dossiers.OpenJSON(string(o.ID), "record", sealed, &o.Record) != nil {
				o.Record, o.Damaged = transfer.Record{}, true
			}
			outgoing = append(outgoing, o)
		}
		return nil
	})
	return outgoing, err
}

// HandedOver notes that the registry has the records.
func (s *Store) HandedOver(ctx context.Context, ids []handover.DossierID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		handed := int64(0)
		for _, id := range ids {
			var p submission.Progress
			err := tx.QueryRowContext(ctx, `
				UPDATE dossier SET state = 'handed_over', handed_at = $2 WHERE id = $1 AND state = 'ready' RETURNING receipt, position`,
				string(id), database.At(tx.Now)).Scan(&p.Receipt, &p.Position)
			if errors.Is(err, sql.ErrNoRows) {
				continue // replaced by a newer version meanwhile
			}
			if err != nil {
				return fmt.Errorf("note hand-over: %w", err)
			}
			handed++
			p.State = submission.Forwarded
			if err := s.tell(ctx, tx, p); err != nil {
				return err
			}
		}
		if handed == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.RecordHandedOver, Counts: map[string]int64{"records": handed}})
	})
}

// Refused holds records back that the registry does not take or that are
// damaged, so that they stop nothing else; a person looks at them.
func (s *Store) Refused(ctx context.Context, ids []handover.DossierID) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, `
				UPDATE dossier SET state = 'held', reason = 'lastlook', unfit = TRUE WHERE id = $1 AND state = 'ready'`, string(id)); err != nil {
				return fmt.Errorf("hold refused record: %w", err)
			}
			if err := s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.RecordRefused, Object: "dossier/" + string(id), Result: audit.Refused}); err != nil {
				return err
			}
		}
		return nil
	})
}

// Complete takes completion notices and empties what could identify the
// patients of the completed reports. A notice that is known changes nothing. It
// tells of how many the reduced view was damaged: they make no entry in the
// history.
func (s *Store) Complete(ctx context.Context, notices []transfer.Notice) (int, error) {
	damaged := 0
	err := s.reduce(ctx, func(ctx context.Context, tx *database.Tx) error {
		damaged = 0
		counts := map[string]int64{}
		for i := range notices {
			outcome, whole, err := s.complete(ctx, tx, &notices[i])
			if err != nil {
				return fmt.Errorf("complete report: %w", err)
			}
			if !whole {
				damaged++
			}
			if outcome != "" {
				counts[string(outcome)]++
			}
		}
		if len(counts) == 0 {
			return nil
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.ReportDeleted, Counts: counts})
	})
	return damaged, err
}

// complete ends one dossier and gives the state that its reporter reads, ""
// when there is no such dossier under work; and whether its view was whole.
func (s *Store) complete(ctx context.Context, tx *database.Tx, n *transfer.Notice) (submission.State, bool, error) {
	var id, unit string
	var sealed, content []byte
	var newer bool
	p := submission.Progress{}
	err := tx.QueryRowContext(ctx, `
		SELECT d.id, d.unit, d.receipt, d.position, d.view, d.content, EXISTS (SELECT 1 FROM dossier n
			WHERE n.report_ref = d.report_ref AND n.receipt > d.receipt AND n.state = 'completed')
		FROM dossier d WHERE d.report_ref = $1 AND d.receipt = $2 AND d.state IN ('ready', 'handed_over')`,
		string(n.Report), n.Version).Scan(&id, &unit, &p.Receipt, &p.Position, &sealed, &content, &newer)
	if errors.Is(err, sql.ErrNoRows) {
		return "", true, nil
	}
	if err != nil {
		return "", true, err
	}
	state, whole := "closed", true
	p.State = submission.Outdated
	if n.Outcome == transfer.Completed && !newer {
		state, p.State = "completed", submission.Completed
		if whole, err = s.finish(ctx, tx, n, id, unit, p, sealed); err != nil {
			return "", true, err
		}
	}
	if err := s.dropNaming(ctx, tx, id, content); err != nil {
		return "", true, err
	}
	if _, err := tx.ExecContext(ctx, `
		UPDATE dossier SET state = $2, content = NULL, view = NULL, ended_at = $3 WHERE id = $1`,
		id, state, database.At(tx.Now)); err != nil {
		return "", true, fmt.Errorf("empty dossier: %w", err)
	}
	return p.State, whole, s.tell(ctx, tx, p)
}

// finish joins the notice with the reduced view for the portal. A view that
// was deleted at the end of its time, or is damaged, makes no entry in the
// history. It says whether the view was whole.
func (s *Store) finish(ctx context.Context, tx *database.Tx, n *transfer.Notice, id, unit string, p submission.Progress, sealed []byte) (bool, error) {
	if sealed == nil {
		return true, nil
	}
	var view View
	if s.dossiers.OpenJSON(id, "view", sealed, &view) != nil {
		return false, nil
	}
	item := submission.HistoryItem{Receipt: p.Receipt, Position: p.Position, Unit: unit, Reporter: view.Reporter,
		ReportID: view.ReportID, Channel: view.Channel, View: view.Reduced, Entry: n.Entry, Replaces: true}
	resealed, err := s.completions.SealJSON(n.ID, "item", item)
	if err != nil {
		return true, fmt.Errorf("seal finished report: %w", err)
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO completion (notice_id, receipt, position, item, noted_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (notice_id) DO NOTHING`,
		n.ID, int64(p.Receipt), int64(p.Position), resealed, database.At(tx.Now))
	if err != nil {
		return true, fmt.Errorf("keep finished report: %w", err)
	}
	return true, nil
}

// Untold gives states that the portal does not know yet.
func (s *Store) Untold(ctx context.Context, limit int) ([]submission.Progress, error) {
	var untold []submission.Progress
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT receipt, position, state, remarks, at FROM progress WHERE told_at IS NULL ORDER BY at, receipt, position LIMIT $1`, limit) {
			if err != nil {
				return err
			}
			var p submission.Progress
			var remarks string
			var at database.Time
			if err := scan(&p.Receipt, &p.Position, &p.State, &remarks, &at); err != nil {
				return err
			}
			if json.Unmarshal([]byte(remarks), &p.Remarks) != nil {
				p.Remarks = nil // damaged; the state counts, and those behind it
			}
			p.At = at.Time
			untold = append(untold, p)
		}
		return nil
	})
	return untold, err
}

// Told notes that the portal knows these states, unless they changed meanwhile.
func (s *Store) Told(ctx context.Context, items []submission.Progress) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, p := range items {
			if _, err := tx.ExecContext(ctx, `
				UPDATE progress SET told_at = $5 WHERE receipt = $1 AND position = $2 AND state = $3 AND at = $4 AND told_at IS NULL`,
				int64(p.Receipt), int64(p.Position), string(p.State), database.At(p.At), database.At(tx.Now)); err != nil {
				return fmt.Errorf("note told state: %w", err)
			}
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.ProgressTold, Counts: map[string]int64{"reports": int64(len(items))}})
	})
}

// Unfinished gives finished reports that the portal does not have yet, the
// earlier version of a report before the later one; and how many it has passed
// by because they are damaged.
func (s *Store) Unfinished(ctx context.Context, limit int) ([]handover.Finished, int, error) {
	var list []handover.Finished
	passed := 0
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		list, passed = nil, 0
		for scan, err := range each(ctx, tx, `
			SELECT notice_id, item FROM completion WHERE told_at IS NULL ORDER BY noted_at, receipt, position`) {
			if err != nil {
				return err
			}
			var f handover.Finished
			var sealed []byte
			if err := scan(&f.NoticeID, &sealed); err != nil {
				return err
			}
			if s.completions.OpenJSON(f.NoticeID, "item", sealed, &f.Item) != nil {
				passed++
				continue
			}
			if list = append(list, f); len(list) == limit {
				break
			}
		}
		return nil
	})
	return list, passed, err
}

// Delivered empties finished reports that the portal has.
func (s *Store) Delivered(ctx context.Context, items []handover.Finished) error {
	return s.reduce(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, f := range items {
			if _, err := tx.ExecContext(ctx, `UPDATE completion SET item = NULL, told_at = $2 WHERE notice_id = $1 AND told_at IS NULL`,
				f.NoticeID, database.At(tx.Now)); err != nil {
				return fmt.Errorf("empty finished report: %w", err)
			}
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.HistoryHandedOver, Counts: map[string]int64{"reports": int64(len(items))}})
	})
}
