// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// maxDepth is how deep the elements of ClaML may lie; the standard needs nine.
const maxDepth = 24

// clamlClass is what is kept of one class or modifier class.
type clamlClass struct {
	code, above string
	label       string
	category    bool
	below       int
	modifiers   []modifiedBy
	excluded    []string
}

// modifiedBy names a list of further characters; only tells those that are valid.
type modifiedBy struct {
	name string
	only []string
}

// clamlReader goes through the file once.
type clamlReader struct {
	in        *xml.Decoder
	path      []string
	classes   []clamlClass
	byCode    map[string]int
	modifiers map[string][]clamlClass
	now       *clamlClass // the class or modifier class being read
	modifier  string      // of the modifier class being read
	preferred bool
	text      strings.Builder
	year      int
}

// readClaML takes the codes of an XML file in ClaML 2 or 3 (EN 14463, ISO
// 13120). A DOCTYPE that only names a DTD is passed over and never loaded; one
// that declares something is refused.
func readClaML(kind Kind, r io.Reader) ([]editionEntry, int, error) {
	c := &clamlReader{in: xml.NewDecoder(r), byCode: map[string]int{}, modifiers: map[string][]clamlClass{}}
	c.in.CharsetReader = func(charset string, input io.Reader) (io.Reader, error) {
		return nil, errors.New("charset")
	}
	for {
		token, err := c.in.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line, _ := c.in.InputPos()
			return nil, 0, refuse(line, "Die XML-Datei ist nicht wohlgeformt oder nicht in UTF-8. Laden Sie sie neu herunter.")
		}
		if err = c.token(token); err != nil {
			return nil, 0, err
		}
	}
	if len(c.path) > 0 {
		return nil, 0, refuse(0, "Die XML-Datei bricht mitten im Text ab. Laden Sie sie neu herunter.")
	}
	entries, err := c.entries(kind)
	return entries, c.year, err
}

func (c *clamlReader) token(token xml.Token) error {
	line, _ := c.in.InputPos()
	switch t := token.(type) {
	case xml.Directive:
		if text := string(t); !strings.HasPrefix(text, "DOCTYPE") || strings.ContainsAny(text, "[<") {
			return refuse(line, "Die XML-Datei bringt eigene Vereinbarungen mit (DOCTYPE). Verwenden Sie die amtliche Datei.")
		}
	case xml.StartElement:
		if len(c.path) == 0 && t.Name.Local != "ClaML" {
			return refuse(line, "Die XML-Datei ist kein ClaML. Verwenden Sie die ClaML-Fassung des BfArM.")
		}
		if len(c.path) >= maxDepth {
			return refuse(line, "Die XML-Datei ist tiefer geschachtelt als ClaML. Verwenden Sie die amtliche Datei.")
		}
		if len(c.classes) > maxEntries {
			return refuse(line, "Die Datei enthält mehr als %d Codes. Prüfen Sie, ob es die richtige ist.", maxEntries)
		}
		c.path = append(c.path, t.Name.Local)
		c.start(t)
	case xml.EndElement:
		if len(c.path) == 0 || c.path[len(c.path)-1] != t.Name.Local {
			return refuse(line, "Die XML-Datei ist nicht wohlgeformt. Laden Sie sie neu herunter.")
		}
		c.end(t.Name.Local)
		c.path = c.path[:len(c.path)-1]
	case xml.CharData:
		if c.preferred && c.within("Label") && c.text.Len() < 4*maxText {
			c.text.Write(t[:min(len(t), 4*maxText)])
		}
	}
	return nil
}

func (c *clamlReader) within(name string) bool { return slices.Contains(c.path, name) }

func (c *clamlReader) start(t xml.StartElement) {
	at := func(name string) string {
		for _, a := range t.Attr {
			if a.Name.Local == name {
				return a.Value
			}
		}
		return ""
	}
	switch t.Name.Local {
	case "Title":
		if c.year == 0 {
			c.year = yearIn(at("version"), at("date"))
		}
	case "Class":
		c.now = &clamlClass{code: at("code"), category: at("kind") == "category"}
	case "ModifierClass":
		c.now, c.modifier = &clamlClass{code: at("code")}, at("modifier")
	case "Rubric":
		c.preferred = c.now != nil && at("kind") == "preferred" && c.now.label == ""
		c.text.Reset()
	case "Reference", "Para", "Fragment":
		c.text.WriteByte(' ')
	}
	if c.now == nil {
		return
	}
	switch t.Name.Local {
	case "SuperClass":
		c.now.above = at("code")
	case "SubClass":
		c.now.below++
	case "ModifiedBy":
		c.now.modifiers = append(c.now.modifiers, modifiedBy{name: at("code")})
	case "ValidModifierClass":
		if n := len(c.now.modifiers); n > 0 {
			c.now.modifiers[n-1].only = append(c.now.modifiers[n-1].only, at("code"))
		}
	case "ExcludeModifier":
		c.now.excluded = append(c.now.excluded, at("code"))
	}
}

func (c *clamlReader) end(name string) {
	switch name {
	case "Rubric":
		if c.preferred {
			c.now.label = oneLine(c.text.String())
		}
		c.preferred = false
	case "Class":
		if c.now != nil {
			c.byCode[c.now.code] = len(c.classes)
			c.classes = append(c.classes, *c.now)
		}
		c.now = nil
	case "ModifierClass":
		if c.now != nil {
			c.modifiers[c.modifier] = append(c.modifiers[c.modifier], *c.now)
		}
		c.now = nil
	}
}

// yearIn takes the year of an edition from its version (2024) or its date.
func yearIn(texts ...string) int {
	for _, text := range texts {
		for i := 0; i+4 <= len(text); i++ {
			if n, err := strconv.Atoi(text[i : i+4]); err == nil && n >= firstYear && n <= lastYear {
				return n
			}
		}
	}
	return 0
}

// maxSteps bounds how often a code and a further character are put together;
// the largest official file needs a tenth of it.
const maxSteps = 5 * maxEntries

// entries gives the categories and, with their further characters, the codes
// that only exist as class and modifier together.
func (c *clamlReader) entries(kind Kind) ([]editionEntry, error) {
	form := codeForms[kind]
	var all []editionEntry
	held := map[string]bool{}
	for i := range c.classes {
		held[c.classes[i].code] = true
	}
	steps := 0
	for i := range c.classes {
		class := &c.classes[i]
		if !class.category || !form.MatchString(class.code) {
			continue
		}
		all = append(all, editionEntry{code: class.code, text: class.label})
		if class.below > 0 {
			continue
		}
		made := all[len(all)-1:]
		for _, m := range c.modifiersOf(class) {
			if steps += len(made) * len(c.modifiers[m.name]); steps > maxSteps || len(all) > maxEntries {
				return nil, refuse(0, "Die Datei enthält mehr als %d Codes. Prüfen Sie, ob es die richtige ist.", maxEntries)
			}
			longer := slices.DeleteFunc(c.longer(made, m), func(e editionEntry) bool { return held[e.code] || !form.MatchString(e.code) })
			all = append(all, longer...)
			if len(longer) > 0 {
				made = longer
			}
		}
	}
	return all, nil
}

// longer puts each code together with each further character of a modifier.
func (c *clamlReader) longer(made []editionEntry, m modifiedBy) []editionEntry {
	var all []editionEntry
	for _, shorter := range made {
		for _, further := range c.modifiers[m.name] {
			if len(m.only) == 0 || slices.Contains(m.only, further.code) {
				all = append(all, editionEntry{code: joined(shorter.code, further.code), text: shorter.text + ": " + further.label})
			}
		}
	}
	return all
}

// modifiersOf gives the modifiers of a class: its own, or those of the classes
// above it that it does not exclude.
func (c *clamlReader) modifiersOf(class *clamlClass) []modifiedBy {
	excluded := class.excluded
	for depth := 0; depth < maxDepth; depth++ {
		if len(class.modifiers) > 0 {
			return slices.DeleteFunc(slices.Clone(class.modifiers), func(m modifiedBy) bool { return slices.Contains(excluded, m.name) })
		}
		at, ok := c.byCode[class.above]
		if !ok || !c.classes[at].category {
			return nil
		}
		class = &c.classes[at]
		excluded = append(slices.Clone(excluded), class.excluded...)
	}
	return nil
}

// joined puts a code and its further character together: E10 and .0, M80.0 and 5.
func joined(code, further string) string {
	if !strings.Contains(code, ".") && !strings.HasPrefix(further, ".") {
		return code + "." + further
	}
	if strings.Contains(code, ".") {
		further = strings.TrimPrefix(further, ".")
	}
	return code + further
}
