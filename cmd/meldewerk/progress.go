// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"
)

// progress shows rate, share and time left of a long reading on a terminal. In
// a pipe it is silent.
type progress struct {
	w       io.Writer // nil: silent
	english bool
	total   int64
	done    int64
	begun   time.Time
	shown   time.Time
	clock   func() time.Time
}

const showEvery = 200 * time.Millisecond

func newProgress(w io.Writer, total int64, english bool) *progress {
	p := &progress{total: total, english: english, clock: time.Now}
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		p.w = w
	}
	return p
}

func (p *progress) reader(in io.Reader) io.Reader {
	if p.w == nil {
		return in
	}
	return &counted{in, p}
}

// writer counts what is written, where nothing is read.
func (p *progress) writer(out io.Writer) io.Writer {
	if p.w == nil {
		return out
	}
	return &counting{out, p}
}

type counting struct {
	out io.Writer
	p   *progress
}

func (c *counting) Write(b []byte) (int, error) {
	n, err := c.out.Write(b)
	c.p.add(int64(n))
	return n, err
}

type counted struct {
	in io.Reader
	p  *progress
}

func (c *counted) Read(b []byte) (int, error) {
	n, err := c.in.Read(b)
	c.p.add(int64(n))
	return n, err
}

func (p *progress) add(n int64) {
	p.done += n
	now := p.clock()
	switch {
	case p.begun.IsZero():
		p.begun, p.shown = now, now // what is done at once shows nothing
		return
	case now.Sub(p.shown) < showEvery:
		return
	}
	p.shown = now
	seconds := now.Sub(p.begun).Seconds()
	rate := float64(p.done) / max(seconds, 0.001)
	line := fmt.Sprintf("%.1f MB, %.0f MB/s", float64(p.done)/1e6, rate/1e6)
	if p.total > 0 && rate > 0 {
		left := time.Duration(float64(max(p.total-p.done, 0)) / rate * float64(time.Second)).Round(time.Second)
		share := min(p.done*100/p.total, 100)
		if p.english {
			line += fmt.Sprintf(", %d%%, %s left", share, left)
		} else {
			line += fmt.Sprintf(", %d %%, noch %s", share, left)
		}
	}
	if !p.english {
		line = strings.Replace(line, ".", ",", 1) // of the megabytes
	}
	fmt.Fprint(p.w, "\r\033[K"+line)
}

// end clears the line.
func (p *progress) end() {
	if p.w != nil && p.shown.After(p.begun) {
		fmt.Fprint(p.w, "\r\033[K")
		p.shown = p.begun
	}
}
