// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"runtime"
	"strings"

	"meldewerk/report/obds"
	"meldewerk/report/protocol"
)

// runVersion says what runs here; support asks for it first.
func runVersion(_ context.Context, args []string, std streams) error {
	rest, err := parse(flags("version"), args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usage("„version“ braucht keine weiteren Angaben")
	}
	tables, err := obds.OpenCatalogue(nil)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "meldewerk %s (%s, %s/%s)\noBDS %s\n", protocol.Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH,
		strings.Join(tables.Versions(), ", "))
	return err
}
