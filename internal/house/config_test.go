// SPDX-License-Identifier: EUPL-1.2

package house

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meldewerk/fault"
)

// TestReadConfigSaysWhatToMend: key, line and file, in German, and no value.
func TestReadConfigSaysWhatToMend(t *testing.T) {
	t.Parallel()
	type config struct {
		Database string `toml:"database"`
		Demo     bool   `toml:"demo"`
		Upload   struct {
			Most int64 `toml:"most"`
		} `toml:"upload"`
	}
	for _, c := range []struct{ text, key, says string }{
		{"database = \"postgres://user:geheim@db/x\"\ndemo = true\n[upload]\nmost = 3\n", "", ""},
		{"databse = \"geheim\"", "config.key", "„databse“"},
		{"[upload]\nmust = 1", "config.key", "„upload.must“"},
		{"database = \"x\"\ndemo = \"geheim\"", "config.kind", "„demo“ in Zeile 2"},
		{"[upload]\n\nmost = \"geheim\"", "config.kind", "„upload.most“ in Zeile 3"},
		{"database: geheim", "config.form", "Zeile 1"},
		{"demo = true\ndatabase = geheim", "config.form", "Zeile 2"},
		{"demo = true\ndemo = true", "config.form", "Zeile 2"},
	} {
		path := filepath.Join(t.TempDir(), "portal.toml")
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		err := ReadConfig(path, &config{})
		if c.key == "" {
			if err != nil {
				t.Errorf("%q: %v", c.text, err)
			}
			continue
		}
		f := fault.Of(err)
		if f == nil || f.Key != c.key || !strings.Contains(f.Sentence, c.says) || !strings.Contains(f.Sentence, "portal.toml") {
			t.Errorf("%q: %+v (%v)", c.text, f, err)
			continue
		}
		if strings.Contains(f.Sentence+err.Error(), "geheim") {
			t.Errorf("%q: a value is told: %s %v", c.text, f.Sentence, err)
		}
	}
}
