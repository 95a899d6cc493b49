# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by scripts/check-setup: set-ups that come to their end, or to their kill -9.

two_at_once() {
  local first second status=0
  lab_run "$lab/cache" setup >"$lab/first" 2>&1 &
  first=$!
  lab_run "$lab/cache" setup >"$lab/second" 2>&1 &
  second=$!
  wait "$first" || status=$?
  expect test "$status" -eq 0
  wait "$second" || status=$?
  expect test "$status" -eq 0
  if [[ -n $case_broken ]]; then sed 's/^/# /' "$lab/first" "$lab/second"; fi
  # Which of the two waits where is a matter of moments.
  expect grep -q -E ': waiting for another run, which holds .*/cache/locks/' "$lab/first" "$lab/second"
  lab_contents "$lab/cache" >"$lab/reference"
  expect test "$(wc -l <"$lab/reference")" -ge 9
  expect lab_is_right "$lab/cache"
}
run_case "two set-ups at once on an empty cache make everything once, and one says that it waits" two_at_once

warm() {
  expect lab_run "$lab/cache" setup 2>"$lab/errors"
  expect test ! -s "$lab/errors"
  expect lab_is_right "$lab/cache"
}
run_case "a set-up that has nothing to do says nothing" warm

two_boots() {
  local first second
  lab_run "$lab/cache" boot --gpus 2 >"$lab/first" 2>/dev/null &
  first=$!
  lab_run "$lab/cache" boot --json >"$lab/second" 2>/dev/null &
  second=$!
  expect wait "$first"
  expect wait "$second"
  expect test "$(<"$lab/first")" = 'booted: --gpus 2'
  expect test "$(<"$lab/second")" = 'booted: --json'
  expect lab_is_quiet
}
run_case "two boots at once, which both have to build the program, boot" two_boots

# Each attempt gets a little further than the last one, and finds what that one left.
killed() {
  local at=$1 step=$3 attempts=0 status
  empty_cache "$2"
  while ((attempts++ < 60)); do
    status=0
    LAB_END_AT=$at lab_run "$lab/cache" setup >/dev/null 2>"$lab/errors" || status=$?
    lab_end_all
    if ((status == 0)); then break; fi
    if ((status != 137)); then
      sed 's/^/# /' "$lab/errors"
      expect test "$status" -eq 137
      return
    fi
    rm -rf -- "${lab:?}/tmp"/*
    at=$((at + step))
  done
  echo "# ended $((attempts - 1)) times"
  expect test "$attempts" -gt 2
  expect test "$status" -eq 0
  expect lab_is_right "$lab/cache"
}
killed_early() { killed 5 keep 24; }
killed_late() { killed 70 drop 40; }
run_case "a set-up that was killed again and again makes what an undisturbed one makes" killed_early
run_case "so does one that was killed at other points, with Python's packages not there" killed_late

damaged() {
  local file
  file=$(echo "$lab"/cache/entries/kernel-arm64/*/Image)
  printf half >"$file"
  rm -- "$lab"/cache/entries/plugin/*/MANIFEST
  expect lab_run "$lab/cache" setup 2>/dev/null
  expect lab_is_right "$lab/cache"
}
run_case "what is damaged in the cache is made again" damaged

unpacked() {
  mkdir -p -- "$lab/cache/trees/qemu/unpacked/tree"
  expect lab_run "$lab/cache" setup 2>/dev/null
  expect lab_is_right "$lab/cache"
}
run_case "what a set-up unpacked that was killed at the end of that is removed" unpacked

# A make that is killed leaves half of an object, which is newer than the note that kbuild makes when an object is done.
half_objects() {
  local build note
  build=$(echo "$lab"/cache/trees/linux/build-*)
  for note in whole half; do
    echo "$note" >"$build/$note.o"
    echo "cmd" >"$build/.$note.o.cmd"
  done
  touch -d '1 minute ago' -- "$build/whole.o" "$build/.half.o.cmd"
  echo CONFIG_OTHER=y >>"$checkout/guest/kernel.config"
  expect lab_run "$lab/cache" build-kernel >/dev/null 2>&1
  expect test -e "$build/whole.o"
  expect test ! -e "$build/half.o"
  rm -- "$build/whole.o" "$build"/.{whole,half}.o.cmd
  sed -i '$d' "$checkout/guest/kernel.config"
}
run_case "half of an object that a killed make left is made again" half_objects

# Seen with ninja 1.11: ended while meson configured again, it left the tree like this.
no_ninja_file() {
  rm -rf -- "$lab"/cache/entries/qemu "$lab"/cache/trees/qemu/build/build.ninja
  expect lab_run "$lab/cache" build-qemu >/dev/null 2>&1
  expect grep -q '^QEMU of patched' "$lab"/cache/entries/qemu/*/qemu-system-aarch64
}
run_case "a build tree of QEMU that lost its build.ninja is configured again" no_ninja_file

wrong_mirror() {
  local status=0
  empty_cache keep
  LAB_MIRROR=debian lab_run "$lab/cache" build-shell >/dev/null 2>"$lab/errors" || status=$?
  expect test "$status" -eq 1
  expect test "$(<"$lab/errors")" = \
    'error: DEBIAN_MIRROR=debian is no URL; give that of a mirror, which ends in /debian/, or leave it out'
}
run_case "a mirror that is none is refused in a sentence" wrong_mirror

# limited COMMAND...: no file can get longer than a block.
limited() {
  (
    trap '' XFSZ
    ulimit -f 1
    "$@"
  )
}

full_disk() {
  local status=0
  # Whatever is longer than 1024 bytes is cut, as on a disk that is full.
  empty_cache keep
  limited lab_run "$lab/cache" fetch-firmware >/dev/null 2>"$lab/errors" || status=$?
  expect test "$status" -eq 1
  expect grep -q '^error: .* failed; the whole log is ' "$lab/errors"
  expect lab_has_no_traces "$lab/cache"
  expect lab_is_quiet
  expect lab_run "$lab/cache" fetch-firmware >"$lab/path" 2>/dev/null
  expect cmp -- "$(<"$lab/path")" "$lab/files/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
}
run_case "a disk that gets full ends a set-up with an error, leaves nothing, and once there is room all is well" full_disk

says_full() {
  local status=0
  # shellcheck disable=SC2016 # a program
  printf '%s\n' '#!/bin/sh' 'case $1 in *iavail) echo "3 1000" ;; *) echo 3 ;; esac' >"$lab/bin/df"
  chmod +x "$lab/bin/df"
  empty_cache keep
  limited lab_run "$lab/cache" build-shell >/dev/null 2>"$lab/errors" || status=$?
  expect test "$status" -eq 1
  expect grep -q -E "^error: .* failed, and the disk of $lab/cache is full; make room there, or set GRACE_CACHE" "$lab/errors"
  status=0
  lab_run "$lab/cache" setup >/dev/null 2>"$lab/errors" || status=$?
  expect test "$status" -eq 1
  expect grep -q '^error: .* has 0 GiB free, and a first set-up needs 4 GiB; ' "$lab/errors"
  rm -- "$lab/bin/df"
}
run_case "a full disk is named as the reason" says_full
