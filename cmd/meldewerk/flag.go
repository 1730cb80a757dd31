// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"

	"meldewerk/internal/web"
)

var (
	// errUsage marks a wrong call; the usage line follows.
	errUsage = errors.New("der Aufruf stimmt nicht")
	// errUsageEnglish is the same where the caller asked for English.
	errUsageEnglish = errors.New("the call is not right")
)

// usage is a wrong call with its reason.
func usage(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}

// helpAsked ends a command that was asked for its flags.
type helpAsked struct {
	set     *flag.FlagSet
	english bool
}

func (*helpAsked) Error() string { return "help" }

// flags makes the flag set of a subcommand. It says nothing itself: whoever runs
// the command tells the reason of a wrong call, or lists the flags.
func flags(name string) *flag.FlagSet {
	set := flag.NewFlagSet("meldewerk "+name, flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Usage = func() {}
	return set
}

// asksEnglish says whether a call asks for English, even one whose other flags
// are wrong: its reason is to be read too.
func asksEnglish(args []string) bool {
	for i, arg := range args {
		name := strings.TrimPrefix(strings.TrimPrefix(arg, "-"), "-")
		if name != arg && (name == "lang=en" || name == "lang" && i+1 < len(args) && args[i+1] == "en") {
			return true
		}
	}
	return false
}

// listFlags writes the flags as someone reads them who sees the command for the
// first time.
func listFlags(w io.Writer, set *flag.FlagSet, english bool) {
	heading, unnamed, otherwise := "Schalter von %s:\n", "WERT", "sonst"
	if english {
		heading, unnamed, otherwise = "Flags of %s:\n", "VALUE", "otherwise"
	}
	begun := false
	set.VisitAll(func(f *flag.Flag) {
		if !begun {
			begun = true
			fmt.Fprintf(w, "\n"+heading, set.Name())
		}
		value, text := flag.UnquoteUsage(f) // a name between backquotes
		switch {
		case strings.Contains(f.Usage, "`"):
			value = " " + value
		case value != "": // not a boolean
			value = " " + unnamed
		}
		fmt.Fprintf(w, "  --%s%s\n        %s", f.Name, value, text)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" {
			fmt.Fprintf(w, " (%s %s)", otherwise, f.DefValue)
		}
		fmt.Fprintln(w)
	})
}

// wrongFlag says what the flag package found.
func wrongFlag(err error, english bool) error {
	text := err.Error()
	for _, c := range []struct{ begin, german, english string }{
		{"flag provided but not defined: -", "den Schalter --%s gibt es nicht; --help zeigt alle", "there is no flag --%s; --help lists all"},
		{"flag needs an argument: -", "hinter --%s fehlt der Wert", "the value behind --%s is missing"},
		{" for flag -", "der Wert hinter --%s passt nicht", "the value behind --%s does not fit"},
		{"\" for -", "hinter --%s steht kein Wert", "no value stands behind --%s"},
		{"bad flag syntax: ", "„%s“ ist kein Schalter; --help zeigt alle", "“%s” is no flag; --help lists all"},
	} {
		if _, name, found := strings.Cut(text, c.begin); found {
			name, _, _ = strings.Cut(name, ":")
			if english {
				return fmt.Errorf("%w: "+c.english, errUsageEnglish, name)
			}
			return usage(c.german, name)
		}
	}
	return fmt.Errorf("%w: %w", errUsage, err)
}

// parse reads flags that may stand before and behind the arguments. What stands
// behind "--" is an argument, even if it begins with a dash.
func parse(set *flag.FlagSet, args []string) ([]string, error) {
	english := asksEnglish(args)
	var rest []string
	for {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, &helpAsked{set, english}
			}
			return nil, wrongFlag(err, english)
		}
		left := set.Args()
		if at := len(args) - len(left); at > 0 && args[at-1] == "--" {
			return slices.Concat(rest, left), nil
		}
		if len(left) == 0 {
			return rest, nil
		}
		rest, args = append(rest, left[0]), left[1:]
	}
}

// newLog is the log of a running house: one JSON object per line on standard error.
func newLog(level slog.Level) *slog.Logger { return web.NewLog(os.Stderr, level) }
