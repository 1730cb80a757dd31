// SPDX-License-Identifier: EUPL-1.2

package store

// FinishedText is the statement of Finished, for its plan.
const FinishedText = finished

// ToDoText is the statement that counts what waits for somebody, for its plan.
const ToDoText = toDo + `SELECT COUNT(id) FROM waiting`
