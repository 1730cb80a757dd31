// SPDX-License-Identifier: EUPL-1.2

package chiffrat

import (
	"crypto/ecdh"
	"crypto/hpke"
	"crypto/mlkem"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"meldewerk/calendar"
	"meldewerk/envelope/keyfile"
	"meldewerk/identity"
	"meldewerk/pseudonym"
)

var day0 = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

const (
	refA = pseudonym.ReportRef("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")
	refB = pseudonym.ReportRef("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb")
)

// sample is a person with every field filled.
func sample() identity.Person {
	address := identity.Address{Street: "Lange Straße", House: "7a", Country: "DE", PostalCode: "30159", Place: "Hannover"}
	return identity.Person{
		Surname: "Probe-Łöß", FirstNames: "Änne Maria", Title: "Dr.", Suffix: "Gräfin", Prefix: "von", BirthName: "Muster<&>", FormerNames: []string{"Früher", "Ehedem"},
		Sex: identity.Female, BirthDate: calendar.Date{Year: 1954, Month: 3, Day: 7, Accuracy: calendar.Exact}, Address: address,
		Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Insurer: "101234567", Number: "A123456780"}},
		Childhood: &identity.Childhood{Consent: "1", AddressAtBirth: &address, PlaceOfBirth: &identity.Address{Place: "Celle"}, NoSyndrome: "N",
			Syndromes: []identity.Syndrome{{Name: "Probe", Genes: []string{"X1", "X2"}}}},
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func macKey(generation int) keyfile.Key {
	return must(keyfile.New(PurposeMAC, generation, macKeySize, day0))
}

func registry(name string, keys ...keyfile.Key) Registry {
	return must(NewRegistry(name, must(NewMACKeys(keys...))))
}

func TestOpenGivesBackWhatWasSealed(t *testing.T) {
	t.Parallel()
	key, r := must(GenerateKey()), registry("KKN", macKey(1))
	for _, p := range []identity.Person{
		{}, sample(), {Surname: "Kunz"},
		{Insurance: identity.Insurance{Private: &identity.PrivateInsurance{Insurer: "168140031", Number: "1", Subsidy: "2"}}},
		{Insurance: identity.Insurance{Other: &identity.OtherInsurance{Substitute: "970000011", Insurer: "1", InsurerName: "2", Number: "3"}}},
	} {
		c := must(r.Seal(p, refA, key.Public()))
		if c.Version() != 1 || c.KEM() != 0x0050 || c.KeyID() != key.Public().ID() {
			t.Errorf("head says version %d, KEM %04x, key %s", c.Version(), c.KEM(), c.KeyID())
		}
		if err := r.Verify(c, refA); err != nil {
			t.Fatal(err)
		}
		if got := must(r.Open(c, refA, key)); !reflect.DeepEqual(got, p) {
			t.Error("another person came out")
		}
	}
	one, two := must(r.Seal(sample(), refA, key.Public())), must(r.Seal(sample(), refA, key.Public()))
	if one.Equal(two) {
		t.Error("the same person sealed twice gives the same bytes")
	}
}

// TestContentKeepsEveryField fills every field of a Person that there is, so
// that a field added to identity.Person and forgotten here is noticed.
func TestContentKeepsEveryField(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var p identity.Person
		fill(t, reflect.ValueOf(&p).Elem())
		got, err := decode(must(encode(p)))
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, p) {
			t.Fatalf("a field is lost or changed")
		}
	})
}

func fill(t *rapid.T, v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(t, v.Field(i))
		}
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(t, v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1+rapid.IntRange(0, 2).Draw(t, "length"), 3))
		for i := range v.Len() {
			fill(t, v.Index(i))
		}
	case reflect.String:
		v.SetString("s" + rapid.String().Draw(t, "text"))
	case reflect.Int16:
		v.SetInt(int64(rapid.Int16().Draw(t, "number")))
	case reflect.Uint8:
		v.SetUint(uint64(rapid.Uint8().Draw(t, "number")))
	default:
		t.Fatalf("identity.Person holds a %s: encode and this test must learn it", v.Kind())
	}
}

// TestK3EveryChangeFailsAlike flips every bit, cuts at every length, swaps
// references, registries and keys: always ErrOpen, always the zero Person.
func TestK3EveryChangeFailsAlike(t *testing.T) {
	t.Parallel()
	key, mac := must(GenerateKey()), macKey(1)
	r := registry("KKN", mac)
	whole := must(r.Seal(sample(), refA, key.Public())).Bytes()
	refuse := func(what string, r Registry, bytes []byte, ref pseudonym.Reference, with PrivateKey) {
		t.Helper()
		c, err := pseudonym.ParseChiffrat(bytes)
		if err != nil {
			return // not even taken as a Chiffrat
		}
		p, err := r.Open(c, ref, with)
		if err != ErrOpen { //nolint:errorlint // the very same error is the point
			t.Fatalf("%s: error %v", what, err)
		}
		if !reflect.DeepEqual(p, identity.Person{}) {
			t.Fatalf("%s: a person came out", what)
		}
	}
	for bit := range len(whole) * 8 {
		whole[bit/8] ^= 1 << (bit % 8)
		refuse(fmt.Sprintf("bit %d flipped", bit), r, whole, refA, key)
		whole[bit/8] ^= 1 << (bit % 8)
	}
	for length := range len(whole) {
		refuse(fmt.Sprintf("cut to %d bytes", length), r, whole[:length], refA, key)
	}
	refuse("lengthened by a byte", r, append(whole[:len(whole):len(whole)], 0), refA, key)
	refuse("lengthened by a step", r, append(whole[:len(whole):len(whole)], make([]byte, padding)...), refA, key)
	refuse("another record", r, whole, refB, key)
	refuse("the same digits of another kind", r, whole, pseudonym.PatientRef(refA), key)
	refuse("no reference", r, whole, nil, key)
	refuse("a malformed reference", r, whole, pseudonym.ReportRef("x"), key)
	refuse("another registry", registry("EKN", mac), whole, refA, key)
	refuse("another trust centre", registry("KKN", macKey(1)), whole, refA, key)
	refuse("another generation of the MAC key", registry("KKN", macKey(2)), whole, refA, key)
	refuse("a registry without keys", Registry{}, whole, refA, key)
	renumbered := must(keyfile.Of(PurposeMAC, 2, mac.Secret(), day0))
	refuse("the MAC key under another generation", registry("KKN", renumbered), whole, refA, key)
	for what, err := range map[string]error{
		"another record":   r.Verify(must(pseudonym.ParseChiffrat(whole)), refB),
		"another registry": registry("EKN", mac).Verify(must(pseudonym.ParseChiffrat(whole)), refA),
	} {
		if err != ErrOpen { //nolint:errorlint // the very same error is the point
			t.Errorf("%s is not noticed without the private key", what)
		}
	}
	refuse("another private key", r, whole, refA, must(GenerateKey()))
	refuse("no private key", r, whole, refA, PrivateKey{})
	if _, err := r.Open(pseudonym.Chiffrat{}, refA, key); err != ErrOpen { //nolint:errorlint // as above
		t.Error("no Chiffrat opened")
	}
	if _, err := r.Open(must(pseudonym.ParseChiffrat(whole)), refA, key); err != nil {
		t.Error("the untouched Chiffrat does not open any more")
	}
}

// TestK3ContentIsBoundWithoutTheMAC: the MAC is checked first, so what HPKE
// itself binds is looked at with MACs made anew, as the trust centre could.
func TestK3ContentIsBoundWithoutTheMAC(t *testing.T) {
	t.Parallel()
	key, mac := must(GenerateKey()), macKey(1)
	kkn, ekn := registry("KKN", mac), registry("EKN", mac)
	body := must(kkn.Seal(sample(), refA, key.Public())).Bytes()
	body = body[:len(body)-macSize]
	sign := func(r Registry, ref pseudonym.Reference, body []byte) pseudonym.Chiffrat {
		secret := r.macs.byGeneration[1]
		return must(pseudonym.ParseChiffrat(r.mac(secret, ref, body).Sum(body[:len(body):len(body)])))
	}
	if _, err := kkn.Open(sign(kkn, refA, body), refA, key); err != nil {
		t.Fatal("the signature of this test does not fit")
	}
	changed := append([]byte(nil), body...)
	changed[len(changed)-20] ^= 1
	point := append([]byte(nil), body...)
	point[headerSize+1088] = 9 // no longer a point of the curve
	foreign := append([]byte(nil), body...)
	foreign[3] ^= 1 // the id of another key
	for what, open := range map[string]func() error{
		"another record":   func() error { _, err := kkn.Open(sign(kkn, refB, body), refB, key); return err },
		"another registry": func() error { _, err := ekn.Open(sign(ekn, refA, body), refA, key); return err },
		"changed content":  func() error { _, err := kkn.Open(sign(kkn, refA, changed), refA, key); return err },
		"no point":         func() error { _, err := kkn.Open(sign(kkn, refA, point), refA, key); return err },
		"another key's id": func() error { _, err := kkn.Open(sign(kkn, refA, foreign), refA, key); return err },
	} {
		if err := open(); err != ErrOpen { //nolint:errorlint // the very same error is the point
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestK3MalformedContentFailsAlike: even content that the right keys sealed.
func TestK3MalformedContentFailsAlike(t *testing.T) {
	t.Parallel()
	good := must(encode(sample()))
	for what, content := range map[string][]byte{
		"empty":             {},
		"no step":           good[:len(good)-1],
		"length too large":  append([]byte{0, 0, 255, 255}, good[4:]...),
		"a step too many":   append(good[:len(good):len(good)], make([]byte, padding)...),
		"padding not zero":  append(good[:len(good)-1:len(good)-1], 1),
		"not JSON":          append([]byte{0, 0, 0, 252}, make([]byte, 252)...),
		"two values":        content(`{"surname":"a","first_names":"b"}{}`),
		"an unknown field":  content(`{"surname":"a","first_names":"b","later":1}`),
		"half of a value":   content(`{"surname":"a"`),
		"a value too large": content(`{"birth_date":{"year":99999}}`),
	} {
		if _, err := decode(content); err == nil {
			t.Errorf("%s: read", what)
		}
	}
	key, r := must(GenerateKey()), registry("KKN", macKey(1))
	enc, sender, err := hpke.NewSender(key.Public().key, hpke.HKDFSHA256(), hpke.AES256GCM(), r.info())
	if err != nil {
		t.Fatal(err)
	}
	sealed := must(sender.Seal([]byte(refA.Reference()), make([]byte, padding)))
	id := key.Public().id
	whole := append([]byte{1, 0, 0x50}, id[:]...)
	whole = append(append(append(whole, 0, 1), enc...), sealed...)
	whole = r.mac(r.macs.byGeneration[1], refA, whole).Sum(whole)
	if _, err := r.Open(must(pseudonym.ParseChiffrat(whole)), refA, key); err != ErrOpen { //nolint:errorlint // as above
		t.Errorf("content that is no person: %v", err)
	}
}

func content(text string) []byte {
	c := append([]byte{0, 0, 0, byte(len(text))}, text...)
	return append(c, make([]byte, padding-len(c))...)
}

// TestK3LengthsFallIntoFewClasses: what the length tells about 10,000 persons.
func TestK3LengthsFallIntoFewClasses(t *testing.T) {
	t.Parallel()
	lengths := map[int]int{}
	for i := range 10_000 {
		p := identity.Person{
			Surname: strings.Repeat("x", 2+i%37), FirstNames: strings.Repeat("y", 2+i%23), Sex: identity.Male,
			BirthDate: calendar.Date{Year: 1950, Month: 1, Day: 1, Accuracy: calendar.Exact},
			Address:   identity.Address{Street: strings.Repeat("z", 4+i%31), House: "1", Country: "DE", PostalCode: "30159", Place: strings.Repeat("w", 3+i%19)},
			Insurance: identity.Insurance{Statutory: &identity.StatutoryInsurance{Insurer: "101234567", Number: "A123456780"}},
		}
		if i%3 == 0 {
			p.BirthName = strings.Repeat("v", 3+i%20)
		}
		lengths[len(must(encode(p)))]++
	}
	if len(lengths) > 3 {
		t.Errorf("10,000 persons have %d lengths: %v", len(lengths), lengths)
	}
	for length := range lengths {
		if length%padding != 0 {
			t.Errorf("length %d is no step", length)
		}
	}
}

func TestSealRefusesWhatCouldNotBeOpened(t *testing.T) {
	t.Parallel()
	key, r := must(GenerateKey()), registry("KKN", macKey(1))
	huge := identity.Person{Surname: strings.Repeat("x", pseudonym.MaxChiffrat)}
	for what, seal := range map[string]func() (pseudonym.Chiffrat, error){
		"no public key":       func() (pseudonym.Chiffrat, error) { return r.Seal(sample(), refA, PublicKey{}) },
		"no reference":        func() (pseudonym.Chiffrat, error) { return r.Seal(sample(), nil, key.Public()) },
		"malformed reference": func() (pseudonym.Chiffrat, error) { return r.Seal(sample(), pseudonym.ReportRef(""), key.Public()) },
		"no registry":         func() (pseudonym.Chiffrat, error) { return Registry{}.Seal(sample(), refA, key.Public()) },
		"a huge person":       func() (pseudonym.Chiffrat, error) { return r.Seal(huge, refA, key.Public()) },
	} {
		if c, err := seal(); err == nil || !c.IsZero() || strings.Contains(err.Error(), "xxx") {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, name := range []string{"", strings.Repeat("x", maxName+1)} {
		if _, err := NewRegistry(name, r.macs); err == nil {
			t.Errorf("a registry named with %d bytes was taken", len(name))
		}
	}
	if _, err := NewRegistry("KKN", MACKeys{}); err == nil {
		t.Error("a registry without MAC key was taken")
	}
}

func TestMACKeysAreTurnedOver(t *testing.T) {
	t.Parallel()
	key, old, next := must(GenerateKey()), macKey(1), macKey(2)
	before := must(registry("KKN", old).Seal(sample(), refA, key.Public()))
	both := registry("KKN", old, next)
	after := must(both.Seal(sample(), refA, key.Public()))
	for _, c := range []pseudonym.Chiffrat{before, after} {
		if err := both.Verify(c, refA); err != nil {
			t.Error(err)
		}
	}
	if err := registry("KKN", old).Verify(after, refA); !errors.Is(err, ErrOpen) {
		t.Error("sealed under the old MAC key after the change")
	}
}

var writeVector = flag.Bool("write-vector", false, "write a further frozen vector; never done for an existing version")

type vector struct {
	Version    int      `json:"version"`
	Registry   string   `json:"registry"`
	Reference  string   `json:"reference"`
	PrivateKey string   `json:"private_key"`
	PublicKey  string   `json:"public_key"`
	MACKey     string   `json:"mac_key"`
	MACKeyGen  int      `json:"mac_key_generation"`
	Person     personV1 `json:"person"`
	Chiffrat   string   `json:"chiffrat"`
}

// TestK2FrozenVectorsOpen re-opens Chiffrate made when the form was fixed. The
// hybrid key encapsulation follows a draft standard: when a new Go no longer
// opens these, no Chiffrat in any registry opens any more.
func TestK2FrozenVectorsOpen(t *testing.T) {
	t.Parallel()
	const path = "testdata/v1.json"
	if *writeVector {
		writeFrozen(t, path)
	}
	var v vector
	if err := json.Unmarshal(must(os.ReadFile(path)), &v); err != nil {
		t.Fatal(err)
	}
	key := must(PrivateKeyOf(must(hex.DecodeString(v.PrivateKey))))
	if text := must(key.Public().MarshalText()); strings.TrimSpace(string(text)) != v.PublicKey {
		t.Error("the private key no longer has its public key")
	}
	mac := must(keyfile.Of(PurposeMAC, v.MACKeyGen, must(hex.DecodeString(v.MACKey)), day0))
	r := registry(v.Registry, mac)
	c := must(pseudonym.ParseChiffrat(must(base64.StdEncoding.DecodeString(v.Chiffrat))))
	if int(c.Version()) != v.Version || c.KEM() != 0x0050 {
		t.Errorf("version %d, KEM %04x", c.Version(), c.KEM())
	}
	p, err := r.Open(c, must(pseudonym.ParseRef[pseudonym.ReportRef](v.Reference)), key)
	if err != nil {
		t.Fatal("the frozen Chiffrat does not open")
	}
	if diff := cmp.Diff(toV1(p), v.Person); diff != "" {
		t.Errorf("another person came out:\n%s", diff)
	}
}

func writeFrozen(t *testing.T, path string) {
	t.Helper()
	if _, err := os.Stat(path); err == nil {
		t.Fatal("a frozen vector is never written again")
	}
	key, mac := must(GenerateKey()), macKey(3)
	r := registry("Klinisches Krebsregister Probe", mac)
	v := vector{Version: 1, Registry: r.name, Reference: string(refA), PrivateKey: hex.EncodeToString(must(key.Secret())),
		PublicKey: strings.TrimSpace(string(must(key.Public().MarshalText()))), MACKey: hex.EncodeToString(mac.Secret()), MACKeyGen: 3,
		Person: toV1(sample()), Chiffrat: base64.StdEncoding.EncodeToString(must(r.Seal(sample(), refA, key.Public())).Bytes())}
	if err := os.WriteFile(path, append(must(json.MarshalIndent(v, "", "  ")), '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

// TestKeyInAnHSMOpens: a private key that only answers, as a token's does.
func TestKeyInAnHSMOpens(t *testing.T) {
	t.Parallel()
	pq := must(mlkem.GenerateKey768())
	classical := must(ecdh.P256().GenerateKey(nil))
	key := must(NewPrivateKey(must(hpke.NewHybridPrivateKey(pq, classical))))
	r := registry("KKN", macKey(1))
	c := must(r.Seal(sample(), refA, key.Public()))
	if got := must(r.Open(c, refA, key)); !reflect.DeepEqual(got, sample()) {
		t.Error("another person came out")
	}
	if _, err := key.Secret(); err == nil {
		t.Error("a key without seed gave its secret")
	}
	if _, err := WritePrivateKey(t.TempDir(), key, 1, day0); err == nil {
		t.Error("a key without seed was written")
	}
	other := must(hpke.MLKEM768X25519().GenerateKey())
	for _, k := range []hpke.PrivateKey{nil, other} {
		if _, err := NewPrivateKey(k); err == nil {
			t.Error("a private key of another kind was taken")
		}
	}
}

func FuzzOpen(f *testing.F) {
	key, r := must(GenerateKey()), registry("KKN", macKey(1))
	f.Add(must(r.Seal(sample(), refA, key.Public())).Bytes())
	f.Add([]byte{1})
	f.Fuzz(func(t *testing.T, whole []byte) {
		c, err := pseudonym.ParseChiffrat(whole)
		if err != nil {
			return
		}
		if _, err := r.Open(c, refB, key); err != ErrOpen { //nolint:errorlint // the very same error is the point
			t.Fatal("opened, or another error")
		}
		if p, err := decode(whole); err == nil {
			if _, err := encode(p); err != nil {
				t.Fatal("what was read cannot be written")
			}
		}
	})
}

func BenchmarkSealOpen(b *testing.B) {
	key, r := must(GenerateKey()), registry("KKN", macKey(1))
	for b.Loop() {
		must(r.Open(must(r.Seal(sample(), refA, key.Public())), refA, key))
	}
}
