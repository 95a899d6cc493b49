// SPDX-License-Identifier: GPL-2.0-or-later

import GraceFirmware
import Testing

// Expected bytes are written by hand from ACPI 6.5, 5.2.17.

@Suite("SLIT")
struct DistanceTableTests {
  private func table(_ gpus: [GPU], machine: UInt32, values: [UInt8] = []) throws -> [UInt8] {
    let domains = MachineDomains(count: machine, distances: values)
    return DistanceTable(try Topology(gpus: gpus, machine: domains, domainLimit: 128)).encoded
  }

  @Test("each distance is that of its pair: machine, one GPU, two GPUs, and a hole between them")
  func pairs() throws {
    let gpus = [try gpu(bus: 1, domains: 2), try gpu(bus: 2, domains: 1, first: 4)]
    #expect(
      try table(gpus, machine: 1) == [
        5, 0, 0, 0, 0, 0, 0, 0,
        10, 80, 80, 255, 80,
        80, 10, 11, 255, 120,
        80, 11, 10, 255, 120,
        255, 255, 255, 10, 255,
        80, 120, 120, 255, 10,
      ])
  }

  @Test("distances that the machine gives stay as they are")
  func machineDistances() throws {
    #expect(
      try table([gpu(bus: 1, domains: 1)], machine: 2, values: [10, 33, 34, 10]) == [
        3, 0, 0, 0, 0, 0, 0, 0,
        10, 33, 80,
        34, 10, 120,
        80, 120, 10,
      ])
  }

  @Test("a machine that gives none, or too few, has 20 between its own domains")
  func defaultDistances() throws {
    for values in [[], [10, 33, 33]] as [[UInt8]] {
      let bytes = try table([gpu(bus: 1, domains: 1)], machine: 2, values: values)
      #expect(Array(bytes[8..<11]) == [10, 20, 80])
      #expect(Array(bytes[11..<14]) == [20, 10, 120])
    }
  }

  @Test("without a domain of a GPU's there is no table of ours")
  func notNeeded() throws {
    #expect(try table([], machine: 3).isEmpty)
    #expect(try table([gpu(bus: 1, domains: 0)], machine: 1).isEmpty)
  }
}
