// SPDX-License-Identifier: EUPL-1.2

package portal_test

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/portal"
	"meldewerk/report"
	"meldewerk/report/parcel"
)

// nothing says that no upload left anything behind but so many packages.
func (w *world) nothing(t *testing.T, u *user) {
	t.Helper()
	if out, err := w.door().Next(t.Context(), 10); err != nil || len(out) != 0 {
		t.Errorf("%d envelopes are left, %v", len(out), err)
	}
	if a := u.want(http.StatusOK, u.get("/pakete")); !strings.Contains(a.body, "Noch keine Pakete") {
		t.Errorf("a package is left: %s", a.body)
	}
	w.spoolEmpty(t)
}

func (w *world) spoolEmpty(t *testing.T) {
	t.Helper()
	entries, err := os.ReadDir(w.config.Spool)
	if err != nil || len(entries) != 0 {
		t.Errorf("%d files are left in the spool folder, %v", len(entries), err)
	}
}

func zipped(t *testing.T, files ...string) string {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i, text := range files {
		f, err := z.Create(fmt.Sprintf("datei-%d.xml", i+1))
		if err == nil {
			_, err = io.WriteString(f, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// opened opens all that waits for the trust centre and gives the reports by
// receipt and position, without the withdrawn ones.
func (w *world) opened(t *testing.T) map[string]*report.Report {
	t.Helper()
	out, err := w.door().Next(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]*report.Report{}
	for _, e := range out {
		content, err := envelope.Open(bytes.NewReader(e.Sealed), w.keys)
		if err != nil {
			t.Fatal(err)
		}
		r, err := parcel.NewReader(content, parcel.ReadOptions{})
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for {
			item, err := r.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if len(item.Gate) != 0 {
				t.Fatalf("the second gate finds %+v", item.Gate)
			}
			n++
			found[fmt.Sprintf("%d/%d", e.Receipt, item.Position)] = item.Report
		}
		if n != e.Reports {
			t.Fatalf("%d reports in an envelope of %d", n, e.Reports)
		}
		for _, p := range e.Withdrawn {
			delete(found, fmt.Sprintf("%d/%d", e.Receipt, p))
		}
	}
	return found
}

func TestSealedReportsAreThoseOfThePackage(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		list := people(1000)
		p := u.protocol(u.upload(packageOf(list...)))
		if p.Reports != 1000 || p.Rejected != 0 {
			t.Fatalf("%d reports, %d rejected", p.Reports, p.Rejected)
		}
		found := w.opened(t)
		if len(found) != 1000 {
			t.Fatalf("%d reports are sealed", len(found))
		}
		for i, want := range list {
			r := found[fmt.Sprintf("1/%d", i+1)]
			if r == nil || r.Person.Surname != want.surname || string(r.Patient) != want.id || r.Person.Insurance.InsuredNumber() != want.kvnr {
				t.Fatalf("position %d is another report", i+1)
			}
		}
	})
}

func TestArchivesAreTaken(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		if p := u.protocol(u.upload(gzipped(t, packageOf(people(3)...)))); p.Reports != 3 || p.Rejected != 0 {
			t.Fatalf("gzip: %+v", p)
		}
		a, b := packageOf(people(4)...), packageOf(somebody(50), somebody(51), somebody(3))
		p := u.protocol(u.upload(zipped(t, a, b)))
		// Person 3 stands in both files with the same Meldungs-ID.
		if p.Reports != 7 || p.Rejected != 2 || p.Results[3].Verdict != report.Rejected || p.Results[6].Verdict != report.Rejected {
			t.Fatalf("zip: %+v", p)
		}
		if found := w.opened(t); len(found) != 3+5 {
			t.Fatalf("%d reports are sealed", len(found))
		}
		w.spoolEmpty(t)
	})
}

func TestDanglingReporterWithdraws(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		list := people(10)
		list[2].reporter, list[7].reporter = "M-9", "M-9"
		p := u.protocol(u.upload(packageOf(list...)))
		if p.Reports != 10 || p.Rejected != 2 || p.Results[2].Verdict != report.Rejected || p.Results[7].Verdict != report.Rejected {
			t.Fatalf("protocol %+v", p)
		}
		out, err := w.door().Next(t.Context(), 10)
		if err != nil || len(out) != 1 || fmt.Sprint(out[0].Withdrawn) != "[3 8]" || out[0].Reports != 10 {
			t.Fatalf("outbox %+v, %v", out, err)
		}
		a := u.want(http.StatusOK, u.get("/pakete"))
		if !strings.Contains(a.body, "Zu berichtigen") {
			t.Error("the list does not say that there is something to mend")
		}
	})
}

// TestTodayIsTheDayInGermany: half an hour after midnight in Germany, a
// diagnosis of this day is not in the future, but one of tomorrow is.
func TestTodayIsTheDayInGermany(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+filepath.Join(t.TempDir(), "portal.db"))
	w.clock.Advance(11*time.Hour + 30*time.Minute) // 23:30 UTC
	u := w.user("nord")
	first, second, _ := strings.Cut(packageOf(people(2)...), "</Patient>")
	text := strings.Replace(first, "2026-05-04", "2026-11-22", 1) + "</Patient>" + strings.Replace(second, "2026-05-04", "2026-11-23", 1)
	p := u.protocol(u.upload(text))
	if len(p.Results) != 2 || p.Results[0].Verdict == report.Rejected || p.Results[1].Verdict != report.Rejected {
		t.Fatalf("protocol %+v", p)
	}
}

func TestCutXMLLeavesOnlyItsFinding(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		text := packageOf(people(700)...) // several parts are staged before the end
		path := u.upload(text[:len(text)-300])
		p := u.protocol(path)
		if p.State != "unreadable" || p.Receipt != nil || p.Reports != 0 || len(p.Results) != 0 || len(p.Findings) == 0 {
			t.Fatalf("protocol %+v", p)
		}
		if out, err := w.door().Next(t.Context(), 10); err != nil || len(out) != 0 {
			t.Fatalf("%d envelopes, %v", len(out), err)
		}
		if a := u.want(http.StatusOK, u.get(path)); !strings.Contains(a.body, "nichts angenommen") {
			t.Error("the page does not say that nothing was taken")
		}
		// The whole package afterwards is a package like any other.
		if p := u.protocol(u.upload(text)); p.Reports != 700 || p.Rejected != 0 {
			t.Fatalf("whole package: %+v", p)
		}
	})
}

func TestBrokenConnectionLeavesNothing(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		text := packageOf(people(700)...)
		body, contentType := multipartBody("real", "export.xml", io.MultiReader(strings.NewReader(text[:len(text)-300]), brokenPipe{}))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/pakete", body)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", contentType)
		if response, err := u.client.Do(r); err == nil {
			_ = response.Body.Close()
			t.Fatalf("status %d for half a body", response.StatusCode)
		}
		deadline := time.Now().Add(20 * time.Second)
		for w.log.String() != "" && !strings.Contains(w.log.String(), `"route":"POST /pakete"`) {
			if time.Now().After(deadline) {
				t.Fatal("the upload is still running")
			}
			runtime.Gosched() // the server notices the broken connection by itself
		}
		w.nothing(t, u)
		// The unit is free again at once.
		if p := u.protocol(u.upload(text)); p.Reports != 700 {
			t.Fatalf("after the broken upload: %+v", p)
		}
	})
}

// brokenPipe is a connection that ends in the middle.
type brokenPipe struct{}

func (brokenPipe) Read([]byte) (int, error) { return 0, errors.New("broken pipe") }

func TestU1LimitsHoldWhileStreaming(t *testing.T) {
	text := packageOf(people(40)...)
	bomb := packageHead + strings.Repeat(" ", 3_000_000)
	for _, c := range []struct {
		name   string
		limit  func(*portal.Config)
		body   func(t *testing.T) string
		status int
		word   string
	}{
		{"request", func(c *portal.Config) { c.Upload.MaxBytes = int64(len(text)) - 1 }, func(*testing.T) string { return text }, http.StatusRequestEntityTooLarge, "größer als erlaubt"},
		{"unpacked gzip", func(c *portal.Config) { c.Upload.MaxUnpacked = int64(len(text)) - 1 }, func(t *testing.T) string { return gzipped(t, text) }, http.StatusRequestEntityTooLarge, "entpackt größer"},
		{"unpacked zip", func(c *portal.Config) { c.Upload.MaxUnpacked = int64(len(text)) - 1 }, func(t *testing.T) string { return zipped(t, text) }, http.StatusRequestEntityTooLarge, "entpackt größer"},
		{"ratio gzip", func(*portal.Config) {}, func(t *testing.T) string { return gzipped(t, bomb) }, http.StatusRequestEntityTooLarge, "stärker gepackt"},
		{"ratio zip", func(*portal.Config) {}, func(t *testing.T) string { return zipped(t, bomb) }, http.StatusRequestEntityTooLarge, "stärker gepackt"},
		{"entries", func(c *portal.Config) { c.Upload.MaxEntries = 2 }, func(t *testing.T) string { return zipped(t, text, text, text) }, http.StatusRequestEntityTooLarge, "mehr Dateien"},
		{"quota", func(c *portal.Config) { c.Upload.MaxPerDay = int64(len(text)) - 1 }, func(*testing.T) string { return text }, http.StatusRequestEntityTooLarge, "an einem Tag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, "sqlite:"+t.TempDir()+"/portal.db", c.limit)
			u := w.user("nord")
			if a := u.send("real", "x.xml", strings.NewReader(c.body(t))); a.status != c.status || !strings.Contains(a.body, c.word) {
				t.Fatalf("status %d: %s", a.status, a.body)
			}
			w.nothing(t, u)
		})
	}
	t.Run("just within", func(t *testing.T) {
		t.Parallel()
		w := newWorld(t, "sqlite:"+t.TempDir()+"/portal.db", func(p *portal.Config) {
			p.Upload = portal.Upload{MaxBytes: int64(len(text)), MaxUnpacked: int64(len(text)), MaxEntries: 1, MaxPerDay: int64(len(text))}
		})
		u := w.user("nord")
		if p := u.protocol(u.upload(text)); p.Reports != 40 {
			t.Fatalf("%+v", p)
		}
	})
}

func TestU2TypeByContent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+t.TempDir()+"/portal.db")
	u := w.user("nord")
	good := packageOf(somebody(1))
	for name, content := range map[string]string{
		"pdf": "%PDF-1.4\n" + zipped(t, good), "gif": "GIF89a" + good, "mz": "MZ" + zipped(t, good), "html+zip": "<html></html>" + zipped(t, good),
		"gzip of nothing": gzipped(t, ""), "gzip with tail": gzipped(t, good) + "tail", "cut gzip": gzipped(t, good)[:200],
		"cut zip": zipped(t, good)[:300], "text": "Patient;Diagnose", "doctype": `<!DOCTYPE x [<!ENTITY a "b">]><oBDS>&a;</oBDS>`,
		"zip with tail": zipped(t, good) + "tail", "other xml": "<a/>",
	} {
		if p := u.protocol(u.upload(content)); p.State != "unreadable" || len(p.Findings) == 0 || p.Receipt != nil {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if out, err := w.door().Next(t.Context(), 10); err != nil || len(out) != 0 {
		t.Errorf("%d envelopes, %v", len(out), err)
	}
	w.spoolEmpty(t)
}

func TestFormIsRefusedWithSentences(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+t.TempDir()+"/portal.db")
	u := w.user("nord")
	if a := u.send("", "x.xml", strings.NewReader("<a/>")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Wählen Sie, ob das Paket") {
		t.Errorf("no kind: %d %s", a.status, a.body)
	}
	if a := u.send("real", "", strings.NewReader("")); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, "Die Datei fehlt") {
		t.Errorf("no file: %d %s", a.status, a.body)
	}
	w.nothing(t, u)
}

// A page that was opened before the change to another unit sends nothing for
// that one.
func TestC2PackageOfAnotherUnitsPageIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "sqlite:"+t.TempDir()+"/portal.db")
	u := w.user("nord")
	page := u.want(http.StatusOK, u.get("/pakete/neu"))
	if !strings.Contains(page.body, `name="unit" value="unit-nord"`) {
		t.Error("the page does not say for which unit it was opened")
	}
	post := func(unit string) answer {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		_ = form.WriteField("unit", unit) // a buffer takes every write
		_ = form.WriteField("kind", "test")
		file, _ := form.CreateFormFile("package", "x.xml")
		_, _ = file.Write([]byte("<a/>"))
		_ = form.Close()
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, w.server.URL+"/pakete", &body)
		if err == nil {
			r.Header.Set("Content-Type", form.FormDataContentType())
		}
		return u.do(r, err)
	}
	if a := post("unit-sued"); a.status != http.StatusConflict || !strings.Contains(a.body, "Einrichtung gewechselt") {
		t.Errorf("another unit: %d %s", a.status, a.body)
	}
	w.nothing(t, u)
	if a := post("unit-nord"); a.status != http.StatusSeeOther {
		t.Errorf("the own unit: %d %s", a.status, a.body)
	}
}

func TestU8SamePackageTwice(t *testing.T) {
	onBoth(t, func(t *testing.T, dsn string) {
		w := newWorld(t, dsn)
		u := w.user("nord")
		text := packageOf(people(5)...)
		first := u.want(http.StatusSeeOther, u.send("real", "a.xml", strings.NewReader(text)))
		again := u.want(http.StatusSeeOther, u.send("real", "b.xml", strings.NewReader(text)))
		if again.location != first.location+"?schon=ja" {
			t.Fatalf("first %s, again %s", first.location, again.location)
		}
		if a := u.want(http.StatusOK, u.get(again.location)); !strings.Contains(a.body, "haben Sie schon übermittelt") {
			t.Error("the page does not say so")
		}
		if found := w.opened(t); len(found) != 5 {
			t.Fatalf("%d reports are sealed", len(found))
		}
		// As test data it is another submission, and for another unit too.
		test := u.want(http.StatusSeeOther, u.send("test", "a.xml", strings.NewReader(text)))
		other := w.user("sued").want(http.StatusSeeOther, w.user("west").send("real", "a.xml", strings.NewReader(text)))
		if test.location == first.location || other.location == first.location || strings.Contains(other.location, "?") {
			t.Fatalf("test %s, other unit %s", test.location, other.location)
		}
		out, err := w.door().Next(t.Context(), 10)
		if err != nil || len(out) != 3 || out[1].Kind != submission.Test {
			t.Fatalf("outbox %+v, %v", out, err)
		}
	})
}

// stream is a package of many reports that is made while it is read.
type stream struct {
	next, count int
	rest        []byte
	peak        *atomic.Uint64
}

func (s *stream) Read(p []byte) (int, error) {
	for len(s.rest) == 0 {
		switch {
		case s.next == 0:
			s.rest = []byte(packageHead)
		case s.next <= s.count:
			s.rest = []byte(somebody(s.next).xml())
		case s.next == s.count+1:
			s.rest = []byte(packageTail("M-1"))
		default:
			return 0, io.EOF
		}
		s.next++
		if s.next%200 == 0 {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			s.peak.Store(max(s.peak.Load(), m.HeapInuse))
		}
	}
	n := copy(p, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

// TestU1MemoryIsBounded is not parallel: it measures the whole process.
func TestU1MemoryIsBounded(t *testing.T) {
	if testing.Short() {
		t.Skip("measures a large stream")
	}
	w := newWorld(t, "sqlite:"+t.TempDir()+"/portal.db")
	u := w.user("nord")
	runtime.GC()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	var peak atomic.Uint64
	const reports = 15_000
	began := time.Now()
	a := u.want(http.StatusSeeOther, u.send("real", "gross.xml", &stream{count: reports, peak: &peak}))
	t.Logf("%d reports in %v, heap at most %d MB above the %d MB before", reports, time.Since(began).Round(time.Millisecond),
		(int64(peak.Load())-int64(before.HeapInuse))>>20, before.HeapInuse>>20)
	if grown := int64(peak.Load()) - int64(before.HeapInuse); grown > 64<<20 {
		t.Errorf("the heap grew by %d MB", grown>>20)
	}
	if body := u.want(http.StatusOK, u.get(a.location)).body; !strings.Contains(body, "15.000") {
		t.Error("the protocol does not count 15.000 reports")
	}
}
