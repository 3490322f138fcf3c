#!/usr/bin/env bash
# Unpacks programs of Debian's unstable suite with the libraries that they need, without installing anything: each "package program folder" of the
# arguments into that folder. Stable Debian has them too old or not at all, and the machine's own mirror has that suite: apt fetches and
# verifies the packages, and the programs run by the loader that comes with them.
set -eu
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $codename" | head -n 1)
[ -n "$mirror" ] || { echo "apt knows no mirror of Debian $codename." >&2; exit 1; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir -p "$work"/lists/partial "$work/empty"
: > "$work/status"
echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $mirror sid main" > "$work/sources.list"
options=(
  -qq
  -o "Dir::State=$work" -o "Dir::State::status=$work/status" -o "Dir::State::lists=$work/lists"
  -o "Dir::Cache=$work"
  -o "Dir::Etc::sourcelist=$work/sources.list" -o "Dir::Etc::sourceparts=$work/empty" -o "Dir::Etc::preferencesparts=$work/empty"
  -o Acquire::Languages=none -o APT::Sandbox::User=root
)
apt-get "${options[@]}" update

unpack() {
  local package=$1 program=$2 folder=$3
  local made="$work/$program"
  mkdir -p "$made"/{archives/partial,root,bin}
  apt-get "${options[@]}" -o "Dir::Cache::archives=$made/archives" install --download-only --no-install-recommends --yes "$package"
  for archive in "$made"/archives/*.deb; do dpkg-deb --extract "$archive" "$made/root"; done
  rm -rf "$made/archives"
  cd "$made/root"
  local loader
  loader=$(echo usr/lib/*/ld-linux-*.so.*)
  [ -x "usr/sbin/$program" ] && [ -x "$loader" ] || { echo "The packages hold no $program that could be run." >&2; exit 1; }
  # What a server needs is kept: the rest is programs of other packages, and documents.
  rm -rf usr/bin usr/lib/*/perl* usr/share/{doc,man,locale,info,lintian,perl,perl5,gdb,gcc} etc var
  cat > "$made/bin/$program" <<END
#!/bin/sh
exec "$folder/root/$loader" --library-path "$folder/root/$(dirname "$loader")" "$folder/root/usr/sbin/$program" "\$@"
END
  chmod 755 "$made" "$made/bin/$program"
  rm -rf "$folder"
  mkdir -p "$(dirname "$folder")"
  mv "$made" "$folder"
}

for wanted in "$@"; do
  read -r package program folder <<< "$wanted"
  unpack "$package" "$program" "$folder"
done
