// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"bytes"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"meldewerk/fault"
)

var incidentPattern = regexp.MustCompile(`[2-9A-HJ-NP-Z]{4}-[0-9]{2}`)

type accountForm struct {
	Name  string   `form:"name,max=20"`
	Note  string   `form:"note,max=50,lines"`
	Sites []string `form:"site"`
	Agree bool     `form:"agree"`
	Count int      `form:"count"`
	Pass  string   `form:"pass,raw"`
	Inner struct {
		Day string `form:"date_day,max=2"`
	}
	Role string // no tag: never filled
}

func TestW5OnlyListedFieldsOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want error
	}{
		"extra field":        {"name=a&role=admin", ErrUnknownField},
		"field without tag":  {"name=a&Role=admin", ErrUnknownField},
		"repeated":           {"name=a&name=b", ErrRepeatedField},
		"not UTF-8":          {"name=%ff", ErrFieldText},
		"control character":  {"name=a%00b", ErrFieldText},
		"line break":         {"name=a%0ab", ErrFieldText},
		"direction override": {"name=a%e2%80%aeb", ErrFieldText},
		"too long":           {"name=" + strings.Repeat("ä", 21), ErrFieldText},
		"not a number":       {"count=1e9", ErrFieldText},
		"number too large":   {"count=99999999999999999999", ErrFieldText},
		"not ja":             {"agree=true", ErrFieldText},
		"broken escape":      {"name=%zz", ErrBadForm},
		"semicolons":         {"name=a;role=admin", ErrBadForm},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var form accountForm
			r := &Request{Request: post("/", c.body)}
			if err := r.Decode(&form); !errors.Is(err, c.want) {
				t.Errorf("got %v, want %v", err, c.want)
			}
			if form.Role != "" {
				t.Error("a field without tag was filled")
			}
		})
	}
}

func TestW5DecodedTextIsClean(t *testing.T) {
	t.Parallel()
	var form accountForm
	r := &Request{Request: post("/", "name=+Mu%CC%88ller+&note=a%0d%0ab&site=C50.4&site=C50.5&agree=ja&count=12&pass=+x+&date_day=3")}
	if err := r.Decode(&form); err != nil {
		t.Fatal(err)
	}
	want := accountForm{Name: "Müller", Note: "a\nb", Sites: []string{"C50.4", "C50.5"}, Agree: true, Count: 12, Pass: " x "}
	want.Inner.Day = "3"
	if diff := cmp.Diff(want, form); diff != "" {
		t.Error(diff)
	}
}

func TestW5WrongContentTypeRefused(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"", "application/json", "text/plain", "multipart/form-data; boundary=x"} {
		raw := post("/", "name=a")
		raw.Header.Set("Content-Type", kind)
		if err := (&Request{Request: raw}).Decode(&accountForm{}); !errors.Is(err, ErrBadForm) {
			t.Errorf("%q: %v", kind, err)
		}
	}
}

// TestW5NoFieldBeyondTheListIsEverTaken throws arbitrary forms at the decoder:
// it either refuses, or the form had only listed fields.
func TestW5NoFieldBeyondTheListIsEverTaken(t *testing.T) {
	t.Parallel()
	listed := []string{"name", "note", "site", "agree", "count", "pass", "date_day"}
	rapid.Check(t, func(t *rapid.T) {
		values := url.Values{}
		for range rapid.IntRange(0, 6).Draw(t, "fields") {
			key := rapid.OneOf(rapid.SampledFrom(append(listed, "role", "Role", "Inner", "NAME")), rapid.String()).Draw(t, "key")
			values.Add(key, rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"ja", "1", "admin", ""})).Draw(t, "value"))
		}
		var form accountForm
		err := DecodeValues(values, &form)
		if form.Role != "" {
			t.Fatal("role was set")
		}
		if err != nil {
			return
		}
		for key, texts := range values {
			if !strings.Contains(" "+strings.Join(listed, " ")+" ", " "+key+" ") || key == "" {
				t.Fatalf("accepted the unlisted field %q", key)
			}
			if len(texts) > 1 && key != "site" {
				t.Fatalf("accepted %q twice", key)
			}
		}
	})
}

func TestW5BodyAboveTheLimitIsRefused(t *testing.T) {
	t.Parallel()
	h := open(t, Route{Pattern: "POST /klein", Roles: []Role{Public}, MaxBody: 64, Handler: func(r *Request) (Response, error) {
		return Status(204), r.Decode(&accountForm{})
	}})
	if got := h.do(post("/klein", "name="+strings.Repeat("a", 100))).Code; got != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d", got)
	}
}

func multipartRequest(t *testing.T, build func(*multipart.Writer)) *Request {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	build(w)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	raw := httptest.NewRequest(http.MethodPost, "/pakete", &body)
	raw.Header.Set("Content-Type", w.FormDataContentType())
	return &Request{Request: raw}
}

func TestUploadStreamsFieldsThenFile(t *testing.T) {
	t.Parallel()
	type packageForm struct {
		Kind string `form:"kind,max=10"`
	}
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	file := func(w *multipart.Writer, name string) {
		part, err := w.CreateFormFile("package", name)
		must(err)
		_, err = io.WriteString(part, "<oBDS/>")
		must(err)
	}
	for name, c := range map[string]struct {
		build func(*multipart.Writer)
		want  error
	}{
		"good":        {func(w *multipart.Writer) { must(w.WriteField("kind", "test")); file(w, `C:\x\export.xml`) }, nil},
		"extra field": {func(w *multipart.Writer) { must(w.WriteField("role", "admin")); file(w, "x.xml") }, ErrUnknownField},
		"repeated": {func(w *multipart.Writer) {
			must(w.WriteField("kind", "a"))
			must(w.WriteField("kind", "b"))
			file(w, "x")
		}, ErrRepeatedField},
		"after file":    {func(w *multipart.Writer) { file(w, "x.xml"); must(w.WriteField("kind", "real")) }, ErrUnknownField},
		"two files":     {func(w *multipart.Writer) { file(w, "x.xml"); file(w, "y.xml") }, ErrUnknownField},
		"no file":       {func(w *multipart.Writer) { must(w.WriteField("kind", "test")) }, ErrBadForm},
		"field too big": {func(w *multipart.Writer) { must(w.WriteField("kind", strings.Repeat("x", 100<<10))); file(w, "x") }, ErrFieldText},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var form packageForm
			var gotName, content string
			err := multipartRequest(t, c.build).Upload("package", &form, func(name string, r io.Reader) error {
				b, err := io.ReadAll(r)
				gotName, content = name, string(b)
				return err
			})
			if !errors.Is(err, c.want) {
				t.Fatalf("got %v, want %v", err, c.want)
			}
			if c.want == nil && (form.Kind != "test" || gotName != "export.xml" || content != "<oBDS/>") {
				t.Errorf("kind %q, file %q, content %q", form.Kind, gotName, content)
			}
		})
	}
}

func TestR5ForwardedForOnlyFromProxies(t *testing.T) {
	t.Parallel()
	a := &app{opts: Options{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}}}
	for _, c := range []struct{ peer, header, want string }{
		{"203.0.113.9:1", "198.51.100.1", "203.0.113.9"},
		{"10.0.0.1:1", "198.51.100.1", "198.51.100.1"},
		{"10.0.0.1:1", "6.6.6.6, 198.51.100.1, 10.0.0.2", "198.51.100.1"},
		{"10.0.0.1:1", "kaputt", "10.0.0.1"},
		{"10.0.0.1:1", "", "10.0.0.1"},
	} {
		raw := get("/")
		raw.RemoteAddr = c.peer
		if c.header != "" {
			raw.Header.Set("X-Forwarded-For", c.header)
		}
		if got := (&Request{Request: raw, app: a}).Address().String(); got != c.want {
			t.Errorf("peer %s, header %q: %s, want %s", c.peer, c.header, got, c.want)
		}
	}
}

func TestEveryFaultKindHasStatusAndHeadline(t *testing.T) {
	t.Parallel()
	for _, kind := range []fault.Kind{fault.NotFound, fault.Conflict, fault.Invalid, fault.TooLarge, fault.Forbidden, fault.Locked, fault.Expired, fault.Unavailable} {
		if statusOf(kind) == 500 || headlines[kind] == "" {
			t.Errorf("%s has no status or headline", kind)
		}
	}
	if !incidentPattern.MatchString(newIncident()) {
		t.Error("incident number has another form")
	}
}
