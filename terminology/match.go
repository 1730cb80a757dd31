// SPDX-License-Identifier: EUPL-1.2

package terminology

// The penalties of a query word against a word of a label; a lower one is better.
const (
	whole     = 0
	beginning = 2
	inside    = 4
	mistyped  = 6 // and one more for the second error
	mistypedBeginning

	// Added for a word that is not of the label itself, but leads to the code,
	// or only to one above it.
	byway      = 1
	bywayAbove = 2
	ways       = 3 // with the word of the label
)

// errorsForgiven is how many typing errors a word may have.
func errorsForgiven(length int) int {
	switch {
	case length >= 9:
		return 2
	case length >= 5:
		return 1
	}
	return 0
}

// maxWord is how many letters of a word are compared.
const maxWord = 40

// distances gives the number of typing errors between the asked word and a
// word, and between the asked word and the best beginning of that word. A
// letter missing, added, wrong, or two exchanged neighbours are one error.
// Anything above most answers most+1.
func distances(asked, word string, most int) (int, int) {
	asked, word = asked[:min(len(asked), maxWord)], word[:min(len(word), maxWord)]
	none := most + 1
	if len(word) < len(asked)-most {
		return none, none
	}
	word = word[:min(len(word), len(asked)+most+1)]
	var rows [3][maxWord + 2]int
	for j := range len(word) + 1 {
		rows[0][j] = j
	}
	for i := 1; i <= len(asked); i++ {
		row, above, before := &rows[i%3], &rows[(i+2)%3], &rows[(i+1)%3]
		first, last := max(1, i-most), min(len(word), i+most)
		row[first-1] = none
		if first == 1 {
			row[0] = i
		}
		least := row[first-1]
		for j := first; j <= last; j++ {
			cost := 1
			if asked[i-1] == word[j-1] {
				cost = 0
			}
			d := above[j-1] + cost
			if j < i+most {
				d = min(d, above[j]+1)
			}
			d = min(d, row[j-1]+1)
			if i > 1 && j > 1 && j-2 >= i-2-most && asked[i-1] == word[j-2] && asked[i-2] == word[j-1] {
				d = min(d, before[j-2]+1)
			}
			row[j] = d
			least = min(least, d)
		}
		if last < len(word) {
			row[last+1] = none
		}
		if least > most {
			return none, none
		}
	}
	end := &rows[len(asked)%3]
	full, start := none, none
	for j := max(0, len(asked)-most); j <= min(len(word), len(asked)+most); j++ {
		start = min(start, end[j])
		if j == len(word) {
			full = min(none, end[j])
		}
	}
	return full, min(none, start)
}

// gram is a pair of neighbouring letters of a word; the first stands behind a mark.
type gram uint16

func grams(word string) []gram {
	word = word[:min(len(word), maxWord)]
	all := make([]gram, 0, len(word))
	before := byte('^')
	for i := range len(word) {
		all = append(all, gram(before)<<8|gram(word[i]))
		before = word[i]
	}
	return all
}
