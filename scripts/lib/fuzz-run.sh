# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Running the targets of scripts/fuzz. What one learns and finds is in $FUZZ/TARGET.

set -euo pipefail

# build_fuzzer TARGET KIND: builds it unless the cache has it, and sets program to its path.
build_fuzzer() {
  local target=$1 kind=$2 content key entry
  local -a sources
  mapfile -t sources < <(fuzz_sources "$target")
  content=$(hash_files "${sources[@]}" scripts/lib/fuzz-build.sh)
  key=$(hash_text "$GRACE_MACHINE" "$GRACE_SWIFT" "$kind" "$content")
  cache_make "fuzz-$target$kind" "$key" "Building the fuzzer $target$kind" build_program "$target" "$kind"
  program=$entry/fuzz
}

# run_fuzzer TARGET PROGRAM ARGUMENT...: what libFuzzer needs for each run of a target.
run_fuzzer() {
  local target=$1 program=$2 folder=$FUZZ/$1 status=0
  local -a options
  shift 2
  options=(-timeout=20 -artifact_prefix="$folder/found/")
  if [[ -f Tests/Fuzzing/$target.dict ]]; then options+=(-dict="Tests/Fuzzing/$target.dict"); fi
  mkdir -p -- "$folder/corpus" "$folder/found"
  touch -- "$folder/started"
  # Swift would print its own backtrace of a trap, and libFuzzer would not learn of it.
  SWIFT_BACKTRACE=enable=no UBSAN_OPTIONS=print_stacktrace=1 "$program" "${options[@]}" "$@" 2>&1 \
    | tee -- "$folder/output" || status=$?
  if ((status != 0)); then print_found "$target"; fi
  return "$status"
}

# print_found TARGET: what the run found, in few lines, and how to repeat it elsewhere: the machine of a CI run is soon gone.
print_found() {
  local file
  while IFS= read -r -d '' file; do
    printf '\nThe fuzzer %s found an input of %d bytes:\n' "$1" "$(stat -c %s -- "$file")"
    grep -a -E '^broken |Fatal error|ERROR: |runtime error' "$FUZZ/$1/output" | head -n 3 | sed 's/^/  /' || true
    printf "Repeat it with:\n  base64 -d <<<'%s' >input && scripts/fuzz %s input\n" "$(base64 -w 0 -- "$file")" "$1"
  done < <(find "$FUZZ/$1/found" -type f -newer "$FUZZ/$1/started" -print0 | sort -z)
}

# run_target TARGET ACTION MINUTES FILE...
run_target() {
  local target=$1 action=$2 minutes=$3 folder=$FUZZ/$1 seeds=Tests/Fuzzing/corpus/$1 program longest
  shift 3
  build_fuzzer "$target" ''
  if (($# > 0)); then
    run_fuzzer "$target" "$program" "$@"
    return
  fi
  case $action in
    build) ;;
    replay) run_fuzzer "$target" "$program" -runs=0 "$seeds" ;;
    fuzz)
      run_fuzzer "$target" "$program" -runs=0 "$seeds"
      # Seeds may be longer, of which what is tried then is the beginning.
      longest=$(awk -v name="$target" '$1 == name { print $2 }' <<<"$TARGETS")
      run_fuzzer "$target" "$program" -max_len="$longest" -max_total_time=$((minutes * 60)) -print_final_stats=1 \
        ${GRACE_FUZZ_SEED:+-seed="$GRACE_FUZZ_SEED"} "$folder/corpus" "$seeds"
      ;;
    minimise)
      rm -rf -- "$folder/fewest"
      mkdir -p -- "$folder/fewest"
      run_fuzzer "$target" "$program" -merge=1 "$folder/fewest" "$seeds" "$folder/corpus"
      rm -rf -- "$folder/corpus"
      mv -T -- "$folder/fewest" "$folder/corpus"
      ;;
  esac
}

# run_side_by_side TARGET...: as many at a time as there are processors, each in a process of its own. What one printed comes
# when all are done: the end of it, or all if it failed.
run_side_by_side() {
  local target status program
  local -a failed=()
  for target; do build_fuzzer "$target" ''; done
  mkdir -p -- "$FUZZ"
  for target; do
    while (($(jobs -rp | wc -l) >= GRACE_JOBS)); do wait -n || true; done
    # What is ended before it writes its own is not what the last run was.
    echo 1 >"$FUZZ/$target.status"
    run_apart "$target" &
  done
  wait
  # Last what failed, where one looks first.
  for target; do
    status=$(<"$FUZZ/$target.status")
    if ((status != 0)); then
      failed+=("$target")
      continue
    fi
    printf '%s: passed\n' "$target"
    grep -a -E '^(Done |stat::(number_of_executed|average_exec|new_units))' "$FUZZ/$target.log" | sed 's/^/  /' || true
  done
  for target in "${failed[@]}"; do
    printf '\n%s: failed\n' "$target"
    cat -- "$FUZZ/$target.log"
  done
  ((${#failed[@]} == 0))
}

run_apart() {
  local status=0
  local -a options=(--minutes "$minutes")
  if [[ $action != fuzz ]]; then options+=("--$action"); fi
  "$GRACE_SCRIPTS/fuzz" "$1" "${options[@]}" >"$FUZZ/$1.log" 2>&1 </dev/null || status=$?
  printf '%d\n' "$status" >"$FUZZ/$1.status"
}

# record_coverage TARGET: replays all there is, and writes down which lines it ran.
record_coverage() {
  local target=$1 folder=$FUZZ/$1 program
  build_fuzzer "$target" -coverage
  rm -rf -- "$folder/profiles"
  mkdir -p -- "$folder/profiles" "$folder/corpus"
  LLVM_PROFILE_FILE=$folder/profiles/%p.profraw run_fuzzer "$target" "$program" -runs=0 "$folder/corpus" \
    "Tests/Fuzzing/corpus/$target" >"$folder/coverage.log" 2>&1 || { cat -- "$folder/coverage.log" && return 1; }
  "$SWIFT_TOOLS/llvm-profdata" merge -sparse "$folder"/profiles/*.profraw -o "$folder/coverage.profdata"
  ln -sfn -- "$program" "$folder/coverage-program"
}

# report_coverage TARGET...: the lines that these reach together, for each module and file. All lines with their counts
# are in $FUZZ/coverage.
report_coverage() {
  local target
  local -a programs=() profiles=() arguments
  for target; do
    programs+=(-object "$FUZZ/$target/coverage-program")
    profiles+=("$FUZZ/$target/coverage.profdata")
  done
  "$SWIFT_TOOLS/llvm-profdata" merge -sparse "${profiles[@]}" -o "$FUZZ/coverage.profdata"
  arguments=("${programs[@]:1}" -instr-profile="$FUZZ/coverage.profdata" -ignore-filename-regex='^(.*/)?(\.build|Tests)/')
  rm -rf -- "$FUZZ/coverage"
  "$SWIFT_TOOLS/llvm-cov" show "${arguments[@]}" -output-dir="$FUZZ/coverage" -format=text >/dev/null
  "$SWIFT_TOOLS/llvm-cov" export "${arguments[@]}" -summary-only | python3 "$GRACE_SCRIPTS/lib/coverage-table.py" "$GRACE_ROOT/Sources/"
  printf '\nLine by line: %s\n' "$FUZZ/coverage"
}
