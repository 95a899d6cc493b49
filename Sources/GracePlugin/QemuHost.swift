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

  func readBus(at address: UInt64, count: Int, into block: inout TransferBlock) -> Bool {
    guard let size = transferSize(count) else { return false }
    return withBytes(of: &block) { functions.dma_read(context, address, $0, size) } != 0
  }

  func writeBus(at address: UInt64, count: Int, from block: inout TransferBlock) -> Bool {
    guard let size = transferSize(count) else { return false }
    return withBytes(of: &block) { functions.dma_write(context, address, $0, size) } != 0
  }

  func readMemory(at offset: UInt64, count: Int, into block: inout TransferBlock) -> Bool {
    guard let size = transferSize(count) else { return false }
    return withBytes(of: &block) { functions.memory_read(context, offset, $0, size) } != 0
  }

  func writeMemory(at offset: UInt64, count: Int, from block: inout TransferBlock) -> Bool {
    guard let size = transferSize(count) else { return false }
    return withBytes(of: &block) { functions.memory_write(context, offset, $0, size) } != 0
  }

  func interrupt(_ vector: UInt32) { functions.interrupt(context, vector) }

  func setPoison(_ isBad: Bool, at offset: UInt64) { functions.set_poison(context, offset, isBad ? 1 : 0) }

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

  /// The size as the host takes it, or nil for what no block holds.
  private func transferSize(_ count: Int) -> UInt32? {
    count >= 1 && count <= Int(GRACE_DMA_SIZE) ? UInt32(truncatingIfNeeded: count) : nil
  }

  private func withBytes(of block: inout TransferBlock, _ body: (UnsafeMutablePointer<UInt8>) -> UInt32)
    -> UInt32
  {
    withUnsafeMutableBytes(of: &block) { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      return body(start.assumingMemoryBound(to: UInt8.self))
    }
  }

  private func isInside(_ offset: Int) -> Bool { offset >= 0 && offset < ConfigLayout.byteCount }
}
