// SPDX-License-Identifier: EUPL-1.2

package trustcentre

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"

	"meldewerk/account"
	"meldewerk/calendar"
	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/fault"
	"meldewerk/policy"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/report/parcel"
	"meldewerk/trustcentre/internal/inspection"
	"meldewerk/trustcentre/internal/lastlook"
	"meldewerk/trustcentre/internal/pseudonymisation"
	"meldewerk/trustcentre/internal/store"
)

// unreadable is the error of an envelope that a person must look at.
type unreadable struct {
	why   store.Trouble
	cause error
}

func (u *unreadable) Error() string { return string(u.why) + ": " + u.cause.Error() }
func (u *unreadable) Unwrap() error { return u.cause }

func idsOf(envelopes []submission.Envelope) []submission.EnvelopeID {
	ids := make([]submission.EnvelopeID, len(envelopes))
	for i := range envelopes {
		ids[i] = envelopes[i].ID
	}
	return ids
}

// openNext opens the stored envelope with the lowest receipt and takes all its
// reports over in one transaction. What cannot be opened or read is set aside,
// sealed as it is, so that it stops nothing else. Any other error is trouble of
// this house: the envelope stays in the queue.
func (h *House) openNext(ctx context.Context) (bool, error) {
	e, err := h.store.NextEnvelope(ctx)
	if err != nil || e == nil {
		return false, err
	}
	if e.Damaged {
		h.ground.Log.Error("envelope set aside: its facts are damaged", "envelope", string(e.ID))
		return true, h.store.SetAside(ctx, e.ID, store.BadContent)
	}
	candidates, err := h.read(ctx, e)
	if aside, is := errors.AsType[*unreadable](err); is {
		h.ground.Log.Error("envelope set aside", "envelope", string(e.ID), "error", aside.Error())
		return true, h.store.SetAside(ctx, e.ID, aside.why)
	}
	if err != nil {
		return false, err
	}
	return true, h.store.Admit(ctx, e, candidates)
}

// read opens an envelope in memory and prepares the judgement on each report.
func (h *House) read(ctx context.Context, e *submission.Envelope) ([]store.Candidate, error) {
	sender, err := h.sender(ctx, account.UnitID(e.Unit))
	if err != nil {
		return nil, err
	}
	plain, err := envelope.OpenBytes(e.Sealed, h.keys)
	if err != nil {
		return nil, &unreadable{store.NoKey, err}
	}
	defer clear(plain)
	reader, err := parcel.NewReader(bytes.NewReader(plain), parcel.ReadOptions{Catalogue: h.catalogue})
	if err != nil {
		return nil, &unreadable{store.BadContent, err}
	}
	var candidates []store.Candidate
	for reports := 0; ; reports++ {
		item, err := reader.Next()
		if errors.Is(err, io.EOF) && reports != e.Reports {
			err = fmt.Errorf("the envelope names %d reports and holds %d", e.Reports, reports)
		}
		if errors.Is(err, io.EOF) {
			return candidates, nil
		}
		if err != nil {
			return nil, &unreadable{store.BadContent, err}
		}
		if item.As != report.PersonGiven && e.Channel != submission.ByForm {
			return nil, &unreadable{store.BadContent, errors.New("a report of a package goes by reference")}
		}
		if slices.Contains(e.Withdrawn, item.Position) {
			continue
		}
		candidate, err := h.prepare(e, sender, reader.Package().ReportedOn, item)
		if err != nil {
			return nil, err
		}
		candidates = append(candidates, candidate)
	}
}

// sender is what this house itself knows of the unit that submitted.
func (h *House) sender(ctx context.Context, id account.UnitID) (*account.Unit, error) {
	unit, err := h.accounts.Unit(ctx, id)
	if fault.IsKind(err, fault.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &unit, nil
}

// prepare does everything about one report that does not depend on what was
// there before; the rest waits for the transaction. Whom a report by reference
// means is found only there, so it is examined there as a whole.
func (h *House) prepare(e *submission.Envelope, unit *account.Unit, reportedOn calendar.Date, item *parcel.Item) (store.Candidate, error) {
	x := examination{envelope: e, reportedOn: reportedOn, item: item, refs: h.splitter.References(item.Report)}
	if unit != nil {
		x.sender = inspection.Sender{Known: true, Entitled: unit.MaySendFor(string(item.Report.Reporter)), Released: unit.Released}
	}
	candidate := store.Candidate{Position: item.Position, Report: x.refs.Report}
	if item.As == report.PersonKnown && e.Kind == submission.Real && x.sender.Entitled {
		candidate.Search = &store.Search{Patient: x.refs.Patient, Unit: e.Unit, Digest: h.splitter.PersonDigest}
		candidate.Judge = func(before *inspection.Known, person *store.Person) (store.Opened, error) {
			c, opened, err := h.examineKnown(&x, person)
			if err != nil {
				return store.Opened{}, err
			}
			return judge(c, opened, before), nil
		}
		return candidate, nil
	}
	c, opened, err := h.examine(&x, item.Report)
	candidate.Judge = func(before *inspection.Known, _ *store.Person) (store.Opened, error) {
		return judge(c, opened, before), nil
	}
	return candidate, err
}

// examination is one report with what is known of it before it is judged.
type examination struct {
	envelope   *submission.Envelope
	reportedOn calendar.Date
	item       *parcel.Item
	refs       pseudonymisation.References
	sender     inspection.Sender
}

// examineKnown examines a report by reference with the person that is known,
// nil when nobody is. A person that still lies here makes it a whole report.
func (h *House) examineKnown(x *examination, person *store.Person) (inspection.Case, store.Opened, error) {
	r := *x.item.Report
	if person != nil && person.Given != nil {
		r.Person = *person.Given
	}
	c, opened, err := h.examine(x, &r)
	if err != nil || person == nil {
		c.Missing = true
		return c, opened, err
	}
	if c.Blind = person.Given == nil; c.Blind && opened.Parts != nil {
		opened.Parts.Record.Source = person.Source
	}
	c.Person, opened.Digests.Person = person.Digest, person.Digest
	return c, opened, nil
}

// examine judges a report and takes it apart as far as it may go on.
func (h *House) examine(x *examination, r *report.Report) (inspection.Case, store.Opened, error) {
	digests, err := h.splitter.Digests(r)
	if err != nil {
		return inspection.Case{}, store.Opened{}, err
	}
	e := x.envelope
	c := inspection.Case{Kind: e.Kind, Channel: e.Channel, Version: int64(e.Receipt), Findings: h.verdict(x.reportedOn, x.item, r),
		Sender: x.sender, Patient: x.refs.Patient, Tumour: x.refs.Tumour, Person: digests.Person, Content: digests.Content, Occasion: digests.Occasion, As: x.item.As,
		RefuseUnreleased: h.profile.RealBeforeRelease != policy.WaitForRelease}
	opened := store.Opened{References: x.refs, Digests: digests, Report: r,
		Doubts: x.item.As == report.PersonReplaced && e.Kind == submission.Real && x.sender.Entitled}
	if e.Kind != submission.Real || !c.Sender.Entitled || report.VerdictOf(c.Findings) == report.Rejected {
		return c, opened, nil
	}
	parts, err := h.takeApart(e, r)
	switch {
	case err != nil:
		h.ground.Log.Error("report cannot be taken apart", "envelope", string(e.ID), "position", x.item.Position, "error", err.Error())
		c.Findings = append(c.Findings, inspection.NotSplit)
	case x.item.As != report.PersonKnown && parts.Record.Numbers.Len() == 0:
		c.Findings = append(c.Findings, inspection.NoPseudonym)
	default:
		opened.Parts = &parts
	}
	return c, opened, nil
}

// verdict is the trust centre's own on schema and plausibility, with places
// from the Meldung downwards: positions within a part mean nothing to a reporter.
func (h *House) verdict(reportedOn calendar.Date, item *parcel.Item, r *report.Report) []report.Finding {
	findings := slices.Clone(item.Gate)
	patient, _, _ := strings.Cut(item.Path, "/Menge_Meldung/")
	for i := range findings {
		if below, of := strings.CutPrefix(findings[i].Path, item.Path); of {
			findings[i].Path = "Meldung" + below
		} else if below, of := strings.CutPrefix(findings[i].Path, patient); of {
			findings[i].Path = "Patient" + below
		}
	}
	if len(findings) > 0 {
		return findings // what the schema refuses is not judged further
	}
	return check.Run(check.Context{Today: calendar.Germany(h.ground.DB.Now()), ReportedOn: reportedOn, Land: h.profile.Land, Book: h.book}, r)
}

// takeApart splits a report. A place of residence that holds a word of the
// patient's names is left out.
func (h *House) takeApart(e *submission.Envelope, r *report.Report) (pseudonymisation.Parts, error) {
	split := h.splitter.Split
	if reflect.ValueOf(r.Person).IsZero() { // by reference: the data set lets no report through without a name
		split = h.splitter.SplitKnown
	}
	parts, err := split(r, pseudonymisation.Version{
		Receipt: int64(e.Receipt), ReceivedAt: e.ReceivedAt, Identity: transfer.IdentityNew})
	if err != nil {
		return parts, fmt.Errorf("take report apart: %w", err)
	}
	if lastlook.PlaceMeetsIdentity(&r.Person, parts.Record.Place) {
		parts.Record.Place = ""
		parts.Record.OpenFindings = append(parts.Record.OpenFindings, "LASTLOOK-PLACE")
	}
	return parts, nil
}

// judge gives the verdict and, when the report goes on, its record as it would
// leave, after the last look.
func judge(c inspection.Case, opened store.Opened, before *inspection.Known) store.Opened {
	c.Before = before
	opened.Verdict = inspection.Inspect(&c)
	if opened.Verdict.State != submission.InReview {
		opened.Report, opened.Parts = nil, nil
		return opened
	}
	parts := *opened.Parts
	parts.Record.Identity = opened.Verdict.Identity
	parts.Record.OpenFindings = slices.Concat(opened.Verdict.Open, parts.Record.OpenFindings)
	opened.Parts = &parts
	r := opened.Report
	if c.Blind {
		opened.Stops = lastlook.ExamineBlind(&parts.Record, string(r.Patient), string(r.ID))
	} else {
		opened.Stops = lastlook.Examine(&r.Person, &parts.Record, string(r.Patient), string(r.ID))
	}
	opened.Unfit = len(opened.Stops) == 0 && parts.Record.Check() != nil
	return opened
}
