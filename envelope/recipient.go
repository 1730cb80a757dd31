// SPDX-License-Identifier: EUPL-1.2

package envelope

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"filippo.io/age"
)

// maxGenerations is how many public keys a recipient file may hold: the
// current generation and the next.
const maxGenerations = 2

// maxRecipientFile bounds a recipient file in bytes; a key takes about 2,000.
const maxRecipientFile = 16 << 10

// Recipients is one holder to whom envelopes are sealed: the public keys of
// his current and, while keys change, his next generation. Either opens.
type Recipients struct{ keys []*age.HybridRecipient }

// LoadRecipients reads a recipient file. It is public; its mode does not
// matter, who may write it does.
func LoadRecipients(path string) (Recipients, error) {
	file, err := os.Open(path)
	if err != nil {
		return Recipients{}, fmt.Errorf("recipient file: %w", err)
	}
	defer func() { _ = file.Close() }() // read only: nothing is lost
	r, err := ParseRecipients(file)
	if err != nil {
		return Recipients{}, fmt.Errorf("recipient file %s: %w", path, err)
	}
	return r, nil
}

// ParseRecipients reads a recipient file: one or two public keys, one per
// line, the current generation first; empty lines and lines beginning with #
// are skipped. Only hybrid keys (age1pq1…) are taken.
func ParseRecipients(file io.Reader) (Recipients, error) {
	var r Recipients
	text, err := io.ReadAll(io.LimitReader(file, maxRecipientFile+1))
	if err != nil {
		return Recipients{}, fmt.Errorf("read recipients: %w", err)
	}
	if len(text) > maxRecipientFile {
		return Recipients{}, fmt.Errorf("more than %d bytes", maxRecipientFile)
	}
	lines := bufio.NewScanner(strings.NewReader(string(text)))
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, err := age.ParseHybridRecipient(line)
		if err != nil {
			// The cause would repeat the line, which may be a private key in the wrong file.
			return Recipients{}, fmt.Errorf("line %d is not a hybrid public key", n)
		}
		r.keys = append(r.keys, key)
	}
	return r, r.check()
}

func (r Recipients) check() error {
	texts := r.texts()
	slices.Sort(texts)
	switch {
	case len(texts) == 0:
		return errors.New("no public key")
	case len(texts) > maxGenerations:
		return fmt.Errorf("more than %d public keys", maxGenerations)
	case len(slices.Compact(texts)) != len(r.keys):
		return errors.New("the same public key twice")
	}
	return nil
}

// IsZero says that there is nobody to seal to.
func (r Recipients) IsZero() bool { return len(r.keys) == 0 }

// Fingerprints tells the keys apart in a key inventory, current first.
func (r Recipients) Fingerprints() []string {
	prints := make([]string, len(r.keys))
	for i, text := range r.texts() {
		sum := sha256.Sum256([]byte(text))
		prints[i] = hex.EncodeToString(sum[:8])
	}
	return prints
}

// MarshalText gives the recipient file.
func (r Recipients) MarshalText() ([]byte, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	return []byte("# meldewerk recipients: current generation, then next\n" + strings.Join(r.texts(), "\n") + "\n"), nil
}

// UnmarshalText reads a recipient file.
func (r *Recipients) UnmarshalText(text []byte) error {
	read, err := ParseRecipients(strings.NewReader(string(text)))
	if err != nil {
		return err
	}
	*r = read
	return nil
}

func (r Recipients) texts() []string {
	texts := make([]string, len(r.keys))
	for i, key := range r.keys {
		texts[i] = key.String()
	}
	return texts
}

// ages is the list as the age module takes it.
func (r Recipients) ages() []age.Recipient {
	list := make([]age.Recipient, len(r.keys))
	for i, key := range r.keys {
		list[i] = key
	}
	return list
}
