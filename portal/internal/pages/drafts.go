// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"context"

	"meldewerk/portal/internal/drafting"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// Drafts is the drafting room; see drafting.Room.
type Drafts interface {
	// CreateRecord makes a Patientenakte, or gives the one that has the number.
	CreateRecord(ctx context.Context, a drafting.Actor, reporter report.ReporterID, patient report.PatientID) (id drafting.RecordID, fresh bool, err error)
	// AdoptRecord makes a record for a patient who was reported by packages: it
	// goes by reference from the beginning.
	AdoptRecord(ctx context.Context, a drafting.Actor, reporter report.ReporterID, view history.ReducedView) (drafting.RecordID, error)
	FindRecord(ctx context.Context, unit string, patient report.PatientID) (drafting.RecordID, bool, error)
	Record(ctx context.Context, unit string, id drafting.RecordID) (drafting.Record, error)
	Records(ctx context.Context, unit string, offset, limit int) ([]drafting.Overview, int, error)
	// SaveIdentity saves one of the patient sections; *drafting.Conflict when it was changed meanwhile.
	SaveIdentity(ctx context.Context, a drafting.Actor, id drafting.RecordID, section, token string, values form.Sheet) (drafting.Saved, error)
	CheckRecord(ctx context.Context, unit string, id drafting.RecordID) (drafting.RecordCheck, error)
	BeginCorrection(ctx context.Context, a drafting.Actor, id drafting.RecordID, c drafting.Correction) error
	GiveUpCorrection(ctx context.Context, a drafting.Actor, id drafting.RecordID) error
	// CheckCorrection judges the identity and every report that goes along.
	CheckCorrection(ctx context.Context, unit string, id drafting.RecordID) (drafting.RecordCheck, error)
	SubmitCorrection(ctx context.Context, a drafting.Actor, id drafting.RecordID, version int64) (drafting.Receipt, error)
	DeleteRecord(ctx context.Context, a drafting.Actor, id drafting.RecordID) error

	// Begin makes the draft of a report; of is the tumour it is about, nil for a new one.
	Begin(ctx context.Context, a drafting.Actor, id drafting.RecordID, o tumour.Occasion, of *tumour.Assignment) (drafting.FormID, error)
	// Tumours lists the tumours of a record as its own forms know them.
	Tumours(ctx context.Context, unit string, id drafting.RecordID) ([]drafting.Tumour, error)
	Form(ctx context.Context, unit string, id drafting.FormID) (drafting.Form, error)
	Forms(ctx context.Context, unit string, f drafting.Filter, offset, limit int) ([]drafting.Row, int, error)
	// Save saves one section: values are all its fields as they were posted.
	// *drafting.Conflict when it was changed meanwhile.
	Save(ctx context.Context, a drafting.Actor, id drafting.FormID, section, token string, values form.Sheet) (drafting.Saved, error)
	// Note keeps the internal note; drafting.ErrNote when it was changed meanwhile.
	Note(ctx context.Context, a drafting.Actor, id drafting.FormID, token, note string) error
	Lock(ctx context.Context, a drafting.Actor, id drafting.FormID, locked bool) error
	// Revise opens a submitted report for editing.
	Revise(ctx context.Context, a drafting.Actor, id drafting.FormID) error
	// GiveUp deletes a draft, or drops what was edited since the last submission.
	GiveUp(ctx context.Context, a drafting.Actor, id drafting.FormID) error
	// ReasonsFor lists the values of the Meldebegründung for an occasion in this Land.
	ReasonsFor(o tumour.Occasion) []form.Option
	Check(ctx context.Context, unit string, id drafting.FormID) (drafting.Checked, error)
	// Submit hands the report in as it was checked at that version of the form.
	Submit(ctx context.Context, a drafting.Actor, id drafting.FormID, version int64, confirmed bool) (drafting.Receipt, error)
}
