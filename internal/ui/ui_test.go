// SPDX-License-Identifier: EUPL-1.2

package ui

import (
	"bytes"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"
)

func mapFS(files map[string]string) fs.FS {
	out := fstest.MapFS{}
	for name, content := range files {
		out[name] = &fstest.MapFile{Data: []byte(content)}
	}
	return out
}

// hostileTexts try to leave each context a text can stand in.
var hostileTexts = []string{
	`<script>window.pwned=1</script>`,
	`"><img src=x onerror=window.pwned=1>`,
	`' onfocus='window.pwned=1' autofocus='`,
	`</textarea></title></style></script><svg onload=window.pwned=1>`,
	`--><iframe srcdoc="<script>parent.pwned=1</script>"></iframe>`,
	`javascript:window.pwned=1`,
	`{{.Frame.User}}{{template "frame" .}}`,
	`&lt;script&gt;&#60;b&#62;`,
	"\u202e<b>\u2028</b>",
	`<a href="//evil.test" style="position:fixed">`,
}

var (
	scriptAddress = regexp.MustCompile(`(?i)(href|action|formaction|src)="\s*(javascript|data|vbscript):`)
	tagPattern    = regexp.MustCompile(`<[a-zA-Z/!][^\s>]*`)
)

// withText returns a copy of the value in which every text that is not empty
// is the given one: labels, values, names, addresses, all of them.
func withText(v reflect.Value, text string) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.String:
		if v.Type() == reflect.TypeFor[string]() && v.Len() > 0 {
			out.SetString(text)
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			return out
		}
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Name != "Scripts" {
				out.Field(i).Set(withText(v.Field(i), text))
			}
		}
	case reflect.Slice:
		out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
		for i := range v.Len() {
			out.Index(i).Set(withText(v.Index(i), text))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(withText(v.Elem(), text))
		}
	}
	return out
}

// renderWith shows a state with every text replaced.
func renderWith(t *testing.T, s State, text string) string {
	t.Helper()
	s.Frame, _ = withText(reflect.ValueOf(s.Frame), text).Interface().(Frame)
	s.Data = withText(reflect.ValueOf(s.Data), text).Interface()
	page, err := s.Render()
	if err != nil {
		t.Fatalf("%s, %s: %v", s.Page, s.Name, err)
	}
	return string(page)
}

// TestW3HostileTextChangesNoElement renders every component with hostile texts
// in every place: the elements must be the very same as with harmless ones.
func TestW3HostileTextChangesNoElement(t *testing.T) {
	t.Parallel()
	states, err := Gallery()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range states {
		want := tagPattern.FindAllString(renderWith(t, s, "harmlos"), -1)
		for _, hostile := range hostileTexts {
			got := renderWith(t, s, hostile)
			if diff := cmp.Diff(want, tagPattern.FindAllString(got, -1)); diff != "" {
				t.Errorf("%s, %s with %q: other elements\n%s", s.Page, s.Name, hostile, diff)
			}
			if strings.ContainsAny(hostile, `<"'`) && strings.Contains(got, hostile) {
				t.Errorf("%s, %s: %q stands there raw", s.Page, s.Name, hostile)
			}
			if found := scriptAddress.FindString(got); found != "" {
				t.Errorf("%s, %s with %q: %s", s.Page, s.Name, hostile, found)
			}
		}
	}
}

func TestW3LinkNeverRunsScript(t *testing.T) {
	t.Parallel()
	set, err := Templates(mapFS(map[string]string{"p.html": `{{template "link" .}}{{template "linkbutton" .}}<form action="{{.Href}}"></form>`}), "p")
	if err != nil {
		t.Fatal(err)
	}
	for _, href := range []string{"javascript:alert(1)", "JaVaScRiPt:alert(1)", "data:text/html,<script>", "vbscript:x", " javascript:alert(1)"} {
		var out bytes.Buffer
		if err := set.Render(&out, "p", Frame{Title: "X"}, Link{Label: "x", Href: href}); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(strings.ToLower(out.String()), "script:") || strings.Contains(out.String(), `"data:`) {
			t.Errorf("%q came through", href)
		}
	}
}

// TestW1NoInlineScriptOrStyle: the policy forbids them, so no page may have one.
func TestW1NoInlineScriptOrStyle(t *testing.T) {
	t.Parallel()
	states, err := Gallery()
	if err != nil {
		t.Fatal(err)
	}
	inline := regexp.MustCompile(`(?i)\sstyle=|\son[a-z]+=|<style|<script>|javascript:|https?://`)
	for _, s := range states {
		page, err := s.Render()
		if err != nil {
			t.Fatalf("%s, %s: %v", s.Page, s.Name, err)
		}
		if found := inline.FindString(string(page)); found != "" {
			t.Errorf("%s, %s: %q", s.Page, s.Name, found)
		}
		if n := strings.Count(string(page), "<h1"); n != 1 {
			t.Errorf("%s, %s: %d h1", s.Page, s.Name, n)
		}
		if len(page) > 120_000 {
			t.Errorf("%s, %s: %d bytes, more than a page may have", s.Page, s.Name, len(page))
		}
		ids := regexp.MustCompile(`\sid="([^"]*)"`).FindAllStringSubmatch(string(page), -1)
		seen := map[string]bool{}
		for _, id := range ids {
			if seen[id[1]] {
				t.Errorf("%s, %s: id %q twice", s.Page, s.Name, id[1])
			}
			seen[id[1]] = true
		}
		for _, target := range regexp.MustCompile(`href="#([^"]+)"`).FindAllStringSubmatch(string(page), -1) {
			if !seen[target[1]] {
				t.Errorf("%s, %s: link to #%s leads nowhere", s.Page, s.Name, target[1])
			}
		}
	}
}

func TestPasswordIsNeverSentBack(t *testing.T) {
	t.Parallel()
	field := Password("password", "Passwort", "current-password")
	field.Value = "geheim-7"
	set, err := Templates(mapFS(map[string]string{"p.html": `{{template "field" .}}`}))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := set.Render(&out, "p", Frame{Title: "X"}, field); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(out.String(), "geheim-7") {
		t.Error("the password stands in the page")
	}
}

func TestTemplatesRefuseWhatIsMissingOrBroken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		files  map[string]string
		needed []string
	}{
		"missing page":      {map[string]string{"a.html": "x"}, []string{"a", "b"}},
		"broken page":       {map[string]string{"a.html": "{{if}}"}, nil},
		"unknown component": {map[string]string{"a.html": `{{template "feild" .}}`}, nil},
		"same name twice":   {map[string]string{"a.html": "x", "b/a.html": "y"}, nil},
		"name of ours":      {map[string]string{"fault.html": "x"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Templates(mapFS(c.files), c.needed...); err == nil {
				t.Error("the set was built")
			}
		})
	}
}

func TestRenderWritesAllOrNothing(t *testing.T) {
	t.Parallel()
	set, err := Templates(mapFS(map[string]string{"a.html": "Anfang {{.Missing}}"}))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := set.Render(&out, "a", Frame{}, struct{}{}); err == nil || out.Len() > 0 {
		t.Errorf("error %v, %d bytes written", err, out.Len())
	}
}

func TestAssetsHaveHashedNamesAndStayInCaches(t *testing.T) {
	t.Parallel()
	path, err := assetPath("meldewerk.css")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^/assets/meldewerk-[0-9a-f]{16}\.css$`).MatchString(path) {
		t.Errorf("path %q", path)
	}
	for _, encoding := range []string{"", "gzip"} {
		r := httptest.NewRequest(http.MethodGet, path, nil)
		r.Header.Set("Accept-Encoding", encoding)
		w := httptest.NewRecorder()
		Assets().ServeHTTP(w, r)
		if w.Code != 200 || w.Header().Get("Cache-Control") != "public, max-age=31536000, immutable" || w.Header().Get("Content-Encoding") != encoding {
			t.Errorf("%q: %d %v", encoding, w.Code, w.Header())
		}
	}
	for _, wrong := range []string{"/assets/meldewerk.css", "/assets/", "/assets/../sample.go", "/assets/vendor/kern.min.css"} {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "/", nil)
		r.URL.Path = wrong
		Assets().ServeHTTP(w, r)
		if w.Code != 404 {
			t.Errorf("%s: %d", wrong, w.Code)
		}
	}
	if _, err := assetPath("pgae.js"); err == nil {
		t.Error("a misspelt asset was found")
	}
}

func TestStyleSheetNamesFontsByHash(t *testing.T) {
	t.Parallel()
	served, missing, err := ReadAssets(map[string]string{"a.css": `src: url("vendor/x.woff2")`, "vendor/x.woff2": "one"})
	if err != nil {
		t.Fatal(err)
	}
	other, _, err := ReadAssets(map[string]string{"a.css": `src: url("vendor/x.woff2")`, "vendor/x.woff2": "two"})
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(served["a.css"], "vendor/") || served["a.css"] == other["a.css"] {
		t.Errorf("%q and %q", served["a.css"], other["a.css"])
	}
	if missing == nil {
		t.Error("a build without the design system is not noticed")
	}
}

func TestGermanNumbersAndDates(t *testing.T) {
	t.Parallel()
	at := time.Date(2025, 11, 3, 13, 32, 0, 0, time.UTC)
	summer := time.Date(2025, 7, 3, 23, 5, 0, 0, time.UTC)
	for want, got := range map[string]string{
		"0": Number(0), "999": Number(999), "1.203": Number(1203), "1.000.000": Number(1_000_000), "\u22121.203": Number(-1203),
		"9.223.372.036.854.775.807":       Number(9223372036854775807),
		"\u22129.223.372.036.854.775.808": Number(-9223372036854775808),
		"1.203,50":                        Decimal(1203.5, 2), "\u22120,5": Decimal(-0.5, 1), "97,3\u00a0%": Percent(0.973),
		"03.11.2025": Date(at), "14:32\u00a0Uhr": Clock(at), "03.11.2025,\u00a014:32\u00a0Uhr": Moment(at),
		"04.07.2025": Date(summer), "01:05\u00a0Uhr": Clock(summer),
		"1\u00a0Meldung": Count(1, "Meldung", "Meldungen"), "1.203\u00a0Meldungen": Count(1203, "Meldung", "Meldungen"),
		"340\u00a0kB": Size(340_042), "1,2\u00a0MB": Size(1_200_000), "12\u00a0Byte": Size(12), "": Date(time.Time{}),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestPagesKeepTheFilter(t *testing.T) {
	t.Parallel()
	p := Pages(1203, 3, "/liste", map[string][]string{"zustand": {"offen"}, "seite": {"9"}})
	if p.Pages != 25 || p.Offset() != 100 || p.Prev() != 2 || p.Next() != 4 {
		t.Errorf("%+v", p)
	}
	if got := p.Href(2); got != "/liste?seite=2&zustand=offen" {
		t.Errorf("page 2: %s", got)
	}
	if got := p.Href(1); got != "/liste?zustand=offen" {
		t.Errorf("page 1: %s", got)
	}
	if !slices.Equal(p.Near(), []int{1, 2, 3, 4, 0, 25}) {
		t.Errorf("near %v", p.Near())
	}
	if q := Pages(0, 7, "/liste", nil); q.Page != 1 || q.Pages != 1 || q.Next() != 0 {
		t.Errorf("empty list: %+v", q)
	}
}

func TestProblemsTellWhatWentWrong(t *testing.T) {
	t.Parallel()
	var one, two, whole, lock, both Problems
	one.Add("a", "x")
	two.Add("a", "x")
	two.Add("b", "y")
	whole.Add("", "x")
	lock.AddWhole("Zu viele Versuche", "x")
	both.Add("a", "x")
	both.Add("", "y")
	for _, c := range []struct {
		problems Problems
		want     string
	}{
		{one, "Eine Angabe fehlt noch oder passt nicht"}, {two, "2 Angaben fehlen noch oder passen nicht"},
		{whole, "Das hat nicht geklappt"}, {lock, "Zu viele Versuche"}, {both, "2 Angaben fehlen noch oder passen nicht"},
	} {
		if got := c.problems.Heading(); got != c.want {
			t.Errorf("%v: %q, want %q", c.problems, got, c.want)
		}
	}
}

// TestScriptsAreShort: three small scripts, not an application.
func TestScriptsAreShort(t *testing.T) {
	t.Parallel()
	scripts, err := fs.Glob(embedded, "assets/*.js")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, name := range scripts {
		content, err := fs.ReadFile(embedded, name)
		if err != nil {
			t.Fatal(err)
		}
		if n := bytes.Count(content, []byte("\n")); n > 200 {
			t.Errorf("%s has %d lines", name, n)
		}
		for _, banned := range []string{"localStorage", "sessionStorage", "innerHTML", "eval(", "document.write", "insertAdjacentHTML"} {
			if bytes.Contains(content, []byte(banned)) {
				t.Errorf("%s uses %s", name, banned)
			}
		}
	}
}

// TestWordsOfTheOffice keeps words out of our pages that blame or scold.
func TestWordsOfTheOffice(t *testing.T) {
	t.Parallel()
	banned := regexp.MustCompile(`(?i)ungültig|fehlercode|\bbitte\b|submit<|\w!`)
	states, err := Gallery()
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile(`>[^<]+<`)
	for _, s := range states {
		page, err := s.Render()
		if err != nil {
			t.Fatal(err)
		}
		for _, piece := range text.FindAllString(string(page), -1) {
			if banned.MatchString(piece) {
				t.Errorf("%s, %s: %q", s.Page, s.Name, piece)
			}
		}
	}
}
