// SPDX-License-Identifier: GPL-2.0-or-later

/// What NUMA nodes and SRAT entries the GPUs must bring.
struct NodeExpectations {
  let options: MachineOptions
  let facts: FactSheet

  /// Proximity domains of each GPU (edk2-nvidia, TH500Definitions.h).
  static let nodesPerGPU = 8
  /// Enabled, and architectural transactions (edk2-nvidia, SratParser.c).
  private static let initiatorFlags: UInt64 = 3
  /// Enabled and hot-pluggable (edk2-nvidia, SratParser.c).
  private static let memoryFlags: UInt64 = 3
  /// A device handle that names a PCI function (ACPI 6.5, 5.2.16.6).
  private static let pciHandle: UInt64 = 1

  /// A node to itself (ACPI 6.5, 5.2.17).
  private static let ownDistance = 10
  /// Between the nodes of one GPU (edk2-nvidia, NumaInfoLib.c).
  private static let innerDistance = 11
  /// Between the machine and a GPU, and between two GPUs (KubeVirt's VEP-199; the firmware's own are not public).
  private static let outerDistances = (toGPU: 80, betweenGPUs: 120)

  /// The machine's own node is domain 0; the GPUs' follow without a hole, each GPU's after the one before.
  private func domains(of place: GPUPlace) -> [UInt64] {
    let first = 1 + UInt64(place.index * NodeExpectations.nodesPerGPU)
    return Array(first..<first + UInt64(NodeExpectations.nodesPerGPU))
  }

  func check(_ list: inout ExpectationList) {
    let expected = options.places.flatMap(domains)
    list.numbers("generic initiators are in ascending order", facts.initiators.map(\.domain), expected)
    for place in options.places {
      list.numbers(
        "GPU \(place.index) generic initiators name its function", facts.initiators(of: place).map(\.domain),
        domains(of: place))
    }
    checkEntries(&list)

    let empty = facts.memoryAffinities.filter { $0.length == 0 }
    list.numbers("each GPU node has a memory entry without length", empty.map(\.domain), expected)
    list.numbers(
      "these entries are enabled and hot-pluggable",
      empty.filter { $0.base == 0 && $0.flags == NodeExpectations.memoryFlags }.map(\.domain), expected)
    checkNodes(&list, expected)
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

  private func checkNodes(_ list: inout ExpectationList, _ expected: [UInt64]) {
    func ids(_ isIncluded: (NodeFact) -> Bool) -> [UInt64] {
      facts.nodes.filter(isIncluded).map { UInt64(clamping: $0.id) }
    }
    list.numbers("nodes that are possible", ids(\.possible), [0] + expected)
    list.numbers("nodes with a generic initiator", ids(\.hasGenericInitiator), expected)
    list.numbers("nodes with CPUs", ids(\.hasCpu), [0])
    list.numbers("nodes with memory", ids(\.hasMemory), [0])
    for node in facts.nodes {
      list.equal(
        "distances of node \(node.id)", "\(node.distances)",
        "\((0...expected.count).map { distance(from: node.id, to: $0) })")
    }
  }

  private func distance(from: Int, to: Int) -> Int {
    if from == to { return NodeExpectations.ownDistance }
    if from == 0 || to == 0 { return NodeExpectations.outerDistances.toGPU }
    let gpus = [from, to].map { ($0 - 1) / NodeExpectations.nodesPerGPU }
    return gpus[0] == gpus[1] ? NodeExpectations.innerDistance : NodeExpectations.outerDistances.betweenGPUs
  }
}
