// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"unicode"
	"unicode/utf8"

	"meldewerk/account"
	"meldewerk/fault"
)

// The limits of the contract.
const (
	MaxItems  = 500      // of one call: orders, standings, applications
	MaxSealed = 64 << 10 // bytes of one sealed application

	maxID          = 64
	maxName        = 200 // characters of the name of a unit or a holder
	maxReporters   = 10000
	maxReporterID  = 50 // Spec: oBDS 3.0.4 FreitextID_Typ
	maxUnits       = 100
	maxSoftware    = 100
	maxReason      = 1000
	maxNumber      = 40
	maxHash        = 300
	keyBytes       = 32 // Ed25519
	maxPasskeys    = 1000
	longestOfOrder = 16 << 10 // bytes, what one order takes on the wire without its reporters
)

var (
	// ErrClosed means that this house has no such neighbour.
	ErrClosed = fault.New(fault.Unavailable, "access.closed",
		"Zwischen Portal und Vertrauensstelle ist keine Verbindung eingerichtet. Tragen Sie die Gegenstelle in die Konfiguration ein.")
	// ErrMalformed means that a call or an answer breaks the contract. Nothing of it may be stored.
	ErrMalformed = fault.New(fault.Invalid, "access.malformed",
		"Die Nachricht zwischen Portal und Vertrauensstelle verletzt die Vereinbarung und wurde nicht angenommen. Melden Sie dies der Technik.")
	// ErrReused means that the number of an order was used before for another
	// order: one of the two houses goes on from an old backup.
	ErrReused = fault.New(fault.Conflict, "access.reused",
		"Unter dieser Auftragsnummer hat das Portal schon einen anderen Auftrag ausgeführt. Eines der Häuser arbeitet mit einem alten Datenstand; verständigen Sie die Technik.")
)

func malformed(format string, args ...any) error {
	return ErrMalformed.Because(fmt.Errorf(format, args...))
}

// redacted is what a hash prints as: it is worth guessing at.
const redacted = "[redacted]"

// String hides the hash.
func (Password) String() string { return redacted }

// GoString hides the hash.
func (Password) GoString() string { return redacted }

// LogValue hides the hash.
func (Password) LogValue() slog.Value { return slog.StringValue(redacted) }

// part is what of an Order an act may carry.
type part uint8

const (
	partAccount part = 1 << iota
	partUnit
	partPerson
	partPassword
	partLock
	partRecognised
	partKey
	partApplication
)

// partsOf tells what each act must carry, and nothing else.
var partsOf = map[Act]part{
	PutUnit:        partUnit,
	CreateAccount:  partAccount | partPerson,
	IssuePassword:  partAccount | partPassword,
	ChangeAccount:  partAccount | partPerson,
	ReleaseLock:    partAccount | partLock | partRecognised,
	ResetFactor:    partAccount | partRecognised,
	EndSessions:    partAccount,
	CloseAccount:   partAccount,
	RegisterKey:    partKey,
	RevokeKey:      partKey,
	SetApplication: partApplication,
}

func (o *Order) parts() part {
	var p part
	for bit, there := range map[part]bool{
		partAccount: o.Account != "", partUnit: o.Unit != nil, partPerson: o.Person != nil,
		partPassword: o.Password != nil, partLock: o.Lock != 0, partRecognised: o.Recognised != "",
		partKey: o.Key != nil, partApplication: o.Application != nil,
	} {
		if there {
			p |= bit
		}
	}
	return p
}

// Check says whether the order keeps the contract: it carries what its act
// needs and nothing else.
func (o *Order) Check() error {
	wanted, known := partsOf[o.Act]
	switch {
	case o.Number < 1:
		return malformed("number of an order")
	case !known:
		return malformed("order %d: act", o.Number)
	case o.At.IsZero():
		return malformed("order %d: time", o.Number)
	case o.parts() != wanted:
		return malformed("order %d: does not carry what a %s needs, or more", o.Number, o.Act)
	case o.Account != "" && !idValid(string(o.Account)):
		return malformed("order %d: account", o.Number)
	case o.Lock < 0:
		return malformed("order %d: lock", o.Number)
	case o.Recognised != "" && !o.Recognised.Known():
		return malformed("order %d: recognition", o.Number)
	}
	err := errors.Join(o.Unit.check(), o.Person.check(), o.Password.check(o), o.Key.check(o.Act), o.Application.check())
	if err != nil {
		return malformed("order %d: %w", o.Number, err)
	}
	return nil
}

func (u *Unit) check() error {
	switch {
	case u == nil:
		return nil
	case !idValid(string(u.ID)):
		return errors.New("unit id")
	case !wordsValid(u.Name, maxName) || u.Name == "":
		return errors.New("name of the unit")
	case len(u.ReporterIDs) > maxReporters:
		return errors.New("number of reporters")
	case u.Closed && u.Released:
		return errors.New("a closed unit is released")
	}
	seen := make(map[string]bool, len(u.ReporterIDs))
	for _, id := range u.ReporterIDs {
		if id == "" || !wordsValid(id, maxReporterID) || seen[id] {
			return errors.New("reporter")
		}
		seen[id] = true
	}
	return nil
}

func (p *Person) check() error {
	if p == nil {
		return nil
	}
	if name, err := account.NewUsername(p.Username); err != nil || string(name) != p.Username {
		return errors.New("user name")
	}
	if p.Holder == "" || !wordsValid(p.Holder, maxName) {
		return errors.New("holder")
	}
	if len(p.Units) == 0 || len(p.Units) > maxUnits {
		return errors.New("number of units")
	}
	for i, id := range p.Units {
		if !idValid(string(id)) || slices.Contains(p.Units[:i], id) {
			return errors.New("units")
		}
	}
	if _, err := account.NewRoles(account.Portal, p.Roles...); err != nil {
		return errors.New("roles")
	}
	return nil
}

func (p *Password) check(o *Order) error {
	if p == nil {
		return nil
	}
	if len(p.Hash) > maxHash {
		return errors.New("hash")
	}
	if _, err := account.ParseHash(p.Hash); err != nil {
		return errors.New("hash") // the cause knows no value either
	}
	if !p.Expires.After(o.At) {
		return errors.New("the letter expires before it is printed")
	}
	return nil
}

func (k *Key) check(act Act) error {
	switch {
	case k == nil:
		return nil
	case !idValid(k.ID):
		return errors.New("key id")
	case act == RevokeKey:
		if k.Unit != "" || k.Software != "" || k.Label != "" || k.Public != nil {
			return errors.New("a revocation names the key alone")
		}
		return nil
	case !idValid(string(k.Unit)):
		return errors.New("unit of the key")
	case k.Software == "" || !wordsValid(k.Software, maxSoftware):
		return errors.New("software of the key")
	case !wordsValid(k.Label, maxSoftware):
		return errors.New("label of the key")
	case len(k.Public) != keyBytes:
		return errors.New("public key")
	}
	return nil
}

func (a *ApplicationState) check() error {
	switch {
	case a == nil:
		return nil
	case !idValid(a.ID):
		return errors.New("application id")
	case a.Stage != Received && a.Stage != Checking && a.Stage != Granted && a.Stage != Declined:
		return errors.New("stage of the application")
	case a.Reason != "" && a.Stage != Declined:
		return errors.New("a reason is for declined applications")
	case !linesValid(a.Reason, maxReason):
		return errors.New("reason")
	}
	return nil
}

// size estimates from above what the order takes on the wire.
func (o *Order) size() int64 {
	size := longestOfOrder
	if o.Unit != nil {
		for _, id := range o.Unit.ReporterIDs {
			size += 6*len(id) + 3
		}
	}
	return int64(size)
}

// checkOrders judges a whole call: a bad order, and none of them is carried out.
func checkOrders(orders []Order) error {
	if len(orders) > MaxItems {
		return malformed("%d orders, at most %d", len(orders), MaxItems)
	}
	for i := range orders {
		if err := orders[i].Check(); err != nil {
			return err
		}
		if i > 0 && orders[i].Number <= orders[i-1].Number {
			return malformed("order %d is out of order", orders[i].Number)
		}
	}
	return nil
}

// checkAnswers holds the answers to the orders: they are those of the first
// orders, in the same order, and nothing else.
func checkAnswers(orders []Order, answers []Answer) error {
	if len(answers) > len(orders) {
		return malformed("%d answers to %d orders", len(answers), len(orders))
	}
	for i, a := range answers {
		if a.Number != orders[i].Number {
			return malformed("answer to another order")
		}
		switch a.Outcome {
		case Done, UsernameGone, OtherLock, NotFound, Unfit:
		default:
			return malformed("outcome of order %d", a.Number)
		}
	}
	return nil
}

// Check says whether the standing keeps the contract.
func (s *Standing) Check() error {
	switch {
	case !idValid(string(s.Account)):
		return malformed("account of a standing")
	case s.Change < 1:
		return malformed("standing of %s: change", s.Account)
	case s.CodesUsed < 0 || s.CodesUsed > account.MaxCodes:
		return malformed("standing of %s: wrong codes", s.Account)
	case s.Passkeys < 0 || s.Passkeys > maxPasskeys:
		return malformed("standing of %s: passkeys", s.Account)
	case s.Lock < 0 || s.Locked && s.Lock == 0:
		return malformed("standing of %s: lock", s.Account)
	case s.LastSignIn.Before(s.FirstSignIn):
		return malformed("standing of %s: sign-ins", s.Account)
	}
	return nil
}

func checkStandings(standings []Standing, limit int) error {
	if len(standings) > limit {
		return malformed("%d standings, %d asked for", len(standings), limit)
	}
	seen := make(map[account.ID]bool, len(standings))
	for i := range standings {
		if err := standings[i].Check(); err != nil {
			return err
		}
		if seen[standings[i].Account] {
			return malformed("account %s twice in one answer", standings[i].Account)
		}
		seen[standings[i].Account] = true
	}
	return nil
}

func checkTaken(taken []Taken) error {
	if len(taken) > MaxItems {
		return malformed("%d standings taken, at most %d", len(taken), MaxItems)
	}
	for _, t := range taken {
		if !idValid(string(t.Account)) || t.Change < 1 {
			return malformed("standing taken")
		}
	}
	return nil
}

// Check says whether the application keeps the contract. What is sealed is
// checked by ApplicationForm.Check after opening.
func (a *Application) Check() error {
	switch {
	case !idValid(a.ID):
		return malformed("application id")
	case !idValid(a.Number) || len(a.Number) > maxNumber:
		return malformed("application %s: number", a.ID)
	case a.ReceivedAt.IsZero():
		return malformed("application %s: time", a.ID)
	case len(a.Sealed) == 0 || len(a.Sealed) > MaxSealed:
		return malformed("application %s: size", a.ID)
	}
	return nil
}

func (a *Application) size() int64 { return int64(1024 + len(a.Sealed)/3*4 + 4) }

func checkApplications(list []Application, limit int) error {
	if len(list) > limit {
		return malformed("%d applications, %d asked for", len(list), limit)
	}
	seen := make(map[string]bool, len(list))
	for i := range list {
		if err := list[i].Check(); err != nil {
			return err
		}
		if seen[list[i].ID] || seen[list[i].Number] {
			return malformed("application %s twice in one answer", list[i].ID)
		}
		seen[list[i].ID], seen[list[i].Number] = true, true
	}
	return nil
}

func checkIDs(ids []string) error {
	if len(ids) > MaxItems {
		return malformed("%d application ids, at most %d", len(ids), MaxItems)
	}
	for _, id := range ids {
		if !idValid(id) {
			return malformed("application id")
		}
	}
	return nil
}

func checkLimit(limit int) error {
	if limit < 1 || limit > MaxItems {
		return malformed("limit of %d", limit)
	}
	return nil
}

// idValid holds for identifiers that our houses make: letters, digits, hyphen,
// underscore, dot.
func idValid(id string) bool {
	if id == "" || len(id) > maxID {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

// wordsValid holds for one line of printing characters without blanks around it.
func wordsValid(words string, most int) bool {
	return !hasBreak(words) && linesValid(words, most)
}

func hasBreak(words string) bool { return slices.Contains([]rune(words), '\n') }

// linesValid holds for printing characters with line breaks between them.
func linesValid(words string, most int) bool {
	if !utf8.ValidString(words) || utf8.RuneCountInString(words) > most {
		return false
	}
	last := rune('x')
	for i, r := range words {
		if !unicode.IsPrint(r) && r != '\n' && r != '\u00a0' && r != '\u202f' {
			return false
		}
		if i == 0 && unicode.IsSpace(r) {
			return false
		}
		last = r
	}
	return !unicode.IsSpace(last)
}
