// SPDX-License-Identifier: EUPL-1.2

package pseudonym

import "fmt"

// Class says which values may meet. Numbers of one class are formed alike, so
// that a surname can meet a birth name; numbers of two classes never agree,
// even when the values behind them do.
type Class string

// The classes.
const (
	Name     Class = "NAME"  // components of surname, first name, birth name, former name
	Phonetic Class = "PHON"  // phonetic codes of those names
	Day      Class = "DAY"   // day of birth
	Title    Class = "TITLE" // academic titles
	Insured  Class = "KVNR"  // immutable part of the health insurance number
)

// Slot is the place of a Kontrollnummer in the list the registries share.
// KN14 (name code of the GDR) and KN21, KN22 (Baden-Württemberg) are reserved
// and never formed.
type Slot uint8

// The slots, numbered as in the Manual der Epidemiologischen Krebsregistrierung.
const (
	KN1  Slot = 1  // Nachname, 1. Bestandteil
	KN2  Slot = 2  // Nachname, 2. Bestandteil
	KN3  Slot = 3  // Nachname, 3. Bestandteil
	KN4  Slot = 4  // Vorname, 1. Bestandteil
	KN5  Slot = 5  // Vorname, 2. Bestandteil
	KN6  Slot = 6  // Vorname, 3. Bestandteil
	KN7  Slot = 7  // Geburtsname, 1. Bestandteil
	KN8  Slot = 8  // Geburtsname, 2. Bestandteil
	KN9  Slot = 9  // Geburtsname, 3. Bestandteil
	KN10 Slot = 10 // Früherer Name, 1. Bestandteil
	KN11 Slot = 11 // Früherer Name, 2. Bestandteil
	KN12 Slot = 12 // Früherer Name, 3. Bestandteil
	KN13 Slot = 13 // Tag des Geburtsdatums
	KN15 Slot = 15 // phonetischer Code des Nachnamens
	KN16 Slot = 16 // phonetischer Code des Vornamens
	KN17 Slot = 17 // phonetischer Code des Geburtsnamens
	KN18 Slot = 18 // phonetischer Code des früheren Namens
	KN19 Slot = 19 // Titel, 1. Bestandteil
	KN20 Slot = 20 // Titel, 2. Bestandteil
	KVNR Slot = 23 // unveränderlicher Teil der Krankenversichertennummer
)

const slotCount = int(KVNR) + 1

// Slots lists every slot that is formed, in order.
func Slots() []Slot {
	return []Slot{KN1, KN2, KN3, KN4, KN5, KN6, KN7, KN8, KN9, KN10, KN11, KN12, KN13,
		KN15, KN16, KN17, KN18, KN19, KN20, KVNR}
}

// Class is the class of the numbers in this slot; empty for a reserved slot.
func (s Slot) Class() Class {
	switch {
	case s >= KN1 && s <= KN12:
		return Name
	case s == KN13:
		return Day
	case s >= KN15 && s <= KN18:
		return Phonetic
	case s == KN19 || s == KN20:
		return Title
	case s == KVNR:
		return Insured
	default:
		return ""
	}
}

// Valid says whether the slot is one that is formed.
func (s Slot) Valid() bool { return s.Class() != "" }

// String is the name of the slot, e.g. "KN15".
func (s Slot) String() string {
	if s == KVNR {
		return "KVNR"
	}
	return fmt.Sprintf("KN%d", uint8(s))
}

// ParseSlot reads the name of a slot; reserved and unknown ones are refused.
func ParseSlot(text string) (Slot, error) {
	for _, s := range Slots() {
		if s.String() == text {
			return s, nil
		}
	}
	return 0, fmt.Errorf("no such slot of control numbers")
}

// MarshalText gives the name of the slot.
func (s Slot) MarshalText() ([]byte, error) {
	if !s.Valid() {
		return nil, fmt.Errorf("slot %d of control numbers is reserved", uint8(s))
	}
	return []byte(s.String()), nil
}

// UnmarshalText reads the name of a slot.
func (s *Slot) UnmarshalText(text []byte) error {
	read, err := ParseSlot(string(text))
	if err != nil {
		return err
	}
	*s = read
	return nil
}
