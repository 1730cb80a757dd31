// SPDX-License-Identifier: EUPL-1.2

package query

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/identity/mention"
	"meldewerk/report"
)

// Limits of Rückfragen.
const (
	MaxWords   = 500 // characters of one's own words
	MaxPerCase = 10  // queries on one version of a report
)

// What a person reads whose question cannot be put as it is.
var (
	ErrGround = fault.New(fault.Invalid, "query.ground",
		"Es fehlt, was Sie fragen. Wählen Sie einen der Sätze aus.")
	ErrWords = fault.New(fault.Invalid, "query.words",
		"Ihr Zusatz ist zu lang. Kürzen Sie ihn auf 500 Zeichen.")
	ErrNames = fault.New(fault.Invalid, "query.names",
		"Ihr Zusatz enthält eine Angabe zur Person. Nennen Sie das Feld und lassen Sie den Wert weg.")
	ErrBlind = fault.New(fault.Invalid, "query.blind",
		"Die Identität zu dieser Meldung liegt hier nicht vor, deshalb lässt sich ein Zusatz nicht mit ihr vergleichen. Fragen Sie nur mit einem der Sätze.")
	ErrAsked = fault.New(fault.Conflict, "query.asked",
		"Zu diesem Feld ist schon eine Rückfrage offen. Warten Sie die Antwort ab, oder schließen Sie die Rückfrage ab.")
	ErrMany = fault.New(fault.Conflict, "query.many",
		"Zu dieser Meldung gibt es schon zehn Rückfragen. Rufen Sie die Einrichtung an.")
	ErrClosed = fault.New(fault.Conflict, "query.closed",
		"Diese Rückfrage ist schon erledigt. Laden Sie die Seite neu.")
	ErrUnknown = fault.New(fault.NotFound, "query.unknown",
		"Diese Rückfrage gibt es nicht. Öffnen Sie die Liste der Rückfragen.")
)

// Ground is the Grund of a Rückfrage: the sentence that the reporter reads.
type Ground struct {
	Key      string
	Sentence string
}

// Grounds lists the sentences with which a question begins.
func Grounds() []Ground {
	return []Ground{
		{"person", "In diesem Feld steht vielleicht eine Angabe zur Person. Ist das Wort ein Fachwort, oder gehört es nicht hierher?"},
		{"widerspruch", "Diese Angabe passt nicht zu anderen Angaben der Meldung. Was trifft zu?"},
		{"unvollstaendig", "Diese Angabe fehlt oder ist unvollständig. Was ist bekannt?"},
		{"unklar", "Diese Angabe ist nicht eindeutig. Was ist gemeint?"},
		{"zuordnung", "Gehört diese Angabe zu dieser Person und zu diesem Tumor?"},
		{"annahme", "Das Register kann diese Angabe so nicht annehmen. Wie lautet sie richtig?"},
	}
}

// Whole asks about no single field.
const Whole = "Meldung insgesamt"

// PersonFields are the fields of the identity, by their names only.
func PersonFields() []string {
	fields := []string{"Nachname", "Vornamen", "Geburtsname", "Frühere Namen", "Titel und Namenszusätze", "Geschlecht", "Geburtsdatum", "Anschrift", "Versichertendaten"}
	for i, f := range fields {
		fields[i] = submission.OfPerson + f
	}
	return fields
}

// Draft is a Rückfrage before it is put: which sentence, and one's own words.
type Draft struct {
	Ground string // key of a Ground
	Words  string
}

// IsNamed says whether the identity of a report is here to compare words with.
func IsNamed(r *report.Report) bool {
	return r != nil && !reflect.ValueOf(r.Person).IsZero()
}

// Outlives says whether a text may stay when the identity of its report is
// deleted: only when it was compared with it and holds nothing of it.
func Outlives(r *report.Report, text string) bool { return IsNamed(r) && !names(r, text) }

func names(r *report.Report, text string) bool {
	return mention.Of(&r.Person, string(r.Patient)).InProse(text)
}

// Compose gives the question as the reporter reads it. The report, nil when it
// is not here any more, is the one that the question is about: own words that
// hold something of its person are refused, and so are all own words where
// nobody can compare them.
func (d Draft) Compose(r *report.Report) (string, error) {
	at := slices.IndexFunc(Grounds(), func(g Ground) bool { return g.Key == d.Ground })
	if at < 0 {
		return "", ErrGround
	}
	sentence := Grounds()[at].Sentence
	words := plainText(d.Words)
	switch {
	case words == "":
		return sentence, nil
	case !IsNamed(r):
		return "", ErrBlind
	case utf8.RuneCountInString(words) > MaxWords:
		return "", ErrWords
	case names(r, words):
		return "", ErrNames
	}
	return sentence + "\n" + words, nil
}

// plainText drops characters that nobody sees and that steer a display, such
// as soft hyphens and marks of direction: behind one a name would not be found.
func plainText(s string) string {
	s = strings.Map(func(c rune) rune {
		if c != '\n' && (unicode.IsControl(c) && c != '\t' || unicode.Is(unicode.Cf, c)) {
			return -1
		}
		return c
	}, strings.ToValidUTF8(s, ""))
	return strings.TrimSpace(s)
}
