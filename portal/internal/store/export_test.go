// SPDX-License-Identifier: EUPL-1.2

package store

// FinishedText is the statement of Finished, for its plan.
const FinishedText = finished
