// SPDX-License-Identifier: EUPL-1.2

package atrest_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"meldewerk/internal/atrest"
)

// memory keeps data keys for these tests; the store's suite runs the real one.
type memory struct {
	mu   sync.Mutex
	keys []atrest.DataKey
}

func (m *memory) Load(_ context.Context, table string) ([]atrest.DataKey, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []atrest.DataKey
	for _, k := range m.keys {
		if k.Table == table {
			out = append(out, k)
		}
	}
	return out, nil
}

func (m *memory) Add(_ context.Context, k atrest.DataKey) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, old := range m.keys {
		if old.Table == k.Table && old.Generation == k.Generation {
			return atrest.ErrKeyExists
		}
	}
	m.keys = append(m.keys, k)
	return nil
}

func (m *memory) Reserve(_ context.Context, table string, generation uint32, n, limit int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i, k := range m.keys {
		if k.Table == table && k.Generation == generation && k.Values+n <= limit {
			m.keys[i].Values += n
			return true, nil
		}
	}
	return false, nil
}

func (m *memory) Delete(_ context.Context, table string, generation uint32) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keys = slices.DeleteFunc(m.keys, func(k atrest.DataKey) bool { return k.Table == table && k.Generation == generation })
	return nil
}

func (m *memory) Rewrap(_ context.Context, wrap func(atrest.DataKey) ([]byte, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for i := range m.keys {
		wrapped, err := wrap(m.keys[i])
		if err != nil {
			return err
		}
		m.keys[i].Wrapped = wrapped
	}
	return nil
}

func masterKey(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "master.key")
	if err := atrest.CreateMasterKey(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func ring(t *testing.T, path string, keys atrest.DataKeys, limits atrest.Limits) *atrest.Keyring {
	t.Helper()
	r, err := atrest.OpenKeyringWith(t.Context(), path, keys, limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func box(t *testing.T, r *atrest.Keyring, table string) *atrest.Box {
	t.Helper()
	b, err := r.Box(t.Context(), table)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSealedValueOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	r := ring(t, masterKey(t), &memory{}, atrest.Limits{})
	drafts, reports := box(t, r, "draft"), box(t, r, "report")
	other := box(t, ring(t, masterKey(t), &memory{}, atrest.Limits{}), "draft")
	rapid.Check(t, func(rt *rapid.T) {
		text := rapid.StringMatching(`[a-z]{0,4}`)
		plain := rapid.SliceOf(rapid.Byte()).Draw(rt, "plain")
		row, group := text.Draw(rt, "row"), text.Draw(rt, "group")
		sealed, err := drafts.Seal(row, group, plain)
		if err != nil {
			rt.Fatal(err)
		}
		if got, err := drafts.Open(row, group, sealed); err != nil || !bytes.Equal(got, plain) {
			rt.Fatalf("does not open in its place: %v", err)
		}
		if len(plain) > 3 && bytes.Contains(sealed, plain) {
			rt.Fatal("the value is not encrypted")
		}
		// A moved row must fail, also where the joined names are the same.
		row2, group2 := text.Draw(rt, "other row"), text.Draw(rt, "other group")
		if row2 != row || group2 != group {
			if _, err := drafts.Open(row2, group2, sealed); err != atrest.ErrSealed {
				rt.Fatalf("moved to another place: %v", err)
			}
		}
		for what, b := range map[string]*atrest.Box{"another table": reports, "another house": other} {
			if _, err := b.Open(row, group, sealed); err != atrest.ErrSealed {
				rt.Fatalf("%s: %v", what, err)
			}
		}
		bad := bytes.Clone(sealed)
		bit := rapid.IntRange(0, 8*len(bad)-1).Draw(rt, "bit")
		bad[bit/8] ^= 1 << (bit % 8)
		if _, err := drafts.Open(row, group, bad); err != atrest.ErrSealed {
			rt.Fatalf("a flipped bit: %v", err)
		}
		cut := sealed[:rapid.IntRange(0, len(sealed)-1).Draw(rt, "cut")]
		if _, err := drafts.Open(row, group, cut); err != atrest.ErrSealed {
			rt.Fatalf("a cut value: %v", err)
		}
	})
}

// TestSealedValueKnowsWhereItsNamesEnd moves a value to a row and group whose
// names, written one behind the other, are the same.
func TestSealedValueKnowsWhereItsNamesEnd(t *testing.T) {
	t.Parallel()
	r := ring(t, masterKey(t), &memory{}, atrest.Limits{})
	b := box(t, r, "draft")
	sealed, err := b.Seal("ab", "c", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Open("a", "bc", sealed); err != atrest.ErrSealed {
		t.Errorf("another row and group: %v", err)
	}
	if _, err := b.Open("abc", "", sealed); err != atrest.ErrSealed {
		t.Errorf("no group: %v", err)
	}
}

func TestSealedJSONShowsNothingInErrors(t *testing.T) {
	t.Parallel()
	b := box(t, ring(t, masterKey(t), &memory{}, atrest.Limits{}), "draft")
	sealed, err := b.SealJSON("1", "g", map[string]string{"name": "Zzmarker"})
	if err != nil {
		t.Fatal(err)
	}
	var back map[string]string
	if err := b.OpenJSON("1", "g", sealed, &back); err != nil || back["name"] != "Zzmarker" {
		t.Fatalf("read back %v: %v", back, err)
	}
	var wrong map[string]int
	if err := b.OpenJSON("1", "g", sealed, &wrong); err == nil || strings.Contains(err.Error(), "Zzmarker") {
		t.Errorf("wrong form: %v", err)
	}
	if _, err := b.SealJSON("1", "g", map[string]any{"Zzmarker": func() {}}); err == nil || strings.Contains(err.Error(), "Zzmarker") {
		t.Errorf("no JSON: %v", err)
	}
}

func TestK6CounterForcesRotation(t *testing.T) {
	t.Parallel()
	keys := &memory{}
	path := masterKey(t)
	limits := atrest.Limits{MaxValues: 100, Block: 20}
	r := ring(t, path, keys, limits)
	b := box(t, r, "draft")
	sealed := map[int][]byte{}
	perGeneration := map[string]int64{}
	for i := 0; len(sealed) < 1000; i++ {
		value, err := b.Seal(fmt.Sprint(i), "g", []byte("x"))
		if errors.Is(err, atrest.ErrNoValues) {
			r.Close() // waits for the next block
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		sealed[i] = value
		perGeneration[string(value[:5])]++
	}
	for generation, count := range perGeneration {
		if count > limits.MaxValues {
			t.Errorf("generation %x sealed %d values, limit %d", generation, count, limits.MaxValues)
		}
	}
	if len(perGeneration) < 10 {
		t.Errorf("%d generations for 1000 values", len(perGeneration))
	}
	r.Close()
	stored, err := keys.Load(t.Context(), "draft")
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range stored {
		if k.Values < perGeneration[string([]byte{1, 0, 0, 0, byte(k.Generation)})] || k.Values > limits.MaxValues {
			t.Errorf("generation %d: %d values counted", k.Generation, k.Values)
		}
	}
	again := box(t, ring(t, path, keys, limits), "draft")
	for i, value := range sealed {
		if _, err := again.Open(fmt.Sprint(i), "g", value); err != nil {
			t.Fatalf("value %d of generation %x: %v", i, value[1:5], err)
		}
	}
}

func TestK6NoNonceTwice(t *testing.T) {
	t.Parallel()
	const values = 1_000_000
	b := box(t, ring(t, masterKey(t), &memory{}, atrest.Limits{MaxValues: 1 << 30, Block: 1 << 22}), "draft")
	seen := make(map[[12]byte]struct{}, values)
	for range values {
		sealed, err := b.Seal("1", "g", nil)
		if err != nil {
			t.Fatal(err)
		}
		seen[[12]byte(sealed[5:17])] = struct{}{}
	}
	if len(seen) != values {
		t.Errorf("%d different nonces of %d", len(seen), values)
	}
}

func TestK6RotationKeepsOldValuesReadable(t *testing.T) {
	t.Parallel()
	keys, path := &memory{}, masterKey(t)
	r := ring(t, path, keys, atrest.Limits{})
	b := box(t, r, "draft")
	elsewhere := box(t, ring(t, path, keys, atrest.Limits{}), "draft") // another process
	old, err := b.Seal("1", "g", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	if err := r.Rotate(t.Context(), "draft"); err != nil {
		t.Fatal(err)
	}
	if bytes.HasPrefix(old, b.Prefix()) {
		t.Error("the prefix did not change")
	}
	fresh, changed, err := b.Reseal("1", "g", old)
	if err != nil || !changed || !bytes.HasPrefix(fresh, b.Prefix()) {
		t.Fatalf("reseal: changed %v: %v", changed, err)
	}
	if _, changed, err := b.Reseal("1", "g", fresh); err != nil || changed {
		t.Errorf("resealed twice: %v", err)
	}
	if _, _, err := b.Reseal("2", "g", old); err != atrest.ErrSealed {
		t.Errorf("a moved row was resealed: %v", err)
	}
	for _, value := range [][]byte{old, fresh} {
		if plain, err := elsewhere.Open("1", "g", value); err != nil || string(plain) != "plain" {
			t.Errorf("the other process cannot open generation %x: %v", value[1:5], err)
		}
	}
	if err := r.Retire(t.Context(), "draft"); err != nil {
		t.Fatal(err)
	}
	after := box(t, ring(t, path, keys, atrest.Limits{}), "draft")
	if _, err := after.Open("1", "g", old); err != atrest.ErrSealed {
		t.Errorf("the retired generation opens: %v", err)
	}
	if _, err := after.Open("1", "g", fresh); err != nil {
		t.Errorf("the kept generation does not open: %v", err)
	}
}

func TestMasterKeyIsChecked(t *testing.T) {
	t.Parallel()
	keys, path := &memory{}, masterKey(t)
	r := ring(t, path, keys, atrest.Limits{})
	sealed, err := box(t, r, "draft").Seal("1", "g", []byte("plain"))
	if err != nil {
		t.Fatal(err)
	}
	index := r.Index("draft", "name").Of("a")
	fresh := masterKey(t)
	if _, err := atrest.OpenKeyring(t.Context(), fresh, keys); !errors.Is(err, atrest.ErrMasterKey) {
		t.Fatalf("a wrong master key: %v", err)
	}
	if err := r.ChangeMasterKey(t.Context(), fresh); err != nil {
		t.Fatal(err)
	}
	if _, err := atrest.OpenKeyring(t.Context(), path, keys); !errors.Is(err, atrest.ErrMasterKey) {
		t.Errorf("the old master key still opens: %v", err)
	}
	changed := ring(t, fresh, keys, atrest.Limits{})
	if plain, err := box(t, changed, "draft").Open("1", "g", sealed); err != nil || string(plain) != "plain" {
		t.Errorf("after the change: %v", err)
	}
	if !bytes.Equal(changed.Index("draft", "name").Of("a"), index) {
		t.Error("the index changed with the master key")
	}
	// A wrapped key moved to another table must not open there.
	keys.keys[0].Table, keys.keys[1].Table = keys.keys[1].Table, keys.keys[0].Table
	if _, err := atrest.OpenKeyring(t.Context(), fresh, keys); !errors.Is(err, atrest.ErrMasterKey) {
		t.Errorf("exchanged data keys: %v", err)
	}
}

func TestK7MasterKeyRefusesWideModes(t *testing.T) {
	t.Parallel()
	path := masterKey(t)
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("made with mode %v: %v", info.Mode(), err)
	}
	if err := atrest.CreateMasterKey(path); err == nil {
		t.Error("an existing key was overwritten")
	}
	for mode, good := range map[os.FileMode]bool{0o600: true, 0o400: true, 0o640: true, 0o644: false, 0o660: false, 0o601: false, 0o604: false} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := atrest.OpenKeyring(t.Context(), path, &memory{}); (err == nil) != good {
			t.Errorf("mode %04o: %v", mode, err)
		}
	}
}

func TestK7MasterKeyFormIsChecked(t *testing.T) {
	t.Parallel()
	raw := bytes.Repeat([]byte{0xab}, 32)
	for what, c := range map[string]struct {
		content []byte
		good    bool
	}{
		"raw":         {raw, true},
		"hexadecimal": {[]byte(hex.EncodeToString(raw)), true},
		"with a line": {[]byte(hex.EncodeToString(raw) + "\n"), true},
		"empty":       {nil, false},
		"short":       {raw[:31], false},
		"long":        {append(raw, 1), false},
		"no hex":      {[]byte(strings.Repeat("zz", 32)), false},
		"two keys":    {[]byte(strings.Repeat(hex.EncodeToString(raw), 2)), false},
	} {
		path := filepath.Join(t.TempDir(), "key")
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := atrest.OpenKeyring(t.Context(), path, &memory{})
		if (err == nil) != c.good {
			t.Errorf("%s: %v", what, err)
		}
		if err != nil && strings.Contains(err.Error(), "abab") {
			t.Errorf("%s: the error shows the key", what)
		}
	}
	if _, err := atrest.OpenKeyring(t.Context(), filepath.Join(t.TempDir(), "none"), &memory{}); err == nil {
		t.Error("a missing key was made silently")
	}
}

func TestIndexIsKeyedAndUnambiguous(t *testing.T) {
	t.Parallel()
	r := ring(t, masterKey(t), &memory{}, atrest.Limits{})
	x := r.Index("draft", "name")
	value := x.Of("ab", "c")
	if len(value) != atrest.IndexSize || !bytes.Equal(value, r.Index("draft", "name").Of("ab", "c")) {
		t.Error("equal values have different indexes")
	}
	for what, other := range map[string][]byte{
		"other parts":  x.Of("a", "bc"),
		"one part":     x.Of("abc"),
		"other column": r.Index("draft", "street").Of("ab", "c"),
		"other table":  r.Index("dra", "ftname").Of("ab", "c"),
		"other house":  ring(t, masterKey(t), &memory{}, atrest.Limits{}).Index("draft", "name").Of("ab", "c"),
	} {
		if bytes.Equal(value, other) {
			t.Errorf("%s: the same index", what)
		}
	}
}

func TestL3KeyringPrintsNoKey(t *testing.T) {
	t.Parallel()
	r := ring(t, masterKey(t), &memory{}, atrest.Limits{})
	holders := map[string]any{"keyring": r, "index": r.Index("draft", "name"), "copied index": *r.Index("draft", "name"), "box": box(t, r, "draft")}
	for what, holder := range holders {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d", "%x"} {
			if got := fmt.Sprintf(verb, holder); got != "[redacted]" {
				t.Errorf("%s with %s prints %s", what, verb, got)
			}
		}
		var out strings.Builder
		slog.New(slog.NewJSONHandler(&out, nil)).Info("test", "holder", holder)
		slog.New(slog.NewTextHandler(&out, nil)).Info("test", "holder", holder)
		encoded, err := json.Marshal(holder)
		if err != nil || string(encoded) != `"[redacted]"` || strings.Count(out.String(), "[redacted]") != 2 {
			t.Errorf("%s is encoded as %s, logged as %s: %v", what, encoded, out.String(), err)
		}
	}
}
