// SPDX-License-Identifier: GPL-2.0-or-later

/// A whole table: the header that all have in common, and what follows it.
public struct SystemTable: Sendable {
  /// Its name in four capital letters.
  public let signature: String
  /// All of it.
  public let bytes: [UInt8]

  /// Puts the header before `body` (ACPI 6.5, 5.2.6).
  ///
  /// - Parameters:
  ///   - signature: four ASCII characters.
  ///   - revision: of the table's layout.
  ///   - body: all bytes after the header; less than 4 GiB.
  init(_ signature: String, revision: UInt8, body: [UInt8]) {
    self.signature = signature
    var sink = ByteSink()
    sink.append(Array(signature.utf8))  // 0: signature
    sink.littleEndian(UInt32(truncatingIfNeeded: 36 + body.count))  // 4: length
    sink.byte(revision)  // 8: revision
    sink.byte(0)  // 9: checksum, below
    sink.append(Array("GRACE ".utf8))  // 10: OEM id
    sink.append(Array("GRACEGPU".utf8))  // 16: OEM table id
    sink.littleEndian(UInt32(1))  // 24: OEM revision
    sink.append(Array("GRCE".utf8))  // 28: creator id
    sink.littleEndian(UInt32(1))  // 32: creator revision
    sink.append(body)
    var bytes = sink.bytes
    // The sum of all bytes is zero.
    var sum: UInt8 = 0
    for byte in bytes { sum &+= byte }
    bytes[9] = 0 &- sum
    self.bytes = bytes
  }
}
