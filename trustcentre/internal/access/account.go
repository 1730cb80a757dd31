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

// Staff is who acts: an account of the trust centre's own people.
type Staff struct {
	ID   account.ID
	Name string // as the bar shows it
}

// PersonID is the opaque key of a person in the register.
type PersonID string

// Person is the Inhaberin or Inhaber of a Zugang. All of it lies sealed at rest.
type Person struct {
	Name     string `json:"name"`
	Function string `json:"function"`
	Phone    string `json:"phone"` // for the call-back
	Email    string `json:"email"`
	// Staff is the account of the same person among the staff of the trust
	// centre, if there is one: nobody acts on his own account.
	Staff account.ID `json:"staff,omitempty"`
}

// IsSame says whether the person acts on the own account. People of the same name count
// as the same: a colleague can always do it.
func (p Person) IsSame(s Staff) bool {
	return p.Staff != "" && p.Staff == s.ID || sameName(p.Name, s.Name)
}

// State is how far the register is with an account.
type State string

// The states of an account in the register.
const (
	Ordered State = "ordered" // the portal has not confirmed it yet
	Known   State = "known"   // am Portal angekommen
	Refused State = "refused" // the portal could not make it, mostly because the user name is taken there
	Closed  State = "closed"
)

// Account is a Zugang to the portal as the trust centre sees it.
type Account struct {
	ID        account.ID
	Username  account.Username
	Person    Person
	Units     []account.UnitID // the first is shown after the sign-in
	Roles     account.Roles
	State     State
	MadeAt    time.Time
	Standing  orders.Standing // as the portal has told it last
	HeardAt   time.Time       // when; zero: never
	Letters   []Letter        // newest first
	Waiting   []orders.Act    // ordered and not answered
	Trouble   *Entry          // the newest order of this account that the portal could not carry out, unless a later one of its kind was done
	UnitNames []string        // of Units, for the pages
	Reporters []string        // Melder-IDs of Units
}

// LetterState is how far a letter is.
type LetterState string

// The states of a letter (H1).
const (
	LetterOrdered  LetterState = "ordered"    // bestellt
	LetterPrinted  LetterState = "printed"    // gedruckt
	LetterSent     LetterState = "sent"       // versandt
	LetterUsed     LetterState = "used"       // erste Anmeldung
	LetterExpired  LetterState = "expired"    // nobody signed in in time
	LetterReplaced LetterState = "superseded" // a newer one was printed, its password is dead
)

// LetterKind is what a letter brings.
type LetterKind string

// The kinds of letters.
const (
	WithPassword LetterKind = "password" // user name and password
	FactorGone   LetterKind = "reset"    // tells the holder that the second factor was reset
)

// Letter is a Schreiben to the holder of a Zugang. Its text is not kept.
type Letter struct {
	ID        string
	Kind      LetterKind
	State     LetterState
	OrderedAt time.Time
	PrintedAt time.Time
	SentAt    time.Time
	UsedAt    time.Time
	ExpiresAt time.Time
}

// Letter gives the letter that counts now, or nil.
func (a *Account) Letter(kind LetterKind) *Letter {
	for i := range a.Letters {
		if l := &a.Letters[i]; l.Kind == kind && l.State != LetterReplaced {
			return l
		}
	}
	return nil
}

// IsWaiting says whether an order of that act is on its way.
func (a *Account) IsWaiting(act orders.Act) bool { return slices.Contains(a.Waiting, act) }

// Matches says whether the words that somebody has typed stand for this
// account: user name, name, Melder-ID or institution.
func (a *Account) Matches(typed string) bool {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return false
	}
	if strings.HasPrefix(string(a.Username), strings.ToLower(typed)) || slices.ContainsFunc(a.Reporters, func(id string) bool { return strings.EqualFold(id, typed) }) {
		return true
	}
	return containsWords(Fold(a.Person.Name+" "+strings.Join(a.UnitNames, " ")), typed)
}

// order gives what the portal must know of the holder.
func (a *Account) order() *orders.Person {
	return &orders.Person{Username: string(a.Username), Holder: a.Person.Name, Units: a.Units, Roles: a.Roles}
}

// Order is the order that makes or changes the account.
func (a *Account) Order(act orders.Act) orders.Order {
	return orders.Order{Act: act, Account: a.ID, Person: a.order()}
}

// The refusals about accounts.
var (
	ErrNoAccount  = fault.New(fault.NotFound, "access.unknown", "Diesen Zugang gibt es nicht. Suchen Sie ihn in der Liste der Konten.")
	ErrNoUnit     = fault.New(fault.NotFound, "access.unit_unknown", "Diese Einrichtung gibt es nicht. Suchen Sie sie in der Liste der Einrichtungen.")
	ErrOwn        = fault.New(fault.Forbidden, "access.own", "Dieser Zugang gehört Ihnen oder trägt Ihren Namen. Eine Kollegin oder ein Kollege muss das übernehmen.")
	ErrClosed     = fault.New(fault.Conflict, "access.account_closed", "Dieser Zugang ist geschlossen. Legen Sie einen neuen an, wenn die Person wieder meldet.")
	ErrNotThere   = fault.New(fault.Conflict, "access.not_there", "Der Zugang ist noch nicht am Portal angekommen. Versuchen Sie es in einer Minute noch einmal.")
	ErrTaken      = fault.New(fault.Conflict, "access.username_taken", "Diesen Benutzernamen gibt es schon. Wählen Sie einen anderen.")
	ErrOtherLock  = fault.New(fault.Conflict, "access.other_lock", "Diese Sperre besteht nicht mehr. Laden Sie die Seite des Zugangs neu und prüfen Sie, ob es eine neuere gibt.")
	ErrRecognised = fault.New(fault.Invalid, "access.recognition", "Es fehlt, wie Sie die Person erkannt haben. Wählen Sie Rückruf, Schreiben oder persönlich.")
	ErrName       = fault.New(fault.Invalid, "access.name", "Der Name fehlt oder ist länger als 200 Zeichen. Geben Sie Vor- und Nachnamen an.")
	ErrUnits      = fault.New(fault.Invalid, "access.units", "Der Zugang gehört zu keiner Einrichtung. Wählen Sie mindestens eine.")
	ErrRoles      = fault.New(fault.Invalid, "access.roles", "Der Zugang hat keine Rolle. Wählen Sie mindestens eine.")
	ErrLetterGone = fault.New(fault.Conflict, "access.letter_gone", "Dieses Schreiben ist nicht mehr das neueste. Laden Sie die Seite des Zugangs neu.")
	ErrNameGone   = fault.New(fault.Conflict, "access.username_refused", "Den Benutzernamen gibt es am Portal schon, der Zugang trägt dort noch den alten. Wählen Sie unter „Angaben ändern“ einen anderen und drucken Sie dann das Schreiben.")
	ErrNoAddress  = fault.New(fault.Conflict, "access.no_address", "Die Anschrift der Einrichtung fehlt. Tragen Sie sie bei der Einrichtung ein und drucken Sie dann das Schreiben.")
)

// portalRoles are those that the trust centre gives to reporters.
var portalRoles = []account.Role{account.RoleReporter, account.RoleUploader}

// PortalRoles are the roles that reporters can have.
func PortalRoles() []account.Role { return slices.Clone(portalRoles) }

// Check refuses an account that the portal would not take.
func (a *Account) Check() error {
	if name := strings.TrimSpace(a.Person.Name); name == "" || len([]rune(name)) > 200 {
		return ErrName
	}
	if _, err := account.NewUsername(string(a.Username)); err != nil {
		return err
	}
	if len(a.Units) == 0 {
		return ErrUnits
	}
	if len(a.Roles) == 0 || slices.ContainsFunc(a.Roles, func(r account.Role) bool { return !slices.Contains(portalRoles, r) }) {
		return ErrRoles
	}
	return nil
}
