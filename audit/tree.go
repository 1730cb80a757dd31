// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"crypto/sha256"

	"golang.org/x/mod/sumdb/tlog"
)

// Tree computes a Merkle tree's root record by record in little memory: it
// keeps only the roots of the complete subtrees, largest first. The zero
// value is the empty tree.
type Tree struct {
	size  int64
	peaks []tlog.Hash
}

// Append adds a leaf and gives the hashes that tlog stores for it, in tlog's order.
func (t *Tree) Append(leaf Leaf) []tlog.Hash {
	hash := tlog.RecordHash(leaf[:])
	stored := []tlog.Hash{hash}
	for rest := t.size; rest&1 == 1; rest >>= 1 {
		last := len(t.peaks) - 1
		hash = tlog.NodeHash(t.peaks[last], hash)
		t.peaks = t.peaks[:last]
		stored = append(stored, hash)
	}
	t.peaks = append(t.peaks, hash)
	t.size++
	return stored
}

// Size is the number of leaves.
func (t *Tree) Size() int64 { return t.size }

// Root is the hash over all leaves, for the empty tree SHA-256 of nothing.
func (t *Tree) Root() tlog.Hash {
	if t.size == 0 {
		return sha256.Sum256(nil)
	}
	root := t.peaks[len(t.peaks)-1]
	for i := len(t.peaks) - 2; i >= 0; i-- {
		root = tlog.NodeHash(t.peaks[i], root)
	}
	return root
}
