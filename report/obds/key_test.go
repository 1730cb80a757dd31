// SPDX-License-Identifier: EUPL-1.2

package obds

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestIDTableFindsEveryDouble(t *testing.T) {
	t.Parallel()
	table := newIDTable()
	for i := range 50_000 {
		if _, twice := table.put(strconv.Itoa(i), i+1); twice {
			t.Fatalf("%d counts as doubled", i)
		}
	}
	for i := range 50_000 {
		if first, twice := table.put(strconv.Itoa(i), 1); !twice || first != i+1 {
			t.Fatalf("%d: %d %v", i, first, twice)
		}
		if first, twice := table.put(strconv.Itoa(i), 1); !twice || first != 0 {
			t.Fatalf("%d a third time: %d %v", i, first, twice)
		}
	}
	if !table.has("7") || table.has("x") {
		t.Error("has")
	}
}

// TestX3FloodOfDoubledIDsStaysSmall lets every report share its id with
// another one, and every report name another Melder_ID.
func TestX3FloodOfDoubledIDsStaysSmall(t *testing.T) {
	t.Parallel()
	one := patientXML(1, 1)
	var b strings.Builder
	b.WriteString(head)
	for i := range 3000 {
		b.WriteString(strings.Replace(strings.Replace(one, `"P1"`, `"P`+strconv.Itoa(i)+`"`, 1), `"R1_0"`, `"R`+strconv.Itoa(i/3)+`"`, 1))
	}
	v := read(t, strings.NewReader(b.String()+tail), Options{})
	if len(v.late) != 1 || len(v.late[0].Spans) != 1000 || v.late[0].Spans[1] != (Span{4, 4}) {
		t.Errorf("late: %d", len(v.late))
	}
	limits := DefaultLimits()
	limits.Reporters = 50
	senders := b.String()
	for i := range 60 {
		senders = strings.Replace(senders, `Melder_ID="M1"`, `Melder_ID="N`+strconv.Itoa(i)+`"`, 1)
	}
	v = read(t, strings.NewReader(senders+tail), Options{Limits: limits})
	if v.complete || !slices.Contains(rules(v.findings), RuleLimit) {
		t.Errorf("too many reporters: %v", rules(v.findings))
	}
}
