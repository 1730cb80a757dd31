// SPDX-License-Identifier: EUPL-1.2

package account

import (
	"context"
	"crypto/rand"
	"fmt"
	"math"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"

	"meldewerk/fault"
)

// ErrBusy means that so many people sign in at once that this one has to come
// again; the web layer answers 503 with Retry-After. Nothing was counted.
var ErrBusy = fault.New(fault.Unavailable, "account.busy",
	"Gerade melden sich sehr viele Personen an. Versuchen Sie es in einer Minute noch einmal.")

// Hasher computes and compares password hashes. Each costs much memory by
// design, so only a few run at once, a bounded number waits, and whoever would
// wait too long is sent away with ErrBusy. It is safe for concurrent use.
type Hasher struct {
	cost     Cost
	decoy    Hash
	places   chan struct{} // those that compute
	queue    chan struct{} // those that compute or wait
	patience time.Duration
	computed atomic.Uint64
}

// Option changes a Hasher at its making.
type Option func(*settings)

type settings struct {
	cost     Cost
	parallel int
	waiting  int
	patience time.Duration
}

// WithCost sets the work of one hash. Tests take a cheap one.
func WithCost(c Cost) Option { return func(s *settings) { s.cost = c } }

// WithParallel sets how many hashes are computed at once.
func WithParallel(n int) Option { return func(s *settings) { s.parallel = n } }

// WithQueue sets how many may wait, and for how long at most. The time stays
// well under LockTime, so that no try that is still being computed counts as
// lost.
func WithQueue(waiting int, patience time.Duration) Option {
	return func(s *settings) { s.waiting, s.patience = waiting, min(patience, LockTime/2) }
}

// NewHasher makes a hasher with DefaultCost, as many places as processors, but
// one per 128 MiB of the process's memory limit (GOMEMLIMIT) above the first 128
// at most, 32 waiting per place, each for four seconds at most, so that everybody is answered within five. It panics when the cost is out of bounds.
func NewHasher(options ...Option) *Hasher {
	s := settings{cost: DefaultCost, parallel: runtime.GOMAXPROCS(0), patience: 4 * time.Second, waiting: -1}
	if limit := debug.SetMemoryLimit(-1); limit != math.MaxInt64 {
		s.parallel = min(s.parallel, int(limit/(128<<20))-1) // the first 128 MiB are for everything else
	}
	for _, option := range options {
		option(&s)
	}
	if err := s.cost.check(); err != nil {
		panic("account: " + err.Error())
	}
	s.parallel = max(s.parallel, 1)
	if s.waiting < 0 {
		s.waiting = 32 * s.parallel
	}
	return &Hasher{
		cost:     s.cost,
		decoy:    decoy(s.cost),
		places:   make(chan struct{}, s.parallel),
		queue:    make(chan struct{}, s.parallel+s.waiting),
		patience: s.patience,
	}
}

// Computed counts the hashes computed since the start. Tests hold the lockout
// against it; it is also a metric.
func (h *Hasher) Computed() uint64 { return h.computed.Load() }

// Crowded says that nobody more can wait: whoever comes now is sent away with
// ErrBusy. It is asked before a try is counted, so that a flood of sign-ins
// does not reach the database.
func (h *Hasher) Crowded() bool { return len(h.queue) == cap(h.queue) }

// Hash makes the hash of a password. The error is ErrBusy, or the context's.
func (h *Hasher) Hash(ctx context.Context, p Password) (Hash, error) {
	made := Hash{cost: h.cost, salt: make([]byte, saltBytes)}
	rand.Read(made.salt)
	key, err := h.derive(ctx, p, made)
	if err != nil {
		return Hash{}, fmt.Errorf("hash password: %w", err)
	}
	made.key = key
	return made, nil
}

// Credential is what the house stores of a password.
type Credential struct {
	Hash      Hash // zero: there is no such account, or it has no password
	Generated bool // made for a letter by NewInitialPassword
}

// Verdict is the outcome of a comparison.
type Verdict struct {
	Right  bool
	Rehash bool // right, but stored with an older cost: store it anew
}

// Verify compares what was typed with what is stored. It takes the same work
// when nothing is stored. A chosen password is compared exactly as received; a
// generated one contains no blanks, so blanks around what was typed are the
// letter's or the clipboard's and fall away (ASVS V6.2.8 against requirement
// H7). The error is ErrBusy, or the context's: then nothing is known.
func (h *Hasher) Verify(ctx context.Context, stored Credential, typed Password) (Verdict, error) {
	against := stored.Hash
	if against.IsZero() {
		against = h.decoy
	}
	if stored.Generated {
		typed = typed.trimmed()
	}
	key, err := h.derive(ctx, typed, against)
	if err != nil {
		return Verdict{}, fmt.Errorf("compare password: %w", err)
	}
	right := against.matches(key) && !stored.Hash.IsZero()
	return Verdict{Right: right, Rehash: right && against.cost != h.cost}, nil
}

// Rehash makes the stored form of a password that Verify has found right, with
// the hasher's own cost.
func (h *Hasher) Rehash(ctx context.Context, stored Credential, typed Password) (Hash, error) {
	if stored.Generated {
		typed = typed.trimmed()
	}
	return h.Hash(ctx, typed)
}

func (h *Hasher) derive(ctx context.Context, p Password, with Hash) ([]byte, error) {
	select {
	case h.queue <- struct{}{}:
		defer func() { <-h.queue }()
	default:
		return nil, ErrBusy
	}
	if err := h.await(ctx); err != nil {
		return nil, err
	}
	defer func() { <-h.places }()
	h.computed.Add(1)
	return derive(p, with.salt, with.cost), nil
}

// await takes a place, at once if one is free.
func (h *Hasher) await(ctx context.Context) error {
	select {
	case h.places <- struct{}{}:
		return nil
	default:
	}
	timer := time.NewTimer(h.patience)
	defer timer.Stop()
	select {
	case h.places <- struct{}{}:
		return nil
	case <-timer.C:
		return ErrBusy
	case <-ctx.Done():
		return ctx.Err()
	}
}
