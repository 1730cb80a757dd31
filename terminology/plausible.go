// SPDX-License-Identifier: EUPL-1.2

package terminology

import "strings"

// The sexes as the data set writes them.
const (
	male   = "M"
	female = "W"
)

// SexOfMorphology is the sex a morphology belongs to, M or W; "" for both. The
// behaviour counts for one: a malignant 9084 is of the ovary.
// Spec: IARC tools for cancer registries, sex and histology
func SexOfMorphology(morphology string) string {
	switch MorphologyFamily(morphology) {
	case 22, 23, 24, 25, 26:
		return female
	case 27, 28:
		return male
	}
	if strings.HasPrefix(morphology, "9084/3") {
		return female
	}
	return ""
}

// siteSexes lists the diagnoses and sites of one sex only; a longer code
// answers with its category.
var siteSexes = map[string]string{
	"C51": female, "C52": female, "C53": female, "C54": female, "C55": female, "C56": female, "C57": female, "C58": female,
	"C60": male, "C61": male, "C62": male, "C63": male,
	"C79.6": female, "D06": female, "D07.0": female, "D07.1": female, "D07.2": female, "D07.3": female,
	"D07.4": male, "D07.5": male, "D07.6": male, "D25": female, "D26": female, "D27": female, "D28": female,
	"D29": male, "D39": female, "D40": male,
}

// SexOfSite is the sex that alone has the site of an ICD-10 or topography
// code, M or W; "" for both.
func SexOfSite(code string) string {
	code = stem(dotted(code))
	if sex, ok := siteSexes[code]; ok {
		return sex
	}
	if len(code) > 3 {
		return siteSexes[code[:3]]
	}
	return ""
}

// oldest is the age that no bound excludes.
const oldest = 200

// Ages is an Altersspanne in completed years, both ends included.
type Ages struct{ Least, Most int }

// anyAge has no bounds.
var anyAge = Ages{Least: 0, Most: oldest}

// Bounded says whether any age is outside.
func (a Ages) Bounded() bool { return a != anyAge }

// Holds says whether an age is inside.
func (a Ages) Holds(years int) bool { return years >= a.Least && years <= a.Most }

// SiteAges is the span in which a tumour of the site is not rare.
// Spec: IARC tools for cancer registries, age and site
func SiteAges(code string) Ages {
	code = dotted(code)
	if len(code) < 3 {
		return anyAge
	}
	switch category := code[:3]; {
	case category == "C61":
		return Ages{Least: 5, Most: oldest}
	case strings.Contains("C15 C19 C20 C21 C23 C24 C50 C53 C54 C55", category), strings.HasPrefix(code, "C38.4"):
		return Ages{Least: 20, Most: oldest}
	}
	return anyAge
}

// MorphologyAges is the span in which a morphology is not rare. Burkitt
// lymphoma has no bound, because it is no longer rare in adults.
// Spec: IARC tools for cancer registries, age and histology
func MorphologyAges(morphology string) Ages {
	switch four(morphology) {
	case 9730, 9823, 9890:
		return Ages{Least: 26, Most: oldest}
	case 9724, 9732:
		return Ages{Least: 15, Most: oldest}
	case 8910, 8960, 8961, 8962, 8970, 8981, 8991, 9072, 9470, 9490, 9500:
		return Ages{Least: 0, Most: 14}
	}
	return anyAge
}

// JointAges is the span in which a morphology at that site is not rare.
// Spec: IARC tools for cancer registries, age, site and histology
func JointAges(site, morphology string) Ages {
	n := four(morphology)
	if len(site) < 3 || n == 0 {
		return anyAge
	}
	adult := Ages{Least: 20, Most: oldest}
	switch category := site[:3]; {
	case category == "C61" && n/10 == 814:
		return Ages{Least: 40, Most: oldest}
	case category == "C17" && n < 9590:
		return adult
	case (category == "C18" || category == "C33" || category == "C34") && n < 9590 && n/10 != 824:
		return adult
	case category == "C69" && (n == 9510 || n == 9512):
		return Ages{Least: 0, Most: 5}
	case category == "C58" && n == 9100:
		return Ages{Least: 15, Most: 45}
	}
	return anyAge
}

// ImpliedGrade is the grade that a morphology names by itself, 1 to 4; "" when
// it names none. Spec: IARC tools for cancer registries, grade and histology
func ImpliedGrade(morphology string) string {
	switch four(morphology) {
	case 8331, 9187, 9511:
		return "1"
	case 8332, 9083, 9243, 9372:
		return "2"
	case 8631, 8634:
		return "3"
	case 8020, 8021, 8805, 9062, 9082, 9390, 9392, 9401, 9451, 9505, 9512:
		return "4"
	}
	return ""
}

// Gradable says whether a morphology with behaviour takes a grade at all:
// only a malignant one does, and tumours of the blood do not. A tumour of the
// brain, a stromal tumour and carcinoma in situ of the breast take one too.
func Gradable(morphology string) bool {
	n := four(morphology)
	_, behaviour, _ := strings.Cut(morphology, "/")
	switch {
	case n == 0:
		return true
	case n >= 9590:
		return false
	case behaviour == "3" || behaviour == "6" || behaviour == "9" || behaviour == "":
		return true
	case n >= 8930 && n <= 8999, n >= 9350 && n <= 9589:
		return true
	}
	return behaviour == "2"
}

// NeedsMicroscope says whether a morphology at a site can only be told under
// the microscope. Spec: IARC tools for cancer registries, basis of diagnosis
func NeedsMicroscope(site, morphology string) bool {
	n := four(morphology)
	switch {
	case n == 0, n == 8000, n >= 8150 && n <= 8154, n == 8170, n >= 8270 && n <= 8281, n == 8800, n >= 9530 && n <= 9539:
		return false
	case n == 8720:
		return !strings.HasPrefix(site, "C69") && !strings.HasPrefix(site, "C44") && !strings.HasPrefix(site, "C43")
	}
	switch n {
	case 8960, 9050, 9100, 9140, 9350, 9380, 9384, 9500, 9510, 9590, 9732, 9761, 9800:
		return false
	}
	return true
}
