#!/usr/bin/env bash
# Measures on this machine and writes docs/benchmarks.md. Run it when nothing
# else runs.
#   scripts/bench.sh              everything
#   scripts/bench.sh way [N]      the whole way of N (10,000) synthetic reports
#   scripts/bench.sh check [MB]   "check" against xmllint on packages of MB (100), RUNS (11) times each
#   scripts/bench.sh signin [S]   500 sign-ins a second attempted for S (60) seconds
#   scripts/bench.sh typing [S]   200 people typing reports for S (60) seconds
#   scripts/bench.sh search       the slowest searches in the code lists
# The tables of the parts that were not measured stay as they are.
set -euo pipefail
cd "$(dirname "$0")/.."

what=${1:-all}
case $what in
  all | way | check | signin | typing | search) ;;
  *) echo "scripts/bench.sh: there is no part $what; name way, check, signin, typing or search, or nothing for all." >&2; exit 2 ;;
esac
file=docs/benchmarks.md
parts=$(mktemp -d)
trap 'rm -rf "$parts"' EXIT

# part NAME prints what stands between the marks of a part.
part() {
  [ -f "$file" ] && sed -n "/^<!-- part: $1 -->\$/,/^<!-- end: $1 -->\$/p" "$file" | sed '1d;$d' || true
}

cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
memory=$(awk '/^MemTotal/ {printf "%.0f", $2 / 1048576}' /proc/meminfo)
machine="${cpu:-unknown processor}, $(nproc) processors, ${memory} GB memory, $(uname -sr), $(go env GOVERSION)"

part way > "$parts/way"
part check > "$parts/check"
part signin > "$parts/signin"
part typing > "$parts/typing"
part search > "$parts/search"

if [ "$what" = all ] || [ "$what" = check ]; then
  size=100
  [ "$what" = check ] && size=${2:-100}
  MELDEWERK_BENCH_MEGABYTES=$size MELDEWERK_BENCH_RUNS=${RUNS:-11} MELDEWERK_BENCH_OUT=$parts/rows \
    go test ./world -run '^$' -bench '^BenchmarkCheck$' -benchtime 1x -timeout 60m
  {
    echo "Measured by \`scripts/bench.sh check\`. Machine: $machine."
    echo
    cat "$parts/rows"
    echo "How to read it:"
    echo
    echo "- Every row is a process of its own, bound to the processors it names; all take turns, and the middle one of ${RUNS:-11} runs counts. The two yardsticks are one loop over the bytes of the file in the cache of the system: nothing that looks at every byte is faster than the second."
    echo "- xmllint gives one verdict on the file by the schema. \`check\` gives one on each report, by the schema and by plausibility; \`--schema-only\` leaves plausibility out."
    echo "- The time of \`check\` on two processors varies with what else runs; the CPU time varies less."
    echo "- The shares are those of samples taken while one processor read the package; asking for memory counts for the step that asks."
  } > "$parts/check"
fi

if [ "$what" = all ] || [ "$what" = way ]; then
  reports=10000
  [ "$what" = way ] && reports=${2:-10000}
  MELDEWERK_BENCH_REPORTS=$reports MELDEWERK_BENCH_OUT=$parts/rows \
    go test ./world -run '^$' -bench '^BenchmarkWay$' -benchtime 1x -timeout 60m
  {
    echo "Measured by \`scripts/bench.sh way\`. Machine: $machine, SQLite with full sync."
    echo "Everything runs in one process with real TLS for the upload; houses and database share the processors."
    echo
    cat "$parts/rows"
    echo
    echo "How to read it:"
    echo
    echo "- The yardsticks are what this machine does at all in the same run: reading the bytes, and writing rows of the same size."
    echo "- A flush far below a millisecond is confirmed out of a cache of the (virtual) disk. On a disk that writes through, every step that stores is slower; measure there before planning."
    echo "- Compare the program with xmllint only in the two rows of processes. The rows in memory have a compiled schema and no start of a process. xmllint keeps the whole file in memory and gives one verdict; that is another task."
    echo "- The package is synthetic."
    echo "- The databases are empty at the start; how the steps behave with a large stock is not measured here."
    echo "- The steps of the whole way are measured once. Runs on a machine that others use too have differed by a third, so smaller differences between two runs mean nothing."
  } > "$parts/way"
fi

if [ "$what" = all ] || [ "$what" = signin ]; then
  seconds=60
  [ "$what" = signin ] && seconds=${2:-60}
  MELDEWERK_BENCH_SECONDS=$seconds MELDEWERK_BENCH_OUT=$parts/rows \
    go test ./internal/signin -run '^$' -bench '^BenchmarkA3FloodOfSignIns$' -benchtime 1x -timeout 30m
  {
    echo "Measured by \`scripts/bench.sh signin\`. Machine: $machine."
    echo
    cat "$parts/rows"
    echo
    echo "How to read it:"
    echo
    echo "- Strangers try wrong passwords from many addresses; the house is a process of its own with a memory limit of 256 MiB and shares the processors with them."
    echo "- Every comparison costs 64 MiB and three passes by design, so the house can do only some a second; the rest is sent away at once and nothing is counted against anybody."
    echo "- People with a session never need a comparison, so they work on."
  } > "$parts/signin"
fi

if [ "$what" = all ] || [ "$what" = typing ]; then
  seconds=60
  [ "$what" = typing ] && seconds=${2:-60}
  MELDEWERK_TEST_DURABLE=on MELDEWERK_BENCH_SECONDS=$seconds MELDEWERK_BENCH_OUT=$parts/rows \
    go test ./world -run '^$' -bench '^BenchmarkTyping$' -benchtime 1x -timeout 30m
  {
    echo "Measured by \`scripts/bench.sh typing\`. Machine: $machine."
    echo
    cat "$parts/rows"
    echo
    echo "How to read it:"
    echo
    echo "- The people, their TLS, the portal and the database share the processors; each person has a connection of his own and a report of his own. Both databases wait for the disk."
    echo "- \"page\" opens a section, \"section\" checks and stores it and leads on, \"autosave\" stores a draft."
    echo "- The goal is a 99th percentile under 100 ms."
  } > "$parts/typing"
fi

if [ "$what" = all ] || [ "$what" = search ]; then
  MELDEWERK_BENCH_OUT=$parts/rows go test ./terminology -run '^$' -bench '^BenchmarkSearchLimit$' -benchtime 1x -timeout 30m
  {
    echo "Measured by \`scripts/bench.sh search\`. Machine: $machine."
    echo
    cat "$parts/rows"
    echo
    echo "The queries are the worst that were found: common letters, many words, several typing errors, 200 letters on end. Imported lists have invented words and the size of the official ones."
  } > "$parts/search"
fi

{
  echo "# Benchmarks"
  echo
  echo "Written by \`make bench\` (\`scripts/bench.sh\`); compare figures of one run only with each other."
  for name in check typing search signin way; do
    [ -s "$parts/$name" ] || continue
    echo
    case $name in
      check) echo "## Check against xmllint" ;;
      typing) echo "## Two hundred people typing" ;;
      search) echo "## Searching codes" ;;
      signin) echo "## A flood of sign-ins" ;;
      way) echo "## The whole way" ;;
    esac
    echo
    echo "<!-- part: $name -->"
    cat "$parts/$name"
    echo "<!-- end: $name -->"
  done
} > "$parts/new"
cp "$parts/new" "$file"
echo "$file is written."
