// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

var formPages = []string{}

func (p *Pages) formRoutes() []web.Route { return nil }

func (g gallery) forms() []ui.State { return nil }
