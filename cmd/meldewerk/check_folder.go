// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"meldewerk/report/obds"
	"meldewerk/terminology"
)

// openFolders reads what lies beside the program: schema tables and official
// code lists. "" stands for neither.
func (o *checkOptions) openFolders(tables, lists string) error {
	if tables != "" {
		if err := o.folder("tables", tables); err != nil {
			return err
		}
		if found, _ := filepath.Glob(filepath.Join(tables, "*.txt")); len(found) == 0 {
			return fmt.Errorf(o.say("im Ordner %s liegt keine Schematabelle (*.txt); „meldewerk schema import“ macht sie",
				"there is no schema table (*.txt) in the folder %s; “meldewerk schema import” makes them"), tables)
		}
		var err error
		if o.tables, err = obds.OpenCatalogue(os.DirFS(tables)); err != nil {
			first, _, _ := strings.Cut(err.Error(), "\n") // of several tables one is enough to begin with
			return fmt.Errorf(o.say("im Ordner %s liegt eine Datei, die keine Schematabelle ist; machen Sie sie mit „meldewerk schema import“ neu (%s)",
				"a file in the folder %s is no schema table; make it anew with “meldewerk schema import” (%s)"), tables, first)
		}
	}
	if lists == "" {
		return nil
	}
	if o.schemaOnly {
		return o.usage("--terminology gilt der Plausibilität und geht nicht mit --schema-only", "--terminology is about plausibility and does not go with --schema-only")
	}
	if err := o.folder("terminology", lists); err != nil {
		return err
	}
	book, err := terminology.OpenFolder(lists)
	if err != nil {
		// The cause names the table and the remedy.
		return fmt.Errorf(o.say("die Kodierlisten lassen sich nicht lesen: %w", "the code lists cannot be read: %w"), cmp.Or(errors.Unwrap(err), err))
	}
	o.rules.Book = book
	return nil
}

// folder wants a folder behind a flag.
func (o *checkOptions) folder(flag, path string) error {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return nil
	}
	return fmt.Errorf(o.say("den Ordner %s hinter --%s gibt es nicht; prüfen Sie den Namen", "there is no folder %s as given with --%s; check its name"), path, flag)
}

// expand puts the files in place of a pattern such as export/*.xml: not every
// shell does it. A name that is a file stays as it is.
func (o *checkOptions) expand(names []string) ([]string, error) {
	var files []string
	for _, name := range names {
		if _, err := os.Lstat(name); err == nil || !strings.ContainsAny(name, "*?[") {
			files = append(files, name)
			continue
		}
		matches, err := filepath.Glob(name)
		if err != nil || len(matches) == 0 {
			return nil, fmt.Errorf(o.say("zu %s gibt es keine Datei; prüfen Sie Ordner und Endung", "no file fits %s; check folder and ending"), name)
		}
		files = append(files, matches...)
	}
	return files, nil
}
