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

func configWillRead(_ handle: OpaquePointer, _ offset: UInt32, _ size: UInt32) {
  device(handle).pointee.configWillRead(at: offset, size: size)
}

func configDidWrite(_ handle: OpaquePointer, _ offset: UInt32, _ size: UInt32) {
  device(handle).pointee.configDidWrite(at: offset, size: size)
}

func regionRead(_ handle: OpaquePointer, _ index: UInt32, _ offset: UInt64, _ size: UInt32) -> UInt64 {
  device(handle).pointee.readRegion(Int(index), at: offset, size: size)
}

func regionWrite(_ handle: OpaquePointer, _ index: UInt32, _ offset: UInt64, _ value: UInt64, _ size: UInt32)
{
  device(handle).pointee.writeRegion(Int(index), at: offset, value: value, size: size)
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
