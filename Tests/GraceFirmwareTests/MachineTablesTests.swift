// SPDX-License-Identifier: GPL-2.0-or-later

import GraceDeviceModel
import GraceFirmware
import Testing

// Expected bytes are written by hand from ACPI 6.5: 5.2.6 (header), 5.2.16 (SRAT), 5.2.17 (SLIT), 5.2.28 (HMAT), 6.4
// (resources) and 20.2 (AML).

/// A machine of one socket with two CPUs in domain 1, and one GPU with one domain, 3.
private func machine(_ more: [(String, String)] = []) throws -> Machine {
  let settings =
    [("numa-nodes", "1"), ("pxm-start", "3"), ("representation", "bare-metal")] + more
  let options = try DeviceOptions(settings.map { Setting(name: $0.0, value: $0.1) })
  let name = try #require(NameSegment("PC42"))
  return try Machine(
    sockets: [
      Machine.Socket(
        domain: 1, processorCount: 2, memory: [MemoryRange(base: 0x12_3456_0000, size: 0x78_9abc_0000)])
    ],
    bridges: [
      Machine.Bridge(
        name: name, segment: 0x1234, bus: 0x40, domain: 1,
        window: MemoryRange(base: 0x9876_0000_0000, size: 0x1_0000_0000))
    ],
    devices: [
      Machine.Device(
        address: PCIAddress(segment: 0x1234, bus: 0x56, devfn: 0), bridge: name, path: [0x2b, 0],
        options: options)
    ])
}

private func table(_ signature: String, of machine: Machine) throws -> [UInt8] {
  try #require(MachineTables(machine).all.first { $0.signature == signature }).bytes
}

/// A header without its length and checksum.
private func header(_ signature: String, revision: UInt8) -> [UInt8] {
  Array(signature.utf8) + [0, 0, 0, 0, revision, 0] + Array("GRACE GRACEGPU".utf8) + [1, 0, 0, 0]
    + Array("GRCE".utf8) + [1, 0, 0, 0]
}

@Suite("Tables of a machine")
struct MachineTablesTests {
  @Test(
    "each table has its revision and length, and its bytes add up to zero",
    arguments: [("DSDT", 2), ("SSDT", 2), ("SRAT", 3), ("SLIT", 1), ("HMAT", 2)] as [(String, UInt8)])
  func headers(signature: String, revision: UInt8) throws {
    let bytes = try table(signature, of: machine())
    var head = Array(bytes.prefix(36))
    let length = head[4..<8].enumerated().reduce(0) { $0 + Int($1.element) << (8 * $1.offset) }
    #expect(length == bytes.count)
    #expect(bytes.reduce(0, &+) == 0)
    for index in [4, 5, 6, 7, 9] { head[index] = 0 }
    #expect(head == header(signature, revision: revision))
  }

  @Test("the SRAT has processors, RAM, then what the GPU adds")
  func affinity() throws {
    #expect(
      Array(try table("SRAT", of: machine()).dropFirst(36)) == [
        0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        // GICC: type 3, 18 bytes, domain 1, UID 0, enabled, clock domain 0; then UID 1.
        0x03, 0x12, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00,
        0x03, 0x12, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00,
        // Memory: type 1, 40 bytes, domain 1, base, length, enabled and no more.
        0x01, 0x28, 0x01, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x56, 0x34, 0x12, 0x00, 0x00, 0x00,
        0x00, 0x00, 0xbc, 0x9a, 0x78, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        // Generic initiator: type 5, 32 bytes, PCI, domain 3, 1234:56:00.0, flags 3.
        0x05, 0x20, 0x00, 0x01, 0x03, 0x00, 0x00, 0x00, 0x34, 0x12, 0x56, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        // Memory of domain 3: no bytes so far, enabled and hot-pluggable.
        0x01, 0x28, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00,
        0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      ])
  }

  @Test("the SLIT has 10 and 255 in rows of holes, below the sockets' domains too")
  func distances() throws {
    #expect(
      Array(try table("SLIT", of: machine()).dropFirst(36)) == [
        4, 0, 0, 0, 0, 0, 0, 0,
        10, 255, 255, 255,
        255, 10, 255, 80,
        255, 255, 10, 255,
        255, 80, 255, 10,
      ])
  }

  @Test("the HMAT names no hole: four reserved bytes, then initiators and targets 1 and 3")
  func attributes() throws {
    let bytes = Array(try table("HMAT", of: machine([("latency-host", "700/800")])).dropFirst(36))
    #expect(
      Array(bytes.prefix(4 + 56)) == [
        0, 0, 0, 0,
        // Type 1, length 56, flags 0, read latency, 1 byte, 2 initiators, 2 targets, base unit 1000.
        0x01, 0x00, 0x00, 0x00, 0x38, 0x00, 0x00, 0x00, 0x00, 0x01, 0x01, 0x00, 0x02, 0x00, 0x00, 0x00,
        0x02, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0xe8, 0x03, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        0x01, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x03, 0x00, 0x00, 0x00,
        // 100 and 700 ns from the CPUs, 700 and 100 ns from the GPU.
        0x64, 0x00, 0xbc, 0x02, 0xbc, 0x02, 0x64, 0x00,
      ])
    #expect(bytes.count == 4 + 3 * 56)
  }

  @Test("a GPU that wants no HMAT leaves none, one without domains still a SLIT")
  func absent() throws {
    let none = MachineTables(try machine([("hmat", "off")])).all
    #expect(none.map(\.signature) == ["DSDT", "SSDT", "SRAT", "SLIT"])
    let bare = try table("SLIT", of: machine([("numa-nodes", "0")]))
    #expect(Array(bare.dropFirst(36)) == [2, 0, 0, 0, 0, 0, 0, 0, 10, 255, 255, 10])
  }

  @Test("a host bridge has _HID, _CID, _SEG, _BBN, _UID, _PXM, _CCA and _CRS")
  func bridge() throws {
    func name(_ text: String, _ value: [UInt8]) -> [UInt8] { [0x08] + Array(text.utf8) + value }
    let resources: [UInt8] = [
      // Word, 13 bytes, bus numbers, fixed limits; granularity, 0x40 to 0xff, translation, 0xc0 of them.
      0x88, 0x0d, 0x00, 0x02, 0x0c, 0x00, 0x00, 0x00, 0x40, 0x00, 0xff, 0x00, 0x00, 0x00, 0xc0, 0x00,
      // QWord, 43 bytes, memory, fixed limits, prefetchable and writable.
      0x8a, 0x2b, 0x00, 0x00, 0x0c, 0x07, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x76, 0x98, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0x76, 0x98, 0x00, 0x00,
      0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00,
      0x79, 0x00,
    ]
    let terms =
      name("_HID", [0x0c, 0x41, 0xd0, 0x0a, 0x08]) + name("_CID", [0x0c, 0x41, 0xd0, 0x0a, 0x03])
      + name("_SEG", [0x0b, 0x34, 0x12]) + name("_BBN", [0x0a, 0x40]) + name("_UID", [0x00])
      + name("_PXM", [0x01]) + name("_CCA", [0x01])
      + name("_CRS", [0x11, 0x44, 0x04, 0x0a, 0x40] + resources)
    #expect(terms.count == 127)
    // Scope (\_SB) { Device (PC42) { ... } } of 142 and 133 bytes: the low four bits of a length come first.
    let device = [0x5b, 0x82, 0x45, 0x08] + Array("PC42".utf8) + terms
    let expected = [0x10, 0x4e, 0x08] + [0x5c] + Array("_SB_".utf8) + device
    #expect(Array(try table("DSDT", of: machine()).dropFirst(36)) == expected)
  }
}
