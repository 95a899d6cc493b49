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

  private var roots: [(name: NameSegment, nodes: [Node])] = []
  private let nodesExist: Bool

  /// The nodes of a machine.
  public init(_ topology: Topology) {
    nodesExist = topology.nodesExist
    for placed in topology.gpus {
      var index = 0
      while index < roots.count, roots[index].name != placed.gpu.root { index += 1 }
      if index == roots.count { roots.append((placed.gpu.root, [])) }
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
      // Only functions below the main host bridge have nodes of the machine's own; it is always PCI0.
      if nodesExist, let main = NameSegment("PCI0"), root.name == main {
        for node in root.nodes { terms += Self.scopes(node, path: [.systemBus, root.name]) }
      } else {
        terms.append(.scope([.systemBus, root.name], root.nodes.map { Self.device($0) }))
      }
    }
    return terms
  }

  private static func device(_ node: Node) -> AML {
    // _ADR: device in the upper, function in the lower half (ACPI 6.5, 6.1.1).
    let address = UInt64(node.devfn >> 3) << 16 | UInt64(node.devfn & 7)
    var terms: [AML] = [.name(.address, .integer(address))]
    terms += properties(node)
    terms += node.children.map { device($0) }
    return .device(node.gpu == nil ? .slot(devfn: node.devfn) : .gpu(devfn: node.devfn), terms)
  }

  private static func scopes(_ node: Node, path: [NameSegment]) -> [AML] {
    let path = path + [.slot(devfn: node.devfn)]
    let own = properties(node)
    var terms: [AML] = own.isEmpty ? [] : [.scope(path, own)]
    for child in node.children { terms += scopes(child, path: path) }
    return terms
  }

  private static func properties(_ node: Node) -> [AML] {
    guard let placed = node.gpu, let memory = placed.gpu.memory else { return [] }
    let properties = DeviceProperties(
      memory, firstDomain: placed.firstDomain, domainCount: placed.gpu.domainCount)
    return [properties.term]
  }
}
