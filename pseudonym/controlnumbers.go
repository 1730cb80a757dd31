// SPDX-License-Identifier: EUPL-1.2

package pseudonym

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
)

// maxProfile bounds the name of a standardisation profile read from outside.
const maxProfile = 32

// ControlNumbers is the Kontrollnummernsatz of one person: one Number per slot
// whose value was known. A missing value has no number; there is no number of
// the empty value. Sets are values: comparable with ==, safe to copy.
type ControlNumbers struct {
	// Profile is the version of the standardisation that made the values, e.g. "kn-1".
	Profile string
	// Generation names the key under which the numbers are written now.
	Generation Generation

	numbers [slotCount]Number
	present uint32
}

// Get gives the number in a slot and whether there is one.
func (c ControlNumbers) Get(s Slot) (Number, bool) {
	if !c.Has(s) {
		return Number{}, false
	}
	return c.numbers[s], true
}

// Has says whether the slot is filled.
func (c ControlNumbers) Has(s Slot) bool {
	return int(s) < slotCount && c.present&(1<<s) != 0
}

// Put fills a slot. A reserved slot is refused.
func (c *ControlNumbers) Put(s Slot, n Number) error {
	if !s.Valid() {
		return fmt.Errorf("slot %d of control numbers is reserved", uint8(s))
	}
	c.numbers[s] = n
	c.present |= 1 << s
	return nil
}

// All walks the filled slots in order.
func (c ControlNumbers) All() iter.Seq2[Slot, Number] {
	return func(yield func(Slot, Number) bool) {
		for s := range Slot(slotCount) {
			if c.Has(s) && !yield(s, c.numbers[s]) {
				return
			}
		}
	}
}

// Len counts the filled slots.
func (c ControlNumbers) Len() int {
	count := 0
	for range c.All() {
		count++
	}
	return count
}

// IsZero says that nothing is set at all.
func (c ControlNumbers) IsZero() bool { return c == ControlNumbers{} }

// Equal says that both sets are the same in every slot, formed under the same
// profile and generation.
func (c ControlNumbers) Equal(other ControlNumbers) bool { return c == other }

// Comparable says whether the numbers of two sets may be held against each
// other: same profile, same generation. Otherwise every inequality is empty of
// meaning.
func (c ControlNumbers) Comparable(other *ControlNumbers) bool {
	return c.Profile == other.Profile && c.Generation == other.Generation
}

// Agreement is the outcome of comparing one slot of two sets.
type Agreement uint8

// The outcomes.
const (
	Unknown   Agreement = iota // missing on a side, or the sets are not comparable
	Different                  // both known and unequal
	Agreed                     // both known and equal
)

// Agree compares one slot of two sets.
func (c ControlNumbers) Agree(other *ControlNumbers, s Slot) Agreement {
	if !c.Comparable(other) || !c.Has(s) || !other.Has(s) {
		return Unknown
	}
	if c.numbers[s] == other.numbers[s] {
		return Agreed
	}
	return Different
}

// Surname is the set of KN1 to KN3.
func (c ControlNumbers) Surname() Set { return c.set(KN1, KN3) }

// FirstName is the set of KN4 to KN6.
func (c ControlNumbers) FirstName() Set { return c.set(KN4, KN6) }

// BirthName is the set of KN7 to KN9.
func (c ControlNumbers) BirthName() Set { return c.set(KN7, KN9) }

// FormerName is the set of KN10 to KN12.
func (c ControlNumbers) FormerName() Set { return c.set(KN10, KN12) }

// Names is the set of KN1 to KN12: every name of the person, whatever its
// place, so that swapped fields and a changed surname can still meet.
func (c ControlNumbers) Names() Set { return c.set(KN1, KN12) }

// Phonetics is the set of KN15 to KN18.
func (c ControlNumbers) Phonetics() Set { return c.set(KN15, KN18) }

// Titles is the set of KN19 and KN20.
func (c ControlNumbers) Titles() Set { return c.set(KN19, KN20) }

func (c ControlNumbers) set(from, to Slot) Set {
	var members Set
	for s := from; s <= to; s++ {
		if c.Has(s) {
			members = append(members, c.numbers[s])
		}
	}
	slices.SortFunc(members, Number.Compare)
	return slices.Compact(members)
}

// Set is a set of numbers of one class, ordered and without repetition. Sets
// of two persons are compared, not positions, because the order of name
// components is an accident of the form.
type Set []Number

// Has says whether the number is a member.
func (s Set) Has(n Number) bool {
	_, found := slices.BinarySearchFunc(s, n, Number.Compare)
	return found
}

// Common counts the numbers both sets hold. The caller has made sure that the
// control numbers they come from are Comparable.
func (s Set) Common(other Set) int {
	count, i, j := 0, 0, 0
	for i < len(s) && j < len(other) {
		switch c := s[i].Compare(other[j]); {
		case c < 0:
			i++
		case c > 0:
			j++
		default:
			count, i, j = count+1, i+1, j+1
		}
	}
	return count
}

// String says how many slots are filled and hides the numbers.
func (c ControlNumbers) String() string {
	return fmt.Sprintf("%d control numbers %s", c.Len(), redacted)
}

// GoString hides the numbers.
func (c ControlNumbers) GoString() string { return c.String() }

// Format hides the numbers whatever the verb.
func (c ControlNumbers) Format(w fmt.State, _ rune) {
	_, _ = fmt.Fprint(w, c.String()) // fmt keeps the error of its own writer
}

// LogValue hides the numbers from logs.
func (c ControlNumbers) LogValue() slog.Value { return slog.StringValue(c.String()) }

// wire is the JSON form of a set.
type wire struct {
	Profile    string          `json:"profile"`
	Generation Generation      `json:"generation"`
	Numbers    map[Slot]Number `json:"numbers"`
}

// MarshalJSON gives the form that travels between the houses.
func (c ControlNumbers) MarshalJSON() ([]byte, error) {
	w := wire{c.Profile, c.Generation, make(map[Slot]Number, c.Len())}
	for s, n := range c.All() {
		w.Numbers[s] = n
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads that form. Profile and generation must be there; a
// reserved slot or a malformed number refuses the whole set.
func (c *ControlNumbers) UnmarshalJSON(data []byte) error {
	var w wire
	if err := json.Unmarshal(data, &w); err != nil {
		return errors.New("control numbers are malformed")
	}
	if w.Profile == "" || len(w.Profile) > maxProfile || w.Generation == "" {
		return errors.New("control numbers lack profile or key generation")
	}
	read := ControlNumbers{Profile: w.Profile, Generation: w.Generation}
	for s, n := range w.Numbers {
		if err := read.Put(s, n); err != nil {
			return err
		}
	}
	*c = read
	return nil
}
