// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"context"
	"errors"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"meldewerk/fault"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/tumour"
	"meldewerk/tumour/history"
)

// sound says whether a number of the sender's own can stand in the data set:
// 1 to 50 characters, none of which steers a device or cannot be seen: two
// numbers that look alike must be alike.
func sound(number string) bool {
	unseen := func(r rune) bool {
		return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r != ' ' && unicode.IsSpace(r)
	}
	return number != "" && utf8.ValidString(number) && utf8.RuneCountInString(number) <= maxNumber && !strings.ContainsFunc(number, unseen)
}

// CreateRecord makes a Patientenakte, or gives the one that has the number.
// Without a Melder-ID it is the unit's only one. A number that is in use under
// another Melder-ID is refused: it may belong to somebody else.
func (m *Room) CreateRecord(ctx context.Context, a Actor, reporter report.ReporterID, patient report.PatientID) (RecordID, bool, error) {
	return m.create(ctx, a, Record{Reporter: reporter, Patient: patient, Identity: form.Sheet{}})
}

// AdoptRecord makes a record for a patient who was reported by packages: it
// goes by reference from the beginning. A record under another Melder-ID is
// given only when the reduced views say that it is of the same person.
func (m *Room) AdoptRecord(ctx context.Context, a Actor, reporter report.ReporterID, view history.ReducedView) (RecordID, error) {
	id, _, err := m.create(ctx, a, Record{Reporter: reporter, Patient: report.PatientID(view.PatientNumber), View: &view})
	return id, err
}

func (m *Room) create(ctx context.Context, a Actor, r Record) (RecordID, bool, error) {
	r.Patient = report.PatientID(strings.TrimSpace(string(r.Patient)))
	if !sound(string(r.Patient)) {
		return "", false, ErrNumber
	}
	r.Reporter = report.ReporterID(strings.TrimSpace(string(r.Reporter)))
	if id, found, err := m.inUse(ctx, &r, a.Unit); err != nil || found {
		return id, false, err
	}
	if r.Reporter == "" && !a.AnyReporter && len(a.Reporters) == 1 {
		r.Reporter = report.ReporterID(a.Reporters[0])
	}
	if !a.may(r.Reporter) {
		return "", false, ErrReporter
	}
	now := m.Clock()
	fresh, err := m.Store.CountRecords(ctx, a.Unit, now.Add(-recordsWithin))
	if err != nil {
		return "", false, err
	}
	if fresh >= maxRecords {
		return "", false, ErrManyRecords
	}
	r.ID, r.Unit, r.Version = RecordID(handle()), a.Unit, 1
	r.CreatedAt, r.ChangedAt, r.ChangedBy = now, now, a.Name
	err = m.Store.CreateRecord(ctx, a.Account, r)
	if errors.Is(err, ErrTaken) { // a colleague was faster
		if id, found, again := m.inUse(ctx, &r, a.Unit); again != nil || found {
			return id, false, again
		}
	}
	if err != nil {
		return "", false, err
	}
	return r.ID, true, nil
}

// inUse gives the record that has the number of the wanted one already.
// Spec: only Melder-ID and patient number together mean one person, so the
// numbers of two systems of one unit may meet.
func (m *Room) inUse(ctx context.Context, wanted *Record, unit string) (RecordID, bool, error) {
	id, found, err := m.Store.FindRecord(ctx, unit, wanted.Patient)
	if err != nil || !found {
		return "", false, err
	}
	there, err := m.Store.Record(ctx, unit, id)
	if err != nil {
		return "", false, err
	}
	if wanted.Reporter != "" && wanted.Reporter != there.Reporter && !there.Same(wanted.View) {
		return "", false, fault.New(fault.Invalid, "drafting.number_elsewhere",
			"Diese Nummer hat schon eine Akte Ihrer Einrichtung, unter der Melder-ID „"+string(there.Reporter)+"“. Ist es dieselbe Person, suchen Sie die Nummer unter „Patienten“ und melden Sie in dieser Akte. Ist es eine andere Person, legen Sie für sie eine Akte mit einer anderen Nummer an, zum Beispiel mit einem Kürzel Ihres Systems davor.")
	}
	return id, true, nil
}

// Same says that a reduced view is of the person of the record, as far as
// reduced views can tell: it is not when either says too little.
func (r *Record) Same(view *history.ReducedView) bool {
	return r.View != nil && view != nil && view.BirthYear != 0 && view.InsuredTail != "" &&
		r.View.BirthYear == view.BirthYear && r.View.BirthMonth == view.BirthMonth && r.View.InsuredTail == view.InsuredTail
}

// FindRecord gives the record of a patient number of the unit.
func (m *Room) FindRecord(ctx context.Context, unit string, patient report.PatientID) (RecordID, bool, error) {
	patient = report.PatientID(strings.TrimSpace(string(patient)))
	if !sound(string(patient)) {
		return "", false, ErrNumber
	}
	return m.Store.FindRecord(ctx, unit, patient)
}

// Record gives one record of the unit.
func (m *Room) Record(ctx context.Context, unit string, id RecordID) (Record, error) {
	return m.Store.Record(ctx, unit, id)
}

// Records lists the unit's records with their reports, changed last first, and
// how many there are.
func (m *Room) Records(ctx context.Context, unit string, offset, limit int) ([]Overview, int, error) {
	list, count, err := m.Store.Records(ctx, unit, offset, limit)
	for i := range list {
		m.dates(list[i].Forms)
	}
	return list, count, err
}

// dates says of drafts when they go if nobody touches them.
func (m *Room) dates(rows []Row) {
	for i := range rows {
		if rows[i].State != Submitted {
			rows[i].DeletedOn = rows[i].ChangedAt.Add(m.Profile.KeepDrafts)
		}
	}
}

// SaveIdentity saves one of the sections that ask who the patient is. It gives
// *Conflict when somebody has changed the section since the token was made.
func (m *Room) SaveIdentity(ctx context.Context, a Actor, id RecordID, section, token string, values form.Sheet) (Saved, error) {
	var saved Saved
	r, err := m.Store.ChangeRecord(ctx, a.Unit, a.Account, id, "", func(r *Record, _ time.Time) error {
		if r.Identity == nil {
			return ErrSealed
		}
		s, whole, found := identitySection(r, section, values)
		if !found {
			return ErrSection
		}
		change := saving{section: s, whole: whole, token: token, values: values, at: r.ChangedAt, by: r.ChangedBy}
		out, err := change.apply()
		if err != nil {
			return err
		}
		r.Identity, _ = out.Split()
		r.ChangedBy = a.Name
		saved = change.saved
		return nil
	})
	saved.At = r.ChangedAt
	return saved, err
}

// anyForm is a sheet in which the patient's sections can be looked up: they are
// the same for every occasion.
func anyForm(r *Record) form.Sheet {
	s := form.NewSheet(tumour.OccasionDeath)
	s.Put("report.id", prefixReport)
	return r.fill(s)
}

// fill puts the record's own fields into a sheet.
func (r *Record) fill(s form.Sheet) form.Sheet {
	s.Put("report.reporter", string(r.Reporter))
	s.Put("report.patient", string(r.Patient))
	for key, value := range r.Identity {
		s[key] = value
	}
	return s
}

// identitySection finds a section of the patient, with the whole sheet it
// stands in. One that is seldom asked for is there as soon as it is filled.
func identitySection(r *Record, name string, values form.Sheet) (*form.Section, form.Sheet, bool) {
	whole := anyForm(r)
	asked := whole.Clone()
	asked.Merge(values)
	s, found := form.Named(asked, name)
	return s, whole, found && s.OfPatient()
}

// DeleteRecord deletes a record of which nothing was ever submitted, with its drafts.
func (m *Room) DeleteRecord(ctx context.Context, a Actor, id RecordID) error {
	err := m.Store.DeleteRecord(ctx, a.Unit, a.Account, id)
	if errors.Is(err, ErrChanged) {
		return ErrSubmitted
	}
	if err != nil {
		return err
	}
	return m.checkpoint(ctx)
}
