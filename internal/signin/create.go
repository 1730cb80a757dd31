// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"context"
	"fmt"
	"time"

	"meldewerk/account"
	"meldewerk/internal/store"
)

// Person is somebody who is to get an account, for `meldewerk account` and the
// demo world. Houses make accounts the same way.
type Person struct {
	House      account.House
	Username   string
	Holder     string // shown in the bar
	Roles      []account.Role
	Unit       account.UnitID   // empty for staff
	Password   account.Password // zero: one is generated
	MustChange bool             // at the first sign-in, by profile
	Expires    time.Time        // of an unused generated password; zero: never
	Secret     account.Secret   // zero: the second factor is set up at the first sign-in
}

// Issued is what the holder has to be told, once: it is stored nowhere.
type Issued struct {
	ID       account.ID
	Username account.Username
	Password account.Password
	Secret   account.Secret // as given
}

// Create makes an account that can sign in. The actor is the account of who
// does it, or audit.System.
func Create(ctx context.Context, accounts *store.Accounts, hasher *account.Hasher, actor string, p Person) (Issued, error) {
	name, err := account.NewUsername(p.Username)
	if err != nil {
		return Issued{}, err
	}
	roles, err := account.NewRoles(p.House, p.Roles...)
	if err != nil {
		return Issued{}, fmt.Errorf("create account: %w", err)
	}
	password, generated := p.Password, p.Password.IsEmpty()
	if generated {
		password = account.NewInitialPassword()
	} else if err := account.CheckChosen(password, string(name), p.Holder); err != nil {
		return Issued{}, err
	}
	hash, err := hasher.Hash(ctx, password)
	if err != nil {
		return Issued{}, fmt.Errorf("create account: %w", err)
	}
	id, err := accounts.Create(ctx, actor, store.NewAccount{
		Username: name, Holder: p.Holder, Unit: p.Unit, Roles: roles,
		Password: hash, Generated: generated, MustChange: p.MustChange, Expires: p.Expires, Secret: p.Secret,
	})
	if err != nil {
		return Issued{}, err
	}
	return Issued{ID: id, Username: name, Password: password, Secret: p.Secret}, nil
}
