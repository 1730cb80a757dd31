// SPDX-License-Identifier: EUPL-1.2

package world

import (
	"context"
	"errors"
	"io"
	"net/url"
	"regexp"
	"strings"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/calendar"
	"meldewerk/exchange/submission"
	"meldewerk/report"
	"meldewerk/report/obds"
	"meldewerk/synth"
	"meldewerk/tumour"
)

// inquire sends one report that the last look stops, and asks the unit about
// it, so that the demo has an open Rückfrage on both sides. It comes before
// the other deliveries, because then the report waits within seconds.
func (w *World) inquire(ctx context.Context, hasher *account.Hasher, unit account.UnitID, s Seeding) error {
	invented := synth.New(synth.Options{Seed: s.Seed + 2, Patients: 50, Today: calendar.Of(w.now())})
	subject, err := unclear(invented)
	if err != nil {
		return err
	}
	err = w.deliver(ctx, hasher, delivery{unit, submission.Real, "klinikum-nachtrag.xml", func(to io.Writer) error {
		return obds.Write(to, "3.0.4", invented.Package(), []*report.Report{subject})
	}})
	if err != nil {
		return err
	}
	login, id, err := w.seat(ctx, hasher, seat{account.TrustCentre, "rueckfrage", "Prüfplatz 2", "", true, []account.Role{account.RoleInspector}})
	if err != nil {
		return err
	}
	desk, err := w.signedIn(ctx, login)
	if err != nil {
		return err
	}
	r := &reception{w, desk, hasher}
	err = r.until(ctx, "a report waits for a look", func() (bool, error) {
		page, _, err := desk.Get(ctx, "/wartend")
		found := waitingReport.FindSubmatch(page)
		if err != nil || found == nil {
			return false, err
		}
		_, err = act(ctx, desk, string(found[1])+"/rueckfrage", url.Values{"feld": {"Diagnose › weitere Klassifikation 1 › Bezeichnung"},
			"grund": {"person"}, "zusatz": {"Steht die Bezeichnung so im Befund?"}})
		return true, err
	})
	if err != nil {
		return err
	}
	return w.TrustCentre.Accounts().Close(ctx, audit.System, id)
}

var waitingReport = regexp.MustCompile(`href="(/wartend/[A-Z0-9]+)"`)

// unclear is a diagnosis with a classification that bears the patient's
// surname, as a scale or its author might.
func unclear(w *synth.World) (*report.Report, error) {
	for r := range w.Reports() {
		if r.Event.Diagnosis == nil || r.Reason != report.Informed || len(r.Person.Surname) < 5 || strings.ContainsAny(r.Person.Surname, " -") {
			continue
		}
		day := r.Event.Assignment.DiagnosedOn
		day.Accuracy = ""
		r.Event.Diagnosis.Classifications = []tumour.Classification{{Date: day, Name: tumour.Label("Stadium nach " + r.Person.Surname), Stage: "II"}}
		return r, nil
	}
	return nil, errors.New("the invented world has no diagnosis to ask about")
}
