#!/usr/bin/env bash
# Every test on SQLite and PostgreSQL with the browser; every fuzz target for
# some seconds; then the parts in which goroutines share things once more under
# the race detector.
set -euo pipefail
cd "$(dirname "$0")/.."

go vet ./...
go test -timeout 20m ./...
scripts/fuzz.sh "${FUZZTIME:-3s}"
if command -v gcc >/dev/null 2>&1; then
  CGO_ENABLED=1 go test -race -short -timeout 15m ./account ./audit ./envelope/... ./exchange/... \
    ./internal/atrest ./internal/database ./internal/web ./portal/internal/... ./report/parcel
else
  echo "No C compiler here: the race detector is left out."
fi
