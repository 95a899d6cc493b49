// SPDX-License-Identifier: GPL-2.0-or-later

/// The nodes that give each GPU an ACPI companion: an SSDT of our own.
///
/// Machines differ in what their DSDT already describes; a table of our own needs to know only whether there
/// are nodes below the main host bridge.
public struct NamespaceTable: Sendable {
  /// A function of the PCI tree that leads to a GPU.
  private struct Node: Sendable {
    var devfn: UInt8
    var children: [Node] = []
    var gpu: Topology.PlacedGPU?
  }

  /// A host bridge with GPUs below it.
  private struct Root: Sendable {
    var bridge: HostBridge
    var nodes: [Node] = []
    /// The host that its GPUs are linked to.
    var host: UInt32?
    /// Whether one of them is linked to none, or to another one, or is not the firmware's to speak of.
    var hasNothingToSay = false

    mutating func add(_ placed: Topology.PlacedGPU) {
      if placed.gpu.memory == nil || placed.hostDomain == nil
        || host ?? placed.hostDomain != placed.hostDomain
      {
        hasNothingToSay = true
      }
      host = placed.hostDomain
    }
  }

  private var roots: [Root] = []
  private let topology: Topology

  /// The nodes of a machine.
  public init(_ topology: Topology) {
    self.topology = topology
    for placed in topology.gpus {
      // GPUs come in the order of their addresses, so that the bridge is nearly always the last.
      var index = roots.count - 1
      while index >= 0, roots[index].bridge.name != placed.gpu.root.name { index -= 1 }
      if index < 0 {
        index = roots.count
        roots.append(Root(bridge: placed.gpu.root))
      }
      roots[index].add(placed)
      Self.insert(placed, path: placed.gpu.path[...], into: &roots[index].nodes)
    }
  }

  /// GPUs behind one switch share its node.
  private static func insert(_ gpu: Topology.PlacedGPU, path: ArraySlice<UInt8>, into nodes: inout [Node]) {
    guard let devfn = path.first else { return }
    var index = 0
    while index < nodes.count, nodes[index].devfn != devfn { index += 1 }
    if index == nodes.count { nodes.append(Node(devfn: devfn)) }
    if path.count == 1 {
      nodes[index].gpu = gpu
    } else {
      insert(gpu, path: path.dropFirst(), into: &nodes[index].children)
    }
  }

  /// The body of the SSDT, after its header; empty without GPUs.
  public var encoded: [UInt8] { AML.concatenated(terms) }

  var terms: [AML] {
    var terms: [AML] = []
    for root in roots {
      let path = [.systemBus, root.bridge.name]
      var own = proximity(root)
      // Only functions below the main host bridge have nodes of the machine's own; it is always PCI0.
      if topology.machine.nodesExist, let main = NameSegment("PCI0"), root.bridge.name == main {
        if !own.isEmpty { terms.append(.scope(path, own)) }
        for node in root.nodes { terms += Self.scopes(node, path: path) }
      } else {
        own += root.nodes.map { Self.device($0) }
        terms.append(.scope(path, own))
      }
    }
    return terms
  }

  /// `_PXM` for a host bridge that has none: the host's domain, where Linux takes a function's node from, as NVIDIA's
  /// firmware writes it (edk2-nvidia, SsdtPcieSupportLib.c). In the vm representation it is the VMM's to say, and
  /// GPUs of several hosts on one bridge leave nothing to say.
  private func proximity(_ root: Root) -> [AML] {
    guard root.bridge.domain == nil, !root.hasNothingToSay, let host = root.host else { return [] }
    return [.name(.proximity, .integer(UInt64(host)))]
  }

  private static func device(_ node: Node) -> AML {
    // _ADR: device in the upper, function in the lower half (ACPI 6.5, 6.1.1).
    let address = UInt64(node.devfn >> 3) << 16 | UInt64(node.devfn & 7)
    var terms: [AML] = [.name(.address, .integer(address))]
    terms += own(node)
    terms += node.children.map { device($0) }
    return .device(node.gpu == nil ? .slot(devfn: node.devfn) : .gpu(devfn: node.devfn), terms)
  }

  private static func scopes(_ node: Node, path: [NameSegment]) -> [AML] {
    let path = path + [.slot(devfn: node.devfn)]
    let own = own(node)
    var terms: [AML] = own.isEmpty ? [] : [.scope(path, own)]
    for child in node.children { terms += scopes(child, path: path) }
    return terms
  }

  /// What a GPU's node has beside its address.
  private static func own(_ node: Node) -> [AML] {
    guard let placed = node.gpu else { return [] }
    return DeviceProperties(placed).terms + (placed.gpu.expressOffset.map(ResetMethod.terms) ?? [])
  }
}
