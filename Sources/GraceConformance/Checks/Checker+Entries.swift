// SPDX-License-Identifier: GPL-2.0-or-later

extension Checker {
  mutating func checkEntries(_ srat: SRAT) {
    let table = srat.table
    if table.end >= SRAT.firstEntry, table.dword(at: 36) != 1 || table.qword(at: 40) != 0 {
      list.add(
        .sratHeaderReserved, in: table.source, at: 36, found: hexBytes(table.slice(36..<48)),
        expected: "01 00 00 00, then eight zeros")
    }
    if let stop = srat.stop {
      if stop.length < 2, table.end - stop.offset >= 2 {
        list.add(
          .sratEntryZeroLength, in: table.source, at: stop.offset, found: "length \(stop.length)",
          expected: "the length of an entry")
      } else {
        list.add(
          .sratEntryOverrun, in: table.source, at: stop.offset, found: "length \(stop.length)",
          expected: "at most \(table.end - stop.offset), where the table ends")
      }
    }
    let isNarrow = table.byte(at: 8) == 1
    for entry in srat.entries { checkEntry(entry, in: table, isNarrow: isNarrow) }
  }

  private mutating func checkEntry(_ entry: SRATEntry, in table: TableBytes, isNarrow: Bool) {
    guard let layout = entry.type.layout else {
      list.add(
        .sratEntryType, in: table.source, at: entry.offset, found: "type \(entry.type.rawValue)",
        expected: "0 to 7")
      return
    }
    guard entry.bytes.count == layout.byteCount else {
      list.add(
        .sratEntrySize, in: table.source, at: entry.offset,
        found: "\(layout.name): \(entry.bytes.count) bytes", expected: "\(layout.byteCount)")
      return
    }
    for range in layout.reserved where entry.bytes.slice(range).contains(where: { $0 != 0 }) {
      list.add(
        .sratReserved, in: table.source, at: entry.offset + range.lowerBound,
        found: "\(layout.name): \(hexBytes(entry.bytes.slice(range)))", expected: "zeros")
    }
    if entry.flags & ~layout.flagMask != 0 {
      list.add(
        .sratFlags, in: table.source, at: entry.offset + (layout.flags ?? 0),
        found: "\(layout.name): flags \(hex(entry.flags))", expected: "bits of \(hex(layout.flagMask)) alone")
    }
    if isNarrow, entry.isEnabled, let domain = entry.domain, domain > 0xff {
      list.add(
        .sratDomainWidth, in: table.source, at: entry.offset + layout.domain,
        found: "\(layout.name): domain \(domain) in revision 1", expected: "at most 255")
    }
  }
}
