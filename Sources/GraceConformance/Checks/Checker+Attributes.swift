// SPDX-License-Identifier: GPL-2.0-or-later

extension Checker {
  mutating func checkAttributes(_ hmat: HMAT) {
    let table = hmat.table
    if table.end < HMAT.firstStructure {
      list.add(
        .hmatReserved, in: table.source, at: 36, found: "\(table.end) bytes", expected: "40 bytes or more")
    } else if table.dword(at: 36) != 0 {
      list.add(
        .hmatReserved, in: table.source, at: 36, found: hexBytes(table.slice(36..<40)),
        expected: "four zeros")
    }
    if let stop = hmat.stop {
      list.add(
        .hmatStructureLength, in: table.source, at: stop.offset, found: "length \(stop.length)",
        expected: "8 to \(table.end - stop.offset)")
    }
    let revision = table.byte(at: 8) ?? 0
    for structure in hmat.structures {
      guard structure.fixedLength != nil else {
        list.add(
          .hmatStructureType, in: table.source, at: structure.offset, found: "type \(structure.type)",
          expected: "0 to 2")
        continue
      }
      checkReserved(structure, revision: revision)
      guard structure.expectedLength == UInt64(structure.bytes.count) else {
        list.add(
          .hmatStructureSize, in: table.source, at: structure.offset,
          found: "type \(structure.type): \(structure.bytes.count) bytes",
          expected: structure.expectedLength.map { "\($0)" } ?? "counts that fit")
        continue
      }
      switch structure.type {
      case 0: checkMemoryDomain(structure, revision: revision)
      case 1: checkLocality(structure, revision: revision)
      default:
        checkDomain(structure, at: 8, what: "memory")
        checkCache(structure)
      }
    }
  }

  /// Ranges that are zero in every structure of a type. Revision 1 has addresses where 2 has nothing.
  private mutating func checkReserved(_ structure: HMATStructure, revision: UInt8) {
    var ranges: [Range<Int>] = [2..<4]
    if structure.type == 1, let flags = structure.bytes.byte(at: 8), flags & 0xc0 != 0, revision != 1 {
      list.add(
        .hmatReserved, in: structure.bytes.source, at: structure.offset + 8,
        found: "type 1: flags \(hex(flags))",
        expected: "bits of 0x3f alone")
    }
    switch structure.type {
    case 0: ranges += [10..<12, 20..<24] + (revision == 1 ? [] : [24..<40])
    case 1: ranges += [11..<12, 20..<24]
    default: ranges += [12..<16]
    }
    for range in ranges where structure.bytes.slice(range).contains(where: { $0 != 0 }) {
      list.add(
        .hmatReserved, in: structure.bytes.source, at: structure.offset + range.lowerBound,
        found: "type \(structure.type): \(hexBytes(structure.bytes.slice(range)))", expected: "zeros")
    }
  }

  /// Number of levels, this level, associativity and write policy have four bits each; 0 to 3, 0 to 3, 0 to 2, 0 to 2.
  private mutating func checkCache(_ structure: HMATStructure) {
    guard let attributes = structure.bytes.dword(at: 24) else { return }
    let fields = [0, 4, 8, 12].map { attributes >> $0 & 0xf }
    guard fields[0] > 3 || fields[1] > fields[0] || fields[2] > 2 || fields[3] > 2 else { return }
    list.add(
      .hmatCacheAttributes, in: structure.bytes.source, at: structure.offset + 24, found: hex(attributes),
      expected: "level at most \(min(3, fields[0])) of at most 3, associativity and policy 0 to 2")
  }

  private mutating func checkMemoryDomain(_ structure: HMATStructure, revision: UInt8) {
    guard let flags = structure.bytes.word(at: 8), let domain = structure.bytes.dword(at: 16) else { return }
    let defined: UInt16 = revision == 1 ? 0x7 : 0x1
    if flags & ~defined != 0 {
      list.add(
        .hmatReserved, in: structure.bytes.source, at: structure.offset + 8,
        found: "type 0: flags \(hex(flags))",
        expected: "bits of \(hex(defined)) alone")
    }
    if flags & 1 != 0 { checkDomain(structure, at: 12, what: "attached initiator") }
    // In revision 1, bit 1 says whether the memory's domain is filled in.
    guard revision != 1 || flags & 2 != 0, checkDomain(structure, at: 16, what: "memory"), let srat else {
      return
    }
    if !srat.memory.contains(where: { $0.isEnabled && $0.length > 0 && $0.domain == domain }) {
      list.add(
        .hmatMemoryless, in: structure.bytes.source, at: structure.offset + 16, found: "domain \(domain)",
        expected: "a domain with memory in the SRAT")
    }
  }

  private mutating func checkLocality(_ structure: HMATStructure, revision: UInt8) {
    let (table, offset) = (structure.bytes.source, structure.offset)
    if let flags = structure.bytes.byte(at: 8), flags & 0xf > (revision == 1 ? 4 : 3) {
      list.add(
        .hmatHierarchy, in: table, at: offset + 8, found: "\(flags & 0xf)", expected: "0 to 3")
    }
    if let type = structure.bytes.byte(at: 9), type > 5 {
      list.add(.hmatDataType, in: table, at: offset + 9, found: "data type \(type)", expected: "0 to 5")
    }
    if structure.bytes.qword(at: 24) == 0 {
      list.add(.hmatBaseUnit, in: table, at: offset + 24, found: "0", expected: "a number above 0")
    }
    for (domain, place) in structure.initiators where checkDomain(structure, at: place, what: "initiator") {
      guard let initiators = initiatorDomains, !initiators.contains(domain), !isGivenByProperties(domain)
      else {
        continue
      }
      // Firmware from before it had initiators lists the GPUs' domains all the same; only their _DSD tells.
      let isOld = evidence.namespace == nil && srat?.initiators.isEmpty == true && isPlace(domain)
      list.add(
        .hmatInitiator, in: table, at: offset + place, found: "domain \(domain)",
        expected: "one of \(numberList(initiators))", severity: isOld ? .info : nil)
    }
    for (_, place) in structure.targets { checkDomain(structure, at: place, what: "target") }
    let absent = structure.entries.count { $0 == 0 || $0 == 0xffff }
    if absent > 0 {
      list.add(
        .hmatEntryAbsent, in: table, at: offset, found: "\(absent) of \(structure.entries.count) values",
        expected: "1 to 0xfffe where there is a value")
    }
  }

  /// Whether a `_DSD` names the domain as a GPU's.
  private func isGivenByProperties(_ domain: UInt32) -> Bool {
    properties.contains { device in
      device.domains.map { UInt64(domain) >= $0.start && UInt64(domain) - $0.start < $0.count } ?? false
    }
  }

  /// Whether the domain has nothing but a place for memory.
  private func isPlace(_ domain: UInt32) -> Bool {
    srat?.memory.contains { $0.domain == domain && $0.isEnabled && $0.isHotPluggable && $0.length == 0 }
      ?? false
  }

  /// Whether the domain at `place` is one of the SRAT's, as far as that is known.
  @discardableResult
  private mutating func checkDomain(_ structure: HMATStructure, at place: Int, what: String) -> Bool {
    guard let domains, let domain = structure.bytes.dword(at: place), !domains.contains(domain) else {
      return true
    }
    list.add(
      .hmatDomain, in: structure.bytes.source, at: structure.offset + place,
      found: "\(what): domain \(domain)",
      expected: "one of \(numberList(domains))")
    return false
  }
}
