// SPDX-License-Identifier: GPL-2.0-or-later

import GraceFirmware
import Testing

// Expected bytes are written by hand from ACPI 6.5, section 20.2. The guest tests have iasl read the same
// table as a guest finds it.

private let adr: [UInt8] = [0x08] + Array("_ADR".utf8)

@Suite("ACPI companions")
struct NamespaceTableTests {
  @Test("a GPU in a virtual machine has a node below its root port's, with addresses and no properties")
  func virtualMachine() throws {
    let topology = try Topology(gpus: [try gpu(bus: 1)], machine: MachineDomains(count: 1), domainLimit: 128)
    let endpoint: [UInt8] = [0x5b, 0x82, 0x0b] + Array("GPU0".utf8) + adr + [0x00]
    let port: [UInt8] =
      [0x5b, 0x82, 0x1c] + Array("S08_".utf8) + adr + [0x0c, 0x00, 0x00, 0x01, 0x00] + endpoint
    #expect(
      NamespaceTable(topology).encoded == [0x10, 0x29, 0x5c, 0x2e] + Array("_SB_PCI0".utf8) + port)
  }

  @Test("in bare-metal _DSD names base, first domain, count and size in the firmware's order")
  func properties() throws {
    let memory = CoherentMemory(base: 0x4000_0000_0000, size: 0x18_0000_0000)
    let topology = try Topology(
      gpus: [try gpu(bus: 1, memory: memory)], machine: MachineDomains(count: 1), domainLimit: 128)
    func property(_ length: UInt8, _ name: String, _ value: [UInt8]) -> [UInt8] {
      [0x12, length, 0x02, 0x0d] + Array(name.utf8) + [0x00] + value
    }
    let expected =
      [0x08] + Array("_DSD".utf8) + [0x12, 0x4d, 0x09, 0x02, 0x11, 0x13, 0x0a, 0x10]
      + [0x14, 0xd8, 0xff, 0xda, 0xba, 0x6e, 0x8c, 0x4d, 0x8a, 0x91, 0xbc, 0x9b, 0xbf, 0x4a, 0xa3, 0x01]
      + [0x12, 0x45, 0x08, 0x04]
      + property(0x23, "nvidia,gpu-mem-base-pa", [0x0e, 0, 0, 0, 0, 0, 0x40, 0, 0])
      + property(0x1d, "nvidia,gpu-mem-pxm-start", [0x01])
      + property(0x1e, "nvidia,gpu-mem-pxm-count", [0x0a, 0x08])
      + property(0x20, "nvidia,gpu-mem-size", [0x0e, 0, 0, 0, 0, 0x18, 0, 0, 0])
    let encoded = NamespaceTable(topology).encoded
    let start = try #require(
      encoded.indices.first { encoded[$0...].starts(with: [0x08] + Array("_DSD".utf8)) })
    #expect(Array(encoded[start...]) == expected)
  }

  @Test("without domains _DSD has no domain properties")
  func noDomains() throws {
    let memory = CoherentMemory(base: 1 << 46, size: 1 << 31)
    let gpus = [try gpu(bus: 1, domains: 0, memory: memory)]
    let bytes = NamespaceTable(try Topology(gpus: gpus, machine: MachineDomains(count: 1), domainLimit: 128))
      .encoded
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.contains("nvidia,gpu-mem-base-pa"))
    #expect(!text.contains("pxm"))
  }

  @Test("GPUs behind one switch share its nodes, those of another host bridge have a scope of their own")
  func trees() throws {
    var first = try gpu(bus: 4)
    first.path = [0x08, 0x00, 0x00, 0x00]
    var second = try gpu(bus: 5)
    second.path = [0x08, 0x00, 0x10, 0x00]
    var third = try gpu(bus: 0x81)
    third.root = HostBridge(name: try #require(NameSegment("PC80")))
    let topology = try Topology(
      gpus: [first, second, third], machine: MachineDomains(count: 1), domainLimit: 128)
    let text = String(decoding: NamespaceTable(topology).encoded, as: UTF8.self)
    #expect(text.components(of: "S08_") == 2)
    #expect(text.components(of: "S00_") == 2)
    #expect(text.components(of: "S10_") == 1)
    #expect(text.components(of: "GPU0") == 3)
    #expect(text.components(of: "PC80") == 1)
  }

  @Test("where the machine has nodes of its own, only properties are added, in the scope of the GPU's node")
  func existingNodes() throws {
    let memory = CoherentMemory(base: 1 << 46, size: 1 << 31)
    let gpus = [try gpu(bus: 1, memory: memory), try gpu(bus: 2)]
    let topology = try Topology(
      gpus: gpus, machine: MachineDomains(count: 1, nodesExist: true), domainLimit: 128)
    let bytes = NamespaceTable(topology).encoded
    let path: [UInt8] = [0x5c, 0x2f, 0x04] + Array("_SB_PCI0S08_S00_".utf8) + [0x08] + Array("_DSD".utf8)
    #expect(bytes.first == 0x10)
    #expect(Array(bytes[3...].prefix(path.count)) == path)
    #expect(String(decoding: bytes, as: UTF8.self).components(of: "_ADR") == 0)
    #expect(String(decoding: bytes, as: UTF8.self).components(of: "_SB_") == 1)
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func components(of part: String) -> Int {
    utf8.indices.filter { utf8[$0...].starts(with: part.utf8) }.count
  }
}
