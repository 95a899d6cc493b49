// SPDX-License-Identifier: GPL-2.0-or-later

import GraceFirmware
import Testing

@Suite("Topology")
struct TopologyTests {
  @Test("GPUs are in the order of their addresses, whatever the order in which they come")
  func order() throws {
    let gpus = [try gpu(bus: 3), try gpu(bus: 1), try gpu(bus: 2)]
    let topology = try Topology(gpus: gpus, machine: MachineDomains(count: 1), domainLimit: 128)
    #expect(topology.gpus.map(\.gpu.address.bus) == [1, 2, 3])
    #expect(topology.gpus.map(\.firstDomain) == [1, 9, 17])
  }

  @Test("a GPU with a first domain of its own keeps it, and others go around")
  func chosen() throws {
    let gpus = [try gpu(bus: 1), try gpu(bus: 2, first: 5), try gpu(bus: 3)]
    let topology = try Topology(gpus: gpus, machine: MachineDomains(count: 1), domainLimit: 128)
    #expect(topology.gpus.map(\.firstDomain) == [13, 5, 21])
  }

  @Test("GPUs without domains take none")
  func none() throws {
    let gpus = [try gpu(bus: 1, domains: 0), try gpu(bus: 2)]
    let topology = try Topology(gpus: gpus, machine: MachineDomains(count: 2), domainLimit: 10)
    #expect(topology.gpus.map(\.firstDomain) == [2, 2])
  }

  @Test("fifteen GPUs fit beside one node of the machine's own, sixteen do not")
  func limit() throws {
    let fifteen = try (1...15).map { try gpu(bus: $0) }
    #expect(try Topology(gpus: fifteen, machine: MachineDomains(count: 1), domainLimit: 128).gpus.count == 15)
    #expect(throws: TopologyError.tooManyDomains(needed: 129, limit: 128)) {
      try Topology(gpus: fifteen + [try gpu(bus: 16)], machine: MachineDomains(count: 1), domainLimit: 128)
    }
  }

  @Test("a first domain that is the machine's own, taken, or beyond the limit is refused")
  func refusedDomains() throws {
    #expect(throws: TopologyError.domainOfMachine(1, firstFree: 2)) {
      try Topology(gpus: [try gpu(bus: 1, first: 1)], machine: MachineDomains(count: 2), domainLimit: 128)
    }
    #expect(throws: TopologyError.domainsOverlap(9)) {
      let gpus = [try gpu(bus: 1, first: 2), try gpu(bus: 2, first: 9)]
      return try Topology(gpus: gpus, machine: MachineDomains(count: 2), domainLimit: 128)
    }
    #expect(throws: TopologyError.tooManyDomains(needed: 129, limit: 128)) {
      try Topology(gpus: [try gpu(bus: 1, first: 121)], machine: MachineDomains(count: 2), domainLimit: 128)
    }
    #expect(throws: TopologyError.tooManyDomains(needed: 4_294_967_302, limit: 128)) {
      try Topology(
        gpus: [try gpu(bus: 1, first: .max - 1)], machine: MachineDomains(count: 2), domainLimit: 128)
    }
  }

  @Test("two GPUs at one address are refused, but not before the buses have numbers")
  func addresses() throws {
    let same = try gpu(bus: 1)
    #expect(throws: TopologyError.sameAddress(same.address)) {
      try Topology(gpus: [same, same], machine: MachineDomains(count: 1), domainLimit: 128)
    }
    let unnumbered = try gpu(bus: 0)
    let early = try Topology(
      gpus: [unnumbered, unnumbered], machine: MachineDomains(count: 1), domainLimit: 128)
    #expect(early.gpus.count == 2)
  }

  @Test("a GPU without a path is refused")
  func path() throws {
    var lost = try gpu(bus: 7)
    lost.path = []
    let gpus = [lost]
    #expect(throws: TopologyError.emptyPath(lost.address)) {
      try Topology(gpus: gpus, machine: MachineDomains(count: 1), domainLimit: 128)
    }
  }
}
