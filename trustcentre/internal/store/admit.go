// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/internal/database"
	"meldewerk/pseudonym"
	"meldewerk/report"
	"meldewerk/trustcentre/internal/handover"
	"meldewerk/trustcentre/internal/inspection"
	"meldewerk/trustcentre/internal/lastlook"
	"meldewerk/trustcentre/internal/pseudonymisation"
	"meldewerk/tumour/history"
)

// View is the Rückmeldung in the making: what is needed to tell the reporter of a completed report: kept
// sealed until then.
type View struct {
	Reporter string // Melder_ID
	ReportID string // Meldung_ID
	Channel  submission.Channel
	Reduced  history.ReducedView
}

// Opened is an Eingang: one report out of an opened envelope, as it is taken over. Report
// and Parts are nil when nothing of it is kept.
type Opened struct {
	References pseudonymisation.References
	Digests    pseudonymisation.Digests
	Verdict    inspection.Verdict
	Report     *report.Report
	Parts      *pseudonymisation.Parts
	Stops      []lastlook.Stop
	Unfit      bool // the record breaks the contract with the registry and cannot leave as it is
	Doubts     bool // an entitled sender says that the person taken over before was the wrong one
}

// Candidate is an Eingang vor der Prüfung: one report of an opened envelope before its verdict.
type Candidate struct {
	Position int
	Report   pseudonym.ReportRef
	// Search finds the person of a report by reference, nil when the report
	// gives its person.
	Search *Search
	// Judge decides when it is known what was there before, and for a report by
	// reference whom it means; nil when nobody is known. It may run again when
	// the transaction has to.
	Judge func(before *inspection.Known, person *Person) (Opened, error)
}

// Admit takes over all reports of an opened envelope in one transaction and
// empties the envelope. An envelope that was taken already changes nothing,
// and a position that was judged before is not judged again: it is the same
// delivery under another name.
func (s *Store) Admit(ctx context.Context, e *submission.Envelope, candidates []Candidate) error {
	return s.reduce(ctx, func(ctx context.Context, tx *database.Tx) error {
		result, err := tx.ExecContext(ctx, `UPDATE envelope SET state = 'taken', sealed = NULL WHERE id = $1 AND state = 'stored'`, string(e.ID))
		if err != nil {
			return fmt.Errorf("empty envelope: %w", err)
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return err
		}
		counts := map[string]int64{}
		for i := range candidates {
			outcome, err := s.candidate(ctx, tx, e, &candidates[i])
			if err != nil {
				return fmt.Errorf("take report over: %w", err)
			}
			counts[outcome]++
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.EnvelopeOpened, Object: "envelope/" + string(e.ID), Counts: counts})
	})
}

// replayed counts positions that were judged before.
const replayed = "replayed"

func (s *Store) candidate(ctx context.Context, tx *database.Tx, e *submission.Envelope, c *Candidate) (string, error) {
	var judged bool
	if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM progress WHERE receipt = $1 AND position = $2)`,
		int64(e.Receipt), int64(c.Position)).Scan(&judged); err != nil {
		return "", err
	}
	if judged {
		return replayed, nil
	}
	before, err := s.known(ctx, tx, c.Report)
	if err != nil {
		return "", err
	}
	person, err := s.person(ctx, tx, c)
	if err != nil {
		return "", err
	}
	opened, err := c.Judge(before, person)
	if err != nil {
		return "", err
	}
	return string(opened.Verdict.State), s.admit(ctx, tx, e, c.Position, &opened)
}

// known reads what is kept of a report's newest version, nil when nothing is.
func (s *Store) known(ctx context.Context, tx *database.Tx, ref pseudonym.ReportRef) (*inspection.Known, error) {
	var k inspection.Known
	var person, content, occasion []byte
	err := tx.QueryRowContext(ctx, `
		SELECT patient_ref, tumour_ref, version, person_digest, content_digest, occasion_digest, channel FROM reference WHERE report_ref = $1`,
		string(ref)).Scan(&k.Patient, &k.Tumour, &k.Version, &person, &content, &occasion, &k.Channel)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look reference up: %w", err)
	}
	if len(person) != len(k.Person) || len(content) != len(k.Content) {
		return nil, errors.New("a stored digest has the wrong length")
	}
	k.Person, k.Content = [32]byte(person), [32]byte(content)
	copy(k.Occasion[:], occasion)
	lost, err := s.lost(ctx, tx, ref, k.Version)
	if lost {
		k.Content = [32]byte{} // the same content is no Doppelmeldung: it takes the place of what is damaged
	}
	return &k, err
}

// lost says whether the version still waits here and is damaged, so that it can
// never go on.
func (s *Store) lost(ctx context.Context, tx *database.Tx, ref pseudonym.ReportRef, version int64) (bool, error) {
	var id, raw string
	var sealed, content []byte
	err := tx.QueryRowContext(ctx, `
		SELECT id, stops, record, content FROM dossier WHERE report_ref = $1 AND receipt = $2 AND state IN ('held', 'ready')`,
		string(ref), version).Scan(&id, &raw, &sealed, &content)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for a version that waits: %w", err)
	}
	var stops []lastlook.Stop
	var record transfer.Record
	return json.Unmarshal([]byte(raw), &stops) != nil || s.dossiers.OpenJSON(id, "record", sealed, &record) != nil ||
		content != nil && s.original(handover.DossierID(id), content) == nil, nil
}

func (s *Store) admit(ctx context.Context, tx *database.Tx, e *submission.Envelope, position int, o *Opened) error {
	if err := s.tell(ctx, tx, submission.Progress{Receipt: e.Receipt, Position: position, State: o.Verdict.State, Remarks: o.Verdict.Remarks}); err != nil {
		return err
	}
	if o.Doubts && o.Verdict.State == submission.Refused {
		return s.doubt(ctx, tx, e, o)
	}
	if o.Parts == nil {
		return nil
	}
	carried, err := s.supersede(ctx, tx, o.References.Report, int64(e.Receipt))
	if err != nil {
		return err
	}
	if err := s.dropReplaced(ctx, tx, e, o); err != nil {
		return err
	}
	parts, err := s.heedObjection(ctx, tx, o)
	if err != nil {
		return err
	}
	if !blind(parts) {
		parts.Record.Identity = stronger(parts.Record.Identity, carried)
	}
	if err := s.refer(ctx, tx, e, o, parts); err != nil {
		return err
	}
	return s.file(ctx, tx, e, position, o, parts)
}

// heedObjection gives the parts without Chiffrat when the patient has objected
// in this report or in another one of the same reporter, and drops the
// Chiffrate that were formed before. Spec: REQUIREMENTS N16
func (s *Store) heedObjection(ctx context.Context, tx *database.Tx, o *Opened) (*pseudonymisation.Parts, error) {
	parts := *o.Parts
	objected := parts.Objected
	if !objected {
		if err := tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM reference WHERE patient_ref = $1 AND objected AND report_ref <> $2)`,
			string(o.References.Patient), string(o.References.Report)).Scan(&objected); err != nil {
			return nil, fmt.Errorf("look for objections: %w", err)
		}
	}
	if !objected {
		return &parts, nil
	}
	parts.Chiffrat, parts.Record.Chiffrat = nil, nil
	result, err := tx.ExecContext(ctx, `UPDATE reference SET chiffrat = NULL, changed_at = $2 WHERE patient_ref = $1 AND chiffrat IS NOT NULL`,
		string(o.References.Patient), database.At(tx.Now))
	if err != nil {
		return nil, fmt.Errorf("drop chiffrate after objection: %w", err)
	}
	dropped, err := result.RowsAffected()
	if err != nil {
		return nil, err
	}
	return &parts, s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.ObjectionEffected, Object: o.References.Patient.Reference(),
		Counts: map[string]int64{"chiffrate": dropped}})
}

// supersede closes earlier versions that still wait here: the newer one
// replaces them as a whole. It gives the strongest relation to the person
// before that they would have told the registry.
func (s *Store) supersede(ctx context.Context, tx *database.Tx, ref pseudonym.ReportRef, receipt int64) (transfer.Identity, error) {
	type waiting struct {
		id       string
		receipt  submission.Receipt
		position int
		sealed   []byte
		content  []byte
	}
	var older []waiting
	for scan, err := range each(ctx, tx, `
		SELECT id, receipt, position, record, content FROM dossier WHERE report_ref = $1 AND receipt < $2 AND state IN ('held', 'ready')`, string(ref), receipt) {
		if err != nil {
			return "", err
		}
		var w waiting
		if err := scan(&w.id, &w.receipt, &w.position, &w.sealed, &w.content); err != nil {
			return "", err
		}
		older = append(older, w)
	}
	carried := transfer.IdentitySame
	for _, w := range older {
		carried = stronger(carried, s.related(w.id, w.sealed))
		if err := s.dropNaming(ctx, tx, w.id, w.content); err != nil {
			return "", err
		}
		if _, err := tx.ExecContext(ctx, `
			UPDATE dossier SET state = 'closed', reason = '', content = NULL, view = NULL, record = NULL, ended_at = $2 WHERE id = $1`,
			w.id, database.At(tx.Now)); err != nil {
			return "", fmt.Errorf("close replaced version: %w", err)
		}
		if err := s.closeQueries(ctx, tx, audit.System, w.id, submission.Corrected); err != nil {
			return "", err
		}
		if err := s.tell(ctx, tx, submission.Progress{Receipt: w.receipt, Position: w.position, State: submission.Outdated}); err != nil {
			return "", err
		}
	}
	return carried, nil
}

// refer writes what stays for good.
func (s *Store) refer(ctx context.Context, tx *database.Tx, e *submission.Envelope, o *Opened, parts *pseudonymisation.Parts) error {
	var sealed []byte
	if parts.Chiffrat != nil {
		var err error
		if sealed, err = s.chiffrate.Seal(string(o.References.Report), "chiffrat", parts.Chiffrat.Bytes()); err != nil {
			return fmt.Errorf("seal chiffrat: %w", err)
		}
	}
	_, err := tx.ExecContext(ctx, `
		INSERT INTO reference (report_ref, patient_ref, tumour_ref, reporter_ref, version, person_digest, content_digest, occasion_digest, channel, objected, chiffrat, created_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12)
		ON CONFLICT (report_ref) DO UPDATE SET version = excluded.version, person_digest = excluded.person_digest,
			content_digest = excluded.content_digest, occasion_digest = excluded.occasion_digest, objected = excluded.objected, changed_at = excluded.changed_at,
			chiffrat = CASE WHEN $13 THEN reference.chiffrat ELSE excluded.chiffrat END
		WHERE reference.version < excluded.version`,
		string(o.References.Report), string(o.References.Patient), string(o.References.Tumour), string(o.References.Reporter),
		int64(e.Receipt), o.Digests.Person[:], o.Digests.Content[:], o.Digests.Occasion[:], string(e.Channel), parts.Objected, sealed, database.At(tx.Now),
		blind(parts)) // after an objection there is none left to keep
	if err != nil {
		return fmt.Errorf("keep reference: %w", err)
	}
	return nil
}

// file opens the Vorgang.
func (s *Store) file(ctx context.Context, tx *database.Tx, e *submission.Envelope, position int, o *Opened, parts *pseudonymisation.Parts) error {
	id := rand.Text()
	state, reason := "ready", ""
	switch {
	case o.Verdict.Wait:
		state, reason = "held", "release"
	case len(o.Stops) > 0 || o.Unfit:
		state, reason = "held", "lastlook"
	}
	content, err := s.dossiers.SealJSON(id, "content", o.Report)
	if err != nil {
		return fmt.Errorf("seal report: %w", err)
	}
	view, err := s.dossiers.SealJSON(id, "view", View{Reporter: string(o.Report.Reporter), ReportID: string(o.Report.ID), Channel: e.Channel, Reduced: parts.View})
	if err != nil {
		return fmt.Errorf("seal view: %w", err)
	}
	record, err := s.dossiers.SealJSON(id, "record", parts.Record)
	if err != nil {
		return fmt.Errorf("seal record: %w", err)
	}
	stops, err := encodeStops(o.Stops)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO dossier (id, receipt, position, report_ref, unit, state, reason, stops, unfit, content, view, record, received_at, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		id, int64(e.Receipt), int64(position), string(o.References.Report), e.Unit, state, reason, stops, o.Unfit,
		content, view, record, database.At(e.ReceivedAt), database.At(tx.Now))
	if err != nil {
		return fmt.Errorf("open dossier: %w", err)
	}
	if reason != "lastlook" {
		return nil
	}
	return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.LastLookStopped, Object: "dossier/" + id,
		Counts: map[string]int64{"fields": int64(len(o.Stops))}})
}

// encodeStops writes the fields that the last look has stopped. They name
// places, never values.
func encodeStops(stops []lastlook.Stop) (string, error) {
	if stops == nil {
		stops = []lastlook.Stop{}
	}
	text, err := json.Marshal(stops)
	if err != nil {
		return "", fmt.Errorf("encode stops: %w", err)
	}
	return string(text), nil
}

// tell notes the newest state of a report for the portal.
func (s *Store) tell(ctx context.Context, tx *database.Tx, p submission.Progress) error {
	remarks, err := json.Marshal(p.Remarks)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `
		INSERT INTO progress (receipt, position, state, remarks, at) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (receipt, position) DO UPDATE SET state = excluded.state, at = excluded.at, told_at = NULL,
			remarks = CASE WHEN excluded.remarks IN ('null', '[]') THEN progress.remarks ELSE excluded.remarks END`,
		int64(p.Receipt), int64(p.Position), string(p.State), string(remarks), database.At(tx.Now))
	if err != nil {
		return fmt.Errorf("note progress: %w", err)
	}
	return nil
}
