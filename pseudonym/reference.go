// SPDX-License-Identifier: EUPL-1.2

package pseudonym

import (
	"encoding/hex"
	"errors"
)

// referenceText is the length of every reference: 32 bytes in lower-case hex.
const referenceText = 64

var errReference = errors.New("reference is not 64 lower-case hexadecimal digits")

// PatientRef stands for a Patient_ID of one reporter: keyed by the trust
// centre from Melder_ID and Patient_ID, the same for every report on the same
// patient by the same reporter. It may stand in logs and audit entries.
type PatientRef string

// TumourRef stands for a Tumor_ID of one patient of one reporter.
type TumourRef string

// ReportRef stands for a Meldung_ID of one reporter, whatever its version.
type ReportRef string

// ReporterRef stands for a Melder_ID.
type ReporterRef string

// EventRef stands for the identifier of one event inside a report (operation,
// radiotherapy, systemic therapy, course …).
type EventRef string

// Ref is any of the references.
type Ref interface {
	PatientRef | TumourRef | ReportRef | ReporterRef | EventRef
}

// Reference is any of the references as a value that says what it refers to.
type Reference interface {
	// Reference is the kind and the digits, e.g. "report:5f…". References of
	// two kinds are never equal.
	Reference() string
	// Valid says whether the digits are well formed.
	Valid() bool
}

// NewRef makes a reference of the 32 bytes the trust centre computed.
func NewRef[R Ref](mac [32]byte) R { return R(hex.EncodeToString(mac[:])) }

// ParseRef reads a reference: 64 lower-case hexadecimal digits.
func ParseRef[R Ref](text string) (R, error) {
	if !referenceValid(text) {
		return "", errReference
	}
	return R(text), nil
}

// Reference is "patient:" and the digits.
func (r PatientRef) Reference() string { return "patient:" + string(r) }

// Reference is "tumour:" and the digits.
func (r TumourRef) Reference() string { return "tumour:" + string(r) }

// Reference is "report:" and the digits.
func (r ReportRef) Reference() string { return "report:" + string(r) }

// Reference is "reporter:" and the digits.
func (r ReporterRef) Reference() string { return "reporter:" + string(r) }

// Reference is "event:" and the digits.
func (r EventRef) Reference() string { return "event:" + string(r) }

// Valid says whether the reference is well formed.
func (r PatientRef) Valid() bool { return referenceValid(string(r)) }

// Valid says whether the reference is well formed.
func (r TumourRef) Valid() bool { return referenceValid(string(r)) }

// Valid says whether the reference is well formed.
func (r ReportRef) Valid() bool { return referenceValid(string(r)) }

// Valid says whether the reference is well formed.
func (r ReporterRef) Valid() bool { return referenceValid(string(r)) }

// Valid says whether the reference is well formed.
func (r EventRef) Valid() bool { return referenceValid(string(r)) }

// UnmarshalText reads a reference and refuses a malformed one.
func (r *PatientRef) UnmarshalText(text []byte) error { return readRef(r, text) }

// UnmarshalText reads a reference and refuses a malformed one.
func (r *TumourRef) UnmarshalText(text []byte) error { return readRef(r, text) }

// UnmarshalText reads a reference and refuses a malformed one.
func (r *ReportRef) UnmarshalText(text []byte) error { return readRef(r, text) }

// UnmarshalText reads a reference and refuses a malformed one.
func (r *ReporterRef) UnmarshalText(text []byte) error { return readRef(r, text) }

// UnmarshalText reads a reference and refuses a malformed one.
func (r *EventRef) UnmarshalText(text []byte) error { return readRef(r, text) }

// readRef leaves an absent reference absent: whether one is needed is the
// reader's rule, not this package's.
func readRef[R Ref](into *R, text []byte) error {
	if len(text) == 0 {
		*into = ""
		return nil
	}
	read, err := ParseRef[R](string(text))
	if err != nil {
		return err
	}
	*into = read
	return nil
}

func referenceValid(text string) bool {
	if len(text) != referenceText {
		return false
	}
	for i := range len(text) {
		if c := text[i]; (c < '0' || c > '9') && (c < 'a' || c > 'f') {
			return false
		}
	}
	return true
}
