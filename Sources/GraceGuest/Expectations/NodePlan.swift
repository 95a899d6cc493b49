// SPDX-License-Identifier: GPL-2.0-or-later

/// The NUMA nodes that a machine must have: what is in each, and how far apart they are.
///
/// All of it follows from the options, as docs/device.md describes them; nothing comes from a table.
struct NodePlan {
  /// What a node is.
  enum Kind: Hashable {
    /// CPUs and memory of the machine.
    case host
    /// A domain of the GPU at that place.
    case gpu(Int)
    /// Extended memory that belongs to the CPUs of that node of the machine.
    case extended(host: Int)
  }

  /// A node and its proximity domain.
  struct Node: Hashable {
    let domain: UInt64
    let kind: Kind
  }

  let options: MachineOptions
  /// The nodes by the kernel's numbers of them. It counts domains in the order in which the SRAT names them
  /// (acpi_map_pxm_to_node() in drivers/acpi/numa/srat.c): those of CPUs, of initiators, and of memory alone.
  let nodes: [Node]

  /// Proximity domains of each GPU (edk2-nvidia, TH500Definitions.h).
  private static let defaultDomainCount: UInt64 = 8

  init(_ options: MachineOptions) {
    self.options = options
    var nodes = (0..<options.hostNodes).map { Node(domain: UInt64($0), kind: .host) }
    var next = UInt64(options.hostNodes)
    for place in options.places {
      let count = options.number("numa-nodes", of: place) ?? NodePlan.defaultDomainCount
      let first = options.number("pxm-start", of: place) ?? next
      nodes += (first..<first + count).map { Node(domain: $0, kind: .gpu(place.index)) }
      next = max(next, first + count)
    }
    for place in options.places {
      guard let domain = options.number("egm-pxm", of: place) else { continue }
      if nodes.contains(where: { $0.domain == domain }) { continue }
      nodes.append(Node(domain: domain, kind: .extended(host: options.hostNode(of: place))))
    }
    self.nodes = nodes
  }

  /// Numbers of the nodes of one kind or another.
  func ids(_ isIncluded: (Kind) -> Bool) -> [UInt64] {
    nodes.indices.filter { isIncluded(nodes[$0].kind) }.map { UInt64($0) }
  }

  /// Domains of a GPU.
  func domains(of place: GPUPlace) -> [UInt64] {
    nodes.filter { $0.kind == .gpu(place.index) }.map(\.domain)
  }

  /// Domains of all GPUs, in their order.
  var gpuDomains: [UInt64] { options.places.flatMap(domains) }

  /// Domains that only extended memory is in.
  var extendedDomains: [UInt64] {
    nodes.filter { if case .extended = $0.kind { true } else { false } }.map(\.domain)
  }

  /// A node to itself (ACPI 6.5, 5.2.17).
  private static let ownDistance: UInt64 = 10
  /// Two nodes of a machine that says nothing of them (REMOTE_DISTANCE in Linux' include/linux/topology.h).
  private static let betweenHosts: UInt64 = 20
  /// Between the nodes of one GPU, and from CPUs to extended memory of theirs (edk2-nvidia, NumaInfoLib.c).
  private static let inner: UInt64 = 11
  /// From a GPU to the CPUs that it is linked to, and to all that is farther (KubeVirt's VEP-199; the firmware's own
  /// are not public).
  private static let outer: (host: UInt64, farther: UInt64) = (80, 120)
  /// No way (ACPI 6.5, 5.2.17): nothing runs in a node of extended memory.
  private static let noWay: UInt64 = 255

  /// The distance from one node to another.
  func distance(from: Int, to: Int) -> UInt64 {
    if from == to { return NodePlan.ownDistance }
    switch (nodes[from].kind, nodes[to].kind) {
    case (.extended, _): return NodePlan.noWay
    case (.host, .host): return NodePlan.betweenHosts
    case (.host, .gpu(let index)), (.gpu(let index), .host):
      let host = nodes[from].kind == .host ? from : to
      return distance(fromGPU: index, toHost: host)
    case (.gpu(let one), .gpu(let other)):
      if one == other { return given("distance-local", one) ?? NodePlan.inner }
      return max(
        given("distance-gpu", one) ?? NodePlan.outer.farther,
        given("distance-gpu", other) ?? NodePlan.outer.farther)
    case (.host, .extended(let host)): return host == from ? NodePlan.inner : NodePlan.betweenHosts
    case (.gpu(let index), .extended(let host)): return distance(fromGPU: index, toHost: host)
    }
  }

  private func distance(fromGPU index: Int, toHost host: Int) -> UInt64 {
    let isLinked = options.hostNode(of: options.places[index]) == host
    return isLinked
      ? given("distance-host", index) ?? NodePlan.outer.host
      : given("distance-remote", index) ?? NodePlan.outer.farther
  }

  private func given(_ name: String, _ gpu: Int) -> UInt64? { options.number(name, of: options.places[gpu]) }
}

extension MachineOptions {
  /// A number among the properties of a GPU's device that were given by hand.
  func number(_ name: String, of place: GPUPlace) -> UInt64? {
    property(name, of: place).flatMap { UInt64(parsingPrefixed: $0) }
  }

  /// Whether a property of a GPU's device was given by hand as `off`.
  func isOff(_ name: String, of place: GPUPlace) -> Bool { property(name, of: place) == "off" }
}
