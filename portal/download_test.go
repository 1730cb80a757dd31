// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"archive/zip"
	"bytes"
	"net/http"
	"strings"
	"testing"
)

// TestU7ProtocolsAreSavedNeverShown: each form of the protocol is an attachment
// under the name of the receipt, whatever the sender called his file, and no
// other unit gets it.
func TestU7ProtocolsAreSavedNeverShown(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u, other := w.user("nord"), w.user("sued")
		p := somebody(3)
		p.badDate = true
		name := "=cmd\u202e \"Testperson\".xml"
		path := strings.TrimSuffix(u.want(http.StatusSeeOther, u.send("real", name, strings.NewReader(packageOf(p)))).location, "?schon=ja")
		number := u.protocol(path).Receipt.Number
		for ending, kind := range map[string]string{"csv": "text/csv", "json": "application/json", "xml": "application/xml"} {
			a := u.want(http.StatusOK, u.get(path+"/protokoll."+ending))
			if got := a.header.Get("Content-Disposition"); got != "attachment; filename=protokoll-"+number+"."+ending {
				t.Errorf("%s: %q", ending, got)
			}
			if !strings.HasPrefix(a.header.Get("Content-Type"), kind) || a.header.Get("X-Content-Type-Options") != "nosniff" ||
				!strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") {
				t.Errorf("%s: %v", ending, a.header)
			}
			if strings.Contains(a.body, p.surname) || strings.Contains(a.body, p.birth) {
				t.Errorf("%s: the identity stands in the protocol", ending)
			}
			other.want(http.StatusNotFound, other.get(path+"/protokoll."+ending))
		}
	})
}

// TestU2U4PackagesThatAreNotTaken: what is no package, or damaged, is kept as
// unreadable with its reason; nothing of it is taken.
func TestU2U4PackagesThatAreNotTaken(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		u := newWorld(t, dsn).user("nord")
		var archive bytes.Buffer
		z := zip.NewWriter(&archive)
		for _, name := range []string{"a.xml", "b.xml"} {
			f, err := z.Create(name)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.Write([]byte(packageOf(somebody(1)))); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		damaged := bytes.Clone(archive.Bytes())
		damaged[100] ^= 0x41
		for what, c := range map[string]struct{ content, rule string }{
			"picture": {"\x89PNG\r\n\x1a\n", "DATEI-01"}, "damaged": {string(damaged), "DATEI-03"}, "gzip": {"\x1f\x8b\x08", "DATEI-02"},
		} {
			got := u.protocol(u.upload(c.content))
			if got.State != "unreadable" || len(got.Findings) != 1 || got.Findings[0].Rule != c.rule || got.Reports != 0 {
				t.Errorf("%s: %+v", what, got)
			}
		}
		// The same Meldungs-ID in two files: nobody can tell which is right.
		got := u.protocol(u.upload(archive.String()))
		if got.Reports != 2 || got.Rejected != 2 {
			t.Fatalf("doubled: %+v", got)
		}
		for _, r := range got.Results {
			if last := r.Findings[len(r.Findings)-1]; last.Rule != "DATEI-08" {
				t.Errorf("report %d: %+v", r.Position, r.Findings)
			}
		}
	})
}
