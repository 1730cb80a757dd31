// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"os"

	"meldewerk/report/obds/schema"
)

// runSchema makes a schema table from an official schema file, to be laid
// beside the program or, by us, into it.
func runSchema(_ context.Context, args []string, std streams) error {
	rest, err := parse(flags("schema", std), args)
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
		return fmt.Errorf("die Schemadatei lässt sich nicht übersetzen: %w", err)
	}
	_, err = table.WriteTo(std.out)
	return err
}
