// SPDX-License-Identifier: EUPL-1.2

// Package wire carries calls from house to house: mutual TLS 1.3 under a
// private authority, HTTP/2, one JSON document each way.
//
// It lies under steps 5, 9 and 12 of the way of a report. The contracts
// exchange/submission and exchange/transfer use it; nobody else needs to call
// Handle or Call.
//
// # Who talks to whom
//
// Each house has one certificate per direction: one to answer with and one to
// call with, and neither serves for the other. A certificate names its house
// in a URI (meldewerk://trustcentre). Both sides check the authority, the
// validity, the direction and the house during the handshake, so that no
// handler ever runs for a stranger; Peer tells a handler who is calling.
//
// # What crosses
//
// A request and an answer are one JSON document of limited size with known
// fields only. A refusal crosses as a fault: kind, key and sentence, and
// nothing else. Any other error of the answering house stays there in its log;
// the caller learns only that there is trouble. Every answer names the call it
// belongs to, so that a recorded or mixed-up answer is noticed.
//
// The package must never know a word of the domain, never use the
// certificates of the operating system, and never write a body to a log.
package wire
