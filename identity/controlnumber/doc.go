// SPDX-License-Identifier: EUPL-1.2

// Package controlnumber forms Kontrollnummern: keyed one-way numbers of the
// standardised parts of an identity, by which the registry recognises a person
// without learning who it is.
//
// It is part of step 7 of the way of a report and belongs to the trust centre
// alone. Portal and registry must not import it; the numbers themselves are
// opaque values of package pseudonym.
//
// # The way of a value
//
// Standardise brings the identity into the form of profile kn-1. Each part is
// then keyed with K_kn (HMAC-SHA-256 over class, a zero byte and the value,
// cut to 16 bytes) into the national number, which is the same in all
// registries that hold K_kn. The national number is never stored: one AES-256
// block under K_reg makes the stored number, one under K_exchange the number
// that travels to a partner. Both can be turned into each other without names
// (Rekey), and neither can be compared with the other without the keys.
//
// An absent value forms no number; there is no number of the empty value.
//
// # What an attacker gains
//
// Without K_kn nobody can compute the number of a guessed name. Equal values
// have equal numbers, so who holds many stored numbers sees frequencies, and
// the commonest number is likely the commonest name. All names share one class
// so that surname, birth name, former name and first name can meet; the price
// is that their frequencies can be compared too. Phonetic codes and days have
// few values and leak more than names.
//
// The package must never print a name or a key, and must never store or hand
// out national numbers.
package controlnumber
