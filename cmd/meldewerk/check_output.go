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
	if o.output == "" {
		return &output{Writer: bufio.NewWriterSize(std.out, 64<<10)}, nil
	}
	out := &output{name: o.output}
	info, err := os.Stat(o.output)
	if err == nil && !info.Mode().IsRegular() { // a device, or a pipe that somebody reads
		out.name = ""
		out.file, err = os.OpenFile(o.output, os.O_WRONLY, 0)
	} else {
		if known, problem := filepath.EvalSymlinks(o.output); problem == nil {
			out.name = known // a link stays one
		}
		out.file, err = os.CreateTemp(filepath.Dir(out.name), ".meldewerk-*") // mode 0600
	}
	if err != nil {
		return nil, fmt.Errorf(o.say("die Datei %s lässt sich nicht schreiben; prüfen Sie Ordner und Rechte",
			"the file %s cannot be written; check folder and permissions"), o.output)
	}
	out.Writer = bufio.NewWriterSize(out.file, 64<<10)
	return out, nil
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
