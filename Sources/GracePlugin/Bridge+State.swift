// SPDX-License-Identifier: GPL-2.0-or-later

import CQemuBridge
import GraceDeviceModel

// Settings that change at run time, and saved state.

func set(
  _ handle: OpaquePointer, _ option: UnsafePointer<GraceOption>, _ error: UnsafeMutablePointer<GraceError>
) -> GraceStatus {
  let setting = Setting(name: text(option.pointee.name), value: text(option.pointee.value))
  do throws(OptionError) {
    if setting.name.utf8.elementsEqual("fault".utf8) {
      device(handle).pointee.setFault(try setting.fault())
    } else if setting.name.utf8.elementsEqual("poison".utf8) {
      let pages = try device(handle).pointee.options.poison(setting)
      device(handle).pointee.setPoison(pages)
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
  let state = device(handle).pointee.snapshot()
  length.pointee = UInt32(state.count)
  guard let bytes, Int(capacity) >= state.count else { return GRACE_E_SPACE }
  for (index, byte) in state.enumerated() { bytes[index] = byte }
  return GRACE_OK
}

func snapshotLoad(
  _ handle: OpaquePointer, _ bytes: UnsafePointer<UInt8>?, _ length: UInt32,
  _ error: UnsafeMutablePointer<GraceError>
) -> GraceStatus {
  let device = device(handle)
  var state: [UInt8] = []
  // The length comes from a file; what is too long for this device need not be copied to be refused.
  if let bytes, Int(length) <= device.pointee.snapshotByteCount {
    state = Array(UnsafeBufferPointer(start: bytes, count: Int(length)))
  } else if length > 0 {
    let problem = SnapshotError.wrongLength(Int(length), expected: device.pointee.snapshotByteCount)
    return fail(error, GRACE_E_STATE, problem.message)
  }
  do throws(SnapshotError) {
    try device.pointee.restore(state)
    return GRACE_OK
  } catch let problem {
    return fail(error, GRACE_E_STATE, problem.message)
  }
}
