// SPDX-License-Identifier: EUPL-1.2

// Package lastlook proves of every record that leaves for the registry that it
// holds nothing of the patient's identity: step 8 of the way of a report.
//
// It shares no code with the step that built the record, so that one mistake
// cannot pass both. It looks at every leaf of the record: a closed field must
// hold one of its values, open text and sender's identifiers must be gone, and
// the few short words that medicine needs are compared with the identity token
// by token. Whatever it does not understand stays.
//
// Findings name the field, never the value.
package lastlook

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"meldewerk/calendar"
	"meldewerk/exchange/transfer"
	"meldewerk/identity"
	"meldewerk/identity/mention"
	"meldewerk/pseudonym"
	"meldewerk/tumour"
)

// Reason is the Grund of a Beanstandung: why a field may not leave.
type Reason string

// The reasons. A Hit and what is Unseen may turn out to be harmless; the others
// never leave.
const (
	Hit     Reason = "hit"     // the words of the field meet the patient's identity
	Unseen  Reason = "unseen"  // the identity is deleted, and the words are no known scale or stage
	Open    Reason = "open"    // open text, a sender's identifier or a person is still there
	NotOne  Reason = "not_one" // the value is none of the closed list
	Unknown Reason = "unknown" // a sort of field that the last look does not know
)

// Stop is a Beanstandung: one field that keeps the record from leaving.
type Stop struct {
	Field  string // path in the record, e.g. Event.Diagnosis.Classifications[0].Name
	Reason Reason
}

// Examine looks at every leaf of the record and gives what keeps it here, nil
// when it may leave. numbers are identifiers of the sender, such as the patient
// number, that must not stand in it either.
func Examine(person *identity.Person, r *transfer.Record, numbers ...string) []Stop {
	return examine(person, false, reflect.ValueOf(r).Elem(), numbers...)
}

func examine(person *identity.Person, blind bool, v reflect.Value, numbers ...string) []Stop {
	look := look{words: mention.Of(person, numbers...), surname: []byte(person.Surname), blind: blind}
	look.value(v, "", "")
	return look.stops
}

// PlaceMeetsIdentity says whether the place of residence holds words of the
// patient's names. The caller then leaves the place out: the postal code
// stands for it, and nobody called Münster who lives there is held up.
func PlaceMeetsIdentity(person *identity.Person, place tumour.Label) bool {
	return mention.Of(person).In(string(place))
}

// shortestSurname is the length from which a surname does not stand in sealed
// bytes by chance.
const shortestSurname = 4

type look struct {
	words   *mention.Words
	surname []byte
	blind   bool // nothing is known of the person
	stops   []Stop
}

func (l *look) stop(path string, reason Reason) {
	l.stops = append(l.stops, Stop{Field: strings.TrimPrefix(path, "."), Reason: reason})
}

var (
	labelType     = reflect.TypeFor[tumour.Label]()
	textType      = reflect.TypeFor[tumour.Text]()
	sourceIDType  = reflect.TypeFor[tumour.SourceID]()
	submitterType = reflect.TypeFor[tumour.Submitter]()
	surgeonType   = reflect.TypeFor[tumour.Surgeon]()
	dateType      = reflect.TypeFor[calendar.Date]()
	timeType      = reflect.TypeFor[time.Time]()
	numbersType   = reflect.TypeFor[pseudonym.ControlNumbers]()
	chiffratType  = reflect.TypeFor[pseudonym.Chiffrat]()
	reference     = regexp.MustCompile(`\A[0-9a-f]{64}\z`)
	ruleID        = regexp.MustCompile(`\A[A-Z][A-Za-z0-9]{0,15}(-[A-Z0-9]{1,16}){0,2}\z`)
	profileID     = regexp.MustCompile(`\Akn-[0-9]{1,3}\z`)
)

// referencePackage holds the types of references, and no other type with words.
var referencePackage = reflect.TypeFor[pseudonym.ReportRef]().PkgPath()

// value looks at one field; closed is the tag that the field carries.
func (l *look) value(v reflect.Value, path, closed string) {
	switch v.Type() {
	case dateType:
		l.date(v.Interface().(calendar.Date), path)
		return
	case numbersType:
		l.numbers(v.Interface().(pseudonym.ControlNumbers), path)
		return
	case chiffratType:
		l.chiffrat(v.Interface().(pseudonym.Chiffrat), path)
		return
	case timeType:
		return
	case submitterType, surgeonType: // persons, whatever of them is filled
		if !v.IsZero() {
			l.stop(path, Open)
		}
		return
	}
	switch kind := v.Kind(); {
	case kind == reflect.Pointer:
		if !v.IsNil() {
			l.value(v.Elem(), path, closed)
		}
	case kind == reflect.Slice && v.Type().Elem().Kind() != reflect.Uint8: // bytes could spell a name
		for i := range v.Len() {
			l.value(v.Index(i), fmt.Sprintf("%s[%d]", path, i), closed)
		}
	case kind == reflect.Struct:
		l.fields(v, path)
	case kind == reflect.String:
		l.text(v, path, closed)
	case v.CanInt():
		l.number(strconv.FormatInt(v.Int(), 10), path)
	case v.CanUint() && kind != reflect.Uintptr:
		l.number(strconv.FormatUint(v.Uint(), 10), path)
	case kind == reflect.Bool:
		// Yes or no is closed by its kind.
	default:
		l.stop(path, Unknown)
	}
}

func (l *look) fields(v reflect.Value, path string) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		name := path
		if !field.Anonymous {
			name += "." + field.Name
		}
		if !field.IsExported() {
			l.stop(name, Unknown)
			continue
		}
		l.value(v.Field(i), name, field.Tag.Get("closed"))
	}
}

// number lets numbers through that are no insurance number and no birth date.
// It wants the whole number: a count may hold such a run of digits by chance.
func (l *look) number(digits, path string) {
	if l.words.Number(digits) {
		l.stop(path, Hit)
	}
}

// numbers are fixed bytes; only their labels could be words.
func (l *look) numbers(n pseudonym.ControlNumbers, path string) {
	if !n.IsZero() && (!profileID.MatchString(n.Profile) || !n.Generation.IsStorage() || n.Generation.Number() == 0) {
		l.stop(path, NotOne)
	}
}

// chiffrat must look sealed: in one that was left in clear the surname stands.
func (l *look) chiffrat(c pseudonym.Chiffrat, path string) {
	content := c.Bytes()
	if len(l.surname) >= shortestSurname && bytes.Contains(content, l.surname) {
		l.stop(path, Open)
	}
}

func (l *look) text(v reflect.Value, path, closed string) {
	content := v.String()
	if content == "" {
		return
	}
	switch v.Type() {
	case textType, sourceIDType:
		l.stop(path, Open)
		return
	case labelType:
		l.label(path, closed, content)
		return
	}
	if v.Type().PkgPath() == referencePackage {
		if !reference.MatchString(content) {
			l.stop(path, NotOne)
		}
		return
	}
	switch v.Interface().(type) {
	case transfer.Identity:
		if !oneOf("new|same|corrected|replaced", content) {
			l.stop(path, NotOne)
		}
	case calendar.Accuracy:
		if !oneOf("E|T|M|V", content) {
			l.stop(path, NotOne)
		}
	case string: // only the ids of open findings are plain strings
		if !strings.HasPrefix(path, ".OpenFindings[") || !ruleID.MatchString(content) {
			l.stop(path, Unknown)
		}
	default:
		switch {
		case closed == "":
			l.stop(path, Unknown)
		case !oneOf(closed, content):
			l.stop(path, NotOne)
		}
	}
}

// label lets short words through that are nothing but a value of the closed
// list or hold nothing of the identity.
func (l *look) label(path, closed, content string) {
	meets := l.words.Inside
	if path == ".Place" {
		meets = l.words.In
	}
	switch {
	case oneOf(closed, content):
	case meets(content):
		l.stop(path, Hit)
	case l.blind && !knownScale(content):
		l.stop(path, Unseen)
	}
}

func (l *look) date(d calendar.Date, path string) {
	if d.IsZero() {
		return
	}
	_, err := calendar.Parse(d.String())
	if err != nil || (d.Accuracy != calendar.Unstated && !oneOf("E|T|M|V", string(d.Accuracy))) {
		l.stop(path, NotOne)
	}
}

var patterns sync.Map // tag → *regexp.Regexp

// oneOf says whether the value is one of those that the tag closes the field
// to: a list A|B|C, or a pattern between slashes, with i behind it when large
// and small letters are the same.
func oneOf(closed, value string) bool {
	if closed == "" {
		return false
	}
	if !strings.HasPrefix(closed, "/") {
		for one := range strings.SplitSeq(closed, "|") {
			if one == value {
				return true
			}
		}
		return false
	}
	if known, ok := patterns.Load(closed); ok {
		return known.(*regexp.Regexp).MatchString(value)
	}
	body, flags := strings.TrimPrefix(closed, "/"), ""
	if cut, found := strings.CutSuffix(body, "/i"); found {
		body, flags = cut, "(?i)"
	} else {
		body = strings.TrimSuffix(body, "/")
	}
	compiled := regexp.MustCompile(flags + `\A(?:` + body + `)\z`)
	patterns.Store(closed, compiled)
	return compiled.MatchString(value)
}
