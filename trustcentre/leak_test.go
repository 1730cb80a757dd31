// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"meldewerk/envelope/keyfile"
	"meldewerk/exchange/submission"
	"meldewerk/identity"
	"meldewerk/identity/controlnumber"
	"meldewerk/internal/database"
	"meldewerk/internal/house"
	"meldewerk/pseudonym"
	"meldewerk/report"
)

const marker = "Qzxmarke"

// secrets are the values of a person that must not be found, with what they are.
func secrets(r *report.Report) map[string]string {
	p, d := &r.Person, r.Person.BirthDate
	found := map[string]string{
		"surname": p.Surname, "first names": p.FirstNames, "birth name": p.BirthName, "street": p.Address.Street,
		"insurance number": p.Insurance.InsuredNumber(), "patient number": string(r.Patient), "report id": string(r.ID),
	}
	for i, name := range p.FormerNames {
		found["former name "+strconv.Itoa(i)] = name
	}
	if d.IsExact() {
		found["birth day, ISO"] = fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
		found["birth day, German"] = fmt.Sprintf("%02d.%02d.%04d", d.Day, d.Month, d.Year)
		found["birth day, plain"] = fmt.Sprintf("%04d%02d%02d", d.Year, d.Month, d.Day)
	}
	for what, value := range found {
		if len(value) < 6 { // too short to be told from chance
			delete(found, what)
		}
	}
	return found
}

// spellings are the bytes as which a value might lie in a file.
func spellings(value string) map[string][]byte {
	raw := []byte(value)
	little, big := []byte{}, []byte{}
	for _, unit := range utf16.Encode([]rune(value)) {
		little = append(little, byte(unit), byte(unit>>8))
		big = append(big, byte(unit>>8), byte(unit))
	}
	all := map[string][]byte{"UTF-8": raw, "lower case": []byte(strings.ToLower(value)), "UTF-16LE": little, "UTF-16BE": big,
		"hex": []byte(hex.EncodeToString(raw)), "HEX": []byte(strings.ToUpper(hex.EncodeToString(raw)))}
	quoted, _ := json.Marshal(value) // a string always encodes
	all["JSON"] = bytes.Trim(quoted, `"`)
	for shift := range 3 { // base64 of a value looks different at each place in a group of three
		text := base64.RawStdEncoding.EncodeToString(append(make([]byte, shift), raw...))
		if from, to := (shift*8+5)/6, len(text)-2; to-from >= 8 {
			all["base64/"+strconv.Itoa(shift)] = []byte(text[from:to])
		}
	}
	return all
}

// search says where any secret of the reports stands in the values.
func search(t *testing.T, values map[string][]byte, reports []*report.Report) {
	t.Helper()
	patterns := map[string]string{strings.ToLower(marker): "marker in lower case"}
	for _, r := range reports {
		for what, value := range secrets(r) {
			for how, pattern := range spellings(value) {
				patterns[string(pattern)] = what + " in " + how
			}
		}
	}
	var all bytes.Buffer
	for _, content := range values {
		all.Write(content)
		all.WriteByte(0)
	}
	lower := bytes.ToLower(all.Bytes())
	for pattern, what := range patterns {
		in := all.Bytes()
		if strings.HasSuffix(what, "lower case") {
			in = lower
		}
		if !bytes.Contains(in, []byte(pattern)) {
			continue
		}
		for where, content := range values {
			if bytes.Contains(bytes.ToLower(content), bytes.ToLower([]byte(pattern))) {
				t.Errorf("%s holds the %s", where, what)
			}
		}
	}
}

// remains says where a piece of one of the contents lies in a raw file.
func remains(t *testing.T, raw map[string][]byte, contents [][]byte) {
	t.Helper()
	const piece, head = 48, 8
	pieces := map[string][]byte{}
	for _, content := range contents {
		for at := 0; at+piece <= len(content); at += piece {
			pieces[string(content[at:at+head])] = content[at : at+piece]
		}
	}
	for where, file := range raw {
		for at := 0; at+piece <= len(file); at++ {
			if p, known := pieces[string(file[at:at+head])]; known && bytes.Equal(p, file[at:at+piece]) {
				t.Fatalf("%s still holds a piece of a sealed identity, at byte %d", where, at)
			}
		}
	}
}

// sealedColumn is a column whose values a house can open with its own keys.
type sealedColumn struct {
	table, key, column, group string
}

// opened gives every value of the columns, opened with the house's own keys,
// and every value of all other columns as it stands.
func opened(t *testing.T, g *house.Ground, columns []sealedColumn) map[string][]byte {
	t.Helper()
	values := map[string][]byte{}
	for _, c := range columns {
		box, err := g.Keyring.Box(t.Context(), c.table)
		if err != nil {
			t.Fatal(err)
		}
		err = g.DB.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
			rows, err := tx.QueryContext(ctx, `SELECT `+c.key+`, `+c.column+` FROM `+c.table+` WHERE `+c.column+` IS NOT NULL`)
			if err != nil {
				return err
			}
			defer func() { _ = rows.Close() }() // Err tells what Close would
			for rows.Next() {
				var key string
				var sealed []byte
				if err := rows.Scan(&key, &sealed); err != nil {
					return err
				}
				plain, err := box.Open(key, c.group, sealed)
				if err != nil {
					return fmt.Errorf("%s.%s does not open: %w", c.table, c.column, err)
				}
				values[c.table+"."+c.column+" of "+key] = plain
			}
			return rows.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return values
}

// files are the raw files of a house: database, write-ahead log, keys. On
// PostgreSQL there are none that a test could read.
func files(t *testing.T, database, keys string) map[string][]byte {
	t.Helper()
	found := map[string][]byte{}
	if path, is := strings.CutPrefix(database, "sqlite:"); is {
		for _, suffix := range []string{"", "-wal", "-shm", "-journal"} {
			if content, err := os.ReadFile(path + suffix); err == nil {
				found["file"+suffix] = content
			}
		}
		if len(found) == 0 {
			t.Fatal("there is no database file")
		}
	}
	err := filepath.WalkDir(keys, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		found["key file "+entry.Name()] = content
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

var centreColumns = []sealedColumn{
	{table: "dossier", key: "id", column: "content", group: "content"}, {table: "dossier", key: "id", column: "view", group: "view"},
	{table: "dossier", key: "id", column: "record", group: "record"}, {table: "completion", key: "notice_id", column: "item", group: "item"},
	{table: "reference", key: "report_ref", column: "chiffrat", group: "chiffrat"},
	{table: "query", key: "id", column: "question", group: "question"},
}

// TestC3TrustCentreKeepsNoIdentityAfterCompletion opens everything that is left
// with the trust centre's own keys. Of what was there before it looks for the
// very bytes in the raw files: what is gone must not lie in a free page, the
// unused part of a page or the write-ahead log, where the keys would open it.
func TestC3TrustCentreKeepsNoIdentityAfterCompletion(t *testing.T) {
	onBoth(t, "ekn", func(t *testing.T, w *world) {
		reports := w.reports(20, marker)
		receipt := w.submit(delivery{perPart: 20}, reports...)
		envelopes, err := w.portal.Next(t.Context(), 100)
		w.must(err)
		for range len(envelopes) + 1 {
			_, err := w.tc.Step(t.Context())
			w.must(err) // the registry does not work meanwhile
		}
		before := w.sealedIdentities()
		for i := range envelopes {
			before = append(before, envelopes[i].Sealed)
		}
		if len(before) < 2*len(reports) || !w.holdsMarker() {
			t.Fatalf("only %d sealed identities lie there before completion", len(before))
		}
		w.settle()
		w.arrived(receipt, reports)
		if wal, there := files(t, w.centre.Database, w.centre.Keys)["file-wal"]; there { // at once, not only after the hourly purge
			remains(t, map[string][]byte{"the write-ahead log": wal}, before)
		}
		w.pass(2 * time.Hour)
		w.settle()
		search(t, opened(t, w.tc.Ground(), centreColumns), reports)
		raw := files(t, w.centre.Database, w.centre.Keys)
		search(t, raw, reports)
		remains(t, raw, before)
	})
}

// sealedIdentities are the sealed values of reports and views as they lie in
// the database now.
func (w *world) sealedIdentities() [][]byte {
	w.t.Helper()
	var sealed [][]byte
	err := w.tc.Ground().DB.Read(w.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		for _, column := range []string{"content", "view"} {
			rows, err := tx.QueryContext(ctx, `SELECT `+column+` FROM dossier WHERE `+column+` IS NOT NULL`)
			if err != nil {
				return err
			}
			for rows.Next() {
				var one []byte
				if err := rows.Scan(&one); err != nil {
					return err
				}
				sealed = append(sealed, one)
			}
			if err := rows.Close(); err != nil {
				return err
			}
		}
		return nil
	})
	w.must(err)
	return sealed
}

// holdsMarker is the control: while reports are under work the search finds them.
func (w *world) holdsMarker() bool {
	for where, content := range opened(w.t, w.tc.Ground(), centreColumns) {
		if strings.HasPrefix(where, "dossier.content") && bytes.Contains(content, []byte(marker)) {
			return true
		}
	}
	return false
}

// registryValues is everything in the registry's database, sealed values opened.
func (w *world) registryValues() map[string][]byte {
	w.t.Helper()
	values := map[string][]byte{}
	g := w.registry.Ground()
	for _, table := range []struct{ name, key string }{{"record", `report_ref || '/' || CAST(version AS TEXT)`}, {"notice", "id"}} {
		for where, content := range opened(w.t, g, []sealedColumn{{table: table.name, key: table.key, column: "content", group: "content"}}) {
			values[where] = content
		}
	}
	if len(values) == 0 {
		w.t.Fatal("the registry holds nothing")
	}
	return values
}

// TestC5RegistryHoldsNoIdentity opens every value of the registry with all its
// keys and looks for the persons of the delivery; the Chiffrate are there.
func TestC5RegistryHoldsNoIdentity(t *testing.T) {
	onBoth(t, "ekn", func(t *testing.T, w *world) {
		reports := w.reports(15, marker)
		receipt := w.submit(delivery{}, reports...)
		w.settle()
		w.arrived(receipt, reports)
		if w.inRegistry(`SELECT COUNT(*) FROM record WHERE chiffrat IS NOT NULL`) == 0 {
			t.Fatal("ekn: no Chiffrat is kept")
		}
		values := w.registryValues()
		for where, content := range files(t, w.reg.Database, w.reg.Keys) {
			values[where] = content
		}
		for column, content := range w.plainColumns() {
			values[column] = content
		}
		search(t, values, reports)
	})
}

// plainColumns are all columns of the registry that are not sealed, as text.
func (w *world) plainColumns() map[string][]byte {
	w.t.Helper()
	columns := map[string][]string{
		"record": {"report_ref", "patient_ref", "tumour_ref", "reporter_ref", "identity", "state", "rule", "name_key", "chiffrat"},
		"person": {"id"}, "tumour": {"id", "site"}, "record_number": {"number"}, "ambiguity": {"person_id"}, "notice": {"id", "outcome"},
	}
	values := map[string][]byte{}
	err := w.registry.Ground().DB.Read(w.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		for table, names := range columns {
			for _, name := range names {
				rows, err := tx.QueryContext(ctx, `SELECT `+name+` FROM `+table+` WHERE `+name+` IS NOT NULL`)
				if err != nil {
					return err
				}
				var all bytes.Buffer
				for rows.Next() {
					var one []byte
					if err := rows.Scan(&one); err != nil {
						return err
					}
					all.Write(one)
					all.WriteByte('\n')
				}
				if err := rows.Close(); err != nil {
					return err
				}
				values[table+"."+name] = all.Bytes()
			}
		}
		return nil
	})
	w.must(err)
	return values
}

// TestK4DictionaryOfNamesRecomputesNoControlNumber is the attack of somebody
// who has stolen the registry with all its keys and knows this program and the
// commonest names. With the trust centre's keys the same attack succeeds, which
// shows that it is one.
func TestK4DictionaryOfNamesRecomputesNoControlNumber(t *testing.T) {
	onBoth(t, "ekn", func(t *testing.T, w *world) {
		receipt := w.submit(delivery{}, w.reports(60, "")...)
		w.settle()
		if w.state(receipt, 1) != submission.Completed {
			t.Fatal("the reports did not arrive")
		}
		stolen := w.numbers()
		names := commonNames(t)
		own, err := controlnumber.LoadKeys(w.centre.Keys)
		w.must(err)
		if hits := recomputed(t, stolen, own, names); hits == 0 {
			t.Fatalf("the attack finds nothing even with the right keys: it proves nothing")
		}
		candidates := w.stolenKeys()
		for i, national := range candidates {
			for j, storage := range candidates {
				if i != j && i != 0 && j != 0 {
					continue // each key in both places, and beside one of zeros
				}
				keys, err := controlnumber.NewKeys(key(t, controlnumber.PurposeNational, national), key(t, controlnumber.PurposeStorage, storage))
				w.must(err)
				if hits := recomputed(t, stolen, keys, names); hits > 0 {
					t.Errorf("%d control numbers are recomputed with the registry's keys %d and %d", hits, i, j)
				}
			}
		}
	})
}

func key(t *testing.T, purpose string, secret []byte) keyfile.Key {
	t.Helper()
	k, err := keyfile.Of(purpose, 1, secret, time.Unix(0, 0))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// numbers are the control numbers that the registry keeps.
func (w *world) numbers() map[pseudonym.Number]bool {
	w.t.Helper()
	found := map[pseudonym.Number]bool{}
	err := w.registry.Ground().DB.Read(w.t.Context(), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT number FROM record_number`)
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }() // Err tells what Close would
		for rows.Next() {
			var n []byte
			if err := rows.Scan(&n); err != nil {
				return err
			}
			found[pseudonym.Number(n)] = true
		}
		return rows.Err()
	})
	w.must(err)
	return found
}

// stolenKeys are keys of 32 bytes that a thief can make of everything that lies
// in the registry's key folder and key table, and of nothing.
func (w *world) stolenKeys() [][]byte {
	w.t.Helper()
	keys := [][]byte{make([]byte, 32)}
	take := func(content []byte) {
		for _, word := range bytes.FieldsFunc(content, func(r rune) bool { return strings.ContainsRune(" \n\t:+=", r) }) {
			for _, decode := range []func(string) ([]byte, error){hex.DecodeString, base64.StdEncoding.DecodeString, base64.RawStdEncoding.DecodeString} {
				if raw, err := decode(string(word)); err == nil && len(raw) >= 32 {
					keys = append(keys, raw[:32], raw[len(raw)-32:])
				}
			}
		}
		if len(content) >= 32 {
			keys = append(keys, bytes.Clone(content[:32]), bytes.Clone(content[len(content)-32:]))
		}
	}
	for _, content := range files(w.t, "", w.reg.Keys) {
		take(content)
	}
	if len(keys) < 4 {
		w.t.Fatal("the registry's key folder holds no keys")
	}
	// One that the registry's own keyed index gives out, too.
	keys = append(keys, bytes.Repeat(w.registry.Ground().Keyring.Index("record", "name_key").Of("x"), 2))
	slices.SortFunc(keys[1:], bytes.Compare)
	return slices.CompactFunc(keys, bytes.Equal)
}

// recomputed counts names whose control number is among the stolen ones.
func recomputed(t *testing.T, stolen map[pseudonym.Number]bool, keys *controlnumber.Keys, names []string) int {
	t.Helper()
	hits := 0
	for _, name := range names {
		formed, err := controlnumber.Form(identity.Person{Surname: name, FirstNames: name, BirthName: name, Title: "Dr."}, keys)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range formed.All() {
			if stolen[n] {
				hits++
				break
			}
		}
	}
	return hits
}

// commonNames are the commonest German surnames and first names: the lists
// beside the project when they are there, at least the ones below.
func commonNames(t *testing.T) []string {
	t.Helper()
	names := strings.Fields(fewNames)
	for _, list := range []string{"gecko_de_last-name.csv", "gecko_de_given-name-gender.csv"} {
		file, err := os.Open(filepath.Join("..", "..", "shared", "linkage", "names", list))
		if err != nil {
			continue
		}
		reader := csv.NewReader(file)
		for range 501 {
			line, err := reader.Read()
			if err != nil {
				break
			}
			names = append(names, line[0])
		}
		_ = file.Close() // it was only read
	}
	if len(names) < 200 {
		t.Fatalf("only %d names", len(names))
	}
	return names
}

// fewNames are the commonest surnames and first names in Germany.
const fewNames = `Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Schäfer Koch Bauer Richter Klein Wolf Schröder Neumann Schwarz Zimmermann
Braun Krüger Hofmann Hartmann Lange Schmitt Werner Schmitz Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber
Kaiser Fuchs Peters Lang Scholz Möller Weiß Jung Hahn Schubert Vogel Friedrich Keller Günther Frank Berger Winkler Roth Beck Lorenz
Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich
Brandt Haas Schreiber Graf Schulte Dietrich Ziegler Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas Voigt Sauer Arnold Wolff Pfeiffer
Peter Wolfgang Michael Werner Klaus Thomas Manfred Helmut Jürgen Heinz Gerhard Andreas Hans Josef Günter Dieter Horst Walter Frank Bernd
Karl Herbert Franz Martin Uwe Georg Heinrich Stefan Christian Karl-Heinz Rudolf Kurt Hermann Johann Wilhelm Siegfried Rolf Joachim Alfred Rainer
Maria Ursula Monika Petra Elisabeth Sabine Renate Helga Karin Brigitte Ingrid Erika Andrea Gisela Claudia Susanne Gabriele Christa Christine Hildegard
Anna Birgit Barbara Gerda Martina Heike Angelika Ute Irmgard Gertrud Ilse Elke Marion Edith Christina Irene Anja Ruth Margarete Sigrid
Julia Stefanie Katharina Sandra Anke Ulrike Silke Kerstin Nicole Jutta Margot Inge Johanna Regina Lieselotte Waltraud Elfriede Marianne Charlotte Emma`
