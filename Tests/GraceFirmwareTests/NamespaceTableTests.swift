// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
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

extension NamespaceTableTests {
  private func text(_ gpus: [GPU], _ machine: MachineDomains = MachineDomains(count: 1)) throws -> String {
    let topology = try Topology(gpus: gpus, machine: machine, domainLimit: 1024)
    return String(decoding: NamespaceTable(topology).encoded, as: UTF8.self)
  }

  @Test(
    "_DSD has the forms that firmware has had",
    arguments: [
      (true, true, ["base-pa", "pxm-start", "pxm-count", "size"]), (false, true, ["base-pa", "size"]),
      (true, false, ["base-pa", "pxm-start", "pxm-count"]), (false, false, ["base-pa"]),
    ] as [(Bool, Bool, [String])])
  func forms(namesDomains: Bool, namesSize: Bool, names: [String]) throws {
    var one = try gpu(bus: 1, memory: CoherentMemory(base: 1 << 46, size: 1 << 31))
    one.options.namesDomains = namesDomains
    one.options.statedSize = namesSize ? .actual : .nothing
    let text = try text([one])
    for name in ["base-pa", "pxm-start", "pxm-count", "size"] {
      #expect(text.contains("nvidia,gpu-mem-\(name)\0") == names.contains(name), "\(name)")
    }
    #expect(text.components(of: "nvidia,") == names.count)
  }

  @Test("extended memory has three properties, and a fourth with a table of retired pages")
  func extendedMemory() throws {
    var one = try gpu(bus: 1, memory: CoherentMemory(base: 1 << 46, size: 1 << 31))
    one.options.extendedMemory = ExtendedMemory(base: 0x1122_4000_0000, size: 0x8000_0000)
    let bytes = NamespaceTable(
      try Topology(gpus: [one], machine: MachineDomains(count: 1), domainLimit: 128)
    ).encoded
    func has(_ name: String, _ value: [UInt8]) -> Bool {
      bytes.contains([0x0d] + Array(name.utf8) + [0x00] + value)
    }
    #expect(has("nvidia,egm-base-pa", [0x0e, 0, 0, 0, 0x40, 0x22, 0x11, 0, 0]))
    #expect(has("nvidia,egm-size", [0x0c, 0, 0, 0, 0x80]))
    #expect(has("nvidia,egm-pxm", [0x00]))
    #expect(has("nvidia,egm-retired-pages-data-base", [0x0e, 0, 0, 0, 0xc0, 0x22, 0x11, 0, 0]))
    one.options.extendedMemory?.retiredPagesBase = nil
    #expect(try !text([one]).contains("retired"))
  }

  @Test("on the host a GPU can be reset through its PCI Express capability, and in a guest not")
  func reset() throws {
    var one = try gpu(bus: 1, memory: CoherentMemory(base: 1 << 46, size: 1 << 31))
    #expect(try !text([one]).contains("_RST"))
    one.expressOffset = 0x60
    let bytes = NamespaceTable(
      try Topology(gpus: [one], machine: MachineDomains(count: 1), domainLimit: 128)
    ).encoded
    #expect(bytes.contains(Array("GPCE".utf8) + [0x02, 0x0a, 0x68, 0x0a, 0x02]))
    #expect(bytes.contains(Array("_RST".utf8) + [0x08]))
  }

  @Test("a host bridge without _PXM gets that of its GPUs on the host, if they agree")
  func proximity() throws {
    let memory = CoherentMemory(base: 1 << 46, size: 1 << 31)
    let machine = MachineDomains(count: 2)
    var (one, other) = (try gpu(bus: 1, memory: memory), try gpu(bus: 2, memory: memory))
    #expect(try text([one], machine).components(of: "_PXM") == 1)
    // The second is linked to the second domain.
    #expect(try text([one, other], machine).components(of: "_PXM") == 0)
    other.options.hostDomain = 0
    #expect(try text([one, other], machine).components(of: "_PXM") == 1)
    one.root.domain = 0
    #expect(try text([one], machine).components(of: "_PXM") == 0)
    #expect(try text([try gpu(bus: 1)], machine).components(of: "_PXM") == 0)
  }

  @Test("the names of 64 GPUs stay unique on their level")
  func manyNames() throws {
    let gpus = try (0..<64).map { index in
      var one = try gpu(bus: UInt8(index + 1))
      // Sixteen root ports of four functions each.
      one.path = [UInt8(index / 4) << 3 | UInt8(index % 4), 0]
      return one
    }
    let text = try text(gpus)
    #expect(text.components(of: "GPU0") == 64)
    for index in 0..<64 {
      let devfn = index / 4 * 8 + index % 4
      #expect(
        text.components(of: "S" + (devfn < 16 ? "0" : "") + String(devfn, radix: 16, uppercase: true) + "_")
          == 1)
    }
  }
}

extension Array<UInt8> {
  /// Whether the bytes of `part` occur one after the other.
  func contains(_ part: [UInt8]) -> Bool {
    indices.contains { self[$0...].starts(with: part) }
  }
}

extension String {
  /// How often `part` occurs.
  fileprivate func components(of part: String) -> Int {
    utf8.indices.filter { utf8[$0...].starts(with: part.utf8) }.count
  }
}
