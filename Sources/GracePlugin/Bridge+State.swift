// SPDX-License-Identifier: GPL-2.0-or-later

import CQemuBridge
import GraceDeviceModel

// Settings that change at run time, and saved state.

func set(
  _ handle: OpaquePointer, _ option: UnsafePointer<GraceOption>, _ error: UnsafeMutablePointer<GraceError>
) -> GraceStatus {
  let textBytes =
    length(option.pointee.name, atMost: Need.largestText)
    + length(option.pointee.value, atMost: Need.largestText)
  let status = withReserve(Need.options(textBytes: UInt64(textBytes))) {
    change(device(handle), option.pointee, error)
  }
  return status ?? fail(error, GRACE_E_MEMORY, Need.noMemory)
}

private func change(
  _ device: UnsafeMutablePointer<Device>, _ option: GraceOption, _ error: UnsafeMutablePointer<GraceError>
) -> GraceStatus {
  do throws(OptionError) {
    let setting = try setting(option)
    if setting.name.utf8.elementsEqual("fault".utf8) {
      device.pointee.setFault(try setting.fault())
    } else if setting.name.utf8.elementsEqual("poison".utf8) {
      let pages = try device.pointee.options.poison(setting)
      device.pointee.setPoison(pages)
    } else {
      return fail(
        error, GRACE_E_OPTION, "\(setting.name) cannot be changed while the device runs; set it with -device")
    }
    return GRACE_OK
  } catch let problem {
    return fail(error, GRACE_E_OPTION, problem.message)
  }
}

func snapshotSave(
  _ handle: OpaquePointer, _ bytes: UnsafeMutablePointer<UInt8>?, _ capacity: UInt32,
  _ length: UnsafeMutablePointer<UInt32>
) -> GraceStatus {
  let device = device(handle)
  let count = device.pointee.snapshotByteCount
  length.pointee = UInt32(count)
  guard let bytes, Int(capacity) >= count else { return GRACE_E_SPACE }
  let status = withReserve(Need.snapshot(count)) {
    let state = device.pointee.snapshot()
    // Both say the same length, which a test of the model looks at.
    guard state.count == count else { return GRACE_E_SPACE }
    _ = UnsafeMutableBufferPointer(start: bytes, count: count).update(fromContentsOf: state)
    return GRACE_OK
  }
  return status ?? GRACE_E_MEMORY
}

func snapshotLoad(
  _ handle: OpaquePointer, _ bytes: UnsafePointer<UInt8>?, _ length: UInt32,
  _ error: UnsafeMutablePointer<GraceError>
) -> GraceStatus {
  let device = device(handle)
  // The length comes from a file; what is too long for this device need not be copied to be refused.
  let status = withReserve(Need.snapshot(device.pointee.snapshotByteCount)) {
    do throws(SnapshotError) {
      guard let bytes, Int(length) <= device.pointee.snapshotByteCount else {
        throw .wrongLength(Int(length), expected: device.pointee.snapshotByteCount)
      }
      try device.pointee.restore(Array(UnsafeBufferPointer(start: bytes, count: Int(length))))
      return GRACE_OK
    } catch let problem {
      return fail(error, GRACE_E_STATE, problem.message)
    }
  }
  return status ?? fail(error, GRACE_E_MEMORY, Need.noMemory)
}
