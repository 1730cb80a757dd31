// SPDX-License-Identifier: EUPL-1.2

package envelope

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"filippo.io/age"

	"meldewerk/envelope/keyfile"
)

const (
	keyPrefix = "envelope-"
	// RecipientFile is the name of the public file that Generate keeps beside the keys.
	RecipientFile = "recipients.txt"
	// maxStanzas bounds the recipients named in one envelope, because each is
	// tried with each key before anything is authenticated.
	maxStanzas = 8
)

// Identities holds the private keys of one house, all generations that may
// still be needed. It prints as [redacted].
type Identities struct{ keys []*age.HybridIdentity }

// LoadIdentities reads private keys: from one file, or from every file
// envelope-N.key of a folder, newest first. A file wider than mode 0640 is
// refused, as is a folder without a key.
func LoadIdentities(path string) (Identities, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Identities{}, fmt.Errorf("sealing keys: %w", err)
	}
	if !info.IsDir() {
		return loadFile(path)
	}
	generations, err := generationsIn(path)
	if err != nil {
		return Identities{}, err
	}
	var all Identities
	for _, n := range slices.Backward(generations) {
		one, err := loadFile(keyPath(path, n))
		if err != nil {
			return Identities{}, err
		}
		all.keys = append(all.keys, one.keys...)
	}
	if len(all.keys) == 0 {
		return Identities{}, fmt.Errorf("folder %s holds no sealing key", path)
	}
	return all, nil
}

func loadFile(path string) (Identities, error) {
	content, err := keyfile.ReadSecret(path)
	if err != nil {
		return Identities{}, fmt.Errorf("sealing keys: %w", err)
	}
	var ids Identities
	for line := range strings.Lines(string(content)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		key, err := age.ParseHybridIdentity(line)
		if err != nil {
			// The cause is dropped: it may describe the key.
			return Identities{}, fmt.Errorf("key file %s holds something that is not a hybrid private key", path)
		}
		ids.keys = append(ids.keys, key)
	}
	if len(ids.keys) == 0 {
		return Identities{}, fmt.Errorf("key file %s holds no key", path)
	}
	return ids, nil
}

// Generate makes the next generation of keys in a folder and returns the
// recipients to hand to the senders: the two newest generations. In an empty
// folder it makes the first two, so that there is always a next one that
// senders know already. Old keys stay for what is still sealed to them.
func Generate(dir string) (Recipients, error) {
	generations, err := generationsIn(dir)
	if err != nil {
		return Recipients{}, err
	}
	last := 0
	if len(generations) > 0 {
		last = generations[len(generations)-1]
	}
	for made := 0; made == 0 || last < maxGenerations; made++ {
		last++
		if err := generateOne(dir, last); err != nil {
			return Recipients{}, err
		}
	}
	var recipients Recipients
	for _, n := range []int{last - 1, last} {
		ids, err := loadFile(keyPath(dir, n))
		if errors.Is(err, fs.ErrNotExist) {
			continue // the generation before was already destroyed
		}
		if err != nil {
			return Recipients{}, err
		}
		recipients.keys = append(recipients.keys, ids.keys[0].Recipient())
	}
	return recipients, replaceRecipients(dir, recipients)
}

func generateOne(dir string, generation int) error {
	key, err := age.GenerateHybridIdentity()
	if err != nil {
		return fmt.Errorf("generate sealing key: %w", err)
	}
	text := fmt.Sprintf("# meldewerk sealing key, generation %d; mode 0600\n%s\n", generation, key.String())
	if err := keyfile.Create(keyPath(dir, generation), []byte(text), 0o600); err != nil {
		return fmt.Errorf("write sealing key: %w", err)
	}
	return nil
}

// replaceRecipients puts the public file in place in one step, so that a
// reader sees the old list or the new one.
func replaceRecipients(dir string, r Recipients) error {
	text, err := r.MarshalText()
	if err != nil {
		return fmt.Errorf("write recipient file: %w", err)
	}
	fresh := filepath.Join(dir, RecipientFile+".new")
	if err := os.Remove(fresh); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("write recipient file: %w", err)
	}
	if err := keyfile.Create(fresh, text, 0o644); err != nil {
		return fmt.Errorf("write recipient file: %w", err)
	}
	if err := os.Rename(fresh, filepath.Join(dir, RecipientFile)); err != nil {
		return fmt.Errorf("write recipient file: %w", err)
	}
	return keyfile.SyncFolder(dir)
}

// generationsIn lists the generations in a folder, oldest first.
func generationsIn(dir string) ([]int, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("sealing keys: %w", err)
	}
	var generations []int
	for _, entry := range entries {
		middle, isMine := strings.CutPrefix(entry.Name(), keyPrefix)
		number, isKey := strings.CutSuffix(middle, keyfile.Suffix)
		n, err := strconv.Atoi(number)
		if isMine && isKey && err == nil && n > 0 {
			generations = append(generations, n)
		}
	}
	slices.Sort(generations)
	return generations, nil
}

func keyPath(dir string, generation int) string {
	return filepath.Join(dir, keyPrefix+strconv.Itoa(generation)+keyfile.Suffix)
}

// Recipients gives the public keys that belong to the two newest private ones.
func (i Identities) Recipients() Recipients {
	var r Recipients
	for _, key := range slices.Backward(i.keys[:min(len(i.keys), maxGenerations)]) {
		r.keys = append(r.keys, key.Recipient())
	}
	return r
}

// IsZero says that there is no key.
func (i Identities) IsZero() bool { return len(i.keys) == 0 }

// Unwrap makes Identities an age identity that refuses an envelope naming more
// recipients than any of ours does. It is called by Open only.
func (i Identities) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	if len(stanzas) > maxStanzas {
		return nil, ErrOpen
	}
	for _, key := range i.keys {
		fileKey, err := key.Unwrap(stanzas)
		if err == nil {
			return fileKey, nil
		}
	}
	return nil, age.ErrIncorrectIdentity
}

// String hides the keys.
func (i Identities) String() string { return "[redacted]" }

// Format hides the keys whatever the verb.
func (i Identities) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, "[redacted]") // fmt keeps the error of its own writer
}

// MarshalJSON hides the keys.
func (i Identities) MarshalJSON() ([]byte, error) { return []byte(`"[redacted]"`), nil }
