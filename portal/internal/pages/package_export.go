// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"encoding/hex"
	"errors"
	"io"
	"strings"

	"meldewerk/internal/web"
	"meldewerk/portal/internal/upload"
	"meldewerk/report"
	"meldewerk/report/protocol"
)

// target finds the package of an export and its filter.
func (p *Pages) target(r *web.Request) (upload.Package, upload.Filter, error) {
	var form filterForm
	if err := r.DecodeQuery(&form); err != nil {
		return upload.Package{}, upload.Filter{}, err
	}
	pkg, err := p.rooms.Uploads.Package(r.Context(), r.Principal.UnitID, upload.ID(r.PathValue("id")))
	return pkg, form.filter(), err
}

// exportName is the name of a download: the receipt, nothing of the sender's.
func exportName(pkg upload.Package, ending string) string {
	if pkg.Number == "" {
		return "protokoll" + ending
	}
	return "protokoll-" + pkg.Number + ending
}

func (p *Pages) protocolJSON(r *web.Request) (web.Response, error) {
	return p.export(r, protocol.JSON, ".json", "application/json")
}

func (p *Pages) protocolXML(r *web.Request) (web.Response, error) {
	return p.export(r, protocol.XML, ".xml", "application/xml; charset=utf-8")
}

func (p *Pages) protocolCSV(r *web.Request) (web.Response, error) {
	return p.export(r, protocol.CSV, ".csv", "text/csv; charset=utf-8")
}

// export answers with the protocol to save, one result after the other.
func (p *Pages) export(r *web.Request, format protocol.Format, ending, contentType string) (web.Response, error) {
	pkg, filter, err := p.target(r)
	if err != nil {
		return nil, err
	}
	each := func(do func(upload.Line) error) error {
		return p.rooms.Uploads.Each(r.Context(), r.Principal.UnitID, pkg.ID, filter, do)
	}
	return web.Download(exportName(pkg, ending), contentType, func(w io.Writer) error {
		return writeProtocol(w, format, pkg, each)
	}), nil
}

// writeProtocol writes the protocol of a package with what trust centres have
// said since.
func writeProtocol(w io.Writer, format protocol.Format, pkg upload.Package, each func(func(upload.Line) error) error) error {
	head := &protocol.Head{File: pkg.FileName, SchemaVersion: pkg.SchemaVersion, Findings: pkg.Findings,
		Reports: pkg.Reports, Accepted: pkg.Accepted, Warned: pkg.Warned, Rejected: pkg.Rejected,
		Unreadable: pkg.State == upload.Unreadable,
		Submission: &protocol.Submission{Kind: string(pkg.Kind), State: string(pkg.State)}}
	if pkg.State == upload.Received {
		head.Submission.Receipt = &protocol.Receipt{Number: pkg.Number, ReceivedAt: pkg.EndedAt,
			SHA256: hex.EncodeToString(pkg.SHA256), State: string(pkg.State)}
	}
	out := protocol.New(format, w, protocol.Options{})
	err := out.Write(head, func(yield func(protocol.Line, error) bool) {
		err := each(func(l upload.Line) error {
			if !yield(protocolLine(l), nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(protocol.Line{}, err)
		}
	})
	if err != nil {
		return err
	}
	return out.Close()
}

var errStopped = errors.New("the writer wants no more lines")

func protocolLine(l upload.Line) protocol.Line {
	line := protocol.Line{Result: l.Result}
	var standing []string
	for _, s := range l.Standing {
		line.State = string(s.State)
		standing = append(standing, stateWord(s.State))
		for _, m := range s.Remarks {
			line.Remarks = append(line.Remarks, report.Finding{Rule: m.Rule, Severity: report.Severity(m.Severity),
				Path: m.Path, Message: m.Message, Remedy: m.Remedy})
		}
	}
	if l.Verdict != report.Rejected && len(standing) == 0 {
		standing = append(standing, stateWord(""))
	}
	line.Standing = strings.Join(standing, ", ")
	return line
}
