# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# What the machine itself must have: Debian packages, and Swift.

set -euo pipefail

# package_names GROUP...: the Debian packages of these groups, each with what needs it.
package_names() {
  local group
  for group; do
    case $group in
      build)
        # Sources: their transport, and unpacking them.
        printf '%s\n' ca-certificates dpkg-dev git xz-utils cpio
        # QEMU.
        printf '%s\n' gcc libc6-dev make ninja-build pkgconf python3 python3-venv
        printf '%s\n' libglib2.0-dev libfdt-dev zlib1g-dev
        # The kernel and the guest's programs, which are linked statically.
        printf '%s\n' bc bison flex perl
        if [[ $GRACE_MACHINE == x86_64 ]]; then
          printf '%s\n' gcc-aarch64-linux-gnu libc6-dev-arm64-cross
        fi
        ;;
      q35)
        # An x86_64 kernel checks its objects with a program of its own; and the compiler.
        printf '%s\n' libelf-dev
        if [[ $GRACE_MACHINE == aarch64 ]]; then
          printf '%s\n' gcc-x86-64-linux-gnu libc6-dev-amd64-cross
        fi
        ;;
      test)
        # Judges: of the tables, of configuration space, of the scripts, and of memory.
        printf '%s\n' acpica-tools pciutils shellcheck valgrind
        ;;
    esac
  done
}

# packages_missing GROUP...
packages_missing() {
  local name state
  local -A installed=()
  local -a names
  mapfile -t names < <(package_names "$@")
  while read -r name state; do
    if [[ $state == installed ]]; then installed[$name]=1; fi
  done < <(dpkg-query --show --showformat '${Package} ${db:Status-Status}\n' "${names[@]}" 2>/dev/null || true)
  for name in "${names[@]}"; do
    if [[ -z ${installed[$name]:-} ]]; then printf '%s\n' "$name"; fi
  done
}

# Lists that are absent or old fail the first time, and are worth a second one.
packages_install() {
  local -a install=(apt-get install --yes --no-install-recommends -o DPkg::Lock::Timeout=600 -- "$@")
  export DEBIAN_FRONTEND=noninteractive
  if "${install[@]}"; then return; fi
  apt-get update -o DPkg::Lock::Timeout=600
  "${install[@]}"
}

# require_packages GROUP...: installs what is missing, or says in one line who is to install what.
require_packages() {
  local -a missing
  if ! command -v dpkg-query >/dev/null || ! command -v apt-get >/dev/null; then
    die "grace-gpu takes QEMU, Linux and its tools from Debian's packages, and this machine has no apt-get; use Debian 12 or newer, in a container for example"
  fi
  mapfile -t missing < <(packages_missing "$@")
  if ((${#missing[@]} == 0)); then return; fi
  if ((EUID != 0)); then
    die "grace-gpu needs these packages: run 'apt-get install ${missing[*]}' as root"
  fi
  run_step packages "Installing Debian packages: ${missing[*]}" packages_install "${missing[@]}"
}

# Swift 6.3 is the first with @c @implementation, with which the plug-in meets its C header.
require_swift() {
  local version
  command -v swift >/dev/null || die "grace-gpu needs Swift 6.3 or newer on PATH; get it from swift.org/install"
  version=$(swift --version 2>&1 </dev/null) || true
  if [[ ! $version =~ Swift\ version\ ([0-9]+)\.([0-9]+) ]] ||
    ((BASH_REMATCH[1] * 1000 + BASH_REMATCH[2] < 6003)); then
    die "grace-gpu needs Swift 6.3 or newer from swift.org/install, and 'swift --version' says: ${version%%$'\n'*}"
  fi
  # shellcheck disable=SC2034 # part of the keys of what Swift builds
  GRACE_SWIFT=$(grep -E 'Swift version|^Target:' <<<"$version")
}
