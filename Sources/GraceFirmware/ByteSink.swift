// SPDX-License-Identifier: GPL-2.0-or-later

/// Collects the bytes of a table; every method names its byte order.
public struct ByteSink: Sendable {
  /// What was written.
  public private(set) var bytes: [UInt8] = []

  /// An empty sink.
  public init() {}

  /// Appends one byte.
  public mutating func byte(_ value: UInt8) { bytes.append(value) }

  /// Appends bytes as they are.
  public mutating func append(_ more: [UInt8]) { bytes += more }

  /// Appends `count` zeros.
  public mutating func zeros(_ count: Int) {
    for _ in 0..<max(count, 0) { bytes.append(0) }
  }

  /// Appends the low `byteCount` bytes of `value`, lowest first.
  public mutating func littleEndian(_ value: UInt64, byteCount: Int) {
    var rest = value
    for _ in 0..<max(byteCount, 0) {
      bytes.append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }

  /// Appends two bytes, lowest first.
  public mutating func littleEndian(_ value: UInt16) { littleEndian(UInt64(value), byteCount: 2) }

  /// Appends four bytes, lowest first.
  public mutating func littleEndian(_ value: UInt32) { littleEndian(UInt64(value), byteCount: 4) }

  /// Appends eight bytes, lowest first.
  public mutating func littleEndian(_ value: UInt64) { littleEndian(value, byteCount: 8) }
}
