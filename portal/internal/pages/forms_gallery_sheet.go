// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"meldewerk/report/form"
	"meldewerk/tumour"
)

// The reports of the gallery are those of one patient with a cancer of the
// breast, from the diagnosis to the end, and a diagnosis of each other organ
// that is asked more.

func gallerySheetOf(o tumour.Occasion, parts ...map[string]string) form.Sheet {
	s := form.NewSheet(o)
	for _, part := range parts {
		for key, value := range part {
			s[key] = value
		}
	}
	return s
}

// gallerySheets are the filled reports, each occasion once and the organs.
func gallerySheets() []form.Sheet {
	return []form.Sheet{
		gallerySheetOf(tumour.OccasionDiagnosis, galleryBreast, galleryDiagnosis, galleryStages, galleryRest),
		gallerySheetOf(tumour.OccasionDiagnosis, galleryOrgan("C20", "C20.9", "8140/3", ""), galleryRectum),
		gallerySheetOf(tumour.OccasionDiagnosis, galleryOrgan("C61", "C61.9", "8140/3", ""), galleryProstate),
		gallerySheetOf(tumour.OccasionDiagnosis, galleryOrgan("C43.5", "C44.5", "8720/3", "T"), galleryMelanoma),
		gallerySheetOf(tumour.OccasionPathology, galleryBreast, galleryPathology),
		gallerySheetOf(tumour.OccasionSurgery, galleryBreast, gallerySurgery),
		gallerySheetOf(tumour.OccasionRadiotherapy, galleryBreast, galleryRadiotherapy, galleryToxicity),
		gallerySheetOf(tumour.OccasionSystemic, galleryBreast, gallerySystemic),
		gallerySheetOf(tumour.OccasionCourse, galleryBreast, galleryCourseSheet),
		gallerySheetOf(tumour.OccasionDeath, galleryBreast, galleryDeath),
		gallerySheetOf(tumour.OccasionBoard, galleryBreast, galleryBoard),
	}
}

var galleryBreast = map[string]string{
	"tumour.id": "T-1", "tumour.diagnosed-on": "04.05.2026", "tumour.icd.code": "C50.4", "tumour.icd.version": "10 2026 GM", "tumour.side": "L",
	"tumour.morphology.code": "8500/3", "tumour.morphology.version": "33", "reason": "I", "own-service": "J", "certification": "1",
}

var galleryDiagnosis = map[string]string{
	"text": "Invasives Mammakarzinom links", "topography.code": "C50.4", "topography.version": "33", "topography-text": "links oben außen, 2 Uhr", "certainty": "7.1", "performance": "1",
	"earlier.0.icd.code": "C44.3", "earlier.0.icd.version": "10 2018 GM", "earlier.0.year": "2018",
	"histology.date": "06.05.2026", "histology.specimen": "E-2026-04711", "histology.morphologies.0.code": "8500/3", "histology.morphologies.0.version": "33",
	"histology.text": "Invasives Karzinom ohne speziellen Typ", "histology.grading": "2", "histology.sentinel-examined": "3", "histology.sentinel-affected": "1",
	"genetics.0.name": "BRCA1", "genetics.0.result": "W", "genetics.0.date": "05.2026",
	"breast.menopause": "3", "breast.oestrogen": "P", "breast.progesterone": "P", "breast.her2": "N",
	"breast.invasive-size": "24", "breast.dcis-size": "6", "breast.wire-marking": "S", "breast.specimen-control": "S",
}

var galleryStages = map[string]string{
	"clinical.date": "06.05.2026", "clinical.edition": "8", "clinical.t-prefix": "c", "clinical.t": "2", "clinical.n-prefix": "c", "clinical.n": "1", "clinical.m-prefix": "c", "clinical.m": "0", "clinical.stage": "IIB",
	"pathological.date": "05.06.2026", "pathological.edition": "8", "pathological.t-prefix": "p", "pathological.t": "2", "pathological.n-prefix": "p", "pathological.n": "1a", "pathological.m-prefix": "c", "pathological.m": "0",
	"pathological.lymphatic": "L0", "pathological.venous": "V0", "pathological.perineural": "Pn0", "pathological.stage": "IIB",
}

var galleryRest = map[string]string{
	"general.social-service.date": "22.05.2026", "general.psycho-oncology.date": "20.05.2026", "general.trial.none": "N",
	"extras.0.date": "04.05.2026", "extras.0.kind": "Anlass der Erfassung", "extras.0.value": "Screening", "extras.0.remark": "Aufgefallen in der Mammografie des Screenings",
	"remark": "Nachbefundung der Hormonrezeptoren folgt",
}

// galleryOrgan is the diagnosis of another organ.
func galleryOrgan(icd, site, morphology, side string) map[string]string {
	return map[string]string{
		"tumour.id": "T-2", "tumour.diagnosed-on": "04.05.2026", "tumour.icd.code": icd, "tumour.icd.version": "10 2026 GM", "tumour.side": side,
		"topography.code": site, "topography.version": "33", "certainty": "7.1", "performance": "0",
		"histology.date": "06.05.2026", "histology.morphologies.0.code": morphology, "histology.morphologies.0.version": "33", "reason": "I", "own-service": "J",
	}
}

var galleryRectum = map[string]string{
	"colorectal.anal-verge": "8", "colorectal.aboral-margin": "30", "colorectal.circular-margin": "4", "colorectal.tme": "1", "colorectal.mesorectal-fascia": "6", "colorectal.urgency": "E",
	"colorectal.stoma-marking": "D", "colorectal.leakage": "K", "colorectal.asa": "2", "colorectal.ras": "W", "histology.grading": "2",
}

var galleryProstate = map[string]string{
	"prostate.gleason.primary": "3", "prostate.gleason.secondary": "4", "prostate.gleason.score": "7a", "prostate.gleason-from": "S", "prostate.biopsy-date": "28.04.2026",
	"prostate.cores": "12", "prostate.positive-cores": "5", "prostate.core-involvement.percent": "40", "prostate.psa": "8.4", "prostate.psa-date": "04.2026", "prostate.complication": "N",
}

var galleryMelanoma = map[string]string{
	"melanoma.margin": "10", "melanoma.thickness": "1.2", "melanoma.ldh": "210", "melanoma.ulceration": "N",
}

var galleryPathology = map[string]string{
	"id": "H-2026-04711", "text": "Invasives Karzinom der Mamma ohne speziellen Typ", "topography.code": "C50.4", "topography.version": "33", "topography-text": "linke Brust, oben außen",
	"certainty": "7.1", "local-residual": "R0", "histology.date": "05.06.2026", "histology.morphologies.0.code": "8500/3", "histology.morphologies.0.version": "33", "histology.grading": "2",
	"report":                       "Makroskopie: Segment der linken Mamma, fadenmarkiert, 62 g.\nMikroskopie: Invasives Karzinom ohne speziellen Typ, 24 mm, Ränder frei.\nBeurteilung: pT2, pN1a (1/3), L0, V0, Pn0, R0, G2.",
	"submitter.structured.surname": "Muster", "submitter.structured.first-names": "M.", "submitter.structured.title": "Dr. med.", "submitter.structured.institution": "Klinikum Nord", "submitter.structured.department": "Gynäkologie",
	"submitter.structured.street": "Marktstraße", "submitter.structured.house": "3", "submitter.structured.postal-code": "30159", "submitter.structured.place": "Hannover", "submitter.structured.country": "DE",
}

var gallerySurgery = map[string]string{
	"date": "02.06.2026", "intention": "K", "procedures.0.code": "5-870.a1", "procedures.0.version": "2026", "procedures.1.code": "5-401.11", "procedures.1.version": "2026",
	"residual.local": "R0", "residual.overall": "R0", "id": "OP-2026-1188", "complications.none": "N", "surgeons.0.surname": "Muster", "surgeons.0.first-names": "M.", "surgeons.0.lead": "J",
	"histology.date": "05.06.2026", "histology.morphologies.0.code": "8500/3", "histology.morphologies.0.version": "33", "histology.grading": "2",
}

var galleryRadiotherapy = map[string]string{
	"phase": "behandlungsende", "intention": "K", "relation": "A", "end-reason": "E", "id": "ST-2026-77",
	"courses.0.begin": "20.07.2026", "courses.0.end": "07.08.2026", "courses.0.technique": "percutaneous", "courses.0.percutaneous.target.code-2021": "3.1", "courses.0.percutaneous.side": "L", "courses.0.percutaneous.beam": "UH",
	"courses.0.percutaneous.total.amount": "40.05", "courses.0.percutaneous.total.unit": "Gy", "courses.0.percutaneous.single.amount": "2.67", "courses.0.percutaneous.single.unit": "Gy", "courses.0.percutaneous.boost": "SEQ",
	"courses.0.percutaneous.chemo": "RCN", "courses.0.percutaneous.gated": "4D",
	"courses.1.begin": "10.08.2026", "courses.1.end": "14.08.2026", "courses.1.technique": "percutaneous", "courses.1.percutaneous.target.code-2021": "3.2", "courses.1.percutaneous.side": "L", "courses.1.percutaneous.beam": "EL",
	"courses.1.percutaneous.total.amount": "10", "courses.1.percutaneous.total.unit": "Gy", "courses.1.percutaneous.single.amount": "2", "courses.1.percutaneous.single.unit": "Gy", "courses.1.percutaneous.boost": "SEQ", "courses.1.percutaneous.chemo": "RCN",
}

var galleryToxicity = map[string]string{
	"side-effects.list.0.name": "Radiodermatitis", "side-effects.list.0.grade": "3", "side-effects.list.0.version": "5.0",
	"general.social-service.date": "21.07.2026", "general.psycho-oncology.none": "N", "general.trial.none": "N",
}

var gallerySystemic = map[string]string{
	"phase": "behandlungsende", "intention": "K", "relation": "A", "kind": "CH", "begin": "22.06.2026", "end": "14.09.2026", "end-reason": "E", "protocol": "EC", "id": "CH-2026-412",
	"substances.0.atc.code": "L01DB03", "substances.0.atc.version": "2026", "substances.1.atc.code": "L01AA01", "substances.1.atc.version": "2026", "side-effects.up-to-grade-2": "2",
}

var galleryCourseSheet = map[string]string{
	"phase": "statusmeldung", "date": "12.10.2026", "overall": "V", "local": "K", "nodes": "K", "distant": "K", "performance": "0", "id": "N-2026-305",
}

var galleryDeath = map[string]string{
	"date": "15.11.2026", "by-tumour": "J", "causes.0.code": "C50.4", "causes.0.version": "10 2026 GM", "causes.1.code": "C78.0", "causes.1.version": "10 2026 GM", "id": "T-2026-19",
}

var galleryBoard = map[string]string{
	"phase": "diagnose", "date": "12.05.2026", "kind": "praeth", "recommendation.therapies": "OP ST CH", "recommendation.patients-wish": "N", "id": "TK-2026-208",
}
