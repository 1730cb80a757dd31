// SPDX-License-Identifier: EUPL-1.2

package upload

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"

	"meldewerk/fault"
	"meldewerk/report/obds"
	"meldewerk/report/obds/xmltoken"
)

// Limits bound one upload; they hold while it flows. Spec: SECURITY U1, X3
type Limits struct {
	Request  int64 // bytes as received, default 200 MB
	Unpacked int64 // bytes of XML, default 2 GB
	Entries  int   // in a ZIP archive, default 1,000
	Ratio    int64 // unpacked to received beyond the first MB, default 100
	PerDay   int64 // bytes of one unit in 24 hours, default 4 GB

	Depth      int // nested elements of the XML, default 256
	Attributes int // of one element, default 64
	Text       int // bytes of one text or tag, default 4 MiB
}

// Filled gives the limits with the open ones set.
func (l Limits) Filled() Limits {
	if l.Request <= 0 {
		l.Request = 200_000_000
	}
	if l.Unpacked <= 0 {
		l.Unpacked = 2_000_000_000
	}
	if l.Entries <= 0 {
		l.Entries = 1000
	}
	if l.Ratio <= 0 {
		l.Ratio = 100
	}
	if l.PerDay <= 0 {
		l.PerDay = 4_000_000_000
	}
	xml := xmltoken.DefaultLimits()
	if l.Depth <= 0 {
		l.Depth = xml.Depth
	}
	if l.Attributes <= 0 {
		l.Attributes = xml.Attributes
	}
	if l.Text <= 0 {
		l.Text = xml.Token
	}
	return l
}

// reading gives the limits of reading one XML file.
func (l Limits) reading() obds.Limits {
	r := obds.DefaultLimits()
	r.XML.Depth, r.XML.Attributes, r.XML.Token = l.Depth, l.Attributes, l.Text
	return r
}

// The limits as refusals.
var (
	ErrTooLarge = fault.New(fault.TooLarge, "upload.too_large",
		"Das Paket ist größer als erlaubt. Teilen Sie es auf und senden Sie die Teile einzeln.")
	ErrUnpackedTooLarge = fault.New(fault.TooLarge, "upload.unpacked_too_large",
		"Das Paket ist entpackt größer als erlaubt. Teilen Sie es auf und senden Sie die Teile einzeln.")
	ErrRatio = fault.New(fault.TooLarge, "upload.ratio",
		"Das Paket ist stärker gepackt, als Meldungen es sein können. Senden Sie die XML-Datei ungepackt.")
	ErrEntries = fault.New(fault.TooLarge, "upload.entries",
		"Das Archiv enthält mehr Dateien als erlaubt. Senden Sie weniger Dateien in einem Archiv.")
	ErrQuota = fault.New(fault.TooLarge, "upload.quota",
		"Ihre Einrichtung hat die Menge erreicht, die an einem Tag übertragen werden kann. Senden Sie das Paket morgen oder sprechen Sie mit der Meldeberatung.")
	// ErrBroken means that the body ended before the package did.
	ErrBroken = fault.New(fault.Invalid, "upload.broken",
		"Die Übertragung ist abgebrochen; es wurde nichts angenommen. Senden Sie das Paket noch einmal.")
)

// received meters the bytes of the request: limit, hash, broken connection.
type received struct {
	from   io.Reader
	limit  int64
	over   error // what crossing the limit means
	size   int64
	sum    hash.Hash
	keep   func() error // called as bytes come in
	failed error
}

func (r *received) Read(p []byte) (int, error) {
	if r.failed != nil {
		return 0, r.failed
	}
	n, err := r.from.Read(p)
	r.size += int64(n)
	if r.size > r.limit {
		return 0, r.fail(r.over)
	}
	_, _ = r.sum.Write(p[:n]) // a hash never returns an error
	if keep := r.keep(); keep != nil {
		return 0, r.fail(keep)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		// The cause is a broken connection or a limit in front of us.
		return n, r.fail(ErrBroken.Because(fmt.Errorf("read body: %T", err)))
	}
	return n, err
}

func (r *received) fail(err error) error { r.failed = err; return err }

func newReceived(from io.Reader, limit int64, over error, keep func() error) *received {
	return &received{from: from, limit: limit, over: over, sum: sha256.New(), keep: keep}
}
