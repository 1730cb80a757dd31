// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// chunks gives a document in pieces of up to so many bytes, the last of them
// with or without the end.
type chunks struct {
	rest []byte
	rng  *rand.Rand
	most int
}

func (c *chunks) Read(p []byte) (int, error) {
	if len(c.rest) == 0 {
		return 0, io.EOF
	}
	n := copy(p[:min(len(p), 1+c.rng.IntN(c.most))], c.rest)
	if c.rest = c.rest[n:]; len(c.rest) == 0 && c.rng.IntN(2) == 0 {
		return n, io.EOF
	}
	return n, nil
}

// tight are limits that a small document comes up against.
func tight(rng *rand.Rand, size int) Limits {
	l := DefaultLimits()
	if rng.IntN(2) == 0 {
		l.XML.Token = 20 + rng.IntN(400)
	}
	if rng.IntN(4) == 0 {
		l.PatientBytes = 400 + rng.IntN(5000)
	}
	if rng.IntN(4) == 0 {
		l.XML.Size = int64(200 + rng.IntN(size))
	}
	return l
}

// TestChunksOfTheSourceDecideNoVerdict damages packages in several places,
// reads them within tight limits, and gets the same verdicts however the bytes
// come in.
func TestChunksOfTheSourceDecideNoVerdict(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	own := head
	for i := range 5 {
		own += patientXML(i, 3)
	}
	own += tail
	spread := strings.ReplaceAll(strings.ReplaceAll(own, "\n", "\r\n"), "><", ">\r\n        <")
	docs := []string{own, spread, strings.ReplaceAll(own, "</Meldung>", "</Meldung>"+strings.Repeat("\r\n", 400)),
		`<?xml version="1.0" encoding="ISO-8859-1"?>` + strings.ReplaceAll(spread, "Erika", "J\xfcrgen")}
	markup := []string{"</x>", "<x>", "<![CDATA[", "<!-- ", "]]>", "<?x ", "</Meldung>", "</Patient>", "\r", "<!DOCTYPE", strings.Repeat(" \r\n", 300)}
	for range rounds(t, "MELDEWERK_DAMAGES", 500) {
		doc := []byte(docs[rng.IntN(len(docs))])
		for range rng.IntN(4) {
			at := rng.IntN(len(doc))
			doc = slices.Insert(damage(rng, doc, at), at, []byte(markup[rng.IntN(len(markup))])...)
		}
		limits := tight(rng, len(doc))
		whole := read(t, bytes.NewReader(doc), Options{Workers: 1, Limits: limits}).everything()
		for _, most := range []int{1, 300} {
			got := read(t, &chunks{doc, rng, most}, Options{Workers: 1, Limits: limits}).everything()
			if got != whole {
				t.Fatalf("pieces of up to %d bytes, %+v:\n%s\n%q", most, limits, cmp.Diff(whole, got), doc)
			}
		}
		got := read(t, &chunks{doc, rng, 3000}, Options{Workers: 2, Limits: limits, pieceSize: 1 + rng.IntN(20_000)}).everything()
		if got != whole {
			t.Fatalf("two workers, %+v:\n%s\n%q", limits, cmp.Diff(whole, got), doc)
		}
	}
}

var errBroken = errors.New("connection reset")

// broken is a source that fails behind a text.
func broken(text string) io.Reader { return chain(text, failure{}) }

// failure is a source that gives nothing but an error.
type failure struct{}

func (failure) Read([]byte) (int, error) { return 0, errBroken }

// TestSourceThatFailsBehindAFaultIsNoVerdict breaks the connection while the
// way is sought behind a fault: that is trouble of the transfer and nothing to
// say of the package, and what stood in the buffer before is not read again.
func TestSourceThatFailsBehindAFaultIsNoVerdict(t *testing.T) {
	t.Parallel()
	doc := head + patientXML(1, 2) + strings.Replace(patientXML(2, 40), "</Tod>", "</x>", 1)
	fault := strings.Index(doc, "</x>")
	for _, cut := range []int{fault + 5, fault + 100, fault + 2000, len(doc) - 3} {
		for workers := 1; workers <= 2; workers++ {
			r := NewReader(broken(doc[:cut]), Options{Workers: workers, pieceSize: 500})
			reports := 0
			var err error
			for err == nil {
				if _, err = r.Next(); err == nil {
					reports++
				}
			}
			if !errors.Is(err, errBroken) || len(r.Findings()) > 0 || r.Complete() {
				t.Errorf("broken off at %d, %d workers: error %v, findings %v", cut, workers, err, r.Findings())
			}
			if reports > 42 {
				t.Errorf("broken off at %d, %d workers: %d reports of 42", cut, workers, reports)
			}
		}
	}
}

// TestX3SizeEndsTheReadingBehindAFaultToo crosses the limit while the way is sought.
func TestX3SizeEndsTheReadingBehindAFaultToo(t *testing.T) {
	t.Parallel()
	doc := head + patientXML(1, 2) + strings.Replace(patientXML(2, 40), "ohne Befund", "a < b", 1) + tail
	fault := strings.Index(doc, "a < b")
	for _, size := range []int{fault + 5, fault + 20, fault + 300, fault + 4000, fault + 8000} {
		l := DefaultLimits()
		l.XML.Size = int64(size)
		v := read(t, &chunks{[]byte(doc), rand.New(rand.NewPCG(7, 8)), 700}, Options{Workers: 1, Limits: l})
		if n := len(v.findings); n != 1 || v.findings[0].Rule != RuleLimit || v.complete {
			t.Errorf("limit of %d bytes: %s", size, v)
		}
	}
}
