// SPDX-License-Identifier: GPL-2.0-or-later

import CQemuBridge
import GraceDeviceModel

/// The host behind the C ABI: calls its functions, and writes to its configuration space.
struct QemuHost: DeviceHost {
  private let functions: GraceHost
  private let context: UnsafeMutableRawPointer?
  private var config: GraceConfig?

  init(_ functions: GraceHost, context: UnsafeMutableRawPointer?) {
    self.functions = functions
    self.context = context
  }

  /// From now on there is a configuration space, of at least 4096 bytes.
  mutating func attach(_ config: GraceConfig) { self.config = config }

  func log(_ level: LogLevel, _ message: StaticString) {
    let number = level == .guestError ? GRACE_LOG_GUEST_ERROR : GRACE_LOG_INFO
    // A literal of ASCII ends with a zero, which its length does not count.
    message.utf8Start.withMemoryRebound(to: CChar.self, capacity: message.utf8CodeUnitCount + 1) {
      functions.log(context, number, $0)
    }
  }

  @inline(__always)
  func now() -> UInt64 { functions.now(context) }

  func setTimer(deadline: UInt64) { functions.set_timer(context, deadline) }

  func setMode(_ mode: RegionMode, region index: Int) {
    functions.set_region_mode(
      context, UInt32(truncatingIfNeeded: index), mode == .memory ? GRACE_REGION_MEMORY : GRACE_REGION_ONES)
  }

  func setPresence(_ isPresent: Bool) { functions.set_presence(context, isPresent ? 1 : 0) }

  func clearMemory(from offset: UInt64, byteCount: UInt64) {
    functions.clear_memory(context, offset, byteCount)
  }

  func configByte(at offset: Int) -> UInt8 {
    guard let config, isInside(offset) else { return 0xff }
    return config.bytes[offset]
  }

  func setConfigByte(_ byte: UInt8, at offset: Int) {
    guard let config, isInside(offset) else { return }
    config.bytes[offset] = byte
  }

  func setConfigMasks(_ masks: ConfigMasks, at offset: Int) {
    guard let config, isInside(offset) else { return }
    config.write_mask[offset] = masks.writable
    config.clear_mask[offset] = masks.clearedByOne
    config.check_mask[offset] = masks.checked
  }

  private func isInside(_ offset: Int) -> Bool { offset >= 0 && offset < ConfigLayout.byteCount }
}
