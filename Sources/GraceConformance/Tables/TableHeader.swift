// SPDX-License-Identifier: GPL-2.0-or-later

/// The header that all tables but FACS and RSDP begin with (ACPI 6.5, 5.2.6).
public struct TableHeader: Sendable, Equatable {
  /// Bytes of the header.
  public static let byteCount = 36

  /// Four characters, such as `SRAT`.
  public let signature: String
  /// Length of the table in bytes, header included, as the header says it.
  public let length: UInt32
  /// Revision of the table's layout.
  public let revision: UInt8
  /// OEM ID and OEM table ID, for people.
  public let oem: String

  /// Reads a header; `nil` if there are fewer bytes than it has.
  public init?(_ table: TableBytes) {
    guard table.count >= Self.byteCount, let length = table.dword(at: 4), let revision = table.byte(at: 8)
    else { return nil }
    signature = table.text(0..<4)
    self.length = length
    self.revision = revision
    oem = "\(table.text(10..<16)) \(table.text(16..<24))"
  }
}

extension TableBytes {
  /// The signature, or an empty text if the file is too short for one.
  public var signature: String { count >= 4 ? text(0..<4) : "" }

  /// Sum of all bytes that the header counts, modulo 256; zero in a right table.
  var checksum: UInt8 {
    let length = dword(at: 4).map(Int.init) ?? count
    return slice(0..<max(0, min(length, count))).reduce(0, &+)
  }

  /// The part of the file that is the table: what the header counts, as far as it exists.
  var end: Int { min(count, dword(at: 4).map(Int.init) ?? count) }

  /// The header and what it counts, without what else stands in the file: that is nobody's, right or wrong.
  var alone: TableBytes {
    let length = max(TableHeader.byteCount, end)
    return length < count ? TableBytes(source: source, bytes: Array(slice(0..<length))) : self
  }
}
