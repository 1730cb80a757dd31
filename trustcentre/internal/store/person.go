// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"context"
	"errors"
	"fmt"

	"meldewerk/audit"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/identity"
	"meldewerk/internal/database"
	"meldewerk/pseudonym"
	"meldewerk/report"
	"meldewerk/trustcentre/internal/inspection"
	"meldewerk/trustcentre/internal/pseudonymisation"
)

// Search is the Suche nach der Person of a report by reference.
type Search struct {
	Patient pseudonym.PatientRef
	Unit    string                                   // that asks; another one may have given the number to somebody else
	Digest  func(*identity.Person) ([32]byte, error) // keyed, as it stands in the references
}

// Person is the bekannte Person behind a patient number.
type Person struct {
	Digest [32]byte
	Source pseudonym.ReportRef // the report that says so
	Given  *identity.Person    // nil when it is deleted here and only the registry has its pseudonym
}

// known report of a patient number, as a place to find its person.
type place struct {
	report     pseudonym.ReportRef
	digest     [32]byte
	atRegistry bool
	lost       bool // a version waits here without its identity
}

// person finds whom a report by reference means. The report's own earlier
// version says it first, so that an edit changes nothing of the person; then
// the newest report that the unit has sent under the same reporter and patient
// number, one of the Online-Erfassung before those of packages, whose primary
// system may still mean somebody else. Each says it by the identity that still
// lies in a Vorgang, or because the registry has it. Nobody is known where the
// newest word on the person was lost or refused.
func (s *Store) person(ctx context.Context, tx *database.Tx, c *Candidate) (*Person, error) {
	if c.Search == nil {
		return nil, nil
	}
	places, err := s.places(ctx, tx, c)
	if err != nil || len(places) == 0 {
		return nil, err
	}
	given, damaged, err := s.givenPersons(ctx, tx, c.Search)
	if err != nil {
		return nil, err
	}
	for _, p := range places {
		p.lost = p.lost || damaged[p.report]
		if person := given[p.digest]; person != nil {
			return &Person{Digest: p.digest, Source: p.report, Given: person}, nil
		}
		if p.digest == inspection.Doubted || (p.lost && p.report == c.Report) {
			return nil, nil
		}
		if p.atRegistry && !p.lost {
			return &Person{Digest: p.digest, Source: p.report}, nil
		}
	}
	return nil, nil
}

// places lists the reports of the patient number in the order in which they
// are asked. A report of which a version waits here without its identity is no
// evidence that the registry knows the person.
func (s *Store) places(ctx context.Context, tx *database.Tx, c *Candidate) ([]place, error) {
	var places []place
	for scan, err := range each(ctx, tx, `
		SELECT r.report_ref, r.person_digest,
			EXISTS (SELECT 1 FROM dossier d WHERE d.report_ref = r.report_ref AND (d.handed_at IS NOT NULL OR d.state = 'completed')),
			EXISTS (SELECT 1 FROM dossier d WHERE d.report_ref = r.report_ref AND d.state IN ('held', 'ready') AND d.content IS NULL)
		FROM reference r WHERE r.patient_ref = $1
			AND (r.report_ref = $2 OR EXISTS (SELECT 1 FROM dossier d WHERE d.report_ref = r.report_ref AND d.unit = $3))
		ORDER BY CASE WHEN r.report_ref = $2 THEN 0 WHEN r.channel = 'form' THEN 1 ELSE 2 END, r.version DESC, r.report_ref`,
		string(c.Search.Patient), string(c.Report), c.Search.Unit) {
		if err != nil {
			return nil, err
		}
		var p place
		var digest []byte
		if err := scan(&p.report, &digest, &p.atRegistry, &p.lost); err != nil {
			return nil, fmt.Errorf("look for reports of the patient: %w", err)
		}
		if len(digest) != len(p.digest) {
			return nil, errors.New("a stored digest has the wrong length")
		}
		p.digest = [32]byte(digest)
		places = append(places, p)
	}
	return places, nil
}

// givenPersons opens the identities that still lie here under a patient number,
// and names the reports of which a version waits here whose identity is damaged:
// it is lost like one that was deleted, and must not stop the report.
func (s *Store) givenPersons(ctx context.Context, tx *database.Tx, search *Search) (map[[32]byte]*identity.Person, map[pseudonym.ReportRef]bool, error) {
	type sealed struct {
		id      string
		report  pseudonym.ReportRef
		waits   bool
		content []byte
	}
	var open []sealed
	for scan, err := range each(ctx, tx, `
		SELECT d.id, d.report_ref, d.state IN ('held', 'ready'), d.content FROM reference r JOIN dossier d ON d.report_ref = r.report_ref
		WHERE r.patient_ref = $1 AND d.content IS NOT NULL`, string(search.Patient)) {
		if err != nil {
			return nil, nil, err
		}
		var one sealed
		if err := scan(&one.id, &one.report, &one.waits, &one.content); err != nil {
			return nil, nil, fmt.Errorf("look for identities of the patient: %w", err)
		}
		open = append(open, one)
	}
	given, damaged := map[[32]byte]*identity.Person{}, map[pseudonym.ReportRef]bool{}
	for _, one := range open {
		var r report.Report
		if s.dossiers.OpenJSON(one.id, "content", one.content, &r) != nil {
			damaged[one.report] = damaged[one.report] || one.waits
			continue
		}
		digest, err := search.Digest(&r.Person)
		if err != nil {
			return nil, nil, err
		}
		given[digest] = &r.Person
	}
	return given, damaged, nil
}

// blind says that the parts hold nothing of the person: only the registry
// knows who is meant.
func blind(p *pseudonymisation.Parts) bool { return p.Record.Numbers.IsZero() }

// stronger gives the relation that changes more of what the registry has: the
// one of a version that never got there must reach it with the next.
func stronger(a, b transfer.Identity) transfer.Identity {
	for _, strong := range []transfer.Identity{transfer.IdentityReplaced, transfer.IdentityCorrected} {
		if a == strong || b == strong {
			return strong
		}
	}
	return a
}

// related is what the record of a version that goes no further would have told
// the registry of its person. One that is damaged may have said that the person
// before was the wrong one, so it counts as that.
func (s *Store) related(id string, sealed []byte) transfer.Identity {
	var record transfer.Record
	if s.dossiers.OpenJSON(id, "record", sealed, &record) != nil {
		return transfer.IdentityReplaced
	}
	return record.Identity
}

// doubt notes that the person of a report is another one than it was taken over
// with, because a correction that said so was refused: the portal has deleted
// the right identity again. Until it comes nobody is known.
func (s *Store) doubt(ctx context.Context, tx *database.Tx, e *submission.Envelope, o *Opened) error {
	_, err := tx.ExecContext(ctx, `
		UPDATE reference SET person_digest = $4, changed_at = $5
		WHERE report_ref = $1 AND patient_ref = $2 AND version < $3 AND channel = 'form'`,
		string(o.References.Report), string(o.References.Patient), int64(e.Receipt), inspection.Doubted[:], database.At(tx.Now))
	if err != nil {
		return fmt.Errorf("doubt the person: %w", err)
	}
	return nil
}

// dropReplaced drops the Chiffrate of the wrong person: those of all earlier
// reports of the unit's Online-Erfassung under this patient number. Reports of
// packages stand for what the primary system says.
func (s *Store) dropReplaced(ctx context.Context, tx *database.Tx, e *submission.Envelope, o *Opened) error {
	if o.Verdict.Identity != transfer.IdentityReplaced {
		return nil
	}
	dropped, err := affected(tx.ExecContext(ctx, `
		UPDATE reference SET chiffrat = NULL, changed_at = $3
		WHERE patient_ref = $1 AND channel = 'form' AND version < $2 AND chiffrat IS NOT NULL
			AND EXISTS (SELECT 1 FROM dossier d WHERE d.report_ref = reference.report_ref AND d.unit = $4)`,
		string(o.References.Patient), int64(e.Receipt), database.At(tx.Now), e.Unit))
	if err != nil {
		return fmt.Errorf("drop chiffrate of the wrong person: %w", err)
	}
	return s.log.Append(ctx, tx, audit.Act{Actor: audit.System, Code: audit.ReportCorrected, Object: o.References.Patient.Reference(),
		Counts: map[string]int64{"chiffrate": dropped}})
}
