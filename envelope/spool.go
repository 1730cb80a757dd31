// SPDX-License-Identifier: EUPL-1.2

package envelope

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"filippo.io/age"
)

// Spool keeps bytes sealed in a temporary file while they are worked on, for
// formats that need random access. Its key is made for it alone and exists in
// memory only, so what a crash leaves behind is noise; on systems that allow
// it the file has no name from the start and vanishes with the process.
//
// First Write everything, then read through ReaderAt, then Close. Write and
// ReaderAt are for one goroutine; the reader itself may be used by many.
type Spool struct {
	file   *os.File
	name   string // of a file that could not be unlinked while open
	key    *age.X25519Identity
	sealed io.WriteCloser
	reader io.ReaderAt
	size   int64
	closed bool
}

var (
	errSpoolClosed   = errors.New("spool is closed")
	errSpoolFinished = errors.New("spool is being read and takes no more")
)

// NewSpool makes an empty spool in a folder of the house's own.
func NewSpool(dir string) (*Spool, error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make spool key: %w", err)
	}
	file, err := os.CreateTemp(dir, "spool-*") // mode 0600
	if err != nil {
		return nil, fmt.Errorf("make spool: %w", err)
	}
	s := &Spool{file: file, key: key}
	if err := os.Remove(file.Name()); err != nil {
		s.name = file.Name() // Close tries again
	}
	s.sealed, err = age.Encrypt(file, key.Recipient())
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make spool: %w", err), s.Close())
	}
	return s, nil
}

// Write takes bytes; nothing of them reaches the disk unsealed.
func (s *Spool) Write(p []byte) (int, error) {
	switch {
	case s.closed:
		return 0, errSpoolClosed
	case s.sealed == nil:
		return 0, errSpoolFinished
	}
	n, err := s.sealed.Write(p)
	s.size += int64(n)
	if err != nil {
		return n, fmt.Errorf("write spool: %w", err)
	}
	return n, nil
}

// ReaderAt ends the writing and gives random access to what was written, with
// its size in bytes. Each read opens the 64 KiB around it: read in large
// pieces. It may be called again.
func (s *Spool) ReaderAt() (io.ReaderAt, int64, error) {
	if s.closed {
		return nil, 0, errSpoolClosed
	}
	if s.reader != nil {
		return s.reader, s.size, nil
	}
	if s.sealed != nil {
		err := s.sealed.Close()
		s.sealed = nil
		if err != nil {
			return nil, 0, fmt.Errorf("finish spool: %w", err)
		}
	}
	end, err := s.file.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, 0, fmt.Errorf("finish spool: %w", err)
	}
	reader, size, err := age.DecryptReaderAt(s.file, end, s.key)
	if err != nil {
		return nil, 0, fmt.Errorf("finish spool: %w", err)
	}
	if size != s.size {
		return nil, 0, errors.New("finish spool: size differs from what was written")
	}
	s.reader = reader
	return reader, size, nil
}

// Close removes file and key. It may be called more than once.
func (s *Spool) Close() error {
	if s.closed {
		return nil
	}
	s.closed = true
	s.key, s.sealed, s.reader = nil, nil, nil
	err := s.file.Close()
	if s.name != "" {
		if gone := os.Remove(s.name); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	if err != nil {
		return fmt.Errorf("close spool: %w", err)
	}
	return nil
}
