// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestX2ReadingCannotReachFilesOrNetwork keeps everything that reads packages
// free of the means to open a file or a connection, and encoding/xml out of
// everything but the operator's import of an official schema.
func TestX2ReadingCannotReachFilesOrNetwork(t *testing.T) {
	t.Parallel()
	forbidden := []string{"os", "os/exec", "net", "net/http", "net/url", "syscall", "io/ioutil", "plugin", "encoding/xml"}
	checked := 0
	for _, dir := range []string{".", "xmltoken", "pattern", "schema"} {
		names, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") || name == "schema/import.go" {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
			if err != nil {
				t.Fatal(err)
			}
			checked++
			for _, i := range f.Imports {
				if slices.Contains(forbidden, strings.Trim(i.Path.Value, `"`)) {
					t.Errorf("%s imports %s", name, i.Path.Value)
				}
			}
		}
	}
	if checked < 20 {
		t.Errorf("only %d files", checked)
	}
}
