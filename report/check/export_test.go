// SPDX-License-Identifier: EUPL-1.2

package check

import "meldewerk/calendar"

// Holds lets tests ask about a rule that is not in the table.
func Holds(r *Rule, c *Context) bool { return r.holds(c) }

// Before lets tests compare the quick comparison with that of the calendar.
func Before(a, b calendar.Date) bool { return spanOf(a).before(spanOf(b)) }

// Remembered says how many reports and tumours of the patient at hand are kept.
func Remembered(p *Package) (reports, tumours int) { return len(p.kept), len(p.tumours) }
