# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The cache, which two runs may use at once:
#
#   entries/NAME/KEY/  finished artefacts. KEY is a hash over all that goes into them. An entry is built beside
#                      its place and renamed, and its MANIFEST of checksums is verified at each use.
#   trees/NAME/        source and build trees, too large for checksums; a stamp is written last.
#   locks/NAME         what is being built is locked, for each name.
#   apt/  logs/        the private apt root, and the logs of the last runs.

set -euo pipefail

# make and QEMU's configure refuse folders with spaces or colons, so the trees of such a cache lie elsewhere.
cache_trees_folder() {
  local folder=$GRACE_CACHE/trees key
  if [[ $folder == *[[:space:]:]* ]]; then
    key=$(hash_text "$GRACE_CACHE")
    folder=/var/tmp/grace-gpu-$UID-$key
    mkdir -m 700 -- "$folder" 2>/dev/null || true
    [[ -O $folder && ! -L $folder ]] || die "$folder belongs to somebody else; set GRACE_CACHE to a path without spaces"
  fi
  mkdir -p -- "$folder" 2>/dev/null ||
    die "the folder $folder cannot be made; set GRACE_CACHE to a folder elsewhere"
  printf '%s\n' "$folder"
}

# hash_text TEXT...: one key for all of the texts.
hash_text() {
  printf '%s\0' "$@" | sha256sum | cut -c1-32
}

# hash_files PATH...: one key for the contents of files and folders of the checkout, wherever it lies.
hash_files() {
  (
    cd -- "$GRACE_ROOT"
    find "$@" -type f -print0 | sort -z | xargs -0 -r sha256sum -- | sha256sum | cut -c1-32
  )
}

# hash_listing FOLDER: one key for a source tree that somebody brought, from the names, sizes and times of its files;
# without what they built in it.
hash_listing() {
  (
    cd -- "$1"
    { pwd; find . \( -name .git -o -path ./build \) -prune -o -type f -printf '%P %s %T@\n' | sort; } | sha256sum | cut -c1-32
  )
}

# with_lock NAME COMMAND...: waits for its turn; not to be nested with the same name.
with_lock() {
  local name=$1 lock
  shift
  mkdir -p -- "$GRACE_CACHE/locks"
  exec {lock}>"$GRACE_CACHE/locks/$name"
  if ! flock --nonblock "$lock"; then
    echo "waiting for another run, which holds $GRACE_CACHE/locks/$name"
    flock "$lock"
  fi
  "$@"
  exec {lock}>&-
}

# lock_is_free NAME: whether nobody holds a lock at this moment.
lock_is_free() {
  (
    mkdir -p -- "$GRACE_CACHE/locks"
    exec {lock}>"$GRACE_CACHE/locks/$1"
    flock --nonblock "$lock"
  )
}

# keep_newest COUNT FOLDER [SECONDS]: removes the older ones of the folders in a folder, but none that is newer than that.
# One second more, as times of files have fractions.
keep_newest() {
  local count=$1 folder=$2 oldest
  oldest=$(($(date +%s) + 1 - ${3:-0}))
  (
    cd -- "$folder"
    find . -mindepth 1 -maxdepth 1 -type d -printf '%T@ %f\0' | sort -z -rn |
      tail -z -n "+$((count + 1))" | awk -v RS='\0' -v ORS='\0' -v oldest="$oldest" '$1 <= oldest' |
      cut -z -d' ' -f2- | xargs -0 -r rm -rf --
  )
}

# cache_is_intact ENTRY
cache_is_intact() {
  local entry=$1
  [[ -s $entry/MANIFEST && $(tail -n 1 -- "$entry/MANIFEST") == '# complete' ]] &&
    (cd -- "$entry" && sha256sum --check --quiet --strict MANIFEST) >/dev/null 2>&1
}

# cache_make NAME KEY LABEL COMMAND...
#
# Sets entry to the folder of an entry. If it is missing or damaged, COMMAND FOLDER makes its files first. Not for
# $(...): a signal to the script would not reach the step in there, which would go on.
cache_make() {
  local name=$1 label=$3
  entry=$GRACE_CACHE/entries/$1/$2
  shift 3
  if cache_is_intact "$entry"; then
    note_cached "$label"
  else
    run_step "$name" "$label" with_lock "$name" cache_fill "$entry" "$@"
  fi
  # The time of the last use decides what is removed.
  touch -- "$entry"
}

# cache_entry NAME KEY LABEL COMMAND...: the same as the last command of a script, which prints the folder.
cache_entry() {
  local entry
  cache_make "$@"
  printf '%s\n' "$entry"
}

# cache_fill ENTRY COMMAND...: with the lock held.
cache_fill() {
  local entry=$1 partial work
  work=$(work_folder "$(basename -- "$(dirname -- "$1")")")
  shift
  if cache_is_intact "$entry"; then
    echo "another run made $entry"
    return
  fi
  mkdir -p -- "$(dirname -- "$entry")"
  # Nobody else is at work on this name, so whatever is unfinished was left by a run that was killed.
  rm -rf -- "$entry" "$(dirname -- "$entry")"/*.partial.* "$work"
  partial=$(mktemp -d -- "$entry.partial.XXXXXX")
  # shellcheck disable=SC2064 # the folders of now
  trap "$(printf 'rm -rf -- %q %q' "$partial" "$work")" EXIT
  chmod 755 -- "$partial"
  "$@" "$partial"
  (
    cd -- "$partial"
    sums=$(find . -type f -print0 | sort -z | xargs -0 sha256sum --)
    printf '%s\n' "$sums" '# complete' >MANIFEST
  )
  mv -T -- "$partial" "$entry"
  # What was used today may be another checkout's.
  keep_newest 3 "$(dirname -- "$entry")" 86400
}

# work_folder NAME: where the command that fills an entry of that name may work, by a path without spaces. It is gone
# before and after.
work_folder() {
  local folder
  folder=$(cache_trees_folder)
  printf '%s\n' "$folder/work-$1"
}

# tree_is_ready FOLDER KEY
tree_is_ready() {
  [[ -f $1/.grace-stamp && $(<"$1/.grace-stamp") == "$2" ]]
}

# tree_finish FOLDER KEY
tree_finish() {
  printf '%s\n' "$2" >"$1/.grace-stamp"
}
