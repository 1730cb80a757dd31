// SPDX-License-Identifier: EUPL-1.2

package terminology

import (
	"slices"
	"strings"
)

// tnmEditions are the editions of the TNM by the years of diagnosis they were
// in use, the newest first. In the year of a change both are.
var tnmEditions = []struct {
	edition     string
	since, last int
}{
	{"9", 2025, 9999},
	{"8", 2017, 9999}, // until the 9th has its own chapter for the site
	{"7", 2010, 2017},
	{"6", 2003, 2010},
}

// TNMEditions lists the editions of the TNM in use for a diagnosis of a year
// at the site of an ICD-10 code, the newest first; none when the tumour has no
// TNM or the year lies before the 6th edition.
func TNMEditions(icd string, year int) []string {
	if !HasTNM(icd) {
		return nil
	}
	var editions []string
	for _, e := range tnmEditions {
		if year >= e.since && year <= e.last {
			editions = append(editions, e.edition)
		}
	}
	return editions
}

// stages are the values of the UICC stage in the data set.
var stages = strings.Fields("okk 0 0a 0is I IA IA1 IA2 IA3 IB IB1 IB2 IC II IIA IIA1 IIA2 IIB IIC III IIIA IIIA1 IIIA2 IIIB IIIC IIIC1 IIIC2 IIID " +
	"IS IV IVA IVA1 IVA2 IVB IVC")

// KnownStage says whether the data set has the UICC stage, e.g. IIIA1.
// Spec: oBDS 3.0.4 UICC_Stadium
func KnownStage(stage string) bool { return slices.Contains(stages, stage) }

// Stages lists the UICC stages of the data set in order.
func Stages() []string { return slices.Clone(stages) }

// StageAt says whether an edition has the stage at the site of an ICD-10 code.
// It is known for the sites only whose lists are sure.
func StageAt(edition, icd, stage string) Fit {
	if len(edition) != 1 {
		return FitUnknown
	}
	list := valuesAt(icd, 'S', edition[0])
	switch {
	case list == nil:
		return FitUnknown
	case list[stage]:
		return Fits
	}
	return Unusual
}

// tnmParts are the values of the smaller parts of a TNM.
var tnmParts = map[string]string{
	"L": "LX L0 L1", "V": "VX V0 V1 V2", "Pn": "PnX Pn0 Pn1", "S": "SX S0 S1 S2 S3", "prefix": "c p u", "edition": "6 7 8 9",
}

// KnownTNMPart says whether a smaller part of a TNM has the value: L, V, Pn,
// S, prefix (before T, N or M) or edition. Spec: oBDS 3.0.4 TNM_Typ
func KnownTNMPart(part, value string) bool {
	return slices.Contains(strings.Fields(tnmParts[part]), value)
}
