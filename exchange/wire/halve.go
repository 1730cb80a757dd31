// SPDX-License-Identifier: EUPL-1.2

package wire

import "errors"

// InHalves sends items, and when they are too large at once, each half for
// itself, down to single ones. It is right only for calls that may be repeated
// and need not happen together.
func InHalves[T any](items []T, send func([]T) error) error {
	err := send(items)
	if len(items) < 2 || !errors.Is(err, ErrTooLarge) {
		return err
	}
	middle := len(items) / 2
	err = InHalves(items[:middle], send)
	if err != nil {
		return err
	}
	return InHalves(items[middle:], send)
}
