// SPDX-License-Identifier: EUPL-1.2

package world_test

import (
	"context"
	"crypto/sha256"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"

	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/exchange/wire"
	"meldewerk/portal"
	"meldewerk/report"
	"meldewerk/synth"
)

// hostile is a portal in the hands of somebody else: it gives every envelope
// three times and out of order, and puts its own content among them.
type hostile struct {
	submission.Door
	t      *testing.T
	keys   envelope.Recipients
	chance *rand.Rand
	given  map[submission.EnvelopeID]int
	kept   []submission.Envelope
	forged bool
}

func (h *hostile) Next(ctx context.Context, limit int) ([]submission.Envelope, error) {
	all, err := h.Door.Next(ctx, limit)
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		if h.given[e.ID] == 0 {
			h.kept = append(h.kept, e)
			h.given[e.ID] = 1
		}
	}
	if !h.forged && len(h.kept) > 0 {
		h.forged = true
		h.kept = append(h.kept, h.forge("forged-envelope-0001", "no parcel at all"), h.forge("forged-envelope-0002", ""))
	}
	h.chance.Shuffle(len(h.kept), func(i, j int) { h.kept[i], h.kept[j] = h.kept[j], h.kept[i] })
	var out []submission.Envelope
	for _, e := range h.kept {
		if len(out) < limit && h.given[e.ID] < 4 {
			h.given[e.ID]++
			out = append(out, e)
		}
	}
	return out, nil
}

// forge makes an envelope that opens and holds nonsense.
func (h *hostile) forge(id submission.EnvelopeID, content string) submission.Envelope {
	e := h.kept[0]
	sealed, err := envelope.SealBytes([]byte(content), h.keys)
	must(h.t, err)
	sum := sha256.Sum256(sealed)
	e.ID, e.Receipt, e.Part, e.Parts, e.Withdrawn = id, 900_000, 1, 1, nil
	e.Sealed, e.SHA256 = sealed, sum[:]
	h.given[id] = 1
	return e
}

// Acknowledge lets the true portal forget only what it knows.
func (h *hostile) Acknowledge(ctx context.Context, ids []submission.EnvelopeID) error {
	return h.Door.Acknowledge(ctx, slices.DeleteFunc(slices.Clone(ids), func(id submission.EnvelopeID) bool {
		return id == "forged-envelope-0001" || id == "forged-envelope-0002"
	}))
}

// TestC8HostilePortalChangesNothing: replayed, reordered and forged envelopes
// double nothing, lose nothing and stop nothing.
func TestC8HostilePortalChangesNothing(t *testing.T) {
	t.Parallel()
	p := newPlant(t, "kkn", nil)
	u := p.everyone()
	w := synth.New(synth.Options{Seed: 41, Patients: 12})
	var paths []string
	for c := range chunks(t, w, 4) {
		paths = append(paths, u.send(submission.Real, c.content))
	}
	keys, err := envelope.LoadRecipients(filepath.Join(p.layout.Configs().Portal.Keys, portal.RecipientDir, "trustcentre.txt"))
	must(t, err)
	door, err := p.Portal.Door(wire.TrustCentre)
	must(t, err)
	h := &hostile{Door: door, t: t, keys: keys, chance: rand.New(rand.NewPCG(1, 2)), given: map[submission.EnvelopeID]int{}}
	p.reopenTrustCentre(h)
	p.settle()
	accepted := 0
	for _, path := range paths {
		done := u.wantState(path, submission.Completed)
		accepted += done.Accepted + done.Warned
	}
	for _, times := range h.given {
		if times != 4 {
			t.Errorf("an envelope was given %d times: the portal was not hostile", times-1)
		}
	}
	if n := p.stock(`SELECT COUNT(*) FROM record`); n != int64(accepted) {
		t.Errorf("%d records of %d reports", n, accepted)
	}
	if n := count(t, p.TrustCentre.Ground(), `SELECT COUNT(*) FROM envelope WHERE state = 'unreadable'`); n != 2 {
		t.Errorf("%d envelopes set aside, 2 were forged", n)
	}
	var first report.PatientID
	for r := range w.Reports() {
		first = r.Patient
		break
	}
	if c := u.history(first); c == nil || len(c.entries()) == 0 {
		t.Error("the history is empty")
	}
}
