// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"

	"meldewerk/account"
	"meldewerk/policy"
	"meldewerk/world"
)

// entrance is a house of the credentials file.
type entrance struct {
	URL string `json:"url"`
	CA  string `json:"ca"`
}

// credentials is what `--credentials` writes; its fields are part of the interface.
type credentials struct {
	Portal      entrance      `json:"portal"`
	TrustCentre entrance      `json:"trustcentre"`
	Registry    entrance      `json:"registry"`
	Accounts    []world.Login `json:"accounts"`
}

func runDemo(ctx context.Context, args []string, std streams) error {
	set := flags("demo")
	data := set.String("data", "", "Ordner der Installation; ohne Angabe ein neuer, der am Ende gelöscht wird")
	profile := set.String("profile", "kkn", "Landesprofil: kkn, ekn oder hessen")
	portal := set.String("portal", "127.0.0.1:8441", "Adresse des Meldeportals")
	trust := set.String("trustcentre", "127.0.0.1:8442", "Adresse der Vertrauensstelle")
	registry := set.String("registry", "127.0.0.1:8443", "Adresse der Registerstelle")
	file := set.String("credentials", "", "Datei für Adressen und Zugänge als JSON")
	patients := set.Int("patients", 120, "Zahl der erfundenen Personen")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usage("die Vorführung braucht keine weiteren Angaben")
	}
	if _, err := policy.Of(*profile); err != nil {
		return usage("als --profile gibt es kkn, ekn und hessen")
	}
	if *patients < 1 {
		return usage("--patients ist mindestens 1")
	}
	for _, address := range []string{*portal, *trust, *registry} {
		if _, port, err := net.SplitHostPort(address); err != nil || port == "" {
			return usage("„%s“ hat nicht die Form Rechner:Port, zum Beispiel 127.0.0.1:8441", address)
		}
	}
	layout := world.Layout{Dir: *data, Profile: *profile, Instance: "Krebsregister Musterland", Demo: true,
		Portal: *portal, TrustCentre: *trust, Registry: *registry}
	if *data == "" {
		if layout.Dir, err = os.MkdirTemp("", "meldewerk-demo-"); err != nil {
			return err
		}
		defer func() { _ = os.RemoveAll(layout.Dir) }() // the houses are closed by then
	} else if layout.Dir, err = filepath.Abs(*data); err != nil {
		return err
	}
	if err := freePorts(ctx, &layout); err != nil {
		return err
	}
	fmt.Fprintln(std.out, "Die drei Häuser werden eingerichtet …")
	return demo(ctx, std.out, layout, *patients, *file)
}

// freePorts finds addresses for the doors between the houses.
func freePorts(ctx context.Context, l *world.Layout) error {
	for _, address := range []*string{&l.PortalExchange, &l.RegistryExchange} {
		var config net.ListenConfig
		listener, err := config.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		*address = listener.Addr().String()
		if err := listener.Close(); err != nil {
			return err
		}
	}
	return nil
}

// demo prepares what is not there yet, serves, and tells how to get in once
// everything answers.
func demo(ctx context.Context, out io.Writer, l world.Layout, patients int, file string) error {
	fresh := true
	if err := world.Prepare(ctx, l); errors.Is(err, world.ErrPrepared) {
		fresh = false
	} else if err != nil {
		return err
	}
	hasher := account.NewHasher()
	w, err := world.Open(ctx, l, world.Options{Hasher: hasher, Log: newLog(slog.LevelError)})
	if err != nil {
		return err
	}
	return w.Serve(ctx, func(ctx context.Context) error {
		var logins []world.Login
		var err error
		if fresh {
			if logins, err = w.Seed(ctx, hasher, world.Seeding{Patients: patients}); err != nil {
				return fmt.Errorf("fill the world: %w", err)
			}
			if err := l.WriteLogins(logins); err != nil {
				return err
			}
		} else if logins, err = l.ReadLogins(); err != nil {
			return err
		}
		c := credentials{Portal: entrance{w.URL(account.Portal), l.AuthorityFile()}, TrustCentre: entrance{w.URL(account.TrustCentre), l.AuthorityFile()},
			Registry: entrance{w.URL(account.Registry), l.AuthorityFile()}, Accounts: logins}
		if file != "" {
			if err := writeCredentials(file, c); err != nil {
				return err
			}
		}
		welcome(out, c)
		return nil
	})
}

// writeCredentials writes the file whole or not at all, because scripts wait for it.
func writeCredentials(path string, c credentials) error {
	content, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(path+".new", append(content, '\n'), 0o600); err != nil {
		return fmt.Errorf("write credentials: %w", err)
	}
	return os.Rename(path+".new", path)
}

func welcome(out io.Writer, c credentials) {
	fmt.Fprintf(out, "\nDie drei Häuser laufen (Ende mit Strg-C). Alle Personen sind erfunden.\n\n")
	fmt.Fprintf(out, "  Meldeportal       %s\n  Vertrauensstelle  %s\n  Registerstelle    %s\n\n", c.Portal.URL, c.TrustCentre.URL, c.Registry.URL)
	fmt.Fprintf(out, "  Der Browser warnt vor dem Zertifikat; es stammt aus %s.\n\n", c.Portal.CA)
	fmt.Fprintf(out, "  %-12s %-16s %-24s %s\n", "Haus", "Benutzername", "Passwort", "Schlüssel für die Authenticator-App")
	for _, a := range c.Accounts {
		secret := "wird beim ersten Anmelden gezeigt"
		if a.TOTPSecret != nil {
			secret = *a.TOTPSecret
		}
		fmt.Fprintf(out, "  %-12s %-16s %-24s %s\n", a.House, a.Username, a.Password, secret)
	}
	fmt.Fprintf(out, "\n  Einmalkennwort ohne App: oathtool --totp -b SCHLÜSSEL\n\n")
}
