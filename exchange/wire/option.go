// SPDX-License-Identifier: EUPL-1.2

package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"time"
	"unicode/utf8"

	"meldewerk/fault"
)

// The limits that hold when Options leave them open.
const (
	DefaultLimit   = 64 << 20 // bytes of one request or answer
	DefaultTimeout = time.Minute
)

// Options set limits. The zero value is good.
type Options struct {
	MaxRequest int64         // bytes of a request, DefaultLimit when 0
	MaxAnswer  int64         // bytes of an answer, DefaultLimit when 0
	Timeout    time.Duration // of a whole call, DefaultTimeout when 0
	Log        *slog.Logger  // slog.Default when nil
}

// Filled gives the options with the open ones set.
func (o Options) Filled() Options {
	if o.MaxRequest <= 0 {
		o.MaxRequest = DefaultLimit
	}
	if o.MaxAnswer <= 0 {
		o.MaxAnswer = DefaultLimit
	}
	if o.Timeout <= 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return o
}

// What the wire itself refuses. The sentences are for the staff of a house.
var (
	// ErrTooLarge means that a request or an answer is above the limit: send less at once.
	ErrTooLarge = fault.New(fault.TooLarge, "wire.too_large",
		"Die Nachricht zwischen den Häusern ist zu groß. Senden Sie weniger auf einmal.")
	// ErrMalformed means that a request or an answer is not of the agreed form.
	ErrMalformed = fault.New(fault.Invalid, "wire.malformed",
		"Die Nachricht des anderen Hauses hat nicht die vereinbarte Form. Prüfen Sie, ob beide Häuser denselben Programmstand haben.")
	// ErrAway means that the other house does not answer: try again later.
	ErrAway = fault.New(fault.Unavailable, "wire.away",
		"Das andere Haus antwortet nicht. Der Vorgang wird von selbst wiederholt.")
	// ErrUntrusted means that one of the two houses refused the other's certificate.
	ErrUntrusted = fault.New(fault.Unavailable, "wire.untrusted",
		"Das andere Haus hat sich nicht ausgewiesen oder unser Zertifikat nicht angenommen. Prüfen Sie die Zertifikate beider Häuser.")
	// ErrTrouble means that the other house has trouble of its own; its log knows more.
	ErrTrouble = fault.New(fault.Unavailable, "wire.trouble",
		"Im anderen Haus ist eine Störung aufgetreten. Der Vorgang wird von selbst wiederholt.")
	// ErrUnknownCall means that the other house does not know the call.
	ErrUnknownCall = fault.New(fault.NotFound, "wire.unknown_call",
		"Das andere Haus kennt diesen Vorgang nicht. Prüfen Sie, ob beide Häuser denselben Programmstand haben.")
)

// readAll reads a body up to the limit.
func readAll(r io.Reader, limit int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(data)) > limit {
		return nil, ErrTooLarge
	}
	return data, nil
}

// decode reads exactly one JSON document with known fields only. The cause
// never repeats what was read: a body may hold anything.
func decode(data []byte, into any) error {
	if !utf8.Valid(data) {
		return ErrMalformed.Because(errors.New("not UTF-8"))
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(into)
	if err != nil {
		return ErrMalformed.Because(errors.New("not the JSON document expected"))
	}
	if _, err = d.Token(); !errors.Is(err, io.EOF) {
		return ErrMalformed.Because(errors.New("something follows the JSON document"))
	}
	return nil
}

func encode(value any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(value)
	if err != nil {
		// The words of encoding/json may quote a value.
		return nil, errors.New("message cannot be written as JSON")
	}
	return b.Bytes(), nil
}
