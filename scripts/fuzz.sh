#!/usr/bin/env bash
# Every fuzz target for a while, one after the other:
#   scripts/fuzz.sh [TIME]      TIME for each target, default 5s
# What a run finds is kept by the go tool under testdata/fuzz and belongs into
# the repository as a seed.
set -euo pipefail
cd "$(dirname "$0")/.."

time=${1:-5s}
for package in $(grep -rlE '^func Fuzz' --include='*_test.go' --exclude-dir=node_modules . | xargs -n 1 dirname | sort -u); do
  for target in $(grep -hoE '^func Fuzz[A-Za-z0-9_]*' "$package"/*_test.go | sed 's/^func //' | sort -u); do
    echo "fuzz: $package $target for $time"
    go test "$package" -run '^$' -fuzz "^${target}\$" -fuzztime "$time" -fuzzminimizetime 1x
  done
done
