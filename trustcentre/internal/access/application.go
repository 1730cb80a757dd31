// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"slices"
	"strings"
	"time"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
	"meldewerk/fault"
)

// Application is an Antrag auf Zugang. Form is nil when the portal gave
// something that cannot be opened or breaks the contract.
type Application struct {
	ID         string // opaque handle of the status page at the portal
	Number     string // as it stands on the form to sign
	ReceivedAt time.Time
	Stage      orders.Stage
	Reason     string // of a refusal, as the applicant reads it
	DecidedAt  time.Time
	Unit       account.UnitID // made or chosen when it was granted
	Form       *orders.ApplicationForm
}

// IsOpen says whether somebody still has to decide.
func (a *Application) IsOpen() bool { return a.Stage == orders.Received || a.Stage == orders.Checking }

// Detail gives what the form says about the institution.
func (a *Application) Detail() Detail {
	f := a.Form
	return Detail{Kind: f.Kind, System: f.System, Software: f.Software, BSNR: f.BSNR, IK: f.IK, Street: f.Street,
		PostalCode: f.PostalCode, Place: f.Place, Physician: f.Physician, Remark: f.Remark, Sender: f.Kind == orders.KindPartner}
}

// Grant is a Bewilligung: what the staff decided on an application.
type Grant struct {
	Application string
	Unit        Unit // a new one when its ID is empty
	Accounts    []Account
}

// The refusals about applications.
var (
	ErrNoApplication = fault.New(fault.NotFound, "access.application_unknown", "Diesen Antrag gibt es nicht. Suchen Sie ihn in der Liste der Anträge.")
	ErrDecided       = fault.New(fault.Conflict, "access.application_decided", "Über diesen Antrag ist schon entschieden. Laden Sie die Seite neu.")
	ErrReason        = fault.New(fault.Invalid, "access.reason", "Der Grund der Ablehnung fehlt oder ist länger als 1.000 Zeichen. Die Einrichtung liest ihn auf der Seite ihres Antrags.")
	ErrNobody        = fault.New(fault.Invalid, "access.nobody", "Es ist niemand ausgewählt. Wählen Sie mindestens eine Person, die einen Zugang erhält.")
)

// Doubts are units that look like the applicant's: the same number, or the
// same name. The staff decide whether it is one of them.
func (a *Application) Doubts(units []Unit) []Unit {
	if a.Form == nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(units), func(u Unit) bool {
		same := a.Form.BSNR != "" && a.Form.BSNR == u.Detail.BSNR || a.Form.IK != "" && a.Form.IK == u.Detail.IK || Fold(a.Form.Facility) == Fold(u.Name)
		return !same
	})
}

// reasonFits says whether a reason can stand on a public page.
func reasonFits(reason string) bool {
	reason = strings.TrimSpace(reason)
	return reason != "" && len([]rune(reason)) <= 1000
}
