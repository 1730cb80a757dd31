// SPDX-License-Identifier: EUPL-1.2

package atrest

import (
	"crypto/hmac"
	"crypto/sha256"
)

// IndexSize is the length of an index value in bytes.
const IndexSize = 16

// Index makes keyed look-up values for one column: equal inputs give equal
// values, and without the key nobody can try names against them. It does show
// which rows are equal, so it is used only where a look-up needs it.
type Index struct {
	hidden
	key key
}

// Index gives the keyed index of a column. Its key never rotates with the data
// keys: the values would have to be formed anew from plain text.
func (r *Keyring) Index(table, column string) *Index {
	mac := hmac.New(sha256.New, r.index.bytes[:])
	_, _ = mac.Write(binding("index", table, column)) // a hash never returns an error
	return &Index{key: key{bytes: [keySize]byte(mac.Sum(nil))}}
}

// Of gives the look-up value of one or more parts, 16 bytes.
func (x *Index) Of(value ...string) []byte {
	mac := hmac.New(sha256.New, x.key.bytes[:])
	_, _ = mac.Write(binding(value...)) // a hash never returns an error
	return mac.Sum(nil)[:IndexSize]
}
