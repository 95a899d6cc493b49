// SPDX-License-Identifier: GPL-2.0-or-later

/// What users and files give the device and gracectl, made up by a fuzzer: the first byte says which of them. The format of
/// the input stands in README.md.
@c
public func LLVMFuzzerTestOneInput(_ data: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  guard let data else { return 0 }
  var input = Input(data, size)
  switch input.byte() % 7 {
  case 0: SavedState.run(&input)
  case 1: runOptions(&input)
  case 2: runProfile(&input)
  case 3: runChanges(&input)
  case 4: runTopologyFile(&input)
  case 5: runCompactMachine(&input)
  default: runPlacements(&input)
  }
  return 0
}
