// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"testing"

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

func BenchmarkTokens(b *testing.B) {
	doc := bigPackage(b, benchSize)
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

func benchmarkRead(b *testing.B, options Options) {
	doc := bigPackage(b, benchSize)
	if v := read(b, bytes.NewReader(doc), options); !v.valid() {
		b.Fatal(v)
	}
	b.SetBytes(int64(len(doc)))
	b.ReportAllocs()
	for b.Loop() {
		r := NewReader(bytes.NewReader(doc), options)
		for {
			if _, err := r.Next(); err == io.EOF {
				break
			} else if err != nil {
				b.Fatal(err)
			}
		}
		if !r.Complete() {
			b.Fatal("not complete")
		}
	}
}
