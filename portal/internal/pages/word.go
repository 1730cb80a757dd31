// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"meldewerk/exchange/submission"
	"meldewerk/internal/ui"
	"meldewerk/portal/internal/upload"
	"meldewerk/report"
	"meldewerk/tumour"
)

// verdictBadge is the portal's verdict in a word.
func verdictBadge(v report.Verdict) ui.Badge {
	switch v {
	case report.Accepted:
		return ui.Badge{Kind: ui.Success, Word: "Angenommen"}
	case report.Warned:
		return ui.Badge{Kind: ui.Warning, Word: "Mit Hinweisen"}
	default:
		return ui.Badge{Kind: ui.Danger, Word: "Abgewiesen"}
	}
}

// stateWord is the state after submission as the reporter reads it.
func stateWord(s submission.State) string {
	switch s {
	case submission.InReview:
		return "In Prüfung"
	case submission.Queried:
		return "Rückfrage"
	case submission.Forwarded:
		return "Weitergeleitet"
	case submission.Completed:
		return "Abgeschlossen"
	case submission.Duplicate:
		return "Doppelmeldung"
	case submission.Outdated:
		return "Überholt"
	case submission.Refused:
		return "Abgewiesen"
	case submission.TestOnly:
		return "Testdaten, geprüft"
	default:
		return "Übermittelt"
	}
}

// stateHint says what a state means for the reporter.
func stateHint(s submission.State) string {
	switch s {
	case submission.InReview:
		return "Die Vertrauensstelle sieht die Meldung durch."
	case submission.Queried:
		return "Die Vertrauensstelle hat eine Frage zu dieser Meldung. Beantworten Sie sie unter „Rückfragen“."
	case submission.Forwarded:
		return "Die Meldung ist beim Register."
	case submission.Completed:
		return "Die Meldung steht in der Tumorhistorie."
	case submission.Duplicate:
		return "Diese Meldung war unverändert schon da. Sie wurde nicht noch einmal angenommen."
	case submission.Outdated:
		return "Eine neuere Fassung dieser Meldung ist schon da."
	case submission.Refused:
		return "Die Vertrauensstelle hat die Meldung abgewiesen. Berichtigen Sie sie im Quellsystem und senden Sie sie erneut."
	case submission.TestOnly:
		return "Testdaten werden geprüft und nicht weitergeleitet."
	default:
		return "Die Meldung liegt versiegelt für die Vertrauensstelle bereit."
	}
}

func stateBadge(s submission.State) ui.Badge {
	b := ui.Badge{Word: stateWord(s)}
	switch s {
	case submission.Completed:
		b.Kind = ui.Success
	case submission.Refused:
		b.Kind = ui.Danger
	case submission.Queried:
		b.Kind = ui.Warning
	case submission.Forwarded, submission.InReview:
		b.Kind = ui.Info
	default:
		b.Kind = ui.Neutral
	}
	return b
}

// kindBadge tells test from real data.
func kindBadge(k submission.Kind) ui.Badge {
	if k == submission.Real {
		return ui.Badge{Kind: ui.Info, Word: "Echtdaten", Icon: "check"}
	}
	return ui.Badge{Kind: ui.Neutral, Word: "Testdaten", Icon: "checklist"}
}

// packageBadge is what became of a package as a whole.
func packageBadge(p upload.Package) ui.Badge {
	switch {
	case p.State == upload.Receiving:
		return ui.Badge{Kind: ui.Info, Word: "Wird übertragen", Icon: "autorenew"}
	case p.State == upload.Unreadable:
		return ui.Badge{Kind: ui.Danger, Word: "Nicht lesbar"}
	case p.ToMend:
		return ui.Badge{Kind: ui.Warning, Word: "Zu berichtigen"}
	case p.Queried > 0:
		return ui.Badge{Kind: ui.Warning, Word: "Rückfrage"}
	case p.Rejected+p.Refused > 0:
		return ui.Badge{Kind: ui.Success, Word: "Neu gesendet"}
	default:
		return ui.Badge{Kind: ui.Success, Word: "Angenommen"}
	}
}

// occasionIcon is the sign of a Meldeanlass; its word always stands beside it.
func occasionIcon(o tumour.Occasion) string {
	switch o {
	case tumour.OccasionDiagnosis:
		return "search"
	case tumour.OccasionPathology:
		return "visibility"
	case tumour.OccasionSurgery:
		return "edit"
	case tumour.OccasionRadiotherapy:
		return "light-mode"
	case tumour.OccasionSystemic:
		return "add"
	case tumour.OccasionCourse:
		return "arrow-forward"
	case tumour.OccasionDeath:
		return "close"
	case tumour.OccasionBoard:
		return "account-circle"
	}
	return "help"
}

// severity is the sign in front of a finding.
func severity(s report.Severity) ui.Kind {
	if s == report.Error {
		return ui.Danger
	}
	return ui.Warning
}
