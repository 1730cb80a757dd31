// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"testing"
	"time"

	"meldewerk/report/obds/xmltoken"
)

var (
	onePatient = regexp.MustCompile(`(?s)<Patient .*?</Patient>`)
	patientID  = regexp.MustCompile(`Patient_ID="[^"]*"`)
	reportID   = regexp.MustCompile(`Meldung_ID="[^"]*"`)
	reporterID = regexp.MustCompile(`Melder_ID="[^"]*"`)
)

// bigPackage repeats the patients of the valid samples, with ids of their
// own, up to a size.
func bigPackage(t testing.TB, size int) []byte {
	t.Helper()
	samples := samples3(t)
	var patients [][]byte
	for _, name := range slices.Sorted(maps.Keys(samples)) {
		doc := samples[name]
		if !read(t, bytes.NewReader(doc), Options{Version: "3.0.4"}).valid() {
			continue
		}
		for _, p := range onePatient.FindAll(doc, -1) {
			patients = append(patients, reporterID.ReplaceAll(p, []byte(`Melder_ID="M1"`)))
		}
	}
	var b bytes.Buffer
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<oBDS xmlns="` + Namespace + `" Schema_Version="3.0.4">` + "\n" +
		`<Absender Absender_ID="A" Software_ID="S" Software_Version="1"/>` + "\n<Meldedatum>2024-01-01</Meldedatum>\n<Menge_Patient>\n")
	reports := 0
	for i := 0; b.Len() < size; i++ {
		p := patientID.ReplaceAll(patients[i%len(patients)], fmt.Appendf(nil, `Patient_ID="P%d"`, i))
		b.Write(reportID.ReplaceAllFunc(p, func([]byte) []byte {
			reports++
			return fmt.Appendf(nil, `Meldung_ID="R%d"`, reports)
		}))
		b.WriteByte('\n')
	}
	b.WriteString(`</Menge_Patient><Menge_Melder><Melder ID="M1"/></Menge_Melder></oBDS>`)
	return b.Bytes()
}

const benchSize = 20 << 20

// benchDoc is a package made of the public samples, or the file that
// MELDEWERK_BENCH_FILE names.
func benchDoc(b *testing.B) []byte {
	name := os.Getenv("MELDEWERK_BENCH_FILE")
	if name == "" {
		return bigPackage(b, benchSize)
	}
	doc, err := os.ReadFile(name)
	if err != nil {
		b.Fatal(err)
	}
	return doc
}

// BenchmarkTouch is the physical yardstick: it looks for every tag's first
// byte and does nothing else.
func BenchmarkTouch(b *testing.B) {
	doc := benchDoc(b)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		touch(doc)
	}
}

func touch(doc []byte) int {
	tags := 0
	for at := 0; ; tags++ {
		next := bytes.IndexByte(doc[at:], '<')
		if next < 0 {
			return tags
		}
		at += next + 1
	}
}

func BenchmarkTokens(b *testing.B) {
	doc := benchDoc(b)
	b.SetBytes(int64(len(doc)))
	for b.Loop() {
		s := xmltoken.New(bytes.NewReader(doc), xmltoken.DefaultLimits())
		for {
			kind, err := s.Next()
			if err != nil {
				b.Fatal(err)
			}
			if kind == xmltoken.Done {
				break
			}
		}
	}
}

func BenchmarkCheckOneCore(b *testing.B) { benchmarkRead(b, Options{CheckOnly: true, Workers: 1}) }

func BenchmarkReadOneCore(b *testing.B) { benchmarkRead(b, Options{Workers: 1}) }

func BenchmarkReadTwoCores(b *testing.B) { benchmarkRead(b, Options{Workers: 2}) }

// benchmarkRead reports the time as a multiple of the yardstick's in the same
// run, which tells more than MB/s on a machine that does other things as well.
func benchmarkRead(b *testing.B, options Options) {
	doc := benchDoc(b)
	readThrough(b, doc, options)
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	yard, spent := time.Duration(0), time.Duration(0)
	for b.Loop() {
		begin := time.Now()
		touch(doc)
		middle := time.Now()
		readThrough(b, doc, options)
		yard, spent = yard+middle.Sub(begin), spent+time.Since(middle)
	}
	b.ReportMetric(float64(spent)/float64(yard), "×touch")
	b.ReportMetric(float64(len(doc))*float64(b.N)/1e6/spent.Seconds(), "MB/s-read")
}

func readThrough(b *testing.B, doc []byte, options Options) {
	r := NewReader(bytes.NewReader(doc), options)
	for {
		item, err := r.Next()
		if err == io.EOF {
			break
		} else if err != nil {
			b.Fatal(err)
		}
		if len(item.Findings) > 0 {
			b.Fatal(item.Findings)
		}
	}
	if !r.Complete() {
		b.Fatal("not complete")
	}
}
