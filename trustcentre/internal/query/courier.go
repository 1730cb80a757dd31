// SPDX-License-Identifier: EUPL-1.2

package query

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"

	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/fault"
)

// Arrived is an Antwort as it came: its text, or where nobody can read it what
// the portal gave.
type Arrived struct {
	Query   submission.QueryID
	Account string // opaque number of the account that answered
	At      time.Time
	Text    string
	Sealed  []byte            // when it cannot be opened or read; Text is empty then
	Digest  [sha256.Size]byte // of what the portal gave: the same given again is no second answer
	Further bool              // it stands beside a first one; only of those that are tried again
}

// Taken is what came of answers that arrived.
type Taken struct {
	Fresh   int // not known before
	Further int // of those, to a query that had an answer already
	Foreign int // to a query that this house has not asked
	Dropped int // more to one query than are kept
}

// Shelf is what the courier needs of the store.
type Shelf interface {
	// UntoldQueries gives queries of which the portal does not know the
	// present standing, in the order in which they were asked, and how many it
	// has passed by because their question cannot be opened.
	UntoldQueries(ctx context.Context, limit int) ([]submission.Query, int, error)
	// QueriesTold notes that the portal knows them; one that was closed
	// meanwhile stays untold.
	QueriesTold(ctx context.Context, items []submission.Query) error
	// TakeAnswers stores answers durably, each once, and tells what came of them.
	TakeAnswers(ctx context.Context, arrived []Arrived) (Taken, error)
	// UnreadAnswers gives answers that could not be opened or read, and how
	// many it has passed by because they are damaged here.
	UnreadAnswers(ctx context.Context, limit int) ([]Arrived, int, error)
	// RetellQueries lets all queries be told once more.
	RetellQueries(ctx context.Context) error
	// ReadAnswers stores the texts of such answers.
	ReadAnswers(ctx context.Context, read []Arrived) error
}

// Courier is the Bote of the Rückfragen between the store and the portal.
type Courier struct {
	shelf Shelf
	door  submission.Door
	keys  envelope.Identities
	log   *slog.Logger
	clock func() time.Time

	asked    time.Time // when the portal was asked for answers
	refused  time.Time // when the portal refused queries
	alarmed  time.Time // when damaged questions were last spoken of
	reopened bool      // answers that could not be opened were tried again
	retold   bool      // all queries were put in line to be told once more
}

// How much one round takes on, and how often the portal is asked.
const (
	tellAtOnce = 200
	askEvery   = 5 * time.Second
	retryEvery = time.Minute
	alarmEvery = time.Hour
	mostUnread = 1000
)

// NewCourier makes the courier to one portal.
func NewCourier(s Shelf, door submission.Door, keys envelope.Identities, log *slog.Logger, clock func() time.Time) *Courier {
	return &Courier{shelf: s, door: door, keys: keys, log: log, clock: clock}
}

// lately says whether something was less than a while ago; a clock that was
// put back makes nothing wait.
func (c *Courier) lately(at time.Time, while time.Duration) bool {
	now := c.clock()
	return now.Sub(at) < while && !now.Before(at)
}

// Tell puts one batch of new and closed queries into the portal. What the
// portal refuses while it takes others stops none; it is put again after a minute.
func (c *Courier) Tell(ctx context.Context) (bool, error) {
	if c.lately(c.refused, retryEvery) {
		return false, nil
	}
	if !c.retold { // after every start: the portal may have been set back meanwhile
		if err := c.shelf.RetellQueries(ctx); err != nil {
			return false, err
		}
		c.retold = true
	}
	untold, damaged, err := c.shelf.UntoldQueries(ctx, tellAtOnce)
	if err != nil {
		return false, err
	}
	if damaged > 0 && !c.lately(c.alarmed, alarmEvery) {
		c.alarmed = c.clock()
		c.log.ErrorContext(ctx, "questions cannot be opened; their queries are passed by", "queries", damaged)
	}
	if len(untold) == 0 {
		return false, nil
	}
	taken, err := c.put(ctx, untold)
	if len(taken) < len(untold) {
		c.refused = c.clock()
	}
	if err != nil {
		return false, fmt.Errorf("put queries into the portal: %w", err)
	}
	return true, c.shelf.QueriesTold(ctx, taken)
}

// put gives all queries at once, and each alone when the portal refuses them
// together. When it takes none, the fault is hardly theirs.
func (c *Courier) put(ctx context.Context, items []submission.Query) ([]submission.Query, error) {
	together := c.door.PutQueries(ctx, items)
	if together == nil {
		return items, nil
	}
	if !fault.IsKind(together, fault.Invalid) {
		return nil, together
	}
	var taken []submission.Query
	for i := range items {
		switch err := c.door.PutQueries(ctx, items[i:i+1]); {
		case err == nil:
			taken = append(taken, items[i])
		case !fault.IsKind(err, fault.Invalid):
			return nil, err // what was taken is put again, which changes nothing
		}
	}
	if len(taken) == 0 {
		return nil, together
	}
	c.log.ErrorContext(ctx, "the portal refuses queries", "queries", len(items)-len(taken))
	return taken, nil
}

// Pull takes answers, every few seconds: it opens and stores them, and only
// then acknowledges them.
func (c *Courier) Pull(ctx context.Context) (bool, error) {
	if c.lately(c.asked, askEvery) {
		return false, nil
	}
	c.asked = c.clock()
	if err := c.reopen(ctx); err != nil {
		return false, err
	}
	answers, err := c.door.Answers(ctx, submission.MaxAnswers)
	if err != nil {
		return false, fmt.Errorf("pull answers: %w", err)
	}
	if len(answers) == 0 {
		return false, nil
	}
	arrived := make([]Arrived, len(answers))
	ids := make([]submission.QueryID, len(answers))
	for i := range answers {
		arrived[i], ids[i] = c.open(&answers[i]), answers[i].Query
	}
	taken, err := c.shelf.TakeAnswers(ctx, arrived)
	if err != nil {
		return false, err
	}
	c.report(ctx, taken)
	if err := c.door.AcknowledgeAnswers(ctx, ids); err != nil {
		return false, fmt.Errorf("acknowledge answers: %w", err)
	}
	if taken.Fresh > 0 {
		c.asked = time.Time{} // there may be more
	}
	return true, nil
}

// report says what nobody expects of answers, never their ids: those are words
// of a portal that may break the contract. A portal that let a query be answered
// again was set back, so it is told all of them once more.
func (c *Courier) report(ctx context.Context, taken Taken) {
	if taken.Foreign > 0 {
		c.log.ErrorContext(ctx, "the portal gives answers to queries that nobody has asked; they are dropped", "answers", taken.Foreign)
	}
	if taken.Dropped > 0 {
		c.log.ErrorContext(ctx, "the portal gives one query more answers than are kept; they are dropped", "answers", taken.Dropped)
	}
	if taken.Further > 0 {
		c.log.WarnContext(ctx, "queries were answered again; they are told once more", "answers", taken.Further)
		c.retold = false
	}
}

// open gives the text of an answer. Whatever comes from the portal may be
// damaged or hostile, and one bad answer must not stop the others.
func (c *Courier) open(a *submission.Answer) Arrived {
	arrived := Arrived{Query: a.Query, Account: a.Account, At: a.At, Digest: sha256.Sum256(a.Sealed)}
	text, readable := c.text(a.Sealed)
	if readable { // the seal says itself whether it is whole
		arrived.Text = text
		return arrived
	}
	c.log.Error("an answer to a query cannot be opened or read", "intact", a.Intact())
	arrived.Sealed = a.Sealed
	return arrived
}

// text opens what a portal has sealed.
func (c *Courier) text(sealed []byte) (string, bool) {
	plain, err := envelope.OpenBytes(sealed, c.keys)
	if err != nil {
		return "", false
	}
	defer clear(plain)
	text := plainText(string(plain))
	return text, utf8.Valid(plain) && text != "" && utf8.RuneCountInString(text) <= submission.MaxAnswer
}

// reopen tries answers that could not be opened once more, after every start
// of the house: only then can a key have come back.
func (c *Courier) reopen(ctx context.Context) error {
	if c.reopened {
		return nil
	}
	unread, damaged, err := c.shelf.UnreadAnswers(ctx, mostUnread)
	if err != nil {
		return err
	}
	if damaged > 0 {
		c.log.ErrorContext(ctx, "unread answers are damaged here; they are passed by", "answers", damaged)
	}
	var read []Arrived
	for _, a := range unread {
		if text, readable := c.text(a.Sealed); readable {
			a.Text, a.Sealed = text, nil
			read = append(read, a)
		}
	}
	if len(read) > 0 {
		if err := c.shelf.ReadAnswers(ctx, read); err != nil {
			return err
		}
	}
	c.reopened = true
	return nil
}
