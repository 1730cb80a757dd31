// SPDX-License-Identifier: EUPL-1.2

package world

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/BurntSushi/toml"

	"meldewerk/exchange/wire"
	"meldewerk/identity/chiffrat"
	"meldewerk/internal/house"
	"meldewerk/portal"
	"meldewerk/registry"
	"meldewerk/trustcentre"
)

// Layout says where the houses of one installation are and where they answer.
type Layout struct {
	Dir      string // everything below it
	Profile  string // kkn, ekn or hessen
	Instance string // name of the registry on every page
	Demo     bool

	// Addresses host:port of the doors for people.
	Portal, TrustCentre, Registry string
	// Addresses host:port of the doors for the trust centre.
	PortalExchange, RegistryExchange string
	// Databases by house; empty: a SQLite file in the house's folder.
	Databases map[wire.House]string
}

// Configs are the configurations of the three houses.
type Configs struct {
	Portal      portal.Config
	TrustCentre trustcentre.Config
	Registry    registry.Config
}

// ConfigFile is where the configuration of a house lies.
func (l Layout) ConfigFile(h wire.House) string { return filepath.Join(l.Dir, string(h)+".toml") }

// AuthorityFile is the certificate of the authority behind the doors for
// people; a browser or script must be told to trust it.
func (l Layout) AuthorityFile() string { return filepath.Join(l.Dir, "ca.pem") }

func (l Layout) keys(h wire.House) string { return filepath.Join(l.Dir, string(h), "keys") }

func (l Layout) database(h wire.House) string {
	if dsn := l.Databases[h]; dsn != "" {
		return dsn
	}
	return "sqlite:" + filepath.Join(l.Dir, string(h), string(h)+".db")
}

func hostOf(h wire.House) string { return string(h) + ".localhost" }

// Configs gives the configurations that the layout stands for.
func (l Layout) Configs() Configs {
	var c Configs
	hosts := func(h wire.House) []string { return []string{hostOf(h), "localhost", "127.0.0.1"} }
	cert := func(h wire.House) string { return filepath.Join(l.Dir, string(h), "public.crt") }
	key := func(h wire.House) string { return filepath.Join(l.Dir, string(h), "public.key") }
	c.Portal = portal.Config{Database: l.database(wire.Portal), Keys: l.keys(wire.Portal), Profile: l.Profile, Instance: l.Instance, Demo: l.Demo,
		Public:   portal.Public{Address: l.Portal, Hosts: hosts(wire.Portal), Certificate: cert(wire.Portal), Key: key(wire.Portal)},
		Exchange: portal.Exchange{Address: l.PortalExchange}}
	c.TrustCentre = trustcentre.Config{Database: l.database(wire.TrustCentre), Keys: l.keys(wire.TrustCentre), Profile: l.Profile, Instance: l.Instance, Demo: l.Demo,
		Public:   trustcentre.Public{Address: l.TrustCentre, Hosts: hosts(wire.TrustCentre), Certificate: cert(wire.TrustCentre), Key: key(wire.TrustCentre)},
		Exchange: trustcentre.Exchange{Portal: "https://" + l.PortalExchange, Registry: "https://" + l.RegistryExchange}}
	c.Registry = registry.Config{Database: l.database(wire.Registry), Keys: l.keys(wire.Registry), Profile: l.Profile, Instance: l.Instance, Demo: l.Demo,
		Public:   registry.Public{Address: l.Registry, Hosts: hosts(wire.Registry), Certificate: cert(wire.Registry), Key: key(wire.Registry)},
		Exchange: registry.Exchange{Address: l.RegistryExchange}}
	return c
}

// ErrPrepared is returned by Prepare when the folder holds an installation.
var ErrPrepared = errors.New("the folder holds an installation already")

// certificateLife is how long the throw-away certificates of an installation
// made here last.
const certificateLife = 825 * 24 * time.Hour

// Prepare makes an installation: three houses that know each other.
func Prepare(ctx context.Context, l Layout) error {
	if _, err := os.Stat(l.ConfigFile(wire.Portal)); err == nil {
		return ErrPrepared
	}
	c := l.Configs()
	for _, h := range houses {
		if err := os.MkdirAll(l.keys(h), 0o700); err != nil {
			return fmt.Errorf("make folder of %s: %w", h, err)
		}
	}
	if err := l.chiffratKey(); err != nil {
		return err
	}
	if err := portal.Init(ctx, c.Portal); err != nil {
		return fmt.Errorf("make portal: %w", err)
	}
	if err := trustcentre.Init(ctx, c.TrustCentre); err != nil {
		return fmt.Errorf("make trust centre: %w", err)
	}
	if err := registry.Init(ctx, c.Registry); err != nil {
		return fmt.Errorf("make registry: %w", err)
	}
	if err := l.introduce(); err != nil {
		return err
	}
	return l.writeConfigs(c)
}

var houses = []wire.House{wire.Portal, wire.TrustCentre, wire.Registry}

// chiffratKey makes the key pair of the Chiffrate: the private half stays in a
// folder that no house reads, the public half goes to the trust centre.
func (l Layout) chiffratKey() error {
	holders := filepath.Join(l.Dir, "keyholders")
	if err := os.MkdirAll(holders, 0o700); err != nil {
		return fmt.Errorf("make folder of the key holders: %w", err)
	}
	key, err := chiffrat.GenerateKey()
	if err != nil {
		return fmt.Errorf("make key of the chiffrate: %w", err)
	}
	if _, err := chiffrat.WritePrivateKey(holders, key, 1, time.Now()); err != nil {
		return fmt.Errorf("write key of the chiffrate: %w", err)
	}
	public, err := key.Public().MarshalText()
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(l.keys(wire.TrustCentre), chiffrat.PublicFile), public, 0o644)
}

// introduce gives every house what it needs of the others: identities for the
// exchange, public audit keys, the trust centre's envelope keys.
func (l Layout) introduce() error {
	now := time.Now()
	authority, err := wire.NewAuthority("meldewerk houses", now, certificateLife)
	if err != nil {
		return fmt.Errorf("make authority of the houses: %w", err)
	}
	hosts := []string{"127.0.0.1", "localhost"}
	for _, h := range houses {
		direction, names := wire.Answers, append([]string{hostOf(h)}, hosts...)
		if h == wire.TrustCentre {
			direction, names = wire.Calls, nil
		}
		credential, err := authority.Issue(now, h, direction, names, certificateLife)
		if err != nil {
			return fmt.Errorf("issue identity of %s: %w", h, err)
		}
		if _, err := credential.Write(l.keys(h), wire.ExchangeName); err != nil {
			return fmt.Errorf("write identity of %s: %w", h, err)
		}
		for _, other := range houses {
			if other == h {
				continue
			}
			if err := house.Introduce(l.keys(other), string(h), filepath.Join(l.keys(h), house.AuditPubFile)); err != nil {
				return err
			}
		}
	}
	recipients, err := os.ReadFile(filepath.Join(l.keys(wire.TrustCentre), trustcentre.EnvelopeKeys, "recipients.txt"))
	if err != nil {
		return fmt.Errorf("read public envelope keys: %w", err)
	}
	dir := filepath.Join(l.keys(wire.Portal), "recipients")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, string(wire.TrustCentre)+".txt"), recipients, 0o644)
}

func (l Layout) writeConfigs(c Configs) error {
	if err := l.publicCertificates(); err != nil {
		return err
	}
	for h, config := range map[wire.House]any{wire.TrustCentre: c.TrustCentre, wire.Registry: c.Registry, wire.Portal: c.Portal} {
		file, err := os.OpenFile(l.ConfigFile(h), os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return fmt.Errorf("write configuration of %s: %w", h, err)
		}
		if err := errors.Join(toml.NewEncoder(file).Encode(config), file.Close()); err != nil {
			return fmt.Errorf("write configuration of %s: %w", h, err)
		}
	}
	return nil
}
