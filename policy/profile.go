// SPDX-License-Identifier: EUPL-1.2

// Package policy holds what differs by Land, as typed tables: deadlines,
// place of the Chiffrat, effects of an objection, what a history shows.
//
// Deny by default: an unknown profile or value is refused, never guessed.
package policy

import (
	"fmt"
	"time"
)

// Name is the name of a built-in profile.
type Name string

// The built-in profiles.
const (
	KKN    Name = "kkn"    // Klinisches Krebsregister Niedersachsen
	EKN    Name = "ekn"    // Epidemiologisches Krebsregister Niedersachsen
	Hessen Name = "hessen" // Hessisches Krebsregister
)

// ChiffratPlace tells where Chiffrate are kept.
type ChiffratPlace string

// The places of Chiffrate.
const (
	InTrustCentre ChiffratPlace = "trust_centre"
	InRegistry    ChiffratPlace = "registry"
)

// Profile is the Landesprofil: the rules of one registry.
type Profile struct {
	Name     Name
	Version  int    // grows with every change of a rule
	Registry string // name of the registry to which Chiffrate are bound
	Land     string // two letters, for rules that differ by state

	Chiffrat               ChiffratPlace
	ChiffratOnObjection    bool          // form one for Meldebegründung W
	ForwardWithin          time.Duration // from the portal's receipt to the registry (N10)
	ForwardOpenAfter       time.Duration // then a report goes on with its open findings marked
	KeepEnvelopes          time.Duration // at the longest, when no backup is reported
	KeepIdentities         time.Duration // at the longest, when no completion comes (N20)
	KeepDrafts             time.Duration // drafts of the form that nobody touches; then they are deleted
	WarnDrafts             time.Duration // before that, their end is announced
	ReportWithin           time.Duration // Meldefrist: from the event to the report; 0: see ReportByQuarter
	ReportByQuarter        bool          // Meldefrist: the end of the quarter that follows the event's
	RealBeforeRelease      Unreleased    // what happens with real data of units not yet released
	InitialPasswordStays   bool          // the password from the letter needs not be changed
	OthersEntriesInHistory bool          // the history shows reports of other units
}

// Unreleased tells what happens with real data sent before the release.
type Unreleased string

// The rules for real data before release.
const (
	WaitForRelease Unreleased = "wait"   // kept sealed until the unit is released
	RefuseReal     Unreleased = "refuse" // the portal refuses them
)

const day = 24 * time.Hour

var profiles = map[Name]Profile{
	KKN: {
		Name: KKN, Version: 1, Registry: "KKN", Land: "NI",
		Chiffrat: InTrustCentre, ChiffratOnObjection: true,
		ForwardWithin: 14 * day, ForwardOpenAfter: 13 * day,
		KeepEnvelopes: 35 * day, KeepIdentities: 365 * day,
		KeepDrafts: 180 * day, WarnDrafts: 30 * day, ReportWithin: 14 * day,
		RealBeforeRelease: WaitForRelease,
	},
	EKN: {
		Name: EKN, Version: 1, Registry: "EKN", Land: "NI",
		Chiffrat: InRegistry, ChiffratOnObjection: false,
		ForwardWithin: 14 * day, ForwardOpenAfter: 13 * day,
		KeepEnvelopes: 35 * day, KeepIdentities: 365 * day,
		KeepDrafts: 180 * day, WarnDrafts: 30 * day, ReportByQuarter: true,
		RealBeforeRelease: WaitForRelease,
	},
	Hessen: {
		Name: Hessen, Version: 1, Registry: "HKR", Land: "HE",
		Chiffrat: InTrustCentre, ChiffratOnObjection: false,
		ForwardWithin: 14 * day, ForwardOpenAfter: 13 * day,
		KeepEnvelopes: 35 * day, KeepIdentities: 365 * day,
		KeepDrafts: 180 * day, WarnDrafts: 30 * day, ReportWithin: 12 * 7 * day,
		RealBeforeRelease: WaitForRelease, InitialPasswordStays: true,
	},
}

// ReportBy is the end of the Meldefrist of an event on that day: the last day on
// which it is reported in time.
func (p Profile) ReportBy(event time.Time) time.Time {
	if !p.ReportByQuarter {
		return event.Add(p.ReportWithin)
	}
	quarter := (event.Month() - 1) / 3
	return time.Date(event.Year(), 3*quarter+7, 0, 0, 0, 0, 0, event.Location()) // day 0: the last one of the month before
}

// Of gives the built-in profile of that name.
func Of(name string) (Profile, error) {
	p, known := profiles[Name(name)]
	if !known {
		return Profile{}, fmt.Errorf("policy: unknown profile %q (known: kkn, ekn, hessen)", name)
	}
	return p, nil
}
