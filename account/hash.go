// SPDX-License-Identifier: EUPL-1.2

package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost is the work of one password hash: argon2id after RFC 9106.
type Cost struct {
	MemoryKiB uint32 // KiB of memory, default 65,536
	Passes    uint32 // default 3
	Lanes     uint8  // 1 to 4, default 2
}

// DefaultCost is 64 MiB in three passes, above the 46 MiB in one pass that
// OWASP names as the least.
var DefaultCost = Cost{MemoryKiB: 64 * 1024, Passes: 3, Lanes: 2}

// Bounds of what a stored hash may ask for. A row that was tampered with must
// not make the process run out of memory.
const (
	maxMemoryKiB = 256 * 1024
	maxPasses    = 16
	maxLanes     = 4

	saltBytes = 16
	keyBytes  = 32
)

func (c Cost) check() error {
	if c.Lanes < 1 || c.Lanes > maxLanes || c.Passes < 1 || c.Passes > maxPasses ||
		c.MemoryKiB < 8*uint32(c.Lanes) || c.MemoryKiB > maxMemoryKiB {
		return errors.New("argon2id parameters out of bounds")
	}
	return nil
}

// Hash is a stored password: argon2id with its own parameters and salt.
// The zero Hash matches nothing.
type Hash struct {
	hidden
	cost Cost
	salt []byte
	key  []byte
}

// errHash never carries the text: a hash is worth guessing at.
var errHash = errors.New("stored password hash is not an argon2id PHC string within bounds")

// ParseHash reads a PHC string: $argon2id$v=19$m=65536,t=3,p=2$salt$key.
func ParseHash(encoded string) (Hash, error) {
	parts := strings.Split(encoded, "$")
	if len(parts) != 6 || parts[0] != "" || parts[1] != "argon2id" || parts[2] != "v="+strconv.Itoa(argon2.Version) {
		return Hash{}, errHash
	}
	fields := strings.Split(parts[3], ",")
	if len(fields) != 3 {
		return Hash{}, errHash
	}
	memory, err1 := parameter(fields[0], "m=", 32)
	passes, err2 := parameter(fields[1], "t=", 32)
	lanes, err3 := parameter(fields[2], "p=", 8)
	salt, err4 := base64.RawStdEncoding.Strict().DecodeString(parts[4])
	key, err5 := base64.RawStdEncoding.Strict().DecodeString(parts[5])
	if errors.Join(err1, err2, err3, err4, err5) != nil || len(salt) < 8 || len(salt) > 64 || len(key) != keyBytes {
		return Hash{}, errHash
	}
	h := Hash{cost: Cost{MemoryKiB: uint32(memory), Passes: uint32(passes), Lanes: uint8(lanes)}, salt: salt, key: key}
	if h.cost.check() != nil {
		return Hash{}, errHash
	}
	return h, nil
}

func parameter(field, name string, bits int) (uint64, error) {
	digits, ok := strings.CutPrefix(field, name)
	if !ok {
		return 0, errHash
	}
	return strconv.ParseUint(digits, 10, bits)
}

// Encode gives the PHC string for the database.
func (h Hash) Encode() string {
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version,
		h.cost.MemoryKiB, h.cost.Passes, h.cost.Lanes,
		base64.RawStdEncoding.EncodeToString(h.salt), base64.RawStdEncoding.EncodeToString(h.key))
}

// Cost tells the parameters the hash was made with.
func (h Hash) Cost() Cost { return h.cost }

// IsZero says that there is no stored password.
func (h Hash) IsZero() bool { return len(h.key) == 0 }

// derive does the work; callers hold a place in the Hasher.
func derive(p Password, salt []byte, cost Cost) []byte {
	return argon2.IDKey([]byte(p.text), salt, cost.Passes, cost.MemoryKiB, cost.Lanes, keyBytes)
}

// matches compares in constant time.
func (h Hash) matches(key []byte) bool { return subtle.ConstantTimeCompare(h.key, key) == 1 }

// decoy is a hash that no password has, with the cost of a real one: names
// that do not exist must take as long as those that do.
func decoy(cost Cost) Hash {
	h := Hash{cost: cost, salt: make([]byte, saltBytes), key: make([]byte, keyBytes)}
	rand.Read(h.salt)
	rand.Read(h.key)
	return h
}
