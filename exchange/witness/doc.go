// SPDX-License-Identifier: EUPL-1.2

// Package witness carries checkpoints of the audit log from house to house:
// each keeps its neighbours' checkpoints and signs them, so that none can cut
// or rewrite its log unnoticed. It runs beside the way of a report, at every
// step of it, and is part of the contracts submission and transfer.
//
// Portal and registry answer with Serve; the trust centre calls Exchange. Each
// side takes the other for hostile: sizes and counts are checked before
// anything else, signatures and proofs by the audit log that keeps the
// checkpoints. Which house is speaking comes from the transport and is never
// read from a message. Nothing but sizes, hashes and signatures travels: the
// package must never read an entry.
package witness
