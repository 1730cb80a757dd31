// SPDX-License-Identifier: EUPL-1.2

package wire

import (
	"errors"
	"net/http"
	"unicode"
	"unicode/utf8"

	"meldewerk/fault"
)

const (
	maxKey      = 80
	maxSentence = 600
	maxRefusal  = 16 << 10 // bytes of the whole
)

// refusal is the one form in which an error crosses.
type refusal struct {
	Kind     fault.Kind `json:"kind"`
	Key      string     `json:"key"`
	Sentence string     `json:"sentence"`
}

func refusalOf(f *fault.Fault) refusal {
	return refusal{Kind: f.Kind, Key: f.Key, Sentence: f.Sentence}
}

// status maps a kind to the HTTP status that a proxy or a packet capture will
// show. The caller reads the kind, not the status.
func status(kind fault.Kind) int {
	switch kind {
	case fault.NotFound:
		return http.StatusNotFound
	case fault.Conflict:
		return http.StatusConflict
	case fault.Invalid:
		return http.StatusUnprocessableEntity
	case fault.TooLarge:
		return http.StatusRequestEntityTooLarge
	case fault.Forbidden:
		return http.StatusForbidden
	case fault.Locked:
		return http.StatusLocked
	case fault.Expired:
		return http.StatusGone
	case fault.Unavailable:
		return http.StatusServiceUnavailable
	}
	return http.StatusInternalServerError
}

// readRefusal makes the fault again. What the other house says is bounded and
// has only printing characters, because it ends on a page and in a log.
func readRefusal(data []byte) error {
	var r refusal
	err := decode(data, &r)
	if err != nil {
		return err
	}
	if status(r.Kind) == http.StatusInternalServerError {
		return ErrMalformed.Because(errors.New("refusal of an unknown kind"))
	}
	if !keyValid(r.Key) || !sentenceValid(r.Sentence) {
		return ErrMalformed.Because(errors.New("refusal of a wrong form"))
	}
	return fault.New(r.Kind, r.Key, r.Sentence)
}

func keyValid(key string) bool {
	if key == "" || len(key) > maxKey {
		return false
	}
	for i := range len(key) {
		if c := key[i]; (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' && c != '.' && c != '-' {
			return false
		}
	}
	return true
}

func sentenceValid(sentence string) bool {
	if utf8.RuneCountInString(sentence) > maxSentence {
		return false
	}
	for _, r := range sentence {
		if !unicode.IsPrint(r) && r != '\u00a0' && r != '\u202f' {
			return false
		}
	}
	return true
}
