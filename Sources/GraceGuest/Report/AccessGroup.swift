// SPDX-License-Identifier: GPL-2.0-or-later

/// Consecutive NUMA nodes whose memory is reached alike, so that eight of them take one row.
struct AccessGroup {
  private var first: AccessFact
  private var last: AccessFact

  /// The nodes, and from where they are reached.
  var way: String {
    let nodes = first.node == last.node ? "node \(first.node)" : "nodes \(first.node)-\(last.node)"
    let from = ranges(first.initiators.map { UInt64(clamping: $0) })
    if isFromItself { return first.node == last.node ? "\(nodes) from itself" : "\(nodes) from themselves" }
    return "\(nodes) from \(from)"
  }

  /// Latency and bandwidth, of reads and writes where these differ.
  var speed: String {
    func both(_ read: UInt64, _ write: UInt64) -> String { read == write ? "\(read)" : "\(read)/\(write)" }
    return both(first.readLatency, first.writeLatency) + " ns, "
      + both(first.readBandwidth / 1000, first.writeBandwidth / 1000) + " GB/s"
  }

  private var isFromItself: Bool { first.initiators == [first.node] }

  /// By class, as the ways from CPUs say something else than the best ways. Of a node that has CPUs both are the same.
  static func grouping(_ accesses: [AccessFact]) -> [AccessGroup] {
    var groups: [AccessGroup] = []
    for `class` in [0, 1] {
      for access in accesses where access.class == `class` {
        let group = AccessGroup(first: access, last: access)
        if `class` == 1, group.isFromItself { continue }
        if let previous = groups.last, previous.isLike(group), previous.last.node + 1 == access.node {
          groups[groups.count - 1].last = access
        } else {
          groups.append(group)
        }
      }
    }
    return groups
  }

  private func isLike(_ other: AccessGroup) -> Bool {
    (first.class, speed, isFromItself) == (other.first.class, other.speed, other.isFromItself)
      && (isFromItself || first.initiators == other.first.initiators)
  }
}
