// SPDX-License-Identifier: EUPL-1.2

package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"

	"golang.org/x/mod/sumdb/tlog"

	"meldewerk/audit"
	"meldewerk/fault"
)

// The limits of the contract.
const (
	MaxNote  = 64 << 10 // bytes of a signed checkpoint, cosigned or not
	MaxProof = 64       // hashes; enough for a tree of 2^63 entries
)

// Checkpoint is a signierter Prüfpunkt of a house's Protokoll with the
// Fortsetzungsnachweis: the proof that the tree it states begins with the tree
// of the size that the reader keeps. Spec: RFC 6962 section 2.1.2
type Checkpoint struct {
	Signed []byte   `json:"signed"` // note, see audit.Checkpoint
	Proof  [][]byte `json:"proof"`  // hashes of 32 bytes; none when the reader keeps nothing yet
}

// Door is what a house answers that lets its checkpoints be witnessed and
// witnesses others'. The transport knows which house is calling, and a Door is
// for that one only. Every call may be repeated without harm.
type Door interface {
	// Kept is the size of the newest checkpoint of the caller that this house
	// keeps (verwahrter Prüfpunkt), 0 when it keeps none. Only the keeper knows
	// it for sure: an answer may have been lost on its way.
	Kept(ctx context.Context) (int64, error)
	// Checkpoint signs this house's log as it is now and gives it with the
	// proof from the size that the caller keeps, 0 when it keeps none. A log
	// that is shorter than that gives no proof.
	Checkpoint(ctx context.Context, since int64) (Checkpoint, error)
	// Witness keeps a checkpoint of the caller and gives it back with this
	// house's signature added (Gegenzeichnung). One that does not continue the
	// kept one gives ErrForeignHistory, and the refusal is an audit entry.
	Witness(ctx context.Context, checkpoint Checkpoint) ([]byte, error)
	// Cosigned brings a checkpoint of this house with the caller's signature.
	Cosigned(ctx context.Context, cosigned []byte) error
}

// Log is the Protokoll of a house as far as checkpoints need it;
// *store.AuditLog is one.
type Log interface {
	House() string
	SignCheckpoint(ctx context.Context) ([]byte, error)
	LatestCheckpoint(ctx context.Context) ([]byte, error)
	Proof(ctx context.Context, from, to int64) (tlog.TreeProof, error)
	StoreWitness(ctx context.Context, house string, signed []byte, proof tlog.TreeProof) ([]byte, error)
	WitnessedSize(ctx context.Context, house string) (int64, error)
	StoreCosigned(ctx context.Context, house string, cosigned []byte) error
}

var (
	// ErrMalformed means that a call or an answer breaks the contract. Nothing of it is kept.
	ErrMalformed = fault.New(fault.Invalid, "witness.malformed",
		"Der Prüfpunkt des anderen Hauses verletzt die Vereinbarung und wurde nicht angenommen. Melden Sie dies der Technik.")
	// ErrUnsigned means that a checkpoint lacks a signature that it must have.
	ErrUnsigned = fault.New(fault.Forbidden, "witness.unsigned",
		"Der Prüfpunkt trägt nicht die Unterschrift des Hauses, dessen Protokoll er bezeugt. Vergleichen Sie die öffentlichen Prüfschlüssel beider Häuser.")
	// ErrForeignHistory means that a house's log does not continue the
	// checkpoint that the other one keeps of it.
	ErrForeignHistory = fault.New(fault.Conflict, "witness.foreign_history",
		"Das Protokoll eines Hauses setzt den verwahrten Prüfpunkt nicht fort: Es wurde geändert, gekürzt oder aus einer älteren Sicherung zurückgespielt. Prüfen Sie es mit „meldewerk audit verify“ gegen die verwahrten Prüfpunkte.")
)

func malformed(format string, args ...any) error {
	return ErrMalformed.Because(fmt.Errorf(format, args...))
}

// Check says whether the checkpoint keeps the limits of the contract. It says
// nothing about signature and proof.
func (c Checkpoint) Check() error {
	if err := checkNote(c.Signed); err != nil {
		return err
	}
	if len(c.Proof) > MaxProof {
		return malformed("proof of %d hashes, at most %d", len(c.Proof), MaxProof)
	}
	for _, hash := range c.Proof {
		if len(hash) != tlog.HashSize {
			return malformed("hash of %d bytes in a proof", len(hash))
		}
	}
	return nil
}

func checkNote(signed []byte) error {
	if len(signed) == 0 || len(signed) > MaxNote {
		return malformed("checkpoint of %d bytes", len(signed))
	}
	return nil
}

func checkSize(size int64) error {
	if size < 0 {
		return malformed("negative size of a log")
	}
	return nil
}

// proof is the proof as the log takes it, after Check.
func (c Checkpoint) proof() tlog.TreeProof {
	var proof tlog.TreeProof
	for _, hash := range c.Proof {
		proof = append(proof, tlog.Hash(hash))
	}
	return proof
}

// textOf is what the signatures of a note stand under.
func textOf(signed []byte) []byte {
	text, _, _ := bytes.Cut(signed, []byte("\n\n"))
	return text
}

// sizeOf reads the size that a checkpoint states. Whether anybody has signed
// it is the log's to judge.
func sizeOf(signed []byte) (int64, error) {
	lines := bytes.Split(textOf(signed), []byte("\n"))
	if len(lines) != 3 {
		return 0, malformed("checkpoint of %d lines", len(lines))
	}
	size, err := strconv.ParseInt(string(lines[1]), 10, 64)
	if err != nil {
		return 0, malformed("size of a checkpoint is no number")
	}
	return size, checkSize(size)
}

// told turns what the log refuses into the fault that the other house reads.
func told(err error) error {
	switch {
	case errors.Is(err, audit.ErrForeignHistory):
		return ErrForeignHistory.Because(err)
	case errors.Is(err, audit.ErrCheckpoint):
		return ErrUnsigned.Because(err)
	}
	return err
}
