// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/report/form"
)

// sectionPost is a posted section.
type sectionPost struct {
	Values   form.Sheet
	Token    string            // state of the section with which the page was made
	Act      string            // "", "weiter", "speichern", "add", "remove"
	Back     bool              // the page was opened from the check of all answers
	List     string            // id of the list for add
	Search   string            // key of the field whose code is searched
	Lines    map[string]string // TNM lines that could not be taken apart, by name
	Taken    map[string]string // what taken lines fill, by name, for the script; the lines themselves are emptied
	Problems ui.Problems
}

// What a posted name is.
const (
	partWhole    = ""
	partDay      = "_day"
	partMonth    = "_month"
	partYear     = "_year"
	partAccuracy = "_accuracy"
	partLine     = lineSuffix
)

// posted is a name of a form, taken apart by the description of the section:
// nothing else can be posted. Spec: SECURITY W5
type posted struct {
	key  string
	node *form.Node
	part string
}

// Bounds of texts that are refused altogether; what is merely longer than the
// data set allows is kept and named.
const (
	maxTyped = 4000
	maxLines = 200_000
	maxIndex = 199 // of a row
)

func (p posted) listed() web.Listed {
	switch {
	case p.node == nil || p.part != partWhole:
		return web.Listed{Max: maxTyped}
	case p.node.Kind == form.Multiple:
		return web.Listed{Several: true}
	case p.node.Kind == form.Lines:
		return web.Listed{Max: maxLines, Lines: true}
	}
	return web.Listed{Max: maxTyped}
}

// controls are the names beside the fields.
var controls = map[string]bool{"version": true, "act": true, "search": true, "zurueck": true}

// decodeSection reads a posted section, of which something is stored. TNM lines are taken apart; what cannot
// be is a problem at its field, and nothing else is lost.
func decodeSection(r *web.Request, stored form.Sheet, section *form.Section) (sectionPost, error) {
	found := map[string]posted{}
	texts, err := r.DecodeListed(listing(section, found))
	if err != nil {
		return sectionPost{}, err
	}
	return readSection(stored, section, texts, found)
}

// listing says which names a section takes, and notes what they are.
func listing(section *form.Section, found map[string]posted) func(name string) (web.Listed, bool) {
	return func(name string) (web.Listed, bool) {
		if controls[name] {
			return web.Listed{}, true
		}
		p, known := resolve("", section.Nodes, name)
		if known {
			found[name] = p
		}
		return p.listed(), known
	}
}

func readSection(stored form.Sheet, section *form.Section, texts map[string][]string, found map[string]posted) (sectionPost, error) {
	post := sectionPost{Values: form.Sheet{}, Lines: map[string]string{}, Taken: map[string]string{}, Token: first(texts["version"]), Back: first(texts["zurueck"]) == "ja"}
	var lines []string
	for name, p := range found {
		switch {
		case p.part == partLine:
			lines = append(lines, name)
		case p.part != partWhole:
			base := strings.TrimSuffix(name, p.part)
			post.Values.Put(p.key, form.JoinDay(first(texts[base+partDay]), first(texts[base+partMonth]), first(texts[base+partYear]), first(texts[base+partAccuracy])))
		case p.node.Kind == form.Multiple:
			post.Values.Put(p.key, strings.Join(slices.DeleteFunc(texts[name], func(v string) bool { return v == "" }), " "))
		default:
			value := first(texts[name])
			post.Values.Put(p.key, value)
			if p.node.Kind == form.Decimal && thousands.MatchString(value) {
				post.Problems.Add(name, "Der Punkt ist hier als Komma gelesen. Prüfen Sie die Zahl; Tausender schreiben Sie ohne Punkt.")
			}
		}
	}
	slices.SortFunc(post.Problems, func(a, b ui.Problem) int { return strings.Compare(a.Field, b.Field) })
	slices.Sort(lines)
	for _, name := range lines {
		line := first(texts[name])
		if line == "" {
			continue
		}
		if problem := post.takeLine(stored, found[name].key, line); problem != "" {
			post.Lines[name] = line
			post.Problems.Add(name, problem)
			continue
		}
		post.Taken[name] = ""
	}
	if err := post.act(section, first(texts["act"])); err != nil {
		return sectionPost{}, err
	}
	if search := first(texts["search"]); search != "" {
		p, known := resolve("", section.Nodes, search)
		if !known || p.part != partWhole || p.node.Kind != form.Coded {
			return sectionPost{}, web.ErrUnknownField
		}
		post.Search = p.key
	}
	return post, nil
}

// thousands are decimals of which nobody can tell whether the point parts
// thousands. The pages themselves write a comma.
var thousands = regexp.MustCompile(`^ *[1-9][0-9]{0,2}\.[0-9]{3} *$`)

// takeLine puts a TNM that was typed as one line into its fields. A field that
// was changed too, and says something else, is not overwritten.
func (post *sectionPost) takeLine(stored form.Sheet, key, line string) string {
	said := form.Sheet{}
	if !form.ParseTNM(said, key, line) {
		return "Diese Zeile ist kein TNM, das sich auseinandernehmen lässt. Schreiben Sie zum Beispiel cT2 cN1 cM0, ohne Grading und Residualstatus, oder füllen Sie die Felder darunter."
	}
	for field, value := range said {
		if typed := post.Values[field]; typed != "" && typed != value && typed != stored[field] {
			return "Die Zeile und die Felder darunter sagen Verschiedenes. Leeren Sie die Zeile oder berichtigen Sie die Felder."
		}
	}
	for _, letter := range []string{"t", "n", "m"} {
		if category := below(key, letter); said[category] != "" {
			post.replaced(stored, category+"-prefix") // the line says it, or it follows
		}
	}
	if said[below(key, "t")] != "" { // (m), y, r and a are said with the T
		for _, symbol := range []string{"multiple", "after-therapy", "recurrence", "autopsy"} {
			post.replaced(stored, below(key, symbol))
		}
	}
	for field, value := range said {
		post.Values[field], post.Taken[form.FieldID(field)] = value, value
	}
	return ""
}

// replaced empties a field whose value a line takes the place of, and says so to
// the script; what somebody has just changed in it stays.
func (post *sectionPost) replaced(stored form.Sheet, field string) {
	if value := post.Values[field]; value != "" && value == stored[field] {
		delete(post.Values, field)
		post.Taken[form.FieldID(field)] = ""
	}
}

// act reads which button was pressed and takes a row away.
func (post *sectionPost) act(section *form.Section, act string) error {
	verb, id, _ := strings.Cut(act, ":")
	switch {
	case act == "" || act == "weiter" || act == "speichern":
	case verb == "add":
		if _, known := resolveList("", section.Nodes, id); !known {
			return web.ErrUnknownField
		}
		post.List = id
	case verb == "remove":
		key, known := resolveRow("", section.Nodes, id)
		if !known {
			return web.ErrUnknownField
		}
		post.Values.Drop(key)
	default:
		return web.ErrUnknownField
	}
	post.Act = verb
	return nil
}

func first(texts []string) string {
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// resolve finds the field behind a posted name.
func resolve(prefix string, nodes []*form.Node, name string) (posted, bool) {
	for _, n := range nodes {
		key := below(prefix, n.Key)
		id := form.FieldID(key)
		switch n.Kind {
		case form.Group:
			if isTNM(n) && name == id+partLine {
				return posted{key, n, partLine}, true
			}
			if p, known := resolve(key, n.Inner, name); known {
				return p, true
			}
		case form.Rows:
			if rowKey, known := rowOf(key, name); known {
				if p, known := resolve(rowKey, n.Inner, name); known {
					return p, true
				}
			}
		case form.Day, form.About:
			if part, is := strings.CutPrefix(name, id); is && slices.Contains([]string{partDay, partMonth, partYear, partAccuracy}, part) {
				return posted{key, n, part}, true
			}
		default:
			if name == id {
				return posted{key, n, partWhole}, true
			}
		}
	}
	return posted{}, false
}

// rowOf is the key of the row in which the field of a name stands.
func rowOf(key, name string) (string, bool) {
	rest, is := strings.CutPrefix(name, form.FieldID(key)+"-")
	if !is {
		return "", false
	}
	number, _, _ := strings.Cut(rest, "-")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > maxIndex || strconv.Itoa(n) != number {
		return "", false
	}
	return below(key, number), true
}

// resolveList finds a list by its id.
func resolveList(prefix string, nodes []*form.Node, id string) (string, bool) {
	return walkLists(prefix, nodes, id, func(key string) bool { return form.FieldID(key) == id })
}

// resolveRow finds a row of a list by its id.
func resolveRow(prefix string, nodes []*form.Node, id string) (string, bool) {
	key, known := walkLists(prefix, nodes, id, func(key string) bool {
		row, is := rowOf(key, id)
		return is && form.FieldID(row) == id
	})
	if !known {
		return "", false
	}
	return rowOf(key, id)
}

func walkLists(prefix string, nodes []*form.Node, id string, match func(key string) bool) (string, bool) {
	for _, n := range nodes {
		key := below(prefix, n.Key)
		switch n.Kind {
		case form.Group:
			if found, known := walkLists(key, n.Inner, id, match); known {
				return found, true
			}
		case form.Rows:
			if match(key) {
				return key, true
			}
			if row, is := rowOf(key, id); is {
				if found, known := walkLists(row, n.Inner, id, match); known {
					return found, true
				}
			}
		}
	}
	return "", false
}
