// SPDX-License-Identifier: EUPL-1.2

package account

import "time"

// EventKind is the Art of an Ereignis at a Zugang.
type EventKind string

// The kinds. Sign-ins are listed; the others are told at the next sign-in.
const (
	EventSignedIn        EventKind = "signed-in"
	EventRefusedPassword EventKind = "refused-password"
	EventRefusedFactor   EventKind = "refused-factor" // a wrong one-time password or passkey

	EventLetterIssued    EventKind = "letter-issued"
	EventPasswordChanged EventKind = "password-changed"
	EventFactorEnrolled  EventKind = "factor-enrolled"
	EventFactorReset     EventKind = "factor-reset"
	EventPasskeyAdded    EventKind = "passkey-added"
	EventPasskeyRemoved  EventKind = "passkey-removed"
	EventLocked          EventKind = "locked" // by ten wrong codes
	EventLockReleased    EventKind = "lock-released"
	EventChanged         EventKind = "changed"      // name, units or roles
	EventClockAhead      EventKind = "clock-ahead"  // of the phone, by a time step
	EventClockBehind     EventKind = "clock-behind" // likewise
)

// Notice says whether the holder is told of it at the next sign-in (ASVS
// V6.3.7).
func (k EventKind) Notice() bool {
	return k != EventSignedIn && k != EventRefusedPassword && k != EventRefusedFactor
}

// Refused says whether it is a sign-in that failed. Those of one hour are one
// Event.
func (k EventKind) Refused() bool { return k == EventRefusedPassword || k == EventRefusedFactor }

// Event is an Ereignis at a Zugang, for its holder. It names no device, no
// address and nobody else.
type Event struct {
	Kind  EventKind
	At    time.Time // the last time
	Times int
}

// EventLife is how long events are kept.
const EventLife = 90 * 24 * time.Hour

// ClockStreak is how many sign-ins in a row with a code of the same
// neighbouring step say that the phone's clock is off (requirement H6).
const ClockStreak = 3

// FormerPasswords is how many of the own passwords before the present one are
// not chosen again.
const FormerPasswords = 5
