// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"meldewerk/calendar"
	"meldewerk/fault"
	"meldewerk/policy"
	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/report/obds"
	"meldewerk/terminology"
)

// Software is the Software of the sender, as the packages name it.
type Software struct{ ID, Version string }

// Options are what the room works with.
type Options struct {
	Store    Store
	Outbox   Outbox
	Profile  policy.Profile
	Software Software
	Clock    func() time.Time
	Book     *terminology.Book // code lists; nil: the built-in ones
}

// Room is the drafting room of a portal. It is safe for concurrent use.
type Room struct {
	Options
	versions []string // of the data set that can be written, the newest first
}

// New makes the room.
func New(o Options) (*Room, error) {
	if o.Store == nil || o.Outbox == nil || o.Clock == nil || o.Profile.KeepDrafts <= 0 {
		return nil, errors.New("drafting: store, outbox, clock or the time to keep drafts is missing")
	}
	catalogue, err := obds.BuiltIn()
	if err != nil {
		return nil, fmt.Errorf("open data sets: %w", err)
	}
	versions := slices.Clone(catalogue.Versions())
	slices.Sort(versions)
	slices.Reverse(versions)
	return &Room{Options: o, versions: versions}, nil
}

// What one unit may fill a room with.
const (
	maxNumber = 50      // characters of a patient number or Melder-ID
	maxDrafts = 200     // drafts of one record that were never submitted
	maxSheet  = 1 << 20 // bytes of all fields of one form
	maxNote   = 4000    // characters of an internal note
	atOnce    = 50      // drafts that one round of Tidy removes

	maxRecords    = 2000 // records that one unit makes within recordsWithin: more than a hospital can type
	recordsWithin = 24 * time.Hour
)

// Beginnings of the identifiers that are made here.
const (
	prefixReport = "MP-" // Meldungs-ID
	prefixTumour = "T-"  // Tumor-ID
)

// The refusals of the room, beside those of its store.
var (
	// ErrNumber means that a patient number cannot be one.
	ErrNumber = fault.New(fault.Invalid, "drafting.number",
		"Geben Sie Ihre Patientennummer mit 1 bis 50 Zeichen ein, ohne Steuerzeichen.")
	// ErrReporter means that the unit does not report under that Melder-ID.
	ErrReporter = fault.New(fault.Invalid, "drafting.reporter",
		"Unter dieser Melder-ID meldet Ihre Einrichtung nicht. Wählen Sie eine Melder-ID Ihrer Einrichtung.")
	// ErrWithdrawn means that the unit does not report any more under the
	// Melder-ID of a record.
	ErrWithdrawn = fault.New(fault.Forbidden, "drafting.withdrawn",
		"Unter der Melder-ID dieser Akte meldet Ihre Einrichtung nicht mehr. Wenden Sie sich an die Vertrauensstelle.")
	// ErrNote means that somebody else has changed the internal note.
	ErrNote = fault.New(fault.Conflict, "drafting.note",
		"Die Notiz wurde inzwischen geändert. Übernehmen Sie, was gilt, und speichern Sie noch einmal.")
	// ErrSealed means that the identity is with the trust centre and not asked for again.
	ErrSealed = fault.New(fault.Conflict, "drafting.sealed",
		"Die Angaben zur Person liegen versiegelt bei der Vertrauensstelle. Beginnen Sie eine Berichtigung, um sie neu anzugeben.")
	// ErrUnsealed means that nothing of the record was submitted yet.
	ErrUnsealed = fault.New(fault.Conflict, "drafting.unsealed",
		"Zu dieser Person ist noch nichts übermittelt. Ändern Sie die Angaben direkt in der Akte.")
	// ErrCorrecting means that a correction of the identity is under way.
	ErrCorrecting = fault.New(fault.Conflict, "drafting.correcting",
		"Die Berichtigung der Angaben zur Person ist noch offen. Übermitteln oder verwerfen Sie sie zuerst.")
	// ErrNoCorrection means that no correction is under way.
	ErrNoCorrection = fault.New(fault.Conflict, "drafting.no_correction",
		"Es ist keine Berichtigung offen. Beginnen Sie sie in der Akte neu.")
	// ErrNotOpen means that a submitted report is not being edited.
	ErrNotOpen = fault.New(fault.Conflict, "drafting.not_open",
		"Diese Meldung ist übermittelt. Öffnen Sie die Meldung zum Bearbeiten.")
	// ErrOpen means that a report is being edited already.
	ErrOpen = fault.New(fault.Conflict, "drafting.open",
		"Diese Meldung wird schon bearbeitet. Setzen Sie die Bearbeitung fort oder verwerfen Sie sie.")
	// ErrSent means that a submitted report cannot be deleted.
	ErrSent = fault.New(fault.Conflict, "drafting.sent",
		"Eine übermittelte Meldung lässt sich hier nicht löschen. Wenden Sie sich dafür an die Vertrauensstelle.")
	// ErrSubmitted means that a record has a submitted report and stays.
	ErrSubmitted = fault.New(fault.Conflict, "drafting.submitted",
		"Zu dieser Person ist schon eine Meldung übermittelt. Die Akte bleibt deshalb bestehen.")
	// ErrLocked means that somebody has locked the report against submission.
	ErrLocked = fault.New(fault.Locked, "drafting.locked",
		"Diese Meldung ist für die Übermittlung gesperrt. Heben Sie die Sperre auf, wenn sie übermittelt werden soll.")
	// ErrSection means that there is no such section in the form, or a field that is not of it.
	ErrSection = fault.New(fault.Invalid, "drafting.section",
		"Dieser Abschnitt gehört nicht mehr zu der Meldung. Öffnen Sie die Meldung noch einmal von der Übersicht aus.")
	// ErrTooLong means that more was typed than a report can hold.
	ErrTooLong = fault.New(fault.TooLarge, "drafting.too_long",
		"Die Angaben sind zu lang. Kürzen Sie die Texte und speichern Sie noch einmal.")
	// ErrTooMany means that a record has as many drafts as it may.
	ErrTooMany = fault.New(fault.Conflict, "drafting.too_many",
		"Zu dieser Person gibt es schon 200 Entwürfe. Übermitteln oder löschen Sie einige davon.")
	// ErrManyRecords means that the unit has made as many records as it may.
	ErrManyRecords = fault.New(fault.Unavailable, "drafting.many_records",
		"Ihre Einrichtung hat in den letzten 24 Stunden 2.000 Akten angelegt, mehr sind nicht möglich. Legen Sie weitere morgen an oder melden Sie mit einem Paket.")
	// ErrOccasion means that there is no such Meldeanlass.
	ErrOccasion = fault.New(fault.Invalid, "drafting.occasion",
		"Wählen Sie den Anlass der Meldung.")
	// ErrNothing means that a record has no report that could go again.
	ErrNothing = fault.New(fault.Conflict, "drafting.nothing",
		"Zu dieser Person liegt hier keine übermittelte Meldung, mit der die Berichtigung gehen könnte. Melden Sie den nächsten Anlass.")
	// ErrCorrection means that no reason for a correction was given.
	ErrCorrection = fault.New(fault.Invalid, "drafting.correction",
		"Wählen Sie, warum die Angaben zur Person berichtigt werden.")
)

// Token names the state of a section's fields in a sheet: a digest, so that a
// page can say with which state it began and nobody can read it from there.
func Token(sheet form.Sheet, s *form.Section) string { return tokenOf(s.Part(sheet)) }

func tokenOf(part form.Sheet) string {
	h := sha256.New()
	size := make([]byte, 8)
	for _, key := range slices.Sorted(maps.Keys(part)) {
		for _, text := range []string{key, part[key]} {
			binary.BigEndian.PutUint64(size, uint64(len(text)))
			h.Write(size)
			h.Write([]byte(text))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// Tidy deletes drafts that nobody has touched for as long as the profile keeps
// them. It says whether there was anything to do.
func (m *Room) Tidy(ctx context.Context) (bool, error) {
	gone, err := m.Store.Expire(ctx, m.Clock().Add(-m.Profile.KeepDrafts), atOnce)
	if err != nil {
		return false, fmt.Errorf("expire drafts: %w", err)
	}
	if gone == 0 {
		return false, nil
	}
	return true, m.checkpoint(ctx)
}

// checkpoint takes what was deleted off the disk. When readers keep it back,
// the portal's next round does it.
func (m *Room) checkpoint(ctx context.Context) error {
	if err := m.Store.Checkpoint(context.WithoutCancel(ctx)); err != nil && !fault.IsKind(err, fault.Unavailable) {
		return fmt.Errorf("take deleted drafts off the disk: %w", err)
	}
	return nil
}

// today is the Meldedatum of what goes now.
func (m *Room) today() calendar.Date { return calendar.Germany(m.Clock()) }

// may says whether the unit may report under a Melder-ID at this moment.
func (a *Actor) may(reporter report.ReporterID) bool {
	if a.AnyReporter {
		return sound(string(reporter))
	}
	return slices.Contains(a.Reporters, string(reporter))
}

func handle() string { return rand.Text() }
