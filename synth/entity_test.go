// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"meldewerk/terminology"
)

// TestEveryCodeHasWords holds the stock of entities against the labels.
func TestEveryCodeHasWords(t *testing.T) {
	t.Parallel()
	for _, e := range entities() {
		for _, s := range e.sites {
			if label, ok := terminology.ICD(s.icd); !ok || !label.Exact {
				t.Errorf("%s: no words for %s", e.name, s.icd)
			}
			if _, ok := terminology.Topography(s.topography); !ok {
				t.Errorf("%s: no words for site %s", e.name, s.topography)
			}
		}
		for _, m := range e.morphs {
			if label, ok := terminology.Morphology(m.code); !ok || !label.Exact {
				t.Errorf("%s: no words for %s", e.name, m.code)
			}
		}
		checkStepWords(t, e, step{regimen: e.further})
		for _, p := range e.plans {
			for _, s := range p.steps {
				checkStepWords(t, e, s)
			}
		}
	}
}

func checkStepWords(t *testing.T, e *entity, s step) {
	t.Helper()
	if s.operation != nil {
		for code := range strings.FieldsSeq(s.operation.codes) {
			if _, ok := terminology.OPS(strings.TrimSuffix(code, "*")); !ok {
				t.Errorf("%s: no words for %s", e.name, code)
			}
		}
	}
	if s.regimen != nil {
		for code := range strings.FieldsSeq(s.regimen.substances) {
			if _, ok := terminology.ATC(code); !ok {
				t.Errorf("%s: no words for %s", e.name, code)
			}
		}
	}
}

// TestEntitiesAreComplete finds rows that would never be drawn or lead nowhere.
func TestEntitiesAreComplete(t *testing.T) {
	t.Parallel()
	for _, e := range entities() {
		if len(e.sites) == 0 || len(e.morphs) == 0 || e.grades == "" || e.clinical == "" || e.microscopy == "" {
			t.Errorf("%s: incomplete", e.name)
		}
		for i := 1; i < len(e.ages); i++ {
			if e.ages[i] <= e.ages[i-1] {
				t.Errorf("%s: deciles of age not in order", e.name)
			}
		}
		known := e.stages
		if e.stagesFor != nil {
			known = append(e.stagesFor("8085/3", 40), e.stagesFor("8086/3", 70)...)
		}
		if len(known) == 0 {
			t.Errorf("%s: no stages", e.name)
		}
		for _, s := range known {
			if g := s.group(); e.outlook[g] == (outlook{}) && e.name != "Zervixkarzinom in situ" {
				t.Errorf("%s: no outlook for stage %q", e.name, s.uicc)
			}
			treated := false
			for _, p := range e.plans {
				treated = treated || strings.ContainsRune(p.groups, rune('0'+s.group()))
			}
			if !treated {
				t.Errorf("%s: nothing is done at stage %q", e.name, s.uicc)
			}
		}
	}
}

// TestCodesAreKnownToTheRegistry holds the codes against the lists of the
// national data set.
func TestCodesAreKnownToTheRegistry(t *testing.T) {
	t.Parallel()
	icd, morphology, topography := codeList(t, "icd10.csv", 1), codeList(t, "morphologie.csv", 0), codeList(t, "topographie.csv", 1)
	stages, targets := codeList(t, "tnm_uicc.csv", 0), codeList(t, "zielgebiet_2021.csv", 0)
	for _, e := range entities() {
		for _, s := range e.sites {
			if !icd[s.icd] || !topography[s.topography] {
				t.Errorf("%s: %s or %s unknown", e.name, s.icd, s.topography)
			}
		}
		for _, m := range e.morphs {
			if !morphology[m.code] {
				t.Errorf("%s: %s unknown", e.name, m.code)
			}
		}
		for _, s := range e.stages {
			if s.uicc != "" && s.t != "" && !stages[s.uicc] {
				t.Errorf("%s: stage %s unknown", e.name, s.uicc)
			}
		}
		for _, p := range e.plans {
			for _, s := range p.steps {
				if s.radiation == nil {
					continue
				}
				for target := range strings.FieldsSeq(s.radiation.targets) {
					if !targets[strings.TrimSuffix(target, "*")] {
						t.Errorf("%s: target %s unknown", e.name, target)
					}
				}
			}
		}
	}
}

// shared finds a file of the reference material beside the repository.
func shared(t *testing.T, parts ...string) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for !exists(filepath.Join(dir, "go.mod")) {
		if dir = filepath.Dir(dir); dir == "/" {
			t.Fatal("no go.mod above the test")
		}
	}
	path := filepath.Join(append([]string{dir, "..", "shared"}, parts...)...)
	if !exists(path) {
		t.Skipf("reference material is not there: %s", filepath.Join(parts...))
	}
	return path
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

func codeList(t *testing.T, name string, column int) map[string]bool {
	t.Helper()
	file, err := os.Open(shared(t, "terminology", name))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = file.Close() }) // only read
	codes := map[string]bool{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		fields := strings.Split(strings.TrimPrefix(lines.Text(), "\ufeff"), ";")
		if column < len(fields) {
			codes[strings.Trim(fields[column], `"`)] = true
		}
	}
	return codes
}
