// SPDX-License-Identifier: EUPL-1.2

// Package transfer is the contract between trust centre and registry: steps 9
// to 12 of the way of a report.
//
// The registry implements Door and only answers; the trust centre calls.
// Every call may be repeated without harm. No type here can hold a name: this
// package must never import identity, report or envelope.
package transfer
