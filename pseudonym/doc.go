// SPDX-License-Identifier: EUPL-1.2

// Package pseudonym holds what stands for a person once the names are gone:
// control numbers (Kontrollnummern), the sealed identity (Chiffrat) and the
// references the trust centre gives to patients, tumours and reports.
//
// The values are made at step 7 of the way of a report, travel at step 9 and
// are compared at step 10. They are opaque here: this package has no key, no
// rule of standardisation and no way back, which is why the registry may
// import it while identity/controlnumber and identity/chiffrat stay with the
// trust centre.
//
// Control numbers are personal data still: equal values have equal numbers,
// so frequencies show. They print as [redacted]; only Text, MarshalText and
// the JSON forms give them out, for stores and for the transfer between
// houses. They must never reach a log, a page or an export.
package pseudonym
