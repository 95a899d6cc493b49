// SPDX-License-Identifier: GPL-2.0-or-later

/// Physical addresses that follow one another.
public struct MemoryRange: Equatable, Sendable {
  /// The first address.
  public var base: UInt64
  /// Bytes.
  public var size: UInt64

  /// `size` bytes from `base`.
  public init(base: UInt64, size: UInt64) {
    self.base = base
    self.size = size
  }

  /// The first address behind it, or nil if the range is empty or leaves `limit`.
  func end(below limit: UInt64) -> UInt64? {
    let (end, overflow) = base.addingReportingOverflow(size)
    return size > 0 && !overflow && end <= limit ? end : nil
  }

  /// Whether the two have a byte in common. Ranges that wrap around have been refused by then.
  func overlaps(_ other: MemoryRange) -> Bool {
    base < other.base &+ other.size && other.base < base &+ size
  }
}
