// SPDX-License-Identifier: EUPL-1.2

package drafting

import (
	"strings"

	"meldewerk/report"
	"meldewerk/report/form"
	"meldewerk/report/obds"
	"meldewerk/terminology"
)

// The schema speaks of elements and of source systems. Who fills a form sees
// fields, so its findings are said anew, with the field's label. The rule
// stays the same.

// schemaWords says a finding of the schema in the words of the form.
func schemaWords(f report.Finding, field form.Field, found bool) (message, remedy string) {
	if !found {
		return f.Message, strings.ReplaceAll(f.Remedy, " im Quellsystem und laden Sie das Paket erneut hoch", "")
	}
	label := "„" + field.Label + "“"
	switch f.Rule {
	case obds.RuleMissing, obds.RuleAttribute, obds.RuleShort:
		return missingWords(field, label)
	case obds.RuleListed, obds.RuleFixed:
		if field.Node.Kind == form.About {
			return label + " sieht der Datensatz mindestens auf den Monat genau vor.", "Geben Sie Monat und Jahr an."
		}
		return "Der Wert bei " + label + " kommt im Datensatz nicht vor.", "Wählen Sie einen anderen Wert."
	case obds.RulePattern:
		if field.Node.List != "" {
			return label + " ist kein vollständiger Code.", "Suchen Sie den Code mit Worten und wählen Sie ihn aus der Liste."
		}
		return label + " hat nicht die vorgeschriebene Form.", formRemedy(f.Remedy, field)
	case obds.RuleUnexpected, obds.RuleTooOften:
		return label + " passt nicht neben eine andere Angabe in diesem Abschnitt.", "Lassen Sie nur eine der beiden Angaben stehen."
	}
	return named(f.Message, label), f.Remedy
}

// missingWords asks for what is missing.
func missingWords(field form.Field, label string) (message, remedy string) {
	if field.AnyOf != "" && field.Node.Kind != form.Choice {
		return "Geben Sie „" + field.AnyOf + "“ an.", "Füllen Sie mindestens eines der Felder aus."
	}
	message = "Geben Sie " + label + " an."
	if o, known := field.Node.Unknown(); known {
		return message, "Ist nichts bekannt, wählen Sie „" + o.Label + "“."
	}
	switch field.Node.Kind {
	case form.Choice, form.Multiple:
		return message, "Wählen Sie einen Wert aus der Liste."
	case form.About:
		return message, "Ist der Tag nicht bekannt, geben Sie nur Monat und Jahr an."
	case form.Coded:
		if field.Node.List == terminology.ListInsurer {
			break // without the list of the insurers nothing is found
		}
		return message, "Suchen Sie den Code mit Worten, wenn Sie ihn nicht kennen."
	}
	return message, ""
}

// formRemedy keeps the remedy of the schema where people can follow it.
func formRemedy(remedy string, field form.Field) string {
	if strings.ContainsAny(remedy, `[]\{}|`) || strings.Contains(remedy, "Typ ") {
		if field.Node.Hint != "" {
			return "Erwartet wird: " + field.Node.Hint + "."
		}
		return "Prüfen Sie die Schreibweise."
	}
	return remedy
}

// named puts the label in the place of the element that a sentence begins with.
func named(message, label string) string {
	before, tail, found := strings.Cut(message, "„")
	if _, after, ends := strings.Cut(tail, "“"); found && ends {
		return before + label + after
	}
	return message
}

// ruleWords says a finding of plausibility in the words of the form: its rules
// speak to who makes packages as well.
func ruleWords(sentence string) string { return inTheForm.Replace(sentence) }

var inTheForm = strings.NewReplacer(
	" und senden Sie die Meldung erneut", "",
	" und senden Sie sie erneut", "",
	"Dieselbe Meldung steht unter einer anderen Meldung-ID schon im Paket.", "Dieselbe Meldung ist zu dieser Person schon übermittelt.",
	"Nehmen Sie die Meldung aus dem Paket. Senden Sie sie nicht erneut.", "Löschen Sie den Entwurf.",
	"nehmen Sie die Meldung aus dem Paket", "löschen Sie den Entwurf",
	"nach dem Meldedatum des Pakets", "in der Zukunft",
	"im selben Paket", "zu dieser Person",
	"im Paket", "zu dieser Person",
	"das Paket nennt", "die Akte nennt",
	" im Quellsystem", "",
)
