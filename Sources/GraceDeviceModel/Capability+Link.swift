// SPDX-License-Identifier: GPL-2.0-or-later

// Extended capabilities of the link and its power. Nothing of the link is emulated, so they state what a
// trained link of 16 lanes has, and cannot be changed. Sections are those of PCI Express Base
// Specification 6.0.

extension Capability {
  /// Latency Tolerance Reporting: the platform's latencies, which software writes (7.8.2).
  static func latencyTolerance(at offset: UInt16) -> Capability {
    // Value in bits 9:0, scale in 12:10, for snooped and unsnooped requests.
    Capability(
      id: 0x0018, version: 1, at: offset, byteCount: 8,
      registers: [ConfigRegister(at: offset + 4, writable: 0x1fff_1fff)])
  }

  /// L1 PM Substates: none is supported (7.8.3).
  static func powerSubstates(at offset: UInt16) -> Capability {
    Capability(
      id: 0x001e, version: 1, at: offset, byteCount: 0x10,
      registers: zeros(from: offset + 4, to: offset + 0x10))
  }

  /// Power Budgeting: software selects an entry, and there is none (7.8.1).
  static func powerBudget(at offset: UInt16) -> Capability {
    Capability(
      id: 0x0004, version: 1, at: offset, byteCount: 0x10,
      registers: [
        ConfigRegister(at: offset + 4, writable: 0x0000_00ff), ConfigRegister(at: offset + 8),
        ConfigRegister(at: offset + 12),
      ])
  }

  /// Data Link Feature: scaled flow control, and the other side's features are known (7.7.4).
  static func dataLinkFeature(at offset: UInt16) -> Capability {
    Capability(
      id: 0x0025, version: 1, at: offset, byteCount: 0x0c,
      registers: [
        // Capabilities: bit 0 scaled flow control, bit 31 exchange. Status: the same of the other side.
        ConfigRegister(at: offset + 4, reset: 0x8000_0001),
        ConfigRegister(at: offset + 8, reset: 0x8000_0001),
      ])
  }

  /// Physical Layer 16.0 GT/s: equalization complete in all phases (7.7.5).
  static func physicalLayer16(at offset: UInt16, lanes: UInt16) -> Capability {
    physicalLayer(id: 0x0026, at: offset, lanes: lanes, statusAt: 0x0c)
  }

  /// Physical Layer 32.0 GT/s: equalization complete in all phases (7.7.6).
  static func physicalLayer32(at offset: UInt16, lanes: UInt16) -> Capability {
    physicalLayer(id: 0x002a, at: offset, lanes: lanes, statusAt: 0x0c)
  }

  /// A status of which bits 3:0 say that equalization and its three phases are complete; then one byte of presets for
  /// each lane from 0x20 on.
  private static func physicalLayer(id: UInt16, at offset: UInt16, lanes: UInt16, statusAt status: UInt16)
    -> Capability
  {
    let byteCount = 0x20 + (lanes + 3) & ~3
    var registers = zeros(from: offset + 4, to: offset + byteCount)
    for index in registers.indices where registers[index].offset == offset + status {
      registers[index] = ConfigRegister(at: offset + status, reset: 0x0000_000f)
    }
    return Capability(id: id, version: 1, at: offset, byteCount: byteCount, registers: registers)
  }

  /// Lane Margining at the Receiver: not ready, so that nobody tries (7.7.7).
  static func laneMargining(at offset: UInt16, lanes: UInt16) -> Capability {
    let byteCount = 8 + 4 * lanes
    return Capability(
      id: 0x0027, version: 1, at: offset, byteCount: byteCount,
      registers: zeros(from: offset + 4, to: offset + byteCount))
  }

  /// Dwords that read zero from `first` up to `end`, which is not included.
  static func zeros(from first: UInt16, to end: UInt16) -> [ConfigRegister] {
    var registers: [ConfigRegister] = []
    var offset = first
    while offset < end {
      registers.append(ConfigRegister(at: offset))
      offset += 4
    }
    return registers
  }
}
