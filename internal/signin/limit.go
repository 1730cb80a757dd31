// SPDX-License-Identifier: EUPL-1.2

package signin

import (
	"net/netip"
	"sync"
	"time"
)

// limiter bounds the entries per source address and minute. It stands beside
// the lockout of accounts and is much wider, because a whole clinic may come
// from one address. It is kept in memory: several processes of a house each
// count for themselves.
type limiter struct {
	mu      sync.Mutex
	most    int
	since   time.Time
	sources map[netip.Prefix]int
}

// maxSources bounds the memory; when more come in one minute, those that are
// not known yet share one counter.
const maxSources = 50_000

func newLimiter(most int) *limiter {
	return &limiter{most: most, sources: map[netip.Prefix]int{}}
}

// take counts an entry. It gives zero, or how long the source must wait.
func (l *limiter) take(from netip.Addr, now time.Time) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	if passed := now.Sub(l.since); passed < 0 || passed >= time.Minute {
		l.since = now
		clear(l.sources)
	}
	key := sourceOf(from)
	if _, known := l.sources[key]; !known && len(l.sources) >= maxSources {
		key = netip.Prefix{}
	}
	l.sources[key]++
	if l.sources[key] > l.most {
		return l.since.Add(time.Minute).Sub(now)
	}
	return 0
}

// sourceOf is the address itself, or the /64 of an IPv6 address: that is what
// one household or hospital line gets.
func sourceOf(from netip.Addr) netip.Prefix {
	bits := from.BitLen()
	if from.Is6() {
		bits = 64
	}
	prefix, err := from.WithZone("").Prefix(bits)
	if err != nil {
		return netip.Prefix{} // an unknown address shares the counter of all such
	}
	return prefix
}
