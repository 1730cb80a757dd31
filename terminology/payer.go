// SPDX-License-Identifier: EUPL-1.2

package terminology

import "strings"

// Payer is the Art des Kostenträgers behind an Institutionskennzeichen.
type Payer uint8

// The kinds of payer.
const (
	UnknownPayer    Payer = iota
	StatutoryPayer        // gesetzliche Krankenkasse: class 10
	PrivatePayer          // private Krankenversicherung: class 16, or 950 of the oBDS
	SubstitutePayer       // Ersatzkode of the oBDS for who has no insurer: 970 to 973
)

// PayerOf tells the kind of payer from the nine digits of an
// Institutionskennzeichen or Ersatzkode. Spec: § 293 SGB V; oBDS 3.0.4
// Versichertendaten_Sonstige_Typ
func PayerOf(number string) Payer {
	switch {
	case len(number) != 9 || strings.Trim(number, "0123456789") != "":
		return UnknownPayer
	case strings.HasPrefix(number, "10"):
		return StatutoryPayer
	case strings.HasPrefix(number, "16"), strings.HasPrefix(number, "950"):
		return PrivatePayer
	case strings.HasPrefix(number, "970"), strings.HasPrefix(number, "971"), strings.HasPrefix(number, "972"), strings.HasPrefix(number, "973"):
		return SubstitutePayer
	}
	return UnknownPayer
}
