// SPDX-License-Identifier: EUPL-1.2

package admission

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"meldewerk/account"
	"meldewerk/exchange/access"
	"meldewerk/fault"
	"meldewerk/internal/database"
	ground "meldewerk/internal/store"
)

// Place says where an order stands in the sequence of its trust centre.
type Place string

// The places.
const (
	Next   Place = "next"   // it was carried out now
	Before Place = "before" // it was carried out before
	Behind Place = "behind" // orders before it are missing
)

// Filing is what the store keeps of an order.
type Filing struct {
	Owner  string
	Number access.OrderNumber
	Act    access.Act
	Digest []byte // SHA-256 of the whole order
}

// Store keeps orders and applications.
type Store interface {
	// CarryOut files an order that is next and lets carry do it in the same
	// transaction; an outcome other than done is logged there. An order filed
	// before gets its outcome of then, or ErrReused when it was another one.
	CarryOut(ctx context.Context, f Filing, carry func(ctx context.Context, tx *database.Tx) (access.Outcome, error)) (access.Outcome, Place, error)
	// InTx runs fn in one transaction.
	InTx(ctx context.Context, fn func(ctx context.Context, tx *database.Tx) error) error
	// SetStage sets how far an application of the recipient is, and says
	// whether there is such a one.
	SetStage(ctx context.Context, tx *database.Tx, recipient string, s access.ApplicationState) (bool, error)
	// Applications gives applications that the recipient has not taken, oldest first.
	Applications(ctx context.Context, recipient string, limit int) ([]access.Application, error)
	// Taken deletes the content of applications that the recipient has stored.
	Taken(ctx context.Context, recipient string, ids []string) error
}

// Room is the admission room of a portal. It is safe for concurrent use.
type Room struct {
	store    Store
	accounts *ground.Accounts
	log      *slog.Logger
}

// New makes the room.
func New(store Store, accounts *ground.Accounts, log *slog.Logger) *Room {
	return &Room{store: store, accounts: accounts, log: log}
}

// PutOrders carries out the orders of a trust centre that are next, and
// answers them and those carried out before. When one fails for a trouble of
// ours, the answers so far are given; the others come again.
func (m *Room) PutOrders(ctx context.Context, owner string, orders []access.Order) ([]access.Answer, error) {
	var answers []access.Answer
	for i := range orders {
		o := &orders[i]
		outcome, place, err := m.put(ctx, owner, o)
		if err != nil && len(answers) > 0 && fault.Of(err) == nil {
			m.log.Error("order failed", "order", int64(o.Number), "act", string(o.Act), "error", err.Error())
			return answers, nil
		}
		if err != nil {
			return nil, fmt.Errorf("order %d: %w", o.Number, err)
		}
		if place == Behind {
			return answers, nil
		}
		answers = append(answers, access.Answer{Number: o.Number, Outcome: outcome})
	}
	return answers, nil
}

func (m *Room) put(ctx context.Context, owner string, o *access.Order) (access.Outcome, Place, error) {
	digest, err := digestOf(o)
	if err != nil {
		return "", "", err
	}
	filing := Filing{Owner: owner, Number: o.Number, Act: o.Act, Digest: digest}
	outcome, place, err := m.store.CarryOut(ctx, filing, func(ctx context.Context, tx *database.Tx) (access.Outcome, error) {
		return outcomeOf(m.carry(ctx, tx, owner, o))
	})
	if database.IsUnique(err) || database.IsReference(err) {
		// What the tables refuse would be refused for ever, and every order
		// behind it would wait.
		m.log.Error("order does not fit into the tables", "order", int64(o.Number), "act", string(o.Act), "error", err.Error())
		outcome, place, err = m.store.CarryOut(ctx, filing, func(context.Context, *database.Tx) (access.Outcome, error) {
			return access.Unfit, nil
		})
	}
	if err == nil && place == Next && outcome != access.Done {
		m.log.Warn("order was not carried out", "order", int64(o.Number), "act", string(o.Act), "outcome", string(outcome))
	}
	return outcome, place, err
}

// digestOf is the hash over the whole order, whatever zone or fraction of a
// microsecond its times had on the way.
func digestOf(o *access.Order) ([]byte, error) {
	plain := *o
	plain.At = plain.At.UTC().Truncate(time.Microsecond)
	if o.Password != nil {
		password := *o.Password
		password.Expires = password.Expires.UTC().Truncate(time.Microsecond)
		plain.Password = &password
	}
	text, err := json.Marshal(plain)
	if err != nil {
		return nil, errors.New("order cannot be written as JSON")
	}
	sum := sha256.Sum256(text)
	return sum[:], nil
}

// outcomeOf turns a refusal into the answer to an order. Anything else is our
// own trouble, and the order comes again.
func outcomeOf(err error) (access.Outcome, error) {
	switch {
	case err == nil:
		return access.Done, nil
	case errors.Is(err, ground.ErrUsernameTaken):
		return access.UsernameGone, nil
	case errors.Is(err, ground.ErrOtherLock):
		return access.OtherLock, nil
	case fault.IsKind(err, fault.NotFound): // account, unit, key or application
		return access.NotFound, nil
	case fault.Of(err) != nil && !fault.IsKind(err, fault.Unavailable):
		return access.Unfit, nil
	}
	return "", err
}

// carry does what the order asks for. Accounts of another trust centre, and
// those made on the host, do not exist for it.
func (m *Room) carry(ctx context.Context, tx *database.Tx, owner string, o *access.Order) error {
	actor := fmt.Sprintf("house/%s/order/%d", owner, o.Number)
	if o.Account != "" && o.Act != access.CreateAccount {
		who, err := m.accounts.AccountIn(ctx, tx, o.Account)
		if err != nil {
			return err
		}
		if who.Owner != owner {
			return ground.ErrNoAccount
		}
	}
	switch o.Act {
	case access.PutUnit:
		return m.accounts.PutUnitIn(ctx, tx, actor, account.Unit{ID: o.Unit.ID, Name: o.Unit.Name, ReporterIDs: o.Unit.ReporterIDs,
			AnyReporter: o.Unit.AnyReporter, Released: o.Unit.Released, Closed: o.Unit.Closed, Owner: owner})
	case access.CreateAccount:
		return m.create(ctx, tx, actor, owner, o)
	case access.IssuePassword:
		hash, err := account.ParseHash(o.Password.Hash)
		if err != nil {
			return access.ErrMalformed
		}
		return m.accounts.IssuePasswordIn(ctx, tx, actor, o.Account, hash, o.Password.MustChange, o.Password.Expires)
	case access.ChangeAccount:
		return m.change(ctx, tx, actor, o)
	case access.ReleaseLock:
		return m.accounts.ReleaseLockIn(ctx, tx, actor, o.Account, o.Lock, o.Recognised)
	case access.ResetFactor:
		return m.accounts.ResetSecondFactorIn(ctx, tx, actor, o.Account, o.Recognised)
	case access.EndSessions:
		return m.accounts.EndAllIn(ctx, tx, actor, o.Account)
	case access.CloseAccount:
		return m.accounts.CloseIn(ctx, tx, actor, o.Account)
	case access.RegisterKey:
		return m.accounts.RegisterKeyIn(ctx, tx, actor, ground.InstallationKey{ID: o.Key.ID, Owner: owner, Unit: o.Key.Unit,
			Software: o.Key.Software, Label: o.Key.Label, Public: o.Key.Public})
	case access.RevokeKey:
		return m.accounts.RevokeKeyIn(ctx, tx, actor, owner, o.Key.ID)
	case access.SetApplication:
		return m.setStage(ctx, tx, owner, *o.Application)
	}
	return access.ErrMalformed
}

func (m *Room) create(ctx context.Context, tx *database.Tx, actor, owner string, o *access.Order) error {
	name, roles, err := read(o.Person)
	if err != nil {
		return err
	}
	_, err = m.accounts.CreateIn(ctx, tx, actor, ground.NewAccount{ID: o.Account, Owner: owner, Username: name,
		Holder: o.Person.Holder, Units: o.Person.Units, Roles: roles})
	return err
}

func (m *Room) change(ctx context.Context, tx *database.Tx, actor string, o *access.Order) error {
	name, roles, err := read(o.Person)
	if err != nil {
		return err
	}
	return m.accounts.ChangeIn(ctx, tx, actor, o.Account, name, o.Person.Holder, o.Person.Units, roles)
}

func read(p *access.Person) (account.Username, account.Roles, error) {
	name, err := account.NewUsername(p.Username)
	if err != nil {
		return "", nil, access.ErrMalformed
	}
	roles, err := account.NewRoles(account.Portal, p.Roles...)
	if err != nil {
		return "", nil, access.ErrMalformed
	}
	return name, roles, nil
}

// errNoApplication answers an order about an application that is not here.
var errNoApplication = fault.New(fault.NotFound, "admission.no_application",
	"Diesen Antrag gibt es am Portal nicht. Prüfen Sie, ob er zu diesem Portal gehört.")

func (m *Room) setStage(ctx context.Context, tx *database.Tx, owner string, s access.ApplicationState) error {
	known, err := m.store.SetStage(ctx, tx, owner, s)
	if err == nil && !known {
		return errNoApplication
	}
	return err
}

// NextStandings gives accounts of a trust centre that have changed.
func (m *Room) NextStandings(ctx context.Context, owner string, limit int) ([]access.Standing, error) {
	found, err := m.accounts.Standings(ctx, owner, limit)
	if err != nil {
		return nil, err
	}
	var out []access.Standing
	for _, s := range found {
		out = append(out, access.Standing(s))
	}
	return out, nil
}

// TakeStandings notes what a trust centre has stored.
func (m *Room) TakeStandings(ctx context.Context, owner string, taken []access.Taken) error {
	return m.store.InTx(ctx, func(ctx context.Context, tx *database.Tx) error {
		for _, t := range taken {
			if err := m.accounts.ToldIn(ctx, tx, owner, t.Account, t.Change); err != nil {
				return err
			}
		}
		return nil
	})
}

// NextApplications gives applications that a trust centre has not taken.
func (m *Room) NextApplications(ctx context.Context, recipient string, limit int) ([]access.Application, error) {
	return m.store.Applications(ctx, recipient, limit)
}

// TakeApplications deletes what a trust centre has stored.
func (m *Room) TakeApplications(ctx context.Context, recipient string, ids []string) error {
	return m.store.Taken(ctx, recipient, ids)
}
