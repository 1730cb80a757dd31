// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"meldewerk/audit"
	"meldewerk/exchange/transfer"
	"meldewerk/fault"
	"meldewerk/internal/database"
	"meldewerk/pseudonym/linkage"
	"meldewerk/registry/internal/casefile"
	"meldewerk/tumour"
)

// ErrNoCase is what a clerk reads for a case that is not in the register.
var ErrNoCase = fault.New(fault.NotFound, "case.unknown",
	"Diesen Fall gibt es im Register nicht. Prüfen Sie die Personennummer.")

// Overview is the Bestand of the register and what waits.
type Overview struct {
	Records, Persons, Tumours   int64
	Waiting, Ambiguous, Untold  int64
	OldestWaiting, LastAssigned time.Time
}

// Overview counts the stock and what waits.
func (s *Store) Overview(ctx context.Context) (Overview, error) {
	var o Overview
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		var oldest, last database.NullTime
		err := tx.QueryRowContext(ctx, `
			SELECT (SELECT COUNT(*) FROM record WHERE state = 'assigned'),
				(SELECT COUNT(*) FROM person), (SELECT COUNT(*) FROM tumour),
				(SELECT COUNT(*) FROM record WHERE state = 'stored'),
				(SELECT COUNT(*) FROM (SELECT DISTINCT r.person_id, a.person_id AS other FROM ambiguity a
					JOIN record r ON r.report_ref = a.report_ref AND r.version = a.version WHERE r.person_id <> a.person_id) AS pairs),
				(SELECT COUNT(*) FROM notice WHERE acknowledged_at IS NULL),
				(SELECT MIN(stored_at) FROM record WHERE state = 'stored'),
				(SELECT MAX(assigned_at) FROM record)`).
			Scan(&o.Records, &o.Persons, &o.Tumours, &o.Waiting, &o.Ambiguous, &o.Untold, &oldest, &last)
		o.OldestWaiting, o.LastAssigned = oldest.Time, last.Time
		return err
	})
	return o, err
}

// Listed is a Fall in short: one line of the list of cases.
type Listed struct {
	Person  linkage.PersonID
	Number  int64
	Tumours int64
	Reports int64
	Changed time.Time
}

// Cases lists the cases that changed last.
func (s *Store) Cases(ctx context.Context, offset, limit int) ([]Listed, error) {
	var cases []Listed
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT p.id, p.number, (SELECT COUNT(DISTINCT r.tumour_id) FROM record r WHERE r.person_id = p.id AND r.state = 'assigned'),
				(SELECT COUNT(*) FROM record r WHERE r.person_id = p.id AND r.state = 'assigned'), p.changed_at
			FROM person p ORDER BY p.changed_at DESC, p.number DESC LIMIT $1 OFFSET $2`, limit, offset) {
			if err != nil {
				return err
			}
			var l Listed
			var changed database.Time
			if err := scan(&l.Person, &l.Number, &l.Tumours, &l.Reports, &changed); err != nil {
				return err
			}
			l.Changed = changed.Time
			cases = append(cases, l)
		}
		return nil
	})
	return cases, err
}

// Case is a Fall: one person with all reports, tumour by tumour, current
// versions first.
type Case struct {
	Person  linkage.PersonID
	Number  int64
	Clear   transfer.Record // of the newest report that names them: sex, birth, place; nothing else is filled
	Reports []CaseReport
}

// CaseReport is a Meldung of a case.
type CaseReport struct {
	Tumour    int64
	TumourID  casefile.TumourID
	Version   int64
	Current   bool
	Rule      linkage.Rule
	Objection bool
	Open      []string // rules still open when the trust centre handed the report over
	Received  time.Time
	Event     tumour.Event
}

// ByNumber finds a person by the register's own number.
func (s *Store) ByNumber(ctx context.Context, number int64) (linkage.PersonID, error) {
	var id linkage.PersonID
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT id FROM person WHERE number = $1`, number).Scan(&id)
	})
	if errors.Is(err, sql.ErrNoRows) {
		return "", ErrNoCase
	}
	return id, err
}

// Case opens one case for a clerk; the look is logged in the same transaction.
func (s *Store) Case(ctx context.Context, clerk string, id linkage.PersonID) (Case, error) {
	var c Case
	err := s.db.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		c = Case{Person: id}
		err := tx.QueryRowContext(ctx, `SELECT number FROM person WHERE id = $1`, string(id)).Scan(&c.Number)
		if errors.Is(err, sql.ErrNoRows) {
			return ErrNoCase
		}
		if err != nil {
			return err
		}
		newest := int64(0)
		for scan, err := range each(ctx, tx, `
			SELECT t.number, t.id, r.report_ref, r.version, r.state, r.rule, r.content
			FROM record r JOIN tumour t ON t.id = r.tumour_id
			WHERE r.person_id = $1 ORDER BY t.number, r.version DESC, r.report_ref`, string(id)) {
			if err != nil {
				return err
			}
			var one CaseReport
			var report, state string
			var sealed []byte
			if err := scan(&one.Tumour, &one.TumourID, &report, &one.Version, &state, &one.Rule, &sealed); err != nil {
				return err
			}
			record, err := s.openRecord(report, one.Version, sealed)
			if err != nil {
				return err
			}
			one.Current, one.Received, one.Event = state == "assigned", record.ReceivedAt, record.Event
			one.Objection, one.Open = record.Objection, record.OpenFindings
			c.Reports = append(c.Reports, one)
			if record.Birth.Year != 0 && one.Version > newest {
				newest = one.Version
				c.Clear = transfer.Record{Sex: record.Sex, Birth: record.Birth, PostalCode: record.PostalCode, Place: record.Place, Country: record.Country}
			}
		}
		return s.log.Append(ctx, tx, audit.Act{Actor: clerk, Code: audit.CaseShown, Object: "person/" + string(id)})
	})
	return c, err
}

// Ambiguous is an unklare Zuordnung: a report that agrees with more than one
// person.
type Ambiguous struct {
	Assigned, Other             linkage.PersonID
	AssignedNumber, OtherNumber int64
	Found                       time.Time
}

// Ambiguities lists reports that agree with several persons, oldest first.
func (s *Store) Ambiguities(ctx context.Context, limit int) ([]Ambiguous, error) {
	var list []Ambiguous
	err := s.db.Read(ctx, func(ctx context.Context, tx *database.Tx) error {
		for scan, err := range each(ctx, tx, `
			SELECT p.id, p.number, o.id, o.number, MIN(a.found_at) FROM ambiguity a
			JOIN record r ON r.report_ref = a.report_ref AND r.version = a.version AND r.person_id IS NOT NULL
			JOIN person p ON p.id = r.person_id JOIN person o ON o.id = a.person_id
			WHERE r.person_id <> a.person_id
			GROUP BY p.id, p.number, o.id, o.number ORDER BY MIN(a.found_at), p.number, o.number LIMIT $1`, limit) {
			if err != nil {
				return err
			}
			var a Ambiguous
			var found database.Time
			if err := scan(&a.Assigned, &a.AssignedNumber, &a.Other, &a.OtherNumber, &found); err != nil {
				return err
			}
			a.Found = found.Time
			list = append(list, a)
		}
		return nil
	})
	return list, err
}
