// SPDX-License-Identifier: EUPL-1.2

package query

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/fault"
)

// Room is the room of queries of a portal. It is safe for concurrent use.
type Room struct {
	store Store
	keys  map[string]envelope.Recipients
	clock func() time.Time
}

// keepWords is how long the words of a query stay after it was closed, as at
// the trust centre.
const keepWords = 90 * 24 * time.Hour

// New makes the room. keys are the public keys of the trust centres by their
// names; an answer is sealed to the one that asked.
func New(store Store, keys map[string]envelope.Recipients, clock func() time.Time) (*Room, error) {
	if len(keys) == 0 {
		return nil, errors.New("query: no trust centre to seal to")
	}
	for name, k := range keys {
		if name == "" || k.IsZero() {
			return nil, errors.New("query: a trust centre has no name or no key")
		}
	}
	return &Room{store: store, keys: keys, clock: clock}, nil
}

// Tidy empties the words of queries that were closed long ago. It says whether
// there were any.
func (m *Room) Tidy(ctx context.Context) (bool, error) {
	n, err := m.store.ForgetQueries(ctx, m.clock().Add(-keepWords))
	return n > 0, err
}

// PutQueries takes queries from a trust centre, new ones and closed ones.
func (m *Room) PutQueries(ctx context.Context, recipient string, items []submission.Query) error {
	if err := m.store.PutQueries(ctx, recipient, items); err != nil {
		return fmt.Errorf("put queries: %w", err)
	}
	return nil
}

// Queries lists queries of the unit and says how many the filter chooses.
func (m *Room) Queries(ctx context.Context, a Actor, f Filter, offset, limit int) ([]Query, int, error) {
	return m.store.Queries(ctx, a, f, offset, limit)
}

// Counts counts the unit's queries by their state.
func (m *Room) Counts(ctx context.Context, a Actor) (Counts, error) {
	return m.store.QueryCounts(ctx, a)
}

// Open counts what waits for the unit.
func (m *Room) Open(ctx context.Context, a Actor) (int, error) { return m.store.OpenQueries(ctx, a) }

// Query gives one query of the unit, or ErrUnknown.
func (m *Room) Query(ctx context.Context, a Actor, id submission.QueryID) (Query, error) {
	return m.store.Query(ctx, a, id)
}

// Answer seals an explanation to the trust centre that asked and keeps it until
// that has fetched it. It says whether it is the first one: a query that was
// answered before keeps its first answer. A closed one gives ErrClosed. The text
// is at most submission.MaxAnswer characters.
func (m *Room) Answer(ctx context.Context, a Actor, id submission.QueryID, text string) (bool, error) {
	q, err := m.store.Query(ctx, a, id)
	if err != nil {
		return false, err
	}
	switch {
	case !q.AnsweredAt.IsZero(): // be it closed since
		return false, nil
	case q.State() == Closed:
		return false, ErrClosed
	case strings.TrimSpace(text) == "":
		return false, ErrEmpty
	case utf8.RuneCountInString(text) > submission.MaxAnswer:
		return false, ErrLong
	}
	keys, known := m.keys[q.Recipient]
	if !known {
		return false, ErrNoKey
	}
	sealed, err := envelope.SealBytes([]byte(text), keys)
	if err != nil {
		return false, fmt.Errorf("seal answer: %w", err)
	}
	sum := sha256.Sum256(sealed)
	return m.store.AnswerQuery(ctx, a, id, Entry{SHA256: sum[:], Sealed: sealed})
}

// Answers gives what a trust centre has still to fetch.
func (m *Room) Answers(ctx context.Context, recipient string, limit int) ([]submission.Answer, error) {
	return m.store.Answers(ctx, recipient, limit)
}

// AcknowledgeAnswers deletes what a trust centre has stored durably.
func (m *Room) AcknowledgeAnswers(ctx context.Context, recipient string, ids []submission.QueryID) error {
	if err := m.store.AcknowledgeAnswers(ctx, recipient, ids); err != nil {
		return fmt.Errorf("acknowledge answers: %w", err)
	}
	if err := m.store.Checkpoint(ctx); err != nil && !fault.IsKind(err, fault.Unavailable) {
		return fmt.Errorf("take deleted answers off the disk: %w", err)
	}
	return nil // a checkpoint that readers kept back comes with the next round
}
