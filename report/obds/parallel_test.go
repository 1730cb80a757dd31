// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"bytes"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/report"
)

// TestManyWorkersReadLikeOne holds the reading in parts against that by one
// engine, with pieces so small that cuts fall everywhere.
func TestManyWorkersReadLikeOne(t *testing.T) {
	t.Parallel()
	var docs []string
	for _, doc := range samples3(t) {
		docs = append(docs, string(doc))
	}
	big := string(bigPackage(t, 200_000))
	docs = append(docs, big,
		big[:len(big)/2],
		strings.Replace(big, "<Patient Patient_ID=\"P20\"", "<!-- </Patient> --><Patient Patient_ID=\"P20\"", 1),
		strings.Replace(big, "<Patient Patient_ID=\"P20\"", "<?p </Patient> ?><Patient Patient_ID=\"P20\"", 1),
		strings.Replace(big, "<Patient Patient_ID=\"P20\"", "x<Patient Patient_ID=\"P20\"", 1),
		strings.Replace(big, "<Patient Patient_ID=\"P20\"", "<Patient/><Patient Patient_ID=\"P20\"", 1),
		strings.Replace(big, "Patient_ID=\"P20\"", "Patient_ID=\"P3\"", 1),
		strings.Replace(big, "Patient_ID=\"P20\"", "Patient_ID=\"\"", 1),
		strings.Replace(big, "<Nachname>", "<Nachname>0", 20),
		strings.Replace(big, "<Nachname>", "<Nachname><![CDATA[</Patient>]]>", 30),
		strings.Replace(big, "<Nachname>", "<Nachname>\x01", 15),
		strings.ReplaceAll(big, "</Patient>", "</Patient >"),
		strings.ReplaceAll(big, "\n", "\r\n"),
		strings.ReplaceAll(big, "\n", "\r"),
		strings.NewReplacer("<", "<o:", "</", "</o:", "<?xml", "<?xml", "xmlns=", "xmlns:o=").Replace(big),
		strings.Replace(big, "</Menge_Patient>", "</Menge_Patient><!-- </Patient> -->", 1),
		strings.Replace(big, "</Menge_Patient>", "</Menge_Patient><Patient></Patient>", 1),
		strings.Replace(big, "<Menge_Melder>", "<Menge_Melder>x", 1),
		head+"</Menge_Patient></oBDS>",
		strings.Replace(sound(), "<Menge_Patient>", "<Menge_Patient/>", 1),
	)
	for i, doc := range docs {
		alone := read(t, strings.NewReader(doc), Options{Workers: 1})
		for _, size := range []int{64, 3000, 20_000} {
			together := read(t, strings.NewReader(doc), Options{Workers: 3, pieceSize: size})
			if alone.everything() != together.everything() {
				t.Errorf("document %d in pieces of %d: %s", i, size, cmp.Diff(alone.everything(), together.everything()))
			}
			if !reflect.DeepEqual(reports(alone), reports(together)) || !reflect.DeepEqual(alone.pkg, together.pkg) {
				t.Errorf("document %d in pieces of %d: reports differ", i, size)
			}
		}
		if i >= len(docs)-20 {
			slow := read(t, iotest.OneByteReader(strings.NewReader(doc)), Options{Workers: 2, pieceSize: 500})
			if alone.everything() != slow.everything() {
				t.Errorf("document %d byte by byte differs", i)
			}
		}
	}
}

func TestWorkersReadForeignEncodingsAndFailingSources(t *testing.T) {
	t.Parallel()
	big := bytes.Replace(bigPackage(t, 100_000), []byte("UTF-8"), []byte("ISO-8859-15"), 1)
	for _, source := range []Options{{Workers: 1}, {Workers: 2, pieceSize: 5000}} {
		r := NewReader(iotest.TimeoutReader(iotest.OneByteReader(bytes.NewReader(big))), source)
		for {
			_, err := r.Next()
			if err == nil {
				continue
			}
			if r.Complete() || len(r.Findings()) > 0 {
				t.Errorf("a source that fails counts as a fault of the package: %v %v", err, r.Findings())
			}
			break
		}
	}
	one := read(t, bytes.NewReader(big), Options{Workers: 1})
	two := read(t, bytes.NewReader(big), Options{Workers: 2, pieceSize: 5000})
	if one.everything() != two.everything() {
		t.Error("ISO-8859-15 in parts differs")
	}
	limits := DefaultLimits()
	limits.XML.Size = 50_000
	if v := read(t, bytes.NewReader(big), Options{Workers: 2, pieceSize: 5000, Limits: limits}); v.complete || v.findings[0].Rule != RuleLimit {
		t.Errorf("size limit in parts: %s", v)
	}
}

func TestInspectSeesEveryItemAndMayAddFindings(t *testing.T) {
	t.Parallel()
	doc := bigPackage(t, 100_000)
	for _, workers := range []int{1, 3} {
		var seen atomic.Int32
		v := read(t, bytes.NewReader(doc), Options{Workers: workers, pieceSize: 5000, Inspect: func(i *Item) {
			seen.Add(1)
			f := finding("T1", sentence{"m", "r"}, i.Path(), i.Line)
			i.Findings = append(i.Findings, f)
		}})
		if int(seen.Load()) != len(v.items) {
			t.Errorf("%d workers: %d of %d items seen", workers, seen.Load(), len(v.items))
		}
		for _, item := range v.items {
			if len(item.Findings) != 1 || item.Findings[0].Path != item.Path() || item.Findings[0].Line != item.Line {
				t.Fatalf("%d workers: item %d has %v", workers, item.Position, item.Findings)
			}
		}
	}
}

// TestWorkersReadAheadAndEnd: the engines go on while the caller works on what
// he was given, and no goroutine stays behind when he stops early.
func TestWorkersReadAheadAndEnd(t *testing.T) {
	t.Parallel()
	doc := bigPackage(t, 100_000)
	synctest.Test(t, func(t *testing.T) {
		var seen atomic.Int32
		r := NewReader(bytes.NewReader(doc), Options{Workers: 2, pieceSize: 5000, Inspect: func(*Item) { seen.Add(1) }})
		give := func(enough func(given int) bool) {
			for given := 0; !enough(given); given++ {
				if _, err := r.Next(); err != nil {
					t.Fatal(err)
				}
			}
			synctest.Wait()
		}
		give(func(given int) bool { return r.parts != nil && given > 1 })
		before := seen.Load()
		give(func(given int) bool { return given == 20 })
		if now := seen.Load(); now <= before {
			t.Errorf("%d reports were read when the first were given out, and %d when twenty more were", before, now)
		}
	})
}

// TestInspectPatientSeesAllReportsOfOnePatientTogether is what judging them
// together rests on.
func TestInspectPatientSeesAllReportsOfOnePatientTogether(t *testing.T) {
	t.Parallel()
	doc := head
	for i := range 40 {
		doc += patientXML(i+1, 1+i%4)
	}
	doc = strings.Replace(doc+tail, "ohne Befund", "&x;", 1)
	for _, workers := range []int{1, 3} {
		var patients atomic.Int32
		v := read(t, strings.NewReader(doc), Options{Workers: workers, pieceSize: 5000,
			Inspect: func(i *Item) { i.Findings = append(i.Findings, report.Finding{Rule: "T0"}) },
			InspectPatient: func(frame *report.Package, items []*Item) {
				patients.Add(1)
				if frame.ReportedOn != (calendar.Date{Year: 2024, Month: 3, Day: 1}) || frame.Sender.ID != "A" {
					t.Error("the frame is not known")
				}
				for nth, item := range items {
					if item.Patient != items[0].Patient || item.Path() != fmt.Sprintf("%s/Menge_Meldung/Meldung[%d]", patientPath(items[0].patientNth), nth+1) {
						t.Errorf("%s is number %d of %s", item.Path(), nth+1, items[0].Patient)
					}
					if item.Findings[len(item.Findings)-1].Rule != "T0" || (item.Report == nil) != (len(item.Findings) > 1) {
						t.Error("Inspect came later, or a damaged report was decoded")
					}
					item.Findings = append(item.Findings, report.Finding{Rule: "T1", Line: item.Line, Path: item.Path(), Message: fmt.Sprint(len(items))})
				}
			}})
		if patients.Load() < 40 || len(v.items) != 100 {
			t.Fatalf("%d workers: %d patients, %d reports", workers, patients.Load(), len(v.items))
		}
		for _, item := range v.items {
			f := item.Findings[len(item.Findings)-1]
			nth, err := strconv.Atoi(strings.TrimPrefix(string(item.Patient), "P"))
			if err != nil || f.Rule != "T1" || f.Path != item.Path() || f.Line != item.Line || f.Message != fmt.Sprint(1+(nth-1)%4) {
				t.Fatalf("%d workers: report %d of %s has %v", workers, item.Position, item.Patient, f)
			}
		}
	}
}
