# meldewerk: every target of a developer's and an operator's day.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

GO      ?= go
BIN     := bin/meldewerk
GOFLAGS := -trimpath
export CGO_ENABLED ?= 0

## help: what can be made
help:
	@grep -hE '^## ' $(MAKEFILE_LIST) | sed -e 's/^## //' | awk -F': ' '{printf "  make %-12s %s\n", $$1, $$2}'

## demo: build, then run all three houses with a synthetic world
demo: build
	$(BIN) demo $(ARGS)

## build: the program in bin/
build: assets
	$(GO) build $(GOFLAGS) -o $(BIN) ./cmd/meldewerk

## assets: fetch the design system (locked versions) that the program embeds
assets: scripts/fetch-assets.sh package-lock.json
	@scripts/fetch-assets.sh

## test: every test, on SQLite and PostgreSQL, with the browser tests; installs what is missing
test: assets
	@scripts/setup-test.sh
	@scripts/test.sh

## lint: formatting, vet, staticcheck, known vulnerabilities
lint: assets
	@scripts/lint.sh

## race: the tests of the concurrent parts under the race detector
race: assets
	CGO_ENABLED=1 $(GO) test -race -short ./...

## bench: the figures of docs/benchmarks.md, measured on this machine
bench: build
	@scripts/bench.sh

## soak: long fuzzing and kill loops
soak: assets
	@scripts/soak.sh

## golden: rewrite golden files after looking at the difference
golden: assets
	$(GO) test $$(grep -rl --include='*_test.go' 'flag.Bool("update"' --exclude-dir=node_modules . | xargs -n 1 dirname | sort -u) -run 'Golden|Docs|EveryRoute|DocumentSays|^TestCheck|^TestHelp' -update

## clean: remove what was built
clean:
	rm -rf bin node_modules internal/ui/assets/vendor internal/ui/testdata/vendor

.PHONY: help demo build assets test lint race bench soak golden clean
