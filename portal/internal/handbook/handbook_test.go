// SPDX-License-Identifier: EUPL-1.2

package handbook

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"meldewerk/policy"
	"meldewerk/report/form"
	"meldewerk/tumour"
)

func open(t testing.TB, name policy.Name) *Book {
	t.Helper()
	profile, err := policy.Of(string(name))
	if err != nil {
		t.Fatal(err)
	}
	b, err := Open(profile)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// sentences are all words of a topic that people read.
func sentences(t *Topic) []string {
	out := []string{t.Title, t.Short}
	for _, p := range t.Parts {
		out = slices.Concat(out, []string{p.Title}, p.Text, p.Steps, p.Points)
	}
	return out
}

func everything(b *Book) []*Topic {
	var out []*Topic
	for _, g := range b.Groups() {
		out = append(out, g.Topics...)
	}
	return out
}

// TestH23EveryProfileHasAWholeHandbook opens the texts for each Land.
func TestH23EveryProfileHasAWholeHandbook(t *testing.T) {
	t.Parallel()
	for _, name := range []policy.Name{policy.KKN, policy.EKN, policy.Hessen} {
		b := open(t, name)
		if len(everything(b)) < 60 || len(b.Groups()) < 6 || len(b.Often()) < 8 {
			t.Fatalf("%s: %d topics", name, len(everything(b)))
		}
		for _, topic := range everything(b) {
			for _, text := range sentences(topic) {
				if strings.ContainsAny(text, "{}") || strings.TrimSpace(text) == "" && text != "" {
					t.Errorf("%s, %s: %q is not filled", name, topic.ID, text)
				}
			}
		}
		deadline, _ := b.Topic("fristen")
		if want := lands[name].deadline; !strings.HasPrefix(deadline.Short, want) {
			t.Errorf("%s: the deadline reads %q", name, deadline.Short)
		}
	}
}

// TestFiguresAreThoseOfTheProgram holds the figures in the texts against the
// limits that the program keeps.
func TestFiguresAreThoseOfTheProgram(t *testing.T) {
	t.Parallel()
	b := open(t, policy.KKN)
	for id, want := range map[string]string{
		"gesperrt": "Nach 3 falschen Eingaben von Benutzername oder Passwort warten Sie eine Minute. Nach 10 falschen Einmalkennwörtern",
		"sitzung":  "Nach 30 Minuten ohne Eingabe und spätestens nach 12 Stunden",
		"entwurf":  "nach 180 Tagen ohne Änderung werden sie gelöscht",
	} {
		topic, known := b.Topic(id)
		if !known || !strings.Contains(topic.Short, want) {
			t.Errorf("%s says %q", id, topic.Short)
		}
	}
}

// forbidden are the words of UI texts that the house does not use.
var forbidden = regexp.MustCompile(`(?i)ungültig|fehlercode|bitte|submit|\bok\b|!|validierung|\bbzw\b|\bggf\b`)

func TestH23HandbookUsesNoForbiddenWord(t *testing.T) {
	t.Parallel()
	b := open(t, policy.Hessen)
	for _, topic := range everything(b) {
		for _, text := range append(sentences(topic), topic.Words) {
			if word := forbidden.FindString(text); word != "" {
				t.Errorf("%s says %q in %q", topic.ID, word, text)
			}
		}
	}
	for name, s := range sections {
		if word := forbidden.FindString(s.Use); word != "" || s.Use == "" {
			t.Errorf("section %s says %q", name, s.Use)
		}
	}
}

// allForms gives the sections of every form with every organ, also those that
// are shown only when they hold something.
func allForms() map[string]*form.Section {
	found := map[string]*form.Section{}
	for _, o := range []tumour.Occasion{tumour.OccasionDiagnosis, tumour.OccasionPathology, tumour.OccasionSurgery, tumour.OccasionRadiotherapy,
		tumour.OccasionSystemic, tumour.OccasionCourse, tumour.OccasionDeath, tumour.OccasionBoard} {
		for _, icd := range []string{"C50.4", "C20", "C61", "C43.5"} {
			sheet := form.NewSheet(o)
			sheet["tumour.icd.code"] = icd
			sheet["patient.childhood.consent"], sheet["childhood.consent"], sheet["childhood-tumour.lived-in-germany"] = "1", "5", "J"
			for _, s := range form.Sections(sheet) {
				found[string(o)+"/"+s.Name] = s
			}
		}
	}
	return found
}

func keysOf(prefix string, nodes []*form.Node, visit func(string)) {
	for _, n := range nodes {
		key := strings.Trim(prefix+"."+n.Key, ".")
		if key != "" {
			visit(key)
		}
		keysOf(key, n.Inner, visit)
	}
}

// TestH23EverySectionOfEveryFormIsExplained walks all eight forms.
func TestH23EverySectionOfEveryFormIsExplained(t *testing.T) {
	t.Parallel()
	b, used := open(t, policy.KKN), map[string]bool{}
	forms, keys := allForms(), map[string]bool{}
	if len(forms) < 80 {
		t.Fatalf("only %d sections", len(forms))
	}
	for name, s := range forms {
		help, known := ForSection(s.Name)
		if !known || !b.has(help.place) {
			t.Errorf("%s is not explained", name)
		}
		used[s.Name] = true
		keysOf("", s.Nodes, func(key string) {
			keys[key] = true
			address := Address(s.Name, key)
			id, anchor, _ := strings.Cut(strings.TrimPrefix(address, "/hilfe/"), "#")
			if !b.has(place{id, anchor}) {
				t.Errorf("%s, %s leads to %s", name, key, address)
			}
		})
	}
	for name := range sections {
		if !used[name] {
			t.Errorf("section %s is explained and stands in no form", name)
		}
	}
	for key := range fields {
		if !keys[key] {
			t.Errorf("field %s is explained and stands in no form", key)
		}
	}
}

func TestForFieldTakesTheLongestBeginning(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]place{
		"histology.grading":                      {"histologie", "grading"},
		"histology.morphologies.2.code":          {"histologie", "morphologie"},
		"histology.text":                         {"histologie", ""},
		"courses.0.percutaneous.total.unit":      {"strahlentherapie", "dosis"},
		"courses.0.technique":                    {"strahlentherapie", "bestrahlungen"},
		"patient.insurance.statutory.number":     {"anschrift-versicherung", "versicherung"},
		"date":                                   {},
		"nothing.of.the.kind":                    {},
		"":                                       {},
		"prostate.core-involvement.0.percent":    {"modul-prostata", "stanzen"},
		"recommendation.patients-wish":           {"tumorkonferenz", "abweichung"},
		"recommendation.therapies":               {"tumorkonferenz", "empfehlung"},
		"patient.childhood.syndromes.0.genes.10": {"kinderkrebs", "person"},
	} {
		if topic, anchor := ForField(key); (place{topic, anchor}) != want {
			t.Errorf("%q leads to %s#%s, want %v", key, topic, anchor, want)
		}
	}
	if got := Address("operation", "date"); got != "/hilfe/operation" {
		t.Errorf("a field without a word of its own leads to %s", got)
	}
	if got := Address("unheard-of", "date"); got != "/hilfe" {
		t.Errorf("an unknown section leads to %s", got)
	}
}

// TestNoSentenceIsCopied holds the texts against the documents they were
// written after: nine words in a row in both are a copy.
func TestNoSentenceIsCopied(t *testing.T) {
	t.Parallel()
	const run = 9
	sources, _ := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "mission", "*.txt"))
	more, _ := filepath.Glob(filepath.Join("..", "..", "..", "..", "shared", "*.md"))
	if len(sources) == 0 {
		t.Skip("the source documents are not here: nothing to compare with")
	}
	theirs := map[string]bool{}
	for _, file := range append(sources, more...) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		plain := plainWords(string(text))
		for i := 0; i+run <= len(plain); i++ {
			theirs[strings.Join(plain[i:i+run], " ")] = true
		}
	}
	b := open(t, policy.KKN)
	for _, topic := range everything(b) {
		for _, text := range sentences(topic) {
			plain := plainWords(text)
			for i := 0; i+run <= len(plain); i++ {
				if words := strings.Join(plain[i:i+run], " "); theirs[words] {
					t.Errorf("%s: %q stands in a source", topic.ID, words)
				}
			}
		}
	}
}

func plainWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
}

// TestSentencesAreShort keeps to what can be read at a glance.
func TestSentencesAreShort(t *testing.T) {
	t.Parallel()
	b, long, all := open(t, policy.KKN), 0, 0
	for _, topic := range everything(b) {
		for _, text := range sentences(topic) {
			for sentence := range strings.SplitSeq(text, ". ") {
				all++
				if n := len(strings.Fields(sentence)); n > 32 {
					t.Errorf("%s: %d words: %q", topic.ID, n, sentence)
				} else if n > 22 {
					long++
				}
			}
		}
	}
	if long*20 > all {
		t.Errorf("%d of %d sentences are long", long, all)
	}
}
