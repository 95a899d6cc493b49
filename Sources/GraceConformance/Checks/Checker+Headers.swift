// SPDX-License-Identifier: GPL-2.0-or-later

extension Checker {
  /// Revisions that are published for a table: the oldest, the one of ACPI 6.5.
  private static let revisions: [String: (oldest: UInt8, current: UInt8)] = [
    "SRAT": (1, 3), "SLIT": (1, 1), "HMAT": (1, 2), "DSDT": (1, 2), "SSDT": (1, 2),
  ]

  mutating func checkHeaders() {
    var seen: Set<String> = []
    for table in evidence.tables {
      checkHeader(table)
      let signature = table.signature
      if ["SRAT", "SLIT", "HMAT", "DSDT"].contains(signature), !seen.insert(signature).inserted {
        list.add(
          .tableDuplicate, in: table.source, found: "another \(signature)", expected: "one \(signature)")
      }
    }
  }

  private mutating func checkHeader(_ table: TableBytes) {
    // These two have layouts of their own (ACPI 6.5, 5.2.5.3 and 5.2.10).
    guard !table.bytes.starts(with: Array("RSD PTR ".utf8)), table.signature != "FACS" else { return }
    guard let header = TableHeader(table) else {
      list.add(
        .headerShort, in: table.source, at: 0, found: "\(table.count) bytes", expected: "36 bytes or more")
      return
    }
    guard table.slice(0..<4).allSatisfy({ (0x21..<0x7f).contains($0) }) else {
      list.add(
        .headerSignature, in: table.source, at: 0, found: hexBytes(table.slice(0..<4)),
        expected: "four printable characters")
      return
    }
    if UInt64(header.length) != UInt64(table.count) {
      list.add(
        .headerLength, in: table.source, at: 4, found: "\(header.length) in the header",
        expected: "\(table.count), the bytes that are there")
    }
    if table.checksum != 0 {
      list.add(
        .headerChecksum, in: table.source, at: 9, found: "a sum of \(hex(table.checksum))",
        expected: "a sum of 0")
    }
    checkRevision(table, header)
  }

  private mutating func checkRevision(_ table: TableBytes, _ header: TableHeader) {
    guard let known = Self.revisions[header.signature] else { return }
    if !(known.oldest...known.current).contains(header.revision) {
      list.add(
        .headerRevision, in: table.source, at: 8, found: "revision \(header.revision)",
        expected: "\(known.current)")
    } else if header.revision < known.current, ["SRAT", "HMAT"].contains(header.signature) {
      list.add(
        .headerRevisionOld, in: table.source, at: 8, found: "revision \(header.revision)",
        expected: "\(known.current)")
    }
  }
}
