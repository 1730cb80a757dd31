// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"io"
	"io/fs"
	"os"
)

// interruptible gives a reader that ends with ctx. A file on a disk answers
// always, so whoever reads it looks at ctx himself; a pipe or a terminal may
// keep a reader waiting for good.
func interruptible(ctx context.Context, in io.Reader) io.ReadCloser {
	if file, is := in.(*os.File); is {
		if info, err := file.Stat(); err == nil && info.Mode().IsRegular() {
			return io.NopCloser(in)
		}
	}
	from, to := io.Pipe()
	go func() {
		_, err := io.Copy(to, in)
		to.CloseWithError(err)
	}()
	stop := context.AfterFunc(ctx, func() { to.CloseWithError(ctx.Err()) })
	return &interrupted{from, stop}
}

// interrupted is the end of the pipe that is read.
type interrupted struct {
	*io.PipeReader
	stop func() bool
}

func (i *interrupted) Close() error {
	i.stop()
	return i.PipeReader.Close()
}

// openFile is os.Open that ends with ctx: a named pipe is opened only when
// somebody writes to it.
func openFile(ctx context.Context, name string) (*os.File, error) {
	if info, err := os.Stat(name); err != nil || info.Mode()&fs.ModeNamedPipe == 0 {
		return os.Open(name)
	}
	type opened struct {
		file *os.File
		err  error
	}
	done := make(chan opened, 1)
	go func() {
		file, err := os.Open(name)
		done <- opened{file, err}
	}()
	select {
	case o := <-done:
		return o.file, o.err
	case <-ctx.Done():
		return nil, ctx.Err() // the file is left to the end of the program
	}
}
