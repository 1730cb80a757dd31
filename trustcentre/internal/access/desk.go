// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"slices"
	"strings"
	"time"

	"meldewerk/account"
	orders "meldewerk/exchange/access"
)

// Store keeps the register. Every changing method is one transaction with the
// order and the entry in the log; it refuses by the faults of this package.
type Store interface {
	Units(ctx context.Context) ([]Unit, error)
	Unit(ctx context.Context, id account.UnitID) (Unit, error)
	PutUnit(ctx context.Context, by Staff, u Unit) (account.UnitID, error)
	SetReleased(ctx context.Context, actor string, id account.UnitID, released bool) error

	Accounts(ctx context.Context) ([]Account, error)
	Account(ctx context.Context, id account.ID) (Account, error)
	AddAccount(ctx context.Context, by Staff, a Account) (account.ID, error)
	ChangeAccount(ctx context.Context, by Staff, a Account) error
	OrderLetter(ctx context.Context, by Staff, id account.ID, kind LetterKind) error
	Printed(ctx context.Context, by Staff, id account.ID, letter string, password *orders.Password) error
	Sent(ctx context.Context, by Staff, id account.ID, letter string) error
	ReleaseLock(ctx context.Context, by Staff, id account.ID, lock int64, how account.Recognition) error
	ResetFactor(ctx context.Context, by Staff, id account.ID, how account.Recognition) error
	EndSessions(ctx context.Context, by Staff, id account.ID) error
	CloseAccount(ctx context.Context, by Staff, id account.ID) error
	Orders(ctx context.Context, object string, limit int) ([]Entry, error)

	Applications(ctx context.Context) ([]Application, error)
	Application(ctx context.Context, id string) (Application, error)
	SetStage(ctx context.Context, by Staff, id string, stage orders.Stage, reason string) error
	Grant(ctx context.Context, by Staff, g Grant) (account.UnitID, error)

	Devices(ctx context.Context) ([]Device, error)
	AddDevice(ctx context.Context, by Staff, d Device) error
	Lend(ctx context.Context, by Staff, device string, l Loan) error
	TakeBack(ctx context.Context, by Staff, device string, gone bool) error

	Keys(ctx context.Context) ([]Key, error)
	AddKey(ctx context.Context, by Staff, k Key) (string, error)
	RevokeKey(ctx context.Context, by Staff, id string) error
}

// Desk is the Schalter of the register: the acts of the staff with their rules.
// Reading goes to the store directly.
type Desk struct {
	Store
	hasher     *account.Hasher
	mustChange bool // the letter's password is changed at the first sign-in
	letterhead Letterhead
	clock      func() time.Time
}

// NewDesk makes the desk. The profile says whether the password of a letter
// may stay.
func NewDesk(store Store, hasher *account.Hasher, passwordStays bool, head Letterhead, clock func() time.Time) *Desk {
	return &Desk{Store: store, hasher: hasher, mustChange: !passwordStays, letterhead: head, clock: clock}
}

// PutUnit enters a Meldestelle or changes its facts, and tells its key. The
// release is no fact to edit: it stays as it is (SetReleased).
func (d *Desk) PutUnit(ctx context.Context, by Staff, u Unit) (account.UnitID, error) {
	u.Name = strings.TrimSpace(u.Name)
	if err := u.Check(); err != nil {
		return "", err
	}
	return d.Store.PutUnit(ctx, by, u)
}

// AddAccount makes a Zugang and orders its letter.
func (d *Desk) AddAccount(ctx context.Context, by Staff, a Account) (account.ID, error) {
	if err := a.Check(); err != nil {
		return "", err
	}
	if a.Person.IsSame(by) {
		return "", ErrOwn
	}
	return d.Store.AddAccount(ctx, by, a)
}

// Change gives an account another name, user name, units or roles.
func (d *Desk) Change(ctx context.Context, by Staff, a Account) error {
	if err := a.Check(); err != nil {
		return err
	}
	if _, err := d.foreign(ctx, by, a.ID); err != nil {
		return err
	}
	if a.Person.IsSame(by) {
		return ErrOwn
	}
	return d.ChangeAccount(ctx, by, a)
}

// foreign gives an open account that is not the actor's own.
func (d *Desk) foreign(ctx context.Context, by Staff, id account.ID) (Account, error) {
	a, err := d.Store.Account(ctx, id)
	switch {
	case err != nil:
		return a, err
	case a.Person.IsSame(by):
		return a, ErrOwn
	case a.State == Closed:
		return a, ErrClosed
	}
	return a, nil
}

// Print makes the letter that waits, or a new one with a password: the
// password comes into being here, leaves as ink and as a hash, and is nowhere
// else. An earlier password is dead when the order arrives.
func (d *Desk) Print(ctx context.Context, by Staff, id account.ID, kind LetterKind) ([]byte, error) {
	a, err := d.foreign(ctx, by, id)
	if err != nil {
		return nil, err
	}
	if a.State != Known {
		return nil, ErrNotThere
	}
	if a.Trouble != nil && a.Trouble.Outcome == orders.UsernameGone {
		return nil, ErrNameGone // the portal knows the account under the former name
	}
	letter := a.Letter(kind)
	if kind == WithPassword && (letter == nil || letter.State != LetterOrdered) {
		if err := d.OrderLetter(ctx, by, id, kind); err != nil {
			return nil, err
		}
		if a, err = d.Store.Account(ctx, id); err != nil {
			return nil, err
		}
		letter = a.Letter(kind)
	}
	if letter == nil || letter.State == LetterSent || letter.State == LetterUsed {
		return nil, ErrLetterGone
	}
	unit, err := d.Store.Unit(ctx, a.Units[0])
	if err != nil {
		return nil, err
	}
	if !unit.Detail.Complete() {
		return nil, ErrNoAddress
	}
	if kind == FactorGone {
		sheet, err := d.letterhead.factorGone(&a, &unit, d.clock()).PDF()
		if err != nil {
			return nil, err
		}
		return sheet, d.Printed(ctx, by, id, letter.ID, nil)
	}
	password := account.NewInitialPassword()
	hash, err := d.hasher.Hash(ctx, password)
	if err != nil {
		return nil, err
	}
	expires := d.clock().Add(account.InitialPasswordLife).UTC().Truncate(time.Microsecond)
	sheet, err := d.letterhead.withPassword(&a, &unit, d.clock(), expires, password, d.mustChange).PDF()
	if err != nil {
		return nil, err
	}
	return sheet, d.Printed(ctx, by, id, letter.ID, &orders.Password{Hash: hash.Encode(), MustChange: d.mustChange, Expires: expires})
}

// MarkSent notes that a printed letter went to the post.
func (d *Desk) MarkSent(ctx context.Context, by Staff, id account.ID, letter string) error {
	if _, err := d.foreign(ctx, by, id); err != nil {
		return err
	}
	return d.Sent(ctx, by, id, letter)
}

// Unlock orders the release of that very lock (H5).
func (d *Desk) Unlock(ctx context.Context, by Staff, id account.ID, lock int64, how account.Recognition) error {
	if !how.Known() {
		return ErrRecognised
	}
	if _, err := d.foreign(ctx, by, id); err != nil {
		return err
	}
	return d.ReleaseLock(ctx, by, id, lock, how)
}

// Reset orders the end of the second factor and of all sessions, and a letter
// that tells the holder (H10, A13).
func (d *Desk) Reset(ctx context.Context, by Staff, id account.ID, how account.Recognition) error {
	if !how.Known() {
		return ErrRecognised
	}
	if err := d.known(ctx, by, id); err != nil {
		return err
	}
	return d.ResetFactor(ctx, by, id, how)
}

// End orders the end of all sessions.
func (d *Desk) End(ctx context.Context, by Staff, id account.ID) error {
	if err := d.known(ctx, by, id); err != nil {
		return err
	}
	return d.EndSessions(ctx, by, id)
}

func (d *Desk) known(ctx context.Context, by Staff, id account.ID) error {
	a, err := d.foreign(ctx, by, id)
	if err == nil && a.State != Known {
		return ErrNotThere
	}
	return err
}

// Close orders the end of the account for good.
func (d *Desk) Close(ctx context.Context, by Staff, id account.ID) error {
	if _, err := d.foreign(ctx, by, id); err != nil {
		return err
	}
	return d.CloseAccount(ctx, by, id)
}

// Check notes that the signed form is there and the application is looked at.
func (d *Desk) Check(ctx context.Context, by Staff, id string) error {
	return d.SetStage(ctx, by, id, orders.Checking, "")
}

// Decline refuses an application with a reason that the applicant reads.
func (d *Desk) Decline(ctx context.Context, by Staff, id, reason string) error {
	if !reasonFits(reason) {
		return ErrReason
	}
	return d.SetStage(ctx, by, id, orders.Declined, strings.TrimSpace(reason))
}

// Grant makes unit, people and accounts of an application in one go.
func (d *Desk) Grant(ctx context.Context, by Staff, g Grant) (account.UnitID, error) {
	if err := g.Unit.Check(); err != nil {
		return "", err
	}
	if len(g.Accounts) == 0 {
		return "", ErrNobody
	}
	names := map[account.Username]bool{}
	for i := range g.Accounts {
		a := &g.Accounts[i]
		a.Units = []account.UnitID{"-"} // the unit gets its key in the store
		if err := a.Check(); err != nil {
			return "", err
		}
		if a.Person.IsSame(by) {
			return "", ErrOwn
		}
		if names[a.Username] {
			return "", ErrTaken
		}
		names[a.Username] = true
	}
	return d.Store.Grant(ctx, by, g)
}

// AddDevice enters a device.
func (d *Desk) AddDevice(ctx context.Context, by Staff, device Device) error {
	if !fits(device.Label, 60) || device.Kind != Telephone && device.Kind != Token {
		return ErrLabel
	}
	return d.Store.AddDevice(ctx, by, device)
}

// Lend gives a device to somebody of a unit until a day.
func (d *Desk) Lend(ctx context.Context, by Staff, device string, l Loan) error {
	if !fits(l.Borrower, 200) {
		return ErrBorrower
	}
	if !l.DueAt.After(d.clock()) {
		return ErrDue
	}
	l.Lender = by.Name
	return d.Store.Lend(ctx, by, device, l)
}

// keyMark begins the line that the upload client prints.
const keyMark = "mwk1"

// AddKey enters the installation key of a printed line and tells its key id,
// which the installation needs.
func (d *Desk) AddKey(ctx context.Context, by Staff, k Key, line string) (string, error) {
	fields := strings.Fields(line)
	if len(fields) != 2 || fields[0] != keyMark {
		return "", ErrPublicKey
	}
	public, err := base64.StdEncoding.Strict().DecodeString(fields[1])
	if err != nil || len(public) != ed25519.PublicKeySize || !slices.ContainsFunc(public, func(b byte) bool { return b != 0 }) {
		return "", ErrPublicKey
	}
	if !fits(k.Software, 100) {
		return "", ErrSoftware
	}
	if !fits(k.Label, 100) {
		return "", ErrKeyLabel
	}
	k.Public, k.Software, k.Label = public, strings.TrimSpace(k.Software), strings.TrimSpace(k.Label)
	return d.Store.AddKey(ctx, by, k)
}
