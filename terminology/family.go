// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"sort"
	"strings"
	"sync"
)

// families names the families of morphologies by their first code, in order.
var families = []struct{ first, words string }{
	{"8000", "Neubildung ohne nähere Angabe"},
	{"8010", "Epithelialer Tumor"},
	{"8050", "Plattenepithelialer Tumor"},
	{"8090", "Basalzelltumor"},
	{"8120", "Urothelialer Tumor"},
	{"8140", "Adenom oder Adenokarzinom"},
	{"8390", "Tumor der Hautanhangsgebilde"},
	{"8430", "Mukoepidermoider Tumor"},
	{"8440", "Zystischer, muzinöser oder seröser Tumor"},
	{"8500", "Duktaler oder lobulärer Tumor"},
	{"8550", "Azinuszelltumor"},
	{"8560", "Gemischter epithelialer Tumor"},
	{"8580", "Thymustumor"},
	{"8590", "Keimstrangtumor der Gonaden"},
	{"8680", "Paragangliom oder Glomustumor"},
	{"8720", "Nävus oder Melanom"},
	{"8800", "Weichteiltumor"},
	{"8810", "Bindegewebstumor"},
	{"8840", "Myxomatöser Tumor"},
	{"8850", "Fettgewebstumor"},
	{"8890", "Muskeltumor"},
	{"8930", "Gemischter oder stromaler Tumor"},
	{"9000", "Fibroepithelialer Tumor"},
	{"9040", "Synovialer Tumor"},
	{"9050", "Mesothelialer Tumor"},
	{"9060", "Keimzelltumor"},
	{"9100", "Trophoblasttumor"},
	{"9110", "Mesonephrom"},
	{"9120", "Blutgefäßtumor"},
	{"9170", "Lymphgefäßtumor"},
	{"9180", "Knochen- oder Knorpeltumor"},
	{"9250", "Riesenzelltumor"},
	{"9260", "Sonstiger Knochentumor"},
	{"9270", "Odontogener Tumor"},
	{"9350", "Sonstiger Tumor besonderer Bauart"},
	{"9380", "Gliom"},
	{"9490", "Neuroepithelialer Tumor"},
	{"9530", "Meningeom"},
	{"9540", "Nervenscheidentumor"},
	{"9580", "Granularzelltumor"},
	{"9590", "Lymphom ohne nähere Angabe"},
	{"9650", "Hodgkin-Lymphom"},
	{"9670", "Reifzelliges B-Zell-Lymphom"},
	{"9700", "Reifzelliges T- oder NK-Zell-Lymphom"},
	{"9727", "Vorläuferzell-Lymphom"},
	{"9731", "Plasmazelltumor"},
	{"9740", "Mastzelltumor"},
	{"9750", "Tumor der Histiozyten und dendritischen Zellen"},
	{"9760", "Immunproliferative Krankheit"},
	{"9800", "Leukämie"},
	{"9820", "Lymphatische Leukämie"},
	{"9840", "Myeloische Leukämie"},
	{"9940", "Sonstige Leukämie"},
	{"9950", "Myeloproliferative Neoplasie"},
	{"9965", "Myeloische oder lymphatische Neoplasie mit Genveränderung"},
	{"9970", "Sonstige Bluterkrankung"},
	{"9980", "Myelodysplastisches Syndrom"},
}

// behaviourWords follow the words of a morphology that has none of its own for
// a behaviour.
var behaviourWords = map[byte]string{'0': "gutartig", '1': "Verhalten unsicher", '2': "in situ", '3': "bösartig",
	'6': "Metastase", '9': "Herkunft unsicher"}

// wordedMorphology holds the words of one four-digit morphology.
type wordedMorphology struct {
	usual byte            // the behaviour whose words stand for the others
	words map[byte]string // by behaviour
}

var morphologyWords = sync.OnceValue(func() map[string]wordedMorphology { return readMorphologyWords(morphologyText) })

func readMorphologyWords(text string) map[string]wordedMorphology {
	all := map[string]wordedMorphology{}
	for _, line := range body(text) {
		code, rest, _ := strings.Cut(line, " ")
		m := wordedMorphology{usual: rest[0], words: map[byte]string{}}
		for part := range strings.SplitSeq(rest, "|") {
			m.words[part[0]] = part[2:]
		}
		if _, twice := all[code]; twice || len(code) != 4 {
			panic("terminology: odd morphology " + code)
		}
		all[code] = m
	}
	return all
}

// of gives the words for a behaviour: its own, or the usual ones with the behaviour.
func (m wordedMorphology) of(behaviour byte) string {
	if words, ok := m.words[behaviour]; ok {
		return words
	}
	return m.words[m.usual] + ", " + behaviourWords[behaviour]
}

// familyOf gives the first code and the words of the family of a morphology.
func familyOf(four string) (string, string) {
	i := sort.Search(len(families), func(i int) bool { return families[i].first > four })
	if i == 0 {
		return families[0].first, families[0].words
	}
	return families[i-1].first, families[i-1].words
}
