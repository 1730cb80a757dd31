// SPDX-License-Identifier: EUPL-1.2

package policy

import "time"

// Schema is a Schemafassung: a version of the data set as packages declare it,
// with the days on which a registry takes it.
type Schema struct {
	Version string
	From    time.Time // first day; zero when it has always been taken
	Until   time.Time // last day; zero when no end is set
	Dates   time.Time // last day that its fields can hold; zero when far off
}

// Acceptance is the Annahme of a Schema on a day.
type Acceptance uint8

// The acceptances.
const (
	SchemaUnlisted Acceptance = iota // no word on it: who reads the package decides
	SchemaAccepted
	SchemaEnding   // still taken, but its fields cannot hold the days of today
	SchemaNotYet   // From is still to come
	SchemaNoLonger // Until has passed
)

// national is what all registries agreed on: the old data set ADT/GEKID was
// taken until 30 June 2024, and each version of oBDS 3 from the day of its
// publication. Those before 3.0.4 know no day after 31 December 2025.
// Spec: Plattform 65c, schedule of versions; oBDS 3.0.3 and 3.0.4, types of dates
var national = []Schema{
	{Version: "2.0.0", From: on(2017, 4, 1), Until: endOfADT},
	{Version: "2.0.1", From: on(2018, 6, 1), Until: endOfADT},
	{Version: "2.1.0", From: on(2017, 11, 6), Until: endOfADT},
	{Version: "2.1.1", From: on(2018, 6, 1), Until: endOfADT},
	{Version: "2.1.2", From: on(2020, 10, 8), Until: endOfADT},
	{Version: "2.1.3", From: on(2021, 1, 7), Until: endOfADT},
	{Version: "2.2.0", From: on(2020, 8, 1), Until: endOfADT},
	{Version: "2.2.1", From: on(2021, 1, 7), Until: endOfADT},
	{Version: "2.2.2", From: on(2022, 11, 30), Until: endOfADT},
	{Version: "2.2.3", From: on(2023, 10, 18), Until: endOfADT},
	{Version: "3.0.0", From: on(2022, 1, 28), Dates: endOf2025},
	{Version: "3.0.1", From: on(2022, 1, 28), Dates: endOf2025},
	{Version: "3.0.2", From: on(2023, 10, 17), Dates: endOf2025},
	{Version: "3.0.3", From: on(2024, 9, 4), Dates: endOf2025},
	{Version: "3.0.4", From: on(2025, 4, 15), Dates: on(2029, 12, 31)},
	{Version: "3.0.5", From: on(2025, 9, 22), Dates: on(2029, 12, 31)},
}

var (
	endOfADT  = on(2024, 6, 30)
	endOf2025 = on(2025, 12, 31)
)

// schemas are the versions that each registry takes.
var schemas = map[Name][]Schema{KKN: national, EKN: national, Hessen: national}

// Schemas lists the versions on which the registry has a word, the oldest first.
func (p Profile) Schemas() []Schema { return append([]Schema(nil), schemas[p.Name]...) }

// AcceptedSchema says whether the registry takes packages of a declared version
// on a day, of which only the date counts.
func (p Profile) AcceptedSchema(version string, day time.Time) (Schema, Acceptance) {
	year, month, dayOfMonth := day.Date()
	today := on(year, month, dayOfMonth)
	for _, s := range schemas[p.Name] {
		if s.Version != version {
			continue
		}
		switch {
		case !s.Until.IsZero() && today.After(s.Until):
			return s, SchemaNoLonger
		case today.Before(s.From):
			return s, SchemaNotYet
		case !s.Dates.IsZero() && today.After(s.Dates):
			return s, SchemaEnding
		}
		return s, SchemaAccepted
	}
	return Schema{Version: version}, SchemaUnlisted
}

// CurrentSchema is the newest version that the registry takes on a day.
func (p Profile) CurrentSchema(day time.Time) string {
	newest := ""
	for _, s := range schemas[p.Name] {
		if _, a := p.AcceptedSchema(s.Version, day); a == SchemaAccepted {
			newest = s.Version
		}
	}
	return newest
}

func on(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
