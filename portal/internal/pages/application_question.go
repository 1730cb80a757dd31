// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"strings"
	"unicode"

	"meldewerk/exchange/access"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

// question is one page of the application: what it asks, how the answer is
// read, and what is wrong with it.
type question struct {
	name   string
	title  string
	intro  string
	fields func(f *access.ApplicationForm, problems ui.Problems) []ui.Field
	read   func(r *web.Request) (func(*access.ApplicationForm), error)
	check  func(f *access.ApplicationForm) ui.Problems
}

// lastQuestion comes after the people.
const lastQuestion = "bemerkung"

func (q *question) path() string { return pathAnswers + q.name }

// number counts the question from 1; the people stand before the last one.
func (q *question) number() int {
	n := slices.Index(questions, q) + 1
	if q.name == lastQuestion {
		n++
	}
	return n
}

// before is the page before the question.
func (q *question) before() string {
	switch n := slices.Index(questions, q); {
	case n == 0:
		return PathApply
	case q.name == lastQuestion:
		return pathPeople
	default:
		return questions[n-1].path()
	}
}

// questions in their order.
var questions = []*question{
	askKind, askName, askAddress, askNumbers, askSystem, askChannel, askOccasions, askPhysician, askRemark,
}

// options turns a list of the contract into choices.
func options(list []access.Choice, chosen ...string) []ui.Option {
	var out []ui.Option
	for _, c := range list {
		out = append(out, ui.Option{Value: c.Value, Label: c.Label})
	}
	return ui.Choose(out, chosen...)
}

var askKind = &question{name: "art", title: "Was für eine Einrichtung sind Sie?",
	fields: func(f *access.ApplicationForm, problems ui.Problems) []ui.Field {
		return []ui.Field{ui.Radios("kind", "Art der Einrichtung", options(access.FacilityKinds(), f.Kind)).Check(problems)}
	},
	read: func(r *web.Request) (func(*access.ApplicationForm), error) {
		var form struct {
			Kind string `form:"kind,max=40"`
		}
		err := r.Decode(&form)
		return func(f *access.ApplicationForm) { f.Kind = form.Kind }, err
	},
	check: func(f *access.ApplicationForm) ui.Problems {
		var problems ui.Problems
		if !access.Known(access.FacilityKinds(), f.Kind) {
			problems.Add("kind", "Wählen Sie, was für eine Einrichtung Sie sind. Passt nichts genau, nehmen Sie das Ähnlichste.")
		}
		return problems
	},
}

var askName = &question{name: "name", title: "Wie heißt die Einrichtung?",
	fields: func(f *access.ApplicationForm, problems ui.Problems) []ui.Field {
		field := ui.Text("facility", "Name der Einrichtung", f.Facility).WithAutocomplete("organization").Check(problems)
		field.Hint, field.MaxLength = "Bei einer Klinik mit der Abteilung, die melden wird, zum Beispiel „Klinikum Nord, Gynäkologie“", 200
		return []ui.Field{field}
	},
	read: func(r *web.Request) (func(*access.ApplicationForm), error) {
		var form struct {
			Facility string `form:"facility,max=200"`
		}
		err := r.Decode(&form)
		return func(f *access.ApplicationForm) { f.Facility = form.Facility }, err
	},
	check: func(f *access.ApplicationForm) ui.Problems {
		var problems ui.Problems
		checkLine(&problems, "facility", f.Facility, "Der Name der Einrichtung fehlt. Geben Sie ihn so an, wie er auf dem Briefkopf steht.")
		return problems
	},
}

var askAddress = &question{name: "anschrift", title: "Wie lautet die Anschrift?",
	intro: "An diese Anschrift gehen die Schreiben mit den Zugangsdaten.",
	fields: func(f *access.ApplicationForm, problems ui.Problems) []ui.Field {
		street := ui.Text("street", "Straße und Hausnummer", f.Street).WithAutocomplete("street-address").Check(problems)
		street.MaxLength = 100
		code := ui.Digits("postal_code", "Postleitzahl", f.PostalCode, "").WithAutocomplete("postal-code").Check(problems)
		code.MaxLength = 5
		place := ui.Text("place", "Ort", f.Place).WithAutocomplete("address-level2").Check(problems)
		place.MaxLength = 100
		return []ui.Field{street, code, place}
	},
	read: func(r *web.Request) (func(*access.ApplicationForm), error) {
		var form struct {
			Street     string `form:"street,max=100"`
			PostalCode string `form:"postal_code,max=20"`
			Place      string `form:"place,max=100"`
		}
		err := r.Decode(&form)
		return func(f *access.ApplicationForm) {
			f.Street, f.PostalCode, f.Place = form.Street, compact(form.PostalCode), form.Place
		}, err
	},
	check: func(f *access.ApplicationForm) ui.Problems {
		var problems ui.Problems
		checkLine(&problems, "street", f.Street, "Straße und Hausnummer fehlen. Geben Sie die Postanschrift an.")
		if !access.PostalCodeValid(f.PostalCode) {
			problems.Add("postal_code", "Eine Postleitzahl hat fünf Ziffern. Prüfen Sie die Eingabe.")
		}
		checkLine(&problems, "place", f.Place, "Der Ort fehlt. Geben Sie ihn an.")
		return problems
	},
}

var askNumbers = &question{name: "nummern", title: "Welche Nummern hat die Einrichtung?",
	intro: "An ihnen erkennt die Vertrauensstelle, dass es die Einrichtung gibt.",
	fields: func(f *access.ApplicationForm, problems ui.Problems) []ui.Field {
		bsnr := ui.Digits("bsnr", "Betriebsstättennummer (BSNR)", f.BSNR, "").WithHint("Neun Ziffern, von der Kassenärztlichen Vereinigung vergeben").Check(problems)
		ik := ui.Digits("ik", "Institutionskennzeichen (IK)", f.IK, "").WithHint("Neun Ziffern; sie stehen auf Ihren Abrechnungen").Check(problems)
		bsnr.Optional, ik.Optional = !access.NeedsBSNR(f.Kind), !access.NeedsIK(f.Kind)
		bsnr.Width, ik.Width = 16, 16
		bsnr.MaxLength, ik.MaxLength = 20, 20
		if access.NeedsIK(f.Kind) {
			return []ui.Field{ik, bsnr}
		}
		return []ui.Field{bsnr, ik}
	},
	read: func(r *web.Request) (func(*access.ApplicationForm), error) {
		var form struct {
			BSNR string `form:"bsnr,max=20"`
			IK   string `form:"ik,max=20"`
		}
		err := r.Decode(&form)
		return func(f *access.ApplicationForm) { f.BSNR, f.IK = compact(form.BSNR), compact(form.IK) }, err
	},
	check: checkNumbers,
}

// checkNumbers tells at once a number that cannot be right.
func checkNumbers(f *access.ApplicationForm) ui.Problems {
	var problems ui.Problems
	ik := func() {
		switch {
		case f.IK == "" && access.NeedsIK(f.Kind):
			problems.Add("ik", "Das Institutionskennzeichen fehlt. Ein Krankenhaus hat eines; es steht auf Ihren Abrechnungen.")
		case f.IK != "" && !nineDigits(f.IK):
			problems.Add("ik", "Ein Institutionskennzeichen hat neun Ziffern. Prüfen Sie die Eingabe.")
		case f.IK != "" && !access.IKValid(f.IK):
			problems.Add("ik", "Die Prüfziffer des Institutionskennzeichens stimmt nicht. Vergleichen Sie die Ziffern; oft sind zwei vertauscht.")
		}
	}
	bsnr := func() {
		switch {
		case f.BSNR == "" && access.NeedsBSNR(f.Kind):
			problems.Add("bsnr", "Die Betriebsstättennummer fehlt. Sie steht auf dem Stempel Ihrer Praxis.")
		case f.BSNR != "" && !nineDigits(f.BSNR):
			problems.Add("bsnr", "Eine Betriebsstättennummer hat neun Ziffern. Prüfen Sie die Eingabe.")
		case f.BSNR != "" && !access.BSNRValid(f.BSNR):
			problems.Add("bsnr", "Eine solche Betriebsstättennummer wird nicht vergeben. Vergleichen Sie die Ziffern mit Ihrem Stempel.")
		}
	}
	if access.NeedsIK(f.Kind) {
		ik()
		bsnr()
		return problems
	}
	bsnr()
	ik()
	return problems
}

var askSystem = &question{name: "system", title: "Womit dokumentieren Sie?",
	fields: func(f *access.ApplicationForm, problems ui.Problems) []ui.Field {
		software := ui.Text("software", "Name und Version des Systems", f.Software).Voluntary().Check(problems)
		software.MaxLength = 100
		return []ui.Field{ui.Radios("system", "Art des Dokumentationssystems", options(access.SystemKinds(), f.System)).Check(problems), software}
	},
	read: func(r *web.Request) (func(*access.ApplicationForm), error) {
		var form struct {
			System   string `form:"system,max=40"`
			Software string `form:"software,max=100"`
		}
		err := r.Decode(&form)
		return func(f *access.ApplicationForm) { f.System, f.Software = form.System, form.Software }, err
	},
	check: func(f *access.ApplicationForm) ui.Problems {
		var problems ui.Problems
		if !access.Known(access.SystemKinds(), f.System) {
			problems.Add("system", "Wählen Sie Ihr Dokumentationssystem. Haben Sie keines, wählen Sie „Keines“.")
		}
		if f.Software != "" {
			checkLine(&problems, "software", f.Software, "")
		}
		return problems
	},
}

var askChannel = &question{name: "meldeweg", title: "Wie möchten Sie melden?",
	fields: func(f *access.ApplicationForm, problems ui.Problems) []ui.Field {
		return []ui.Field{ui.Radios("channel", "Meldeweg", options(access.Channels(), f.Channel)).Check(problems)}
	},
	read: func(r *web.Request) (func(*access.ApplicationForm), error) {
		var form struct {
			Channel string `form:"channel,max=20"`
		}
		err := r.Decode(&form)
		return func(f *access.ApplicationForm) { f.Channel = form.Channel }, err
	},
	check: func(f *access.ApplicationForm) ui.Problems {
		var problems ui.Problems
		if !access.Known(access.Channels(), f.Channel) {
			problems.Add("channel", "Wählen Sie, wie Sie melden möchten. Sie können das später ändern.")
		}
		return problems
	},
}

var askOccasions = &question{name: "anlaesse", title: "Was werden Sie melden?",
	fields: func(f *access.ApplicationForm, problems ui.Problems) []ui.Field {
		return []ui.Field{ui.Checks("occasions", "Meldeanlässe", options(access.Occasions(), f.Occasions...)).
			WithHint("Wählen Sie alles, was bei Ihnen vorkommt").Check(problems)}
	},
	read: func(r *web.Request) (func(*access.ApplicationForm), error) {
		var form struct {
			Occasions []string `form:"occasions,max=40"`
		}
		err := r.Decode(&form)
		return func(f *access.ApplicationForm) { f.Occasions = form.Occasions }, err
	},
	check: func(f *access.ApplicationForm) ui.Problems {
		var problems ui.Problems
		wrong := len(f.Occasions) == 0
		for i, o := range f.Occasions {
			wrong = wrong || !access.Known(access.Occasions(), o) || slices.Contains(f.Occasions[:i], o)
		}
		if wrong {
			problems.Add("occasions", "Wählen Sie mindestens einen Meldeanlass.")
		}
		return problems
	},
}

var askPhysician = &question{name: "verantwortung", title: "Wer steht für die Meldungen ein?",
	intro: "Das ist die Inhaberin oder der Inhaber der Praxis, in der Klinik die Leitung der Abteilung. Diese Person unterschreibt den Antrag.",
	fields: func(f *access.ApplicationForm, problems ui.Problems) []ui.Field {
		field := ui.Text("physician", "Name mit Titel", f.Physician).Check(problems)
		field.MaxLength = 200
		return []ui.Field{field}
	},
	read: func(r *web.Request) (func(*access.ApplicationForm), error) {
		var form struct {
			Physician string `form:"physician,max=200"`
		}
		err := r.Decode(&form)
		return func(f *access.ApplicationForm) { f.Physician = form.Physician }, err
	},
	check: func(f *access.ApplicationForm) ui.Problems {
		var problems ui.Problems
		checkLine(&problems, "physician", f.Physician, "Der Name fehlt. Geben Sie an, wer den Antrag unterschreibt.")
		return problems
	},
}

var askRemark = &question{name: lastQuestion, title: "Möchten Sie noch etwas mitteilen?",
	fields: func(f *access.ApplicationForm, problems ui.Problems) []ui.Field {
		field := ui.Area("remark", "Bemerkung", f.Remark).Voluntary().Check(problems)
		field.Hint, field.MaxLength = "Nennen Sie hier keine Patientinnen und Patienten", 1000
		return []ui.Field{field}
	},
	read: func(r *web.Request) (func(*access.ApplicationForm), error) {
		var form struct {
			Remark string `form:"remark,max=1000,lines"`
		}
		err := r.Decode(&form)
		return func(f *access.ApplicationForm) { f.Remark = strings.ReplaceAll(form.Remark, "\t", " ") }, err
	},
	check: func(f *access.ApplicationForm) ui.Problems {
		var problems ui.Problems
		if f.Remark != "" && !printable(strings.ReplaceAll(f.Remark, "\n", " ")) {
			problems.Add("remark", unprintable)
		}
		return problems
	},
}

// unprintable is said of a character that the form to sign could not show.
const unprintable = "Die Angabe enthält ein Zeichen, das sich nicht drucken lässt. Verwenden Sie Buchstaben, Ziffern und Satzzeichen."

// checkLine wants one line that can be printed.
func checkLine(problems *ui.Problems, field, value, missing string) {
	switch {
	case value == "":
		problems.Add(field, missing)
	case !printable(value):
		problems.Add(field, unprintable)
	}
}

// printable holds for the letters that names in Germany are written with,
// digits, punctuation and blanks.
func printable(text string) bool {
	for _, r := range text {
		letter := unicode.In(r, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Inherited)
		if !letter && !unicode.IsDigit(r) && !unicode.IsPunct(r) && !strings.ContainsRune(" +=<>|°§€^`´~$", r) || r > 0xffff {
			return false
		}
	}
	return true
}

// compact takes out the blanks with which people group digits.
func compact(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, text)
}

func nineDigits(text string) bool {
	return len(text) == 9 && strings.Trim(text, "0123456789") == ""
}
