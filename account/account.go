// SPDX-License-Identifier: EUPL-1.2

package account

import (
	"slices"
	"time"
)

// UnitID is the opaque key of a Meldestelle (reporting unit).
type UnitID string

// Unit is a Meldestelle: the practice, department or Tumorzentrum for which
// accounts act. The trust centre decides these facts; the portal holds what it
// needs at once.
type Unit struct {
	ID          UnitID
	Name        string   // of the institution, never of a patient
	ReporterIDs []string // Melder_IDs it may send for, as the trust centre issued them
	AnyReporter bool     // may send for every Melder_ID (Tumorzentrum, registry's own test unit)
	Released    bool     // Freigabe: real data are accepted and go on
	Closed      bool     // nobody acts for it any more
	Owner       string   // trust centre that decides these facts; empty: the host's command
}

// MaySendFor says whether the unit may send reports of that Melder_ID.
func (u Unit) MaySendFor(reporterID string) bool {
	return reporterID != "" && (u.AnyReporter || slices.Contains(u.ReporterIDs, reporterID))
}

// Account is a Zugang: one named person's way in, without its secrets.
type Account struct {
	ID       ID
	Username Username
	Holder   string // the name that the bar at the top shows to the holder
	Unit     Unit   // in a session the one it acts for, else the first open one; zero for staff
	Units    []Unit // all it may act for, in their order
	Roles    Roles
	State    State
	Owner    string // trust centre that ordered it; empty: made on the host

	Enrolled   bool      // a second factor with one-time passwords is set up
	Passkeys   int       // that are registered
	Generated  bool      // the password comes from a letter
	MustChange bool      // and has to be changed at the first sign-in
	CodesUsed  int       // wrong one-time passwords since the last full sign-in
	CodeLock   int64     // number of the latest lock by wrong codes; 0: never
	CodeLocked bool      // it holds until the trust centre releases that very number
	LockedAt   time.Time // of that lock
}

// NeedsPasskey says whether the account signs in with a passkey alone.
func (a Account) NeedsPasskey() bool { return a.Roles.NeedPasskey() }

// OpenUnits are the units that somebody may still act for.
func (a Account) OpenUnits() []Unit {
	var open []Unit
	for _, u := range a.Units {
		if !u.Closed {
			open = append(open, u)
		}
	}
	return open
}

// Stage says how far a session has come.
type Stage string

// The stages. Only a full session is signed in; the others are half open.
const (
	StagePassword Stage = "password" // name and password were right, the code is missing
	StageRenewal  Stage = "renewal"  // both were right, the letter's password must be changed first
	StageFull     Stage = "full"
)

// Session is a Sitzung with the account it belongs to.
type Session struct {
	ID        string // opaque, for lists and the log; never the token
	Account   Account
	Stage     Stage
	Opened    time.Time
	Seen      time.Time // of the last request, coarse
	Ends      time.Time // whatever happens
	Confirmed time.Time // when a code was last proven: for acts that want it fresh
	LastStep  Step      // of the account's last accepted code; it and older ones are used up
	Enrolling bool      // a second factor was shown in this session and waits for its first code
	Notices   bool      // something happened to the account that its holder has not acknowledged
}

// SessionLimits says how long sessions last.
type SessionLimits struct {
	Idle     time.Duration // without a request
	Absolute time.Duration // altogether
}

// The limits (SP 800-63B-4 §2.2.3, security row B3).
var (
	ReporterSessions = SessionLimits{Idle: 30 * time.Minute, Absolute: 12 * time.Hour}
	StaffSessions    = SessionLimits{Idle: 15 * time.Minute, Absolute: 12 * time.Hour}
)

// HalfOpenLife is how long a half-open session lasts: enough to fetch a phone
// and set up the app.
const HalfOpenLife = 30 * time.Minute

// FreshFor is how long a proven code counts as fresh (security row B5).
const FreshFor = 5 * time.Minute

// End is when the session ends if nothing happens any more.
func (s Session) End(limits SessionLimits) time.Time {
	idle := s.Seen.Add(limits.Idle)
	if idle.Before(s.Ends) {
		return idle
	}
	return s.Ends
}

// FreshAt says whether a proof of that time is fresh. One from the future is
// not: a clock that was set back must not keep it fresh.
func FreshAt(confirmed, now time.Time) bool { return ProvenWithin(confirmed, now, FreshFor) }

// ProvenWithin says whether a proof of that time is at most so old.
func ProvenWithin(confirmed, now time.Time, life time.Duration) bool {
	age := now.Sub(confirmed)
	return age < life && age > -clockSkew
}

// clockSkew is how far the clocks of two processes of a house may differ.
const clockSkew = time.Minute

// Fresh says whether a code was proven within FreshFor.
func (s Session) Fresh(now time.Time) bool {
	return s.Stage == StageFull && FreshAt(s.Confirmed, now)
}
