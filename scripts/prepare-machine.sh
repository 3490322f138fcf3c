#!/usr/bin/env bash
# Makes a bare machine ready for all tests: uses what is there and installs what is missing from Debian's packages when it may. The tests start
# the servers themselves. What it cannot install is no failure: the tests that need it say so and are counted as skipped.
set -u
missing=()
has() { [ -n "$(PATH="$PATH:/usr/sbin:/sbin" command -v "$1")" ]; }
has chromium || missing+=(chromium)
python3 -c 'import venv, ensurepip' >/dev/null 2>&1 || missing+=(python3-venv)
databases=()
given() { [ -n "${!1:-}" ]; }
given TEST_POSTGRES_15_URL || [ -x /usr/lib/postgresql/15/bin/postgres ] || databases+=(postgresql-15)
given TEST_MARIADB_10_11_URL || has mariadbd || databases+=(mariadb-server-core mariadb-client-core)
has pgbouncer || databases+=(pgbouncer)
missing+=(${databases[@]+"${databases[@]}"})
[ ${#missing[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "For all tests install: ${missing[*]}"
  [ ${#databases[@]} -gt 0 ] && echo "Or run database servers in containers: docker compose up --detach --wait && . ./compose.env"
  exit 0
fi
echo "Installing ${missing[*]} …"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq >/dev/null 2>&1
# One by one: a release of Debian that lacks one of them brings the others.
for package in "${missing[@]}"; do
  apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 ||
    echo "Could not install $package; what needs it is skipped."
done
exit 0
