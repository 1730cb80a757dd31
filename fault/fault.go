// SPDX-License-Identifier: EUPL-1.2

// Package fault says why a request cannot be done, in a form that may be shown.
//
// Three outcomes are never mixed in meldewerk: a finding is a value about a
// report, a fault is a request that cannot be done as asked (it has a kind, a
// stable key and one German sentence with the remedy), and any other error is
// our own trouble, of which the public sees one sentence and a number.
//
// A fault must never carry a personal value: neither in its sentence nor in
// its cause.
package fault

import (
	"errors"
	"fmt"
)

// Kind tells what sort of refusal it is. Only the web layer maps kinds to
// HTTP status codes.
type Kind string

// The kinds of refusal.
const (
	NotFound    Kind = "not_found"   // unknown, or belongs to somebody else: both look alike
	Conflict    Kind = "conflict"    // somebody or something was faster
	Invalid     Kind = "invalid"     // the input must be changed
	TooLarge    Kind = "too_large"   // the input is above a stated limit
	Forbidden   Kind = "forbidden"   // the role does not allow it
	Locked      Kind = "locked"      // the account or object is locked for now
	Expired     Kind = "expired"     // it was right once
	Unavailable Kind = "unavailable" // try again later
)

// Fault is a request that cannot be done, with the sentence for the user.
type Fault struct {
	Kind     Kind
	Key      string // stable, for tests, logs and documents, e.g. "upload.too_large"
	Sentence string // German, what is wrong and how to mend it, without personal values
	cause    error
}

// New makes a fault. The sentence says what is wrong and what to do.
func New(kind Kind, key, sentence string) *Fault {
	return &Fault{Kind: kind, Key: key, Sentence: sentence}
}

// Because returns a copy that keeps the cause for the log; the public never sees it.
func (f *Fault) Because(cause error) *Fault {
	with := *f
	with.cause = cause
	return &with
}

// Error is for the log: key and cause, never the sentence's reader.
func (f *Fault) Error() string {
	if f.cause != nil {
		return fmt.Sprintf("%s (%s): %v", f.Key, f.Kind, f.cause)
	}
	return fmt.Sprintf("%s (%s)", f.Key, f.Kind)
}

// Unwrap gives the cause.
func (f *Fault) Unwrap() error { return f.cause }

// Is says that two faults with the same key are the same fault, so that a
// package can export one and callers can branch on it with errors.Is.
func (f *Fault) Is(target error) bool {
	t, ok := target.(*Fault)
	return ok && t.Key == f.Key
}

// Of finds the fault in an error, or nil.
func Of(err error) *Fault {
	if f, ok := errors.AsType[*Fault](err); ok {
		return f
	}
	return nil
}

// IsKind says whether the error is a fault of that kind.
func IsKind(err error, kind Kind) bool {
	f := Of(err)
	return f != nil && f.Kind == kind
}
