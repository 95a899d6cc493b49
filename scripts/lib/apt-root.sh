# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A private apt root below the cache. It sees Debian 13 and its backports on the mirror that the machine itself
# is configured for, needs no root, and leaves the machine's own lists and sources alone.
#
# Which versions are used is looked up once and written to apt/sources, so that a later run needs no network and
# does not rebuild a day's work because Debian moved on. `scripts/setup --update` looks again.

set -euo pipefail

readonly APT_ROOT=$GRACE_CACHE/apt
readonly APT_SUITE=trixie
# The guest's kernel: this series, or the next one that Debian offers once it is gone.
readonly KERNEL_SERIES=7.3
# What was not looked up from the first: UEFI firmware of the q35 machine, the ROMs of QEMU that Debian's source package
# leaves out, the library that the kernel's VFIO selftests want, the QEMUs that a guest runs, and other kernels for its guests. A
# suite may follow a name.
readonly APT_ADDED=(
  ovmf qemu-system-data uuid-dev qemu-system-arm "qemu-system-arm/$APT_SUITE-backports"
  linux-image-arm64 "linux-image-arm64/$APT_SUITE-backports"
)

# The first mirror of Debian's main archive that apt knows; security updates have an archive of their own.
apt_mirror() {
  if [[ -n ${DEBIAN_MIRROR:-} ]]; then
    [[ $DEBIAN_MIRROR =~ ^[a-z+]+:/[^[:space:][:cntrl:]]+$ ]] ||
      die "DEBIAN_MIRROR=$DEBIAN_MIRROR is no URL; give that of a mirror, which ends in /debian/, or leave it out"
    printf '%s/\n' "${DEBIAN_MIRROR%/}"
    return
  fi
  # shellcheck disable=SC2016 # apt's own placeholder
  apt-get indextargets --format '$(REPO_URI)' 2>/dev/null |
    awk '/\/debian\/$/ && !/^cdrom:/ && !found { print; found = 1 } END { exit !found }' ||
    die "apt's configuration names no Debian mirror; set DEBIAN_MIRROR=<URL ending in /debian/> (QEMU_SRC= and KERNEL_SRC= take source trees of your own)"
}

# Only arm64 lists are read: sources, firmware and kernel source are for all architectures, and the shell's
# programs are for the guest.
apt_configure() {
  local mirror keyring signed='' suite
  mirror=$(apt_mirror)
  for keyring in /usr/share/keyrings/debian-archive-keyring.{pgp,gpg}; do
    if [[ -r $keyring ]]; then signed=" signed-by=$keyring"; fi
  done
  mkdir -p -- "$APT_ROOT/lists/partial" "$APT_ROOT/archives/partial"
  : >"$APT_ROOT/status"
  for suite in "$APT_SUITE" "$APT_SUITE-backports"; do
    printf 'deb [arch=arm64 target=Packages%s] %s %s main\n' "$signed" "$mirror" "$suite"
    printf 'deb-src [target=Sources%s] %s %s main\n' "$signed" "$mirror" "$suite"
  done >"$APT_ROOT/sources.list.new"
  mv -- "$APT_ROOT/sources.list.new" "$APT_ROOT/sources.list"
  # This file is read after the machine's own configuration, which may hold a proxy; its hooks, pins and
  # architectures are of no concern here.
  cat >"$APT_ROOT/apt.conf.new" <<EOF
#clear APT::Architectures;
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear APT::Default-Release;
APT::Architecture "arm64";
APT::Architectures { "arm64"; };
APT::Sandbox::User "$(id -un)";
APT::Update::Error-Mode "any";
Acquire::Languages "none";
Acquire::GzipIndexes "true";
Acquire::Retries "3";
Dir::Etc::sourcelist "$APT_ROOT/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::Etc::preferences "/dev/null";
Dir::Etc::preferencesparts "/dev/null";
Dir::State "$APT_ROOT";
Dir::State::lists "$APT_ROOT/lists";
Dir::State::status "$APT_ROOT/status";
Dir::State::extended_states "$APT_ROOT/extended_states";
Dir::Cache "$APT_ROOT";
Dir::Cache::archives "$APT_ROOT/archives";
Dir::Cache::pkgcache "$APT_ROOT/pkgcache.bin";
Dir::Cache::srcpkgcache "$APT_ROOT/srcpkgcache.bin";
EOF
  mv -- "$APT_ROOT/apt.conf.new" "$APT_ROOT/apt.conf"
}

# Reads versions, one a line, and prints the newest.
newest_version() {
  local version newest=
  while read -r version; do
    if [[ -z $newest ]] || dpkg --compare-versions "$version" gt "$newest"; then newest=$version; fi
  done
  printf '%s\n' "$newest"
}

# apt_offers PATTERN: name, version and suite of all packages whose name matches.
apt_offers() {
  local -a names
  mapfile -t names < <(apt-cache -c "$APT_ROOT/apt.conf" pkgnames | grep -E -- "^$1\$")
  if ((${#names[@]} == 0)); then return; fi
  apt-cache -c "$APT_ROOT/apt.conf" madison "${names[@]}" |
    awk -F' *[|] *' '$3 ~ / Packages$/ { split($3, origin, " "); sub(/^ */, "", $1); print $1, $2, origin[2] }'
}

# The kernel's source package: the series that was asked for, else the oldest that is newer.
apt_kernel_package() {
  local series
  series=$(
    apt_offers 'linux-source-[0-9.]+' | sed -n 's/^linux-source-\([0-9.]*\) .*/\1/p' | sort -u -V |
      while read -r series; do
        if dpkg --compare-versions "$series" ge "$KERNEL_SERIES"; then printf '%s\n' "$series"; fi
      done | sed -n 1p
  )
  if [[ -n $series ]]; then printf '%s\n' "linux-source-$series"; fi
}

# Writes apt/sources: for each thing that is wanted, what to ask apt for. What Debian does not offer is left out.
apt_resolve() {
  local version kernel
  if [[ -f $APT_ROOT/sources ]]; then return; fi
  apt_configure
  apt-get -c "$APT_ROOT/apt.conf" update ||
    die "the package lists of $(apt_mirror) cannot be read; give another mirror with DEBIAN_MIRROR="
  {
    version=$({ apt-cache -c "$APT_ROOT/apt.conf" showsrc --only-source qemu || true; } |
      sed -n 's/^Version: \(1:10\.0\..*\)/\1/p' | newest_version)
    if [[ -n $version ]]; then printf 'qemu qemu=%s\n' "$version"; fi
    kernel=$(apt_kernel_package)
    version=$(apt_offers "$kernel" | awk '{ print $2 }' | newest_version)
    if [[ -n $version ]]; then printf 'kernel %s=%s\n' "$kernel" "$version"; fi
    apt_resolve_binaries busybox-static qemu-efi-aarch64 "${APT_ADDED[@]}"
  } >"$APT_ROOT/sources.new"
  cat -- "$APT_ROOT/sources.new"
  mv -- "$APT_ROOT/sources.new" "$APT_ROOT/sources"
}

# apt_resolve_binaries PACKAGE[/SUITE]...: lines for packages that are taken as they are.
apt_resolve_binaries() {
  local package name suite version
  for package; do
    name=${package%%/*}
    suite=$APT_SUITE
    if [[ $package == */* ]]; then suite=${package#*/}; fi
    version=$(apt_offers "$name" | awk -v suite="$suite/main" '$3 == suite { print $2 }' | newest_version)
    if [[ -n $version ]]; then printf '%s %s=%s\n' "$package" "$name" "$version"; fi
  done
}

# Adds what an earlier version of this script did not look up, and leaves the versions of the rest as they are.
apt_resolve_added() {
  local package
  for package in "${APT_ADDED[@]}"; do
    if ! grep -q "^$package " "$APT_ROOT/sources"; then apt_resolve_binaries "$package" >>"$APT_ROOT/sources"; fi
  done
}

# source_package THING [HINT]: what to ask apt for, such as qemu=1:10.0.13+ds-0+deb13u1.
source_package() {
  local package
  if [[ ! -f $APT_ROOT/sources ]]; then
    apt_mirror >/dev/null
    run_step package-lists "Reading Debian's package lists" with_lock apt apt_resolve
  fi
  if [[ " ${APT_ADDED[*]} " == *" $1 "* ]] && ! grep -q "^$1 " "$APT_ROOT/sources"; then
    run_step package-lists "Reading Debian's package lists" with_lock apt apt_resolve_added
  fi
  package=$(awk -v thing="$1" '$1 == thing { print $2 }' "$APT_ROOT/sources")
  [[ -n $package ]] || die "Debian's $APT_SUITE and its backports offer no package for $1${2:+; $2}"
  printf '%s\n' "$package"
}

# apt_fetch download|source PACKAGE FOLDER [PACKAGE...]: gets the files of packages, whose checksums apt verifies.
apt_fetch() {
  local -a command=("$1")
  if [[ $1 == source ]]; then command+=(--download-only); fi
  mkdir -p -- "$3"
  cd -- "$3"
  if apt-get -c "$APT_ROOT/apt.conf" "${command[@]}" "$2" "${@:4}"; then return; fi
  # The mirror may have been restructured since the lists were read.
  with_lock apt apt_refresh
  apt-get -c "$APT_ROOT/apt.conf" "${command[@]}" "$2" "${@:4}" || {
    echo "Debian's mirror no longer has $2; run scripts/setup --update to look for a newer version"
    return 1
  }
}

apt_refresh() {
  apt_configure
  apt-get -c "$APT_ROOT/apt.conf" update
}

# apt_would_install SUITE PACKAGE: the package with all that it depends on, a line NAME=VERSION for each.
apt_would_install() {
  apt-get -c "$APT_ROOT/apt.conf" -o Debug::NoLocking=1 -t "$1" --simulate --no-install-recommends install "$2" |
    sed -n -E 's/^Inst ([^ ]+) \(([^ ]+) .*/\1=\2/p'
}

# deb_unpack PACKAGE FOLDER PATH...: fetches a binary package and unpacks these files of it.
deb_unpack() {
  local package=$1 folder=$2
  local -a archives
  shift 2
  (apt_fetch download "$package" "$folder/.archive")
  archives=("$folder"/.archive/*.deb)
  dpkg-deb --fsys-tarfile "${archives[0]}" | tar -x -C "$folder" "$@"
  rm -rf -- "$folder/.archive"
}
