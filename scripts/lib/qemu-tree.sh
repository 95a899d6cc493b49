# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The QEMU source tree below the cache: a git repository with a commit for each source that was imported, on which
# the series is applied. Only files that differ are written when the series or the source changes, so ninja
# rebuilds only what depends on them.

set -euo pipefail

QEMU_FOLDER=$(cache_trees_folder)/qemu
readonly QEMU_FOLDER
readonly QEMU_TREE=$QEMU_FOLDER/source
# shellcheck disable=SC2034 # read by the scripts that source this file
readonly QEMU_BUILD=$QEMU_FOLDER/build
readonly QEMU_SERIES=$GRACE_ROOT/qemu-patches/v10.0

if [[ -n ${QEMU_SRC:-} ]]; then QEMU_SRC=$(realpath -m -- "$QEMU_SRC"); fi

# git without anybody's configuration, with the same commit ids everywhere, and never in a repository that the cache
# lies in.
qemu_git() {
  GIT_CONFIG_GLOBAL=/dev/null GIT_CONFIG_SYSTEM=/dev/null GIT_CEILING_DIRECTORIES=$QEMU_FOLDER \
    GIT_AUTHOR_DATE='2000-01-01T00:00:00Z' GIT_COMMITTER_DATE='2000-01-01T00:00:00Z' \
    git -c safe.directory='*' -c user.name=grace-gpu -c user.email=grace-gpu@localhost \
    -c gc.auto=0 -c core.looseCompression=1 -c advice.detachedHead=false "$@"
}

# The patches of the series, in order.
qemu_patches() {
  find "$QEMU_SERIES" -maxdepth 1 -name '*.patch' 2>/dev/null | sort
}

qemu_series_key() {
  if [[ -d $QEMU_SERIES ]]; then hash_files "qemu-patches/v10.0"; else hash_text none; fi
}

qemu_source_key() {
  local package
  if [[ -z ${QEMU_SRC:-} ]]; then
    package=$(source_package qemu 'give QEMU_SRC=<tree>')
    hash_text "$package"
    return
  fi
  [[ -x $QEMU_SRC/configure && -f $QEMU_SRC/VERSION ]] ||
    die "QEMU_SRC=$QEMU_SRC is not a QEMU source tree; name the folder of one, or leave it out"
  [[ $(<"$QEMU_SRC/VERSION") == 10.0* ]] ||
    die "QEMU_SRC=$QEMU_SRC is QEMU $(<"$QEMU_SRC/VERSION"), and the series in qemu-patches/v10.0 is for 10.0; name a tree of that, or leave it out"
  hash_listing "$QEMU_SRC"
}

# qemu_version SOURCE-KEY
qemu_version() {
  qemu_git -C "$QEMU_TREE" show "base-$1:VERSION"
}

# A git that was killed leaves its own locks (of the index, of a tag). Who calls this holds ours, so nobody needs them.
qemu_git_unlock() {
  if [[ ! -d $QEMU_TREE/.git ]]; then return; fi
  find "$QEMU_TREE/.git" -path "$QEMU_TREE/.git/objects" -prune -o -name '*.lock' -type f -exec rm -f -- {} +
}

# qemu_tree_fetch SOURCE-KEY: imports the source, unless the tree has it.
qemu_tree_fetch() {
  # A run that was killed at its end left what it had unpacked.
  if [[ ! -e $QEMU_FOLDER/unpacked ]] && qemu_tree_has "base-$1"; then return; fi
  run_step qemu-source "Getting the source of QEMU" with_lock qemu-tree qemu_tree_import "$1"
}

qemu_tree_has() {
  qemu_git -C "$QEMU_TREE" rev-parse --quiet --verify "refs/tags/$1^{tree}" >/dev/null 2>&1
}

qemu_tree_import() {
  local key=$1 origin=${QEMU_SRC:-} package commit tree
  local unpacked=$QEMU_FOLDER/unpacked
  local -a descriptions
  rm -rf -- "$unpacked"
  if qemu_tree_has "base-$key"; then return; fi
  mkdir -p -- "$unpacked"
  if [[ -z $origin ]]; then
    package=$(source_package qemu)
    (apt_fetch source "$package" "$unpacked/download")
    descriptions=("$unpacked"/download/*.dsc)
    dpkg-source --no-check --extract "${descriptions[0]}" "$unpacked/tree"
    # quilt's record of Debian's patches, which are part of the tree now.
    rm -rf -- "$unpacked/tree/.pc"
    origin=$unpacked/tree
  fi
  qemu_git_unlock
  # Whatever is there but cannot be read was left by a run that was killed, or damaged.
  if ! qemu_git -C "$QEMU_TREE" rev-parse --git-dir >/dev/null 2>&1; then rm -rf -- "$QEMU_TREE"; fi
  qemu_git init --quiet --initial-branch=main "$QEMU_TREE"
  commit=$(
    export GIT_DIR=$QEMU_TREE/.git GIT_WORK_TREE=$origin GIT_INDEX_FILE=$unpacked/index
    cd -- "$origin"
    qemu_git add --all --force -- . ':(exclude)build'
    tree=$(qemu_git write-tree)
    qemu_git commit-tree -m "QEMU $(<VERSION)" "$tree"
  )
  qemu_git -C "$QEMU_TREE" tag --force "base-$key" "$commit"
  rm -rf -- "$unpacked"
}

# qemu_series_tag SOURCE-KEY: the name of the source with the series.
qemu_series_tag() {
  local series key
  series=$(qemu_series_key)
  key=$(hash_text "$1" "$series")
  printf 'series-%s\n' "$key"
}

# qemu_tree_sync SOURCE-KEY: makes the tree the source with the series, unless it is.
qemu_tree_sync() {
  local tag
  tag=$(qemu_series_tag "$1")
  if tree_is_ready "$QEMU_FOLDER" "$tag"; then return; fi
  run_step qemu-series "Applying the series to QEMU" with_lock qemu-tree qemu_tree_apply "$1"
}

# qemu_touched_files PATCH...: the names of the files that patches change, ended by zero bytes.
qemu_touched_files() {
  if (($# > 0)); then sed -n -E 's/^(--- a\/|rename from |copy from )(.*)/\2/p' "$@" | sort -u | tr '\n' '\0'; fi
}

# qemu_tree_apply SOURCE-KEY: the same with the lock qemu-tree held, and whatever has been edited there.
qemu_tree_apply() {
  local tag commit patch
  local apply=$QEMU_FOLDER/apply
  local -a patches
  mapfile -t patches < <(qemu_patches)
  tag=$(qemu_series_tag "$1")
  qemu_git_unlock
  if ! qemu_tree_has "$tag"; then
    # The patches are applied elsewhere, so that the tree keeps the times of files that do not change; and there
    # only files that the series touches are written.
    rm -rf -- "$apply"
    qemu_git -C "$QEMU_TREE" worktree prune
    qemu_git -C "$QEMU_TREE" worktree add --quiet --no-checkout --detach "$apply" "base-$1"
    qemu_git -C "$apply" reset --quiet --mixed
    if ((${#patches[@]} > 0)) && qemu_git -C "$apply" apply --cached --reverse --check "${patches[-1]}" 2>/dev/null; then
      echo "the source has the series already"
      patches=()
    fi
    qemu_touched_files "${patches[@]}" | xargs -0 -r git -c safe.directory='*' --literal-pathspecs -C "$apply" ls-files -z -- |
      qemu_git -C "$apply" checkout-index -z --stdin
    for patch in "${patches[@]}"; do
      qemu_git -C "$apply" am --quiet "$patch" || die "$(basename -- "$patch") does not apply to this QEMU"
    done
    commit=$(qemu_git -C "$apply" rev-parse HEAD)
    qemu_git -C "$QEMU_TREE" worktree remove --force "$apply"
    qemu_git -C "$QEMU_TREE" tag --force "$tag" "$commit"
  fi
  # The stamp says that the files are those of the commit.
  rm -f -- "$QEMU_FOLDER/.grace-stamp"
  qemu_git -C "$QEMU_TREE" checkout --quiet --force --detach "$tag"
  qemu_git -C "$QEMU_TREE" clean -d --force --quiet
  tree_finish "$QEMU_FOLDER" "$tag"
}
