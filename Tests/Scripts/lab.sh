# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# A laboratory for the set-up: the checkout's own scripts, in a checkout of their own with little else in it, on a machine
# whose compilers, packages and archives are small (Tests/Scripts/tools). A whole set-up takes seconds there, and can be ended
# at any of its commands.

set -euo pipefail
export LC_ALL=C.UTF-8

tests=$(dirname -- "$(readlink -f -- "${BASH_SOURCE[0]}")")
lab=$(mktemp -d)
readonly tests lab
readonly checkout=$lab/checkout
export LAB=$lab

case_count=0
case_failures=0

# The commands that change files, each of which can be the last one of a set-up.
readonly WATCHED=(chmod cp cpio git gzip install ln mkdir mktemp mv rm sha256sum tar touch)

lab_tidy() {
  lab_end_all
  rm -rf -- "$lab"
}
trap lab_tidy EXIT
trap 'exit 130' INT TERM

# expect COMMAND...: notes what is wrong; the case that is under way will not be ok.
expect() {
  if ! "$@"; then
    echo "# ${BASH_SOURCE[1]##*/}:${BASH_LINENO[0]}: expected $*"
    case_broken=1
  fi
}

# run_case NAME FUNCTION: its name is the rule that it checks.
run_case() {
  case_broken=
  case_count=$((case_count + 1))
  "$2"
  if [[ -n $case_broken ]]; then
    case_failures=$((case_failures + 1))
    echo "not ok $case_count - $1"
  else
    echo "ok $case_count - $1 (after $SECONDS s)"
  fi
}

end_cases() {
  echo "1..$case_count"
  ((case_count > 0 && case_failures == 0))
}

lab_build() {
  local name
  mkdir -p -- "$checkout"/{Sources,guest/module,qemu-patches/v10.0} "$lab"/{bin,mirror,tmp}
  cp -r -- "$tests/../../scripts" "$checkout/"
  for name in CQemuBridge GraceDeviceModel GraceFirmware GracePlugin GraceGuest grace-boot; do
    mkdir -- "$checkout/Sources/$name"
    echo "$name" >"$checkout/Sources/$name/file.swift"
  done
  touch -- "$checkout/Package.swift" "$checkout"/guest/{kernel.config,kernel-arm64.config,module/module.c}
  echo CONFIG_GRACE=y >"$checkout/guest/kernel.config"
  cp -- "$tests"/tools/* "$lab/bin/"
  for name in "${WATCHED[@]}"; do ln -s -- watched "$lab/bin/$name"; done
  for name in apt-get apt-cache dpkg-query dpkg-deb dpkg-source; do ln -s -- debian "$lab/bin/$name"; done
  for name in swift make ninja aarch64-linux-gnu-gcc; do ln -s -- compiler "$lab/bin/$name"; done
  lab_sources
  /usr/bin/python3 "$tests/wheels.py" "$lab/wheels" meson-1.8.2 pycotap-1.3.1
}

# What Debian has: sources, and packages, which are plain archives here.
lab_sources() {
  local qemu=$lab/mirror/qemu kernel=$lab/mirror/linux-source-7.3 files=$lab/files
  mkdir -p -- "$qemu" "$kernel"/{arch/arm64,scripts/kconfig} "$files"/usr/{bin,src,share/qemu-efi-aarch64}
  echo 10.0.13 >"$qemu/VERSION"
  # shellcheck disable=SC2016 # a program
  printf '%s\n' '#!/bin/sh' 'cp -- "$(dirname -- "$0")/patched.c" build.ninja' >"$qemu/configure"
  chmod +x "$qemu/configure"
  (
    cd -- "$lab"
    git init --quiet series
    cd series
    git -c user.name=lab -c user.email=lab@localhost commit --quiet --allow-empty -m base
    echo 'patched' >patched.c
    git add patched.c
    git -c user.name=lab -c user.email=lab@localhost commit --quiet -m 'Add the device'
    git format-patch --quiet --zero-commit -o "$checkout/qemu-patches/v10.0" HEAD~1
  )
  printf '%s\n' 'VERSION = 7' 'PATCHLEVEL = 3' 'SUBLEVEL = 4' >"$kernel/Makefile"
  touch -- "$kernel/Kconfig"
  # shellcheck disable=SC2016 # a program
  printf '%s\n' '#!/bin/sh' 'cat "$5" >>"$4"' >"$kernel/scripts/kconfig/merge_config.sh"
  chmod +x "$kernel/scripts/kconfig/merge_config.sh"
  tar -c --xz -f "$files/usr/src/linux-source-7.3.tar.xz" -C "$lab/mirror" linux-source-7.3
  printf 'x\0[\0[[\0cat\0dmesg\0ls\0mount\0sh\0\0y' >"$files/usr/bin/busybox"
  echo firmware >"$files/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"
  tar -c -f "$lab/mirror/packages.tar" -C "$files" ./usr
}

# lab_run CACHE COMMAND...: runs a script of the laboratory's checkout as the leader of a session, without anything of the
# caller's; with LAB_END_AT=N in the environment it is ended with all its processes at the Nth change of a file.
lab_run() {
  local cache=$1
  shift
  : >"$lab/count"
  # Who starts the tests with nohup, or in the background, has signals ignored, and no script can change that for itself.
  env --default-signal=HUP,INT,QUIT,TERM -u GRACE_LOGS -u QEMU_SRC -u KERNEL_SRC -u GRACE_ASSETS -u GRACE_QUIET \
    PATH="$lab/bin:$PATH" TMPDIR="$lab/tmp" GRACE_CACHE="$cache" DEBIAN_MIRROR="${LAB_MIRROR:-file:/nowhere/debian/}" HOME="$lab" \
    PIP_NO_INDEX=1 PIP_FIND_LINKS="$lab/wheels" setsid --wait "$checkout/scripts/$1" "${@:2}"
}

# empty_cache keep|drop: removes what set-ups made. To install Python's packages takes longer than all the rest of a set-up:
# they can be kept.
empty_cache() {
  local python=$lab/cache/trees/python-qemu
  if [[ $1 == keep && -e $python ]]; then mv -- "$python" "$lab/python"; fi
  rm -rf -- "$lab/cache" "$checkout/.build"
  if [[ -e $lab/python ]]; then
    mkdir -p -- "$lab/cache/trees"
    mv -- "$lab/python" "$python"
  fi
}

# lab_processes: the ids of all processes that a set-up of the laboratory left: they have it in their environment.
lab_processes() {
  local folder
  for folder in /proc/[0-9]*; do
    if [[ ${folder#/proc/} != "$$" && ${folder#/proc/} != "$BASHPID" ]] &&
      { tr '\0' '\n' <"$folder/environ" | grep -q -x -F -e "TMPDIR=$lab/tmp"; } 2>/dev/null; then
      printf '%s\n' "${folder#/proc/}"
    fi
  done
}

lab_end_all() {
  local process
  for process in $(lab_processes); do kill -KILL "$process" 2>/dev/null || true; done
}

# Whether nothing runs and no temporary file is there.
lab_is_quiet() {
  local processes
  processes=$(lab_processes)
  if [[ -n $processes ]]; then
    # shellcheck disable=SC2086 # one process a word
    ps -o pid,ppid,stat,args -p ${processes//$'\n'/,} | sed 's/^/# left: /'
    return 1
  fi
  [[ -z $(ls -A -- "$lab/tmp") ]]
}

# lab_contents CACHE: names and checksums of all that a set-up made.
lab_contents() {
  (cd -- "$1/entries" && find . -type f ! -name MANIFEST -print0 | sort -z | xargs -0 sha256sum)
}

# lab_has_no_traces CACHE: whether no half of anything is left.
lab_has_no_traces() {
  local traces
  traces=$(find "$1" "$checkout/.build" \( -name '*.partial.*' -o -name 'work-*' -o -name '*.new' -o -name unpacked \
    -o -name apply -o -name '*.lock' ! -name guest-assets.lock \) -print 2>/dev/null) || true
  if [[ -n $traces ]]; then
    printf '%s\n' "$traces" | sed 's/^/# left: /'
    return 1
  fi
}

# lab_is_right CACHE: whether a set-up made what an undisturbed one made, and left nothing else.
lab_is_right() {
  [[ $(lab_contents "$1") == "$(<"$lab/reference")" ]] && lab_has_no_traces "$1" && lab_is_quiet &&
    grep -q -x -F -e "QEMU=$(echo "$1"/entries/qemu/*)/qemu-system-aarch64" "$checkout/.build/guest-assets.env"
}
