// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"meldewerk/calendar"
	"meldewerk/report"
	"meldewerk/report/check"
	reportform "meldewerk/report/form"
	"meldewerk/report/obds"
	"meldewerk/report/parcel"
)

// sample is a report of the official samples.
type sample struct {
	name   string
	report *report.Report
}

// sampled are the reports of the samples in which the reader finds nothing.
func sampled(t *testing.T) []sample {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "..", "shared", "obds", "samples", "*.xml"))
	must(t, err)
	if len(files) == 0 {
		t.Skip("the official samples are not beside the project")
	}
	var all []sample
	for _, file := range files {
		f, err := os.Open(file)
		must(t, err)
		reader := obds.NewReader(f, obds.Options{Workers: 1})
		for {
			item, err := reader.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			must(t, err)
			if len(item.Findings) == 0 && item.Report != nil {
				all = append(all, sample{fmt.Sprintf("%s, report %d", filepath.Base(file), item.Position), item.Report})
			}
		}
		must(t, f.Close())
	}
	return all
}

// sectionShows types a section and wants its page to show every value again.
func (c *clerk) sectionShows(address string, sheet reportform.Sheet, section *reportform.Section) string {
	c.p.t.Helper()
	part := section.Part(sheet)
	if len(part) == 0 {
		return ""
	}
	path := address + "/" + section.Name
	body, status, err := c.Get(c.p.t.Context(), path)
	must(c.p.t, err)
	if status != http.StatusOK {
		return section.Name + " cannot be opened"
	}
	values := posted(sheet, part)
	want := url.Values{}
	for name, texts := range values {
		want[name] = slices.Sorted(slices.Values(texts))
	}
	values.Set("version", c.token(string(body)))
	values.Set("act", "weiter")
	a, err := c.Post(c.p.t.Context(), path, values)
	must(c.p.t, err)
	if a.Status != http.StatusSeeOther {
		return fmt.Sprintf("%s is refused: %d %s", section.Name, a.Status, errorWords.FindAll(a.Body, -1))
	}
	got := url.Values{}
	for name, texts := range successful(c.p.t, c.read(path), path) {
		if want.Has(name) {
			got[name] = slices.Sorted(slices.Values(texts))
		}
	}
	return gocmp.Diff(map[string][]string(want), map[string][]string(got), decimalComma)
}

// decimalComma lets a page write a number as it is written in German, and a
// text without blanks at its ends.
var decimalComma = gocmp.Comparer(func(a, b string) bool {
	return strings.TrimSpace(strings.Replace(a, ".", ",", 1)) == strings.TrimSpace(strings.Replace(b, ".", ",", 1))
})

// offered says whether a section is offered before anything stands in it.
func offered(sheet reportform.Sheet, section *reportform.Section) bool {
	empty := sheet.Clone()
	for key := range section.Part(sheet) {
		delete(empty, key)
	}
	empty.Put("tumour.icd.code", sheet["tumour.icd.code"])
	_, found := reportform.Named(empty, section.Name)
	return found
}

// stoppedByRule says whether the check of packages finds an error.
func stoppedByRule(now time.Time, r *report.Report) bool {
	day := calendar.Of(now)
	return slices.ContainsFunc(check.Run(check.Context{Today: day, ReportedOn: day, Land: "NI"}, r), func(f report.Finding) bool {
		return f.Severity == report.Error
	})
}

var anyMarkup = regexp.MustCompile(`<[^>]*>`)

// TestSamplesAreTypedShownAndHandedIn types every valid report of the official
// samples into the pages: each page shows every value again, and what the trust
// centre opens is the report of the sample. Only the identifiers that the
// portal makes differ.
func TestSamplesAreTypedShownAndHandedIn(t *testing.T) {
	t.Parallel()
	all := sampled(t)
	p := newPlant(t, "kkn", nil)
	p.everyone()
	p.clock.Advance(2 * 365 * 24 * time.Hour) // the samples are of several years
	c := newClerk(p.reporter("spaeter", "unit-alle"))
	if testing.Short() {
		all = all[:min(len(all), 20)]
	}
	made := map[report.ID]sample{}
	stopped := 0
	for i := range all {
		s := &all[i]
		s.report.Patient = report.PatientID(fmt.Sprintf("Muster-%03d", i))
		record := c.newPatient(s.report.Reporter, s.report.Patient)
		sheet := reportform.Encode(s.report)
		form := c.begin(record, s.report.Event.Occasion(), "")
		for _, section := range reportform.Sections(sheet) {
			if !offered(sheet, section) { // a module of another organ: the pages do not offer it
				for key := range section.Part(sheet) {
					delete(sheet, key)
				}
				t.Logf("%s: the section %s is not offered for this tumour", s.name, section.Name)
				continue
			}
			address := form
			if section.OfPatient() {
				address = record
			}
			if diff := c.sectionShows(address, sheet, section); diff != "" {
				t.Errorf("%s, section %s: %s", s.name, section.Name, diff)
			}
		}
		checked := c.read(form + "/pruefen")
		if !strings.Contains(checked, `action="`+form+`/uebermitteln"`) {
			stopped++
			if !stoppedByRule(p.clock.Now(), s.report) {
				t.Errorf("%s is stopped, and would not be in a package: %s", s.name, anyMarkup.ReplaceAllString(strings.Join(hintWords.FindAllString(checked, -1), "; "), ""))
			}
			continue
		}
		c.submitReport(form)
		s.report = reportform.Decode(sheet).Report
		made[report.ID(madeID.FindString(c.read(form)))] = *s
	}
	t.Logf("%d reports typed, %d handed in, %d stopped by a rule", len(all), len(made), stopped)
	if len(made) < len(all)/2 {
		t.Error("hardly any report could be handed in")
	}
	opened := p.parcels()
	for id, s := range made {
		got := opened[id]
		if got == nil {
			t.Errorf("%s did not reach the trust centre", s.name)
			continue
		}
		want := *s.report
		want.ID, want.Event.Assignment.TumourID = got.ID, got.Event.Assignment.TumourID
		if diff := gocmp.Diff(want, *got, sameKnownDay); diff != "" {
			t.Errorf("%s: another report reached the trust centre:\n%s", s.name, diff)
		}
	}
}

// sameKnownDay lets a day whose accuracy the newer version of the data set does
// not ask for be the exact day that it is.
var sameKnownDay = gocmp.Comparer(func(a, b calendar.Date) bool {
	return a == b || a.IsExact() && b.IsExact() && a.String() == b.String()
})

// parcels are the reports that wait in the portal, opened with the keys of the
// trust centre.
func (p *plant) parcels() map[report.ID]*report.Report {
	p.t.Helper()
	all := map[report.ID]*report.Report{}
	v := vault(p.t, p.TrustCentre.Ground(), p.layout.Configs().TrustCentre.Keys)
	eachValue(p.t, p.Portal.Ground(), func(one value) {
		if !bytes.HasPrefix(one.content, []byte("age-encryption.org/")) {
			return
		}
		for _, plain := range v.Open(one.content) {
			reader, err := parcel.NewReader(bytes.NewReader(plain), parcel.ReadOptions{})
			must(p.t, err)
			for {
				item, err := reader.Next()
				if errors.Is(err, io.EOF) {
					break
				}
				must(p.t, err)
				all[item.Report.ID] = item.Report
			}
		}
	})
	return all
}
