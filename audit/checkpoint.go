// SPDX-License-Identifier: EUPL-1.2

package audit

import (
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Checkpoint is a signed statement of a house: my log has this many entries
// and this root. Spec: C2SP tlog-checkpoint.
type Checkpoint struct {
	House string
	Size  int64
	Root  tlog.Hash
}

// origin is the first line of a checkpoint's text.
func origin(house string) string { return "meldewerk/" + house + "/audit" }

func (c Checkpoint) text() string {
	return origin(c.House) + "\n" + strconv.FormatInt(c.Size, 10) + "\n" + base64.StdEncoding.EncodeToString(c.Root[:]) + "\n"
}

// Sign writes the checkpoint as a signed note (Ed25519).
func (c Checkpoint) Sign(signer note.Signer) ([]byte, error) {
	signed, err := note.Sign(&note.Note{Text: c.text()}, signer)
	if err != nil {
		return nil, fmt.Errorf("audit: sign checkpoint: %w", err)
	}
	return signed, nil
}

// ErrCheckpoint is the one refusal of a checkpoint: unknown key, wrong
// signature, wrong house or wrong form.
var ErrCheckpoint = errors.New("audit: the checkpoint is not one that this house has signed")

// OpenCheckpoint checks the signature and reads the text. The verifier is the
// public key of the house named.
func OpenCheckpoint(signed []byte, house string, verifier note.Verifier) (Checkpoint, error) {
	opened, err := note.Open(signed, note.VerifierList(verifier))
	if err != nil {
		return Checkpoint{}, ErrCheckpoint
	}
	for _, signature := range opened.Sigs {
		// The same bytes can be written in several ways; one is enough, so that
		// a changed checkpoint is never taken for the one that was signed.
		if _, err := base64.StdEncoding.Strict().DecodeString(signature.Base64); err != nil {
			return Checkpoint{}, ErrCheckpoint
		}
	}
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 {
		return Checkpoint{}, ErrCheckpoint
	}
	size, err := strconv.ParseInt(lines[1], 10, 64)
	if err != nil || size < 0 {
		return Checkpoint{}, ErrCheckpoint
	}
	root, err := tlog.ParseHash(lines[2])
	if err != nil {
		return Checkpoint{}, ErrCheckpoint
	}
	c := Checkpoint{House: house, Size: size, Root: root}
	if c.text() != opened.Text {
		return Checkpoint{}, ErrCheckpoint
	}
	return c, nil
}

// ErrForeignHistory says that a house's checkpoint does not continue the one
// that another house keeps for it: its log was changed, cut, or forked.
var ErrForeignHistory = errors.New("the checkpoint does not continue the one kept for that house")

// CreateSigner makes the key that signs a house's checkpoints: the private
// half in a new file of mode 0600, the public half returned, to be given to
// the other houses.
func CreateSigner(path, house string) (string, error) {
	private, public, err := note.GenerateKey(rand.Reader, "meldewerk-"+house)
	if err != nil {
		return "", fmt.Errorf("audit: make checkpoint key: %w", err)
	}
	file, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return "", fmt.Errorf("audit: make checkpoint key: %w", err)
	}
	_, err = file.WriteString(private + "\n")
	if err == nil {
		err = file.Sync()
	}
	err = errors.Join(err, file.Close())
	if err != nil {
		return "", fmt.Errorf("audit: write checkpoint key: %w", err)
	}
	return public, nil
}

// OpenSigner reads the private key made by CreateSigner, and gives the public
// half that goes with it. A file that others may read is refused (security
// row K7).
func OpenSigner(path string) (note.Signer, string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, "", fmt.Errorf("audit: read checkpoint key: %w", err)
	}
	if info.Mode().Perm()&^fs.FileMode(0o640) != 0 {
		return nil, "", fmt.Errorf("audit: the checkpoint key %s has mode %04o; set it to 0600 or 0640", path, info.Mode().Perm())
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return nil, "", fmt.Errorf("audit: read checkpoint key: %w", err)
	}
	private := strings.TrimSpace(string(raw))
	signer, err := note.NewSigner(private)
	if err != nil {
		return nil, "", fmt.Errorf("audit: the checkpoint key %s is damaged", path)
	}
	public, err := publicHalf(signer.Name(), private)
	if err != nil {
		return nil, "", fmt.Errorf("audit: the checkpoint key %s is damaged", path)
	}
	return signer, public, nil
}

// publicHalf works the public key out of the private key's text, whose last
// part is base64 of the algorithm's byte and the seed.
func publicHalf(name, private string) (string, error) {
	// The name and the hash hold no "+", the base64 text may.
	parts := strings.SplitN(private, "+", 5)
	if len(parts) != 5 {
		return "", errors.New("wrong form")
	}
	key, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(key) != 1+ed25519.SeedSize {
		return "", errors.New("wrong form")
	}
	public, ok := ed25519.NewKeyFromSeed(key[1:]).Public().(ed25519.PublicKey)
	if !ok {
		return "", errors.New("wrong form")
	}
	return note.NewEd25519VerifierKey(name, public)
}
