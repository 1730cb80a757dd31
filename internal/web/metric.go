// SPDX-License-Identifier: EUPL-1.2

package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Metrics counts requests by route pattern; other packages may register their
// own numbers with Registry. No label may carry a value from a request.
type Metrics struct {
	Registry *prometheus.Registry
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
}

// NewMetrics makes an empty collection with the numbers of the Go runtime.
func NewMetrics() *Metrics {
	m := &Metrics{
		Registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "meldewerk_http_requests_total", Help: "Requests answered, by route pattern and status class."},
			[]string{"house", "route", "class"}),
		seconds: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "meldewerk_http_request_seconds", Help: "Time to answer, by route pattern.",
			Buckets: []float64{.005, .02, .1, .5, 2, 10, 60}},
			[]string{"house", "route"}),
	}
	m.Registry.MustRegister(m.requests, m.seconds, collectors.NewGoCollector())
	return m
}

func (m *Metrics) observe(house, pattern string, status int, took time.Duration) {
	m.requests.WithLabelValues(house, pattern, strconv.Itoa(status/100)+"xx").Inc()
	m.seconds.WithLabelValues(house, pattern).Observe(took.Seconds())
}

// Handler serves /metrics; it belongs on an address of its own that only the
// operator reaches, never on the public listener.
func (m *Metrics) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(m.Registry, promhttp.HandlerOpts{}))
	return mux
}
