// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"context"
	"time"

	"meldewerk/audit"
	"meldewerk/fault"
	"meldewerk/report"
)

// The refusals of the Online-Erfassung that the store knows.
var (
	// ErrUnknown means that there is nothing under that handle for this unit.
	ErrUnknown = fault.New(fault.NotFound, "drafting.unknown",
		"Unter dieser Adresse gibt es für Ihre Einrichtung nichts. Suchen Sie die Person über Ihre Patientennummer.")
	// ErrTaken means that the unit has a record with that patient number.
	ErrTaken = fault.New(fault.Conflict, "drafting.taken",
		"Zu dieser Patientennummer gibt es schon eine Akte. Öffnen Sie die vorhandene Akte.")
	// ErrChanged means that somebody changed what was to be submitted.
	ErrChanged = fault.New(fault.Conflict, "drafting.changed",
		"Die Angaben wurden inzwischen geändert. Es wurde nichts übermittelt. Prüfen Sie sie noch einmal und übermitteln Sie dann.")
)

// Store keeps records and forms. Every method is one transaction. What belongs
// to another unit is not there.
type Store interface {
	// CreateRecord writes a new record, or returns ErrTaken.
	CreateRecord(ctx context.Context, account string, r Record) error
	// FindRecord gives the record of a patient number of the unit.
	FindRecord(ctx context.Context, unit string, patient report.PatientID) (RecordID, bool, error)
	// CountRecords says how many records the unit has that were created since then.
	CountRecords(ctx context.Context, unit string, since time.Time) (int, error)
	// Record gives one record, or ErrUnknown.
	Record(ctx context.Context, unit string, id RecordID) (Record, error)
	// Records gives records with their forms, changed last first, and how many there are.
	Records(ctx context.Context, unit string, offset, limit int) ([]Overview, int, error)
	// ChangeRecord reads a record, lets change work on it and writes it back
	// with the next version, in one transaction; change may run again. An empty
	// code means that nobody's act is to be logged (a draft is saved). Whatever
	// change returns as error ends the transaction. Handle, unit, reporter and
	// number never change. As long as nothing was submitted, another identity
	// gives the drafts of the record a new version: they would go with it.
	ChangeRecord(ctx context.Context, unit, account string, id RecordID, code audit.Code, change func(r *Record, now time.Time) error) (Record, error)
	// DeleteRecord removes a record of which nothing was ever submitted, with its drafts.
	DeleteRecord(ctx context.Context, unit, account string, id RecordID) error

	// CreateForm writes a new form.
	CreateForm(ctx context.Context, account string, f Form) error
	// Form gives one form with its versions, or ErrUnknown.
	Form(ctx context.Context, unit string, id FormID) (Form, error)
	// Forms lists forms of the unit as the filter says, changed last first, at
	// most limit, and how many there are.
	Forms(ctx context.Context, unit string, f Filter, offset, limit int) ([]Row, int, error)
	// ChangeForm is to a form what ChangeRecord is to a record. Sent never changes.
	ChangeForm(ctx context.Context, unit, account string, id FormID, code audit.Code, change func(f *Form, now time.Time) error) (Form, error)
	// DeleteForm removes a form that was never submitted.
	DeleteForm(ctx context.Context, unit, account string, id FormID) error

	// Expire removes drafts and edits not touched since the time, and records
	// of which nothing was submitted and no draft is left, at most limit; an
	// edit of a submitted report falls back to what was submitted. It says how many.
	Expire(ctx context.Context, before time.Time, limit int) (int, error)
	// Checkpoint takes what was deleted off the disk.
	Checkpoint(ctx context.Context) error
}
