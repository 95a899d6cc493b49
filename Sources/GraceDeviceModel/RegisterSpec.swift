// SPDX-License-Identifier: GPL-2.0-or-later

/// One 32-bit register, or an array of them, as data.
///
/// Documentation, `describe` commands and the device read the same declaration, so that a register has one
/// place where it is right or wrong. Bits that are in no mask are read-only and keep their reset value.
public struct RegisterSpec: Sendable {
  /// The name, in the words of the source.
  public let name: String
  /// Where the (first) register lies, in bytes from the start of its space; a multiple of 4.
  public let offset: UInt32
  /// How many registers stand side by side, 4 bytes apart.
  public let count: UInt32
  /// The value after power-on and after each reset that reaches the register.
  public let reset: UInt32
  /// Bits that a write changes.
  public let writable: UInt32
  /// Bits that a write of one clears.
  public let clearedByOne: UInt32
  /// Where the value comes from.
  public let behaviour: RegisterBehaviour
  /// What the register means.
  public let meaning: StaticString
  /// Where that is published.
  public let source: StaticString

  /// Declares a register.
  public init(
    _ name: String, at offset: UInt32, count: UInt32 = 1, reset: UInt32 = 0, writable: UInt32 = 0,
    clearedByOne: UInt32 = 0, behaviour: RegisterBehaviour = .stored, meaning: StaticString,
    source: StaticString
  ) {
    self.name = name
    self.offset = offset
    self.count = count
    self.reset = reset
    self.writable = writable
    self.clearedByOne = clearedByOne
    self.behaviour = behaviour
    self.meaning = meaning
    self.source = source
  }

  /// The value after a write of `value` to the byte lanes in `lanes`.
  ///
  /// - Parameters:
  ///   - lanes: ones in the bytes that the access covers.
  ///   - current: the value before the write.
  /// - Returns: `current` with writable bits replaced and bits that were written as one cleared.
  @inline(__always)
  static func merging(
    _ value: UInt32, lanes: UInt32, into current: UInt32, writable: UInt32, clearedByOne: UInt32
  ) -> UInt32 {
    let replaced = (current & ~(writable & lanes)) | (value & writable & lanes)
    return replaced & ~(value & lanes & clearedByOne)
  }
}

/// Where the value of a register comes from.
public enum RegisterBehaviour: UInt8, Sendable {
  /// A stored value, changed by writes as the masks say.
  case stored
  /// 0xff when the chip-to-chip link is up, else 0.
  case linkStatus
  /// 0xff when the memory is trained and the boot is complete, else 0.
  case bootStatus
  /// Low 32 bits of the guest's time in nanoseconds; bits 4:0 read zero.
  case timeLow
  /// High 32 bits of the guest's time in nanoseconds.
  case timeHigh

  // What follows is read out of line: no register of these is on a path that has to be fast (`GraceDevice.readRare`).

  /// 1 when the memory is trained and thereby cleared, else 0.
  case memoryClear
  /// 0x3ff when the boot is complete, else 0.
  case firmwareBoot
  /// 0 when the transfer engine may be used, else a value that says that it may not.
  case transferAccess
  /// How the last transfer ended.
  case transferResult

  // A write of what follows does something; `actsOnWrite` counts on it that they come last.

  /// The last value written, and whether the engine is done; a write starts a transfer.
  case transferCommand
  /// Ports into the engine's data memory: a control and a data register each.
  case dataPort
  /// Ports into the memory of the security processor: a control and a data register each.
  case messagePort
  /// Head and tail of queues; a write may be what the security processor waits for.
  case queue
  /// A write sends a message; reads give how many were sent.
  case doorbell

  /// Whether a write does more than to store bits.
  @inline(__always)
  var actsOnWrite: Bool { rawValue >= RegisterBehaviour.transferCommand.rawValue }
}
