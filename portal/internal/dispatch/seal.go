// SPDX-License-Identifier: EUPL-1.2

package dispatch

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"meldewerk/envelope"
	"meldewerk/exchange/submission"
	"meldewerk/report/parcel"
)

// seals writes one part into an envelope for each recipient at once. Only
// sealed bytes are gathered; in clear there is never more than a piece.
type seals struct {
	to      []Recipient
	sealed  []*bytes.Buffer
	writers []io.WriteCloser
}

// openPart begins a part, for parcel.Options.
func (b *Batch) openPart(int) (io.WriteCloser, error) {
	s := &seals{to: b.room.recipients}
	for _, r := range s.to {
		buffer := &bytes.Buffer{}
		w, err := envelope.Seal(buffer, r.Keys)
		if err != nil {
			return nil, fmt.Errorf("seal part: %w", err)
		}
		s.sealed, s.writers = append(s.sealed, buffer), append(s.writers, w)
	}
	b.open = s
	return s, nil
}

func (s *seals) Write(p []byte) (int, error) {
	for _, w := range s.writers {
		if _, err := w.Write(p); err != nil {
			return 0, fmt.Errorf("seal part: %w", err)
		}
	}
	return len(p), nil
}

func (s *seals) Close() error {
	var failed error
	for _, w := range s.writers {
		failed = errors.Join(failed, w.Close())
	}
	return failed
}

// stagePart stages a part that is sealed, for parcel.Options.
func (b *Batch) stagePart(p parcel.Part) error {
	b.parts++
	st := Stage{Part: b.parts, Reports: len(p.Positions), First: p.Positions[0], Last: p.Positions[len(p.Positions)-1]}
	for i, to := range b.open.to {
		content := b.open.sealed[i].Bytes()
		sum := sha256.Sum256(content)
		st.Envelopes = append(st.Envelopes, Sealed{
			ID: submission.EnvelopeID(rand.Text()), Recipient: to.Name, SHA256: sum[:], Content: content})
	}
	b.open = nil
	return b.stage(b.ctx, st)
}
