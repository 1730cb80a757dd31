// SPDX-License-Identifier: EUPL-1.2

package controlnumber

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/envelope/keyfile"
	"meldewerk/identity"
	"meldewerk/pseudonym"
)

// The vectors were computed apart from this code (HMAC of one library, AES of
// another) and are never edited: a profile that gives other numbers is another
// profile.
type vectors struct {
	Profile string
	Keys    map[string]string
	Cases   []struct {
		Name   string
		Person struct {
			Surname     string        `json:"surname"`
			FirstNames  string        `json:"first_names"`
			Title       string        `json:"title"`
			BirthName   string        `json:"birth_name"`
			FormerNames []string      `json:"former_names"`
			BirthDate   calendar.Date `json:"birth_date"`
			KVNR        string        `json:"kvnr"`
		}
		Values   map[string]string
		Storage  map[string]string
		Exchange map[string]string
	}
}

var day0 = time.Date(2026, 11, 21, 0, 0, 0, 0, time.UTC)

func key(t testing.TB, purpose string, generation int, secret []byte) keyfile.Key {
	t.Helper()
	k, err := keyfile.Of(purpose, generation, secret, day0)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func readVectors(t testing.TB) (vectors, *Keys) {
	t.Helper()
	text, err := os.ReadFile("testdata/kn-1.json")
	if err != nil {
		t.Fatal(err)
	}
	var v vectors
	if err := json.Unmarshal(text, &v); err != nil {
		t.Fatal(err)
	}
	secret := func(name string) []byte {
		b, err := hex.DecodeString(v.Keys[name])
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	keys, err := NewKeys(key(t, PurposeNational, 1, secret("national")), key(t, PurposeStorage, 1, secret("storage")),
		key(t, PurposeExchange+"test", 1, secret("exchange")))
	if err != nil {
		t.Fatal(err)
	}
	return v, keys
}

func texts(c pseudonym.ControlNumbers) map[string]string {
	m := map[string]string{}
	for s, n := range c.All() {
		m[s.String()] = n.Text()
	}
	return m
}

func TestFormGivesTheKnownAnswers(t *testing.T) {
	t.Parallel()
	v, keys := readVectors(t)
	if v.Profile != Profile {
		t.Fatalf("vectors are of %s, the code is %s", v.Profile, Profile)
	}
	storage, err := keys.Layer("storage/1")
	if err != nil {
		t.Fatal(err)
	}
	exchange, err := keys.Layer("exchange.test/1")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range v.Cases {
		p := identity.Person{Surname: c.Person.Surname, FirstNames: c.Person.FirstNames, Title: c.Person.Title,
			BirthName: c.Person.BirthName, FormerNames: c.Person.FormerNames, BirthDate: c.Person.BirthDate}
		if c.Person.KVNR != "" {
			p.Insurance.Statutory = &identity.StatutoryInsurance{Number: c.Person.KVNR}
		}
		if diff := cmp.Diff(c.Values, values(Standardise(p))); diff != "" {
			t.Errorf("%s: standardised values differ:\n%s", c.Name, diff)
		}
		stored, err := Form(p, keys)
		if err != nil {
			t.Fatal(err)
		}
		if stored.Profile != "kn-1" || stored.Generation != "storage/1" {
			t.Errorf("%s: profile %s, generation %s", c.Name, stored.Profile, stored.Generation)
		}
		if diff := cmp.Diff(c.Storage, texts(stored)); diff != "" {
			t.Errorf("%s: stored numbers differ:\n%s", c.Name, diff)
		}
		exchanged, err := Rekey(stored, storage, exchange)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(c.Exchange, texts(exchanged)); diff != "" {
			t.Errorf("%s: exchanged numbers differ:\n%s", c.Name, diff)
		}
	}
}

// values lays a Standard out by slots, as Form reads it.
func values(s Standard) map[string]string {
	m := map[string]string{}
	put := func(first pseudonym.Slot, list ...string) {
		for i, v := range list {
			if v != "" {
				m[(first + pseudonym.Slot(i)).String()] = v
			}
		}
	}
	put(pseudonym.KN1, s.Surname.Components...)
	put(pseudonym.KN4, s.FirstName.Components...)
	put(pseudonym.KN7, s.BirthName.Components...)
	put(pseudonym.KN10, s.FormerName.Components...)
	put(pseudonym.KN13, s.Day)
	put(pseudonym.KN15, s.Surname.Phonetic, s.FirstName.Phonetic, s.BirthName.Phonetic, s.FormerName.Phonetic)
	put(pseudonym.KN19, s.Titles...)
	put(pseudonym.KVNR, s.KVNR)
	return m
}

// Published examples of the Kölner Phonetik: the article of the German
// Wikipedia and the test cases of Apache Commons Codec.
func TestCologneGivesThePublishedCodes(t *testing.T) {
	t.Parallel()
	for word, code := range map[string]string{
		"Müller-Lüdenscheidt": "65752682", "Wikipedia": "3412", "Breschnew": "17863",
		"Meyer": "67", "Maier": "67", "Mayr": "67", "Meier": "67", "Mair": "67", "Meyr": "67", "Mejer": "67", "Major": "67",
		"mella": "65", "milah": "65", "moulla": "65", "mellah": "65", "muehle": "65", "mule": "65",
		"Aabjoe": "01", "Aaclan": "0856", "Aychlmajr": "04567", "bergisch-gladbach": "174845214",
		"müller": "657", "schmidt": "862", "schneider": "8627", "fischer": "387", "weber": "317", "wagner": "3467",
		"becker": "147", "hoffmann": "0366", "schäfer": "837", "peter": "127", "pharma": "376",
		"mönchengladbach": "664645214", "deutsch": "28", "deutz": "28", "hamburg": "06174", "hannover": "0637",
		"christstollen": "478256", "Xanthippe": "48621", "Zacharias": "8478", "Holzbau": "0581", "matsch": "68",
		"matz": "68", "Arbeitsamt": "071862", "Eberhard": "01772", "Eberhardt": "01772", "heithabu": "021",
		"Heinz": "068", "Classen": "4586", "a": "0", "e": "0", "i": "0", "o": "0", "u": "0", "ä": "0", "ö": "0", "ü": "0",
		"aa": "0", "ha": "0", "h": "", "aha": "0", "b": "1", "p": "1", "ph": "3", "f": "3", "v": "3", "w": "3", "g": "4",
		"k": "4", "q": "4", "x": "48", "ax": "048", "cx": "48", "l": "5", "cl": "45", "acl": "085", "mn": "6", "r": "7",
		"Straße": "8278", "Strasse": "8278", "": "", "123": "",
	} {
		if got := Cologne(word); got != code {
			t.Errorf("Cologne(%q) = %q, published is %q", word, got, code)
		}
	}
}
