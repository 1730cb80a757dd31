// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/internal/database"
	"meldewerk/internal/house"
	"meldewerk/report"
	"meldewerk/synth"
	"meldewerk/testkit/leak"
)

// marker stands in every value of the identity that can hold letters.
const marker = "Leckprobe"

// identityOf adds everything by which the persons of the reports could be
// known to a search; with numbers also the reporters' own numbers.
func identityOf(s *leak.Search, reports []*report.Report, numbers bool) {
	for _, r := range reports {
		p := &r.Person
		who := string(r.ID)
		for label, value := range map[string]string{"surname": p.Surname, "first names": p.FirstNames, "birth name": p.BirthName,
			"street": p.Address.Street, "insured number": p.Insurance.InsuredNumber(), "insurer": p.Insurance.InsurerNumber()} {
			s.Add(label+" in "+who, value)
		}
		for _, former := range p.FormerNames {
			s.Add("former name in "+who, former)
		}
		// Later birth dates may equal the day of an operation. Eight bare digits
		// stand in every tenth run's references by chance and are not searched.
		if b := p.BirthDate; b.Day > 0 && b.Year < 2012 {
			s.Add("birth date in "+who, b.String())
			s.Add("birth date in "+who, b.German())
		}
		if numbers {
			s.Add("patient number in "+who, string(r.Patient))
			s.Add("Meldung_ID in "+who, string(r.ID))
		}
	}
}

// value is one value of a table.
type value struct {
	table, column string
	content       []byte
}

// eachValue reads every value of every table of a house.
func eachValue(t testing.TB, g *house.Ground, do func(value)) {
	t.Helper()
	err := g.DB.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		tables, columns := `SELECT name FROM sqlite_master WHERE type = 'table'`, `SELECT name FROM pragma_table_info($1)`
		if tx.Engine() == database.PostgreSQL {
			tables = `SELECT table_name::text FROM information_schema.tables WHERE table_schema = current_schema()`
			columns = `SELECT column_name::text FROM information_schema.columns WHERE table_schema = current_schema() AND table_name = $1`
		}
		names, err := texts(ctx, tx, tables)
		if err != nil {
			return err
		}
		for _, table := range names {
			fields, err := texts(ctx, tx, columns, table)
			if err != nil {
				return err
			}
			for _, column := range fields {
				rows, err := tx.QueryContext(ctx, fmt.Sprintf(`SELECT %q FROM %q`, column, table))
				if err != nil {
					return err
				}
				for rows.Next() {
					var one any
					if err := rows.Scan(&one); err != nil {
						return err
					}
					switch content := one.(type) {
					case []byte:
						do(value{table, column, content})
					case string:
						do(value{table, column, []byte(content)})
					case nil:
					default:
						do(value{table, column, fmt.Append(nil, content)})
					}
				}
				if err := rows.Close(); err != nil {
					return err
				}
			}
		}
		return nil
	})
	must(t, err)
}

func texts(ctx context.Context, tx *database.Tx, query string, args ...any) ([]string, error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	var list []string
	for rows.Next() {
		var one string
		if err := rows.Scan(&one); err != nil {
			return nil, err
		}
		list = append(list, one)
	}
	return list, rows.Close()
}

// vault opens everything that a house can open.
func vault(t testing.TB, g *house.Ground, keys string) *leak.Vault {
	t.Helper()
	var wrapped []leak.WrappedKey
	err := g.DB.Read(t.Context(), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.QueryContext(ctx, `SELECT table_name, generation, wrapped FROM data_key`)
		if err != nil {
			return err
		}
		for rows.Next() {
			var k leak.WrappedKey
			if err := rows.Scan(&k.Table, &k.Generation, &k.Wrapped); err != nil {
				return err
			}
			wrapped = append(wrapped, k)
		}
		return rows.Close()
	})
	must(t, err)
	v, err := leak.OpenVault(keys, wrapped)
	must(t, err)
	return v
}

// found are hits by place, so that a thousand equal ones read as one.
type found map[string]int

func (f found) add(place string, hits []leak.Hit) {
	for _, h := range hits {
		kind, _, _ := strings.Cut(h.Label, " in ")
		f[place+": "+kind+" as "+h.Encoding]++
	}
}

func (f found) report(t testing.TB, house string) {
	t.Helper()
	for place, n := range f {
		t.Errorf("%s: %s (%d times)", house, place, n)
	}
}

// allowed takes from an opened value what a house may hold of an identity.
type allowed func(v value, plain []byte) []byte

func nothing(_ value, plain []byte) []byte { return plain }

// inTables searches every value of a house's tables as it stands and opened
// with all keys of the house.
func inTables(t testing.TB, g *house.Ground, v *leak.Vault, s *leak.Search, may allowed) found {
	t.Helper()
	hits, sealed, opened := found{}, 0, 0
	eachValue(t, g, func(one value) {
		if (bytes.HasPrefix(one.content, []byte{1, 0, 0, 0}) || len(v.Open(one.content)) > 0) && one.table != "data_key" && one.column != "totp_secret" {
			sealed++
		}
		hits.add(one.table+"."+one.column, s.Find(one.content))
		for _, plain := range v.Open(one.content) {
			if json.Valid(plain) || bytes.HasPrefix(one.content, []byte("age-encryption.org/")) {
				opened++
			}
			hits.add(one.table+"."+one.column+" opened", s.Find(may(one, plain)))
		}
	})
	if sealed > 0 && opened == 0 {
		t.Error("the search opened no sealed value: it is blind")
	}
	return hits
}

// inFiles searches every file below a folder, with what the keys of the house
// open of freed pages, write-ahead log and remains.
func inFiles(t testing.TB, dir string, v *leak.Vault, s *leak.Search, may allowed) found {
	t.Helper()
	hits := found{}
	must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := os.ReadFile(path)
		if os.IsNotExist(err) {
			return nil // gone meanwhile
		}
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(dir, path) // path lies below dir
		hits.add("file "+name, s.Find(content))
		if v != nil {
			v.Fragments(content, func(plain []byte) {
				hits.add("file "+name+" opened", s.Find(may(value{}, plain)))
			})
		}
		return nil
	}))
	return hits
}

var reducedFields = []string{"PatientNumber", "BirthMonth", "BirthYear", "PostalCode", "Place", "InsurerTail", "InsuredTail"}

var viewPlace = regexp.MustCompile(`"Place":"[^"]*"?`)

// reducedSet lets the portal hold the reduced view of N2 and nothing else.
func reducedSet(t testing.TB) allowed {
	return func(v value, plain []byte) []byte {
		if v.table != "history_entry" {
			return viewPlace.ReplaceAll(plain, nil)
		}
		var content map[string]json.RawMessage
		if err := json.Unmarshal(plain, &content); err != nil {
			return plain // another table's key: noise
		}
		for name, part := range content {
			if !strings.EqualFold(name, "view") {
				continue
			}
			var view map[string]any
			must(t, json.Unmarshal(part, &view))
			for field := range view {
				if !slices.Contains(reducedFields, field) {
					t.Errorf("N2: the portal keeps %s", field)
				}
			}
			delete(content, name)
		}
		rest, err := json.Marshal(content)
		must(t, err)
		return rest
	}
}

// zipped packs a package, so that the portal has to spool it.
func zipped(t testing.TB, xml []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	archive := zip.NewWriter(&b)
	entry, err := archive.Create("export.xml")
	must(t, err)
	_, err = entry.Write(xml)
	must(t, err)
	must(t, archive.Close())
	return b.Bytes()
}

// TestC3NoHouseHoldsAnIdentity sends 200 marked persons the whole way and then
// opens every value of each house with all keys of that house. It is not
// parallel: it searches the temporary folder too.
func TestC3NoHouseHoldsAnIdentity(t *testing.T) {
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	p := newPlant(t, "ekn", nil)
	u := p.everyone()
	patients := 200
	if testing.Short() {
		patients = 20
	}
	world := synth.New(synth.Options{Seed: 11, Patients: patients, Marker: marker})
	reports := slices.Collect(world.Reports())
	var named, numbered leak.Search
	identityOf(&named, reports, false)
	identityOf(&numbered, reports, true)
	named.Add("marker", marker+"q")
	numbered.Add("marker", marker+"q")

	half := len(reports) / 2
	for reports[half].Patient == reports[half-1].Patient {
		half++
	}
	first := u.send(submission.Real, packed(t, world, reports[:half]...))
	archive := zipped(t, packed(t, world, reports[half:]...))
	second, err := u.Upload(t.Context(), submission.Real, "export.zip", func(w io.Writer) error {
		if _, err := w.Write(archive[:len(archive)-100]); err != nil {
			return err
		}
		inFiles(t, temp, nil, &named, nothing).report(t, "spool during the upload (U5)")
		_, err := w.Write(archive[len(archive)-100:])
		return err
	})
	must(t, err)

	config := p.layout.Configs()
	portal, centre := vault(t, p.Portal.Ground(), config.Portal.Keys), vault(t, p.TrustCentre.Ground(), config.TrustCentre.Keys)
	house := func(h wire.House) string { return filepath.Join(p.layout.Dir, string(h)) }

	// After submission the portal holds nothing at all of the identity.
	inTables(t, p.Portal.Ground(), portal, &named, nothing).report(t, "portal after submission")
	inFiles(t, house(wire.Portal), portal, &named, nothing).report(t, "portal after submission")
	inFiles(t, temp, portal, &named, nothing).report(t, "temporary files after submission")

	// The search sees: with the trust centre's keys the portal's envelopes
	// open, and while the trust centre works on reports it holds identities.
	if hits := inTables(t, p.Portal.Ground(), centre, &named, nothing); len(hits) == 0 {
		t.Fatal("the search is blind to sealed envelopes")
	}
	p.work()
	if hits := inTables(t, p.TrustCentre.Ground(), centre, &named, nothing); len(hits) == 0 {
		t.Fatal("the search is blind to rows sealed at rest")
	}
	if hits := inFiles(t, house(wire.TrustCentre), centre, &named, nothing); len(hits) == 0 {
		t.Fatal("the search is blind to sealed values in files")
	}

	p.settle()
	done := u.protocol(first)
	for _, l := range append(done.Results, u.protocol(second).Results...) {
		if l.Verdict != report.Rejected && l.State != submission.Completed {
			t.Errorf("%s is %s: %+v", l.Occasion, l.State, l.Remarks)
		}
	}
	registry := vault(t, p.Registry.Ground(), config.Registry.Keys)
	inTables(t, p.Portal.Ground(), portal, &named, reducedSet(t)).report(t, "portal")
	inTables(t, p.TrustCentre.Ground(), centre, &numbered, nothing).report(t, "trust centre")
	inTables(t, p.Registry.Ground(), registry, &numbered, nothing).report(t, "registry")
	open := func(when string) {
		inFiles(t, house(wire.Portal), portal, &named, reducedSet(t)).report(t, "portal "+when)
		inFiles(t, house(wire.TrustCentre), centre, &numbered, nothing).report(t, "trust centre "+when)
		inFiles(t, house(wire.Registry), registry, &numbered, nothing).report(t, "registry "+when)
		inFiles(t, temp, portal, &numbered, nothing).report(t, "temporary files "+when)
	}
	// Pieces that SQLite leaves in its pages are gone within the hour.
	p.clock.Advance(time.Hour + time.Minute)
	p.settle()
	open("while it runs")
	t.Run("dictionary", func(t *testing.T) { p.wantDictionaryToFail(t, registry, reports) })
	t.Run("keys", func(t *testing.T) {
		wantNoPrivateKey(t, config.Portal.Keys, config.Registry.Keys, config.TrustCentre.Keys)
	})
	t.Run("L3", func(t *testing.T) {
		numbered.Add("password", u.password)
		numbered.Add("secret of the second factor", u.secret.Text())
		logged := found{}
		logged.add("log", numbered.Find(p.log.Bytes()))
		logged.report(t, "all houses")
		if len(p.log.Bytes()) == 0 {
			t.Error("nothing was logged: the search is blind")
		}
	})
	p.close()
	open("after its end")
}

// work lets the trust centre take everything in and hand it over, while the
// registry rests.
func (p *plant) work() {
	p.t.Helper()
	for {
		worked, err := p.TrustCentre.Step(p.t.Context())
		must(p.t, err)
		if !worked {
			return
		}
	}
}

// wantNoPrivateKey: portal and registry hold no key that opens an envelope or
// a Chiffrat or forms a control number; the trust centre none of the
// Chiffrate. Spec: SECURITY C4, C5
func wantNoPrivateKey(t *testing.T, portal, registry, centre string) {
	for dir, never := range map[string][]string{
		portal:   {"AGE-SECRET-KEY", "controlnumber", "chiffrat", "reference"},
		registry: {"AGE-SECRET-KEY", "controlnumber", "chiffrat", "reference", "age1"},
		centre:   {"chiffrat-private"},
	} {
		must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return err
			}
			content, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			for _, word := range never {
				if bytes.Contains(content, []byte(word)) || strings.Contains(filepath.Base(path), word) {
					t.Errorf("%s holds %s", path, word)
				}
			}
			return nil
		}))
	}
}

// TestC3PostgreSQL searches the tables of the houses on the other engine.
func TestC3PostgreSQL(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", postgres(t))
	u := p.everyone()
	world := synth.New(synth.Options{Seed: 12, Patients: 25, Marker: marker})
	var numbered, named leak.Search
	reports := slices.Collect(world.Reports())
	identityOf(&numbered, reports, true)
	identityOf(&named, reports, false)
	path := u.send(submission.Real, packed(t, world, reports...))
	p.settle()
	u.wantState(path, submission.Completed)
	config := p.layout.Configs()
	inTables(t, p.Portal.Ground(), vault(t, p.Portal.Ground(), config.Portal.Keys), &named, reducedSet(t)).report(t, "portal")
	inTables(t, p.TrustCentre.Ground(), vault(t, p.TrustCentre.Ground(), config.TrustCentre.Keys), &numbered, nothing).report(t, "trust centre")
	inTables(t, p.Registry.Ground(), vault(t, p.Registry.Ground(), config.Registry.Keys), &numbered, nothing).report(t, "registry")
}
