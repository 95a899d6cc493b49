# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by every script: a known environment, the folders, and the other files of this library.

set -euo pipefail
# A failing command in $(...) ends the script like any other.
shopt -s inherit_errexit
# The modes of files end up in the guest's archives.
umask 022

# With no standard input the next file that is opened would become it.
{ true <&0; } 2>/dev/null || exec </dev/null

# What a caller's shell, a git hook or a make around us may have set, and the builds would listen to.
unset CDPATH BASH_ENV ENV POSIXLY_CORRECT GREP_OPTIONS TAR_OPTIONS GZIP XZ_OPT XZ_DEFAULTS
unset GIT_DIR GIT_WORK_TREE GIT_INDEX_FILE GIT_OBJECT_DIRECTORY GIT_COMMON_DIR GIT_PREFIX
unset MAKEFLAGS MAKELEVEL MFLAGS ARCH CROSS_COMPILE KBUILD_OUTPUT KCONFIG_CONFIG SOURCE_DATE_EPOCH
unset CC CXX CPP LD AR CFLAGS CPPFLAGS CXXFLAGS LDFLAGS C_INCLUDE_PATH CPATH LIBRARY_PATH LD_LIBRARY_PATH
unset PYTHONPATH PYTHONHOME VIRTUAL_ENV LANGUAGE
# Messages that are parsed are English, and sorting is by byte.
export LC_ALL=C.UTF-8

GRACE_ROOT=$(readlink -f -- "${BASH_SOURCE[0]}")
GRACE_ROOT=${GRACE_ROOT%/scripts/lib/common.sh}
readonly GRACE_ROOT
readonly GRACE_SCRIPTS=$GRACE_ROOT/scripts

# shellcheck source-path=SCRIPTDIR
. "$GRACE_SCRIPTS/lib/progress.sh"

# Without HOME, ~ is what the user database says.
if [[ -z ${HOME:-} ]]; then unset HOME; fi
HOME=~
GRACE_CACHE=${GRACE_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/grace-gpu}
# Paths are written to files one a line.
[[ $GRACE_CACHE != *[[:cntrl:]]* ]] ||
  die "the path of the cache folder, $GRACE_CACHE, has a control character in it; set GRACE_CACHE to another one"
GRACE_CACHE=$(realpath -m -- "$GRACE_CACHE")
export GRACE_CACHE
mkdir -p -- "$GRACE_CACHE"/{entries,locks,logs} 2>/dev/null || true
for folder in "$GRACE_CACHE" "$GRACE_CACHE"/{entries,locks,logs}; do
  [[ -d $folder && -w $folder ]] ||
    die "the cache folder $folder cannot be written; set GRACE_CACHE to another one"
done
unset folder
# Swift's compiler writes below the home folder.
if [[ ! -w $HOME ]]; then
  HOME=$GRACE_CACHE/home
  mkdir -p -- "$HOME"
fi
export HOME

# One folder of logs for a run, however many scripts take part in it.
export GRACE_LOGS=${GRACE_LOGS:-$GRACE_CACHE/logs/$(date +%Y%m%d-%H%M%S)-$$}

GRACE_MACHINE=$(uname -m)
case $GRACE_MACHINE in
  x86_64 | aarch64) ;;
  *) die "grace-gpu builds on Linux x86_64 and aarch64, and this machine is $GRACE_MACHINE" ;;
esac
GRACE_JOBS=$(nproc)
# shellcheck disable=SC2034 # read by the scripts that source this file
readonly GRACE_MACHINE GRACE_JOBS

# cross_prefix ARCHITECTURE: what stands before the names of the tools that build for arm64 or x86_64 guests.
cross_prefix() {
  case $GRACE_MACHINE-$1 in
    x86_64-arm64) echo aarch64-linux-gnu- ;;
    aarch64-x86_64) echo x86_64-linux-gnu- ;;
    x86_64-x86_64 | aarch64-arm64) echo ;;
    *) die "there are guests for arm64 and x86_64, and none for $1; use one of the two" ;;
  esac
}

. "$GRACE_SCRIPTS/lib/cache.sh"
. "$GRACE_SCRIPTS/lib/packages.sh"
. "$GRACE_SCRIPTS/lib/apt-root.sh"
. "$GRACE_SCRIPTS/lib/python.sh"
