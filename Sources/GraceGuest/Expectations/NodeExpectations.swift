// SPDX-License-Identifier: GPL-2.0-or-later

/// What NUMA nodes and SRAT entries the GPUs must bring.
struct NodeExpectations {
  let options: MachineOptions
  let facts: FactSheet
  let plan: NodePlan

  init(options: MachineOptions, facts: FactSheet) {
    self.options = options
    self.facts = facts
    plan = NodePlan(options)
  }

  /// Enabled, and architectural transactions (edk2-nvidia, SratParser.c).
  private static let initiatorFlags: UInt64 = 3
  /// Enabled and hot-pluggable (edk2-nvidia, SratParser.c).
  private static let memoryFlags: UInt64 = 3
  /// A device handle that names a PCI function (ACPI 6.5, 5.2.16.6).
  private static let pciHandle: UInt64 = 1

  func check(_ list: inout ExpectationList) {
    list.numbers(
      "generic initiators are in ascending order", facts.initiators.map(\.domain),
      options.places.flatMap(initiators))
    for place in options.places {
      list.numbers(
        "GPU \(place.index) generic initiators name its function", facts.initiators(of: place).map(\.domain),
        initiators(of: place))
    }
    checkEntries(&list)

    let expected = plan.gpuDomains + plan.extendedDomains
    // QEMU fills q35's table up with entries that are not enabled, which nobody reads.
    let empty = facts.memoryAffinities.filter { $0.length == 0 && $0.flags & 1 == 1 }
    list.numbers("each GPU node has a memory entry without length", empty.map(\.domain), expected)
    list.numbers(
      "these entries are enabled and hot-pluggable",
      empty.filter { $0.base == 0 && $0.flags == NodeExpectations.memoryFlags }.map(\.domain), expected)
    checkNodes(&list)
    AccessExpectations(plan: plan, facts: facts).check(&list)
  }

  /// Domains that have a generic initiator; firmware before November 2024 made none (edk2-nvidia c3ec3219).
  private func initiators(of place: GPUPlace) -> [UInt64] {
    options.isOff("initiators", of: place) ? [] : plan.domains(of: place)
  }

  private func checkEntries(_ list: inout ExpectationList) {
    let wrong = facts.initiators.filter {
      ($0.handleType, $0.flags) != (NodeExpectations.pciHandle, NodeExpectations.initiatorFlags)
    }
    list.equal(
      "generic initiators have a PCI handle and flags 3",
      wrong.first.map { "domain \($0.domain): handle type \($0.handleType), flags \($0.flags)" } ?? "all",
      "all")
    // No boot shows a wrong byte after the handle's fourth, as Linux and NVIDIA's driver read no further.
    let bytewise = facts.initiators.first { entry in bytes(fromHex: entry.bytes) != expectedBytes(entry) }
    list.equal(
      "generic initiator entries are as ACPI lays them out",
      bytewise.map { "domain \($0.domain): \($0.bytes)" } ?? "all", "all")
  }

  /// A generic initiator affinity structure of ACPI 6.5, 5.2.16.6, with the handle of 5.2.16.6, table 5.62.
  private func expectedBytes(_ entry: InitiatorFact) -> [UInt8] {
    let domain = (0..<4).map { UInt8(truncatingIfNeeded: entry.domain >> (8 * UInt64($0))) }
    let segment = [UInt8(truncatingIfNeeded: entry.segment), UInt8(truncatingIfNeeded: entry.segment >> 8)]
    let devfn = UInt8(truncatingIfNeeded: entry.device << 3 | entry.function)
    let handle = segment + [UInt8(truncatingIfNeeded: entry.bus), devfn] + [UInt8](repeating: 0, count: 12)
    return [5, 32, 0, 1] + domain + handle + [3, 0, 0, 0, 0, 0, 0, 0]
  }

  private func checkNodes(_ list: inout ExpectationList) {
    func ids(_ isIncluded: (NodeFact) -> Bool) -> [UInt64] {
      facts.nodes.filter(isIncluded).map { UInt64(clamping: $0.id) }
    }
    let hosts = plan.ids { $0 == .host }
    let withInitiators = plan.ids { kind in
      if case .gpu(let index) = kind { return !options.isOff("initiators", of: options.places[index]) }
      return false
    }
    list.numbers("nodes that are possible", ids(\.possible), plan.ids { _ in true })
    list.numbers("nodes with a generic initiator", ids(\.hasGenericInitiator), withInitiators)
    list.numbers("nodes with CPUs", ids(\.hasCpu), hosts)
    list.numbers("nodes with memory", ids(\.hasMemory), hosts)
    // The kernel shows distances between nodes that are online alone.
    let online = facts.nodes.filter(\.online).map(\.id).filter(plan.nodes.indices.contains)
    for node in online {
      let found = facts.nodes.first { $0.id == node }?.distances ?? []
      list.equal(
        "distances of node \(node)", "\(found)", "\(online.map { plan.distance(from: node, to: $0) })")
    }
  }
}
