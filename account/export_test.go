// SPDX-License-Identifier: EUPL-1.2

package account

// OccupyPlace takes one of the places where hashes are computed.
func OccupyPlace(h *Hasher) func() {
	h.places <- struct{}{}
	return func() { <-h.places }
}

// The alphabet of generated passwords, for tests.
const InitialAlphabet = initialAlphabet
