// SPDX-License-Identifier: EUPL-1.2

package account

import "time"

// The lockout of requirements H4 and H5.
const (
	// MaxTries is how many wrong pairs of name and password lock the access.
	MaxTries = 3
	// LockTime is how long that lock lasts. It is also the time after which a
	// try that was counted but never settled (the process was killed) counts
	// no more.
	LockTime = time.Minute
	// TriesLapse is when wrong pairs are forgotten that led to no lock. It is
	// the same for names that exist and for those that do not, whose counters
	// cannot be kept for ever.
	TriesLapse = 24 * time.Hour
	// MaxCodes is how many wrong one-time passwords since the last full sign-in
	// lock the access until the trust centre releases it.
	MaxCodes = 10
)

// Turn says whether a pair of name and password may be looked at.
type Turn string

// The answers to a try.
const (
	TurnGo     Turn = "go"     // counted, compare now
	TurnLocked Turn = "locked" // refuse without comparing, tell the time
	TurnBusy   Turn = "busy"   // the tries left are being compared right now: come again
)

// Tries is the counter of wrong pairs of one account or one unknown name.
//
// A try is counted before the password is compared, otherwise parallel guesses
// would all pass before the first is written down. Counted therefore holds the
// tries still being compared and the wrong ones; Wrong holds the latter alone.
//
// internal/store does the same in one UPDATE statement; a property test holds
// the two against each other.
type Tries struct {
	Counted     int       // 0 to MaxTries
	Wrong       int       // 0 to MaxTries-1, never more than Counted
	Last        time.Time // of the last counted try
	LockedUntil time.Time
}

// Take counts a try and says whether the pair may be compared.
func (t Tries) Take(now time.Time) (Tries, Turn) {
	if t.LockedUntil.After(now) {
		return t, TurnLocked
	}
	if !t.Last.After(now.Add(-TriesLapse)) {
		t.Counted, t.Wrong = 0, 0
	}
	if !t.Last.After(now.Add(-LockTime)) {
		t.Counted = t.Wrong // whoever was comparing then is gone
	}
	if t.Counted >= MaxTries {
		return t, TurnBusy
	}
	t.Counted++
	t.Last = now
	return t, TurnGo
}

// Miss settles a counted try as wrong. The third sets the lock.
func (t Tries) Miss(now time.Time) Tries {
	t.Wrong++
	if t.Wrong >= MaxTries {
		return Tries{Last: t.Last, LockedUntil: now.Add(LockTime)}
	}
	t.Counted = max(t.Counted, t.Wrong)
	return t
}

// Hit settles a counted try as right: the wrong ones before it are forgiven.
// Those still being compared stay counted.
func (t Tries) Hit() Tries {
	t.Counted = max(t.Counted-t.Wrong-1, 0)
	t.Wrong = 0
	return t
}

// GiveBack settles a counted try that was never compared (the house was busy).
func (t Tries) GiveBack() Tries {
	t.Counted = max(t.Counted-1, t.Wrong)
	return t
}

// CodesLeft is how many wrong one-time passwords are left after used ones.
func CodesLeft(used int) int { return max(MaxCodes-used, 0) }
