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
    checkOrder(of: srat, in: table)
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

  /// The order of devices. Each can be in order and the table not: entries of two devices take turns, or the devices
  /// come in another order than their domains, with which nothing but the numbers of nodes is different.
  private mutating func checkOrder(of srat: SRAT, in table: String) {
    var closed: Set<[UInt8]> = []
    var last: InitiatorAffinity?
    var isAscending = true
    // Domains that have a number already tell nothing.
    var seen = Set(srat.enabled.filter(\.type.isProcessor).compactMap(\.domain))
    var highest: InitiatorAffinity?
    for initiator in srat.initiators {
      if let previous = last, previous.handle != initiator.handle {
        closed.insert(previous.handle)
        if closed.contains(initiator.handle) {
          list.add(
            .giOrder, in: table, at: initiator.entry.offset + 4,
            found: "domain \(initiator.domain) of a device after entries of another one",
            expected: "all entries of a device together")
          return
        }
      }
      last = initiator
      guard seen.insert(initiator.domain).inserted else { continue }
      // Within a device its own check tells.
      if let highest, highest.domain > initiator.domain, highest.handle != initiator.handle {
        isAscending = false
      }
      if highest.map({ $0.domain < initiator.domain }) ?? true { highest = initiator }
    }
    if !isAscending {
      let order = srat.initiators.prefix(16).map { "\($0.domain)" }.joined(separator: " ")
      list.add(
        .giOrder, in: table, found: "domains \(order)", expected: "devices by their domains", severity: .info)
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
    let judge = judge
    var domains: [PCIAddress: Set<UInt32>] = [:]
    for group in groups where group.isPCI {
      domains[judge.meant(by: group), default: []].formUnion(group.domains)
    }
    guard let functions = evidence.functions else {
      checkAbsence(groups, in: table)
      // Which device it is nobody said; several domains are the mark of a GPU whose memory is divided.
      for (address, own) in domains.sorted(by: { $0.key < $1.key })
      where own.count > 1 && own.count != HandleJudge.graceDomains {
        addCount(address, own, in: table, severity: isLikelyGrace(own, among: domains) ? .warning : .info)
      }
      return
    }
    let gpus = functions.filter(\.isGraceGPU).map(\.address).sorted()
    if gpus.isEmpty { checkAbsence(groups, in: table) }
    let silent = gpus.filter { (domains[$0] ?? []).isEmpty }
    for gpu in gpus {
      let own = domains[gpu] ?? []
      if own.isEmpty {
        list.add(
          .giMissing, in: table, found: "no initiator for \(gpu)", expected: "8",
          severity: givenElsewhere(groups) >= silent.count ? .info : nil)
      } else if own.count != HandleJudge.graceDomains {
        addCount(gpu, own, in: table)
      }
    }
  }

  /// Whether domains without a listing look like those of a Grace GPU of which one is missing: there is another one
  /// with eight, or a domain beside them has nothing but a place for memory.
  private func isLikelyGrace(_ own: Set<UInt32>, among all: [PCIAddress: Set<UInt32>]) -> Bool {
    if isGraceMachine || all.values.contains(where: { $0.count == HandleJudge.graceDomains }) { return true }
    guard let first = own.min(), let last = own.max() else { return false }
    return own.count < HandleJudge.graceDomains
      && emptyDomains.contains { $0 < first && first - $0 == 1 || $0 > last && $0 - last == 1 }
  }

  /// Domains that have nothing but a place for memory without addresses.
  private var emptyDomains: Set<UInt32> {
    let places = (srat?.memory ?? []).filter { $0.isEnabled && $0.isHotPluggable && $0.length == 0 }
    let others = (srat?.memory ?? []).filter { $0.isEnabled && $0.length > 0 }
    return Set(places.map(\.domain)).subtracting(initiatorDomains ?? []).subtracting(others.map(\.domain))
  }

  /// Fewer initiators than there must be, in a table that speaks of Grace GPUs otherwise: by `_DSD`s, or by as many
  /// empty domains as a GPU has.
  private mutating func checkAbsence(_ groups: [HandleGroup], in table: String) {
    let devices = properties.filter { $0.integer("nvidia,gpu-mem-base-pa") != nil }
    let missing = devices.count - groups.count(where: \.isPCI)
    let extended = Set(properties.compactMap { $0.integer("nvidia,egm-pxm") })
    let empty = emptyDomains.filter { !extended.contains(UInt64($0)) }
    // Half of this many are extended memory of as many sockets.
    guard missing > 0 || empty.count >= HandleJudge.graceDomains else { return }
    list.add(
      .giMissing, in: table,
      found: groups.isEmpty
        ? "no initiator; domains without memory: \(numberList(empty))"
        : "\(groups.count) devices with initiators; other domains without memory: \(numberList(empty))",
      expected: "\(HandleJudge.graceDomains) for each Grace GPU",
      severity: givenElsewhere(groups) >= max(1, missing) ? .info : nil)
  }

  /// Number of GPUs whose domains only a `_DSD` gives, as firmware did before it had initiators.
  private func givenElsewhere(_ groups: [HandleGroup]) -> Int {
    properties.count { device in
      guard let own = device.domains, own.count > 0 else { return false }
      return !groups.contains {
        $0.domains.contains { UInt64($0) >= own.start && UInt64($0) - own.start < own.count }
      }
    }
  }

  private var isGraceMachine: Bool { properties.contains(where: \.isGrace) }

  private mutating func addCount(
    _ address: PCIAddress, _ domains: Set<UInt32>, in table: String, severity: Severity? = nil
  ) {
    list.add(
      .giCount, in: table, found: "\(address): \(domains.count) domains, \(numberList(domains))",
      expected: "\(HandleJudge.graceDomains) for a Grace GPU",
      severity: isWholeOtherwise(domains) ? .info : severity)
  }

  /// Whether a GPU's domains look as if another number was meant: each has a place for memory, and no place is left over
  /// that a missing initiator could have named.
  func isWholeOtherwise(_ domains: Set<UInt32>) -> Bool {
    let places = (srat?.memory ?? []).filter { $0.isEnabled && $0.isHotPluggable && $0.length == 0 }
    let extended = Set(properties.compactMap { $0.integer("nvidia,egm-pxm") })
    let left = emptyDomains.filter { !extended.contains(UInt64($0)) }
    return !domains.isEmpty && domains.isSubset(of: Set(places.map(\.domain))) && left.isEmpty
  }
}
