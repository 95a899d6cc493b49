# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Messages and the progress of long steps. All of it goes to standard error: a script's standard output is
# its result.

set -euo pipefail

# A path or an argument may have what a terminal takes for a command.
die() {
  printf 'error: %s\n' "${*//[[:cntrl:]]/?}" >&2
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
  trap 'kill "$!" 2>/dev/null; exit 0' TERM
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
  trap '' INT TERM HUP
  if [[ -n ${progress_ticker:-} ]]; then kill "$progress_ticker" 2>/dev/null || true; fi
  if [[ -n ${progress_job:-} ]]; then end_group "$progress_job"; fi
  note ''
  # bash 5.2 may complain of its own variables when it ends within a function within a trap.
  exec 2>/dev/null
  exit "$1"
}

# end_group GROUP: ends all processes of a group, and returns once they are gone. They have some seconds to tidy up.
end_group() {
  local tries=0
  kill -TERM -- "-$1" 2>/dev/null || return 0
  while kill -0 -- "-$1" 2>/dev/null; do
    # Whoever is stopped ends only when it goes on.
    if ((tries == 0)); then kill -CONT -- "-$1" 2>/dev/null || true; fi
    if ((tries++ == 100)); then kill -KILL -- "-$1" 2>/dev/null || true; fi
    # Who was ended stays in the group until it is waited for.
    jobs >/dev/null 2>&1
    sleep 0.05
  done
}

# run_step NAME LABEL COMMAND...
#
# Runs a command, or a function of the script, with its output in a log file named after the step, and its seconds in
# the file times. Returns the command's status; a failure shows the end of the log first. A function must not be run
# from a condition (`if`, `||`): the shell would then go on after its errors.
run_step() {
  local name=$1 label=$2 log=$GRACE_LOGS/$1.log start=$SECONDS status=0
  shift 2
  progress_make_logs
  if [[ -z ${GRACE_QUIET:-} ]]; then
    if ! progress_is_live; then note "$label ..."; fi
    if [[ $1 == with_lock ]] && ! lock_is_free "$2"; then
      note "$label: waiting for another run, which holds $GRACE_CACHE/locks/$2"
    fi
  fi
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
    if disk_is_full "$log"; then
      note "error: $label failed, and the disk of $GRACE_CACHE is full; make room there, or set GRACE_CACHE to a folder elsewhere"
    else
      note "error: $label failed; the whole log is $log"
    fi
  fi
  return "$status"
}

# disk_is_full PATH: whether nothing more can be written there.
disk_is_full() {
  local -a free
  mapfile -t free < <(df --output=avail,iavail -k -- "$1" 2>/dev/null | tail -n 1 | tr -s ' ' '\n' | grep -x -E '[0-9]+')
  ((${#free[@]} == 2)) && ((free[0] < 1024 || (free[1] < 8 && free[1] > 0)))
}

# Makes the folder of logs of a run, and removes all but the newest ten of earlier days.
progress_make_logs() {
  if [[ -d $GRACE_LOGS ]]; then return; fi
  mkdir -p -- "$GRACE_LOGS"
  # Those of today may be of a run that goes on.
  keep_newest 10 "$(dirname -- "$GRACE_LOGS")" 86400
}
