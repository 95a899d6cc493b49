// SPDX-License-Identifier: GPL-2.0-or-later

import Testing

@testable import GraceGuest

@Suite("Nodes that follow from the options")
struct NodePlanTests {
  private func machine(_ gpus: Int = 2, hosts: Int = 2, _ properties: [String: String] = [:])
    -> MachineOptions
  {
    var options = MachineOptions(representation: .bareMetal, memorySize: 3 << 30, gpuCount: gpus)
    options.hostNodes = hosts
    options.deviceProperties = properties
    return options
  }

  @Test("nodes are numbered in the order of domains, whatever holes these have")
  func holes() {
    var options = machine(2, hosts: 1, ["numa-nodes": "2"])
    options.propertiesOfGPU = [0: ["pxm-start": "5"], 1: ["pxm-start": "20"]]
    let plan = NodePlan(options)
    #expect(plan.nodes.map(\.domain) == [0, 5, 6, 20, 21])
    #expect(plan.ids { $0 == .gpu(1) } == [3, 4])
    #expect(plan.domains(of: options.places[1]) == [20, 21])
    options.propertiesOfGPU[1] = nil
    #expect(NodePlan(options).nodes.map(\.domain) == [0, 5, 6, 7, 8])
  }

  @Test("a GPU is near its own host, and as far from the other as from another GPU")
  func distances() {
    let plan = NodePlan(machine())
    // Nodes: two hosts, eight of GPU 0 from 2, eight of GPU 1 from 10.
    #expect(plan.distance(from: 0, to: 0) == 10)
    #expect(plan.distance(from: 0, to: 1) == 20)
    #expect(plan.distance(from: 2, to: 9) == 11)
    #expect(plan.distance(from: 0, to: 2) == 80)
    #expect(plan.distance(from: 2, to: 1) == 120)
    #expect(plan.distance(from: 10, to: 1) == 80)
    #expect(plan.distance(from: 2, to: 10) == 120)
  }

  @Test("distances given by hand hold for the GPU that has them, and the farther one between two")
  func distancesByHand() {
    var options = machine(2, hosts: 2, ["distance-host": "40", "host-node": "1"])
    options.propertiesOfGPU = [1: ["distance-remote": "60", "distance-gpu": "200", "distance-local": "12"]]
    let plan = NodePlan(options)
    #expect(plan.distance(from: 2, to: 1) == 40)
    #expect(plan.distance(from: 2, to: 0) == 120)
    #expect(plan.distance(from: 0, to: 10) == 60)
    #expect(plan.distance(from: 2, to: 10) == 200)
    #expect(plan.distance(from: 11, to: 10) == 12)
  }

  @Test("extended memory in a domain of its own comes last, and nothing runs there")
  func extendedMemory() {
    let plan = NodePlan(machine(1, hosts: 1, ["egm-size": "1G", "egm-pxm": "30"]))
    #expect(plan.nodes.last == NodePlan.Node(domain: 30, kind: .extended(host: 0)))
    #expect(plan.distance(from: 0, to: 9) == 11)
    #expect(plan.distance(from: 1, to: 9) == 80)
    #expect(plan.distance(from: 9, to: 0) == 255)
    #expect(NodePlan(machine(1, hosts: 1, ["egm-size": "1G", "egm-pxm": "0"])).nodes.count == 9)
  }

  @Test("memory is nearest to its own node, and among CPUs to those that the GPU is linked to")
  func access() throws {
    let access = AccessPlan(plan: NodePlan(machine()))
    let own = try #require(access.best(toNode: 12, class: 0))
    #expect(own.initiators == [12])
    #expect(own.way == AccessPlan.Way(readLatency: 100, writeLatency: 100, bandwidth: 3_400_000))
    let host = try #require(access.best(toNode: 12, class: 1))
    #expect(host.initiators == [1])
    #expect(host.way == AccessPlan.Way(readLatency: 800, writeLatency: 800, bandwidth: 375_000))
  }

  @Test("attributes given by hand replace those that follow from distances")
  func accessByHand() throws {
    let access = AccessPlan(
      plan: NodePlan(
        machine(
          1, hosts: 1, ["latency-local": "150", "latency-host": "300/400", "bandwidth-host": "200/100"])))
    let own = try #require(access.best(toNode: 3, class: 0))
    #expect(own.initiators == Array(1...8))
    #expect(own.way.readLatency == 150)
    let host = try #require(access.best(toNode: 3, class: 1))
    #expect(host.way == AccessPlan.Way(readLatency: 300, writeLatency: 400, bandwidth: 200_000))
  }

  @Test("without attributes or initiators the table says less")
  func less() throws {
    #expect(!AccessPlan(plan: NodePlan(machine(1, hosts: 1, ["hmat": "off"]))).isNeeded)
    let access = AccessPlan(plan: NodePlan(machine(1, hosts: 1, ["initiators": "off"])))
    #expect(access.isNeeded)
    #expect(try #require(access.best(toNode: 1, class: 0)).initiators == [0])
  }
}
