// SPDX-License-Identifier: GPL-2.0-or-later

// Capabilities of the PCI specifications. Sections are those of PCI Express Base Specification 6.0.

/// The Power Management capability (7.5.2).
enum PowerManagement {
  /// Its id.
  static var id: UInt16 { 0x01 }
  /// Where Control/Status lies in it.
  static var controlOffset: UInt16 { 4 }
  /// The power state in the first byte of Control/Status.
  static var stateMask: UInt8 { 3 }
  /// Its value for D3hot.
  static var d3hot: UInt8 { 3 }
}

extension Capability {
  /// Power Management, version 3, without PME: D0 and D3hot (7.5.2).
  static func powerManagement(at offset: UInt16) -> Capability {
    Capability(
      id: PowerManagement.id, at: offset, byteCount: 8, headerUpperHalf: 0x0003,
      registers: [
        // Control/Status: bit 3, no soft reset; bits 1:0, power state, which the host switches.
        ConfigRegister(
          at: offset + PowerManagement.controlOffset, reset: 0x0000_0008, writable: 0x0000_0003,
          hostOwned: 0x0000_0003)
      ])
  }

  /// PCI Express, version 2, of an endpoint with 16 lanes at 32 GT/s (7.5.3).
  static func express(at offset: UInt16) -> Capability {
    Capability(
      id: 0x10, at: offset, byteCount: 0x3c, headerUpperHalf: 0x0002,
      registers: [
        // Device Capabilities: 256-byte payloads, extended tags, role-based errors, FLR.
        ConfigRegister(at: offset + 0x04, reset: 0x1000_8021),
        // Device Control: relaxed ordering and no snoop on, 512-byte reads. Bit 15 starts an FLR; the host
        // sees it set and clears it. A function reset keeps bits 7:5, the payload size. Device Status is
        // the upper half: bits 19:16 are cleared by one, and set by the host's error reporting.
        ConfigRegister(
          at: offset + 0x08, reset: 0x0000_2810, writable: 0x0000_f9ff, clearedByOne: 0x000f_0000,
          keptByFunctionReset: 0x0000_00e0),
        // Link Capabilities: 32 GT/s, 16 lanes, no ASPM, ASPM optionality.
        ConfigRegister(at: offset + 0x0c, reset: 0x0040_0105),
        // Link Control (ASPM, RCB, common clock, extended synch, autonomous width) and, in the upper half,
        // Link Status: 32 GT/s, 16 lanes, slot clock.
        ConfigRegister(
          at: offset + 0x10, reset: 0x1105_0000, writable: 0x0000_02cb, keptByFunctionReset: 0x0000_02cb),
        ConfigRegister(at: offset + 0x14), ConfigRegister(at: offset + 0x18),
        ConfigRegister(at: offset + 0x1c), ConfigRegister(at: offset + 0x20),
        // Device Capabilities 2: completion timeout ranges A to D, disabling it, and latency tolerance reporting, which
        // Device Control 2 switches on.
        ConfigRegister(at: offset + 0x24, reset: 0x0000_081f),
        ConfigRegister(at: offset + 0x28, writable: 0x0000_041f),
        // Link Capabilities 2: 2.5 to 32 GT/s.
        ConfigRegister(at: offset + 0x2c, reset: 0x0000_003e),
        // Link Control 2: target speed.
        ConfigRegister(at: offset + 0x30, reset: 0x0000_0005, writable: 0x0000_000f, sticky: 0x0000_000f),
        ConfigRegister(at: offset + 0x34), ConfigRegister(at: offset + 0x38),
      ])
  }

  /// Vendor-specific capability whose body is not published: it reads zero (7.9.4).
  static func vendorSpecific(at offset: UInt16, byteCount: UInt16) -> Capability {
    Capability(
      id: 0x09, at: offset, byteCount: byteCount, headerUpperHalf: UInt32(byteCount),
      registers: zeros(from: offset + 4, to: offset + byteCount))
  }

  /// MSI with 64-bit addresses and a mask for each vector, all of which the host keeps (7.7.1).
  ///
  /// - Parameter vectors: a power of two, 1 to 32.
  static func messageSignalled(at offset: UInt16, vectors: UInt32) -> Capability {
    let all = vectors < 32 ? (1 << vectors) - 1 : UInt32.max
    let exponent = UInt32(vectors.trailingZeroBitCount)
    // Message Control: enable (bit 0), vectors that it wants (3:1) and is given (6:4), 64 bits (7), masks (8).
    return Capability(
      id: 0x05, at: offset, byteCount: 0x18, headerUpperHalf: 0x0180 | exponent << 1,
      headerWritable: 0x0071_0000,
      registers: [
        host(at: offset + 0x04, 0xffff_fffc), host(at: offset + 0x08, .max),
        // Message Data: 16 bits.
        host(at: offset + 0x0c, 0x0000_ffff), host(at: offset + 0x10, all),
        // Pending bits: the host's, and not for a guest to write.
        ConfigRegister(at: offset + 0x14, hostOwned: all),
      ])
  }

  private static func host(at offset: UInt16, _ bits: UInt32) -> ConfigRegister {
    ConfigRegister(at: offset, writable: bits, hostOwned: bits)
  }

  /// MSI-X with table and pending bits in BAR0 (7.7.2).
  ///
  /// - Parameters:
  ///   - vectors: 1 to 2048.
  ///   - table: offset in BAR0, a multiple of 8.
  ///   - pending: offset in BAR0, a multiple of 8.
  static func messageSignalledX(at offset: UInt16, vectors: UInt32, table: UInt32, pending: UInt32)
    -> Capability
  {
    // Message Control: table size minus one; bit 14 masks all, bit 15 enables.
    Capability(
      id: 0x11, at: offset, byteCount: 12, headerUpperHalf: vectors - 1, headerWritable: 0xc000_0000,
      registers: [
        ConfigRegister(at: offset + 4, reset: table), ConfigRegister(at: offset + 8, reset: pending),
      ])
  }

  /// Secondary PCI Express: lane equalisation, of which nothing is emulated (7.7.3).
  static func secondaryExpress(at offset: UInt16, lanes: UInt16) -> Capability {
    let byteCount = 0x0c + 2 * lanes
    return Capability(
      id: 0x0019, version: 1, at: offset, byteCount: byteCount,
      registers: zeros(from: offset + 4, to: offset + byteCount))
  }

  /// Advanced Error Reporting of an endpoint (7.8.4). The host reports and logs; masks are the guest's.
  static func advancedErrorReporting(at offset: UInt16) -> Capability {
    // Every error that a host may inject: bits 4, 5 and 12 to 25 of 7.8.4.2.
    let uncorrectable: UInt32 = 0x03ff_f030
    // Data link protocol, surprise down, flow control, receiver overflow, malformed, internal: 7.8.4.4.
    let fatal: UInt32 = 0x0046_2030
    // Uncorrectable internal error: masked until software asks (7.8.4.3).
    let maskedUncorrectable: UInt32 = 0x0040_0000
    // Bits 0, 6, 7, 8, 12 to 15 of 7.8.4.5; the last three are masked at first (7.8.4.6).
    let correctable: UInt32 = 0x0000_f1c1
    let maskedCorrectable: UInt32 = 0x0000_e000
    return Capability(
      id: 0x0001, version: 2, at: offset, byteCount: 0x48,
      registers: [
        ConfigRegister(at: offset + 0x04, clearedByOne: uncorrectable, sticky: uncorrectable),
        ConfigRegister(
          at: offset + 0x08, reset: maskedUncorrectable, writable: uncorrectable, sticky: uncorrectable),
        ConfigRegister(at: offset + 0x0c, reset: fatal, writable: uncorrectable, sticky: uncorrectable),
        ConfigRegister(at: offset + 0x10, clearedByOne: correctable, sticky: correctable),
        ConfigRegister(
          at: offset + 0x14, reset: maskedCorrectable, writable: correctable, sticky: correctable),
        // Capabilities and Control: ECRC generation and checking, several headers; bits 4:0 point to the
        // first error and are the host's.
        ConfigRegister(
          at: offset + 0x18, reset: 0x0000_02a0, writable: 0x0000_0540, hostOwned: 0x0000_001f,
          sticky: 0x0000_0540),
        // Header Log, then (after the root ports' registers) the TLP Prefix Log.
        hostLog(at: offset + 0x1c), hostLog(at: offset + 0x20), hostLog(at: offset + 0x24),
        hostLog(at: offset + 0x28),
        ConfigRegister(at: offset + 0x2c), ConfigRegister(at: offset + 0x30),
        ConfigRegister(at: offset + 0x34),
        hostLog(at: offset + 0x38), hostLog(at: offset + 0x3c), hostLog(at: offset + 0x40),
        hostLog(at: offset + 0x44),
      ])
  }

  private static func hostLog(at offset: UInt16) -> ConfigRegister {
    ConfigRegister(at: offset, hostOwned: .max)
  }
}
