// SPDX-License-Identifier: EUPL-1.2

package signin_test

import (
	"path/filepath"
	"testing"
	"time"

	"meldewerk/account"
	"meldewerk/internal/signin"
)

// The two figures should be alike: with the hash of the product a difference
// of microseconds drowns in its 100 milliseconds.
func BenchmarkA2KnownAndUnknownNames(b *testing.B) {
	for _, name := range []string{username, "gibt.es.nicht"} {
		b.Run(map[bool]string{true: "known", false: "unknown"}[name == username], func(b *testing.B) {
			dir := b.TempDir()
			w := startFresh(b, filepath.Join(dir, "house.db"), filepath.Join(dir, "master.key"))
			w.person()
			w.hasher = account.NewHasher(account.WithCost(account.Cost{MemoryKiB: 64, Passes: 1, Lanes: 1}))
			w.serve(1 << 30)
			from := w.browser()
			for b.Loop() {
				w.clock.pass(61 * time.Second) // never locked
				if a := from.post(signin.PathSignIn, "username", name, "password", "falsch falsch falsch"); a.Status != 422 {
					b.Fatalf("status %d", a.Status)
				}
			}
		})
	}
}
