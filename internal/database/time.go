// SPDX-License-Identifier: EUPL-1.2

package database

import (
	"database/sql/driver"
	"errors"
	"time"
)

// Time is a point in time as stored: BIGINT, microseconds since 1970, UTC.
// The zero time is refused; a column that may be empty takes NullTime.
type Time struct{ time.Time }

// At wraps a time for a statement.
func At(t time.Time) Time { return Time{t} }

// Value is the stored number.
func (t Time) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, errors.New("the zero time cannot be stored in a column that is never empty")
	}
	return t.UnixMicro(), nil
}

// Scan reads the stored number.
func (t *Time) Scan(value any) error {
	micros, ok := value.(int64)
	if !ok {
		return errors.New("the stored time is no number")
	}
	t.Time = time.UnixMicro(micros).UTC()
	return nil
}

// NullTime is a Time that may be missing: NULL is the zero time.
type NullTime struct{ time.Time }

// Maybe wraps a time that may be zero for a statement.
func Maybe(t time.Time) NullTime { return NullTime{t} }

// Value is the stored number, or NULL for the zero time.
func (t NullTime) Value() (driver.Value, error) {
	if t.IsZero() {
		return nil, nil
	}
	return t.UnixMicro(), nil
}

// Scan reads the stored number; NULL gives the zero time.
func (t *NullTime) Scan(value any) error {
	if value == nil {
		t.Time = time.Time{}
		return nil
	}
	var known Time
	if err := known.Scan(value); err != nil {
		return err
	}
	t.Time = known.Time
	return nil
}
