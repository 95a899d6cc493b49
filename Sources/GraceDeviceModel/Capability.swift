// SPDX-License-Identifier: GPL-2.0-or-later

/// One dword of configuration space, as data.
public struct ConfigRegister: Sendable {
  /// Where it lies, in bytes; a multiple of 4.
  public let offset: UInt16
  /// The value after power-on.
  public let reset: UInt32
  /// Bits that the guest can write.
  public let writable: UInt32
  /// Bits that the guest clears by writing one.
  public let clearedByOne: UInt32
  /// Bits that the host's PCI core changes and resets by itself.
  public let hostOwned: UInt32
  /// Bits that the device changes by itself.
  public let live: UInt32
  /// Bits that keep their value over every reset but a cold one (ROS, RWS, RW1CS in PCIe Base 6.0, 7.4).
  public let sticky: UInt32
  /// Bits that keep their value over a function level reset only (PCIe Base 6.0, 6.6.2).
  public let keptByFunctionReset: UInt32

  /// Declares a dword.
  public init(
    at offset: UInt16, reset: UInt32 = 0, writable: UInt32 = 0, clearedByOne: UInt32 = 0,
    hostOwned: UInt32 = 0, live: UInt32 = 0, sticky: UInt32 = 0, keptByFunctionReset: UInt32 = 0
  ) {
    self.offset = offset
    self.reset = reset
    self.writable = writable
    self.clearedByOne = clearedByOne
    self.hostOwned = hostOwned
    self.live = live
    self.sticky = sticky
    self.keptByFunctionReset = keptByFunctionReset
  }

  /// The same dword at another place.
  func moved(to place: UInt16) -> ConfigRegister {
    ConfigRegister(
      at: place, reset: reset, writable: writable, clearedByOne: clearedByOne, hostOwned: hostOwned,
      live: live,
      sticky: sticky, keptByFunctionReset: keptByFunctionReset)
  }

  /// The masks of byte `lane` (0 to 3).
  func masks(lane: Int) -> ConfigMasks {
    let shift = UInt32(lane * 8)
    return ConfigMasks(
      writable: UInt8(truncatingIfNeeded: writable >> shift),
      clearedByOne: UInt8(truncatingIfNeeded: clearedByOne >> shift),
      checked: UInt8(truncatingIfNeeded: ~(writable | clearedByOne | hostOwned | live) >> shift))
  }
}

/// A capability in configuration space: where it lies, and its dwords.
public struct Capability: Sendable {
  /// Capability id (PCI Code and ID Assignment Specification 1.15, sections 2 and 3).
  public let id: UInt16
  /// Version of an extended capability; 0 for others.
  public let version: UInt16
  /// Where it begins, in bytes.
  public let offset: UInt16
  /// How long it is in bytes, header included.
  public let byteCount: UInt16
  /// The upper half of the first dword of a capability that is not extended.
  public let headerUpperHalf: UInt32
  /// What the guest can write in the first dword.
  public let headerWritable: UInt32
  /// The dwords after the first.
  public private(set) var registers: [ConfigRegister]

  /// Whether it lies in extended configuration space.
  public var isExtended: Bool { offset >= 0x100 }

  init(
    id: UInt16, version: UInt16 = 0, at offset: UInt16, byteCount: UInt16, headerUpperHalf: UInt32 = 0,
    headerWritable: UInt32 = 0, registers: [ConfigRegister] = []
  ) {
    self.id = id
    self.version = version
    self.offset = offset
    self.byteCount = byteCount
    self.headerUpperHalf = headerUpperHalf
    self.headerWritable = headerWritable
    self.registers = registers
  }

  /// The first dword, with a link to the capability at `next` (0: none).
  func header(next: UInt16) -> ConfigRegister {
    if isExtended {
      return ConfigRegister(at: offset, reset: UInt32(id) | UInt32(version) << 16 | UInt32(next) << 20)
    }
    return ConfigRegister(
      at: offset, reset: UInt32(id) | UInt32(next) << 8 | headerUpperHalf << 16, writable: headerWritable,
      hostOwned: headerWritable)
  }

  /// Says that the device changes bits of the dword at `offset` by itself.
  mutating func mark(live: UInt32, at offset: UInt16) {
    for (index, old) in registers.enumerated() where old.offset == offset {
      registers[index] = ConfigRegister(
        at: offset, reset: old.reset, writable: old.writable, clearedByOne: old.clearedByOne,
        hostOwned: old.hostOwned, live: live, sticky: old.sticky, keptByFunctionReset: old.keptByFunctionReset
      )
    }
  }

  /// The same capability at another place.
  func moved(to place: UInt16) -> Capability {
    Capability(
      id: id, version: version, at: place, byteCount: byteCount, headerUpperHalf: headerUpperHalf,
      headerWritable: headerWritable,
      registers: registers.map { $0.moved(to: place &+ ($0.offset &- offset)) })
  }

  /// Gives the bits in `mask` of the dword at `offset` another reset value.
  mutating func set(_ value: UInt32, mask: UInt32, at offset: UInt16) {
    for (index, old) in registers.enumerated() where old.offset == offset {
      registers[index] = ConfigRegister(
        at: offset, reset: old.reset & ~mask | value & mask, writable: old.writable,
        clearedByOne: old.clearedByOne, hostOwned: old.hostOwned, live: old.live, sticky: old.sticky,
        keptByFunctionReset: old.keptByFunctionReset)
    }
  }

  /// Whether it is the designated vendor-specific capability of that vendor and id (PCIe Base 6.0, 7.9.6).
  func isDesignated(vendor: UInt16, id number: UInt16) -> Bool {
    isExtended && id == 0x0023 && registers.count >= 2 && registers[0].reset & 0xffff == UInt32(vendor)
      && registers[1].reset & 0xffff == UInt32(number)
  }
}
