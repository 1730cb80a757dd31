// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/envelope"
	"meldewerk/exchange/access"
	"meldewerk/exchange/wire"
	"meldewerk/portal"
	"meldewerk/portal/courier"
)

// receiver is a portal that takes packages, with its certificate in a file.
type receiver struct {
	t    *testing.T
	dir  string
	url  string
	ca   string
	door access.Door
	last access.OrderNumber
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	dir := t.TempDir()
	c := portal.Config{Database: "sqlite:" + filepath.Join(dir, "portal.db"), Keys: filepath.Join(dir, "keys"), Profile: "kkn",
		Instance: "Krebsregister Musterland", Public: portal.Public{Hosts: []string{"localhost", "127.0.0.1"}}}
	if err := portal.Init(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	centre := filepath.Join(dir, "centre")
	if err := os.Mkdir(centre, 0o700); err != nil {
		t.Fatal(err)
	}
	recipients, err := envelope.Generate(centre)
	if err != nil {
		t.Fatal(err)
	}
	text, err := recipients.MarshalText()
	if err == nil {
		err = os.WriteFile(filepath.Join(c.Keys, portal.RecipientDir, "trustcentre.txt"), text, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	house, err := portal.Open(t.Context(), c, portal.Options{Hasher: account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}))})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewTLSServer(house.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := house.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &receiver{t: t, dir: dir, url: server.URL, ca: filepath.Join(dir, "ca.pem")}
	if err := os.WriteFile(r.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o644); err != nil {
		t.Fatal(err)
	}
	door, err := house.AccessDoor(wire.TrustCentre)
	if err != nil {
		t.Fatal(err)
	}
	r.door = access.Local(door, wire.TrustCentre)
	r.order(access.Order{Act: access.PutUnit, Unit: &access.Unit{ID: "unit-1", Name: "Klinikum Nord", AnyReporter: true, Released: true}})
	return r
}

func (r *receiver) order(o access.Order) {
	r.t.Helper()
	r.last++
	o.Number, o.At = r.last, time.Now()
	answers, err := r.door.PutOrders(r.t.Context(), []access.Order{o})
	if err != nil || len(answers) != 1 || answers[0].Outcome != access.Done {
		r.t.Fatalf("%s: %v, %v", o.Act, answers, err)
	}
}

// invoke runs the command and gives exit code and both outputs.
func invoke(t *testing.T, args ...string) (int, string, string) {
	t.Helper()
	var out, err bytes.Buffer
	code := run(t.Context(), args, streams{strings.NewReader(""), &out, &err})
	return code, out.String(), err.String()
}

// file writes a synthetic package and gives its path.
func (r *receiver) file(name string, args ...string) string {
	r.t.Helper()
	code, out, trouble := invoke(r.t, append([]string{"synth", "--patients", "5"}, args...)...)
	if code != exitDone {
		r.t.Fatal(trouble)
	}
	path := filepath.Join(r.dir, name)
	if err := os.WriteFile(path, []byte(out), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// softwareOf reads the Software_ID of a package.
func softwareOf(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(text), `Software_ID="`)
	software, _, found := strings.Cut(rest, `"`)
	if !found {
		t.Fatal("the package names no software")
	}
	return software
}

// register makes a key with the command and registers it as the trust centre does.
func (r *receiver) register(id, software string) string {
	r.t.Helper()
	path := filepath.Join(r.dir, id+".pem")
	code, out, trouble := invoke(r.t, "upload", "key", "--out", path)
	if code != exitDone || !strings.HasPrefix(out, "mwk1 ") || !strings.Contains(trouble, "Vertrauensstelle") {
		r.t.Fatalf("%d %s %s", code, out, trouble)
	}
	public, err := courier.ParsePublic(out)
	if err != nil {
		r.t.Fatal(err)
	}
	r.order(access.Order{Act: access.RegisterKey, Key: &access.Key{ID: id, Unit: "unit-1", Software: software, Public: public}})
	return path
}

// TestUploadCommandTellsByItsExitCode: 0 all taken, 1 something rejected, 2
// refused, unreadable or called wrongly.
func TestUploadCommandTellsByItsExitCode(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	good, bad := r.file("gut.xml"), r.file("schlecht.xml", "--errors", "0.9", "--seed", "7")
	key := r.register("K1", softwareOf(t, good))
	base := []string{"upload", "--server", r.url, "--ca", r.ca, "--key", key, "--key-id", "K1", "--attempts", "1"}
	with := func(more ...string) []string { return append(append([]string{}, base...), more...) }

	code, out, trouble := invoke(t, with("--kind", "real", "--protocol", filepath.Join(r.dir, "p.json"), good)...)
	if code != exitDone || !strings.Contains(out, "0 abgewiesen") || !strings.Contains(out, "Quittung Q-") || !strings.Contains(out, r.url+"/pakete/") {
		t.Errorf("good package: %d %s %s", code, out, trouble)
	}
	if trouble != "" {
		t.Errorf("in a pipe it is not silent: %q", trouble)
	}
	var protocol struct {
		Reports int
		Receipt *struct{ Number string }
	}
	kept, err := os.ReadFile(filepath.Join(r.dir, "p.json"))
	if err == nil {
		err = json.Unmarshal(kept, &protocol)
	}
	if err != nil || protocol.Reports == 0 || protocol.Receipt == nil {
		t.Errorf("protocol: %+v, %v", protocol, err)
	}
	code, out, _ = invoke(t, with("--kind", "real", good)...)
	if code != exitDone || !strings.Contains(out, "war schon da") {
		t.Errorf("the same again: %d %s", code, out)
	}
	code, out, trouble = invoke(t, with("--kind", "test", good, bad)...)
	if code != exitFound || strings.Count(out, "Quittung") != 2 {
		t.Errorf("one of two with rejected reports: %d %s %s", code, out, trouble)
	}
	code, out, _ = invoke(t, with("--kind", "test", "--format", "json", good)...)
	if code != exitDone || json.Unmarshal([]byte(out), &protocol) != nil {
		t.Errorf("as JSON: %d %s", code, out)
	}
	broken := filepath.Join(r.dir, "kaputt.xml")
	if err := os.WriteFile(broken, []byte("<oBDS"), 0o600); err != nil {
		t.Fatal(err)
	}
	// What is wrong with one file does not keep the others back.
	missing := filepath.Join(r.dir, "fehlt.xml")
	code, out, trouble = invoke(t, with("--kind", "test", missing, broken, good)...)
	if code != exitUsage || strings.Count(out, "Quittung") != 1 || strings.Count(trouble, missing) != 1 || strings.Count(trouble, broken) != 1 {
		t.Errorf("a missing and a broken file before a good one: %d %s %s", code, out, trouble)
	}
	empty := filepath.Join(r.dir, "leer.xml")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	code, out, trouble = invoke(t, with("--kind", "test", empty, good)...)
	if code != exitUsage || strings.Count(out, "Quittung") != 1 || strings.Count(trouble, empty) != 1 {
		t.Errorf("an empty file before a good one: %d %s %s", code, out, trouble)
	}
	code, _, trouble = invoke(t, "upload", "--server", "https://127.0.0.1:1", "--key", key, "--key-id", "K1", "--attempts", "1", "--kind", "test", missing, good)
	if code != exitUsage || strings.Count(trouble, missing) != 1 || strings.Count(trouble, good) != 1 {
		t.Errorf("a missing file and nobody there: %d %s", code, trouble)
	}
	other := r.register("K2", "Andere Software")
	wide := filepath.Join(r.dir, "wide.pem")
	if text, err := os.ReadFile(key); err != nil || os.WriteFile(wide, text, 0o600) != nil || os.Chmod(wide, 0o644) != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		says string
	}{
		"unreadable":          {with("--kind", "real", broken), "nicht als oBDS-Paket lesbar"},
		"no kind":             {with(good), "--kind"},
		"wrong kind":          {with("--kind", "echt", good), "--kind"},
		"no file":             {with("--kind", "real"), "mindestens ein Paket"},
		"missing file":        {with("--kind", "real", r.dir+"/absent.xml"), "lässt sich nicht öffnen"},
		"folder":              {with("--kind", "real", r.dir), "lässt sich nicht öffnen"},
		"other software":      {[]string{"upload", "--server", r.url, "--ca", r.ca, "--key", other, "--key-id", "K2", "--kind", "real", good}, "Software_ID"},
		"another's id":        {[]string{"upload", "--server", r.url, "--ca", r.ca, "--key", key, "--key-id", "K2", "--kind", "real", good}, "Schlüsselkennung"},
		"readable key":        {[]string{"upload", "--server", r.url, "--ca", r.ca, "--key", wide, "--key-id", "K1", "--kind", "real", good}, "0600"},
		"no key file":         {[]string{"upload", "--server", r.url, "--ca", r.ca, "--key", good, "--key-id", "K1", "--kind", "real", good}, "upload key"},
		"unknown authority":   {[]string{"upload", "--server", r.url, "--key", key, "--key-id", "K1", "--kind", "real", good}, "Zertifikat"},
		"plain HTTP":          {[]string{"upload", "--server", "http://127.0.0.1", "--key", key, "--key-id", "K1", "--kind", "real", good}, "https://"},
		"nobody there":        {[]string{"upload", "--server", "https://127.0.0.1:1", "--key", key, "--key-id", "K1", "--attempts", "1", "--kind", "real", good}, "Verbindung"},
		"two into one file":   {with("--kind", "real", "--protocol", r.dir+"/p.json", good, bad), "Ordner"},
		"key over a file":     {[]string{"upload", "key", "--out", good}, "gibt es schon"},
		"key without a place": {[]string{"upload", "key"}, "--out"},
	} {
		code, _, trouble := invoke(t, c.args...)
		if code != exitUsage || !strings.Contains(trouble, c.says) {
			t.Errorf("%s: %d %s", name, code, trouble)
		}
	}
	r.order(access.Order{Act: access.RevokeKey, Key: &access.Key{ID: "K1"}})
	if code, _, trouble := invoke(t, with("--kind", "real", good)...); code != exitUsage || !strings.Contains(trouble, "gesperrt") {
		t.Errorf("revoked key: %d %s", code, trouble)
	}
}

// TestUploadKeyIsReadableByItsOwnerAlone looks at the file on disk.
func TestUploadKeyIsReadableByItsOwnerAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key.pem")
	if code, _, trouble := invoke(t, "upload", "key", "--out", path); code != exitDone {
		t.Fatal(trouble)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !bytes.HasPrefix(text, []byte("-----BEGIN PRIVATE KEY-----\n")) {
		t.Errorf("not a PKCS #8 file: %v", err)
	}
}
