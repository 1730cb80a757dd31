// SPDX-License-Identifier: EUPL-1.2

package trustcentre_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/audit"
	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/transfer"
	"meldewerk/exchange/wire"
	"meldewerk/identity"
	ground "meldewerk/internal/store"
	"meldewerk/report"
	"meldewerk/report/check"
	"meldewerk/trustcentre"
	"meldewerk/tumour"
)

// reseal changes the sealed content of an envelope.
func reseal(change func(plain []byte) []byte) func(w *world) func(e *submission.Envelope) {
	return func(w *world) func(e *submission.Envelope) {
		return func(e *submission.Envelope) {
			keys, err := envelope.LoadIdentities(w.centre.Keys + "/" + trustcentre.EnvelopeKeys)
			w.must(err)
			plain, err := envelope.OpenBytes(e.Sealed, keys)
			w.must(err)
			e.Sealed, err = envelope.SealBytes(change(plain), w.recipients)
			w.must(err)
		}
	}
}

// TestC8HostileEnvelopesStopNothing sends what no honest portal sends. Nothing
// of it is kept half, all of it is shown to a person, and honest deliveries
// before and after go on.
func TestC8HostileEnvelopesStopNothing(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		foreign := t.TempDir()
		others, err := envelope.Generate(foreign)
		w.must(err)
		hostile := []func(w *world) func(e *submission.Envelope){
			func(*world) func(e *submission.Envelope) {
				return func(e *submission.Envelope) { e.Sealed = bytes.Repeat([]byte("x"), 2000) }
			},
			func(*world) func(e *submission.Envelope) {
				return func(e *submission.Envelope) {
					e.Sealed, err = envelope.SealBytes([]byte("for somebody else"), others)
					w.must(err)
				}
			},
			func(*world) func(e *submission.Envelope) {
				return func(e *submission.Envelope) { e.Sealed[len(e.Sealed)/2] ^= 1 }
			},
			func(*world) func(e *submission.Envelope) {
				return func(e *submission.Envelope) { e.Sealed = e.Sealed[:len(e.Sealed)-40] }
			},
			func(*world) func(e *submission.Envelope) { return func(e *submission.Envelope) { e.Reports += 3 } },
			reseal(func(plain []byte) []byte { return plain[:len(plain)/2] }),
			reseal(func(plain []byte) []byte { return append(plain, "more"...) }),
			reseal(func([]byte) []byte { return []byte("no parcel") }),
			reseal(func(plain []byte) []byte {
				return bytes.Replace(plain, []byte("<oBDS"), []byte("<!DOCTYPE x><oBDS"), 1)
			}),
		}
		all := w.reports(60, "")
		good := []submission.Receipt{w.submit(delivery{}, all[0])}
		kept := [][]*report.Report{all[:1]}
		for i, change := range hostile {
			w.submit(delivery{change: change(w)}, all[i+1])
			good = append(good, w.submit(delivery{}, all[20+i]))
			kept = append(kept, all[20+i:21+i])
		}
		w.settle()
		for i, receipt := range good {
			w.arrived(receipt, kept[i])
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM envelope WHERE state = 'unreadable' AND sealed IS NOT NULL`); got != len(hostile) {
			t.Errorf("%d envelopes are set aside, want %d", got, len(hostile))
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier`); got != len(good) {
			t.Errorf("%d dossiers, want %d: something was half kept", got, len(good))
		}
		entries, err := w.tc.Ground().Audit.Entries(t.Context(), entriesOf(audit.EnvelopeOpened))
		w.must(err)
		refused := 0
		for _, e := range entries {
			if e.Entry.Act.Result == audit.Refused {
				refused++
			}
		}
		if refused != len(hostile) {
			t.Errorf("%d refusals stand in the log", refused)
		}
		if n, err := w.tc.RetryEnvelopes(t.Context(), "operator-1"); err != nil || n != int64(len(hostile)) {
			t.Errorf("%d envelopes are tried again: %v", n, err)
		}
		w.settle()
		if got := w.inCentre(`SELECT COUNT(*) FROM envelope WHERE state = 'unreadable'`); got != len(hostile) {
			t.Errorf("%d envelopes are set aside after the second try", got)
		}
	})
}

// TestEnvelopeOpensOnceItsKeyIsBack is the honest side of it.
func TestEnvelopeOpensOnceItsKeyIsBack(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		reports := w.reports(1, "")
		dir := t.TempDir()
		lost, err := envelope.Generate(dir)
		w.must(err)
		own := w.recipients
		w.recipients = lost
		receipt := w.submit(delivery{}, reports...)
		w.recipients = own
		w.settle()
		if got := w.inCentre(`SELECT COUNT(*) FROM envelope WHERE state = 'unreadable' AND trouble = 'keys'`); got != 1 {
			t.Fatal("the envelope is not set aside for its key")
		}
		w.bringKeys(dir)
		w.restart()
		_, err = w.tc.RetryEnvelopes(t.Context(), "operator-1")
		w.must(err)
		w.settle()
		w.arrived(receipt, reports)
	})
}

// TestSecondVerdict covers what the trust centre judges for itself.
func TestSecondVerdict(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		const narrow account.UnitID = "praxis-west"
		sound := w.diagnoses(1)[0]
		w.must(w.tc.Accounts().PutUnit(t.Context(), audit.System, account.Unit{ID: narrow, Name: "Praxis West", ReporterIDs: []string{"other"}, Released: true}))
		future := *sound
		future.Event.Assignment.DiagnosedOn.Year += 5
		future.ID = "F1"
		nobody := *sound
		nobody.ID = "N1"
		nobody.Person.Surname, nobody.Person.FirstNames, nobody.Person.BirthName, nobody.Person.FormerNames = "N.N.", "Unbekannt", "", nil
		nobody.Person.BirthDate.Accuracy = "V"
		nobody.Person.Insurance = sound.Person.Insurance
		nobody.Person.Insurance.Statutory, nobody.Person.Insurance.Private, nobody.Person.Insurance.Other = nil, nil, other()
		for _, c := range []struct {
			name string
			d    delivery
			r    *report.Report
			want submission.State
			rule string
		}{
			{"a unit that nobody knows", delivery{unit: "stranger"}, sound, submission.Refused, "VST-1"},
			{"a reporter that the unit may not send for, whatever the portal says", delivery{unit: narrow}, sound, submission.Refused, "VST-2"},
			{"a report that the portal should have rejected", delivery{}, &future, submission.Refused, "D"},
			{"a person without any pseudonym", delivery{}, &nobody, submission.Refused, "VST-7"},
			{"test data", delivery{kind: submission.Test}, sound, submission.TestOnly, ""},
			{"withdrawn by the end of the package", delivery{withdrawn: []int{1}}, sound, "", ""},
		} {
			receipt := w.submit(c.d, c.r)
			w.settle()
			p := w.portal.told(receipt, 1)
			if p.State != c.want || c.rule != "" && (len(p.Remarks) == 0 || !strings.HasPrefix(p.Remarks[0].Rule, c.rule)) {
				t.Errorf("%s: %q %+v", c.name, p.State, p.Remarks)
			}
			for _, r := range p.Remarks {
				if strings.HasPrefix(r.Path, "oBDS") {
					t.Errorf("%s: the path %s names a place in the sealed part", c.name, r.Path)
				}
			}
		}
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier`) + w.inCentre(`SELECT COUNT(*) FROM reference`) + w.inRegistry(`SELECT COUNT(*) FROM record`); got != 0 {
			t.Errorf("%d rows are kept of what must not go on", got)
		}
		if len(check.Rules()) == 0 {
			t.Error("there are no rules")
		}
	})
}

// TestDeadlinesDoNotFollowTheClockOfThePortal gives times that would put a
// report off for years or delete it at once.
func TestDeadlinesDoNotFollowTheClockOfThePortal(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		all := w.reports(10, "")
		var receipts []submission.Receipt
		for i, wrong := range []time.Duration{-20 * 365 * 24 * time.Hour, 20 * 365 * 24 * time.Hour} {
			receipts = append(receipts, w.submit(delivery{change: func(e *submission.Envelope) { e.ReceivedAt = w.clock().Add(wrong) }}, all[i]))
		}
		w.settle()
		w.arrived(receipts[0], all[:1])
		w.arrived(receipts[1], all[1:2])
		if got := w.inCentre(`SELECT COUNT(*) FROM dossier WHERE received_at > $1`, w.clock().UnixMicro()); got != 0 {
			t.Error("a receipt lies in the future")
		}
	})
}

// TestRefusedRecordStopsNoOther has a registry that refuses one record.
func TestRefusedRecordStopsNoOther(t *testing.T) {
	onBoth(t, "kkn", func(t *testing.T, w *world) {
		reports := w.reports(2, "")
		door, err := w.registry.Door(wire.TrustCentre)
		w.must(err)
		w.must(w.tc.Close())
		w.tc, err = trustcentre.Open(t.Context(), w.centre, trustcentre.Options{Clock: w.clock, Hasher: fast,
			Portal: submission.Local(w.portal, wire.TrustCentre), Registry: &picky{Door: transfer.Local(door, wire.TrustCentre), occasion: reports[1].Event.Occasion()}})
		w.must(err)
		receipt := w.submit(delivery{}, reports...)
		w.settle()
		completed, waiting := 0, 0
		for i, r := range reports {
			switch got := w.state(receipt, i+1); {
			case r.Event.Occasion() == reports[1].Event.Occasion() && got == submission.InReview:
				waiting++
			case got == submission.Completed:
				completed++
			default:
				t.Errorf("position %d: %s", i+1, got)
			}
		}
		if completed == 0 || waiting == 0 || w.inCentre(`SELECT COUNT(*) FROM dossier WHERE state = 'held' AND unfit`) != waiting {
			t.Errorf("%d completed, %d waiting", completed, waiting)
		}
		w.pass(14 * 24 * time.Hour)
		w.settle() // the deadline cannot let it go on, and stops nothing
	})
}

// picky is a registry that does not take one occasion.
type picky struct {
	transfer.Door
	occasion tumour.Occasion
}

func (p *picky) Put(ctx context.Context, records []transfer.Record) error {
	for i := range records {
		if records[i].Event.Occasion() == p.occasion {
			return transfer.ErrMalformed
		}
	}
	return p.Door.Put(ctx, records)
}

func entriesOf(code audit.Code) ground.EntryFilter {
	return ground.EntryFilter{Code: code, Limit: 1000}
}

func other() *identity.OtherInsurance { return &identity.OtherInsurance{Substitute: "970000011"} }

// bringKeys puts the keys of another folder beside the trust centre's own.
func (w *world) bringKeys(dir string) {
	w.t.Helper()
	own := filepath.Join(w.centre.Keys, trustcentre.EnvelopeKeys)
	files, err := filepath.Glob(filepath.Join(dir, "*.key"))
	w.must(err)
	if len(files) == 0 {
		w.t.Fatal("no keys were made")
	}
	for i, file := range files {
		content, err := os.ReadFile(file)
		w.must(err)

		w.must(os.WriteFile(filepath.Join(own, "envelope-"+strconv.Itoa(i+7)+".key"), content, 0o600))
	}
}
