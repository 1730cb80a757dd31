// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

var helpPages = []string{}

func (p *Pages) helpRoutes() []web.Route { return nil }

func (g gallery) help() []ui.State { return nil }
