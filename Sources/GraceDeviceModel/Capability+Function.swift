// SPDX-License-Identifier: GPL-2.0-or-later

// Extended capabilities that say what the function is and can. Sections are those of PCI Express Base
// Specification 6.0.

extension Capability {
  /// Device Serial Number (7.9.3): low dword, then high.
  static func serialNumber(at offset: UInt16, _ number: UInt64) -> Capability {
    Capability(
      id: 0x0003, version: 1, at: offset, byteCount: 0x0c,
      registers: [
        ConfigRegister(at: offset + 4, reset: UInt32(truncatingIfNeeded: number)),
        ConfigRegister(at: offset + 8, reset: UInt32(truncatingIfNeeded: number >> 32)),
      ])
  }

  /// Alternative Routing-ID Interpretation: no next function (7.8.8).
  static func alternativeRouting(at offset: UInt16) -> Capability {
    Capability(id: 0x000e, version: 1, at: offset, byteCount: 8, registers: [ConfigRegister(at: offset + 4)])
  }

  /// Single Root I/O Virtualization, with no virtual function to enable (9.3.3).
  static func rootVirtualization(at offset: UInt16) -> Capability {
    var registers = zeros(from: offset + 4, to: offset + 0x40)
    // System page sizes: 4 KiB is supported and chosen.
    for index in registers.indices {
      let place = registers[index].offset - offset
      if place == 0x1c || place == 0x20 { registers[index] = ConfigRegister(at: offset + place, reset: 1) }
    }
    return Capability(id: 0x0010, version: 1, at: offset, byteCount: 0x40, registers: registers)
  }

  /// Resizable BAR for one BAR that has one size (7.8.6).
  ///
  /// NVIDIA's driver tries to resize if the capability covers BAR 1 (nv-pci.c), which is the upper half of BAR 0 here.
  ///
  /// - Parameters:
  ///   - bar: the BAR register, 0 to 5, but not 1.
  ///   - size: a power of two from 1 MiB to 8 EiB.
  static func resizableBAR(at offset: UInt16, bar: UInt32, size: UInt64) -> Capability {
    let exponent = UInt32(size.trailingZeroBitCount) - 20
    // Capability: bit 4 + n for 2^n MiB up to n = 27. Control: BAR index, number of BARs in 7:5, size in 13:8, and in
    // 31:16 the sizes from n = 28 on.
    let supported: UInt32 = exponent < 28 ? 1 << (4 + exponent) : 0
    let further: UInt32 = exponent >= 28 ? 1 << (exponent - 12) : 0
    return Capability(
      id: 0x0015, version: 1, at: offset, byteCount: 0x0c,
      registers: [
        ConfigRegister(at: offset + 4, reset: supported),
        ConfigRegister(at: offset + 8, reset: bar | 1 << 5 | exponent << 8 | further),
      ])
  }

  /// Address Translation Service: 32 outstanding invalidations, page aligned (10.5.1).
  static func addressTranslation(at offset: UInt16) -> Capability {
    // Capability: queue depth 0 for 32, bit 5 page aligned. Control: smallest unit in 4:0, bit 15 enables.
    Capability(
      id: 0x000f, version: 1, at: offset, byteCount: 8,
      registers: [ConfigRegister(at: offset + 4, reset: 0x0000_0020, writable: 0x801f_0000)])
  }

  /// A vendor-specific extended capability whose body is not published: it reads zero (7.9.5).
  static func vendorSpecificExtended(at offset: UInt16, id: UInt16, revision: UInt8, byteCount: UInt16)
    -> Capability
  {
    let header = UInt32(id) | UInt32(revision) << 16 | UInt32(byteCount) << 20
    return Capability(
      id: 0x000b, version: 1, at: offset, byteCount: byteCount,
      registers: [ConfigRegister(at: offset + 4, reset: header)]
        + zeros(from: offset + 8, to: offset + byteCount))
  }

  /// A designated vendor-specific extended capability (7.9.6).
  ///
  /// - Parameters:
  ///   - vendor: whose it is.
  ///   - id: what it is to that vendor.
  ///   - body: its dwords from 8 on, of which the lower half of the first holds the id.
  static func designated(
    at offset: UInt16, vendor: UInt16, id: UInt16, revision: UInt8 = 0, byteCount: UInt16,
    body: [(at: UInt16, value: UInt32)] = []
  ) -> Capability {
    let header = UInt32(vendor) | UInt32(revision) << 16 | UInt32(byteCount) << 20
    var registers = [ConfigRegister(at: offset + 4, reset: header)]
    registers += zeros(from: offset + 8, to: offset + byteCount)
    registers[1] = ConfigRegister(at: offset + 8, reset: UInt32(id))
    for part in body {
      let index = Int(part.at) / 4 - 1
      guard registers.indices.contains(index) else { continue }
      let old = registers[index].reset
      registers[index] = ConfigRegister(at: offset + part.at, reset: old | part.value)
    }
    return Capability(id: 0x0023, version: 1, at: offset, byteCount: byteCount, registers: registers)
  }

  /// NVIDIA's DVSEC that says whether the chip is free of the MIG bug (Linux 7.3, nvgrace-gpu/main.c: DVSEC id 3, bit 0 of
  /// the word at 0xa). Its length is that of those which GB100's published header has; it must not be 0x1c, by which
  /// NVIDIA's driver knows another one.
  static func migFix(at offset: UInt16, isFixed: Bool) -> Capability {
    designated(
      at: offset, vendor: Identity.vendor, id: 3, byteCount: 0x10,
      body: [(at: 8, value: isFixed ? migFixBit : 0)])
  }

  /// The bit of it, in the dword at 8.
  static var migFixBit: UInt32 { 1 << 16 }

  /// Whether it is that DVSEC.
  var isMIGFix: Bool { isDesignated(vendor: Identity.vendor, id: 3) }

  /// NVIDIA's DVSEC of 0x1c bytes, by which its driver sees that the BAR firewall is down: bit 20 of the dword at 8 is clear
  /// (open-gpu-kernel-modules, kern_gpu_gb100.c). The driver looks at vendor and length; the id is not published.
  static func firewallStatus(at offset: UInt16) -> Capability {
    designated(at: offset, vendor: Identity.vendor, id: 0, byteCount: 0x1c)
  }
}
