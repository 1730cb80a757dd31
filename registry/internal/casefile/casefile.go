// SPDX-License-Identifier: EUPL-1.2

// Package casefile finds the person and the tumour of each pseudonymised
// report and keeps the case: steps 10 and 11 of the way of a report.
//
// It decides through pseudonym/linkage on control numbers alone, keeps earlier
// versions apart from the current one, and writes the completion notice in the
// same transaction as the assignment, so that no report is finished without
// its reporter learning of it. It must never see a name.
package casefile

import (
	"context"
	"fmt"
	"slices"

	"meldewerk/exchange/transfer"
	"meldewerk/pseudonym"
	"meldewerk/pseudonym/linkage"
	"meldewerk/tumour/history"
)

// TumourID is the Tumornummer: the register-internal key of a tumour.
type TumourID string

// Waiting is a wartende Meldung: a stored record that has no person yet.
type Waiting struct {
	ID     transfer.RecordID
	Record transfer.Record
}

// Assigned is the Zuordnung of a record: its place in the register.
type Assigned struct {
	Version int64
	Person  linkage.PersonID
	Tumour  TumourID
}

// Placing is the Eintrag of an assignment: what is written about one record
// when it has its place.
type Placing struct {
	Record   transfer.Record
	Decision linkage.Decision
	Tumour   TumourID
	Number   int // of the tumour within the person
}

// Files is what the room needs from the store, within one transaction.
type Files interface {
	// Waiting gives stored records without a person, lowest version first. A
	// record by reference waits on until the one that it refers to is assigned.
	Waiting(ctx context.Context, limit int) ([]Waiting, error)
	// Current gives the place of the newest assigned version of the report.
	Current(ctx context.Context, report pseudonym.ReportRef) (Assigned, bool, error)
	// Recall gives a record that came by reference the person of the report's
	// current version, else of the report that the trust centre names, or of the
	// newest of the same patient number when it names none. It says whether
	// there was one.
	Recall(ctx context.Context, r *transfer.Record) (bool, error)
	// Agreeing gives the evidence of assigned records that share the insurance
	// number or the names and birth date with the record.
	Agreeing(ctx context.Context, r *transfer.Record) ([]linkage.Known, error)
	// OfPatient gives the evidence of assigned records with the same reporter
	// and patient number, the newest first.
	OfPatient(ctx context.Context, patient pseudonym.PatientRef) ([]linkage.Known, error)
	// NewPerson makes a person.
	NewPerson(ctx context.Context) (linkage.PersonID, error)
	// TumourOf finds the person's tumour by the reporter's reference, else by
	// the three-character site, else makes a new one.
	TumourOf(ctx context.Context, p linkage.PersonID, r *transfer.Record) (TumourID, int, error)
	// Forget removes control numbers, Chiffrat and links of all earlier
	// versions of the report, because the wrong person was reported.
	Forget(ctx context.Context, report pseudonym.ReportRef) error
	// Unlink takes all reports off the person and gives their current versions,
	// lowest version first.
	Unlink(ctx context.Context, person linkage.PersonID) ([]Waiting, error)
	// Follow links earlier versions of a report as the current one is linked.
	Follow(ctx context.Context, report pseudonym.ReportRef) error
	// RemoveOrphans removes tumours of the person without a report, and the
	// person itself when it has none left.
	RemoveOrphans(ctx context.Context, person linkage.PersonID) error
	// Place writes the assignment and retires the earlier version.
	Place(ctx context.Context, p Placing) error
	// Doubt notes persons that agree with the record as well.
	Doubt(ctx context.Context, id transfer.RecordID, others []linkage.PersonID) error
	// Retire marks a record that came after a newer version.
	Retire(ctx context.Context, id transfer.RecordID) error
	// Tell writes the completion notice.
	Tell(ctx context.Context, id transfer.RecordID, outcome transfer.Outcome, entry history.Entry) error
	// Done writes the audit entry of the batch.
	Done(ctx context.Context, counts map[string]int64) error
}

// Work runs one batch: it opens the transaction, hands the files to fn and
// commits. Only one process of the registry works at a time.
type Work interface {
	Batch(ctx context.Context, fn func(ctx context.Context, files Files) error) error
}

// Clerk is the Zuordnung at work: it assigns waiting records.
type Clerk struct {
	work Work
	size int
}

// New makes a Clerk that assigns up to size records in one transaction.
func New(work Work, size int) *Clerk { return &Clerk{work: work, size: size} }

// Assign finds person and tumour for one batch of waiting records and says how
// many it placed.
func (c *Clerk) Assign(ctx context.Context) (int, error) {
	placed := 0
	err := c.work.Batch(ctx, func(ctx context.Context, files Files) error {
		waiting, err := files.Waiting(ctx, c.size)
		if err != nil || len(waiting) == 0 {
			placed = 0
			return err
		}
		counts := map[string]int64{}
		for i := range waiting {
			rule, err := assign(ctx, files, &waiting[i])
			if err != nil {
				return fmt.Errorf("assign record: %w", err)
			}
			counts[rule]++
		}
		placed = len(waiting) - int(counts[waits])
		return files.Done(ctx, counts)
	})
	if err != nil {
		return 0, err
	}
	return placed, nil
}

// waits stands for a record by reference that lost its source within the batch.
// It stays stored, like those that Waiting keeps back.
const waits = "waits"

// assign places one record and returns the key under which it is counted.
func assign(ctx context.Context, files Files, w *Waiting) (string, error) {
	current, replaces, err := files.Current(ctx, w.ID.Report)
	if err != nil {
		return "", err
	}
	if replaces && current.Version > w.ID.Version {
		if err := files.Retire(ctx, w.ID); err != nil {
			return "", err
		}
		return "superseded", files.Tell(ctx, w.ID, transfer.Superseded, history.Entry{Event: w.Record.Event})
	}
	if w.Record.Numbers.IsZero() {
		found, err := files.Recall(ctx, &w.Record)
		if err != nil {
			return "", err
		}
		if !found {
			return waits, nil
		}
	}
	if replaces && w.Record.Identity == transfer.IdentityReplaced {
		if err := files.Forget(ctx, w.ID.Report); err != nil {
			return "", err
		}
		if err := redecide(ctx, files, current.Person, w.Record.Patient); err != nil {
			return "", fmt.Errorf("decide the links of the wrong person anew: %w", err)
		}
		replaces = false
	}
	decision := linkage.Decision{Person: current.Person, Rule: linkage.SameReport}
	if !replaces || w.Record.Identity == transfer.IdentityCorrected {
		if decision, err = decide(ctx, files, &w.Record, w.Record.Identity != transfer.IdentityReplaced); err != nil {
			return "", err
		}
	}
	if replaces {
		decision = keep(current.Person, decision)
	}
	number, err := place(ctx, files, w, decision, "")
	if err != nil {
		return "", err
	}
	entry := history.Entry{Tumour: number, Event: w.Record.Event}
	return string(decision.Rule), files.Tell(ctx, w.ID, transfer.Completed, entry)
}

// keep leaves a new version with the person of the version before. Whom it
// would have gone to otherwise, a clerk should look at.
func keep(current linkage.PersonID, decision linkage.Decision) linkage.Decision {
	kept := linkage.Decision{Person: current, Rule: linkage.SameReport}
	for _, other := range append([]linkage.PersonID{decision.Person}, decision.Others...) {
		if other != "" && other != current && !slices.Contains(kept.Others, other) {
			kept.Others = append(kept.Others, other)
		}
	}
	return kept
}

// place writes the decision and gives the number of the tumour. A decision
// without a person makes a new one, or takes the spare.
func place(ctx context.Context, files Files, w *Waiting, decision linkage.Decision, spare linkage.PersonID) (int, error) {
	if decision.Person == "" {
		decision.Person = spare
	}
	if decision.Person == "" {
		var err error
		if decision.Person, err = files.NewPerson(ctx); err != nil {
			return 0, err
		}
	}
	tumourID, number, err := files.TumourOf(ctx, decision.Person, &w.Record)
	if err != nil {
		return 0, err
	}
	return number, files.Place(ctx, Placing{Record: w.Record, Decision: decision, Tumour: tumourID, Number: number})
}

// redecide links the remaining reports of a person anew, because one of them
// turned out to be somebody else's and may have been what held them together.
// The first of them keeps the person. The patient number that meant the wrong
// one is no reason to link.
func redecide(ctx context.Context, files Files, person linkage.PersonID, wrong pseudonym.PatientRef) error {
	linked, err := files.Unlink(ctx, person)
	if err != nil {
		return err
	}
	spare := person
	for i := range linked {
		decision, err := decide(ctx, files, &linked[i].Record, linked[i].Record.Patient != wrong)
		if err != nil {
			return err
		}
		if _, err := place(ctx, files, &linked[i], decision, spare); err != nil {
			return err
		}
		if decision.Person == "" {
			spare = ""
		}
		if err := files.Follow(ctx, linked[i].ID.Report); err != nil {
			return err
		}
	}
	return files.RemoveOrphans(ctx, person)
}

// decide asks the linkage rule, then the reporter's own patient number, which
// always means one person as long as the birth month agrees. When it has meant
// a wrong person it is not trusted any more and joins only what holds the same
// control numbers: the two may be twins.
// Spec: oBDS 3.0.4 Patient
func decide(ctx context.Context, files Files, r *transfer.Record, trusted bool) (linkage.Decision, error) {
	evidence := EvidenceOf(r)
	known, err := files.Agreeing(ctx, r)
	if err != nil {
		return linkage.Decision{}, err
	}
	decision := linkage.Decide(evidence, known)
	if decision.Person != "" {
		return decision, nil
	}
	same, err := files.OfPatient(ctx, r.Patient)
	if err != nil {
		return linkage.Decision{}, err
	}
	born := func(k linkage.Known) bool {
		return k.BirthYear != 0 && k.BirthMonth == evidence.BirthMonth && k.BirthYear == evidence.BirthYear
	}
	alike := func(k linkage.Known) bool { return born(k) && k.Numbers.Equal(evidence.Numbers) }
	i := slices.IndexFunc(same, alike)
	if i < 0 && trusted {
		i = slices.IndexFunc(same, born)
	}
	if i < 0 {
		return decision, nil
	}
	return linkage.Decision{Person: same[i].Person, Rule: linkage.ByPatient}, nil
}

// EvidenceOf is what a record gives to find its person.
func EvidenceOf(r *transfer.Record) linkage.Evidence {
	return linkage.Evidence{Numbers: r.Numbers, BirthYear: r.Birth.Year, BirthMonth: r.Birth.Month}
}
