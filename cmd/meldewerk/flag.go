// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"

	"meldewerk/internal/web"
)

var (
	// errUsage marks a wrong call; the usage line follows.
	errUsage = errors.New("der Aufruf stimmt nicht")
	// errHelp ends a command that was asked for its flags.
	errHelp = errors.New("help")
)

// usage is a wrong call with its reason.
func usage(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}

// flags makes the flag set of a subcommand.
func flags(name string, std streams) *flag.FlagSet {
	set := flag.NewFlagSet("meldewerk "+name, flag.ContinueOnError)
	set.SetOutput(std.err)
	return set
}

// parse reads flags that may stand before and behind the arguments.
func parse(set *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, errHelp
			}
			return nil, fmt.Errorf("%w: %w", errUsage, err)
		}
		if set.NArg() == 0 {
			return rest, nil
		}
		rest = append(rest, set.Arg(0))
		args = set.Args()[1:]
	}
}

// newLog is the log of a running house: one JSON object per line on standard error.
func newLog(level slog.Level) *slog.Logger { return web.NewLog(os.Stderr, level) }
