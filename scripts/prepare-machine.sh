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
# Debian 12 has an old PgBouncer, and no stable Debian has MySQL: they are unpacked beside the system, where test/services/catalog.ts looks for them.
unpacked=/var/cache/plinth-tests
unstable=()
[ -x "$unpacked/pgbouncer/bin/pgbouncer" ] || PATH="$PATH:/usr/sbin" pgbouncer --version 2>/dev/null | grep -qE '^PgBouncer 1\.(2[1-9]|[3-9])' ||
  unstable+=("pgbouncer pgbouncer $unpacked/pgbouncer")
given TEST_MYSQL_9_7_URL || [ -x "$unpacked/mysql-9.7/bin/mysqld" ] || mysqld --version 2>/dev/null | grep -q 'Ver 9\.7\.' ||
  unstable+=("mysql-server-core mysqld $unpacked/mysql-9.7")
missing+=(${databases[@]+"${databases[@]}"})

refreshed=
refresh() {
  [ -n "$refreshed" ] || apt-get update -qq >/dev/null 2>&1
  refreshed=yes
}

# Schemas of applications that others wrote, for test/pull/real-schemas.test.ts: only the files of their packages, nothing is installed.
schemas="${TEST_SCHEMAS:-${XDG_CACHE_HOME:-$HOME/.cache}/plinth-test-schemas}"
strangers=()
for package in pdns-backend-sqlite3 pdns-backend-pgsql pdns-backend-mysql icingadb \
  zabbix-proxy-sqlite3 zabbix-server-pgsql zabbix-server-mysql roundcube-core bacula-director-pgsql; do
  [ -d "$schemas/$package" ] || strangers+=("$package")
done
fetch() {
  local folder
  folder="$(mktemp -d)"
  # Left of an "or" the shell does not stop at an error by itself, and a folder that is there is not fetched again.
  (
    cd "$folder" &&
      apt-get download "$1" >/dev/null 2>&1 &&
      mkdir files &&
      { dpkg-deb --fsys-tarfile ./*.deb |
        tar x -C files --wildcards '*/schema*.sql' '*/schema*.sql.gz' '*/install/*' 2>/dev/null || true; } &&
      [ -d files/usr ] &&
      mkdir -p "$schemas" &&
      mv files "$schemas/$1"
  ) || echo "Could not fetch the schema of $1; what needs it is skipped."
  rm -rf "$folder"
}
if [ ${#strangers[@]} -gt 0 ] && command -v apt-get >/dev/null 2>&1; then
  [ "$(id -u)" -eq 0 ] && refresh
  echo "Fetching the schemas of ${strangers[*]} …"
  for package in "${strangers[@]}"; do fetch "$package"; done
fi

wanted=(${missing[@]+"${missing[@]}"} ${unstable[@]+"${unstable[@]%% *}"})
[ ${#wanted[@]} -eq 0 ] && exit 0
if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "For all tests install: ${wanted[*]}"
  [ $((${#databases[@]} + ${#unstable[@]})) -gt 0 ] && echo "Or run database servers in containers: docker compose up --detach --wait && . ./compose.env"
  exit 0
fi
echo "Installing ${wanted[*]} …"
export DEBIAN_FRONTEND=noninteractive
refresh
# One by one: a release of Debian that lacks one of them brings the others.
# Where the PgBouncer of the distribution is new enough it is installed like the others.
newest_pgbouncer="$(apt-cache policy pgbouncer 2>/dev/null | sed -n 's/^ *Candidate: //p')"
for index in ${unstable[@]+"${!unstable[@]}"}; do
  if [[ ${unstable[index]} == pgbouncer\ * ]] && dpkg --compare-versions "$newest_pgbouncer" ge 1.21; then
    missing+=(pgbouncer)
    unset "unstable[index]"
  fi
done
for package in ${missing[@]+"${missing[@]}"}; do
  apt-get install -y -qq --no-install-recommends "$package" >/dev/null 2>&1 ||
    echo "Could not install $package; what needs it is skipped."
done
[ ${#unstable[@]} -eq 0 ] || bash "$(dirname "$0")/unpack-unstable.sh" "${unstable[@]}" ||
  echo "Could not unpack all of ${unstable[*]%% *}; what needs it is skipped."
exit 0
