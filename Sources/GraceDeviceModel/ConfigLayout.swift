// SPDX-License-Identifier: GPL-2.0-or-later

/// The whole configuration space of a device as data: standard header and capabilities.
public struct ConfigLayout: Sendable {
  /// Bytes of configuration space (PCIe Base 6.0, 7.2).
  public static var byteCount: Int { 4096 }

  /// Every dword that is not plain zero, in the order of their offsets.
  public let registers: [ConfigRegister]
  /// The capabilities, in the order of their offsets.
  public let capabilities: [Capability]

  /// The register of the CXL device DVSEC that says whether the memory is ready; nil if there is none.
  let readinessRegister: ConfigRegister?

  /// The byte with the power state, of Power Management Control/Status; nil without the capability.
  let powerControlOffset: UInt16?

  /// The configuration space of a device with these options and regions.
  init(_ options: DeviceOptions, regions: RegionList) {
    capabilities = options.profile.chip.capabilities(options.traits)
    var all = Self.header(options, regions: regions, firstCapability: capabilities.first?.offset ?? 0)
    for (index, capability) in capabilities.enumerated() {
      var next: UInt16 = 0
      if index + 1 < capabilities.count, capabilities[index + 1].isExtended == capability.isExtended {
        next = capabilities[index + 1].offset
      }
      all.append(capability.header(next: next))
      all += capability.registers
    }
    registers = all
    readinessRegister = all.first { $0.live & CXLMemory.active != 0 }
    powerControlOffset =
      capabilities.first { $0.id == PowerManagement.id && !$0.isExtended }
      .map { $0.offset + PowerManagement.controlOffset }
  }

  /// The type 0 header (PCIe Base 6.0, 7.5.1).
  private static func header(_ options: DeviceOptions, regions: RegionList, firstCapability: UInt16)
    -> [ConfigRegister]
  {
    let profile = options.profile
    var header = [
      ConfigRegister(at: 0x00, reset: UInt32(options.deviceID) << 16 | UInt32(Identity.vendor)),
      // Command: memory, bus master, parity, SERR#, INTx off; there is no I/O space. Status: bit 4, there
      // are capabilities; bit 3, INTx; bits 31:27 and 24 report errors. All of it is the host's to reset.
      ConfigRegister(
        at: 0x04, reset: 0x0010_0000, writable: 0x0000_0546, clearedByOne: 0xf900_0000,
        hostOwned: 0xf908_0546),
      ConfigRegister(at: 0x08, reset: Identity.classCode << 8 | UInt32(profile.chip.revision)),
      // Cache line size is a scratch byte (7.5.1.1.7); header type 0, of which the host sets bit 7.
      ConfigRegister(at: 0x0c, writable: 0x0000_00ff, hostOwned: 0x0080_00ff),
    ]
    var index = 0
    while let region = regions[index] {
      if case .bar(let bar) = region.place { header += barRegisters(bar, size: region.size) }
      index += 1
    }
    header += [
      ConfigRegister(at: 0x2c, reset: UInt32(profile.subsystemID) << 16 | UInt32(Identity.vendor)),
      ConfigRegister(at: 0x34, reset: UInt32(firstCapability)),
      // Interrupt line is a scratch byte; pin A.
      ConfigRegister(at: 0x3c, reset: 0x0000_0100, writable: 0x0000_00ff, hostOwned: 0x0000_00ff),
    ]
    return header
  }

  /// A 64-bit prefetchable BAR (7.5.1.2.1): address bits below the size are read-only zeros.
  private static func barRegisters(_ bar: Int, size: UInt64) -> [ConfigRegister] {
    let address = ~(size &- 1)
    let low = UInt32(truncatingIfNeeded: address) & 0xffff_fff0
    let high = UInt32(truncatingIfNeeded: address >> 32)
    let offset = UInt16(0x10 + 4 * bar)
    return [
      ConfigRegister(at: offset, reset: 0x0000_000c, writable: low, hostOwned: low),
      ConfigRegister(at: offset + 4, writable: high, hostOwned: high),
    ]
  }
}
