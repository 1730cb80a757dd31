// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"errors"
	"io"

	"meldewerk/exchange/submission"
	"meldewerk/fault"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/policy"
	"meldewerk/portal/internal/machine"
	"meldewerk/portal/internal/upload"
)

// uploadPage asks for a package.
type uploadPage struct {
	Kind    ui.Field
	Package ui.Field
	Unit    ui.Field // that the page was shown for
	Limit   int64
	Waits   bool // real data wait for the release of the unit
	Refuses bool // real data are refused before the release
}

const titleNewPackage = "Meldungspaket hochladen"

func (p *Pages) newPackage(r *web.Request) (web.Response, error) {
	sender, err := p.sender(r)
	if err != nil {
		return nil, err
	}
	return p.showNewPackage(sender, "", nil), nil
}

func (p *Pages) showNewPackage(sender upload.Sender, kind string, problems ui.Problems) *web.PageResponse {
	page := newUploadPage(p.rooms.Uploads.Limits(), p.rooms.Profile, sender.Released, kind, problems)
	page.Unit = ui.Hidden("unit", sender.Unit)
	return web.Page("package_new", titleNewPackage, page).
		With(crumbs(ui.Link{Label: "Pakete", Href: "/pakete"}, ui.Link{Label: "Hochladen"})).
		With(func(f *ui.Frame) { f.Scripts = []string{"progress.js"} })
}

func newUploadPage(limits upload.Limits, profile policy.Profile, released bool, kind string, problems ui.Problems) uploadPage {
	kinds := []ui.Option{
		{Value: string(submission.Real), Label: "Echtdaten", Hint: "Meldungen über wirkliche Personen, die ins Register sollen"},
		{Value: string(submission.Test), Label: "Testdaten", Hint: "Werden geprüft und nie an das Register weitergeleitet"},
	}
	file := ui.File("package", "Datei", ".xml,.zip,.gz").Check(problems)
	file.Hint = "oBDS als XML, einzeln, mit gzip oder in einem ZIP-Archiv gepackt; höchstens " + ui.Size(limits.Request)
	return uploadPage{
		Kind:    ui.Radios("kind", "Was enthält das Paket?", ui.Choose(kinds, kind)).Check(problems),
		Package: file, Limit: limits.Request,
		Waits:   !released && profile.RealBeforeRelease == policy.WaitForRelease,
		Refuses: !released && profile.RealBeforeRelease == policy.RefuseReal,
	}
}

// sending is the unit behind an upload, with what its program has signed for.
func (p *Pages) sending(r *web.Request) (upload.Sender, machine.Promise, error) {
	sender, err := p.sender(r)
	if err != nil || !r.Principal.Machine {
		return sender, machine.Promise{}, err
	}
	promise, err := p.rooms.Machines.Promised(r.Request)
	sender.Software, sender.SHA256 = promise.Software, promise.SHA256
	return sender, promise, err
}

// takePackage reads a package as it flows in and answers with its protocol.
func (p *Pages) takePackage(r *web.Request) (web.Response, error) {
	sender, promise, err := p.sending(r)
	if err != nil {
		return nil, err
	}
	var form struct {
		Kind string `form:"kind,max=10"`
		Unit string `form:"unit,max=64"`
	}
	var problems ui.Problems
	var taken *upload.Upload
	err = r.Upload("package", &form, func(fileName string, content io.Reader) error {
		if form.Unit != "" && form.Unit != sender.Unit {
			return errOtherUnit
		}
		kind := submission.Kind(form.Kind)
		if kind != submission.Test && kind != submission.Real {
			problems.Add("kind", "Wählen Sie, ob das Paket Echtdaten oder Testdaten enthält.")
			return errRefused
		}
		if promise.Kind != "" && promise.Kind != form.Kind {
			return machine.ErrKind
		}
		var err error
		taken, err = p.rooms.Uploads.Read(r.Context(), sender, kind, fileName, content)
		if errors.Is(err, upload.ErrEmpty) {
			problems.Add("package", upload.ErrEmpty.Sentence)
			return errRefused
		}
		return err
	})
	if taken != nil {
		defer taken.Discard(r.Context()) // after Commit it does nothing
	}
	if errors.Is(err, errRefused) && r.Principal.Machine {
		return nil, fault.New(fault.Invalid, "package.form", problems[0].Sentence)
	}
	if errors.Is(err, errRefused) {
		return p.showNewPackage(sender, form.Kind, problems).Refused(problems), nil
	}
	if err != nil {
		return nil, err
	}
	if r.Principal.Machine {
		if _, err := p.rooms.Machines.Promised(r.Request); err != nil {
			return nil, err // the key was revoked while the package came in
		}
	}
	outcome, err := taken.Commit(r.Context())
	if err != nil {
		return nil, err
	}
	path := "/pakete/" + string(outcome.ID)
	if !outcome.First {
		path += "?schon=ja"
	}
	return web.Redirect(path), nil
}

// errOtherUnit refuses a package from a page that was shown for another unit:
// its people would read the protocol of a package that is not theirs.
var errOtherUnit = fault.New(fault.Conflict, "package.other_unit",
	"Sie haben die Einrichtung gewechselt, nachdem diese Seite geöffnet wurde. Es wurde nichts angenommen. Wählen Sie oben die Einrichtung des Pakets und laden Sie es dann noch einmal hoch.")

// errRefused ends the reading of a form whose problems are noted.
var errRefused = errors.New("form refused")
