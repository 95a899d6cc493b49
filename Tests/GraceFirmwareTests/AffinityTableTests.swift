// SPDX-License-Identifier: GPL-2.0-or-later

import GraceFirmware
import Testing

// Expected bytes are written by hand from ACPI 6.5, 5.2.16.2 and 5.2.16.6.

/// A GPU behind root port `1 + bus` for tests.
func gpu(bus: UInt8, domains: UInt32 = 8, first: UInt32? = nil, memory: CoherentMemory? = nil) throws -> GPU {
  GPU(
    address: PCIAddress(segment: 0, bus: bus, devfn: 0),
    root: HostBridge(name: try #require(NameSegment("PCI0"))),
    path: [bus << 3, 0], domainCount: domains, firstDomain: first, memory: memory)
}

@Suite("SRAT entries")
struct AffinityTableTests {
  @Test("a generic initiator's handle holds segment, bus and devfn in bytes 8-11, then twelve zeros")
  func handle() {
    var sink = ByteSink()
    let device = PCIAddress(segment: 0x1234, bus: 0x56, devfn: 18 << 3 | 5)
    GenericInitiatorAffinity(domain: 0xa1b2_c3d4, device: device).encode(to: &sink)
    #expect(
      sink.bytes == [
        0x05, 0x20, 0x00, 0x01, 0xd4, 0xc3, 0xb2, 0xa1,
        0x34, 0x12, 0x56, 0x95, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      ])
  }

  @Test("a memory entry without memory is enabled and hot-pluggable")
  func memory() {
    var sink = ByteSink()
    HotplugMemoryAffinity(domain: 0xa1b2_c3d4).encode(to: &sink)
    #expect(
      sink.bytes == [
        0x01, 0x28, 0xd4, 0xc3, 0xb2, 0xa1, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      ])
  }

  @Test("each GPU has its initiators, by address and ascending domain, then the memory entries follow")
  func order() throws {
    let topology = try Topology(
      gpus: [try gpu(bus: 2, domains: 2), try gpu(bus: 1, domains: 3)], machine: MachineDomains(count: 4),
      domainLimit: 128)
    let bytes = AffinityTable(topology).encoded
    #expect(bytes.count == 5 * 32 + 5 * 40)
    for (index, expected) in [(4, 1), (5, 1), (6, 1), (7, 2), (8, 2)].enumerated() {
      let initiator = bytes[(index * 32)...]
      #expect(initiator[index * 32] == 5)
      #expect(initiator[index * 32 + 4] == UInt8(expected.0))
      #expect(initiator[index * 32 + 10] == UInt8(expected.1))
      let memory = bytes[(160 + index * 40)...]
      #expect(memory[160 + index * 40] == 1)
      #expect(memory[160 + index * 40 + 2] == UInt8(expected.0))
    }
  }

  @Test("without GPUs, or with GPUs without domains, there is nothing to add")
  func nothing() throws {
    #expect(
      AffinityTable(try Topology(gpus: [], machine: MachineDomains(count: 1), domainLimit: 128)).encoded
        .isEmpty)
    let none = try Topology(
      gpus: [try gpu(bus: 1, domains: 0)], machine: MachineDomains(count: 1), domainLimit: 128)
    #expect(AffinityTable(none).encoded.isEmpty)
  }
}
