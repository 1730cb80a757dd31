// SPDX-License-Identifier: EUPL-1.2

package obds

// stock holds the structs of a patient's reports, so that those of the next
// patient may be read into the same memory (Options.Forget). Asking for new
// memory, clearing it and collecting it again would otherwise be a tenth of
// the time of a check.
type stock struct {
	shelves []shelf // by number of the field that fills the structs
	used    []shelf // of them, for the patient at hand
	items   []Item  // not yet given out
}

// shelf holds structs of one type.
type shelf interface{ putBack() }

// lastShelf is the last number given to a field while the forms are declared.
var lastShelf int

// shelfNumber gives a field its number.
func shelfNumber() int {
	lastShelf++
	return lastShelf
}

// mostKept is how many structs of one field stay for the next patient: more
// than nearly all patients need, and little beside a piece of the package.
const mostKept = 64

// singles are structs that stand alone.
type singles[U any] struct {
	made []*U
	used int
}

func (s *singles[U]) putBack() {
	s.made = s.made[:min(len(s.made), mostKept)]
	s.used = 0
}

// takeOne gives a struct, cleared, for the field of a number.
func takeOne[U any](s *stock, number int) *U {
	x, known := s.shelves[number].(*singles[U])
	if !known {
		x = &singles[U]{}
		s.shelves[number] = x
	}
	if x.used == 0 {
		s.used = append(s.used, x)
	}
	x.used++
	if x.used > len(x.made) {
		x.made = append(x.made, new(U))
		return x.made[x.used-1]
	}
	out := x.made[x.used-1]
	*out = *new(U)
	return out
}

// rows are lists of structs.
type rows[U any] struct {
	made [][]U
	used int
}

const rowLength = 4 // of a new list; a longer one is made anew by append

func (r *rows[U]) putBack() {
	r.made = r.made[:min(len(r.made), mostKept)]
	r.used = 0
}

// takeRow gives an empty list with some room for the field of a number.
func takeRow[U any](s *stock, number int) []U {
	x, known := s.shelves[number].(*rows[U])
	if !known {
		x = &rows[U]{}
		s.shelves[number] = x
	}
	if x.used == 0 {
		s.used = append(s.used, x)
	}
	x.used++
	if x.used > len(x.made) {
		x.made = append(x.made, make([]U, 0, rowLength))
	}
	return x.made[x.used-1]
}

func newStock() *stock { return &stock{shelves: make([]shelf, lastShelf+1)} }

// newItem gives an Item. Without reports Items are small, and so many of them
// may share a piece of memory.
func (s *stock) newItem() *Item {
	if s == nil {
		return &Item{}
	}
	if len(s.items) == 0 {
		s.items = make([]Item, mostKept)
	}
	item := &s.items[0]
	s.items = s.items[1:]
	return item
}

// putBack takes all structs back that were given out.
func (s *stock) putBack() {
	for _, x := range s.used {
		x.putBack()
	}
	s.used = s.used[:0]
}
