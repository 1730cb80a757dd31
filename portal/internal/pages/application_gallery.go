// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"slices"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/access"
	"meldewerk/internal/ui"
	"meldewerk/portal/internal/application"
)

// galleryForm is an application of an invented practice.
func galleryForm() access.ApplicationForm {
	return access.ApplicationForm{Facility: "Urologische Gemeinschaftspraxis am Stadtgarten", Kind: "group-practice", Street: "Musterallee 12",
		PostalCode: "30159", Place: "Musterstadt", BSNR: "171234500", System: "practice-system", Software: "Praxissystem 4.2",
		Channel: access.ChannelBoth, Occasions: []string{"diagnosis", "surgery", "course"}, Physician: "Dr. med. M. Muster",
		People: []access.Applicant{
			{Name: "A. Beispiel", Function: "Tumordokumentation", Phone: "0511 1234-56", Email: "beispiel@praxis.example", Roles: []account.Role{account.RoleReporter, account.RoleUploader}},
			{Name: "B. Probe", Function: "Praxismanagement", Phone: "0511 1234-57", Roles: []account.Role{account.RoleUploader}}},
		Remark: "Ab Januar kommt ein zweiter Standort dazu.\nDie Umstellung des Systems ist für März geplant."}
}

// applyState is a page of somebody who has not signed in.
func (g gallery) applyState(page, name, title string, data any, problems ui.Problems) ui.State {
	f := ui.Frame{House: ui.Portal, Instance: "Krebsregister Musterland", Title: title, Now: galleryNow,
		Errors: problems, Footer: []ui.Link{{Label: titleApply, Href: PathApply}}}
	if page != "apply" {
		applyCrumbs(&f)
	}
	return g.set.State(page, name, f, data)
}

func (g gallery) applications() []ui.State {
	receipt := application.Receipt{Handle: "AAAAAAAAAAAAAAAAAAAAAAAAAA", Number: application.Number(2026, 41), ReceivedAt: galleryNow.Add(-time.Hour)}
	states := []ui.State{
		g.applyState("apply", "Beginn", titleApply, applyStartPage{}, nil),
		g.applyState("apply", "offener Entwurf", titleApply, applyStartPage{Resume: askNumbers.path()}, nil),
		g.applyState("apply", "abgesendet", titleApply, applyStartPage{Sent: &receipt, Status: statusPath(receipt.Handle)}, nil),
	}
	full := galleryForm()
	for _, q := range questions {
		states = append(states, g.applyState("apply_question", q.name+", leer", q.title, newQuestionPage(q, &access.ApplicationForm{}, nil), nil),
			g.applyState("apply_question", q.name+", beantwortet", q.title, newQuestionPage(q, &full, nil), nil))
		wrong := access.ApplicationForm{Kind: access.KindHospital, IK: "260530104", BSNR: "12345", PostalCode: "3015", Remark: "☃ 𝄞"}
		if q == askKind {
			wrong.Kind = ""
		}
		problems := q.check(&wrong)
		states = append(states, g.applyState("apply_question", q.name+", Fehler", q.title, newQuestionPage(q, &wrong, problems), problems))
	}
	return append(append(states, g.applicants(full)...), g.applicationEnds(full, receipt)...)
}

func (g gallery) applicants(full access.ApplicationForm) []ui.State {
	odd := access.Applicant{Name: "B. Probe", Phone: "nachmittags", Email: "probe"}
	problems := checkPerson(odd)
	return []ui.State{
		g.applyState("apply_person", "leer", titlePerson, newPersonPage(access.Applicant{}, pathPerson, askPhysician.path(), nil), nil),
		g.applyState("apply_person", "ändern", titlePerson, newPersonPage(full.People[0], personAction(0), pathPeople, nil), nil),
		g.applyState("apply_person", "Fehler", titlePerson, newPersonPage(odd, pathPerson, pathPeople, problems), problems),
		g.applyState("apply_people", "eine", titlePeople, newPeoplePage(full.People[1:], askRemark.path()), nil),
		g.applyState("apply_people", "zwei", titlePeople, newPeoplePage(full.People, askRemark.path()), nil),
		g.applyState("apply_people", "alle Plätze belegt", titlePeople, newPeoplePage(slices.Repeat(full.People, access.MaxPeople/2), pathReview), nil),
	}
}

func (g gallery) applicationEnds(full access.ApplicationForm, receipt application.Receipt) []ui.State {
	hospital := full
	hospital.Facility, hospital.Kind, hospital.BSNR, hospital.IK = "Klinikum Nord, Gynäkologie", access.KindHospital, "", "260530103"
	hospital.Remark, hospital.Software = "", ""
	long := full
	long.People = slices.Repeat(full.People, 5)
	status := func(stage access.Stage, reason string) statusPage {
		return newStatusPage(application.Status{Receipt: receipt, Stage: stage, StageAt: galleryNow, Reason: reason}, stage == access.Received && reason == "",
			[]string{"Vertrauensstelle des Krebsregisters Musterland", "Musterplatz 1", "30159 Musterstadt"})
	}
	mine := status(access.Received, "")
	elsewhere := status(access.Received, "elsewhere")
	title := "Antrag " + receipt.Number
	return []ui.State{
		g.applyState("apply_review", "Praxis", titleReview, newReviewPage(full), nil),
		g.applyState("apply_review", "Krankenhaus", titleReview, newReviewPage(hospital), nil),
		g.applyState("apply_review", "viele Personen", titleReview, newReviewPage(long), nil),
		g.applyState("apply_status", "eingegangen", title, mine, nil),
		g.applyState("apply_status", "eingegangen, anderer Browser", title, elsewhere, nil),
		g.applyState("apply_status", "in Prüfung", title, status(access.Checking, ""), nil),
		g.applyState("apply_status", "bewilligt", title, status(access.Granted, ""), nil),
		g.applyState("apply_status", "abgelehnt", title, status(access.Declined, "Die Einrichtung ist unter einer anderen Betriebsstättennummer schon angemeldet.\nMelden Sie weitere Personen über den bestehenden Zugang an."), nil),
	}
}
