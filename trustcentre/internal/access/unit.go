// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"slices"
	"strings"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
	"meldewerk/fault"
)

// Unit is a Meldestelle with all the trust centre knows of it. What the
// sign-in and the verdict need stands in account.Unit.
type Unit struct {
	account.Unit
	Detail   Detail
	Accounts int // that are not closed
}

// Detail are the Stammdaten of a Meldestelle. They lie sealed at rest: in a
// single practice they are those of a person.
type Detail struct {
	Kind       string `json:"kind"`   // one of orders.FacilityKinds; empty: not entered yet
	System     string `json:"system"` // one of orders.SystemKinds
	Software   string `json:"software"`
	Sender     bool   `json:"sender"` // Einsender: sends for other units, e.g. a Tumorzentrum
	BSNR       string `json:"bsnr"`
	IK         string `json:"ik"`
	Street     string `json:"street"`
	PostalCode string `json:"postal_code"`
	Place      string `json:"place"`
	Phone      string `json:"phone"` // for the call-back by which people are recognised
	Physician  string `json:"physician"`
	Remark     string `json:"remark"`
}

// Complete says whether a letter can be sent there.
func (d Detail) Complete() bool { return d.Street != "" && d.PostalCode != "" && d.Place != "" }

// The refusals about units.
var (
	ErrUnitName    = fault.New(fault.Invalid, "access.unit_name", "Der Name der Einrichtung fehlt oder ist länger als 200 Zeichen. Geben Sie ihn so an, wie er im Schreiben stehen soll.")
	ErrUnitClosed  = fault.New(fault.Conflict, "access.unit_closed", "Diese Einrichtung ist geschlossen. Öffnen Sie sie unter „Angaben ändern“ wieder, bevor Sie etwas für sie tun.")
	ErrUnitStays   = fault.New(fault.Conflict, "access.unit_has_accounts", "Für diese Einrichtung gibt es noch offene Zugänge. Schließen oder ändern Sie diese zuerst.")
	ErrNoReporter  = fault.New(fault.Conflict, "access.no_reporter", "Für diese Einrichtung ist keine Melder-ID eingetragen. Tragen Sie zuerst eine ein; ohne sie weist die Vertrauensstelle jede Meldung ab.")
	ErrReporterBad = fault.New(fault.Invalid, "access.reporter_id", "Eine Melder-ID ist länger als 50 Zeichen. Geben Sie je Zeile eine Melder-ID an.")
)

// Check refuses facts that the portal would not take.
func (u *Unit) Check() error {
	name := strings.TrimSpace(u.Name)
	if name == "" || len([]rune(name)) > 200 {
		return ErrUnitName
	}
	for _, id := range u.ReporterIDs {
		if id == "" || len([]rune(id)) > 50 {
			return ErrReporterBad
		}
	}
	return nil
}

// Order is what the portal must know of it.
func (u *Unit) Order() *orders.Unit {
	ids := slices.Clone(u.ReporterIDs)
	slices.Sort(ids)
	return &orders.Unit{ID: u.ID, Name: u.Name, ReporterIDs: slices.Compact(ids), AnyReporter: u.AnyReporter,
		Released: u.Released && !u.Closed, Closed: u.Closed}
}

// Matches says whether the words that somebody has typed stand for this unit:
// a number exactly, or parts of its name.
func (u *Unit) Matches(typed string) bool {
	number := strings.ReplaceAll(typed, " ", "")
	if number == u.Detail.BSNR || number == u.Detail.IK || slices.ContainsFunc(u.ReporterIDs, func(id string) bool { return strings.EqualFold(id, typed) }) {
		return number != ""
	}
	return containsWords(Fold(u.Name+" "+u.Detail.Place+" "+u.Detail.Physician), typed)
}

// Recipient are the lines of an address for the window of a letter. The remark
// stands on top, so that the letter is opened by the person alone.
func (u *Unit) Recipient(person string) []string {
	lines := []string{"Persönlich/Vertraulich", u.Name}
	if Fold(person) != Fold(u.Name) {
		lines = append(lines, person)
	}
	return append(lines, u.Detail.Street, strings.TrimSpace(u.Detail.PostalCode+" "+u.Detail.Place))
}
