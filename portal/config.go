// SPDX-License-Identifier: EUPL-1.2

package portal

import (
	"fmt"

	"meldewerk/fault"
	"meldewerk/internal/house"
	"meldewerk/portal/internal/upload"
	"meldewerk/report/obds/xmltoken"
)

// Config is the configuration file of a portal (TOML). Unknown keys are
// refused, secrets stand in files of the key folder only.
type Config struct {
	Database string `toml:"database"` // "sqlite:PATH" or "postgres://…"
	Keys     string `toml:"keys"`     // folder of the key files; recipients/<house>.txt are the trust centres
	Profile  string `toml:"profile"`  // kkn, ekn or hessen
	Instance string `toml:"instance"` // name of the registry in the bar of every page
	Spool    string `toml:"spool"`    // folder for ZIP archives under work, sealed; default the system's
	Demo     bool   `toml:"demo"`     // shows the striped band on every page

	Terminology string `toml:"terminology"` // folder of code lists made by "meldewerk terminology import"; empty: those of the program
	Schemas     string `toml:"schemas"`     // folder of schema tables made by "meldewerk schema import"; empty: those of the program

	Applications string   `toml:"applications"` // trust centre that gets applications for access; default the first of the recipients
	Post         []string `toml:"post"`         // its postal address, line by line, for the form to sign

	Public   Public   `toml:"public"`
	Exchange Exchange `toml:"exchange"`
	Metrics  Metrics  `toml:"metrics"`
	Upload   Upload   `toml:"upload"`
}

// Public is the listener for people.
type Public struct {
	Address     string   `toml:"address"`     // host:port
	Hosts       []string `toml:"hosts"`       // names under which the house answers
	Certificate string   `toml:"certificate"` // PEM file
	Key         string   `toml:"key"`         // PEM file, mode 0640 or stricter
}

// Exchange is the listener for the trust centres; certificate, key and
// authority are exchange.crt, exchange.key and authority.crt of the key folder.
type Exchange struct {
	Address string `toml:"address"`
	Peer    string `toml:"peer"` // house name of the trust centre; empty: every recipient may call
}

// Metrics is the listener for Prometheus; empty switches it off.
type Metrics struct {
	Address string `toml:"address"`
}

// Upload are the limits of one upload; 0 takes the default.
type Upload struct {
	MaxBytes    int64 `toml:"max_bytes"`    // as received, default 200 MB
	MaxUnpacked int64 `toml:"max_unpacked"` // of XML, default 2 GB
	MaxEntries  int   `toml:"max_entries"`  // in a ZIP archive, default 1,000
	MaxRatio    int64 `toml:"max_ratio"`    // unpacked to received beyond the first MB, default 100
	MaxPerDay   int64 `toml:"max_per_day"`  // of one unit in 24 hours, default 4 GB

	MaxDepth      int `toml:"max_depth"`      // nested elements of the XML, 16 to 256, which is the default
	MaxAttributes int `toml:"max_attributes"` // of one element, 8 to 64, which is the default
	MaxText       int `toml:"max_text"`       // bytes of one text or tag, 16,384 to 4,194,304, which is the default
}

func (u Upload) limits() upload.Limits {
	return upload.Limits{Request: u.MaxBytes, Unpacked: u.MaxUnpacked, Entries: u.MaxEntries,
		Ratio: u.MaxRatio, PerDay: u.MaxPerDay, Depth: u.MaxDepth, Attributes: u.MaxAttributes, Text: u.MaxText}.Filled()
}

// check refuses limits of the XML that shut out real packages, and those above
// the program's own: the trust centre reads what the portal has taken.
func (u Upload) check() error {
	most := xmltoken.DefaultLimits()
	for _, l := range []struct {
		key                string
		given, least, most int
	}{
		{"max_depth", u.MaxDepth, 16, most.Depth},
		{"max_attributes", u.MaxAttributes, 8, most.Attributes},
		{"max_text", u.MaxText, 16 << 10, most.Token},
	} {
		if l.given != 0 && (l.given < l.least || l.given > l.most) {
			return fault.New(fault.Invalid, "config.upload", fmt.Sprintf(
				"Der Eintrag „%s“ unter [upload] liegt nicht zwischen %d und %d. Setzen Sie ihn auf eine Zahl dazwischen, oder streichen Sie ihn.",
				l.key, l.least, l.most))
		}
	}
	return nil
}

// LoadConfig reads a configuration file.
func LoadConfig(path string) (Config, error) {
	var c Config
	return c, house.ReadConfig(path, &c)
}
