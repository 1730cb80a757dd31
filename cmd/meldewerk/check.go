// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
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
	if slices.ContainsFunc(files, func(file string) bool { return sameFile(file, o.output) }) {
		return usage("%s", o.say("--output nennt eine der Dateien, die geprüft werden sollen; sie würde überschrieben", "--output names one of the files to be checked; it would be overwritten"))
	}
	out, closeOutput, err := o.open(std)
	if err != nil {
		return err
	}
	defer debug.SetGCPercent(debug.SetGCPercent(garbage))
	c := &checker{ctx: ctx, std: std, o: o, writer: protocol.New(o.format, out, o.show), bar: newProgress(std.err, sizeOf(files))}
	for _, file := range files {
		err := c.file(file)
		if ctx.Err() != nil {
			return errors.New(o.say("abgebrochen; das Protokoll ist unvollständig", "stopped; the protocol is incomplete"))
		}
		if err != nil {
			c.fail(err)
		}
	}
	c.bar.end()
	if err := errors.Join(c.writer.Close(), out.Flush(), closeOutput()); err != nil {
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
	set := flags("check", std)
	format := set.String("format", "text", "Ausgabe: text, json, csv, xml oder sarif")
	summary := set.Bool("summary", false, "angenommene Meldungen ohne Befund weglassen")
	schemaOnly := set.Bool("schema-only", false, "nur das Schema prüfen, nicht die Plausibilität")
	lang := set.String("lang", "de", "Sprache der Sätze: de oder en")
	land := set.String("land", "", "Kürzel des Landes für Regeln, die sich unterscheiden, zum Beispiel NI")
	profile := set.String("profile", "", "Register, für das geprüft wird: kkn, ekn oder hessen; es sagt, welche Fassungen es annimmt")
	tables := set.String("tables", "", "Ordner mit weiteren Schematabellen")
	lists := set.String("terminology", "", "Ordner mit übernommenen amtlichen Kodierlisten (*.txt), wie „terminology“ in der Konfiguration eines Hauses")
	reveal := set.Bool("reveal", false, "die beanstandeten Werte zeigen (Text und JSON); sie können Angaben zu Personen sein")
	output := set.String("output", "", "Datei für das Protokoll statt der Standardausgabe")
	xsd := set.Bool("xsd", false, "das Schema der Ausgabe --format xml zeigen, sonst nichts")
	files, err := parse(set, args)
	if err != nil {
		return nil, nil, err
	}
	o := &checkOptions{format: protocol.Format(*format), schemaOnly: *schemaOnly, reveal: *reveal, output: *output}
	o.show = protocol.Options{English: *lang == "en", Summary: *summary, Colour: *output == "" && coloured(std.out)}
	o.rules = check.Context{Today: calendar.Of(time.Now()), Land: strings.ToUpper(*land), English: o.show.English}
	switch {
	case *xsd:
		_, err := io.WriteString(std.out, protocol.Schema)
		return nil, nil, err
	case *lang != "de" && *lang != "en":
		return nil, nil, usage("als --lang gibt es de und en")
	case !slices.Contains(protocol.Formats(), o.format):
		return nil, nil, usage("%s", o.say("als --format gibt es text, json, csv, xml und sarif", "--format is one of text, json, csv, xml and sarif"))
	case o.rules.Land != "" && !slices.Contains(lands, o.rules.Land):
		return nil, nil, usage(o.say("als --land gibt es %s", "--land is one of %s"), strings.Join(lands, ", "))
	case len(files) == 0:
		return nil, nil, usage("%s", o.say("nennen Sie mindestens eine Datei, oder „-“ für die Standardeingabe", "name at least one file, or - for standard input"))
	case o.reveal && o.format != protocol.Text && o.format != protocol.JSON:
		return nil, nil, usage("%s", o.say("--reveal geht nur mit --format text oder json", "--reveal goes with --format text or json only"))
	case o.reveal && slices.Contains(files, "-"):
		return nil, nil, usage("%s", o.say("--reveal liest zweimal und braucht eine Datei statt der Standardeingabe", "--reveal reads twice and needs a file instead of standard input"))
	}
	if *profile != "" {
		if o.profile, err = policy.Of(*profile); err != nil {
			return nil, nil, usage("%s", o.say("als --profile gibt es kkn, ekn und hessen", "--profile is one of kkn, ekn and hessen"))
		}
		o.rules.Land = cmp.Or(o.rules.Land, o.profile.Land)
	}
	if err := o.openFolders(*tables, *lists); err != nil {
		return nil, nil, err
	}
	files, err = o.expand(files)
	return o, files, err
}

// say chooses the language of a sentence of the command itself.
func (o *checkOptions) say(german, english string) string {
	if o.show.English {
		return english
	}
	return german
}

// open gives what the protocol is written to. A file is readable for its owner
// only: a protocol names patient numbers.
func (o *checkOptions) open(std streams) (*bufio.Writer, func() error, error) {
	if o.output == "" {
		return bufio.NewWriterSize(std.out, 64<<10), func() error { return nil }, nil
	}
	file, err := os.OpenFile(o.output, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, nil, fmt.Errorf(o.say("die Datei %s lässt sich nicht schreiben; prüfen Sie Ordner und Rechte",
			"the file %s cannot be written; check folder and permissions"), o.output)
	}
	return bufio.NewWriterSize(file, 64<<10), file.Close, nil
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
