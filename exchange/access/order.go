// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"context"
	"time"

	"meldewerk/account"
)

// OrderNumber is the Auftragsnummer of a trust centre for one portal: 1, 2, 3 …
// without a gap. The portal carries orders out in this order, each once.
type OrderNumber int64

// Act is what an order asks for.
type Act string

// The acts.
const (
	PutUnit        Act = "put-unit"        // Unit: a new Meldestelle, or all facts of a known one
	CreateAccount  Act = "create-account"  // Account, Person: a Zugang that waits for its letter
	IssuePassword  Act = "issue-password"  // Account, Password: the letter is printed; an earlier password is dead
	ChangeAccount  Act = "change-account"  // Account, Person: name, units and roles anew
	ReleaseLock    Act = "release-lock"    // Account, Lock, Recognised
	ResetFactor    Act = "reset-factor"    // Account, Recognised: second factor and passkeys are dead, sessions end
	EndSessions    Act = "end-sessions"    // Account
	CloseAccount   Act = "close-account"   // Account
	RegisterKey    Act = "register-key"    // Key: an installation key
	RevokeKey      Act = "revoke-key"      // Key.ID
	SetApplication Act = "set-application" // Application: how far it is
)

// Order is one Auftrag of the trust centre to the portal.
type Order struct {
	Number      OrderNumber         `json:"number"`
	Act         Act                 `json:"act"`
	At          time.Time           `json:"at"`
	Account     account.ID          `json:"account,omitempty"`
	Unit        *Unit               `json:"unit,omitempty"`
	Person      *Person             `json:"person,omitempty"`
	Password    *Password           `json:"password,omitempty"`
	Lock        int64               `json:"lock,omitempty"` // the very lock that is released
	Recognised  account.Recognition `json:"recognised,omitempty"`
	Key         *Key                `json:"key,omitempty"`
	Application *ApplicationState   `json:"application,omitempty"`
}

// Unit is what the portal must know of a Meldestelle.
type Unit struct {
	ID          account.UnitID `json:"id"`
	Name        string         `json:"name"`
	ReporterIDs []string       `json:"reporter_ids,omitempty"`
	AnyReporter bool           `json:"any_reporter,omitempty"`
	Released    bool           `json:"released,omitempty"`
	Closed      bool           `json:"closed,omitempty"` // nobody acts for it any more
}

// Person is what the portal must know of the holder of a Zugang.
type Person struct {
	Username string           `json:"username"`
	Holder   string           `json:"holder"` // the name in the bar
	Units    []account.UnitID `json:"units"`  // at least one; the first is shown after the sign-in
	Roles    []account.Role   `json:"roles"`
}

// Password is the Passwort of a letter, as its hash.
type Password struct {
	Hash       string    `json:"hash"` // PHC string of argon2id
	MustChange bool      `json:"must_change,omitempty"`
	Expires    time.Time `json:"expires"` // when the letter is not used
}

// Key is an Installationsschlüssel: an upload client's way in, bound to a unit
// and a software.
type Key struct {
	ID       string         `json:"id"`
	Unit     account.UnitID `json:"unit,omitempty"`
	Software string         `json:"software,omitempty"` // Software_ID of its packages; others are refused
	Label    string         `json:"label,omitempty"`
	Public   []byte         `json:"public,omitempty"` // Ed25519, 32 bytes
}

// Outcome says what became of an order.
type Outcome string

// The outcomes. Every one but Done is for the staff of the trust centre.
const (
	Done         Outcome = "done"
	UsernameGone Outcome = "username-taken" // another account has this user name
	OtherLock    Outcome = "other-lock"     // the lock that was named does not exist any more
	NotFound     Outcome = "not-found"      // no such account, unit or key
	Unfit        Outcome = "unfit"          // the portal cannot carry it out; its log says why
)

// Answer is the portal's answer to one order.
type Answer struct {
	Number  OrderNumber `json:"number"`
	Outcome Outcome     `json:"outcome"`
}

// Standing is how an account stands at the portal, for the pages of the trust
// centre.
type Standing struct {
	Account     account.ID `json:"account"`
	Change      int64      `json:"change"` // grows with every change of the account; named when it is taken
	FirstSignIn time.Time  `json:"first_sign_in,omitzero"`
	LastSignIn  time.Time  `json:"last_sign_in,omitzero"`
	Enrolled    bool       `json:"enrolled"`
	Passkeys    int        `json:"passkeys"`
	CodesUsed   int        `json:"codes_used"` // wrong one-time passwords since the last sign-in
	Lock        int64      `json:"lock"`       // number of the latest lock by wrong codes; 0: never
	Locked      bool       `json:"locked"`     // and it holds
	LockedAt    time.Time  `json:"locked_at,omitzero"`
	Expired     bool       `json:"expired"` // the letter was not used in time
	Closed      bool       `json:"closed"`
}

// Taken names a Standing that the trust centre has stored.
type Taken struct {
	Account account.ID `json:"account"`
	Change  int64      `json:"change"`
}

// Application is an Antrag auf Zugang, sealed to the trust centre.
type Application struct {
	ID         string    `json:"id"`     // opaque handle of the status page
	Number     string    `json:"number"` // as it stands on the form to sign
	ReceivedAt time.Time `json:"received_at"`
	Sealed     []byte    `json:"sealed"` // age; an ApplicationForm as JSON
}

// ApplicationForm is what an applicant states: facts of an institution and the
// people who are to sign in, nothing of patients.
type ApplicationForm struct {
	Facility   string      `json:"facility"`
	Kind       string      `json:"kind"`   // of the institution: hospital, pathology, practice … (see FacilityKinds)
	Street     string      `json:"street"` // with house number
	PostalCode string      `json:"postal_code"`
	Place      string      `json:"place"`
	BSNR       string      `json:"bsnr,omitempty"` // 9 digits
	IK         string      `json:"ik,omitempty"`   // 9 digits
	System     string      `json:"system"`         // documentation system (see SystemKinds)
	Software   string      `json:"software,omitempty"`
	Channel    string      `json:"channel"`   // form, package or both
	Occasions  []string    `json:"occasions"` // Meldeanlässe it will report
	Physician  string      `json:"physician"` // who answers for the unit: owner of the practice or head of the department
	People     []Applicant `json:"people"`
	Remark     string      `json:"remark,omitempty"`
}

// Applicant is a person who is to get a Zugang.
type Applicant struct {
	Name     string         `json:"name"`
	Function string         `json:"function"`
	Email    string         `json:"email,omitempty"`
	Phone    string         `json:"phone"` // for the call-back by which the person is recognised later
	Roles    []account.Role `json:"roles"`
}

// Stage is how far an application is, as its status page tells.
type Stage string

// The stages.
const (
	Received Stage = "received" // eingegangen; the signed form is awaited
	Checking Stage = "checking" // in Prüfung
	Granted  Stage = "granted"  // bewilligt; the letters are on their way
	Declined Stage = "declined" // abgelehnt
)

// ApplicationState is told to the status page.
type ApplicationState struct {
	ID     string `json:"id"`
	Stage  Stage  `json:"stage"`
	Reason string `json:"reason,omitempty"` // for Declined, in words for the applicant; nothing personal
}

// Door is what the portal answers. A portal may serve several trust centres:
// the transport knows which one is calling, and a Door is for that one only.
type Door interface {
	// PutOrders gives orders in ascending numbers. The portal carries out those
	// that are next, answers each, and answers one it has carried out before
	// as it did then. An order behind a gap is not carried out and not answered.
	PutOrders(ctx context.Context, orders []Order) ([]Answer, error)
	// NextStandings gives accounts of this trust centre that have changed since
	// they were taken, at most limit. Asking again gives the same again.
	NextStandings(ctx context.Context, limit int) ([]Standing, error)
	// TakeStandings says that these are stored. An account that has changed
	// again meanwhile is given out again.
	TakeStandings(ctx context.Context, taken []Taken) error
	// NextApplications gives applications that have not been taken, oldest first.
	NextApplications(ctx context.Context, limit int) ([]Application, error)
	// TakeApplications says that these are stored durably; the portal deletes
	// their sealed content and keeps the state.
	TakeApplications(ctx context.Context, ids []string) error
}
