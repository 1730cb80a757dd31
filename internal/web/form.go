// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"meldewerk/fault"
)

// Faults of a form that no page of ours sends.
var (
	ErrUnknownField = fault.New(fault.Invalid, "web.unknown_field",
		"Die Sendung enthält ein Feld, das dieses Formular nicht hat. Laden Sie die Seite neu und füllen Sie sie noch einmal aus.")
	ErrRepeatedField = fault.New(fault.Invalid, "web.repeated_field",
		"Die Sendung enthält ein Feld doppelt. Laden Sie die Seite neu und füllen Sie sie noch einmal aus.")
	ErrFieldText = fault.New(fault.Invalid, "web.field_text",
		"Ein Feld enthält Zeichen, die nicht erlaubt sind, oder ist zu lang. Kürzen Sie den Text und entfernen Sie Steuerzeichen.")
	ErrBadForm = fault.New(fault.Invalid, "web.bad_form",
		"Die Sendung ist unvollständig angekommen. Laden Sie die Seite neu und senden Sie sie noch einmal ab.")
)

// DefaultMaxLength is how many characters a field takes unless its tag says
// otherwise.
const DefaultMaxLength = 200

// maxFields bounds the work for one form.
const maxFields = 400

// Decode fills the struct that dst points to from the posted form. Only fields
// with a tag are taken:
//
//	Username string   `form:"username"`            // at most 200 characters, trimmed, NFC
//	Note     string   `form:"note,max=4000,lines"` // may have line breaks
//	Password string   `form:"password,max=256,raw"` // not trimmed
//	Sites    []string `form:"site"`                // may be repeated
//	Agreed   bool     `form:"agreed"`              // "ja"
//	Count    int      `form:"count"`               // empty: 0
//
// Structs without a tag are walked into. A field that the struct does not name,
// or a repeated one that is not a list, is refused: nothing can be smuggled
// past the form.
func (r *Request) Decode(dst any) error {
	values, err := r.posted()
	if err != nil {
		return err
	}
	return DecodeValues(values, dst)
}

// DecodeQuery is Decode for the filter of a list in the address. The page
// number "seite" is left to Page.
func (r *Request) DecodeQuery(dst any) error {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return ErrBadForm
	}
	delete(values, "seite")
	return DecodeValues(values, dst)
}

// DecodeValues is Decode for values already at hand.
func DecodeValues(values url.Values, dst any) error {
	if len(values) > maxFields {
		return ErrUnknownField
	}
	target := reflect.ValueOf(dst)
	if target.Kind() != reflect.Pointer || target.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("decode form into %T: want a pointer to a struct", dst)
	}
	slots := map[string]slot{}
	if err := collect(target.Elem(), slots); err != nil {
		return err
	}
	for name, texts := range values {
		s, listed := slots[name]
		if !listed {
			return ErrUnknownField
		}
		if len(texts) > 1 && s.value.Kind() != reflect.Slice {
			return ErrRepeatedField
		}
		if err := s.fill(texts); err != nil {
			return err
		}
	}
	return nil
}

// slot is one field of the struct with the rules of its tag.
type slot struct {
	value reflect.Value
	max   int
	lines bool
	raw   bool
}

func collect(target reflect.Value, slots map[string]slot) error {
	for i := range target.NumField() {
		field := target.Type().Field(i)
		tag, tagged := field.Tag.Lookup("form")
		if !tagged {
			if field.Type.Kind() == reflect.Struct && field.IsExported() {
				if err := collect(target.Field(i), slots); err != nil {
					return err
				}
			}
			continue
		}
		parts := strings.Split(tag, ",")
		s := slot{value: target.Field(i), max: DefaultMaxLength}
		for _, rule := range parts[1:] {
			switch {
			case rule == "lines":
				s.lines = true
			case rule == "raw":
				s.raw = true
			case strings.HasPrefix(rule, "max="):
				n, err := strconv.Atoi(rule[len("max="):])
				if err != nil {
					return fmt.Errorf("form tag of %s: %w", field.Name, err)
				}
				s.max = n
			default:
				return fmt.Errorf("form tag of %s: unknown rule", field.Name)
			}
		}
		if _, twice := slots[parts[0]]; twice || !field.IsExported() {
			return fmt.Errorf("form tag of %s: not exported, or the name is used twice", field.Name)
		}
		slots[parts[0]] = s
	}
	return nil
}

func (s slot) fill(texts []string) error {
	clean := make([]string, len(texts))
	for i, text := range texts {
		t, err := s.clean(text)
		if err != nil {
			return err
		}
		clean[i] = t
	}
	switch s.value.Kind() {
	case reflect.String:
		s.value.SetString(clean[0])
	case reflect.Slice:
		if s.value.Type().Elem().Kind() != reflect.String {
			return fmt.Errorf("form field of type %s is not supported", s.value.Type())
		}
		list := reflect.MakeSlice(s.value.Type(), len(clean), len(clean))
		for i, t := range clean {
			list.Index(i).SetString(t)
		}
		s.value.Set(list)
	case reflect.Bool:
		if clean[0] != "ja" && clean[0] != "" {
			return ErrFieldText
		}
		s.value.SetBool(clean[0] == "ja")
	case reflect.Int, reflect.Int64, reflect.Int32:
		if clean[0] == "" {
			return nil
		}
		n, err := strconv.ParseInt(clean[0], 10, s.value.Type().Bits())
		if err != nil {
			return ErrFieldText
		}
		s.value.SetInt(n)
	default:
		return fmt.Errorf("form field of type %s is not supported", s.value.Type())
	}
	return nil
}

// clean brings a text into the form everything behind expects: valid UTF-8,
// NFC, without control characters, line breaks as \n, not too long.
func (s slot) clean(text string) (string, error) {
	if !utf8.ValidString(text) {
		return "", ErrFieldText
	}
	text = norm.NFC.String(text)
	if s.lines {
		text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	}
	for _, c := range text {
		if s.lines && (c == '\n' || c == '\t') {
			continue
		}
		if unicode.IsControl(c) || c == '\u2028' || c == '\u2029' || c == '\ufeff' || (c >= '\u202a' && c <= '\u202e') || (c >= '\u2066' && c <= '\u2069') {
			return "", ErrFieldText
		}
	}
	if !s.raw {
		text = strings.TrimSpace(text)
	}
	if utf8.RuneCountInString(text) > s.max {
		return "", ErrFieldText
	}
	return text, nil
}

// Upload reads a multipart form of text fields followed by one file, without
// holding the file: the fields before it are decoded into dst as by Decode,
// then take reads the file to its end. The file must be the last part and
// stand under the name fileField; the sender's file name is handed on as a
// mere hint, cut to its last element.
func (r *Request) Upload(fileField string, dst any, take func(fileName string, content io.Reader) error) error {
	reader, err := r.MultipartReader()
	if err != nil {
		return ErrBadForm
	}
	values := url.Values{}
	for {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return ErrBadForm // no file came
		}
		if err != nil {
			return bodyFault(err)
		}
		if part.FormName() == fileField {
			if err := DecodeValues(values, dst); err != nil {
				return err
			}
			if err := take(baseName(part), part); err != nil {
				return err
			}
			return r.nothingMore(reader)
		}
		text, err := io.ReadAll(io.LimitReader(part, 64<<10))
		if err != nil {
			return bodyFault(err)
		}
		if len(values) > maxFields {
			return ErrUnknownField
		}
		values.Add(part.FormName(), string(text))
	}
}

func (r *Request) nothingMore(reader *multipart.Reader) error {
	_, err := reader.NextPart()
	switch {
	case errors.Is(err, io.EOF):
		return nil
	case err != nil:
		return bodyFault(err)
	default:
		return ErrUnknownField
	}
}

// baseName keeps what may be shown again: the last element, 120 characters,
// no control or direction characters.
func baseName(part *multipart.Part) string {
	name := part.FileName()
	if i := strings.LastIndexAny(name, `/\`); i >= 0 {
		name = name[i+1:]
	}
	name, err := (slot{max: 1 << 20}).clean(name)
	if err != nil {
		return ""
	}
	if short := []rune(name); len(short) > 120 {
		return string(short[:120])
	}
	return name
}

// bodyFault tells a body that is too large from one that broke off.
func bodyFault(err error) error {
	if tooLarge, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return errTooLarge.Because(tooLarge)
	}
	return ErrBadForm
}
