// SPDX-License-Identifier: EUPL-1.2

package account

import (
	"crypto/rand"
	"fmt"
	"slices"
	"strings"
)

// ID is the opaque key of a Zugang (account). It says nothing about the person.
type ID string

// NewID makes an opaque key of 128 bits.
func NewID() ID { return ID(rand.Text()) }

// State says what a Zugang (account) can do.
type State string

// The states of an account.
const (
	StatePending State = "pending" // made, not yet handed over: cannot sign in
	StateActive  State = "active"
	StateClosed  State = "closed" // for good; the row stays for the log
)

// House is one of the three houses with accounts of its own.
type House string

// The three houses.
const (
	Portal      House = "portal"
	TrustCentre House = "trustcentre"
	Registry    House = "registry"
)

// Role is a Rolle: what somebody may do in a house. An unknown role is refused.
type Role string

// The roles, by house.
const (
	// Portal: people of a reporting unit (Meldende).
	RoleReporter Role = "reporter" // types reports, answers queries, reads the history
	RoleUploader Role = "uploader" // sends packages

	// Trust centre (Vertrauensstelle).
	RoleAdviser   Role = "adviser"    // Meldeberatung: accounts, resets, releases of locks, onboarding
	RoleInspector Role = "inspector"  // Dokumentation: checks, queries, Doku-Check
	RoleDiscloser Role = "discloser"  // asks for an identity and looks at a granted one
	RoleApprover  Role = "approver"   // Fachministerium: approves disclosures
	RoleKeyHolder Role = "key-holder" // Schlüsselverwahrer: lends a share of a private key
	RoleBilling   Role = "billing"    // Abrechnungsstelle
	RoleHead      Role = "head"       // Leitung: figures, assignment of roles, second pair of eyes
	RoleNewcomer  Role = "newcomer"   // new, without rights: signs in and sets up a passkey first; also in the registry

	// Registry (Registerstelle, Registerbereich).
	RoleRegistrar    Role = "registrar"    // Dokumentar: linkage, best-of
	RoleStatistician Role = "statistician" // Auswertung: figures and exports

	// Any house.
	RoleAuditor  Role = "auditor"  // Revision, Datenschutz: reads the log
	RoleOperator Role = "operator" // Betrieb: state of the machine, no data
)

type roleInfo struct {
	title  string
	houses []House
}

var roles = map[Role]roleInfo{
	RoleReporter:     {"Dokumentation", []House{Portal}},
	RoleUploader:     {"Paketversand", []House{Portal}},
	RoleAdviser:      {"Meldeberatung", []House{TrustCentre}},
	RoleInspector:    {"Dokumentation", []House{TrustCentre}},
	RoleDiscloser:    {"Einsicht", []House{TrustCentre}},
	RoleApprover:     {"Genehmigung", []House{TrustCentre}},
	RoleKeyHolder:    {"Schlüsselverwahrung", []House{TrustCentre}},
	RoleBilling:      {"Abrechnung", []House{TrustCentre}},
	RoleHead:         {"Leitung", []House{TrustCentre, Registry}},
	RoleNewcomer:     {"Neu, noch ohne Rechte", []House{TrustCentre, Registry}},
	RoleRegistrar:    {"Registerdokumentation", []House{Registry}},
	RoleStatistician: {"Auswertung", []House{Registry}},
	RoleAuditor:      {"Revision", []House{Portal, TrustCentre, Registry}},
	RoleOperator:     {"Betrieb", []House{Portal, TrustCentre, Registry}},
}

// Title is the German name of the role, for the bar at the top of each page.
func (r Role) Title() string { return roles[r].title }

// In says whether the role exists in that house.
func (r Role) In(h House) bool { return slices.Contains(roles[r].houses, h) }

// RolesOf lists the roles of a house, sorted.
func RolesOf(h House) []Role {
	var list []Role
	for r := range roles {
		if r.In(h) {
			list = append(list, r)
		}
	}
	slices.Sort(list)
	return list
}

// Roles are what one account may do, sorted, each once.
type Roles []Role

// NewRoles sorts the roles and refuses none, a double one and one that does
// not exist in the house.
func NewRoles(h House, list ...Role) (Roles, error) {
	if len(list) == 0 {
		return nil, fmt.Errorf("an account needs a role")
	}
	sorted := slices.Clone(list)
	slices.Sort(sorted)
	for i, r := range sorted {
		if !r.In(h) {
			return nil, fmt.Errorf("role %q does not exist in the house %q", r, h)
		}
		if i > 0 && sorted[i-1] == r {
			return nil, fmt.Errorf("role %q is named twice", r)
		}
	}
	return sorted, nil
}

// ParseRoles reads what String wrote.
func ParseRoles(text string) (Roles, error) {
	var list Roles
	for name := range strings.FieldsSeq(text) {
		if _, known := roles[Role(name)]; !known {
			return nil, fmt.Errorf("unknown role in the database")
		}
		list = append(list, Role(name))
	}
	return list, nil
}

// String is the stored form: names with a blank between them.
func (r Roles) String() string {
	names := make([]string, len(r))
	for i, role := range r {
		names[i] = string(role)
	}
	return strings.Join(names, " ")
}

// Has says whether one of the wanted roles is among them.
func (r Roles) Has(wanted ...Role) bool {
	return slices.ContainsFunc(wanted, func(w Role) bool { return slices.Contains(r, w) })
}

// NeedsPasskey says whether the role opens identities, keys or their release,
// so that a code that can be phished does not suffice for it: whoever has it
// signs in with a passkey alone (ASVS V6.3.3, security row A14).
func NeedsPasskey(r Role) bool {
	return r == RoleDiscloser || r == RoleApprover || r == RoleKeyHolder
}

// NeedPasskey says whether one of the roles needs a passkey.
func (r Roles) NeedPasskey() bool { return slices.ContainsFunc(r, NeedsPasskey) }

// WithoutPasskey are the roles that are left when the passkeys are gone:
// those that need none, or that of a newcomer.
func (r Roles) WithoutPasskey() Roles {
	left := slices.DeleteFunc(slices.Clone(r), NeedsPasskey)
	if len(left) == 0 {
		return Roles{RoleNewcomer}
	}
	return left
}

// Recognition is how the trust centre made sure who asks, before it releases a
// lock or resets a factor (H5, H10). It stands in the log as the purpose.
type Recognition string

// The ways of recognition.
const (
	RecognisedByCallBack Recognition = "recognised.call-back" // Rückruf über die bekannte Nummer
	RecognisedByLetter   Recognition = "recognised.letter"    // Schreiben der Einrichtung
	RecognisedInPerson   Recognition = "recognised.in-person"
)

// Known says whether the way is one of the list; others are refused.
func (r Recognition) Known() bool {
	return r == RecognisedByCallBack || r == RecognisedByLetter || r == RecognisedInPerson
}
