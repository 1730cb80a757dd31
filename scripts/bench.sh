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
  echo "How to read it:"
  echo
  echo "- The yardsticks are what this machine does at all in the same run: reading the bytes, and writing rows of the same size."
  echo "- A flush far below a millisecond is confirmed out of a cache of the (virtual) disk. On a disk that writes through, every step that stores is slower; measure there before planning."
  echo "- Compare the program with xmllint only in the two rows of processes. The rows in memory have a compiled schema and no start of a process. xmllint keeps the whole file in memory and gives one verdict; that is another task."
  echo "- The package is synthetic."
  echo "- The databases are empty at the start; how the steps behave with a large stock is not measured here."
  echo "- The steps of the whole way are measured once. Runs on a machine that others use too have differed by a third, so smaller differences between two runs mean nothing."
} > docs/benchmarks.md
echo "docs/benchmarks.md is written."
