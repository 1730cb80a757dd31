// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"

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

// flags makes the flag set of a subcommand. Asked for help it lists its flags;
// after a wrong one it says nothing itself: the reason and the usage line follow.
func flags(name string, std streams) *flag.FlagSet {
	set := flag.NewFlagSet("meldewerk "+name, flag.ContinueOnError)
	set.SetOutput(quiet{std.err})
	set.Usage = func() {}
	return set
}

// quiet keeps back what the flag package says of itself, in English.
type quiet struct{ list io.Writer }

func (quiet) Write(p []byte) (int, error) { return len(p), nil }

// listFlags writes the flags as someone reads them who sees the command for the
// first time.
func listFlags(w io.Writer, set *flag.FlagSet) {
	fmt.Fprintf(w, "Schalter von %s:\n", set.Name())
	set.VisitAll(func(f *flag.Flag) {
		value := " WERT"
		if b, is := f.Value.(interface{ IsBoolFlag() bool }); is && b.IsBoolFlag() {
			value = ""
		}
		fmt.Fprintf(w, "  --%s%s\n        %s", f.Name, value, f.Usage)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			fmt.Fprintf(w, " (sonst %s)", f.DefValue)
		}
		fmt.Fprintln(w)
	})
}

// wrongFlag says in German what the flag package found.
func wrongFlag(err error) error {
	text := err.Error()
	if name, found := strings.CutPrefix(text, "flag provided but not defined: -"); found {
		return usage("den Schalter --%s gibt es nicht; --help zeigt alle", name)
	}
	if name, found := strings.CutPrefix(text, "flag needs an argument: -"); found {
		return usage("hinter --%s fehlt der Wert", name)
	}
	if _, name, found := strings.Cut(text, " for flag -"); found {
		name, _, _ = strings.Cut(name, ":")
		return usage("der Wert hinter --%s passt nicht", name)
	}
	return fmt.Errorf("%w: %w", errUsage, err)
}

// parse reads flags that may stand before and behind the arguments.
func parse(set *flag.FlagSet, args []string) ([]string, error) {
	var rest []string
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				if q, is := set.Output().(quiet); is {
					listFlags(q.list, set)
				}
				return nil, errHelp
			}
			return nil, wrongFlag(err)
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
