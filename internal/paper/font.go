// SPDX-License-Identifier: EUPL-1.2

package paper

import (
	"encoding/binary"
	"sync"
	"unicode"

	"github.com/go-fonts/dejavu/dejavusans"
	"github.com/go-fonts/dejavu/dejavusansbold"
	"github.com/go-fonts/dejavu/dejavusansmono"
)

// coverage is what a font can print: stretches of characters, both ends
// included.
type coverage [][2]rune

// The characters of text (plain and bold) and of codes, read from the fonts
// themselves, once.
var (
	textCoverage = sync.OnceValue(func() []coverage {
		return []coverage{coverageOf(dejavusans.TTF), coverageOf(dejavusansbold.TTF)}
	})
	codeCoverage = sync.OnceValue(func() []coverage { return []coverage{coverageOf(dejavusansmono.TTF)} })
)

// coverageOf reads the cmap table of a TrueType font, subtable format 4 (the
// basic multilingual plane). A font without one prints nothing; a test holds
// the embedded ones against that.
func coverageOf(font []byte) coverage {
	u16 := func(at int) int { return int(binary.BigEndian.Uint16(font[at:])) }
	u32 := func(at int) int { return int(binary.BigEndian.Uint32(font[at:])) }
	cmap := 0
	for i := range u16(4) {
		if entry := 12 + 16*i; string(font[entry:entry+4]) == "cmap" {
			cmap = u32(entry + 8)
		}
	}
	for i := range u16(cmap + 2) {
		table := cmap + u32(cmap+4+8*i+4)
		if u16(table) != 4 {
			continue
		}
		var all coverage
		segments := u16(table+6) / 2
		for s := range segments {
			last, first := u16(table+14+2*s), u16(table+16+2*segments+2*s)
			if last != 0xFFFF {
				all = append(all, [2]rune{rune(first), rune(last)})
			}
		}
		return all
	}
	return nil
}

func (c coverage) has(r rune) bool {
	for _, stretch := range c {
		if r >= stretch[0] && r <= stretch[1] {
			return true
		}
	}
	return false
}

// printable refuses what the fonts cannot show. Control characters
// and invisible ones have none; a new line is obeyed.
func printable(fonts []coverage, texts ...string) error {
	for _, text := range texts {
		for _, c := range text {
			if c == '\n' {
				continue
			}
			for _, font := range fonts {
				if unicode.IsControl(c) || unicode.Is(unicode.Cf, c) || !font.has(c) {
					return ErrNotPrintable
				}
			}
		}
	}
	return nil
}
