# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The source tree of the guest's kernel: Debian's, unpacked below the cache, or one's own as it is.

set -euo pipefail

# shellcheck disable=SC2034 # KERNEL_BUILD is read by the script that sources this file
# Sets KERNEL_TREE, KERNEL_BUILD and KERNEL_KEY, and unpacks Debian's source if it is not there.
kernel_tree_prepare() {
  local package folder
  folder=$(cache_trees_folder)/linux
  if [[ -n ${KERNEL_SRC:-} ]]; then
    [[ -f $KERNEL_SRC/Kconfig && -d $KERNEL_SRC/arch/arm64 ]] ||
      die "KERNEL_SRC=$KERNEL_SRC is not a Linux source tree; name the folder of one, or leave it out"
    KERNEL_TREE=$(realpath -- "$KERNEL_SRC")
    KERNEL_KEY=$(hash_listing "$KERNEL_TREE")
    KERNEL_BUILD=$folder/build-$(hash_text "$KERNEL_TREE")
  else
    package=$(source_package kernel 'give KERNEL_SRC=<tree>')
    KERNEL_KEY=$(hash_text "$package")
    KERNEL_TREE=$folder/source-$KERNEL_KEY
    KERNEL_BUILD=$folder/build-$KERNEL_KEY
    if ! tree_is_ready "$KERNEL_TREE" "$KERNEL_KEY"; then
      run_step kernel-source "Getting the source of Linux" with_lock kernel-tree kernel_tree_unpack "$package"
    fi
  fi
  mkdir -p -- "$folder"
}

kernel_tree_unpack() {
  local package=$1 archive folder
  if tree_is_ready "$KERNEL_TREE" "$KERNEL_KEY"; then return; fi
  # A tree has 2 GB: that of another version is not kept.
  folder=$(dirname -- "$KERNEL_TREE")
  rm -rf -- "$folder"
  mkdir -p -- "$KERNEL_TREE"
  archive=usr/src/${package%%=*}.tar.xz
  deb_unpack "$package" "$folder" "./$archive"
  tar -x --xz -f "$folder/$archive" -C "$KERNEL_TREE" --strip-components=1
  rm -rf -- "${folder:?}/usr"
  tree_finish "$KERNEL_TREE" "$KERNEL_KEY"
}

# Prints the tree's version, such as 7.3.4.
kernel_version() {
  awk '$1 == "VERSION" || $1 == "PATCHLEVEL" || $1 == "SUBLEVEL" { part[$1] = $3 }
    END { print part["VERSION"] "." part["PATCHLEVEL"] "." part["SUBLEVEL"] }' "$KERNEL_TREE/Makefile"
}
