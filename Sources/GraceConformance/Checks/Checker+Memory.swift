// SPDX-License-Identifier: GPL-2.0-or-later

extension Checker {
  mutating func checkMemory(_ srat: SRAT) {
    let table = srat.table.source
    let memory = srat.memory.filter(\.isEnabled)
    for range in memory {
      let offset = range.entry.offset
      if range.length == 0, !range.isHotPluggable {
        list.add(
          .sratMemoryZeroLength, in: table, at: offset + 16,
          found: "domain \(range.domain): no bytes, flags \(hex(range.flags))",
          expected: "bytes, or the hot-pluggable flag")
      }
      if range.range.wraps {
        list.add(
          .sratMemoryWrap, in: table, at: offset + 8,
          found: "domain \(range.domain): base \(hex(range.base)), length \(hex(range.length))",
          expected: "an end within 64 bits")
      }
    }
    checkOverlaps(memory.filter { $0.length > 0 }, in: table)
  }

  /// Compares each range with the one before it that reaches farthest, in the order of addresses.
  private mutating func checkOverlaps(_ memory: [MemoryAffinity], in table: String) {
    var farthest: MemoryAffinity?
    for range in memory.sorted(by: { ($0.base, $0.entry.offset) < ($1.base, $1.entry.offset) }) {
      if let other = farthest, other.range.overlaps(range.range) {
        let found = "domain \(range.domain): \(range.range.text); domain \(other.domain): \(other.range.text)"
        list.add(
          range.domain == other.domain ? .sratMemoryOverlap : .sratMemoryOverlapDomains, in: table,
          at: range.entry.offset + 8, found: found, expected: "ranges without a byte in common",
          severity: range.isPresent || other.isPresent ? nil : .info)
      }
      if farthest.map({ $0.range.last < range.range.last }) ?? true { farthest = range }
    }
  }
}
