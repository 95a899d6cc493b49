// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import Testing

@testable import GraceFirmware

@Suite("Hosts and extended memory")
struct HostTests {
  private func topology(_ gpus: [GPU], _ machine: MachineDomains) throws -> Topology {
    try Topology(gpus: gpus, machine: machine, domainLimit: 128)
  }

  @Test("GPUs are linked to the domains with CPUs in turn, in the order of their addresses")
  func inTurn() throws {
    let gpus = try [3, 1, 2].map { try gpu(bus: $0) }
    let machine = MachineDomains(count: 3, hasProcessors: [true, false, true])
    #expect(try topology(gpus, machine).gpus.map(\.hostDomain) == [0, 2, 0])
  }

  @Test("the host bridge's domain comes before that, and the user's choice before both")
  func chosen() throws {
    var (bridged, chosen) = (try gpu(bus: 1), try gpu(bus: 2))
    bridged.root.domain = 1
    chosen.root.domain = 1
    chosen.options.hostDomain = 0
    let machine = MachineDomains(count: 2)
    #expect(try topology([bridged, chosen], machine).gpus.map(\.hostDomain) == [1, 0])
    chosen.options.hostDomain = 2
    let gpus = [chosen]
    #expect(throws: TopologyError.noSuchHost(2, count: 2)) { try topology(gpus, machine) }
  }

  @Test("a machine without domains has no host to link to")
  func noDomains() throws {
    let placed = try topology([try gpu(bus: 1, domains: 0)], MachineDomains(count: 0))
    #expect(placed.gpus.map(\.hostDomain) == [nil])
  }

  @Test("the way to other CPUs is farther than to one's own")
  func distances() throws {
    let bytes = DistanceTable(try topology([try gpu(bus: 1, domains: 1)], MachineDomains(count: 2))).encoded
    #expect(Array(bytes[8...]) == [10, 20, 80, 20, 10, 120, 80, 120, 10])
  }

  @Test("extended memory is in its host's domain, or in one of its own that nothing runs in")
  func extendedMemory() throws {
    var one = try gpu(bus: 1, domains: 1, memory: CoherentMemory(base: 1 << 46, size: 1 << 30))
    one.options.extendedMemory = ExtendedMemory(base: 1 << 43, size: 1 << 30)
    let shared = try topology([one], MachineDomains(count: 1))
    #expect(shared.gpus[0].extendedDomain == 0)
    #expect(shared.extendedDomains.isEmpty)

    one.options.extendedMemory?.domain = 1
    let apart = try topology([one], MachineDomains(count: 1))
    #expect(apart.extendedDomains == [1])
    // The GPU goes around it.
    #expect(apart.gpus[0].firstDomain == 2)
    #expect(
      Array(DistanceTable(apart).encoded[8...]) == [10, 11, 80, 255, 10, 255, 80, 80, 10])
    let affinity = AffinityTable(apart).encoded
    #expect(affinity.count == 32 + 2 * 40)
    #expect(Array(affinity[72..<78]) == [1, 40, 1, 0, 0, 0])
  }

  @Test("GPUs of one host may share a domain of extended memory, but not a GPU's")
  func sharedDomain() throws {
    var gpus = [try gpu(bus: 1), try gpu(bus: 2)]
    for index in gpus.indices {
      gpus[index].options.extendedMemory = ExtendedMemory(base: 1 << 43, size: 1 << 30)
      gpus[index].options.extendedMemory?.domain = 40
    }
    #expect(try topology(gpus, MachineDomains(count: 1)).extendedDomains == [40])
    gpus[0].firstDomain = 33
    let colliding = gpus
    #expect(throws: TopologyError.domainsOverlap(40)) { try topology(colliding, MachineDomains(count: 1)) }
  }
}
