// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"strings"

	"meldewerk/terminology"
)

// codebook gives the words of codes on the pages; empty it is the built-in one.
type codebook struct{ book *terminology.Book }

func (p *Pages) codes() codebook { return codebook{p.rooms.Book} }

func (c codebook) of() *terminology.Book {
	if c.book == nil {
		return terminology.BuiltIn()
	}
	return c.book
}

// searchable says whether there is anything to be found in a list: insurers
// only where the registry has laid their list beside the program.
func (c codebook) searchable(list terminology.List) bool {
	return list != terminology.ListInsurer || c.of().HasInsurers()
}

// word is what a code means; nothing for one that is not known.
func (c codebook) word(list terminology.List, value string) string {
	code, _, _ := strings.Cut(strings.TrimSpace(value), " ")
	if code == "" {
		return ""
	}
	var label terminology.Label
	switch list {
	case terminology.ListICD:
		label, _ = c.of().ICD(strings.ToUpper(code))
	case terminology.ListTopography:
		label, _ = c.of().Topography(strings.ToUpper(code))
	case terminology.ListMorphology:
		label, _ = c.of().Morphology(code)
	case terminology.ListOPS:
		label, _ = c.of().OPS(code)
	case terminology.ListSubstance:
		label, _ = c.of().ATC(strings.ToUpper(code))
	case terminology.ListInsurer:
		label.Text, _ = c.of().Insurer(code)
	}
	return label.Text
}
