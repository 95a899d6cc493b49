# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Python environments with pinned packages of PyPI.

set -euo pipefail

# python_environment NAME PACKAGE...: prints the folder of an environment that has these packages.
python_environment() {
  local name=$1 folder key
  shift
  # An environment cannot be moved, so it is no cache entry but a tree.
  folder=$(cache_trees_folder)/python-$name
  key=$(hash_text "$(/usr/bin/python3 --version)" "$folder" "$@")
  if ! tree_is_ready "$folder" "$key"; then
    run_step "python-$name" "Installing from PyPI: $*" with_lock "python-$name" python_install "$folder" "$key" "$@"
  fi
  printf '%s\n' "$folder"
}

python_install() {
  local folder=$1 key=$2
  shift 2
  if tree_is_ready "$folder" "$key"; then return; fi
  rm -rf -- "$folder"
  # The machine's own Python: one that a version manager put on PATH may go away.
  /usr/bin/python3 -m venv "$folder"
  "$folder/bin/python3" -m pip install --disable-pip-version-check --no-input "$@"
  tree_finish "$folder" "$key"
}
