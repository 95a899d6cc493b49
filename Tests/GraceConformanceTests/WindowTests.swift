// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance
import Testing

@testable import gracectl

@Suite("PCI windows and regions")
struct WindowTests {
  /// Windows of a host bridge with these resources, as the topology has them.
  private func windows(_ bytes: [UInt8]) -> [String] {
    var machine = TestMachine()
    machine.setResources(bytes)
    return machine.evidence.topology().ranges.filter { $0.kind == .window }.map {
      "\(Units.address($0.base)) \(Units.address($0.last))"
    }
  }

  private func severities(_ change: (inout TestMachine) -> Void) -> [String: Severity] {
    var machine = TestMachine()
    change(&machine)
    return Dictionary(machine.findings.map { ($0.rule.id, $0.severity) }) { first, _ in first }
  }

  @Test("each of the four descriptors has its window, and other resources are passed over")
  func descriptors() {
    // Bus numbers, I/O of the configuration mechanism (a small item), I/O, and a fixed range of memory.
    let others =
      Descriptor.word(0, 0xff, length: 0x100, type: 2) + [0x47, 0x01, 0xf8, 0x0c, 0xf8, 0x0c, 0x01, 0x08]
      + Descriptor.dword(0, 0xffff, length: 0x1_0000, offset: 0x3eff_0000, type: 1)
      + [0x86, 0x09, 0x00, 0x01, 0x00, 0x00, 0xd0, 0xfe, 0x00, 0x10, 0x00, 0x00]
    #expect(windows(others + Descriptor.end) == [])
    #expect(
      windows(
        others + Descriptor.word(0x1000, 0x1fff, length: 0x1000, type: 0)
          + Descriptor.dword(0x1000_0000, 0x1fff_ffff, length: 0x1000_0000)
          + Descriptor.qword(0x80_0000_0000, 0xff_ffff_ffff, length: 0x80_0000_0000)
          + Descriptor.extended(0x100_0000_0000, 0x1ff_ffff_ffff, length: 0x100_0000_0000) + Descriptor.end)
        == [
          "0x000000001000 0x000000001fff", "0x000010000000 0x00001fffffff", "0x008000000000 0x00ffffffffff",
          "0x010000000000 0x01ffffffffff",
        ])
  }

  @Test("a translation moves the window, a length of 0 is none, and what follows the end tag is not read")
  func details() {
    #expect(
      windows(
        Descriptor.qword(0x4000_0000, 0x4fff_ffff, length: 0x1000_0000, offset: 0x1_0000_0000)
          + Descriptor.dword(0, 0, length: 0) + Descriptor.end + Descriptor.dword(0, 1, length: 2))
        == ["0x000140000000 0x00014fffffff"])
  }

  @Test(
    "resources that end too early are a finding",
    arguments: [
      [], [0x87], [0x87, 0x17], [0x8a, 0x2b, 0x00], [0x8a, 0x00, 0x00, 0x79, 0x00], [0x47, 0x01],
      [0xff, 0xff, 0xff],
      [0x87, 0x17, 0x00, 0x00], Descriptor.dword(0x1000_0000, 0x1000_0fff, length: 0x1000),
    ] as [[UInt8]])
  func malformed(_ bytes: [UInt8]) {
    #expect(severities { $0.setResources(bytes) } == ["crs-form": .warning])
  }

  @Test(
    "a window that ends before it begins is none, and one of other length than its ends have is the smaller")
  func mismatch() {
    #expect(windows(Descriptor.dword(0xc000_0000, 0x8fff_ffff, length: 0xd000_0000) + Descriptor.end) == [])
    #expect(
      windows(Descriptor.qword(0x1000, 0xffff, length: 0x1000) + Descriptor.end) == [
        "0x000000001000 0x000000001fff"
      ])
    #expect(windows(Descriptor.qword(0, .max, length: .max) + Descriptor.end).count == 1)
  }

  @Test("a bridge whose resources cannot be evaluated here is only noted")
  func unknown() {
    #expect(
      severities { $0.objects.append(EvaluatedObject(path: #"\_SB.PCI0._CRS"#, value: nil)) } == [
        "aml-evaluation": .info
      ])
    #expect(
      severities { $0.objects.append(EvaluatedObject(path: #"\_SB.PCI0._CRS"#, value: .integer(1))) } == [
        "crs-form": .warning
      ])
  }

  @Test("entries without length, ranges that touch, and the window for VGA overlap nothing")
  func noOverlap() {
    #expect(
      severities {
        $0.memory.append(Entry.memory(domain: 1, base: 0xd000_0000, length: 0, flags: 3))
        $0.memory.append(Entry.memory(domain: 0, base: 0, length: 0x1000_0000))
        $0.functions?[1].regions = [PCIRegion(index: 0, base: 0xc000_0000, byteCount: 0x1000)]
        $0.setResources(
          Descriptor.dword(0xa_0000, 0xb_ffff, length: 0x2_0000)
            + Descriptor.dword(0xc000_0000, 0xdfff_ffff, length: 0x2000_0000) + Descriptor.end)
      } == [:])
  }

  @Test("a place for memory that is added later in a window is a warning")
  func later() {
    #expect(
      severities {
        $0.memory.append(Entry.memory(domain: 1, base: 0xd000_0000, length: 1 << 28, flags: 3))
        $0.setResources(Descriptor.dword(0xc000_0000, 0xdfff_ffff, length: 0x2000_0000) + Descriptor.end)
      } == ["srat-memory-overlap-window": .warning])
  }

  @Test("extended memory in a window is an error, and coherent memory that is BAR4, too, a warning")
  func properties() {
    #expect(
      severities {
        $0.setResources(
          Descriptor.qword(0x10_0000_0000, 0x10_0fff_ffff, length: 0x1000_0000) + Descriptor.end)
      } == ["dsd-overlap-window": .error])
    #expect(
      severities {
        $0.functions?[1].regions = [PCIRegion(index: 4, base: 0x4000_0000_0000, byteCount: 128 << 30)]
      } == ["dsd-overlap-bar": .warning])
  }

  @Test("regions and their sizes are read from lspci -v")
  func listed() {
    let text = """
      01:00.0 0302: 10de:2345
      \tRegion 0: Memory at 8000000000 (64-bit, prefetchable) [size=16M]
      \tRegion 2: Memory at 90000000 (32-bit, non-prefetchable) [disabled] [size=4K]
      \tRegion 3: I/O ports at e000 [size=128]
      \tRegion 4: Memory at <ignored> (64-bit, prefetchable)
      \tRegion 5: Memory at 9000000000 (64-bit, prefetchable) [size=128G]

      """
    #expect(
      LspciText.functions(in: text).first?.regions == [
        PCIRegion(index: 0, base: 0x80_0000_0000, byteCount: 16 << 20),
        PCIRegion(index: 5, base: 0x90_0000_0000, byteCount: 128 << 30),
      ])
  }

  @Test("registers above 4 GiB are read from lspci -x if the function decodes memory")
  func configured() {
    // BAR0 of 64 bits below 4 GiB, BAR2 of 64 bits above, BAR4 of 32 bits, BAR5 for I/O.
    let rows = [
      "00: de 10 45 23 46 05 10 00 a1 00 02 03 10 00 00 00",
      "10: 0c 00 00 80 00 00 00 00 0c 00 00 00 80 00 00 00",
      "20: 00 00 00 90 01 e0 00 00 00 00 00 00 de 10 46 20",
    ]
    func regions(_ rows: [String]) -> [PCIRegion]? {
      LspciText.functions(in: "01:00.0 0302: 10de:2345\n" + rows.joined(separator: "\n")).first?.regions
    }
    #expect(regions(rows) == [PCIRegion(index: 2, base: 0x80_0000_0000, byteCount: nil)])
    #expect(regions([rows[0].replacing("46 05", with: "44 05")] + rows[1...]) == [])
    // A bridge has windows where a function has its third BAR.
    #expect(regions([rows[0].replacing("10 00 00 00", with: "10 00 01 00")] + rows[1...]) == [])
    #expect(regions([rows[0], rows[2]]) == [])
  }

  @Test("a host bridge is told by its ids, in each of their forms")
  func bridges() {
    let text = #"""
                      \_SB.PCI0._HID Integer      0x55800b749c60 001 = 00000000080AD041
                 \_SB.PCI0.PRES._HID Integer      0x55800b785b60 001 = 00000000060AD041
                      \_SB.PCI1._HID String       0x55e95b5a4ec0 001 Len 07 "PNP0A08"
                      \_SB.CXL0._CID String       0x55e95b5a4f30 001 Len 07 "PNP0A03"
                      \_SB.CXL0._HID String       0x55e95b5a4ec0 001 Len 08 "ACPI0016"
                      \_SB.PCI2._HID Method       0x5569decdfa40 001 Args 0 Len 0054 Aml 0x5569decdf138
      """#
    let (devices, open) = AcpiexecText.hostBridges(in: text)
    #expect(devices == [#"\_SB.PCI0"#, #"\_SB.PCI1"#, #"\_SB.CXL0"#])
    #expect(open == [#"\_SB.PCI2._HID"#])
    #expect(HostBridge.isIdentifier(.package([.string("ACPI0016"), .integer(0x080a_d041)])))
    #expect(!HostBridge.isIdentifier(.integer(0x060a_d041)))
  }
}
