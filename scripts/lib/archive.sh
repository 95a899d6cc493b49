# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Archives for the guest's kernel to unpack.

set -euo pipefail

# archive_bytes FOLDER: an archive on standard output, the same bytes for the same files, whoever packs them and when.
archive_bytes() {
  find "$1" -exec touch --no-dereference --date=@0 -- {} +
  (cd -- "$1" && find . -mindepth 1 -print0 | sort -z |
    cpio --null --create --format=newc --owner=0:0 --reproducible --quiet)
}

# pack_archive FOLDER FILE
pack_archive() {
  archive_bytes "$1" | gzip --no-name >"$2"
}
