#!/usr/bin/env bash
# Long runs that find what a quick test cannot: every fuzz target for a while,
# then hundreds of kills on both databases. Takes hours; the environment makes
# it shorter or longer.
#   FUZZTIME=2m   time for each fuzz target
#   KILLS=500     kills for each database
set -euo pipefail
cd "$(dirname "$0")/.."

fuzztime=${FUZZTIME:-2m}
kills=${KILLS:-500}

for package in $(grep -rlE '^func Fuzz' --include='*_test.go' . | xargs -n 1 dirname | sort -u); do
  for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$package"/*_test.go | sed 's/^func //' | sort -u); do
    echo "fuzz: $package $target for $fuzztime"
    go test "$package" -run '^$' -fuzz "^${target}\$" -fuzztime "$fuzztime"
  done
done

echo "kill loop: $kills kills on each database"
MELDEWERK_KILLS=$kills MELDEWERK_KILL_POSTGRES=1 \
  go test ./world -run '^TestR1' -count 1 -timeout 6h -v
