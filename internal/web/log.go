// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"io"
	"log/slog"
)

// NewLog makes the log of a house: one JSON object per line, times in UTC.
// JSON quoting keeps line breaks and control characters inside their field.
func NewLog(w io.Writer, level slog.Level) *slog.Logger {
	return slog.New(slog.NewJSONHandler(w, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Time(slog.TimeKey, a.Value.Time().UTC())
			}
			return a
		},
	}))
}
