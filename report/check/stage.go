// SPDX-License-Identifier: EUPL-1.2

package check

import (
	"strings"

	"meldewerk/tumour"
)

// stageOff says that the main stage (0 to IV) is none of those to which T, N
// and M lead. It is silent where a category is missing or X, after therapy, at
// a recurrence, and at sites whose table is not held: breast, bowel, lung, kidney and prostate
// are. Finer stages are not judged.
func stageOff(site string, t *tumour.TNM) bool {
	given := mainStage(string(t.Stage))
	if given < 0 || t.T == "" || t.N == "" || t.M == "" || t.T[0] == 'X' || t.N[0] == 'X' || t.M[0] == 'X' ||
		t.AfterTherapy != "" || t.Recurrence != "" || t.Edition != "7" && t.Edition != "8" {
		return false
	}
	low, high := stagesFrom(site, t)
	return low >= 0 && (given < low || given > high)
}

// mainStage is the roman number of a stage, -1 for none.
func mainStage(stage string) int {
	if stage == "" || stage == "okk" || stage == "IS" {
		return -1
	}
	roman := strings.TrimRight(stage, "ABCD123")
	for n, word := range []string{"0", "I", "II", "III", "IV"} {
		if roman == word {
			return n
		}
	}
	if stage[0] == '0' {
		return 0
	}
	return -1
}

// stagesFrom gives the lowest and the highest main stage; -1 when unknown.
func stagesFrom(site string, t *tumour.TNM) (int, int) {
	if t.M[0] == '1' {
		if site == "C50" || site == "C34" || site == "C61" || site == "C64" || site == "C18" || site == "C19" || site == "C20" {
			return 4, 4
		}
		return -1, -1
	}
	size := strings.ToLower(string(t.T))
	n := t.N[0] - '0'
	inSitu := strings.HasPrefix(size, "is")
	if inSitu && n == 0 {
		return 0, 0
	}
	if inSitu || size[0] < '0' || size[0] > '4' || n > 3 {
		return -1, -1
	}
	switch site {
	case "C18", "C19", "C20":
		return bowelStage(size[0]-'0', n)
	case "C34":
		return lungStage(size, n, t.Edition)
	case "C50":
		return breastStage(size[0]-'0', n, string(t.N))
	case "C64":
		return kidneyStage(size[0]-'0', n)
	case "C61":
		return prostateStage(size, n, t.Edition)
	}
	return -1, -1
}

func bowelStage(t, n byte) (int, int) {
	switch {
	case t == 0:
		return -1, -1
	case n > 0:
		return 3, 3
	case t <= 2:
		return 1, 1
	}
	return 2, 2
}

func lungStage(size string, n byte, edition tumour.Code) (int, int) {
	t := size[0] - '0'
	switch {
	case t == 0 || edition == "7" && (n == 1 || t >= 2):
		return 1, 3 // the 7th edition drew its lines elsewhere
	case n >= 2:
		return 3, 3
	case n == 1 && t <= 2:
		return 2, 2
	case n == 1, t == 4:
		return 3, 3
	case t == 1, strings.HasPrefix(size, "2a"), size == "2":
		return 1, 1
	}
	return 2, 2
}

func breastStage(t, n byte, node string) (int, int) {
	micro := strings.HasPrefix(strings.ToLower(node), "1mi")
	switch {
	case t == 4, n >= 2, t == 3 && n == 1:
		return 3, 3
	case t == 3, t == 2:
		return 2, 2
	case micro:
		return 1, 1
	case n == 1:
		return 2, 2
	case t == 1:
		return 1, 1
	}
	return -1, -1
}

func kidneyStage(t, n byte) (int, int) {
	switch {
	case t == 0:
		return -1, -1
	case t == 4:
		return 4, 4
	case n >= 2:
		return 3, 4
	case n == 1, t == 3:
		return 3, 3
	}
	return int(t), int(t)
}

// prostateStage admits the stages of those who count PSA and Gleason, too.
func prostateStage(size string, n byte, edition tumour.Code) (int, int) {
	t := size[0] - '0'
	switch {
	case t == 0:
		return -1, -1
	case n >= 1:
		return 4, 4
	case t == 4 && edition == "7":
		return 4, 4
	case t >= 3:
		return 3, 3
	}
	return 1, 3
}
