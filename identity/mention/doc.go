// SPDX-License-Identifier: EUPL-1.2

// Package mention finds a patient's identity in words that were written for
// something else: the Namensnennung in open text.
//
// It stands at step 1 of the way of a report, where the portal refuses a typed
// report whose open text names the patient, and at step 8, where the trust
// centre's last look compares the few words that may leave. It compares whole
// words after folding, so that every usual spelling of a German name meets, and
// it knows the usual ways of writing a day of birth.
//
// It answers yes or no. It must never tell which word it was, neither in a
// result nor in an error or a log. A no is no proof: an unknown nickname or a
// description of the person is found by nobody.
package mention
