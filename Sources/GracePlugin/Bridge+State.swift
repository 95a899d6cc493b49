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
  let bytes = UnsafeBufferPointer(start: bytes, count: bytes == nil ? 0 : Int(length))
  // The length comes from a file; of what is too long for this device the beginning is enough to refuse it.
  let state = Array(bytes.prefix(device.pointee.snapshotByteCount))
  do throws(SnapshotError) {
    try device.pointee.restore(state, count: Int(length))
    return GRACE_OK
  } catch let problem {
    return fail(error, GRACE_E_STATE, problem.message)
  }
}
