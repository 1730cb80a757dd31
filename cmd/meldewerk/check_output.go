// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
)

// output is what a protocol is written to. A file appears under its name only
// when it is whole, and is readable for its owner only: a protocol names
// patient numbers.
type output struct {
	*bufio.Writer
	broken error    // the first error of writing
	file   *os.File // nil: standard output
	name   string   // what the file is called once it is whole; "": it has its name
}

// Write is told the first error, so that a long check does not go on for nothing.
func (o *output) Write(b []byte) (int, error) {
	n, err := o.Writer.Write(b)
	o.broken = cmp.Or(o.broken, err)
	return n, err
}

// open gives what the protocol is written to.
func (o *checkOptions) open(std streams) (*output, error) {
	if o.output == "" || sameOpened(o.output, std.out) {
		return &output{Writer: bufio.NewWriterSize(std.out, 64<<10)}, nil
	}
	out := &output{name: o.output}
	info, err := os.Stat(o.output)
	if err == nil && !info.Mode().IsRegular() { // a device, or a pipe that somebody reads
		out.name = ""
		out.file, err = os.OpenFile(o.output, os.O_WRONLY, 0)
	} else {
		out.name = behindLinks(o.output)
		out.file, err = os.CreateTemp(filepath.Dir(out.name), ".meldewerk-*") // mode 0600
	}
	if err != nil {
		return nil, fmt.Errorf(o.say("die Datei %s lässt sich nicht schreiben; prüfen Sie Ordner und Rechte",
			"the file %s cannot be written; check folder and permissions"), o.output)
	}
	out.Writer = bufio.NewWriterSize(out.file, 64<<10)
	return out, nil
}

// behindLinks is the file to which a name leads, even one that is not there yet:
// a link stays one.
func behindLinks(name string) string {
	for range 40 { // as many as the system follows
		if known, err := filepath.EvalSymlinks(name); err == nil {
			return known
		}
		to, err := os.Readlink(name)
		folder, problem := filepath.EvalSymlinks(filepath.Dir(name))
		switch {
		case err != nil || problem != nil:
			return name
		case filepath.IsAbs(to):
			name = to
		default:
			name = filepath.Join(folder, to)
		}
	}
	return name
}

// keep ends the file and gives it its name.
func (o *output) keep() error {
	err := cmp.Or(o.broken, o.Flush())
	if o.file == nil {
		return err
	}
	if closed := o.file.Close(); err == nil {
		err = closed
	}
	if o.name == "" {
		return err
	}
	if err == nil {
		err = os.Rename(o.file.Name(), o.name)
	}
	if err != nil {
		_ = os.Remove(o.file.Name()) // half a protocol is none
	}
	return err
}

// drop leaves no half protocol behind.
func (o *output) drop() {
	if o.file == nil {
		return
	}
	_ = o.file.Close() // it is thrown away
	if o.name != "" {
		_ = os.Remove(o.file.Name()) // as above
	}
}
