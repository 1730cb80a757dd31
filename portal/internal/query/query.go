// SPDX-License-Identifier: EUPL-1.2

package query

import (
	"context"
	"strings"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/report"
	"meldewerk/tumour"
)

// State is the Stand of a query as people read it.
type State string

// The states of a query.
const (
	Open     State = "open"     // offen: nobody has answered yet
	Answered State = "answered" // beantwortet: an explanation was sent
	Closed   State = "closed"   // erledigt, by whatever outcome
)

// Query is one Rückfrage to the reporting unit, with the report it is about.
type Query struct {
	ID        submission.QueryID
	Recipient string // trust centre that asks
	Field     string // name of the field, never its value
	Question  string
	Forgotten bool // closed so long ago that neither is kept
	Damaged   bool // what is kept of them or of the report cannot be opened
	AskedAt   time.Time
	Due       time.Time // then the report goes on without an answer

	Package    string // handle of the submission
	Position   int    // 1-based, within the submission
	Number     string // of the receipt
	ReceivedAt time.Time
	Channel    submission.Channel
	Form       string // handle of a report of the Online-Erfassung, else ""
	Record     string // handle of its patient's record, else ""
	Patient    report.PatientID
	Report     report.ID
	Occasion   tumour.Occasion
	Resent     bool // a newer version of the report was received since, and is none that the trust centre has refused or had before

	AnsweredAt time.Time // zero: not answered
	AnsweredBy string    // name of the colleague; empty: only the trust centre knows of the answer
	Account    string    // opaque number of his account
	Taken      bool      // the trust centre has the answer

	Outcome  submission.Outcome // "" while it is open
	ClosedAt time.Time
}

// State tells where the query stands.
func (q *Query) State() State {
	switch {
	case q.Outcome != "":
		return Closed
	case !q.AnsweredAt.IsZero():
		return Answered
	}
	return Open
}

// OfPerson says whether it asks about the identity, which is corrected on its own.
func (q *Query) OfPerson() bool { return strings.HasPrefix(q.Field, submission.OfPerson) }

// Actor is the person who reads or answers, with the unit he does it for.
type Actor struct {
	Unit    string
	Account string
	Name    string
	Typing  bool // may see reports of the Online-Erfassung, not only those of packages
}

// Filter is the Auswahl of a list of queries; zero fields choose all.
type Filter struct {
	State   State
	Package string // handle of a submission
}

// Counts is how many queries there are in each state.
type Counts struct{ Open, Answered, Closed int }

// Entry is an answer as the store keeps it until the trust centre has it.
type Entry struct {
	SHA256 []byte // of Sealed
	Sealed []byte // to the trust centre that asked
}

// The refusals of the room.
var (
	// ErrUnknown means that the unit has no such query, or the person may not see it.
	ErrUnknown = fault.New(fault.NotFound, "query.unknown",
		"Unter dieser Adresse gibt es keine Rückfrage. Suchen Sie sie in der Liste Ihrer Rückfragen.")
	// ErrClosed means that the query is closed; nothing was sent.
	ErrClosed = fault.New(fault.Conflict, "query.closed",
		"Diese Rückfrage ist inzwischen abgeschlossen. Ihre Erläuterung wurde nicht gesendet.")
	// ErrEmpty means that the explanation is missing.
	ErrEmpty = fault.New(fault.Invalid, "query.empty",
		"Die Erläuterung fehlt. Schreiben Sie, was die Vertrauensstelle wissen soll.")
	// ErrLong means that the explanation is too long.
	ErrLong = fault.New(fault.Invalid, "query.long",
		"Die Erläuterung ist zu lang. Kürzen Sie sie auf höchstens 2.000 Zeichen.")
	// ErrNoKey means that the portal has no public key of the trust centre any more.
	ErrNoKey = fault.New(fault.Unavailable, "query.no_key",
		"Das Portal kann gerade nicht an diese Vertrauensstelle senden. Versuchen Sie es später noch einmal oder rufen Sie die Vertrauensstelle an.")
)

// Store keeps queries and sealed answers. Every method is one transaction.
type Store interface {
	// PutQueries keeps queries of a trust centre; one that is closed stays closed.
	PutQueries(ctx context.Context, recipient string, items []submission.Query) error
	// Queries lists queries of the unit: open ones by their deadline, then the
	// answered and the closed ones, the newest first; and how many there are.
	Queries(ctx context.Context, a Actor, f Filter, offset, limit int) ([]Query, int, error)
	// QueryCounts counts the unit's queries.
	QueryCounts(ctx context.Context, a Actor) (Counts, error)
	// OpenQueries counts those that wait for an answer.
	OpenQueries(ctx context.Context, a Actor) (int, error)
	// Query gives one query of the unit, or ErrUnknown.
	Query(ctx context.Context, a Actor, id submission.QueryID) (Query, error)
	// AnswerQuery keeps a sealed answer, notes who gave it, and says whether it
	// is the first one: a query that was answered before keeps its first answer.
	// A closed one gives ErrClosed.
	AnswerQuery(ctx context.Context, a Actor, id submission.QueryID, e Entry) (bool, error)
	// Answers gives answers that the recipient has not acknowledged, oldest first.
	Answers(ctx context.Context, recipient string, limit int) ([]submission.Answer, error)
	// AcknowledgeAnswers deletes the sealed texts that the recipient has.
	AcknowledgeAnswers(ctx context.Context, recipient string, ids []submission.QueryID) error
	// ForgetQueries empties the words of queries that were closed before the
	// time, and says of how many.
	ForgetQueries(ctx context.Context, before time.Time) (int64, error)
	// Checkpoint takes what was deleted off the disk.
	Checkpoint(ctx context.Context) error
}
