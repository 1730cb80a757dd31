// SPDX-License-Identifier: EUPL-1.2

package handbook

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/BurntSushi/toml"

	"meldewerk/policy"
)

//go:embed text/*.toml
var texts embed.FS

// Group is a Kapitel of the handbook: topics that belong together.
type Group struct {
	ID     string   `toml:"group"`
	Title  string   `toml:"title"`
	Intro  string   `toml:"intro"` // one sentence on what stands in it
	Topics []*Topic `toml:"topic"`
}

// Topic is a Thema: one question with its answer, on a page of its own.
type Topic struct {
	ID      string   `toml:"id"`    // stable, part of the address
	Title   string   `toml:"title"` // what people ask
	Short   string   `toml:"short"` // the answer in one or two sentences
	Parts   []Part   `toml:"part"`
	Pages   []Page   `toml:"page"`    // where in the portal it is done
	Related []string `toml:"related"` // ids of topics
	Words   string   `toml:"words"`   // further words by which people look for it
	Often   bool     `toml:"often"`   // among the most asked

	Group *Group `toml:"-"`
}

// Part is an Abschnitt of a topic.
type Part struct {
	Anchor string   `toml:"anchor"` // to jump to, unique in its topic
	Title  string   `toml:"title"`
	Text   []string `toml:"text"`   // paragraphs
	Steps  []string `toml:"steps"`  // in their order, after the text
	Points []string `toml:"points"` // without order, after the text
}

// Page is a Seite of the portal that a topic speaks of.
type Page struct {
	Label string `toml:"label"`
	Path  string `toml:"path"`
}

// Book is the Handbuch as a registry of one profile has it.
type Book struct {
	groups []*Group
	topics map[string]*Topic
	index  *index
}

// Open reads the handbook for a profile. It fails when the texts contradict
// themselves: a topic twice, a link to nowhere, a placeholder without a value.
func Open(profile policy.Profile) (*Book, error) {
	names, err := fs.Glob(texts, "text/*.toml")
	if err != nil {
		return nil, fmt.Errorf("list texts of the handbook: %w", err)
	}
	fill := strings.NewReplacer(placeholders(profile)...)
	b := &Book{topics: map[string]*Topic{}}
	for _, name := range names { // sorted, so that the files' numbers are the order
		content, err := texts.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path.Base(name), err)
		}
		group := &Group{}
		meta, err := toml.Decode(fill.Replace(string(content)), group)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", path.Base(name), err)
		}
		if unknown := meta.Undecoded(); len(unknown) > 0 {
			return nil, fmt.Errorf("%s: unknown key %s", path.Base(name), unknown[0])
		}
		if err := b.add(group); err != nil {
			return nil, fmt.Errorf("%s: %w", path.Base(name), err)
		}
	}
	if err := b.check(); err != nil {
		return nil, err
	}
	b.index = newIndex(b)
	return b, nil
}

func (b *Book) add(g *Group) error {
	b.groups = append(b.groups, g)
	for _, t := range g.Topics {
		if t.ID == "" || t.Title == "" || t.Short == "" {
			return fmt.Errorf("topic %q lacks its id, title or short answer", t.ID)
		}
		if b.topics[t.ID] != nil {
			return fmt.Errorf("topic %q stands there twice", t.ID)
		}
		t.Group = g
		b.topics[t.ID] = t
		anchors := map[string]bool{}
		for _, p := range t.Parts {
			if p.Anchor != "" && anchors[p.Anchor] {
				return fmt.Errorf("topic %q has the anchor %q twice", t.ID, p.Anchor)
			}
			anchors[p.Anchor] = true
		}
	}
	return nil
}

// check follows every link of the handbook.
func (b *Book) check() error {
	for id, t := range b.topics {
		for _, other := range t.Related {
			if b.topics[other] == nil || other == id {
				return fmt.Errorf("handbook: topic %q leads to %q", id, other)
			}
		}
	}
	for key, to := range fields {
		if !b.has(to) {
			return fmt.Errorf("handbook: field %q leads to %s#%s", key, to.topic, to.anchor)
		}
	}
	for name, s := range sections {
		if !b.has(s.place) {
			return fmt.Errorf("handbook: section %q leads to %s#%s", name, s.topic, s.anchor)
		}
	}
	return nil
}

func (b *Book) has(p place) bool {
	t := b.topics[p.topic]
	if t == nil || p.anchor == "" {
		return t != nil
	}
	for _, part := range t.Parts {
		if part.Anchor == p.anchor {
			return true
		}
	}
	return false
}

// Groups lists the chapters in their order.
func (b *Book) Groups() []*Group { return b.groups }

// Topic gives one topic.
func (b *Book) Topic(id string) (*Topic, bool) {
	t := b.topics[id]
	return t, t != nil
}

// Often lists the most asked topics, in the order of the handbook.
func (b *Book) Often() []*Topic {
	var list []*Topic
	for _, g := range b.groups {
		for _, t := range g.Topics {
			if t.Often {
				list = append(list, t)
			}
		}
	}
	return list
}

// Related lists the topics that a topic leads to.
func (b *Book) Related(t *Topic) []*Topic {
	var list []*Topic
	for _, id := range t.Related {
		list = append(list, b.topics[id])
	}
	return list
}
