// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"meldewerk/fault"
	"meldewerk/report/protocol"
)

// errStopped ends a command that was interrupted.
var errStopped = errors.New("abgebrochen")

// sentence is what the user reads: the public sentence of a fault; what is wrong
// with the machine and how to mend it; else the error itself. A name that a
// foreign archive brought along must not steer the terminal.
func sentence(err error, english bool) string {
	text := err.Error()
	if f := fault.Of(err); f != nil {
		text = f.Sentence
	} else if says, cause := trouble(err); cause != nil {
		text = says.german
		if english {
			text = says.english
		}
		if at := strings.LastIndex(err.Error(), cause.Error()); at > 0 {
			text += " (" + strings.TrimRight(err.Error()[:at], ": ") + ")"
		}
	}
	return protocol.Printable(text)
}

// remedy is a sentence in both languages.
type remedy struct{ german, english string }

// trouble finds what the operating system refused, and says what to do.
func trouble(err error) (remedy, error) {
	if refused, is := errors.AsType[*net.OpError](err); is {
		address := ""
		if refused.Addr != nil {
			address = refused.Addr.String()
		}
		return addressTrouble(refused, address)
	}
	refused, is := errors.AsType[*fs.PathError](err)
	if !is {
		return remedy{}, nil
	}
	says, known := fileTrouble(refused.Err)
	if !known {
		return remedy{}, nil
	}
	return remedy{fmt.Sprintf(says.german, refused.Path), fmt.Sprintf(says.english, refused.Path)}, refused
}

// fileTrouble is what keeps a program from a file.
func fileTrouble(err error) (remedy, bool) {
	for _, c := range []struct {
		is error
		remedy
	}{
		{syscall.ENOSPC, remedy{"auf dem Datenträger von %s ist kein Platz mehr; schaffen Sie Platz und wiederholen Sie den Aufruf", "there is no space left for %s; make room and call again"}},
		{syscall.EDQUOT, remedy{"für %s reicht der zugeteilte Platz nicht; schaffen Sie Platz und wiederholen Sie den Aufruf", "the quota does not suffice for %s; make room and call again"}},
		{syscall.EROFS, remedy{"%s liegt auf einem Datenträger, der nicht beschrieben werden darf; wählen Sie einen anderen Ort", "%s lies on a read-only file system; choose another place"}},
		{syscall.EISDIR, remedy{"%s ist ein Ordner; nennen Sie eine Datei", "%s is a folder; name a file"}},
		{syscall.ENOTDIR, remedy{"auf dem Weg zu %s steht eine Datei, wo ein Ordner sein müsste; prüfen Sie den Namen", "on the way to %s a file stands where a folder should be; check the name"}},
		{fs.ErrNotExist, remedy{"„%s“ gibt es nicht; prüfen Sie Namen und Ordner", "there is no “%s”; check name and folder"}},
		{fs.ErrPermission, remedy{"„%s“ ist für diesen Benutzer gesperrt; prüfen Sie die Rechte, und mit welchem Benutzer das Programm läuft", "“%s” is closed to this user; check its permissions and the user that runs the program"}},
	} {
		if errors.Is(err, c.is) {
			return c.remedy, true
		}
	}
	return remedy{}, false
}

// addressTrouble is what keeps a program from an address to listen on.
func addressTrouble(err *net.OpError, address string) (remedy, error) {
	bad, wrong := errors.AsType[*net.AddrError](err)
	_, unknown := errors.AsType[*net.DNSError](err)
	switch {
	case wrong:
		return remedy{german: fmt.Sprintf("die Adresse „%s“ hat nicht die Form Rechner:Port; schreiben Sie zum Beispiel 127.0.0.1:8441", bad.Addr),
			english: fmt.Sprintf("the address “%s” does not have the form host:port; write for example 127.0.0.1:8441", bad.Addr)}, err
	case unknown:
		return remedy{german: "den Rechner in der Adresse gibt es nicht; prüfen Sie die Schreibweise", english: "there is no such host; check the spelling of the address"}, err
	case errors.Is(err, syscall.EADDRINUSE):
		return remedy{german: fmt.Sprintf("die Adresse %s ist schon belegt; beenden Sie das andere Programm oder wählen Sie einen anderen Port", address),
			english: fmt.Sprintf("the address %s is taken; end the other program or choose another port", address)}, err
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return remedy{german: fmt.Sprintf("dieser Rechner hat die Adresse %s nicht; prüfen Sie sie", address),
			english: fmt.Sprintf("this machine does not have the address %s; check it", address)}, err
	case errors.Is(err, syscall.EACCES):
		return remedy{german: fmt.Sprintf("die Adresse %s darf dieser Benutzer nicht öffnen; wählen Sie einen Port über 1023", address),
			english: fmt.Sprintf("this user may not open the address %s; choose a port above 1023", address)}, err
	}
	return remedy{}, nil
}
