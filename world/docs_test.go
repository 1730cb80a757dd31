// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	testNames = regexp.MustCompile(`(?m)^func (Test[A-Z]\d\w*)\(`)
	rowsNamed = regexp.MustCompile(`^Test((?:[A-Z]\d+)+)`)
	rowID     = regexp.MustCompile(`[A-Z]\d+`)
	docsRow   = regexp.MustCompile(`(?m)^\| ([HABCW]\d+) \| (.*?) \|(.*)\|$`)
	docsTest  = regexp.MustCompile("`([^`]+)`")
)

// TestDocsAccessNamesEveryProof holds docs/access.md against the tests: each
// row lists tests that are there and named after it, or says which row proves
// it. With -update the last column is written anew.
func TestDocsAccessNamesEveryProof(t *testing.T) {
	t.Parallel()
	proofs := map[string][]string{}
	dir := root(t)
	must(t, filepath.WalkDir(dir, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (entry.Name() == "node_modules" || strings.HasPrefix(entry.Name(), ".") && path != dir):
			return filepath.SkipDir
		case entry.IsDir() || !strings.HasSuffix(path, "_test.go"):
			return nil
		}
		content, err := os.ReadFile(path)
		for _, m := range testNames.FindAllStringSubmatch(string(content), -1) {
			named := rowsNamed.FindStringSubmatch(m[1])
			if named == nil {
				continue
			}
			for _, row := range rowID.FindAllString(named[1], -1) {
				if !slices.Contains(proofs[row], m[1]) {
					proofs[row] = append(proofs[row], m[1])
				}
			}
		}
		return err
	}))
	file := filepath.Join(dir, "docs", "access.md")
	content, err := os.ReadFile(file)
	must(t, err)
	rows := 0
	want := docsRow.ReplaceAllStringFunc(string(content), func(line string) string {
		m := docsRow.FindStringSubmatch(line)
		rows++
		slices.Sort(proofs[m[1]])
		listed := docsTest.FindAllStringSubmatch(m[3], -1)
		for _, name := range listed {
			if !*update && !slices.Contains(proofs[m[1]], "Test"+name[1]) {
				t.Errorf("row %s names the test %s, which is not there (make golden)", m[1], name[1])
			}
		}
		proven := len(proofs[m[1]]) > 0 && (*update || len(listed) > 0)
		if !proven && !slices.ContainsFunc(rowID.FindAllString(m[2], -1), func(row string) bool { return len(proofs[row]) > 0 }) {
			t.Errorf("row %s names no test, and no row that has one (make golden)", m[1])
		}
		tests := "–"
		for i, name := range proofs[m[1]] {
			if i == 0 {
				tests = ""
			} else {
				tests += ", "
			}
			tests += "`" + strings.TrimPrefix(name, "Test") + "`"
		}
		return "| " + m[1] + " | " + m[2] + " | " + tests + " |"
	})
	if rows < 39 {
		t.Errorf("%d rows", rows)
	}
	if *update {
		must(t, os.WriteFile(file, []byte(want), 0o644))
	}
}
