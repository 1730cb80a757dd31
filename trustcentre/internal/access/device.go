// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"strings"
	"time"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
	"meldewerk/fault"
)

// Device is a Leihgerät: a telephone or hardware token that the trust centre
// lends for the second factor (H11). The one-time secret on it is the
// borrower's and nothing of it is kept here.
type Device struct {
	ID    string
	Label string // inventory number
	Kind  DeviceKind
	Gone  bool   // lost or thrown away
	Loans []Loan // newest first
}

// DeviceKind is the Art of a device.
type DeviceKind string

// The kinds.
const (
	Telephone DeviceKind = "phone"
	Token     DeviceKind = "token"
)

// Words names the kind.
func (k DeviceKind) Words() string {
	if k == Token {
		return "Hardware-Token"
	}
	return "Smartphone"
}

// Loan is an Ausleihe: who lent a device to whom, and when.
type Loan struct {
	ID         string
	Borrower   string // name; sealed at rest
	Unit       account.UnitID
	UnitName   string
	Lender     string // name of the staff member; sealed at rest
	LentAt     time.Time
	DueAt      time.Time
	ReturnedAt time.Time
}

// Loan gives the loan that runs, or nil.
func (d *Device) Loan() *Loan {
	if len(d.Loans) > 0 && d.Loans[0].ReturnedAt.IsZero() {
		return &d.Loans[0]
	}
	return nil
}

// The refusals about devices.
var (
	ErrNoDevice = fault.New(fault.NotFound, "access.device_unknown", "Dieses Leihgerät gibt es nicht. Suchen Sie es in der Liste der Leihgeräte.")
	ErrLent     = fault.New(fault.Conflict, "access.device_lent", "Dieses Gerät ist ausgeliehen. Nehmen Sie es zuerst zurück.")
	ErrNotLent  = fault.New(fault.Conflict, "access.device_not_lent", "Dieses Gerät ist nicht ausgeliehen. Laden Sie die Seite neu.")
	ErrLabel    = fault.New(fault.Invalid, "access.device_label", "Die Inventarnummer fehlt, ist länger als 60 Zeichen oder schon vergeben. Geben Sie eine andere an.")
	ErrBorrower = fault.New(fault.Invalid, "access.borrower", "Der Name der Person, die das Gerät erhält, fehlt oder ist länger als 200 Zeichen. Geben Sie ihn an.")
	ErrDue      = fault.New(fault.Invalid, "access.due", "Der Tag der Rückgabe liegt nicht in der Zukunft. Geben Sie einen späteren Tag an.")
)

// Key is an Installationsschlüssel: the way in of an upload program, bound to
// a unit and a software. Only its public half is known here.
type Key struct {
	ID       string
	Unit     account.UnitID
	UnitName string
	Software string // Software_ID of its packages
	Label    string
	Public   []byte
	State    KeyState
	MadeAt   time.Time
	EndedAt  time.Time
}

// KeyState is how far an installation key is.
type KeyState string

// The states of an installation key.
const (
	KeyOrdered  KeyState = "ordered"
	KeyActive   KeyState = "active"
	KeyRefused  KeyState = "refused" // the portal does not take it, mostly because it is entered already
	KeyRevoking KeyState = "revoking"
	KeyRevoked  KeyState = "revoked"
)

// Order is the order that enters the key.
func (k *Key) Order() orders.Order {
	return orders.Order{Act: orders.RegisterKey, Key: &orders.Key{ID: k.ID, Unit: k.Unit, Software: k.Software, Label: k.Label, Public: k.Public}}
}

// The refusals about installation keys.
var (
	ErrNoKey     = fault.New(fault.NotFound, "access.key_unknown", "Diesen Installationsschlüssel gibt es nicht. Suchen Sie ihn in der Liste der Schlüssel.")
	ErrPublicKey = fault.New(fault.Invalid, "access.public_key", "Die Zeile ist kein öffentlicher Schlüssel. Sie beginnt mit „mwk1“ und kommt von dem Befehl „meldewerk upload key“; lassen Sie sie sich noch einmal senden.")
	ErrKeyTwice  = fault.New(fault.Conflict, "access.key_twice", "Dieser Schlüssel ist schon eingetragen. Jede Installation braucht einen eigenen.")
	ErrSoftware  = fault.New(fault.Invalid, "access.software", "Die Software-ID fehlt oder ist länger als 100 Zeichen. Sie steht in den Meldungspaketen als Software_ID.")
	ErrKeyLabel  = fault.New(fault.Invalid, "access.key_label", "Die Bezeichnung fehlt oder ist länger als 100 Zeichen. Geben Sie an, wo die Installation steht.")
	ErrKeyEnded  = fault.New(fault.Conflict, "access.key_ended", "Dieser Schlüssel ist schon gesperrt.")
)

// fits says whether a text of one line has something in it and is not too long.
func fits(text string, most int) bool {
	text = strings.TrimSpace(text)
	return text != "" && len([]rune(text)) <= most
}
