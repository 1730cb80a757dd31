// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed pages/signin/*.html
var embedded embed.FS

// Names are the pages of this package, for ui.Templates to insist on.
var Names = []string{"signin-password", "signin-code", "signin-enrol", "signin-change", "signin-locked",
	"signin-account", "signin-sessions", "signin-passkeys"}

// Pages lays the page files of this package beside those of a house, in the
// folder "signin"; a house gives the result to ui.Templates. Nil stands for no
// files of the house.
func Pages(house fs.FS) fs.FS { return overlay{house} }

type overlay struct{ house fs.FS }

const folder = "signin"

func (o overlay) own() fs.FS {
	own, err := fs.Sub(embedded, "pages")
	if err != nil {
		panic("signin: the pages are not embedded") // cannot be: the name is constant
	}
	return own
}

// Open opens a file of this package or of the house.
func (o overlay) Open(name string) (fs.File, error) {
	if o.house == nil || name == folder || strings.HasPrefix(name, folder+"/") {
		return o.own().Open(name)
	}
	return o.house.Open(name)
}

// ReadDir lists the house's files and the folder of this package.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	if o.house == nil || name != "." {
		if o.house != nil && name != folder {
			return fs.ReadDir(o.house, name)
		}
		return fs.ReadDir(o.own(), name)
	}
	theirs, err := fs.ReadDir(o.house, name)
	if err != nil {
		return nil, err
	}
	ours, err := fs.ReadDir(o.own(), name)
	all := append(ours, theirs...)
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return all, err
}
