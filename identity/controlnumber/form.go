// SPDX-License-Identifier: EUPL-1.2

package controlnumber

import (
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"hash"

	"meldewerk/identity"
	"meldewerk/pseudonym"
)

var errNoKeys = errors.New("form control numbers: no keys")

// Form makes the stored control numbers of an identity, under profile kn-1 and
// the newest storage key. What is missing or unusable forms no number, so the
// set may be small or empty; that is no error.
func Form(p identity.Person, keys *Keys) (pseudonym.ControlNumbers, error) {
	return FormStandard(Standardise(p), keys)
}

// FormStandard is Form for an identity that is standardised already.
func FormStandard(s Standard, keys *Keys) (pseudonym.ControlNumbers, error) {
	if keys == nil || keys.national == nil {
		return pseudonym.ControlNumbers{}, errNoKeys
	}
	layer, err := keys.Layer(keys.current)
	if err != nil {
		return pseudonym.ControlNumbers{}, errNoKeys
	}
	f := former{mac: hmac.New(sha256.New, keys.national), layer: layer}
	f.numbers.Profile = Profile
	f.numbers.Generation = layer.generation
	f.several(pseudonym.KN1, s.Surname.Components, maxComponents)
	f.several(pseudonym.KN4, s.FirstName.Components, maxComponents)
	f.several(pseudonym.KN7, s.BirthName.Components, maxComponents)
	f.several(pseudonym.KN10, s.FormerName.Components, maxComponents)
	f.one(pseudonym.KN13, s.Day)
	f.one(pseudonym.KN15, s.Surname.Phonetic)
	f.one(pseudonym.KN16, s.FirstName.Phonetic)
	f.one(pseudonym.KN17, s.BirthName.Phonetic)
	f.one(pseudonym.KN18, s.FormerName.Phonetic)
	f.several(pseudonym.KN19, s.Titles, maxTitles)
	f.one(pseudonym.KVNR, s.KVNR)
	return f.numbers, nil
}

// former fills one set.
type former struct {
	mac     hash.Hash
	layer   Layer
	sum     [sha256.Size]byte
	numbers pseudonym.ControlNumbers
}

// several fills neighbouring slots, at most so many.
func (f *former) several(first pseudonym.Slot, values []string, most int) {
	for i, value := range values[:min(len(values), most)] {
		f.one(first+pseudonym.Slot(i), value)
	}
}

// one fills a slot. The national number exists only inside this call.
func (f *former) one(s pseudonym.Slot, value string) {
	if value == "" {
		return
	}
	f.mac.Reset()
	f.mac.Write([]byte(s.Class()))
	f.mac.Write([]byte{0})
	f.mac.Write([]byte(value))
	var n pseudonym.Number
	copy(n[:], f.mac.Sum(f.sum[:0]))
	f.layer.block.Encrypt(n[:], n[:])
	_ = f.numbers.Put(s, n) // the slots above are all valid
}

// Rekey turns numbers of one layer into those of another, without names and
// without loss. Numbers of another generation than from's are refused.
func Rekey(numbers pseudonym.ControlNumbers, from, to Layer) (pseudonym.ControlNumbers, error) {
	if from.block == nil || to.block == nil {
		return pseudonym.ControlNumbers{}, errors.New("re-key control numbers: no keys")
	}
	if numbers.Generation != from.generation {
		return pseudonym.ControlNumbers{}, errors.New("re-key control numbers: they are of another generation")
	}
	rekeyed := pseudonym.ControlNumbers{Profile: numbers.Profile, Generation: to.generation}
	for s, n := range numbers.All() {
		from.block.Decrypt(n[:], n[:])
		to.block.Encrypt(n[:], n[:])
		if err := rekeyed.Put(s, n); err != nil {
			return pseudonym.ControlNumbers{}, err
		}
	}
	return rekeyed, nil
}
