// SPDX-License-Identifier: EUPL-1.2

// Package synth makes a synthetic world: invented patients with true-looking
// tumours, and the reports that hospitals and practices would send of them.
//
// It stands before step 1 of the way of a report and feeds `meldewerk synth`,
// `meldewerk demo`, the tests and the benchmarks. The same Options give the
// same bytes on every machine: all draws are whole numbers from a PCG, each
// patient has a stream of his own, and nothing looks at a clock. Patients come
// one after the other, so a world may have millions of them.
//
// All persons are invented. Names, streets and places are drawn apart from
// each other from lists of usual ones; a likeness with somebody living is
// chance. Reporters, physicians and their numbers are invented as well. The
// shares of tumours, stages and treatments are near enough to look right on a
// screen; they are no statistics.
//
// No house imports this package, except that the demo fills its houses with
// what it makes; nothing real may ever be mixed into a World.
//
// Spec: oBDS 3.0.2 to 3.0.5
package synth
