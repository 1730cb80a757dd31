// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"meldewerk/internal/ui"
	"meldewerk/portal/courier"
)

// uploadFlags are what the upload command is told.
type uploadFlags struct {
	server, key, keyID, kind, ca, protocol, format string
	attempts                                       int
}

// runUpload sends packages to a portal with an installation key.
func runUpload(ctx context.Context, args []string, std streams) error {
	if len(args) > 0 && args[0] == "key" {
		return runUploadKey(args[1:], std)
	}
	set := flags("upload")
	var f uploadFlags
	set.StringVar(&f.server, "server", "", "Adresse des Portals, zum Beispiel https://portal.example.org")
	set.StringVar(&f.key, "key", "", "Datei mit dem Installationsschlüssel")
	set.StringVar(&f.keyID, "key-id", "", "Kennung des Schlüssels, wie die Vertrauensstelle sie mitgeteilt hat")
	set.StringVar(&f.kind, "kind", "", "real für Echtdaten, test für Testdaten")
	set.StringVar(&f.ca, "ca", "", "Datei mit dem Zertifikat der Stelle, die das Portal ausweist; ohne sie gelten die des Systems")
	set.StringVar(&f.protocol, "protocol", "", "Datei für das Protokoll (JSON), bei mehreren Paketen ein Ordner")
	set.StringVar(&f.format, "format", "text", "Ausgabe: text oder json")
	set.IntVar(&f.attempts, "attempts", 6, "Versuche je Paket, wenn die Verbindung abbricht")
	files, err := parse(set, args)
	if err != nil {
		return err
	}
	if err := f.check(files); err != nil {
		return err
	}
	client, err := f.client(std)
	if err != nil {
		return err
	}
	defer client.Close()
	var found, failed error
	for _, file := range files {
		err := f.send(ctx, client, file, std)
		switch _, ofFile := errors.AsType[*fileTroubled](err); {
		case err == nil:
		case errors.Is(err, errFound):
			found = err
		default: // the one before is told now
			if failed != nil {
				fmt.Fprintf(std.err, "meldewerk upload: %s\n", sentence(failed, false))
			}
			if failed = err; !ofFile {
				return failed // the next one would fare no better
			}
		}
	}
	return cmp.Or(failed, found)
}

// fileTroubled is a file that cannot be sent while others can.
type fileTroubled struct{ text string }

func (t *fileTroubled) Error() string { return t.text }

func (f uploadFlags) check(files []string) error {
	switch {
	case f.server == "" || f.key == "" || f.keyID == "":
		return usage("nennen Sie --server, --key und --key-id")
	case f.kind != "real" && f.kind != "test":
		return usage("sagen Sie mit --kind real oder --kind test, was die Pakete enthalten")
	case f.format != "text" && f.format != "json", f.attempts < 1:
		return usage("--format ist text oder json, --attempts mindestens 1")
	case len(files) == 0:
		return usage("nennen Sie mindestens ein Paket")
	case len(files) > 1 && f.protocol != "" && !isFolder(f.protocol):
		return usage("bei mehreren Paketen nennt --protocol einen Ordner, den es gibt")
	}
	return nil
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

func (f uploadFlags) client(std streams) (*courier.Client, error) {
	key, err := courier.OpenKey(f.key)
	switch {
	case errors.Is(err, courier.ErrWide):
		return nil, fmt.Errorf("die Schlüsseldatei %s ist für andere lesbar; setzen Sie ihre Rechte auf 0600", f.key)
	case err != nil:
		return nil, fmt.Errorf("die Schlüsseldatei %s lässt sich nicht als Installationsschlüssel lesen; „meldewerk upload key“ macht eine neue", f.key)
	}
	var authority *x509.CertPool
	if f.ca != "" {
		text, err := os.ReadFile(f.ca)
		authority = x509.NewCertPool()
		if err != nil || !authority.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("die Datei %s enthält kein Zertifikat; nennen Sie mit --ca eine PEM-Datei", f.ca)
		}
	}
	client, err := courier.NewClient(courier.Options{Server: f.server, Authority: authority, KeyID: f.keyID, Key: key, Attempts: f.attempts,
		Retrying: func(attempt int, after time.Duration, why error) {
			fmt.Fprintf(std.err, "Versuch %d von %d: %s Nächster Versuch in %s.\n", attempt, f.attempts, uploadTrouble(why), after)
		}})
	if err != nil {
		return nil, usage("--server hat die Form https://host[:port], --key-id besteht aus Buchstaben, Ziffern, Punkt und Strich")
	}
	return client, nil
}

// send sends one package and says what became of it.
func (f uploadFlags) send(ctx context.Context, client *courier.Client, file string, std streams) error {
	info, err := readable(file)
	if err != nil || !info.Mode().IsRegular() {
		return &fileTroubled{fmt.Sprintf("die Datei %s lässt sich nicht öffnen; prüfen Sie Namen und Rechte", file)}
	}
	bar := newProgress(std.err, 2*info.Size(), false) // once for the hash, once to send
	defer bar.end()
	p, err := client.Send(ctx, courier.Package{Name: filepath.Base(file), Kind: f.kind, Size: info.Size(),
		Open: func() (io.ReadCloser, error) {
			in, err := os.Open(file)
			if err != nil {
				return nil, err
			}
			return readCloser{bar.reader(in), in}, nil
		}})
	bar.end()
	if err != nil {
		if ctx.Err() != nil {
			return errors.New("abgebrochen; senden Sie das Paket noch einmal, ein schon angekommenes wird erkannt")
		}
		says := fmt.Sprintf("%s: %s", file, uploadTrouble(err))
		if ofThisFile(err) {
			return &fileTroubled{says}
		}
		return errors.New(says)
	}
	if err := f.keep(p, file); err != nil {
		return err
	}
	if f.format == "json" {
		_, err = std.out.Write(append(p.JSON[:len(p.JSON):len(p.JSON)], '\n'))
	} else {
		_, err = io.WriteString(std.out, uploadText(f.server, file, p))
	}
	switch {
	case err != nil:
		return err
	case p.State == "unreadable":
		return &fileTroubled{fmt.Sprintf("%s ist nicht als oBDS-Paket lesbar; das Protokoll nennt die Stelle", file)}
	case p.Rejected > 0:
		return errFound
	}
	return nil
}

// readable is os.Stat for a file that can be opened, too.
func readable(file string) (fs.FileInfo, error) {
	info, err := os.Stat(file)
	if err != nil || !info.Mode().IsRegular() { // a pipe would keep us waiting
		return info, err
	}
	in, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	return info, in.Close()
}

// ofThisFile says that a package could not be sent for what it is, so that the
// next one may fare better.
func ofThisFile(err error) bool {
	if refusal, is := errors.AsType[*courier.Refusal](err); is {
		switch refusal.Key {
		case "package.form", "upload.empty", "upload.too_large", "upload.unpacked_too_large", "upload.ratio", "upload.entries", "machine.software":
			return true
		}
		return false
	}
	return errors.Is(err, courier.ErrChanged)
}

type readCloser struct {
	io.Reader
	io.Closer
}

// keep writes the protocol to the file or folder that was named.
func (f uploadFlags) keep(p courier.Protocol, file string) error {
	if f.protocol == "" {
		return nil
	}
	to := f.protocol
	if isFolder(to) {
		to = filepath.Join(to, filepath.Base(file)+".protokoll.json")
	}
	if err := os.WriteFile(to, p.JSON, 0o600); err != nil {
		return fmt.Errorf("das Paket ist übermittelt, aber das Protokoll lässt sich nicht nach %s schreiben; es steht auf dem Portal unter %s", to, p.Path)
	}
	return nil
}

// uploadText is what became of a package, for people.
func uploadText(server, file string, p courier.Protocol) string {
	var b strings.Builder
	if p.State == "unreadable" {
		fmt.Fprintf(&b, "%s: nicht lesbar, nichts angenommen\n", file)
	} else {
		fmt.Fprintf(&b, "%s: %s: %s angenommen, davon %s mit Hinweisen; %s abgewiesen\n", file, ui.Count(int64(p.Reports), "Meldung", "Meldungen"),
			ui.Number(int64(p.Accepted+p.Warned)), ui.Number(int64(p.Warned)), ui.Number(int64(p.Rejected)))
		fmt.Fprintf(&b, "  Quittung %s, Eingang %s\n", p.Number, ui.Moment(p.Received))
	}
	if p.Again {
		b.WriteString("  Dieses Paket war schon da; es wurde nicht noch einmal angenommen\n")
	}
	fmt.Fprintf(&b, "  Protokoll %s%s\n", strings.TrimSuffix(server, "/"), p.Path)
	return strings.ReplaceAll(b.String(), "\u00a0", " ")
}

// uploadTrouble says in German why a package did not come through.
func uploadTrouble(err error) string {
	if refusal, is := errors.AsType[*courier.Refusal](err); is {
		switch {
		case refusal.Key == "machine.clock":
			return fmt.Sprintf("%s Dieser Rechner zeigt %s Uhr (UTC).", refusal.Sentence, time.Now().UTC().Format("02.01.2006, 15:04:05"))
		case refusal.Sentence != "":
			return refusal.Sentence
		}
		return fmt.Sprintf("Das Portal oder ein Proxy davor antwortet mit Status %d.", refusal.Status)
	}
	if _, is := errors.AsType[*tls.CertificateVerificationError](err); is {
		return "Das Portal weist sich mit einem Zertifikat aus, dem dieser Rechner nicht vertraut. Prüfen Sie --server und --ca."
	}
	if errors.Is(err, courier.ErrChanged) {
		return "Die Datei hat sich während der Übertragung geändert. Senden Sie sie, wenn sie fertig geschrieben ist."
	}
	return "Die Verbindung zum Portal kam nicht zustande oder brach ab."
}

// runUploadKey makes an installation key.
func runUploadKey(args []string, std streams) error {
	set := flags("upload key")
	out := set.String("out", "", "Datei für den neuen Schlüssel")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	if *out == "" || len(rest) > 0 {
		return usage("nennen Sie mit --out die Datei für den neuen Schlüssel")
	}
	key, err := courier.CreateKey(*out)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("die Datei %s gibt es schon; ein Schlüssel wird nie überschrieben", *out)
	}
	if err != nil {
		return fmt.Errorf("der Schlüssel lässt sich nicht nach %s schreiben; prüfen Sie Ordner und Rechte", *out)
	}
	fmt.Fprintln(std.out, key.Public())
	fmt.Fprintf(std.err, "Der geheime Schlüssel steht in %s und verlässt diesen Rechner nicht.\n"+
		"Teilen Sie der Vertrauensstelle die Zeile mit, die mit mwk1 beginnt, dazu den Namen der Software (Software_ID im Paket).\n"+
		"Sie erhalten eine Schlüsselkennung für --key-id.\n", *out)
	return nil
}
