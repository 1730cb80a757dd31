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
	w     io.Writer // nil: silent
	total int64
	done  int64
	begun time.Time
	shown time.Time
	clock func() time.Time
}

const showEvery = 200 * time.Millisecond

func newProgress(w io.Writer, total int64) *progress {
	p := &progress{total: total, clock: time.Now}
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
		line += fmt.Sprintf(", %d %%, noch %s", min(p.done*100/p.total, 100), left)
	}
	fmt.Fprint(p.w, "\r\033[K"+strings.ReplaceAll(line, ".", ","))
}

// end clears the line.
func (p *progress) end() {
	if p.w != nil && p.shown.After(p.begun) {
		fmt.Fprint(p.w, "\r\033[K")
		p.shown = p.begun
	}
}
