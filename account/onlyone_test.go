// SPDX-License-Identifier: EUPL-1.2

package account_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// Every place that compares a password or a code without counting would be an
// oracle. So only this package knows argon2id, only the sign-in compares
// passwords, and only the store that counts compares codes.
func TestA8OnlyTheCountingPackagesCompare(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	rules := map[string]struct {
		pattern *regexp.Regexp
		allowed string
	}{
		"argon2id":               {regexp.MustCompile(`"golang\.org/x/crypto/argon2"`), "account"},
		"comparing of passwords": {regexp.MustCompile(`[Hh]asher\.Verify\(`), "internal/signin"},
		"comparing of codes":     {regexp.MustCompile(`[Ss]ecret\.Match\(`), "internal/store"},
		"comparing of passkeys":  {regexp.MustCompile(`[Rr]elying\.Prove\(`), "internal/store"},
		"webauthn":               {regexp.MustCompile(`"github\.com/go-webauthn/webauthn/`), "account"},
	}
	seen := map[string]int{}
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && strings.HasPrefix(entry.Name(), ".") && path != root {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") || filepath.Base(path) == "deps_tmp.go" {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		folder, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		for what, rule := range rules {
			if !rule.pattern.Match(text) {
				continue
			}
			seen[what]++
			if filepath.ToSlash(folder) != rule.allowed {
				t.Errorf("%s in %s: only %s may", what, folder, rule.allowed)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for what := range rules {
		if seen[what] == 0 {
			t.Errorf("%s was found nowhere: the pattern is out of date", what)
		}
	}
}
