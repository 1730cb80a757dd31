// SPDX-License-Identifier: EUPL-1.2

// Package meldewerk holds the tests of the house itself: its walls, its names
// and its measures. What stands here as a table is explained in
// ARCHITECTURE.md.
package meldewerk

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "meldewerk/"

// wall says that no package under Room may reach a package under any of
// Never, directly or through others.
type wall struct {
	Room   string
	Never  []string
	Reason string
}

var walls = []wall{
	{"fault", []string{""}, "ground stands on nothing of ours"},
	{"calendar", []string{""}, "ground stands on nothing of ours"},
	{"pseudonym", []string{""}, "opaque values know nobody"},
	{"policy", []string{""}, "ground stands on nothing of ours"},
	{"terminology", []string{"identity", "report", "exchange", "portal", "trustcentre", "registry"}, "ground"},
	{"audit", []string{"identity", "tumour", "report", "exchange", "portal", "trustcentre", "registry"}, "the log knows no domain word"},
	{"envelope", []string{"identity", "tumour", "report", "exchange", "portal", "trustcentre", "registry"}, "sealing knows no domain word"},
	{"account", []string{"identity", "tumour", "report", "exchange", "portal", "trustcentre", "registry"}, "ground"},
	{"identity", []string{"tumour", "report", "exchange", "portal", "trustcentre", "registry"}, "the person and the tumour meet only in report"},
	{"tumour", []string{"identity", "pseudonym", "report", "exchange", "portal", "trustcentre", "registry"}, "the person and the tumour meet only in report"},
	{"report", []string{"identity/controlnumber", "identity/chiffrat", "exchange", "portal", "trustcentre", "registry"}, "a report knows no house"},
	{"report/packing", []string{""}, "unpacking knows nothing of what is packed"},
	{"exchange/submission", []string{"identity", "pseudonym", "report", "portal", "trustcentre", "registry"}, "between portal and trust centre only sealed content and reduced views travel"},
	{"exchange/access", []string{"identity", "tumour", "pseudonym", "report", "portal", "trustcentre", "registry"}, "orders about accounts know no patient"},
	{"exchange/transfer", []string{"identity", "report", "envelope", "portal", "trustcentre", "registry"}, "nothing that can hold a name leaves for the registry"},
	{"portal", []string{"identity/controlnumber", "identity/chiffrat", "pseudonym", "exchange/transfer", "trustcentre", "registry"}, "the portal cannot open or pseudonymise what was submitted"},
	{"trustcentre", []string{"pseudonym/linkage", "portal", "registry"}, "the trust centre does not link"},
	{"registry", []string{"identity", "report", "envelope", "exchange/submission", "portal", "trustcentre"}, "the registry has no type that could hold a name and no key"},
	{"internal", []string{"identity", "tumour", "report", "exchange", "portal", "trustcentre", "registry"}, "plumbing knows no domain word"},
}

// TestWalls holds the walls of the house over the whole dependency closure.
func TestWalls(t *testing.T) {
	t.Parallel()
	closure := dependencies(t)
	for _, w := range walls {
		for pkg, deps := range closure {
			if !under(pkg, w.Room) {
				continue
			}
			for _, dep := range deps {
				for _, never := range w.Never {
					if under(dep, never) && !under(dep, w.Room) {
						t.Errorf("%s reaches %s: %s", pkg, dep, w.Reason)
					}
				}
			}
		}
	}
}

// TestC5RegistryHasNoTypeThatHoldsAName is row C5 as the dependency closure
// shows it: neither identities nor control-number keys can be named there.
func TestC5RegistryHasNoTypeThatHoldsAName(t *testing.T) {
	t.Parallel()
	for pkg, deps := range dependencies(t) {
		if !under(pkg, "registry") {
			continue
		}
		for _, dep := range deps {
			if under(dep, "identity") || under(dep, "report") {
				t.Errorf("%s reaches %s", pkg, dep)
			}
		}
	}
}

// TestDomainPackagesTouchNoOutsideWorld keeps files, networks and databases
// out of the packages that hold rules.
func TestDomainPackagesTouchNoOutsideWorld(t *testing.T) {
	t.Parallel()
	outside := []string{"net/http", "database/sql", "os"}
	pure := []string{"calendar", "identity", "tumour", "tumour/history", "report", "report/check", "pseudonym", "policy", "fault"}
	for _, dir := range pure {
		for _, file := range goFiles(t, dir, false) {
			for _, imported := range parse(t, file).Imports {
				name, err := strconv.Unquote(imported.Path.Value)
				if err != nil {
					t.Fatal(err)
				}
				if slices.Contains(outside, name) {
					t.Errorf("%s imports %s", file, name)
				}
			}
		}
	}
}

// TestEveryPackageIntroducesItself wants exactly one package comment each.
func TestEveryPackageIntroducesItself(t *testing.T) {
	t.Parallel()
	comments := map[string][]string{}
	for _, file := range goFiles(t, ".", false) {
		dir := filepath.Dir(file)
		if _, seen := comments[dir]; !seen {
			comments[dir] = nil
		}
		if parse(t, file).Doc != nil {
			comments[dir] = append(comments[dir], file)
		}
	}
	for dir, files := range comments {
		if len(files) != 1 {
			t.Errorf("%s has %d package comments: %v", dir, len(files), files)
		}
	}
}

// TestPackageNamesSayWhatTheyHold forbids the names that say nothing.
func TestPackageNamesSayWhatTheyHold(t *testing.T) {
	t.Parallel()
	empty := []string{"util", "utils", "common", "helper", "helpers", "model", "models", "types", "base", "core", "manager", "service", "impl"}
	for _, file := range goFiles(t, ".", true) {
		if name := strings.TrimSuffix(parse(t, file).Name.Name, "_test"); slices.Contains(empty, name) {
			t.Errorf("%s: package %s", file, name)
		}
	}
}

// TestFilesCarryTheLicence wants the SPDX line on top of every Go file.
func TestFilesCarryTheLicence(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t, ".", true) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.HasPrefix(text, []byte("// SPDX-License-Identifier: EUPL-1.2\n")) {
			t.Errorf("%s does not open with the licence line", file)
		}
	}
}

var sqlStatement = regexp.MustCompile(`(?s)^\s*(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM|CREATE\s+TABLE)\s`)

// TestSQLStandsOnlyInStores keeps SQL text under folders named store (and in
// the package that opens databases).
func TestSQLStandsOnlyInStores(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t, ".", false) {
		slashed := filepath.ToSlash(file)
		if strings.Contains(slashed, "/store/") || strings.HasPrefix(slashed, "internal/database/") {
			continue
		}
		ast.Inspect(parse(t, file), func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil && sqlStatement.MatchString(text) {
					t.Errorf("%s holds SQL outside a store", file)
				}
			}
			return true
		})
	}
}

// The measures of the house. A file or function above them is listed here
// with the reason why it is one thing and not two.
const (
	longestFile     = 500
	longestFunction = 60
)

var mayBeLong = map[string]string{
	"report/check/code.go:diagnosisCodeRules": "a table of rules",
	"report/check/fit.go:fitRules":            "a table of rules",
	"report/check/module.go:moduleRules":      "a table of rules",
	"report/check/number.go:numberRules":      "a table of rules",
	"report/check/staging.go:metastasisRules": "a table of rules",
	"report/check/together.go:packageRules":   "a table of rules",
}

// TestFilesAndFunctionsStayShort holds the measures.
func TestFilesAndFunctionsStayShort(t *testing.T) {
	t.Parallel()
	for _, file := range goFiles(t, ".", false) {
		fset := token.NewFileSet()
		parsed, err := parser.ParseFile(fset, file, nil, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		slashed := filepath.ToSlash(file)
		if lines := fset.File(parsed.Pos()).LineCount(); lines > longestFile && mayBeLong[slashed] == "" {
			t.Errorf("%s has %d lines", slashed, lines)
		}
		for _, decl := range parsed.Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			lines := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1
			if lines > longestFunction && mayBeLong[slashed+":"+fn.Name.Name] == "" {
				t.Errorf("%s: %s has %d lines", slashed, fn.Name.Name, lines)
			}
		}
	}
}

// TestGlossaryKnowsTheDomainTypes wants every exported type of the domain in
// docs/glossary.md, so that a German term leads to its code and back.
func TestGlossaryKnowsTheDomainTypes(t *testing.T) {
	t.Parallel()
	glossary, err := os.ReadFile("docs/glossary.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{"calendar", "identity", "tumour", "tumour/history", "report", "pseudonym", "exchange/access", "exchange/submission", "exchange/transfer", "policy"} {
		for _, file := range goFiles(t, dir, false) {
			if filepath.ToSlash(filepath.Dir(file)) != dir {
				continue
			}
			for _, decl := range parse(t, file).Decls {
				gen, ok := decl.(*ast.GenDecl)
				if !ok || gen.Tok != token.TYPE {
					continue
				}
				for _, spec := range gen.Specs {
					name := spec.(*ast.TypeSpec).Name.Name
					if ast.IsExported(name) && !bytes.Contains(glossary, []byte("`"+path.Base(dir)+"."+name+"`")) {
						t.Errorf("docs/glossary.md does not know `%s.%s`", path.Base(dir), name)
					}
				}
			}
		}
	}
}

func under(pkg, room string) bool {
	pkg = strings.TrimPrefix(pkg, module)
	return room == "" || pkg == room || strings.HasPrefix(pkg, room+"/")
}

// dependencies gives, for each of our packages, all of our packages that it
// reaches. Tests are left out: they may look behind walls.
func dependencies(t *testing.T) map[string][]string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-json=ImportPath,Deps", "./...")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	closure := map[string][]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); dec.More(); {
		var pkg struct {
			ImportPath string
			Deps       []string
		}
		if err := dec.Decode(&pkg); err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(pkg.ImportPath, module) {
			continue
		}
		ours := []string{}
		for _, dep := range pkg.Deps {
			if strings.HasPrefix(dep, module) {
				ours = append(ours, dep)
			}
		}
		closure[pkg.ImportPath] = ours
	}
	if len(closure) == 0 {
		t.Fatal("go list named no package of this module")
	}
	return closure
}

func goFiles(t *testing.T, dir string, tests bool) []string {
	t.Helper()
	var files []string
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == "testdata" || d.Name() == ".git" || d.Name() == "bin") {
			return fs.SkipDir
		}
		if strings.HasSuffix(p, ".go") && (tests || !strings.HasSuffix(p, "_test.go")) {
			files = append(files, p)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func parse(t *testing.T, file string) *ast.File {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// TestR7EveryGateHasAFuzzTarget keeps a fuzz target at every gate through which
// strangers' bytes come in; the test run gives each of them some seconds.
func TestR7EveryGateHasAFuzzTarget(t *testing.T) {
	t.Parallel()
	for gate, target := range map[string]string{
		"report/obds":            "FuzzReader",       // packages
		"report/obds/xmltoken":   "FuzzTranscoder",   // encodings
		"report/packing":         "FuzzArchive",      // gzip and ZIP
		"report/parcel":          "FuzzReader",       // what the portal sealed
		"report/form":            "FuzzDecode",       // typed reports
		"internal/web":           "FuzzDecodeValues", // posted forms
		"envelope":               "FuzzOpen",
		"account":                "FuzzParseCode", // one-time passwords
		"terminology":            "FuzzImport",    // CSV and ClaML
		"report/obds/schema":     "FuzzSchemaImport",
		"report/obds/pattern":    "FuzzPattern",
		"identity/controlnumber": "FuzzStandardise",
		"identity/chiffrat":      "FuzzOpen",
		"report/check":           "FuzzRun",
	} {
		found := false
		files, err := filepath.Glob(filepath.Join(gate, "*_test.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, file := range files {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found = found || strings.Contains(string(content), "func "+target+"(f *testing.F)")
		}
		if !found {
			t.Errorf("%s has no %s", gate, target)
		}
	}
	if script, err := os.ReadFile(filepath.Join("scripts", "test.sh")); err != nil || !strings.Contains(string(script), "scripts/fuzz.sh") {
		t.Errorf("the test run leaves the fuzz targets out: %v", err)
	}
}
