// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"
)

func TestProgressShowsRateShareAndTimeLeft(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var out bytes.Buffer
	p := &progress{w: &out, total: 200_000_000, clock: func() time.Time { return now }}
	p.add(0)
	now = now.Add(showEvery / 2)
	p.add(25_000_000)
	if out.Len() > 0 {
		t.Errorf("too early: %q", out.String())
	}
	now = now.Add(500*time.Millisecond - showEvery/2)
	p.add(25_000_000)
	if got, want := out.String(), "\r\033[K50,0 MB, 100 MB/s, 25 %, noch 2s"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p.end()
	p.end()
	if n := strings.Count(out.String(), "\r\033[K"); n != 2 {
		t.Errorf("the line was cleared %d times: %q", n, out.String())
	}
}

func TestProgressIsSilentInAPipe(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := newProgress(&out, 10, false)
	in := p.reader(strings.NewReader("0123456789"))
	if _, err := io.Copy(io.Discard, in); err != nil {
		t.Fatal(err)
	}
	p.end()
	if out.Len() > 0 {
		t.Errorf("%q", out.String())
	}
}
