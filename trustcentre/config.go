// SPDX-License-Identifier: EUPL-1.2

package trustcentre

import (
	"strings"

	"meldewerk/internal/house"
	"meldewerk/trustcentre/internal/access"
)

// Config is the configuration file of a trust centre (TOML). Unknown keys are
// refused, secrets stand in files of the key folder only.
type Config struct {
	Database string `toml:"database"` // "sqlite:PATH" or "postgres://…"
	Keys     string `toml:"keys"`     // folder of the key files
	Profile  string `toml:"profile"`  // kkn, ekn or hessen
	Instance string `toml:"instance"` // name of the registry in the bar of every page
	Demo     bool   `toml:"demo"`     // shows the striped band on every page

	Terminology string `toml:"terminology"` // folder of code lists made by "meldewerk terminology import"; empty: those of the program
	Schemas     string `toml:"schemas"`     // folder of schema tables made by "meldewerk schema import"; empty: those of the program

	Public   Public   `toml:"public"`
	Exchange Exchange `toml:"exchange"`
	Metrics  Metrics  `toml:"metrics"`
	Letter   Letter   `toml:"letter"`
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

// Letter is the head of the letters with which accounts are handed out. What
// is empty is made from the instance's name or left out.
type Letter struct {
	Sender     string   `toml:"sender"`      // on top; empty: the instance with "Vertrauensstelle"
	SenderLine string   `toml:"sender_line"` // in the window above the recipient: name · street · place
	Contact    []string `toml:"contact"`     // block on the right: office, address, telephone for questions
	Place      string   `toml:"place"`       // before the date
	Portal     string   `toml:"portal"`      // address of the portal as people type it
}

func (c Config) letterhead() access.Letterhead {
	head := access.Letterhead{Sender: c.Letter.Sender, SenderLine: c.Letter.SenderLine, Contact: c.Letter.Contact, Place: c.Letter.Place, Portal: c.Letter.Portal}
	if head.Sender == "" {
		head.Sender = strings.TrimSpace(c.Instance + " – Vertrauensstelle")
	}
	if head.SenderLine == "" {
		head.SenderLine = head.Sender
	}
	return head
}

// LoadConfig reads a configuration file.
func LoadConfig(path string) (Config, error) {
	var c Config
	return c, house.ReadConfig(path, &c)
}
