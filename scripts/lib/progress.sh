# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Messages and the progress of long steps. All of it goes to standard error: a script's standard output is
# its result.

set -euo pipefail

die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

note() {
  printf '%s\n' "$*" >&2
}

# Whether somebody watches: a terminal that can redraw a line.
progress_is_live() {
  [[ -t 2 && ${TERM:-dumb} != dumb ]]
}

# format_duration SECONDS
format_duration() {
  if (($1 < 60)); then printf '%d s' "$1"; else printf '%d min %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

# note_cached LABEL: a step that has nothing to do.
note_cached() {
  if progress_is_live || [[ -n ${GRACE_VERBOSE:-} ]]; then note "$1: up to date"; fi
}

# Runs beside a step until it is stopped: a line that counts the seconds on a terminal, else one line a minute.
progress_tick() {
  local label=$1 start=$SECONDS elapsed columns=80 room time next=60
  # A sleep that outlives its stopped shell holds none of the caller's pipes.
  trap 'exit 0' TERM
  if progress_is_live; then columns=$(stty size <&2 2>/dev/null | cut -d' ' -f2) || true; fi
  # Some terminals say that they are 0 wide.
  if ((${columns:-0} == 0)); then columns=80; fi
  while true; do
    elapsed=$((SECONDS - start))
    if progress_is_live; then
      time=" ... $(format_duration "$elapsed")"
      room=$((columns - ${#time} - 1))
      printf '\r\e[K%s%s' "${label:0:room > 0 ? room : 0}" "$time" >&2
    elif ((elapsed >= next)); then
      note "$label ... $(format_duration "$elapsed") so far"
      next=$((next + 60))
    fi
    sleep 1 >/dev/null 2>&1 &
    wait $!
  done
}

# Ends the step that is running, with all its processes, and then the script.
progress_abort() {
  trap - INT TERM HUP
  if [[ -n ${progress_job:-} ]]; then kill -TERM -- "-$progress_job" 2>/dev/null || true; fi
  if [[ -n ${progress_ticker:-} ]]; then kill "$progress_ticker" 2>/dev/null || true; fi
  note ''
  exit "$1"
}

# run_step NAME LABEL COMMAND...
#
# Runs a command, or a function of the script, with its output in a log file named after the step, and its seconds in
# the file times. Returns the
# command's status; a failure shows the end of the log first. A function must not be run from a condition
# (`if`, `||`): the shell would then go on after its errors.
run_step() {
  local name=$1 label=$2 log=$GRACE_LOGS/$1.log start=$SECONDS status=0
  shift 2
  progress_make_logs
  if [[ -z ${GRACE_QUIET:-} ]] && ! progress_is_live; then note "$label ..."; fi
  # A process group of its own, so that an interrupted step leaves nothing behind.
  set -m
  ("$@") >>"$log" 2>&1 </dev/null &
  progress_job=$!
  set +m
  progress_ticker=
  if [[ -z ${GRACE_QUIET:-} ]]; then
    progress_tick "$label" >/dev/null </dev/null &
    progress_ticker=$!
  fi
  trap 'progress_abort 130' INT
  trap 'progress_abort 143' TERM
  trap 'progress_abort 129' HUP
  # The shell itself would say where in this file a command was that a signal ended.
  wait "$progress_job" 2>/dev/null || status=$?
  trap - INT TERM HUP
  if [[ -n $progress_ticker ]]; then
    kill "$progress_ticker" 2>/dev/null || true
    wait "$progress_ticker" 2>/dev/null || true
  fi
  progress_job=
  progress_ticker=
  if [[ -n ${GRACE_QUIET:-} ]]; then return "$status"; fi
  # For whoever wants to know where the time of a run went.
  printf '%s %d\n' "$name" $((SECONDS - start)) >>"$GRACE_LOGS/times"
  if progress_is_live; then printf '\r\e[K' >&2; fi
  if ((status == 0)); then
    note "$label: done in $(format_duration $((SECONDS - start)))"
  else
    if ((status > 128)); then echo "ended by signal $(kill -l "$status")" >>"$log"; fi
    note "$label: failed after $(format_duration $((SECONDS - start))); the end of its log:"
    tail -n "${GRACE_LOG_TAIL:-15}" -- "$log" | sed 's/^/    /' >&2
    note "error: $label failed; the whole log is $log"
  fi
  return "$status"
}

# Makes the run's folder of logs, and removes all but the newest ten of earlier runs.
progress_make_logs() {
  if [[ -d $GRACE_LOGS ]]; then return; fi
  mkdir -p -- "$GRACE_LOGS"
  keep_newest 10 "$(dirname -- "$GRACE_LOGS")"
}
