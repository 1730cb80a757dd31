// SPDX-License-Identifier: EUPL-1.2

package synth

import (
	"fmt"
	"strconv"

	"meldewerk/identity"
	"meldewerk/report"
	"meldewerk/tumour"
)

// role is what a reporter does for patients.
type role int

// The roles, in the order in which a World is given reporters: the first few
// are those that no world should be without.
const (
	surgery role = iota
	pathology
	gynaecology
	urology
	haematology
	radiotherapy
	chest
	dermatology
	oncologyPractice
	urologyPractice
	ent
	neurosurgery
	gynaecologyPractice
	dermatologyPractice
	roles int = iota
)

var departments = [roles]string{
	surgery: "Klinik für Allgemein-, Viszeral- und Endokrine Chirurgie", pathology: "Institut für Pathologie",
	gynaecology: "Frauenklinik und Brustzentrum", urology: "Klinik für Urologie und Prostatazentrum",
	haematology: "Medizinische Klinik, Hämatologie und Onkologie", radiotherapy: "Klinik für Strahlentherapie und Nuklearmedizin",
	chest: "Lungenzentrum", dermatology: "Hautklinik", oncologyPractice: "Onkologische Schwerpunktpraxis",
	urologyPractice: "Urologische Gemeinschaftspraxis", ent: "Hals-Nasen-Ohren-Klinik", neurosurgery: "Neurochirurgische Klinik",
	gynaecologyPractice: "Praxis für Gynäkologie", dermatologyPractice: "Praxis für Dermatologie",
}

// specialties are the last two digits of the physician's number.
var specialties = [roles]string{surgery: "13", pathology: "52", gynaecology: "15", urology: "60", haematology: "29",
	radiotherapy: "61", chest: "30", dermatology: "18", oncologyPractice: "29", urologyPractice: "60", ent: "19",
	neurosurgery: "41", gynaecologyPractice: "15", dermatologyPractice: "18"}

func (r role) practice() bool {
	return r == oncologyPractice || r == urologyPractice || r == gynaecologyPractice || r == dermatologyPractice
}

// house is an invented hospital; there is none of that name at the place.
type house struct{ name, code, place string }

var houses = []house{{"Klinikum am Wallgraben", "30167", "Hannover"}, {"Mainaue-Kliniken", "60596", "Frankfurt am Main"},
	{"Klinikum Leineaue", "37075", "Göttingen"}, {"Klinik am Kiebitzmoor", "26131", "Oldenburg"}, {"Klinikum Werraknie", "34125", "Kassel"},
	{"Annenstift Okertal", "38102", "Braunschweig"}, {"Lahnhöhen-Klinik", "35043", "Marburg"}, {"Klinikum Emsufer", "49076", "Osnabrück"},
	{"Nordheide-Klinik", "21339", "Lüneburg"}, {"Diakoniestift Deisterblick", "31785", "Hameln"}, {"Wetteraukliniken Ost", "35392", "Gießen"},
	{"Bergstraßen-Klinikum", "64283", "Darmstadt"}}

// Unit is a meldende Einrichtung of the World: a department, an institute or a practice.
type Unit struct {
	report.Reporter
	Pathology bool // reports without contact to the patient, reason D
	role      role
	index     int
	house     int // counted through the whole World, houses repeat
}

// makeUnits gives the World its reporters.
func (w *World) makeUnits() {
	d := newDraw(w.options.Seed, 1<<62)
	for i := range w.options.Reporters {
		u := Unit{role: role(i % roles), index: i, house: i / roles}
		u.Pathology = u.role == pathology
		u.ID = report.ReporterID(strconv.Itoa(104170 + 13*i))
		at := houses[u.house%len(houses)]
		name := at.name
		if again := u.house / len(houses); again > 0 {
			name += " " + strconv.Itoa(again+1)
		}
		u.PostalCode, u.Place, u.Address = at.code, at.place, streets.draw(d)+" "+houseNumber(d)
		u.Identifiers = &tumour.Identifiers{}
		if u.role.practice() {
			u.Department = departments[u.role] + " " + at.place
			u.Identifiers.BSNR = tumour.Code(fmt.Sprintf("17%05d00", d.between(20000, 89999)))
			u.Identifiers.LANR = tumour.Code(physicianNumber(d, specialties[u.role]))
		} else {
			u.Department = name + ", " + departments[u.role]
			u.Identifiers.IK = tumour.Code(withIKCheckDigit(fmt.Sprintf("2603%04d", 1000+37*u.house%9000)))
		}
		u.Physician = physician(d)
		w.units = append(w.units, u)
		w.byRole[u.role] = append(w.byRole[u.role], i)
	}
}

func physician(d *draw) string {
	title := one(d, []string{"Dr. med. ", "Dr. med. ", "Dr. ", "Prof. Dr. med. ", "PD Dr. med. "})
	sex := one(d, []identity.Sex{identity.Male, identity.Female})
	return title + givenName(d, sex, 1970) + " " + germanSurname(d)
}

// unitFor gives a reporter of a role near the patient: mostly that of the
// house where the patient is at home, sometimes another. A world without that
// role lets its first reporter do it.
func (w *World) unitFor(d *draw, want role, home int) int {
	candidates := w.byRole[want]
	if len(candidates) == 0 {
		return 0
	}
	if d.chance(880) {
		return candidates[home%len(candidates)]
	}
	return one(d, candidates)
}

// nearest is the house for a postal code: the one whose first two digits are
// next, with several of the same place one of them.
func (w *World) nearest(d *draw, code string) int {
	best, distance := 0, 1<<30
	all := (len(w.units) + roles - 1) / roles
	for i := range min(all, len(houses)) {
		apart := whole(code[:3]) - whole(houses[i].code[:3])
		if apart < 0 {
			apart = -apart
		}
		if apart < distance {
			best, distance = i, apart
		}
	}
	for best+len(houses) < all && d.chance(500) {
		best += len(houses)
	}
	return best
}
