// SPDX-License-Identifier: GPL-2.0-or-later

import CQemuBridge

/// The ABI versions that this plug-in can serve.
private let oldestVersion = GRACE_ABI_VERSION
private let newestVersion = GRACE_ABI_VERSION

/// Version of the model, for logs. Kept equal to the topmost release in CHANGELOG.md by a test.
private let modelVersion: StaticString = "0.1.0"

/// The table that every host gets: never changed. It is a variable since those have an address without being allocated.
nonisolated(unsafe) private var table = GraceFunctions(
  struct_size: UInt32(MemoryLayout<GraceFunctions>.size),
  abi_version: newestVersion,
  model_version: UnsafeRawPointer(modelVersion.utf8Start).assumingMemoryBound(to: CChar.self),
  create: create, destroy: destroy, describe: describe, region: describeRegion,
  capability: describeCapability, config_attach: configAttach, config_will_read: configWillRead,
  config_did_write: configDidWrite, region_read: regionRead, region_write: regionWrite, reset: reset,
  clock: clock, set: set, snapshot_save: snapshotSave, snapshot_load: snapshotLoad, firmware: firmware)

/// The symbol that a host looks up; its contract stands in grace-gpu-abi.h.
@c @implementation
public func grace_gpu_plugin(
  _ oldest: UInt32, _ newest: UInt32, _ error: UnsafeMutablePointer<GraceError>
) -> UnsafePointer<GraceFunctions>? {
  guard oldest <= newestVersion, newest >= oldestVersion, oldest <= newest else {
    let said: GraceStatus? = withReserve(Need.message) {
      fail(
        error, GRACE_E_VERSION,
        "this QEMU speaks versions \(oldest) to \(newest) of the grace-gpu ABI and the plug-in versions "
          + "\(oldestVersion) to \(newestVersion); build both from the same release")
    }
    if said == nil { _ = fail(error, GRACE_E_MEMORY, Need.noMemory) }
    return nil
  }
  return withUnsafePointer(to: &table) { $0 }
}
