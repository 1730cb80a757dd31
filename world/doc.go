// SPDX-License-Identifier: EUPL-1.2

// Package world sets up and runs the three houses together: for the demo, for
// the tests of the whole way, and as the model of an installation.
//
// Prepare makes what an operator makes: a folder with configuration, database
// and keys for each house, the private authority of the houses, the public
// keys each gets from the others. Run* serves one house as its command does;
// Open runs all three in one process over the very same doors.
//
// Only this package and the command see more than one house.
package world
