// SPDX-License-Identifier: GPL-2.0-or-later

/// Consecutive NUMA nodes that look the same, so that eight of them take one row.
struct NodeGroup {
  private var first: NodeFact
  private var last: NodeFact
  let distance: String

  var ids: String { first.id == last.id ? "\(first.id)" : "\(first.id)-\(last.id)" }
  var hasCPU: Bool { first.hasCpu }
  var hasInitiator: Bool { first.hasGenericInitiator }
  var memory: String { first.hasMemory ? ByteCount(first.memoryBytes).approximately : "-" }

  static func grouping(_ nodes: [NodeFact]) -> [NodeGroup] {
    var groups: [NodeGroup] = []
    let online = nodes.filter(\.online).map(\.id)
    for node in nodes {
      let group = NodeGroup(first: node, last: node, distance: distance(of: node, online: online))
      if let previous = groups.last, previous.isLike(group), previous.last.id + 1 == node.id {
        groups[groups.count - 1].last = node
      } else {
        groups.append(group)
      }
    }
    return groups
  }

  private func isLike(_ other: NodeGroup) -> Bool {
    (hasCPU, hasInitiator, memory, distance, first.online)
      == (other.hasCPU, other.hasInitiator, other.memory, other.distance, other.first.online)
  }

  /// Distances stand in the order of the nodes that are online.
  private static func distance(of node: NodeFact, online: [Int]) -> String {
    guard node.online, let index = online.firstIndex(of: node.id), node.distances.count == online.count else {
      return node.online ? "-" : "offline"
    }
    let others = Set(node.distances.enumerated().filter { $0.offset != index }.map(\.element)).sorted()
    let toOthers = others.isEmpty ? "" : ", \(others.map(String.init).joined(separator: " or ")) to others"
    return "\(node.distances[index]) to itself\(toOthers)"
  }
}
