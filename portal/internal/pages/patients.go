// SPDX-License-Identifier: EUPL-1.2

package pages

import (
	"meldewerk/internal/ui"
	"meldewerk/internal/web"
)

var patientPages = []string{}

func (p *Pages) patientRoutes() []web.Route { return nil }

func (g gallery) patients() []ui.State { return nil }
