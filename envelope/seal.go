// SPDX-License-Identifier: EUPL-1.2

package envelope

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
)

// MaxOpened is how many bytes Open gives out of one envelope at most.
const MaxOpened = 256 << 20

// maxHeader bounds what is read of an envelope before a key has fitted.
const maxHeader = 64 << 10

// ErrOpen says that an envelope cannot be opened: not sealed to these keys,
// changed, cut off, malformed or too large. Which of them is not told, so that
// whoever may send envelopes learns nothing by trying.
var ErrOpen = errors.New("envelope cannot be opened")

// errHeader stops an endless header.
var errHeader = errors.New("header too long")

// Seal writes an envelope to dst while the caller writes the content. Only
// Close completes it; an envelope without Close never opens as a whole. Memory
// use is constant.
func Seal(dst io.Writer, recipients Recipients) (io.WriteCloser, error) {
	if err := recipients.check(); err != nil {
		return nil, fmt.Errorf("seal envelope: %w", err)
	}
	w, err := age.Encrypt(dst, recipients.ages()...)
	if err != nil {
		return nil, fmt.Errorf("seal envelope: %w", err)
	}
	return w, nil
}

// SealBytes seals a content that is held in memory.
func SealBytes(content []byte, recipients Recipients) ([]byte, error) {
	var sealed bytes.Buffer
	w, err := Seal(&sealed, recipients)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, fmt.Errorf("seal envelope: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("seal envelope: %w", err)
	}
	return sealed.Bytes(), nil
}

// Open gives the content of an envelope as a stream of at most MaxOpened
// bytes. What it gives is authentic piece by piece, but only io.EOF says that
// the envelope was whole: nothing that was read may count before. Every
// failure is ErrOpen; only an error of src itself is passed on, so that a
// broken disk is not taken for a forged envelope.
func Open(src io.Reader, keys Identities) (io.Reader, error) {
	return OpenLimited(src, keys, MaxOpened)
}

// OpenLimited is Open with a limit of the caller's, in bytes.
func OpenLimited(src io.Reader, keys Identities, limit int64) (io.Reader, error) {
	if keys.IsZero() {
		return nil, ErrOpen
	}
	s := &source{r: src, budget: maxHeader, inHeader: true}
	content, err := age.Decrypt(s, keys)
	if err != nil {
		return nil, s.verdict()
	}
	s.inHeader = false
	return &opened{content: content, src: s, left: limit}, nil
}

// OpenBytes opens an envelope that is held in memory, whole or not at all.
func OpenBytes(sealed []byte, keys Identities) ([]byte, error) {
	content, err := Open(bytes.NewReader(sealed), keys)
	if err != nil {
		return nil, err
	}
	all, err := io.ReadAll(content)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// source reads the envelope, bounds its header and remembers its own trouble.
type source struct {
	r        io.Reader
	inHeader bool
	budget   int
	trouble  error
}

func (s *source) Read(p []byte) (int, error) {
	if s.inHeader {
		if s.budget == 0 {
			return 0, errHeader
		}
		p = p[:min(len(p), s.budget)]
	}
	n, err := s.r.Read(p)
	s.budget -= n
	if err != nil && !errors.Is(err, io.EOF) {
		s.trouble = err
	}
	return n, err
}

// verdict is the error to show: the source's own, or the uniform one.
func (s *source) verdict() error {
	if s.trouble != nil {
		return fmt.Errorf("read envelope: %w", s.trouble)
	}
	return ErrOpen
}

// opened gives out the content up to the limit.
type opened struct {
	content io.Reader
	src     *source
	left    int64
	failed  error
}

func (o *opened) Read(p []byte) (int, error) {
	if o.failed != nil {
		return 0, o.failed
	}
	n, err := o.content.Read(p)
	o.left -= int64(n)
	switch {
	case o.left < 0:
		n, o.failed = 0, ErrOpen
	case err == io.EOF:
		o.failed = io.EOF
	case err != nil:
		o.failed = o.src.verdict()
	}
	return n, o.failed
}
