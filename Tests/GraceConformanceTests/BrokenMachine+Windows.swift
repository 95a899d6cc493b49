// SPDX-License-Identifier: GPL-2.0-or-later

import GraceConformance

extension BrokenMachine {
  static let windows = [
    BrokenMachine("crs-form") { $0.setResources([0x8a, 0x2b, 0x00, 0x00]) },
    BrokenMachine("crs-window") {
      $0.setResources(Descriptor.dword(0xc000_0000, 0x8fff_ffff, length: 0xd000_0000) + Descriptor.end)
    },
    BrokenMachine("srat-memory-overlap-window") {
      $0.setResources(Descriptor.dword(0xbfff_f000, 0xcfff_efff, length: 0x1000_0000) + Descriptor.end)
    },
    BrokenMachine("srat-memory-overlap-bar") {
      $0.functions?[1].regions = [PCIRegion(index: 2, base: 0xbfff_0000, byteCount: nil)]
    },
    BrokenMachine("dsd-overlap-window") {
      $0.setResources(
        Descriptor.qword(0x4010_0000_0000, 0x401f_ffff_ffff, length: 0x10_0000_0000) + Descriptor.end)
    },
    BrokenMachine("dsd-overlap-bar") {
      $0.functions?[0].regions = [PCIRegion(index: 0, base: 0x3fff_ffff_0000, byteCount: 0x2_0000)]
    },
  ]
}

extension TestMachine {
  /// Gives the host bridge resources.
  mutating func setResources(_ bytes: [UInt8]) {
    objects.append(EvaluatedObject(path: #"\_SB.PCI0._CRS"#, value: .buffer(bytes)))
  }
}

/// Resource descriptors, byte by byte (ACPI 6.5, 6.4). Flags: producer, both ends fixed.
enum Descriptor {
  static let end: [UInt8] = [0x79, 0x00]

  static func word(_ first: UInt16, _ last: UInt16, length: UInt16, type: UInt8) -> [UInt8] {
    [0x88, 0x0d, 0x00, type, 0x0c, 0x00] + le(UInt16(0)) + le(first) + le(last) + le(UInt16(0)) + le(length)
  }

  static func dword(_ first: UInt32, _ last: UInt32, length: UInt32, offset: UInt32 = 0, type: UInt8 = 0)
    -> [UInt8]
  {
    [0x87, 0x17, 0x00, type, 0x0c, 0x01] + le(UInt32(0)) + le(first) + le(last) + le(offset) + le(length)
  }

  static func qword(_ first: UInt64, _ last: UInt64, length: UInt64, offset: UInt64 = 0) -> [UInt8] {
    [0x8a, 0x2b, 0x00, 0x00, 0x0c, 0x03] + le(UInt64(0)) + le(first) + le(last) + le(offset) + le(length)
  }

  static func extended(_ first: UInt64, _ last: UInt64, length: UInt64) -> [UInt8] {
    [0x8b, 0x35, 0x00, 0x00, 0x0c, 0x03, 0x01, 0x00] + le(UInt64(0)) + le(first) + le(last) + le(UInt64(0))
      + le(length) + le(UInt64(0))
  }
}
