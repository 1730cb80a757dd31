// SPDX-License-Identifier: EUPL-1.2

package store

import (
	"embed"
	"io/fs"

	"meldewerk/internal/database"
)

//go:embed migrations/*.sql
var files embed.FS

// Migrations is the schema of the tables that every house has. A house names
// it first and its own after it.
func Migrations() database.Migrations {
	sub, err := fs.Sub(files, "migrations")
	if err != nil {
		panic("store: the migrations are not embedded") // cannot be: the name is constant
	}
	return database.Migrations{Name: "ground", Files: sub}
}
