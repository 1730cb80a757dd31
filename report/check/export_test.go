// SPDX-License-Identifier: EUPL-1.2

package check

// Holds lets tests ask about a rule that is not in the table.
func Holds(r *Rule, c *Context) bool { return r.holds(c) }
