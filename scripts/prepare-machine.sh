#!/usr/bin/env bash
# Makes a bare machine ready for all tests: uses what is there, installs what is missing from Debian's packages when it may. What it cannot
# install is no failure: the tests that need it say so and are counted as skipped.
set -u
missing=()
command -v chromium >/dev/null 2>&1 || missing+=(chromium)
python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || missing+=(python3-venv)
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "For all tests install: ${missing[*]}"
  exit 0
fi
echo "Installing ${missing[*]} …"
export DEBIAN_FRONTEND=noninteractive
{ apt-get update -qq && apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >/dev/null 2>&1 ||
  echo "Could not install ${missing[*]}; what needs it is skipped."
exit 0
