// SPDX-License-Identifier: EUPL-1.2

package access

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"meldewerk/envelope"
	orders "meldewerk/exchange/access"
)

// Register is what the courier needs of the store.
type Register interface {
	// Outgoing gives unanswered orders, lowest number first.
	Outgoing(ctx context.Context, limit int) ([]orders.Order, error)
	// Kept gives orders from a number on whose content is still there,
	// answered or not.
	Kept(ctx context.Context, from orders.OrderNumber, limit int) ([]orders.Order, error)
	// Newest gives the last answered order whose content is still there, or 0.
	Newest(ctx context.Context) (orders.OrderNumber, error)
	// SetBack notes that the portal was set back to a backup: what it says of
	// accounts from now on is believed, although it counts from earlier on.
	SetBack(ctx context.Context) error
	Answered(ctx context.Context, answers []orders.Answer) error
	Heard(ctx context.Context, standings []orders.Standing) error
	Applied(ctx context.Context, arrived []Arrived) error
}

// Arrived is an application as the portal gave it; Form is nil when it cannot
// be opened or breaks the contract.
type Arrived struct {
	orders.Application
	Form *orders.ApplicationForm
}

// Courier is the Bote between the register and the portal.
type Courier struct {
	register Register
	door     orders.Door
	keys     envelope.Identities
	log      *slog.Logger
	clock    func() time.Time
	asked    time.Time
	proved   time.Time // when the portal last showed that it knows the newest order
}

// How much one round takes on, and how often the portal is asked for news.
const (
	putAtOnce  = 100
	askAtOnce  = 200
	askEvery   = 5 * time.Second
	proveEvery = time.Minute
)

// NewCourier makes the courier to one portal.
func NewCourier(r Register, door orders.Door, keys envelope.Identities, log *slog.Logger, clock func() time.Time) *Courier {
	return &Courier{register: r, door: door, keys: keys, log: log, clock: clock}
}

// PutOrders gives the portal what it has not answered yet. When there is
// nothing it asks once a minute whether the portal still knows the newest one.
func (c *Courier) PutOrders(ctx context.Context) (bool, error) {
	waiting, err := c.register.Outgoing(ctx, putAtOnce)
	if err != nil {
		return false, err
	}
	if len(waiting) == 0 {
		return false, c.prove(ctx)
	}
	answers, err := c.door.PutOrders(ctx, waiting)
	if err != nil {
		return false, fmt.Errorf("put orders: %w", err)
	}
	if len(answers) == 0 {
		return false, c.putAgain(ctx)
	}
	c.proved = c.clock()
	return true, c.register.Answered(ctx, answers)
}

// prove finds a portal that was set back to a backup although no new order
// waits: keys revoked and accounts closed since then must not live on there.
func (c *Courier) prove(ctx context.Context) error {
	now := c.clock()
	if now.Sub(c.proved) < proveEvery && !now.Before(c.proved) {
		return nil
	}
	newest, err := c.register.Newest(ctx)
	if err != nil || newest == 0 {
		return err
	}
	kept, err := c.register.Kept(ctx, newest, 1)
	if err != nil || len(kept) == 0 {
		return err
	}
	answers, err := c.door.PutOrders(ctx, kept)
	if err != nil {
		return fmt.Errorf("ask for the newest order: %w", err)
	}
	c.proved = now
	if len(answers) == 0 {
		return c.putAgain(ctx)
	}
	return nil
}

// putAgain is for a portal that answers none of the orders: it stands behind a
// gap, because it was set back to a backup. It gets everything that is still
// kept, and answers what it knows as it did then.
func (c *Courier) putAgain(ctx context.Context) error {
	if err := c.register.SetBack(ctx); err != nil {
		return err
	}
	next := orders.OrderNumber(1)
	for {
		kept, err := c.register.Kept(ctx, next, putAtOnce)
		if err != nil || len(kept) == 0 {
			c.proved = c.clock()
			return err
		}
		answers, err := c.door.PutOrders(ctx, kept)
		if err != nil {
			return fmt.Errorf("put orders again: %w", err)
		}
		if len(answers) == 0 {
			return errors.New("put orders again: the portal lacks orders that are not kept here any more")
		}
		if err := c.register.Answered(ctx, answers); err != nil {
			return err
		}
		next = kept[len(kept)-1].Number + 1
	}
}

// due says, every few seconds, that it is time to ask for news. The two pulls
// below are called when it is.
func (c *Courier) due() bool {
	now := c.clock()
	if now.Sub(c.asked) < askEvery && !now.Before(c.asked) {
		return false
	}
	c.asked = now
	return true
}

// PullNews takes standings and applications, every few seconds.
func (c *Courier) PullNews(ctx context.Context) (bool, error) {
	if !c.due() {
		return false, nil
	}
	heard, errHeard := c.pullStandings(ctx)
	applied, errApplied := c.pullApplications(ctx)
	if heard || applied {
		c.asked = time.Time{} // there may be more
	}
	return heard || applied, errors.Join(errHeard, errApplied)
}

func (c *Courier) pullStandings(ctx context.Context) (bool, error) {
	standings, err := c.door.NextStandings(ctx, askAtOnce)
	if err != nil {
		return false, fmt.Errorf("pull standings: %w", err)
	}
	if len(standings) == 0 {
		return false, nil
	}
	taken := make([]orders.Taken, len(standings))
	for i := range standings {
		if err := standings[i].Check(); err != nil {
			return false, err
		}
		taken[i] = orders.Taken{Account: standings[i].Account, Change: standings[i].Change}
	}
	if err := c.register.Heard(ctx, standings); err != nil {
		return false, err
	}
	if err := c.door.TakeStandings(ctx, taken); err != nil {
		return false, fmt.Errorf("take standings: %w", err)
	}
	return true, nil
}

func (c *Courier) pullApplications(ctx context.Context) (bool, error) {
	list, err := c.door.NextApplications(ctx, askAtOnce)
	if err != nil {
		return false, fmt.Errorf("pull applications: %w", err)
	}
	if len(list) == 0 {
		return false, nil
	}
	arrived := make([]Arrived, len(list))
	ids := make([]string, len(list))
	for i := range list {
		if err := list[i].Check(); err != nil {
			return false, err
		}
		arrived[i], ids[i] = Arrived{Application: list[i], Form: c.open(ctx, &list[i])}, list[i].ID
	}
	if err := c.register.Applied(ctx, arrived); err != nil {
		return false, err
	}
	if err := c.door.TakeApplications(ctx, ids); err != nil {
		return false, fmt.Errorf("take applications: %w", err)
	}
	return true, nil
}

// open gives the form, or nil: whatever comes from the portal may be hostile,
// and one bad application must not stop the others. The cause could quote the
// content; the log gets the handle alone.
func (c *Courier) open(ctx context.Context, a *orders.Application) *orders.ApplicationForm {
	plain, err := envelope.OpenBytes(a.Sealed, c.keys)
	if err == nil {
		defer clear(plain)
		var form orders.ApplicationForm
		if json.Unmarshal(plain, &form) == nil {
			if err = form.Check(); err == nil {
				return &form
			}
		}
	}
	c.log.ErrorContext(ctx, "an application for access cannot be opened or breaks the contract", "application", a.ID)
	return nil
}
