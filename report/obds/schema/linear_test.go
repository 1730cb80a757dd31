// SPDX-License-Identifier: EUPL-1.2

package schema

import (
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestX5NoForeignPatternEngine keeps engines that go back and forth out of
// everything that reads packages.
func TestX5NoForeignPatternEngine(t *testing.T) {
	t.Parallel()
	allowed := []string{"meldewerk/", "golang.org/x/text/", "github.com/google/go-cmp/"}
	err := filepath.WalkDir("..", func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			name := strings.Trim(i.Path.Value, `"`)
			foreign := strings.Contains(name, ".")
			for _, prefix := range allowed {
				foreign = foreign && !strings.HasPrefix(name, prefix)
			}
			if foreign {
				t.Errorf("%s imports %s", path, name)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
