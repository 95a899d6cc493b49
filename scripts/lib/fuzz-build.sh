# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# How the targets of scripts/fuzz are built. KIND is empty for a program that fuzzes, and -coverage for one that also says which
# lines it ran.

set -euo pipefail

# Swift's own LLVM, whichever else there is on PATH: libFuzzer and profiles have to fit the compiler.
SWIFT_TOOLS=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)\/lib\/swift".*/\1\/bin/p')
readonly SWIFT_TOOLS

# What the targets in Swift have in common with unit tests: tables by hand, and a host that writes down what it is asked.
readonly SHARED_WITH_TESTS=(Tests/GraceConformanceTests/TestBytes.swift Tests/GraceDeviceModelTests/RecordingHost.swift)

# fuzz_sources TARGET: what its program is made of.
fuzz_sources() {
  case $1 in
    abi)
      printf '%s\n' Package.swift Tests/Fuzzing/abi Tests/CQemuBridgeTests/engine.[ch] Sources/CQemuBridge \
        Sources/GraceDeviceModel Sources/GraceFirmware Sources/GracePlugin
      ;;
    *)
      printf '%s\n' Sources/GraceDeviceModel Sources/GraceFirmware Sources/GraceConformance Sources/SVGDrawing \
        Sources/gracectl Tests/Fuzzing/support "Tests/Fuzzing/$1" "${SHARED_WITH_TESTS[@]}"
      ;;
  esac
}

# build_program TARGET KIND FOLDER: makes FOLDER/fuzz.
build_program() {
  local target=$1 kind=$2 folder=$3
  case $target$kind in
    abi) build_abi "$folder" ;;
    abi-coverage)
      compile_c "$folder"
      build_swift abi GracePlugin "$kind" "$folder" "$folder"/*.o
      rm -- "$folder"/*.o
      ;;
    *) build_files "$target" "$kind" "$folder" ;;
  esac
}

# compile_c FOLDER OPTION...: the C files of the target abi. What watches the model is not for libFuzzer to explore.
compile_c() {
  local folder=$1 file
  shift
  for file in Tests/Fuzzing/abi/*.c Tests/CQemuBridgeTests/engine.c; do
    "$SWIFT_TOOLS/clang" -std=gnu11 -O2 -g -Wall -Wextra -Werror -I Sources/CQemuBridge/include "$@" -c "$file" \
      -o "$folder/$(basename -- "$file" .c).o"
  done
}

# The model is compiled as for QEMU, and so that libFuzzer sees which ways through it are taken. Its checks are on, as
# they are there.
build_abi() {
  local folder=$1 package=$FUZZ/package
  local -a objects
  rm -rf -- "$package"
  mkdir -p -- "$package"
  # Seen through links, as in scripts/build-plugin.
  ln -sfn -- ../../../Package.swift ../../../Sources "$package/"
  GRACE_EMBEDDED=1 swift build -c release --target GracePlugin --package-path "$package" \
    --scratch-path "$package/build" -Xswiftc -sanitize=fuzzer -Xswiftc -g
  mapfile -d '' -t objects < <(find "$package/build/release/" -path '*/Grace*.build/*.o' -print0)
  # Both sanitizers end the program at the first thing that is wrong.
  compile_c "$package" -fsanitize=address,undefined -fno-sanitize-recover=all
  "$SWIFT_TOOLS/clang" -fsanitize=fuzzer,address,undefined -fuse-ld=lld -Wl,--gc-sections \
    -Wl,--wrap=posix_memalign,--wrap=free "${objects[@]}" "$package"/*.o -o "$folder/fuzz"
  rm -rf -- "$package"
}

# build_swift TARGET MODULE KIND FOLDER OBJECT...: a module with what it needs, as ordinary Swift, linked with libFuzzer and the
# objects. It may see what tests may.
build_swift() {
  local target=$1 module=$2 kind=$3 folder=$4 scratch=$FUZZ/$1/build$3 flag
  local -a flags=(-sanitize=fuzzer) arguments=() objects
  shift 4
  if [[ -n $kind ]]; then flags+=(-profile-generate -profile-coverage-mapping); fi
  for flag in "${flags[@]}" -g -enable-testing; do arguments+=(-Xswiftc "$flag"); done
  # An object stays when its source is gone; those of other packages are kept.
  if [[ -d $scratch/release/ ]]; then
    find "$scratch/release/" -maxdepth 1 \( -iname 'grace*.build' -o -name 'Fuzz*.build' \) -exec rm -rf -- {} +
  fi
  swift build -c release --target "$module" --scratch-path "$scratch" "${arguments[@]}"
  mapfile -d '' -t objects < <(find "$scratch/release/" -path '*.build/*.o' -print0)
  swiftc "${flags[@]}" "${objects[@]}" "$@" -o "$folder/fuzz"
}

# build_files TARGET KIND FOLDER: the targets in Swift, module by module. Not by Swift's package manager: gracectl's command line
# would come along with all that it needs, and take minutes. Its files that have nothing to do with that are a module here.
build_files() {
  local target=$1 kind=$2 folder=$3 work=$FUZZ/$1/modules$2 shared=
  local -a flags=(-swift-version 6 -O -wmo -parse-as-library -enable-testing -enforce-exclusivity=checked -g
    -sanitize=fuzzer -enable-default-cmo -warnings-as-errors -enable-upcoming-feature ExistentialAny
    -enable-upcoming-feature MemberImportVisibility) command
  if [[ -n $kind ]]; then flags+=(-profile-generate -profile-coverage-mapping); fi
  rm -rf -- "$work"
  mkdir -p -- "$work"
  mapfile -t command < <(grep -LE '^import (ArgumentParser|Subprocess)' Sources/gracectl/*.swift)
  compile_module GraceDeviceModel Sources/GraceDeviceModel/*.swift
  compile_module GraceFirmware Sources/GraceFirmware/*.swift
  compile_module GraceConformance Sources/GraceConformance/*/*.swift
  compile_module SVGDrawing Sources/SVGDrawing/*.swift
  compile_module gracectl "${command[@]}"
  case $target in
    tables) shared=${SHARED_WITH_TESTS[0]} ;;
    state) shared=${SHARED_WITH_TESTS[1]} ;;
  esac
  compile_module "Fuzz_$target" Tests/Fuzzing/support/*.swift "Tests/Fuzzing/$target"/*.swift "$shared"
  swiftc -sanitize=fuzzer ${kind:+-profile-generate} -use-ld=lld "$work"/*.o -o "$folder/fuzz"
  rm -rf -- "$work"
}

# compile_module NAME FILE...: with the flags and into the folder of build_files.
compile_module() {
  local name=$1
  shift
  swiftc "${flags[@]}" -I "$work" -module-name "$name" -emit-module -emit-module-path "$work/$name.swiftmodule" -c "$@" \
    -o "$work/$name.o"
}
