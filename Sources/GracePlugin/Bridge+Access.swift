// SPDX-License-Identifier: GPL-2.0-or-later

import CQemuBridge
import GraceDeviceModel

// What a guest can cause, several million times a second: nothing here allocates or counts references.

func configAttach(_ handle: OpaquePointer, _ config: UnsafePointer<GraceConfig>) -> GraceStatus {
  guard isComplete(config.pointee.struct_size, GraceConfig.self),
    config.pointee.byte_count >= UInt32(ConfigLayout.byteCount)
  else { return GRACE_E_ARGUMENT }
  device(handle).pointee.host.attach(config.pointee)
  device(handle).pointee.attachConfig()
  return GRACE_OK
}

@inline(__always)
func configWillRead(_ handle: OpaquePointer, _ offset: UInt32, _ size: UInt32) {
  device(handle).pointee.configWillRead(at: offset, size: size)
}

@inline(__always)
func configDidWrite(_ handle: OpaquePointer, _ offset: UInt32, _ size: UInt32) {
  if device(handle).pointee.changesPower(offset, size: size) { powerDidChange(handle) }
}

@inline(never)
private func powerDidChange(_ handle: OpaquePointer) {
  device(handle).pointee.followPowerState()
}

// What C calls is inlined into the function that it calls, and has no call of its own but as its last step. So what is
// rare costs a whole register's access one jump that is not taken: no frame, no register saved. It is what
// `readRegion` and `writeRegion` do, taken apart. Benchmarks/abi counts.

@inline(__always)
func regionRead(_ handle: OpaquePointer, _ index: UInt32, _ offset: UInt64, _ size: UInt32) -> UInt64 {
  guard let cell = device(handle).pointee.wholeRegister(Int(index), at: offset, size: size) else {
    return readUncommon(handle, index, offset, size)
  }
  guard cell.isReadAsStored else { return readActive(handle, cell.bits) }
  return UInt64(device(handle).pointee.storedValue(cell))
}

@inline(never)
private func readUncommon(_ handle: OpaquePointer, _ index: UInt32, _ offset: UInt64, _ size: UInt32)
  -> UInt64
{
  device(handle).pointee.readUncommon(Int(index), at: offset, size: size)
}

@inline(never)
private func readActive(_ handle: OpaquePointer, _ bits: UInt16) -> UInt64 {
  let cell = RegisterCell(bits: bits)
  if cell.isTimeLow { return UInt64(device(handle).pointee.timeLow) }
  if cell.isTimeHigh { return UInt64(device(handle).pointee.timeHigh) }
  return readRare(handle, bits)
}

@inline(never)
private func readRare(_ handle: OpaquePointer, _ bits: UInt16) -> UInt64 {
  UInt64(device(handle).pointee.readRare(RegisterCell(bits: bits)))
}

@inline(__always)
func regionWrite(_ handle: OpaquePointer, _ index: UInt32, _ offset: UInt64, _ value: UInt64, _ size: UInt32)
{
  guard let cell = device(handle).pointee.wholeRegister(Int(index), at: offset, size: size) else {
    return writeUncommon(handle, index, offset, value, size)
  }
  let word = UInt32(truncatingIfNeeded: value)
  guard cell.isStoredAsWritten else { return write(handle, cell.bits, word) }
  device(handle).pointee.store(word, cell)
}

@inline(never)
private func writeUncommon(
  _ handle: OpaquePointer, _ index: UInt32, _ offset: UInt64, _ value: UInt64, _ size: UInt32
) {
  device(handle).pointee.writeUncommon(Int(index), at: offset, value: value, size: size)
}

@inline(never)
private func write(_ handle: OpaquePointer, _ bits: UInt16, _ value: UInt32) {
  let cell = RegisterCell(bits: bits)
  guard !cell.actsOnWrite else { return writeActive(handle, bits, value) }
  device(handle).pointee.merge(value, lanes: .max, into: cell)
}

@inline(never)
private func writeActive(_ handle: OpaquePointer, _ bits: UInt16, _ value: UInt32) {
  device(handle).pointee.writeActive(value, lanes: .max, to: RegisterCell(bits: bits))
}

func reset(_ handle: OpaquePointer, _ kind: GraceResetKind) {
  switch kind {
  case GRACE_RESET_BUS: device(handle).pointee.reset(.bus)
  case GRACE_RESET_FUNCTION: device(handle).pointee.reset(.function)
  default: device(handle).pointee.reset(.cold)
  }
}

func clock(_ handle: OpaquePointer, _ now: UInt64) {
  device(handle).pointee.clock(now)
}
