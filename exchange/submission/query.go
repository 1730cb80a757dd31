// SPDX-License-Identifier: EUPL-1.2

package submission

import (
	"bytes"
	"crypto/sha256"
	"time"
	"unicode/utf8"
)

// QueryID names a Rückfrage. It is random and says nothing.
type QueryID string

// Outcome is the Ausgang of a Rückfrage.
type Outcome string

// The outcomes of a query that is closed.
const (
	Corrected Outcome = "corrected" // berichtigt: a new version of the report came
	Settled   Outcome = "settled"   // erledigt: the trust centre has closed it
	Lapsed    Outcome = "lapsed"    // ohne Antwort weitergegeben: the report went on at its deadline
)

// Query is a Rückfrage of the trust centre on one report that waits there, put
// into the portal of the reporter. It names a field and asks; it never holds a
// value of an identity field.
type Query struct {
	ID       QueryID
	Receipt  Receipt
	Position int    // 1-based position of the report within the submission
	Field    string // name of the field in words of the office, e.g. "Pathologie › Einsender"
	Question string
	AskedAt  time.Time
	Due      time.Time // then the report goes on without an answer
	Outcome  Outcome   // "" while it is open
	ClosedAt time.Time // zero while it is open

	// When the trust centre has an answer, when that was given and by which
	// account: a portal that was set back to a backup asks for it no more.
	AnsweredAt time.Time `json:",omitzero"`
	Account    string    `json:",omitzero"`
}

// OfPerson opens the name of every field of the identity. Such a field is
// corrected with the identity, not with the report.
const OfPerson = "Angaben zur Person: "

// Answer is the Erläuterung with which a reporter answers a query. Correcting
// the report is the other way to answer, and needs none.
type Answer struct {
	Query   QueryID
	Account string // opaque number of the account that answers
	At      time.Time
	SHA256  []byte // of Sealed
	Sealed  []byte // age, to the trust centre's keys: the text in UTF-8
}

// The limits of queries.
const (
	MaxAnswers      = 100      // of one call
	MaxQuestion     = 1000     // characters
	MaxAnswer       = 2000     // characters of the text of an answer
	maxSealedAnswer = 64 << 10 // bytes
	maxField        = 200      // characters
)

func checkQueries(items []Query) error {
	if len(items) > MaxItems {
		return malformed("%d queries, at most %d", len(items), MaxItems)
	}
	for i := range items {
		q := &items[i]
		switch {
		case !idValid(string(q.ID)) || q.Receipt < 1 || q.Position < 1:
			return malformed("query %d: id or report", i)
		case q.Field == "" || utf8.RuneCountInString(q.Field) > maxField || q.Question == "" || utf8.RuneCountInString(q.Question) > MaxQuestion:
			return malformed("query %d: words", i)
		case q.AskedAt.IsZero() || q.Due.Before(q.AskedAt):
			return malformed("query %d: times", i)
		case (q.Outcome == "") != q.ClosedAt.IsZero():
			return malformed("query %d: closed without an outcome, or the other way round", i)
		case (q.Account == "") != q.AnsweredAt.IsZero() || q.Account != "" && !idValid(q.Account):
			return malformed("query %d: answer", i)
		}
		switch q.Outcome {
		case "", Corrected, Settled, Lapsed:
		default:
			return malformed("query %d: unknown outcome", i)
		}
	}
	return nil
}

// Intact says whether the sealed text is the one that its digest names. The
// guard lets a damaged answer pass: the trust centre takes it as one that
// nobody can read, so that it stops none behind it.
func (a *Answer) Intact() bool {
	sum := sha256.Sum256(a.Sealed)
	return bytes.Equal(sum[:], a.SHA256)
}

// checkAnswers judges the form of a whole list, so that nothing of it is taken
// when anything is wrong.
func checkAnswers(answers []Answer, limit int) error {
	if len(answers) > limit {
		return malformed("%d answers, %d asked for", len(answers), limit)
	}
	seen := make(map[QueryID]bool, len(answers))
	for i := range answers {
		a := &answers[i]
		switch {
		case !idValid(string(a.Query)) || seen[a.Query]:
			return malformed("answer %d: query", i)
		case !idValid(a.Account) || a.At.IsZero():
			return malformed("answer %d: account or time", i)
		case len(a.Sealed) == 0 || len(a.Sealed) > maxSealedAnswer:
			return malformed("answer %d: size", i)
		}
		seen[a.Query] = true
	}
	return nil
}

func checkQueryIDs(ids []QueryID) error {
	if len(ids) > MaxItems {
		return malformed("%d query ids, at most %d", len(ids), MaxItems)
	}
	for _, id := range ids {
		if !idValid(string(id)) {
			return malformed("query id")
		}
	}
	return nil
}
