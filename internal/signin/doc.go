// SPDX-License-Identifier: EUPL-1.2

// Package signin is the door of all three houses: the pages where somebody
// shows name and password, then the one-time password or a passkey; where the
// second factor is set up at the first sign-in; where the letter's password is
// changed; the account page with its sessions, passkeys and events; the switch
// between the units of a person; and the way out. It stands before step 1 of
// the way of a report.
//
// A house puts Routes into its table, gives the SignIn to web.Options.Sessions,
// and lays its page files over those of this package with Pages. The rules
// (hashes, codes, lockout) are in account, what is remembered is in
// internal/store; here is only what a browser sees.
//
// Names that do not exist, wrong passwords and accounts that are not active
// get the same page, the same status and the same work. The lock of one minute
// tells its time, whether the name exists or not.
//
// What the package must never do: write a user name, a password, a code or a
// token into a log, an address or a cookie other than the session's; compare a
// password, a code or a passkey without counting it first; or open a session
// by any other way than both factors.
package signin
