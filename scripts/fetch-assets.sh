#!/bin/sh
# SPDX-License-Identifier: EUPL-1.2
#
# Fetches the design system (KERN, Fira Sans) at the locked version and lays
# the few files that are embedded into internal/ui/assets/vendor; axe-core
# goes to internal/ui/testdata/vendor for the browser tests. Both places are
# ignored by git. No package script is run. Called by "make assets"; does
# nothing if the files of this lock are there already.
set -eu

cd "$(dirname "$0")/.."
kern=node_modules/@kern-ux/native
vendor=internal/ui/assets/vendor
testdata=internal/ui/testdata/vendor
lock=$(sha256sum package-lock.json scripts/fetch-assets.sh | sha256sum | cut -d' ' -f1)

if [ "$(cat "$vendor/lock.sum" 2>/dev/null || true)" = "$lock" ] && [ -f "$testdata/axe.min.js" ]; then
  exit 0
fi
if ! command -v npm >/dev/null; then
  echo "assets: npm is missing; install Node.js with npm and run \"make assets\" again" >&2
  exit 1
fi

npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
mkdir -p "$vendor" "$testdata"
install -m 0644 "$kern/dist/kern.min.css" "$vendor/kern.min.css"
install -m 0644 "$kern/LICENSE.md" "$vendor/kern-LICENSE.md"
for weight in Regular SemiBold Italic; do
  install -m 0644 "$kern/dist/fonts/fira-sans/FiraSans-$weight.woff2" "$vendor/FiraSans-$weight.woff2"
done
install -m 0644 node_modules/axe-core/axe.min.js "$testdata/axe.min.js"
rm -rf node_modules
echo "$lock" > "$vendor/lock.sum"
echo "assets: KERN and Fira Sans lie in $vendor"
