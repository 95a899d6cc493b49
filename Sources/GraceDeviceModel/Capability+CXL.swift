// SPDX-License-Identifier: GPL-2.0-or-later

// DVSECs of Compute Express Link (vendor 0x1e98). Sections are those of the CXL Specification 3.1. Lengths are those of
// GB100's published headers.

/// What the CXL device DVSEC says of the memory.
public struct CXLMemory: Equatable, Sendable {
  /// Bytes, a multiple of 256 MiB.
  public var size: UInt64
  /// How long software waits for the memory to become active: 0 to 4 for 1, 4, 16, 64 and 256 seconds; 5 to 7 are
  /// reserved.
  public var activeTimeout: UInt32

  /// Where in the DVSEC the dword is that says whether the memory is ready: Range 1 Size Low (8.1.3.8.2).
  public static var readinessOffset: UInt16 { 0x1c }
  /// Bit 0, Memory_Info_Valid: the size can be read.
  public static var infoValid: UInt32 { 1 }
  /// Bit 1, Memory_Active: the memory can be used.
  public static var active: UInt32 { 2 }
}

extension Capability {
  /// Vendor id of the CXL Consortium (8.1.1).
  static var cxlVendor: UInt16 { 0x1e98 }

  /// Whether it is the DVSEC that says whether the memory is ready.
  var isCXLDevice: Bool { isDesignated(vendor: Self.cxlVendor, id: 0) }

  /// PCIe DVSEC for CXL Devices, id 0 (8.1.3): a device with memory of one range.
  ///
  /// Cache_Capable stays clear: together with an ATS capability Linux would demand ATS of the SMMU, which QEMU's has not
  /// (drivers/pci/ats.c).
  static func cxlDevice(at offset: UInt16, _ memory: CXLMemory) -> Capability {
    let low = UInt32(truncatingIfNeeded: memory.size) & 0xf000_0000
    // The word at 0xa: bit 1 I/O, bit 2 memory, bit 3 memory starts by itself, bits 5:4 one range.
    var capability = designated(
      at: offset, vendor: cxlVendor, id: 0, revision: 3, byteCount: 0x3c,
      body: [
        (0x08, 0x001e_0000), (0x18, UInt32(truncatingIfNeeded: memory.size >> 32)),
        // Bits 4:2 media type "CDAT" (2), 7:5 class (2), 15:13 the time-out.
        (0x1c, low | 2 << 2 | 2 << 5 | (memory.activeTimeout & 7) << 13),
      ])
    // All of the dword, since a fault makes it ones. QEMU compares other bits when it loads saved state.
    capability.mark(live: .max, at: offset + CXLMemory.readinessOffset)
    return capability
  }

  /// Non-CXL Function Map DVSEC, id 2 (8.1.4): every function takes part in CXL.
  static func cxlFunctionMap(at offset: UInt16) -> Capability {
    designated(at: offset, vendor: cxlVendor, id: 2, byteCount: 0x2c)
  }

  /// PCIe DVSEC for Flex Bus Port, id 7 (8.1.8), of a link that was trained to plain PCI Express: its status is 0, so Linux
  /// does not take the function for a CXL device.
  static func cxlFlexBus(at offset: UInt16) -> Capability {
    // The word at 0xa: what the port is capable of, I/O and memory.
    designated(
      at: offset, vendor: cxlVendor, id: 7, revision: 2, byteCount: 0x20, body: [(0x08, 0x0006_0000)])
  }

  /// Register Locator DVSEC, id 8 (8.1.9): three blocks, all empty, since there are no component registers.
  static func cxlRegisterLocator(at offset: UInt16) -> Capability {
    designated(at: offset, vendor: cxlVendor, id: 8, byteCount: 0x24)
  }
}
