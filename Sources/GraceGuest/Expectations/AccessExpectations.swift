// SPDX-License-Identifier: GPL-2.0-or-later

/// How fast the kernel must take the memory of each node to be, from anywhere (class 0) and from CPUs (class 1).
struct AccessExpectations {
  let plan: NodePlan
  let facts: FactSheet

  func check(_ list: inout ExpectationList) {
    let access = AccessPlan(plan: plan)
    guard access.isNeeded else {
      list.numbers("nodes with attributes of access", facts.accesses.map { UInt64(clamping: $0.node) }, [])
      return
    }
    // The kernel has no folder for the attributes of a node that is not online.
    for node in facts.nodes.filter(\.online).map(\.id).filter(plan.nodes.indices.contains) {
      for `class` in [0, 1] {
        let best = access.best(toNode: node, class: `class`)
        list.equal(
          "access\(`class`) of node \(node)", facts.access(`class`, ofNode: node).map(described) ?? "none",
          best.map(described) ?? "none")
      }
    }
  }

  private func described(_ fact: AccessFact) -> String {
    "from \(ranges(fact.initiators.map { UInt64(clamping: $0) })): \(fact.readLatency) and \(fact.writeLatency) ns, "
      + "\(fact.readBandwidth) and \(fact.writeBandwidth) MB/s"
  }

  private func described(_ initiators: [Int], _ way: AccessPlan.Way) -> String {
    "from \(ranges(initiators.map { UInt64(clamping: $0) })): \(way.readLatency) and \(way.writeLatency) ns, "
      + "\(way.bandwidth) and \(way.bandwidth) MB/s"
  }
}
