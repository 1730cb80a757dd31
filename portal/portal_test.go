// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"meldewerk/account"
	"meldewerk/report"
)

// protocol is what protokoll.json says.
type protocol struct {
	File     string
	Schema   string `json:"schema_version"`
	State    string
	Kind     string
	Reports  int
	Accepted int
	Warned   int
	Rejected int
	Findings []report.Finding `json:"package_findings"`
	Receipt  *struct {
		Number     string
		ReceivedAt string `json:"received_at"`
		SHA256     string
		State      string
	}
	Results []struct {
		report.Result
		State string
	}
}

func (u *user) protocol(path string) protocol {
	u.w.t.Helper()
	var p protocol
	a := u.want(http.StatusOK, u.get(path+"/protokoll.json"))
	if err := json.Unmarshal([]byte(a.body), &p); err != nil {
		u.w.t.Fatalf("protocol: %v in %s", err, a.body)
	}
	return p
}

func TestUploadGivesAVerdictPerReport(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		good, bad := somebody(1), somebody(2)
		good.reports, bad.badDate = 2, true
		text := packageOf(good, bad)
		p := u.protocol(u.upload(text))
		sum := sha256.Sum256([]byte(text))
		if p.Receipt == nil || p.Receipt.SHA256 != hex.EncodeToString(sum[:]) || !strings.HasPrefix(p.Receipt.Number, "Q-2026-000001-") {
			t.Fatalf("receipt %+v", p.Receipt)
		}
		if p.Reports != 3 || p.Rejected != 1 || p.Accepted+p.Warned != 2 || p.File != "export.xml" || p.Schema != "3.0.4" || len(p.Results) != 3 {
			t.Fatalf("protocol %+v", p)
		}
		last := p.Results[2]
		if last.Verdict != report.Rejected || last.Position != 3 || last.Patient != "PAT-000002" || len(last.Findings) == 0 || last.Findings[0].Line == 0 {
			t.Fatalf("result of the bad report: %+v", last)
		}
		t.Logf("findings of good reports: %+v", p.Results[0].Findings)
		out, err := w.door().Next(t.Context(), 10)
		if err != nil || len(out) != 1 || out[0].Reports != 2 || !out[0].AnyReporter || out[0].Unit != string(u.unit.ID) {
			t.Fatalf("outbox %+v, %v", out, err)
		}
	})
}

func TestPagesAnswer(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord", func(unit *account.Unit) { unit.Released = false })
		bad := somebody(2)
		bad.badDate = true
		path := u.upload(packageOf(somebody(1), bad))
		for page, word := range map[string]string{
			"/": "abgewiesene Meldung", "/pakete": "Q-2026-000001", "/pakete/neu": "Was enthält das Paket?",
			path: "Quittung", path + "?ergebnis=rejected": "PAT-000002", path + "?ursache=1": "Nur Meldungen mit dieser Ursache",
			path + "/protokoll.csv": "Patientennummer;", "/historie": "Patientennummer",
		} {
			if a := u.want(http.StatusOK, u.get(page)); !strings.Contains(a.body, word) {
				t.Errorf("%s lacks %q: %s", page, word, a.body)
			}
		}
	})
}
