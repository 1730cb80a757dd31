// SPDX-License-Identifier: EUPL-1.2

package account

import (
	"errors"
	"strconv"
	"strings"

	"github.com/boombuler/barcode/qr"
)

// quietZone is the empty border that readers need, in modules (ISO/IEC 18004).
const quietZone = 4

// QR is a QR-Code as one path of an inline SVG. It holds a secret, so it
// prints "[redacted]" like one.
type QR struct {
	hidden
	side int
	path string
}

// NewQR makes the code of a text, with error correction level M.
func NewQR(text string) (QR, error) {
	code, err := qr.Encode(text, qr.M, qr.Auto)
	if err != nil {
		return QR{}, errors.New("text is too long for a QR code") // the cause might quote it
	}
	bounds := code.Bounds()
	dark := func(x, y int) bool {
		r, _, _, _ := code.At(bounds.Min.X+x, bounds.Min.Y+y).RGBA()
		return r == 0
	}
	var b strings.Builder
	for y := range bounds.Dy() {
		for x := 0; x < bounds.Dx(); x++ {
			if !dark(x, y) {
				continue
			}
			start := x
			for x < bounds.Dx() && dark(x, y) {
				x++
			}
			run := strconv.Itoa(x - start)
			b.WriteString("M" + strconv.Itoa(start+quietZone) + " " + strconv.Itoa(y+quietZone) +
				"h" + run + "v1h-" + run + "z")
		}
	}
	return QR{side: bounds.Dx() + 2*quietZone, path: b.String()}, nil
}

// Side is the width and height of the view box, border included, in modules.
func (q QR) Side() int { return q.side }

// Path is the d attribute of the path: the dark modules.
func (q QR) Path() string { return q.path }
