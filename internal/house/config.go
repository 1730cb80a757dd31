// SPDX-License-Identifier: EUPL-1.2

package house

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/BurntSushi/toml"

	"meldewerk/fault"
	"meldewerk/policy"
)

// ReadConfig reads the configuration file of a house (TOML). A key that the
// house does not know is refused, since what it should have changed would not
// change. The sentences name file, key and line, never a value: an address of a
// database may hold a password.
func ReadConfig(path string, into any) error {
	name := filepath.Base(path)
	meta, err := toml.DecodeFile(path, into)
	if wrong, is := errors.AsType[toml.ParseError](err); is {
		return fault.New(fault.Invalid, "config.form", fmt.Sprintf(
			"Zeile %d von %s ist kein TOML. Eine Zeile hat die Form Name = Wert oder [Abschnitt], und jeder Name steht nur einmal.", wrong.Position.Line, name))
	}
	if refused, is := errors.AsType[*fs.PathError](err); is {
		return fmt.Errorf("read configuration: %w", refused)
	}
	if err != nil {
		line, key := 0, "" // the rest of the text may hold a value
		_, _ = fmt.Sscanf(err.Error(), "toml: line %d (last key %q)", &line, &key)
		return fault.New(fault.Invalid, "config.kind", fmt.Sprintf(
			"Der Eintrag „%s“ in Zeile %d von %s hat einen Wert der falschen Art. Texte stehen in Anführungszeichen; Zahlen, true und false ohne.",
			key, line, name))
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return fault.New(fault.Invalid, "config.key", fmt.Sprintf(
			"Den Eintrag „%s“ in %s gibt es für dieses Haus nicht. Berichtigen Sie seine Schreibweise oder streichen Sie ihn, und prüfen Sie, ob es die Datei dieses Hauses ist.",
			unknown[0], name))
	}
	return nil
}

// Profile is the Landesprofil that a configuration names.
func Profile(name string) (policy.Profile, error) {
	profile, err := policy.Of(name)
	if err != nil {
		return profile, fault.New(fault.Invalid, "config.profile",
			"Der Eintrag „profile“ nennt kein Landesprofil. Setzen Sie ihn auf kkn, ekn oder hessen.").Because(err)
	}
	return profile, nil
}
