// SPDX-License-Identifier: EUPL-1.2

package pseudonym

import (
	"errors"
	"strconv"
	"strings"
)

// Generation names the key under which a set of control numbers is written
// now: "storage/1" (Speicher-Kontrollnummern of this registry) or
// "exchange.rki/2" (Austausch-Kontrollnummern, one key per partner). It is the
// name of a key, never the key. Numbers of two generations say nothing about
// each other until the trust centre has re-keyed one of them.
type Generation string

const (
	storage       = "storage"
	exchange      = "exchange."
	maxPartner    = 32
	maxGeneration = 65535
)

var errGeneration = errors.New(`key generation is not "storage/1" or "exchange.partner/1"`)

// StorageGeneration names the n-th storage key, counted from 1.
func StorageGeneration(n int) Generation {
	return Generation(storage + "/" + strconv.Itoa(n))
}

// ExchangeGeneration names the n-th key for the exchange with one partner
// (lower-case letters, digits and hyphens), counted from 1.
func ExchangeGeneration(partner string, n int) Generation {
	return Generation(exchange + partner + "/" + strconv.Itoa(n))
}

// ParseGeneration reads the name of a generation.
func ParseGeneration(text string) (Generation, error) {
	use, number, found := strings.Cut(text, "/")
	n, err := strconv.Atoi(number)
	if !found || err != nil || n < 1 || n > maxGeneration || strconv.Itoa(n) != number {
		return "", errGeneration
	}
	partner, isExchange := strings.CutPrefix(use, exchange)
	if use != storage && !(isExchange && partnerValid(partner)) {
		return "", errGeneration
	}
	return Generation(text), nil
}

func partnerValid(partner string) bool {
	if partner == "" || len(partner) > maxPartner {
		return false
	}
	return strings.Trim(partner, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// IsStorage says whether these are numbers to be stored.
func (g Generation) IsStorage() bool { return strings.HasPrefix(string(g), storage+"/") }

// Number is the count of the generation, 0 if the name is malformed.
func (g Generation) Number() int {
	if _, err := ParseGeneration(string(g)); err != nil {
		return 0
	}
	_, number, _ := strings.Cut(string(g), "/")
	n, _ := strconv.Atoi(number) // ParseGeneration has read it
	return n
}

// Use is the part before the number: "storage" or "exchange.partner".
func (g Generation) Use() string {
	use, _, _ := strings.Cut(string(g), "/")
	return use
}

// UnmarshalText reads the name of a generation.
func (g *Generation) UnmarshalText(text []byte) error {
	read, err := ParseGeneration(string(text))
	if err != nil {
		return err
	}
	*g = read
	return nil
}
