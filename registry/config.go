// SPDX-License-Identifier: EUPL-1.2

package registry

import "meldewerk/internal/house"

// Config is the configuration file of a registry (TOML). Unknown keys are
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

// Public is the listener for people.
type Public struct {
	Address     string   `toml:"address"`     // host:port
	Hosts       []string `toml:"hosts"`       // names under which the house answers
	Certificate string   `toml:"certificate"` // PEM file
	Key         string   `toml:"key"`         // PEM file, mode 0640 or stricter
}

// Exchange is the listener for the trust centre; certificate, key and
// authority are exchange.crt, exchange.key and authority.crt of the key folder.
type Exchange struct {
	Address string `toml:"address"`
}

// Metrics is the listener for Prometheus; empty switches it off.
type Metrics struct {
	Address string `toml:"address"`
}

// LoadConfig reads a configuration file.
func LoadConfig(path string) (Config, error) {
	var c Config
	return c, house.ReadConfig(path, &c)
}
