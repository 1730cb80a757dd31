// SPDX-License-Identifier: EUPL-1.2

package atrest

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/rand"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"meldewerk/fault"
)

// ErrSealed is the one error for everything that does not open: another row,
// another table, another key, a flipped bit, an unknown form. Telling them
// apart would help only who tries.
var ErrSealed = errors.New("the sealed value does not open")

// ErrNoValues is returned by Seal when the reserved block is used up faster
// than the next could be reserved.
var ErrNoValues = fault.New(fault.Unavailable, "atrest.values",
	"Die Verschlüsselung kommt gerade nicht nach. Versuchen Sie es in einer Minute noch einmal.")

const (
	version    = 1
	headerSize = 1 + 4 // version, generation
	nonceSize  = 12
	tagSize    = 16
)

// header is what stands before nonce and ciphertext.
func header(generation uint32) []byte {
	return binary.BigEndian.AppendUint32([]byte{version}, generation)
}

// binding joins the parts with their lengths, so that ("ab", "c") and ("a",
// "bc") differ.
func binding(parts ...string) []byte {
	var out []byte
	for _, part := range parts {
		out = binary.BigEndian.AppendUint64(out, uint64(len(part)))
		out = append(out, part...)
	}
	return out
}

func sealWith(aead cipher.AEAD, head, plain, bound []byte) []byte {
	out := make([]byte, headerSize+nonceSize, headerSize+nonceSize+len(plain)+tagSize)
	copy(out, head)
	nonce := out[headerSize:]
	_, _ = rand.Read(nonce) // crypto/rand never returns an error
	return aead.Seal(out, nonce, plain, append(bytes.Clone(head), bound...))
}

func openWith(aead cipher.AEAD, sealed, bound []byte) ([]byte, error) {
	if len(sealed) < headerSize+nonceSize+tagSize || sealed[0] != version {
		return nil, ErrSealed
	}
	head, nonce := sealed[:headerSize], sealed[headerSize:headerSize+nonceSize]
	plain, err := aead.Open(nil, nonce, sealed[headerSize+nonceSize:], append(bytes.Clone(head), bound...))
	if err != nil {
		return nil, ErrSealed
	}
	return plain, nil
}

// Box seals and opens the values of one table. It is safe for concurrent use,
// inside transactions too.
type Box struct {
	hidden
	ring  *Keyring
	table string

	mu      sync.Mutex
	opened  map[uint32]cipher.AEAD
	current uint32
	left    int64 // values of the current generation that may still be sealed
	filling bool
}

// take gives the key for one new value and counts it.
func (b *Box) take() (cipher.AEAD, uint32, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.left <= b.ring.block/2 && !b.filling {
		b.filling = true
		b.ring.fills.Go(b.fill)
	}
	if b.left <= 0 {
		return nil, 0, ErrNoValues
	}
	b.left--
	return b.opened[b.current], b.current, nil
}

// fill reserves the next block while the second half of the present one is in
// use. It runs beside Seal, which may hold the only writing connection.
func (b *Box) fill() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	err := b.refill(ctx)
	b.mu.Lock()
	defer b.mu.Unlock()
	// After an error the next Seal tries again, and at the end of the block
	// Seal itself tells.
	b.filling = false
	_ = err
}

// refill reserves a block in the newest generation, beginning a new one when
// that is full.
func (b *Box) refill(ctx context.Context) error {
	known, err := b.ring.loadOrMake(ctx, b.table)
	if err != nil {
		return err
	}
	newest := known[len(known)-1].Generation
	for {
		ok, err := b.ring.keys.Reserve(ctx, b.table, newest, b.ring.block, b.ring.maxValues)
		if err != nil {
			return fmt.Errorf("reserve values: %w", err)
		}
		if ok {
			break
		}
		newest++
		if err := b.ring.add(ctx, b.table, newest); err != nil {
			return err
		}
	}
	if known, err = b.ring.keys.Load(ctx, b.table); err != nil {
		return fmt.Errorf("load data keys: %w", err)
	}
	return b.install(known, newest)
}

func (b *Box) install(known []DataKey, current uint32) error {
	fresh := map[uint32]cipher.AEAD{}
	for _, k := range known {
		plain, err := b.ring.unwrap(k)
		if err != nil {
			return err
		}
		fresh[k.Generation] = plain.aead()
	}
	if fresh[current] == nil {
		return errors.New("the reserved generation is not there")
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.current != current {
		b.left = 0 // what is left belongs to the older generation
	}
	b.opened, b.current = fresh, current
	b.left += b.ring.block
	return nil
}

// Seal encrypts the value of a column group in a row. The row key is the
// row's primary key as text, the group the name of the columns sealed together.
func (b *Box) Seal(rowKey, group string, plain []byte) ([]byte, error) {
	aead, generation, err := b.take()
	if err != nil {
		return nil, fmt.Errorf("seal value of %s: %w", b.table, err)
	}
	return sealWith(aead, header(generation), plain, binding(b.table, rowKey, group)), nil
}

// Open decrypts what Seal made for the same table, row and group; anything
// else gives ErrSealed.
func (b *Box) Open(rowKey, group string, sealed []byte) ([]byte, error) {
	if len(sealed) < headerSize {
		return nil, ErrSealed
	}
	aead := b.key(binary.BigEndian.Uint32(sealed[1:headerSize]))
	if aead == nil {
		return nil, ErrSealed
	}
	return openWith(aead, sealed, binding(b.table, rowKey, group))
}

// key finds a generation, loading those that another process has begun.
func (b *Box) key(generation uint32) cipher.AEAD {
	b.mu.Lock()
	aead, newest := b.opened[generation], b.current
	b.mu.Unlock()
	if aead != nil || generation <= newest {
		return aead
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	known, err := b.ring.keys.Load(ctx, b.table)
	if err != nil {
		return nil
	}
	for _, k := range known {
		if k.Generation != generation {
			continue
		}
		plain, err := b.ring.unwrap(k)
		if err != nil {
			return nil
		}
		b.mu.Lock()
		defer b.mu.Unlock()
		b.opened[generation] = plain.aead()
		return b.opened[generation]
	}
	return nil
}

// Reseal brings a value to the present generation of the key. It says whether
// there was anything to do; if not, it returns the value as it is.
func (b *Box) Reseal(rowKey, group string, sealed []byte) ([]byte, bool, error) {
	if bytes.HasPrefix(sealed, b.Prefix()) {
		return sealed, false, nil
	}
	plain, err := b.Open(rowKey, group, sealed)
	if err != nil {
		return nil, false, err
	}
	fresh, err := b.Seal(rowKey, group, plain)
	if err != nil {
		return nil, false, err
	}
	return fresh, true, nil
}

// Prefix is what values of the present generation begin with, so that a store
// can find the others: WHERE substr(sealed, 1, 5) <> $1.
func (b *Box) Prefix() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return header(b.current)
}

// SealJSON seals a value as JSON.
func (b *Box) SealJSON(rowKey, group string, value any) ([]byte, error) {
	plain, err := json.Marshal(value)
	if err != nil {
		// The cause may quote the value.
		return nil, fmt.Errorf("seal value of %s: it cannot be written as JSON", b.table)
	}
	return b.Seal(rowKey, group, plain)
}

// OpenJSON opens what SealJSON made, into a pointer.
func (b *Box) OpenJSON(rowKey, group string, sealed []byte, into any) error {
	plain, err := b.Open(rowKey, group, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(plain, into); err != nil {
		// The cause may quote the value.
		return fmt.Errorf("open value of %s: it is not the JSON expected", b.table)
	}
	return nil
}
