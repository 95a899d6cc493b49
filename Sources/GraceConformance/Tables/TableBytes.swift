// SPDX-License-Identifier: GPL-2.0-or-later

/// The bytes of one ACPI table as they were read, right or wrong. Numbers are little-endian (ACPI 6.5, 5.2).
///
/// Every read says `nil` when it would leave the bytes, so a table that lies about its lengths cannot trap.
public struct TableBytes: Sendable, Equatable {
  /// Where the bytes are from, for people: a file name, or the name of a table in a dump.
  public let source: String
  /// All bytes of the file.
  public let bytes: [UInt8]

  /// Takes the bytes of one table.
  public init(source: String, bytes: [UInt8]) {
    self.source = source
    self.bytes = bytes
  }

  /// Number of bytes in the file, which the table's header need not agree with.
  public var count: Int { bytes.count }

  func byte(at offset: Int) -> UInt8? {
    bytes.indices.contains(offset) ? bytes[offset] : nil
  }

  func word(at offset: Int) -> UInt16? { number(at: offset, width: 2).map { UInt16(truncatingIfNeeded: $0) } }

  func dword(at offset: Int) -> UInt32? {
    number(at: offset, width: 4).map { UInt32(truncatingIfNeeded: $0) }
  }

  func qword(at offset: Int) -> UInt64? { number(at: offset, width: 8) }

  /// A number of 1 to 8 bytes.
  func number(at offset: Int, width: Int) -> UInt64? {
    guard offset >= 0, width >= 0, offset <= count, width <= count - offset else { return nil }
    return bytes[offset..<offset + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The part of `range` that exists.
  func slice(_ range: Range<Int>) -> ArraySlice<UInt8> {
    bytes[range.clamped(to: 0..<count)]
  }

  /// Characters of a fixed-width field without trailing zeros and blanks; what is not printable becomes a dot.
  func text(_ range: Range<Int>) -> String {
    let field = slice(range).reversed().drop { $0 == 0 || $0 == 0x20 }.reversed()
    return String(field.map { (0x20..<0x7f).contains($0) ? Character(UnicodeScalar($0)) : "." })
  }
}
