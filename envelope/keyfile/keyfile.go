// SPDX-License-Identifier: EUPL-1.2

// Package keyfile reads and writes secret keys in files, one key per file,
// each with the one purpose it may serve.
//
// It is used by whoever holds a key: the trust centre for control numbers and
// Chiffrate, each house for its sealing keys. A file that others than owner
// and group can read, or that the group can write, is refused; so is a key
// whose file states another purpose than the caller asks for. Keys come from
// files only, never from flags, the environment or the database.
//
// It must never print a key, and it never overwrites one.
package keyfile

import (
	"bufio"
	"bytes"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

const (
	// widest is the widest mode a secret file may have.
	widest fs.FileMode = 0o640
	// largest bounds a key file in bytes.
	largest = 64 << 10
	// Suffix ends the name of every key file.
	Suffix = ".key"

	head = "# meldewerk secret key; mode 0600, one purpose only\n"
)

// Key is a secret with the one purpose it serves.
type Key struct {
	Purpose    string    // e.g. "controlnumber.national"; lower-case letters, digits, dots and hyphens
	Generation int       // counted from 1; a newer key of a purpose has a higher one
	Made       time.Time // day of making, UTC
	secret     []byte
}

// New makes a random key of so many bytes.
func New(purpose string, generation, size int, now time.Time) (Key, error) {
	secret := make([]byte, size)
	_, _ = rand.Read(secret) // never returns an error; it ends the program instead
	return Of(purpose, generation, secret, now)
}

// Of gives an existing secret its purpose. The bytes are copied.
func Of(purpose string, generation int, secret []byte, now time.Time) (Key, error) {
	if !purposeValid(purpose) {
		return Key{}, fmt.Errorf("key purpose %q is malformed", purpose)
	}
	if generation < 1 || generation > 65535 {
		return Key{}, fmt.Errorf("key generation %d is out of range", generation)
	}
	if len(secret) < 16 || len(secret) > largest/2 {
		return Key{}, fmt.Errorf("key of %d bytes is out of range", len(secret))
	}
	day := now.UTC().Truncate(24 * time.Hour)
	return Key{Purpose: purpose, Generation: generation, Made: day, secret: slices.Clone(secret)}, nil
}

// Secret is a copy of the key itself.
func (k Key) Secret() []byte { return slices.Clone(k.secret) }

// Name is the name of the key's file: purpose, generation and suffix.
func (k Key) Name() string { return k.Purpose + "-" + strconv.Itoa(k.Generation) + Suffix }

// Fingerprint tells two keys apart in an inventory without giving either away.
func (k Key) Fingerprint() string {
	mac := hmac.New(sha256.New, k.secret)
	mac.Write([]byte("meldewerk key fingerprint"))
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

// String hides the key.
func (k Key) String() string { return "[redacted]" }

// Format hides the key whatever the verb.
func (k Key) Format(w fmt.State, _ rune) {
	_, _ = io.WriteString(w, "[redacted]") // fmt keeps the error of its own writer
}

// MarshalJSON hides the key.
func (k Key) MarshalJSON() ([]byte, error) { return []byte(`"[redacted]"`), nil }

// Write puts the key into a new file of mode 0600 in the folder and returns
// the path. An existing file is never overwritten.
func Write(dir string, k Key) (string, error) {
	path := filepath.Join(dir, k.Name())
	text := fmt.Sprintf("%spurpose %s\ngeneration %d\nmade %s\nsecret %s\ncheck %s\n", head, k.Purpose, k.Generation,
		k.Made.Format(time.DateOnly), base64.StdEncoding.EncodeToString(k.secret), k.check())
	if err := Create(path, []byte(text), 0o600); err != nil {
		return "", fmt.Errorf("write key file: %w", err)
	}
	return path, nil
}

// Create writes a new file durably: content and folder are synced before it
// returns. An existing file is an error.
func Create(path string, content []byte, mode fs.FileMode) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = file.Write(content)
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return errors.Join(err, os.Remove(path))
	}
	return SyncFolder(filepath.Dir(path))
}

// SyncFolder makes the names in a folder durable.
func SyncFolder(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Read reads a key file that must serve the stated purpose.
func Read(path, purpose string) (Key, error) {
	content, err := ReadSecret(path)
	if err != nil {
		return Key{}, err
	}
	k, err := parse(content)
	if err != nil {
		return Key{}, fmt.Errorf("key file %s: %w", path, err)
	}
	if k.Purpose != purpose {
		return Key{}, fmt.Errorf("key file %s serves %q, not %q", path, k.Purpose, purpose)
	}
	return k, nil
}

// ReadFolder reads every key of a folder whose purpose is the stated one or
// begins with it and a dot, ordered by purpose and generation. Other files are
// left alone; a file whose name and content disagree is refused.
func ReadFolder(dir, purpose string) ([]Key, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("read key folder: %w", err)
	}
	var keys []Key
	for _, entry := range entries {
		serves, mine := purposeOf(entry.Name(), purpose)
		if !mine {
			continue
		}
		path := filepath.Join(dir, entry.Name())
		k, err := Read(path, serves)
		if err != nil {
			return nil, err
		}
		if k.Name() != entry.Name() {
			return nil, fmt.Errorf("key file %s is named for another generation", path)
		}
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b Key) int {
		if c := strings.Compare(a.Purpose, b.Purpose); c != 0 {
			return c
		}
		return a.Generation - b.Generation
	})
	return keys, nil
}

// purposeOf reads the purpose off a file name and says whether it is wanted.
func purposeOf(name, wanted string) (string, bool) {
	stem, isKey := strings.CutSuffix(name, Suffix)
	cut := strings.LastIndexByte(stem, '-')
	if !isKey || cut < 0 {
		return "", false
	}
	purpose := stem[:cut]
	return purpose, purpose == wanted || strings.HasPrefix(purpose, wanted+".")
}

// ReadSecret reads a whole secret file after checking that it is a regular
// file of a mode not wider than 0640 and at most 64 KiB long.
func ReadSecret(path string) ([]byte, error) {
	// Looked at before opening too: opening a pipe would wait for a writer.
	before, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if err := guard(path, before); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	defer func() { _ = file.Close() }() // read only: nothing is lost
	opened, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if err := guard(path, opened); err != nil {
		return nil, err
	}
	content, err := io.ReadAll(io.LimitReader(file, largest+1))
	if err != nil {
		return nil, fmt.Errorf("key file: %w", err)
	}
	if len(content) > largest {
		return nil, fmt.Errorf("key file %s is larger than %d bytes", path, largest)
	}
	return content, nil
}

func guard(path string, info fs.FileInfo) error {
	if !info.Mode().IsRegular() {
		return fmt.Errorf("key file %s is not a regular file", path)
	}
	if wide := info.Mode().Perm() &^ widest; wide != 0 {
		return fmt.Errorf("key file %s has mode %04o, allowed is at most %04o", path, info.Mode().Perm(), widest)
	}
	return nil
}

// parse reads the text of a key file. Errors never repeat what was read.
func parse(content []byte) (Key, error) {
	fields := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(content))
	lines.Buffer(nil, largest+1)
	for lines.Scan() {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, _ := strings.Cut(line, " ")
		if _, twice := fields[name]; twice {
			return Key{}, errors.New("a field stands twice")
		}
		fields[name] = value
	}
	if err := lines.Err(); err != nil || len(fields) != 5 {
		return Key{}, errors.New("not a key file of meldewerk")
	}
	generation, err := strconv.Atoi(fields["generation"])
	if err != nil {
		return Key{}, errors.New("the generation is not a number")
	}
	made, err := time.Parse(time.DateOnly, fields["made"])
	if err != nil {
		return Key{}, errors.New("the day of making is not a date")
	}
	secret, err := base64.StdEncoding.Strict().DecodeString(fields["secret"])
	if err != nil {
		return Key{}, errors.New("the secret is not base64")
	}
	k, err := Of(fields["purpose"], generation, secret, made)
	if err != nil {
		return Key{}, errors.New("purpose, generation or length is out of range")
	}
	if subtle.ConstantTimeCompare([]byte(k.check()), []byte(fields["check"])) != 1 {
		return Key{}, errors.New("the check value does not fit: the file was changed or damaged")
	}
	return k, nil
}

// check finds damage and a changed purpose or generation. It is no protection
// against somebody who may write the file: he could put another key there.
func (k Key) check() string {
	mac := hmac.New(sha256.New, k.secret)
	_, _ = fmt.Fprintf(mac, "meldewerk key check %s %d %s", k.Purpose, k.Generation, k.Made.Format(time.DateOnly)) // a hash takes every write
	return hex.EncodeToString(mac.Sum(nil)[:8])
}

func purposeValid(purpose string) bool {
	return purpose != "" && len(purpose) <= 64 && strings.Trim(purpose, "abcdefghijklmnopqrstuvwxyz0123456789.-") == ""
}
