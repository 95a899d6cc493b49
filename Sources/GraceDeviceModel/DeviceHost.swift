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

  /// The byte at `offset` (0 to 4095) of configuration space.
  func configByte(at offset: Int) -> UInt8

  /// Stores a byte at `offset` (0 to 4095) of configuration space, whatever its masks say.
  mutating func setConfigByte(_ byte: UInt8, at offset: Int)

  /// Sets what a guest's write and a migration may do to the byte at `offset` (0 to 4095).
  mutating func setConfigMasks(_ masks: ConfigMasks, at offset: Int)
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
