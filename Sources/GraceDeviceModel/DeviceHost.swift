// SPDX-License-Identifier: GPL-2.0-or-later

/// What the device asks of the world around it.
///
/// The model does no I/O, reads no clock and starts no thread: everything goes through this protocol, so
/// that every behaviour can be a plain unit test. QEMU is one host (by way of GracePlugin), the recording
/// host of the tests another.
///
/// No requirement may call back into the device.
public protocol DeviceHost {
  /// A message for the log. Guests can cause these, so a host may limit their rate.
  mutating func log(_ level: LogLevel, _ message: StaticString)

  /// The guest's clock in nanoseconds; never runs backwards.
  func now() -> UInt64

  /// Asks for one call of `GraceDevice.clock(_:)` at `deadline` (nanoseconds) or soon after. A later request
  /// replaces an earlier one; `UInt64.max` takes it back.
  mutating func setTimer(deadline: UInt64)

  /// Says what the memory behind region `index` answers from now on.
  mutating func setMode(_ mode: RegionMode, region index: Int)

  /// Says whether the function answers at all from now on; if not, everything of it reads as ones. A function that answers
  /// again has been reset cold.
  mutating func setPresence(_ isPresent: Bool)

  /// Makes `byteCount` bytes of the device's memory zeros from `offset` on, without touching each.
  mutating func clearMemory(from offset: UInt64, byteCount: UInt64)

  /// Reads `count` bytes (1 to 256) at a bus address, as the device's own DMA: through the IOMMU, and only while Bus
  /// Master is on. False if any part was refused; the block then holds nothing of use.
  mutating func readBus(at address: UInt64, count: Int, into block: inout TransferBlock) -> Bool

  /// Writes `count` bytes (1 to 256) at a bus address. False if any part was refused; what comes before it may have been
  /// written.
  mutating func writeBus(at address: UInt64, count: Int, from block: inout TransferBlock) -> Bool

  /// Reads `count` bytes (1 to 256) of the device's own memory. False past its end, and where it is bad.
  mutating func readMemory(at offset: UInt64, count: Int, into block: inout TransferBlock) -> Bool

  /// Writes `count` bytes (1 to 256) of the device's own memory. False past its end.
  mutating func writeMemory(at offset: UInt64, count: Int, from block: inout TransferBlock) -> Bool

  /// Sends message `vector` by MSI-X or MSI, whichever the guest has turned on; otherwise nothing happens.
  mutating func interrupt(_ vector: UInt32)

  /// Says whether the page at `offset` of the device's memory, a multiple of 4 KiB, is bad: reads of it are errors on the
  /// bus.
  mutating func setPoison(_ isBad: Bool, at offset: UInt64)

  /// The byte at `offset` (0 to 4095) of configuration space.
  func configByte(at offset: Int) -> UInt8

  /// Stores a byte at `offset` (0 to 4095) of configuration space, whatever its masks say.
  mutating func setConfigByte(_ byte: UInt8, at offset: Int)

  /// Sets what a guest's write and a migration may do to the byte at `offset` (0 to 4095).
  mutating func setConfigMasks(_ masks: ConfigMasks, at offset: Int)
}

/// Bytes on their way between the device and a memory: at most as many as one transfer has.
public struct TransferBlock: Sendable {
  /// The bytes, the first at the lowest address.
  public var bytes = InlineArray<256, UInt8>(repeating: 0)

  /// Zeros.
  public init() {}
}

/// How loud a message is.
public enum LogLevel: Sendable {
  /// The guest did what no driver should do.
  case guestError
  /// Worth a line in a log.
  case info
}

/// What the memory behind a region answers.
public enum RegionMode: Sendable {
  /// Ordinary memory.
  case memory
  /// All ones to reads; writes are dropped. The contents stay.
  case ones
}

/// How one byte of configuration space may change.
public struct ConfigMasks: Equatable, Sendable {
  /// Bits that the guest can write.
  public var writable: UInt8
  /// Bits that the guest clears by writing one.
  public var clearedByOne: UInt8
  /// Bits that must be the same on both sides of a migration.
  public var checked: UInt8

  /// Masks for one byte.
  public init(writable: UInt8, clearedByOne: UInt8, checked: UInt8) {
    self.writable = writable
    self.clearedByOne = clearedByOne
    self.checked = checked
  }
}
