#!/usr/bin/env bash
# Makes sure that the real parts which the tests drive are on the machine:
# PostgreSQL, Chromium, xmllint, oathtool, zbarimg, pdftotext. Debian's packages.
set -euo pipefail

declare -A package=(
  [chromium]=chromium
  [xmllint]=libxml2-utils
  [oathtool]=oathtool
  [zbarimg]=zbar-tools
  [pdftotext]=poppler-utils
)
missing=()
for tool in "${!package[@]}"; do
  command -v "$tool" >/dev/null 2>&1 || missing+=("${package[$tool]}")
done
compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || missing+=(postgresql)

[ "${#missing[@]}" -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ]; then
  echo "The tests need Debian packages that are missing here: ${missing[*]}" >&2
  echo "Install them with: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
echo "Installing for the tests: ${missing[*]}"
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
