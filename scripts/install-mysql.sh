#!/usr/bin/env bash
# Unpacks MySQL with the libraries that it needs into the folder "$1", without installing anything. Stable Debian has no MySQL, but its unstable suite does,
# and the machine's own mirror has that suite: apt fetches and verifies the packages, and the server runs by the loader that comes with them.
set -eu
folder=$1
package=mysql-server-core
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $codename" | head -n 1)
[ -n "$mirror" ] || { echo "apt knows no mirror of Debian $codename." >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/{lists,archives}/partial "$work"/{empty,root,bin}
: > "$work/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$work/sources.list"
options=(
  -qq
  -o "Dir::State=$work" -o "Dir::State::status=$work/status" -o "Dir::State::lists=$work/lists"
  -o "Dir::Cache=$work" -o "Dir::Cache::archives=$work/archives"
  -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=$work/empty" -o "Dir::Etc::preferencesparts=$work/empty"
  -o Acquire::Languages=none -o APT::Sandbox::User=root
)
apt-get "${options[@]}" update
apt-get "${options[@]}" install --download-only --no-install-recommends --yes "$package"
for archive in "$work"/archives/*.deb; do dpkg-deb --extract "$archive" "$work/root"; done

cd "$work/root"
loader=$(echo usr/lib/*/ld-linux-*.so.*)
[ -x usr/sbin/mysqld ] && [ -x "$loader" ] || { echo "The packages hold no MySQL that could be run." >&2; exit 1; }
# What a server needs is kept: the rest is programs of other packages, and documents.
rm -rf usr/bin usr/lib/*/perl* usr/share/{doc,man,locale,info,lintian,perl,perl5,gdb,gcc} etc var
cat > "$work/bin/mysqld" <<END
#!/bin/sh
exec "$folder/root/$loader" --library-path "$folder/root/$(dirname "$loader")" "$folder/root/usr/sbin/mysqld" "\$@"
END
chmod 755 "$work" "$work/bin/mysqld"
rm -rf "$work"/{lists,archives,empty,status,sources.list,pkgcache.bin,srcpkgcache.bin} "$folder"
mkdir -p "$folder"
mv "$work/root" "$work/bin" "$folder"
