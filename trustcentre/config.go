// SPDX-License-Identifier: EUPL-1.2

package trustcentre

import (
	"fmt"

	"github.com/BurntSushi/toml"
)

// Config is the configuration file of a trust centre (TOML). Unknown keys are
// refused, secrets stand in files of the key folder only.
type Config struct {
	Database string `toml:"database"` // "sqlite:PATH" or "postgres://…"
	Keys     string `toml:"keys"`     // folder of the key files
	Profile  string `toml:"profile"`  // kkn, ekn or hessen
	Instance string `toml:"instance"` // name of the registry in the bar of every page
	Demo     bool   `toml:"demo"`     // shows the striped band on every page

	Public   Public   `toml:"public"`
	Exchange Exchange `toml:"exchange"`
	Metrics  Metrics  `toml:"metrics"`
}

// Public is the listener for the staff.
type Public struct {
	Address     string   `toml:"address"`     // host:port
	Hosts       []string `toml:"hosts"`       // names under which the house answers
	Certificate string   `toml:"certificate"` // PEM file
	Key         string   `toml:"key"`         // PEM file, mode 0640 or stricter
}

// Exchange says where the neighbours answer. The trust centre calls, nobody
// calls it. Certificate, key and authority are exchange.crt, exchange.key and
// authority.crt of the key folder.
type Exchange struct {
	Portal   string `toml:"portal"`   // https://host:port of the portal's exchange listener
	Registry string `toml:"registry"` // https://host:port of the registry's exchange listener
}

// Metrics is the listener for Prometheus; empty switches it off.
type Metrics struct {
	Address string `toml:"address"`
}

// LoadConfig reads a configuration file.
func LoadConfig(path string) (Config, error) {
	var c Config
	meta, err := toml.DecodeFile(path, &c)
	if err != nil {
		return c, fmt.Errorf("read configuration: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return c, fmt.Errorf("read configuration: unknown key %s", unknown[0])
	}
	return c, nil
}
