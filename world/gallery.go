// SPDX-License-Identifier: EUPL-1.2

package world

import (
	"fmt"

	"meldewerk/internal/ui"
	"meldewerk/portal"
	"meldewerk/registry"
	"meldewerk/trustcentre"
)

// Gallery is every page of every house in every state.
func Gallery() ([]ui.State, error) {
	var states []ui.State
	for _, of := range []func() ([]ui.State, error){portal.Gallery, trustcentre.Gallery, registry.Gallery} {
		some, err := of()
		if err != nil {
			return nil, fmt.Errorf("gallery: %w", err)
		}
		states = append(states, some...)
	}
	return states, nil
}
