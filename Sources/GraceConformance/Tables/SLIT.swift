// SPDX-License-Identifier: GPL-2.0-or-later

/// The System Locality Information Table (ACPI 6.5, 5.2.17): a square of distances, one byte each.
public struct SLIT: Sendable {
  /// Bytes before the first distance: the header and the number of localities.
  static let firstDistance = 44

  /// The file.
  public let table: TableBytes
  /// Number of localities that the table says it has; `nil` if it ends before that.
  public let localityCount: UInt64?

  /// Reads the number of localities.
  public init(_ table: TableBytes) {
    self.table = table
    localityCount = table.qword(at: 36)
  }

  /// Bytes that the table must have for its number of localities; `nil` if no table can be so long.
  var expectedLength: UInt64? {
    guard let localityCount else { return nil }
    let (square, overflow) = localityCount.multipliedReportingOverflow(by: localityCount)
    return overflow || square > UInt64(UInt32.max) ? nil : square + UInt64(Self.firstDistance)
  }

  /// The side of the square if all of its distances are in the table.
  var side: Int? {
    guard let length = expectedLength, length <= UInt64(table.end), let localityCount else { return nil }
    return Int(localityCount)
  }

  /// Bytes from the start of the table to a distance.
  func offset(from row: Int, to column: Int, side: Int) -> Int { Self.firstDistance + row * side + column }
}
