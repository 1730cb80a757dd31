// SPDX-License-Identifier: EUPL-1.2

package leak

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"unicode/utf16"
)

// shortest is how many bytes a pattern has at least: shorter ones stand in
// compressed or encrypted bytes by chance.
const shortest = 6

// Hit is one value that was found.
type Hit struct {
	Label    string // what the value is, as given to Add
	Encoding string // "UTF-8", "UTF-16LE", "hex", "base64+1", "reversed" and so on
	Offset   int
}

// String tells the hit without the value.
func (h Hit) String() string { return fmt.Sprintf("%s as %s at %d", h.Label, h.Encoding, h.Offset) }

// pattern is a value in one encoding. Folded patterns are compared with the
// data in small letters.
type pattern struct {
	bytes    []byte
	folded   bool
	label    string
	encoding string
}

// Search finds any of its values in any encoding. Add first, then Find; Find
// may be called by several at once.
type Search struct {
	exact, folded index
}

// index finds patterns by their first bytes.
type index struct {
	first    [1 << 16]bool
	patterns map[uint32][]pattern
}

func (x *index) add(p pattern) {
	if x.patterns == nil {
		x.patterns = map[uint32][]pattern{}
	}
	x.first[binary.LittleEndian.Uint16(p.bytes)] = true
	head := binary.LittleEndian.Uint32(p.bytes)
	for _, known := range x.patterns[head] {
		if bytes.Equal(known.bytes, p.bytes) {
			return
		}
	}
	x.patterns[head] = append(x.patterns[head], p)
}

func (x *index) find(data []byte, most int) []Hit {
	var hits []Hit
	for i := 0; i+shortest <= len(data); i++ {
		if !x.first[uint16(data[i])|uint16(data[i+1])<<8] {
			continue
		}
		for _, p := range x.patterns[binary.LittleEndian.Uint32(data[i:])] {
			if bytes.HasPrefix(data[i:], p.bytes) {
				if hits = append(hits, Hit{p.label, p.encoding, i}); len(hits) >= most {
					return hits
				}
			}
		}
	}
	return hits
}

// Add looks for one more value. The label names it in findings. Values too
// short to mean anything are left out, which Add tells.
func (s *Search) Add(label, value string) bool {
	added := false
	put := func(encoding string, content []byte, fold bool) {
		if len(content) < shortest {
			return
		}
		added = true
		if fold {
			s.folded.add(pattern{lower(content), true, label, encoding})
			return
		}
		s.exact.add(pattern{content, false, label, encoding})
	}
	text := []byte(value)
	put("UTF-8", text, true)
	put("UTF-16LE", wide(value, binary.LittleEndian), true)
	put("UTF-16BE", wide(value, binary.BigEndian), true)
	put("hex", []byte(hex.EncodeToString(text)), true)
	put("ISO-8859-1", latin(value), true)
	reversed := []rune(value)
	slices.Reverse(reversed)
	put("reversed", []byte(string(reversed)), true)
	put("JSON", []byte(escaped(value)), true)
	put("URL", []byte(percent(value)), true)
	for shift := range 3 {
		for name, alphabet := range map[string]*base64.Encoding{"base64": base64.RawStdEncoding, "base64url": base64.RawURLEncoding} {
			put(fmt.Sprintf("%s+%d", name, shift), inner64(alphabet, text, shift), false)
		}
	}
	return added
}

// Find gives the first hits in the data, at most twenty.
func (s *Search) Find(data []byte) []Hit {
	const most = 20
	return append(s.exact.find(data, most), s.folded.find(lower(data), most)...)
}

// inner64 is that part of a value's base64 which is the same whatever stands
// before and behind it, when it begins shift bytes after a group of three.
func inner64(alphabet *base64.Encoding, value []byte, shift int) []byte {
	padded := append(make([]byte, shift), value...)
	code := alphabet.EncodeToString(padded)
	from := []int{0, 2, 3}[shift]
	to := len(padded) * 8 / 6
	if to <= from {
		return nil
	}
	return []byte(code[from:to])
}

// lower makes ASCII letters small and leaves everything else in its place.
func lower(data []byte) []byte {
	out := bytes.Clone(data)
	for i, b := range out {
		if b >= 'A' && b <= 'Z' {
			out[i] = b + 'a' - 'A'
		}
	}
	return out
}

func wide(value string, order binary.AppendByteOrder) []byte {
	var out []byte
	for _, unit := range utf16.Encode([]rune(value)) {
		out = order.AppendUint16(out, unit)
	}
	return out
}

// latin is the value in ISO-8859-1, nil when it has other letters.
func latin(value string) []byte {
	var out []byte
	for _, r := range value {
		if r > 0xff {
			return nil
		}
		out = append(out, byte(r))
	}
	return out
}

func escaped(value string) string {
	var b strings.Builder
	for _, r := range value {
		if r < 0x80 {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

func percent(value string) string {
	var b strings.Builder
	for _, c := range []byte(value) {
		if c < 0x80 && c != ' ' && c != '%' {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}
