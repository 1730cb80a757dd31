// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"slices"
	"strings"
	"unicode"

	"meldewerk/account"
)

// Choice is an Auswahl: one entry of a closed list with its German words.
type Choice struct {
	Value string
	Label string
}

// FacilityKinds are the Arten of institutions that report.
func FacilityKinds() []Choice {
	return []Choice{
		{KindHospital, "Krankenhaus oder Klinikabteilung"},
		{KindPathology, "Pathologie"},
		{KindPractice, "Einzelpraxis"},
		{"group-practice", "Gemeinschaftspraxis (BAG)"},
		{"shared-practice", "Praxisgemeinschaft"},
		{"care-centre", "Medizinisches Versorgungszentrum"},
		{KindPrivatePractice, "Privatpraxis ohne Kassenzulassung"},
		{"authorised", "Ermächtigte Ärztin, ermächtigter Arzt oder Ermächtigungsambulanz"},
		{KindPartner, "Kooperierende Einrichtung, zum Beispiel ein Tumorzentrum"},
	}
}

// The kinds that decide which number an institution has.
const (
	KindHospital        = "hospital"
	KindPathology       = "pathology"
	KindPractice        = "practice"
	KindPrivatePractice = "private-practice"
	KindPartner         = "partner"
)

// NeedsIK says whether institutions of the kind are known by their
// Institutionskennzeichen. Spec: § 293 SGB V
func NeedsIK(kind string) bool { return kind == KindHospital }

// NeedsBSNR says whether institutions of the kind are known by their
// Betriebsstättennummer. Spec: § 75 Abs. 7 SGB V
func NeedsBSNR(kind string) bool {
	return kind != KindHospital && kind != KindPrivatePractice && kind != KindPartner
}

// SystemKinds are the kinds of documentation systems.
func SystemKinds() []Choice {
	return []Choice{
		{"none", "Keines; wir erfassen im Portal"},
		{"practice-system", "Praxisverwaltungssystem mit Schnittstelle zum Krebsregister"},
		{"hospital-system", "Krankenhausinformationssystem mit Schnittstelle zum Krebsregister"},
		{"tumour-documentation", "Tumordokumentationssystem"},
		{"pathology-system", "Pathologieinformationssystem"},
		{"screening", "Dokumentation des Mammographie-Screenings"},
		{"other", "Ein anderes System, das oBDS-Pakete schreibt"},
	}
}

// Channels are the Meldewege that an institution may want.
func Channels() []Choice {
	return []Choice{
		{ChannelForm, "Einzeln im Portal erfassen"},
		{ChannelPackage, "Als Meldungspaket aus dem Dokumentationssystem senden"},
		{ChannelBoth, "Auf beiden Wegen, einzeln und als Meldungspaket"},
	}
}

// The channels.
const (
	ChannelForm    = "form"
	ChannelPackage = "package"
	ChannelBoth    = "both"
)

// Occasions are the Meldeanlässe as the data set has them.
func Occasions() []Choice {
	return []Choice{
		{"diagnosis", "Diagnose"},
		{"pathology", "Pathologischer Befund"},
		{"surgery", "Operation"},
		{"radiotherapy", "Strahlentherapie"},
		{"systemic", "Systemische Therapie"},
		{"course", "Verlauf"},
		{"death", "Tod"},
		{"board", "Tumorkonferenz"},
	}
}

// Known says whether the value is one of the list.
func Known(list []Choice, value string) bool {
	return slices.ContainsFunc(list, func(c Choice) bool { return c.Value == value })
}

// Label gives the words of a value, "" for an unknown one.
func Label(list []Choice, value string) string {
	for _, c := range list {
		if c.Value == value {
			return c.Label
		}
	}
	return ""
}

// The limits of a form.
const (
	MaxPeople = 20
	maxStreet = 100
	maxPlace  = 100
	maxRemark = 1000
	maxPhone  = 40
)

// Check says whether the form keeps the contract. The trust centre calls it
// after opening, because whatever comes from the portal is hostile to it. The
// error names the field and never its value.
func (f *ApplicationForm) Check() error {
	line := func(text string, most int) bool { return text != "" && wordsValid(text, most) }
	switch {
	case !line(f.Facility, maxName):
		return malformed("application: facility")
	case !Known(FacilityKinds(), f.Kind):
		return malformed("application: kind")
	case !line(f.Street, maxStreet):
		return malformed("application: street")
	case !PostalCodeValid(f.PostalCode):
		return malformed("application: postal code")
	case !line(f.Place, maxPlace):
		return malformed("application: place")
	case f.BSNR != "" && !BSNRValid(f.BSNR), f.BSNR == "" && NeedsBSNR(f.Kind):
		return malformed("application: BSNR")
	case f.IK != "" && !IKValid(f.IK), f.IK == "" && NeedsIK(f.Kind):
		return malformed("application: IK")
	case !Known(SystemKinds(), f.System):
		return malformed("application: system")
	case !wordsValid(f.Software, maxSoftware):
		return malformed("application: software")
	case !Known(Channels(), f.Channel):
		return malformed("application: channel")
	case !line(f.Physician, maxName):
		return malformed("application: physician")
	case !linesValid(f.Remark, maxRemark):
		return malformed("application: remark")
	case len(f.Occasions) == 0:
		return malformed("application: occasions")
	case len(f.People) == 0 || len(f.People) > MaxPeople:
		return malformed("application: number of people")
	}
	for i, o := range f.Occasions {
		if !Known(Occasions(), o) || slices.Contains(f.Occasions[:i], o) {
			return malformed("application: occasion")
		}
	}
	for i := range f.People {
		if !f.People[i].valid() {
			return malformed("application: person %d", i+1)
		}
	}
	return nil
}

func (p *Applicant) valid() bool {
	if p.Name == "" || !wordsValid(p.Name, maxName) || p.Function == "" || !wordsValid(p.Function, maxSoftware) {
		return false
	}
	if p.Email != "" && !EmailValid(p.Email) || !PhoneValid(p.Phone) {
		return false
	}
	roles, err := account.NewRoles(account.Portal, p.Roles...)
	return err == nil && !roles.Has(account.RoleAuditor, account.RoleOperator)
}

// BSNRValid says whether a text can be a Betriebsstättennummer: nine digits,
// of which the first two name the district of a Kassenärztliche Vereinigung.
// It has no check digit.
func BSNRValid(text string) bool {
	return digits(text, 9) && text[:2] != "00" && text[:2] != "99" && strings.Trim(text, text[:1]) != ""
}

// IKValid says whether a text can be an Institutionskennzeichen: nine digits,
// the last of which is a check digit over the third to the eighth (each second
// one doubled and its digits summed, modulo 10).
// Spec: Gemeinsames Rundschreiben der ARGE IK, § 293 SGB V
func IKValid(text string) bool {
	if !digits(text, 9) || text[0] == '0' {
		return false
	}
	sum := 0
	for i := 2; i < 8; i++ {
		d := int(text[i] - '0')
		if i%2 == 0 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == int(text[8]-'0')
}

// PostalCodeValid says whether a text can be a German Postleitzahl.
func PostalCodeValid(text string) bool {
	return digits(text, 5) && text >= "01000"
}

// EmailValid says whether a text looks like an address for electronic mail.
func EmailValid(text string) bool {
	local, domain, found := strings.Cut(text, "@")
	return found && local != "" && strings.Contains(strings.Trim(domain, "."), ".") && !strings.ContainsAny(text, " ,;<>\"") &&
		!strings.Contains(domain, "@") && wordsValid(text, maxName)
}

// PhoneValid says whether a text looks like a telephone number: at least five
// digits, and nothing but digits, blanks and + - / ( ).
func PhoneValid(text string) bool {
	if !wordsValid(text, maxPhone) || strings.Trim(text, "0123456789 +-/()") != "" {
		return false
	}
	n := 0
	for _, r := range text {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n >= 5
}

func digits(text string, n int) bool {
	return len(text) == n && strings.Trim(text, "0123456789") == ""
}
