// SPDX-License-Identifier: GPL-2.0-or-later

/// All that most accesses need to know of a register, in 16 bits: where its value is, and whether there is more to it.
public struct RegisterCell: Sendable {
  /// Place of the value (8:0), and one bit each for what follows.
  public let bits: UInt16

  /// A write does something, be it only that ones clear.
  private static var acts: UInt16 { 1 << 11 }
  /// It is the high half of the time.
  private static var timeHigh: UInt16 { 1 << 12 }
  /// It is the low half of the time.
  private static var timeLow: UInt16 { 1 << 13 }
  /// A write does more than to store all bits.
  private static var writesWithCare: UInt16 { 1 << 14 }
  /// A read does more than to load.
  private static var readsWithCare: UInt16 { 1 << 15 }

  /// As it was.
  @inline(__always)
  public init(bits: UInt16) { self.bits = bits }

  init(_ entry: RegisterFile.Entry, value: Int) {
    let behaviour = entry.behaviour
    var bits = UInt16(truncatingIfNeeded: value & 0x1ff)
    if behaviour.actsOnWrite || entry.clearedByOne != 0 { bits |= Self.acts | Self.writesWithCare }
    if entry.writable != .max { bits |= Self.writesWithCare }
    switch behaviour {
    case .stored, .linkStatus, .bootStatus: break
    case .timeLow: bits |= Self.timeLow | Self.readsWithCare
    case .timeHigh: bits |= Self.timeHigh | Self.readsWithCare
    default: bits |= Self.readsWithCare
    }
    self.bits = bits
  }

  /// No register: reads give the zero behind all values, and a write is dropped.
  static var nothing: RegisterCell { RegisterCell(bits: UInt16(RegisterFile.valueCapacity) | writesWithCare) }

  /// Whether there is no register.
  @inline(__always)
  var isNothing: Bool { value >= RegisterFile.valueCapacity }

  /// Whether a read gives the stored value.
  @inline(__always)
  public var isReadAsStored: Bool { bits & Self.readsWithCare == 0 }

  /// Whether a write stores all bits.
  @inline(__always)
  public var isStoredAsWritten: Bool { bits & Self.writesWithCare == 0 }

  /// Place of the value.
  @inline(__always)
  var value: Int { Int(bits & 0x1ff) }

  /// Whether a write does more than to store what a mask allows.
  @inline(__always)
  public var actsOnWrite: Bool { bits & Self.acts != 0 }

  /// Whether it is the low half of the time.
  @inline(__always)
  public var isTimeLow: Bool { bits & Self.timeLow != 0 }

  /// Whether it is the high half of the time.
  @inline(__always)
  public var isTimeHigh: Bool { bits & Self.timeHigh != 0 }
}
