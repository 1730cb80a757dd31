// SPDX-License-Identifier: EUPL-1.2

// Package leak looks for identities where none may be: in the databases,
// files and logs of the houses, in every encoding a value could hide in, and
// below the encryption at rest.
//
// A Search finds values in bytes. A Vault holds all keys of one house and
// opens whatever they open, without knowing which row a value belongs to,
// because encrypted bytes prove nothing. It looks at every step of the way of
// a report from outside; only tests import it, and it must never be linked
// into the program.
package leak
