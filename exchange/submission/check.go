// SPDX-License-Identifier: EUPL-1.2

package submission

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"meldewerk/exchange/residue"
	"meldewerk/fault"
	"meldewerk/tumour/history"
)

// The limits of the contract.
const (
	MaxItems       = 1000     // of one call: envelopes asked for, ids, states, history items
	MaxSealed      = 32 << 20 // bytes of one sealed part
	MaxReports     = 10000    // in one part
	maxReporters   = 10000
	maxID          = 64
	maxSourceID    = 50 // Spec: oBDS 3.0.4 FreitextID_Typ
	maxWords       = 1000
	maxRemarks     = 500
	maxPostalCode  = 10
	maxPlace       = 255
	tail           = 3 // digits of an insurance number that the portal may see, N2
	earliestBirth  = 1800
	latestBirth    = 2200
	maxPartsOfBody = 1_000_000
)

var (
	// ErrClosed means that this house has no such neighbour.
	ErrClosed = fault.New(fault.Unavailable, "submission.closed",
		"Zwischen Portal und Vertrauensstelle ist keine Verbindung eingerichtet. Tragen Sie die Gegenstelle in die Konfiguration ein.")
	// ErrMalformed means that a call or an answer breaks the contract. Nothing of it may be stored.
	ErrMalformed = fault.New(fault.Invalid, "submission.malformed",
		"Die Nachricht zwischen Portal und Vertrauensstelle verletzt die Vereinbarung und wurde nicht angenommen. Melden Sie dies der Technik.")
	// ErrDamaged means that a sealed part is not the one that its digest names.
	ErrDamaged = fault.New(fault.Invalid, "submission.damaged",
		"Ein versiegelter Teil ist unterwegs oder im Portal beschädigt worden und wurde nicht angenommen. Melden Sie dies der Technik.")
)

func malformed(format string, args ...any) error {
	return ErrMalformed.Because(fmt.Errorf(format, args...))
}

// Check says whether the envelope keeps the contract and its content is the
// one the digest names, or was dropped because it is not.
func (e *Envelope) Check() error {
	switch {
	case !idValid(string(e.ID)):
		return malformed("envelope id")
	case e.Receipt < 1 || e.ReceivedAt.IsZero():
		return malformed("envelope %s: receipt", e.ID)
	case e.Part < 1 || e.Parts < e.Part || e.Parts > maxPartsOfBody:
		return malformed("envelope %s: part", e.ID)
	case e.Kind != Test && e.Kind != Real:
		return malformed("envelope %s: kind", e.ID)
	case !channelValid(e.Channel):
		return malformed("envelope %s: channel", e.ID)
	case !idValid(e.Unit):
		return malformed("envelope %s: unit", e.ID)
	case e.Reports < 1 || e.Reports > MaxReports || len(e.Withdrawn) > e.Reports:
		return malformed("envelope %s: number of reports", e.ID)
	case len(e.Reporters) > maxReporters:
		return malformed("envelope %s: number of reporters", e.ID)
	case (len(e.Sealed) == 0) != e.Damaged || len(e.Sealed) > MaxSealed:
		return malformed("envelope %s: size", e.ID)
	}
	for _, r := range e.Reporters {
		if !sourceIDValid(r) {
			return malformed("envelope %s: reporter", e.ID)
		}
	}
	last := 0
	for _, position := range e.Withdrawn {
		if position <= last {
			return malformed("envelope %s: withdrawn positions are not ascending", e.ID)
		}
		last = position
	}
	if sum := sha256.Sum256(e.Sealed); !e.Damaged && !bytes.Equal(sum[:], e.SHA256) {
		return ErrDamaged.Because(fmt.Errorf("envelope %s", e.ID))
	}
	return nil
}

// size estimates from above how much room the envelope takes in an answer.
func (e *Envelope) size() int64 {
	size := 1024 + len(e.Sealed)/3*4 + 4 + 12*len(e.Withdrawn)
	for _, r := range e.Reporters {
		size += 6*len(r) + 3
	}
	return int64(size)
}

// checkNext judges a whole answer, so that nothing of it is taken when
// anything is wrong: too many, one twice, an older one behind a newer one. Of
// an envelope that keeps the contract but whose content was damaged it drops
// the content, and nothing else.
func checkNext(given []Envelope, limit int) ([]Envelope, error) {
	envelopes := slices.Clone(given)
	for i := range envelopes {
		if errors.Is(envelopes[i].Check(), ErrDamaged) {
			envelopes[i].Damaged, envelopes[i].Sealed = true, nil
		}
	}
	if err := checkOrder(envelopes, limit); err != nil {
		return nil, err
	}
	return envelopes, nil
}

func checkOrder(envelopes []Envelope, limit int) error {
	if len(envelopes) > limit {
		return malformed("%d envelopes, %d asked for", len(envelopes), limit)
	}
	ids := make(map[EnvelopeID]bool, len(envelopes))
	for i := range envelopes {
		e := &envelopes[i]
		err := e.Check()
		if err != nil {
			return err
		}
		if ids[e.ID] {
			return malformed("envelope %s twice in one answer", e.ID)
		}
		ids[e.ID] = true
		if i > 0 {
			before := &envelopes[i-1]
			if e.Receipt < before.Receipt || e.Receipt == before.Receipt && e.Part <= before.Part {
				return malformed("envelope %s is out of order", e.ID)
			}
		}
	}
	return nil
}

func checkIDs(ids []EnvelopeID) error {
	if len(ids) > MaxItems {
		return malformed("%d envelope ids, at most %d", len(ids), MaxItems)
	}
	for _, id := range ids {
		if !idValid(string(id)) {
			return malformed("envelope id")
		}
	}
	return nil
}

func checkProgress(items []Progress) error {
	if len(items) > MaxItems {
		return malformed("%d states, at most %d", len(items), MaxItems)
	}
	for i := range items {
		p := &items[i]
		if p.Receipt < 1 || p.Position < 1 || p.At.IsZero() || len(p.Remarks) > maxRemarks {
			return malformed("state %d", i)
		}
		switch p.State {
		case InReview, Forwarded, Completed, Duplicate, Outdated, Refused, TestOnly:
		default:
			return malformed("state %d is unknown", i)
		}
		for _, r := range p.Remarks {
			if !idValid(r.Rule) || (r.Severity != "error" && r.Severity != "warning") ||
				!wordsValid(r.Path) || !wordsValid(r.Message) || !wordsValid(r.Remedy) {
				return malformed("remark of state %d", i)
			}
		}
	}
	return nil
}

func checkHistory(items []HistoryItem) error {
	if len(items) > MaxItems {
		return malformed("%d history items, at most %d", len(items), MaxItems)
	}
	for i := range items {
		h := &items[i]
		switch {
		case h.Receipt < 1 || h.Position < 1 || !idValid(h.Unit) || !channelValid(h.Channel):
			return malformed("history item %d", i)
		case !sourceIDValid(h.Reporter) || !sourceIDValid(h.ReportID):
			return malformed("history item %d: report", i)
		case h.Entry.Tumour < 1 || h.Entry.CompletedAt.IsZero() || h.Entry.Event.Occasion() == "":
			return malformed("history item %d: entry", i)
		}
		err := checkView(&h.View)
		if err != nil {
			return malformed("history item %d: %w", i, err)
		}
		if open := residue.Of(&h.Entry.Event); open != "" {
			return malformed("history item %d: %s does not leave the trust centre", i, open)
		}
	}
	return nil
}

// checkView holds the reduced view to N2: a whole insurance number would be an
// identity in the portal, so a longer tail is refused here whoever made it.
func checkView(v *history.ReducedView) error {
	if !sourceIDValid(v.PatientNumber) {
		return errors.New("patient number")
	}
	if *v == (history.ReducedView{PatientNumber: v.PatientNumber}) {
		return nil // of a report by reference: the portal has the rest already
	}
	if v.BirthMonth > 12 || v.BirthYear < earliestBirth || v.BirthYear > latestBirth {
		return errors.New("month and year of birth")
	}
	if utf8.RuneCountInString(v.PostalCode) > maxPostalCode || utf8.RuneCountInString(v.Place) > maxPlace {
		return errors.New("place")
	}
	if utf8.RuneCountInString(v.InsurerTail) > tail || utf8.RuneCountInString(v.InsuredTail) > tail {
		return errors.New("tail of an insurance number is longer than three characters")
	}
	return nil
}

// idValid holds for identifiers that our houses make: letters, digits, hyphen,
// underscore, dot.
func idValid(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

func sourceIDValid(id string) bool {
	return id != "" && utf8.RuneCountInString(id) <= maxSourceID
}

func wordsValid(words string) bool { return utf8.RuneCountInString(words) <= maxWords }

func channelValid(c Channel) bool { return c == ByPackage || c == ByForm }
