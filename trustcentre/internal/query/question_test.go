// SPDX-License-Identifier: EUPL-1.2

package query_test

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/trustcentre/internal/query"
)

func patient() *report.Report {
	return &report.Report{ID: "M-1", Patient: "P-4711-22", Person: identity.Person{Surname: "Grünwald", FirstNames: "Anna Lena",
		BirthDate: calendar.Date{Year: 1951, Month: 3, Day: 7, Accuracy: calendar.Exact}, Address: identity.Address{Street: "Fliederweg"}}}
}

func TestComposeGivesWhatTheReporterReads(t *testing.T) {
	t.Parallel()
	for _, g := range query.Grounds() {
		for words, want := range map[string]string{"": g.Sentence, "  \n ": g.Sentence, " Welche\r\nSeite? ": g.Sentence + "\nWelche\nSeite?", "Sei\u00adte\u202e?": g.Sentence + "\nSeite?"} {
			if got, err := (query.Draft{Ground: g.Key, Words: words}).Compose(patient()); err != nil || got != want {
				t.Errorf("%q: %q %v", words, got, err)
			}
		}
	}
}

// TestC3ComposeRefusesTheIdentity: nothing of the person leaves, however it is
// written, and no words at all where nobody can compare them.
func TestC3ComposeRefusesTheIdentity(t *testing.T) {
	t.Parallel()
	compose := func(words string, r *report.Report) error {
		_, err := query.Draft{Ground: query.Grounds()[0].Key, Words: words}.Compose(r)
		return err
	}
	for _, words := range []string{"Frau Gruenwald?", "GRÜNWALD", "Grün\u00adwald", "Anna", "am 7.3.1951 geboren", "Fliederweg", "P 4711 22", "Lena\u200b", "Grünwalds Befund?", "Annas Angabe", "Anna's Lenas", "annas", "ANNAS.", "des Fliederweges"} {
		if err := compose(words, patient()); !errors.Is(err, query.ErrNames) {
			t.Errorf("%q: %v", words, err)
		}
	}
	blind := patient()
	blind.Person = identity.Person{}
	for _, r := range []*report.Report{nil, blind} {
		if err := compose("harmlos", r); !errors.Is(err, query.ErrBlind) {
			t.Errorf("blind: %v", err)
		}
		if err := compose("", r); err != nil {
			t.Errorf("blind, a sentence alone: %v", err)
		}
	}
	if err := compose(strings.Repeat("ä", query.MaxWords), patient()); err != nil {
		t.Errorf("as long as allowed: %v", err)
	}
	if err := compose(strings.Repeat("ä", query.MaxWords+1), patient()); !errors.Is(err, query.ErrWords) {
		t.Errorf("too long: %v", err)
	}
	if _, err := (query.Draft{Ground: "none"}).Compose(patient()); !errors.Is(err, query.ErrGround) {
		t.Errorf("no ground: %v", err)
	}
}

// TestEveryQuestionKeepsTheContract: the longest question fits what the portal
// takes, and so does every name of a field.
func TestEveryQuestionKeepsTheContract(t *testing.T) {
	t.Parallel()
	for _, g := range query.Grounds() {
		question, err := query.Draft{Ground: g.Key, Words: strings.Repeat("ä", query.MaxWords)}.Compose(patient())
		if err != nil || utf8.RuneCountInString(question) > submission.MaxQuestion {
			t.Errorf("%s: %d characters, %v", g.Key, utf8.RuneCountInString(question), err)
		}
		if !strings.HasSuffix(g.Sentence, "?") {
			t.Errorf("%s asks nothing", g.Key)
		}
	}
}
