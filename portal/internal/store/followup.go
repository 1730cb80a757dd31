// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/internal/database"
	"meldewerk/portal/internal/followup"
	"meldewerk/report"
	"meldewerk/tumour/history"
)

const (
	remarksGroup = "remarks"
	entryGroup   = "entry"
)

// errForeign means that a trust centre speaks of a report that was not
// submitted by that unit, or not to it.
var errForeign = fault.New(fault.Invalid, "followup.foreign",
	"Die Rückmeldung nennt eine Meldung, die nicht von dieser Einrichtung stammt. Prüfen Sie den Vorgang in der Vertrauensstelle.")

func progressKey(id string, position int, recipient string) string {
	return id + "/" + strconv.Itoa(position) + "/" + recipient
}

// PutProgress sets states of reports, never back. A receipt that this database
// does not know is newer than its backup; the sequence goes on behind it.
func (s *Store) PutProgress(ctx context.Context, recipient string, items []submission.Progress) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		var set int64
		for _, item := range items {
			to, err := s.received(ctx, tx, recipient, item.Receipt)
			if err != nil {
				return err
			}
			if to.id == "" {
				continue
			}
			n, err := s.setProgress(ctx, tx, to.id, recipient, item)
			if err != nil {
				return err
			}
			set += n
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.ProgressTaken,
			Object: "house/" + recipient, Counts: map[string]int64{"reports": set}})
	})
}

func (s *Store) setProgress(ctx context.Context, tx *database.Tx, id, recipient string, item submission.Progress) (int64, error) {
	grade := followup.Grade(item.State)
	if grade == 0 || item.At.IsZero() {
		return 0, errors.New("progress: unknown state or no time")
	}
	var verdict string
	err := tx.QueryRowContext(ctx, `SELECT verdict FROM report_result WHERE package_id = $1 AND position = $2`,
		id, item.Position).Scan(&verdict)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return 0, errForeign
	case err != nil:
		return 0, err
	case verdict == string(report.Rejected):
		return 0, nil // withdrawn: the portal's verdict stands
	}
	sealed, err := s.remarks.SealJSON(progressKey(id, item.Position, recipient), remarksGroup, item.Remarks)
	if err != nil {
		return 0, err
	}
	result, err := tx.ExecContext(ctx, `INSERT INTO progress (package_id, position, recipient, state, grade, at, remarks)
		VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (package_id, position, recipient) DO UPDATE
		SET state = excluded.state, grade = excluded.grade, at = excluded.at, remarks = excluded.remarks
		WHERE excluded.grade > progress.grade OR (excluded.state = progress.state AND excluded.at > progress.at)`,
		id, item.Position, recipient, string(item.State), grade, database.At(item.At), sealed)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// origin is the submission that a receipt belongs to.
type origin struct{ id, unit string }

// received finds the submission of a receipt that went to the recipient. An
// unknown receipt gives the zero origin and moves the sequence behind it.
func (s *Store) received(ctx context.Context, tx *database.Tx, recipient string, receipt submission.Receipt) (origin, error) {
	var from origin
	err := tx.QueryRowContext(ctx, `SELECT id, unit FROM package WHERE receipt = $1`, int64(receipt)).Scan(&from.id, &from.unit)
	if errors.Is(err, sql.ErrNoRows) {
		_, err = tx.ExecContext(ctx, `UPDATE receipt_sequence SET last = $1 WHERE one = 1 AND last < $1`, int64(receipt))
		return origin{}, err
	}
	if err != nil {
		return origin{}, err
	}
	var envelope string
	err = tx.QueryRowContext(ctx, `SELECT id FROM envelope WHERE package_id = $1 AND recipient = $2 LIMIT 1`,
		from.id, recipient).Scan(&envelope)
	if errors.Is(err, sql.ErrNoRows) {
		return origin{}, errForeign
	}
	return from, err
}

// record is what is sealed of one entry of the history.
type record struct {
	Reporter report.ReporterID
	Report   report.ID
	Channel  submission.Channel
	View     history.ReducedView
	Entry    history.Entry
}

func entryKey(recipient string, key []byte) string { return recipient + "/" + hex.EncodeToString(key) }

// PutHistory adds finished reports. The entry of an earlier version of the
// same report goes; a later one is never replaced by an earlier.
func (s *Store) PutHistory(ctx context.Context, recipient string, items []submission.HistoryItem) error {
	return s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, item := range items {
			if err := s.putEntry(ctx, tx, recipient, item); err != nil {
				return err
			}
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.HistoryTaken,
			Object: "house/" + recipient, Counts: map[string]int64{"reports": int64(len(items))}})
	})
}

func (s *Store) putEntry(ctx context.Context, tx *database.Tx, recipient string, item submission.HistoryItem) error {
	if item.Unit == "" || item.View.PatientNumber == "" || item.ReportID == "" {
		return errors.New("history item without unit, patient number or report id")
	}
	from, err := s.received(ctx, tx, recipient, item.Receipt)
	if err != nil {
		return err
	}
	if from.id != "" && from.unit != item.Unit {
		return errForeign
	}
	key := s.reports.Of(item.Unit, item.Reporter, item.ReportID)
	sealed, err := s.entries.SealJSON(entryKey(recipient, key), entryGroup, record{
		Reporter: report.ReporterID(item.Reporter), Report: report.ID(item.ReportID),
		Channel: item.Channel, View: item.View, Entry: item.Entry})
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO history_entry
		(recipient, report_key, unit, patient_index, receipt, position, put_at, content)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (recipient, report_key) DO UPDATE SET patient_index = excluded.patient_index,
		receipt = excluded.receipt, position = excluded.position, put_at = excluded.put_at, content = excluded.content
		WHERE excluded.receipt >= history_entry.receipt`,
		recipient, key, item.Unit, s.patients.Of(item.Unit, item.View.PatientNumber),
		int64(item.Receipt), item.Position, database.At(tx.Now), sealed)
	return err
}

// Find gives the handle of a patient of the unit and notes the search.
func (s *Store) Find(ctx context.Context, unit, account string, patient report.PatientID) (followup.Handle, bool, error) {
	index := s.patients.Of(unit, string(patient))
	handle := followup.Handle(hex.EncodeToString(index))
	known := false
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM history_entry WHERE unit = $1 AND patient_index = $2)
			OR EXISTS (SELECT 1 FROM report_result r JOIN package p ON p.id = r.package_id
				WHERE r.patient_index = $2 AND r.verdict <> 'rejected' AND p.unit = $1 AND p.state = 'received')`,
			unit, index).Scan(&known)
		if err != nil || !known {
			return err
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: account, Code: audit.HistoryShown, Object: "history/" + string(handle)})
	})
	return handle, known, err
}

// History gives what there is under a handle of the unit.
func (s *Store) History(ctx context.Context, unit string, handle followup.Handle) (followup.Found, error) {
	var found followup.Found
	index, err := hex.DecodeString(string(handle))
	if err != nil || len(index) != 16 || hex.EncodeToString(index) != string(handle) {
		return found, nil
	}
	err = s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var err error
		if found.Records, found.Damaged, err = s.records(ctx, tx, unit, index); err != nil {
			return err
		}
		var damaged int
		found.Submitted, found.Patient, damaged, err = s.submitted(ctx, tx, unit, index)
		found.Damaged += damaged
		return err
	})
	if err != nil {
		return followup.Found{}, fmt.Errorf("read history: %w", err)
	}
	return found, nil
}

// errDamaged says of one row that its content cannot be opened. It must not
// hide the others.
var errDamaged = errors.New("the content of a row is damaged")

// records gives entries, and how many are damaged and left out.
func (s *Store) records(ctx context.Context, tx *database.Tx, unit string, index []byte) ([]followup.Record, int, error) {
	rows, err := tx.QueryContext(ctx, `SELECT recipient, report_key, receipt, position, content FROM history_entry
		WHERE unit = $1 AND patient_index = $2 ORDER BY receipt, position`, unit, index)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var out []followup.Record
	damaged := 0
	for rows.Next() {
		r, err := s.scanEntry(rows)
		if errors.Is(err, errDamaged) {
			damaged++
			continue
		}
		if err != nil {
			return nil, 0, err
		}
		out = append(out, r)
	}
	return out, damaged, rows.Err()
}

// scanEntry opens one row of the history: recipient, report key, receipt,
// position and content, behind whatever else was selected. errDamaged stands
// for one that cannot be opened.
func (s *Store) scanEntry(rows *database.Rows, before ...any) (followup.Record, error) {
	var r followup.Record
	var key, sealed []byte
	if err := rows.Scan(append(before, &r.Recipient, &key, &r.Receipt, &r.Position, &sealed)...); err != nil {
		return followup.Record{}, err
	}
	var c record
	if s.entries.OpenJSON(entryKey(r.Recipient, key), entryGroup, sealed, &c) != nil {
		return followup.Record{}, errDamaged
	}
	r.Reporter, r.Report, r.Channel, r.View, r.Entry = c.Reporter, c.Report, c.Channel, c.View, c.Entry
	return r, nil
}

// maxSubmitted bounds how many submitted reports of one patient are looked through.
const maxSubmitted = 500

// submitted gives what went to a trust centre, the patient number as it was
// written last, and how many are damaged: those have no Meldungs-ID.
func (s *Store) submitted(ctx context.Context, tx *database.Tx, unit string, index []byte) ([]followup.Submitted, report.PatientID, int, error) {
	rows, err := tx.QueryContext(ctx, `SELECT r.package_id, r.position, r.occasion, r.content, p.number, p.ended_at, p.kind,
			COALESCE((SELECT `+stateOf+` FROM progress g WHERE g.package_id = r.package_id AND g.position = r.position
				ORDER BY g.grade, `+queriedFirst+` LIMIT 1), '')
		FROM report_result r JOIN package p ON p.id = r.package_id
		WHERE r.patient_index = $1 AND p.unit = $2 AND p.state = 'received' AND r.verdict <> 'rejected'
		ORDER BY p.receipt DESC, r.position LIMIT $3`, index, unit, maxSubmitted)
	if err != nil {
		return nil, "", 0, err
	}
	defer func() { _ = rows.Close() }() // Err tells what Close would
	var out []followup.Submitted
	var patient report.PatientID
	damaged := 0
	for rows.Next() {
		var p followup.Submitted
		var sealed []byte
		var at database.Time
		if err := rows.Scan(&p.Package, &p.Position, &p.Occasion, &sealed, &p.Number, &at, &p.Kind, &p.State); err != nil {
			return nil, "", 0, err
		}
		p.ReceivedAt = at.Time
		var c content
		if s.results.OpenJSON(p.Package+"/"+strconv.Itoa(p.Position), resultGroup, sealed, &c) == nil {
			p.Report, patient = c.Report, c.Patient
		} else {
			damaged++
		}
		out = append(out, p)
	}
	return out, patient, damaged, rows.Err()
}

var _ followup.Store = (*Store)(nil)
