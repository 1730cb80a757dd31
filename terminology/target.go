// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	_ "embed"
	"strings"
)

//go:embed data/targets.txt
var targetsText string

// Target is a Zielgebiet of radiotherapy.
type Target struct {
	Code string // 3.1 of 2021; 3.1.+ of 2014, with lymph nodes
	Text string
	// Sided says that left or right must be told. In 2021 the list itself marks
	// these; the chest wall has a side where there is one to tell and is not
	// among them. The list of 2014 has no marks; there it follows the organ.
	Sided bool
}

// The editions of the list of targets.
const (
	Targets2014 = 2014
	Targets2021 = 2021
)

var targetLists, targetsByCode = readTargets(targetsText)

func readTargets(text string) (map[int][]Target, map[int]map[string]Target) {
	lists, byCode := map[int][]Target{}, map[int]map[string]Target{Targets2014: {}, Targets2021: {}}
	add := func(edition int, t Target) {
		lists[edition] = append(lists[edition], t)
		byCode[edition][t.Code] = t
	}
	for _, line := range body(text) {
		fields := strings.SplitN(line, " ", 4)
		edition, code, words := year(fields[0]), fields[1], fields[3]
		sided := strings.Contains(fields[2], "s")
		add(edition, Target{Code: code, Text: words, Sided: sided})
		if strings.Contains(fields[2], "n") {
			add(edition, Target{Code: code + "+", Text: words + ", mit Lymphknoten", Sided: sided})
			add(edition, Target{Code: code + "-", Text: words + ", ohne Lymphknoten", Sided: sided})
		}
	}
	return lists, byCode
}

// TargetOf finds a target of an edition, Targets2014 or Targets2021.
// Spec: oBDS 3.0.4 Zielgebiet_Typ
func TargetOf(edition int, code string) (Target, bool) {
	t, ok := targetsByCode[edition][code]
	return t, ok
}

// Targets lists the targets of an edition in their order.
func Targets(edition int) []Target { return append([]Target(nil), targetLists[edition]...) }
