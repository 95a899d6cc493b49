# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Sourced by scripts/check-setup: set-ups and boots that somebody ends.

# start COMMAND...: starts a script and returns once it waits in the middle. Sets leader, the first of its processes.
start() {
  local tries=0
  rm -f -- "$lab/waiting"
  empty_cache keep
  LAB_WAIT_AT=$1 lab_run "$lab/cache" "${@:2}" >/dev/null 2>"$lab/errors" &
  waiter=$!
  while [[ ! -e $lab/waiting ]] && ((tries++ < 1200)); do sleep 0.05; done
  expect test -e "$lab/waiting"
  leader=$(cat "/proc/$waiter/task/$waiter/children" 2>/dev/null) || true
  leader=${leader%% *}
}

# ends STATUS: the script that was told to end ends, and nothing is left of it.
ends() {
  local status=0 tries=0
  wait "$waiter" || status=$?
  expect test "$status" -eq "$1"
  while [[ -n $(lab_processes) ]] && ((tries++ < 40)); do sleep 0.05; done
  expect lab_is_quiet
  expect lab_has_no_traces_but_trees
  if [[ -n $case_broken ]]; then sed 's/^/# /' "$lab/errors"; fi
}

# Trees are not removed: they are finished by the next set-up.
lab_has_no_traces_but_trees() {
  ! find "$lab/cache" \( -name '*.partial.*' -o -name 'work-*' \) -print | grep .
}

goes_on() {
  expect lab_run "$lab/cache" setup >/dev/null 2>&1
  expect lab_is_right "$lab/cache"
}

terminated() {
  start 60 setup
  kill -TERM "$leader"
  ends 143
  goes_on
}
run_case "SIGTERM to a set-up alone ends all that it began, and the next one is right" terminated

hung_up() {
  start 150 setup
  kill -HUP "$leader"
  ends 129
}
run_case "so does the end of its terminal" hung_up

boot_terminated() {
  start 100 boot --gpus 2
  kill -TERM "$leader"
  ends 143
}
run_case "SIGTERM to a boot ends its set-up" boot_terminated

# A terminal sends SIGINT to all of the foreground at once. Jobs of a script like this one ignore it, so it goes to a session.
interrupted() {
  start 100 boot --gpus 2
  kill -INT -- "-$leader"
  ends 130
  goes_on
}
run_case "Ctrl-C ends a boot with all that belongs to it" interrupted
