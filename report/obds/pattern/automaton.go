// SPDX-License-Identifier: EUPL-1.2

package pattern

import (
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// automaton is the deterministic form: a table of states by character class.
// A row is made when a value first leads to it, for the long string types have
// hundreds of which a package needs a few; to make them all would be a good
// part of the time in which a small package is checked.
type automaton struct {
	graph *graph
	ascii [utf8.RuneSelf]uint8
	near  [0x800 - utf8.RuneSelf]uint8 // classes of U+0080 to U+07FF

	// The table: by row and class where the next row begins. Behind the
	// classes, a row says with 1 that the value may end there. Cells are filled
	// while others read, and a table that grows is copied.
	table atomic.Pointer[[]atomic.Uint32]
	width int // cells of a row

	mu   sync.Mutex
	open []set             // by row: positions that may come next
	rows map[string]uint32 // by open positions and whether the value may end
}

const (
	maxCells   = 1 << 16
	maxClasses = 255

	unmade uint32 = 0 // this cell is not filled yet; the first row is no state
	dead   uint32 = 1<<32 - 1
)

// newAutomaton begins an automaton; nil when there are too many classes for
// it. Then the graph is walked directly.
func newAutomaton(g *graph) *automaton {
	if len(g.classes) > maxClasses {
		return nil
	}
	a := &automaton{graph: g, width: len(g.classes) + 1, open: []set{nil}, rows: map[string]uint32{}}
	for _, r := range g.ranges {
		for c := r.lo; c <= r.hi && c < 0x800; c++ {
			if c < utf8.RuneSelf {
				a.ascii[c] = uint8(r.class)
			} else {
				a.near[c-utf8.RuneSelf] = uint8(r.class)
			}
		}
	}
	const firstRows = 8
	table := make([]atomic.Uint32, firstRows*a.width)
	a.table.Store(&table)
	a.row(g.first, g.nullable)
	return a
}

// start is where the first row that is a state begins.
func (a *automaton) start() uint32 { return uint32(a.width) }

// row finds or makes the row of a state; false when there would be too many.
func (a *automaton) row(open set, accept bool) (uint32, bool) {
	key := open.key(accept)
	if at, known := a.rows[key]; known {
		return at, true
	}
	at := len(a.open) * a.width
	if at+a.width > maxCells {
		return 0, false
	}
	table := *a.table.Load()
	if at+a.width > len(table) {
		larger := make([]atomic.Uint32, 2*len(table))
		for i := range table {
			larger[i].Store(table[i].Load())
		}
		table = larger
		a.table.Store(&larger)
	}
	if accept {
		table[at+a.width-1].Store(1)
	}
	a.open = append(a.open, open)
	a.rows[key] = uint32(at)
	return uint32(at), true
}

// step fills a cell and gives what it leads to; false when the table would
// grow too large.
func (a *automaton) step(from uint32, class int) (uint32, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	to, fits := dead, true
	if hit := a.open[int(from)/a.width].and(a.graph.classes[class]); !hit.empty() {
		if to, fits = a.row(a.graph.after(hit)); !fits {
			return 0, false
		}
	}
	(*a.table.Load())[int(from)+class].Store(to)
	return to, true
}

func (a *automaton) match(value []byte) bool {
	table := *a.table.Load()
	at := a.start()
	for i := 0; i < len(value); {
		class := 0
		if c := value[i]; c < utf8.RuneSelf {
			class = int(a.ascii[c])
			i++
		} else {
			r, size := utf8.DecodeRune(value[i:])
			if r == utf8.RuneError && size <= 1 {
				return false
			}
			i += size
			if r < 0x800 {
				class = int(a.near[r-utf8.RuneSelf])
			} else {
				class = int(classOf(a.graph.ranges, r))
			}
		}
		to := table[int(at)+class].Load()
		if to == unmade {
			fits := false
			if to, fits = a.step(at, class); !fits {
				return a.graph.match(value)
			}
			table = *a.table.Load()
		}
		if to == dead {
			return false
		}
		at = to
	}
	return table[int(at)+a.width-1].Load() == 1
}
