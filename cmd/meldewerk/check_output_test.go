// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fileWith gives a file with a text in it, opened to read and write.
func fileWith(t *testing.T, name, text string) *os.File {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() }) // only a test's
	return file
}

// TestCheckKeepsTheFileThatStandardInputReads names as the file of the protocol
// the package that comes by standard input.
func TestCheckKeepsTheFileThatStandardInputReads(t *testing.T) {
	t.Parallel()
	sound, err := os.ReadFile("testdata/sound.xml")
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "package.xml")
	in := fileWith(t, path, string(sound))
	var said bytes.Buffer
	code := run(t.Context(), []string{"check", "--output", path, "-"}, streams{in, io.Discard, &said})
	if after, err := os.ReadFile(path); code != exitUsage || err != nil || !bytes.Equal(after, sound) {
		t.Errorf("%d, %s: %d bytes, %v", code, said.String(), len(after), err)
	}
}

// TestCheckWritesOnToStandardOutputByItsName: /dev/stdout may be a file in which
// something stands already.
func TestCheckWritesOnToStandardOutputByItsName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "all.txt")
	out := fileWith(t, path, "before\n")
	if _, err := out.Seek(0, io.SeekEnd); err != nil {
		t.Fatal(err)
	}
	if code := run(t.Context(), []string{"check", "--output", path, "testdata/sound.xml"}, streams{strings.NewReader(""), out, io.Discard}); code != exitDone {
		t.Errorf("exit code %d", code)
	}
	_, _ = out.WriteString("behind\n") // read below
	all, err := os.ReadFile(path)
	if text := string(all); err != nil || !strings.HasPrefix(text, "before\n") || !strings.HasSuffix(text, "behind\n") || !strings.Contains(text, "angenommen") {
		t.Errorf("%v: %s", err, text)
	}
}

// TestCheckLeavesLinksWhereTheyAre, whether or not there is a file behind them.
func TestCheckLeavesLinksWhereTheyAre(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for link, to := range map[string]string{"here": "old.txt", "ahead": "new.txt", "twice": "ahead2", "ahead2": filepath.Join(dir, "far.txt")} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Skip("no links on this machine")
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "old.txt"), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	for link, file := range map[string]string{"here": "old.txt", "ahead": "new.txt", "twice": "far.txt"} {
		call(t, "", "check", "--output", filepath.Join(dir, link), "testdata/sound.xml").want(t, exitDone)
		info, err := os.Lstat(filepath.Join(dir, link))
		text, problem := os.ReadFile(filepath.Join(dir, file))
		if err != nil || info.Mode()&os.ModeSymlink == 0 || problem != nil || !bytes.Contains(text, []byte("angenommen")) {
			t.Errorf("%s: %v %v %q", link, err, problem, text)
		}
	}
}
