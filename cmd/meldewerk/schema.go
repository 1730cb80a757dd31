// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"meldewerk/report/obds/schema"
)

// runSchema makes a schema table from an official schema file, to be laid
// beside the program or, by us, into it.
func runSchema(_ context.Context, args []string, std streams) error {
	rest, err := parse(flags("schema"), args)
	if err != nil {
		return err
	}
	if len(rest) != 2 || rest[0] != "import" {
		return usage("nennen Sie „import“ und die Schemadatei")
	}
	file, err := os.Open(rest[1])
	if err != nil {
		return fmt.Errorf("die Schemadatei %s lässt sich nicht öffnen; prüfen Sie Namen und Rechte", rest[1])
	}
	defer func() { _ = file.Close() }() // only read
	table, err := schema.Import(file)
	if err != nil {
		if _, refused := errors.AsType[*fs.PathError](err); refused {
			return err
		}
		if errors.Is(err, io.EOF) {
			err = errors.New("sie ist leer oder kein XML")
		}
		return fmt.Errorf("%s ist keine Schemadatei, aus der sich eine Tabelle machen lässt; nehmen Sie die amtliche Datei des oBDS (%s)", rest[1],
			strings.TrimPrefix(err.Error(), "import schema: "))
	}
	if _, err = table.WriteTo(std.out); err != nil {
		return fmt.Errorf("die Tabelle lässt sich nicht schreiben: %w", err)
	}
	return nil
}
