// SPDX-License-Identifier: EUPL-1.2

package main

import (
	"context"
	"fmt"
	"log/slog"

	"meldewerk/internal/listen"
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
	"meldewerk/world"
)

// runGallery serves every page in every state, with invented data and without
// database or sign-in, on this machine only.
func runGallery(ctx context.Context, args []string, std streams) error {
	set := flags("gallery")
	address := set.String("address", "127.0.0.1:8090", "Adresse auf diesem Rechner")
	rest, err := parse(set, args)
	if err != nil {
		return err
	}
	if len(rest) > 0 {
		return usage("die Galerie braucht keine weiteren Angaben")
	}
	states, err := world.Gallery()
	if err != nil {
		return err
	}
	pages, err := ui.GalleryHandler(states...)
	if err != nil {
		return err
	}
	door, err := listen.Open(ctx, "gallery", *address, web.NewServer(*address, web.Headers(pages), nil, newLog(slog.LevelWarn)))
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "Galerie: http://%s (Ende mit Strg-C)\n", door.Listener.Addr())
	return listen.Serve(ctx, door)
}
