// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"maps"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/internal/signin"
	"meldewerk/internal/web"
	"meldewerk/synth"
)

// form is a form as a browser reads it from a page.
type form struct {
	action, kind string
	fields       []field
}

// field is one input with what a browser would send if nobody touched it.
type field struct {
	name, kind, value string
	text              bool // somebody types into it
}

// readForms reads the forms of a page.
func readForms(t testing.TB, page string) []form {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(page))
	d.Strict, d.AutoClose, d.Entity = false, xml.HTMLAutoClose, xml.HTMLEntity
	var forms []form
	var open *form
	choice := ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return forms
		}
		must(t, err)
		switch e := token.(type) {
		case xml.StartElement:
			attr := map[string]string{}
			for _, a := range e.Attr {
				attr[a.Name.Local] = a.Value
			}
			switch e.Name.Local {
			case "form":
				kind := attr["enctype"]
				if kind == "" {
					kind = urlencoded
				}
				if strings.EqualFold(attr["method"], "post") {
					open = &form{action: attr["action"], kind: kind}
				}
			case "select":
				choice = attr["name"]
			}
			if open == nil {
				continue
			}
			switch f := (field{name: attr["name"], kind: attr["type"], value: attr["value"]}); {
			case e.Name.Local == "option" && choice != "" && attr["value"] != "":
				open.fields = append(open.fields, field{name: choice, kind: "radio", value: attr["value"]})
			case e.Name.Local == "textarea":
				f.text = true
				open.fields = append(open.fields, f)
			case e.Name.Local == "input" && f.name != "":
				f.text = slices.Contains([]string{"", "text", "password", "search", "tel", "email"}, f.kind)
				open.fields = append(open.fields, f)
			case e.Name.Local == "button" && f.name != "":
				f.kind = "button"
				open.fields = append(open.fields, f)
			}
		case xml.EndElement:
			switch {
			case e.Name.Local == "form" && open != nil:
				forms, open = append(forms, *open), nil
			case e.Name.Local == "select":
				choice = ""
			}
		}
	}
}

// filled is what a browser sends: each name once, typed fields with a text.
func (f form) filled(text string) url.Values {
	v := url.Values{}
	for _, one := range f.fields {
		switch {
		case v.Has(one.name) || one.kind == "file":
		case one.text && text != "":
			v.Set(one.name, text)
		default:
			v.Set(one.name, one.value)
		}
	}
	return v
}

// shape tells forms of the same kind from others, whatever ids they hold.
func (f form) shape() string {
	names := []string{f.kind}
	for _, one := range f.fields {
		names = append(names, one.name)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), " ")
}

// send posts a form with these values.
func (f form) send(v *visitor, values url.Values) answer {
	if f.kind == urlencoded {
		return v.do(http.MethodPost, f.action, urlencoded, values.Encode())
	}
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range values[name] {
			_ = w.WriteField(name, value) // into memory
		}
	}
	for _, one := range f.fields {
		if one.kind == "file" {
			part, err := w.CreateFormFile(one.name, "export.xml")
			must(v.p.t, err)
			_, _ = part.Write([]byte("<a/>"))
		}
	}
	must(v.p.t, w.Close())
	return v.do(http.MethodPost, f.action, w.FormDataContentType(), body.String())
}

// walk reads the starts and every page that can be reached by links from them,
// some for each route, and gives their bodies.
func (v *visitor) walk(starts ...string) map[string]string {
	pages := map[string]string{}
	waiting := slices.Clone(starts)
	shapes := map[string]int{}
	for len(waiting) > 0 && len(pages) < 500 {
		path := waiting[0]
		waiting = waiting[1:]
		if _, seen := pages[path]; seen || strings.HasPrefix(path, "/assets/") {
			continue
		}
		shape := opaque.ReplaceAllString(path, "{id}")
		if shapes[shape]++; shapes[shape] > 3 && !slices.Contains(starts, path) {
			continue
		}
		a := v.get(path)
		if a.status == http.StatusSeeOther {
			waiting = append(waiting, a.to())
			continue
		}
		if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/html") {
			continue
		}
		pages[path] = a.body
		waiting = append(waiting, paths(a.body)...)
	}
	return pages
}

// crossing is a world with something on every page: people, units, a package
// with its history, everybody's text hostile.
func crossing(t *testing.T) (*plant, map[wire.House][]*visitor) {
	t.Helper()
	p := newPlant(t, "kkn", nil)
	unit := p.unit(account.Unit{ID: "unit-eins", Name: "Praxis " + hostileText, AnyReporter: true, Released: true})
	u := p.reporter("melder", unit.ID)
	u.send(submission.Real, written(t, synth.Options{Seed: 5, Patients: 3, ErrorRate: 0.3}))
	u.send(submission.Test, written(t, synth.Options{Seed: 6, Patients: 2, ErrorRate: 0.5}))
	waiting := p.unit(account.Unit{ID: "unit-zwei", Name: "Wartend " + hostileText, AnyReporter: true})
	p.reporter("wartend", waiting.ID).send(submission.Real, written(t, synth.Options{Seed: 7, Patients: 1}))
	hostile := maps.Clone(practice)
	for _, name := range []string{"facility", "street", "place", "software", "physician", "remark", "name", "function"} {
		hostile[name] = []string{"X " + hostileText}
	}
	p.visitor(wire.Portal).apply(hostile, nil)
	p.typeHostile(newClerk(u))
	p.exchange()
	p.clock.Advance(time.Minute)
	visitors := map[wire.House][]*visitor{}
	for _, h := range all {
		var roles []account.Role
		for _, role := range account.RolesOf(account.House(h)) {
			if role != account.RoleNewcomer && !account.NeedsPasskey(role) {
				roles = append(roles, role)
			}
		}
		of := account.UnitID("")
		if h == wire.Portal {
			of = unit.ID
		}
		p.seat(h, "noch.jemand", of, true, account.RoleOperator)
		p.intrude(h, `UPDATE account SET holder = $1`, "Person "+hostileText)
		half := p.visitor(h)
		half.enter(p.seat(h, "neu.hier", of, false, account.RoleOperator))
		visitors[h] = []*visitor{p.visitor(h).signIn(p.seat(h, "alle.rollen", of, true, roles...)), p.visitor(h), half}
	}
	return p, visitors
}

// hostileText would be an element of its own wherever it is not escaped.
const hostileText = `"'><mw-pwn onload=x></textarea></title>`

// TestW3W5FormsOfEveryPage finds every form of every page that a person can
// reach, in each house.
//
// W5: a field that the form does not have and a field sent twice are refused
// and change nothing. W3: hostile text in every field that is typed, and in
// the names of people and institutions, is shown on no page as an element.
func TestW3W5FormsOfEveryPage(t *testing.T) {
	t.Parallel()
	p, visitors := crossing(t)
	applicant := p.visitor(wire.Portal)
	applicant.apply(practice, func(_ string, f form) {
		if f.action != signin.PathSignOut {
			p.wantListedFieldsOnly(t, applicant, f)
		}
	})
	for _, h := range all {
		forms, echoed, starts := map[string]bool{}, 0, p.starts(h)
		for i, v := range visitors[h] {
			for path, page := range v.walk(starts...) {
				wantNoElement(t, h, path, page)
				echoed += strings.Count(page, "&lt;mw-pwn")
				for _, f := range readForms(t, page) {
					key := string(rune('0'+i)) + opaque.ReplaceAllString(f.action, "{id}") + " " + f.shape()
					if forms[key] || f.action == signin.PathSignOut || f.action == "" {
						continue
					}
					forms[key] = true
					p.wantListedFieldsOnly(t, v, f)
					if draft := f.action + "/entwurf"; strings.Contains(page, `data-draft="`+draft+`"`) {
						f.action = draft // the same fields, sent by a script
						p.wantListedFieldsOnly(t, v, f)
					}
				}
			}
		}
		if len(forms) < 4 || echoed == 0 {
			t.Errorf("%s: %d forms, hostile text shown %d times: the test is blind", h, len(forms), echoed)
		}
		t.Logf("%s: %d forms", h, len(forms))
		if h == wire.Portal {
			p.wantEveryActOfDrafts(t, slices.Collect(maps.Keys(forms)))
		}
	}
	for _, h := range all {
		for _, v := range visitors[h] {
			for range 2 { // a form of several pages goes on from what was sent before
				for path, page := range v.walk(p.starts(h)...) {
					wantNoElement(t, h, path, page)
					for _, f := range readForms(t, page) {
						if f.action != signin.PathSignOut && f.action != "" {
							wantNoElement(t, h, path+" answering", f.send(v, f.filled(hostileText)).body)
						}
					}
				}
			}
		}
		for _, v := range visitors[h] {
			for path, page := range v.walk(p.starts(h)...) {
				wantNoElement(t, h, path+" afterwards", page)
			}
		}
	}
}

// starts are all pages of a house that have an address of their own, and in the
// portal those of every section of what lies there.
func (p *plant) starts(h wire.House) []string {
	var starts []string
	for _, route := range web.Table(p.handler(h)) {
		_, path, _ := strings.Cut(route.Pattern, " ")
		if path = strings.TrimSuffix(path, "{$}"); route.Method() == http.MethodGet && !strings.Contains(path, "{") {
			starts = append(starts, path)
		}
	}
	if h == wire.Portal {
		starts = append(starts, p.typedPages()...)
	}
	return starts
}

func wantNoElement(t *testing.T, h wire.House, path, page string) {
	t.Helper()
	if strings.Contains(page, "<mw-pwn") {
		t.Errorf("W3: %s %s shows typed text as an element", h, opaque.ReplaceAllString(path, "{id}"))
	}
}

// wantListedFieldsOnly sends a form with more than it has, and with a field
// twice; lists are the only fields that may be repeated.
func (p *plant) wantListedFieldsOnly(t *testing.T, v *visitor, f form) {
	t.Helper()
	kept := fingerprint(t, p.ground(v.house))
	cases := map[string]url.Values{}
	for _, extra := range []string{"role", "rollen[]", "account_id", "unit_id"} {
		values := f.filled("")
		values.Set(extra, "admin")
		cases["extra "+extra] = values
	}
	for _, one := range f.fields {
		if one.kind == "checkbox" || one.kind == "file" {
			continue // several of a list may be ticked
		}
		values := f.filled("")
		values.Add(one.name, values.Get(one.name))
		cases["twice "+one.name] = values
	}
	for name, values := range cases {
		if f.action == signin.PathStay {
			f.send(v, values) // reads no field at all: only the fingerprint tells
			continue
		}
		if a := f.send(v, values); a.status != http.StatusUnprocessableEntity && a.status != http.StatusForbidden && a.status != http.StatusBadRequest {
			t.Errorf("W5: %s POST %s with %s: %d", v.house, opaque.ReplaceAllString(f.action, "{id}"), name, a.status)
		}
	}
	for name, sum := range fingerprint(t, p.ground(v.house)) {
		if kept[name] != sum {
			t.Errorf("W5: %s POST %s changed the table %s", v.house, opaque.ReplaceAllString(f.action, "{id}"), name)
		}
	}
}
