// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestInterruptEndsTheOpeningOfAPipe to which nobody writes.
func TestInterruptEndsTheOpeningOfAPipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if file, err := os.OpenFile(pipe, os.O_RDWR, 0); err == nil {
			_ = file.Close() // lets the opening go that was left
		}
	})
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if code := run(ctx, []string{"check", "--output", filepath.Join(dir, "out"), pipe}, streams{strings.NewReader(""), io.Discard, io.Discard}); code != exitUsage {
		t.Errorf("exit code %d", code)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("%v: %v", err, left)
	}
}
