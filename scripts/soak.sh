#!/usr/bin/env bash
# Long runs that find what a quick test cannot: every fuzz target for a while,
# thousands of stories of reports by reference, then hundreds of kills on both
# databases. Takes hours; the environment makes it shorter or longer.
#   FUZZTIME=2m   time for each fuzz target
#   KILLS=500     kills for each database
#   MUTANTS=20000 damaged samples for each schema
#   DIFFERENTIAL=1000000  packages
#   STORIES=2000  stories of reports by reference for each profile
set -euo pipefail
cd "$(dirname "$0")/.."

fuzztime=${FUZZTIME:-2m}
kills=${KILLS:-500}

scripts/fuzz.sh "$fuzztime"

echo "reader: mutants against xmllint, a million packages against the decoder"
MELDEWERK_MUTANTS=${MUTANTS:-20000} MELDEWERK_DIFFERENTIAL=${DIFFERENTIAL:-1000000} \
  go test ./report/obds -run 'Mutant|X4|X6' -count 1 -timeout 6h -v

echo "references: ${STORIES:-2000} stories for each profile"
MELDEWERK_STORIES=${STORIES:-2000} go test ./trustcentre -run '^Test(ReferencesEnd|NothingIsLost)' -count 1 -timeout 6h -v

echo "kill loop: $kills kills on each database"
MELDEWERK_KILLS=$kills MELDEWERK_KILL_POSTGRES=1 \
  go test ./world -run '^TestR1' -count 1 -timeout 6h -v
