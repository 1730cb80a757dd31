// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"meldewerk/audit"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// Begin makes the draft of a report; of is the tumour it is about, nil for a
// new one. What earlier reports on the tumour say and holds for this one too is
// filled in.
func (m *Room) Begin(ctx context.Context, a Actor, id RecordID, o tumour.Occasion, of *tumour.Assignment) (FormID, error) {
	if !slices.Contains(tumour.Occasions(), o) {
		return "", ErrOccasion
	}
	r, err := m.Store.Record(ctx, a.Unit, id)
	if err != nil {
		return "", err
	}
	if !a.may(r.Reporter) {
		return "", ErrWithdrawn
	}
	_, drafts, err := m.Store.Forms(ctx, a.Unit, Filter{Record: id, State: Draft}, 0, 1)
	if err != nil {
		return "", err
	}
	if drafts >= maxDrafts {
		return "", ErrTooMany
	}
	sheet := form.NewSheet(o)
	if of != nil {
		sheet = form.Next(o, *of)
		if err := m.prefill(ctx, &r, sheet); err != nil {
			return "", err
		}
	}
	if sheet[keyTumour] == "" {
		sheet[keyTumour] = prefixTumour + handle()
	}
	now := m.Clock()
	f := Form{ID: FormID(handle()), Record: id, Unit: a.Unit, Occasion: o, Report: report.ID(prefixReport + handle()),
		Sheet: sheet, Version: 1, CreatedAt: now, ChangedAt: now, ChangedBy: a.Name}
	return f.ID, m.Store.CreateForm(ctx, a.Account, f)
}

// Keys of the form that the room knows by name.
const (
	keyReport = "report."   // beginning of those that the portal fills
	keyTumour = "tumour.id" // likewise
	keyReason = "reason"
)

// prefill takes over from earlier reports on the same tumour what holds for
// all of them: the tumour, its site, and what the patient was told.
func (m *Room) prefill(ctx context.Context, r *Record, sheet form.Sheet) error {
	if sheet[keyTumour] == "" {
		return nil
	}
	earlier, err := m.formsOf(ctx, r.Unit, r.ID, siblings)
	if err != nil {
		return err
	}
	reasons := m.ReasonsFor(sheet.Occasion())
	for _, f := range earlier {
		content := f.Content()
		if content[keyTumour] != sheet[keyTumour] {
			continue
		}
		for key, value := range content {
			_, asked := form.At(sheet, key)
			if asked && sheet[key] == "" && (strings.HasPrefix(key, "tumour.") || strings.HasPrefix(key, "topography.")) {
				sheet[key] = value
			}
		}
		told := report.Reason(content[keyReason])
		offered := slices.ContainsFunc(reasons, func(o form.Option) bool { return o.Value == string(told) })
		if sheet[keyReason] == "" && offered && (told == report.Informed || told == report.Objection) {
			sheet[keyReason] = string(told)
		}
	}
	return nil
}

const (
	siblings = 200   // forms of a record that are looked at together, the newest
	maxForms = 10000 // of a record: all there can be
)

// formsOf reads forms of a record, changed last first, at most so many.
func (m *Room) formsOf(ctx context.Context, unit string, id RecordID, most int) ([]Form, error) {
	rows, _, err := m.Store.Forms(ctx, unit, Filter{Record: id}, 0, most)
	if err != nil {
		return nil, err
	}
	forms := make([]Form, 0, len(rows))
	for _, row := range rows {
		f, err := m.Store.Form(ctx, unit, row.ID)
		if err != nil {
			return nil, err
		}
		forms = append(forms, f)
	}
	return forms, nil
}

// Tumours lists the tumours of a record as its own forms know them.
func (m *Room) Tumours(ctx context.Context, unit string, id RecordID) ([]Tumour, error) {
	rows, _, err := m.Forms(ctx, unit, Filter{Record: id}, 0, siblings)
	if err != nil {
		return nil, err
	}
	var list []Tumour
	for _, row := range rows {
		f, err := m.Store.Form(ctx, unit, row.ID)
		if err != nil {
			return nil, err
		}
		of := f.Content().Tumour()
		at := slices.IndexFunc(list, func(t Tumour) bool { return t.Assignment.TumourID == of.TumourID })
		if at < 0 {
			at, list = len(list), append(list, Tumour{Assignment: of})
		}
		list[at].Forms = append(list[at].Forms, row)
	}
	return list, nil
}

// Form gives one report of the unit with its versions.
func (m *Room) Form(ctx context.Context, unit string, id FormID) (Form, error) {
	return m.Store.Form(ctx, unit, id)
}

// Forms lists reports of the unit, changed last first or, of what is open, by
// what presses; and how many there are.
func (m *Room) Forms(ctx context.Context, unit string, f Filter, offset, limit int) ([]Row, int, error) {
	f.Soon = m.Clock().Add(m.Profile.WarnDrafts - m.Profile.KeepDrafts)
	rows, count, err := m.Store.Forms(ctx, unit, f, offset, limit)
	m.dates(rows)
	return rows, count, err
}

// Save saves one section: values are all its fields as they were posted. It
// gives *Conflict when somebody has changed the section since the token was made.
func (m *Room) Save(ctx context.Context, a Actor, id FormID, section, token string, values form.Sheet) (Saved, error) {
	var saved Saved
	f, err := m.Store.ChangeForm(ctx, a.Unit, a.Account, id, "", func(f *Form, _ time.Time) error {
		if f.Sheet == nil {
			return ErrNotOpen
		}
		asked := f.Sheet.Clone()
		asked.Merge(values)
		s, found := form.Named(asked, section)
		if !found || s.OfPatient() {
			return ErrSection
		}
		change := saving{section: s, whole: f.Sheet, token: token, values: values, at: f.ChangedAt, by: f.ChangedBy}
		out, err := change.apply()
		if err != nil {
			return err
		}
		f.Sheet, f.ChangedBy, saved = out, a.Name, change.saved
		return nil
	})
	saved.At = f.ChangedAt
	return saved, err
}

// NoteToken names the state of an internal note.
func NoteToken(note string) string { return tokenOf(form.Sheet{KeyNote: note}) }

// Note keeps the internal note on a report, which is never sent. It gives
// ErrNote when somebody has written another one since the token was made.
func (m *Room) Note(ctx context.Context, a Actor, id FormID, token, note string) error {
	note = strings.TrimSpace(strings.ToValidUTF8(strings.ReplaceAll(note, "\r\n", "\n"), "\uFFFD"))
	if utf8.RuneCountInString(note) > maxNote {
		return ErrTooLong
	}
	_, err := m.Store.ChangeForm(ctx, a.Unit, a.Account, id, "", func(f *Form, _ time.Time) error {
		if f.Note != "" && f.Note != note && NoteToken(f.Note) != token {
			return ErrNote
		}
		f.Note, f.ChangedBy = note, a.Name
		return nil
	})
	return err
}

// Lock keeps a report from being submitted, or lets it go again.
func (m *Room) Lock(ctx context.Context, a Actor, id FormID, locked bool) error {
	code := audit.DraftUnlocked
	if locked {
		code = audit.DraftLocked
	}
	_, err := m.Store.ChangeForm(ctx, a.Unit, a.Account, id, code, func(f *Form, _ time.Time) error {
		f.Locked, f.ChangedBy = locked, a.Name
		return nil
	})
	return err
}

// Revise opens a submitted report for editing: what was submitted last becomes
// the draft of the next version.
func (m *Room) Revise(ctx context.Context, a Actor, id FormID) error {
	_, err := m.Store.ChangeForm(ctx, a.Unit, a.Account, id, "", func(f *Form, _ time.Time) error {
		if f.Sheet != nil {
			return ErrOpen
		}
		f.Sheet, f.ChangedBy = f.Last().Sheet.Clone(), a.Name
		return nil
	})
	return err
}

// GiveUp deletes a draft, or drops what was edited since the last submission.
func (m *Room) GiveUp(ctx context.Context, a Actor, id FormID) error {
	f, err := m.Store.Form(ctx, a.Unit, id)
	if err != nil {
		return err
	}
	switch f.State() {
	case Draft:
		if err = m.Store.DeleteForm(ctx, a.Unit, a.Account, id); errors.Is(err, ErrChanged) {
			err = ErrSent // it was handed in meanwhile
		}
	case Revised:
		_, err = m.Store.ChangeForm(ctx, a.Unit, a.Account, id, audit.DraftDeleted, func(f *Form, _ time.Time) error {
			if f.State() != Draft {
				f.Sheet, f.ChangedBy = nil, a.Name
			}
			return nil
		})
	default:
		err = ErrSent
	}
	if err != nil {
		return err
	}
	return m.checkpoint(ctx)
}
