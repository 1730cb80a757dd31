// SPDX-License-Identifier: EUPL-1.2

// Package personnel is where the Leitung of a trust centre or registry looks
// after the accounts of its own staff: who works here, in which roles, who is
// locked out and what to do about it. It stands beside the way of a report: it
// says who may walk it.
//
// A house puts Routes into its table, Nav into its navigation, and lays the
// page files over its own with Pages. Reporters' accounts are not looked after
// here: the trust centre orders them at the portal.
//
// What the package must never do: let somebody act on his own account; show a
// password a second time or write it anywhere; give a role that needs a
// passkey to somebody without one; act without a fresh second factor, or
// without an entry in the log, which the store writes with every act.
package personnel
