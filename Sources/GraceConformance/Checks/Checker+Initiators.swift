// SPDX-License-Identifier: GPL-2.0-or-later

extension Checker {
  mutating func checkInitiators(_ srat: SRAT) {
    let table = srat.table.source
    for initiator in srat.initiators where !initiator.isEnabled {
      list.add(
        .giDisabled, in: table, at: initiator.entry.offset + 24,
        found: "domain \(initiator.domain): flags \(hex(initiator.entry.flags))",
        expected: "bit 0 set")
    }
    let groups = HandleGroup.all(in: srat)
    for group in groups { checkOrder(group, in: table) }
    checkShared(groups, in: table)
    checkCounts(groups, in: table)
    let withMemory = Set(srat.memory.filter(\.isEnabled).map(\.domain))
    let without = srat.initiators.filter { $0.isEnabled && !withMemory.contains($0.domain) }
    if !without.isEmpty {
      list.add(
        .giNoMemoryEntry, in: table, found: "domains \(numberList(without.map(\.domain)))",
        expected: "a memory entry for each")
    }
  }

  private mutating func checkOrder(_ group: HandleGroup, in table: String) {
    var seen: Set<UInt32> = []
    var last: UInt32?
    var isOrdered = true
    for initiator in group.initiators {
      if !seen.insert(initiator.domain).inserted {
        list.add(
          .giDuplicate, in: table, at: initiator.entry.offset,
          found: "\(group.text): domain \(initiator.domain) again",
          expected: "one entry")
      } else if let last, initiator.domain < last, isOrdered {
        isOrdered = false
        let order = group.initiators.prefix(16).map { "\($0.domain)" }.joined(separator: " ")
        list.add(
          .giOrder, in: table, at: initiator.entry.offset + 4, found: "\(group.text): domains \(order)",
          expected: "ascending domains")
      }
      last = initiator.domain
    }
  }

  private mutating func checkShared(_ groups: [HandleGroup], in table: String) {
    var owners: [UInt32: HandleGroup] = [:]
    for group in groups {
      for domain in group.domains.sorted() {
        guard let owner = owners[domain] else {
          owners[domain] = group
          continue
        }
        list.add(
          .giDomainShared, in: table, at: group.offset,
          found: "domain \(domain): \(owner.text) and \(group.text)",
          expected: "one device")
      }
    }
  }

  private mutating func checkCounts(_ groups: [HandleGroup], in table: String) {
    if groups.isEmpty, evidence.functions?.contains(where: \.isGraceGPU) != true { checkAbsence(in: table) }
    let judge = judge
    var domains: [PCIAddress: Set<UInt32>] = [:]
    for group in groups where group.isPCI {
      domains[judge.meant(by: group), default: []].formUnion(group.domains)
    }
    guard let functions = evidence.functions else {
      // Which device it is nobody said; several domains are the mark of a GPU whose memory is divided.
      for (address, domains) in domains.sorted(by: { $0.key < $1.key })
      where domains.count > 1 && domains.count != HandleJudge.graceDomains {
        addCount(address, domains, in: table, severity: isGraceMachine ? .warning : .info)
      }
      return
    }
    for gpu in functions.filter(\.isGraceGPU).map(\.address).sorted() {
      let own = domains[gpu] ?? []
      if own.isEmpty {
        list.add(
          .giMissing, in: table, found: "no initiator for \(gpu)", expected: "8",
          severity: hasDomainsElsewhere ? .info : nil)
      } else if own.count != HandleJudge.graceDomains {
        addCount(gpu, own, in: table)
      }
    }
  }

  /// No initiator at all, in a table that speaks of a Grace GPU otherwise: by its `_DSD`, or by domains that have
  /// nothing but a place for memory.
  private mutating func checkAbsence(in table: String) {
    let empty = (srat?.memory ?? []).filter { $0.isEnabled && $0.isHotPluggable && $0.length == 0 }
    let domains = Set(empty.map(\.domain)).subtracting(initiatorDomains ?? [])
    guard isGraceMachine || domains.count >= HandleJudge.graceDomains else { return }
    list.add(
      .giMissing, in: table, found: "no initiator; domains without memory: \(numberList(domains))",
      expected: "\(HandleJudge.graceDomains) for each Grace GPU", severity: hasDomainsElsewhere ? .info : nil)
  }

  /// Whether the `_DSD` gives the domains, as firmware did before it had initiators.
  private var hasDomainsElsewhere: Bool {
    properties.contains { $0.integer("nvidia,gpu-mem-pxm-start") != nil }
  }

  private var isGraceMachine: Bool { properties.contains(where: \.isGrace) }

  private mutating func addCount(
    _ address: PCIAddress, _ domains: Set<UInt32>, in table: String, severity: Severity? = nil
  ) {
    list.add(
      .giCount, in: table, found: "\(address): \(domains.count) domains, \(numberList(domains))",
      expected: "\(HandleJudge.graceDomains) for a Grace GPU", severity: severity)
  }
}
