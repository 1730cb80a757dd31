// SPDX-License-Identifier: EUPL-1.2

package atrest

import (
	"context"
	"crypto/cipher"
	"errors"
	"fmt"
	"sync"
	"time"
)

// DataKey is one generation of a table's key as stored.
type DataKey struct {
	Table      string
	Generation uint32 // from 1
	Wrapped    []byte // sealed by the master key
	Created    time.Time
	Values     int64 // values that may have been sealed with it: reserved blocks, never too few
}

// ErrKeyExists is returned by DataKeys.Add when another process was faster;
// the caller loads the keys again.
var ErrKeyExists = errors.New("this generation of the data key exists already")

// DataKeys keeps the wrapped data keys; internal/store implements it. Each
// method is a transaction of its own.
type DataKeys interface {
	// Load gives the table's keys by ascending generation, none for a new table.
	Load(ctx context.Context, table string) ([]DataKey, error)
	// Add stores a new generation, or returns ErrKeyExists.
	Add(ctx context.Context, k DataKey) error
	// Reserve adds n to the generation's count of values unless the sum would
	// exceed limit; it says whether it did.
	Reserve(ctx context.Context, table string, generation uint32, n, limit int64) (bool, error)
	// Delete removes a generation.
	Delete(ctx context.Context, table string, generation uint32) error
	// Rewrap replaces every wrapped key by what wrap makes of it, all or none.
	Rewrap(ctx context.Context, wrap func(DataKey) ([]byte, error)) error
}

// MaxValues is how many values one data key seals: 2^32, the bound of NIST SP
// 800-38D for random 96-bit nonces.
const MaxValues = 1 << 32

// blockSize is how many values a process reserves at once. What it does not
// use is lost at its end; 4,096 starts then make a generation.
const blockSize = 1 << 20

// indexTable is the name under which the root of the keyed indexes is kept.
const indexTable = "_index"

// Keyring holds the opened keys of a house. It is safe for concurrent use.
type Keyring struct {
	hidden
	keys      DataKeys
	maxValues int64
	block     int64
	index     key

	mu     sync.RWMutex
	master cipher.AEAD
	boxes  map[string]*Box
	fills  sync.WaitGroup
}

// Limits bound the use of one data key; tests make them small.
type Limits struct {
	MaxValues int64 // values per generation, default and upper bound 2^32
	Block     int64 // values reserved at once, default 2^20
}

// OpenKeyring reads the master key and checks that it is the one that wrapped
// the stored keys. At the very first start of a house it makes the root of the
// keyed indexes.
func OpenKeyring(ctx context.Context, masterKeyFile string, keys DataKeys) (*Keyring, error) {
	return OpenKeyringWith(ctx, masterKeyFile, keys, Limits{})
}

// OpenKeyringWith is OpenKeyring with smaller limits.
func OpenKeyringWith(ctx context.Context, masterKeyFile string, keys DataKeys, limits Limits) (*Keyring, error) {
	if limits.MaxValues <= 0 || limits.MaxValues > MaxValues {
		limits.MaxValues = MaxValues
	}
	if limits.Block <= 0 {
		limits.Block = blockSize
	}
	master, err := readMasterKey(masterKeyFile)
	if err != nil {
		return nil, err
	}
	r := &Keyring{
		master: master.aead(), keys: keys, maxValues: limits.MaxValues,
		block: min(limits.Block, limits.MaxValues), boxes: map[string]*Box{},
	}
	roots, err := r.loadOrMake(ctx, indexTable)
	if err != nil {
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	r.index, err = r.unwrap(roots[0])
	if err != nil {
		return nil, fmt.Errorf("open keyring: %w", err)
	}
	return r, nil
}

// Close waits for reservations under way. The keyring must not be used after.
func (r *Keyring) Close() { r.fills.Wait() }

// ErrMasterKey says that the master key is not the one that wrapped the
// stored data keys, or that these were tampered with.
var ErrMasterKey = errors.New("the master key does not open the stored data keys")

// wrap seals a data key; the additional data bind it to its table and generation.
func wrap(master cipher.AEAD, table string, generation uint32, k key) []byte {
	return sealWith(master, header(0), k.bytes[:], binding("data key", table, fmt.Sprint(generation)))
}

func (r *Keyring) masterKey() cipher.AEAD {
	r.mu.RLock()
	defer r.mu.RUnlock()
	return r.master
}

func (r *Keyring) unwrap(k DataKey) (key, error) {
	plain, err := openWith(r.masterKey(), k.Wrapped, binding("data key", k.Table, fmt.Sprint(k.Generation)))
	if err != nil || len(plain) != keySize {
		return key{}, ErrMasterKey
	}
	return key{bytes: [keySize]byte(plain)}, nil
}

// loadOrMake gives the table's keys, at least one.
func (r *Keyring) loadOrMake(ctx context.Context, table string) ([]DataKey, error) {
	known, err := r.keys.Load(ctx, table)
	if err != nil {
		return nil, fmt.Errorf("load data keys: %w", err)
	}
	if len(known) > 0 {
		return known, nil
	}
	if err := r.add(ctx, table, 1); err != nil {
		return nil, err
	}
	known, err = r.keys.Load(ctx, table)
	if err == nil && len(known) == 0 {
		err = errors.New("the new key is not there")
	}
	if err != nil {
		return nil, fmt.Errorf("load data keys: %w", err)
	}
	return known, nil
}

// add makes a generation, or leaves it when another process has made it.
func (r *Keyring) add(ctx context.Context, table string, generation uint32) error {
	err := r.keys.Add(ctx, DataKey{
		Table: table, Generation: generation, Wrapped: wrap(r.masterKey(), table, generation, newKey()),
	})
	if err != nil && !errors.Is(err, ErrKeyExists) {
		return fmt.Errorf("add data key: %w", err)
	}
	return nil
}

// Box opens the keys of a table and reserves a block of values, so it must be
// called outside transactions, best once at start-up. The same table gives the
// same box.
func (r *Keyring) Box(ctx context.Context, table string) (*Box, error) {
	if table == "" || table == indexTable {
		return nil, errors.New("open box: the table has no proper name")
	}
	r.mu.Lock()
	box := r.boxes[table]
	r.mu.Unlock()
	if box != nil {
		return box, nil
	}
	box = &Box{ring: r, table: table, opened: map[uint32]cipher.AEAD{}}
	if err := box.refill(ctx); err != nil {
		return nil, fmt.Errorf("open box %s: %w", table, err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if first := r.boxes[table]; first != nil {
		return first, nil
	}
	r.boxes[table] = box
	return box, nil
}

// Rotate begins a new generation of a table's key. What is sealed from now on
// takes it; Box.Reseal brings the rest over.
func (r *Keyring) Rotate(ctx context.Context, table string) error {
	box, err := r.Box(ctx, table)
	if err != nil {
		return err
	}
	known, err := r.keys.Load(ctx, table)
	if err != nil || len(known) == 0 {
		return fmt.Errorf("rotate %s: load data keys: %w", table, err)
	}
	if err := r.add(ctx, table, known[len(known)-1].Generation+1); err != nil {
		return fmt.Errorf("rotate %s: %w", table, err)
	}
	if err := box.refill(ctx); err != nil {
		return fmt.Errorf("rotate %s: %w", table, err)
	}
	return nil
}

// Retire deletes all generations of a table's key but the newest. The caller
// has made sure that no row is sealed with an older one, and that no other
// process of the house still runs that was started before Rotate, since it
// seals with the older one to the end of its block; such rows would be lost.
func (r *Keyring) Retire(ctx context.Context, table string) error {
	known, err := r.keys.Load(ctx, table)
	if err != nil {
		return fmt.Errorf("retire keys of %s: %w", table, err)
	}
	for i := range len(known) - 1 {
		if err := r.keys.Delete(ctx, table, known[i].Generation); err != nil {
			return fmt.Errorf("retire keys of %s: %w", table, err)
		}
	}
	return nil
}

// ChangeMasterKey wraps all data keys, and the root of the indexes, by the
// master key in the new file. Rows stay as they are. It is for a house that is
// stopped: another process would go on wrapping with the old key. Afterwards
// the house is started with the new file; the old one opens nothing any more.
func (r *Keyring) ChangeMasterKey(ctx context.Context, newFile string) error {
	fresh, err := readMasterKey(newFile)
	if err != nil {
		return err
	}
	master := fresh.aead()
	err = r.keys.Rewrap(ctx, func(k DataKey) ([]byte, error) {
		plain, err := r.unwrap(k)
		if err != nil {
			return nil, err
		}
		return wrap(master, k.Table, k.Generation, plain), nil
	})
	if err != nil {
		return fmt.Errorf("change master key: %w", err)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.master = master
	return nil
}
