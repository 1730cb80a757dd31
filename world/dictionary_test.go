// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"crypto/aes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/csv"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meldewerk/identity"
	"meldewerk/identity/controlnumber"
	"meldewerk/internal/database"
	"meldewerk/report"
	"meldewerk/testkit/leak"
)

// commonNames reads the most frequent names of the public tables beside the
// project; without them the names of the persons themselves must do.
func commonNames(t *testing.T) []string {
	t.Helper()
	var names []string
	for file, most := range map[string]int{"gecko_de_last-name.csv": 1000, "gecko_de_given-name-gender.csv": 1000} {
		table, err := os.Open(filepath.Join(root(t), "..", "shared", "linkage", "names", file))
		if err != nil {
			t.Logf("%s is not beside the project: only the persons' own names are tried", file)
			continue
		}
		rows := csv.NewReader(table)
		rows.FieldsPerRecord = -1
		for range most {
			row, err := rows.Read()
			if err != nil {
				break
			}
			names = append(names, row[0])
		}
		must(t, table.Close())
	}
	return names
}

// spellings are the forms in which a name could have been hashed.
func spellings(name string) []string {
	upper := strings.ToUpper(name)
	plain := strings.NewReplacer("Ä", "AE", "Ö", "OE", "Ü", "UE", "ß", "SS", "ẞ", "SS").Replace(upper)
	return []string{name, strings.ToLower(name), upper, plain, strings.ToLower(plain), controlnumber.Cologne(name)}
}

// wantDictionaryToFail tries the commonest names, and the very names of the
// persons, against the registry's data with every key that the registry has.
// Spec: DOMAIN §8 rule 2
func (p *plant) wantDictionaryToFail(t *testing.T, v *leak.Vault, reports []*report.Report) {
	stored := map[[16]byte]bool{}
	err := p.Registry.Ground().DB.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		for _, query := range []string{`SELECT number FROM record_number`, `SELECT name_key FROM record WHERE name_key IS NOT NULL`} {
			rows, err := tx.QueryContext(ctx, query)
			if err != nil {
				return err
			}
			for rows.Next() {
				var number []byte
				if err := rows.Scan(&number); err != nil {
					return err
				}
				stored[[16]byte(number)] = true
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	must(t, err)
	if len(stored) == 0 {
		t.Fatal("the registry holds no control numbers to attack")
	}
	words := map[string]bool{}
	names := commonNames(t)
	for _, r := range reports {
		names = append(append(names, strings.Fields(r.Person.Surname)...), strings.Fields(r.Person.FirstNames)...)
	}
	for _, name := range names {
		for _, form := range spellings(name) {
			words[form] = true
		}
	}

	// With the trust centre's keys the same words do hit: the attack is one.
	keys, err := controlnumber.LoadKeys(p.layout.Configs().TrustCentre.Keys)
	must(t, err)
	hits := 0
	for _, name := range names {
		numbers, err := controlnumber.Form(identity.Person{Surname: name, FirstNames: name}, keys)
		must(t, err)
		for _, number := range numbers.All() {
			if stored[number] {
				hits++
			}
		}
	}
	if hits == 0 {
		t.Fatal("the words hit nothing even with the trust centre's keys: the attack is blind")
	}

	secrets := map[string]bool{"": true}
	for _, s := range v.Secrets() {
		secrets[string(s)] = true
	}
	broken := 0
	try := func(number []byte) {
		if stored[[16]byte(number[:16])] {
			broken++
		}
	}
	for secret := range secrets {
		mac := hmac.New(sha256.New, []byte(secret))
		for word := range words {
			for _, text := range []string{word, "NAME\x00" + word, "PHON\x00" + word} {
				mac.Reset()
				_, _ = mac.Write([]byte(text)) // a hash never returns an error
				sum := mac.Sum(nil)
				try(sum)
				if block, err := aes.NewCipher([]byte(secret)); err == nil {
					block.Encrypt(sum, sum[:16])
					try(sum)
				}
			}
		}
	}
	for word := range words {
		a, b, c := md5.Sum([]byte(word)), sha1.Sum([]byte(word)), sha256.Sum256([]byte(word))
		try(a[:])
		try(b[:])
		try(c[:])
	}
	if broken > 0 {
		t.Errorf("%d words were found in the registry with the registry's own keys", broken)
	}
	t.Logf("%d words, %d secrets of the registry, %d stored numbers: no hit; %d with the trust centre's keys", len(words), len(secrets), len(stored), hits)
}
