// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"cmp"
	"fmt"
	"slices"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Record is one place of the log as found in the database.
type Record struct {
	Index  int64       // place in the tree, from 0
	Leaf   Leaf        // the stored leaf
	Entry  *Entry      // the readable entry; nil when it is not there any more
	Stored []tlog.Hash // the tree hashes stored for this place
}

// Trouble is a kind of damage to a log.
type Trouble string

// What a Verifier can find.
const (
	Changed       Trouble = "changed"        // an entry is not the one that was written
	Removed       Trouble = "removed"        // a place, or a readable entry before its time, is gone
	Disordered    Trouble = "disordered"     // a place stands there twice or out of order
	TreeBroken    Trouble = "tree_broken"    // the stored hashes do not follow from the leaves
	Truncated     Trouble = "truncated"      // the log is shorter than a signed checkpoint
	Forked        Trouble = "forked"         // a signed checkpoint tells of another history
	NotSigned     Trouble = "not_signed"     // a checkpoint has no good signature of this house
	NotIntegrated Trouble = "not_integrated" // an entry was kept out of the tree
)

// Finding is one piece of damage. It names a place, never a content.
type Finding struct {
	Trouble Trouble
	Index   int64  // place in the tree, or size of the checkpoint; -1 where neither is known
	Detail  string // English, for the officer
}

// String is the line for the report of `audit verify`.
func (f Finding) String() string {
	return fmt.Sprintf("%s at %d: %s", f.Trouble, f.Index, f.Detail)
}

// Verdict is the result of a verification.
type Verdict struct {
	Size     int64     // entries in the tree
	Root     tlog.Hash // root over all of them
	Expired  int64     // entries whose readable part has expired as recorded
	Checked  int       // checkpoints the log agrees with
	Findings []Finding // empty means that the log is whole
}

// Whole says whether nothing was found.
func (v Verdict) Whole() bool { return len(v.Findings) == 0 }

// maxFindings bounds the report: who has changed a million rows is found by the first.
const maxFindings = 1000

// ThroughCount is the name of the count in an AuditExpired act that tells the
// last place whose readable entry was deleted.
const ThroughCount = "through"

// Verifier reads a whole log from its beginning, place by place, in memory
// that does not grow with it.
type Verifier struct {
	house       string
	tree        Tree
	checkpoints []Checkpoint // still to be met, by size
	verdict     Verdict
	gone        int64 // places without a readable entry
	lastGone    int64
	through     int64 // last place that an AuditExpired act accounts for
}

// NewVerifier prepares to check the log of a house against checkpoints it has
// signed at any time, its own or copies kept elsewhere.
func NewVerifier(house string, verifier note.Verifier, checkpoints ...[]byte) *Verifier {
	v := &Verifier{house: house, lastGone: -1, through: -1}
	for _, signed := range checkpoints {
		c, err := OpenCheckpoint(signed, house, verifier)
		if err != nil {
			v.find(NotSigned, -1, "a checkpoint bears no good signature of this house")
			continue
		}
		v.checkpoints = append(v.checkpoints, c)
	}
	slices.SortFunc(v.checkpoints, func(a, b Checkpoint) int { return cmp.Compare(a.Size, b.Size) })
	v.meet()
	return v
}

// Find adds a finding made by whoever reads the log for the verifier.
func (v *Verifier) Find(trouble Trouble, index int64, detail string) { v.find(trouble, index, detail) }

func (v *Verifier) find(trouble Trouble, index int64, detail string) {
	if len(v.verdict.Findings) < maxFindings {
		v.verdict.Findings = append(v.verdict.Findings, Finding{trouble, index, detail})
	}
}

// Add checks the next place. Records come in the order of their index.
func (v *Verifier) Add(r Record) {
	next := v.tree.Size()
	switch {
	case r.Index > next:
		v.find(Removed, next, fmt.Sprintf("places %d to %d are not there", next, r.Index-1))
	case r.Index < next:
		v.find(Disordered, r.Index, "the place stands there twice or out of order")
	}
	v.entry(r)
	stored := v.tree.Append(r.Leaf)
	if !slices.Equal(stored, r.Stored) {
		v.find(TreeBroken, r.Index, "the stored tree hashes do not follow from the leaves")
	}
	v.meet()
}

func (v *Verifier) entry(r Record) {
	if r.Entry == nil {
		v.gone++
		v.lastGone = max(v.lastGone, r.Index)
		return
	}
	leaf, err := r.Entry.Leaf()
	if err != nil || leaf != r.Leaf {
		v.find(Changed, r.Index, "the readable entry does not give its leaf")
		return
	}
	if r.Entry.House != v.house {
		v.find(Changed, r.Index, "the entry is another house's")
		return
	}
	if r.Entry.Act.Code == AuditExpired {
		// An entry can only account for places before its own.
		v.through = max(v.through, min(r.Entry.Act.Counts[ThroughCount], r.Index-1))
	}
}

// meet compares the tree with the checkpoints of its present size.
func (v *Verifier) meet() {
	for len(v.checkpoints) > 0 && v.checkpoints[0].Size == v.tree.Size() {
		if v.checkpoints[0].Root == v.tree.Root() {
			v.verdict.Checked++
		} else {
			v.find(Forked, v.checkpoints[0].Size, "the signed checkpoint tells of another history up to here")
		}
		v.checkpoints = v.checkpoints[1:]
	}
}

// Finish gives the verdict after the last record.
func (v *Verifier) Finish() Verdict {
	for _, c := range v.checkpoints {
		v.find(Truncated, c.Size, fmt.Sprintf("the checkpoint is signed over %d entries, the log has %d", c.Size, v.tree.Size()))
	}
	v.checkpoints = nil
	if v.lastGone > v.through {
		v.find(Removed, v.lastGone, "a readable entry is gone and no expiry accounts for it")
	}
	v.verdict.Expired = v.gone
	v.verdict.Size, v.verdict.Root = v.tree.Size(), v.tree.Root()
	return v.verdict
}
