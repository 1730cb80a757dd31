#!/usr/bin/env bash
# Measures the whole way of 10,000 synthetic reports on SQLite and writes
# docs/benchmarks.md. Run it on an idle machine.
set -euo pipefail
cd "$(dirname "$0")/.."

reports=${1:-10000}
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT
MELDEWERK_BENCH_REPORTS=$reports MELDEWERK_BENCH_OUT=$rows \
  go test ./world -run '^$' -bench '^BenchmarkWay$' -benchtime 1x -timeout 60m

cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
memory=$(awk '/^MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo)
{
  echo "# Benchmarks"
  echo
  echo "Written by \`make bench\` (\`scripts/bench.sh\`); compare figures of one run only with each other."
  echo
  echo "Machine: ${cpu:-unknown processor}, $(nproc) processors, ${memory} GB memory, $(uname -sr), $(go env GOVERSION), SQLite with full sync."
  echo "Everything runs in one process with real TLS for the upload; houses and database share the processors."
  echo
  cat "$rows"
  echo
  echo "The yardsticks are what this machine can do at all in the same run: no step that reads the bytes and writes rows durably can be faster."
} > docs/benchmarks.md
echo "docs/benchmarks.md is written."
