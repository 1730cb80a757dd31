// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"
)

// NewServer makes the server of a house with limits against slow and large
// requests. Give it certificates to speak TLS 1.3; without, it is for a
// listener behind a terminating proxy on the same machine, or a test.
func NewServer(addr string, handler http.Handler, certificates []tls.Certificate, log *slog.Logger) *http.Server {
	server := &http.Server{
		Addr:              addr,
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		// The server's own lines name peers and raw bytes; only that there
		// was one is worth keeping.
		ErrorLog: slog.NewLogLogger(quiet{log.Handler()}, slog.LevelDebug),
	}
	if len(certificates) > 0 {
		server.TLSConfig = &tls.Config{
			Certificates: certificates,
			MinVersion:   tls.VersionTLS13,
			NextProtos:   []string{"h2", "http/1.1"},
		}
	}
	return server
}
