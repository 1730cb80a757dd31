// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"golang.org/x/term"

	"meldewerk/calendar"
	"meldewerk/policy"
	"meldewerk/report/check"
	"meldewerk/report/obds"
	"meldewerk/report/protocol"
)

// checkOptions is how packages are to be checked and shown.
type checkOptions struct {
	format     protocol.Format
	show       protocol.Options
	schemaOnly bool
	reveal     bool
	output     string
	rules      check.Context
	profile    policy.Profile // of the registry that shall take the packages; zero: of none
	tables     *obds.Catalogue
}

// lands are the Länder for which rules may differ.
var lands = strings.Fields("BB BE BW BY HB HE HH MV NI NW RP SH SL SN ST TH")

func runCheck(ctx context.Context, args []string, std streams) error {
	o, files, err := checkCall(args, std)
	if err != nil || o == nil {
		return err
	}
	if o.reveal {
		fmt.Fprintln(std.err, o.say(
			"meldewerk check: --reveal zeigt Werte aus den Meldungen, auch Angaben zu Personen. Geben Sie diese Ausgabe nicht weiter.",
			"meldewerk check: --reveal shows values of the reports, personal data among them. Do not pass this output on."))
	}
	if slices.ContainsFunc(files, func(file string) bool { return sameFile(file, o.output) || file == "-" && overwrites(o.output, std.in) }) {
		return o.usage("--output nennt eine der Dateien, die geprüft werden sollen; sie würde überschrieben", "--output names one of the files to be checked; it would be overwritten")
	}
	out, err := o.open(std)
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	c := &checker{ctx: ctx, std: std, o: o, writer: protocol.New(o.format, out, o.show), bar: newProgress(std.err, sizeOf(files), o.show.English)}
	for _, file := range files {
		err := c.file(file)
		if ctx.Err() != nil {
			out.drop()
			return errors.New(o.say("abgebrochen; das Protokoll ist unvollständig", "stopped; the protocol is incomplete"))
		}
		if out.broken != nil {
			break // nobody could read of the others
		}
		if err != nil {
			c.fail(err)
		}
	}
	c.bar.end()
	out.broken = cmp.Or(out.broken, c.writer.Close())
	if err := out.keep(); err != nil {
		return fmt.Errorf(o.say("das Protokoll lässt sich nicht schreiben: %w", "the protocol cannot be written: %w"), err)
	}
	switch {
	case c.failed != nil:
		return c.failed
	case c.found:
		return errFound
	}
	return nil
}

// garbage is how much of it may lie around before it is collected, in percent
// of what is in use. A package of any size holds so little at a time that it
// would be collected a hundred times a second.
const garbage = 400

// checkCall reads the flags. Without options there is nothing left to do.
func checkCall(args []string, std streams) (*checkOptions, []string, error) {
	o := &checkOptions{}
	o.show.English = asksEnglish(args)
	set := flags("check")
	format := set.String("format", "text", o.say("Ausgabe: text, json, csv, xml oder sarif", "output: text, json, csv, xml or sarif"))
	set.BoolVar(&o.show.Summary, "summary", false, o.say("angenommene Meldungen ohne Befund weglassen (json, csv, xml)", "leave out reports accepted without a finding (json, csv, xml)"))
	set.BoolVar(&o.schemaOnly, "schema-only", false, o.say("nur das Schema prüfen, nicht die Plausibilität", "check the schema alone, without plausibility"))
	lang := set.String("lang", "de", o.say("Sprache der Sätze: de oder en", "language of the sentences: de or en"))
	land := set.String("land", "", o.say("`KÜRZEL` des Landes für Regeln, die sich unterscheiden, zum Beispiel NI", "`CODE` of the Land for rules that differ, for example NI"))
	profile := set.String("profile", "", o.say("Register, für das geprüft wird: kkn, ekn oder hessen; es sagt, welche Fassungen es annimmt", "registry to check for: kkn, ekn or hessen; it says which versions it takes"))
	tables := set.String("tables", "", o.say("`ORDNER` mit weiteren Schematabellen (*.txt) von „meldewerk schema import“", "`FOLDER` of further schema tables (*.txt) made by “meldewerk schema import”"))
	lists := set.String("terminology", "", o.say("`ORDNER` mit übernommenen amtlichen Kodierlisten (*.txt), wie „terminology“ in der Konfiguration eines Hauses", "`FOLDER` of imported official code lists (*.txt), as “terminology” in the configuration of a house"))
	set.BoolVar(&o.reveal, "reveal", false, o.say("die beanstandeten Werte zeigen (text und json); sie können Angaben zu Personen sein", "show the values at the places of findings (text and json); they may be personal data"))
	set.StringVar(&o.output, "output", "", o.say("`DATEI` für das Protokoll statt der Standardausgabe", "`FILE` for the protocol instead of standard output"))
	xsd := set.Bool("xsd", false, o.say("das Schema der Ausgabe --format xml zeigen, sonst nichts", "show the schema of --format xml and nothing else"))
	files, err := parse(set, args)
	if err != nil {
		return nil, nil, err
	}
	if *xsd {
		_, err := io.WriteString(std.out, protocol.Schema)
		return nil, nil, err
	}
	o.format, o.show.Colour = protocol.Format(*format), o.output == "" && coloured(std.out)
	o.rules = check.Context{Today: calendar.Germany(time.Now()), Land: strings.ToUpper(*land), English: o.show.English}
	if err := o.sound(*lang, files); err != nil {
		return nil, nil, err
	}
	if *profile != "" {
		if o.profile, err = policy.Of(*profile); err != nil {
			return nil, nil, o.usage("als --profile gibt es kkn, ekn und hessen", "--profile is one of kkn, ekn and hessen")
		}
		o.rules.Land = cmp.Or(o.rules.Land, o.profile.Land)
	}
	if err := o.openFolders(*tables, *lists); err != nil {
		return nil, nil, err
	}
	files, err = o.expand(files)
	return o, files, err
}

// sound says what is wrong with a call before anything is opened.
func (o *checkOptions) sound(lang string, files []string) error {
	fromPipe := 0
	for _, file := range files {
		if file == "-" {
			fromPipe++
		}
	}
	switch {
	case lang != "de" && lang != "en":
		return o.usage("als --lang gibt es de und en", "--lang is one of de and en")
	case !slices.Contains(protocol.Formats(), o.format):
		return o.usage("als --format gibt es text, json, csv, xml und sarif", "--format is one of text, json, csv, xml and sarif")
	case o.rules.Land != "" && !slices.Contains(lands, o.rules.Land):
		return o.usage("als --land gibt es %s", "--land is one of %s", strings.Join(lands, ", "))
	case len(files) == 0:
		return o.usage("nennen Sie mindestens eine Datei, oder „-“ für die Standardeingabe", "name at least one file, or - for standard input")
	case fromPipe > 1:
		return o.usage("„-“ steht mehrmals; die Standardeingabe lässt sich nur einmal lesen", "- stands several times; standard input can be read only once")
	case o.reveal && o.format != protocol.Text && o.format != protocol.JSON:
		return o.usage("--reveal geht nur mit --format text oder json", "--reveal goes with --format text or json only")
	case o.reveal && fromPipe > 0:
		return o.usage("--reveal liest zweimal und braucht eine Datei statt der Standardeingabe", "--reveal reads twice and needs a file instead of standard input")
	}
	return nil
}

// usage is a wrong call with its reason.
func (o *checkOptions) usage(german, english string, args ...any) error {
	if o.show.English {
		return fmt.Errorf("%w: %s", errUsageEnglish, fmt.Sprintf(english, args...))
	}
	return usage(german, args...)
}

// say chooses the language of a sentence of the command itself.
func (o *checkOptions) say(german, english string) string {
	if o.show.English {
		return english
	}
	return german
}

// sameFile says that two names lead to one file.
func sameFile(a, b string) bool {
	first, err := os.Stat(a)
	if err != nil {
		return false
	}
	second, err := os.Stat(b)
	return err == nil && os.SameFile(first, second)
}

// sameOpened says that a name leads to what a stream reads or writes.
func sameOpened(name string, stream any) bool {
	opened, is := stream.(*os.File)
	if !is {
		return false
	}
	named, err := os.Stat(name)
	if err != nil {
		return false
	}
	info, err := opened.Stat()
	return err == nil && os.SameFile(named, info)
}

// overwrites says that a protocol would take the place of the file that
// standard input reads; a terminal may be both.
func overwrites(output string, in io.Reader) bool {
	info, err := os.Stat(output)
	return err == nil && info.Mode().IsRegular() && sameOpened(output, in)
}

// coloured says whether colours are welcome. Spec: no-color.org
func coloured(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(f.Fd()))
}

// sizeOf is the sum of the sizes of the files, or 0 when one is not known.
func sizeOf(files []string) int64 {
	sum := int64(0)
	for _, file := range files {
		info, err := os.Stat(file)
		if file == "-" || err == nil && !info.Mode().IsRegular() {
			return 0
		}
		if err == nil {
			sum += info.Size()
		}
	}
	return sum
}
