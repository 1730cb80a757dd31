// SPDX-License-Identifier: EUPL-1.2

// Package access is the Melderverwaltung: the register of institutions, people
// and accounts that may report, and what the trust centre does about them. It
// works before step 1 of the way of a report: nobody signs in at the portal
// without an order from here.
//
// The trust centre decides, the portal carries out: each act becomes a
// numbered order in the transaction of the act, and the portal's answer comes
// back into the register. The portal is not trusted: what it tells about
// accounts is shown, never obeyed, and its applications are checked after
// opening.
//
// Only the trust centre's door and pages use it. It must never keep a password
// (the hash alone leaves the moment of printing), never let somebody act on
// his own account, and never put a name into a log line, an address or an
// error.
package access
